"""``livingsurvey add``: a paper by its identifier, or by BibTeX, as an entry in its place."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.bibtex.edit import apply_edits, insert_entry
from livingsurvey.bibtex.keys import CANONICAL_KEY
from livingsurvey.catalog.papers import split_keywords
from livingsurvey.cli.asking import ask, is_interactive
from livingsurvey.cli.command import Command, Exit, UsageError
from livingsurvey.cli.configuration import add_file_options, find_configuration, show
from livingsurvey.cli.connection import add_connection_options, connect
from livingsurvey.cli.drafts import Draft, fetch_draft, read_drafts, today
from livingsurvey.cli.session import Session
from livingsurvey.cli.suggestions import suggest
from livingsurvey.cli.twins import find_twin
from livingsurvey.cli.updating import meet_twin, report_twin
from livingsurvey.cli.writing import Change, read_for_change, show_changes, write_changes
from livingsurvey.diagnostics import did_you_mean
from livingsurvey.online.errors import NotFoundError, NotIdentifiedError, OfflineError, OnlineError
from livingsurvey.online.targets import Target, identify
from livingsurvey.rules import check_library, select_rules

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from livingsurvey.catalog import Library
    from livingsurvey.cli.console import Console
    from livingsurvey.cli.twins import Twin
    from livingsurvey.taxonomy import Taxonomy

DESCRIPTION = """\
Add papers to the bibliography: by arXiv identifier, DOI, or an address of either, whose record is
fetched from arXiv or Crossref; or by BibTeX on standard input (ID is then -), without network.

The entry is written in canonical layout where its key belongs, dated today; every other byte of
the file stays. If the survey has the paper already, that is said; if it has the preprint of what
is now published, --update puts the published version's facts into the entry that is there.
"""
OFFLINE_HINT = "Without network, add BibTeX from the paper's page: livingsurvey add - < paper.bib"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what to add, and how."""
    parser.add_argument(
        "identifiers", nargs="+", metavar="ID", help="an arXiv identifier, a DOI, an address, or -"
    )
    parser.add_argument(
        "-c",
        "--category",
        action="append",
        default=[],
        metavar="TAG",
        help="a category, the paper's home first; again for more, or separated by commas",
    )
    parser.add_argument("--key", help="the citation key instead of the proposed one")
    parser.add_argument(
        "--update",
        action="store_true",
        help="put the facts of the published version into the entry of the preprint",
    )
    parser.add_argument(
        "-n", "--dry-run", action="store_true", help="write nothing; show what would be written"
    )
    parser.add_argument(
        "--bib", type=Path, metavar="BIB", help="the .bib file to add to (default: the first)"
    )
    add_file_options(parser)
    add_connection_options(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Add the papers, each on its own: one that fails does not keep the others."""
    if arguments.bib is not None and not arguments.bib.is_file():
        raise UsageError(f"there is no file {arguments.bib}")
    configuration = find_configuration(arguments)
    path = Path.cwd() / arguments.bib if arguments.bib else configuration.bibliographies[0]
    if path.resolve() not in {one.resolve() for one in configuration.bibliographies}:
        raise UsageError(f"{show(path)} is none of the survey's bibliographies")
    session = Session(arguments, configuration, console, path)
    categories = _read_categories(arguments.category, session.load().catalog.taxonomy)
    if arguments.key and not CANONICAL_KEY.fullmatch(arguments.key):
        raise UsageError(f"the key '{arguments.key}' is not like hu2021lora: authorYEARword")
    if arguments.key and len(arguments.identifiers) > 1:
        raise UsageError("--key is for one paper")
    if arguments.key and arguments.key.casefold() in _find_keys(session.load()):
        raise UsageError(f"the key '{arguments.key}' is taken")
    read_for_change(path)
    status: int = Exit.CLEAN
    for draft in _find_drafts(session):
        outcome = _add(draft, categories, session) if isinstance(draft, Draft) else draft
        status = max(status, outcome)
    return status


def _read_categories(wishes: Sequence[str], taxonomy: Taxonomy) -> tuple[str, ...]:
    """Return the tags that ``--category`` names.

    Raises:
        UsageError: One is no category, or has sub-categories.
    """
    tags: dict[str, None] = {}
    for wish in ",".join(wishes).split(","):
        name = wish.strip()
        if name:
            tags[_read_category(name, taxonomy)] = None
    return tuple(tags)


def _read_category(name: str, taxonomy: Taxonomy) -> str:
    tag = taxonomy.names.get(name.casefold(), "")
    category = taxonomy.categories.get(tag)
    if category is not None and category.children:
        raise UsageError(f"'{tag}' has sub-categories: choose of {', '.join(category.children)}")
    if not tag:
        hint = did_you_mean(name, taxonomy.names)
        raise UsageError(f"there is no category '{name}'{'; ' if hint else ''}{hint}")
    return tag


def _find_drafts(session: Session) -> Iterator[Draft | int]:
    """Yield what is to be added, and an exit code for each that cannot be."""
    console = session.console
    client = connect(session.configuration.online, session.arguments, console)
    is_offline = False
    for text in session.arguments.identifiers:
        if text == "-":
            yield from read_drafts(sys.stdin.buffer.read())
            continue
        try:
            target = identify(text)
            twin = _find_twin_of(target, session)
            # Without --update there is nothing to ask of anybody.
            if twin is not None and not session.arguments.update:
                report_twin(text, twin, session)
                yield Exit.FINDINGS
                continue
            yield fetch_draft(client, target, text)
        except (NotIdentifiedError, NotFoundError) as error:
            console.note(f"{text}: {error}")
            yield Exit.FINDINGS
        except OnlineError as error:
            console.note(f"{text}: {error}")
            is_offline = is_offline or isinstance(error, OfflineError)
            yield Exit.FAILURE
    if is_offline:
        console.note(OFFLINE_HINT)


def _find_twin_of(target: Target, session: Session) -> Twin | None:
    doi = target.value if target.kind == "doi" else ""
    arxiv = target.value if target.kind == "arxiv" else ""
    return find_twin(session.load().catalog, doi=doi, arxiv=arxiv)


def _add(draft: Draft, categories: tuple[str, ...], session: Session) -> int:
    library = session.load()
    catalog, console = library.catalog, session.console
    twin = find_twin(
        catalog,
        doi=draft.doi,
        arxiv=draft.arxiv,
        title=draft.fields["title"],
        authors=draft.people,
    )
    if twin is not None:
        return meet_twin(draft, twin, library, session)
    for note in draft.notes:
        console.note(f"{draft.name}: {note}")
    suggestions = suggest(catalog, draft.fields["title"], draft.abstract)
    own, unknown = _find_keywords(draft, catalog.taxonomy)
    if unknown:
        console.note(f"{draft.name}: left out keywords that are no categories: {unknown}")
    chosen = categories or own
    title = " ".join(draft.fields["title"].split())
    console.note(f"{draft.name}: {title}")
    for one in suggestions:
        console.note(f"  {one.score:5.2f}  {one.category.tag:<24} {', '.join(one.words)}")
    if not chosen and suggestions and is_interactive(console):
        tags = [one.category.tag for one in suggestions]
        chosen = _ask_categories(tags, catalog.taxonomy, console)
    key = session.arguments.key or draft.propose_key(_find_keys(library))
    fields = dict(draft.fields) | {"creationdate": today().isoformat()}
    fields.pop("keywords", None)
    if chosen:
        fields["keywords"] = ", ".join(chosen)
    source = read_for_change(session.path)
    edit = insert_entry(source.text, draft.entry_type, key, fields)
    change = Change(session.path, source, apply_edits(source.text, [edit]))
    if session.arguments.dry_run:
        show_changes([change], console)
        console.note(f"{draft.name}: would be added as {key} to {show(session.path)}")
        return Exit.CLEAN
    write_changes([change])
    console.print(f"{draft.name}: added as {key} to {show(session.path)}")
    if not chosen:
        console.note(f"{key} has no category yet: write keywords = {{…}}, or use --category")
    _report_findings(key, session)
    return Exit.CLEAN


def _find_keys(library: Library) -> set[str]:
    return {one.key.casefold() for one in library.entries}


def _find_keywords(draft: Draft, taxonomy: Taxonomy) -> tuple[tuple[str, ...], str]:
    """Return the keywords that BibTeX came with and that are tags here; and the others."""
    known: dict[str, None] = {}
    unknown: list[str] = []
    for word, _ in split_keywords(draft.fields.get("keywords", "")):
        try:
            known[_read_category(word, taxonomy)] = None
        except UsageError:
            unknown.append(word)
    if not any(tag in taxonomy.categories for tag in known):
        return (), ", ".join([*known, *unknown])
    return tuple(known), ", ".join(unknown)


def _ask_categories(
    suggested: Sequence[str], taxonomy: Taxonomy, console: Console
) -> tuple[str, ...]:
    while True:
        answer = ask("Categories, by tag or rank in this list, home first (Enter: none):", console)
        words = answer.replace(",", " ").split()
        picked = [
            suggested[int(word) - 1]
            if word.isdecimal() and 1 <= int(word) <= len(suggested)
            else word
            for word in words
        ]
        try:
            return _read_categories(picked, taxonomy)
        except UsageError as error:
            console.note(str(error))


def _report_findings(key: str, session: Session) -> None:
    """Say what the rules find in the new entry; ``check`` decides, not we."""
    rules = select_rules(session.configuration.disabled)
    for found in check_library(session.load(), rules):
        if found.key == key:
            session.console.note(found.render())


COMMAND = Command(
    name="add",
    summary="add papers by arXiv identifier, DOI, address or BibTeX",
    description=DESCRIPTION,
    add_arguments=add_arguments,
    run=run,
)
