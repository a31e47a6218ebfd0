"""The pages of papers: what they say, which are written again, which go."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from lxml import html

if TYPE_CHECKING:
    from .conftest import Result, Survey

PAGE = "papers/rossi2019wild.html"


def read(result: Result, name: str = PAGE) -> html.HtmlElement:
    return html.fromstring(result.read(name))


def test_it_says_what_the_survey_knows(survey: Survey) -> None:
    page = read(survey.build())
    text = " ".join(page.xpath("//main")[0].text_content().split())
    for part in ("Sourdough", "Anna Rossi", "Wei Ng", "Journal of Bread", "Shows that old"):
        assert part in text
    assert page.xpath("//h1")[0].text_content() == "WildYeast: Old Cultures in New Bread"
    assert page.xpath("//meta[@name='description']/@content")
    (linked,) = page.xpath("//script[@type='application/ld+json']")
    work = json.loads(linked.text)["mainEntity"]
    assert work["@type"] == "ScholarlyArticle"
    assert work["name"] == "WildYeast: Old Cultures in New Bread"
    # Scholar would take the page for the paper.
    assert not page.xpath("//meta[starts-with(@name, 'citation_')]")


def test_it_is_lean(survey: Survey) -> None:
    page = read(survey.build())
    assert not page.xpath("//*[contains(@class, 'toctree')]")
    assert len(page.xpath("//nav | //aside")) <= 1


SOURCE = 'livingsurvey_about = {"source": "https://example.org/edit/main/{path}"}'


def test_pages_lead_to_where_they_are_edited(survey: Survey) -> None:
    assert not read(survey.build()).xpath("//a[@rel='edit']")
    survey.write("conf.py", f"{survey.read('conf.py')}{SOURCE}\n")
    result = survey.build()
    prefix = "https://example.org/edit/main/"
    # The file, and no line: what is edited has other lines than what this site was made of.
    assert read(result).xpath("//a[@rel='edit']/@href") == [f"{prefix}papers.bib"]
    assert read(result, "dough.html").xpath("//a[@rel='edit']/@href") == [f"{prefix}docs/dough.md"]
    assert not read(result, "genindex.html").xpath("//a[@rel='edit']")


def test_every_link_lands(survey: Survey) -> None:
    result = survey.build()
    for path in sorted((result.output / "papers").glob("*.html")):
        page = html.fromstring(path.read_text(encoding="utf-8"))
        for link in page.xpath("//main//a/@href"):
            name, _, anchor = link.partition("#")
            if name.startswith("http"):
                continue
            target = (path.parent / name).resolve() if name else path
            assert target.is_file(), link
            if anchor:
                ids = html.fromstring(target.read_text(encoding="utf-8")).xpath("//@id")
                assert anchor in ids, link


@pytest.mark.parametrize("builder", ["html", "dirhtml"])
def test_titles_in_listings_lead_to_it(builder: str, survey: Survey) -> None:
    result = survey.build(builder)
    name = {"html": "dough.html", "dirhtml": "dough/index.html"}[builder]
    (link,) = read(result, name).xpath("//*[@id='paper-rossi2019wild']//cite/a/@href")
    target = (result.output / name).parent / link
    assert target.is_file() or (target / "index.html").is_file()


def test_only_pages_that_change_are_written(survey: Survey) -> None:
    before = survey.build()
    times = {path.name: path.stat().st_mtime_ns for path in (before.output / "papers").iterdir()}
    survey.edit("papers.bib", "Old Cultures in New Bread", "Old Cultures in Newer Bread")
    after = survey.build()
    written = {
        path.name
        for path in (after.output / "papers").iterdir()
        if path.stat().st_mtime_ns != times[path.name]
    }
    assert PAGE.rpartition("/")[2] in written
    assert len(written) < len(times)


def test_the_page_of_a_removed_paper_goes(survey: Survey) -> None:
    result = survey.build()
    assert "papers/dahl2018yeast.html" in result.files()
    survey.edit("papers.bib", "{dahl2018yeast,", "{dahl2018rye,")
    text = survey.read("docs/oven.md") + survey.read("docs/dough.md")
    for name in ("docs/oven.md", "docs/dough.md"):
        if "dahl2018yeast" in survey.read(name):
            survey.write(name, survey.read(name).replace("dahl2018yeast", "dahl2018rye"))
    assert "dahl2018yeast" in text
    files = survey.build().files()
    assert "papers/dahl2018rye.html" in files
    assert "papers/dahl2018yeast.html" not in files


def test_nothing_outside_of_the_site_goes(survey: Survey) -> None:
    result = survey.build()
    treasure = result.output.parent / "treasure.html"
    treasure.write_text("mine", encoding="utf-8")
    manifest = result.output / ".livingsurvey"
    known = json.loads(manifest.read_text(encoding="utf-8"))
    known["pages"]["../../treasure"] = "0"
    known["tables"] = [str(treasure.with_suffix(""))]
    manifest.write_text(json.dumps(known), encoding="utf-8")
    survey.edit("papers.bib", "Old Cultures in New Bread", "Old Cultures in Newer Bread")
    survey.build()
    assert treasure.read_text(encoding="utf-8") == "mine"
    assert "../../treasure" not in manifest.read_text(encoding="utf-8")


TABLE = "explorer-table.html"


def test_the_table_of_the_explorer_is_a_page_of_its_own(survey: Survey) -> None:
    survey.write(
        "docs/explorer.md", "---\norphan: true\n---\n\n# Find\n\n```{survey:explorer}\n```\n"
    )
    result = survey.build()
    (link,) = re.findall(r'<noscript>.*href="([^"]+)".*</noscript>', result.read("explorer.html"))
    assert link == TABLE
    table = read(result, TABLE)
    assert len(table.xpath("//tr[@data-anchor]")) == len(list(result.output.glob("papers/*.html")))
    for href in table.xpath("//table//a[contains(@class, 'internal')]/@href"):
        assert (result.output / href).is_file()
    survey.edit("papers.bib", "Old Cultures in New Bread", "Old Cultures in Old Bread")
    result = survey.build()
    assert "Old Cultures in Old Bread" in result.read(TABLE)
    assert result.files() == survey.build(clean=True).files()
    # It goes with the explorer, and comes back with it.
    text = survey.read("docs/explorer.md")
    survey.write("docs/explorer.md", "---\norphan: true\n---\n\n# Find\n")
    result = survey.build()
    assert not (result.output / TABLE).exists()
    assert result.files() == survey.build(clean=True).files()
    survey.write("docs/explorer.md", text)
    result = survey.build()
    assert result.files() == survey.build(clean=True).files()
