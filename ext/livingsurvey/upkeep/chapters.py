"""The clock of each chapter: when it was last reviewed, and what joined since.

A chapter says ``reviewed: 2026-11-28`` in its head. The build knows what it lists and discusses;
:func:`read_chapters` finds nearly the same in the text of the pages, for ``check``, without Sphinx.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.bibtex.source import read_source, show_path
from livingsurvey.diagnostics import Code, Diagnostic, Severity
from livingsurvey.model import Location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from livingsurvey.catalog import Catalog

SUFFIXES = (".md", ".rst")
_REVIEWED = re.compile(r"(?m)^:?reviewed:[ \t]*[\"']?([0-9]{4}-[0-9]{2}-[0-9]{2})[\"']?[ \t]*$")
_HEAD = re.compile(r"---[ \t]*\n(?P<yaml>.*?\n)---[ \t]*\n|(?P<fields>(?::[^\n]*\n)+)", re.DOTALL)
_LISTING = re.compile(
    r"(?m)^[ \t]*(?:[`:]{3,}\{survey:papers\}|\.\. survey:papers::)[ \t]*(\S+)[ \t]*$"
    r"(?P<options>(?:\n[ \t]*:[a-z]+:[^\n]*)*)"
)
_ROLE = re.compile(r"(?:\{(?:cite[^}`]*|survey:paper)\}|:(?:cite[a-z:]*|survey:paper):)`([^`]+)`")
_LINK = re.compile(r"\]\(#([^()\s]+)\)")
_KEY = re.compile(r"[^\s,;<>{}]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A page that is home to a category.

    Attributes:
        location: Its source.
        reviewed: The ISO date on which somebody last looked it through, or ``""``.
        listed: The papers that its listings show.
        discussed: Those that its text cites or names.
    """

    location: Location
    reviewed: str
    listed: tuple[str, ...]
    discussed: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a survey allows; 0 allows everything.

    Attributes:
        review_months: The months after which a chapter is to be reviewed again.
        unread_papers: The papers that a chapter may list, since its review, without a word.
    """

    review_months: int
    unread_papers: int


def read_day(text: str) -> datetime.date | None:
    """Return the day of an ISO date; None if it is none."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def find_unread(catalog: Catalog, chapter: Chapter) -> tuple[str, ...]:
    """Return the papers listed since the review of a chapter that it does not discuss yet."""
    day = read_day(chapter.reviewed)
    if day is None:
        return ()
    return tuple(
        key
        for key in chapter.listed
        if key not in chapter.discussed
        and (paper := catalog.papers.get(key)) is not None
        and paper.created is not None
        and paper.created > day
    )


def find_last_day(catalog: Catalog) -> datetime.date | None:
    """Return the day on which the last paper joined: a clock that is the same in every build."""
    return max((paper.created for paper in catalog.papers.values() if paper.created), default=None)


def check_chapters(
    chapters: Iterable[Chapter], catalog: Catalog, limits: Limits, day: datetime.date | None
) -> Iterator[Diagnostic]:
    """Find chapters that were not reviewed for long, or that many papers have joined since.

    Args:
        chapters: The chapters; those that do not say when they were reviewed have no clock.
        catalog: The papers.
        limits: What is allowed.
        day: Until when a review counts: today, or the day on which the last paper joined.
    """
    for chapter in chapters:
        reviewed = read_day(chapter.reviewed)
        if reviewed is None:
            continue
        months = 0
        if day is not None:
            months = (day.year - reviewed.year) * 12 + day.month - reviewed.month
            months -= day.day < reviewed.day
        if limits.review_months and months >= limits.review_months:
            yield Diagnostic(
                code=Code.STALE_CHAPTER,
                severity=Severity.HINT,
                message=f"the chapter was last reviewed on {reviewed}, {months} months "
                f"before {day}",
                location=chapter.location,
                suggestion="read it through, and write the day into its head: reviewed",
            )
        unread = find_unread(catalog, chapter)
        if limits.unread_papers and len(unread) > limits.unread_papers:
            few = ", ".join(unread[:3])
            yield Diagnostic(
                code=Code.UNREVIEWED,
                severity=Severity.HINT,
                message=f"{len(unread)} papers were listed since {reviewed} that the chapter does "
                f"not discuss, such as {few}",
                location=chapter.location,
                suggestion="say a word about those that matter, and write the day into its head",
            )


def read_chapters(folder: Path, catalog: Catalog, root: Path) -> list[Chapter]:
    """Read the pages below a folder as far as they are chapters with a clock.

    Args:
        folder: Where the pages are.
        catalog: The papers and categories.
        root: Diagnostics name pages relative to this folder.
    """
    paths = (path for path in folder.rglob("*") if path.suffix in SUFFIXES)
    shown = (
        path
        for path in sorted(paths)
        if not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
    )
    found = (_read_chapter(path, catalog, root) for path in shown)
    return [chapter for chapter in found if chapter is not None]


def _read_chapter(path: Path, catalog: Catalog, root: Path) -> Chapter | None:
    source, _ = read_source(path, show_path(path, root))
    text = source.text.replace("\r\n", "\n")
    head = _HEAD.match(text)
    reviewed = _REVIEWED.search(head[0]) if head else None
    if reviewed is None:
        return None
    listed: dict[str, None] = {}
    is_home = False
    for listing in _LISTING.finditer(text):
        category = catalog.taxonomy.find(listing[1])
        if category is None or ":limit:" in listing["options"]:
            continue
        is_home = is_home or not (category.children or ":excerpt:" in listing["options"])
        listed.update(dict.fromkeys(paper.key for paper in catalog.papers_in(category.tag)))
    if not is_home:
        return None
    words = (key for role in _ROLE.finditer(text) for key in _KEY.findall(role[1]))
    return Chapter(
        location=Location(source.path, text.count("\n", 0, reviewed.start()) + 1),
        reviewed=reviewed[1],
        listed=tuple(listed),
        discussed=frozenset(words) | frozenset(_LINK.findall(text)),
    )
