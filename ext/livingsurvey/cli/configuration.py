"""``[tool.livingsurvey]`` in ``pyproject.toml``: where a survey keeps its files, and its wishes.

::

    [tool.livingsurvey]
    bibliographies = ["bib/papers.bib"]
    taxonomy = "bib/taxonomy.toml"
    minimum-papers = 3

    [tool.livingsurvey.disabled]
    key_form = "the keys are those of the printed edition"
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livingsurvey.cli.command import UsageError
from livingsurvey.cli.connection import read_connection
from livingsurvey.diagnostics import Code, Diagnostic, Severity, did_you_mean
from livingsurvey.model import Location
from livingsurvey.online.settings import Settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

FILE_NAME = "pyproject.toml"
KEYS = (
    "bibliographies", "taxonomy", "ledger", "minimum-papers", "documentation", "disabled", "online",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What a command works on.

    Attributes:
        root: The folder of ``pyproject.toml``, or the current one if there is none.
        bibliographies: The .bib files, in order; empty if nobody names any.
        taxonomy: The TOML file of the categories, or None for a survey without them.
        minimum_papers: A leaf of the taxonomy with fewer papers is reported.
        documentation: The address of the page that describes the rules, or ``""``.
        disabled: The rules that are switched off, each with the reason.
        ledger: The file of ``verify``, or None for the one beside the first bibliography.
        online: How ``add`` and ``verify`` go online.
    """

    root: Path
    bibliographies: tuple[Path, ...] = ()
    taxonomy: Path | None = None
    minimum_papers: int = 1
    documentation: str = ""
    disabled: Mapping[Code, str] = field(default_factory=dict)
    ledger: Path | None = None
    online: Settings = field(default_factory=Settings)


def add_survey_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that name the files of a survey, for :func:`find_configuration`."""
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="BIB",
        help=".bib files instead of those that pyproject.toml names",
    )
    add_file_options(parser)


def add_file_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--taxonomy`` and ``--config``, for commands with other arguments of their own."""
    parser.add_argument(
        "--taxonomy", type=Path, metavar="TOML", help="the categories, instead of the configured"
    )
    parser.add_argument(
        "--config",
        type=Path,
        metavar="TOML",
        help=f"the {FILE_NAME} to use (default: the nearest one with a [tool.livingsurvey])",
    )


def find_configuration(arguments: argparse.Namespace) -> Configuration:
    """Return the configuration with what the command line says instead.

    Raises:
        UsageError: The configuration is wrong, or nobody names a bibliography.
    """
    if arguments.config is not None:
        configuration = read_configuration(arguments.config)
    else:
        found = search_configuration(Path.cwd())
        configuration = read_configuration(found) if found else Configuration(root=Path.cwd())
    if getattr(arguments, "paths", None):
        paths = tuple(_absolute(path) for path in arguments.paths)
        # A part of the bibliography need not fill the categories of the whole.
        configuration = replace(configuration, bibliographies=paths, minimum_papers=0)
    if arguments.taxonomy is not None:
        configuration = replace(configuration, taxonomy=_absolute(arguments.taxonomy))
    if not configuration.bibliographies:
        raise UsageError(
            "which .bib file? Name it, or write in pyproject.toml:\n"
            '  [tool.livingsurvey]\n  bibliographies = ["papers.bib"]'
        )
    for path in (*configuration.bibliographies, configuration.taxonomy):
        if path is not None and not path.is_file():
            raise UsageError(_describe(Code.FILE_MISSING, path, "there is no such file"))
    return configuration


def search_configuration(folder: Path) -> Path | None:
    """Return the nearest ``pyproject.toml`` with our table, from *folder* upwards."""
    for one in (folder, *folder.parents):
        path = one / FILE_NAME
        if path.is_file() and "livingsurvey" in _read_toml(path).get("tool", {}):
            return path
    return None


def read_configuration(path: Path) -> Configuration:
    """Read ``[tool.livingsurvey]``; paths in it are relative to its file.

    Raises:
        UsageError: The file cannot be read, or a value is not as it should be. All that is wrong
            is said at once.
    """
    table = _read_toml(path).get("tool", {}).get("livingsurvey", {})
    root = _absolute(path).parent
    faults: list[str] = []
    for name in table:
        if name not in KEYS:
            hint = did_you_mean(name, KEYS) or f"it knows {', '.join(KEYS)}"
            faults.append(f"unknown key '{name}'; {hint}")

    def take(name: str, default: Any, what: str, is_right: Callable[[object], bool]) -> Any:
        value = table.get(name, default)
        if is_right(value):
            return value
        faults.append(f"'{name}' is not {what}")
        return default

    files = take("bibliographies", [], "a list of paths", _is_list_of_texts)
    taxonomy = take("taxonomy", "", "a path", _is_text)
    minimum = take("minimum-papers", 1, "a number, at least 0", _is_count)
    address = take("documentation", "", "an address", _is_text)
    disabled = take("disabled", {}, "a table of reasons", _is_table)
    ledger = take("ledger", "", "a path", _is_text)
    online, more = read_connection(take("online", {}, "a table", _is_table), root)
    faults += more
    codes = {str(code): code for code in Code}
    for name, reason in disabled.items():
        if name not in codes:
            faults.append(f"no rule '{name}' to disable; {did_you_mean(name, codes)}".rstrip("; "))
        elif not _is_text(reason) or not reason.strip():
            faults.append(f"disabled rule '{name}' needs a reason: {name} = \"because …\"")
    if faults:
        raise UsageError("\n".join(_describe(Code.CONFIG, path, fault) for fault in faults))
    return Configuration(
        root=root,
        bibliographies=tuple(root / one for one in files),
        taxonomy=root / taxonomy if taxonomy else None,
        minimum_papers=minimum,
        documentation=address,
        disabled={codes[name]: reason for name, reason in disabled.items()},
        ledger=root / ledger if ledger else None,
        online=online,
    )


def show(path: Path) -> str:
    """Return *path* as messages name it: relative to the current folder if it lies there."""
    absolute, here = _absolute(path), Path.cwd()
    inside = absolute.is_relative_to(here)
    return (absolute.relative_to(here) if inside else absolute).as_posix()


def _describe(code: Code, path: Path, message: str) -> str:
    return Diagnostic(
        code=code, severity=Severity.ERROR, message=message, location=Location(show(path))
    ).render()


def _absolute(path: Path) -> Path:
    return Path.cwd() / path


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(_describe(Code.FILE_MISSING, path, f"{error.strerror}")) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(_describe(Code.CONFIG, path, f"{error}")) from error


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_table(value: object) -> bool:
    return isinstance(value, dict)
