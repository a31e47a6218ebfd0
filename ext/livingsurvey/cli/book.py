"""``livingsurvey typeset``, ``check-log`` and ``bundle``: the book, and all in one archive."""

from __future__ import annotations

import datetime
import hashlib
import io
import os
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.bibtex.source import read_source, replace_bytes
from livingsurvey.book import (
    INSTALL_HINT,
    OVERFULL_LIMIT,
    TIME_LIMIT,
    find_missing_programs,
    lacks_files,
    scan_log,
    typeset,
)
from livingsurvey.catalog import ledger
from livingsurvey.cli.command import Command, Exit, UsageError, add_file_options, add_option, today
from livingsurvey.configuration import show
from livingsurvey.upkeep import history, inbox, refresh

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from livingsurvey.book import BookDiagnostic
    from livingsurvey.cli.command import Console, Session


def add_typeset_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file and the limits."""
    parser.add_argument("tex", type=Path, nargs="?", help="the .tex, or a folder with one")
    purpose = "time limit (default: %(default)g)"
    add_option(parser, "--seconds SECONDS", purpose, type=float, default=TIME_LIMIT)
    add_option(parser, "--needs", "only say what is not installed, if anything")
    _add_limit(parser)


def add_log_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file and the limit."""
    parser.add_argument("log", type=Path, help="the .log")
    _add_limit(parser)


def _add_limit(parser: argparse.ArgumentParser) -> None:
    purpose = "how far a line may stick out (default: %(default)g)"
    add_option(parser, "--overfull POINTS", purpose, type=float, default=OVERFULL_LIMIT)


def run_typeset(session: Session) -> int:
    """Make a PDF of the .tex that Sphinx's LaTeX builder has written, with latexmk and XeLaTeX.

    TeX may read and write below the folder of the .tex only, starts no other program, and is ended
    when its time is over. Then the log is searched for missing characters, undefined and repeated
    labels, lines that stick out and substituted fonts; each is printed, and makes the exit code 1.
    """
    arguments, console = session.arguments, session.console
    if missing := find_missing_programs():
        raise UsageError(f"{', '.join(missing)} not found. {INSTALL_HINT}")
    if arguments.needs:
        return Exit.CLEAN
    if arguments.tex is None:
        raise UsageError("name the .tex to typeset, or the folder that Sphinx wrote it to")
    tex = find_tex(arguments.tex)
    engine = find_engine(tex.parent)
    if engine not in {"", "xelatex"}:
        raise UsageError(
            f'{tex} is written for {engine}: set latex_engine = "xelatex" in conf.py and build it '
            f"again, or run make in {tex.parent}"
        )
    with console.progress() as say:
        say(f"typesetting {tex.name}")
        result = typeset(tex, seconds=arguments.seconds, overfull_limit=arguments.overfull)
    if lacks_files(result):
        console.note(INSTALL_HINT)
    if result.pdf is not None:
        console.note(f"The book is in {result.pdf}.")
    return report(result.diagnostics, console)


def find_tex(path: Path) -> Path:
    """Return the .tex that is meant.

    Raises:
        UsageError: There is none, or more than one.
    """
    if path.is_file():
        return path
    if not path.is_dir():
        raise UsageError(f"there is no file {path}")
    # Sphinx writes only documents with this ending; ours beside them hold no \documentclass.
    found = sorted(path.glob("*.tex"))
    if len(found) != 1:
        names = ", ".join(file.name for file in found) or "none"
        raise UsageError(f"{path} should hold one .tex, not {names}")
    return found[0]


def find_engine(folder: Path) -> str:
    """Return the program that Sphinx wrote a .tex for, as it tells latexmk; ``""`` if unknown."""
    source, _ = read_source(folder / "latexmkrc", "latexmkrc")
    found = re.search(r"^\$pdflatex = '(\w+) ", source.text, re.MULTILINE)
    return found[1] if found else ""


def run_check_log(session: Session) -> int:
    """Search a log of LaTeX for what a reader would notice: missing characters, undefined and
    repeated labels, lines that stick out, substituted fonts."""
    log = session.arguments.log
    try:
        diagnostics = scan_log(log, session.arguments.overfull)
    except OSError as error:
        raise UsageError(f"{log}: {error.strerror}") from error
    return report(diagnostics, session.console)


def report(diagnostics: Sequence[BookDiagnostic], console: Console) -> int:
    """Print the diagnostics, and return the exit code."""
    for diagnostic in diagnostics:
        console.print(str(diagnostic))
    return Exit.FINDINGS if diagnostics else Exit.CLEAN


TYPESET = Command(add_typeset_arguments, run_typeset)
CHECK_LOG = Command(add_log_arguments, run_check_log)

SUMS = "SHA256SUMS"
KEPT = (refresh.FILE_NAME, history.FILE_NAME, inbox.FILE_NAME, ledger.FILE_NAME)
"""What the commands keep beside the bibliography."""
_FIRST = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)
"""The first time that a ZIP archive can hold."""
_README = """\
{name}, {date}

site/index.html   the survey, to be opened in a browser; nothing is loaded from elsewhere
bib/              the bibliography, its categories, and what the commands keep beside them
data/             the papers as BibTeX, RIS, CSL-JSON, CSV and JSON
{book}{sums}        checksums of all files: sha256sum -c {sums}
"""


def add_bundle_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what goes in, and where to."""
    parser.add_argument("output", type=Path, metavar="ZIP", help="the archive to write")
    add_option(parser, "--site FOLDER", "the built site", type=Path, required=True)
    add_option(parser, "--book PDF", "the book", type=Path)
    also = "a further file for the top of the archive, such as a license; again for more"
    add_option(parser, "--also FILE ...", also, type=Path)
    add_file_options(parser)


def run_bundle(session: Session) -> int:
    """Put a survey into one archive that needs no server: the built site, which works when its
    index.html is opened from a disk, the book, the bibliography with all that belongs to it, the
    data in other formats, and SHA256SUMS.

    The same files make the same archive, byte for byte; SOURCE_DATE_EPOCH is the date in it.
    """
    arguments = session.arguments
    name = arguments.output.name.removesuffix(".zip")
    try:
        files = dict(sorted(_collect_files(session)))
        files["README.txt"] = _README.format(
            name=name,
            date=today().isoformat(),
            book=f"{arguments.book.name}   the book\n" if arguments.book else "",
            sums=SUMS,
        ).encode()
        sums = (f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in files.items())
        files[SUMS] = "".join(sums).encode()
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        replace_bytes(arguments.output, _pack(name, files))
    except OSError as error:
        raise UsageError(f"cannot bundle {error.filename}: {error.strerror}") from error
    session.console.note(f"written: {show(arguments.output)}: {len(files):,} files")
    return Exit.CLEAN


def _collect_files(session: Session) -> Iterator[tuple[str, bytes]]:
    """Yield the path of each file in the archive, and what it holds.

    Raises:
        UsageError: There is no built site.
    """
    configuration, arguments = session.configuration, session.arguments
    site: Path = arguments.site
    if not (site / "index.html").is_file():
        raise UsageError(f"{show(site)} is no built site: it has no index.html")
    for path in site.rglob("*"):
        inside = path.relative_to(site)
        # What Sphinx and we note for the next build is of no use to readers.
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            yield f"site/{inside.as_posix()}", path.read_bytes()
            if inside.parts[0] == "data":
                yield inside.as_posix(), path.read_bytes()
    files = [*configuration.bibliographies, configuration.taxonomy, configuration.authors]
    files += [session.find_kept(name) for name in KEPT]
    for path in {file.resolve() for file in files if file is not None and file.is_file()}:
        yield f"bib/{path.name}", path.read_bytes()
    for path in filter(None, [arguments.book, *arguments.also]):
        yield path.name, path.read_bytes()


def _pack(name: str, files: dict[str, bytes]) -> bytes:
    """Return a ZIP archive of some files, in their order, below a folder of its name."""
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or 0)
    moment = max(datetime.datetime.fromtimestamp(epoch, datetime.UTC), _FIRST)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(f"{name}/{path}", date_time=moment.timetuple()[:6])
            entry.create_system = 3  # Unix, wherever it is made
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data, compresslevel=9)
    return packed.getvalue()


BUNDLE = Command(add_bundle_arguments, run_bundle)
