"""What has changed between two states of a survey.

A :func:`snapshot` holds of each paper what readers notice. :func:`compare` tells two apart: papers
**added** and **removed**; **moved** to another home, or to other categories beside it;
**republished** at a venue; **corrected** in title, authors, year, identifiers, code or key. An
entry whose key has changed is found again by its identifiers, else by its title.

``bib/history.json`` keeps what each edition and month changed, for pages, book and feeds. It is
written from the tags and commits of a repository, together with the last snapshot: a tarball
without a repository shows the same history, and what came since.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import re
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal, get_args

from livingsurvey.bibtex.identifiers import make_anchor
from livingsurvey.bibtex.source import StateError, read_state
from livingsurvey.digest import digest
from livingsurvey.exports.records import FEED_LIMIT, clean, find_address
from livingsurvey.exports.web import add, start_feed, write
from livingsurvey.markup import parse, title_key
from livingsurvey.queries import call
from livingsurvey.words import mark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from livingsurvey.catalog import Catalog
    from livingsurvey.exports import About
    from livingsurvey.words import Words

ChangeKind = Literal["added", "republished", "moved", "corrected", "removed"]
CHANGE_KINDS: tuple[str, ...] = get_args(ChangeKind)
_KINDS = {
    "added": (mark("Added"), mark("Added on {date}.")),
    "republished": (mark("Republished"), mark("Republished on {date}.")),
    "moved": (mark("Moved"), mark("Moved on {date}.")),
    "corrected": (mark("Corrected"), mark("Corrected on {date}.")),
    "removed": (mark("Removed"), mark("Removed on {date}.")),
}
KIND_TITLES = {kind: title for kind, (title, _) in _KINDS.items()}
_MISSING, _TAKEN_OUT, _NOWHERE = mark("missing"), mark("removed"), mark("nowhere")
_PREPRINT, _AUTHORS = mark("preprint"), mark("the authors")
_ORDER = mark("the order of its categories")
_DETAILS = {
    "title": mark("the title was '{title}'"),
    "year": mark("the year was {year}"),
    "venue": mark("the venue was {venue}"),
    "doi": mark("DOI: {value}"),
    "arxiv": mark("arXiv identifier: {value}"),
    "code": mark("code: {value}"),
    "key": mark("the key was {key}"),
    "from": mark("from {old} to {new}"),
    "put": mark("also in {tags}"),
    "taken": mark("no longer in {tags}"),
    "place": mark("{place}; before: {former}"),
}
"""The phrases of which details are made; the history keeps them in English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperState:
    """What readers notice of a paper.

    Attributes:
        title: As plain text.
        authors: A digest of the authors.
        year: The year, or 0.
        venue: As plain text.
        categories: The tags, home first.
        doi: In lower case.
        arxiv: The identifier.
        code: The address of the code.
        created: The ISO date on which the paper joined, or ``""``.
    """

    title: str
    authors: str
    year: int
    venue: str
    categories: tuple[str, ...]
    doi: str
    arxiv: str
    code: str
    created: str


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One change of one paper.

    Attributes:
        date: The ISO date: the paper's own if it was added, else that of the later state.
        kind: What happened.
        key: The citation key, as it is now.
        title: The title, as it is now.
        details: What exactly, a phrase each.
    """

    date: str
    kind: ChangeKind
    key: str
    title: str
    details: tuple[str, ...] = ()


Snapshot = dict[str, PaperState]
"""Papers by key."""


def snapshot(catalog: Catalog) -> Snapshot:
    """Return what readers notice of each paper."""
    return {
        key: PaperState(
            title=parse(paper.title).text,
            authors=digest(tuple(person.full for person in paper.authors or paper.editors))[:12],
            year=paper.year or 0,
            venue=parse(paper.venue).text,
            categories=paper.categories,
            doi=paper.doi.lower(),
            arxiv=paper.arxiv,
            code=paper.links.get("code", ""),
            created=paper.created.isoformat() if paper.created else "",
        )
        for key, paper in catalog.papers.items()
    }


def compare(old: Snapshot, new: Snapshot, date: str = "") -> tuple[Change, ...]:
    """Return the changes from one snapshot to another, by kind, then by key.

    Args:
        old: The earlier one.
        new: The later one.
        date: The ISO date of the later one, for changes that have none of their own.
    """
    renamed = _find_renamed(old, new)
    changes: list[Change] = []
    for key, state in new.items():
        before = old.get(renamed.get(key, key))
        if before is None:
            changes.append(Change(state.created or date, "added", key, state.title))
            continue
        found = _compare_states(before, state)
        if key in renamed:
            found.setdefault("corrected", []).append(_DETAILS["key"].format(key=renamed[key]))
        changes += [
            Change(date, kind, key, state.title, tuple(details)) for kind, details in found.items()
        ]
    gone = old.keys() - new.keys() - set(renamed.values())
    changes += [Change(date, "removed", key, old[key].title) for key in gone]
    return tuple(sorted(changes, key=rank_change))


def rank_change(change: Change) -> tuple[int, str]:
    """Return what orders changes of one day: the kind, then the key."""
    return CHANGE_KINDS.index(change.kind), change.key


def _find_renamed(old: Snapshot, new: Snapshot) -> dict[str, str]:
    """Return the old keys of papers that have a new one."""
    gone = sorted(old.keys() - new.keys(), reverse=True)
    known = {mark: key for key in gone for mark in _find_marks(old[key])}
    renamed: dict[str, str] = {}
    for key in sorted(new.keys() - old.keys()):
        found = next((known[mark] for mark in _find_marks(new[key]) if mark in known), "")
        if found and found not in renamed.values():
            renamed[key] = found
    return renamed


def _find_marks(state: PaperState) -> list[tuple[str, str]]:
    marks = [("arxiv", state.arxiv), ("doi", state.doi), ("title", title_key(state.title))]
    return [(name, text) for name, text in marks if text]


def _compare_states(old: PaperState, new: PaperState) -> dict[ChangeKind, list[str]]:
    found: dict[ChangeKind, list[str]] = {}
    is_republished = old.venue != new.venue and bool(new.venue)
    if is_republished:
        place = f"{new.venue}, {new.year}" if new.year else new.venue
        detail = _DETAILS["place"].format(place=place, former=old.venue or _PREPRINT)
        found["republished"] = [detail]
    if old.categories != new.categories:
        found["moved"] = _describe_move(old.categories, new.categories)
    corrected = [] if old.title == new.title else [_DETAILS["title"].format(title=old.title)]
    if old.authors != new.authors:
        corrected.append(_AUTHORS)
    if old.year != new.year and not is_republished:
        corrected.append(_DETAILS["year"].format(year=old.year or _MISSING))
    if old.venue and not new.venue:
        corrected.append(_DETAILS["venue"].format(venue=old.venue))
    corrected += [
        _DETAILS[name].format(value=getattr(new, name) or _TAKEN_OUT)
        for name in ("doi", "arxiv", "code")
        if getattr(old, name) != getattr(new, name)
    ]
    return found | ({"corrected": corrected} if corrected else {})


def _describe_move(old: Sequence[str], new: Sequence[str]) -> list[str]:
    details = []
    if old[:1] != new[:1]:
        former, home = (tags[0] if tags else _NOWHERE for tags in (old, new))
        details.append(_DETAILS["from"].format(old=former, new=home))
    if put := [tag for tag in new[1:] if tag not in old[1:]]:
        details.append(_DETAILS["put"].format(tags=", ".join(put)))
    if taken := [tag for tag in old[1:] if tag not in new]:
        details.append(_DETAILS["taken"].format(tags=", ".join(taken)))
    return details or [_ORDER]


def spell_detail(detail: str, words: Words, titles: Mapping[str, str] | None = None) -> str:
    """Return a detail in the language of a survey.

    Args:
        detail: As the history keeps it.
        words: Those of the survey.
        titles: What stands for tags of categories.
    """
    for pattern, phrase in _PATTERNS:
        if found := pattern.fullmatch(detail):
            values = found.groupdict().items()
            shown = {name: _spell(value, words, titles or {}) for name, value in values}
            return words.gettext(phrase, **shown)
    return words.gettext(detail) if detail in {_AUTHORS, _ORDER} else detail


_PATTERNS = tuple(
    (re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*)", re.escape(phrase)), re.DOTALL), phrase)
    for phrase in _DETAILS.values()
)
_TAG = re.compile(r"[\w-]+")


def _spell(value: str, words: Words, titles: Mapping[str, str]) -> str:
    if value in {_MISSING, _TAKEN_OUT, _NOWHERE, _PREPRINT}:
        return words.gettext(value)
    return _TAG.sub(lambda tag: titles.get(tag[0], tag[0]), value) if titles else value


def describe_change(change: Change) -> dict[str, Any]:
    """Return a change as plain values, for JSON."""
    return {name: value for name, value in asdict(change).items() if value or name != "details"}


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
        months = groupby(self.changes, lambda change: change.date[:7])
        return tuple((month, tuple(changes)) for month, changes in months)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What ``bib/history.json`` holds.

    Attributes:
        editions: The newest first; what came after the last tag has no name, and is the first.
        last: The last snapshot, by key.
        last_date: Its ISO date.
    """

    editions: tuple[Edition, ...] = ()
    last: Snapshot = field(default_factory=dict, hash=False)
    last_date: str = ""


def extend(history: History, new: Snapshot, name: str, date: str) -> History:
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
    if changes or name:
        editions.insert(0, Edition(name=name, date=date, changes=_sort(changes)))
    return History(editions=tuple(editions), last=new, last_date=date)


def _sort(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return changes, the newest first; those of one day by kind, then by key."""
    by_kind = sorted(changes, key=rank_change)
    return tuple(sorted(by_kind, key=lambda change: change.date, reverse=True))


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
        history = History()
        with contextlib.suppress(StateError):  # reported when the pages are checked
            history = read_history(self.path) if self.path else history
        editions = bring_up(history, catalog)[: self.limit or None]
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


_dump = partial(json.dumps, ensure_ascii=False)


def read_history(path: Path) -> History:
    """Read the history; a missing one is empty.

    Raises:
        StateError: It cannot be read.
    """
    return read_state(path, json.loads, VERSION, "history", _read_document) or History()


def _read_document(document: Mapping[str, Any]) -> History:
    return History(
        editions=tuple(_read_edition(value) for value in document["editions"]),
        last={str(key): _read_paper(value) for key, value in document["last"].items()},
        last_date=_read_iso_date(document["last_date"]),
    )


def _read_edition(value: Mapping[str, Any]) -> Edition:
    known = [change for change in value["changes"] if change["kind"] in CHANGE_KINDS]
    changes = tuple(map(_read_change, known))
    return Edition(name=str(value["name"]), date=_read_iso_date(value["date"]), changes=changes)


def _read_change(value: Mapping[str, Any]) -> Change:
    date, details = _read_iso_date(value["date"]), tuple(map(str, value.get("details", ())))
    return Change(date, value["kind"], str(value["key"]), str(value["title"]), details)


def _read_iso_date(value: str) -> str:
    # Papers may not say when they joined.
    return datetime.date.fromisoformat(value).isoformat() if value else ""


def _read_paper(value: Mapping[str, Any]) -> PaperState:
    categories = tuple(map(str, value["categories"]))
    texts: Any = {name: str(value[name]) for name in PaperState.__dataclass_fields__}
    return PaperState(**texts | {"year": int(value["year"]), "categories": categories})


def write_history(history: History) -> str:
    """Return the text of the file: a line for each change and each paper, for small diffs."""
    editions = [
        f'  {_dump({"name": edition.name, "date": edition.date})[:-1]}, "changes": ['
        + ",".join(f"\n   {_dump(describe_change(change))}" for change in edition.changes)
        + "]}"
        for edition in history.editions
    ]
    papers = sorted(history.last.items())
    states = [f"  {_dump(key)}: {_dump(asdict(state))}" for key, state in papers]
    head = f' "version": {VERSION},\n "last_date": {_dump(history.last_date)},\n'
    changes, last = ",\n".join(editions), ",\n".join(states)
    return f'{{\n{head} "editions": [\n{changes}\n ],\n "last": {{\n{last}\n }}\n}}\n'


def name_changes(about: About) -> str:
    """Return the title of the feed."""
    return about.words.gettext("{title}: what has changed", title=about.title)


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
    dated = [it for edition in bring_up(history, catalog) for it in edition.changes if it.date]
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
        place = f"change/{change.date}/{change.kind}/{make_anchor(change.key)}"
        add(entry, "id", about.make_id(place))
        kind, when = (words.gettext(text, date=change.date) for text in _KINDS[change.kind])
        add(entry, "title", clean(f"{kind}: {change.title or change.key}"))
        add(entry, "updated", f"{change.date}T00:00:00Z")
        page = about.resolve(places.get(change.key, ""))
        paper = catalog.papers.get(change.key)
        address = page or (find_address(paper) if paper else "")
        if address:
            add(entry, "link", rel="alternate", type="text/html" if page else "", href=address)
        details = "; ".join(spell_detail(one, words) for one in change.details)
        # An entry with a content needs no link: what was removed has none.
        add(entry, "content", clean(details or when))
    return write(root)
