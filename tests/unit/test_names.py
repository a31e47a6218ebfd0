"""Author fields: where they are cut, how a name is read, how names are shown."""

# ruff: noqa: RUF001 (typographic apostrophes are what is tested)
from __future__ import annotations

import pytest

from livingsurvey.model import Person
from livingsurvey.names import NameText, is_others, parse_name, split_names


def test_names_are_cut_at_and_outside_of_braces() -> None:
    value = "Ann One and {Barnes and Noble} AND\n  Two, B.  and Sand, Andy and others"
    names = list(split_names(value))
    assert names == [
        NameText("Ann One", 0),
        NameText("{Barnes and Noble}", 12),
        NameText("Two, B.", 37),
        NameText("Sand, Andy", 50),
        NameText("others", 65),
    ]
    assert all(value[name.offset :].startswith(name.text) for name in names)


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("", []),
        (" \n", []),
        ("A and and B", ["A", "", "B"]),
        ("A and", ["A", ""]),
        ("and A", ["", "A"]),
        ("Anderson", ["Anderson"]),
        ("A\tand\nB", ["A", "B"]),
        ("{A and B", ["{A and B"]),
        ("A} and B", ["A}", "B"]),
        ("{{A} and {B}} and C", ["{{A} and {B}}", "C"]),
    ],
)
def test_odd_fields_lose_nothing(value: str, texts: list[str]) -> None:
    assert [name.text for name in split_names(value)] == texts


def test_others_is_recognized() -> None:
    assert is_others("others")
    assert is_others(" Others ")
    assert not is_others("{others}")
    assert not is_others("Others, Ann")


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Edward J. Hu", Person(given="Edward J.", family="Hu")),
        ("Hu, Edward J.", Person(given="Edward J.", family="Hu")),
        ("Plato", Person(family="Plato")),
        (
            r"Ho\ifmmode \check{r}\else \v{r}\fi{}ava, Petr",
            Person(given="Petr", family="Hořava"),
        ),
        (r"Petr Ho\ifmmode\check{r}\else\v{r}\fi{}ava", Person(given="Petr", family="Hořava")),
        ("{DeepSeek-AI}", Person(family="DeepSeek-AI")),
        ("{Barnes and Noble, Inc.}", Person(family="Barnes and Noble, Inc.")),
        (
            "Laurens van der Maaten",
            Person(given="Laurens", particle="van der", family="Maaten"),
        ),
        (
            "van der Maaten, Laurens",
            Person(given="Laurens", particle="van der", family="Maaten"),
        ),
        ("Jean de La Fontaine", Person(given="Jean", particle="de", family="La Fontaine")),
        ("Jean De La Fontaine", Person(given="Jean De La", family="Fontaine")),
        ("Jean {de} Fontaine", Person(given="Jean de", family="Fontaine")),
        ("jean fontaine", Person(particle="jean", family="fontaine")),
        ("de la, Jean", Person(given="Jean", particle="de", family="la")),
        (
            "Charles Louis Xavier Joseph de la Vall{\\'e}e Poussin",
            Person(given="Charles Louis Xavier Joseph", particle="de la", family="Vallée Poussin"),
        ),
        ("King, Jr., Martin Luther", Person(given="Martin Luther", family="King", suffix="Jr.")),
        ("Per Brinch Hansen", Person(given="Per Brinch", family="Hansen")),
        ("Brinch Hansen, Per", Person(given="Per", family="Brinch Hansen")),
        (r"{\'E}tienne {\L}oy", Person(given="Étienne", family="Łoy")),
        (r"\v{S}\'arka \'Swierk", Person(given="Šárka", family="Świerk")),
        (r"Ann {\'e}t Oe", Person(given="Ann", particle="ét", family="Oe")),
        (r"Ann {\oe}t Oe", Person(given="Ann", particle="œt", family="Oe")),
        (r"Ann {\OE}t Oe", Person(given="Ann Œt", family="Oe")),
        (r"Mu\~noz, Jos\'e", Person(given="José", family="Muñoz")),
        (r"J.~R.\ R. Tolkien", Person(given="J. R. R.", family="Tolkien")),
        ("O'Brien, Pat", Person(given="Pat", family="O’Brien")),
        ("陈 静", Person(given="陈", family="静")),
        ("  Ann \n One ", Person(given="Ann", family="One")),
        (r"Simon \& Schuster", Person(given="Simon &", family="Schuster")),
    ],
)
def test_names_are_read_as_bibtex_reads_them(text: str, person: Person) -> None:
    assert parse_name(text) == (person, None)


@pytest.mark.parametrize(
    ("text", "person", "fault"),
    [
        ("", Person(family=""), "a name is empty"),
        ("{", Person(family="{"), "in a name: { has no partner"),
        (", ,", Person(family=""), "a name is empty"),
        ("One,", Person(family="One"), "a name that ends in a comma"),
        (", Ann", Person(family="Ann"), "a name without a family name"),
        ("Ann {}", Person(family="Ann"), "a name without a family name"),
        ("{}, {}", Person(family=""), "a name without a family name"),
        (
            "One, A., Two, B.",
            Person(family="One", suffix="A.", given="Two B."),
            "a name with more than two commas; names are separated by 'and'",
        ),
        (
            "Ann One et al.",
            Person(given="Ann One", particle="et", family="al."),
            "'et al.' is no name; name all authors",
        ),
        (
            "A. One; B. Two",
            Person(given="A. One; B.", family="Two"),
            "';' in a name; names are separated by 'and'",
        ),
        (
            "One & Two",
            Person(given="One &", family="Two"),
            "'&' in a name; names are separated by 'and'",
        ),
        (
            r"Ann \foo{One}",
            Person(given="Ann", family="One"),
            r"in a name: unknown command \foo was left out",
        ),
        (
            "Ann\u202e One",
            Person(given="Ann", family="One"),
            "in a name: a hidden character (U+202E) was left out",
        ),
    ],
)
def test_faults_are_said_and_the_name_is_read_all_the_same(
    text: str, person: Person, fault: str
) -> None:
    assert parse_name(text) == (person, fault)


def test_several_names_in_one_pair_of_braces_are_told() -> None:
    said = "';' in a name; names are separated by 'and'"
    assert parse_name("{Attouch, Hedy; Buttazzo, Giuseppe}, Gerard")[1] == said
    assert parse_name("{Institute of Bread; Department of Ovens}")[1] is None
