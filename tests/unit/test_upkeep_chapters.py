"""The clock of chapters, and the state of a survey."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from livingsurvey.catalog import Catalog, load
from livingsurvey.catalog.ledger import Ledger, Verification, digest_facts, write_ledger
from livingsurvey.configuration import Limits
from livingsurvey.diagnostics import Severity
from livingsurvey.upkeep.inbox import Candidate, Inbox, write_inbox
from livingsurvey.upkeep.state import (
    State,
    check_chapters,
    find_last_day,
    find_unread,
    read_chapters,
)

if TYPE_CHECKING:
    from pathlib import Path

TAXONOMY = """\
[top]
title = "Top"
[top.a]
title = "A"
[top.b]
title = "B"
"""
BIB = """\
@misc{one2024first, title={First}, author={One, Ann}, year=2024, eprint={2405.00001},
 archiveprefix={arXiv}, keywords={a, b}, code={https://example.org/one}, creationdate={2026-01-01}}
@article{two2025second, title={Second}, author={Two, Bo}, year=2025, journal={J}, doi={10.1234/2},
 keywords={a}, annotation={Says two.}, creationdate={2026-03-01}}
@misc{three2025third, title={Third}, author={Three, Cy}, year=2025, month=7, keywords={b},
 creationdate={2026-05-01}}
"""
PAGE = """\
---
reviewed: 2026-02-01
---

# Chapter

{cite:p}`one2024first` and {survey:paper}`the third <three2025third>`.

```{survey:papers} a
:order: oldest
```
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "papers.bib").write_text(BIB, encoding="utf-8")
    (tmp_path / "taxonomy.toml").write_text(TAXONOMY, encoding="utf-8")
    (tmp_path / "docs").mkdir()
    return tmp_path


@pytest.fixture
def catalog(folder: Path) -> Catalog:
    return load([folder / "papers.bib"], folder / "taxonomy.toml")[0]


def test_a_page_is_read(folder: Path, catalog: Catalog) -> None:
    (folder / "docs" / "chapter.md").write_text(PAGE, encoding="utf-8")
    [chapter] = read_chapters(folder / "docs", catalog, folder)
    assert str(chapter.location) == "docs/chapter.md:2"
    assert (chapter.reviewed, chapter.listed) == ("2026-02-01", ("one2024first", "two2025second"))
    assert {"one2024first", "three2025third"} <= chapter.discussed
    assert find_unread(catalog, chapter) == ("two2025second",)


def test_a_page_in_restructuredtext(folder: Path, catalog: Catalog) -> None:
    text = ":reviewed: 2026-02-01\n\nT\n=\n\n:cite:t:`one2024first`\n\n.. survey:papers:: b\n"
    (folder / "docs" / "chapter.rst").write_text(text, encoding="utf-8")
    [chapter] = read_chapters(folder / "docs", catalog, folder)
    assert find_unread(catalog, chapter) == ("three2025third",)


BELOW = PAGE.replace("---\nreviewed: 2026-02-01\n---\n", "")
"""A page without a clock."""


@pytest.mark.parametrize(
    "toctree",
    [
        "```{toctree}\n:maxdepth: 1\n\nchapter/below\n```\n",
        ":::{toctree}\nBelow <chapter/below.md>\n:::\n",
        "```{toctree}\n:glob:\n\nchapter/*\n```\n",
        "```{toctree}\n/chapter/below\nchapter\nhttps://example.org\nself\nnowhere\n```\n",
        "```{toctree}\n../x/../chapter/middle\n```\n",
    ],
)
def test_a_chapter_has_the_pages_below_it(folder: Path, catalog: Catalog, toctree: str) -> None:
    docs = folder / "docs"
    (docs / "chapter").mkdir()
    head, _, _ = PAGE.partition("{cite")
    (docs / "chapter.md").write_text(f"{head}\n{toctree}", encoding="utf-8")
    (docs / "chapter" / "below.md").write_text(BELOW, encoding="utf-8")
    middle = "# Middle\n\n```{toctree}\nbelow\n```\n"
    (docs / "chapter" / "middle.md").write_text(middle, encoding="utf-8")
    [chapter] = read_chapters(docs, catalog, folder)
    assert str(chapter.location) == "docs/chapter.md:2"
    assert chapter.listed == ("one2024first", "two2025second")
    assert find_unread(catalog, chapter) == ("two2025second",)


def test_a_page_below_with_a_clock_is_a_chapter_of_its_own(folder: Path, catalog: Catalog) -> None:
    text = ":reviewed: 2026-02-01\n\nT\n=\n\n.. toctree::\n   :maxdepth: 1\n\n   below\n\nEnd.\n"
    (folder / "docs" / "chapter.rst").write_text(text, encoding="utf-8")
    (folder / "docs" / "below.md").write_text(BELOW, encoding="utf-8")
    [chapter] = read_chapters(folder / "docs", catalog, folder)
    assert (chapter.location.path, len(chapter.listed)) == ("docs/chapter.rst", 2)
    (folder / "docs" / "below.md").write_text(PAGE, encoding="utf-8")
    [chapter] = read_chapters(folder / "docs", catalog, folder)
    assert (chapter.location.path, len(chapter.listed)) == ("docs/below.md", 2)


@pytest.mark.parametrize(
    "text",
    [
        PAGE.replace("reviewed: 2026-02-01", "title: x"),
        PAGE.replace("2026-02-01", "soon"),
        PAGE.replace("---\n", "", 1),
        PAGE.replace("} a\n", "} nothing\n"),
        PAGE.replace("} a\n", "} a\n:excerpt:\n"),
        PAGE.replace("} a\n", "} top\n"),
        "",
    ],
)
def test_pages_without_a_clock(folder: Path, catalog: Catalog, text: str) -> None:
    (folder / "docs" / "page.md").write_text(text, encoding="utf-8")
    assert read_chapters(folder / "docs", catalog, folder) == []


def test_hidden_and_missing_folders(folder: Path, catalog: Catalog) -> None:
    (folder / "docs" / "_build").mkdir()
    (folder / "docs" / "_build" / "chapter.md").write_text(PAGE, encoding="utf-8")
    assert read_chapters(folder / "docs", catalog, folder) == []
    assert read_chapters(folder / "nowhere", catalog, folder) == []


@pytest.mark.parametrize(
    ("day", "limits", "codes"),
    [
        ("2027-01-31", (12, 1), []),
        ("2027-02-01", (12, 1), ["stale_chapter"]),
        ("2027-02-01", (0, 0), []),
        ("2026-02-02", (12, 0), []),
        ("2029-01-01", (0, 1), []),
    ],
)
def test_limits(
    folder: Path, catalog: Catalog, day: str, limits: tuple[int, int], codes: list[str]
) -> None:
    (folder / "docs" / "chapter.md").write_text(PAGE, encoding="utf-8")
    chapters = read_chapters(folder / "docs", catalog, folder)
    allowed = Limits(review_months=limits[0], unread_papers=limits[1])
    found = list(check_chapters(chapters, catalog, allowed, datetime.date.fromisoformat(day)))
    assert [one.code for one in found] == codes
    assert all(one.severity is Severity.HINT for one in found)


def test_papers_that_nobody_speaks_of(folder: Path, catalog: Catalog) -> None:
    page = PAGE.replace("three2025third", "x").replace("2026-02-01", "2025-12-31")
    (folder / "docs" / "chapter.md").write_text(page.replace("one2024first", "x"), encoding="utf-8")
    chapters = read_chapters(folder / "docs", catalog, folder)
    limits = Limits(review_months=12, unread_papers=1)
    day = find_last_day(catalog)
    assert day == datetime.date(2026, 5, 1)
    [found] = check_chapters(chapters, catalog, limits, day)
    assert found.render() == (
        "docs/chapter.md:2: hint: 2 papers were listed since 2025-12-31 that the chapter does not "
        "discuss, such as one2024first, two2025second; say a word about those that matter, and "
        "write the day into its head [survey.unreviewed]"
    )


def test_the_state(folder: Path, catalog: Catalog) -> None:
    query = State(folder / "verified.json", folder / "inbox.toml")
    empty = query.answer(catalog)
    assert (empty.has_ledger, empty.fetched, empty.waiting) == (False, "", 0)
    a, b = empty.categories
    assert (a.tag, a.papers, a.newest, a.newest_month) == (
        "a", 2, "two2025second", (2025, 0),
    )  # fmt: skip
    assert (a.preprints, a.no_code, a.no_doi, a.no_annotation, a.unverified) == (1, 1, 1, 1, 2)
    assert (b.papers, b.newest_month, b.preprints) == (1, (2025, 7), 0)
    facts = digest_facts(catalog.papers["one2024first"])
    entry = Verification(
        facts=facts, source="arXiv", identifier="2405.00001", date="2026-01-02", verdict="agrees"
    )
    text = write_ledger(Ledger({"one2024first": entry}))
    (folder / "verified.json").write_text(text, encoding="utf-8")
    fields = {"title": "New"}
    new = Candidate(
        identifier="title:new", number=1, categories=("b", "a"), came="2026-06-01",
        source="list.json", entry_type="misc", fields=fields,
    )  # fmt: skip
    inbox = Inbox(candidates={new.identifier: new}, fetched="2026-06-01", last_number=1)
    (folder / "inbox.toml").write_text(write_inbox(inbox), encoding="utf-8")
    full = query.answer(catalog)
    assert [one.unverified for one in full.categories] == [1, 1]
    assert [one.waiting for one in full.categories] == [0, 1]
    assert (full.has_ledger, full.fetched, full.waiting) == (True, "2026-06-01", 1)
    (folder / "inbox.toml").write_text("version = 7", encoding="utf-8")
    assert query.answer(catalog).fault == "inbox.toml is of version 7, not 1"
