"""Diagnostics written for people, for programs, for GitHub, and as SARIF."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from livingsurvey.diagnostics import Severity
from livingsurvey.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from livingsurvey.cli.console import Console
    from livingsurvey.diagnostics import Diagnostic
    from livingsurvey.rules import Rule

_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.HINT: "cyan"}
_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "notice"}
_SARIF = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}
SARIF_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a check found.

    Attributes:
        diagnostics: In the order of the text.
        rules: The rules that were applied.
        documentation: The address of the page that describes them, or ``""``.
        mendable: How many findings ``format --fix`` would mend.
        entries: How many entries were read.
    """

    diagnostics: Sequence[Diagnostic]
    rules: Sequence[Rule]
    documentation: str = ""
    mendable: int = 0
    entries: int = 0

    def describe(self, rule: Rule) -> str:
        """Return the address where a rule is described, or ``""``."""
        return f"{self.documentation}#rule-{rule.code}" if self.documentation else ""


def summarize(report: Report) -> str:
    """Return one line: how many entries, how many findings."""
    checked = _count(report.entries, "entry", "entries")
    if not report.diagnostics:
        return f"{checked}: nothing to mend"
    counts = Counter(one.severity for one in report.diagnostics)
    found = ", ".join(_count(counts[one], one.value) for one in Severity if counts[one])
    line = f"{checked}: {found}"
    if report.mendable:
        line += f"; 'livingsurvey format --fix' mends {report.mendable}"
    return line


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def write_text(report: Report, console: Console) -> None:
    """Write a line for each finding, in colors on a terminal; the summary goes to stderr."""
    for one in report.diagnostics:
        severity = console.paint(one.severity, "bold", _COLORS[one.severity])
        place = console.paint(str(one.location), "bold")
        code = console.paint(f"[survey.{one.code}]", "dim")
        console.print(f"{place}: {severity}: {one.text} {code}")
    console.note(summarize(report))


def write_json(report: Report, console: Console) -> None:
    """Write one object; its shape only ever grows."""
    document = {
        "version": 1,
        "entries": report.entries,
        "diagnostics": [
            {
                "path": one.location.path,
                "line": one.location.line,
                "column": one.location.column,
                "severity": one.severity.value,
                "code": one.code.value,
                "message": one.message,
                "suggestion": one.suggestion,
                "key": one.key,
            }
            for one in report.diagnostics
        ],
    }
    console.print(json.dumps(document, ensure_ascii=False, indent=2))


def write_github(report: Report, console: Console) -> None:
    """Write workflow commands, which GitHub shows at the lines of a pull request."""
    for one in report.diagnostics:
        place = {"file": one.location.path}
        if one.location.line:
            place["line"] = str(one.location.line)
        if one.location.column:
            place["col"] = str(one.location.column)
        place["title"] = f"survey.{one.code}"
        properties = ",".join(f"{name}={_escape(text)}" for name, text in place.items())
        console.print(f"::{_GITHUB[one.severity]} {properties}::{_escape(one.text, ':,')}")
    console.note(summarize(report))


def _escape(text: str, keep: str = "") -> str:
    """Escape what ends a workflow command, or a property of it."""
    for char in "%\r\n:,":
        if char not in keep:
            text = text.replace(char, f"%{ord(char):02X}")
    return text


def write_sarif(report: Report, console: Console) -> None:
    """Write a log of the Static Analysis Results Interchange Format, version 2.1.0."""
    indexes = {rule.code: index for index, rule in enumerate(report.rules)}
    run = {
        "tool": {
            "driver": {
                "name": "livingsurvey",
                "version": __version__,
                "rules": [_describe_rule(rule, report) for rule in report.rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            {
                "ruleId": one.code.value,
                "ruleIndex": indexes[one.code],
                "level": _SARIF[one.severity],
                "message": {"text": one.text},
                "locations": [{"physicalLocation": _locate(one)}],
            }
            for one in report.diagnostics
        ],
    }
    document = {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}
    console.print(json.dumps(document, ensure_ascii=False, indent=2))


def _describe_rule(rule: Rule, report: Report) -> dict[str, Any]:
    description: dict[str, Any] = {
        "id": rule.code.value,
        "name": "".join(word.capitalize() for word in rule.code.split("_")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.what} {rule.why}"},
        "defaultConfiguration": {"level": _SARIF[rule.severity]},
    }
    if address := report.describe(rule):
        description["helpUri"] = address
    return description


def _locate(one: Diagnostic) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(one.location.path)}}
    if one.location.line:
        place["region"] = {"startLine": one.location.line}
        if one.location.column:
            place["region"]["startColumn"] = one.location.column
    return place


FORMATS: dict[str, Callable[[Report, Console], None]] = {
    "text": write_text,
    "json": write_json,
    "github": write_github,
    "sarif": write_sarif,
}
"""The formats of ``check --format``."""
