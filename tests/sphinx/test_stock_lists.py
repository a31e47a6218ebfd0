"""Stock's own lists of references and footnotes are what they are with stock alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from lxml import html

if TYPE_CHECKING:
    from .conftest import Result, Survey

PAPERS = r"""
@article{smith2001one, author={Smith, Ann and Jones, Bob}, title={One {LoRA} for All}, journal={Journal of Bread}, volume=12, number=3, pages={1--9}, month=jun, year=2001}
@book{roe2002two, editor={Roe, Ed and Doe, Jo}, title={Two: A {B}ook}, publisher={Crust}, address={Rome}, edition={Second}, year={2002}}
@inproceedings{ng2003three, author={Ng, Wei}, title={Three}, booktitle={Proceedings of {O}vens}, pages={4}, year=2003, url={https://example.org/3}}
@phdthesis{abel2004four, author={Abel, Al}, title={Four}, school={MIT}, year=2004, doi={10.1234/4}}
@misc{zed2005five, author={Zed, Zoe}, title={Five}, howpublished={\url{https://example.org/5}}, note={A {\"u}ber note}, year=2005}
"""  # noqa: E501
PROSE = "Both {cite:t}`ng2003three` and {cite:p}`smith2001one,zed2005five`.\n"
LISTS = {
    "cited": (PROSE, ""),
    "all": (PROSE, ":all:"),
    "not-cited": ("Nothing cited.\n", ":notcited:"),
    "filter": ("Nothing cited.\n", ':filter: year < "2004" and not cited'),
    "filter-by-type": (PROSE, ':filter: type == "book" or author % "zed" or cited'),
    "style": (PROSE, ":all:\n:style: plain"),
    "order-of-citation": (PROSE, ":style: unsrt"),
    "bullets": ("Nothing cited.\n", ":all:\n:list: bullet"),
    "numbers": ("Nothing cited.\n", ":all:\n:list: enumerated\n:enumtype: upperroman\n:start: 3"),
    "label-prefix": (PROSE, ":labelprefix: A"),
    "key-prefix": (
        "As {cite:p}`x-ng2003three` says.\n",
        ":filter: docname in docnames\n:keyprefix: x-\n:labelprefix: X",
    ),
    "keys": (PROSE, ":filter: cited\n\nroe2002two\nzed2005five"),
    "two": (
        PROSE + "{cite}`y-roe2002two`\n\n```{bibliography}\n:keyprefix: y-\n```\n",
        ":style: plain",
    ),
}
FOOTNOTES = """
First{footcite}`smith2001one`, {footcite:t}`roe2002two`.

```{footbibliography}
```

Then{footcite}`zed2005five,smith2001one`.

```{footbibliography}
```
"""


def write_page(prose: str, options: str) -> str:
    return f"# Page\n\n{prose}\n```{{bibliography}}\n{options}\n```\n"


def prepare(survey: Survey, page: str, *, is_stock: bool, style: str = "label") -> None:
    for name in ("dough", "oven", "references", "index"):
        (survey.path / f"docs/{name}.md").unlink()
    survey.edit("conf.py", 'livingsurvey_taxonomy = "taxonomy.toml"\n', "")
    survey.edit("conf.py", "author_year", style)
    if is_stock:
        survey.edit("conf.py", '"livingsurvey"', '"sphinxcontrib.bibtex"')
        survey.edit("conf.py", 'html_math_renderer = "mathml"\n', "")
    survey.write("papers.bib", PAPERS)
    survey.write("docs/index.md", page)


def read_main(result: Result, name: str = "index") -> tuple[str, list[str]]:
    """Return the words of a page, and the entries to which its citations lead."""
    (main,) = html.fromstring(result.read(f"{name}.html")).xpath('//div[@role="main"]')
    links = main.xpath('.//a[contains(@class, "internal")]/@href')
    places = [main.xpath("id($it)", it=link.partition("#")[2]) for link in links]
    return " ".join(main.text_content().split()), [
        " ".join(place[0].text_content().split()) for place in places if place
    ]


@pytest.mark.parametrize("style", ["label", pytest.param("author_year", marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_says_what_stock_says(name: str, style: str, make_survey) -> None:
    ours, stock = make_survey(), make_survey()
    for survey, is_stock in ((ours, False), (stock, True)):
        prepare(survey, write_page(*LISTS[name]), is_stock=is_stock, style=style)
    result = ours.build()
    assert (result.status, result.warnings) == (0, "")
    assert read_main(result) == read_main(stock.build())


def test_footnotes_say_what_stock_says(make_survey) -> None:
    ours, stock = make_survey(), make_survey()
    for survey, is_stock in ((ours, False), (stock, True)):
        prepare(survey, f"# Page\n{FOOTNOTES}", is_stock=is_stock)
    result = ours.build()
    assert result.warnings == ""
    assert read_main(result) == read_main(stock.build())


@pytest.mark.parametrize("builder", ["latex", "text"])
def test_a_list_in_another_builder(builder: str, make_survey) -> None:
    texts = []
    for is_stock in (False, True):
        survey = make_survey()
        prepare(survey, write_page(*LISTS["label-prefix"]), is_stock=is_stock)
        result = survey.build(builder)
        assert result.warnings == ""
        name = "bread.tex" if builder == "latex" else "index.txt"
        texts.append(result.read(name).partition("Both")[2])
    ours, stock = (re.sub(r"\\DUrole{bibtex-citation}|\\lsmark{.*?}", "", text) for text in texts)
    if builder == "text":
        assert ours == stock
    else:
        for text in (ours, stock):
            assert r"\hyperlink{cite.index:" in text
            assert r"\bibitem[ANg03]{index:" in text


EDITS = {
    "another citation": ("docs/oven.md", "# Oven", "# Oven\n\n{cite:p}`roe2002two`"),
    "another prefix": (
        "docs/index.md",
        "\n```{bibliography}",
        "\n```{bibliography}\n:labelprefix: B",
    ),
    "an entry on top": (
        "papers.bib",
        "@article{smith",
        "@misc{new, title={New}, year=2020}\n@article{smith",
    ),
    "another name": ("papers.bib", "Ng, Wei", "Nguyen, Wei"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_lists_are_fresh_after_an_edit(edit: str, make_survey) -> None:
    survey = make_survey()
    page = write_page("```{toctree}\noven\n```\n", "")
    prepare(survey, page, is_stock=False)
    survey.write("docs/oven.md", f"# Oven\n\n{PROSE}")
    survey.build()
    survey.edit(*EDITS[edit])
    incremental = survey.build()
    assert incremental.warnings == ""
    assert incremental.files() == survey.build(clean=True).files()


def test_a_list_on_the_page_comes_before_the_list_of_references(survey: Survey) -> None:
    survey.edit("conf.py", "author_year", "label")
    page = survey.read("docs/oven.md").replace(", as in [](#chen2020flour)", "")
    prefixed = (
        "\n## Further\n\n```{bibliography}\n:filter: docname in docnames\n:labelprefix: B\n```\n"
    )
    survey.write("docs/oven.md", page + prefixed)
    result = survey.build()
    assert result.warnings == ""
    (main,) = html.fromstring(result.read("oven.html")).xpath('//div[@role="main"]')
    links = main.xpath('.//span[@class="bibtex-citation"]//a')
    assert [link.text_content() for link in links] == ["BAbb21", "BCO20"]
    assert all(main.xpath("id($it)", it=link.get("href")[1:]) for link in links)
    other = html.fromstring(result.read("dough.html"))
    assert other.xpath('//span[@class="bibtex-citation"]//a/@href')[0] == (
        "references.html#ref-dahl2018yeast"
    )


def test_a_work_that_no_list_shows_is_reported(make_survey) -> None:
    survey = make_survey()
    prepare(survey, write_page(PROSE, ':filter: key != "ng2003three"'), is_stock=False)
    assert survey.build().warnings.strip() == (
        "docs/index.md:3: WARNING: no list of references holds 'ng2003three'; "
        "let a {bibliography} list it, or add a page with {survey:references} "
        "[survey.references_missing]"
    )


def test_an_entry_that_no_style_can_print_costs_itself(survey: Survey) -> None:
    bad = (
        "@article{bare, year = {2001}, keywords = {flour}, title = {Bare \\}}\n"
        "@zine{odd, title = {Odd}, author = {Odd, O}, year = {2001}, keywords = {flour}}\n"
    )
    survey.write("papers.bib", bad + survey.read("papers.bib"))
    survey.write(
        "docs/oven.md", survey.read("docs/oven.md") + "\n## All\n\n```{bibliography}\n:all:\n```\n"
    )
    result = survey.build()
    assert result.status == 0
    assert "Traceback" not in result.warnings
    assert "O Odd. Odd. 2001." in " ".join(
        html.fromstring(result.read("oven.html")).text_content().split()
    )


def test_lists_are_the_same_in_parallel(make_survey) -> None:
    survey = make_survey()
    names = [f"page{number}" for number in range(8)]
    toctree = "```{toctree}\n" + "\n".join(names) + "\n```\n"
    prepare(survey, write_page(toctree, ""), is_stock=False)
    keys = re.findall(r"@\w+\{(\w+)", PAPERS)
    for number, name in enumerate(names):
        key = keys[number % len(keys)]
        survey.write(f"docs/{name}.md", f"# {name}\n\n{{cite:p}}`{key}`{{footcite}}`{key}`\n")
    one, two = survey.build(), survey.build(jobs=2, place="-parallel")
    assert one.warnings == two.warnings == ""
    assert one.files() == two.files()
