"""After an edit of the real survey, an incremental build equals a clean one."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.sphinx.conftest import Result

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("bench", "bib", "docs", "ext", "conf.py", "CHANGELOG.md", "CONTRIBUTING.md", "README.md")

BIB = "bib/efficiency-spectrum.bib"


def build(root: Path, name: str) -> Result:
    """Build the site of *root*; each name is an output with doctrees of its own."""
    result = subprocess.run(
        [
            sys.executable, "-m", "sphinx", "-q", "-b", "html", "-n", "-c", str(root),
            "-d", str(root / f"doctrees-{name}"), str(root / "docs"), str(root / name),
        ],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    return Result(result.returncode, result.stderr, result.stdout, root / name)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "pattern", "text"),
    [
        (BIB, r"(?s)\{hu2021lora,.*?\n  title\s+= \{", r"\g<0>Truly "),
        (BIB, r"(?s)\{hu2021lora,.*?\n  author\s+= \{", r"\g<0>Aaron, Ada and "),
        # The head of the chapter counts what the page of the section speaks of.
        (
            "docs/inference/pruning.md", r"# Pruning\n",
            r"\g<0>\nThere is {survey:paper}`song2024sleb`, too.\n",
        ),
    ],
    ids=["title", "author", "section"],
)  # fmt: skip
def test_an_edit_leaves_what_a_clean_build_makes(
    name: str, pattern: str, text: str, root: Path, tmp_path: Path
) -> None:
    for part in NAMES:
        path = root / part
        if path.is_dir():
            shutil.copytree(path, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
        elif path.exists():
            shutil.copy(path, tmp_path / part)
    assert build(tmp_path, "incremental").status == 0
    source = tmp_path / name
    before = source.read_text(encoding="utf-8")
    edited = re.sub(pattern, text, before, count=1)
    assert edited != before
    source.write_text(edited, encoding="utf-8")
    incremental = build(tmp_path, "incremental")
    clean = build(tmp_path, "clean")
    assert (incremental.status, incremental.warnings) == (clean.status, clean.warnings)
    one, other = incremental.files(), clean.files()
    assert sorted(n for n in one.keys() | other.keys() if one.get(n) != other.get(n)) == []
