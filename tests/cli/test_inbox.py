"""``livingsurvey inbox``: fetched, listed, accepted, declined, walked through."""

from __future__ import annotations

import io
import json
import os
import sys
import threading
import time
import tomllib
from typing import Any

import pytest
from tests.services import (
    Services,
    make_entry,
    make_openalex_work,
    send,
)
from tests.surveys import BIB, TAXONOMY, Survey

from livingsurvey.cli.command import Console
from livingsurvey.cli.inbox import read_key
from livingsurvey.upkeep import candidates

if sys.platform != "win32":
    import termios

WATCHING = TAXONOMY.replace(
    'aliases = ["lowrank"]',
    'aliases = ["lowrank"]\nwatch = ["abs:\\"low rank\\" AND cat:cs.CL"]',
).replace(
    '"Learning inputs instead of weights."',
    '"Learning inputs instead of weights."\nwatch = ["cites:aghajanyan2020intrinsic"]',
)
LORA = {
    "title": "LoRA: Low-Rank Adaptation of Large Language Models",
    "authors": ["Edward J. Hu", "Yelong Shen"], "year": 2022, "arxiv": "2106.09685",
    "venue": "Empirical Methods in Natural Language Processing",
    "abstract": "Words that nobody may keep.",
}  # fmt: skip
SOUP = {"title": "On Soups and Their Ingredients", "authors": ["Ann Cook"], "year": 2020}
KNOWN = {
    "title": "The Power of Scale for Parameter-Efficient Prompt Tuning",
    "authors": ["Brian Lester"], "year": 2021,
}  # fmt: skip


@pytest.fixture
def filled(survey: Survey) -> Survey:
    text = "\n".join(json.dumps(item) for item in (LORA, SOUP, KNOWN))
    (survey.folder / "list.jsonl").write_text(text, encoding="utf-8")
    done = survey.run("inbox", "fetch", "--from", "list.jsonl")
    assert done.status == 0
    assert done.err.endswith(
        "3 papers: 1 known, withdrawn or declined; 2 of 2 added to inbox.toml\n"
    )
    return survey


def read(survey: Survey) -> dict[str, Any]:
    return tomllib.loads((survey.folder / "inbox.toml").read_text(encoding="utf-8"))


def test_fetches_from_a_file(filled: Survey, services: Services) -> None:
    assert list(read(filled)["papers"]) == ["arxiv:2106.09685", "title:onsoupsandtheiringredients"]
    assert "nobody may keep" not in (filled.folder / "inbox.toml").read_text()
    before = (filled.folder / "inbox.toml").read_bytes()
    again = filled.run("inbox", "fetch", "--from", "list.jsonl")
    assert "3 papers: 3 known" in again.err
    assert (filled.folder / "inbox.toml").read_bytes() == before
    assert services.requests == []


def test_lists_the_best_first_with_the_reason(filled: Survey) -> None:
    done = filled.run("inbox")
    first, second = done.out.splitlines()
    assert first.split()[0] == "1"
    assert "LoRA: Low-Rank Adaptation of Large Language Models  [low-rank" in first
    assert "(like aghajanyan2020intrinsic" in first
    assert "On Soups" in second
    assert done.err == "2 papers, 0 declined; arXiv last asked: never\n"


def test_shows_one(filled: Survey) -> None:
    lines = filled.run("inbox", "show", "1").out.splitlines()
    assert lines[0] == "1  LoRA: Low-Rank Adaptation of Large Language Models"
    assert lines[1].strip() == "Edward J. Hu, Yelong Shen"
    assert lines[2].strip() == "Empirical Methods in Natural Language Processing, 2022"
    assert lines[3].strip() == "https://arxiv.org/abs/2106.09685"
    assert lines[-1].strip() == "named by list.jsonl, came on 2026-11-23"


def test_accepts(filled: Survey) -> None:
    done = filled.run("inbox", "accept", "1", "-c", "low-rank")
    assert done.status == 0
    assert done.out == "1: added as hu2022lora to papers.bib\n"
    assert "as list.jsonl has it; compare the authors with the paper" in done.err
    text = filled.bib.read_text()
    entry = text.partition("{hu2022lora")[2].partition("\n}")[0]
    assert "keywords      = {low-rank}" in entry
    assert "creationdate  = {2026-11-23}" in entry
    assert "author        = {Hu, Edward J. and Shen, Yelong}" in entry
    assert text.replace(f"@inproceedings{{hu2022lora{entry}\n}}\n\n", "") == BIB
    assert list(read(filled)["papers"]) == ["title:onsoupsandtheiringredients"]
    assert filled.run("inbox", "accept", "1").status == 2, "its number is gone"


def test_accepts_into_the_first_category_that_is_proposed(filled: Survey) -> None:
    assert read(filled)["papers"]["arxiv:2106.09685"]["categories"][0] == "low-rank"
    done = filled.run("inbox", "accept", "1")
    assert done.status == 0
    assert "1: in low-rank, as proposed; or say -c TAG" in done.err
    entry = filled.bib.read_text().partition("{hu2022lora")[2].partition("\n}")[0]
    assert "keywords      = {low-rank}" in entry


def test_accepts_in_a_dry_run(filled: Survey) -> None:
    done = filled.run("inbox", "accept", "1", "-c", "low-rank", "-n")
    assert done.status == 0
    assert filled.bib.read_text() == BIB
    assert len(read(filled)["papers"]) == 2


def test_accepts_with_a_fresh_record(filled: Survey, services: Services) -> None:
    filled.run("inbox", "accept", "1", "-c", "low-rank", "--fetch")
    assert "Allen-Zhu, Zeyuan" in filled.bib.read_text()
    assert len(services.requests) == 1


def test_a_record_that_cannot_be_fetched_leaves_all_as_it_was(
    filled: Survey, services: Services
) -> None:
    services.records.clear()
    before = (filled.folder / "inbox.toml").read_bytes()
    done = filled.run("inbox", "accept", "1", "--fetch")
    assert done.status == 2
    assert "1: arXiv has no record 2106.09685" in done.err
    assert filled.bib.read_text() == BIB
    assert (filled.folder / "inbox.toml").read_bytes() == before


def test_declines_for_good(filled: Survey) -> None:
    assert filled.run("inbox", "decline", "2").status == 2, "it wants a reason"
    done = filled.run("inbox", "decline", "2", "--why", "about cooking")
    assert done.out == "2: declined: On Soups and Their Ingredients\n"
    declined = read(filled)["declined"]["title:onsoupsandtheiringredients"]
    assert declined == {
        "title": "On Soups and Their Ingredients", "date": "2026-11-23", "why": "about cooking",
    }  # fmt: skip
    again = filled.run("inbox", "fetch", "--from", "list.jsonl")
    assert "0 of 0 added" in again.err


def test_what_was_added_otherwise_leaves_the_list(filled: Survey) -> None:
    filled.run("add", "2106.09685", "-c", "low-rank")
    assert "LoRA" not in filled.run("inbox").out


@pytest.mark.parametrize(
    ("keys", "left", "message"),
    [
        ("a\n1\ns\n", ["On Soups and Their Ingredients"], "1: added as hu2022lora"),
        ("a\nlow-rank, theory\nq\n", ["On Soups and Their Ingredients"], "1: added as"),
        ("s\nd\nabout cooking\n", ["LoRA: Low-Rank Adaptation of Large Language Models"], ""),
        ("s\nb\nd\nno\nq\n", ["On Soups and Their Ingredients"], ""),
        ("x\nq\n", ["LoRA: Low-Rank Adaptation of Large Language Models",
                    "On Soups and Their Ingredients"], ""),
        ("a\nnowhere\nq\n", ["LoRA: Low-Rank Adaptation of Large Language Models",
                             "On Soups and Their Ingredients"], ""),
        ("a\nnowhere\na\nlow-rank\nq\n", ["On Soups and Their Ingredients"], "1: added as"),
        ("d\n\nq\n", ["LoRA: Low-Rank Adaptation of Large Language Models",
                     "On Soups and Their Ingredients"], ""),
        ("d\nno\nb\nd\nno\n", [], ""),
        ("", ["LoRA: Low-Rank Adaptation of Large Language Models",
              "On Soups and Their Ingredients"], ""),
    ],
)  # fmt: skip
def test_walks_through(filled: Survey, keys: str, left: list[str], message: str) -> None:
    done = filled.run("inbox", "review", stdin=keys, is_terminal=True)
    assert done.status == 0
    assert message in done.out
    found = [
        table["title"].replace("{", "").replace("}", "")
        for table in read(filled).get("papers", {}).values()
    ]
    assert sorted(found) == sorted(left)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
@pytest.mark.parametrize(
    ("typed", "key"),
    [
        (b"A", "a"),
        (b"\x1b[A", "\x1b"),
        (b"\x1b[D", "\x1b"),
        (b"\x04", "\x04"),
        (b"\xc3\xa4", "\ufffd"),
    ],
)
def test_a_key_of_a_terminal(typed: bytes, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.openpty()
    out = io.StringIO()

    def type_when_asked(keys: bytes) -> None:
        for _ in range(1000):
            if not termios.tcgetattr(ours)[3] & termios.ICANON:
                os.write(ours, keys)
                return
            time.sleep(0.01)

    with os.fdopen(theirs, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        for keys, expected in ((typed, key), (b"s", "s")):  # no answer is left for the next one
            writer = threading.Thread(target=type_when_asked, args=(keys,))
            writer.start()
            assert read_key("Which?", Console(out, out)) == expected
            writer.join()
    os.close(ours)
    assert not {"\x1b", "\x04"} & set(out.getvalue())


def test_walks_only_where_somebody_sits(filled: Survey) -> None:
    assert filled.run("inbox", "review").status == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["accept"], "which paper? inbox accept N"),
        (["show", "9"], "there is no number 9 in inbox.toml"),
        (["accept", "1", "-c", "nowhere"], "there is no category 'nowhere'"),
        (["fetch", "--from", "none.json"], "none.json: No such file"),
        (["fetch", "--from", "."], ".: Is a directory"),
        (["fetch", "--from", "list.jsonl", "--most", "-1"], "--most is a number from 0 on"),
        (["decline", "1", "--why", " "], "--why is missing"),
        (["fetch", "--since", "today"], "'today' is no date"),
        (["fetch"], "no category watches for anything"),
    ],
)
def test_cannot_run(filled: Survey, arguments: list[str], message: str) -> None:
    before = (filled.folder / "inbox.toml").read_bytes()
    done = filled.run("inbox", *arguments)
    assert done.status == 2
    assert message in done.err
    assert (filled.folder / "inbox.toml").read_bytes() == before
    assert filled.bib.read_text() == BIB


def test_a_broken_inbox_stops_it(filled: Survey) -> None:
    path = filled.folder / "inbox.toml"
    path.write_text("[", encoding="utf-8")
    done = filled.run("inbox", "fetch", "--from", "list.jsonl")
    assert done.status == 2
    assert "inbox.toml is no inbox" in done.err
    assert path.read_text(encoding="utf-8") == "["


def test_without_the_library_it_sorts_by_date(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates.importlib.util, "find_spec", lambda _name: None)
    (survey.folder / "list.json").write_text(json.dumps([SOUP, LORA]), encoding="utf-8")
    done = survey.run("inbox", "fetch", "--from", "list.json")
    assert "pip install 'sphinx-livingsurvey[suggest]'): sorted by date" in done.err
    first, second = survey.run("inbox").out.splitlines()
    assert "LoRA" in first
    assert first.endswith("(by date)")
    assert "Soups" in second


# Online, with recorded answers.


@pytest.fixture
def watching(survey: Survey, services: Services) -> Survey:
    survey.taxonomy.write_text(WATCHING, encoding="utf-8")
    services.searches = [
        make_entry("2611.00001", "A New Low-Rank Method", ["Ann One"], published="2026-11-20T00Z"),
        make_entry("2611.00002", "A Low-Rank Method", ["Bob Two"], published="2026-11-21T00Z"),
        make_entry("2012.13255", "What the Survey Has", ["Armen Aghajanyan"]),
    ]  # fmt: skip
    doi = "10.48550/arXiv.2012.13255"
    landmark = make_openalex_work("W7", doi, "Intrinsic Dimensionality", ["Armen Aghajanyan"])
    citing = make_openalex_work(
        "W8", "10.1234/citing", "Prompts and Their Dimensions", ["Cy Three"],
        referenced_works=["https://openalex.org/W7"],
    )  # fmt: skip
    services.openalex_works = [landmark, citing]
    return survey


def test_asks_for_what_the_categories_watch(watching: Survey, services: Services) -> None:
    done = watching.run("inbox", "fetch")
    assert done.err == "4 papers: 1 known, withdrawn or declined; 3 of 3 added to inbox.toml\n"
    assert done.status == 0
    state = read(watching)
    assert state["fetched"] == "2026-11-23"
    assert list(state["papers"]) == ["arxiv:2611.00001", "arxiv:2611.00002", "doi:10.1234/citing"]
    assert state["papers"]["doi:10.1234/citing"]["cites"] == ["aghajanyan2020intrinsic"]
    [query] = [path for path in services.requests if path.startswith("/api/query")]
    assert "submittedDate%3A%5B202610240000+TO+202611232359%5D" in query, "thirty days at first"


def test_asks_from_the_last_fetch_on(watching: Survey, services: Services) -> None:
    watching.run("inbox", "fetch")
    services.requests.clear()
    watching.run("inbox", "fetch", "--refresh")
    [query] = [path for path in services.requests if path.startswith("/api/query")]
    assert "202611230000+TO+202611232359" in query


def test_reads_several_pages(watching: Survey, services: Services) -> None:
    services.searches = [
        make_entry(f"2611.{number:05}", f"Low-Rank Method Number {number}", ["Ann One"])
        for number in range(1, 151)
    ]
    done = watching.run("inbox", "fetch", "--most", "10")
    assert "151 papers: 0 known, withdrawn or declined; 10 of 151 added" in done.err
    assert len(read(watching)["papers"]) == 10


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (429, "", "arXiv is asked too often (status 429)"),
        (200, "Rate exceeded.", "arXiv is asked too often; try again in some minutes"),
        (200, "{}", "the answer of arXiv is no XML"),
    ],
)
def test_a_bad_day_of_arxiv_is_made_up_for_the_next_time(
    watching: Survey, services: Services, status: int, body: str, words: str
) -> None:
    services.bad_days = [
        lambda handler: send(handler, body, status=status, headers={"Retry-After": "3600"})
    ]
    done = watching.run("inbox", "fetch")
    assert done.status == 2
    assert words in done.err
    state = read(watching)
    assert list(state["papers"]) == ["doi:10.1234/citing"], "what others said is kept"
    assert "fetched" not in state
    again = watching.run("inbox", "fetch")
    assert again.status == 0
    assert len(read(watching)["papers"]) == 3


def test_offline(watching: Survey, services: Services) -> None:
    text = watching.folder / "pyproject.toml"
    text.write_text(text.read_text().replace(services.address, "http://127.0.0.1:9"))
    done = watching.run("inbox", "fetch")
    assert done.status == 2
    assert "cannot reach arXiv" in done.err
    assert not (watching.folder / "inbox.toml").exists()


def test_a_landmark_that_is_no_paper(watching: Survey) -> None:
    text = WATCHING.replace("cites:aghajanyan2020intrinsic", "cites:nobody")
    watching.taxonomy.write_text(text, encoding="utf-8")
    done = watching.run("inbox", "fetch")
    assert "'cites:nobody': there is no paper 'nobody'" in done.err
