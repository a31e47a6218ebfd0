"""What has changed between two states of a survey.

A :func:`snapshot` holds of each paper what readers notice. :func:`compare` tells two apart: papers
**added** and **removed**; **moved** to another home, or to other categories beside it;
**republished** at a venue; **corrected** in title, authors, year, identifiers, code or key. An
entry whose key has changed is found again by its identifiers, else by its title.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from livingsurvey.digest import digest
from livingsurvey.markup import parse, title_key
from livingsurvey.words import mark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from livingsurvey.catalog import Catalog
    from livingsurvey.model import Paper
    from livingsurvey.words import Words

ChangeKind = Literal["added", "republished", "moved", "corrected", "removed"]
CHANGE_KINDS: tuple[str, ...] = get_args(ChangeKind)
KIND_TITLES: dict[str, str] = {
    "added": mark("Added"),
    "republished": mark("Republished"),
    "moved": mark("Moved"),
    "corrected": mark("Corrected"),
    "removed": mark("Removed"),
}
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


Snapshot = dict[str, PaperState]
"""Papers by key."""


def snapshot(catalog: Catalog) -> Snapshot:
    """Return what readers notice of each paper."""
    return {key: _describe(paper) for key, paper in catalog.papers.items()}


def _describe(paper: Paper) -> PaperState:
    people = paper.authors or paper.editors
    return PaperState(
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
    old: Mapping[str, PaperState], new: Mapping[str, PaperState], date: str = ""
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
            found.setdefault("corrected", []).append(_DETAILS["key"].format(key=renamed[key]))
        changes += [
            Change(date=date, kind=kind, key=key, title=state.title, details=tuple(details))
            for kind, details in found.items()
        ]
    gone = old.keys() - new.keys() - set(renamed.values())
    changes += [Change(date=date, kind="removed", key=key, title=old[key].title) for key in gone]
    return tuple(sorted(changes, key=rank_change))


def rank_change(change: Change) -> tuple[int, str]:
    """Return what orders changes of one day: the kind, then the key."""
    return CHANGE_KINDS.index(change.kind), change.key


def _find_renamed(old: Mapping[str, PaperState], new: Mapping[str, PaperState]) -> dict[str, str]:
    """Return the old keys of papers that have a new one."""
    marks: dict[tuple[str, str], str] = {}
    for key in old.keys() - new.keys():
        for one in _find_marks(old[key]):
            marks.setdefault(one, key)
    renamed: dict[str, str] = {}
    for key in sorted(new.keys() - old.keys()):
        found = next((marks[one] for one in _find_marks(new[key]) if one in marks), "")
        if found and found not in renamed.values():
            renamed[key] = found
    return renamed


def _find_marks(state: PaperState) -> list[tuple[str, str]]:
    marks = [("arxiv", state.arxiv), ("doi", state.doi), ("title", title_key(state.title))]
    return [one for one in marks if one[1]]


def _compare_states(old: PaperState, new: PaperState) -> dict[ChangeKind, list[str]]:
    found: dict[ChangeKind, list[str]] = {}
    is_republished = old.venue != new.venue and bool(new.venue)
    if is_republished:
        place = f"{new.venue}, {new.year}" if new.year else new.venue
        former = old.venue or _PREPRINT
        found["republished"] = [_DETAILS["place"].format(place=place, former=former)]
    if old.categories != new.categories:
        found["moved"] = _describe_move(old.categories, new.categories)
    corrected = []
    if old.title != new.title:
        corrected.append(_DETAILS["title"].format(title=old.title))
    if old.authors != new.authors:
        corrected.append(_AUTHORS)
    if old.year != new.year and not is_republished:
        corrected.append(_DETAILS["year"].format(year=old.year or _MISSING))
    if old.venue and not new.venue:
        corrected.append(_DETAILS["venue"].format(venue=old.venue))
    for name in ("doi", "arxiv", "code"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            corrected.append(_DETAILS[name].format(value=after or _TAKEN_OUT))
    if corrected:
        found["corrected"] = corrected
    return found


def _describe_move(old: Sequence[str], new: Sequence[str]) -> list[str]:
    details = []
    if old[:1] != new[:1]:
        ends = [tags[0] if tags else _NOWHERE for tags in (old, new)]
        details.append(_DETAILS["from"].format(old=ends[0], new=ends[1]))
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


_NAME = re.compile(r"\\\{(\w+)\\\}")
_PATTERNS = tuple(
    (re.compile(_NAME.sub(r"(?P<\1>.*)", re.escape(phrase)), re.DOTALL), phrase)
    for phrase in _DETAILS.values()
)
_TAG = re.compile(r"[\w-]+")


def _spell(value: str, words: Words, titles: Mapping[str, str]) -> str:
    if value in {_MISSING, _TAKEN_OUT, _NOWHERE, _PREPRINT}:
        return words.gettext(value)
    return _TAG.sub(lambda tag: titles.get(tag[0], tag[0]), value) if titles else value


def describe_change(change: Change) -> dict[str, Any]:
    """Return a change as plain values, for JSON."""
    plain: dict[str, Any] = {
        "date": change.date,
        "kind": change.kind,
        "key": change.key,
        "title": change.title,
    }
    return plain | ({"details": list(change.details)} if change.details else {})


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
                f"- {escape_markdown(change.title)} (`{change.key}`)"
                + (f": {escape_markdown('; '.join(change.details))}" if change.details else "")
                for change in changes
                if change.kind == kind
            ]
            parts.append("")
    return "\n".join(parts)


_MARKDOWN = str.maketrans(
    {char: f"\\{char}" for char in "\\`*_[]<>|~!"} | {"@": "&#64;", "#": "&#35;", "&": "&amp;"}
)


def fence(text: str, language: str = "text") -> str:
    """Return a text as a block of code in Markdown that nothing in it can end."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    bar = "`" * max(3, longest + 1)
    return f"{bar}{language}\n{text.rstrip()}\n{bar}"


def escape_markdown(text: str) -> str:
    """Return a text as Markdown that shows it on one line: no markup, no link, nobody is called."""
    return " ".join(text.translate(_MARKDOWN).split())
