"""What the scripts say in another language, and pages whose lines begin on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sphinx.conftest import Survey

from .conftest import Visits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.needs_browser, pytest.mark.slow]

MORE = "".join(
    f"@misc{{more{n}, title = {{More {n}}}, author = {{Roe, Ann and Lee, Bo}}, year = {{2000}},\n"
    f"code = {{https://example.org/{n}}}, keywords = {{steam}}}}\n"
    for n in range(16)
)
EXPLORER = "# Q\n\n```{survey:explorer}\n```\n\n```{survey:timeline}\n```\n"
SAID = """selector => [...document.querySelectorAll(selector)].flatMap(one =>
  [one.textContent, one.getAttribute('aria-label'), one.placeholder, one.title])
  .filter(Boolean).map(one => one.trim())"""


@pytest.fixture(scope="module")
def make_site(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Build a small survey in a language, once."""
    built: dict[str, Path] = {}

    def build(language: str) -> Path:
        if language not in built:
            survey = Survey(tmp_path_factory.mktemp(language), theme="furo")
            survey.write("conf.py", survey.read("conf.py") + f"language = {language!r}\n")
            survey.write("papers.bib", survey.read("papers.bib") + MORE)
            survey.edit("docs/oven.md", ":form: list\n", "")
            survey.edit("docs/index.md", "oven\n", "oven\nexplorer\n")
            survey.write("docs/explorer.md", EXPLORER)
            result = survey.build()
            assert result.status == 0, result.warnings
            built[language] = result.output
        return built[language]

    return build


@pytest.fixture
def visit(browser: Browser, make_site: Callable[[str], Path]) -> Iterator[Callable[..., Page]]:
    """Open a page of the survey in a language, from its file."""
    opened: list[Visits] = []

    def open_page(language: str, path: str, **options: object) -> Page:
        opened.append(Visits(browser, make_site(language).as_uri() + "/"))
        return opened[-1].open(path, **options)

    yield open_page
    for visits in opened:
        for context in visits.contexts:
            context.close()
        assert visits.problems == []


def test_the_explorer_in_german(visit: Callable[..., Page]) -> None:
    page = visit("de", "explorer.html")
    page.get_by_text("20 Arbeiten", exact=True).wait_for()
    page.get_by_label("Mit Code").check()
    page.locator("p.ls-count", has_text="17 von 20 Arbeiten").wait_for()
    page.get_by_label("Suchen").fill("nirgends zu finden")
    page.get_by_text("Keine Arbeit passt zu all dem.").wait_for()
    page.get_by_role("button", name="Alle Filter zurücksetzen").click()
    first = page.locator(".ls-explorer tbody tr").first
    assert first.locator(".ls-who").text_content() == "Omar Abbas"
    page.get_by_label("Suchen").fill("Flour")
    page.get_by_text("Li Chen und Ada Okafor").first.wait_for()
    said = page.evaluate(SAID, "button, label, legend, summary, th, option, .ls-explorer input")
    english = {"Filters", "Search", "Sort by", "Reset", "Copy link", "Show", "Years", "any", "Code"}
    assert said
    assert english.isdisjoint(said) or said.count("Code") == len(english & set(said))


def test_a_listing_in_german(visit: Callable[..., Page]) -> None:
    page = visit("de", "oven.html")
    page.get_by_role("button", name="Alle 17 Arbeiten zeigen").wait_for()
    page.get_by_label("Filtern", exact=True).fill("Steam")
    page.locator("span.ls-count", has_text="1 von 17 Arbeiten").wait_for()
    copy = page.get_by_role("button", name="Den BibTeX-Eintrag von Steam")
    assert copy.first.text_content() == "BibTeX kopieren"
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("?")
    page.get_by_role("heading", name="Tasten").wait_for()


def test_authors_sort_behind_german_words(visit: Callable[..., Page]) -> None:
    page = visit("de", "oven.html")
    page.get_by_label("Sortieren nach").select_option("author")
    page.get_by_text("Omar Abbas").first.wait_for()
    order = page.locator(".ls-paper .ls-by").all_text_contents()
    # By the first of several, not by what stands behind "und".
    assert [one.partition(" ·")[0] for one in order[:2]] == ["Omar Abbas", "Ann Roe und Bo Lee"]


def test_chinese_has_one_plural_form(visit: Callable[..., Page]) -> None:
    page = visit("zh_CN", "explorer.html")
    page.get_by_text("20 篇论文", exact=True).wait_for()


WIDE = """() => [...document.querySelectorAll('body *')].filter(one =>
  one.getBoundingClientRect().right > document.documentElement.clientWidth + 1 &&
  one.checkVisibility() && getComputedStyle(one).position !== 'fixed').map(one => one.className)"""


def test_from_right_to_left(visit: Callable[..., Page]) -> None:
    page = visit("ar", "oven.html")
    style = "selector => getComputedStyle(document.querySelector(selector))"
    assert page.evaluate(f"({style})('html').direction") == "rtl"
    # The bar of a listing stands where its lines begin.
    assert page.evaluate(f"({style})('.ls-group').borderRightWidth") == "3px"
    assert page.evaluate(f"({style})('.ls-group').borderLeftWidth") == "0px"
    assert page.evaluate(f"({style})('.ls-title').unicodeBidi") == "plaintext"
    page = visit("ar", "explorer.html")
    page.get_by_text("20 papers", exact=True).wait_for()
    # The places in a picture are counted from the left, so its texts begin there.
    assert page.evaluate(f"({style})('.ls-picture').direction") == "ltr"
    facets = page.locator(".ls-facets").bounding_box()
    table = page.locator(".ls-explorer-table").bounding_box()
    assert facets["x"] > table["x"]
    assert page.evaluate(WIDE) == []


def test_english_begins_on_the_left(visit: Callable[..., Page]) -> None:
    page = visit("en", "oven.html")
    style = "selector => getComputedStyle(document.querySelector(selector))"
    assert page.evaluate(f"({style})('html').direction") == "ltr"
    assert page.evaluate(f"({style})('.ls-group').borderLeftWidth") == "3px"
