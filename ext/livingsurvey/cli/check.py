"""``livingsurvey check``: every rule, every problem, at its line and column."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.catalog.ledger import read_ledger
from livingsurvey.cli.command import Command, Exit, add_flag, load_survey, report_unknown, today
from livingsurvey.cli.configuration import add_survey_arguments, find_configuration, find_ledger
from livingsurvey.cli.report import REPORT_FORMATS, Report, write_counts
from livingsurvey.configuration import find_conf, show
from livingsurvey.diagnostics import MOST_SHOWN, Code, Diagnostic, Severity, sort_diagnostics
from livingsurvey.model import Location
from livingsurvey.rules import check_library, select_rules
from livingsurvey.rules.survey import check_verified
from livingsurvey.settings import DECLARED, check_names, find_unknown, read_settings
from livingsurvey.upkeep.chapters import check_chapters, read_chapters

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from livingsurvey.catalog import Library
    from livingsurvey.cli.command import Console
    from livingsurvey.configuration import Configuration

DESCRIPTION = """\
Check the bibliography and the taxonomy of the survey: every rule, every problem.

Each finding is a line: path:line:column: severity: message [survey.code]. Errors and warnings
make the exit code 1, hints do not. Rules can be switched off, with a reason, in pyproject.toml:

  [tool.livingsurvey.disabled]
  key_form = "the keys are those of the printed edition"
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the files, and the form of the report."""
    add_survey_arguments(parser)
    parser.add_argument(
        "--format",
        choices=REPORT_FORMATS,
        default="text",
        help="for people (default), for programs, as annotations on GitHub, or as SARIF 2.1.0",
    )
    add_flag(parser, "--summary", purpose="only count the findings of each rule")
    parser.add_argument(
        "--only",
        action="append",
        metavar="RULE",
        help="report the findings of this rule alone, such as bad_doi; may be given repeatedly",
    )
    parser.add_argument(
        "--max",
        type=int,
        default=MOST_SHOWN,
        metavar="N",
        help="findings of one rule in one file that are shown (default: %(default)s; 0: all)",
    )
    add_flag(
        parser,
        "--verified",
        purpose="also report entries that the ledger of 'verify' does not vouch for",
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Check the bibliography and report."""
    configuration = find_configuration(arguments)
    wanted = _read_codes(arguments.only or [])
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
        yield Diagnostic(
            code=Code.CONFIG,
            severity=Severity.ERROR,
            message=f"Python cannot read it: {message}",
            location=Location(conf.shown, line),
            suggestion="correct it: no build can run it",
        )
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


COMMAND = Command(DESCRIPTION, add_arguments, run)
