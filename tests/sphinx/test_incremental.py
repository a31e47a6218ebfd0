"""After any edit, an incremental build equals a clean build, byte for byte."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Survey

BIB = "papers.bib"


def retitle(survey: Survey) -> None:
    survey.edit(BIB, "Yeast Counts", "Yeast Really Counts")


def change_author(survey: Survey) -> None:
    survey.edit(BIB, "Dahl, Per", "Dahlberg, Per")


def change_year(survey: Survey) -> None:
    survey.edit(BIB, "{2018}", "{2017}")


def retag(survey: Survey) -> None:
    survey.edit(BIB, "keywords      = {flour}", "keywords      = {steam, flour}")


def change_short_title(survey: Survey) -> None:
    survey.edit(BIB, "shorttitle    = {WildYeast}", "shorttitle    = {Wild}")


def annotate(survey: Survey) -> None:
    survey.edit(BIB, "keeps", "keep") if "keeps" in survey.read(BIB) else survey.edit(
        BIB, "Shows that", "Finds that"
    )


def add_at_start(survey: Survey) -> None:
    new = "@misc{aaa2022new, title={New}, author={Zed, Q}, year=2022, keywords={yeast}}\n\n"
    survey.write(BIB, new + survey.read(BIB))


def add_and_cite(survey: Survey) -> None:
    add_at_start(survey)
    survey.edit("docs/oven.md", "Heat", "Heat {cite:t}`aaa2022new`")


def remove_uncited(survey: Survey) -> None:
    add_at_start(survey)
    survey.build()
    survey.write(BIB, survey.read(BIB).partition("\n\n")[2])


def remove_cited(survey: Survey) -> None:
    text = survey.read(BIB)
    start = text.index("@inproceedings{abbas")
    survey.write(BIB, text[:start] + text[text.index("@misc{chen") :])


def restore_missing(survey: Survey) -> None:
    text = survey.read(BIB)
    remove_cited(survey)
    survey.build()
    survey.write(BIB, text)


def rename_key(survey: Survey) -> None:
    survey.edit(BIB, "{chen2020flour,", "{chen2020better,")
    survey.edit("docs/oven.md", "chen2020flour", "chen2020better")


def reorder_entries(survey: Survey) -> None:
    entries = survey.read(BIB).strip().split("\n\n")
    survey.write(BIB, "\n\n".join(reversed(entries)) + "\n")


def rename_category(survey: Survey) -> None:
    survey.edit("taxonomy.toml", '"Sourdough"', '"Wild Fermentation"')


def rename_parent_category(survey: Survey) -> None:
    survey.edit("taxonomy.toml", 'title = "Oven"', 'title = "Hearth"')


def rename_tag(survey: Survey) -> None:
    survey.edit("taxonomy.toml", "[oven.steam]", "[oven.vapor]")
    survey.edit(BIB, "keywords      = {steam}", "keywords      = {vapor}")
    survey.edit("docs/oven.md", "{survey:papers} steam", "{survey:papers} vapor")


def move_citation(survey: Survey) -> None:
    survey.edit("docs/oven.md", "abbas2021steam,", "")
    survey.edit("docs/dough.md", "Before the oven", "Before {cite:p}`abbas2021steam` the oven")


def rename_section(survey: Survey) -> None:
    survey.edit("docs/dough.md", "## Flour", "## All Flour")


def insert_section(survey: Survey) -> None:
    survey.edit("docs/dough.md", "## Fermentation", "## Water\n\nWet.\n\n## Fermentation")


def move_listing(survey: Survey) -> None:
    listing = "```{survey:papers} flour\n:form: table\n```\n"
    survey.edit("docs/dough.md", listing, "Nothing here.\n")
    survey.write("docs/oven.md", survey.read("docs/oven.md") + "\n## Flour\n\n" + listing)


def delete_page(survey: Survey) -> None:
    survey.edit("docs/index.md", "oven\n", "")
    (survey.path / "docs/oven.md").unlink()


def rename_page(survey: Survey) -> None:
    survey.edit("docs/index.md", "oven\n", "hearth\n")
    (survey.path / "docs/oven.md").rename(survey.path / "docs/hearth.md")


def reorder_toctree(survey: Survey) -> None:
    survey.edit("docs/index.md", "dough\noven\n", "oven\ndough\n")


def retitle_page(survey: Survey) -> None:
    survey.edit("docs/oven.md", "# Oven", "# The Oven")


def reword(survey: Survey) -> None:
    survey.edit("docs/index.md", "# Bread\n", "# Bread\n\nAll about bread.\n")


def reword_and_rename_author(survey: Survey) -> None:
    reword(survey)
    survey.build()
    change_author(survey)


def reword_and_rename_section(survey: Survey) -> None:
    reword(survey)
    survey.build()
    rename_section(survey)


def change_reference_style(survey: Survey) -> None:
    survey.edit("conf.py", '"author_year"', '"label"')


def change_label_style(survey: Survey) -> None:
    survey.edit("conf.py", '"author_year"', '"label"')
    survey.build()
    survey.write("conf.py", survey.read("conf.py") + '\nbibtex_default_style = "plain"\n')


def change_link_of_guest(survey: Survey) -> None:
    # At home on one page, and a guest in a table on another, which prints its links.
    survey.edit(BIB, "keywords      = {flour}", "keywords      = {flour, steam}")
    survey.edit("docs/oven.md", ":form: list", ":form: table")
    survey.build()
    survey.edit(BIB, "https://example.org/code", "https://example.org/other")


def keep_modification_time(survey: Survey) -> None:
    path = survey.path / BIB
    before = path.stat()
    survey.edit(BIB, "Yeast Counts", "Yeast Mounts")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def edit_comment(survey: Survey) -> None:
    survey.write(BIB, "A comment for editors.\n\n" + survey.read(BIB))


def touch(survey: Survey) -> None:
    os.utime(survey.path / BIB)


def break_and_mend(survey: Survey) -> None:
    text = survey.read(BIB)
    survey.edit(BIB, "author        = {Dahl, Per},", "author        = {Dahl, Per")
    survey.build()
    survey.write(BIB, text)


def break_entry(survey: Survey) -> None:
    survey.edit(BIB, "author        = {Dahl, Per},", "author        = {Dahl, Per")


EDITS: list[Callable[[Survey], None]] = [
    retitle, change_author, change_year, retag, change_short_title, annotate, add_at_start,
    add_and_cite, remove_uncited, remove_cited, restore_missing, rename_key, reorder_entries,
    rename_category, rename_parent_category, rename_tag, move_citation, rename_section,
    insert_section, move_listing, delete_page, rename_page, reorder_toctree, retitle_page,
    reword, reword_and_rename_author, reword_and_rename_section, change_reference_style,
    change_label_style, change_link_of_guest, keep_modification_time,
    edit_comment, touch, break_and_mend, break_entry,
]  # fmt: skip

QUICK = {add_and_cite, rename_key, insert_section, rename_page}
"""The edits that a minute's answer tries; see the marker ``slow``."""

ALL_EDITS = [pytest.param(edit, marks=[] if edit in QUICK else pytest.mark.slow) for edit in EDITS]

# Sphinx leaves the page of a removed document where it is: it may be another's by now, a redirect.
LEFT_BEHIND = {delete_page: ["oven.html"], rename_page: ["oven.html"]}


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
@pytest.mark.parametrize("edit", ALL_EDITS, ids=lambda edit: edit.__name__)
def test_incremental_html_equals_clean(
    edit: Callable[[Survey], None], jobs: int, survey: Survey
) -> None:
    survey.build(jobs=jobs)
    edit(survey)
    incremental = survey.build(jobs=jobs)
    clean = survey.build(clean=True)
    assert clean.status == incremental.status
    assert sorted(clean.warnings.splitlines()) == sorted(incremental.warnings.splitlines())
    assert differing(incremental.files(), clean.files()) == LEFT_BEHIND.get(edit, [])


@pytest.mark.slow
@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_incremental_latex_equals_clean(edit: Callable[[Survey], None], survey: Survey) -> None:
    survey.build("latex")
    edit(survey)
    incremental = survey.build("latex")
    clean = survey.build("latex", clean=True)
    assert differing(incremental.files(), clean.files()) == []


@pytest.mark.parametrize("edit", [retitle, reword, rename_section, add_at_start])
def test_terms_of_a_glossary_stay_in_the_search(
    edit: Callable[[Survey], None], survey: Survey
) -> None:
    terms = "\n## Terms\n\n```{glossary}\nCrumb\n  What is inside.\n```\n"
    survey.write("docs/references.md", survey.read("docs/references.md") + terms)
    survey.build()
    edit(survey)
    incremental = survey.build()
    assert '"crumb"' in incremental.read("searchindex.js")
    assert differing(incremental.files(), survey.build(clean=True).files()) == []
    edit_comment(survey)
    assert survey.build().written() == set()


def test_a_redirect_in_place_of_a_renamed_page_is_whole(survey: Survey) -> None:
    conf = survey.read("conf.py").replace(
        '"livingsurvey"]', '"livingsurvey", "sphinx_reredirects"]'
    )
    survey.write("conf.py", f"{conf}redirects = {{}}\n")
    survey.build()
    rename_page(survey)
    survey.edit("conf.py", "redirects = {}", 'redirects = {"oven": "hearth.html"}')
    incremental = survey.build()
    assert "hearth.html" in incremental.read("oven.html")
    assert differing(incremental.files(), survey.build(clean=True).files()) == []


def test_nothing_is_read_or_written_when_nothing_changed(survey: Survey) -> None:
    survey.build()
    touch(survey)
    edit_comment(survey)
    result = survey.build()
    assert (result.reread(), result.written()) == (set(), set())


def differing(one: dict[str, str], other: dict[str, str]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
