"""``livingsurvey list`` and ``export``: the papers that answer a question, as text or as data."""

from __future__ import annotations

import re
import shutil
import unicodedata
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.catalog import Catalog
from livingsurvey.cli.command import (
    Command,
    Exit,
    UsageError,
    add_option,
    add_survey_arguments,
    find_category,
    report_unknown,
    spell_command,
)
from livingsurvey.cli.files import write_output
from livingsurvey.diagnostics import Severity
from livingsurvey.exports import FORMATS, About, Selection
from livingsurvey.exports.formats import WRITERS
from livingsurvey.markup import parse, search_key
from livingsurvey.queries import ORDERS, sort_papers

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from livingsurvey.cli.command import Console, Session
    from livingsurvey.model import Paper
    from livingsurvey.taxonomy import Taxonomy

_YEARS = re.compile(r"(\d{4})?(-)?(\d{4})?")
_PLAIN = ("annotation", "arxiv", "created", "doi", "url", "venue")
_FACTS: dict[str, Callable[[Paper], object]] = {
    **{name: attrgetter(name) for name in _PLAIN},
    "code": lambda paper: paper.links.get("code"),
    "shorttitle": attrgetter("short_title"),
}
"""What ``--has`` and ``--lacks`` ask for, and how a paper says it."""
_OUTPUTS = ("table", "keys", *(name for name in FORMATS if name != "atom"))


def add_list_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what to list, in which order and form."""
    add_survey_arguments(parser)
    narrow = parser.add_argument_group("which papers")
    add_option(narrow, "-a --author NAME ...", "words of a name, or Hu*")
    add_option(narrow, "-c --category TAG ...", "in this category or below it")
    add_option(narrow, "--has ...", "whose entry says this", choices=sorted(_FACTS))
    add_option(narrow, "--lacks ...", "whose entry does not", choices=sorted(_FACTS))
    add_option(narrow, "--tag TAG ...", "with this tag")
    add_option(narrow, "-t --text WORDS", "all words in title, name, venue or annotation")
    add_option(narrow, "-y --year YEARS", "2023, 2020-2023, 2020- or -2023")
    form = parser.add_argument_group("how")
    output = "the output (default: table)"
    add_option(form, "-f --format", output, choices=_OUTPUTS, default="table")
    add_option(form, "-n --limit N", "the first N only", type=int)
    add_option(form, "-r --reverse", "the other way round")
    order = "the order (default: newest)"
    add_option(form, "-s --sort", order, choices=ORDERS, default="newest")


def run_list(session: Session) -> int:
    """List the papers of the survey. Options narrow the list down: a paper has to meet all of them,
    and of an option that is given several times, one of the values.
    """
    arguments, console = session.arguments, session.console
    for word in arguments.paths:
        if not word.suffix and not word.exists():
            raise UsageError(f"there is no file '{word}'; for words of papers: list --text {word}")
    catalog = session.load().catalog
    tests = _read_tests(arguments, catalog)
    chosen = (p for p in catalog.papers.values() if all(test(p) for test in tests))
    papers = list(sort_papers(chosen, arguments.sort))[:: -1 if arguments.reverse else 1]
    if arguments.limit is not None and arguments.limit < 0:
        raise UsageError("--limit is a number of papers, at least 0")
    papers = papers[: arguments.limit]
    if arguments.format == "table":
        for line in _format_table(papers, console):
            console.print(line)
        console.note(f"{len(papers)} of {len(catalog.papers)} papers")
    elif arguments.format == "keys":
        console.out.writelines(f"{paper.key}\n" for paper in papers)
    else:
        selection = Selection(catalog=Catalog(papers, catalog.taxonomy))
        console.out.write(WRITERS[arguments.format](selection, About(title="")))
    return Exit.CLEAN


def _read_tests(arguments: argparse.Namespace, catalog: Catalog) -> list[Callable[[Paper], bool]]:
    tests: list[Callable[[Paper], bool]] = []
    if arguments.category:
        tags = [find_category(name, catalog.taxonomy).tag for name in arguments.category]
        keys = {paper.key for tag in tags for paper in catalog.papers_in(tag)}
        tests.append(lambda paper: paper.key in keys)
    if arguments.tag:
        wanted = {_read_tag(name, catalog.taxonomy) for name in arguments.tag}
        tests.append(lambda paper: not wanted.isdisjoint(paper.tags))
    if arguments.author:
        names = [_match_name(name) for name in arguments.author]
        tests.append(lambda paper: any(name.search(_collect_names(paper)) for name in names))
    if arguments.text:
        words = search_key(arguments.text).split()
        tests.append(lambda paper: all(word in _collect_text(paper) for word in words))
    if arguments.year:
        first, last = _read_years(arguments.year)
        tests.append(lambda paper: paper.year is not None and first <= paper.year <= last)
    said = [_FACTS[name] for name in arguments.has]
    unsaid = [_FACTS[name] for name in arguments.lacks]
    tests.append(lambda paper: all(fact(paper) for fact in said))
    tests.append(lambda paper: not any(fact(paper) for fact in unsaid))
    return tests


def _read_tag(name: str, taxonomy: Taxonomy) -> str:
    tag = taxonomy.names.get(name.casefold(), "")
    if tag not in taxonomy.tags:
        known = f"there are {', '.join(taxonomy.tags)}"
        raise report_unknown(f"there is no tag '{name}'", name, taxonomy.tags, known)
    return tag


def _read_years(text: str) -> tuple[int, int]:
    match = _YEARS.fullmatch(text.strip())
    if match is None or not (match[1] or match[3]) or (match[3] and not match[2]):
        raise UsageError(f"'{text}' is no year and no range: 2023, 2020-2023, 2020- or -2023")
    first = int(match[1] or 0)
    last = int(match[3]) if match[3] else 9999 if match[2] else first
    return first, last


def _match_name(text: str) -> re.Pattern[str]:
    """Return what finds a name by whole words; a last single letter is an initial."""
    words = search_key(text).strip().rstrip(".")
    if not words.strip("*"):
        raise UsageError(f"'{text}' is no name")
    is_part = words.endswith("*") or len(words.split()[-1]) == 1
    return re.compile(rf"(?<!\w){re.escape(words.rstrip('*'))}" + ("" if is_part else r"(?!\w)"))


def _collect_names(paper: Paper) -> str:
    people = (*paper.authors, *paper.editors)
    return "\n".join(search_key(f"{person.full}\n{person.inverted}") for person in people)


def _collect_text(paper: Paper) -> str:
    texts = (paper.title, paper.short_title, paper.venue, paper.annotation)
    return search_key(" ".join(parse(text).text for text in texts))


def _format_table(papers: Sequence[Paper], console: Console) -> list[str]:
    """Return a line for each paper: key, year, first author, name or title, categories.

    On a terminal titles are cut to its width; programs get them whole.
    """
    rows = [
        (p.key, str(p.year or ""), _name_first_author(p), ", ".join(p.categories), _name_work(p))
        for p in papers
    ]
    cells = [*map(_align, [*zip(*rows, strict=True)][:4]), [row[4] for row in rows]]
    lines = ["  ".join(row).rstrip() for row in zip(*cells, strict=True)]
    columns = shutil.get_terminal_size().columns
    return [cut(line, columns) for line in lines] if console.out.isatty() else lines


def _align(column: Sequence[str]) -> list[str]:
    """Return the cells of a column, all of one width."""
    widths = [*map(count_columns, column)]
    return [cell + " " * (max(widths) - width) for cell, width in zip(column, widths, strict=True)]


def _name_first_author(paper: Paper) -> str:
    people = [person.surname for person in paper.authors or paper.editors]
    if len(people) > 2 or (people and paper.truncated):
        return f"{people[0]} et al."
    return " and ".join(people)


def _name_work(paper: Paper) -> str:
    title, name = parse(paper.title).text, parse(paper.short_title).text
    return title if not name or name.casefold() in title.casefold() else f"{name}: {title}"


def count_columns(text: str) -> int:
    """Return the columns that *text* takes on a terminal: wide letters take two."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def cut(text: str, columns: int) -> str:
    """Return *text* cut to a number of columns, with an ellipsis where something is missing."""
    if count_columns(text) <= columns:
        return text
    while text and count_columns(text) >= columns:
        text = text[:-1]
    return f"{text}…"


LIST = Command(add_list_arguments, run_list)


def add_export_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser what to export, and where to."""
    parser.add_argument("format", choices=sorted(FORMATS), metavar="FORMAT", help="see above")
    add_survey_arguments(parser)
    add_option(parser, "--category TAG", "only this category and those below it")
    add_option(parser, "-o --output FILE", "the file to write (default: print)", type=Path)
    title = "the title of the survey, for json and atom"
    add_option(parser, "--title TITLE", title, default="Survey")
    url = "the address of its site, for json and atom; ends in a slash"
    add_option(parser, "--url URL", url, default="")
    ids = "what the ids of a feed begin with, for atom"
    add_option(parser, "--tag-authority DOMAIN,YEAR:NAME", ids, default="")


def run_export(session: Session) -> int:
    """Write the papers of the survey, or of one category, in a format:"""  # noqa: D415 (a list follows)
    # A faulty bibliography is exported as far as it is read.
    arguments, library = session.arguments, session.load()
    taxonomy = library.catalog.taxonomy
    category = find_category(arguments.category, taxonomy) if arguments.category else None
    about = About(
        title=arguments.title,
        base_url=arguments.url,
        tag_authority=arguments.tag_authority,
        frozen=session.configuration.frozen,
    )
    selection = Selection(catalog=library.catalog, category=category)
    try:
        text = WRITERS[arguments.format](selection, about)
    except ValueError as error:
        hint = "add --url https://example.org/ or --tag-authority example.org,2026:name"
        raise UsageError(f"{error}: {hint}") from error
    if arguments.output is None:
        session.console.out.write(text)
    else:
        write_output(arguments.output, text)
    if any(problem.severity is Severity.ERROR for problem in library.diagnostics):
        command = spell_command("check")
        session.console.note(f"The bibliography has errors; '{command}' says which.")
        return Exit.FINDINGS
    return Exit.CLEAN


_FORMATS = "".join(f"\n  {known.name:<9} {known.purpose}" for known in FORMATS.values())
EXPORT = Command(add_export_arguments, run_export, _FORMATS)
