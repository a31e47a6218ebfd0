"""Logs of LaTeX: every fault that a reader would see is found, and nothing else."""

from __future__ import annotations

import pytest

from livingsurvey.book import BookDiagnostic, FaultKind, join_lines, scan_log, scan_text

# As XeLaTeX of TeX Live 2022 writes it: sheets, a box with numbers in brackets, warnings.
LOG = """\
This is XeTeX, Version 3.141592653-2.6-0.999994 (TeX Live 2022/Debian)
(./book.tex [1

] [2] (./book.toc
) [3
Missing character: There is no 你 in font FreeSerif/OT:script=latn;language=dflt;!

Overfull \\hbox (12.5pt too wide) in paragraph at lines 20--22
[]\\TU/FreeSerif(0)/m/n/10 See [4] and [5] and [6] for more words[][],
 []

] [4] [5
LaTeX Font Warning: Font shape `TU/FreeSerif(0)/b/sc' undefined
(Font)              using `TU/FreeSerif(0)/b/n' instead on input line 77.


LaTeX Warning: Reference `fig:one' on page 3 undefined on input line 80.


LaTeX Warning: Hyper reference `ref-x' on page iv undefined on input line 81.


LaTeX Warning: Label `twice' multiply defined.

Overfull \\hbox (3.2pt too wide) in paragraph at lines 90--91
 [][]
 []

Overfull \\vbox (40.0pt too high) has occurred while \\output is active []

] (./book.aux)

LaTeX Warning: There were undefined references.

LaTeX Warning: Label(s) may have changed. Rerun to get cross-references right.
 )
"""


def kinds(text: str) -> list[FaultKind]:
    return [one.kind for one in scan_text(text)]


def test_every_fault_is_found_with_its_place() -> None:
    assert list(scan_text(LOG)) == [
        BookDiagnostic(
            kind=FaultKind.MISSING_CHARACTER,
            message="no 你 (U+4F60) in FreeSerif/OT:script=latn;language=dflt;",
            sheet=4,
        ),
        BookDiagnostic(kind=FaultKind.OVERFULL, message="12.5 pt too wide", sheet=4, line=20),
        BookDiagnostic(
            kind=FaultKind.FONT,
            message="Font shape `TU/FreeSerif(0)/b/sc' undefined "
            "using `TU/FreeSerif(0)/b/n' instead",
            sheet=6,
            line=77,
        ),
        BookDiagnostic(
            kind=FaultKind.UNDEFINED_REFERENCE, message="no label fig:one", page="3", line=80
        ),
        BookDiagnostic(
            kind=FaultKind.UNDEFINED_REFERENCE, message="no label ref-x", page="iv", line=81
        ),
        BookDiagnostic(kind=FaultKind.DUPLICATE_LABEL, message="two labels twice"),
        BookDiagnostic(kind=FaultKind.OVERFULL, message="40.0 pt too high", sheet=6),
        BookDiagnostic(
            kind=FaultKind.UNSETTLED,
            message="LaTeX Warning: Label(s) may have changed. "
            "Rerun to get cross-references right.",
        ),
    ]


def test_the_limit_of_what_may_stick_out() -> None:
    points = [one.message for one in scan_text(LOG, 3.0) if one.kind is FaultKind.OVERFULL]
    assert points == ["12.5 pt too wide", "3.2 pt too wide", "40.0 pt too high"]
    assert FaultKind.OVERFULL not in {one.kind for one in scan_text(LOG, 50)}


def test_broken_lines_are_joined() -> None:
    warning = "LaTeX Warning: Reference `a-label-that-is-long' on page 9 undefined on input li"
    assert len(warning) == 79
    assert list(join_lines(f"{warning}\nne 5.\nnext\n")) == [f"{warning}ne 5.", "next"]
    assert kinds(f"{warning}\nne 5.\n") == [FaultKind.UNDEFINED_REFERENCE]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("! Undefined control sequence.", FaultKind.ERROR),
        ("./book.tex:12: Undefined control sequence.", FaultKind.ERROR),
        ('./x.sty:3: Package fontspec Error: The font "X" cannot be found.', FaultKind.ERROR),
        ("Missing character: There is no ^^H in font cmr10!", FaultKind.MISSING_CHARACTER),
        ('Missing character: There is no 王 ("738B) in font cmr10!', FaultKind.MISSING_CHARACTER),
        ("Missing character: There is no 王 (U+738B) in font cmr10!", FaultKind.MISSING_CHARACTER),
        (
            "LaTeX Warning: Citation 'x' on page 1 undefined on input line 3.",
            FaultKind.UNDEFINED_REFERENCE,
        ),
        (
            "LaTeX Font Warning: Some font shapes were not available, defaults substituted.",
            FaultKind.FONT,
        ),
        ("LaTeX Font Warning: Size substitutions with differences", FaultKind.FONT),
        ("Overfull \\hbox (10.1pt too wide) detected at line 7", FaultKind.OVERFULL),
        ("Overfull \\hbox (99.0pt too wide) in alignment at lines 1--9", FaultKind.OVERFULL),
        ("xdvipdfmx:warning: Object @section.1 already defined.", FaultKind.DUPLICATE_LABEL),
    ],
)
def test_forms_of_messages(line: str, kind: FaultKind) -> None:
    assert kinds(f"before\n{line}\nafter\n") == [kind]


@pytest.mark.parametrize(
    "line",
    [
        "Package hyperref Info: Option `colorlinks' set `true' on input line 4050.",
        "LaTeX Font Info:    Redeclaring font encoding OML on input line 744.",
        "Underfull \\hbox (badness 10000) in paragraph at lines 4--5",
        "Overfull \\hbox (9.9pt too wide) in paragraph at lines 4--5",
        "Package array Warning: Column T is already defined on input line 53.",
        "",
    ],
)
def test_what_is_no_fault(line: str) -> None:
    assert kinds(f"{line}\n []\n\n") == []


def test_a_fault_is_said_once() -> None:
    line = "Missing character: There is no 王 in font cmr10!\n"
    assert len(list(scan_text(line * 50))) == 1


def test_a_log_of_another_encoding_is_read(tmp_path) -> None:
    path = tmp_path / "book.log"
    path.write_bytes(b"Missing character: There is no \xff in font cmr10!\n")
    (diagnostic,) = scan_log(path)
    assert diagnostic.kind is FaultKind.MISSING_CHARACTER


def test_a_diagnostic_says_where() -> None:
    diagnostic = BookDiagnostic(
        kind=FaultKind.OVERFULL, message="12 pt too wide", sheet=4, page="2", line=7
    )
    assert str(diagnostic) == (
        "overfull: 12 pt too wide (page 2, about sheet 4, line 7 of the .tex)"
    )
