"""``livingsurvey bundle``: one archive that needs no server, the same from the same files."""

from __future__ import annotations

import hashlib
import os
import zipfile
from typing import TYPE_CHECKING

import pytest
from tests.surveys import EPOCH, Survey, make_survey

from livingsurvey.upkeep.inbox import Inbox, write_inbox

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def survey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Survey:
    survey = make_survey(tmp_path / "survey", monkeypatch)
    fill(survey.folder)
    return survey


def fill(folder: Path) -> None:
    """Add what a build leaves."""
    for name, text in {
        "site/index.html": "<p>Hello",
        "site/data/papers.bib": "@misc{a}",
        "site/.buildinfo": "noise",
        "site/_static/a.js": "1",
        "book.pdf": "%PDF",
        "LICENSE": "MIT",
        "inbox.toml": write_inbox(Inbox()),
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


ARGUMENTS = ("bundle", "dist/s.zip", "--site=site", "--book=book.pdf", "--also=LICENSE")


def test_what_is_in_it(survey: Survey) -> None:
    done = survey.run(*ARGUMENTS)
    assert (done.status, done.out) == (0, "")
    assert done.err == "written: dist/s.zip: 11 files\n"
    with zipfile.ZipFile(survey.folder / "dist/s.zip") as archive:
        files = {name.removeprefix("s/"): archive.read(name) for name in archive.namelist()}
        dates = {entry.date_time for entry in archive.infolist()}
    assert set(files) == {
        "LICENSE", "README.txt", "SHA256SUMS", "bib/inbox.toml", "bib/papers.bib",
        "bib/taxonomy.toml", "book.pdf", "data/papers.bib",
        "site/_static/a.js", "site/data/papers.bib", "site/index.html",
    }  # fmt: skip
    assert dates == {(2026, 11, 23, 0, 0, 0)}
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {
        name: hashlib.sha256(data).hexdigest()
        for name, data in files.items()
        if name != "SHA256SUMS"
    }


def test_the_same_files_make_the_same_archive(
    survey: Survey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey.run(*ARGUMENTS)
    first = (survey.folder / "dist/s.zip").read_bytes()
    other = make_survey(tmp_path / "elsewhere", monkeypatch)
    fill(other.folder)
    os.utime(other.folder / "site/index.html", (1, 1))
    assert other.run(*ARGUMENTS).status == 0
    assert (other.folder / "dist/s.zip").read_bytes() == first
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(EPOCH) + 86400))
    other.run(*ARGUMENTS)
    assert (other.folder / "dist/s.zip").read_bytes() != first


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--site=nowhere",), "nowhere is no built site: it has no index.html"),
        (("--site=site", "--book=no.pdf"), "cannot bundle no.pdf: No such file or directory"),
        (("--site=site", "--also=no"), "cannot bundle no: No such file or directory"),
    ],
)
def test_what_is_missing(survey: Survey, arguments: tuple[str, ...], said: str) -> None:
    (survey.folder / "s.zip").write_bytes(b"old")
    done = survey.run("bundle", "s.zip", *arguments)
    assert done.status == 2
    assert said in done.err
    assert (survey.folder / "s.zip").read_bytes() == b"old"
