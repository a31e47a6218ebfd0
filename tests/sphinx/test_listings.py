"""What {survey:papers} prints, where each paper is at home, and what is reported otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import html

if TYPE_CHECKING:
    from .conftest import Survey


def keys(page: str, tag: str) -> list[str]:
    """Return the papers at home in a listing, in order."""
    found = html.fromstring(page).xpath(
        f'//*[@id="papers-{tag}"]//*[starts-with(@id, "paper-")]/@id'
    )
    return [one.removeprefix("paper-") for one in found]


def test_a_paper_is_at_home_in_its_first_category_and_a_guest_in_the_others(
    survey: Survey,
) -> None:
    page = survey.build().read("dough.html")
    assert keys(page, "sourdough") == ["rossi2019wild"]
    assert keys(page, "yeast") == ["dahl2018yeast"]
    tree = html.fromstring(page)
    (guest,) = tree.xpath('//*[@id="papers-sourdough"]//*[contains(@class, "ls-guests")]/li')
    assert "Yeast Counts" in guest.text_content()
    assert guest.xpath(".//a/@href")[-1] == "#paper-dahl2018yeast"


def test_a_full_entry_says_everything(survey: Survey) -> None:
    result = survey.build()
    tree = html.fromstring(result.read("dough.html"))
    (entry,) = tree.xpath('//*[@id="paper-rossi2019wild"]')
    text = " ".join(entry.text_content().split())
    assert "WildYeast: Old Cultures in New Bread" in text
    assert "Anna Rossi, Jörg Müller, Claire Le Brun et al." in text
    assert "Shows that old cultures keep" in text
    assert "papers/rossi2019wild.html" in entry.xpath(".//a/@href")
    entry = html.fromstring(result.read("papers/rossi2019wild.html")).xpath("//main")[0]
    text = " ".join(entry.text_content().split())
    assert "WildYeast: Old Cultures in New Bread" in text
    assert "Anna Rossi, Jörg Müller, Claire Le Brun, Wei Ng" in text
    assert "Journal of Bread" in text
    assert "2019" in text
    assert "Shows that old cultures keep" in text
    links = entry.xpath(".//a/@href")
    assert "https://doi.org/10.1234/bread.1" in links
    assert "../dough.html#flour" in links
    bibtex, ris, csl = entry.xpath(".//pre")
    assert ris.text_content().startswith("TY  - JOUR")
    assert csl.text_content().startswith("[")
    assert bibtex.text_content().startswith("@article{rossi2019wild,\n  title         = {{Wild")
    assert "keywords" not in bibtex.text_content()


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("newest", ["c2021", "b2020", "a2019"]),
        ("oldest", ["a2019", "b2020", "c2021"]),
        ("title", ["b2020", "c2021", "a2019"]),
        ("author", ["c2021", "a2019", "b2020"]),
        ("added", ["b2020", "a2019", "c2021"]),
        ("file", ["b2020", "a2019", "c2021"]),
    ],
)
def test_listings_sort(order: str, expected: list[str], survey: Survey) -> None:
    survey.write(
        "papers.bib",
        """
@misc{b2020, title={The Apple}, author={Zed, A}, year=2020, keywords={steam},
  creationdate={2026-03-01}}
@misc{a2019, title={Élan Zoo}, author={Mid, B}, year=2019, keywords={steam},
  creationdate={2026-02-01}}
@misc{c2021, title={Bread}, author={Ash, C}, year=2021, keywords={steam},
  creationdate={2026-01-01}}
""",
    )
    for name in ("dough", "oven"):
        survey.write(f"docs/{name}.md", f"# {name}\n")
    listing = f"# Oven\n\n```{{survey:papers}} steam\n:order: {order}\n```\n"
    survey.write("docs/oven.md", listing)
    assert keys(survey.build().read("oven.html"), "steam") == expected


@pytest.mark.parametrize("form", ["cards", "table", "list"])
def test_every_form_holds_the_home_of_its_papers(form: str, survey: Survey) -> None:
    survey.edit("docs/oven.md", ":form: list", f":form: {form}")
    result = survey.build()
    assert result.warnings == ""
    assert keys(result.read("oven.html"), "steam") == ["abbas2021steam"]
    assert "oven.html#paper-abbas2021steam" in result.read("references.html")


def test_an_excerpt_is_no_home_and_respects_its_limit(survey: Survey) -> None:
    listing = "```{survey:papers} dough\n:limit: 2\n```\n"
    survey.edit("docs/index.md", "# Bread\n", f"# Bread\n\n{listing}")
    result = survey.build()
    assert result.warnings == ""
    tree = html.fromstring(result.read("index.html"))
    lines = tree.xpath('//*[contains(@class, "ls-papers")]//li')
    assert [" ".join(one.text_content().split())[:9] for one in lines] == ["Flour 50%", "WildYeast"]
    assert tree.xpath('//*[starts-with(@id, "paper-")]') == []


def test_a_home_listed_twice_is_reported_at_the_second(survey: Survey) -> None:
    listing = "```{survey:papers} flour\n```\n"
    survey.edit("docs/oven.md", "## Steam", f"## Flour again\n\n{listing}\n## Steam")
    assert survey.build().warnings.strip() == (
        "docs/oven.md:7: WARNING: the category 'flour' is at home in docs/dough.md:21 already; "
        "add the option :excerpt: here [survey.home_twice]"
    )


def test_a_category_without_home_is_reported_in_the_taxonomy(survey: Survey) -> None:
    survey.edit("docs/oven.md", "```{survey:papers} steam\n:form: list\n```", "Nothing yet.")
    assert survey.build().warnings.splitlines() == [
        (
            "docs/dough.md:3: WARNING: the category 'oven' has no section to link to; list it "
            "somewhere: {survey:papers} oven [survey.home_missing]"
        ),
        (
            "taxonomy.toml:24:2: WARNING: no page lists the category 'steam'; add a section with "
            "{survey:papers} steam [survey.home_missing]"
        ),
    ]


@pytest.mark.parametrize("name", ["overview", "timeline", "heatmap", "venues", "recent", "papers"])
def test_a_directive_with_an_unknown_category_leaves_the_rest_of_the_page(
    name: str, survey: Survey
) -> None:
    survey.edit("docs/oven.md", "# Oven", f"# Oven\n\n```{{survey:{name}}} staem\n```\n\nIt stays.")
    result = survey.build()
    assert "Traceback" not in result.warnings
    assert "It stays." in result.read("oven.html")


@pytest.mark.parametrize("name", ["overview", "timeline", "heatmap", "venues"])
def test_a_category_that_goes_from_the_taxonomy_breaks_no_chart(name: str, survey: Survey) -> None:
    """The pages are asked what has changed before anybody could have edited them."""
    survey.edit("docs/oven.md", "# Oven", f"# Oven\n\n```{{survey:{name}}} steam\n```")
    survey.build()
    survey.edit("taxonomy.toml", '[oven.steam]\ntitle = "Steam"', "")
    result = survey.build()
    assert "Traceback" not in result.warnings
    assert "no category has the tag 'steam'" in result.warnings
    assert result.files() == survey.build(clean=True).files()


def test_an_unknown_category_is_reported_with_a_suggestion(survey: Survey) -> None:
    survey.edit("docs/oven.md", "{survey:papers} steam", "{survey:papers} staem")
    warnings = survey.build().warnings
    assert "no category has the tag 'staem'; did you mean 'steam'? [survey.unknown_category]" in (
        warnings
    )
    assert "docs/oven.md:7" in warnings


def test_an_empty_category_says_so_in_every_builder(survey: Survey) -> None:
    survey.edit("papers.bib", "keywords      = {steam}", "keywords      = {flour}")
    for builder, name in (("html", "oven.html"), ("latex", "bread.tex"), ("text", "oven.txt")):
        result = survey.build(builder)
        assert (result.status, result.warnings) == (0, "")
        assert "No papers yet." in result.read(name)


def test_category_links_find_parents_by_the_section_around_their_children(survey: Survey) -> None:
    links_to = "See {survey:category}`ferment`, {survey:category}`dough`. Heat"
    survey.edit("docs/oven.md", "Heat", links_to)
    tree = html.fromstring(survey.build().read("oven.html"))
    links = {
        one.text_content(): one.get("href")
        for one in tree.xpath('//a[.//*[contains(@class, "ls-category")]]')
    }
    assert links == {
        "Fermentation": "dough.html#fermentation",
        "Dough": "dough.html",
        "Flour": "dough.html#flour",
    }


def test_an_alias_of_a_category_works_in_roles_and_directives(survey: Survey) -> None:
    survey.edit("docs/dough.md", "{survey:papers} sourdough", "{survey:papers} Levain")
    survey.edit("docs/oven.md", "{survey:category}`flour`", "{survey:category}`levain`")
    result = survey.build()
    assert result.warnings == ""
    assert 'href="dough.html#sourdough"' in result.read("oven.html")


def test_markdown_links_and_any_find_papers_and_categories(survey: Survey) -> None:
    survey.edit("docs/oven.md", "Heat", "[](#rossi2019wild), {any}`steam`. Heat")
    result = survey.build()
    assert result.warnings == ""
    links = html.fromstring(result.read("oven.html")).xpath("//p//a/@href")
    assert links[:2] == ["dough.html#paper-rossi2019wild", "#steam"]


def test_papers_and_categories_are_in_the_inventory_and_the_search(survey: Survey) -> None:
    from sphinx.util.inventory import InventoryFile

    result = survey.build()
    with (result.output / "objects.inv").open("rb") as stream:
        inventory = InventoryFile.load(stream, "", lambda base, path: path)
    papers, categories = inventory["survey:entry"], inventory["survey:category"]
    assert set(papers) >= {"rossi2019wild", "abbas2021steam", "chen2020flour", "dahl2018yeast"}
    assert set(categories) >= {
        "dough", "ferment", "sourdough", "yeast", "flour", "oven", "steam",
    }  # fmt: skip
    # What is known by a former tag is found by it.
    assert str(categories["levain"]) == str(categories["sourdough"])
    former = result.read("data/categories/levain.bib")
    assert former == result.read("data/categories/sourdough.bib")
    assert "WildYeast: Old Cultures in New Bread" in result.read("searchindex.js")


@pytest.mark.parametrize("builder", ["html", "latex", "text", "man", "epub", "xml", "pseudoxml"])
def test_every_builder_is_silent_and_names_every_paper(builder: str, survey: Survey) -> None:
    result = survey.build(builder, "-W")
    assert (result.status, result.warnings) == (0, "")
    pages = "".join(
        path.read_text(encoding="utf-8", errors="ignore")
        for path in result.output.rglob("*")
        if path.is_file() and path.suffix not in {".epub", ".pickle"}
    )
    for title in ("Old Cultures in New Bread", "Yeast Counts"):
        assert title in " ".join(pages.split())


def test_two_readers_write_what_one_writes(survey: Survey) -> None:
    for builder in ("html", "latex"):
        one = survey.build(builder)
        two = survey.build(builder, jobs=2, place="-parallel")
        assert one.files() == two.files()


def test_link_check_sees_the_links_of_papers(survey: Survey) -> None:
    survey.write("conf.py", survey.read("conf.py") + 'linkcheck_ignore = [".*"]\n')
    output = survey.build("linkcheck").read("output.json")
    for link in ("https://doi.org/10.1234/bread.1", "https://arxiv.org/abs/2101.01234"):
        assert link in output
