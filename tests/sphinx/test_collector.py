"""The garbage collector is as it was once a build has ended, however it ended."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from docutils import nodes

from livingsurvey.sphinxext.collector import LOADING, YOUNG, is_command
from livingsurvey.sphinxext.nodes import paper_title, reference_item, release

if TYPE_CHECKING:
    from .conftest import Survey

FAILING = """
def fail(*_):
    raise ValueError("on purpose")

def setup(app):
    app.connect("env-updated", fail)
"""


@pytest.mark.parametrize("thresholds", [gc.get_threshold(), (2_000, 5, 7), (10**6, 10, 10)])
@pytest.mark.parametrize("conf", ["", FAILING], ids=["good", "failing"])
def test_the_collector_is_left_as_it_was(
    thresholds: tuple[int, int, int], conf: str, survey: Survey
) -> None:
    survey.write("conf.py", survey.read("conf.py") + conf)
    before = gc.get_threshold()
    try:
        gc.set_threshold(*thresholds)
        assert (survey.build().status == 0) == (not conf)
        assert gc.get_threshold() == thresholds
        assert gc.get_freeze_count() == 0
    finally:
        gc.set_threshold(*before)


def test_a_build_that_never_began_is_not_taken_for_how_it_was(survey: Survey) -> None:
    conf, before = survey.read("conf.py"), gc.get_threshold()
    survey.write("conf.py", conf + "livingsurvey_about = {'titel': 'Bread'}\n")
    assert survey.build().status == 2
    survey.write("conf.py", conf)
    assert survey.build().status == 0
    assert gc.get_threshold() == before


def test_it_runs_less_often_during_a_build(survey: Survey) -> None:
    survey.write(
        "conf.py",
        survey.read("conf.py")
        + "import gc\n"
        + "def note(app, docname, source):\n"
        + "    print('reading', gc.get_threshold()[0])\n"
        + "def setup(app):\n"
        + "    app.connect('source-read', note)\n"
        + "    app.connect('builder-inited', lambda _: print('loading', gc.get_threshold()[0]))\n"
        + "    app.connect('build-finished', lambda *_: print('end', gc.get_threshold()[0]),\n"
        + "        priority=1)\n",
    )
    log = survey.build().log
    assert f"loading {LOADING}" in log
    assert f"reading {YOUNG}" in log
    assert f"end {LOADING}" in survey.build().log  # nothing was read, nothing written


def test_pages_that_are_only_written_are_looked_through_as_well(survey: Survey) -> None:
    survey.write(
        "conf.py",
        survey.read("conf.py")
        + "import gc\n"
        + "def note(*_):\n    print('writing', gc.get_threshold()[0])\n"
        + "def setup(app):\n    app.connect('doctree-resolved', note, priority=900)\n",
    )
    survey.build()
    result = survey.build("html", "-a")
    assert (result.reread(), f"writing {YOUNG}" in result.log) == (set(), True)


def test_a_released_tree_is_free_at_once() -> None:
    item, title = reference_item(), paper_title("", "A ", nodes.emphasis("", "Title"))
    item += title
    known = [weakref.ref(one) for one in item.findall()]
    assert len(known) == 5
    gc.disable()
    try:
        release(item)
        del item, title
        assert [one() for one in known] == [None] * 5
    finally:
        gc.enable()


WATCH = """
import gc, weakref

seen = []

def early(app, exception):
    seen.append(weakref.ref(app.env.get_domain("survey").catalog))

def late(app, exception):
    gc.collect()
    print("let go:", seen[0]() is None)
    print("papers:", len(app.env.get_domain("survey").catalog.papers))

def setup(app):
    app.connect("build-finished", early, priority=1)
    app.connect("build-finished", late, priority=999)
"""


def test_the_catalog_goes_with_the_build_and_returns_if_asked_for(survey: Survey) -> None:
    survey.write("conf.py", survey.read("conf.py") + WATCH)
    log = survey.build().log
    assert ("let go: True" in log, "papers: 4" in log) == (True, True)


ENDING = """
import atexit, gc

class Circle:
    def __init__(self):
        self.me, self.stream = self, open("circle.txt", "w")
        self.stream.write("written")
        self.binary = open("binary.txt", "wb")
        self.binary.write(b"written")

kept = open("conf.txt", "w")
kept.write("written")
closed = open("closed.txt", "w")
closed.close()
circles = [Circle()]

# The first to be registered is the last to be called.
atexit.register(lambda: print("set aside:", gc.get_freeze_count() > 10_000))
"""
SCRIPT = Path(sys.executable).with_name("sphinx-build")


@pytest.mark.parametrize("command", [[sys.executable, "-m", "sphinx"], [str(SCRIPT)]])
def test_a_command_ends_at_once_and_loses_nothing(command: list[str], survey: Survey) -> None:
    survey.write("conf.py", survey.read("conf.py") + ENDING)
    survey.write("docs/oven.md", survey.read("docs/oven.md") + "\n{cite:p}`nobody`\n")
    result = subprocess.run(
        [*command, "-c", ".", "-w", "warnings.txt", "docs", "out"],
        cwd=survey.path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "set aside: True" in result.stdout
    assert "nobody" in survey.read("warnings.txt")
    for name in ("circle", "binary", "conf"):
        assert survey.read(f"{name}.txt") == "written"


def test_a_process_that_builds_beside_other_things_is_left_alone(survey: Survey) -> None:
    survey.write("conf.py", survey.read("conf.py") + ENDING)
    code = "from sphinx.cmd.build import main; main(['-q', '-c', '.', 'docs', 'out'])"
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=survey.path, capture_output=True, text=True, check=True)
    assert "set aside: False" in result.stdout
    assert not is_command()  # nor is this one


def test_a_program_without_arguments_is_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [])
    assert not is_command()
