"""A chapter of several pages, one below the other in the toctree, is one chapter everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import html

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Result, Survey

HEAD = """\
---
reviewed: 2020-01-01
---

# Dough

```{survey:discussed}
```

Before the oven, as {cite:t}`dahl2018yeast` says.

## Fermentation

It takes time.

"""
SECTIONS = {
    "sourdough": """\
# Sourdough

All begins with {survey:paper}`rossi2019wild`.

```{survey:papers} sourdough
```
""",
    "yeast": """\
# Baker's Yeast

Faster than {survey:category}`sourdough`.

```{survey:papers} yeast
```
""",
}
TOCTREE = "```{toctree}\ndough/sourdough\ndough/yeast\n```\n"
FLOUR = """
## Flour

```{survey:papers} flour
```
"""
PANELS = """\
# Panels

See {survey:category}`dough` and {survey:category}`ferment`.

```{survey:agreement}
```

```{survey:state}
```
"""


@pytest.fixture
def whole(make_survey: Callable[..., Survey]) -> Survey:
    """The survey with all of its chapter on one page."""
    survey = make_survey("furo")
    sections = "\n".join(text.replace("# ", "### ", 1) for text in SECTIONS.values())
    survey.write("docs/dough.md", HEAD + sections + FLOUR)
    survey.write("docs/panels.md", PANELS)
    survey.edit("docs/index.md", "references\n", "references\npanels\n")
    survey.edit("papers.bib", "{yeast, sourdough}", "{yeast}")
    survey.edit(
        "papers.bib", "  author        = {Chen", "  creationdate={2024-01-02},\n  author={Chen"
    )
    return survey


@pytest.fixture
def parted(whole: Survey, make_survey: Callable[..., Survey]) -> Survey:
    """The same with a page for each section of the third level."""
    survey = make_survey("furo")
    for name in ("docs/panels.md", "docs/index.md", "papers.bib"):
        survey.write(name, whole.read(name))
    survey.write("docs/dough.md", HEAD + TOCTREE + FLOUR)
    for name, text in SECTIONS.items():
        survey.write(f"docs/dough/{name}.md", text)
    return survey


def read(result: Result, name: str, path: str) -> list[str]:
    found = html.fromstring(result.read(f"{name}.html")).xpath(path)
    return [" ".join(one.text_content().split()) for one in found]


def test_several_pages_say_what_one_says(whole: Survey, parted: Survey) -> None:
    one, several = whole.build(), parted.build()
    assert (one.status, one.warnings) == (several.status, several.warnings) == (0, "")
    [clock] = read(several, "dough", "//p[@class='ls-discussed']")
    assert clock == (
        "2 of 3 papers listed in this chapter are discussed in its text. The newest paper listed "
        "is of 2020, the newest discussed of 2019. Last reviewed on 2020-01-01; 1 paper listed "
        "since then not discussed yet."
    )
    assert read(one, "dough", "//p[@class='ls-discussed']") == [clock]
    assert read(one, "panels", "//article") == read(several, "panels", "//article")
    assert read(one, "papers/rossi2019wild", "//body") == read(
        several, "papers/rossi2019wild", "//body"
    )
    hint = "hint: the chapter was last reviewed on 2020-01-01, 48 months before 2024-01-02"
    for result in (one, several):
        [line] = [line for line in result.log.splitlines() if "stale_chapter" in line]
        assert f"docs/dough.md:1: {hint}" in line


def test_links_to_categories_lead_to_the_section_or_the_page_above(parted: Survey) -> None:
    page = html.fromstring(parted.build().read("panels.html"))
    links = {link.text_content(): link.get("href") for link in page.xpath("//article//a")}
    assert links["Dough"] == "dough.html"
    assert links["Fermentation"] == "dough.html#fermentation"
    assert links["Sourdough"] == "dough/sourdough.html"


def test_a_single_section_on_a_page_of_its_own(parted: Survey) -> None:
    parted.write("docs/oven.md", "# Heat\n\n```{toctree}\noven/steam\n```\n")
    parted.write("docs/oven/steam.md", "# Steam\n\n```{survey:papers} steam\n```\n")
    parted.edit("docs/panels.md", "{survey:category}`dough`", "{survey:category}`oven`")
    result = parted.build()
    page = html.fromstring(result.read("panels.html"))
    assert "oven.html" in page.xpath("//article//p//a[normalize-space() = 'Oven']/@href")


def test_a_page_below_with_a_clock_is_a_chapter_of_its_own(parted: Survey) -> None:
    parted.edit("docs/dough/yeast.md", "# Baker", "---\nreviewed: 2023-12-24\n---\n\n# Baker")
    clocks = read(parted.build(), "panels", "//table[contains(@class, 'ls-clocks')]//tbody/tr")
    assert clocks == [
        "1 Dough 2020 2020-01-01 1",
        "1.1.2 Baker’s Yeast 2018 2023-12-24 0",  # noqa: RUF001 (as Sphinx prints it)
        "2 Oven January 2021 never 0",
    ]


def test_without_clocks_the_chapters_are_those_of_the_book(parted: Survey) -> None:
    parted.edit("docs/dough.md", "---\nreviewed: 2020-01-01\n---\n", "")
    clocks = read(parted.build(), "panels", "//table[contains(@class, 'ls-clocks')]//tbody/tr")
    assert clocks == ["1 Dough 2020 never 0", "2 Oven January 2021 never 0"]


def test_toctrees_in_a_circle(parted: Survey) -> None:
    text = "---\norphan: true\n---\n\n# {}\n\n```{{toctree}}\n{}\n```\n\n{}"
    parted.write("docs/one.md", text.format("One", "two", ""))
    parted.write("docs/two.md", text.format("Two", "one", SECTIONS["yeast"]))
    parted.edit("docs/dough.md", "dough/yeast\n", "")
    (parted.path / "docs/dough/yeast.md").unlink()
    clocks = read(parted.build(), "panels", "//table[contains(@class, 'ls-clocks')]//tbody/tr")
    assert clocks == [
        "1 Dough 2020 2020-01-01 1",
        "2 Oven January 2021 never 0",
        "One 2018 never 0",
    ]


def speak(survey: Survey) -> None:
    survey.edit("docs/dough/yeast.md", "Faster", "{cite:t}`chen2020flour` is faster")


def fall_silent(survey: Survey) -> None:
    survey.edit("docs/dough/sourdough.md", "All begins with {survey:paper}`rossi2019wild`.", "")


def retitle(survey: Survey) -> None:
    survey.edit("docs/dough/sourdough.md", "# Sourdough", "# Sour Dough")


def review_a_section(survey: Survey) -> None:
    survey.edit("docs/dough/yeast.md", "# Baker", "---\nreviewed: 2023-12-24\n---\n\n# Baker")


def move_the_pages_to_another_section(survey: Survey) -> None:
    survey.write("docs/dough.md", HEAD + FLOUR.replace("\n```{s", f"\n{TOCTREE}\n```{{s"))


def take_a_page_out(survey: Survey) -> None:
    survey.edit("docs/dough.md", "dough/yeast\n", "")
    survey.edit("docs/index.md", "oven\n", "dough/yeast\noven\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    "edit",
    [speak, fall_silent, retitle, review_a_section, move_the_pages_to_another_section,
     take_a_page_out],
    ids=lambda edit: edit.__name__,
)  # fmt: skip
def test_incremental_equals_clean(edit: Callable[[Survey], None], parted: Survey) -> None:
    before = parted.build()
    said, files = read(before, "dough", "//p[@class='ls-discussed']"), before.files()
    edit(parted)
    incremental = parted.build()
    clean = parted.build(clean=True)
    assert incremental.files() == clean.files() != files
    if edit in {speak, fall_silent, review_a_section, take_a_page_out}:
        assert read(incremental, "dough", "//p[@class='ls-discussed']") != said
