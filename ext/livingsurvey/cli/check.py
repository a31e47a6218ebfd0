"""``livingsurvey check``: every rule, every problem, at its line and column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.catalog.ledger import read_ledger
from livingsurvey.cli.command import Command, Exit, add_flag, load_survey
from livingsurvey.cli.configuration import add_survey_arguments, find_configuration, find_ledger
from livingsurvey.cli.report import REPORT_FORMATS, Report
from livingsurvey.configuration import show
from livingsurvey.diagnostics import Code, Severity, sort_diagnostics
from livingsurvey.rules import check_library, select_rules
from livingsurvey.rules.verified import check_verified

if TYPE_CHECKING:
    import argparse

    from livingsurvey.catalog import Library
    from livingsurvey.cli.command import Console
    from livingsurvey.configuration import Configuration
    from livingsurvey.diagnostics import Diagnostic

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
    add_flag(
        parser,
        "--verified",
        purpose="also report entries that the ledger of 'verify' does not vouch for",
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Check the bibliography and report."""
    configuration = find_configuration(arguments)
    rules = select_rules(configuration.disabled, minimum_papers=configuration.minimum_papers)
    with console.progress() as say:
        say(f"reading {', '.join(path.name for path in configuration.bibliographies)}")
        library = load_survey(configuration)
        entries = f"{len(library.entries):,} entries"
        diagnostics = check_library(
            library, rules, lambda rule: say(f"checking {entries}: {rule.title}")
        )
    if Code.CONFIG not in configuration.disabled:
        diagnostics += configuration.warnings
    if arguments.verified:
        diagnostics += _find_unverified(library, configuration)
    report = Report(
        diagnostics=sort_diagnostics(diagnostics),
        rules=rules,
        documentation=configuration.documentation,
        library=library,
    )
    REPORT_FORMATS[arguments.format](report, console)
    is_clean = all(diagnostic.severity is Severity.HINT for diagnostic in diagnostics)
    return Exit.CLEAN if is_clean else Exit.FINDINGS


def _find_unverified(library: Library, configuration: Configuration) -> list[Diagnostic]:
    """Return what is wrong with the ledger, and the entries that it does not vouch for."""
    path = find_ledger(configuration)
    ledger, problems = read_ledger(path, show(path))
    return [*problems, *check_verified(library, ledger, configuration.disabled)]


COMMAND = Command(DESCRIPTION, add_arguments, run)
