"""``livingsurvey check`` and ``format``: what is wrong, and the layout and fixes that mend it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from livingsurvey import __version__
from livingsurvey.bibtex.scan import scan
from livingsurvey.bibtex.source import read_source
from livingsurvey.bibtex.write import format_text
from livingsurvey.catalog.ledger import read_ledger
from livingsurvey.cli.command import (
    Command,
    Exit,
    add_option,
    load_survey,
    report_unknown,
    spell_command,
    spell_count,
    today,
)
from livingsurvey.cli.files import (
    add_survey_arguments,
    find_configuration,
    find_ledger,
    show_diff,
    write_output,
)
from livingsurvey.configuration import find_conf, show
from livingsurvey.diagnostics import (
    MOST_SHOWN,
    Code,
    Diagnostic,
    Severity,
    diagnose,
    limit_diagnostics,
    sort_diagnostics,
)
from livingsurvey.model import Location
from livingsurvey.rules import check_library, find_fixes, select_rules
from livingsurvey.rules.rule import Fixed, apply_fixes
from livingsurvey.rules.survey import check_verified
from livingsurvey.settings import DECLARED, check_names, find_unknown, read_settings
from livingsurvey.taxonomy import Taxonomy, read_taxonomy
from livingsurvey.upkeep.state import check_chapters, read_chapters

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from livingsurvey.bibtex.source import Source
    from livingsurvey.bibtex.write import Formatted
    from livingsurvey.catalog import Library
    from livingsurvey.cli.command import Console
    from livingsurvey.configuration import Configuration
    from livingsurvey.rules import Rule


def add_check_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the files, and the form of the report."""
    add_survey_arguments(parser)
    forms = "for people (default), for programs, as annotations on GitHub, or as SARIF 2.1.0"
    add_option(parser, "--format", forms, choices=REPORT_FORMATS, default="text")
    add_option(parser, "--summary", "only count the findings of each rule")
    only = "report the findings of this rule alone, such as bad_doi; may be given repeatedly"
    add_option(parser, "--only RULE ...", only)
    most = "findings of one rule in one file that are shown (default: %(default)s; 0: all)"
    add_option(parser, "--max N", most, type=int, default=MOST_SHOWN)
    verified = "also report entries that the ledger of 'verify' does not vouch for"
    add_option(parser, "--verified", verified)


def run_check(arguments: argparse.Namespace, console: Console) -> int:
    """Check the bibliography and the taxonomy of the survey: every rule, every problem.

    Each finding is a line: path:line:column: severity: message [survey.code]. Errors and warnings
    make the exit code 1, hints do not. Rules can be switched off, with a reason, in pyproject.toml:

      [tool.livingsurvey.disabled]
      key_form = "the keys are those of the printed edition"
    """
    configuration = find_configuration(arguments)
    wanted = _read_codes(arguments.only)
    rules = select_rules(
        configuration.disabled,
        profile=configuration.profile,
        minimum_papers=configuration.minimum_papers,
    )
    with console.progress() as say:
        say(f"reading {', '.join(path.name for path in configuration.bibliographies)}")
        library = load_survey(configuration)
        entries = f"{len(library.entries):,} entries"
        diagnostics = check_library(
            library, rules, lambda rule: say(f"checking {entries}: {rule.title}")
        )
    if Code.CONFIG not in configuration.disabled:
        diagnostics += configuration.warnings
        diagnostics += [] if arguments.paths else _check_conf(library, configuration)
    if not arguments.paths:  # a part of the bibliography is not what the pages list
        diagnostics += _check_pages(library, configuration)
    if arguments.verified:
        diagnostics += _find_unverified(library, configuration)
    if wanted:
        diagnostics = [diagnostic for diagnostic in diagnostics if diagnostic.code in wanted]
    report = Report(
        diagnostics=sort_diagnostics(diagnostics),
        rules=rules,
        documentation=configuration.documentation,
        library=library,
        most=arguments.max,
    )
    write = write_counts if arguments.summary else REPORT_FORMATS[arguments.format]
    write(report, console)
    is_clean = all(diagnostic.severity is Severity.HINT for diagnostic in diagnostics)
    return Exit.CLEAN if is_clean else Exit.FINDINGS


def _read_codes(names: list[str]) -> set[Code]:
    """Return the rules that are asked for, by their names with or without ``survey.``."""
    codes = {str(code): code for code in Code}
    wanted = set()
    for name in names:
        plain = name.strip("[]").removeprefix("survey.")
        if plain not in codes:
            raise report_unknown(
                f"there is no rule '{name}'", plain, codes, "the page on rules lists them"
            )
        wanted.add(codes[plain])
    return wanted


def _check_conf(library: Library, configuration: Configuration) -> Iterator[Diagnostic]:
    """Yield what the build would say of those settings in ``conf.py`` that are plain values."""
    conf = find_conf(configuration.root)
    if conf.fault is not None:
        message, line = conf.fault
        text = f"Python cannot read it: {message}"
        place = Location(conf.shown, line)
        yield diagnose(Code.CONFIG, text, place, "correct it: no build can run it")
    settings, problems = read_settings(conf, conf.plain)
    yield from problems
    yield from find_unknown(conf, DECLARED.__contains__)
    yield from check_names(settings, library.catalog, conf)


def _check_pages(library: Library, configuration: Configuration) -> Iterator[Diagnostic]:
    """Yield which chapters are to be reviewed."""
    folder = configuration.pages or configuration.root / "docs"
    chapters = read_chapters(folder, library.catalog, Path.cwd())
    for found in check_chapters(chapters, library.catalog, configuration.limits, today()):
        if found.code not in configuration.disabled:
            yield found


def _find_unverified(library: Library, configuration: Configuration) -> list[Diagnostic]:
    """Return what is wrong with the ledger, and the entries that it does not vouch for."""
    path = find_ledger(configuration)
    ledger, problems = read_ledger(path, show(path))
    return [*problems, *check_verified(library, ledger, configuration.disabled)]


CHECK = Command(add_check_arguments, run_check)

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


def summarize(report: Report) -> str:
    """Return one line: how many entries, how many findings."""
    checked = spell_count(len(report.library.entries), "entry", "entries")
    if not report.diagnostics:
        return f"{checked}: nothing to mend"
    counts = Counter(diagnostic.severity for diagnostic in report.diagnostics)
    found = ", ".join(spell_count(counts[kind], kind.value) for kind in Severity if counts[kind])
    codes = {diagnostic.code for diagnostic in report.diagnostics}
    # Only rules that found something can fix it.
    fixes = find_fixes(report.library, [rule for rule in report.rules if rule.code in codes])
    mends = f"; '{spell_command('format', '--fix')}' mends {len(fixes)}" if fixes else ""
    return f"{checked}: {found}{mends}"


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


def write_json_report(report: Report, console: Console) -> None:
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
        place = diagnostic.location
        values = {"file": place.path, "line": place.line, "col": place.column}
        shown = {name: str(value) for name, value in values.items() if value or name == "file"}
        shown["title"] = f"survey.{diagnostic.code}"
        properties = ",".join(f"{name}={_escape_property(text)}" for name, text in shown.items())
        text = _escape_property(diagnostic.text, keep=":,")
        console.print(f"::{_GITHUB[diagnostic.severity]} {properties}::{text}")
    console.note(summarize(report))


def _escape_property(text: str, keep: str = "") -> str:
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
                "locations": [{"physicalLocation": _make_location(diagnostic)}],
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


def _make_location(diagnostic: Diagnostic) -> dict[str, Any]:
    place = diagnostic.location
    region = {"startLine": place.line} | ({"startColumn": place.column} if place.column else {})
    found: dict[str, Any] = {"artifactLocation": {"uri": quote(place.path)}}
    return found | ({"region": region} if place.line else {})


REPORT_FORMATS: dict[str, Callable[[Report, Console], None]] = {
    "text": write_text,
    "json": write_json_report,
    "github": write_github,
    "sarif": write_sarif,
}
"""The formats of ``check --format``."""


def add_format_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the files, and what to do with them."""
    add_survey_arguments(parser)
    add_option(parser, "--check", "write nothing; exit code 1 if there is what to do")
    add_option(parser, "--diff", "write nothing; show what would be written")
    add_option(parser, "--fix", "make the fixes of 'check' that need no judgment")


def run_format(arguments: argparse.Namespace, console: Console) -> int:
    """Bring the bibliography into its canonical layout: fields in one order, values in braces,
    names as 'Last, First', entries by key (unless order = "file" in [tool.livingsurvey]), a blank
    line between them; UTF-8 without byte order mark, LF.

    Comments, @string, @preamble and JabRef's settings stay; an entry that is in order stays the
    same byte for byte; what any program reads from the file stays the same. A file with syntax
    errors is not touched. With --fix the fixes that need no judgment are made as well, and each is
    named.
    """
    configuration = find_configuration(arguments)
    is_dry = arguments.check or arguments.diff
    with console.progress() as say:
        say("reading")
        before, faults = _read_sources(configuration.bibliographies)
        # One broken file must not keep the others from being formatted.
        sound = [source for source in before if source not in faults]
        fixed = Fixed(tuple(sound), ())
        if arguments.fix:
            say("looking for fixes")
            fixed = _fix(sound, configuration)
        say("formatting")
        outcomes = [
            (source, format_text(new.text, is_sorted=configuration.order == "key"))
            for source, new in zip(sound, fixed.sources, strict=True)
        ]
    for problems in faults.values():
        for problem in problems:
            console.print(problem.render())
    if faults:
        console.note("not formatted: mend these first")
    for fix in fixed.fixes:
        did = "would mend" if is_dry else "mended"
        console.print(f"{fix.location}: {did}: {fix.message} [survey.{fix.code}]")
    differing = [
        (source, outcome)
        for source, outcome in outcomes
        if source.has_byte_order_mark or source.text != outcome.text
    ]
    for source, outcome in outcomes:
        if outcome.unsorted_because:
            console.note(f"{source.path}: entries keep their order: {outcome.unsorted_because}")
    for source, outcome in differing:
        if arguments.diff:
            names = (source.path, source.path)
            show_diff(source.text, outcome.text, names, console, carriage_return="\\r")
        if not is_dry:
            write_output(Path.cwd() / source.path, outcome.text)
        did = "would format" if is_dry else "formatted"
        console.note(f"{did} {source.path}{_describe_changes(outcome)}")
    if not differing and not faults:
        console.note("nothing to format")
    if faults:
        return Exit.FAILURE
    return Exit.FINDINGS if differing and arguments.check else Exit.CLEAN


def _read_sources(paths: tuple[Path, ...]) -> tuple[list[Source], dict[Source, list[Diagnostic]]]:
    """Return the files, and what keeps some of them from being formatted."""
    sources: list[Source] = []
    faults: dict[Source, list[Diagnostic]] = {}
    for path in paths:
        source, problems = read_source(path, show(path))
        problems = [problem for problem in problems if problem.severity is not Severity.HINT]
        problems += [
            diagnose(
                mistake.code,
                mistake.message,
                source.locate(mistake.offset),
                mistake.suggestion,
                severity=Severity.ERROR,
            )
            for block in scan(source.text)
            for mistake in block.mistakes
        ]
        sources.append(source)
        if problems:
            faults[source] = problems
    return sources, faults


def _fix(sources: list[Source], configuration: Configuration) -> Fixed:
    taxonomy = Taxonomy()
    if configuration.taxonomy is not None:
        text = read_source(configuration.taxonomy, configuration.taxonomy.name)[0].text
        taxonomy, _ = read_taxonomy(text, configuration.taxonomy.name)
    rules = select_rules(configuration.disabled, profile=configuration.profile)
    return apply_fixes(sources, taxonomy, rules)


def _describe_changes(outcome: Formatted) -> str:
    count = len(outcome.changed)
    if not count:
        return ": order, comments or line ends"
    shown = ", ".join(outcome.changed[:3]) + (", …" if count > 3 else "")
    return f": {spell_count(count, 'entry', 'entries')} ({shown})"


FORMAT = Command(add_format_arguments, run_format)
