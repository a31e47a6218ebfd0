"""A new survey as a book by the engines that `livingsurvey typeset` does not run."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from livingsurvey.book import FaultKind, scan_log
from tests.pdf.book import write_tex
from tests.sphinx.examples import begin

if TYPE_CHECKING:
    from pathlib import Path

STYLES = {"pdflatex": "tgtermes.sty", "lualatex": "luatex85.sty"}
"""What Sphinx wants for each, beyond what XeLaTeX needs."""


@pytest.mark.slow
@pytest.mark.needs_tex
@pytest.mark.parametrize("engine", STYLES)
def test_a_new_survey_is_a_book_by(engine: str, tmp_path: Path) -> None:
    found = subprocess.run(["kpsewhich", STYLES[engine]], capture_output=True, check=False)
    if found.returncode:
        missing = f"needs {STYLES[engine]}"
        if os.environ.get("LIVINGSURVEY_REQUIRE_TOOLS"):
            pytest.fail(missing)
        pytest.skip(missing)
    survey = begin(tmp_path / "survey")
    survey.edit("conf.py", 'latex_engine = "xelatex"', f'latex_engine = "{engine}"')
    output = tmp_path / "latex"
    assert write_tex(survey.path / "docs", survey.path, output, "-W") == ""
    subprocess.run(["make", "-s"], cwd=output, capture_output=True, check=True, timeout=600)
    assert (output / "classics.pdf").stat().st_size > 20_000
    kinds = {one.kind for one in scan_log(output / "classics.log")}
    assert kinds <= {FaultKind.FONT}, kinds
