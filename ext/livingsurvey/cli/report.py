"""Diagnostics written for people, for programs, for GitHub, and as SARIF."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from livingsurvey import __version__
from livingsurvey.cli.command import spell_command, spell_count
from livingsurvey.diagnostics import Severity, limit_diagnostics
from livingsurvey.rules import find_fixes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from livingsurvey.catalog import Library
    from livingsurvey.cli.command import Console
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
        library: What was checked.
        documentation: The address of the page that describes the rules, or ``""``.
        most: How many findings of one kind in one file are shown; 0 for all.
    """

    diagnostics: Sequence[Diagnostic]
    rules: Sequence[Rule]
    library: Library
    documentation: str = ""
    most: int = 0

    @property
    def shown(self) -> Sequence[Diagnostic]:
        """The diagnostics; of very many of one kind, the first ones and how many there are."""
        return limit_diagnostics(self.diagnostics, self.most) if self.most else self.diagnostics

    def count_fixes(self) -> int:
        """Return how many findings ``format --fix`` would mend; only rules that found any fix."""
        codes = {diagnostic.code for diagnostic in self.diagnostics}
        return len(find_fixes(self.library, [rule for rule in self.rules if rule.code in codes]))


def summarize(report: Report) -> str:
    """Return one line: how many entries, how many findings."""
    checked = spell_count(len(report.library.entries), "entry", "entries")
    if not report.diagnostics:
        return f"{checked}: nothing to mend"
    counts = Counter(diagnostic.severity for diagnostic in report.diagnostics)
    found = ", ".join(spell_count(counts[kind], kind.value) for kind in Severity if counts[kind])
    fixes = report.count_fixes()
    return f"{checked}: {found}" + (
        f"; '{spell_command('format', '--fix')}' mends {fixes}" if fixes else ""
    )


def write_text(report: Report, console: Console) -> None:
    """Write a line for each finding, in colors on a terminal; the summary goes to stderr."""
    for diagnostic in report.shown:
        severity = console.paint(diagnostic.severity, "bold", _COLORS[diagnostic.severity])
        place = console.paint(str(diagnostic.location), "bold")
        code = console.paint(f"[survey.{diagnostic.code}]", "dim")
        console.print(f"{place}: {severity}: {diagnostic.text} {code}")
    console.note(summarize(report))


def write_counts(report: Report, console: Console) -> None:
    """Write a line for each rule that found something, those that found most first."""
    counts = Counter(diagnostic.code for diagnostic in report.diagnostics)
    titles = {rule.code: rule.title for rule in report.rules}
    for code, count in counts.most_common():
        console.print(f"{count:>7,}  {code:<22} {titles.get(code, '')}".rstrip())
    console.note(summarize(report))


def write_json(report: Report, console: Console) -> None:
    """Write one object; its shape only ever grows."""
    document = {
        "version": 1,
        "entries": len(report.library.entries),
        "diagnostics": [
            {
                "path": diagnostic.location.path,
                "line": diagnostic.location.line,
                "column": diagnostic.location.column,
                "severity": diagnostic.severity.value,
                "code": diagnostic.code.value,
                "message": diagnostic.message,
                "suggestion": diagnostic.suggestion,
                "key": diagnostic.key,
            }
            for diagnostic in report.shown
        ],
    }
    console.print(json.dumps(document, ensure_ascii=False, indent=2))


def write_github(report: Report, console: Console) -> None:
    """Write workflow commands, which GitHub shows at the lines of a pull request."""
    for diagnostic in report.shown:
        place = {"file": diagnostic.location.path}
        if diagnostic.location.line:
            place["line"] = str(diagnostic.location.line)
        if diagnostic.location.column:
            place["col"] = str(diagnostic.location.column)
        place["title"] = f"survey.{diagnostic.code}"
        properties = ",".join(f"{name}={_escape(text)}" for name, text in place.items())
        console.print(
            f"::{_GITHUB[diagnostic.severity]} {properties}::{_escape(diagnostic.text, ':,')}"
        )
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
                "ruleId": diagnostic.code.value,
                "ruleIndex": indexes[diagnostic.code],
                "level": _SARIF[diagnostic.severity],
                "message": {"text": diagnostic.text},
                "locations": [{"physicalLocation": _locate(diagnostic)}],
            }
            for diagnostic in report.shown
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
    if report.documentation:
        description["helpUri"] = f"{report.documentation}#rule-{rule.code}"
    return description


def _locate(diagnostic: Diagnostic) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(diagnostic.location.path)}}
    if diagnostic.location.line:
        place["region"] = {"startLine": diagnostic.location.line}
        if diagnostic.location.column:
            place["region"]["startColumn"] = diagnostic.location.column
    return place


REPORT_FORMATS: dict[str, Callable[[Report, Console], None]] = {
    "text": write_text,
    "json": write_json,
    "github": write_github,
    "sarif": write_sarif,
}
"""The formats of ``check --format``."""
