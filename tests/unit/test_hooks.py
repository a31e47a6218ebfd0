"""The hooks of pre-commit start what is there: in this repository, and in those that use ours."""

from __future__ import annotations

import ast
import tomllib
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from pathlib import Path


def read_local_hooks(root: Path) -> list[dict[str, Any]]:
    config = yaml.safe_load((root / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    return [hook for repo in config["repos"] if repo["repo"] == "local" for hook in repo["hooks"]]


def find_sessions(root: Path) -> set[str]:
    """Return the names that ``nox -s`` takes."""
    names = set()
    for node in ast.parse((root / "noxfile.py").read_text(encoding="utf-8")).body:
        for decorator in getattr(node, "decorator_list", ()):
            keywords = getattr(decorator, "keywords", ())
            given = [one.value.value for one in keywords if one.arg == "name"]
            names.update(given or [node.name])  # type: ignore[attr-defined]
    return names


def test_local_hooks_install_what_they_start(root: Path) -> None:
    hooks = read_local_hooks(root)
    assert [hook["id"] for hook in hooks] == ["livingsurvey-check", "livingsurvey-format"]
    for hook in hooks:
        # In a local repository "." is an empty package of pre-commit's own, not this folder.
        assert hook["additional_dependencies"] == ["nox"]
        *start, session = hook["entry"].split()
        assert start == ["python", "-m", "nox", "-s"]
        assert session in find_sessions(root)


def test_hooks_for_other_repositories_start_the_command(root: Path) -> None:
    hooks = yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [hook["id"] for hook in hooks] == ["livingsurvey-check", "livingsurvey-format"]
    for hook in hooks:
        assert hook["language"] == "python"
        assert hook["entry"].split()[0] in project["scripts"]
