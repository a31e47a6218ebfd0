"""Each export: what is in it, that it is well formed, and that nothing breaks out of it."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, parse_qsl
from xml.etree import ElementTree as ET

import feedparser
import jsonschema
import pytest
import rispy

from livingsurvey.bibtex.fields import CONFERENCE, JOURNAL, OTHER, PREPRINT
from livingsurvey.bibtex.read import read_entries
from livingsurvey.bibtex.source import read_source
from livingsurvey.catalog import load
from livingsurvey.exports import (
    FORMATS,
    About,
    Selection,
    list_files,
)
from livingsurvey.exports.data import read_schema
from livingsurvey.exports.formats import WRITERS, Downloads, locate, write_file
from livingsurvey.exports.records import FEED_LIMIT, classify, name_in_full, split_pages, to_plain
from livingsurvey.exports.reference_managers import write_coins
from livingsurvey.exports.web import write_open_search, write_sitemap
from livingsurvey.queries import fingerprint

if TYPE_CHECKING:
    from pathlib import Path

    from livingsurvey.catalog import Catalog

TAXONOMY = """\
[oven]
title = "Oven & Heat"
description = "All that <bakes>."
color = "#2f5f9c"
[oven.steam]
title = "Steam"
[oven.stone]
title = "Stone"
[dough]
title = "Dough"
[tags]
field-study = "Field study"
"""

BIBLIOGRAPHY = r"""
@article{müller2019wild,
  title = {{WildYeast}: Old Cultures \& {\em New} Bread <b>"x"</b> of $\mathcal{O}(n^2)$},
  shorttitle = {WildYeast},
  author = {van der M{\"u}ller, J{\"o}rg and King, Jr., Martin Luther and {Bread Workshop}},
  journal = {Journal of Bread},
  volume = 12, number = 3, pages = {101--117}, year = 2019, month = may,
  doi = {10.1234/a<b>#1},
  eprint = {1901.01234}, archiveprefix = {arXiv}, primaryclass = {cs.CL},
  keywords = {steam, dough, field-study},
  annotation = {Shows it, cheaply},
  creationdate = {2026-02-03},
}

@inproceedings{abbas2021steam,
  title = {Steam},
  author = {Abbas, Omar and others},
  booktitle = {Proceedings of Ovens (OVEN)},
  pages = {e17},
  year = {2021},
  keywords = {steam},
  code = {https://example.org/code},
  creationdate = {2026-02-04},
}

@misc{chen2020flour,
  title = {Flour 50\% Better},
  author = {Chen, Li},
  year = {2020},
  eprint = {2001.00001}, archiveprefix = {arXiv},
  keywords = {stone},
  creationdate = {2026-02-03},
}

@misc{nobody, title = {}, keywords = {dough}}
"""

ABOUT = About(
    title="Bread & Butter",
    slug="bread",
    authors=("Baker, Ann", "The Bakers"),
    description="On <bread>.",
    language="en",
    license="https://example.org/license",
    tag_authority="example.org,2026:bread",
    base_url="https://example.org/s/",
)
PLACES = {"abbas2021steam": "oven.html#paper-abbas2021steam"}


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    (tmp_path / "papers.bib").write_text(BIBLIOGRAPHY, encoding="utf-8")
    (tmp_path / "taxonomy.toml").write_text(TAXONOMY, encoding="utf-8")
    return load([tmp_path / "papers.bib"], tmp_path / "taxonomy.toml")[0]


def write(name: str, catalog: Catalog, category: str = "") -> str:
    chosen = catalog.category(category) if category else None
    return WRITERS[name](
        Selection(catalog=catalog, category=chosen, places=PLACES, path="feeds/x.xml"), ABOUT
    )


@pytest.mark.parametrize("name", FORMATS)
def test_equal_data_give_equal_text(name: str, catalog: Catalog) -> None:
    assert write(name, catalog) == write(name, catalog)


def test_bibtex_is_read_back_by_our_own_reader(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "out.bib"
    path.write_text(write("bibtex", catalog), encoding="utf-8")
    entries, problems = read_entries([read_source(path, "out.bib")[0]])
    assert [one.key for one in entries] == list(catalog.papers)
    assert problems == []
    assert {"keywords", "annotation", "creationdate"}.isdisjoint(entries[0].values)
    assert entries[0].get("doi") == "10.1234/a<b>#1"


def test_a_category_holds_what_is_below_it(catalog: Catalog) -> None:
    items = json.loads(write("csl-json", catalog, "oven"))
    assert [one["id"] for one in items] == ["müller2019wild", "abbas2021steam", "chen2020flour"]


def test_csl_json_knows_kinds_names_dates_and_places(catalog: Catalog) -> None:
    items = {one["id"]: one for one in json.loads(write("csl-json", catalog))}
    article = items["müller2019wild"]
    assert article["type"] == "article-journal"
    assert article["author"] == [
        {"family": "Müller", "given": "Jörg", "non-dropping-particle": "van der"},
        {"family": "King", "given": "Martin Luther", "suffix": "Jr."},
        {"literal": "Bread Workshop"},
    ]
    assert article["issued"] == {"date-parts": [[2019, 5]]}
    assert (article["page"], article["volume"], article["issue"]) == ("101-117", "12", "3")
    assert article["container-title"] == "Journal of Bread"
    # An archive would be printed beside the journal, by Pandoc for one.
    assert "archive" not in article
    assert article["custom"]["arxiv"] == "1901.01234"
    assert article["keyword"] == "Steam, Dough, Field study"
    assert article["custom"]["categories"] == ["steam", "dough"]
    talk = items["abbas2021steam"]
    assert talk["type"] == "paper-conference"
    assert talk["author"][-1] == {"literal": "others"}
    assert talk["page"] == "e17"
    preprint = items["chen2020flour"]
    assert (preprint["type"], preprint["number"]) == ("article", "arXiv:2001.00001")
    assert preprint["title"] == "Flour 50% Better"
    assert items["nobody"]["title"] == "nobody"


def test_ris_is_read_by_rispy(catalog: Catalog) -> None:
    text = write("ris", catalog)
    assert text.replace("\r\n", "").count("\n") == 0
    records = rispy.loads(text)
    assert [one["id"] for one in records] == list(catalog.papers)
    first = records[0]
    assert first["type_of_reference"] == "JOUR"
    assert first["authors"] == [
        "van der Müller, Jörg", "King, Martin Luther, Jr.", "Bread Workshop",
    ]  # fmt: skip
    assert (first["start_page"], first["end_page"]) == ("101", "117")
    assert first["doi"] == "10.1234/a<b>#1"
    assert first["keywords"] == ["Steam", "Dough", "Field study"]
    assert [one["type_of_reference"] for one in records] == ["JOUR", "CPAPER", "UNPB", "GEN"]


def test_csv_has_a_line_for_each_paper(catalog: Catalog) -> None:
    text = write("csv", catalog)
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["key"] for row in rows] == list(catalog.papers)
    assert rows[0]["authors"] == "Jörg van der Müller; Martin Luther King Jr.; Bread Workshop"
    assert rows[1]["authors"] == "Omar Abbas; others"
    assert (rows[0]["category"], rows[0]["categories"]) == ("steam", "steam; dough")
    assert rows[0]["title"] == to_plain(catalog.papers["müller2019wild"].title)
    assert len(text.split("\r\n")) == len(catalog.papers) + 2


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(read_schema()))


@pytest.mark.parametrize("category", ["", "oven", "stone"])
def test_json_validates_against_its_schema(category: str, catalog: Catalog) -> None:
    document = json.loads(write("json", catalog, category))
    jsonschema.validate(document, json.loads(read_schema()), jsonschema.Draft202012Validator)
    assert len(document["papers"]) == len(
        catalog.papers_in(category) if category else catalog.papers
    )


def test_the_schema_refuses_what_is_wrong(catalog: Catalog) -> None:
    schema = json.loads(read_schema())
    document = json.loads(write("json", catalog))
    for damage in (
        {"papers": [{"key": "a"}]},
        {"version": 2},
        {"papers": [{**document["papers"][0], "month": 13}]},
        {"categories": [{"tag": "Not A Tag", "title": "x", "path": ["x"]}]},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(document | damage, schema, jsonschema.Draft202012Validator)


def test_json_says_where_the_entry_of_a_paper_is(catalog: Catalog) -> None:
    pages = {one["key"]: one.get("page") for one in json.loads(write("json", catalog))["papers"]}
    assert pages["abbas2021steam"] == "https://example.org/s/oven.html#paper-abbas2021steam"
    assert pages["chen2020flour"] is None


def test_atom_is_read_by_feedparser(catalog: Catalog) -> None:
    feed = feedparser.parse(write("atom", catalog))
    assert not feed.bozo
    assert feed.feed.title == "Bread & Butter"
    assert feed.feed.id == "tag:example.org,2026:bread/feed"
    assert feed.feed.updated == "2026-02-04T00:00:00Z"
    assert [one.name for one in feed.feed.authors] == ["Ann Baker", "The Bakers"]
    # Newest first; nobody has no date and cannot say when it joined.
    assert [one.id for one in feed.entries] == [
        "tag:example.org,2026:bread/paper/abbas2021steam",
        "tag:example.org,2026:bread/paper/chen2020flour",
        "tag:example.org,2026:bread/paper/m-fc-ller2019wild",
    ]
    assert feed.entries[0].link == "https://example.org/s/oven.html#paper-abbas2021steam"
    assert feed.entries[1].link == "https://arxiv.org/abs/2001.00001"
    assert feed.entries[2].link == "https://doi.org/10.1234/a%3Cb%3E%231"
    assert [one.term for one in feed.entries[2].tags] == ["steam", "dough"]
    assert feed.entries[2].summary == "Shows it, cheaply. Journal of Bread 2019."


def test_a_feed_changes_only_when_a_paper_in_it_does(catalog: Catalog) -> None:
    text = write("atom", catalog, "oven")
    elsewhere = About(title="T", tag_authority=ABOUT.tag_authority, base_url="https://new.org/")
    moved = WRITERS["atom"](
        Selection(catalog=catalog, category=catalog.category("oven")), elsewhere
    )
    ids = [
        [one.text for one in ET.fromstring(each).iter("{http://www.w3.org/2005/Atom}id")]
        for each in (text, moved)
    ]
    assert ids[0] == ids[1]
    assert ids[0][0] == "tag:example.org,2026:bread/feed/oven"


def test_an_empty_feed_is_a_feed(tmp_path: Path) -> None:
    (tmp_path / "papers.bib").write_text("", encoding="utf-8")
    feed = feedparser.parse(write("atom", load([tmp_path / "papers.bib"], None)[0]))
    assert not feed.bozo
    assert feed.feed.updated == "1970-01-01T00:00:00Z"


def test_a_feed_has_a_limit(tmp_path: Path) -> None:
    entries = "\n".join(
        f"@misc{{k{i:03}, title = {{T}}, creationdate = {{2026-01-{i % 28 + 1:02}}}}}"
        for i in range(FEED_LIMIT + 20)
    )
    (tmp_path / "papers.bib").write_text(entries, encoding="utf-8")
    catalog = load([tmp_path / "papers.bib"], None)[0]
    feed = feedparser.parse(write("atom", catalog))
    assert len(feed.entries) == FEED_LIMIT
    dates = [one.updated for one in feed.entries]
    assert dates == sorted(dates, reverse=True)


def test_a_feed_needs_an_authority_or_an_address(catalog: Catalog) -> None:
    with pytest.raises(ValueError, match="tag_authority"):
        WRITERS["atom"](Selection(catalog=catalog), About(title="T"))
    about = About(title="T", base_url="https://example.org/bread/")
    feed = feedparser.parse(WRITERS["atom"](Selection(catalog=catalog), about))
    ids = [feed.feed.id, *(entry.id for entry in feed.entries)]
    assert len(ids) == len(set(ids)) > 1
    assert all(name.startswith("https://example.org/bread/#") for name in ids)


def read_as_zotero(context: str) -> dict[str, object]:
    """Read a context object in the order and with the meanings that Zotero gives its pairs."""
    pairs = parse_qsl(context)
    kind = dict(pairs)["rft_val_fmt"]
    item: dict[str, object] = {
        "type": "journalArticle" if kind.endswith("journal") else "webpage", "authors": []
    }  # fmt: skip
    for name, value in pairs:
        if name == "rft.atitle" and item["type"] == "journalArticle":
            item["title"] = value
        elif name == "rft.title":
            item["source" if item["type"] == "journalArticle" else "title"] = value
        elif name in {"rft.jtitle", "rft.source"}:
            item["source"] = value
        elif name == "rft.type":
            item["type"] = value
        elif name in {"rft.au", "rft.creator", "rft.aucorp"}:
            item["authors"].append(value)  # type: ignore[attr-defined]
        elif name == "rft_id":
            item["doi" if value.startswith("info:doi/") else "url"] = value
        elif name == "rft.date":
            item["date"] = value
    return item


def test_coins_say_to_zotero_what_the_paper_is(catalog: Catalog) -> None:
    papers = catalog.papers
    assert read_as_zotero(write_coins(papers["müller2019wild"])) == {
        "type": "journalArticle",
        "title": to_plain(papers["müller2019wild"].title),
        "source": "Journal of Bread",
        "authors": ["van der Müller, Jörg", "King, Martin Luther", "Bread Workshop"],
        "date": "2019-05",
        "doi": "info:doi/10.1234/a<b>#1",
        "url": "https://doi.org/10.1234/a%3Cb%3E%231",
    }
    assert read_as_zotero(write_coins(papers["abbas2021steam"])) == {
        "type": "conferencePaper",
        "title": "Steam",
        "source": "Proceedings of Ovens (OVEN)",
        "authors": ["Abbas, Omar"],
        "date": "2021",
    }
    assert read_as_zotero(write_coins(papers["chen2020flour"]))["type"] == "preprint"


def test_coins_are_one_query(catalog: Catalog) -> None:
    for paper in catalog.papers.values():
        context = write_coins(paper)
        assert not set(context) & set(' "<>')
        assert parse_qs(context, strict_parsing=True)["ctx_ver"] == ["Z39.88-2004"]


def test_sitemap_and_search_description_are_well_formed() -> None:
    sitemap = ET.fromstring(write_sitemap(["https://e.org/a?b&c", "https://e.org/d"]))
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    assert [one.text for one in sitemap.iter(f"{space}loc")] == [
        "https://e.org/a?b&c", "https://e.org/d",
    ]  # fmt: skip
    search = ET.fromstring(write_open_search(ABOUT, "https://example.org/s/search.html"))
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    (url,) = search.iter(f"{space}Url")
    assert url.get("template") == "https://example.org/s/search.html?q={searchTerms}"
    (name,) = search.iter(f"{space}ShortName")
    assert name.text == "Bread & Butter"


def test_files_have_places_of_their_own(catalog: Catalog) -> None:
    files = list_files(catalog.taxonomy, ABOUT)
    paths = [one.path for one in files]
    assert len(set(paths)) == len(paths)
    assert locate("bibtex", "bread") in paths
    assert "data/categories/steam.bib" in paths
    assert [one for one in paths if one.startswith("feeds/")] == [
        "feeds/bread.xml", "feeds/categories/oven.xml", "feeds/categories/dough.xml",
    ]  # fmt: skip
    assert all(write_file(one, catalog, ABOUT, PLACES) for one in files)


def test_without_an_authority_there_are_no_feeds(catalog: Catalog) -> None:
    files = list_files(catalog.taxonomy, About(title="T"))
    assert not [one for one in files if one.format == "atom"]


def test_downloads_count_and_notice_a_change(catalog: Catalog, tmp_path: Path) -> None:
    whole, *shelves = Downloads().answer(catalog)
    assert (whole.category, whole.papers, whole.recent) == (None, 4, 3)
    assert [(one.category.tag, one.papers, one.recent) for one in shelves if one.category] == [
        ("oven", 3, 3), ("steam", 2, 2), ("stone", 1, 1), ("dough", 2, 1),
    ]  # fmt: skip
    (tmp_path / "papers.bib").write_text(BIBLIOGRAPHY.replace("{stone}", "{dough}"), "utf-8")
    changed = load([tmp_path / "papers.bib"], tmp_path / "taxonomy.toml")[0]
    assert fingerprint(Downloads().answer(changed)) != fingerprint(Downloads().answer(catalog))


def test_records_read_what_people_write(catalog: Catalog) -> None:
    papers = catalog.papers
    assert [classify(one) for one in papers.values()] == [
        JOURNAL, CONFERENCE, PREPRINT, OTHER,
    ]  # fmt: skip
    assert split_pages(papers["müller2019wild"]) == ("101", "117")
    assert split_pages(papers["abbas2021steam"]) == ("e17", "")
    assert name_in_full(papers["müller2019wild"]).startswith("WildYeast: Old")
    assert name_in_full(papers["müller2019wild"]).count("WildYeast") == 1
