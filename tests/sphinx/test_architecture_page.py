"""What the page on the architecture says of layers and events is so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.sphinxext.lifecycle import EVENTS
from tests.unit.test_layers import RANKS

if TYPE_CHECKING:
    from pathlib import Path


def read_table(root: Path, heading: str) -> list[list[str]]:
    """Return the cells of the table below a heading."""
    text = (root / "docs/contributing/architecture.md").read_text(encoding="utf-8")
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().replace("`", "") for cell in row] for row in rows[2:]]


def test_its_events_are_those_of_a_build(root: Path) -> None:
    told = [tuple(row[:3]) for row in read_table(root, "The events of a build")]
    assert told == [
        (event, str(priority), f"{handler.__module__.rpartition('.')[2]}.{handler.__name__}")
        for event, priority, handler in EVENTS
    ]


def test_its_layers_are_those_of_the_imports(root: Path) -> None:
    told = {
        name.strip(): int(rank)
        for rank, names, _ in read_table(root, "The layers")
        for name in names.split(",")
    }
    assert told == {
        name: rank for name, rank in RANKS.items() if name != "version" and "__" not in name
    }
