"""The garbage collector is as it was once a build has ended, however it ended."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from livingsurvey.sphinxext.collector import YOUNG

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


def test_it_runs_less_often_during_a_build(survey: Survey) -> None:
    survey.write(
        "conf.py",
        survey.read("conf.py")
        + "import gc\n"
        + "def note(app, docname, source):\n"
        + "    print('young', gc.get_threshold()[0])\n"
        + "def setup(app):\n    app.connect('source-read', note)\n",
    )
    assert f"young {YOUNG}" in survey.build().log
