"""The books that several tests look at, each made once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.pdf.book import Book, make_book

ROOTS = Path(__file__).parent / "roots"


@pytest.fixture(scope="session")
def real_book(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Book:
    """The book of this survey."""
    output = tmp_path_factory.mktemp("real") / "latex"
    # Several minutes where other tests run beside it; the limit itself is tested by attacks.
    return make_book(
        root / "docs", root, output, "efficiency-spectrum", "-W", "--keep-going", seconds=900
    )


@pytest.fixture(scope="session")
def nasty_book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A small book of everything that TeX stumbles over."""
    return make_root("nasty", tmp_path_factory.mktemp("nasty"))


def make_root(name: str, folder: Path, *options: str, **environment: str) -> Book:
    """Copy a survey of ``roots``, and make its book."""
    source = folder / "source"
    shutil.copytree(ROOTS / f"test-{name}", source)
    return make_book(source / "docs", source, folder / "latex", name, *options, **environment)
