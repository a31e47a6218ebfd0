"""``livingsurvey export``: the papers as data, as the site offers them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.catalog import load_library
from livingsurvey.cli.command import Command, Exit, UsageError, find_category, spell_command
from livingsurvey.cli.configuration import add_survey_arguments, find_configuration
from livingsurvey.cli.writing import write_output
from livingsurvey.diagnostics import Severity
from livingsurvey.exports import FORMATS, About, Selection
from livingsurvey.exports.formats import WRITERS

if TYPE_CHECKING:
    import argparse

    from livingsurvey.cli.command import Console


DESCRIPTION = "Write the papers of the survey, or of one category, in a format:\n\n" + "\n".join(
    f"  {known.name:<9} {known.purpose}" for known in FORMATS.values()
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser what to export, and where to."""
    parser.add_argument("format", choices=sorted(FORMATS), metavar="FORMAT", help="see above")
    add_survey_arguments(parser)
    parser.add_argument(
        "--category", metavar="TAG", default="", help="only this category and those below it"
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="the file to write (default: print)"
    )
    parser.add_argument(
        "--title", default="Survey", help="the title of the survey, for json and atom"
    )
    parser.add_argument(
        "--url", default="", help="the address of its site, for json and atom; ends in a slash"
    )
    parser.add_argument(
        "--tag-authority",
        metavar="DOMAIN,YEAR:NAME",
        default="",
        help="what the ids of a feed begin with, for atom",
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Write the papers in the format; a faulty bibliography is exported as far as it is read."""
    configuration = find_configuration(arguments)
    library = load_library(
        configuration.bibliographies,
        configuration.taxonomy,
        configuration.root,
        configuration.authors,
    )
    taxonomy = library.catalog.taxonomy
    category = find_category(arguments.category, taxonomy) if arguments.category else None
    about = About(
        title=arguments.title,
        base_url=arguments.url,
        tag_authority=arguments.tag_authority,
        frozen=configuration.frozen,
    )
    selection = Selection(catalog=library.catalog, category=category)
    try:
        text = WRITERS[arguments.format](selection, about)
    except ValueError as error:
        raise UsageError(
            f"{error}: add --url https://example.org/ or --tag-authority example.org,2026:name"
        ) from error
    if arguments.output is None:
        console.out.write(text)
    else:
        write_output(arguments.output, text)
    if any(problem.severity is Severity.ERROR for problem in library.diagnostics):
        console.note(f"The bibliography has errors; '{spell_command('check')}' says which.")
        return Exit.FINDINGS
    return Exit.CLEAN


COMMAND = Command(DESCRIPTION, add_arguments, run)
