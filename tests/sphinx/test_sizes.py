"""A survey of any size builds without a warning and shows every paper: none, one, a deep tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import html

from .conftest import Survey

if TYPE_CHECKING:
    from pathlib import Path

DIRECTIVES = (
    "overview", "timeline", "heatmap", "venues", "explorer", "recent", "by year", "by author",
    "by venue", "references", "downloads", "discussed",
)  # fmt: skip
DEPTH = 5


def grow(path: tuple[str, ...], width: int) -> list[tuple[str, ...]]:
    """Return a category and all below it, *width* in each, down to the fifth level."""
    found = [path]
    if len(path) < DEPTH:
        for number in range(width):
            found += grow((*path, f"{path[-1]}{number}"), width)
    return found


@pytest.fixture(params=[(0, 1, 0), (1, 1, 0), (200, 4, 2)], ids=["none", "one", "deep"])
def sized(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Survey, int]:
    """Return a survey of one page and its number of papers."""
    papers, roots, width = request.param
    paths = [path for root in "abcd"[:roots] for path in grow((root,), width)]
    if not width:
        paths = [("a",)]
    tags = {path[-1] for path in paths} - {path[-2] for path in paths if len(path) > 1}
    survey = Survey(tmp_path / "sized")
    for page in (survey.path / "docs").glob("*.md"):
        page.unlink()
    survey.write(
        "taxonomy.toml", "".join(f'[{".".join(path)}]\ntitle = "T{path[-1]}"\n' for path in paths)
    )
    leaves = sorted(tags)
    survey.write(
        "papers.bib",
        "".join(
            f"@misc{{doe{1990 + number % 30}word{number}, title = {{Title {number}}},\n"
            f"  author = {{Doe, Jane}}, year = {{{1990 + number % 30}}},\n"
            f"  keywords = {{{leaves[number % len(leaves)]}}}, creationdate = {{2026-01-02}}}}\n"
            for number in range(papers)
        ),
    )
    text = "# Sized\n\n"
    for path in paths:
        text += f"{'#' * (len(path) + 1)} Section {path[-1]}\n\n"
        if path[-1] in tags:
            text += f"```{{survey:papers}} {path[-1]}\n```\n\n"
    for name in DIRECTIVES:
        directive, _, argument = name.partition(" ")
        text += f"## The {name}\n\n```{{survey:{directive}}} {argument}\n```\n\n"
    survey.write("docs/index.md", text)
    return survey, papers


@pytest.mark.slow
@pytest.mark.parametrize("builder", ["html", "latex", "text"])
def test_a_survey_of_any_size(builder: str, sized: tuple[Survey, int]) -> None:
    survey, papers = sized
    result = survey.build(builder, "-W", "--keep-going")
    assert (result.status, result.warnings) == (0, "")
    if builder == "html":
        page = html.fromstring(result.read("index.html"))
        ids = [name for name in page.xpath("//@id") if name.startswith("paper-")]
        assert len(set(ids)) == papers
        assert len(page.xpath("//*[starts-with(@id, 'ref-')]")) == papers
