"""Citations are kept from build to build, and are those that a clean build prints."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest
from docutils import nodes

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Survey


def find_cache(survey: Survey) -> Path:
    return survey.path / "_build/doctrees-html/citations-html.pickle"


def tamper(survey: Survey) -> None:
    """Let the kept citation of the page on dough say something that no build would."""
    path = find_cache(survey)
    pages = pickle.loads(path.read_bytes())
    [(source, (facts, printed))] = [
        item for item in pages["dough"].items() if "dahl2018yeast" in item[0]
    ]
    citation: nodes.Element = pickle.loads(printed)
    for link in list(citation.findall(nodes.reference)):
        link.replace(link.children[0], nodes.Text("TAMPERED"))
    pages["dough"][source] = facts, pickle.dumps(citation)
    path.write_bytes(pickle.dumps(pages))


def test_a_page_that_is_written_again_prints_the_kept_citations(survey: Survey) -> None:
    survey.build()
    tamper(survey)
    survey.edit("docs/dough.md", "Before the oven", "Before any oven")
    page = survey.build().read("dough.html")
    assert "Before any oven" in page
    assert "TAMPERED" in page


def test_a_citation_whose_entry_has_changed_is_made_anew(survey: Survey) -> None:
    survey.build()
    tamper(survey)
    survey.edit("papers.bib", "Dahl, Per", "Dahlberg, Per")
    page = survey.build().read("dough.html")
    assert "Dahlberg" in page
    assert "TAMPERED" not in page


def test_a_build_that_begins_anew_prints_anew(survey: Survey) -> None:
    survey.build()
    tamper(survey)
    assert "TAMPERED" not in survey.build("html", "-E").read("dough.html")


@pytest.mark.parametrize("content", [b"", b"\x80\x05K", b"garbage"])
def test_what_cannot_be_read_counts_for_nothing(content: bytes, survey: Survey) -> None:
    survey.build()
    find_cache(survey).write_bytes(content)
    survey.edit("docs/dough.md", "Before the oven", "Before any oven")
    result = survey.build()
    assert (result.status, result.warnings) == (0, "")
    assert result.files() == survey.build(clean=True).files()


@pytest.mark.parametrize(
    "setting",
    [
        "html_link_suffix = '.htm'",
        "html_file_suffix = '.xhtml'",
        "bibtex_reference_style = 'label'",
        "bibtex_default_style = 'unsrt'",
        "language = 'de'",
        "livingsurvey_unique_labels = False",
    ],
)
def test_a_setting_that_changes_citations_changes_all(setting: str, survey: Survey) -> None:
    survey.edit("docs/dough.md", "says.", "says, and {cite:t}`rossi2019wild,chen2020flour` too.")
    conf = survey.read("conf.py")
    survey.build()
    survey.write("conf.py", f"{conf}\n{setting}\n")
    survey.build()
    survey.edit("docs/dough.md", "Before the oven", "Before any oven")
    end = ".xhtml" if "xhtml" in setting else ".html"
    [found, clean] = [
        [line for line in result.read(f"dough{end}").splitlines() if "bibtex-citation" in line]
        for result in (survey.build(), survey.build(clean=True))
    ]
    assert found
    assert found == clean


def test_pages_that_are_gone_are_not_kept(survey: Survey) -> None:
    survey.build()
    assert "oven" in pickle.loads(find_cache(survey).read_bytes())
    (survey.path / "docs/oven.md").unlink()
    survey.edit("docs/index.md", "oven\n", "")
    survey.edit("docs/dough.md", "Before the oven", "Before any oven")
    survey.build()
    assert set(pickle.loads(find_cache(survey).read_bytes())) == {"dough"}
