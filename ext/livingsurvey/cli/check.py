"""``livingsurvey check`` and ``format``: what is wrong, and the layout and fixes that mend it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from livingsurvey import __version__
from livingsurvey.bibtex.scan import scan
from livingsurvey.bibtex.source import read_source
from livingsurvey.bibtex.write import format_text
from livingsurvey.catalog import load
from livingsurvey.catalog.ledger import FILE_NAME as LEDGER_NAME
from livingsurvey.catalog.ledger import read_ledger
from livingsurvey.cli.command import (
    Command,
    Exit,
    add_option,
    add_survey_arguments,
    report_unknown,
    spell_command,
    spell_count,
    today,
)
from livingsurvey.cli.files import FileChange, show_diff, write_output
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
from livingsurvey.upkeep.state import check_chapters, read_chapters

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from livingsurvey.bibtex.source import Source
    from livingsurvey.bibtex.write import Formatted
    from livingsurvey.catalog import Library
    from livingsurvey.cli.command import Console, Session
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


def run_check(session: Session) -> int:
    """Check the bibliography and the taxonomy of the survey: every rule, every problem.

    Each finding is a line: path:line:column: severity: message [survey.code]. Errors and warnings
    make the exit code 1, hints do not. Rules can be switched off, with a reason, in pyproject.toml:

      [tool.livingsurvey.disabled]
      key_form = "the keys are those of the printed edition"
    """
    arguments, configuration = session.arguments, session.configuration
    wanted = _read_codes(arguments.only)
    rules = select_rules(
        configuration.disabled,
        profile=configuration.profile,
        minimum_papers=configuration.minimum_papers,
    )
    with session.console.progress() as say:
        say(f"reading {', '.join(path.name for path in configuration.bibliographies)}")
        library = session.load()
        entries = f"checking {len(library.entries):,} entries"
        diagnostics = check_library(library, rules, lambda it: say(f"{entries}: {it.title}"))
    if Code.CONFIG not in configuration.disabled:
        diagnostics += configuration.warnings
        diagnostics += [] if arguments.paths else _check_conf(library, configuration)
    if not arguments.paths:  # a part of the bibliography is not what the pages list
        catalog = library.catalog
        folder = configuration.pages or configuration.root / "docs"
        chapters = read_chapters(folder, catalog, Path.cwd())
        found = check_chapters(chapters, catalog, configuration.limits, today())
        diagnostics += [it for it in found if it.code not in configuration.disabled]
    if arguments.verified:
        path = session.find_kept(LEDGER_NAME)
        ledger, problems = read_ledger(path, show(path))
        diagnostics += [*problems, *check_verified(library, ledger, configuration.disabled)]
    if wanted:
        diagnostics = [diagnostic for diagnostic in diagnostics if diagnostic.code in wanted]
    diagnostics = sort_diagnostics(diagnostics)
    report = Report(diagnostics, rules, library, configuration.documentation, arguments.max)
    write = write_counts if arguments.summary else REPORT_FORMATS[arguments.format]
    write(report, session.console)
    is_clean = all(diagnostic.severity is Severity.HINT for diagnostic in diagnostics)
    return Exit.CLEAN if is_clean else Exit.FINDINGS


def _read_codes(names: list[str]) -> set[Code]:
    """Return the rules that are asked for, by their names with or without ``survey.``."""
    codes = [code.value for code in Code]
    wanted = {name.strip("[]").removeprefix("survey."): name for name in names}
    for plain, name in wanted.items():
        if plain not in codes:
            hint = "the page on rules lists them"
            raise report_unknown(f"there is no rule '{name}'", plain, codes, hint)
    return set(map(Code, wanted))


def _check_conf(library: Library, configuration: Configuration) -> Iterator[Diagnostic]:
    """Yield what the build would say of those settings in ``conf.py`` that are plain values."""
    conf = find_conf(configuration.root)
    if conf.fault is not None:
        text, place = f"Python cannot read it: {conf.fault[0]}", Location(conf.shown, conf.fault[1])
        yield diagnose(Code.CONFIG, text, place, "correct it: no build can run it")
    settings, problems = read_settings(conf, conf.plain)
    yield from problems
    yield from find_unknown(conf, DECLARED.__contains__)
    yield from check_names(settings, library.catalog, conf)


CHECK = Command(add_check_arguments, run_check)

_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.HINT: "cyan"}
_GITHUB = {"hint": "notice"}
_SARIF = {"hint": "note"}
"""What is called otherwise there."""
SARIF_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


@dataclass(frozen=True, slots=True)
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
    documentation: str
    most: int

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
                **asdict(diagnostic.location),
                "severity": diagnostic.severity,
                "code": diagnostic.code,
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
        place, title = diagnostic.location, f"survey.{diagnostic.code}"
        values = {"file": place.path, "line": place.line, "col": place.column, "title": title}
        shown = {name: str(value) for name, value in values.items() if value or name == "file"}
        properties = ",".join(f"{name}={_escape_property(text)}" for name, text in shown.items())
        text, severity = _escape_property(diagnostic.text, keep=":,"), diagnostic.severity
        console.print(f"::{_GITHUB.get(severity, severity)} {properties}::{text}")
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
    rules = [_describe_rule(rule, report) for rule in report.rules]
    run = {
        "tool": {"driver": {"name": "livingsurvey", "version": __version__, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [
            {
                "ruleId": diagnostic.code,
                "ruleIndex": indexes[diagnostic.code],
                "level": _SARIF.get(diagnostic.severity, diagnostic.severity),
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
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.code.split("_")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.what} {rule.why}"},
        "defaultConfiguration": {"level": _SARIF.get(rule.severity, rule.severity)},
    }
    if report.documentation:
        description["helpUri"] = f"{report.documentation}#rule-{rule.code}"
    return description


def _make_location(diagnostic: Diagnostic) -> dict[str, Any]:
    place = diagnostic.location
    region = {"startLine": place.line} | ({"startColumn": place.column} if place.column else {})
    file = {"artifactLocation": {"uri": quote(place.path)}}
    return file | ({"region": region} if place.line else {})


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


def run_format(session: Session) -> int:
    """Bring the bibliography into its canonical layout: fields in one order, values in braces,
    names as 'Last, First', entries by key (unless order = "file" in [tool.livingsurvey]), a blank
    line between them; UTF-8 without byte order mark, LF.

    Comments, @string, @preamble and JabRef's settings stay; an entry that is in order stays the
    same byte for byte; what any program reads from the file stays the same. A file with syntax
    errors is not touched. With --fix the fixes that need no judgment are made as well, and each is
    named.
    """
    arguments, configuration = session.arguments, session.configuration
    console, is_dry = session.console, arguments.check or arguments.diff
    with console.progress() as say:
        say("reading")
        # One broken file must not keep the others from being formatted.
        sound, faults = _read_sources(configuration.bibliographies)
        fixed = Fixed(tuple(sound), ())
        if arguments.fix:
            say("looking for fixes")
            taxonomy = load((), configuration.taxonomy)[0].taxonomy
            rules = select_rules(configuration.disabled, profile=configuration.profile)
            fixed = apply_fixes(sound, taxonomy, rules)
        say("formatting")
        outcomes = [
            (source, format_text(new.text, is_sorted=configuration.order == "key"))
            for source, new in zip(sound, fixed.sources, strict=True)
        ]
    for fault in faults:
        console.print(fault.render())
    if faults:
        console.note("not formatted: mend these first")
    for fix in fixed.fixes:
        did = "would mend" if is_dry else "mended"
        console.print(f"{fix.location}: {did}: {fix.message} [survey.{fix.code}]")
    for source, outcome in outcomes:
        if outcome.unsorted_because:
            console.note(f"{source.path}: entries keep their order: {outcome.unsorted_because}")
    differing = False
    for source, outcome in outcomes:
        if source.text == outcome.text and not source.has_byte_order_mark:
            continue
        differing = True
        if arguments.diff:
            change = FileChange(source, outcome.text)
            show_diff(change, console, before="", after="", cr="\\r")
        if not is_dry:
            write_output(Path.cwd() / source.path, outcome.text)
        did = "would format" if is_dry else "formatted"
        console.note(f"{did} {source.path}{_describe_changes(outcome)}")
    if not differing and not faults:
        console.note("nothing to format")
    if faults:
        return Exit.FAILURE
    return Exit.FINDINGS if differing and arguments.check else Exit.CLEAN


def _read_sources(paths: Iterable[Path]) -> tuple[list[Source], list[Diagnostic]]:
    """Return the files that can be formatted, and what keeps the others from it."""
    sound: list[Source] = []
    faults: list[Diagnostic] = []
    for path in paths:
        source, problems = read_source(path, show(path))
        found = [problem for problem in problems if problem.severity is not Severity.HINT]
        for mistake in (mistake for block in scan(source.text) for mistake in block.mistakes):
            code, place, hint = mistake.code, source.locate(mistake.offset), mistake.suggestion
            found.append(diagnose(code, mistake.message, place, hint, severity=Severity.ERROR))
        faults += found
        if not found:
            sound.append(source)
    return sound, faults


def _describe_changes(outcome: Formatted) -> str:
    changed = outcome.changed
    if not changed:
        return ": order, comments or line ends"
    shown = ", ".join([*changed[:3], *("…" for _ in changed[3:4])])
    return f": {spell_count(len(changed), 'entry', 'entries')} ({shown})"


FORMAT = Command(add_format_arguments, run_format)
