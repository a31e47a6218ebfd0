"""The papers by year, venue and author, and the latest."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from livingsurvey.catalog import load
from livingsurvey.queries import (
    NO_VENUE,
    ByAuthor,
    ByVenue,
    ByYear,
    Recent,
    call,
    fingerprint,
)  # fmt: skip

if TYPE_CHECKING:
    from pathlib import Path

    from livingsurvey.catalog import Catalog

BIBLIOGRAPHY = r"""
@article{a, title = {Zymurgy}, author = {Simig, Daniel and Xin, Zheng Xin},
  journal = {Journal of Bread (JB)}, year = 2020, creationdate = {2026-01-02}}
@article{b, title = {Ale}, shorttitle = {B1}, author = {Simig, D{\'a}niel and Xin, Zheng-Xin},
  journal = {Journal of Bread ({JB})}, year = 2021, creationdate = {2026-01-03}}
@inproceedings{c, title = {Crust}, author = {Simig, Daniel X. and {The 3 Bakers} and Ødegaard, B},
  booktitle = {Oven Days}, year = 2021, creationdate = {2026-01-03}}
@misc{d, title = {A Very Long Title That Goes On and On Until Nobody Can Read It},
  author = {李, 明}}
"""


@pytest.fixture
def make_catalog(tmp_path: Path):
    def make(text: str = BIBLIOGRAPHY) -> Catalog:
        (tmp_path / "papers.bib").write_text(text, encoding="utf-8")
        return load([tmp_path / "papers.bib"], None)[0]

    return make


def keys(papers) -> list[str]:
    return [one.key for one in papers]


def test_years_go_down_and_the_undated_come_last(make_catalog) -> None:
    groups = ByYear().answer(make_catalog())
    assert [(one.title, keys(one.papers)) for one in groups] == [
        ("2021", ["b", "c"]), ("2020", ["a"]), ("Undated", ["d"]),
    ]  # fmt: skip


def test_venues_stand_by_their_acronym_and_count_once(make_catalog) -> None:
    groups = ByVenue().answer(make_catalog())
    assert [(one.short, one.title, keys(one.papers)) for one in groups] == [
        ("JB", "Journal of Bread", ["b", "a"]),
        ("Oven Days", "Oven Days", ["c"]),
        ("Preprints", NO_VENUE, ["d"]),
    ]


def test_authors_are_one_if_only_accents_and_marks_differ(make_catalog) -> None:
    authors = ByAuthor().answer(make_catalog())
    assert [(one.letter, one.name, keys(one.papers)) for one in authors] == [
        ("O", "Ødegaard, B", ["c"]),
        ("S", "Simig, Dániel", ["a", "b"]),
        ("S", "Simig, Daniel X.", ["c"]),
        ("X", "Xin, Zheng-Xin", ["a", "b"]),
        ("#", "The 3 Bakers", ["c"]),
        ("#", "李, 明", ["d"]),
    ]


def test_the_letters_of_authors_are_never_mixed(make_catalog) -> None:
    letters = [one.letter for one in ByAuthor().answer(make_catalog())]
    runs = [letter for i, letter in enumerate(letters) if i == 0 or letters[i - 1] != letter]
    assert len(runs) == len(set(runs))


def test_recent_papers_go_by_day(make_catalog) -> None:
    catalog = make_catalog()
    first, second = datetime.date(2026, 1, 2), datetime.date(2026, 1, 3)
    assert [(day, keys(papers)) for day, papers in Recent().answer(catalog)] == [
        (second, ["b", "c"]), (first, ["a"]),
    ]  # fmt: skip
    assert [keys(papers) for _, papers in Recent(limit=1).answer(catalog)] == [["b"]]
    assert [day for day, _ in Recent(since=second).answer(catalog)] == [second]


def test_a_crowded_list_cuts_long_titles_at_a_word(make_catalog) -> None:
    papers = make_catalog().papers
    assert (call(papers["a"]), call(papers["b"])) == ("Zymurgy", "B1")
    assert call(papers["d"]) == "A Very Long Title That Goes On and On Until…"


@pytest.mark.parametrize("query", [ByYear(), ByVenue(), ByAuthor(), Recent(), Recent(limit=2)])
def test_the_fingerprint_follows_what_is_shown(query, make_catalog) -> None:
    def ask(catalog: Catalog) -> str:
        return fingerprint(query.answer(catalog))

    before = ask(make_catalog())
    assert ask(make_catalog("% a comment\n" + BIBLIOGRAPHY)) == before
    assert ask(make_catalog(BIBLIOGRAPHY.replace("{B1}", "{B2}"))) != before
    assert ask(make_catalog(BIBLIOGRAPHY.replace("2021", "2019"))) != before
    assert hash(query) == hash(type(query)(**{n: getattr(query, n) for n in query.__slots__}))
