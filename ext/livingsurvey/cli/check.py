"""``livingsurvey check``: every rule, every problem, at its line and column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.catalog import load_library
from livingsurvey.cli.command import Command, Exit
from livingsurvey.cli.configuration import add_survey_arguments, find_configuration
from livingsurvey.diagnostics import Severity

if TYPE_CHECKING:
    import argparse

    from livingsurvey.cli.console import Console


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Check the bibliography."""
    configuration = find_configuration(arguments)
    library = load_library(configuration.bibliographies, configuration.taxonomy, configuration.root)
    for diagnostic in library.diagnostics:
        console.print(diagnostic.render())
    failing = any(one.severity is not Severity.HINT for one in library.diagnostics)
    return Exit.FINDINGS if failing else Exit.CLEAN


COMMAND = Command(
    name="check",
    summary="say what is wrong in the .bib, and where",
    description="Check the bibliography and the taxonomy of the survey.",
    add_arguments=add_survey_arguments,
    run=run,
)
