"""What the project says of itself to archives and to those who cite it agrees."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def zenodo(root: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((root / ".zenodo.json").read_text(encoding="utf-8"))
    return document


@pytest.fixture
def citation(root: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    return document


def read_conf(root: Path) -> dict[str, Any]:
    """Return the plain values of ``conf.py`` and of its table about the survey."""
    values = {}
    for statement in ast.parse((root / "conf.py").read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            values |= {ast.unparse(name): statement.value.value for name in statement.targets}
        elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Dict):
            for name, value in zip(statement.value.keys, statement.value.values, strict=True):
                if isinstance(name, ast.Constant) and isinstance(value, ast.Constant):
                    values[f"{ast.unparse(statement.targets[0])}.{name.value}"] = value.value
    return values


def test_zenodo_and_citation_agree(zenodo: dict[str, Any], citation: dict[str, Any]) -> None:
    assert zenodo["title"] == citation["title"]
    assert zenodo["upload_type"] == citation["type"]
    assert zenodo["version"] == citation["version"]
    assert zenodo["publication_date"] == citation["date-released"].isoformat()
    assert zenodo["keywords"] == citation["keywords"]
    assert [one["name"] for one in zenodo["creators"]] == [
        one["name"] for one in citation["authors"]
    ]
    assert zenodo["license"] in [name.lower() for name in citation["license"]]
    [paper] = citation["preferred-citation"]["identifiers"]
    assert [one["identifier"] for one in zenodo["related_identifiers"]] == [paper["value"]]


def test_both_agree_with_the_site(root: Path, citation: dict[str, Any]) -> None:
    conf = read_conf(root)
    assert citation["version"] == conf["version"] == conf["release"]
    assert citation["title"] == conf["livingsurvey_about.title"]
    assert citation["date-released"].isoformat() == conf["livingsurvey_about.date"]


def test_every_locked_version_is_one_with_hashes(root: Path) -> None:
    text = (root / "requirements/constraints.txt").read_text(encoding="utf-8")
    locked = [line.split() for line in text.replace("\\\n", "").splitlines()]
    for name, *rest in locked:
        assert re.fullmatch(r"[a-z0-9.-]+==[\w.]+", name)
        assert any(one.startswith("--hash=sha256:") for one in rest), name
    names = [line[0].partition("==")[0] for line in locked]
    assert names == sorted(names)
