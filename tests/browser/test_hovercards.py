"""Hover cards: by pointer, keyboard and touch; they leave when they should, and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .conftest import PHONE
from .test_pages import run_axe

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from .conftest import Visits

pytestmark = [pytest.mark.needs_browser, pytest.mark.slow]

PAGE = "conclusion.html"


def first_citation(page: Page) -> Locator:
    link = page.locator(".bibtex-citation a.reference").first
    link.scroll_into_view_if_needed()
    return link


def card_of(page: Page) -> Locator:
    return page.locator(".ls-hovercard")


def key_of(link: Locator) -> str:
    return (link.get_attribute("href") or "").partition("#ref-")[2]


def test_pointer_opens_and_leaves(visits: Visits) -> None:
    page = visits.open(PAGE)
    link = first_citation(page)
    link.hover()
    card = card_of(page)
    card.wait_for()
    assert card.locator(f".ls-hovercard-title [href$='papers/{key_of(link)}.html']").is_visible()
    page.mouse.move(2, 2)
    card.wait_for(state="detached")


def test_the_card_stays_under_the_pointer(visits_http: Visits) -> None:
    page = visits_http.open(PAGE)
    first_citation(page).hover()
    card = card_of(page)
    card.wait_for()
    card.locator(".ls-hovercard-title").hover()
    page.wait_for_timeout(800)  # longer than it takes to leave
    assert card.is_visible()


def test_escape_closes_without_moving_the_pointer(visits_http: Visits) -> None:
    page = visits_http.open(PAGE)
    first_citation(page).hover()
    card_of(page).wait_for()
    page.keyboard.press("Escape")
    assert card_of(page).count() == 0


def test_keyboard_goes_into_the_card_and_back(visits: Visits) -> None:
    page = visits.open(PAGE)
    link = first_citation(page)
    page.keyboard.press("Tab")  # or a focus set by script would not count as the keyboard's
    link.focus()
    card = card_of(page)
    card.wait_for()
    described = page.locator("#" + (link.get_attribute("aria-describedby") or "none"))
    assert described.inner_text().strip()
    page.keyboard.press("Tab")
    assert card.evaluate("one => one.contains(document.activeElement)")
    page.keyboard.press("Escape")
    assert card.count() == 0
    assert link.evaluate("one => one === document.activeElement")


def test_leaving_by_keyboard_closes(visits_http: Visits) -> None:
    page = visits_http.open(PAGE)
    link = first_citation(page)
    page.keyboard.press("Tab")
    link.focus()
    card_of(page).wait_for()
    inside = card_of(page).locator("a, button, select").count()
    for _ in range(inside + 1):
        page.keyboard.press("Tab")
    page.locator(f".ls-hovercard-title [href$='papers/{key_of(link)}.html']").wait_for(
        state="detached"
    )


def test_first_tap_shows_second_follows(visits: Visits) -> None:
    page = visits.open(PAGE, viewport=PHONE, has_touch=True)
    link = first_citation(page)
    link.tap()
    card = card_of(page)
    card.wait_for()
    assert PAGE in page.url
    box = card.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    link.tap()
    page.wait_for_url("**/references.html#ref-*")


def test_a_tap_elsewhere_closes(visits_http: Visits) -> None:
    page = visits_http.open(PAGE, viewport=PHONE, has_touch=True)
    first_citation(page).tap()
    card_of(page).wait_for()
    page.locator("h1").tap()
    assert card_of(page).count() == 0


def test_paper_names_have_cards_with_everything(visits_http: Visits) -> None:
    page = visits_http.open("inference/quantization.html")
    link = page.locator('a.reference[href$="#paper-frantar2022gptq"]').first
    link.scroll_into_view_if_needed()
    link.hover()
    card = card_of(page)
    card.wait_for()
    text = card.inner_text()
    assert "GPTQ" in text
    assert "Elias Frantar" in text
    assert "ICLR" in text
    assert card.locator(".ls-note").is_visible()
    assert card.get_by_role("link", name="arXiv").get_attribute("href") == (
        "https://arxiv.org/abs/2210.17323"
    )


def test_bibtex_is_copied_from_a_card(visits_http: Visits) -> None:
    context = visits_http.context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visits_http.open(PAGE, context)
    link = first_citation(page)
    link.hover()
    card_of(page).get_by_role("button", name="Copy the BibTeX").click()
    card_of(page).get_by_text("Copied", exact=True).wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("@")
    assert f"{{{key_of(link)}," in copied


def test_a_missing_record_leaves_the_link(visits_http: Visits) -> None:
    context = visits_http.context(viewport=PHONE, has_touch=True)
    page = visits_http.open(PAGE, context)
    page.route("**/papers-*.js", lambda route: route.abort())
    first_citation(page).tap()
    page.wait_for_url("**/references.html#ref-*")
    assert all("papers-" in one or "ERR_FAILED" in one for one in visits_http.problems)
    visits_http.problems.clear()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_on_an_open_card(theme: str, visits_http: Visits) -> None:
    page = visits_http.open(PAGE, color_scheme=theme)
    first_citation(page).hover()
    card_of(page).wait_for()
    assert run_axe(page) == {}


def test_an_author_s_papers_have_cards(visits_http: Visits) -> None:
    page = visits_http.open("browse/authors.html#by-elias-frantar")
    page.locator("#by-elias-frantar").get_by_role("link", name="GPTQ", exact=True).hover()
    card_of(page).wait_for()
    assert "Accurate" in card_of(page).inner_text()


@pytest.mark.parametrize(
    "name", ["browse/years", "browse/venues", "browse/recent", "whats-new", "references"]
)
def test_lists_of_papers_have_cards(name: str, visits_http: Visits) -> None:
    page = visits_http.open(f"{name}.html")
    link = page.locator('[role="main"] li a[href*="#paper-"]').first
    link.scroll_into_view_if_needed()
    link.hover()
    card_of(page).wait_for()
    paper = (link.get_attribute("href") or "").partition("#paper-")[2]
    title = card_of(page).locator(".ls-hovercard-title a")
    assert (title.get_attribute("href") or "").endswith(f"papers/{paper}.html")


@pytest.mark.parametrize(
    ("name", "link", "shown"),
    [
        ("inference/quantization", "a[href$='glossary.html#term-calibration-data']", "text"),
        ("inference/quantization", "a[href='#equation-eq-inference-gptq']", "math"),
        ("inference/quantization", "a[href='#fig-inference-grids']", "figure svg"),
        ("architecture/sparse-modeling", "a[href='#tab-moe']", "table"),
    ],
)
@pytest.mark.parametrize("width", [360, 1280])
def test_terms_formulas_figures_and_tables_have_a_preview(
    width: int, name: str, link: str, shown: str, visits_http: Visits
) -> None:
    page = visits_http.open(f"{name}.html", viewport={"width": width, "height": 800})
    page.locator(f"[role='main'] p {link}").first.hover()
    card = card_of(page)
    card.wait_for()
    assert card.get_attribute("aria-label") == "Preview"
    if shown == "text":
        assert "second-order statistics" in card.inner_text()
    else:
        assert card.locator(shown).first.is_visible()
    box = card.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert not card.locator("[id]:not(#ls-hovercard):not(svg *)").count(), "no id twice"


def test_a_page_from_a_file_keeps_its_links_to_terms(visits: Visits) -> None:
    page = visits.open("inference/quantization.html")
    page.locator("a[href$='glossary.html#term-calibration-data']").first.click()
    page.wait_for_url("**/glossary.html#term-calibration-data")
