"""``livingsurvey format``: the bytes of the files, what is said, and the exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from livingsurvey.cli import main
from livingsurvey.rules.rule import TAXONOMY, diffie, lamport, shannon

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CANONICAL = f"{lamport()}\n{shannon()}"
UNTIDY = (
    "\ufeff% The header.\r\n\r\n"
    "@Article{shannon1948mathematical,\r\n"
    "\tauthor = {Claude E. Shannon},\r\n"
    '\ttitle="A Mathematical   Theory of\r\n\t\tCommunication",\r\n'
    "\tjournal={Bell System Technical Journal}, year=1948,\r\n"
    "\tkeywords={information-theory}, creationdate = {2026-11-23}\r\n"
    "}\r\n" + lamport().replace("\n", "\r\n") + "@Comment{jabref-meta: databaseType:bibtex;}"
)
TIDY = f"% The header.\n\n{CANONICAL}\n@Comment{{jabref-meta: databaseType:bibtex;}}\n"


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    (tmp_path / "taxonomy.toml").write_text(TAXONOMY, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.livingsurvey]\nbibliographies = ["papers.bib"]\ntaxonomy = "taxonomy.toml"\n'
        'profile = "house"\n',
        encoding="utf-8",
    )

    def call(*arguments: str) -> tuple[int, str, str]:
        status = main(["format", *arguments])
        return status, *capsys.readouterr()

    return call


@pytest.fixture
def bibliography(tmp_path: Path) -> Path:
    return tmp_path / "papers.bib"


def write(path: Path, text: str) -> bytes:
    data = text.encode("utf-8")
    path.write_bytes(data)
    return data


def test_untidy_file_becomes_canonical_and_stays_so(run: Any, bibliography: Path) -> None:
    write(bibliography, UNTIDY)
    assert run() == (0, "", "formatted papers.bib: 1 entry (shannon1948mathematical)\n")
    assert bibliography.read_bytes().decode("utf-8") == TIDY
    assert run() == (0, "", "nothing to format\n")
    assert bibliography.read_bytes().decode("utf-8") == TIDY


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + CANONICAL,
        CANONICAL.replace("\n", "\r\n"),
        "\n" + CANONICAL,
        shannon() + lamport(),
    ],
)
def test_entries_in_order_keep_their_bytes(run: Any, bibliography: Path, text: str) -> None:
    write(bibliography, text)
    assert run() == (0, "", "formatted papers.bib: order, comments or line ends\n")
    assert bibliography.read_bytes().decode("utf-8") == CANONICAL


def test_canonical_file_is_not_even_opened_for_writing(run: Any, bibliography: Path) -> None:
    write(bibliography, CANONICAL)
    before = bibliography.stat()
    assert run("--fix")[0] == 0
    after = bibliography.stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


def test_check_writes_nothing(run: Any, bibliography: Path) -> None:
    data = write(bibliography, UNTIDY)
    status, out, err = run("--check")
    assert (status, out) == (1, "")
    assert err == "would format papers.bib: 1 entry (shannon1948mathematical)\n"
    assert bibliography.read_bytes() == data
    write(bibliography, CANONICAL)
    assert run("--check")[0] == 0


def test_diff_shows_what_would_be_written(run: Any, bibliography: Path) -> None:
    data = write(bibliography, CANONICAL.replace("{1948}", "1948"))
    status, out, _ = run("--diff")
    assert status == 0
    assert out.splitlines()[:2] == ["--- papers.bib", "+++ papers.bib"]
    changed = [line for line in out.splitlines()[2:] if line[0] in "+-"]
    assert changed == ["-  year          = 1948,", "+  year          = {1948},"]
    assert bibliography.read_bytes() == data
    assert run("--diff", "--check")[0] == 1


def test_fix_names_each_repair(run: Any, bibliography: Path) -> None:
    write(
        bibliography,
        diffie(doi="https://doi.org/10.1109/TIT.1976.1055638", pages="644-654")
        + "\n"
        + lamport(keywords="distributed-computing", note=""),
    )
    expected = (
        "papers.bib:5:20: {did}: diffie1976new: pages '644-654' become '644--654' "
        "[survey.page_range]\n"
        "papers.bib:7:20: {did}: diffie1976new: doi 'https://doi.org/10.1109/TIT.1976.1055638' "
        "becomes '10.1109/TIT.1976.1055638' [survey.bad_doi]\n"
        "papers.bib:17:20: {did}: lamport1978time: keyword 'distributed-computing' becomes "
        "'distributed-systems' [survey.alias]\n"
        "papers.bib:18:20: {did}: lamport1978time: empty field 'note' removed "
        "[survey.empty_field]\n"
    )
    status, out, _ = run("--fix", "--check")
    assert (status, out) == (1, expected.format(did="would mend"))
    status, out, _ = run("--fix")
    assert (status, out) == (0, expected.format(did="mended"))
    assert bibliography.read_text(encoding="utf-8") == (
        diffie(doi="10.1109/TIT.1976.1055638", pages="644--654") + "\n" + lamport()
    )
    assert run("--fix") == (0, "", "nothing to format\n")
    assert main(["check"]) == 0


def test_without_fix_nothing_is_repaired(run: Any, bibliography: Path) -> None:
    data = write(bibliography, lamport(pages="558-565"))
    assert run() == (0, "", "nothing to format\n")
    assert bibliography.read_bytes() == data


def test_disabled_rules_are_not_repaired(run: Any, bibliography: Path, tmp_path: Path) -> None:
    data = write(bibliography, lamport(pages="558-565"))
    with (tmp_path / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('[tool.livingsurvey.disabled]\npage_range = "the publisher wants it so"\n')
    assert run("--fix") == (0, "", "nothing to format\n")
    assert bibliography.read_bytes() == data


@pytest.mark.parametrize("options", [[], ["--fix"], ["--check"], ["--diff"]])
def test_file_with_mistakes_is_not_touched_and_they_are_named(
    run: Any, bibliography: Path, options: list[str]
) -> None:
    data = write(bibliography, UNTIDY.replace("1948,\r\n", "1948\r\n"))
    status, out, err = run(*options)
    assert status == 2
    assert out == (
        "papers.bib:7:52: error: missing comma behind field 'year'; add a ',' [survey.syntax]\n"
    )
    assert err == "not formatted: mend these first\n"
    assert bibliography.read_bytes() == data


def test_bytes_that_are_not_utf8_are_kept(run: Any, bibliography: Path) -> None:
    data = shannon().replace("Shannon", "Shänno").encode("latin-1")
    bibliography.write_bytes(data)
    status, out, _ = run()
    assert status == 2
    assert out == (
        "papers.bib:3:22: error: the file is not UTF-8 but, it seems, Windows-1252 "
        "(Latin-1); save it as UTF-8 [survey.encoding]\n"
    )
    assert bibliography.read_bytes() == data


def test_one_broken_file_does_not_keep_the_others(
    run: Any, bibliography: Path, tmp_path: Path
) -> None:
    broken = write(bibliography, "@misc{a, title = {x")
    write(tmp_path / "other.bib", CANONICAL.replace("{1948}", "1948"))
    assert run("papers.bib", "other.bib")[0] == 2
    assert bibliography.read_bytes() == broken
    assert (tmp_path / "other.bib").read_text(encoding="utf-8") == CANONICAL


def test_reason_for_keeping_the_order_is_said(run: Any, bibliography: Path) -> None:
    text = "@string{x = {1}}\n\n@misc{b,\n}\n\n@string{x = {2}}\n\n@misc{a,\n}\n"
    write(bibliography, text)
    status, _, err = run()
    assert status == 0
    assert err.startswith("papers.bib: entries keep their order: the macro 'x' is defined twice\n")
    assert bibliography.read_text(encoding="utf-8") == text


def test_the_survey_itself_is_formatted(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    assert main(["format", "--check", "--fix"]) == 0
    assert capsys.readouterr() == ("", "nothing to format\n")
