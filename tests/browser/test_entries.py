"""Listings in chapters: copying, filtering and sorting."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from .conftest import Visits

pytestmark = [pytest.mark.needs_browser, pytest.mark.slow]

LISTING = "#papers-quantization"
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined })"


def shown(page: Page) -> Locator:
    return page.locator(f"{LISTING} .ls-residents > li:not([hidden])")


def filter_by(page: Page, text: str, awaited: str) -> None:
    """Fill in the filter, and wait until the count matches."""
    page.locator(LISTING).get_by_role("searchbox").fill(text)
    count = page.locator(f"{LISTING} .ls-count")
    count.filter(has_text=re.compile(awaited)).wait_for()


def test_filter_narrows_and_folds_accents(visits: Visits) -> None:
    page = visits.open("inference/quantization.html")
    filter_by(page, "ALISTARH gptq", r"^[1-9]\d* of ")
    few = shown(page).count()
    assert few > 0
    assert page.locator("#paper-frantar2022gptq").is_visible()
    filter_by(page, "nothing is called so", "^0 of ")
    assert shown(page).count() == 0
    filter_by(page, "", r"^\d+ papers")
    assert shown(page).count() > few


def test_sorting_by_keyboard(visits_http: Visits) -> None:
    page = visits_http.open("inference/quantization.html")
    page.locator(LISTING).get_by_role("button", name=re.compile("^Show all")).first.click()
    before = shown(page).locator(".ls-title").all_inner_texts()
    select = page.locator(LISTING).get_by_role("combobox")
    select.focus()
    page.keyboard.type("ol")
    page.keyboard.press("Enter")
    years = [int(one) for one in shown(page).locator(".ls-year").all_inner_texts()]
    assert years == sorted(years)
    select.select_option("")
    assert shown(page).locator(".ls-title").all_inner_texts() == before


def test_a_link_finds_a_paper_that_the_filter_hides(visits_http: Visits) -> None:
    page = visits_http.open("inference/quantization.html")
    filter_by(page, "nothing is called so", "^0 of ")
    page.evaluate("location.hash = '#paper-frantar2022gptq'")
    page.locator("#paper-frantar2022gptq").wait_for()


@pytest.mark.parametrize("has_clipboard", [True, False])
def test_copy_button(has_clipboard: bool, visits: Visits) -> None:
    context = visits.context()
    if has_clipboard and visits.base.startswith("http"):
        context.grant_permissions(["clipboard-read", "clipboard-write"])
    if not has_clipboard:
        context.add_init_script(NO_CLIPBOARD)
    page = visits.open("inference/quantization.html#paper-frantar2022gptq", context)
    entry = page.locator("#paper-frantar2022gptq")
    button = entry.get_by_role("button", name="Copy the BibTeX entry of GPTQ")
    button.focus()
    page.keyboard.press("Enter")
    entry.get_by_text("Copied", exact=True).wait_for()
    # What was copied is seen by pasting it, whichever way it went.
    field = page.locator(LISTING).get_by_role("searchbox")
    field.focus()
    page.keyboard.press("Control+V")
    assert "frantar2022gptq" in field.input_value()


def test_short_listings_have_no_tools(visits_http: Visits) -> None:
    page = visits_http.open("inference/quantization.html")
    for listing in page.locator(".ls-papers").all():
        groups = listing.locator(".ls-group")
        size = sum(groups.evaluate_all("all => all.map((one) => Number(one.dataset.count))"))
        assert listing.locator(".ls-tools").count() == (1 if size >= 10 else 0)


def test_what_is_said_of_a_paper_leads_to_the_place(visits_http: Visits) -> None:
    page = visits_http.open("inference/quantization.html#paper-frantar2022gptq")
    page.locator("#paper-frantar2022gptq .ls-title a").click()
    page.wait_for_url("**/papers/frantar2022gptq.html")
    said = page.locator(".ls-said")
    assert "GPTQ" in " ".join(said.locator("q").all_inner_texts())
    link = said.locator("li a").first
    target = (link.get_attribute("href") or "").partition("#")[2]
    link.click()
    page.wait_for_url(f"**#{target}")  # and its load: the address is there before the page
    assert page.locator(f'[id="{target}"]').count() == 1


def test_a_chapter_is_light_until_something_is_opened(visits: Visits) -> None:
    page = visits.open("inference/quantization.html")
    button = page.locator(LISTING).get_by_role("button", name=re.compile("^Show all")).first
    short = shown(page).count()
    assert short <= 14
    said = int(button.inner_text().split()[2])
    button.click()
    assert shown(page).count() == said > short
    assert page.evaluate("document.activeElement.closest('li') !== null")


@pytest.mark.parametrize(
    "name",
    ["background", "data", "architecture/efficient-attention", "training-tuning/parallelism"],
)
def test_the_longest_pages_have_at_most_3000_elements(name: str, visits: Visits) -> None:
    page = visits.open(f"{name}.html")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.querySelectorAll('*').length") <= 3000


def test_a_link_finds_a_paper_that_is_not_on_the_page_yet(visits: Visits) -> None:
    page = visits.open(
        "inference/quantization.html#paper-frantar2022gptq", viewport={"width": 768, "height": 900}
    )
    entry = page.locator("#paper-frantar2022gptq")
    entry.wait_for()
    top = entry.evaluate("one => one.getBoundingClientRect().top")
    assert 48 <= top < 450


def test_the_button_says_what_it_copied(visits_http: Visits) -> None:
    context = visits_http.context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visits_http.open("papers/hu2021lora.html", context)
    page.get_by_role("button", name="Copy the BibTeX entry of LoRA").click()
    page.get_by_text("Copied", exact=True).wait_for()
    assert "BibTeX entry of LoRA" in page.locator(".ls-announcer").inner_text()
    assert page.evaluate("navigator.clipboard.readText()").startswith("@inproceedings{hu2021lora")
