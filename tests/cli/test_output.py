"""What commands write, byte by byte: into pipes, full disks and files that are there."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.surveys import Survey, make_survey

from livingsurvey.bibtex.read import read_entries
from livingsurvey.bibtex.source import Source

NAMED = """\
@misc{grosse2020uber,
  title        = {Über Größe},
  author       = {Größe, Łukasz},
  year         = {2020},
  keywords     = {prompts, größe},
  creationdate = {2026-01-02},
}
"""
FULL = Path("/dev/full")


@pytest.fixture
def survey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Survey:
    survey = make_survey(tmp_path, monkeypatch)
    survey.bib.write_text(NAMED, encoding="utf-8")
    return survey


def run(*arguments: str, stdout: int | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own, in a locale that knows ASCII alone."""
    return subprocess.run(
        [sys.executable, "-m", "livingsurvey", *arguments],
        env=os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
        stdout=subprocess.PIPE if stdout is None else stdout,
        stderr=subprocess.PIPE,
        check=False,
    )


@pytest.mark.parametrize("command", [["list", "--format"], ["export"]])
@pytest.mark.parametrize("kind", ["bibtex", "csv", "json", "csl-json", "ris"])
def test_data_is_utf_8_wherever_it_goes(survey: Survey, command: list[str], kind: str) -> None:
    done = run(*command, kind)
    text = done.stdout.decode("utf-8")
    assert "Größe" in text
    if kind.endswith("json"):
        json.loads(text)
    elif kind == "csv":
        assert text.count("\r\n") == text.count("\n")
        (row,) = csv.DictReader(io.StringIO(text, newline=""))
        assert row["title"] == "Über Größe"
    elif kind == "bibtex":
        (entry,), problems = read_entries([Source("x.bib", text)])
        assert (entry.key, problems) == ("grosse2020uber", [])


@pytest.mark.parametrize("kind", ["json", "sarif", "github", "text"])
def test_reports_are_utf_8(survey: Survey, kind: str) -> None:
    done = run("check", "--format", kind)
    assert "größe" in done.stdout.decode("utf-8")
    if kind in {"json", "sarif"}:
        json.loads(done.stdout)


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")
@pytest.mark.parametrize(
    "arguments",
    [
        ["export", "json"],
        ["export", "csv", "-o", "/dev/full"],
        ["list"],
        ["list", "--format", "ris"],
        ["check"],
        ["check", "--format", "sarif"],
        ["format", "--diff"],
        ["retag", "prompts", "hints", "--dry-run"],
    ],
    ids=" ".join,
)
def test_a_full_disk_is_one_line(survey: Survey, arguments: list[str]) -> None:
    survey.bib.write_text(NAMED.replace("title        =", "title="), encoding="utf-8")
    with FULL.open("wb") as full:
        done = run(*arguments, stdout=full.fileno())
    said = done.stderr.decode()
    assert done.returncode == 2
    assert "No space left on device" in said
    assert "Traceback" not in said
    assert "Exception ignored" not in said


def test_an_export_is_written_whole_or_not_at_all(survey: Survey) -> None:
    (survey.folder / "out.json").write_text("what was there")
    limit = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)); "
    program = f"{limit}from livingsurvey.cli import main; sys.exit(main(sys.argv[1:]))"
    for arguments in (["export", "json", "-o", "out.json"], ["format"]):
        survey.bib.write_text(NAMED.replace("title        =", "title="), encoding="utf-8")
        before = survey.bib.read_bytes()
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2
        name = "out.json" if arguments[0] == "export" else "papers.bib"
        assert f"cannot write {name}: File too large" in done.stderr
        assert "Traceback" not in done.stderr
        assert survey.bib.read_bytes() == before
    assert (survey.folder / "out.json").read_text() == "what was there"
    assert [path for path in survey.folder.iterdir() if path.suffix == ".tmp"] == []
