"""The inbox: its file, what it takes in, and what it leaves out."""

from __future__ import annotations

import datetime
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livingsurvey.bibtex.source import StateError
from livingsurvey.catalog import Catalog
from livingsurvey.model import Location, Paper, Person
from livingsurvey.online.record import Record
from livingsurvey.upkeep.candidates import Suggester, add_records, sift
from livingsurvey.upkeep.inbox import (
    Candidate,
    Declined,
    Inbox,
    name_record,
    read_inbox,
    write_inbox,
)

if TYPE_CHECKING:
    from pathlib import Path

DAY = datetime.date(2026, 11, 23)


def make_record(title: str, **more: Any) -> Record:
    values: dict[str, Any] = {
        "source": "list", "identifier": "x", "entry_type": "inproceedings", "title": title,
        "authors": (Person(family="Lovelace", given="Ada"),), "year": 2026, "last_year": 2026,
        "venue": "Proceedings of ENGINES 2026", "retrieved": DAY,
    }  # fmt: skip
    return Record(**values | more)


def make_catalog() -> Catalog:
    return Catalog(
        [
            Paper(
                key="turing2022machines", entry_type="inproceedings",
                title="Machines That Think about Machines", arxiv="2201.00009",
                authors=(Person(family="Turing", given="Alan"),), year=2022,
                venue="Conference on Engines (ENGINES)",
                fields={"booktitle": "Conference on Engines (ENGINES)"}, location=Location("b"),
            )
        ]
    )  # fmt: skip


def fill(*records: Record, inbox: Inbox | None = None, **more: Any) -> Inbox:
    catalog = make_catalog()
    inbox = inbox or Inbox()
    new = sift(records, catalog, inbox)
    return add_records(inbox, new, Suggester(catalog, learns=False), DAY, **more)


def test_takes_in_what_is_new() -> None:
    inbox = fill(
        make_record("A First Paper on Speed", arxiv="2611.00001"),
        make_record("A Second Paper on Speed", doi="10.1234/Second"),
        make_record("A Third Paper on Speed"),
        make_record("A first paper on speed"),
        make_record("Machines that think about machines", authors=(Person(family="Turing"),)),
        make_record("Thinking Machines", arxiv="2201.00009", authors=(Person(family="Turing"),)),
        make_record("Withdrawn Work on Speed", is_withdrawn=True),
    )
    assert sorted(inbox.candidates) == [
        "arxiv:2611.00001", "doi:10.1234/second", "title:athirdpaperonspeed",
    ]  # fmt: skip
    assert {one.number for one in inbox.candidates.values()} == {1, 2, 3}
    assert inbox.last_number == 3


def test_venues_are_spelled_as_the_survey_has_them() -> None:
    [candidate] = fill(make_record("A First Paper on Speed")).candidates.values()
    assert candidate.fields["booktitle"] == "Conference on Engines (ENGINES)"


def test_a_number_is_given_once() -> None:
    inbox = fill(make_record("A First Paper on Speed"))
    [first] = inbox.candidates.values()
    inbox = fill(make_record("A Second Paper on Speed"), inbox=inbox.take_out(first))
    assert [one.number for one in inbox.candidates.values()] == [2]
    assert inbox.find(1) is None


def test_what_was_declined_does_not_come_again() -> None:
    inbox = fill(make_record("A First Paper on Speed"))
    [first] = inbox.candidates.values()
    inbox = inbox.decline(first, DAY, "too fast")
    assert inbox.candidates == {}
    again = make_record("A First Paper on Speed!", arxiv="2611.00001")
    assert fill(again, inbox=inbox).candidates == {}


def test_only_the_best_are_kept() -> None:
    days = [DAY - datetime.timedelta(number) for number in range(5)]
    records = [make_record(f"Speed on Day {day}", appeared=day) for day in days]
    inbox = fill(*records, most=2)
    assert [one.title for one in inbox.sort()] == [f"Speed on Day {day}" for day in days[:2]]
    assert inbox.last_number == 2


def test_who_cites_more_comes_first() -> None:
    records = [make_record("A First Paper on Speed"), make_record("A Second Paper on Speed")]
    cites = {name_record(records[1]): {"b", "a", "c"}}
    best = fill(*records, cites=cites).sort()[0]
    assert best.title == "A Second Paper on Speed"
    assert best.cites == ("a", "b", "c")
    assert best.reason == "cites a, b, c"
    assert best.score == 0.1


def test_what_the_survey_has_by_now_goes() -> None:
    inbox = fill(make_record("A First Paper on Speed", arxiv="2611.00001"))
    paper = Paper(key="k", entry_type="misc", title="T", arxiv="2611.00001", location=Location("b"))
    assert inbox.leave_out_known(Catalog([paper])).candidates == {}
    assert inbox.leave_out_known(make_catalog()) == inbox


def test_round_trip(tmp_path: Path) -> None:
    inbox = fill(
        make_record(r"A \& Paper \emph{on} \"{S}peed", arxiv="2611.00001", abstract="Secret."),
        make_record("Second: with ]tables[ and \N{GREEK SMALL LETTER ALPHA}"),
        cites={"arxiv:2611.00001": ["turing2022machines"]},
    )
    [first, _] = inbox.candidates.values()
    inbox = replace(inbox.decline(first, DAY, 'a "reason"'), fetched="2026-11-23")
    path = tmp_path / "inbox.toml"
    path.write_text(write_inbox(inbox), encoding="utf-8")
    assert read_inbox(path) == inbox
    assert "Secret" not in path.read_text(encoding="utf-8"), "abstracts are not ours to keep"


names = st.text(max_size=20)


@given(
    st.dictionaries(
        names.filter(bool),
        st.tuples(names, names, st.integers(0, 99), st.floats(0, 1), st.lists(names, max_size=3)),
        max_size=4,
    )
)  # fmt: skip
def test_any_text_survives(values: dict[str, tuple[str, str, int, float, list[str]]]) -> None:
    inbox = Inbox(
        candidates={
            name: Candidate(
                identifier=name, number=number, score=score, like=tuple(like), came="2026-11-23",
                source=source, entry_type="misc", fields={"title": title},
            )
            for name, (title, source, number, score, like) in values.items()
        },
        declined={
            name: Declined(identifier=name, title=title, date="2026-11-23", why=why)
            for name, (title, why, *_) in values.items()
        },
    )  # fmt: skip
    document = tomllib.loads(write_inbox(inbox))
    assert document.get("papers", {}).keys() == inbox.candidates.keys()
    for name, one in inbox.candidates.items():
        table = document["papers"][name]
        assert (table["title"], table["score"]) == (one.fields["title"], one.score)
        assert tuple(table.get("like", ())) == one.like


def test_the_number_of_an_issue_is_not_the_candidates(tmp_path: Path) -> None:
    [candidate] = fill(
        make_record("A Paper on Speed", entry_type="article", volume="4", number="S1"),
        make_record("A Second Paper on Speed", entry_type="article", volume="4", number="7"),
    ).sort()[:1]
    inbox = Inbox(
        candidates={
            "x": replace(
                candidate,
                identifier="x",
                fields={**candidate.fields, "score": "1", "a b": "c", "number": "S1"},
            )
        },
        last_number=5,
    )
    path = tmp_path / "inbox.toml"
    path.write_text(write_inbox(inbox), encoding="utf-8")
    assert read_inbox(path) == inbox


def test_a_decision_changes_few_lines() -> None:
    inbox = fill(*(make_record(f"Paper Number {number} on Speed") for number in range(20)))
    before = write_inbox(inbox).splitlines()
    after = write_inbox(inbox.take_out(inbox.sort()[3])).splitlines()
    assert set(after) <= set(before)
    assert len(before) - len(after) < 15
    assert write_inbox(inbox) == write_inbox(fill(inbox=inbox))


@pytest.mark.parametrize(
    "text",
    [
        *("version", "version = 2", 'version = "1"', "", "version = 1\npapers = 3"),
        "version = 1\nlast-number = inf",
        "version = 1\n[papers.x]\ntitle = 1",
        'version = 1\n[papers.x]\nnumber = nan\nentry-type = "misc"',
        'version = 1\n[papers.x]\nnumber = 1\nentry-type = "misc"\ncategories = "prompts"',
    ],
)
def test_a_broken_inbox_is_not_overwritten(tmp_path: Path, text: str) -> None:
    path = tmp_path / "inbox.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StateError, match=r"inbox\.toml is"):
        read_inbox(path)


def test_a_number_that_two_papers_have_names_neither(tmp_path: Path) -> None:
    path = tmp_path / "inbox.toml"
    tables = "".join(f'[papers.{name}]\nnumber = 3\nentry-type = "misc"\n' for name in "ab")
    path.write_text(f"version = 1\nlast-number = 3\n{tables}", encoding="utf-8")
    with pytest.raises(StateError, match=r"two papers have the number 3; give one of them another"):
        read_inbox(path)


def test_a_number_that_was_written_by_hand_is_not_given_again(tmp_path: Path) -> None:
    path = tmp_path / "inbox.toml"
    path.write_text('version = 1\n[papers.a]\nnumber = 3\nentry-type = "misc"\n', encoding="utf-8")
    assert read_inbox(path).last_number == 3


def test_no_inbox_yet(tmp_path: Path) -> None:
    assert read_inbox(tmp_path / "inbox.toml") == Inbox()
