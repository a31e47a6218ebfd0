"""``livingsurvey refresh``: proposals from files and from services, written, asked, declined."""

from __future__ import annotations

import difflib
import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from tests.services import Services, make_entry, make_openalex_work, make_work, run_services, send
from tests.surveys import BIB, Survey, make_survey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = "aghajanyan2020intrinsic"
TITLE = "Intrinsic Dimensionality Explains the Effectiveness of Language Model Fine-Tuning"
NAMES = ["Armen Aghajanyan", "Sonal Gupta", "Luke Zettlemoyer"]
PUBLISHED = {
    "title": TITLE, "authors": NAMES, "year": 2021, "pages": "7319-7328",
    "venue": "Empirical Methods in Natural Language Processing",
    "doi": "10.18653/v1/2021.emnlp-main.1", "arxiv": "2012.13255", "key": "conf/emnlp/A21",
}  # fmt: skip
DIFF = f"""\
papers.bib:5:1: {KEY}: published in Empirical Methods in Natural Language Processing, 2021 \
(by list.json 2012.13255)
- @misc{{{KEY},
- year          = {{2020}},
+ @inproceedings{{{KEY},
+ booktitle     = {{Empirical Methods in Natural Language Processing}},
+ pages         = {{7319--7328}},
+ year          = {{2021}},
+ doi           = {{10.18653/v1/2021.emnlp-main.1}},
"""


@pytest.fixture
def services() -> Iterator[Services]:
    with run_services() as running:
        running.records["2012.13255"] = make_entry(
            "2012.13255", TITLE, NAMES, published="2020-12-22T07:42:30Z"
        )
        running.moved = {"/engines/prompt-tuning": ""}
        yield running


@pytest.fixture
def survey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, services: Services) -> Survey:
    made = make_survey(tmp_path / "survey", monkeypatch, services)
    made.bib.write_text(BIB.replace("https://github.com/google-research", services.address))
    return made


def write_list(survey: Survey, *items: object) -> None:
    (survey.folder / "list.json").write_text(json.dumps(items), encoding="utf-8")


def test_shows_what_a_list_knows(survey: Survey) -> None:
    write_list(survey, PUBLISHED)
    before = survey.bib.read_bytes()
    done = survey.run("refresh", "--against", "list.json")
    assert done.status == 1
    assert done.out == DIFF
    assert done.err == (
        "list.json: 1 record, 1 paper of the survey\n"
        "1 proposal: 1 certain, 0 likely; --apply writes the certain ones\n"
    )
    assert survey.bib.read_bytes() == before


def test_writes_what_is_certain(survey: Survey, services: Services) -> None:
    write_list(survey, PUBLISHED)
    before = survey.bib.read_text()
    done = survey.run("refresh", "--against", "list.json", "--apply")
    assert done.status == 0
    assert done.out.startswith(f"{KEY}: written: published in Empirical Methods")
    after = survey.bib.read_text()
    changed = difflib.ndiff(before.splitlines(), after.splitlines())
    put = [f"+ {line[2:].strip()}" for line in changed if line.startswith("+ ")]
    assert put == [line for line in DIFF.splitlines() if line.startswith("+")]
    assert after.endswith("@comment{jabref-meta: databaseType:bibtex;}\n")
    assert survey.run("refresh", "--against", "list.json").err.endswith("nothing to propose\n")
    assert services.requests == [], "files need no network"


def test_leaves_what_is_likely_where_nobody_sits(survey: Survey) -> None:
    write_list(survey, PUBLISHED | {"venue": "Meeting on Motors"})
    before = survey.bib.read_bytes()
    done = survey.run("refresh", "--against", "list.json", "--apply", stdin="y\n")
    assert done.status == 1
    assert "likely only: the survey has no such venue yet; mind its name" in done.out
    assert "nothing to write" in done.err
    assert survey.bib.read_bytes() == before


@pytest.mark.parametrize(
    ("answers", "is_written", "is_declined"),
    [("y\n", True, False), ("n\n", False, False), ("q\n", False, False), ("", False, False),
     ("d\na workshop\n", False, True)],
)  # fmt: skip
def test_asks_about_what_is_likely(
    survey: Survey, answers: str, is_written: bool, is_declined: bool
) -> None:
    write_list(survey, PUBLISHED | {"venue": "Meeting on Motors"})
    done = survey.run(
        "refresh", "--against", "list.json", "--apply", stdin=answers, is_terminal=True
    )
    assert "Write it?" in done.err
    assert ("Meeting on Motors" in survey.bib.read_text()) is is_written
    decisions = survey.folder / "decisions.json"
    assert decisions.exists() is is_declined
    if is_declined:
        [decision] = json.loads(decisions.read_text())["declined"][KEY]
        assert decision["why"] == "a workshop"
        assert decision["date"] == "2026-11-23"


def test_what_is_declined_is_not_proposed_again(survey: Survey) -> None:
    write_list(survey, PUBLISHED)
    done = survey.run(
        "refresh", KEY, "--against", "list.json", "--decline", "--why", "another paper"
    )
    assert done.status == 0
    assert done.out.startswith(f"{KEY}: declined: published in")
    again = survey.run("refresh", "--against", "list.json", "--apply")
    assert (again.status, again.out) == (0, "")
    survey.run("verify", KEY)
    assert survey.run("refresh", "--against", "list.json").status == 0, "verify keeps decisions"


def test_forms(survey: Survey) -> None:
    write_list(survey, PUBLISHED)
    [told] = json.loads(survey.run("refresh", "--against", "list.json", "-f", "json").out)
    assert (told["key"], told["kind"], told["certain"]) == (KEY, "published", True)
    assert told["fields"]["year"] == "2021"
    text = survey.run("refresh", "--against", "list.json", "-f", "markdown").out
    assert text.startswith(f"- [ ] `{KEY}`: published in")
    assert "  + year          = {2021}," in text
    write_list(survey)
    assert survey.run("refresh", "--against", "list.json", "-f", "json").out == "[]\n"


def test_one_kind_of_some_entries(survey: Survey) -> None:
    write_list(survey, PUBLISHED)
    assert survey.run("refresh", "lester2021power", "--against", "list.json").status == 0
    assert survey.run("refresh", "--only", "title", "--against", "list.json").status == 0
    assert survey.run("refresh", KEY, "--only", "published", "--against", "list.json").status == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--decline"], "--decline needs the keys of the entries"),
        (["agajanyan"], "there is no paper 'agajanyan'"),
        (["--against", "none.json"], "none.json: No such file or directory"),
        (["--against", "taxonomy.toml"], "taxonomy.toml: neither BibTeX nor JSON nor an Atom"),
    ],
)
def test_cannot_run(survey: Survey, arguments: list[str], message: str) -> None:
    done = survey.run("refresh", *arguments)
    assert done.status == 2
    assert message in done.err


def test_a_broken_file_of_decisions_stops_it(survey: Survey) -> None:
    write_list(survey, PUBLISHED)
    path = survey.folder / "decisions.json"
    path.write_text("{")
    done = survey.run("refresh", KEY, "--against", "list.json", "--decline")
    assert done.status == 2
    assert "decisions.json is no file of decisions" in done.err
    assert path.read_text() == "{"


# Online, with recorded answers.

HIT = {
    "authors": {"author": [{"@pid": str(n), "text": name} for n, name in enumerate(NAMES)]},
    "title": f"{TITLE}.", "venue": "Empirical Methods in Natural Language Processing",
    "year": "2021", "type": "Conference and Workshop Papers", "key": "conf/emnlp/A21",
}  # fmt: skip
CORR = HIT | {"venue": "CoRR", "type": "Informal and Other Publications", "key": "journals/corr/A"}


def test_dblp_knows_the_conference(survey: Survey, services: Services) -> None:
    services.publications = [CORR, HIT]
    done = survey.run("refresh", KEY)
    assert done.status == 1
    assert "published in Empirical Methods in Natural Language Processing, 2021" in done.out
    assert "(by DBLP conf/emnlp/A21)" in done.out
    assert survey.run("refresh", KEY).out == done.out
    asked = [path.partition("?")[0] for path in services.requests]
    assert asked == ["/api/query", "/dblp", "/openalex", "/openalex"], "only what failed anew"


def test_arxiv_names_the_doi(survey: Survey, services: Services) -> None:
    doi = "10.18653/v1/2021.acl-long.568"
    services.records["2012.13255"] = make_entry("2012.13255", TITLE, NAMES, doi=doi)
    services.works[doi] = make_work(
        doi, TITLE, [("Aghajanyan", "Armen"), ("Gupta", "Sonal"), ("Zettlemoyer", "Luke")],
        **{"type": "proceedings-article", "issued": {"date-parts": [[2021]]}, "page": "7319-7328",
           "container-title": ["Empirical Methods in Natural Language Processing"]},
    )  # fmt: skip
    done = survey.run("refresh", KEY, "--apply")
    assert done.status == 0
    entry = survey.bib.read_text().partition(KEY)[2].partition("\n}")[0]
    assert f"doi           = {{{doi}}}" in entry
    assert "pages         = {7319--7328}" in entry


def test_what_authors_tell_arxiv_is_likely(survey: Survey, services: Services) -> None:
    services.records["2012.13255"] = make_entry(
        "2012.13255", TITLE, NAMES, journal_ref="Journal of Cogs 12 (2021)"
    )
    done = survey.run("refresh", KEY)
    assert "published in Journal of Cogs 12 (2021), 2021" in done.out
    assert "the authors say so at arXiv" in done.out


def test_a_new_title_and_new_authors_at_arxiv(survey: Survey, services: Services) -> None:
    services.records["2012.13255"] = make_entry(
        "2012.13255", TITLE.replace("Explains", "Causes"), [*NAMES, "Ada Lovelace"]
    )
    done = survey.run("refresh", KEY, "--apply")
    assert done.status == 1
    assert "the title is now 'Intrinsic Dimensionality Causes" in done.out
    assert "4 authors instead of 3, new: Ada Lovelace" in done.out
    text = survey.bib.read_text()
    assert "Intrinsic Dimensionality Causes" in text
    assert "Lovelace" not in text, "an editor looks at authors"


def test_withdrawn_and_retracted(survey: Survey, services: Services) -> None:
    services.records["2012.13255"] = make_entry(
        "2012.13255", TITLE, NAMES, summary="This paper has been withdrawn by the authors"
    )
    assert "withdrawn, says arXiv" in survey.run("refresh", KEY).out
    services.records["2012.13255"] = make_entry("2012.13255", TITLE, NAMES)
    services.openalex_works = [
        make_openalex_work("W1", "10.48550/arXiv.2012.13255", TITLE, NAMES, is_retracted=True)
    ]
    done = survey.run("refresh", KEY, "--refresh")
    assert "retracted, says OpenAlex (by OpenAlex 2012.13255" in done.out


def test_code_that_moved(survey: Survey, services: Services) -> None:
    services.moved = {"/prompt-tuning": "/engines/prompts", "/engines/prompts": ""}
    gone = survey.run("refresh", "lester2021power")
    assert f"lester2021power: there is nothing at {services.address}/engines/prompts" in gone.err
    services.moved = {"/prompt-tuning": "/old", "/old": f"{services.address}/works/10.1234/x"}
    services.works["10.1234/x"] = "{}"
    done = survey.run("refresh", "lester2021power", "--apply", "--only", "code")
    assert f"the code has moved to {services.address}/works/10.1234/x" in done.out
    assert f"{{{services.address}/works/10.1234/x}}" in survey.bib.read_text()


def test_offline_is_said_once(survey: Survey, services: Services) -> None:
    text = survey.folder / "pyproject.toml"
    text.write_text(text.read_text().replace(services.address, "http://127.0.0.1:9"))
    before = survey.bib.read_bytes()
    done = survey.run("refresh", KEY, "--apply")
    assert done.status == 2
    assert [line.partition(" (")[0] for line in done.err.splitlines()] == [
        "cannot reach arXiv", "cannot reach DBLP", "cannot reach OpenAlex", "nothing to write",
    ]  # fmt: skip
    assert survey.bib.read_bytes() == before
    assert not (survey.folder / "decisions.json").exists()
    silence = survey.run("refresh", KEY).err
    assert silence.endswith("nothing to propose, as far as services answered\n")


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (429, "", "arXiv is asked too often (status 429), and asks to come back in 3600 seconds"),
        (403, "", "arXiv refuses (status 403)"),
        (200, "Rate exceeded.", "arXiv is asked too often; try again in some minutes"),
        (200, "<feed", "the answer of arXiv is no XML"),
        (200, "[]", "the answer of arXiv is no XML"),
    ],
)
def test_bad_days_of_a_service(
    survey: Survey, services: Services, status: int, body: str, words: str
) -> None:
    services.publications = [HIT]
    services.bad_days = [
        lambda handler: send(handler, body, status=status, headers={"Retry-After": "3600"})
    ]
    done = survey.run("refresh", KEY)
    assert done.status == 2
    assert words in done.err
    assert "(by DBLP conf/emnlp/A21)" in done.out, "the others are asked all the same"


@pytest.mark.parametrize("body", ["", "{}", '{"result": 3}', '{"results": [{}, 1]}', "[[["])
def test_malformed_answers(survey: Survey, services: Services, body: str) -> None:
    def answer(handler: object) -> None:
        send(handler, body, kind="application/json")  # type: ignore[arg-type]

    before = survey.bib.read_bytes()
    services.bad_days = [answer] * 9
    done = survey.run("refresh", KEY, "--apply")
    assert done.status == 2
    assert "Traceback" not in done.err
    assert survey.bib.read_bytes() == before


def test_killed_at_any_moment(survey: Survey) -> None:
    """Whenever it is killed, the .bib is the old one or the new one, and nothing else."""
    write_list(survey, PUBLISHED)
    old = survey.bib.read_bytes()
    survey.run("refresh", "--against", "list.json", "--apply")
    new = survey.bib.read_bytes()
    assert old != new
    command = [sys.executable, "-m", "livingsurvey", "refresh", "--against", "list.json", "--apply"]
    for step in range(8):
        survey.bib.write_bytes(old)
        running = subprocess.Popen(
            command, cwd=survey.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(0.3 + 0.08 * step)
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert survey.bib.read_bytes() in (old, new)
    assert list(survey.folder.glob("*.bib")) == [survey.bib]
