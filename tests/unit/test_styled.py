"""Labels of works, as pybtex styles make them and as we do."""

from __future__ import annotations

from itertools import islice

import pytest

from livingsurvey.bibtex.styled import iterate_letters, make_entry, make_labels, make_unique
from livingsurvey.model import Location, Paper
from livingsurvey.names import is_others, parse_name, split_names


def make_paper(authors: str, year: int = 2021) -> Paper:
    names = split_names(authors)
    return Paper(
        key="key",
        entry_type="misc",
        title="T",
        authors=tuple(parse_name(one.text)[0] for one in names if not is_others(one.text)),
        truncated=any(is_others(one.text) for one in names),
        year=year,
        location=Location("papers.bib"),
    )


def label(authors: str) -> str:
    (made,) = make_labels([make_entry(make_paper(authors))], "alpha", is_unique=True).values()
    return made


@pytest.mark.parametrize(
    ("authors", "made"),
    [
        ("Knuth, Donald E.", "Knu21"),
        (r"M{\"u}ller, J{\"o}rg", "Mul21"),
        ("Łukasz, Jan", "Luk21"),
        ("Ørsted, Hans", "Ors21"),
        ("O'Neil, Cathy", "ONe21"),
        ("van der Berg, Li", "vdB21"),
        ("Li, Bo", "Li21"),
        ("Иванов, Пётр", "Ива21"),  # noqa: RUF001
        ("刘, 洋", "刘21"),
        ("A, One and Łę, Two", "AL21"),
        ("A, One and others", "A+21"),
        ("A, O and B, O and C, O and D, O", "ABCD21"),
        ("A, O and B, O and C, O and D, O and E, O", "ABC+21"),
        ("Ng-Smith, Wei and Le Brun, Claire", "NSLB21"),
        ("{Bread Lab}", "BL21"),
        (r"{\_\_}, A", "21"),
    ],
)
def test_a_label_of_names_in_any_script(authors: str, made: str) -> None:
    assert label(authors) == made


@pytest.mark.parametrize(
    "authors",
    [
        "Knuth, Donald E.", "Hu, Ed and Ng, Al", "van der Berg, Li", "A, O and others",
        "A, O and B, O and C, O and D, O and E, O", "Le Brun, Claire",
        "Ng-Smith, Wei and Le Brun, Claire",
    ],
)  # fmt: skip
def test_a_label_of_latin_letters_is_that_of_pybtex(authors: str) -> None:
    entry = make_entry(make_paper(authors))
    assert {"key": label(authors)} == make_labels([entry], "alpha", is_unique=False)


def test_letters_go_on_behind_z() -> None:
    assert list(islice(iterate_letters(), 24, 29)) == ["y", "z", "aa", "ab", "ac"]


def test_no_letter_makes_a_label_that_is_there() -> None:
    assert list(make_unique(["x", "x", "xa", "y"])) == ["xb", "xc", "xa", "y"]
