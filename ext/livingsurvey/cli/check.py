"""``livingsurvey check``: every rule, every problem, at its line and column."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.catalog import load_library
from livingsurvey.cli.command import Command, Exit
from livingsurvey.cli.configuration import add_survey_arguments, find_configuration
from livingsurvey.cli.ledgers import find_unverified
from livingsurvey.cli.report import FORMATS, Report
from livingsurvey.diagnostics import Severity, sort_diagnostics
from livingsurvey.rules import check_library, find_fixes, select_rules

if TYPE_CHECKING:
    import argparse

    from livingsurvey.cli.console import Console

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
        choices=FORMATS,
        default="text",
        help="for people (default), for programs, as annotations on GitHub, or as SARIF 2.1.0",
    )
    parser.add_argument(
        "--verified",
        action="store_true",
        help="also report entries that the ledger of 'verify' does not vouch for",
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Check the bibliography and report."""
    configuration = find_configuration(arguments)
    rules = select_rules(configuration.disabled, minimum_papers=configuration.minimum_papers)
    with console.progress() as say:
        say(f"reading {', '.join(path.name for path in configuration.bibliographies)}")
        library = load_library(
            configuration.bibliographies, configuration.taxonomy, root=Path.cwd()
        )
        entries = len(library.entries)
        diagnostics = check_library(
            library, rules, lambda rule: say(f"checking {entries:,} entries: {rule.title}")
        )
        mendable = len(find_fixes(library, rules))
        if arguments.verified:
            diagnostics = sort_diagnostics([*diagnostics, *find_unverified(library, configuration)])
    report = Report(
        diagnostics=diagnostics,
        rules=rules,
        documentation=configuration.documentation,
        mendable=mendable,
        entries=entries,
    )
    FORMATS[arguments.format](report, console)
    is_clean = all(one.severity is Severity.HINT for one in diagnostics)
    return Exit.CLEAN if is_clean else Exit.FINDINGS


COMMAND = Command(
    name="check",
    summary="say what is wrong in the bibliography, and where",
    description=DESCRIPTION,
    add_arguments=add_arguments,
    run=run,
)
