"""The workflows: what each may do, and their shell, run here against a repository and a fake gh."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.services import Services, make_entry
from tests.surveys import BIB, EPOCH, PYPROJECT, TAXONOMY

from .test_routine import FORM

if TYPE_CHECKING:
    from collections.abc import Iterator

WORKFLOWS = sorted((Path(__file__).parents[2] / ".github/workflows").glob("*.yml"))
NAMES = [path.stem for path in WORKFLOWS]
KEY = "aghajanyan2020intrinsic"
GH = """\
#!{python}
import json, os, pathlib, sys
folder = pathlib.Path(os.environ["GH_FOLDER"])
call = {{"arguments": sys.argv[1:], "body": None}}
for before, word in zip(sys.argv, sys.argv[1:]):
    if before == "--body-file":
        call["body"] = pathlib.Path(word).read_text("utf-8")
    if word.startswith("body=@"):
        call["body"] = pathlib.Path(word.removeprefix("body=@")).read_text("utf-8")
with (folder / "calls").open("a") as log:
    log.write(json.dumps(call) + "\\n")
replies = json.loads((folder / "replies").read_text())
said = " ".join(sys.argv[1:])
print(next((text for start, text in replies if said.startswith(start)), ""), end="")
"""
LIVINGSURVEY = '#!/bin/sh\nexec "{python}" -m livingsurvey "$@"\n'


def read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
    return document


def list_steps(path: Path) -> Iterator[dict[str, Any]]:
    for job in read(path)["jobs"].values():
        yield from job["steps"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=NAMES)
def test_actions_are_pinned_by_commit(path: Path) -> None:
    lines = [line for line in path.read_text().splitlines() if "uses:" in line]
    assert all(
        re.search(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line) for line in lines
    )
    known: dict[str, set[str]] = {}
    for other in WORKFLOWS:
        for step in list_steps(other):
            name, _, commit = step.get("uses", "").partition("@")
            known.setdefault(name, set()).add(commit)
    assert all(len(commits) == 1 for commits in known.values()), "each in one version"


@pytest.mark.parametrize("path", WORKFLOWS, ids=NAMES)
def test_no_hash_is_asked_of_the_package_itself(path: Path) -> None:
    lines = [line for step in list_steps(path) for line in step.get("run", "").splitlines()]
    installs = [line.split() for line in lines if "pip install" in line]
    assert not [words for words in installs if "-c" in words and words[-1].strip('"')[:1] == "."]


@pytest.mark.parametrize("path", WORKFLOWS, ids=NAMES)
def test_permissions_are_few_and_runs_do_not_race(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] in ("", {}, {"contents": "read"})
    assert workflow["concurrency"]["group"]
    wide = {"contents", "pull-requests", "issues", "pages", "id-token"}
    for job in workflow["jobs"].values():
        assert set(job.get("permissions", {})) <= wide
    if "pull_request_target" in workflow["on"]:
        for job in workflow["jobs"].values():
            assert job["permissions"]["contents"] == "read"


@pytest.mark.parametrize("path", WORKFLOWS, ids=NAMES)
def test_nothing_is_interpolated_into_shell(path: Path) -> None:
    for step in list_steps(path):
        assert "${{" not in step.get("run", "")
        reference = step.get("with", {}).get("ref", "")
        assert "head" not in reference, "the code of a pull request is not run with our rights"


@pytest.mark.parametrize("path", WORKFLOWS, ids=NAMES)
def test_bash_reads_every_step(path: Path) -> None:
    for step in list_steps(path):
        command = ["bash", "-n", "-c", step.get("run", "true")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def test_they_follow_the_schema_of_workflows() -> None:
    """By the schema that check-jsonschema brings along, and by actionlint where there is one."""
    files = [str(path) for path in WORKFLOWS]
    checks = [[sys.executable, "-m", "check_jsonschema", "--quiet",
               "--builtin-schema", "vendor.github-workflows", *files]]  # fmt: skip
    if program := shutil.which("actionlint"):
        checks.append([program, "-shellcheck=", *files])
    for command in checks:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "")


# Their shell --------------------------------------------------------------------------------


@dataclass
class Runner:
    """A clone of a survey's repository, with a fake gh, in which the steps of a job are run."""

    root: Path
    clone: Path
    origin: Path
    environment: dict[str, str] = field(default_factory=dict)

    def git(self, *arguments: str, folder: Path | None = None) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=folder or self.clone, env=self.environment, text=True,
            capture_output=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    def reply(self, *replies: tuple[str, str]) -> None:
        (self.root / "gh" / "replies").write_text(json.dumps(replies))

    def calls(self) -> list[dict[str, Any]]:
        path = self.root / "gh" / "calls"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def run(self, name: str, **values: str) -> dict[str, str]:
        """Run the shell of the one job of a workflow as GitHub does; return the outputs.

        *values* are those of the variables that the workflow sets from expressions.
        """
        workflow = next(path for path in WORKFLOWS if path.stem == name)
        [job] = read(workflow)["jobs"].values()
        outputs: dict[str, str] = {}
        for step in job["steps"]:
            condition = re.fullmatch(r"steps\.(\w+)\.outputs\.(\w+) == '(\w+)'", step.get("if", ""))
            if condition and outputs.get(f"{condition[1]}.{condition[2]}") != condition[3]:
                continue
            if "run" not in step or step.get("id") == "install":
                continue
            output = self.root / "output"
            output.write_text("")
            given = {**job.get("env", {}), **step.get("env", {})}
            variables = {
                name: self.evaluate(name, text, values, outputs) for name, text in given.items()
            }
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=self.clone, capture_output=True, text=True, check=False,
                env={**self.environment, **variables, "GITHUB_OUTPUT": str(output)},
            )  # fmt: skip
            assert done.returncode == 0, f"{step['run']}\n{done.stdout}\n{done.stderr}"
            for line in output.read_text().splitlines():
                label, _, text = line.partition("=")
                outputs[f"{step['id']}.{label}"] = text
        return outputs

    def evaluate(
        self, name: str, text: str, values: dict[str, str], outputs: dict[str, str]
    ) -> str:
        known = re.fullmatch(r"\$\{\{ steps\.(\w+)\.outputs\.(\w+) \}\}", text)
        if known:
            return outputs.get(f"{known[1]}.{known[2]}", "")
        return values[name] if "${{" in text else text


@pytest.fixture
def runner(tmp_path: Path, root: Path, services: Services) -> Runner:
    runner = Runner(tmp_path, tmp_path / "clone", tmp_path / "origin.git")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (("gh", GH), ("livingsurvey", LIVINGSURVEY)):
        (programs / name).write_text(text.format(python=sys.executable))
        (programs / name).chmod(0o755)
    (tmp_path / "gh").mkdir()
    (tmp_path / "runner").mkdir()
    runner.environment = {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(root / "ext"),
        "HOME": str(tmp_path),
        "GH_FOLDER": str(tmp_path / "gh"),
        "RUNNER_TEMP": str(tmp_path / "runner"),
        "SOURCE_DATE_EPOCH": EPOCH,
        "no_proxy": "*",
        "GIT_AUTHOR_NAME": "E", "GIT_AUTHOR_EMAIL": "e@example.org",
        "GIT_COMMITTER_NAME": "E", "GIT_COMMITTER_EMAIL": "e@example.org",
    }  # fmt: skip
    runner.reply()
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(runner.origin)], check=True)
    subprocess.run(["git", "clone", "-q", str(runner.origin), str(runner.clone)], check=True,
                   capture_output=True)  # fmt: skip
    pyproject = PYPROJECT.replace('"papers.bib"', '"bib/papers.bib"').replace(
        '"taxonomy.toml"', '"bib/taxonomy.toml"'
    )
    (runner.clone / "bib").mkdir()
    watching = TAXONOMY.replace(
        'aliases = ["lowrank"]', 'aliases = ["lowrank"]\nwatch = ["abs:rank"]'
    )
    for name, text in {
        "pyproject.toml": pyproject.format(
            arxiv=services.arxiv, crossref=services.crossref, address=services.address
        ),
        "bib/papers.bib": BIB.replace("https://github.com/google-research", services.address),
        "bib/taxonomy.toml": watching,
        ".gitignore": ".livingsurvey-cache\n",
    }.items():
        (runner.clone / name).write_text(text, encoding="utf-8")
    services.moved = {"/prompt-tuning": ""}
    services.searches = [
        make_entry("2611.00001", "A New Low-Rank Method", ["Ann One"], published="2026-11-20T00Z")
    ]
    runner.git("checkout", "-q", "-B", "main")
    runner.git("add", ".")
    runner.git("commit", "-q", "-m", "A survey")
    runner.git("push", "-q", "-u", "origin", "main")
    return runner


WEEKLY = {"GH_TOKEN": "t", "BASE": "main"}


def test_the_weekly_pull_request(runner: Runner, services: Services) -> None:
    runner.run("upkeep", **WEEKLY)
    *_, create = runner.calls()
    assert create["arguments"][:6] == ["pr", "create", "--base", "main", "--head", "upkeep"]
    assert "<!-- accept 1 --> **1** [A New Low-Rank Method]" in create["body"]
    text = runner.git("show", "upkeep:bib/inbox.toml", folder=runner.origin)
    assert "arxiv:2611.00001" in text
    assert runner.git("rev-list", "--count", "main..upkeep", folder=runner.origin) == "1"

    # A week later the same pull request is brought up to date, decisions and all.
    runner.git("switch", "-q", "main")
    (runner.clone / "README.md").write_text("Meanwhile\n")
    runner.git("add", ".")
    runner.git("commit", "-q", "-m", "Meanwhile")
    runner.git("push", "-q", "origin", "main")
    services.searches.append(
        make_entry("2611.00002", "Another Low-Rank Method", ["Bo Two"], published="2026-11-21T00Z")
    )
    shutil.rmtree(runner.clone / ".livingsurvey-cache")
    runner.reply(("pr list --head upkeep", "17\n"))
    runner.run("upkeep", **WEEKLY)
    *_, edit = runner.calls()
    assert edit["arguments"][:3] == ["pr", "edit", "17"]
    assert "Another Low-Rank Method" in edit["body"]
    assert "README.md" in runner.git("ls-tree", "--name-only", "upkeep", folder=runner.origin)


def test_a_bad_day_makes_a_list_all_the_same(runner: Runner, services: Services) -> None:
    path = runner.clone / "pyproject.toml"
    path.write_text(path.read_text().replace(services.address, "http://127.0.0.1:9"))
    runner.git("commit", "-aqm", "Offline")
    runner.git("push", "-q", "origin", "main")
    runner.run("upkeep", **WEEKLY)
    assert [call["arguments"][:2] for call in runner.calls()] == [["pr", "list"]]


def test_a_frozen_survey_asks_nobody(runner: Runner, services: Services) -> None:
    path = runner.clone / "pyproject.toml"
    table = 'status = "frozen"\nstatus-date = "2031-03-01"\nstatus-reason = "We retired."\n'
    path.write_text(path.read_text().replace("minimum-papers = 0\n", table))
    assert runner.run("upkeep", **WEEKLY) == {"survey.status": "frozen"}
    assert runner.calls() == []
    assert services.requests == []


@pytest.mark.parametrize("event", ["issue_comment", "pull_request"])
def test_decisions(runner: Runner, event: str) -> None:
    runner.run("upkeep", **WEEKLY)
    body = runner.calls()[-1]["body"]
    text = "accept 1 -c prompts\naccept 1; touch /tmp/owned\n$(touch owned) `touch owned`"
    if event == "pull_request":
        text = body.replace("- [ ] <!-- accept 1", "- [x] <!-- accept 1")
    runner.git("switch", "-q", "main")
    runner.reply(("pr view 17", "upkeep\n"))
    runner.run("decisions", GH_TOKEN="t", EVENT=event, NUMBER="17", TEXT=text)
    tag = "prompts" if event == "issue_comment" else "low-rank"
    bib = runner.git("show", "upkeep:bib/papers.bib", folder=runner.origin)
    assert "{one2026new" in bib
    assert f"keywords      = {{{tag}}}" in bib.partition("{one2026new")[2].partition("\n}")[0]
    answer = runner.calls()[-1]
    assert answer["arguments"][:3] == ["pr", "comment", "17"]
    assert "added as one2026new" in answer["body"]
    assert ("is not understood" in answer["body"]) == (event == "issue_comment")
    assert list(runner.root.rglob("owned")) == []


@pytest.mark.parametrize("head", ["upkeep-of-somebody", ""])
def test_comments_on_other_pull_requests_are_let_be(runner: Runner, head: str) -> None:
    before = runner.git("rev-parse", "main", folder=runner.origin)
    runner.reply(("pr view 18", head))
    values = {"GH_TOKEN": "t", "EVENT": "issue_comment", "NUMBER": "18", "TEXT": "accept 1"}
    assert runner.run("decisions", **values) == {"pull.is_ours": "false"}
    assert len(runner.calls()) == 1
    assert runner.git("rev-parse", "main", folder=runner.origin) == before


def test_a_suggestion(runner: Runner) -> None:
    runner.reply(("pr create", "https://example.org/pull/5"))
    text = FORM + "\n$(touch owned) `touch owned` \"; touch owned; '\n"
    runner.run("suggestion", GH_TOKEN="t", BASE="main", NUMBER="7", TEXT=text)
    create, comment = runner.calls()
    assert create["arguments"][-2:] == ["--body", "Closes #7."]
    assert comment["arguments"][:3] == ["pr", "comment", "https://example.org/pull/5"]
    assert "@misc{hu2021lora," in comment["body"]
    bib = runner.git("show", "suggestion-7:bib/papers.bib", folder=runner.origin)
    assert "{hu2021lora," in bib
    assert list(runner.root.rglob("owned")) == []


def test_a_suggestion_to_a_frozen_survey_is_answered(runner: Runner) -> None:
    path = runner.clone / "pyproject.toml"
    table = 'status = "frozen"\nstatus-date = "2031-03-01"\nstatus-reason = "We retired."\n'
    path.write_text(path.read_text().replace("minimum-papers = 0\n", table))
    runner.run("suggestion", GH_TOKEN="t", BASE="main", NUMBER="9", TEXT=FORM)
    [comment] = runner.calls()
    assert "This survey is frozen since 2031-03-01" in comment["body"]


def test_a_suggestion_that_cannot_be_taken_is_answered(runner: Runner) -> None:
    text = FORM.replace("2106.09685", "not a paper")
    runner.run("suggestion", GH_TOKEN="t", BASE="main", NUMBER="8", TEXT=text)
    [comment] = runner.calls()
    assert comment["arguments"][:3] == ["issue", "comment", "8"]
    assert "The paper was not found" in comment["body"]
    assert "suggestion-8" not in runner.git("branch", folder=runner.origin)


@pytest.mark.parametrize("known", ["", "99\n100\n"])
def test_what_changes_for_readers(runner: Runner, known: str) -> None:
    """The pull request comes from a fork, whose code is nowhere run."""
    fork = runner.root / "fork"
    runner.git("clone", "-q", str(runner.origin), str(fork), folder=runner.root)
    text = (fork / "bib/papers.bib").read_text().replace("{low-rank, theory}", "{prompts, theory}")
    (fork / "bib/papers.bib").write_text(text)
    (fork / "conf.py").write_text("open('owned', 'w')\n")
    runner.git("add", ".", folder=fork)
    runner.git("commit", "-qm", "Move a paper", folder=fork)
    runner.git("push", "-q", str(runner.origin), "HEAD:refs/pull/3/head", folder=fork)
    runner.reply(("api --paginate", known))
    runner.run("readers", GH_TOKEN="t", REPOSITORY="o/r", NUMBER="3")
    *_, comment = runner.calls()
    where = "repos/o/r/issues/comments/99" if known else "comment"
    assert where in comment["arguments"]
    assert "### Moved (1)" in comment["body"]
    assert "from low-rank to prompts" in comment["body"]
    assert list(runner.root.rglob("owned")) == []
