"""A module imports only from a lower rank, or from its own package; there is no circle."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RANKS = {
    "__version__": 0,  # of the package itself, which every import runs
    "digest": 0,
    "words": 1,
    "model": 1,
    "markup": 1,
    "diagnostics": 2,  # places are of the model
    "names": 3,  # read through markup; diagnoses a file of spellings
    "bibtex": 4,
    "taxonomy": 5,
    "reference": 5,
    "values": 5,
    "catalog": 6,
    "configuration": 6,  # for both clients
    "queries": 7,
    "charts": 7,
    "rules": 7,
    "book": 7,
    "online": 8,  # protects capitals as the rules ask
    "exports": 8,  # puts queries
    "upkeep": 9,
    "settings": 9,  # puts queries, and speaks of the survey as exports do
    "cli": 10,
    "sphinxext": 10,
    "__init__": 11,
    "__main__": 11,
}
BRIDGE = {"sphinxext.bibtex_bridge", "sphinxext.citations"}
SPHINX = {"sphinx", "docutils", "myst_parser", "sphinxcontrib", "pybtex_docutils"}


def find_modules(root: Path) -> Iterator[tuple[str, ast.Module]]:
    package = root / "ext/livingsurvey"
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        if parts[-1] == "__init__" and len(parts) > 1:
            parts = parts[:-1]
        yield ".".join(parts), ast.parse(path.read_text(encoding="utf-8"))


def find_imports(tree: ast.Module) -> Iterator[str]:
    """Yield every imported module; what only the type checker sees counts too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            if node.module == "livingsurvey":
                yield from (f"livingsurvey.{alias.name}" for alias in node.names)
            else:
                yield node.module or ""


def find_modules_of(tree: ast.Module, modules: dict[str, ast.Module]) -> Iterator[str]:
    """Yield the modules of ours that are imported; ``from package import module`` is the module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = []
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                is_module = inner.removeprefix("livingsurvey.") in modules
                names.append(inner if is_module else str(node.module))
        else:
            continue
        yield from (
            name.removeprefix("livingsurvey.")
            for name in names
            if name.removeprefix("livingsurvey.") in modules
        )


def own(name: str) -> str:
    """Return the first part below the package: ``bibtex`` for ``livingsurvey.bibtex.read``."""
    return name.removeprefix("livingsurvey").removeprefix(".").partition(".")[0] or "__init__"


def test_every_module_has_a_rank(root: Path) -> None:
    assert {name.partition(".")[0] for name, _ in find_modules(root)} <= RANKS.keys()


def test_imports_go_down(root: Path) -> None:
    wrong = []
    for name, tree in find_modules(root):
        mine = name.partition(".")[0]
        for imported in find_imports(tree):
            if not imported.startswith("livingsurvey"):
                continue
            theirs = own(imported)
            if theirs != mine and RANKS[theirs] >= RANKS[mine]:
                wrong.append(f"{name} imports {imported}")
    assert wrong == []


def test_only_the_sphinx_side_imports_sphinx(root: Path) -> None:
    wrong = [
        f"{name} imports {imported}"
        for name, tree in find_modules(root)
        if name.partition(".")[0] not in {"sphinxext", "__init__"}
        for imported in find_imports(tree)
        if imported.partition(".")[0] in SPHINX
    ]
    assert wrong == []


def test_only_bibtex_and_its_bridge_import_pybtex(root: Path) -> None:
    found = {
        name
        for name, tree in find_modules(root)
        for imported in find_imports(tree)
        if imported.partition(".")[0] == "pybtex"
    }
    assert {name.partition(".")[0] for name in found} <= {"bibtex", "sphinxext"}
    assert {name for name in found if name.startswith("sphinxext")} == BRIDGE


def test_only_the_bridge_touches_sphinxcontrib_bibtex(root: Path) -> None:
    found = {
        name
        for name, tree in find_modules(root)
        for imported in find_imports(tree)
        if imported.startswith("sphinxcontrib.bibtex")
    }
    assert found == BRIDGE


def test_only_furo_knows_the_theme(root: Path) -> None:
    found = {
        name
        for name, tree in find_modules(root)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value == "furo"
    }
    assert found == {"sphinxext.furo"}


def test_there_is_no_circle(root: Path) -> None:
    modules = dict(find_modules(root))
    graph = {
        name: {one for one in find_modules_of(tree, modules) if one != name}
        for name, tree in modules.items()
    }
    TopologicalSorter(graph).prepare()


def test_the_core_runs_without_sphinx() -> None:
    code = (
        "import sys; import livingsurvey, livingsurvey.catalog, livingsurvey.queries; "
        "print(sorted({'sphinx', 'docutils'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout == "[]\n"
