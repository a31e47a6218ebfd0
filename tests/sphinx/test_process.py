"""A build leaves the process as it was, and what other extensions write is whole."""

from __future__ import annotations

import gc
import gzip
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

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


def test_a_wrong_configuration_leaves_the_collector_alone(survey: Survey) -> None:
    before = gc.get_threshold()
    survey.write("conf.py", survey.read("conf.py") + "livingsurvey_about = {'titel': 'Bread'}\n")
    assert survey.build().status == 2
    assert gc.get_threshold() == before


def test_objects_that_a_host_has_frozen_stay_so(survey: Survey) -> None:
    gc.freeze()
    try:
        frozen = gc.get_freeze_count()
        assert survey.build().status == 0
        # Some of them are freed in the meantime, but they are not taken back.
        assert gc.get_freeze_count() > frozen / 2
    finally:
        gc.unfreeze()


def test_garbage_is_collected_less_often_while_pages_are_read(survey: Survey) -> None:
    survey.write(
        "conf.py",
        survey.read("conf.py")
        + "import gc\n"
        + "def note(app, docname, source):\n"
        + "    print('reading', gc.get_threshold()[0])\n"
        + "def setup(app):\n"
        + "    app.connect('source-read', note)\n",
    )
    before = gc.get_threshold()
    try:
        gc.set_threshold(700, 10, 10)
        assert "reading 50000" in survey.build().log
        gc.set_threshold(0, 10, 10)  # switched off stays off
        assert "reading 0" in survey.build("html", "-E").log
    finally:
        gc.set_threshold(*before)


# What other extensions do at the end of a build: files left to their finalizers, in circles.
ARCHIVING = """
import gzip, zipfile

class Archive:
    def __init__(self, app):
        self.me = self
        self.text = gzip.open(app.outdir / "words.gz", "wt", encoding="utf-8")
        self.text.write("bread " * 10_000)
        self.files = zipfile.ZipFile(app.outdir / "pages.zip", "w")
        self.files.writestr("oven.txt", "hot " * 10_000)

def setup(app):
    app.connect("build-finished", lambda app, error: Archive(app) and None, priority=999)
"""


@pytest.mark.parametrize("program", ["-m sphinx", "-c from_main"])
def test_files_that_another_extension_left_open_are_whole(program: str, survey: Survey) -> None:
    survey.write("conf.py", survey.read("conf.py") + ARCHIVING)
    main = "import sys; from sphinx.cmd.build import main; main(sys.argv[1:])"
    command = ["-m", "sphinx"] if program == "-m sphinx" else ["-c", main]
    subprocess.run(
        [sys.executable, *command, "-q", "-c", ".", "docs", "out"], cwd=survey.path, check=True
    )
    with gzip.open(survey.path / "out/words.gz", "rt", encoding="utf-8") as stream:
        assert stream.read() == "bread " * 10_000
    with zipfile.ZipFile(survey.path / "out/pages.zip") as archive:
        assert archive.read("oven.txt") == b"hot " * 10_000
