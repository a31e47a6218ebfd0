"""``livingsurvey export``: the same bytes as the site's, to a file or to the terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from livingsurvey.catalog import load
from livingsurvey.cli import main
from livingsurvey.exports import FORMATS, About, Selection
from livingsurvey.exports.formats import WRITERS

if TYPE_CHECKING:
    from pathlib import Path

TAXONOMY = """\
[oven]
title = "Oven"

[oven.steam]
title = "Steam"
aliases = ["vapor"]

[oven.stone]
title = "Stone"
"""
BIBLIOGRAPHY = """\
@misc{müller2020flour, title = {Größe}, author = {Müller, Jörg}, keywords = {steam}}

@misc{b, title = {B}, author = {B, C}, keywords = {stone}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "papers.bib").write_text(BIBLIOGRAPHY, encoding="utf-8")
    (tmp_path / "taxonomy.toml").write_text(TAXONOMY, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.livingsurvey]\nbibliographies = ["papers.bib"]\ntaxonomy = "taxonomy.toml"\n'
        'profile = "house"\n',
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "atom"])
def test_it_writes_what_the_exports_write(name: str, folder: Path) -> None:
    catalog, _ = load([folder / "papers.bib"], folder / "taxonomy.toml")
    expected = WRITERS[name](Selection(catalog=catalog), About(title="Survey"))
    assert main(["export", name, "--output", "out"]) == 0
    assert (folder / "out").read_bytes() == expected.encode()


def test_it_prints_utf_8_with_the_line_ends_of_the_format(folder: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "livingsurvey", "export", "ris"],
        capture_output=True,
        check=True,
        cwd=folder,
        env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": ":".join(filter(None, sys.path))},
    )
    assert "AU  - Müller, Jörg\r\n".encode() in result.stdout
    assert b"\r\r\n" not in result.stdout


def test_a_category_may_go_by_an_older_name(folder: Path, capsys) -> None:
    assert main(["export", "csl-json", "--category", "vapor"]) == 0
    assert [one["id"] for one in json.loads(capsys.readouterr().out)] == ["müller2020flour"]


def test_an_unknown_category_is_an_error_with_a_hint(folder: Path, capsys) -> None:
    assert main(["export", "csv", "--category", "steem"]) == 2
    assert "did you mean 'steam'?" in capsys.readouterr().err


def test_a_feed_asks_for_what_its_ids_are_made_of(folder: Path, capsys) -> None:
    assert main(["export", "atom"]) == 2
    assert "--tag-authority" in capsys.readouterr().err
    assert main(["export", "atom", "--tag-authority", "example.org,2026:x"]) == 0
    assert "tag:example.org,2026:x/feed" in capsys.readouterr().out


def test_a_broken_bibliography_is_exported_as_far_as_it_goes(folder: Path, capsys) -> None:
    (folder / "papers.bib").write_text(BIBLIOGRAPHY + "\n@misc{c, title = {C", encoding="utf-8")
    assert main(["export", "bibtex"]) == 1
    out, err = capsys.readouterr()
    assert "@misc{b," in out
    assert "livingsurvey check" in err


def test_a_file_that_cannot_be_written_is_said(folder: Path, capsys) -> None:
    assert main(["export", "bibtex", "-o", "no/such/folder"]) == 2
    assert "cannot write no/such/folder" in capsys.readouterr().err
