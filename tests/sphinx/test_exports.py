"""Files to take away, pages for browsing, and what the head of a page says, in built sites."""

# ruff: noqa: RUF001 (the title of a paper has Greek letters)
from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import feedparser
import jsonschema
import pytest
from lxml import etree, html

from livingsurvey.catalog import Catalog

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Result, Survey

ABOUT = """
author = "The Bakers"
html_baseurl = "https://example.org/bread"
livingsurvey_about = {
    "title": "Bread & <Butter>",
    "slug": "bread",
    "authors": ["Baker, Ann", "The Bakers"],
    "description": "All about </script> bread.",
    "date": "2026-11-23",
    "related": ["https://example.org/paper"],
    "pdf": "bread.pdf",
    "tag_authority": "example.org,2026:bread",
}
"""
BROWSE = """\
# Browse

## Years

```{survey:by} year
```

## Venues

```{survey:by} venue
:minimum: 2
```

## Authors

```{survey:by} author
```

## Recent

```{survey:recent}
:limit: 2
```

## Files

Take them.

```{survey:downloads}
```
"""


@pytest.fixture
def bread(survey: Survey) -> Survey:
    """The survey with an address, dates, and a page for browsing in a folder."""
    survey.write("conf.py", survey.read("conf.py") + ABOUT)
    for number, key in enumerate(("rossi2019wild", "abbas2021steam", "chen2020flour"), start=1):
        survey.edit("papers.bib", f"{{{key},", f"{{{key},\n  creationdate = {{2026-02-0{number}}},")
    survey.edit("docs/index.md", "references\n", "references\nmore/browse\n")
    survey.write("docs/more/browse.md", BROWSE)
    return survey


def parse(result: Result, name: str) -> html.HtmlElement:
    return html.fromstring((result.output / name).read_bytes())


def texts(nodes: list) -> list[str]:
    return [" ".join(one.text_content().split()) for one in nodes]


def test_a_site_offers_every_file(bread: Survey) -> None:
    result = bread.build()
    assert (result.status, result.warnings) == (0, "")
    names = set(result.files())
    assert {
        "data/bread.bib", "data/bread.csl.json", "data/bread.csv", "data/bread.json",
        "data/bread.ris", "data/survey.schema.json", "data/categories/sourdough.bib",
        "data/categories/dough.ris", "feeds/bread.xml", "feeds/categories/oven.xml",
        "sitemap.xml", "opensearch.xml",
    } <= names  # fmt: skip
    assert not [name for name in names if name.endswith(".unfinished")]
    document = json.loads(result.read("data/bread.json"))
    schema = json.loads(result.read("data/survey.schema.json"))
    jsonschema.validate(document, schema, jsonschema.Draft202012Validator)
    assert {one["key"]: one["page"] for one in document["papers"]} == {
        "rossi2019wild": "https://example.org/bread/dough.html#paper-rossi2019wild",
        "abbas2021steam": "https://example.org/bread/oven.html#paper-abbas2021steam",
        "chen2020flour": "https://example.org/bread/dough.html#paper-chen2020flour",
        "dahl2018yeast": "https://example.org/bread/dough.html#paper-dahl2018yeast",
    }
    feed = feedparser.parse(result.read("feeds/bread.xml"))
    assert not feed.bozo
    assert [one.link.rpartition("#")[2] for one in feed.entries] == [
        "paper-chen2020flour", "paper-abbas2021steam", "paper-rossi2019wild",
    ]  # fmt: skip
    assert feed.feed.links[0].href == "https://example.org/bread/feeds/bread.xml"
    sitemap = etree.fromstring(result.read("sitemap.xml").encode())
    assert sitemap.xpath("//*[local-name()='loc']/text()") == [
        f"https://example.org/bread/{name}.html"
        for name in (
            *("index", "dough", "oven", "references", "more/browse"),
            *("papers/rossi2019wild", "papers/abbas2021steam"),
            *("papers/chen2020flour", "papers/dahl2018yeast"),
        )
    ]


def test_without_an_address_links_stay_relative(survey: Survey) -> None:
    result = survey.build()
    names = set(result.files())
    assert "data/survey.bib" in names
    assert not {"sitemap.xml", "opensearch.xml", "feeds/survey.xml"} & names
    document = json.loads(result.read("data/survey.json"))
    assert document["papers"][0]["page"] == "dough.html#paper-rossi2019wild"
    head = parse(result, "dough.html").xpath("//head")[0]
    assert not head.xpath(".//link[@type='application/atom+xml']")
    assert not head.xpath(".//meta[@property='og:url']")


@pytest.mark.parametrize("builder", ["dirhtml", "singlehtml"])
def test_other_kinds_of_sites_have_right_addresses(builder: str, bread: Survey) -> None:
    result = bread.build(builder)
    assert (result.status, result.warnings) == (0, "")
    document = json.loads(result.read("data/bread.json"))
    place = {"dirhtml": "oven/#", "singlehtml": "index.html#"}[builder]
    assert document["papers"][1]["page"] == f"https://example.org/bread/{place}paper-abbas2021steam"
    shards = (result.output / "_static/livingsurvey").glob("papers-*.js")
    homes = re.findall(r'"home":(\[.*?\])', "".join(path.read_text("utf-8") for path in shards))
    assert f"{place}paper-abbas2021steam" in [json.loads(home)[1] for home in homes]
    page = "more/browse/index.html" if builder == "dirhtml" else "index.html"
    links = parse(result, page).xpath("//a[contains(@class, 'ls-file')]/@href")
    assert links
    base = (result.output / page).parent
    assert all((base / link).resolve().is_file() for link in links)


@pytest.mark.parametrize("builder", ["text", "latex", "epub", "man"])
def test_what_is_no_site_has_no_files(builder: str, bread: Survey) -> None:
    result = bread.build(builder)
    assert result.status == 0
    assert not {name for name in result.files() if name.startswith(("data/", "feeds/"))}


def test_every_builder_can_browse(bread: Survey) -> None:
    text = bread.build("text").read("more/browse.txt")
    assert "Abbas, Omar" in text
    assert "Steam at" in text
    latex = next(bread.build("latex").output.glob("*.tex")).read_text(encoding="utf-8")
    assert r"{\bfseries Abbas, Omar}" in latex
    assert "https://example.org/bread/data/categories/steam.bib" in latex


def test_browsing_links_home(bread: Survey) -> None:
    result = bread.build()
    page = parse(result, "more/browse.html")
    for link in page.xpath("//ul[contains(@class,'ls-people')]//a/@href"):
        target = parse(result, link.removeprefix("../"))
        assert target.xpath("//main[contains(@class,'ls-page')]"), link
    people = texts(page.xpath("//ul[contains(@class,'ls-people')]/li"))
    assert people[0] == "Abbas, Omar Steam at α and β 2021"
    assert "Müller, Jörg WildYeast 2019" in people
    years = texts(page.xpath("//section[@id='years']/section/h3"))
    assert [one.rstrip("¶#") for one in years] == ["2021", "2020", "2019", "2018"]
    assert not page.xpath("//section[@id='venue-proceedings-of-ovens']")  # :minimum: 2
    assert len(page.xpath("//section[@id='venue-journal-of-bread']//li")) == 2
    days = page.xpath("//section[starts-with(@id, 'added-')]/@id")
    assert days == ["added-2026-02-03", "added-2026-02-02"]
    for jump in page.xpath("//p[contains(@class,'ls-jumps')]//a/@href"):
        assert page.xpath(f"//section[@id='{jump[1:]}']"), jump


def test_ids_stay_unique_with_two_lists_of_one_kind(bread: Survey) -> None:
    bread.edit("docs/more/browse.md", "## Venues", "## Again\n\n```{survey:by} year\n```\n\n## V")
    ids = parse(bread.build(), "more/browse.html").xpath("//@id")
    assert len(set(ids)) == len(ids)


def test_an_empty_survey_can_be_browsed(bread: Survey) -> None:
    bread.write("papers.bib", "")
    for name in ("dough", "oven"):
        bread.write(f"docs/{name}.md", f"# {name}\n")
    for builder in ("html", "text", "latex"):
        result = bread.build(builder)
        assert result.status == 0
    assert "No papers yet." in bread.build("text").read("more/browse.txt")


def test_a_wrong_kind_is_an_error_at_its_line(bread: Survey) -> None:
    bread.edit("docs/more/browse.md", "{survey:by} year", "{survey:by} decade")
    assert "browse.md:5" in bread.build().warnings


def test_the_head_describes_the_survey_and_nothing_else(bread: Survey) -> None:
    result = bread.build()
    head = parse(result, "index.html").xpath("//head")[0]

    def meta(name: str) -> list[str]:
        return head.xpath(f".//meta[@name='{name}' or @property='{name}']/@content")

    assert meta("citation_title") == ["Bread & <Butter>"]
    assert meta("citation_author") == ["Baker, Ann", "The Bakers"]
    assert meta("citation_publication_date") == ["2026/11/23"]
    assert meta("citation_pdf_url") == ["https://example.org/bread/bread.pdf"]
    assert meta("og:url") == ["https://example.org/bread/index.html"]
    assert meta("description") == ["All about </script> bread."]
    (script,) = head.xpath(".//script[@type='application/ld+json']")
    site, book, data = json.loads(script.text)["@graph"]
    assert [one["@type"] for one in (site, book, data)] == ["WebSite", "Book", "Dataset"]
    assert book["description"] == "All about </script> bread."
    assert book["author"] == [
        {"@type": "Person", "name": "Ann Baker"}, {"@type": "Organization", "name": "The Bakers"},
    ]  # fmt: skip
    assert book["citation"] == [{"@type": "ScholarlyArticle", "url": "https://example.org/paper"}]
    for download in data["distribution"]:
        path = download["contentUrl"].removeprefix("https://example.org/bread/")
        assert (result.output / path).is_file()
    for name in ("dough.html", "references.html"):
        other = parse(result, name).xpath("//head")[0]
        assert not other.xpath(".//meta[starts-with(@name, 'citation_')]")
        assert other.xpath(".//meta[@property='og:url']/@content") == [
            f"https://example.org/bread/{name}"
        ]


def test_every_page_leads_to_the_feeds_it_has_to_do_with(bread: Survey) -> None:
    result = bread.build()

    def feeds(name: str) -> list[tuple[str, str]]:
        links = parse(result, name).xpath("//head/link[@type='application/atom+xml']")
        for link in links:
            path = (result.output / name).parent / link.get("href")
            assert path.resolve().is_file()
        return [(link.get("href"), link.get("title")) for link in links]

    everything = "Bread & <Butter>"
    assert feeds("dough.html") == [
        ("feeds/bread.xml", everything),
        ("feeds/categories/dough.xml", f"{everything}: Dough"),
    ]
    assert feeds("more/browse.html") == [("../feeds/bread.xml", everything)]
    for name in ("index.html", "search.html", "more/browse.html"):
        (link,) = parse(result, name).xpath("//head/link[contains(@type, 'opensearch')]/@href")
        assert ((result.output / name).parent / link).resolve().is_file()


def test_an_entry_offers_itself_to_reference_managers(bread: Survey) -> None:
    result = bread.build()
    for key in ("rossi2019wild", "abbas2021steam", "chen2020flour", "dahl2018yeast"):
        (span,) = parse(result, f"papers/{key}.html").xpath("//span[@class='Z3988']")
        context = parse_qs(span.get("title"), strict_parsing=True)
        assert context["ctx_ver"] == ["Z39.88-2004"]
        assert span.get("aria-hidden") == "true"
        assert not span.text_content()
    assert not parse(result, "references.html").xpath("//span[@class='Z3988']")


def test_a_listing_offers_the_files_of_its_category(bread: Survey) -> None:
    result = bread.build()
    (line,) = parse(result, "oven.html").xpath("//p[@class='ls-take-away']")
    assert line.xpath("a/@href") == [
        "data/categories/steam.bib", "data/categories/steam.ris", "data/categories/steam.csl.json",
    ]  # fmt: skip


def test_the_downloads_say_how_much_is_in_them(bread: Survey) -> None:
    page = parse(bread.build(), "more/browse.html")
    whole, parts = page.xpath("//table[contains(@class, 'ls-downloads')]")
    rows = {row[0]: row[1] for row in (texts(tr.xpath("td")) for tr in whole.xpath(".//tbody/tr"))}
    assert rows == {
        "BibTeX": "4", "RIS": "4", "CSL-JSON": "4", "CSV": "4", "JSON": "4", "Atom": "3",
    }  # fmt: skip
    rows = {row[0]: row[1] for row in (texts(tr.xpath("td")) for tr in parts.xpath(".//tbody/tr"))}
    assert (rows["Dough"], rows["Sourdough"], rows["Steam"]) == ("3", "2", "1")


# Incremental builds ---------------------------------------------------------------------------


def retag(survey: Survey) -> None:
    survey.edit("papers.bib", "keywords      = {flour}", "keywords      = {steam, flour}")


def move_home(survey: Survey) -> None:
    survey.edit("docs/oven.md", "## Steam", "## Heat\n\nHot.\n\n## Steam")


def rename_author(survey: Survey) -> None:
    survey.edit("papers.bib", "Dahl, Per", "Ødahl, Per")


def drop_category(survey: Survey) -> None:
    survey.edit("taxonomy.toml", '[dough.flour]\ntitle = "Flour"\n', "")
    survey.edit("papers.bib", "keywords      = {flour}", "keywords      = {yeast}")
    survey.edit("papers.bib", "sourdough, flour,", "sourdough,")
    survey.edit("docs/dough.md", "```{survey:papers} flour\n:form: table\n```\n", "None.\n")
    survey.edit("docs/oven.md", " and {survey:category}`flour`", "")


def rename_root(survey: Survey) -> None:
    survey.edit("taxonomy.toml", 'title = "Oven"', 'title = "Hearth"')


def change_slug(survey: Survey) -> None:
    survey.edit("conf.py", '"slug": "bread"', '"slug": "loaf"')


def move_site(survey: Survey) -> None:
    survey.edit("conf.py", "example.org/bread", "example.net")


def drop_address(survey: Survey) -> None:
    survey.edit("conf.py", 'html_baseurl = "https://example.org/bread"', "")


def drop_feeds(survey: Survey) -> None:
    survey.edit("conf.py", '"tag_authority": "example.org,2026:bread",', "")
    drop_address(survey)


def date_another(survey: Survey) -> None:
    survey.edit("papers.bib", "{dahl2018yeast,", "{dahl2018yeast,\n  creationdate = {2026-03-01},")


@pytest.mark.slow
@pytest.mark.parametrize(
    "edit",
    [
        retag, move_home, rename_author, drop_category, rename_root, change_slug, move_site,
        drop_address, drop_feeds, date_another,
    ],
    ids=lambda edit: edit.__name__,
)  # fmt: skip
def test_incremental_equals_clean(edit, bread: Survey) -> None:
    bread.build()
    edit(bread)
    incremental = bread.build(jobs=2)
    clean = bread.build(clean=True)
    assert (incremental.status, incremental.warnings) == (clean.status, clean.warnings)
    one, other = incremental.files(), clean.files()
    assert sorted(n for n in one.keys() | other.keys() if one.get(n) != other.get(n)) == []


def test_files_that_are_gone_come_back(bread: Survey) -> None:
    first = bread.build()
    (first.output / "data/bread.csv").unlink()
    assert bread.build().files() == first.files()


def test_a_damaged_manifest_is_no_obstacle(bread: Survey) -> None:
    first = bread.build()
    manifest = first.output / ".livingsurvey"
    known = json.loads(manifest.read_text(encoding="utf-8"))
    parts: list[dict[str, object]] = [{}, {"files": 2}, {"files": ["x"]}, {"pages": []}]
    for text in ("", "[]", "{}", *(json.dumps({**known, **part, "inputs": ""}) for part in parts)):
        manifest.write_text(text, encoding="utf-8")
        assert bread.build().files() == first.files()


def test_the_manifest_cannot_reach_out_of_the_site(bread: Survey) -> None:
    first = bread.build()
    treasure = bread.path / "treasure"
    treasure.write_text("gold", encoding="utf-8")
    names = ["../../treasure", str(treasure)]
    manifest = first.output / ".livingsurvey"
    known = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps({**known, "inputs": "old", "files": names}), encoding="utf-8")
    bread.build()
    assert treasure.read_text(encoding="utf-8") == "gold"


def test_a_file_that_did_not_change_is_not_written(bread: Survey) -> None:
    output = bread.build().output
    before = {path: path.stat().st_mtime_ns for path in output.glob("data/**/*") if path.is_file()}
    bread.edit("papers.bib", "{Steam at", "{Hot steam at")
    bread.build()
    changed = {
        path.relative_to(output).as_posix()
        for path, time in before.items()
        if path.stat().st_mtime_ns != time
    }
    assert "data/categories/steam.bib" in changed
    assert not {"data/categories/flour.bib", "data/survey.schema.json"} & changed


def test_a_build_without_work_does_not_read_the_bibliography(
    bread: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = bread.build()

    def refuse(*_: object) -> None:
        pytest.fail("the catalog was read")

    monkeypatch.setattr(Catalog, "__init__", refuse)
    again = bread.build()
    assert (again.status, again.files()) == (0, first.files())


# Configuration --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ('{"titel": "x"}', "did you mean 'title'?"),
        ('{"authors": "Ann"}', "a list of texts"),
        ('{"title": ["x"]}', "a text"),
        ('{"slug": "../x"}', "letters, digits"),
        ('{"tag_authority": "example.org"}', "domain,year:name"),
        ('{"date": "today"}', "YYYY"),
        ('{"license": "MIT"}', "an http or https address"),
    ],
)
def test_a_wrong_value_is_said_before_anything_is_read(
    value: str, message: str, survey: Survey
) -> None:
    survey.write("conf.py", survey.read("conf.py") + f"\nlivingsurvey_about = {value}\n")
    result = survey.build()
    assert result.status == 2
    assert message in " ".join(result.warnings.split())


# Other projects -------------------------------------------------------------------------------


def test_another_project_links_to_a_paper_and_a_category(bread: Survey, tmp_path: Path) -> None:
    from sphinx.cmd.build import build_main
    from sphinx.util.docutils import docutils_namespace

    output = bread.build().output
    other = tmp_path / "other"
    other.mkdir()
    (other / "conf.py").write_text(
        "extensions = ['myst_parser', 'sphinx.ext.intersphinx']\n"
        f"inventory = {str(output / 'objects.inv')!r}\n"
        "intersphinx_mapping = {'bread': ('https://example.org/bread/', inventory)}\n",
        encoding="utf-8",
    )
    (other / "index.md").write_text(
        "# Other\n\n[](inv:bread:survey:entry#abbas2021steam)\n"
        "[](inv:bread:survey:category#steam)\n"
        "[](inv:bread#chen2020flour)\n",
        encoding="utf-8",
    )
    with docutils_namespace():
        status = build_main(["-q", "-n", "-W", str(other), str(tmp_path / "out")])
    assert status == 0
    page = html.fromstring((tmp_path / "out/index.html").read_bytes())
    links = {
        link.get("href"): link.text_content()
        for link in page.xpath("//a[starts-with(@href, 'https://example.org')]")
    }
    assert links == {
        "https://example.org/bread/oven.html#paper-abbas2021steam": "Steam at α and β",
        "https://example.org/bread/oven.html#steam": "Steam",
        "https://example.org/bread/dough.html#paper-chen2020flour": "Flour 50% Better",
    }


SEARCH = """
const fs = require("fs"), vm = require("vm");
const [folder, query] = process.argv.slice(1);
const nothing = () => null, none = () => [];
const world = {
  console, URLSearchParams, setTimeout, _: (text) => text, _ready: nothing,
  location: { search: "?q=" + encodeURIComponent(query) },
  document: { getElementById: nothing, querySelector: nothing, querySelectorAll: none,
    documentElement: { dataset: { content_root: "./" } }, addEventListener: nothing },
  DOCUMENTATION_OPTIONS: {}, SPHINX_HIGHLIGHT_ENABLED: false, addEventListener: nothing,
};
world.window = world;
vm.createContext(world);
for (const name of ["_static/language_data.js", "_static/searchtools.js", "searchindex.js"])
  vm.runInContext(fs.readFileSync(`${folder}/${name}`, "utf8"), world);
world.query = query;
const found = vm.runInContext("Search._performSearch(...Search._parseQuery(query))", world);
console.log(JSON.stringify(found.reverse().map(([page, title, anchor]) => [title, page + anchor])));
"""


@pytest.mark.needs_tool("node")
@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("WildYeast", "dough#paper-rossi2019wild"),
        ("wildyeast: old cultures in new bread", "dough#paper-rossi2019wild"),
        ("Old Cultures in New Bread", "dough#paper-rossi2019wild"),
        ("Yeast Counts", "dough#paper-dahl2018yeast"),
        ("flour 50% better", "dough#paper-chen2020flour"),
        ("steam", "oven#steam"),
        ("Yeast+", "dough#paper-abbas2021steam"),
    ],
)
def test_the_search_shows_first_what_is_called_so(query: str, first: str, bread: Survey) -> None:
    # A paper of nearly the same name, and a term of the glossary that stock Sphinx would prefer.
    bread.edit(
        "papers.bib", "keywords      = {steam}", "keywords      = {yeast},\n  shorttitle = {Yeast+}"
    )
    bread.write(
        "docs/oven.md",
        "# Oven\n\n## Steam\n\n```{survey:papers} steam\n```\n\n"
        "```{glossary}\nWildYeast\n  Wild.\n```\n",
    )
    output = bread.build().output
    result = subprocess.run(
        ["node", "-e", SEARCH, str(output), query], capture_output=True, text=True, check=True
    )
    found = json.loads(result.stdout)
    assert found[0][1] == first
    targets = [target for _, target in found if "#" in target]
    for target in targets:
        page, _, anchor = target.partition("#")
        ids = html.fromstring((output / f"{page}.html").read_bytes()).xpath("//@id")
        assert anchor in ids, target
