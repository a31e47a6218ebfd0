"""What editors should look after: chapters that wait for a review, categories that lack something.

A chapter says ``reviewed: 2026-11-28`` in its head, for its page and those below it in the
toctree. The build knows what it lists and discusses;
:func:`read_chapters` finds nearly the same in the text of the pages, for ``check``, without Sphinx.
"""

from __future__ import annotations

import datetime
import posixpath
import re
from collections import Counter
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from livingsurvey.bibtex.source import StateError, read_source, show_path
from livingsurvey.catalog.ledger import digest_facts, read_ledger
from livingsurvey.diagnostics import (
    Code,
    Diagnostic,
    diagnose,
)
from livingsurvey.model import Location
from livingsurvey.queries import call, find_month
from livingsurvey.upkeep.inbox import Inbox, read_inbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from livingsurvey.catalog import Catalog
    from livingsurvey.catalog.ledger import Ledger
    from livingsurvey.configuration import Limits
    from livingsurvey.model import Category, Paper

SUFFIXES = (".md", ".rst")
_REVIEWED = re.compile(r"(?m)^:?reviewed:[ \t]*[\"']?([0-9]{4}-[0-9]{2}-[0-9]{2})[\"']?[ \t]*$")
_HEAD = re.compile(r"---[ \t]*\n(?P<yaml>.*?\n)---[ \t]*\n|(?P<fields>(?::[^\n]*\n)+)", re.DOTALL)
_LISTING = re.compile(
    r"(?m)^[ \t]*(?:[`:]{3,}\{survey:papers\}|\.\. survey:papers::)[ \t]*(\S+)[ \t]*$"
    r"(?P<options>(?:\n[ \t]*:[a-z]+:[^\n]*)*)"
)
_TOCTREE = re.compile(
    r"(?ms)^[ \t]*(?:([`:]{3,})\{toctree\}[^\n]*\n(?P<fenced>.*?)^[ \t]*\1"
    r"|\.\. toctree::[^\n]*\n(?P<indented>(?:[ \t]+[^\n]*\n|\n)*))"
)
_ROLE = re.compile(r"(?:\{(?:cite[^}`]*|survey:paper)\}|:(?:cite[a-z:]*|survey:paper):)`([^`]+)`")
_LINK = re.compile(r"\]\(#([^()\s]+)\)")
_KEY = re.compile(r"[^\s,;<>{}]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A page that is home to a category, or has pages below it that are.

    Attributes:
        location: The source of its page.
        reviewed: The ISO date on which somebody last looked it through, or ``""``.
        listed: The papers that its listings show.
        discussed: Those that its text cites or names.
    """

    location: Location
    reviewed: str
    listed: tuple[str, ...]
    discussed: frozenset[str]


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
    unsaid = (catalog.papers.get(key) for key in chapter.listed if key not in chapter.discussed)
    return tuple(it.key for it in unsaid if it and it.created and it.created > day)


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
        if 0 < limits.review_months <= months:
            message = f"the chapter was last reviewed on {reviewed}, {months} months before {day}"
            hint = "read it through, and write the day into its head: reviewed"
            yield diagnose(Code.STALE_CHAPTER, message, chapter.location, hint)
        unread = find_unread(catalog, chapter)
        if 0 < limits.unread_papers < len(unread):
            message = f"{len(unread)} papers were listed since {reviewed} that the chapter does "
            message += f"not discuss, such as {', '.join(unread[:3])}"
            hint = "say a word about those that matter, and write the day into its head"
            yield diagnose(Code.UNREVIEWED, message, chapter.location, hint)


@dataclass(frozen=True, slots=True)
class _Page:
    """What the text of a page says: a chapter on its own, and the names of the pages below it."""

    chapter: Chapter
    is_home: bool
    entries: tuple[str, ...]


def read_chapters(folder: Path, catalog: Catalog, root: Path) -> list[Chapter]:
    """Read the pages below a folder, and join them to chapters with a clock.

    Args:
        folder: Where the pages are.
        catalog: The papers and categories.
        root: Diagnostics name pages relative to this folder.
    """
    pages: dict[str, _Page] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.suffix in SUFFIXES and not any(part.startswith((".", "_")) for part in name.parts):
            pages[name.with_suffix("").as_posix()] = _read_page(path, catalog, root)
    heads = [name for name, page in pages.items() if page.chapter.reviewed]
    return [chapter for name in heads if (chapter := _join_pages(name, pages)) is not None]


def _join_pages(head: str, pages: dict[str, _Page]) -> Chapter | None:
    """Return the chapter of a page and those below it without a clock; None without a home."""
    names = [head]
    for name in names:
        for entry in pages[name].entries:
            pattern = posixpath.normpath(posixpath.join("/", posixpath.dirname(name), entry))[1:]
            names += (
                below
                for below, page in pages.items()
                if fnmatchcase(below, pattern) and not page.chapter.reviewed and below not in names
            )
    joined = [pages[name] for name in names]
    if not any(page.is_home for page in joined):
        return None
    return replace(
        pages[head].chapter,
        listed=tuple(dict.fromkeys(key for page in joined for key in page.chapter.listed)),
        discussed=frozenset().union(*(page.chapter.discussed for page in joined)),
    )


def _read_page(path: Path, catalog: Catalog, root: Path) -> _Page:
    source, _ = read_source(path, show_path(path, root))
    text = source.text.replace("\r\n", "\n")
    head = _HEAD.match(text)
    reviewed = _REVIEWED.search(head[0]) if head else None
    listed: dict[str, None] = {}
    is_home = False
    for listing in _LISTING.finditer(text):
        category = catalog.taxonomy.find(listing[1])
        if category is not None and ":limit:" not in listing["options"]:
            is_home |= not (category.children or ":excerpt:" in listing["options"])
            listed |= dict.fromkeys(paper.key for paper in catalog.papers_in(category.tag))
    words = (key for role in _ROLE.finditer(text) for key in _KEY.findall(role[1]))
    line = text.count("\n", 0, reviewed.start()) + 1 if reviewed else 1
    chapter = Chapter(
        location=Location(source.path, line),
        reviewed=reviewed[1] if reviewed else "",
        listed=tuple(listed),
        discussed=frozenset(words) | frozenset(_LINK.findall(text)),
    )
    trees = (tree["fenced"] or tree["indented"] or "" for tree in _TOCTREE.finditer(text))
    lines = (line.strip() for tree in trees for line in tree.splitlines())
    entries = tuple(
        line.removesuffix(">").rpartition("<")[2].removesuffix(path.suffix)
        for line in lines
        if line and not line.startswith(":")
    )
    return _Page(chapter, is_home, entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryState:
    """What an editor wants to know of a category; papers count where they are at home.

    Attributes:
        tag: The category.
        title: Its title.
        papers: How many papers are at home in it.
        newest: The key of the one that appeared last, or ``""``.
        newest_name: What that is called.
        newest_month: The year and the month in which it appeared; 0 for what is unknown.
        preprints: How many have no venue: they may have been published since.
        no_code: How many have no address of code.
        no_doi: How many have no DOI.
        no_annotation: How many have no annotation.
        unverified: How many no record vouches for as they are.
        waiting: How many candidates of the inbox are proposed for it first.
    """

    tag: str
    title: str
    papers: int
    newest: str
    newest_name: str
    newest_month: tuple[int, int]
    preprints: int
    no_code: int
    no_doi: int
    no_annotation: int
    unverified: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyState:
    """The answer to :class:`State`.

    Attributes:
        categories: In the order of the survey, those that papers can belong to.
        has_ledger: Whether anything was ever verified.
        fetched: The ISO date of the last fetch of the inbox, or ``""``.
        waiting: How many candidates the inbox holds.
        declined: How many were declined.
        fault: What is wrong with the inbox, or ``""``.
    """

    categories: tuple[CategoryState, ...]
    has_ledger: bool
    fetched: str
    waiting: int
    declined: int
    fault: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """The query for the state of a survey; the files are read for each answer.

    Attributes:
        ledger: What was verified.
        inbox: What the survey may lack.
    """

    ledger: Path
    inbox: Path

    def answer(self, catalog: Catalog) -> SurveyState:
        """Return the state."""
        ledger, _ = read_ledger(self.ledger, self.ledger.name)
        fault = ""
        try:
            inbox = read_inbox(self.inbox).leave_out_known(catalog)
        except StateError as error:
            inbox, fault = Inbox(), str(error)
        waiting = Counter(it.categories[0] for it in inbox.candidates.values() if it.categories)
        return SurveyState(
            categories=tuple(
                _count_category(leaf, catalog, ledger, waiting[leaf.tag])
                for leaf in catalog.taxonomy.leaves
            ),
            has_ledger=bool(ledger.entries),
            fetched=inbox.fetched,
            waiting=len(inbox.candidates),
            declined=len(inbox.declined),
            fault=fault,
        )


def _count_category(
    category: Category, catalog: Catalog, ledger: Ledger, waiting: int
) -> CategoryState:
    papers = [it for it in catalog.papers_in(category.tag) if it.home == category.tag]
    newest = max(papers, key=lambda paper: (find_month(paper), paper.key), default=None)
    return CategoryState(
        tag=category.tag,
        title=category.title,
        papers=len(papers),
        newest=newest.key if newest else "",
        newest_name=call(newest, 30) if newest else "",
        newest_month=find_month(newest) if newest else (0, 0),
        preprints=sum(not paper.venue and bool(paper.arxiv) for paper in papers),
        no_code=sum(not paper.links.get("code") for paper in papers),
        no_doi=sum(not paper.doi for paper in papers),
        no_annotation=sum(not paper.annotation for paper in papers),
        unverified=sum(not is_verified(paper, ledger) for paper in papers),
        waiting=waiting,
    )


def is_verified(paper: Paper, ledger: Ledger) -> bool:
    """Whether the ledger vouches for the facts of *paper* as they are."""
    known = ledger.entries.get(paper.key)
    return known is not None and known.verdict == "agrees" and known.facts == digest_facts(paper)
