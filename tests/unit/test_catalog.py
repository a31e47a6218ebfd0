"""The catalog: which papers there are, what each says, and in which categories it is."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from livingsurvey.bibtex.source import Source
from livingsurvey.catalog import load, load_library, make_library
from livingsurvey.taxonomy import read_taxonomy

if TYPE_CHECKING:
    from pathlib import Path

    from livingsurvey.catalog import Catalog

TAXONOMY = """\
[dough]
[dough.sourdough]
aliases = ["levain"]
[dough.flour]
[oven]
[tags]
theory = "Theory"
"""
BIBLIOGRAPHY = r"""
@article{rossi2019wild,
  title         = {{WildYeast}: Old Cultures},
  subtitle      = {In New Bread},
  shorttitle    = {WildYeast},
  author        = {Rossi, Anna and van der Berg, J{\"o}rg and others},
  journal       = {Journal of Bread},
  date          = {2019-05},
  doi           = {https://doi.org/10.1234/Bread.1},
  code          = {https://example.org/code},
  keywords      = {Sourdough, theory, flour},
  annotation    = {Shows that $k$ species live.},
  creationdate  = {2026-11-23},
}
@misc{abbas2021steam, title = {Steam}, author = {Abbas, Omar}, year = 2021, keywords = {oven},
  eprint = {2101.01234v2}, archiveprefix = {arXiv}}
@misc{chen2020flour, title = {Flour}, author = {{The Millers}}, year = 2020,
  keywords = {dough > flour, levain}}
"""


def read(text: str = BIBLIOGRAPHY) -> Catalog:
    library = make_library([Source("x.bib", text)], read_taxonomy(TAXONOMY, "t.toml")[0])
    return library.catalog


def test_a_paper_says_what_its_entry_says() -> None:
    paper = read().papers["rossi2019wild"]
    assert (paper.title, paper.short_title) == (
        "{WildYeast}: Old Cultures: In New Bread", "WildYeast",
    )  # fmt: skip
    assert [person.full for person in paper.authors] == ["Anna Rossi", "Jörg van der Berg"]
    assert paper.truncated
    assert (paper.year, paper.month, paper.venue) == (2019, 5, "Journal of Bread")
    assert (paper.doi, paper.link) == ("10.1234/Bread.1", "https://doi.org/10.1234/Bread.1")
    assert dict(paper.links) == {"code": "https://example.org/code"}
    assert paper.annotation == "Shows that $k$ species live."
    assert paper.created == datetime.date(2026, 11, 23)
    assert str(paper.location) == "x.bib:2:1"


def test_what_an_entry_lacks_is_empty() -> None:
    paper = read().papers["abbas2021steam"]
    assert (paper.short_title, paper.venue, paper.doi, paper.url) == ("", "", "", "")
    assert (paper.month, paper.created, paper.truncated) == (None, None, False)
    assert (paper.arxiv, paper.link) == ("2101.01234", "https://arxiv.org/abs/2101.01234")


def test_the_first_category_among_the_keywords_is_the_home() -> None:
    papers = read().papers
    assert papers["rossi2019wild"].categories == ("sourdough", "flour")
    assert papers["rossi2019wild"].home == "sourdough"
    assert papers["rossi2019wild"].tags == ("theory",)
    assert papers["chen2020flour"].categories == ("flour", "sourdough")


def test_a_category_holds_the_papers_of_all_below_it_once() -> None:
    catalog = read()
    assert [paper.key for paper in catalog.papers_in("dough")] == ["rossi2019wild", "chen2020flour"]
    assert [paper.key for paper in catalog.papers_in("oven")] == ["abbas2021steam"]
    assert {tag: catalog.count(tag) for tag in ("dough", "sourdough", "flour", "oven")} == {
        "dough": 2, "sourdough": 2, "flour": 2, "oven": 1,
    }  # fmt: skip
    with pytest.raises(KeyError):
        catalog.papers_in("rye")


VOLUMES = """\
@inproceedings{child, title = {C}, author = {A, B}, crossref = {Volume}, keywords = {oven}}
@proceedings{volume, title = {V}, year = 2020}
@proceedings{listed, title = {L}, year = 2020, keywords = {oven}}
@xdata{shared, publisher = {P}}
"""


def test_what_only_lends_its_fields_is_no_paper() -> None:
    assert list(read(VOLUMES).papers) == ["child", "listed"]
    assert read(VOLUMES).papers["child"].year == 2020


def test_papers_are_equal_if_they_say_the_same_wherever_they_stand() -> None:
    before, after = read(), read("% a line more\n" + BIBLIOGRAPHY)
    for key, paper in before.papers.items():
        assert after.papers[key] == paper
        assert after.papers[key].digest == paper.digest
    changed = read(BIBLIOGRAPHY.replace("live.", "thrive."))
    assert changed.papers["rossi2019wild"].digest != before.papers["rossi2019wild"].digest


def test_files_are_read_in_order_and_named_from_the_root(tmp_path: Path) -> None:
    first, second = tmp_path / "bib/a.bib", tmp_path / "bib/b.bib"
    first.parent.mkdir()
    first.write_text('@string{jb = "Bread"}\n@misc{one, title = {1}, keywords = {x}}', "utf-8")
    second.write_text("@article{two, title = {2}, journal = jb}\n@misc{one}\n", "utf-8")
    library = load_library([first, second], None, tmp_path)
    assert [source.path for source in library.sources] == ["bib/a.bib", "bib/b.bib"]
    assert list(library.catalog.papers) == ["one", "two"]
    assert library.catalog.papers["two"].venue == "Bread"
    assert [str(found.location) for found in library.diagnostics] == ["bib/b.bib:2:7"]
    catalog, problems = load([first, second], None, tmp_path)
    assert (dict(catalog.papers), problems) == (
        dict(library.catalog.papers), list(library.diagnostics),
    )  # fmt: skip


def test_diagnostics_come_in_the_order_of_the_text() -> None:
    text = "@misc{a, year = {soon}, url = {x}}\n@misc{b, keywords = {rye}, x = y}\n"
    library = make_library([Source("x.bib", text)], read_taxonomy(TAXONOMY, "t.toml")[0])
    places = [(found.location.line, found.location.column) for found in library.diagnostics]
    assert {line for line, _ in places} == {1, 2}
    assert places == sorted(places)
