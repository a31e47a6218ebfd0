"""A small survey in a folder of its own, and the services that it asks, on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.services import Services, run_services
from tests.surveys import Survey, make_survey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def services() -> Iterator[Services]:
    with run_services() as running:
        yield running


@pytest.fixture
def survey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, services: Services) -> Survey:
    return make_survey(tmp_path / "survey", monkeypatch, services)
