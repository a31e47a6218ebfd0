"""Other programs read what the real survey exports, with as many entries as it has."""

from __future__ import annotations

import gzip
import json
import subprocess
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import feedparser
import jsonschema
import pypandoc
import pytest
import rispy

from livingsurvey.exports import FORMATS, About, Selection
from livingsurvey.exports.formats import WRITERS
from livingsurvey.sphinxext.paper_pages import MANY_AUTHORS

if TYPE_CHECKING:
    from livingsurvey.catalog import Catalog

    from .conftest import Site

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("site")]

STEM = "data/efficiency-spectrum"
PANDOC = {"bibtex": ".bib", "biblatex": ".bib", "csljson": ".csl.json", "ris": ".ris"}


@pytest.mark.parametrize("reader", PANDOC)
def test_pandoc_reads_every_entry(reader: str, site: Site, catalog: Catalog) -> None:
    # The pandoc of a package: that of Debian 12 is older than pandoc's reading of RIS.
    path = site.folder / f"{STEM}{PANDOC[reader]}"
    result = subprocess.run(
        [pypandoc.get_pandoc_path(), "-f", reader, "-t", "csljson", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stderr == ""
    items = json.loads(result.stdout)
    assert sorted(one["id"] for one in items) == sorted(catalog.papers)
    assert all(one["title"] and one["author"] for one in items)


def test_rispy_reads_every_entry(site: Site, catalog: Catalog) -> None:
    records = rispy.loads((site.folder / f"{STEM}.ris").read_text(encoding="utf-8"))
    assert [one["id"] for one in records] == list(catalog.papers)
    authors = [len(one.authors) for one in catalog.papers.values()]
    assert [len(one["authors"]) for one in records] == authors


def test_the_json_validates(site: Site, catalog: Catalog) -> None:
    schema = json.loads((site.folder / "data/survey.schema.json").read_text(encoding="utf-8"))
    document = json.loads((site.folder / f"{STEM}.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema, jsonschema.Draft202012Validator)
    assert [one["key"] for one in document["papers"]] == list(catalog.papers)
    for one in document["papers"]:
        page, _, anchor = one["page"].partition("#")
        assert site.pages[page].get_element_by_id(anchor) is not None


def test_feed_readers_read_every_feed(site: Site, catalog: Catalog) -> None:
    paths = sorted((site.folder / "feeds").rglob("*.xml"))
    assert len(paths) == 2 + len(catalog.taxonomy.roots), "one of papers, one of changes, the rest"
    for path in paths:
        feed = feedparser.parse(path.read_text(encoding="utf-8"))
        assert not feed.bozo
        assert feed.entries
        assert len({one.id for one in feed.entries}) == len(feed.entries)
        assert all(one.title and one.link and one.updated for one in feed.entries)


def test_each_category_has_its_papers(site: Site, catalog: Catalog) -> None:
    for tag in catalog.taxonomy.categories:
        path = site.folder / f"data/categories/{tag}.csl.json"
        items = json.loads(path.read_text(encoding="utf-8"))
        assert [one["id"] for one in items] == [one.key for one in catalog.papers_in(tag)]


def test_the_site_and_the_command_write_the_same(site: Site, catalog: Catalog) -> None:
    selection = Selection(catalog=catalog)
    for name in ("bibtex", "ris", "csl-json", "csv"):
        text = WRITERS[name](selection, About(title=""))
        assert (site.folder / f"{STEM}{FORMATS[name].suffix}").read_bytes() == text.encode()


def test_reference_managers_find_every_paper_once(site: Site, catalog: Catalog) -> None:
    titles = [
        parse_qs(span.get("title"), strict_parsing=True)
        for page in site.pages.values()
        for span in page.xpath("//span[@class='Z3988']")
    ]
    few = [paper for paper in catalog.papers.values() if len(paper.authors) <= MANY_AUTHORS]
    assert len(catalog.papers) - 2 < len(titles) == len(few)
    assert all(one.get("rft.title") or one.get("rft.atitle") for one in titles)


@pytest.mark.parametrize("name", ["years", "venues"])
def test_every_paper_can_be_browsed(name: str, site: Site, catalog: Catalog) -> None:
    page = site.pages[f"browse/{name}.html"]
    links = page.xpath("//section/ul[contains(@class, 'ls-group')]/li//a[@class]/@href")
    anchors = {link.partition("#")[2] for link in links}
    assert {f"paper-{catalog.anchor(key)}" for key in catalog.papers} <= anchors


def test_every_author_can_be_browsed(site: Site, catalog: Catalog) -> None:
    page = site.pages["browse/authors.html"]
    links = page.xpath("//ul[@class='ls-people']/li/a/@href")
    placed = {(key, one.full) for key, paper in catalog.papers.items() for one in paper.authors}
    assert len(links) == len(placed)


def test_pages_for_browsing_stay_light(site: Site) -> None:
    for path in (site.folder / "browse").glob("*.html"):
        assert len(gzip.compress(path.read_bytes())) < 300_000, path.name


def test_the_page_of_a_paper_is_light(site: Site, catalog: Catalog) -> None:
    pages = sorted((site.folder / "papers").glob("*.html"))
    assert len(pages) == len(catalog.papers)
    sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in pages}
    assert {name: size for name, size in sizes.items() if size > 15_000} == {}
