"""``livingsurvey diff`` and ``history``, over files and a repository."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.surveys import BIB, Survey, make_survey

from livingsurvey.upkeep.history import read_history

if TYPE_CHECKING:
    from pathlib import Path

KEY = "aghajanyan2020intrinsic"
MOVED = BIB.replace("{low-rank, theory}", "{scaling-laws, theory}")
PUBLISHED = MOVED.replace("@misc{agha", "@inproceedings{agha").replace(
    "  year          = {2020},", "  booktitle     = {ACL},\n  year          = {2021},"
)


@pytest.fixture
def survey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Survey:
    return make_survey(tmp_path / "survey", monkeypatch)


@pytest.fixture
def repository(survey: Survey) -> Survey:
    """Three months of a survey: two editions, and what came after."""
    git(survey, "init", "--quiet", "--initial-branch=main")
    commit(survey, BIB.partition("@inproceedings")[0], "2026-09-10")
    git(survey, "tag", "v1.0")
    commit(survey, BIB, "2026-10-05")
    commit(survey, MOVED, "2026-10-20")
    git(survey, "tag", "-a", "v1.1", "-m", "The second edition")
    git(survey, "tag", "unrelated")
    commit(survey, PUBLISHED, "2026-11-02")
    return survey


def git(survey: Survey, *arguments: str, date: str = "2026-09-01") -> str:
    stamp = f"{date}T12:00:00Z"
    done = subprocess.run(
        ["git", "-c", "user.name=Editor", "-c", "user.email=editor@example.org", *arguments],
        cwd=survey.folder, check=True, capture_output=True, text=True,
        env={"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp, "PATH": "/usr/bin:/bin",
             "HOME": str(survey.folder)},
    )  # fmt: skip
    return done.stdout


def commit(survey: Survey, text: str, date: str) -> None:
    survey.bib.write_text(text, encoding="utf-8")
    git(survey, "add", ".", date=date)
    git(survey, "commit", "--quiet", "-m", f"State of {date}", date=date)


def test_two_files(survey: Survey) -> None:
    (survey.folder / "old.bib").write_text(BIB.partition("@inproceedings")[0], encoding="utf-8")
    survey.bib.write_text(PUBLISHED, encoding="utf-8")
    done = survey.run("diff", "old.bib", "papers.bib")
    assert done.status == 1
    title = "Intrinsic Dimensionality Explains the Effectiveness of Language Model Fine-Tuning"
    assert done.out == (
        "added        lester2021power: The Power of Scale for Parameter-Efficient Prompt Tuning\n"
        f"republished  {KEY}: {title} (ACL, 2021; before: preprint)\n"
        f"moved        {KEY}: {title} (from low-rank to scaling-laws)\n"
    )
    assert done.err == "1 added, 1 republished, 1 moved\n"
    assert survey.run("diff", "old.bib").out == done.out, "the files as they are"


def test_forms(survey: Survey) -> None:
    (survey.folder / "old.bib").write_text(MOVED, encoding="utf-8")
    [change] = json.loads(survey.run("diff", "old.bib", "-f", "json").out)
    assert (change["kind"], change["key"]) == ("moved", KEY)
    assert change["details"] == ["from scaling-laws to low-rank"]
    text = survey.run("diff", "old.bib", "--format", "markdown").out
    assert text.startswith("### Moved (1)\n\n- Intrinsic")
    same = survey.run("diff", "papers.bib", "-f", "json")
    assert (same.status, same.out, same.err) == (0, "[]\n", "no changes\n")


def test_revisions(repository: Survey) -> None:
    assert repository.run("diff", "v1.0", "v1.1").err == "1 added, 1 moved\n"
    assert repository.run("diff", "v1.1").err == "1 republished\n"
    assert repository.run("diff", "HEAD~1", "HEAD").err == "1 republished\n"
    assert repository.run("diff", "HEAD").status == 0


@pytest.mark.parametrize("name", ["v9.9", "--output=x", "", "HEAD:papers.bib", "nowhere.bib"])
def test_neither_file_nor_revision(repository: Survey, name: str) -> None:
    done = repository.run("diff", "--", name)
    assert done.status == 2
    assert f"'{name}' is neither a file nor a revision that has the bibliography" in done.err


def test_without_a_repository(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(survey.folder.parent))
    for arguments in (["diff", "v1.0"], ["history"]):
        done = survey.run(*arguments)
        assert done.status == 2
        assert "git: fatal: not a git repository" in done.err


def test_without_git(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert "git is not installed" in survey.run("history").err


def test_history(repository: Survey) -> None:
    done = repository.run("history")
    assert done.status == 0
    assert done.err == "written: history.json: 2 editions, 4 changes, from 3 states\n"
    history = read_history(repository.folder / "history.json")
    found = [
        (edition.name, edition.date, [(one.kind, one.key) for one in edition.changes])
        for edition in history.editions
    ]
    assert found == [
        ("", "2026-11-02", [("republished", KEY)]),
        ("v1.1", "2026-10-20", [("added", "lester2021power"), ("moved", KEY)]),
        ("v1.0", "2026-09-10", [("added", KEY)]),
    ]
    before = (repository.folder / "history.json").read_bytes()
    repository.run("history")
    assert (repository.folder / "history.json").read_bytes() == before


def test_other_tags(repository: Survey) -> None:
    repository.run("history", "--tags", "unrelated")
    history = read_history(repository.folder / "history.json")
    assert [edition.name for edition in history.editions] == ["", "unrelated"]
    assert "is no regular expression" in repository.run("history", "--tags", "(").err


def test_a_history_without_the_bibliography(survey: Survey) -> None:
    git(survey, "init", "--quiet")
    git(survey, "commit", "--quiet", "--allow-empty", "-m", "Nothing yet")
    done = survey.run("history")
    assert done.status == 2
    assert "no revision has the bibliography" in done.err
    assert not (survey.folder / "history.json").exists()


def test_history_does_not_forget_editions_whose_tags_are_missing(repository: Survey) -> None:
    assert repository.run("history").status == 0
    path = repository.folder / "history.json"
    before = path.read_bytes()
    git(repository, "tag", "-d", "v1.0")
    done = repository.run("history")
    assert done.status == 2
    assert "history.json names editions that no tag here does: v1.0; fetch the tags" in done.err
    assert path.read_bytes() == before
    assert repository.run("history", "--anew").status == 0
    assert [one.name for one in read_history(path).editions] == ["", "v1.1"]
    path.write_text("{", encoding="utf-8")
    assert "history.json is no history" in repository.run("history").err
    assert path.read_text(encoding="utf-8") == "{"
