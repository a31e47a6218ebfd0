"""``livingsurvey format``: the canonical layout, and fixes that need no judgment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.bibtex.scan import scan
from livingsurvey.bibtex.source import read_source
from livingsurvey.bibtex.write import format_text
from livingsurvey.cli.command import Command, Exit, add_flag, spell_count
from livingsurvey.cli.configuration import add_survey_arguments, find_configuration
from livingsurvey.cli.writing import show_diff, write_output
from livingsurvey.configuration import show
from livingsurvey.diagnostics import Diagnostic, Severity
from livingsurvey.rules import select_rules
from livingsurvey.rules.rule import Fixed, apply_fixes
from livingsurvey.taxonomy import Taxonomy, read_taxonomy

if TYPE_CHECKING:
    import argparse

    from livingsurvey.bibtex.source import Source
    from livingsurvey.bibtex.write import Formatted
    from livingsurvey.cli.command import Console
    from livingsurvey.configuration import Configuration

DESCRIPTION = """\
Bring the bibliography into its canonical layout: fields in one order, values in braces, names as
'Last, First', entries by key (unless order = "file" in [tool.livingsurvey]), a blank line between
them; UTF-8 without byte order mark, LF.

Comments, @string, @preamble and JabRef's settings stay; an entry that is in order stays the same
byte for byte; what any program reads from the file stays the same. A file with syntax errors is
not touched. With --fix the fixes that need no judgment are made as well, and each is named.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the files, and what to do with them."""
    add_survey_arguments(parser)
    add_flag(parser, "--check", purpose="write nothing; exit code 1 if there is what to do")
    add_flag(parser, "--diff", purpose="write nothing; show what would be written")
    add_flag(parser, "--fix", purpose="make the fixes of 'check' that need no judgment")


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Format the bibliographies."""
    configuration = find_configuration(arguments)
    is_dry = arguments.check or arguments.diff
    with console.progress() as say:
        say("reading")
        before, faults = _read(configuration.bibliographies)
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
        console.note(f"{did} {source.path}{_describe(outcome)}")
    if not differing and not faults:
        console.note("nothing to format")
    if faults:
        return Exit.FAILURE
    return Exit.FINDINGS if differing and arguments.check else Exit.CLEAN


def _read(paths: tuple[Path, ...]) -> tuple[list[Source], dict[Source, list[Diagnostic]]]:
    """Return the files, and what keeps some of them from being formatted."""
    sources: list[Source] = []
    faults: dict[Source, list[Diagnostic]] = {}
    for path in paths:
        source, problems = read_source(path, show(path))
        problems = [problem for problem in problems if problem.severity is not Severity.HINT]
        problems += [
            Diagnostic(
                code=mistake.code,
                severity=Severity.ERROR,
                message=mistake.message,
                location=source.locate(mistake.offset),
                suggestion=mistake.suggestion,
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


def _describe(outcome: Formatted) -> str:
    count = len(outcome.changed)
    if not count:
        return ": order, comments or line ends"
    shown = ", ".join(outcome.changed[:3]) + (", …" if count > 3 else "")
    return f": {spell_count(count, 'entry', 'entries')} ({shown})"


COMMAND = Command(DESCRIPTION, add_arguments, run)
