"""Running LaTeX so that nothing in a book can read, write or run what it should not, or hang."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.book.log import OVERFULL_LIMIT, Finding, Kind, scan_log, scan_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PROGRAMS = ("latexmk", "xelatex", "xdvipdfmx")
TIME_LIMIT = 600.0
INSTALL_HINT = (
    "The book needs TeX Live with XeTeX. "
    "Debian, Ubuntu: apt install latexmk texlive-xetex texlive-latex-recommended "
    "texlive-latex-extra texlive-fonts-recommended fonts-freefont-otf fonts-noto-cjk "
    "fonts-symbola. "
    "Fedora: dnf install latexmk texlive-scheme-medium texlive-collection-latexextra "
    "gnu-free-serif-fonts gnu-free-sans-fonts gnu-free-mono-fonts google-noto-serif-cjk-fonts "
    "gdouros-symbola-fonts. "
    "macOS: brew install --cask mactex."
)
_SAFETY: Mapping[str, str] = {
    # TeX reads and writes below the folder of the book only, and starts no program.
    "openin_any": "p",
    "openout_any": "p",
    "shell_escape": "f",
    # Whole lines in the log.
    "max_print_line": "10000",
    # What Sphinx's latexmkrc adds to each run.
    "LATEXOPTS": "-no-shell-escape -interaction=nonstopmode -halt-on-error -file-line-error",
}
# Settings of the user that would let TeX find other files than those of the book.
_DROPPED = ("TEXINPUTS", "TEXMFOUTPUT", "TEXMF_OUTPUT_DIRECTORY", "BIBINPUTS")
_LEFTOVERS = ("aux", "toc", "out", "fdb_latexmk", "fls", "xdv", "idx", "ind", "ilg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a book.

    Attributes:
        pdf: The file, or None if there is none.
        findings: What is wrong; empty for a clean book.
        output: What the programs printed.
        timed_out: Whether the run was ended for taking too long.
    """

    pdf: Path | None
    findings: tuple[Finding, ...]
    output: str
    timed_out: bool = False


def find_missing_programs() -> list[str]:
    """Return the programs that a book needs and that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


def typeset(
    tex: Path,
    *,
    seconds: float = TIME_LIMIT,
    overfull_limit: float = OVERFULL_LIMIT,
    variables: Mapping[str, str] | None = None,
) -> Result:
    """Make a PDF of a .tex that Sphinx has written, as often as its page numbers need.

    Args:
        tex: The file; everything happens in its folder.
        seconds: The time after which the run is ended, with all programs that it started.
        overfull_limit: See :func:`livingsurvey.book.log.scan_log`.
        variables: Further variables of the environment; those of safety cannot be changed.

    Raises:
        FileNotFoundError: latexmk is not installed, or there is no such file.
    """
    if not tex.is_file():
        raise FileNotFoundError(tex)
    log, pdf = tex.with_suffix(".log"), tex.with_suffix(".pdf")
    log.unlink(missing_ok=True)
    environment = {name: value for name, value in os.environ.items() if name not in _DROPPED}
    environment.update(variables or {})
    arguments = ["latexmk", "-xelatex", "-g", tex.name]
    output, status, timed_out = _run(arguments, tex.parent, {**environment, **_SAFETY}, seconds)
    findings = [] if not log.exists() else scan_log(log, overfull_limit)
    findings += (one for one in scan_text(output) if one.kind is Kind.DUPLICATE_LABEL)
    if timed_out:
        findings.insert(0, Finding(kind=Kind.ERROR, message=f"no end after {seconds:g} seconds"))
    elif status and not any(one.kind is Kind.ERROR for one in findings):
        findings.insert(0, Finding(kind=Kind.ERROR, message=f"latexmk ended with code {status}"))
    is_made = not status and not timed_out and pdf.exists()
    if not is_made:
        # Labels are found in the next pass only, to which it did not come.
        findings = [one for one in findings if one.kind in {Kind.ERROR, Kind.FONT}]
        # What a broken run leaves behind would break the next one too.
        for suffix in (*_LEFTOVERS, "pdf"):
            tex.with_suffix(f".{suffix}").unlink(missing_ok=True)
    return Result(
        pdf=pdf if is_made else None,
        findings=tuple(dict.fromkeys(findings)),
        output=output,
        timed_out=timed_out,
    )


def lacks_files(result: Result) -> bool:
    """Whether the run ended since a font or style is not installed."""
    return any(
        one.kind is Kind.ERROR and _NOT_INSTALLED.search(one.message) for one in result.findings
    )


_NOT_INSTALLED = re.compile(r"cannot be found|\.(?:sty|cls|tfm)' not found|not loadable")


def _run(
    arguments: list[str], folder: Path, environment: dict[str, str], seconds: float
) -> tuple[str, int, bool]:
    """Return the output, the exit code, and whether time ran out."""
    # A session of its own, so that the end of time ends XeTeX too and not only latexmk.
    process = subprocess.Popen(  # noqa: S603 - fixed arguments, no shell
        arguments,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=seconds)
    except BaseException as error:
        _end(process)
        output, _ = process.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            return output, process.returncode, True
        raise
    return output, process.returncode, False


def _end(process: subprocess.Popen[str]) -> None:
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):  # it has ended by itself, just now
            os.killpg(process.pid, signal.SIGKILL)
    else:  # Windows has no such groups
        process.kill()
