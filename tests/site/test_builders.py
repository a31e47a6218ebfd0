"""Every builder makes something of the real survey, and complains of nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.slow
@pytest.mark.parametrize("builder", ["text", "latex", "man", "epub", "gettext", "dummy"])
def test_every_builder_is_silent(builder: str, build_survey: Callable[[str], Path]) -> None:
    build_survey(builder)  # with -nW
