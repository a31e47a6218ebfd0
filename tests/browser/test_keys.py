"""Keys, the front door and the page that is shown where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .conftest import PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from .conftest import Visits

pytestmark = [pytest.mark.needs_browser, pytest.mark.slow]


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name || document.activeElement.id"))


def test_keys_search(visits_http: Visits) -> None:
    page = visits_http.open("glossary.html")
    page.keyboard.press("/")
    assert focused(page) == "q"
    page.keyboard.type("j/?")
    assert page.get_by_role("combobox").first.input_value() == "j/?"
    page = visits_http.open("explorer.html")
    page.locator(".ls-explorer tbody tr").first.wait_for()
    page.keyboard.press("Control+k")
    assert focused(page) == "ls-search"


def test_on_a_phone_the_key_opens_the_drawer(visits_http: Visits) -> None:
    page = visits_http.open("glossary.html", viewport=PHONE)
    page.keyboard.press("/")
    assert focused(page) == "q"
    assert page.locator("#__navigation").is_checked()


def test_through_entries_into_the_basket(visits_http: Visits) -> None:
    context = visits_http.context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visits_http.open("inference/quantization.html#papers-quantization", context)
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.closest('li').id")
    page.keyboard.press("j")
    second = page.evaluate("document.activeElement.closest('li').id")
    assert first.startswith("paper-")
    assert second not in {"", first}
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.closest('li').id") == first
    key = first.removeprefix("paper-")
    page.keyboard.press("c")
    page.locator(".ls-announcer", has_text="Copied").wait_for(state="attached")
    assert key in page.evaluate("navigator.clipboard.readText()").lower()
    page.keyboard.press("b")
    page.locator(".ls-announcer", has_text="in the basket").wait_for(state="attached")
    assert page.evaluate("window.livingsurvey.kept.list()") == [key]
    assert page.locator(".ls-basket-button").inner_text() == "Basket 1"


def test_keys_can_be_switched_off_and_on(visits: Visits) -> None:
    context = visits.context()
    page = visits.open("glossary.html", context)
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()
    page.get_by_label("Use the keys of a single letter or sign").uncheck()
    page.keyboard.press("Escape")
    page.get_by_role("dialog", name="Keys").wait_for(state="hidden")
    page.keyboard.press("/")
    assert focused(page) != "q"
    page = visits.open("take-away.html", context)
    page.keyboard.press("?")
    assert page.get_by_role("dialog").count() == 0
    page.get_by_role("button", name="Keys", exact=True).click()
    page.get_by_label("Use the keys of a single letter or sign").check()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("/")
    assert focused(page) == "q"


@pytest.mark.parametrize("width", [360, 390, 1280])
def test_the_front_door_leads_on_at_once(width: int, visits_http: Visits) -> None:
    page = visits_http.open("index.html", viewport={"width": width, "height": 740})
    buttons = page.locator(".ls-call")
    assert buttons.count() == 3
    for button in buttons.all():
        box = button.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 740
    assert page.locator("article .toctree-wrapper li:visible").count() == 0
    assert page.get_by_role("button", name="Copy the BibTeX entry").count() == 2
    assert page.locator(".ls-edition time").inner_text()


def test_the_page_for_what_is_not_there(visits_http: Visits) -> None:
    page = visits_http.open("404.html")
    page.get_by_role("link", name="Search for a paper, an author or a topic").click()
    page.wait_for_url("**/search.html")
