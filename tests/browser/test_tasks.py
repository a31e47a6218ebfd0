"""What readers come for, from the first page on: each task with the actions that it takes.

An action is a click, a field filled in, or a key; a limit is what the task takes today.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from pybtex.database import parse_string

from livingsurvey.catalog import load

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from livingsurvey.catalog import Catalog

    from .conftest import Visits

pytestmark = [pytest.mark.needs_browser, pytest.mark.slow]

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
on_both = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


@dataclass
class Reader:
    """Somebody who begins at the first page, and whose actions are counted."""

    page: Page
    actions: int = 0

    def click(self, target: Locator) -> None:
        self.actions += 1
        target.click()

    def fill(self, target: Locator, text: str) -> None:
        """Type into a field, which has the focus already or is clicked for it."""
        self.actions += 1
        target.click()
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        self.actions += 1
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.actions += 1
        self.page.keyboard.type(text)

    def search(self, text: str, choice: str) -> None:
        """Search in the box of every page and take what it suggests; phones have it in a drawer."""
        box = self.page.get_by_role("combobox", name="Search").first
        if not box.is_visible() or (box.bounding_box() or {"x": -1})["x"] < 0:
            self.click(self.page.locator('.mobile-header label[for="__navigation"]'))
        self.fill(box, text)
        self.click(self.page.get_by_role("option", name=re.compile(choice)).first)

    def go(self, name: str) -> None:
        """Follow a link of the text."""
        self.click(self.page.locator("article").get_by_role("link", name=name, exact=True).first)


def begin(visits: Visits, size: dict[str, int], **options: object) -> Reader:
    context = visits.context(viewport=size, **options)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    return Reader(visits.open("index.html", context))


@pytest.fixture(scope="module")
def catalog(root: Path) -> Catalog:
    bib = root / "bib"
    return load([bib / "efficiency-spectrum.bib"], bib / "taxonomy.toml", root)[0]


def list_rows(page: Page) -> list[str]:
    """Return the keys of the papers that the explorer shows, all of them."""
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    rows = page.locator(".ls-explorer tbody tr")
    return rows.evaluate_all("all => all.map((one) => one.dataset.anchor)")


@on_both
def test_all_papers_on_quantizing_the_cache_with_code(
    size: dict[str, int], visits_http: Visits, catalog: Catalog
) -> None:
    reader = begin(visits_http, size)
    reader.go("Explore the papers")
    reader.fill(reader.page.get_by_role("searchbox", name="Search").last, "KV-cache quantization")
    reader.click(reader.page.get_by_label("With code"))
    reader.page.wait_for_function("location.hash.includes('code')")
    found = list_rows(reader.page)
    wanted = {
        catalog.anchor(key)
        for key, paper in catalog.papers.items()
        if {"kv-cache", "quantization"} <= set(paper.categories) and paper.fields.get("code")
    }
    assert len(wanted) >= 7
    assert wanted <= set(found)
    assert all(catalog.papers[key].fields.get("code") for key in found)
    assert reader.actions <= 3


@on_both
def test_what_is_said_of_a_paper(size: dict[str, int], visits_http: Visits) -> None:
    reader = begin(visits_http, size)
    reader.search("FlashAttention", "^FlashAttention:")
    reader.page.wait_for_url("**/papers/dao2022flashattention.html")
    said = reader.page.locator(".ls-said q").all_inner_texts()
    assert len(said) > 3
    assert all("FlashAttention" in one or "Dao" in one for one in said[:3])
    assert reader.actions <= 2 + (size == PHONE)


@on_both
def test_the_bibtex_of_a_paper(size: dict[str, int], visits_http: Visits) -> None:
    reader = begin(visits_http, size)
    reader.search("LoRA", "^LoRA:")
    reader.click(reader.page.get_by_role("button", name="Copy the BibTeX entry of LoRA"))
    reader.page.get_by_text("Copied", exact=True).wait_for()
    copied = parse_string(reader.page.evaluate("navigator.clipboard.readText()"), "bibtex")
    assert list(copied.entries) == ["hu2021lora"]
    assert reader.actions <= 3 + (size == PHONE)


@on_both
def test_all_of_a_category_for_zotero(
    size: dict[str, int], visits_http: Visits, catalog: Catalog
) -> None:
    reader = begin(visits_http, size)
    reader.go("Quantization")
    reader.page.wait_for_url("**/inference/quantization.html*")
    link = reader.page.locator(".ls-take-away").get_by_role("link", name="BibTeX")
    address = str(link.evaluate("one => one.href"))
    reader.click(link)
    saved = parse_string(reader.page.request.get(address).text(), "bibtex")
    wanted = {key for key, one in catalog.papers.items() if "quantization" in one.categories}
    assert wanted == set(saved.entries)
    assert reader.actions <= 2


@on_both
def test_methods_of_a_kind_side_by_side(size: dict[str, int], visits_http: Visits) -> None:
    reader = begin(visits_http, size)
    reader.go("Pruning")
    reader.page.wait_for_url("**/inference/pruning.html*")
    reader.click(reader.page.locator('label[for="__toc"]:visible').first)
    contents = reader.page.locator(".toc-drawer")
    reader.click(contents.get_by_role("link", name=re.compile("compared")))
    table = reader.page.locator("section:target, section:has(> :target)").locator("table").first
    table.wait_for()
    place = table.bounding_box()
    assert place is not None
    assert 0 <= place["y"] < size["height"]
    assert table.locator("tbody tr").count() >= 5
    assert table.locator("thead th").count() >= 4
    assert reader.actions <= 3


@on_both
def test_a_selection_is_shared(size: dict[str, int], visits_http: Visits) -> None:
    reader = begin(visits_http, size)
    reader.go("Explore the papers")
    reader.fill(reader.page.get_by_role("searchbox", name="Search").last, "pruning")
    reader.click(reader.page.get_by_label("With code"))
    reader.click(reader.page.get_by_role("button", name="Copy link"))
    reader.page.get_by_text("Copied", exact=True).wait_for()
    address = str(reader.page.evaluate("navigator.clipboard.readText()"))
    other = visits_http.open(address.removeprefix(visits_http.base), viewport=size)
    other.locator(".ls-explorer tbody tr").first.wait_for()
    assert list_rows(other) == list_rows(reader.page)
    assert reader.actions <= 4


@on_both
def test_the_papers_of_an_author(size: dict[str, int], visits_http: Visits) -> None:
    reader = begin(visits_http, size)
    reader.search("Frantar", "^Elias Frantar")
    reader.page.wait_for_url("**/browse/authors.html#by-elias-frantar")
    entry = reader.page.locator("#by-elias-frantar")
    entry.wait_for()
    reader.page.wait_for_timeout(300)
    place = entry.bounding_box()
    assert place is not None
    assert 0 <= place["y"] < size["height"] / 2
    assert "GPTQ" in entry.inner_text()
    assert reader.actions <= 2 + (size == PHONE)


@on_both
def test_from_a_citation_to_its_entry_and_back(size: dict[str, int], visits_http: Visits) -> None:
    reader = begin(visits_http, size)
    reader.go("Quantization")
    citation = reader.page.locator(".bibtex-citation a").nth(5)
    citation.scroll_into_view_if_needed()
    target = (citation.get_attribute("href") or "").partition("#")[2]
    reader.click(citation)
    reader.page.wait_for_url(f"**#{target}")
    reader.page.locator(f"#{target}").wait_for()
    reader.page.wait_for_timeout(300)
    place = reader.page.locator(f"#{target}").bounding_box()
    assert place is not None
    assert 0 <= place["y"] < size["height"]
    reader.actions += 1
    reader.page.go_back()
    reader.page.wait_for_url("**/inference/quantization.html*")
    reader.page.wait_for_timeout(300)
    back = citation.bounding_box()
    assert back is not None
    assert 0 <= back["y"] < size["height"]
    assert reader.actions <= 3


@on_both
def test_by_keyboard_only(size: dict[str, int], visits_http: Visits) -> None:
    reader = begin(visits_http, size)
    reader.press("/")
    reader.type("LoRA")
    reader.page.locator(".ls-suggestions:visible li").first.wait_for()
    reader.press("ArrowDown")
    reader.press("Enter")
    reader.page.wait_for_url("**/papers/hu2021lora.html")
    reader.press("c")
    reader.page.locator(".ls-announcer", has_text="Copied").wait_for(state="attached")
    assert "@inproceedings{hu2021lora" in reader.page.evaluate("navigator.clipboard.readText()")
    assert reader.actions <= 5


@on_both
def test_without_scripts(size: dict[str, int], visits_http: Visits, catalog: Catalog) -> None:
    reader = begin(visits_http, size, java_script_enabled=False)
    reader.go("Quantization")
    reader.page.wait_for_url("**/inference/quantization.html*")
    homes = [one for one in catalog.papers.values() if one.home == "quantization"]
    entries = reader.page.locator("#papers-quantization .ls-residents li.ls-paper:visible")
    assert entries.count() == len(homes)
    reader.click(reader.page.locator("#paper-frantar2022gptq .ls-title a"))
    reader.page.wait_for_url("**/papers/frantar2022gptq.html")
    assert list(parse_string(reader.page.locator(".ls-bibtex pre").inner_text(), "bibtex").entries)
    assert reader.actions <= 2
