"""Pages that name a category: what a change of its tag leaves to the editor."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.bibtex.source import read_source
from livingsurvey.cli.configuration import show

if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIXES = (".md", ".rst", ".txt")
_NOT_SEARCHED = frozenset({"node_modules", "venv", "env", "build", "dist", "site-packages"})


def find_mentions(root: Path, tag: str) -> list[str]:
    """Return ``path:line:column: text`` for each place of a page below *root* that names *tag*.

    Looked for are directives and roles of the survey (``{survey:papers} tag``, the role
    ``survey:category`` in either markup), and labels of sections (``sec-tag``).
    """
    word = re.escape(tag)
    edge = r"(?![\w-])"
    pattern = re.compile(
        rf"\{{survey:[\w-]+\}}\s*{word}{edge}"
        rf"|:survey:[\w-]+:`(?:[^`<]*<)?{word}>?`|\{{survey:[\w-]+\}}`(?:[^`<]*<)?{word}>?`"
        rf"|^\s*\.\.\s+survey:[\w-]+::\s*{word}{edge}|\bsec-{word}{edge}",
        re.IGNORECASE,
    )
    found: list[str] = []
    for path in _find_pages(root):
        source, _ = read_source(path, show(path))
        for number, line in enumerate(source.text.splitlines(), start=1):
            found += [
                f"{show(path)}:{number}:{match.start() + 1}: {match[0].strip()}"
                for match in pattern.finditer(line)
            ]
    return found


def _find_pages(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(
            one for one in folders if one[0] not in "._" and one not in _NOT_SEARCHED
        )
        yield from (Path(folder) / name for name in sorted(names) if name.endswith(SUFFIXES))
