"""What readers keep: the basket and marks, on every page, and as a file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import DESK
from .test_pages import run_axe

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from .conftest import Visits

pytestmark = [pytest.mark.needs_browser, pytest.mark.slow]

PAPER = "papers/hu2021lora.html"
NARROW = {"width": 360, "height": 740}
STORED = (
    "Object.fromEntries(Object.entries(localStorage).filter(([name]) => name.includes('basket')))"
)


def opener(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("^Basket"))


def mark(page: Page) -> Locator:
    return page.get_by_role("combobox", name=re.compile("^Mark .* as read or to read$"))


def open_basket(page: Page) -> Locator:
    opener(page).click()
    dialog = page.get_by_role("dialog", name="Your papers")
    dialog.locator(".ls-basket-content > *").first.wait_for()
    return dialog


def load(page: Page, text: str | bytes) -> str:
    """Load a file into the basket; return what the page says."""
    data = text.encode() if isinstance(text, str) else text
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Load from a file").click()
    chooser.value.set_files({"name": "x.json", "mimeType": "application/json", "buffer": data})
    status = page.get_by_role("dialog").get_by_role("status")
    status.filter(has_text=re.compile(".")).wait_for()
    return status.inner_text()


def save(page: Page) -> dict[str, Any]:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save to a file").click()
    assert download.value.suggested_filename == "basket.json"
    found: dict[str, Any] = json.loads(Path(download.value.path()).read_text("utf-8"))
    return found


PAGES = ("index.html", "inference.html", "explorer.html", "search.html", "references.html", PAPER)


@pytest.mark.parametrize("size", [NARROW, DESK], ids=["360", "1280"])
def test_every_page_counts_the_basket(
    size: Any, visits_http: Visits, is_wide: Callable[[Page], bool]
) -> None:
    context = visits_http.context(viewport=size)
    page = visits_http.open(PAPER, context)
    assert opener(page).inner_text() == "Basket"
    page.get_by_role("button", name="Add to basket").click()
    assert page.get_by_role("button", name="Remove from basket").is_visible()
    for path in PAGES:
        other = visits_http.open(path, context)
        assert opener(other).inner_text() == "Basket 1", path
        assert opener(other).is_visible(), path
        assert not is_wide(other), path
    # What happens on one page is seen on all that are open.
    page.get_by_role("button", name="Remove from basket").click()
    other.get_by_role("button", name="Add to basket").wait_for()
    assert opener(other).inner_text() == "Basket"


def test_marks_are_seen_wherever_the_paper_is(visits: Visits) -> None:
    context = visits.context(viewport={"width": 1920, "height": 1000})
    page = visits.open(PAPER, context)
    assert mark(page).get_attribute("aria-label", timeout=5000).startswith("Mark LoRA")
    mark(page).select_option("to read")
    explorer = visits.open("explorer.html#keys=hu2021lora", context)
    assert mark(explorer).input_value() == "to-read"
    assert explorer.get_by_label("To read 1").is_visible()
    mark(explorer).select_option("read")
    explorer.close()
    chapter = visits.open("training-tuning/parameter-efficient.html", context)
    link = chapter.locator('.bibtex-citation a[href*="#ref-hu2021lora"]').first
    link.hover()
    card = chapter.locator(".ls-hovercard")
    card.wait_for()
    assert mark(chapter).input_value() == "read"
    card.get_by_role("button", name="Add to basket").click()
    assert opener(chapter).inner_text() == "Basket 1"
    chapter.close()
    explorer = visits.open("explorer.html#only=read", context)
    assert explorer.locator(".ls-explorer tbody tr").count() == 1
    # Nothing of it is in the address that one shares.
    explorer.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    explorer.get_by_role("button", name="Copy link").click()
    explorer.wait_for_function("window.copied")
    assert explorer.evaluate("window.copied").endswith("#keys=hu2021lora")


def test_a_file_takes_all_to_another_browser(visits: Visits) -> None:
    page = visits.open("explorer.html")
    for n in range(3):
        page.get_by_role("checkbox", name=re.compile("^Keep ")).nth(n).check()
    mark(page).nth(1).select_option("to read")
    mark(page).nth(4).select_option("read")
    open_basket(page)
    saved = save(page)
    assert saved["format"] == "livingsurvey-basket"
    assert saved["version"] == 1
    assert len(saved["basket"]) == 3
    assert sorted(saved["marks"].values()) == ["read", "to-read"]
    other = visits.open(PAPER)
    other.get_by_role("button", name="Add to basket").click()
    read = next(key for key, one in saved["marks"].items() if one == "to-read")
    open_basket(other)
    assert load(other, json.dumps(saved)) == "Added 3 papers to the basket. Set 2 marks."
    assert opener(other).inner_text() == "Basket 4"
    after = save(other)
    assert after["basket"] == ["hu2021lora", *saved["basket"]]
    assert after["marks"] == saved["marks"]
    # What is there stays, and what has been read is not to be read again.
    again = {**saved, "basket": ["nobody1900nothing"], "marks": {read: "read", "no2000": "read"}}
    assert load(other, json.dumps(again)) == (
        "Added 0 papers to the basket. Set 1 mark. 2 papers of the file are not in this survey."
    )
    assert load(other, json.dumps(saved)) == "Added 0 papers to the basket. Set 0 marks."


HOSTILE = "<img src=x onerror=alert(1)>"
OURS = {"format": "livingsurvey-basket", "version": 1}
BAD = {
    "no JSON": "hu2021lora",
    "empty": "",
    "binary": b"\xff\xfe\x00\x01",
    "a list": "[1, 2]",
    "null": "null",
    "another format": '{"format": "zotero", "version": 1, "basket": ["hu2021lora"]}',
    "a later version": json.dumps({**OURS, "version": 2, "basket": ["hu2021lora"]}),
    "too large": json.dumps({**OURS, "basket": ["x" * 6_000_000]}),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_changes_nothing_and_says_so(name: str, visits_http: Visits) -> None:
    page = visits_http.open(PAPER)
    page.get_by_role("button", name="Add to basket").click()
    before = page.evaluate(STORED)
    assert before
    open_basket(page)
    assert load(page, BAD[name]).startswith("Nothing was taken in: ")
    assert page.evaluate(STORED) == before


def test_a_hostile_file_is_sifted(visits_http: Visits) -> None:
    page = visits_http.open(PAPER)
    odd = {
        **OURS,
        "basket": [HOSTILE, 7, None, {"a": 1}, "__proto__", "hu2021lora", "hu2021lora"],
        "marks": {HOSTILE: "read", "__proto__": "read", "hu2021lora": HOSTILE},
    }
    open_basket(page)
    assert load(page, json.dumps(odd)).startswith("Added 1 paper to the basket. Set 0 marks.")
    assert page.locator(".ls-basket img").count() == 0
    assert save(page) == {**OURS, "basket": ["hu2021lora"], "marks": {}}


def test_a_strange_memory_does_no_harm(visits_http: Visits) -> None:
    context = visits_http.context()
    page = visits_http.open(PAPER, context)
    page.get_by_role("button", name="Add to basket").click()
    for text in ("{", "null", "[]", '{"basket": 3, "marks": [1]}', f'{{"basket": ["{HOSTILE}"]}}'):
        page.evaluate(
            f"text => Object.keys({STORED}).forEach((one) => localStorage.setItem(one, text))", text
        )
        other = visits_http.open("explorer.html", context)
        other.locator(".ls-explorer tbody tr").first.wait_for()
        dialog = open_basket(other)
        assert dialog.locator("img").count() == 0
        other.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_list_on_a_phone_by_keyboard(
    theme: str, visits_http: Visits, is_wide: Callable[[Page], bool]
) -> None:
    page = visits_http.open("explorer.html", viewport=NARROW, color_scheme=theme)
    for n in range(2):
        page.get_by_role("checkbox", name=re.compile("^Keep ")).nth(n).check()
    mark(page).nth(3).select_option("to read")
    opener(page).focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Your papers")
    removers = dialog.get_by_role("button", name=re.compile("^Remove "))
    removers.first.wait_for()
    assert removers.count() == 3
    assert not is_wide(page)
    assert run_axe(page) == {}
    for button in dialog.get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
    removers.first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.ls-basket li').length === 2")
    assert dialog.locator(":focus").count() == 1
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.className") == "ls-basket-button"
    assert opener(page).inner_text() == "Basket 1"
    opener(page).click()
    dialog.get_by_role("link", name="See the basket in the explorer").click()
    page.wait_for_function("document.querySelectorAll('.ls-explorer tbody tr').length === 1")
