"""``livingsurvey bundle``: site, book, bibliography and data in one archive, with checksums."""

from __future__ import annotations

import datetime
import hashlib
import io
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.bibtex.source import replace_bytes
from livingsurvey.catalog import ledger
from livingsurvey.cli.command import Command, Exit, UsageError, today
from livingsurvey.cli.configuration import add_file_options, find_configuration
from livingsurvey.configuration import show
from livingsurvey.upkeep import decisions, history, inbox

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from livingsurvey.cli.command import Console
    from livingsurvey.configuration import Configuration

DESCRIPTION = """\
Put a survey into one archive that needs no server: the built site, which works when its index.html
is opened from a disk, the book, the bibliography with all that belongs to it, the data in other
formats, and SHA256SUMS.

The same files make the same archive, byte for byte; SOURCE_DATE_EPOCH is the date in it.
"""
SUMS = "SHA256SUMS"
KEPT = (decisions.FILE_NAME, history.FILE_NAME, inbox.FILE_NAME, ledger.FILE_NAME)
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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what goes in, and where to."""
    parser.add_argument("output", type=Path, metavar="ZIP", help="the archive to write")
    parser.add_argument("--site", type=Path, required=True, metavar="FOLDER", help="the built site")
    parser.add_argument("--book", type=Path, metavar="PDF", help="the book")
    parser.add_argument(
        "--also",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a further file for the top of the archive, such as a license; again for more",
    )
    add_file_options(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Write the archive."""
    configuration = find_configuration(arguments)
    if not (arguments.site / "index.html").is_file():
        raise UsageError(f"{show(arguments.site)} is no built site: it has no index.html")
    name = arguments.output.name.removesuffix(".zip")
    try:
        files = dict(sorted(_collect(arguments, configuration)))
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
    console.note(f"written: {show(arguments.output)}: {len(files):,} files")
    return Exit.CLEAN


def _collect(
    arguments: argparse.Namespace, configuration: Configuration
) -> Iterator[tuple[str, bytes]]:
    """Yield the path of each file in the archive, and what it holds."""
    site: Path = arguments.site
    for path in site.rglob("*"):
        inside = path.relative_to(site)
        # What Sphinx and we note for the next build is of no use to readers.
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            yield f"site/{inside.as_posix()}", path.read_bytes()
            if inside.parts[0] == "data":
                yield inside.as_posix(), path.read_bytes()
    files = [*configuration.bibliographies, configuration.taxonomy, configuration.authors]
    files += [configuration.bibliographies[0].with_name(name) for name in KEPT]
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


COMMAND = Command(DESCRIPTION, add_arguments, run)
