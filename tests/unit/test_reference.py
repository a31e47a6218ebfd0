"""What the list of references says of a work, beside the goldens of each type."""

from __future__ import annotations

from dataclasses import replace

import pytest

from livingsurvey.model import Location, Paper, Person
from livingsurvey.reference import FACTS, close, make_reference

HOSTILE = ("", "{", "}", "\\", "\\emph{", "$", "0", "²", "99999999999999999999", "{}", "-", "and")


def make_paper(**fields: str) -> Paper:
    return Paper(
        key="k",
        entry_type=fields.pop("entry_type", "misc"),
        title="T",
        year=2001,
        fields=fields,
        location=Location("papers.bib"),
    )


@pytest.mark.parametrize(
    ("text", "stop"),
    [("A title", "."), ("A title!", ""), ("Why?", ""), ("2nd ed.", ""), ("“Why?”", ""), ("", "")],
)
def test_a_sentence_ends_in_one_mark(text: str, stop: str) -> None:
    assert close(text) == stop


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("edition", "2", "2nd ed."),
        ("edition", "11", "11th ed."),
        ("edition", "23", "23rd ed."),
        ("edition", "Second", "Second ed."),
        ("edition", "Revised edition", "Revised edition."),
        ("pages", "5", "P. 5."),
        ("pages", "5--7", "Pp. 5–7."),  # noqa: RUF001
        ("pages", "5-7, 9", "Pp. 5–7, 9."),  # noqa: RUF001
        ("pages", "pp. 5--7", "Pp. 5–7."),  # noqa: RUF001
        ("chapter", "3", "Ch. 3."),
        ("chapter", "The Crumb", "The Crumb."),
        ("volume", "3", "Vol. 3."),
        ("pubstate", "inpress", "In press."),
        ("translator", "Roe, Ann and others", "Trans. by Ann Roe et al."),
        ("editora", "Roe, Ann", "Ed. by Ann Roe."),
    ],
)
def test_a_fact_in_words(field: str, value: str, said: str) -> None:
    assert make_reference(make_paper(**{field: value})).text == said


def test_who_edits_stands_in_front_where_nobody_writes() -> None:
    one = Person(family="Roe", given="Ann")
    assert make_reference(replace(make_paper(), editors=(one,))).people == "Roe, Ann (ed.)"


def test_a_fact_that_two_fields_say_is_said_once() -> None:
    paper = make_paper(organization="ACM", publisher="ACM", address="New York")
    assert make_reference(paper).text == "ACM, New York."


def test_an_address_is_a_link_and_no_word() -> None:
    paper = make_paper(howpublished=r"\url{https://example.org}")
    assert make_reference(paper).text == "https://example.org."
    linked = replace(paper, url="https://example.org")
    assert make_reference(linked).text == ""


@pytest.mark.parametrize("kind", ["article", "book", "thesis", "nonsense"])
@pytest.mark.parametrize("value", HOSTILE)
def test_nothing_makes_it_fail(kind: str, value: str) -> None:
    names = [*FACTS, "editor", "translator", "holder", "date", "type", "editortype", "urldate"]
    reference = make_reference(make_paper(entry_type=kind, **dict.fromkeys(names, value)))
    assert isinstance(reference.text, str)
