"""Queries: what each answers, in which order, and that an answer's fingerprint follows it."""

from __future__ import annotations

import pytest

from livingsurvey.bibtex.source import Source
from livingsurvey.catalog import Catalog, make_library
from livingsurvey.queries import (
    AllPapers,
    CategoryCounts,
    CategoryYears,
    Listing,
    PaletteColors,
    PaperCount,
    PapersIn,
    VenueCounts,
    choose_color,
    find_month,
    fingerprint,
    number_categories,
    sort_papers,
)
from livingsurvey.taxonomy import read_taxonomy

TAXONOMY = """\
[dough]
color = "#c9722f"
[dough.sourdough]
[dough.flour]
[oven]
[shop]
color = "#2f5f9c"
"""
BIBLIOGRAPHY = """\
@inproceedings{b2020, title = {The Apple}, author = {Zed, A}, year = 2020, month = feb,
  booktitle = {Oven Days (OD)}, keywords = {sourdough}, creationdate = {2026-03-01}}
@inproceedings{a2019, title = {Élan Zoo}, author = {Mid, B}, year = 2019,
  booktitle = {Days of Ovens (OD)}, keywords = {sourdough, oven}, creationdate = {2026-02-01}}
@article{c2020, title = {Bread}, author = {Ash, C}, year = 2020, month = mar,
  journal = {Bread}, keywords = {oven, flour}, creationdate = {2026-01-01}}
@misc{d, title = {Crumbs}, author = {Ash, C}, keywords = {flour}}
"""


def read(text: str = BIBLIOGRAPHY) -> Catalog:
    return make_library([Source("x.bib", text)], read_taxonomy(TAXONOMY, "t.toml")[0]).catalog


def keys(papers) -> list[str]:
    return [paper.key for paper in papers]


@pytest.mark.parametrize(
    ("eprint", "month"),
    [
        ("2106.09685", (2021, 6)),
        ("cs/9901001", (1999, 1)),
        ("cs/9913001", (2020, 0)),
        ("", (2020, 0)),
    ],
)
def test_a_paper_appeared_in_a_month_that_there_is(eprint: str, month: tuple[int, int]) -> None:
    text = f"@misc{{a2020, title = {{A}}, year = 2020, eprint = {{{eprint}}}}}"
    assert find_month(read(text).papers["a2020"]) == month


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("newest", ["c2020", "b2020", "a2019", "d"]),
        ("oldest", ["a2019", "b2020", "c2020", "d"]),
        ("title", ["b2020", "c2020", "d", "a2019"]),  # without "The", "É" among the Es
        ("author", ["c2020", "d", "a2019", "b2020"]),
        ("added", ["b2020", "a2019", "c2020", "d"]),
        ("file", ["b2020", "a2019", "c2020", "d"]),
    ],
)
def test_papers_are_sorted(order: str, expected: list[str]) -> None:
    papers = read().papers.values()
    assert keys(sort_papers(papers, order)) == expected
    if order != "file":
        assert keys(sort_papers(reversed(tuple(papers)), order)) == expected
    assert keys(AllPapers(order).answer(read())) == expected


def test_a_listing_has_residents_and_guests() -> None:
    listing = PapersIn("dough").answer(read())
    assert [category.tag for category in listing.path] == ["dough"]
    assert (keys(listing.residents), keys(listing.guests)) == (["b2020", "a2019", "d"], ["c2020"])
    flour = PapersIn("flour").answer(read())
    assert [category.tag for category in flour.path] == ["dough", "flour"]
    assert (keys(flour.residents), keys(flour.guests)) == (["d"], ["c2020"])


@pytest.mark.parametrize(
    ("limit", "residents", "guests"),
    [(1, ["b2020"], []), (3, ["b2020", "a2019", "d"], []), (4, ["b2020", "a2019", "d"], ["c2020"])],
)
def test_a_limit_takes_residents_first(limit: int, residents: list, guests: list) -> None:
    listing = PapersIn("dough", limit=limit).answer(read())
    assert (keys(listing.residents), keys(listing.guests)) == (residents, guests)


def test_an_unknown_category_has_nothing() -> None:
    assert PapersIn("rye").answer(read()) == Listing()
    assert CategoryCounts("rye").answer(read()) == ()


def test_papers_are_counted_once_in_each_category() -> None:
    catalog = read()
    counts = {category.tag: count for category, count in CategoryCounts().answer(catalog)}
    assert counts == {"dough": 4, "sourdough": 2, "flour": 2, "oven": 2, "shop": 0}
    assert PaperCount().answer(catalog) == 4
    branch = CategoryCounts("dough").answer(catalog)
    assert [category.tag for category, _ in branch] == ["dough", "sourdough", "flour"]


def test_years_are_counted_everywhere_or_at_home() -> None:
    def count(query: CategoryYears) -> dict[str, tuple]:
        return {category.tag: years for category, years in query.answer(read())}

    assert count(CategoryYears()) == {
        "dough": ((2019, 1), (2020, 2)), "sourdough": ((2019, 1), (2020, 1)),
        "flour": ((2020, 1),), "oven": ((2019, 1), (2020, 1)), "shop": (),
    }  # fmt: skip
    at_home = count(CategoryYears(at_home=True))
    assert at_home["dough"] == ((2019, 1), (2020, 1))
    assert at_home["flour"] == ()
    assert at_home["oven"] == ((2020, 1),)


def test_venues_are_counted_by_their_acronym_the_commonest_first() -> None:
    assert VenueCounts().answer(read()) == (("OD", 2), ("Bread", 1))
    assert VenueCounts(limit=1).answer(read()) == (("OD", 2),)
    assert VenueCounts(tag="flour").answer(read()) == (("Bread", 1),)


def test_top_categories_have_numbers_and_colors() -> None:
    catalog = read()
    assert number_categories(catalog, ()) == {"dough": 1, "oven": 2, "shop": 3}
    assert [choose_color(rank) for rank in (1, 10, 11, 25)] == [1, 10, 1, 5]
    assert number_categories(catalog, ("shop", "unknown")) == {"shop": 1, "dough": 2, "oven": 3}
    assert PaletteColors().answer(catalog) == {1: "#c9722f", 3: "#2f5f9c"}
    assert PaletteColors(("shop",)).answer(catalog) == {1: "#2f5f9c", 2: "#c9722f"}


QUERIES = [
    PapersIn("dough"),
    PapersIn("dough", limit=2),
    AllPapers(),
    CategoryCounts(),
    CategoryYears(),
    VenueCounts(),
]


@pytest.mark.parametrize("query", QUERIES, ids=repr)
def test_the_fingerprint_is_that_of_the_answer(query) -> None:
    def ask(text: str) -> str:
        return fingerprint(query.answer(read(text)))

    before = ask(BIBLIOGRAPHY)
    assert ask("% a line more\n\n" + BIBLIOGRAPHY) == before
    # One more paper of a year, a venue and categories of its own changes every answer here.
    new = "@article{e, title = {E}, year = 2024, journal = {Loaves}, keywords = {flour}}\n"
    assert ask(new + BIBLIOGRAPHY) != before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{Crumbs}", "{Crusts}"),
        ("@misc{d, ", "@misc{d, year = 2001, "),
        ("@misc{d, ", "@misc{d, note = {New}, "),
        ("{Ash, C}, keywords = {flour}", "{Oak, C}, keywords = {flour}"),
    ],
)
def test_a_listing_follows_every_field_of_its_papers_alone(old: str, new: str) -> None:
    changed = BIBLIOGRAPHY.replace(old, new)

    def ask(tag: str, text: str) -> str:
        return fingerprint(PapersIn(tag).answer(read(text)))

    assert ask("flour", changed) != ask("flour", BIBLIOGRAPHY)
    assert ask("oven", changed) == ask("oven", BIBLIOGRAPHY)
