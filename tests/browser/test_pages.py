"""Every kind of page: themes, widths, weight, accessibility, and life without scripts."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from .conftest import PHONE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from .conftest import Visits

pytestmark = [pytest.mark.needs_browser, pytest.mark.slow]

CHAPTERS = (
    "introduction", "background", "budget", "data", "architecture", "training-tuning",
    "inference", "conclusion",
)  # fmt: skip
KINDS = (
    "index", "budget", "inference/quantization", "explorer", "contributing/index", "references",
    "glossary", "browse/years", "browse/authors", "browse/venues", "browse/recent", "take-away",
    "whats-new", "contributing/agreement", "contributing/state",
    "search", "genindex", "404", "papers/hu2021lora", "papers/dao2022flashattention",
)  # fmt: skip
"""One page of each kind."""

SHORTEN = """() => {
  for (const list of document.querySelectorAll('.ls-group, .ls-references, tbody, article ul')) {
    [...list.children].slice(12).forEach((one) => one.remove());
  }
}"""
"""Entries of a list are alike, and axe takes a minute for a thousand of them: twelve stay."""


def run_axe(page: Page) -> dict[str, list[str]]:
    """Return the violations that axe finds: rule, and the elements."""
    from axe_playwright_python.sync_playwright import Axe

    # Without preloading: it fetches style sheets by XMLHttpRequest, for a rule that is off.
    rules = {name: {"enabled": True} for name in ("target-size", "scrollable-region-focusable")}
    options = {"resultTypes": ["violations"], "preload": False, "rules": rules}
    found = Axe().run(page, options=options).response["violations"]
    return {one["id"]: [node["html"] for node in one["nodes"]] for one in found}


# Colors do not depend on the width, nor sizes on the theme. The widest has the contents beside it.
@pytest.mark.parametrize(("theme", "width"), [("light", 1360), ("dark", 360)])
@pytest.mark.parametrize("name", KINDS)
def test_axe_finds_no_violation(name: str, theme: str, width: int, visits_http: Visits) -> None:
    size = {"width": width, "height": 900}
    page = visits_http.open(f"{name}.html", color_scheme=theme, viewport=size)
    page.evaluate(SHORTEN)
    # What is not laid out until it is seen has no sizes yet.
    page.add_style_tag(content="* { content-visibility: visible !important }")
    for details in page.locator(".ls-foot details").all():
        details.evaluate("one => (one.open = true)")
    assert run_axe(page) == {}


SHIFTS = """() => new Promise((resolve) => {
  let sum = 0;
  const watch = new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value;
  });
  watch.observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 1500);
})"""


@pytest.mark.parametrize("size", [PHONE, {"width": 1350, "height": 940}], ids=["phone", "desk"])
@pytest.mark.parametrize("name", ["explorer.html", "search.html?q=lora", "search.html?q=roofline"])
def test_nothing_jumps_when_a_script_fills_the_page(
    name: str, size: dict[str, int], visits_http: Visits
) -> None:
    page = visits_http.open(name, viewport=size)
    page.locator(".ls-explorer tbody tr, #search-results li").first.wait_for()
    assert page.evaluate(SHIFTS) < 0.05  # 0.1 is good to Lighthouse


def test_every_page_has_a_description(built_site: Path) -> None:
    lacking = [
        path.name
        for path in built_site.rglob("*.html")
        if "_static" not in path.parts and '<meta name="description"' not in path.read_text("utf-8")
    ]
    assert lacking == []


def test_axe_sees_a_violation(visits_http: Visits) -> None:
    page = visits_http.open("glossary.html")
    page.evaluate("document.body.append(document.createElement('button'))")
    assert "button-name" in run_axe(page)


def test_no_page_is_wider_than_a_phone(
    built_site: Path, visits_http: Visits, is_wide: Callable[[Page], bool]
) -> None:
    names = sorted(
        path.relative_to(built_site).as_posix()
        for path in built_site.rglob("*.html")
        if "_static" not in path.parts
    )
    # The pages of papers are alike: one of sixty stands for the others.
    papers = [name for name in names if name.startswith("papers/")]
    names = [name for name in names if name not in papers] + papers[::60]
    assert {f"{name}.html" for name in KINDS if not name.startswith("papers/")} <= set(names)
    page = visits_http.open("index.html", viewport=PHONE)
    wide = []
    for name in names:
        page.goto(visits_http.base + name)
        if is_wide(page):
            wide.append(name)
    assert wide == []


NUMBERS_AND_FORMULAS = """() => [...document.querySelectorAll('div.math > .eqno')].map((one) => {
  const number = one.getBoundingClientRect();
  const formula = one.parentElement.querySelector('math').getBoundingClientRect();
  return [number.right, number.top - formula.bottom];
})"""


@pytest.mark.parametrize("name", ["background", "budget", "architecture/sparse-modeling"])
def test_on_a_phone_the_number_of_a_formula_has_its_own_line(
    name: str, visits_http: Visits
) -> None:
    page = visits_http.open(f"{name}.html", viewport=PHONE)
    places = page.evaluate(NUMBERS_AND_FORMULAS)
    assert len(places) >= 5
    assert [right for right, _ in places if not 300 < right <= PHONE["width"]] == []
    assert [below for _, below in places if below < -1] == []


TABLES = """() => [...document.querySelectorAll('.table-wrapper > table')].map((table) => {
  const box = table.parentElement;
  box.scrollLeft = 60;
  const caption = table.caption.getBoundingClientRect();
  const edges = box.getBoundingClientRect();
  const cells = [...table.querySelectorAll('th, td')].map((one) => one.offsetWidth);
  return [caption.left - edges.left, edges.right - caption.right, Math.min(...cells)];
})"""


@pytest.mark.parametrize("name", ["architecture/attention-free", "inference/pruning", "conclusion"])
def test_on_a_phone_tables_scroll_below_their_captions(name: str, visits_http: Visits) -> None:
    page = visits_http.open(f"{name}.html", viewport=PHONE)
    tables = page.evaluate(TABLES)
    assert tables
    assert [one for one in tables if min(one[0], one[1]) < 0 or one[2] < 100] == []


BROKEN_OFF = """() => [...document.querySelectorAll('article span.math')].filter((one) => {
  const text = one.nextSibling || one.parentElement.nextSibling;
  if (!text || text.nodeType !== Node.TEXT_NODE || !/^[^\\s\\w]/.test(text.data)) return false;
  const mark = document.createRange();
  mark.setStart(text, 0);
  mark.setEnd(text, 1);
  return mark.getBoundingClientRect().left < one.getBoundingClientRect().left;
}).map((one) => one.parentElement.textContent)"""


@pytest.mark.parametrize(
    "name", ["data", "architecture/efficient-attention", "training-tuning/optimizers"]
)
def test_no_line_begins_with_the_mark_behind_a_formula(name: str, visits_http: Visits) -> None:
    page = visits_http.open(f"{name}.html")
    assert page.locator("article span.math").count() > 20
    for width in (390, 500, 640, 768, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate(BROKEN_OFF) == []


def test_themes_differ_in_paper_and_ink(visits_http: Visits) -> None:
    colors = {}
    for theme in ("light", "dark"):
        page = visits_http.open("budget.html", color_scheme=theme)
        colors[theme] = page.locator(".ls-paper .ls-title").first.evaluate(
            "one => [getComputedStyle(one).color, getComputedStyle(document.body).backgroundColor]"
        )
    assert colors["light"] != colors["dark"]
    assert colors["light"][0] != colors["dark"][0]


def test_the_reader_can_choose_the_theme(visits_http: Visits) -> None:
    page = visits_http.open("budget.html", color_scheme="light")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.evaluate("localStorage.setItem('theme', 'dark')")
    page.wait_for_load_state("networkidle")  # what is cut off counts as failed
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


@pytest.mark.parametrize("name", ["inference/quantization", "explorer", "references", "index"])
def test_without_scripts_everything_is_there(name: str, visits: Visits) -> None:
    page = visits.open(f"{name}.html", java_script_enabled=False)
    assert page.locator(".ls-tools, .ls-copy, .ls-facets").count() == 0
    if name == "inference/quantization":
        page.locator("#paper-frantar2022gptq").get_by_role("link").first.click()
        page.wait_for_url("**/papers/frantar2022gptq.html")
        assert "@" in page.locator(".ls-bibtex pre").inner_text()
        assert page.locator(".ls-said q").first.is_visible()
    elif name == "explorer":
        page.get_by_role("link", name="All papers").click()
        page.wait_for_url("**/explorer-table.html")
        assert page.locator(".ls-explorer-table tbody tr").count() > 500
        row = page.locator('tr[data-anchor="frantar2022gptq"]')
        row.get_by_role("link").first.click()
        page.wait_for_url("**/papers/frantar2022gptq.html")


def test_explorer_without_scripts_fits_a_phone(
    visits_http: Visits, is_wide: Callable[[Page], bool]
) -> None:
    page = visits_http.open("explorer.html", java_script_enabled=False, viewport=PHONE)
    assert not is_wide(page)
    page.get_by_role("link", name="All papers").click()
    page.wait_for_url("**/explorer-table.html")
    assert not is_wide(page)
    page.locator('tr[data-anchor="hu2021lora"] a').first.click()
    page.wait_for_url("**/papers/hu2021lora.html")


def test_the_explorer_does_not_carry_the_table(built_site: Path) -> None:
    data = (built_site / "explorer.html").read_bytes()
    assert len(gzip.compress(data)) < 10_000


@pytest.mark.parametrize("name", CHAPTERS)
def test_weight_of_a_chapter(name: str, built_site: Path, visits_http: Visits) -> None:
    context = visits_http.context()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = visits_http.open(f"{name}.html", context)
    page.wait_for_timeout(500)  # for what scripts might ask after the page has loaded
    weights = {}
    for url in set(asked):
        path = built_site / urlsplit(url).path.lstrip("/")
        if path.suffix not in {".woff", ".woff2", ".ttf"}:
            weights[path.name] = len(gzip.compress(path.read_bytes()))
    assert f"{name}.html" in weights
    assert sum(weights.values()) < 250_000, weights
    assert sum(size for file, size in weights.items() if file.endswith(".js")) < 30_500, weights


def test_scripts_are_loaded_only_where_used(built_site: Path) -> None:
    def scripts(name: str) -> set[str]:
        text = (built_site / f"{name}.html").read_text(encoding="utf-8")
        return set(re.findall(r'src="[^"]*/(livingsurvey[^"?]*)', text))

    # Names the landmarks of every page; searches on every page.
    common = {
        "livingsurvey-furo.js", "livingsurvey.js", "livingsurvey-search.js", "livingsurvey-keys.js",
        "livingsurvey-basket.js",
    }  # fmt: skip
    assert common <= scripts("glossary") <= common | {"livingsurvey-hovercards.js"}
    assert scripts("index") == scripts("take-away") == common, "their tables are part of the text"
    assert scripts("search") == common | {"livingsurvey/index.js"}, "what it shows first"
    assert scripts("explorer") == common | {"livingsurvey-explorer.js"}
    assert scripts("papers/hu2021lora") == common | {"livingsurvey-listings.js"}
    chapter = scripts("inference/pruning")
    assert chapter == common | {
        "livingsurvey-hovercards.js", "livingsurvey-listings.js", "livingsurvey-tables.js"
    }  # fmt: skip
    # What a reader loads, of all scripts of the site, is light.
    for names in (chapter, scripts("explorer")):
        files = (built_site / "_static" / name for name in names)
        assert sum(len(gzip.compress(path.read_bytes())) for path in files) < 26_000


def test_all_our_scripts_together_are_light(built_site: Path) -> None:
    paths = list((built_site / "_static").glob("livingsurvey*.js"))
    assert len(paths) >= 4
    assert sum(len(gzip.compress(path.read_bytes())) for path in paths) < 34_000


def test_records_hold_every_paper(built_site: Path) -> None:
    keys = []
    for path in sorted((built_site / "_static" / "livingsurvey").glob("papers-*.js")):
        text = path.read_text(encoding="utf-8")
        _, _, records = text.partition(", [\n")
        keys += [one["key"] for one in json.loads("[" + records.removesuffix("]);\n") + "]")]
    table = (built_site / "explorer-table.html").read_text(encoding="utf-8")
    assert len(keys) == len(set(keys)) == table.count("<tr data-anchor=")
