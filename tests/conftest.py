"""What all tests share: where the project is, and which programs a test needs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOLS = {"needs_tex": ("latexmk", "xelatex"), "needs_browser": ("chromium",)}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of this suite."""
    parser.addoption(
        "--update-goldens",
        action="store_true",
        help="write the expected texts in tests/cases anew; read the diff before it is committed",
    )


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose program is missing; fail it where every program is promised."""
    wanted = [name for mark in item.iter_markers("needs_tool") for name in mark.args]
    for mark, names in TOOLS.items():
        if item.get_closest_marker(mark):
            wanted.extend(names)
    missing = [name for name in wanted if shutil.which(name) is None]
    if missing:
        report = f"needs {', '.join(missing)}"
        if os.environ.get("LIVINGSURVEY_REQUIRE_TOOLS"):
            pytest.fail(report, pytrace=False)
        pytest.skip(report)
