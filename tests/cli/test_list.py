"""``livingsurvey list``: which papers, in which order and form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.surveys import Survey, make_survey

from livingsurvey.bibtex.read import read_entries
from livingsurvey.bibtex.source import Source
from livingsurvey.cli.export import count_columns, cut

if TYPE_CHECKING:
    from pathlib import Path

INTRINSIC = "aghajanyan2020intrinsic"
POWER = "lester2021power"


@pytest.fixture
def survey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Survey:
    return make_survey(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], [POWER, INTRINSIC]),
        (["--reverse"], [INTRINSIC, POWER]),
        (["--sort", "oldest"], [INTRINSIC, POWER]),
        (["--sort", "title"], [INTRINSIC, POWER]),
        (["--sort", "added", "--limit", "1"], [POWER]),
        (["--limit", "0"], []),
        (["--category", "tuning"], [POWER, INTRINSIC]),
        (["--category", "LowRank"], [INTRINSIC]),
        (["--category", "low-rank adaptation"], [INTRINSIC]),
        (["--author", "lest"], []),
        (["--author", "lest*"], [POWER]),
        (["--author", "B. Lester"], []),
        (["-c", "prompts", "-c", "low-rank"], [POWER, INTRINSIC]),
        (["-c", "scaling-laws"], []),
        (["--author", "zettlemoyer"], [INTRINSIC]),
        (["--author", "lester, b"], [POWER]),
        (["--author", "rami al-rfou"], [POWER]),
        (["--year", "2020"], [INTRINSIC]),
        (["--year", "2021-"], [POWER]),
        (["--year=-2020"], [INTRINSIC]),
        (["--year", "2020-2021"], [POWER, INTRINSIC]),
        (["--text", "PROMPT scale"], [POWER]),
        (["--text", "own words"], [INTRINSIC]),
        (["--text", "empirical processing"], [POWER]),
        (["--tag", "theory"], [INTRINSIC]),
        (["--has", "code"], [POWER]),
        (["--has", "arxiv", "--has", "annotation"], [INTRINSIC]),
        (["--lacks", "annotation"], [POWER]),
        (["--has", "venue", "--lacks", "code"], []),
    ],
)
def test_which_papers(survey: Survey, options: list[str], expected: list[str]) -> None:
    done = survey.run("list", "--format", "keys", *options)
    assert (done.status, done.out.split()) == (0, expected)


def test_table(survey: Survey) -> None:
    done = survey.run("list")
    assert done.out == (
        "lester2021power          2021  Lester et al.      prompts   "
        "The Power of Scale for Parameter-Efficient Prompt Tuning\n"
        "aghajanyan2020intrinsic  2020  Aghajanyan et al.  low-rank  "
        "Intrinsic Dimensionality Explains the Effectiveness of Language Model Fine-Tuning\n"
    )
    assert done.err == "2 of 2 papers\n"


def test_json(survey: Survey) -> None:
    document = json.loads(survey.run("list", "-f", "json", "--tag", "theory").out)
    assert [one["key"] for one in document["papers"]] == [INTRINSIC]
    assert document["papers"][0]["categories"] == ["low-rank"]
    assert document["papers"][0]["arxiv"] == "2012.13255"


def test_bibtex(survey: Survey) -> None:
    text = survey.run("list", "-f", "bibtex", "--sort", "oldest").out
    entries, problems = read_entries([Source("out.bib", text)])
    assert problems == []
    assert [one.key for one in entries] == [INTRINSIC, POWER]


@pytest.mark.parametrize("form", ["ris", "csv", "csl-json"])
def test_other_forms(survey: Survey, form: str) -> None:
    done = survey.run("list", "-f", form, "-c", "prompts")
    assert done.status == 0
    assert "The Power of Scale" in done.out
    assert "Intrinsic" not in done.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-c", "promts"], "there is no category 'promts'; did you mean 'prompts'?"),
        (["-c", "lra"], "there is no category 'lra'; did you mean 'low-rank'?"),
        (["-c", "adaptation"], "there is no category 'adaptation'; did you mean 'low-rank'?"),
        (["-c", "posf"], "there is no category 'posf'; did you mean 'low-rank'?"),
        (["--author", " "], "' ' is no name"),
        (["lora"], "there is no file 'lora'; for words of papers: list --text lora"),
        (["--tag", "prompts"], "there is no tag 'prompts'; there are theory"),
        (["--year", "soon"], "'soon' is no year and no range"),
        (["--year", "-"], "'-' is no year and no range"),
        (["--limit", "-1"], "at least 0"),
        (["--has", "nothing"], "invalid choice: 'nothing'"),
        (["no.bib"], "no.bib"),
    ],
)
def test_wrong_questions(survey: Survey, options: list[str], message: str) -> None:
    done = survey.run("list", *options)
    assert done.status == 2
    assert message in done.err


def test_columns_of_wide_letters() -> None:
    assert count_columns("abc") == 3
    assert count_columns("注意力") == 6
    assert count_columns("e\u0301") == 1
    assert cut("注意力", 5) == "注意…"
    assert cut("abc", 3) == "abc"
    assert cut("abcd", 3) == "ab…"
