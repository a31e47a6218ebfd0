"""The history of a survey: what each edition and month changed, for pages, book and feeds.

``bib/history.json`` keeps it, written from the tags and commits of a repository, together with the
last snapshot: a tarball without a repository shows the same history, and what came since.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from livingsurvey.bibtex.identifiers import make_anchor
from livingsurvey.bibtex.source import StateError, read_state
from livingsurvey.exports.records import FEED_LIMIT, clean, find_address
from livingsurvey.exports.web import add, start_feed, write
from livingsurvey.queries import call
from livingsurvey.upkeep.changes import (
    CHANGE_KINDS,
    KIND_TITLES,
    Change,
    PaperState,
    compare,
    describe_change,
    rank_change,
    snapshot,
    spell_detail,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from livingsurvey.catalog import Catalog
    from livingsurvey.exports import About
    from livingsurvey.words import Words

FILE_NAME = "history.json"
VERSION = 1
NEXT = ""
"""The name of what comes after the last edition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The changes that an edition brought.

    Attributes:
        name: The tag; ``""`` for what comes after the last edition.
        date: Its ISO date.
        changes: Its changes, the newest first.
    """

    name: str
    date: str
    changes: tuple[Change, ...] = ()

    def by_month(self) -> tuple[tuple[str, tuple[Change, ...]], ...]:
        """Return the changes of each month, ``2026-11``, the newest month first."""
        months: dict[str, list[Change]] = {}
        for change in self.changes:
            months.setdefault(change.date[:7], []).append(change)
        return tuple((month, tuple(months[month])) for month in sorted(months, reverse=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What ``bib/history.json`` holds.

    Attributes:
        editions: The newest first; what came after the last tag has no name, and is the first.
        last: The last snapshot, by key.
        last_date: Its ISO date.
    """

    editions: tuple[Edition, ...] = ()
    last: Mapping[str, PaperState] = field(default_factory=dict, hash=False)
    last_date: str = ""


def extend(history: History, new: Mapping[str, PaperState], name: str, date: str) -> History:
    """Return a history with one more state.

    Args:
        history: What came before.
        new: The state.
        name: The edition that it belongs to; ``""`` if none has it yet.
        date: Its ISO date.
    """
    changes = compare(history.last, new, date)
    editions = list(history.editions)
    # What had no edition yet belongs to the one that comes now.
    if editions and editions[0].name == NEXT:
        changes = (*changes, *editions.pop(0).changes)
    edition = Edition(name=name, date=date, changes=_sort(changes))
    if edition.changes or name:
        editions.insert(0, edition)
    return History(editions=tuple(editions), last=new, last_date=date)


def _sort(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return changes, the newest first; those of one day by kind, then by key."""
    return tuple(
        sorted(sorted(changes, key=rank_change), key=lambda change: change.date, reverse=True)
    )


def bring_up(history: History, catalog: Catalog) -> tuple[Edition, ...]:
    """Return the editions, the newest first, with what came since the last state of the file."""
    now = snapshot(catalog)
    days = [state.created for state in now.values() if state.created]
    return extend(history, now, NEXT, max([history.last_date, *days])).editions


@dataclass(frozen=True, slots=True)
class News:
    """The answer to :class:`Changes`.

    Attributes:
        editions: With their changes, the newest first.
        names: By key, what each paper in them that the survey has is called in a crowded list.
        homes: By key, the tag of its home.
        titles: By tag, in the order of the survey, the title of every category, below that of the
            chapter: ``("Inference", "Pruning")``.
    """

    editions: tuple[Edition, ...]
    names: Mapping[str, str]
    homes: Mapping[str, str]
    titles: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Changes:
    """The query for the history of a survey up to now.

    Attributes:
        path: The file; without it, or if it cannot be read, the days on which papers joined tell
            all. It is read for each answer: the query is remembered, the file changes.
        limit: The most editions to show; 0 for all.
    """

    path: Path | None = None
    limit: int = 0

    def answer(self, catalog: Catalog) -> News:
        """Return the editions with their changes, the newest first."""
        try:
            history = read_history(self.path) if self.path else History()
        except StateError:  # reported when the pages are checked
            history = History()
        editions = bring_up(history, catalog)
        editions = editions[: self.limit] if self.limit else editions
        keys = {change.key for edition in editions for change in edition.changes}
        papers = [catalog.papers[key] for key in sorted(keys & catalog.papers.keys())]
        categories = catalog.taxonomy.categories
        return News(
            editions=editions,
            names={paper.key: call(paper) for paper in papers},
            homes={paper.key: paper.home for paper in papers},
            titles={
                tag: tuple(dict.fromkeys((categories[category.root].title, category.title)))
                for tag, category in categories.items()
            },
        )


def read_history(path: Path) -> History:
    """Read the history; a missing one is empty.

    Raises:
        StateError: It cannot be read.
    """
    return read_state(path, json.loads, VERSION, "history", _read) or History()


def _read(document: Mapping[str, Any]) -> History:
    return History(
        editions=tuple(_read_edition(value) for value in document["editions"]),
        last={str(key): _read_paper(value) for key, value in document["last"].items()},
        last_date=_read_date(document["last_date"]),
    )


def _read_edition(value: Mapping[str, Any]) -> Edition:
    changes = tuple(
        Change(
            date=_read_date(change["date"]),
            kind=change["kind"],
            key=str(change["key"]),
            title=str(change["title"]),
            details=tuple(map(str, change.get("details", ()))),
        )
        for change in value["changes"]
        if change["kind"] in CHANGE_KINDS
    )
    return Edition(name=str(value["name"]), date=_read_date(value["date"]), changes=changes)


def _read_date(value: str) -> str:
    # Papers may not say when they joined.
    return datetime.date.fromisoformat(value).isoformat() if value else ""


def _read_paper(value: Mapping[str, Any]) -> PaperState:
    texts = ("title", "authors", "venue", "doi", "arxiv", "code", "created")
    return PaperState(
        **{name: str(value[name]) for name in texts},
        year=int(value["year"]),
        categories=tuple(map(str, value["categories"])),
    )


def write_history(history: History) -> str:
    """Return the text of the file: a line for each change and each paper, for small diffs."""
    editions = [
        f'  {_dump({"name": edition.name, "date": edition.date})[:-1]}, "changes": ['
        + ",".join(f"\n   {_dump(describe_change(change))}" for change in edition.changes)
        + "]}"
        for edition in history.editions
    ]
    names = PaperState.__dataclass_fields__
    states = [
        f"  {_dump(key)}: {_dump({name: getattr(state, name) for name in names})}"
        for key, state in sorted(history.last.items())
    ]
    return (
        f'{{\n "version": {VERSION},\n "last_date": {_dump(history.last_date)},\n "editions": [\n'
        + ",\n".join(editions)
        + '\n ],\n "last": {\n'
        + ",\n".join(states)
        + "\n }\n}\n"
    )


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def name_changes(about: About) -> str:
    """Return the title of the feed."""
    return about.words.gettext("{title}: what has changed", title=about.title)


def _date_change(change: Change, words: Words) -> str:
    sentences = {
        "added": words.gettext("Added on {date}.", date=change.date),
        "republished": words.gettext("Republished on {date}.", date=change.date),
        "moved": words.gettext("Moved on {date}.", date=change.date),
        "corrected": words.gettext("Corrected on {date}.", date=change.date),
        "removed": words.gettext("Removed on {date}.", date=change.date),
    }
    return sentences[change.kind]


def write_feed(
    history: History, catalog: Catalog, about: About, path: str, places: Mapping[str, str]
) -> str:
    """Return an Atom feed of the last changes, an entry each.

    Args:
        history: What the file holds.
        catalog: The survey as it is.
        about: The survey.
        path: Where the feed lies on the site.
        places: Where each paper has its full entry on the site, relative to its root.
    """
    editions = bring_up(history, catalog)
    dated = [change for edition in editions for change in edition.changes if change.date]
    changes = _sort(dated)[:FEED_LIMIT]
    words = about.words
    root = start_feed(
        about,
        name="changes",
        title=name_changes(about),
        subtitle=words.gettext("Papers added, republished, moved, corrected and removed."),
        updated=changes[0].date if changes else "",
        path=path,
    )
    for change in changes:
        entry = add(root, "entry")
        anchor = make_anchor(change.key)
        add(entry, "id", about.make_id(f"change/{change.date}/{change.kind}/{anchor}"))
        title = change.title or change.key
        add(entry, "title", clean(f"{words.gettext(KIND_TITLES[change.kind])}: {title}"))
        add(entry, "updated", f"{change.date}T00:00:00Z")
        page = about.resolve(places.get(change.key, ""))
        paper = catalog.papers.get(change.key)
        address = find_address(paper) if paper else ""
        if page or address:
            kind = "text/html" if page else ""
            add(entry, "link", rel="alternate", type=kind, href=page or address)
        details = "; ".join(spell_detail(one, words) for one in change.details)
        # An entry with a content needs no link: what was removed has none.
        add(entry, "content", clean(details or _date_change(change, words)))
    return write(root)
