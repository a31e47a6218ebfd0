"""What builds have written beside the pages of documents, and from what: one file says it.

It lies at the root of the site, as ``.buildinfo`` does, and not with the doctrees, since it speaks
of this output.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

MANIFEST = ".livingsurvey"
_UNFINISHED = ".unfinished"


@dataclass(slots=True)
class Outputs:
    """The pages of papers and the files to take away.

    Attributes:
        frame: The digest of what all pages of papers have in common; ``""`` while they are
            written, so that a killed build counts as none.
        pages: By the anchor of the paper, the digest of what its page says.
        inputs: The digest of what the files to take away were made from.
        files: Where these are, relative to the root.
        tables: The names of the pages that show the table of an explorer without scripts.
    """

    frame: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    inputs: str = ""
    files: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)

    def write(self, root: Path) -> None:
        """Note this for the next build."""
        text = json.dumps(asdict(self), indent=1, sort_keys=True)
        write_if_changed(root / MANIFEST, text + "\n")


def read_outputs(root: Path) -> Outputs:
    """Return what the last build has noted; nothing if that cannot be read."""
    try:
        found = json.loads((root / MANIFEST).read_text(encoding="utf-8"))
        return Outputs(
            frame=str(found["frame"]),
            pages={str(name): str(state) for name, state in found["pages"].items()},
            inputs=str(found["inputs"]),
            files=[str(name) for name in found["files"]],
            tables=[str(name) for name in found["tables"]],
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Outputs()


def write_if_changed(path: Path, content: str | bytes) -> None:
    """Write a file at once or not at all, with the line ends that it has; only if it differs."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    with contextlib.suppress(OSError):
        if path.read_bytes() == data:
            return
    path.parent.mkdir(parents=True, exist_ok=True)
    # Another build may be at work in the same folder.
    unfinished = path.with_name(f"{path.name}.{os.getpid()}{_UNFINISHED}")
    unfinished.write_bytes(data)
    unfinished.replace(path)


def remove_unfinished(root: Path) -> None:
    """Remove what a build that was killed has left half-written."""
    for left in root.rglob(f"*{_UNFINISHED}"):
        left.unlink(missing_ok=True)


def remove_file(root: Path, name: str) -> None:
    """Remove a file that was written once, and the folders that are empty without it.

    Its name comes from a file that anybody can edit: what lies elsewhere stays.
    """
    path = root / name
    if ".." in Path(name).parts or not path.is_relative_to(root):
        return
    path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # a folder that is not empty
        for folder in path.parents:
            if folder == root:
                break
            folder.rmdir()
