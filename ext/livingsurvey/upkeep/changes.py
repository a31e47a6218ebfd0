"""What has changed between two states of a survey, and over its history.

A :func:`snapshot` holds of each paper what readers notice. :func:`compare` tells two apart: papers
**added** and **removed**; **moved** to another home, or to other categories beside it;
**republished** at a venue; **corrected** in title, authors, year, identifiers, code or key. An
entry whose key has changed is found again by its identifiers, else by its title.

``bib/history.json`` keeps the changes of each edition and month, written from the tags and commits
of a repository, and the last snapshot: a tarball without a repository shows the same history.
"""

from __future__ import annotations

import datetime
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from livingsurvey.digest import digest
from livingsurvey.markup import parse, title_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from livingsurvey.catalog import Catalog
    from livingsurvey.model import Paper

ChangeKind = Literal["added", "republished", "moved", "corrected", "removed"]
CHANGE_KINDS: tuple[str, ...] = get_args(ChangeKind)
FILE_NAME = "history.json"
VERSION = 1
NEXT = ""
"""The name of what comes after the last edition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
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


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
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


Snapshot = dict[str, State]
"""Papers by key."""


def snapshot(catalog: Catalog) -> Snapshot:
    """Return what readers notice of each paper."""
    return {key: _describe(paper) for key, paper in catalog.papers.items()}


def _describe(paper: Paper) -> State:
    people = paper.authors or paper.editors
    return State(
        title=parse(paper.title).text,
        authors=digest(tuple(person.full for person in people))[:12],
        year=paper.year or 0,
        venue=parse(paper.venue).text,
        categories=paper.categories,
        doi=paper.doi.lower(),
        arxiv=paper.arxiv,
        code=paper.links.get("code", ""),
        created=paper.created.isoformat() if paper.created else "",
    )


def compare(
    old: Mapping[str, State], new: Mapping[str, State], date: str = ""
) -> tuple[Change, ...]:
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
            joined = state.created or date
            changes.append(Change(date=joined, kind="added", key=key, title=state.title))
            continue
        found = _compare_states(before, state)
        if key in renamed:
            found.setdefault("corrected", []).append(f"the key was {renamed[key]}")
        changes += [
            Change(date=date, kind=kind, key=key, title=state.title, details=tuple(details))
            for kind, details in found.items()
        ]
    gone = old.keys() - new.keys() - set(renamed.values())
    changes += [Change(date=date, kind="removed", key=key, title=old[key].title) for key in gone]
    return tuple(sorted(changes, key=_rank))


def _rank(change: Change) -> tuple[int, str]:
    """Return what orders changes of one day: the kind, then the key."""
    return CHANGE_KINDS.index(change.kind), change.key


def _find_renamed(old: Mapping[str, State], new: Mapping[str, State]) -> dict[str, str]:
    """Return the old keys of papers that have a new one."""
    marks: dict[tuple[str, str], str] = {}
    for key in old.keys() - new.keys():
        for mark in _find_marks(old[key]):
            marks.setdefault(mark, key)
    renamed: dict[str, str] = {}
    for key in sorted(new.keys() - old.keys()):
        found = next((marks[mark] for mark in _find_marks(new[key]) if mark in marks), "")
        if found and found not in renamed.values():
            renamed[key] = found
    return renamed


def _find_marks(state: State) -> list[tuple[str, str]]:
    marks = [("arxiv", state.arxiv), ("doi", state.doi), ("title", title_key(state.title))]
    return [mark for mark in marks if mark[1]]


def _compare_states(old: State, new: State) -> dict[ChangeKind, list[str]]:
    found: dict[ChangeKind, list[str]] = {}
    is_republished = old.venue != new.venue and bool(new.venue)
    if is_republished:
        place = f"{new.venue}, {new.year}" if new.year else new.venue
        found["republished"] = [f"{place}; before: {old.venue or 'preprint'}"]
    if old.categories != new.categories:
        found["moved"] = _describe_move(old.categories, new.categories)
    corrected = []
    if old.title != new.title:
        corrected.append(f"the title was '{old.title}'")
    if old.authors != new.authors:
        corrected.append("the authors")
    if old.year != new.year and not is_republished:
        corrected.append(f"the year was {old.year or 'missing'}")
    if old.venue and not new.venue:
        corrected.append(f"the venue was {old.venue}")
    for name in ("doi", "arxiv", "code"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            label = {"doi": "DOI", "arxiv": "arXiv identifier", "code": "code"}[name]
            corrected.append(f"{label}: {after or 'removed'}")
    if corrected:
        found["corrected"] = corrected
    return found


def _describe_move(old: Sequence[str], new: Sequence[str]) -> list[str]:
    details = []
    if old[:1] != new[:1]:
        details.append(f"from {old[0] if old else 'nowhere'} to {new[0] if new else 'nowhere'}")
    if put := [tag for tag in new[1:] if tag not in old[1:]]:
        details.append(f"also in {', '.join(put)}")
    if taken := [tag for tag in old[1:] if tag not in new]:
        details.append(f"no longer in {', '.join(taken)}")
    return details or ["the order of its categories"]


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
    last: Mapping[str, State] = field(default_factory=dict, hash=False)
    last_date: str = ""


def extend(history: History, new: Mapping[str, State], name: str, date: str) -> History:
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
    return tuple(sorted(sorted(changes, key=_rank), key=lambda change: change.date, reverse=True))


@dataclass(frozen=True, slots=True)
class Changes:
    """The query for the history of a survey up to now.

    Attributes:
        history: What the file holds; without it, the days on which papers joined tell all.
        limit: The most editions to show; 0 for all.
    """

    history: History = field(default_factory=History)
    limit: int = 0

    def answer(self, catalog: Catalog) -> tuple[Edition, ...]:
        """Return the editions with their changes, the newest first."""
        now = snapshot(catalog)
        days = [state.created for state in now.values() if state.created]
        date = max([self.history.last_date, *days])
        editions = extend(self.history, now, NEXT, date).editions
        return editions[: self.limit] if self.limit else editions


class HistoryError(Exception):
    """The history cannot be used; the message says why."""


def read_history(path: Path) -> History:
    """Read the history; a missing one is empty.

    Raises:
        HistoryError: It cannot be read.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["version"] != VERSION:
            raise HistoryError(f"{path.name} is of version {document['version']}, not {VERSION}")
        return History(
            editions=tuple(_read_edition(value) for value in document["editions"]),
            last={key: _read_state(value) for key, value in document["last"].items()},
            last_date=document["last_date"],
        )
    except FileNotFoundError:
        return History()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise HistoryError(f"{path.name} is no history: {error}") from error


def _read_edition(value: Mapping[str, Any]) -> Edition:
    datetime.date.fromisoformat(value["date"])
    changes = tuple(
        Change(
            date=change["date"],
            kind=change["kind"],
            key=change["key"],
            title=change["title"],
            details=tuple(change.get("details", ())),
        )
        for change in value["changes"]
        if change["kind"] in CHANGE_KINDS
    )
    return Edition(name=value["name"], date=value["date"], changes=changes)


def _read_state(value: Mapping[str, Any]) -> State:
    return State(**{**value, "categories": tuple(value["categories"])})


def describe_change(change: Change) -> dict[str, Any]:
    """Return a change as plain values, for JSON."""
    plain: dict[str, Any] = {
        "date": change.date,
        "kind": change.kind,
        "key": change.key,
        "title": change.title,
    }
    return plain | ({"details": list(change.details)} if change.details else {})


def write_history(history: History) -> str:
    """Return the text of the file: a line for each change and each paper, for small diffs."""
    editions = [
        f'  {_dump({"name": one.name, "date": one.date})[:-1]}, "changes": ['
        + "".join(f"\n   {_dump(describe_change(change))}," for change in one.changes).rstrip(",")
        + "]}"
        for one in history.editions
    ]
    names = State.__dataclass_fields__
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


def render_text(changes: Sequence[Change]) -> str:
    """Return changes as lines for a terminal."""
    lines = []
    for change in changes:
        details = f" ({'; '.join(change.details)})" if change.details else ""
        lines.append(f"{change.kind:<11}  {change.key}: {change.title}{details}\n")
    return "".join(lines)


def render_markdown(changes: Sequence[Change]) -> str:
    """Return changes as Markdown: a heading and a list for each kind."""
    counts = Counter(str(change.kind) for change in changes)
    parts = []
    for kind in CHANGE_KINDS:
        if counts[kind]:
            parts.append(f"### {kind.capitalize()} ({counts[kind]})\n")
            parts += [
                f"- {_escape(change.title)} (`{change.key}`)"
                + (f": {_escape('; '.join(change.details))}" if change.details else "")
                for change in changes
                if change.kind == kind
            ]
            parts.append("")
    return "\n".join(parts)


def _escape(text: str) -> str:
    return "".join(f"\\{char}" if char in "\\`*_[]<>#" else char for char in text)
