"""``livingsurvey routine``: what runs by itself, with hostile text and without GitHub."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.services import Handler, Services, send
from tests.surveys import BIB, Survey

from livingsurvey.cli.diff import escape_markdown, fence
from livingsurvey.cli.routine import LABELS, Instruction, read_instructions, read_suggestion
from livingsurvey.upkeep.inbox import Candidate, Inbox

if TYPE_CHECKING:
    from pathlib import Path

KEY = "aghajanyan2020intrinsic"
LIST = [
    {"title": "LoRA: Low-Rank Adaptation @octocat | #1", "authors": ["Edward J. Hu"], "year": 2022,
     "arxiv": "2106.09685"},
    {"title": "On Soups and Their Ingredients", "authors": ["Ann Cook"], "year": 2020},
]  # fmt: skip
PUBLISHED = {
    "title": "Intrinsic Dimensionality Explains the Effectiveness of Language Model Fine-Tuning",
    "authors": ["Armen Aghajanyan", "Sonal Gupta", "Luke Zettlemoyer"], "year": 2021,
    "venue": "Empirical Methods in Natural Language Processing", "arxiv": "2012.13255",
}  # fmt: skip


@pytest.fixture
def filled(survey: Survey) -> Survey:
    (survey.folder / "list.json").write_text(json.dumps(LIST), encoding="utf-8")
    assert survey.run("inbox", "fetch", "--from", "list.json").status == 0
    return survey


def decide(survey: Survey, text: str, *options: str) -> tuple[int, str]:
    survey.monkeypatch.setenv("TEXT", text)
    done = survey.run("routine", "decide", *options)
    return done.status, done.out


# The list -----------------------------------------------------------------------------------


def test_the_list_calls_nobody_and_links_nothing_by_itself(filled: Survey) -> None:
    done = filled.run("routine", "pull-request")
    assert done.status == 0
    [line] = [line for line in done.out.splitlines() if "LoRA" in line]
    assert line.startswith(
        "- [ ] <!-- accept 1 --> **1** [LoRA: Low-Rank Adaptation &#64;octocat \\|"
    )
    assert "](https://arxiv.org/abs/2106.09685), 2022" in line
    assert "@" not in done.out
    assert "## What we may lack (2)" in done.out


def test_the_list_has_the_proposals(filled: Survey) -> None:
    (filled.folder / "other.json").write_text(json.dumps([PUBLISHED]), encoding="utf-8")
    found = filled.run("refresh", "--against", "other.json", "--format", "json")
    (filled.folder / "proposals.json").write_text(found.out, encoding="utf-8")
    done = filled.run("routine", "pull-request", "--proposals", "proposals.json")
    assert f"- [ ] <!-- apply {KEY} published --> `{KEY}`: published in" in done.out


@pytest.mark.parametrize("text", ["{", '{"key": 1}', "[1]", "[" * 9999])
def test_a_broken_list_of_proposals(filled: Survey, text: str) -> None:
    (filled.folder / "proposals.json").write_text(text, encoding="utf-8")
    done = filled.run("routine", "pull-request", "--proposals", "proposals.json")
    assert done.status == 2
    assert "proposals.json is no list of proposals" in done.err


def test_proposals_that_are_not_ours_have_no_box(filled: Survey) -> None:
    one = {"key": "x --> [x] <!-- accept 1", "kind": "title", "summary": "s", "record": "r"}
    (filled.folder / "proposals.json").write_text(json.dumps([one]), encoding="utf-8")
    done = filled.run("routine", "pull-request", "--proposals", "proposals.json")
    assert "- `x" in done.out
    assert "<!-- apply" not in done.out


def test_nothing_to_decide(survey: Survey) -> None:
    assert survey.run("routine", "pull-request").out == "Nothing to decide.\n"


# Decisions ----------------------------------------------------------------------------------


def test_a_comment_decides(filled: Survey) -> None:
    text = "Thanks!\r\naccept 1 -c low-rank\r\ndecline 2 about cooking; `rm -rf /` $(id)\r\n"
    status, out = decide(filled, text)
    assert status == 0
    assert "added as hu2022lora to papers.bib" in out
    assert "keywords      = {low-rank}" in filled.bib.read_text()
    inbox = (filled.folder / "inbox.toml").read_text()
    assert 'why = "about cooking; `rm -rf /` $(id)"' in inbox
    assert "[papers." not in inbox


def test_boxes_decide_and_stay_ticked(filled: Survey) -> None:
    body = filled.run("routine", "pull-request").out.replace(
        "- [ ] <!-- accept 1", "- [x] <!-- accept 1"
    )
    assert decide(filled, body, "--ticks")[0] == 0
    assert "{hu2022lora" in filled.bib.read_text()
    after = filled.bib.read_bytes()
    status, out = decide(filled, body, "--ticks")
    assert (status, out.splitlines()[-1]) == (0, "There was nothing to decide.")
    assert filled.bib.read_bytes() == after


def test_a_proposal_is_applied_or_declined(survey: Survey, services: Services) -> None:
    services.publications = [
        {"title": PUBLISHED["title"], "year": "2021", "type": "Conference and Workshop Papers",
         "venue": "EMNLP", "key": "conf/emnlp/A21", "doi": "10.18653/v1/2021.emnlp-main.1",
         "authors": {"author": [{"text": name} for name in PUBLISHED["authors"]]}},
    ]  # fmt: skip
    found = json.loads(survey.run("refresh", KEY, "--format", "json").out)
    kinds = [one["kind"] for one in found]
    assert "published" in kinds
    status, out = decide(survey, f"decline {KEY} published it is a workshop")
    assert f"{KEY}: declined: published in" in out, out
    assert "it is a workshop" in (survey.folder / "decisions.json").read_text()
    assert status == 0
    (survey.folder / "decisions.json").unlink()
    status, out = decide(survey, f"apply {KEY} published")
    assert f"{KEY}: written: published in" in out, out
    assert "year          = {2021}" in survey.bib.read_text()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("accept 99", "there is no such number in the list"),
        ("accept 1 -c nowhere", "there is no category 'nowhere'"),
        ("accept 1 --bib /etc/passwd", "is not understood"),
        ("accept 1; rm -rf /", "is not understood"),
        ("accept 1 -c low-rank && id", "is not understood"),
        ("accept -1", "is not understood"),
        ("accept 1234567", "is not understood"),
        ("decline 1", "is not understood"),
        ("decline", "is not understood"),
        ("apply --apply published", "is not understood"),
        (f"apply {KEY} everything", "is not understood"),
        ("apply nobody2020x title", "there is no paper 'nobody2020x'"),
    ],
)
def test_what_does_not_fit_is_answered_and_not_done(filled: Survey, line: str, said: str) -> None:
    before = (filled.folder / "inbox.toml").read_bytes()
    status, out = decide(filled, line)
    assert status in {1, 2}
    assert said in out
    assert filled.bib.read_text() == BIB
    assert (filled.folder / "inbox.toml").read_bytes() == before


def test_one_line_that_fails_does_not_keep_the_others(filled: Survey) -> None:
    status, out = decide(filled, "accept 1 -c nowhere\naccept 1 -c low-rank")
    assert status == 2
    assert "added as hu2022lora" in out


def test_a_number_is_done_once_and_a_thousand_are_not_tried(filled: Survey) -> None:
    numbers = ",".join(["1", "1", *map(str, range(100, 1100))])
    _, out = decide(filled, f"accept {numbers} -c prompts")
    assert out.count("added as") == 1
    assert out.count("there is no such number") == 49
    assert "only the first 50 decisions were read" in out


@pytest.mark.parametrize("line", ["decline 2 a\x1b[31m\u202eb", "decline 2 b, accept 1 \u202e"])
def test_what_hides_or_turns_text_is_not_said_again(filled: Survey, line: str) -> None:
    status, out = decide(filled, line)
    assert status == 0
    assert "2: declined" in out
    assert not {"\x1b", "\u202e"} & set(out)
    assert "2: declined" not in decide(filled, f"decline 2 {'x' * 70_000}")[1]
    assert "1: declined" in decide(filled, f"decline 1 {'x' * 50_000}")[1]


def test_talk_is_no_decision(filled: Survey) -> None:
    text = "I would accept 1, since it fits.\n> accept 1 -c low-rank\nacceptable 1\n- [x] accept 1"
    assert "There was nothing to decide." in decide(filled, text)[1]
    assert filled.bib.read_text() == BIB


def test_the_text_has_to_be_there(filled: Survey) -> None:
    filled.monkeypatch.delenv("TEXT", raising=False)
    done = filled.run("routine", "decide")
    assert done.status == 2
    assert "the environment variable TEXT is not set" in done.err


CANDIDATE = Candidate(
    identifier="title:x", number=1, came="2026-11-01", source="s", entry_type="misc",
    categories=("low-rank",), fields={"title": "X"},
)  # fmt: skip
SHAPES = st.lists(
    st.sampled_from(
        ["accept", "decline", "apply", " ", "1", ",", "-c", "low-rank", "--apply", "\n", "- [x] ",
         "<!-- ", " -->", "key2020x", "title", "=", "--why=", "é", "`", "$(id)", "\x00"]
    )
).map("".join)  # fmt: skip
OPTION = re.compile(r"--(?:category=[a-z0-9,-]+|why=.*|only=[a-z]+|apply|likely|decline)")


def test_a_phone_begins_with_a_capital() -> None:
    inbox = Inbox(candidates={"title:x": CANDIDATE})
    (found,) = read_instructions("Accept 1 -c low-rank", inbox, ticks=False)
    assert isinstance(found, Instruction)
    assert found.arguments == ("inbox", "accept", "1", "--category=low-rank")


@given(st.one_of(SHAPES, st.text()), st.booleans())
def test_no_text_makes_an_option(text: str, ticks: bool) -> None:
    inbox = Inbox(candidates={"title:x": CANDIDATE})
    for found in read_instructions(text, inbox, ticks=ticks):
        if isinstance(found, Instruction):
            command, *rest = found.arguments
            assert command in {"inbox", "refresh"}
            for word in rest:
                assert OPTION.fullmatch(word) or re.fullmatch(r"[A-Za-z0-9][\w:.+/-]*", word)


@given(st.text())
def test_nothing_ends_a_block_of_code(text: str) -> None:
    first, *_, last = fence(text).split("\n")
    bar = first.removesuffix("text")
    assert last == bar
    assert bar not in text


@given(st.text())
def test_escaped_text_is_one_line_that_calls_nobody(text: str) -> None:
    shown = escape_markdown(text)
    assert "\n" not in shown
    assert "@" not in shown
    assert not re.search(r"(?<!\\)[<\[`|]", shown)


# Suggestions --------------------------------------------------------------------------------

FORM = """\
### arXiv identifier, DOI, or address

2106.09685

### Category

Low-Rank Adaptation, prompts, cooking

### Short name

LoRA

### What it contributes

Adds 100% low-rank \\input{x} @octocat {branches.

### Code

https://github.com/microsoft/LoRA

### Before you send it

- [x] I searched the survey, and it does not list this paper.
"""


def suggest(survey: Survey, text: str) -> tuple[int, str]:
    survey.monkeypatch.setenv("TEXT", text)
    done = survey.run("routine", "suggestion")
    return done.status, done.out


def test_the_labels_are_those_of_the_form(root: Path) -> None:
    text = (root / ".github/ISSUE_TEMPLATE/suggest-paper.yml").read_text(encoding="utf-8")
    fields = [one for one in yaml.safe_load(text)["body"] if one["type"] in {"input", "textarea"}]
    assert {one["id"]: one["attributes"]["label"] for one in fields} == LABELS


def test_a_suggestion_becomes_an_entry(survey: Survey) -> None:
    status, out = suggest(survey, FORM)
    assert status == 0, out
    text = survey.bib.read_text()
    entry = text.partition("{hu2021lora")[2].partition("\n}")[0]
    assert "shorttitle    = {LoRA}" in entry
    assert "keywords      = {low-rank, prompts}" in entry
    assert "code          = {https://github.com/microsoft/LoRA}" in entry
    assert "Allen-Zhu, Zeyuan" in entry, "the authors are those of the record"
    assert "Adds 100\\% low-rank" in entry
    assert "\\input" not in entry
    quoted, _, code = out.partition("As it stands")
    assert "> **LoRA** LoRA: Low-Rank Adaptation of Large Language Models" in quoted
    assert "&#64;octocat" in quoted
    assert "No categories: cooking." in quoted
    assert "> In: Low-Rank Adaptation, Prompts" in quoted
    assert "@misc{hu2021lora," in code
    assert "Compare the authors with the paper" in code
    assert survey.run("check").status in {0, 1}


def test_what_the_survey_has_is_said(survey: Survey) -> None:
    status, out = suggest(survey, FORM.replace("2106.09685", "arXiv:2012.13255v3"))
    assert (status, out) == (
        1,
        f"Thank you for the suggestion. The survey has it already: `{KEY}`.\n",
    )
    assert survey.bib.read_text() == BIB


@pytest.mark.parametrize(
    ("identifier", "said", "status"),
    [
        ("../../etc/passwd", "The paper was not found", 1),
        ("_No response_", "The paper was not found", 1),
        ("https://evil.example/x", "The paper was not found", 1),
        ("9999.99999", "The paper was not found", 1),
        ("papers.bib", "The paper was not found", 1),
        ("-", "The paper was not found", 1),
        ("x" * 400, "The paper was not found", 1),
    ],
)
def test_what_is_no_paper(survey: Survey, identifier: str, said: str, status: int) -> None:
    found, out = suggest(survey, FORM.replace("2106.09685", identifier))
    assert (found, said in out) == (status, True), out
    assert survey.bib.read_text() == BIB


def test_offline(survey: Survey, services: Services) -> None:
    path = survey.folder / "pyproject.toml"
    path.write_text(path.read_text().replace(services.address, "http://127.0.0.1:9"))
    status, out = suggest(survey, FORM)
    assert status == 2
    assert "cannot reach arXiv" in out
    assert survey.bib.read_text() == BIB


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (429, "", "asked too often"),
        (503, "", "arXiv"),
        (200, "Rate exceeded.", "asked too often"),
        (200, "{}", "no XML"),
        (200, "<feed", "no XML"),
    ],
)
def test_a_bad_day_of_arxiv(
    survey: Survey, services: Services, status: int, body: str, said: str
) -> None:
    def answer(handler: Handler) -> None:
        send(handler, body, status=status, headers={"Retry-After": "3600"})

    services.bad_days = [answer] * 9
    found, out = suggest(survey, FORM)
    assert found in {1, 2}
    assert "The paper was not found" in out
    assert said in out
    assert survey.bib.read_text() == BIB


def test_a_heading_in_the_text_changes_nothing_before_it() -> None:
    text = FORM.replace(
        "{branches.", "x\n\n### Category\n\nevil\n\n### Code\n\njavascript:alert(1)\n"
    )
    found = read_suggestion(text)
    assert found["category"] == "Low-Rank Adaptation, prompts, cooking"
    assert found["code"] == "javascript:alert(1)", "which is no address, and left out"


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    found = read_suggestion(f"### Short name\n\n{text}\n")
    assert found["name"].isprintable()
    assert len(found["name"]) <= 60


# For readers, and the end -------------------------------------------------------------------


def test_the_comment_for_readers(survey: Survey) -> None:
    (survey.folder / "old.bib").write_text(BIB.partition("@inproceedings")[0], encoding="utf-8")
    done = survey.run("routine", "comment", "old.bib")
    assert done.status == 0
    assert done.out.startswith("<!-- livingsurvey -->\n## What this changes for readers\n")
    assert "### Added (1)" in done.out
    same = survey.run("routine", "comment", "papers.bib", "papers.bib")
    assert "Nothing that readers would notice." in same.out
    assert survey.run("routine", "comment").status == 2


def test_a_long_comment_is_cut(survey: Survey) -> None:
    entries = "".join(
        f"@misc{{new{n}, title={{Paper {n} on Something Long}}, author={{A, B}}, year=2024}}\n"
        for n in range(2000)
    )
    (survey.folder / "new.bib").write_text(entries, encoding="utf-8")
    done = survey.run("routine", "comment", "papers.bib", "new.bib")
    assert len(done.out) < 65_536
    assert done.out.endswith("… and more than fits here.\n")


@pytest.mark.parametrize("action", ["pull-request", "decide"])
def test_a_frozen_survey_takes_nothing(survey: Survey, action: str) -> None:
    assert survey.run("routine", "status").out == "living\n"
    path = survey.folder / "pyproject.toml"
    table = 'status = "frozen"\nstatus-date = "2031-03-01"\nstatus-reason = "We retired."\n'
    path.write_text(
        path.read_text().replace("minimum-papers = 0\n", f"minimum-papers = 0\n{table}")
    )
    assert survey.run("routine", "status").out == "frozen\n"
    survey.monkeypatch.setenv("TEXT", FORM)
    done = survey.run("routine", action)
    assert done.status == 2
    assert "the survey is frozen since 2031-03-01: We retired." in done.err
    status, out = suggest(survey, FORM)
    assert (status, "This survey is frozen since 2031-03-01: We retired." in out) == (1, True)
    assert survey.bib.read_text() == BIB
