"""Citations say what stock sphinxcontrib-bibtex says, and land where they should."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from docutils import nodes
from lxml import html
from sphinxcontrib.bibtex.citation_target import CitationTarget
from sphinxcontrib.bibtex.domain import BibtexDomain
from sphinxcontrib.bibtex.plugin import find_plugin

from livingsurvey.catalog import load
from livingsurvey.sphinxext.citation_texts import Citations
from livingsurvey.sphinxext.registration import CITATION_ROLES

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Survey

ENTRIES = r"""
@article{one, author={Smith, Ann}, title={One}, journal={J}, year={2001}, keywords={flour}}
@article{two, author={Smith, Ann and Jones, Bob}, title={Two}, journal={J}, year=2001, keywords={flour}}
@article{three, author={M{\"u}ller, J{\"o}rg and {\O}re, Per and van der Berg, Li and Ng, Wei},
  title={Three}, journal={J}, year={2003}, keywords={flour}}
@misc{collective, author={{Bread Lab}}, title={Four}, year={2004}, keywords={flour}}
@book{edited, editor={Roe, Ed and Doe, Jo}, title={Five}, publisher={P}, year={2005}, keywords={flour}}
@misc{untitled, title={The {Title} Alone}, year={2006}, keywords={flour}}
@misc{undated, author={Zed, Zoe}, title={Seven}, keywords={flour}}
@article{others, author={Ames, Al and others}, title={Eight}, journal={J}, year={2008}, keywords={flour}}
@article{junior, author={King, Jr., Martin L.}, title={Nine}, journal={J}, year={2009}, keywords={flour}}
"""  # noqa: E501

TARGETS = (
    "one", "two", "three", "collective", "edited", "untitled", "undated", "others", "junior",
    "one,two", "one,two,three", "{see}one", "one{p. 3}", "{see}one{p. 3},{also}three{ch. 2}",
)  # fmt: skip


def make_page() -> str:
    lines = ["# Roles\n"]
    lines += [f"{{cite:{role}}}`{target}`\n" for role in CITATION_ROLES for target in TARGETS]
    lines.append("{cite}`one`\n")
    return "\n".join(lines)


def read_citations(page: str) -> list[tuple[str, int]]:
    """Return the text of each citation and the number of links in it."""
    spans = html.fromstring(page).xpath('//span[contains(@class, "bibtex-citation")]')
    return [(" ".join(one.text_content().split()), len(one.xpath(".//a"))) for one in spans]


def test_the_roles_are_those_of_stock() -> None:
    assert set(CITATION_ROLES) == set(BibtexDomain.roles)


@pytest.mark.parametrize("labels", ["alpha", "plain", "unsrt"])
@pytest.mark.parametrize("style", ["author_year", "label", "super"])
def test_every_role_says_what_stock_says(
    style: str, labels: str, survey: Survey, make_survey
) -> None:
    survey.write("conf.py", survey.read("conf.py") + f'bibtex_default_style = "{labels}"\n')
    survey.write("papers.bib", ENTRIES)
    survey.edit("conf.py", '"author_year"', f'"{style}"')
    survey.write("docs/oven.md", make_page())
    survey.write("docs/dough.md", "# Dough\n")
    ours = survey.build()

    stock = make_survey()
    stock.write("conf.py", survey.read("conf.py"))
    for name in ("dough", "references", "index"):
        (stock.path / f"docs/{name}.md").unlink()
    stock.write("papers.bib", ENTRIES)
    stock.edit("conf.py", '"livingsurvey"', '"sphinxcontrib.bibtex"')
    stock.edit("conf.py", 'livingsurvey_taxonomy = "taxonomy.toml"\n', "")
    stock.edit("conf.py", 'html_math_renderer = "mathml"\n', "")
    stock.write("docs/oven.md", make_page())
    stock.write(
        "docs/index.md", "# I\n\n```{toctree}\noven\n```\n\n```{bibliography}\n:all:\n```\n"
    )
    theirs = stock.build()

    expected = read_citations(theirs.read("oven.html"))
    assert len(expected) == len(CITATION_ROLES) * len(TARGETS) + 1
    assert read_citations(ours.read("oven.html")) == expected


STENCIL_ENTRIES = (
    ENTRIES
    + r"""
@misc{particle, author={van der Berg, Li and de la Cruz, Ana}, title={$x$ & {Y}}, year={2010}}
@misc{initials, author={Hu, E. J. and Ng, A. Y. and Le, Q.}, title={Ten}, year={2010}}
@misc{lower, author={bell hooks}, title={Eleven}, year={2011}}
@misc{tex, author={O'Neil, C. and Do\v{s}en, K. and {\'E}va, M.}, title={Twelve}, year={2012}}
@misc{numbers, author={{3M} and {The Qzx qj Group}}, title={qzX0qJ}, year={2013}}
"""
)


@pytest.mark.parametrize(("before", "behind"), [("", ""), ("see ", "p. 3"), ("qzX3qJ", "KvW1pf")])
@pytest.mark.parametrize("name", ["author_year", "label", "super"])
def test_a_stencil_prints_what_the_style_prints(
    name: str, before: str, behind: str, tmp_path: Path
) -> None:
    (tmp_path / "papers.bib").write_text(STENCIL_ENTRIES, encoding="utf-8")
    catalog, _ = load([tmp_path / "papers.bib"], None, tmp_path)
    citations = {}
    for use_stencils in (True, False):
        style = find_plugin("sphinxcontrib.bibtex.style.referencing", name)()
        citations[use_stencils] = Citations(catalog, style, "alpha", ())
    citations[False].stencils = None
    for role in style.role_names():
        for key in catalog.papers:
            target = CitationTarget(key, before, behind)
            cut, printed = (_flatten(one.make(role, (target,))) for one in citations.values())
            assert cut == printed, (role, key)
            said = {one.read_aloud(role, (target,)) for one in citations.values()}
            assert said == {citations[False].make(role, (target,)).astext()}, (role, key)
    # Plain names come from stencils; not a name that the role must change, nor anything where
    # the text around it reads like a mark, nor by a style of labels.
    cut = citations[True].cut
    is_cut = name == "author_year" and not before.startswith("qz")
    assert bool(cut("p", (CitationTarget("initials", before, behind),))) == is_cut
    assert cut("ct", (CitationTarget("particle", before, behind),)) is None


SPELLED_STYLE = """
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

class Spelled(AuthorYearReferenceStyle):
    "A style that is not stock's own has no stencils: its citations are nodes to the end."

register_plugin("sphinxcontrib.bibtex.style.referencing", "spelled", Spelled)
"""


@pytest.mark.parametrize("builder", ["html", "dirhtml", "singlehtml"])
def test_a_citation_written_at_once_is_the_one_written_node_by_node(
    builder: str, survey: Survey
) -> None:
    # The last two read like the mark of the address, where the pages have one and two authors.
    marked = "{cite:p}`{see @x & y}three`, {cite:t}`{qzX4qJ <b>}one`, {cite}`two{qzX5qJ}`"
    survey.write("papers.bib", ENTRIES.replace("title={One}", 'title={1 < $x$ & "2" @ 3}'))
    survey.write("docs/oven.md", f"{make_page()}\n## About {{cite:t}}`one`\n\n{marked}\n")
    conf = survey.read("conf.py") + SPELLED_STYLE
    listed = survey.read("docs/references.md")
    for page in (listed, "# Without a list\n"):
        survey.write("docs/references.md", page + "\n{cite:p}`one`\n")
        pages = []
        for style in ("author_year", "spelled"):
            survey.write("conf.py", conf + f'bibtex_reference_style = "{style}"\n')
            files = survey.build(builder, clean=True).files()
            pages.append({name: text for name, text in files.items() if not name.startswith(".")})
        assert pages[0] == pages[1]


def _flatten(citation: nodes.inline) -> list[tuple[str, dict[str, object], str]]:
    """Return each element with its attributes and text; how the text is cut does not matter."""
    return [
        (type(node).__name__, dict(node.attributes), node.astext())
        for node in citation.findall(nodes.Element)
    ]


def test_every_citation_links_to_its_reference(survey: Survey) -> None:
    result = survey.build()
    page = html.fromstring(result.read("oven.html"))
    references = html.fromstring(result.read("references.html"))
    links = page.xpath('//span[@class="bibtex-citation"]//a/@href')
    assert links == ["references.html#ref-abbas2021steam", "references.html#ref-chen2020flour"]
    for link in links:
        assert len(references.xpath(f'//*[@id="{link.partition("#")[2]}"]')) == 1


def test_a_reference_names_the_sections_that_speak_of_it(survey: Survey) -> None:
    page = html.fromstring(survey.build().read("references.html"))
    (item,) = page.xpath('//*[@id="ref-dahl2018yeast"]')
    where = item.xpath('.//*[@class="ls-where"]')[0]
    assert where.text_content() == (
        "Cited in 1 Dough. Listed in 1.1.1 Sourdough, 1.1.2 Baker’s Yeast."  # noqa: RUF001
    )
    for target in where.xpath(".//a/@href"):
        name, _, anchor = target.partition("#")
        listed = html.fromstring((survey.path / "_build/html" / name).read_text(encoding="utf-8"))
        assert listed.xpath(f'//*[@id="{anchor}"]')


def test_an_unknown_key_stays_visible_and_is_reported_on_every_build(survey: Survey) -> None:
    survey.edit("docs/oven.md", "abbas2021steam,", "abas2021steam,")
    for _ in range(2):
        result = survey.build()
        assert result.warnings.strip() == (
            f"{survey.path}/docs/oven.md:3: WARNING: the bibliography has no entry "
            "'abas2021steam'; did you mean 'abbas2021steam'? [survey.unknown_key]"
        ).replace(f"{survey.path}/", "")
        assert "abas2021steam?" in result.read("oven.html")
    assert survey.build("html", "-W").status == 1
    assert survey.build("html", "-W").status == 1


@pytest.mark.parametrize("text", ["a b", "{x", "one,,two", "one,"])
def test_a_malformed_citation_is_reported_and_kept(text: str, survey: Survey) -> None:
    survey.edit("docs/oven.md", "Heat", f"Heat {{cite:p}}`{text}`")
    result = survey.build()
    assert result.status == 0
    assert "Traceback" not in result.warnings
    assert "docs/oven.md:3" in result.warnings


def test_suppress_warnings_works_by_code(survey: Survey) -> None:
    survey.edit("docs/oven.md", "abbas2021steam,", "abas2021steam,")
    survey.write("conf.py", survey.read("conf.py") + 'suppress_warnings = ["survey.unknown_key"]\n')
    result = survey.build("html", "-W")
    assert (result.status, result.warnings) == (0, "")


def test_a_list_of_stock_is_reported_for_it_would_stay_empty(survey: Survey) -> None:
    page = survey.read("docs/oven.md")
    survey.write("docs/oven.md", page + "\n## List\n\n```{bibliography}\n```\n")
    assert survey.build().warnings.strip() == (
        "docs/oven.md:13: WARNING: {bibliography} of sphinxcontrib-bibtex has no entries in a "
        "living survey; write {survey:references} [survey.config]"
    )
