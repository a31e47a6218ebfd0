"""What all tests share: where the project is, its site, and which programs a test needs."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
TOOLS = {"needs_tex": ("latexmk", "xelatex"), "needs_browser": ("chromium",)}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of this suite."""
    parser.addoption(
        "--update-goldens",
        action="store_true",
        help="write the expected texts in tests/cases anew; read the diff before it is committed",
    )
    parser.addoption(
        "--edits-seed",
        default="0",
        metavar="NUMBER",
        help="where the random edits of tests/sphinx start from; 'random' for another each time",
    )
    parser.addoption(
        "--edits-examples",
        type=int,
        default=6,
        metavar="NUMBER",
        help="how many sequences of random edits are tried",
    )


# Commands spell themselves otherwise within nox, and the tests run there and elsewhere.
os.environ.pop("NOX_CURRENT_SESSION", None)


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def make_once(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str, Callable[[Path], None]], Path]:
    """Return a function that makes a folder once, also where tests run in several processes.

    It takes the name of the folder and what fills it; tests must not change what is in it.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent  # that of the whole run

    def make(name: str, fill: Callable[[Path], None]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                fill(folder)
                done.touch()
        return folder

    return make


@pytest.fixture(scope="session")
def build_survey(root: Path, make_once: Callable[..., Path]) -> Callable[[str], Path]:
    """Return a function that builds the real survey with -nW and returns its output."""

    def build(builder: str) -> Path:
        def fill(folder: Path) -> None:
            command = [
                sys.executable, "-m", "sphinx", "-q", "-b", builder, "-nW", "--keep-going",
                "-c", str(root), "-d", str(folder / "doctrees"), str(root / "docs"),
                str(folder / "out"),
            ]  # fmt: skip
            result = subprocess.run(command, capture_output=True, text=True, check=False)
            assert (result.returncode, result.stderr) == (0, "")

        return make_once(f"survey-{builder}", fill) / "out"

    return build


@pytest.fixture(scope="session")
def built_site(build_survey: Callable[[str], Path]) -> Path:
    """The folder of the real site, built once for all tests."""
    return build_survey("html")


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
