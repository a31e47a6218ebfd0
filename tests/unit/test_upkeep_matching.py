"""The rule for what is certain, what is likely, and what is another paper."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from livingsurvey.catalog import Catalog
from livingsurvey.model import Location, Paper, Person
from livingsurvey.online.record import Record
from livingsurvey.upkeep.collection import list_record
from livingsurvey.upkeep.matching import Index, judge, share_surnames, share_words

DAY = datetime.date(2026, 11, 23)
NAMES = ("Ada Lovelace", "Grace Hopper", "Alan Turing")
TITLE = "{FastNet}: Attention with Little Memory"


def people(*names: str) -> tuple[Person, ...]:
    return tuple(
        Person(family=name.rpartition(" ")[2], given=name.rpartition(" ")[0]) for name in names
    )


def make_paper(**more: Any) -> Paper:
    values: dict[str, Any] = {
        "key": "lovelace2023fastnet", "entry_type": "misc", "title": TITLE,
        "authors": people(*NAMES), "year": 2023, "location": Location("papers.bib", 1, 1),
    }  # fmt: skip
    return Paper(**values | more)


def make_record(**more: Any) -> Record:
    values: dict[str, Any] = {
        "source": "list", "identifier": "x", "entry_type": "inproceedings",
        "title": "FastNet: Attention with little memory", "authors": people(*NAMES),
        "year": 2024, "last_year": 2024, "venue": "Conference", "retrieved": DAY,
    }  # fmt: skip
    return Record(**values | more)


def find(paper: Paper, record: Record) -> tuple[str, tuple[str, ...]] | None:
    matches = Index(Catalog([paper])).find([list_record(record)])
    return (matches[0].mark, matches[0].doubts) if matches else None


OTHER = people("Ada Lovelace", "Kurt Gödel", "Emmy Noether", "Paul Erdős")
IDS = {"arxiv": "2301.00001"}


@pytest.mark.parametrize(
    ("ours", "theirs", "outcome"),
    [
        # Identifiers, and what has to go with them.
        (IDS, IDS, ("arXiv identifier", ())),
        (IDS, IDS | {"title": "Attention with a Small Memory"}, ("arXiv identifier", ())),
        (IDS, IDS | {"title": "Cooking with Gas"}, None),
        (IDS, IDS | {"authors": OTHER, "title": "Cooking with Gas and Attention"}, None),
        ({"doi": "10.1/A"}, {"doi": "10.1/a", "authors": OTHER}, ("DOI", ())),
        # Title and authors.
        ({}, {}, ("title", ())),
        ({}, {"title": "FASTNET: Attention—with little memory"}, ("title", ())),
        ({}, {"authors": people(*NAMES, "Kurt Gödel")}, ("title", ())),
        ({}, {"authors": OTHER}, ("title", ("the authors differ",))),
        ({}, {"authors": people("Somebody Else", "Kurt Gödel")}, None),
        ({}, {"year": 2029}, ("title", ("the year is 2029",))),
        ({}, {"year": None}, ("title", ("the year is not known",))),
        ({"title": "Fast Attention"}, {"title": "Fast attention"},
         ("title", ("the title is short",))),
        ({"title": "Attention"}, {"title": "Attention"}, ("title", ("the title is short",))),
        ({"title": "Preface"}, {"title": "Preface"}, None),
        # Contradicting identifiers.
        (IDS, {"arxiv": "2301.00002"}, None),
        ({"venue": "Journal", "doi": "10.1/a"}, {"doi": "10.1/b"}, None),
        ({"doi": "10.1/a"}, {"doi": "10.1/b"}, ("title", ())),
        # Another title.
        ({}, {"title": "Attention with Hardly Any Memory"}, ("authors", ("the title differs",))),
        ({}, {"title": "Attention with Hardly Any Memory", "authors": OTHER}, None),
        ({}, {"title": "Cooking with Little Gas"}, None),
        ({}, {"title": "Attention with Hardly Any Memory", "year": 2030}, None),
        ({}, {"title": "FastNet: Memory for Attention",
              "authors": people("New First", *NAMES, "New Last", "Newer Last")},
         ("authors", ("the title differs",))),
        ({}, {"title": "SlowNet: Memory for Attention",
              "authors": people("New First", *NAMES, "New Last", "Newer Last")}, None),
    ],
)  # fmt: skip
def test_rule(
    ours: dict[str, Any], theirs: dict[str, Any], outcome: tuple[str, tuple[str, ...]] | None
) -> None:
    assert find(make_paper(**ours), make_record(**theirs)) == outcome


def test_the_title_of_another_paper_is_that_paper() -> None:
    second = make_paper(key="second", title="FastNet 2: Attention with Hardly Any Memory")
    index = Index(Catalog([make_paper(), second]))
    record = make_record(title="FastNet 2: Attention with Hardly Any Memory")
    assert [match.paper.key for match in index.find([list_record(record)])] == ["second"]


def test_only_some_papers_are_looked_for() -> None:
    index = Index(Catalog([make_paper(), make_paper(key="other", title="Something Else Entirely")]))
    assert index.find([list_record(make_record())], ["other"]) == []
    assert len(index.find([list_record(make_record())], ["lovelace2023fastnet"])) == 1


def test_the_record_is_read_only_where_it_may_match() -> None:
    read: list[str] = []
    listed = list_record(make_record(title="Cooking with Gas", authors=people("Ada Lovelace")))
    spy = type(listed)(
        listed.title,
        listed.name,
        listed.surname,
        "",
        "",
        lambda: read.append("x"),  # type: ignore[func-returns-value, arg-type, return-value]
    )
    assert Index(Catalog([make_paper()])).find([spy]) == []
    assert read == []


def test_one_word_in_common_tells_nothing() -> None:
    assert share_words("Attention", "Attention") == 0
    assert share_words("Sparse Attention Kernels", "Sparse Attention") == 1


def test_surnames() -> None:
    assert share_surnames(people("A B", "C D"), people("X B", "C D")) == 1
    assert share_surnames(people("A B"), people("A B", "C D", "E F"), of_shorter=True) == 0
    assert share_surnames((), ()) == 0
    accents = Person(family="Erdős", given="Pál")
    assert share_surnames([accents], people("Paul Erdos")) == 1


def test_a_paper_without_authors() -> None:
    assert judge(make_paper(authors=()), make_record(), "title") is None
