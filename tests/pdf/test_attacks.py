r"""TeX in a .bib or in a formula: nothing is read, written or run, and every run ends.

The payloads are those by which LaTeX documents are usually attacked: \input, \openout, \write18,
\csname, \def, \catcode, \loop, and their kin.
"""

from __future__ import annotations

import re
import shutil
import time
from typing import TYPE_CHECKING

import pytest

from livingsurvey.book import FaultKind, typeset
from livingsurvey.catalog import load
from tests.pdf.book import Book, make_book
from tests.pdf.conftest import ROOTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.needs_tex,
    pytest.mark.needs_tool("pdftotext", "pdfinfo", "qpdf"),
    pytest.mark.slow,
    pytest.mark.xdist_group("attacks"),
]

SECRET = "swordfishswordfish"
PAYLOADS = {
    "input": r"\input{SECRETFILE}",
    "input-bare": r"\input SECRETFILE ",
    "include": r"\include{SECRETFILE}",
    "mbox": r"\mbox{\input{SECRETFILE}}",
    "verbatim": r"\verbatiminput{SECRETFILE}",
    "lstlisting": r"\lstinputlisting{SECRETFILE}",
    "read": r"\newread\r\openin\r=SECRETFILE \read\r to\x \x",
    "openout": r"\newwrite\w\immediate\openout\w=owned.txt \immediate\write\w{x}\closeout\w",
    "openout-absolute": r"\immediate\openout5=FOLDER/owned.txt \immediate\write5{x}",
    "write18": r"\immediate\write18{touch owned.txt}",
    "shellesc": r"\ShellEscape{touch owned.txt}",
    "pipe": r"\input{|touch owned.txt}",
    "directlua": r"\directlua{io.open('owned.txt','w')}",
    "csname": r"\csname input\endcsname{SECRETFILE}",
    "expandafter": r"\expandafter\input\expandafter{SECRETFILE}",
    "scantokens": r"\scantokens{\input{SECRETFILE}}",
    "caret": r"^^5cinput{SECRETFILE}",
    "catcode": r"\catcode`\!=0 !input{SECRETFILE}",
    "def": r"\def\a{\a}\a",
    "def-grow": r"\def\a{x\a}\edef\b{\a}",
    "let": r"\let\begin\relax\let\end\relax",
    "loop": r"\loop\iftrue\repeat",
    "loop-pages": r"\loop\hbox{}\vfill\eject\iftrue\repeat",
    "end": r"\end{document}",
    "end-list": r"\end{list}\end{lspapers}",
    "special": r"\special{pdf:close}\special{psfile=SECRETFILE}",
    "graphics": r"\includegraphics{SECRETFILE}",
    "href": r"\href{run:SECRETFILE}{x}",
    "usepackage": r"\usepackage{shellesc}",
    "par": "one\n\ntwo \\par three",
    "group": r"\begingroup {\bgroup",
    "fi": r"\fi\else\or\iffalse",
    "comment": r"\% % not the end",
    "parameter": r"#1 ## \#",
    "ampersand": r"a & b \\ c \cr d \hline",
    "dollars": r"$$\input{SECRETFILE}$$",
    "unclosed-dollar": r"$ \input{SECRETFILE}",
    "verb": r"\verb|\input{SECRETFILE}|",
}
# In formulas, which reach TeX if they are on the allow-list.
FORMULAS = {f"math-{name}": f"${tex}$" for name, tex in PAYLOADS.items() if "$" not in tex}
FIELDS = ("title", "shorttitle", "author", "journal", "annotation")
# What may stand in the .tex of an entry, beside the macros of our styles.
HARMLESS = frozenset(
    r"""
    % & _ # { } $ , \\ - ( ) ' [ ] allowbreak begin end item label detokenize phantomsection href
    hyperref nolinkurl sphinxhyphen textasciicircum textasciitilde textbackslash textbar
    textdollar textgreater textless textasciigrave textquotedbl textquotesingle emph textbf
    sphinxstyleemphasis sphinxstylestrong sphinxcode sphinxupquote textsuperscript textsubscript
    DUrole sphinxcrossref protect relax text sphinxAtStartPar
    """.split()  # noqa: SIM905 - a list that one can read
)


def write_survey(folder: Path) -> tuple[Path, dict[str, str]]:
    """Write the plain survey with one entry for each payload, which is in all its fields."""
    source = folder / "source"
    shutil.copytree(ROOTS / "test-plain", source)
    secret = folder / "secret.tex"
    secret.write_text(SECRET, encoding="utf-8")
    payloads = {}
    entries = [(source / "papers.bib").read_text(encoding="utf-8")]
    for name, tex in {**PAYLOADS, **FORMULAS}.items():
        text = tex.replace("SECRETFILE", str(secret)).replace("FOLDER", str(folder))
        payloads[name] = text
        balanced = text.count("{") == text.count("}")
        # Braces that do not match would end the entry: those are the business of the reader.
        lines = [f"  {field} = {{A {text} Z}}," for field in FIELDS] if balanced else []
        entries.append("\n".join([f"@misc{{{name},", *lines, "  keywords = {sour},", "}"]))
    (source / "papers.bib").write_text("\n\n".join(entries), encoding="utf-8")
    (source / "docs/cites.md").write_text(
        "# Cites\n\n" + "\n".join(f"Said by {{cite:t}}`{name}`.\n" for name in payloads),
        encoding="utf-8",
    )
    index = source / "docs/index.md"
    index.write_text(index.read_text(encoding="utf-8").replace("dough\n", "dough\ncites\n"))
    return source, payloads


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Book, Path]]:
    folder = tmp_path_factory.mktemp("attacked")
    source, _ = write_survey(folder)
    return make_book(source / "docs", source, folder / "latex", "plain", seconds=120), folder


def test_the_book_is_made(attacked: tuple[Book, Path]) -> None:
    book, _ = attacked
    assert book.pdf.is_file()
    assert not book.result.timed_out
    assert not [one for one in book.result.diagnostics if one.kind is FaultKind.ERROR]
    # The last entries are there: nothing before them ended the document.
    assert "One Bread" in book.text
    assert "Index of authors" in " ".join(book.text.split())


def test_nothing_is_read(attacked: tuple[Book, Path]) -> None:
    book, _ = attacked
    assert SECRET not in "".join(book.text.split())
    assert SECRET not in book.result.output


def test_nothing_is_written(attacked: tuple[Book, Path]) -> None:
    _, folder = attacked
    assert [path for path in folder.rglob("*") if "owned" in path.name] == []


def test_no_command_of_the_bibliography_reaches_tex(attacked: tuple[Book, Path]) -> None:
    """The body of the .tex holds only commands of Sphinx, of ours, and of harmless formulas."""
    book, _ = attacked
    body = book.tex[book.tex.index(r"\begin{lspapers}") :]
    body = re.sub(r"\\\((.*?)\\\)", "", body)  # formulas: the next test
    used = set(re.findall(r"\\([A-Za-z@]+|.)", body))
    ours = {name for name in used if name.startswith(("ls", "sphinx"))}
    sections = {"chapter", "section", "clearpage", "renewcommand", "indexname", "printindex"}
    assert used - HARMLESS - ours - sections - {"index", " ", "\n"} == set()


def test_no_formula_is_passed_on_but_those_allowed(attacked: tuple[Book, Path]) -> None:
    book, _ = attacked
    formulas = re.findall(r"\\\((.*?)\\\)", book.tex, re.DOTALL)
    commands = {name for one in formulas for name in re.findall(r"\\([A-Za-z]+)", one)}
    assert not commands & {"input", "openout", "write", "def", "csname", "catcode", "loop", "read"}


def test_check_names_line_and_column(tmp_path: Path) -> None:
    source, payloads = write_survey(tmp_path)
    _, diagnostics = load((source / "papers.bib",), source / "taxonomy.toml", source)
    lines = (source / "papers.bib").read_text(encoding="utf-8").splitlines()
    refused = set()
    for one in diagnostics:
        if one.code == "markup":
            assert one.location.line > 0
            assert one.location.column > 0
            line = max(
                place for place in range(one.location.line) if lines[place].startswith("@misc{")
            )
            refused.add(lines[line].removeprefix("@misc{").rstrip(","))
    for name in ("input", "write18", "csname", "def", "catcode", "loop", "math-input", "math-def"):
        assert name in refused, name
    assert set(payloads) >= refused - {"one"}


@pytest.mark.parametrize(
    ("tex", "needs_end"),
    [
        (r"\def\a{\a}\a", True),
        (r"\loop\iftrue\repeat", True),
        (r"\mbox{\input{SECRETFILE}}", False),
        (r"\immediate\openout5=FOLDER/owned.txt \immediate\write5{x}", False),
        (r"\immediate\openout5=../owned.txt \immediate\write5{x}", False),
        (r"\immediate\write18{touch owned.txt}", False),
        (r"\input{|touch owned.txt}", False),
        (r"\def\a{x\a}\edef\b{\a}", False),
    ],
)
def test_a_page_that_attacks_meets_the_limits_of_the_run(
    tex: str, needs_end: bool, tmp_path: Path
) -> None:
    """Prose may hold any formula; what is written in one still reads, writes and runs nothing."""
    secret = tmp_path / "secret.tex"
    secret.write_text(SECRET, encoding="utf-8")
    folder = tmp_path / "latex"
    folder.mkdir()
    payload = tex.replace("SECRETFILE", str(secret)).replace("FOLDER", str(tmp_path))
    (folder / "book.tex").write_text(
        rf"\documentclass{{article}}\begin{{document}}A \({payload}\) Z\end{{document}}",
        encoding="utf-8",
    )
    start = time.monotonic()
    result = typeset(folder / "book.tex", seconds=4 if needs_end else 60)
    assert result.timed_out is needs_end
    if needs_end:
        assert time.monotonic() - start < 30, "the programs it started went on"
    if result.pdf is not None:
        assert SECRET not in Book(folder, "book", "", result).text
    assert SECRET not in result.output
    assert [path for path in tmp_path.rglob("*") if "owned" in path.name] == []
