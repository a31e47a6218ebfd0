"""Citations say what stock sphinxcontrib-bibtex says, and land where they should."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import html
from sphinxcontrib.bibtex.domain import BibtexDomain

if TYPE_CHECKING:
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
@misc{particle, author={van der Berg, Li and de la Cruz, Ana}, title={$x$ & {Y}}, year={2010}, keywords={flour}}
@misc{initials, author={Hu, E. J. and Ng, A. Y. and Le, Q.}, title={Ten}, year={2010}, keywords={flour}}
@misc{lower, author={bell hooks}, title={Eleven}, year={2011}, keywords={flour}}
@misc{tex, author={O'Neil, C. and Do\v{s}en, K. and {\'E}va, M.}, title={Twelve}, year={2012}, keywords={flour}}
@misc{numbers, author={{The Qzx Group} and Lee, Bo}, title={qz}, year={2013}, keywords={flour}}
@article{junior, author={King, Jr., Martin L.}, title={Nine}, journal={J}, year={2009}, keywords={flour}}
"""  # noqa: E501

TARGETS = (
    "one", "two", "three", "collective", "edited", "untitled", "undated", "others", "junior",
    "particle", "initials", "lower", "tex", "numbers",
    "one,two", "one,two,three", "{see}one", "one{p. 3}", "{see}one{p. 3},{also}three{ch. 2}",
)  # fmt: skip


LETTERS = {r"{\"u}": "ü", r"{\"o}": "ö", r"{\O}": "Ø", r"\v{s}": "š", r"{\'E}": "É", "O'": "O’"}  # noqa: RUF001


def to_unicode(text: str) -> str:
    """Write letters as we read them: stock leaves TeX in them, and counts it into its labels."""
    for tex, letter in LETTERS.items():
        text = text.replace(tex, letter)
    return text


def make_page() -> str:
    lines = ["# Roles\n"]
    lines += [f"{{cite:{role}}}`{target}`\n" for role in BibtexDomain.roles for target in TARGETS]
    lines.append("{cite}`one`\n")
    return "\n".join(lines)


def read_citations(page: str) -> list[tuple[str, int]]:
    """Return the text of each citation and the number of links in it."""
    spans = html.fromstring(page).xpath('//span[contains(@class, "bibtex-citation")]')
    return [(" ".join(one.text_content().split()), len(one.xpath(".//a"))) for one in spans]


@pytest.mark.parametrize(
    ("style", "labels"),
    [
        ("author_year", "alpha"),
        *(
            pytest.param(style, labels, marks=pytest.mark.slow)
            for style in ("author_year", "label", "super")
            for labels in ("alpha", "plain", "unsrt")
            if (style, labels) != ("author_year", "alpha")
        ),
    ],
)
def test_every_role_says_what_stock_says(
    style: str, labels: str, survey: Survey, make_survey
) -> None:
    survey.write("conf.py", survey.read("conf.py") + f'bibtex_default_style = "{labels}"\n')
    survey.write("conf.py", survey.read("conf.py") + "livingsurvey_unique_labels = False\n")
    survey.write("papers.bib", ENTRIES)
    survey.edit("conf.py", '"author_year"', f'"{style}"')
    survey.write("docs/oven.md", make_page())
    survey.write("docs/dough.md", "# Dough\n")
    ours = survey.build()

    stock = make_survey()
    stock.write("conf.py", survey.read("conf.py"))
    for name in ("dough", "references", "index"):
        (stock.path / f"docs/{name}.md").unlink()
    stock.write("papers.bib", to_unicode(ENTRIES))
    stock.edit("conf.py", '"livingsurvey"', '"sphinxcontrib.bibtex"')
    stock.edit("conf.py", 'livingsurvey_taxonomy = "taxonomy.toml"\n', "")
    stock.edit("conf.py", 'html_math_renderer = "mathml"\n', "")
    stock.write("docs/oven.md", make_page())
    stock.write(
        "docs/index.md", "# I\n\n```{toctree}\noven\n```\n\n```{bibliography}\n:all:\n```\n"
    )
    theirs = stock.build()

    expected = read_citations(theirs.read("oven.html"))
    assert len(expected) == len(BibtexDomain.roles) * len(TARGETS) + 1
    assert read_citations(ours.read("oven.html")) == expected


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


FOOTNOTES = """# Oven

## Heat

Heat{footcite}`abbas2021steam,chen2020flour` and more heat {footcite:t}`abbas2021steam`.

```{footbibliography}
```

## Steam

```{survey:papers} steam
```
"""


def test_footnotes_cite_the_bibliography(survey: Survey) -> None:
    survey.write("docs/oven.md", FOOTNOTES)
    result = survey.build("html", "-W")
    assert (result.status, result.warnings) == (0, "")
    page = html.fromstring(result.read("oven.html"))
    notes = [" ".join(one.text_content().split()) for one in page.xpath("//aside/p")]
    assert notes == [
        "Omar Abbas. Steam at α and β. In Proceedings of Ovens. 2021. arXiv:2101.01234.",  # noqa: RUF001
        "Li Chen and Ada Okafor. Flour 50% better. 2020. URL: https://example.org/flour_(50).",
    ]
    links = page.xpath('//span[@class="ls-footcite"]//a/@href')
    assert len(links) == 3
    assert all(page.xpath(f'//aside[@id="{link.removeprefix("#")}"]') for link in links)
    # The section that cites a paper so is among those that speak of it.
    references = html.fromstring(result.read("references.html"))
    (where,) = references.xpath('//*[@id="ref-chen2020flour"]//*[@class="ls-where"]')
    assert where.text_content().startswith("Cited in 2.1 Heat.")


def test_footnotes_are_made_anew_when_an_entry_changes(survey: Survey) -> None:
    survey.write("docs/oven.md", FOOTNOTES)
    survey.build()
    survey.edit("papers.bib", "Abbas, Omar", "Abbasi, Omar")
    incremental = survey.build()
    assert "Omar Abbasi" in incremental.read("oven.html")
    assert incremental.files() == survey.build(clean=True).files()


def test_an_unknown_key_in_a_footnote_is_reported_on_every_build(survey: Survey) -> None:
    survey.write("docs/oven.md", FOOTNOTES.replace("chen2020flour", "chen2020flou"))
    for _ in range(2):
        result = survey.build()
        assert result.warnings.strip() == (
            "docs/oven.md:5: WARNING: the bibliography has no entry 'chen2020flou'; "
            "did you mean 'chen2020flour'? [survey.unknown_key]"
        )
        assert "[chen2020flou?]" in result.read("oven.html")


def test_a_footnote_for_an_entry_that_the_style_cannot_print(survey: Survey) -> None:
    # pybtex asks for the title of a volume that this entry lacks, and cannot read its TeX.
    entry = "@inproceedings{bare, title = {Bare \\}, year = {2001}, keywords = {flour}}\n"
    survey.write("papers.bib", entry + survey.read("papers.bib"))
    survey.write("docs/oven.md", FOOTNOTES.replace("chen2020flour", "bare"))
    assert "Bare" in html.fromstring(survey.build().read("oven.html")).xpath("string(//aside)")
