"""A broken bibliography: everything is reported at its place, and nothing else is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from lxml import html

if TYPE_CHECKING:
    from .conftest import Survey

BROKEN = """\
@article{one,
  title    = {One},
  author   = {Ash, Ann},
  year     = {2001}
  keywords = {flour},
}
@article{two,
  title    = {Two,
  author   = {Birch, Bo},
  keywords = {flour},
}
@article{one,
  title    = {One Again},
  keywords = {flour},
}
@article{three,
  title    = {Three}},
  author   = {Cedar, Cy},
  keywords = {fluor, flour},
}
@article{four,
  title    = {Four},
  title    = {Four Twice},
  journal  = nowhere,
  crossref = {noone},
  year     = {in press},
  doi      = {https://doi.org/10.1234/four},
  url      = {javascript:alert(1)},
  keywords = {flour},
}
@misc{five, title = {Five \\input{/etc/passwd}}, keywords = {oven > flour}}
@misc{six, title = {Six}, author = {A, B, C, D}, keywords = {flour}
@misc{seven, title = {Seven}, keywords = {dough > flour}}
"""

EXPECTED = """\
papers.bib:4:20: ERROR: missing comma behind field 'year'; add a ',' [survey.syntax]
papers.bib:8:14: ERROR: field 'title' is not closed; add a '}' at the end of its value [survey.syntax]
papers.bib:12:10: ERROR: the citation key 'one' is taken by the entry at papers.bib:1:1; the first one is used; rename or remove this one [survey.duplicate_key]
papers.bib:17:21: ERROR: a '}' too many; remove it: fields follow behind it [survey.syntax]
papers.bib:19:15: ERROR: three: unknown keyword 'fluor'; did you mean 'flour'? [survey.unknown_tag]
papers.bib:23:3: ERROR: four: the field 'title' is given twice; the first one is used; remove this one [survey.duplicate_field]
papers.bib:24:14: ERROR: no @string defines 'nowhere'; put the value in braces [survey.undefined_string]
papers.bib:25:15: ERROR: four: crossref names no entry: 'noone'; did you mean 'one'? [survey.crossref]
papers.bib:26:15: WARNING: four: the year 'in press' is not a year; write four digits [survey.bad_year]
papers.bib:28:15: WARNING: four: 'javascript:alert(1)' is not an http or https address; write the full address, from https:// on [survey.bad_url]
papers.bib:31:68: ERROR: five: 'flour' is no sub-category of 'oven'; it has steam [survey.unknown_tag]
papers.bib:32:1: ERROR: @misc{six is not closed; add a '}' at its end [survey.syntax]
"""  # noqa: E501


def drop_citations(survey: Survey) -> None:
    """Take the citations out of the pages, where the papers that they cite are gone."""
    survey.edit("docs/dough.md", "as {cite:t}`dahl2018yeast` says", "")
    survey.edit(
        "docs/dough.md",
        "All begins with {survey:paper}`rossi2019wild` {cite:p}`rossi2019wild`.",
        "",
    )


@pytest.fixture
def broken(survey: Survey) -> Survey:
    survey.write("papers.bib", BROKEN)
    survey.write("docs/oven.md", "# Oven\n\n```{survey:papers} steam\n```\n")
    drop_citations(survey)
    survey.edit("docs/dough.md", ":form: table", ":form: cards")
    return survey


def test_every_mistake_is_reported_with_line_column_code_and_remedy(broken: Survey) -> None:
    result = broken.build()
    assert result.status == 0
    for line in EXPECTED.splitlines():
        assert line in result.warnings


def test_the_first_finding_begins_a_line(broken: Survey) -> None:
    """Sphinx's progress and our findings share a terminal; both are one stream here."""
    command = [
        sys.executable, "-m", "sphinx", "-b", "html", "-N", "-c", str(broken.path),
        str(broken.path / "docs"), str(broken.path / "_build/terminal"),
    ]  # fmt: skip
    shown = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True
    ).stdout
    assert EXPECTED.splitlines()[0] in shown.splitlines()


def test_a_missing_drawing_is_reported_where_it_is_asked_for(survey: Survey) -> None:
    survey.write("docs/flour.md", "# Flour\n\n```{survey:figure} gone.svg\n```\n")
    warnings = survey.build().warnings
    assert (
        "docs/flour.md:3: ERROR: docs/gone.svg: cannot read the file (No such file or directory); "
        "create it, or name another one [survey.file_missing]"
    ) in warnings


def test_every_entry_is_still_there(broken: Survey) -> None:
    tree = html.fromstring(broken.build().read("dough.html"))
    ids = tree.xpath('//*[starts-with(@id, "paper-")]/@id')
    homes = {one.removeprefix("paper-") for one in ids}
    assert homes == {"one", "two", "three", "four", "six", "seven"}
    references = html.fromstring(broken.build().read("references.html"))
    assert references.xpath('//*[@id="ref-five"]')
    for key in ("two", "three", "six"):
        (item,) = references.xpath(f'//*[@id="ref-{key}"]')
        assert key.title() in item.text_content()


def test_what_stands_behind_a_mistake_is_read(broken: Survey) -> None:
    references = html.fromstring(broken.build().read("references.html"))
    assert "Birch, Bo" in references.xpath('//*[@id="ref-two"]')[0].text_content()
    assert "Cedar, Cy" in references.xpath('//*[@id="ref-three"]')[0].text_content()
    four = references.xpath('//*[@id="ref-four"]')[0]
    assert "https://doi.org/10.1234/four" in four.xpath(".//a/@href")
    assert not [one for one in four.xpath(".//a/@href") if one.startswith("javascript")]


def test_a_strict_build_fails_until_all_is_mended(broken: Survey) -> None:
    assert [broken.build("html", "-W").status for _ in range(3)] == [1, 1, 1]


BIBLATEX = """
@string{boj = "Bread Online Journal"}
@online{dated, title={Dated}, author={Elm, Ed}, date={2020-05-17}, keywords={flour}}
@article{journaled, title={J}, author={Fir, Flo}, journaltitle={Journal of Flour}, date={2019},
  keywords={flour}}
@misc{eprinted, title={E}, author={Gum, Gil}, eprint={2001.00001v2}, eprinttype={arXiv},
  eprintclass={cs.CL}, year=2020, keywords={flour}}
@article{macro, title={M}, author={Holm, Hal}, journal=boj # { (} # boj # {)}, year=2018,
  keywords={Dough > FLOUR}}
@proceedings{parent, title={Proceedings of Flour}, year={2017}, publisher={P}}
@inproceedings{child, title={C}, author={Ivy, Ida}, crossref={parent}, keywords={flour}}
@misc{resolver, title={R}, author={Jay, Jo}, doi={doi:10.5555/ABC}, year=2016, keywords={flour}}
"""


def test_biblatex_macros_crossref_and_paths_are_read(survey: Survey) -> None:
    survey.write("papers.bib", BIBLATEX)
    survey.write("docs/oven.md", "# Oven\n\n```{survey:papers} steam\n```\n")
    drop_citations(survey)
    result = survey.build()
    assert result.warnings == ""
    items = {
        one.get("id").removeprefix("ref-"): one
        for one in html.fromstring(result.read("references.html")).xpath("//li[@id]")
    }
    text = {key: " ".join(one.text_content().split()) for key, one in items.items()}
    assert "(2020, May 17)" in text["dated"]
    assert "Journal of Flour" in text["journaled"]
    assert "https://arxiv.org/abs/2001.00001" in items["eprinted"].xpath(".//a/@href")
    assert "Bread Online Journal (Bread Online Journal)" in text["macro"]
    assert "(2017)" in text["child"]
    assert "Proceedings of Flour" in text["child"]
    assert "https://doi.org/10.5555/ABC" in items["resolver"].xpath(".//a/@href")
    assert "parent" not in items


def test_a_missing_bibliography_is_reported_and_the_site_built(survey: Survey) -> None:
    (survey.path / "papers.bib").unlink()
    result = survey.build()
    assert result.status == 2
    assert "papers.bib:1: ERROR: cannot read the file" in result.warnings
    assert (result.output / "dough.html").exists()


def test_a_broken_taxonomy_is_reported_with_its_line(survey: Survey) -> None:
    survey.edit("taxonomy.toml", 'title = "Steam"', "title = Steam")
    result = survey.build()
    assert result.status == 0
    assert "taxonomy.toml:25:9: ERROR: invalid value [survey.syntax]" in result.warnings


def test_a_survey_without_bibliography_ends_with_a_clear_word(survey: Survey) -> None:
    survey.edit("conf.py", 'bibtex_bibfiles = ["papers.bib"]\n', "")
    result = survey.build()
    assert result.status == 2
    assert 'set bibtex_bibfiles = ["papers.bib"]' in result.warnings


HOSTILE = r"""
@misc{h1, title={<script>alert(1)</script> & "quotes" 'here'}, author={O'Brien, <b>Bold</b>},
  year=2001, keywords={flour}, annotation={<img src=x onerror=alert(1)>}}
@misc{h2, title={\href{javascript:alert(1)}{click} \url{data:text/html,x}}, year=2002,
  keywords={flour}, url={https://e.org/"><script>}, doi={10.1000/<a>#b"c}}
@misc{h3, title={$\alpha_{\input{x}}$ and $x<y$ and $\def\a{\a}\a$}, year=2003, keywords={flour}}
@misc{h4, title={Ends in a backslash \}, author={Name\}, year=2004, keywords={flour}}
@misc{h5, title={}, author={}, year={}, keywords={flour}}
@misc{Ключ, title={Кириллица 漢字 INVISIBLE reversed}, author={Иванов, Иван}, year=2005,
  keywords={flour}}
@misc{a/b:c+d, title={Odd key}, year=2006, keywords={flour}}
@misc{a-b, title={Odd key two}, year=2006, keywords={flour}}
"""


@pytest.mark.parametrize("builder", ["html", "latex", "text"])
def test_hostile_entries_build_and_stay_text(builder: str, survey: Survey) -> None:
    survey.write("papers.bib", HOSTILE.replace("INVISIBLE", "\u200b\u202e"))
    survey.write("docs/oven.md", "# Oven\n\n{cite:t}`h1,h4,h5,Ключ,a/b:c+d,a-b`\n")
    drop_citations(survey)
    result = survey.build(builder)
    assert result.status == 0, result.warnings
    assert "Traceback" not in result.warnings
    if builder == "html":
        for name in ("dough.html", "oven.html", "references.html"):
            tree = html.fromstring(result.read(name))
            assert not tree.xpath('//script[contains(text(), "alert")]')
            assert not tree.xpath("//img[@onerror] | //b")
            hrefs = tree.xpath("//a/@href")
            assert not [one for one in hrefs if one.startswith(("javascript:", "data:"))]
            assert "" not in tree.xpath("//@id")
        ids = html.fromstring(result.read("references.html")).xpath("//li/@id")
        assert len(ids) == len(set(ids)) == 8
    if builder == "latex":
        tex = result.read("bread.tex")
        for command in (r"\input{x}", r"\def\a", r"\href{javascript"):
            assert command not in tex


def test_a_killed_build_is_noticed_and_made_whole(survey: Survey) -> None:
    survey.build()
    survey.edit("papers.bib", "Yeast Counts", "Yeast Mounts")
    clean = survey.build(clean=True)
    # What a build leaves behind that is killed while it writes: the environment saved, the pages
    # and the search index old.
    before = {
        path: path.read_bytes()
        for path in (survey.path / "_build/html").rglob("*")
        if path.is_file()
    }
    survey.build()
    for path, data in before.items():
        path.write_bytes(data)
        os.utime(path)
    marker = survey.path / "_build/doctrees-html/livingsurvey-unfinished"
    marker.write_text("killed", encoding="utf-8")
    mended = survey.build()
    assert mended.files() == clean.files()
    assert not marker.exists()


def test_a_doctree_that_a_killed_build_cut_off_is_made_anew(survey: Survey) -> None:
    first = survey.build().files()
    doctrees = survey.path / "_build/doctrees-html"
    (doctrees / "livingsurvey-unfinished").write_text("killed", encoding="utf-8")
    half = doctrees / "dough.doctree"
    half.write_bytes(half.read_bytes()[:100])
    os.utime(half)
    again = survey.build()
    assert (again.status, again.warnings) == (0, "")
    assert again.files() == first


def test_a_survey_without_a_taxonomy_has_no_category_to_miss(survey: Survey) -> None:
    survey.edit("conf.py", 'livingsurvey_taxonomy = "taxonomy.toml"\n', "")
    survey.write("papers.bib", "@misc{one, title={One}, author={Ash, Ann}, year={2001}}\n")
    for name in ("dough", "oven"):
        survey.write(f"docs/{name}.md", f"# {name.title()}\n")
    result = survey.build("html", "-W")
    assert (result.status, result.warnings) == (0, "")
