"""``livingsurvey typeset`` and ``check-log``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from livingsurvey.cli import main

if TYPE_CHECKING:
    from pathlib import Path

CLEAN = "This is XeTeX\n[1] [2]\n"
FAULTY = f"{CLEAN}Missing character: There is no 王 in font cmr10!\n"


def test_a_clean_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "book.log").write_text(CLEAN, encoding="utf-8")
    assert main(["check-log", str(tmp_path / "book.log")]) == 0
    assert capsys.readouterr().out == ""


def test_a_faulty_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "book.log").write_text(FAULTY, encoding="utf-8")
    assert main(["check-log", str(tmp_path / "book.log")]) == 1
    assert capsys.readouterr().out == "missing-character: no 王 (U+738B) in cmr10 (about sheet 3)\n"


def test_no_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-log", str(tmp_path / "none.log")]) == 2
    assert "none.log" in capsys.readouterr().err


def test_without_tex_one_line_names_the_packages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["typeset", "--needs"]) == 2
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith("latexmk, xelatex, xdvipdfmx not found.")
    for words in ("apt install latexmk", "dnf install", "brew install"):
        assert words in line


@pytest.mark.needs_tex
def test_typeset(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tex = tmp_path / "small.tex"
    tex.write_text(
        "\\documentclass{article}\\begin{document}See \\ref{none}.\\end{document}",
        encoding="utf-8",
    )
    assert main(["typeset", str(tmp_path)]) == 1
    captured = capsys.readouterr()
    assert captured.out == "undefined-reference: no label none (page 1, line 1 of the .tex)\n"
    assert str(tmp_path / "small.pdf") in captured.err
    tex.write_text("\\documentclass{article}\\begin{document}\\oops\\end{document}", "utf-8")
    assert main(["typeset", str(tex)]) == 1
    assert capsys.readouterr().out.startswith("error: Undefined control sequence")
    assert not (tmp_path / "small.pdf").exists()
    # What the broken run left behind does not break the next one.
    tex.write_text("\\documentclass{article}\\begin{document}Fine.\\end{document}", "utf-8")
    assert main(["typeset", str(tex)]) == 0


@pytest.mark.needs_tex
def test_a_missing_style_names_the_packages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tex = tmp_path / "small.tex"
    tex.write_text("\\documentclass{article}\\usepackage{nosuchstyle}\\begin{document}x", "utf-8")
    assert main(["typeset", str(tex)]) == 1
    assert "apt install" in capsys.readouterr().err


@pytest.mark.needs_tex
def test_which_tex(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["typeset", str(tmp_path)]) == 2
    assert main(["typeset", str(tmp_path / "none.tex")]) == 2
    assert main(["typeset"]) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.needs_tex
def test_typeset_says_that_a_book_is_for_another_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "small.tex").write_text("\\documentclass{article}", encoding="utf-8")
    rc = "$latex = 'latex %O %S';\n$pdflatex = 'pdflatex ' . $ENV{'LATEXOPTS'} . ' %O %S';\n"
    (tmp_path / "latexmkrc").write_text(rc, encoding="utf-8")
    assert main(["typeset", str(tmp_path)]) == 2
    assert "is written for pdflatex: set latex_engine" in capsys.readouterr().err
    assert not (tmp_path / "small.log").exists()
