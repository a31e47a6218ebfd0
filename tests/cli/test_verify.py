"""``livingsurvey verify`` and ``check --verified``: what vouches for an entry."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.services import Services, find_closed_port, make_entry, make_work, run_services, send
from tests.surveys import BIB, Survey

from livingsurvey.bibtex.source import decode
from livingsurvey.catalog import load, make_library
from livingsurvey.catalog.ledger import (
    Ledger,
    Verification,
    digest_facts,
    read_ledger,
    write_ledger,
)
from livingsurvey.model import Person
from livingsurvey.online.record import find_differences, is_same_person
from livingsurvey.rules import RULES
from livingsurvey.rules.rule import TAXONOMY as EXAMPLE_TAXONOMY
from livingsurvey.rules.survey import check_verified
from livingsurvey.taxonomy import read_taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from livingsurvey.catalog import Library
    from livingsurvey.rules import Rule

TITLE = "Intrinsic Dimensionality Explains the Effectiveness of Language Model Fine-Tuning"
KEY = "aghajanyan2020intrinsic"
OTHER = "lester2021power"


@pytest.fixture
def services() -> Iterator[Services]:
    with run_services() as running:
        running.records["2012.13255"] = make_entry(
            "2012.13255",
            TITLE.upper(),
            ["Armen Aghajanyan", "Luke Zettlemoyer", "Sonal Gupta"],
            published="2020-12-22T07:42:30Z",
            updated="2020-12-22T07:42:30Z",
        )
        yield running


def read(survey: Survey) -> dict[str, Verification]:
    ledger, problems = read_ledger(survey.ledger, "verified.json")
    assert problems == []
    return dict(ledger.entries)


def test_writes_the_ledger(survey: Survey) -> None:
    done = survey.run("verify")
    assert done.status == 0
    assert done.err == (
        "2 to verify: 1 agree, 1 have neither DOI nor arXiv identifier\nwritten: verified.json\n"
    )
    document = json.loads(survey.ledger.read_text(encoding="utf-8"))
    entry = document["entries"][KEY]
    assert set(document) == {"version", "entries"}
    assert list(document["entries"]) == [KEY]
    assert entry["verdict"] == "agrees"
    assert (entry["source"], entry["identifier"]) == ("arXiv", "2012.13255")
    assert len(entry["facts"]) == 32
    assert survey.ledger.read_bytes().endswith(b"}\n")


def test_asks_for_what_is_new_or_changed(survey: Survey, services: Services) -> None:
    survey.run("verify")
    assert survey.run("verify", "--refresh").err.startswith("1 to verify: 0 agree, 1 have neither")
    assert len(services.requests) == 1
    survey.bib.write_text(BIB.replace("{Intrinsic Dim", "{{Intrinsic} dim"))
    survey.run("verify", "--refresh")
    assert len(services.requests) == 1, "braces and case are no facts"
    survey.bib.write_text(BIB.replace("{2020}", "{2019}"))
    done = survey.run("verify", "--refresh")
    assert len(services.requests) == 2
    assert done.status == 1
    assert done.out == (f"papers.bib:5:1: {KEY}: in arXiv's record 2012.13255 the year is 2020\n")
    assert survey.run("verify", "--all", "--refresh").status == 1
    assert len(services.requests) == 3


@pytest.mark.parametrize(
    ("before", "after", "difference"),
    [
        ("Intrinsic Dim", "Extrinsic Dim", f"the title is '{TITLE.upper()}'"),
        ("Aghajanyan, Armen", "Invented, Ivan", "the first author is Armen Aghajanyan"),
        ("{2020}", "{2022}", "the year is 2020"),
    ],
)
def test_differences(survey: Survey, before: str, after: str, difference: str) -> None:
    survey.bib.write_text(BIB.replace(before, after))
    done = survey.run("verify", KEY)
    assert done.status == 1
    assert difference in done.out
    assert "0 agree, 1 differ" in done.err
    assert read(survey)[KEY].differences == (difference,)
    checked = survey.run("check", "--verified")
    assert checked.status == 1
    assert f"in arXiv's record 2012.13255 {difference}" in checked.out
    assert "[survey.record_differs]" in checked.out


def test_invented_reference(survey: Survey) -> None:
    survey.bib.write_text(BIB.replace("2012.13255", "2012.99999"))
    done = survey.run("verify")
    assert done.status == 1
    assert f"{KEY}: arXiv has no record 2012.99999\n" in done.out
    checked = survey.run("check", "--verified")
    assert f"papers.bib:5:7: warning: {KEY}: arXiv had no record 2012.99999 on" in checked.out


def test_check_verified(survey: Survey, services: Services) -> None:
    assert survey.run("check").status == 0
    before = survey.run("check", "--verified")
    assert before.status == 1
    assert before.out.splitlines()[:2] == [
        (
            f"papers.bib:5:7: warning: {KEY}: nobody compared it with a record; "
            f"run livingsurvey verify {KEY} [survey.unverified]"
        ),
        (
            f"papers.bib:16:16: warning: {OTHER}: it has neither DOI nor arXiv identifier, and no "
            "editor vouches for it; compare it with the paper, then run livingsurvey verify "
            f"--vouch {OTHER} [survey.unverified]"
        ),
    ]
    survey.run("verify")
    survey.run("verify", "--vouch", OTHER)
    count = len(services.requests)
    assert survey.run("check", "--verified").status == 0
    assert len(services.requests) == count, "check goes nowhere"
    survey.bib.write_text(BIB.replace("2012.13255", "2012.13256").replace("{2021}", "{2020}"))
    changed = survey.run("check", "--verified").out
    assert changed.count("[survey.facts_changed]") == 2
    assert f"run livingsurvey verify --vouch {OTHER}" in changed


def test_disabled_rule_says_nothing(survey: Survey) -> None:
    path = survey.folder / "pyproject.toml"
    path.write_text(
        path.read_text() + '\n[tool.livingsurvey.disabled]\nunverified = "not yet begun"\n'
    )
    assert survey.run("check", "--verified").status == 0


def test_vouching(survey: Survey, services: Services) -> None:
    assert survey.run("verify", "--vouch").status == 2
    assert survey.run("verify", "--vouch", OTHER).status == 0
    assert services.requests == []
    assert read(survey)[OTHER] == Verification(
        facts=read(survey)[OTHER].facts,
        source="editor",
        identifier="",
        date="2026-11-23",
        verdict="agrees",
    )


def test_doi_comes_first_and_arxiv_helps_out(survey: Survey, services: Services) -> None:
    survey.bib.write_text(BIB.replace("  eprint ", "  doi = {10.5555/unknown},\n  eprint "))
    done = survey.run("verify", KEY)
    assert done.status == 0
    assert "Crossref has no such record; asking arXiv" in done.err
    assert read(survey)[KEY].source == "arXiv"
    services.works["10.5555/unknown"] = make_work(
        "10.5555/unknown", TITLE, [("Aghajanyan", "A.")], issued={"date-parts": [[2021]]}
    )
    survey.run("verify", KEY)
    assert read(survey)[KEY].source == "Crossref"


def test_entries_that_are_gone_leave_the_ledger(survey: Survey) -> None:
    survey.run("verify")
    survey.run("verify", "--vouch", OTHER)
    survey.bib.write_text(BIB[: BIB.index("@inproceedings")])
    survey.run("verify")
    assert list(read(survey)) == [KEY]


def test_dry_run(survey: Survey) -> None:
    assert survey.run("verify", "-n").status == 0
    assert not survey.ledger.exists()


def test_unknown_key(survey: Survey) -> None:
    done = survey.run("verify", "lester2020power")
    assert done.status == 2
    assert "there is no paper 'lester2020power'; did you mean 'lester2021power'?" in done.err


# Bad days


def test_offline_leaves_the_ledger(survey: Survey) -> None:
    survey.run("verify")
    before = survey.ledger.read_bytes()
    path = survey.folder / "pyproject.toml"
    port = path.read_text().partition("http://127.0.0.1:")[2].partition("/")[0]
    path.write_text(path.read_text().replace(port, str(find_closed_port())))
    done = survey.run("verify", "--all")
    assert done.status == 2
    assert done.err.count("cannot reach arXiv") == 1
    assert "1 could not be looked up" in done.err
    assert survey.ledger.read_bytes() == before


def test_offline_makes_no_ledger(survey: Survey, services: Services) -> None:
    services.bad_days = [lambda h: send(h, "<feed/>")]
    done = survey.run("verify")
    assert done.status == 2
    assert "the answer of arXiv is no Atom feed" in done.err
    assert not survey.ledger.exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "the ledger cannot be read"),
        ("[]", "this is no ledger of version 1"),
        ('{"version": 2, "entries": {}}', "this is no ledger of version 1"),
        ('{"version": 1, "entries": {"x": {"facts": "a"}}}', "entry for 'x' is malformed"),
    ],
)
def test_broken_ledger(survey: Survey, text: str, message: str) -> None:
    survey.ledger.write_text(text)
    done = survey.run("verify")
    assert done.status == 2
    assert message in done.err
    assert survey.ledger.read_text() == text
    checked = survey.run("check", "--verified")
    assert (checked.status, message in checked.out) == (1, True)
    assert survey.run("verify", "--all").status == 0
    assert list(read(survey)) == [KEY]


# What counts as a difference


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Person(family="Ramos Garea", given="S."), Person(family="Garea", given="Sabela R."), True),
        (Person(family="Maaten", particle="van der"), Person(family="van der Maaten"), True),
        (Person(family="Li", given="Ming"), Person(family="Ming", given="Li"), True),
        (Person(family="Çatalyürek"), Person(family="Catalyurek"), True),
        (Person(family="Allen-Zhu"), Person(family="AllenZhu"), True),
        (Person(family="Li", given="Ming"), Person(family="Lin", given="Ming"), False),
        (Person(family="Hu", given="E."), Person(family="Wu", given="E."), False),
        (Person(family=""), Person(family="Wu"), False),
    ],
)
def test_same_person(one: Person, other: Person, *, expected: bool) -> None:
    assert is_same_person(one, other) is expected
    assert is_same_person(other, one) is expected


@pytest.mark.parametrize(
    ("venue", "year", "fits"),
    [
        ("", 2020, True), ("", 2022, True), ("", 2019, False), ("", 2023, False),
        ("ICLR", 2019, True), ("ICLR", 2024, True), ("ICLR", 2018, False), ("ICLR", 2027, False),
    ],
)  # fmt: skip
def test_years_at_arxiv(
    survey: Survey, services: Services, venue: str, year: int, *, fits: bool
) -> None:
    from tests.services import make_feed

    from livingsurvey.online import arxiv

    entry = make_entry(
        "2012.13255", TITLE, ["A. Aghajanyan"],
        published="2020-12-22T07:42:30Z", updated="2022-01-01T00:00:00Z",
    )  # fmt: skip
    import datetime

    body = arxiv.split(make_feed([entry]).encode(), [])["2012.13255"]
    record = arxiv.read(body, "2012.13255", datetime.date(2026, 11, 23))
    catalog, _ = load([survey.bib], survey.taxonomy)
    paper = replace(catalog.papers[KEY], venue=venue, year=year)
    assert find_differences(paper, record) == (() if fits else ("the year is 2020",))


def test_ledger_round_trip(tmp_path: Path) -> None:
    entry = Verification(
        facts="f" * 32, source="arXiv", identifier="é", date="2026-11-23", verdict="differs",
        differences=("the year is 2020",),
    )  # fmt: skip
    path = tmp_path / "verified.json"
    path.write_text(write_ledger(Ledger({"b": entry, "a": entry})), encoding="utf-8")
    assert read_ledger(path, "x") == (Ledger({"a": entry, "b": entry}), [])
    assert path.read_text(encoding="utf-8").index('"a"') < path.read_text(encoding="utf-8").index(
        '"b"'
    )


# The rules by their own examples


def make_example(text: str) -> Library:
    tree, _ = read_taxonomy(EXAMPLE_TAXONOMY, "taxonomy.toml")
    source, _ = decode(text.encode(), "papers.bib")
    return make_library([source], tree)


@pytest.mark.parametrize(
    "rule", [one for one in RULES if one.stage == "verify"], ids=lambda one: one.code
)
def test_examples(rule: Rule) -> None:
    good, bad = make_example(rule.good), make_example(rule.bad)
    verified = {
        key: Verification(
            facts=digest_facts(paper), source="arXiv", identifier="x", date="2026-11-23",
            verdict="agrees",
        )
        for key, paper in good.catalog.papers.items()
    }  # fmt: skip
    assert list(check_verified(good, Ledger(verified))) == []
    if rule.code == "record_differs":
        # What the ledger says is what is wrong, not that it says nothing.
        verified = {
            key: replace(verified[key], facts=digest_facts(paper), verdict="differs",
                         differences=("the year is 1948",))
            for key, paper in bad.catalog.papers.items()
        }  # fmt: skip
    found = list(check_verified(bad, Ledger(verified)))
    assert [(one.code, one.severity) for one in found] == [(rule.code, rule.severity)]


def test_every_rule_of_the_ledger_has_a_test() -> None:
    codes = {one.code.value for one in RULES if one.stage == "verify"}
    assert codes == {"unverified", "facts_changed", "record_differs"}
