"""Which pages an edit reads and writes again: those that show what changed, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Survey

# "references" lists every paper; "index" prints the tables of contents of the pages below it, so
# Sphinx writes it whenever one of these is read.
CASES = {
    # The home of an uncited paper, and a page that names it by a link.
    ("Old Cultures", "Young Cultures"): ({"dough", "references"}, {"dough", "references", "index"}),
    # Cited in "dough", at home there, a guest there: "oven" has nothing to do with it.
    ("Dahl, Per", "Dahlberg, Per"): ({"dough", "references"}, {"dough", "references", "index"}),
    # At home and cited in "oven"; the sentence stands on pages of papers, and in no other chapter.
    ("Abbas, Omar", "Abbasi, Omar"): ({"oven", "references"}, {"oven", "references", "index"}),
    # At home in "dough"; cited and linked to in "oven", which is only written.
    ("Chen, Li", "Cheng, Li"): (
        {"dough", "references"},
        {"dough", "oven", "references", "index"},
    ),
    # A note of a paper at home in "dough": citing pages do not show it.
    ("old cultures keep", "old cultures hold"): (
        {"dough", "references"},
        {"dough", "references", "index"},
    ),
}


@pytest.mark.parametrize(("edit", "expected"), CASES.items(), ids=[one for one, _ in CASES])
def test_exactly_the_pages_that_show_an_entry(
    edit: tuple[str, str], expected: tuple[set[str], set[str]], survey: Survey
) -> None:
    survey.build()
    survey.edit("papers.bib", *edit)
    result = survey.build()
    assert (result.reread(), result.written()) == expected


@pytest.mark.parametrize("setting", ["CI", "FORCE_COLOR"])
def test_the_pages_are_named_wherever_the_suite_runs(
    setting: str, survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(setting, "true")
    result = survey.build()
    assert result.reread() == result.written() == {"index", "dough", "oven", "references"}


def test_an_edit_of_prose_reads_one_page(survey: Survey) -> None:
    survey.build()
    survey.edit("docs/oven.md", "and {survey:category}", "or {survey:category}")
    result = survey.build()
    assert result.reread() == {"oven"}
    # The sentence stands on the pages of the papers that it cites, and the index above the page.
    assert result.written() == {"oven", "index"}


def test_words_that_no_other_page_shows_ask_for_nothing(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey.build()
    monkeypatch.setattr("livingsurvey.sphinxext.domain.load", None)
    survey.edit("docs/index.md", "# Bread\n", "# Bread\n\nAll about bread.\n")
    result = survey.build()
    assert (result.status, result.reread(), result.written()) == (0, {"index"}, {"index"})
    monkeypatch.undo()
    # What the page showed of others is known as before: it is not written again for nothing.
    survey.edit("papers.bib", "Chen, Li", "Cheng, Li")
    assert survey.build().written() == {"dough", "oven", "references", "index"}
    survey.edit("docs/oven.md", "Heat", "Great heat")
    assert survey.build().written() == {"oven", "index"}


def test_an_entry_with_a_mistake_is_reported_until_it_is_mended(survey: Survey) -> None:
    survey.edit("papers.bib", "{sourdough, flour, field-study}", "{sourdogh}")
    first = survey.build()
    assert "did you mean 'sourdough'" in first.warnings
    survey.edit("papers.bib", "Yeast Counts", "Yeasts Count")
    assert survey.build().warnings == first.warnings


def test_the_environment_holds_no_entries(survey: Survey) -> None:
    survey.build()
    pickled = (survey.path / "_build/doctrees-html/environment.pickle").read_bytes()
    assert b"Old Cultures in New Bread" in pickled  # the name for the search
    assert b"Journal of Bread" not in pickled
