"""A command that is ended at any moment leaves each file as it was, or as it is to be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.surveys import EPOCH, Survey, make_survey

from livingsurvey.bibtex.source import StateError
from livingsurvey.catalog import load
from livingsurvey.catalog.ledger import read_ledger
from livingsurvey.diagnostics import Severity
from livingsurvey.upkeep.history import read_history
from livingsurvey.upkeep.inbox import read_inbox
from livingsurvey.upkeep.refresh import read_decisions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Ends the process at the n-th of these moments: a draft is made, is half written, is whole, has
# taken the place of the file.
KILLER = """\
import os, pathlib, sys, tempfile
moments = iter(range(1, 1000))
last = int(sys.argv[1])

def count():
    if next(moments) == last:
        os._exit(137)

def wrap(owner, name, *, before):
    real = getattr(owner, name)
    def wrapped(*arguments, **options):
        if before:
            count()
            return real(*arguments, **options)
        result = real(*arguments, **options)
        count()
        return result
    setattr(owner, name, wrapped)

wrap(tempfile, "mkstemp", before=False)
wrap(os, "fsync", before=True)
wrap(os, "fsync", before=False)
wrap(pathlib.Path, "replace", before=False)
from livingsurvey.cli import main
sys.exit(main(sys.argv[2:]))
"""
MOMENTS_OF_A_FILE = 4
LIST = [
    {"title": "LoRA: Low-Rank Adaptation", "authors": ["Edward J. Hu"], "year": 2022,
     "arxiv": "2106.09685"},
    {"title": "On Soups", "authors": ["Ann Cook"], "year": 2020},
]  # fmt: skip
PUBLISHED = {
    "title": "Intrinsic Dimensionality Explains the Effectiveness of Language Model Fine-Tuning",
    "authors": ["Armen Aghajanyan", "Sonal Gupta", "Luke Zettlemoyer"], "year": 2021,
    "venue": "Empirical Methods in Natural Language Processing", "arxiv": "2012.13255",
}  # fmt: skip
DRAFT = """\
@misc{cook2020soups,
  title = {On Soups},
  author = {Cook, Ann},
  year = {2020},
  annotation = {Counts the spoons of many soups.},
}
"""


@pytest.fixture
def survey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Survey:
    survey = make_survey(tmp_path / "survey", monkeypatch)
    (survey.folder / "list.json").write_text(json.dumps(LIST), encoding="utf-8")
    (survey.folder / "other.json").write_text(json.dumps([PUBLISHED]), encoding="utf-8")
    (survey.folder / "draft.bib").write_text(DRAFT, encoding="utf-8")
    survey.bib.write_text(survey.bib.read_text("utf-8").replace("  year  ", "  YEAR "), "utf-8")
    assert survey.run("inbox", "fetch", "--from", "list.json").status == 0
    git = ["git", "-c", "user.name=E", "-c", "user.email=e@example.org"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "First"], ["tag", "1.0"]):
        subprocess.run([*git, *words], cwd=survey.folder, check=True)
    return survey


def run_until(survey: Survey, moment: int, arguments: list[str], text: str = "") -> int:
    command = [sys.executable, "-c", KILLER, str(moment), *arguments]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH, "TEXT": text}
    done = subprocess.run(
        command, cwd=survey.folder, capture_output=True, env=environment, check=False
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done.returncode


def load_ledger(path: Path) -> None:
    assert read_ledger(path, path.name)[1] == []


def load_data(path: Path) -> None:
    assert not path.exists() or json.loads(path.read_text("utf-8"))["papers"]


def read_everything(survey: Survey) -> None:
    """Read every file that is kept, as the next command would."""
    _, problems = load([survey.bib], survey.taxonomy)
    assert [one for one in problems if one.severity is not Severity.HINT] == []
    for read, name in (
        (read_inbox, "inbox.toml"), (read_history, "history.json"),
        (read_decisions, "decisions.json"), (load_ledger, "verified.json"),
        (load_data, "out.json"),
    ):  # fmt: skip
        reader: Callable[[Path], object] = read
        try:
            reader(survey.folder / name)
        except StateError as error:
            pytest.fail(str(error))


FILES = (
    "papers.bib", "taxonomy.toml", "inbox.toml", "history.json", "decisions.json", "verified.json",
    "out.json",
)  # fmt: skip


def snap(survey: Survey) -> dict[str, bytes]:
    return {
        name: (survey.folder / name).read_bytes()
        for name in FILES
        if (survey.folder / name).exists()
    }


@pytest.mark.parametrize(
    ("arguments", "text", "files"),
    [
        (["inbox", "accept", "1", "-c", "low-rank"], "", 2),
        (["inbox", "decline", "2", "--why", "cooking"], "", 1),
        (["history"], "", 1),
        (["add", "draft.bib", "-c", "low-rank"], "", 1),
        (["verify", "--vouch", "lester2021power"], "", 1),
        (["format", "--fix"], "", 1),
        (["retag", "prompts", "prompting"], "", 2),
        (["export", "json", "-o", "out.json"], "", 1),
        (["refresh", "--against", "other.json", "--apply"], "", 1),
        (
            ["refresh", "aghajanyan2020intrinsic", "--against", "other.json", "--decline"],
            "", 1,
        ),
        (["routine", "decide"], "accept 1 -c low-rank\ndecline 2 cooking", 3),
    ],
    ids=[
        "accept", "decline", "history", "add", "verify", "format", "retag", "export", "apply",
        "refuse", "routine",
    ],
)  # fmt: skip
def test_killed_at_any_moment(survey: Survey, arguments: list[str], text: str, files: int) -> None:
    before = snap(survey)
    states = [before]
    for moment in range(1, files * MOMENTS_OF_A_FILE + 1):
        for name in FILES:
            (survey.folder / name).unlink(missing_ok=True)
        for name, data in before.items():
            (survey.folder / name).write_bytes(data)
        assert run_until(survey, moment, arguments, text) == 137
        read_everything(survey)
        after = snap(survey)
        if after != states[-1]:
            states.append(after)
    assert len(states) == files + 1, "each file changes as a whole, one after the other"

    # Called again, it does what is left, and leaves nothing behind but drafts of the killed ones.
    run_until(survey, 0, arguments, text)
    read_everything(survey)
    for draft in survey.folder.glob(".*.tmp"):
        draft.unlink()
    known = {*FILES, "list.json", "other.json", "draft.bib", "pyproject.toml"}
    assert {path.name for path in survey.folder.iterdir() if path.is_file()} <= known


def test_a_paper_that_was_accepted_before_the_kill_is_not_accepted_twice(survey: Survey) -> None:
    arguments = ["inbox", "accept", "1", "-c", "low-rank"]
    assert run_until(survey, MOMENTS_OF_A_FILE, arguments) == 137  # the .bib is written
    assert survey.bib.read_text().count("2106.09685") > 0
    text = survey.bib.read_text()
    done = survey.run(*arguments)
    assert "there is no number 1" in done.err
    assert survey.bib.read_text() == text
