"""What the text cites stands in the list of references, in every style and every builder."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

import pytest
from lxml import html

if TYPE_CHECKING:
    from .conftest import Result, Survey

KEYS = ("zoe2001", "ann2002", "ann2002two", "lukasz2003", "liu2004", "title2005")
PAPERS = r"""
@misc{zoe2001, author={Zed, Zoe}, title={Last}, year=2001, keywords={flour}}
@misc{ann2002two, author={Abel, Ann and Bo, Bea}, title={Second}, year=2002, keywords={flour}}
@misc{ann2002, author={Abel, Ann and Bo, Bea}, title={First}, year=2002, keywords={flour}}
@misc{lukasz2003, author={Łukasz, Jan}, title={Third}, year=2003, keywords={flour}}
@misc{liu2004, author={刘, 洋}, title={Fourth}, year=2004, keywords={flour}}
@misc{title2005, title={Untold}, year=2005, keywords={flour}}
"""
REFERENCE_STYLES = ("author_year", "label", "super")
LABEL_STYLES = ("alpha", "plain", "unsrt", "unsrtalpha")
BUILDERS = ("html", "latex", "text", "epub")


def write_page(keys: tuple[str, ...] = KEYS) -> str:
    lines = "".join(f"X {{cite:p}}`{key}` Y\n\n" for key in keys)
    return f"# Oven\n\n{lines}"


def prepare(survey: Survey, style: str, labels: str) -> None:
    survey.edit("conf.py", '"author_year"', f'"{style}"\nbibtex_default_style = "{labels}"')
    survey.write("taxonomy.toml", '[flour]\ntitle = "Flour"\n')
    survey.write("papers.bib", PAPERS)
    survey.write("docs/oven.md", write_page())
    survey.write("docs/dough.md", "# Dough\n\n## Flour\n\n```{survey:papers} flour\n```\n")


def read_text(result: Result, builder: str, page: str) -> str:
    """Return the words of a page, whatever it is written in."""
    if builder == "text":
        return " ".join(result.read(f"{page}.txt").split())
    if builder == "latex":
        tex = result.read("bread.tex")
        tex = re.sub(r"\\(?:hyperref|phantomsection|label|detokenize)\b(?:\[[^]]*\])?", "", tex)
        tex = re.sub(r"\\lsmark\{[^}]*\}", "", tex)
        start = r"\chapter{Oven}" if page == "oven" else r"\begin{lsreferences}"
        words = re.sub(r"\\[A-Za-z]+(\{bibtex-citation\})?|[{}$^]", "", tex.partition(start)[2])
        return " ".join(words.split())
    if builder == "epub":
        with zipfile.ZipFile(next(result.output.glob("*.epub"))) as book:
            source = book.read(f"{page}.xhtml")
    else:
        source = (result.output / f"{page}.html").read_bytes()
    return " ".join(html.fromstring(source).text_content().split())


def find_label(style: str, cited: str) -> str:
    """Return what a reader looks for in the list of references."""
    if style == "author_year":
        return f"({re.search(r'[0-9]{4}[a-z]*', cited)[0]})"
    return f"[{re.findall(r'[+0-9A-Za-z刘]+', cited)[-1]}]"


TITLES = ("Last", "First", "Second", "Third", "Fourth", "Untold")
"""The titles of the works in the order of :data:`KEYS`."""


def read_list(text: str) -> list[tuple[str, str]]:
    """Return the titles of a list of references in their order, each with its entry."""
    places = sorted((text.index(title), title) for title in TITLES)
    ends = [0, *(place + len(title) for place, title in places)]
    # An entry without people begins with its title, and the year comes behind.
    return [
        (title, text[start : place + len(title) + 10])
        for start, (place, title) in zip(ends, places, strict=False)
    ]


@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize(
    ("style", "labels"),
    [
        pytest.param(style, labels, marks=() if labels in {"alpha", "unsrt"} else pytest.mark.slow)
        for style in REFERENCE_STYLES
        for labels in LABEL_STYLES
    ],
)
def test_the_list_shows_what_the_text_cites(
    style: str, labels: str, builder: str, survey: Survey
) -> None:
    prepare(survey, style, labels)
    result = survey.build(builder)
    assert result.status == 0, result.warnings
    assert result.warnings == ""
    cited = re.findall(r"X (.*?) Y", read_text(result, builder, "oven"))
    assert len(cited) == len(KEYS)
    assert len(set(cited)) == len(KEYS)  # no two works are cited alike
    wanted = {title: find_label(style, one) for title, one in zip(TITLES, cited, strict=True)}
    listed = read_list(read_text(result, builder, "references"))
    for title, entry in listed:
        assert wanted[title] in entry
    order = [title for title, _ in listed]
    if labels.startswith("unsrt"):
        assert order == list(TITLES)
    if labels == "plain" and style != "author_year":
        assert [wanted[title] for title in order] == [f"[{number}]" for number in range(1, 7)]


NEW = "@misc{new, author={Abel, Ann and Bo, Bea}, title={A}, year=2002, keywords={flour}}"
EDITS = {
    "a work that would be cited alike": (
        "papers.bib",
        "@misc{zoe2001,",
        f"{NEW}\n@misc{{zoe2001,",
    ),
    "the order of citations": ("docs/oven.md", "X {cite:p}`zoe2001` Y", "{cite:p}`liu2004` first"),
    "a work less": ("papers.bib", "@misc{ann2002two", "@comment{ann2002two"),
    "a label in the text": ("docs/oven.md", "# Oven", "# Oven\n\n{cite:label}`zoe2001`"),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize(
    ("style", "labels"), [("author_year", "alpha"), ("label", "unsrt"), ("label", "alpha")]
)
def test_labels_are_fresh_after_an_edit(style: str, labels: str, edit: str, survey: Survey) -> None:
    prepare(survey, style, labels)
    keys = ("zoe2001", "ann2002", "lukasz2003", "liu2004")
    survey.write("docs/oven.md", write_page(keys))
    survey.write("docs/dough.md", survey.read("docs/dough.md") + "\n{cite:p}`title2005`\n")
    survey.build()
    survey.edit(*EDITS[edit])
    incremental = survey.build()
    assert incremental.warnings == ""
    assert incremental.files() == survey.build(clean=True).files()


def test_without_a_style_a_survey_cites_by_author_and_year(survey: Survey) -> None:
    prepare(survey, "author_year", "alpha")
    survey.edit("conf.py", 'bibtex_reference_style = "author_year"\n', "")
    assert "[Zed, 2001]" in read_text(survey.build(), "html", "oven")


def test_a_style_that_is_named_counts_wherever_it_is_named(survey: Survey) -> None:
    prepare(survey, "author_year", "alpha")
    survey.edit("conf.py", 'bibtex_reference_style = "author_year"\n', "")
    named = survey.build("html", "-D", "bibtex_reference_style=label", place="-option")
    assert "[Zed01]" in read_text(named, "html", "oven")
    survey.write("conf.py", survey.read("conf.py") + 'bibtex_reference_style = "label"\n')
    assert "[Zed01]" in read_text(survey.build(), "html", "oven")


def test_the_style_of_footnotes_is_none_for_citations(survey: Survey) -> None:
    prepare(survey, "foot", "alpha")
    result = survey.build()
    assert result.warnings.strip() == (
        "conf.py:1: ERROR: bibtex_reference_style = 'foot' is a style of footnotes, which 'cite' "
        "does not make; write {footcite}, whose style it is by default [survey.config]"
    )
    assert "[Zed, 2001]" in read_text(result, "html", "oven")


def test_a_label_in_the_text_is_shown_in_the_list(survey: Survey) -> None:
    prepare(survey, "author_year", "alpha")
    assert "[Zed01]" not in read_text(survey.build(), "html", "references")
    survey.write("docs/oven.md", "# Oven\n\n{cite:label}`zoe2001`\n")
    assert "[Zed01] Zed, Zoe (2001)" in read_text(survey.build(), "html", "references")


def test_works_without_a_year_are_told_apart(survey: Survey) -> None:
    prepare(survey, "author_year", "alpha")
    survey.write("papers.bib", PAPERS.replace(", year=2002", ""))
    cited = read_text(survey.build(), "html", "oven")
    assert "[Abel and Bo, n.d.-a]" in cited
    assert "[Abel and Bo, n.d.-b]" in cited
    assert "Abel, Ann; Bo, Bea (n.d.-a). First" in read_text(survey.build(), "html", "references")


def test_more_than_26_works_with_one_label(survey: Survey) -> None:
    prepare(survey, "author_year", "alpha")
    many = "".join(
        f"@misc{{many{number:02}, author={{Abel, A}}, title={{T {number:02}}}, year=1999,"
        " keywords={flour}}\n"
        for number in range(30)
    )
    survey.write("papers.bib", PAPERS + many)
    survey.write("docs/oven.md", "# Oven\n\n{cite:p}`many25,many26,many29,zoe2001`\n")
    for style, said in (
        ("author_year", "[Abel, 1999z, Abel, 1999aa, Abel, 1999ad, Zed, 2001]"),
        ("label", "[Abe99z, Abe99aa, Abe99ad, Zed01]"),
    ):
        result = survey.build("html", "-D", f"bibtex_reference_style={style}", place=f"-{style}")
        cited = read_text(result, "html", "oven")
        assert sorted(said.strip("[]").split(", ")) == sorted(
            re.search(r"\[(.*?)\]", cited)[1].split(", ")
        )


def test_letters_can_be_switched_off(survey: Survey) -> None:
    prepare(survey, "author_year", "alpha")
    survey.write("conf.py", survey.read("conf.py") + "livingsurvey_unique_labels = False\n")
    result = survey.build()
    assert read_text(result, "html", "oven").count("[Abel and Bo, 2002]") == 2
    assert "(2002a)" not in read_text(result, "html", "references")
