"""The real survey, built once, strictly."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from lxml import html

from livingsurvey.catalog import load

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Site:
    """The built pages."""

    folder: Path

    @cached_property
    def pages(self) -> dict[str, html.HtmlElement]:
        return {
            path.relative_to(self.folder).as_posix(): html.fromstring(path.read_bytes())
            for path in sorted(self.folder.rglob("*.html"))
        }

    def resolve(self, page: str, link: str) -> tuple[str, str]:
        """Return the page and the id that a relative link on *page* leads to."""
        target, _, anchor = link.partition("#")
        if not target:
            return page, unquote(anchor)
        path = (self.folder / page).parent / unquote(target)
        return path.resolve().relative_to(self.folder.resolve()).as_posix(), unquote(anchor)


@pytest.fixture(scope="session")
def build_strictly(root: Path, tmp_path_factory: pytest.TempPathFactory):
    """Return a function that builds the real survey with -nW and returns its output."""

    def build(builder: str) -> Path:
        folder = tmp_path_factory.mktemp(builder)
        result = subprocess.run(
            [
                sys.executable, "-m", "sphinx", "-q", "-b", builder, "-nW", "--keep-going",
                "-c", str(root), "-d", str(folder / "doctrees"), str(root / "docs"),
                str(folder / "out"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
        assert (result.returncode, result.stderr) == (0, "")
        return folder / "out"

    return build


@pytest.fixture(scope="session")
def site(build_strictly) -> Site:
    """The real site."""
    return Site(build_strictly("html"))


@pytest.fixture(scope="session")
def catalog(root: Path):
    """The real catalog."""
    found, problems = load([root / "bib/efficiency-spectrum.bib"], root / "bib/taxonomy.toml", root)
    assert problems == []
    return found
