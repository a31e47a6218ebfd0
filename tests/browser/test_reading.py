"""What makes pages readable at every width: targets in sight, print, sizes, sticky columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from .test_pages import run_axe

if TYPE_CHECKING:
    from .conftest import Visits

pytestmark = [pytest.mark.needs_browser, pytest.mark.slow]

WIDTHS = (360, 500, 768, 960, 1280)

PLACES = (
    "references.html#ref-frantar2022gptq",
    "inference/quantization.html#paper-frantar2022gptq",
    "inference/quantization.html#quantization",
    "inference/quantization.html#papers-quantization",
    "browse/years.html#year-2022",  # behind lists that are not laid out until they are seen
    "browse/years.html#year-2017",
    "browse/authors.html#author-z",
    "browse/authors.html#by-tri-dao",
    "references.html#ref-zhang2023h2o",
    "data.html#sec-curriculum-learning",
    "glossary.html#term-KV-cache",
)

BELOW_HEADER = """() => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const header = document.querySelector('.mobile-header').getBoundingClientRect();
  const top = target.getBoundingClientRect().top;
  return top >= (header.height ? header.bottom : 0) && top < innerHeight / 2;
}"""


@pytest.mark.parametrize("width", WIDTHS)
def test_what_a_link_leads_to_is_in_sight(width: int, visits_http: Visits) -> None:
    size = {"width": width, "height": 800}
    context = visits_http.context(viewport=size, reduced_motion="no-preference")
    for place in PLACES:
        page = visits_http.open(place, context)
        page.wait_for_load_state("load")
        page.wait_for_timeout(200)
        # At once: a page that still scrolls has not reached it.
        assert page.evaluate(BELOW_HEADER), place
        page.close()


@pytest.mark.parametrize("width", [360, 768])
def test_no_button_covers_the_heading_that_a_link_leads_to(width: int, visits_http: Visits) -> None:
    size = {"width": width, "height": 1000}
    page = visits_http.open("inference/pruning.html#pruning-methods-compared", viewport=size)
    page.wait_for_timeout(300)
    button = page.locator(".back-to-top").bounding_box()
    heading = page.locator("#pruning-methods-compared > :is(h2, h3)").bounding_box()
    assert heading is not None
    assert heading["y"] >= (button["y"] + button["height"] if button else 48)


def test_on_a_phone_the_text_begins_right_below_the_title(visits_http: Visits) -> None:
    page = visits_http.open("references.html", viewport={"width": 360, "height": 800})
    title = page.locator("h1").bounding_box()
    assert title is not None
    assert title["height"] < 70  # one line, though icons stand beside it


def test_the_table_without_scripts_has_the_room_of_a_wide_screen(visits_http: Visits) -> None:
    page = visits_http.open("explorer-table.html", viewport={"width": 1920, "height": 1000})
    fits = "one => one.scrollWidth <= one.clientWidth && one.clientWidth > 1100"
    assert page.locator(".table-wrapper").evaluate(fits)
    page.set_viewport_size({"width": 360, "height": 800})
    row = page.locator(".ls-explorer-table tbody tr").first
    assert row.evaluate("one => getComputedStyle(one).borderBottomStyle") == "solid"


@pytest.mark.parametrize(
    "name", ["index", "inference/pruning", "explorer", "references", "glossary"]
)
def test_paper_shows_no_controls(name: str, visits_http: Visits) -> None:
    page = visits_http.open(f"{name}.html", viewport={"width": 794, "height": 1123})
    page.emulate_media(media="print")
    for chrome in (
        ".skip-to-content", ".sidebar-drawer", ".toc-drawer", ".mobile-header", ".ls-facets",
        ".ls-tools", ".ls-copy", ".ls-explorer-more", ".ls-keep",
    ):  # fmt: skip
        assert page.locator(f"{chrome}:visible").count() == 0, chrome
    assert page.locator("h1:visible").count() == 1


@pytest.mark.parametrize(
    ("old", "page"),
    [
        ("sec-pruning", "inference/pruning"),
        ("quantization", "inference/quantization"),
        ("papers-serving", "inference/serving"),
        ("fig-inference-grids", "inference/quantization"),
        ("formats", "inference/quantization"),
        ("equation-eq-inference-pruning", "inference/pruning"),
        ("paper-frantar2022gptq", "inference/quantization"),
    ],
)
def test_an_old_address_in_a_chapter_leads_to_the_page_of_its_section(
    old: str, page: str, visits_http: Visits
) -> None:
    visit = visits_http.open(f"inference.html#{old}")
    visit.wait_for_url(f"**/{page}.html#{old}")
    visit.locator(f"[id='{old}']").wait_for(state="attached")


def test_an_address_that_never_was_stays_where_it_is(visits: Visits) -> None:
    for wrong in ("nothing", "%E0%A4%A", "id12"):
        page = visits.open(f"inference.html#{wrong}")
        page.wait_for_load_state("networkidle")
        assert page.url.endswith(f"/inference.html#{wrong}")


@pytest.mark.parametrize("name", ["browse/years", "explorer", "inference/pruning"])
def test_long_lists_begin_on_the_page_of_their_heading(name: str, visits_http: Visits) -> None:
    page = visits_http.open(f"{name}.html", viewport={"width": 794, "height": 1123})
    page.locator('[role="main"] :is(li, tr)').first.wait_for(state="attached")
    page.emulate_media(media="print")
    kept = page.evaluate(
        """[...document.querySelectorAll('[role="main"] :is(dl, ol, ul, table)')].filter(
          (one) => one.offsetHeight > innerHeight
            && getComputedStyle(one).breakInside === 'avoid').length"""
    )
    assert kept == 0


def test_what_is_only_for_the_screen_is_not_printed(visits_http: Visits) -> None:
    for name, chrome in (("index", ".ls-calls"), ("papers/hu2021lora", "#cite")):
        page = visits_http.open(f"{name}.html")
        page.emulate_media(media="print")
        assert page.locator(chrome).count()
        assert not page.locator(chrome).first.is_visible()


def test_the_whole_selection_is_printed(visits_http: Visits) -> None:
    page = visits_http.open("explorer.html")
    before = page.locator(".ls-explorer tbody tr").count()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    said = int(page.locator(".ls-count").inner_text().split()[0].replace(",", ""))
    assert page.locator(".ls-explorer tbody tr").count() == said > before


def test_the_head_says_each_thing_once(visits_http: Visits) -> None:
    page = visits_http.open("index.html")
    assert page.locator('meta[name="viewport"]').count() == 1
    icon = page.locator('link[rel~="icon"]').get_attribute("href")
    assert icon
    assert page.request.get(visits_http.base + icon).ok


def test_captions_are_nearest_to_their_own_picture(visits_http: Visits) -> None:
    page = visits_http.open("numbers.html")
    gaps = page.evaluate("""() => [...document.querySelectorAll('article figure')].map((one) => {
      const caption = one.querySelector('figcaption p').getBoundingClientRect();
      const above = one.querySelector('figcaption').previousElementSibling.getBoundingClientRect();
      const next = one.nextElementSibling;
      const below = next ? next.getBoundingClientRect().top : Infinity;
      return [caption.top - above.bottom, below - caption.bottom];
    })""")
    assert len(gaps) > 3
    assert [gap for gap in gaps if gap[0] * 1.5 > gap[1]] == []


def test_no_bar_is_called_by_dots_alone(visits_http: Visits) -> None:
    page = visits_http.open("numbers.html", viewport={"width": 360, "height": 740})
    labels = page.locator(".ls-picture text:visible").all_text_contents()
    assert len(labels) > 50
    assert "…" not in [label.strip() for label in labels]


def test_on_a_phone_the_first_column_of_a_table_stays(visits_http: Visits) -> None:
    page = visits_http.open("inference/pruning.html", viewport={"width": 390, "height": 844})
    moved = page.evaluate("""() => {
      const boxes = [...document.querySelectorAll('article .table-wrapper')];
      return boxes.filter((one) => one.scrollWidth > one.clientWidth + 40).map((box) => {
        box.scrollLeft = 80;
        const cell = box.querySelector('tbody tr > :first-child').getBoundingClientRect();
        return Math.abs(cell.left - box.getBoundingClientRect().left);
      });
    }""")
    assert moved
    assert max(moved) < 8


TABLES = (
    ".table-wrapper > table.docutils:has(> caption):has(> thead):has(> tbody > tr:nth-child(3))"
    ":not(.ls-papers *, .ls-explorer *)"
)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", ["background.html", "architecture/sparse-modeling.html"])
def test_every_table_sorts_by_each_column_and_back(
    name: str, width: int, visits_http: Visits
) -> None:
    page = visits_http.open(name, viewport={"width": width, "height": 900})
    assert page.locator(TABLES).count() >= 1
    for table in page.locator(TABLES).all():
        rows = table.locator("tbody > tr")
        written = rows.all_inner_texts()
        heads = table.get_by_role("columnheader")
        for head in heads.all():
            button = head.get_by_role("button")
            button.focus()
            page.keyboard.press("Enter")
            assert head.get_attribute("aria-sort") == "ascending"
            up = rows.all_inner_texts()
            assert table.locator("[aria-sort]").count() == 1
            page.keyboard.press("Enter")
            assert head.get_attribute("aria-sort") == "descending"
            down = rows.all_inner_texts()
            assert sorted(up) == sorted(down) == sorted(written)
            page.keyboard.press("Enter")
            assert head.get_attribute("aria-sort") is None
            assert rows.all_inner_texts() == written
    # The theme's "Back to top", which appears on the way up, stands in no landmark.
    page.evaluate("scrollTo(0, 0)")
    page.locator(".back-to-top").wait_for(state="hidden")
    assert run_axe(page) == {}


def test_numbers_sort_by_what_they_mean(visits_http: Visits) -> None:
    page = visits_http.open("architecture/sparse-modeling.html")
    table = page.locator(TABLES).filter(has=page.get_by_role("columnheader", name="Parameters"))
    table.get_by_role("columnheader", name="Parameters").get_by_role("button").click()
    scales = {"M": 1e6, "B": 1e9, "T": 1e12}
    sizes = []
    for text in table.locator("tbody > tr > :nth-child(3)").all_inner_texts():
        found = re.match(r"([\d.]+)([MBT])", text)
        assert found, text
        sizes.append(float(found[1]) * scales[found[2]])
    assert sizes == sorted(sizes)
    assert len(set(sizes)) > 3
    # Gaps are last, whichever way.
    page = visits_http.open("architecture/diffusion-language-models.html")
    head = page.get_by_role("columnheader", name="Reported speed")
    cells = page.locator(TABLES).locator("tbody > tr > :nth-child(4)")
    for _ in range(2):
        head.get_by_role("button").click()
        texts = [text.strip() for text in cells.all_inner_texts()]
        gaps = texts.count("\N{EN DASH}")
        assert 0 < gaps < len(texts)
        assert set(texts[-gaps:]) == {"\N{EN DASH}"}


def test_the_first_column_stays_after_sorting(visits_http: Visits) -> None:
    page = visits_http.open("inference/quantization.html", viewport={"width": 360, "height": 800})
    table = page.locator(TABLES).first
    table.get_by_role("columnheader").last.get_by_role("button").click()
    first = table.locator("tbody > tr").first.locator(":scope > *").first
    before = first.evaluate("one => one.getBoundingClientRect().left")
    wrapper = table.locator("xpath=..")
    moved = wrapper.evaluate("one => { one.scrollLeft = 200; return one.scrollLeft; }")
    assert moved > 0
    assert abs(first.evaluate("one => one.getBoundingClientRect().left") - before) < 2
