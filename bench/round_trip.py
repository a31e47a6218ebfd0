"""The table of round trips: what each program reads of each field in each format.

``nox -s roundtrip`` writes ``bench/round-trip.md``, which the documentation includes.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import pypandoc

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "ext")]

from tests.round_trip import NAMES, READERS, TYPES, find_kept  # noqa: E402

HEAD = """\
An entry of each of the {types} types of BibTeX and biblatex, with every field at once, is written
in each format and read back by {programs}.
*yes*: what the field says came back from all types of entries; *no*: from none; else from so many.
*citeproc* is pandoc as a processor of CSL, with its default style: what the style does not print is
*no*.
"""


def describe(found: int, had: int) -> str:
    """Return the text of a cell: whether a field came back, or in how many types of entries."""
    if not found:
        return "no"
    return "yes" if found == had else f"{found} of {had}"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        read = {heading: reader(Path(name)) for heading, (_, reader) in READERS.items()}
    command = ["biber", "--version"]
    biber = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1]
    programs = (
        f"pybtex {version('pybtex')}, biber {biber}, pandoc {pypandoc.get_pandoc_version()} and "
        f"rispy {version('rispy')}"
    )
    lines = [
        HEAD.format(types=len(TYPES), programs=programs),
        f"| field | {' | '.join(READERS)} |",
        f"|---|{'---|' * len(READERS)}",
    ]
    for field in NAMES:
        cells = [describe(*find_kept(texts, field)) for texts in read.values()]
        lines.append(f"| `{field}` | {' | '.join(cells)} |")
    (ROOT / "bench/round-trip.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
