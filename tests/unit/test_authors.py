"""One name for each author: which spellings are one person, and what is wrong with the file."""

from __future__ import annotations

import pytest

from livingsurvey.bibtex.source import Source
from livingsurvey.catalog import make_library
from livingsurvey.names import read_authors
from livingsurvey.queries import ByAuthor
from livingsurvey.taxonomy import Taxonomy

BIBLIOGRAPHY = """
@misc{a, title = {A}, author = {Le, Quoc and Doe, Jane}, year = {2020}}
@misc{b, title = {B}, author = {Le, Quoc V.}, year = {2021}}
@misc{c, title = {C}, author = {Quoc Viet Le}, year = {2022}}
"""
AUTHORS = '"Le, Quoc V." = ["Le, Quoc", "Le, Quoc Viet"]\n'


def test_spellings_of_one_person_are_one_author() -> None:
    spellings, problems = read_authors(AUTHORS, "authors.toml")
    assert problems == []
    library = make_library([Source("x.bib", BIBLIOGRAPHY)], Taxonomy(), (), spellings)
    authors = ByAuthor().answer(library.catalog)
    assert [(author.name, len(author.papers)) for author in authors] == [
        ("Doe, Jane", 1), ("Le, Quoc V.", 3),
    ]  # fmt: skip
    # What the entry says stays as it is printed: the .bib goes out unchanged.
    assert library.catalog.papers["a"].fields["author"] == "Le, Quoc and Doe, Jane"


def test_another_name_is_another_answer() -> None:
    spellings, _ = read_authors(AUTHORS, "authors.toml")
    sources = [Source("x.bib", BIBLIOGRAPHY)]
    before = make_library(sources, Taxonomy()).catalog.papers["a"].digest
    assert make_library(sources, Taxonomy(), (), spellings).catalog.papers["a"].digest != before


def test_a_spelling_of_a_spelling_is_followed() -> None:
    text = '"C, Ann" = ["B, Ann"]\n"B, Ann" = ["A, Ann"]\n'
    spellings, problems = read_authors(text, "authors.toml")
    assert problems == []
    assert {name.inverted for name in spellings.values()} == {"C, Ann"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('"Hu, Ed" = ["Hu, Ed"]', "authors.toml:1"),
        ('"Hu, Ed" = "Hu, E."', "authors.toml:1"),
        ('\n"Hu, Ed" = [1]', "authors.toml:2"),
        ('"Hu, Ed" = ["Hu, E."]\n"Hu, Eve" = ["Hu, E."]', "authors.toml:1"),
        ('"" = []', "authors.toml"),
        ("x = [", "authors.toml"),
        ("x = " + "[" * 5000, "authors.toml"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_raises(text: str, place: str) -> None:
    _, problems = read_authors(text, "authors.toml")
    assert [str(found.location) for found in problems] == [place]
    assert all(found.suggestion for found in problems)
