"""After an edit of one entry of the real survey, an incremental build equals a clean one."""

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
    ("pattern", "text"),
    [(r"(\n  title\s+= \{)", r"\1Truly "), (r"(\n  author\s+= \{)", r"\1Aaron, Ada and ")],
    ids=["title", "author"],
)
def test_an_edit_of_one_entry_leaves_what_a_clean_build_makes(
    pattern: str, text: str, root: Path, tmp_path: Path
) -> None:
    for name in NAMES:
        path = root / name
        if path.is_dir():
            shutil.copytree(path, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif path.exists():
            shutil.copy(path, tmp_path / name)
    assert build(tmp_path, "incremental").status == 0
    bibliography = tmp_path / "bib/efficiency-spectrum.bib"
    before, mark, after = bibliography.read_text(encoding="utf-8").partition("{hu2021lora,")
    edited = re.sub(pattern, text, after, count=1)
    assert edited != after
    bibliography.write_text(before + mark + edited, encoding="utf-8")
    incremental = build(tmp_path, "incremental")
    clean = build(tmp_path, "clean")
    assert (incremental.status, incremental.warnings) == (clean.status, clean.warnings)
    one, other = incremental.files(), clean.files()
    assert sorted(n for n in one.keys() | other.keys() if one.get(n) != other.get(n)) == []
