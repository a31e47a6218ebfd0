"""``livingsurvey add``: a paper by its identifier, or by BibTeX, as an entry in its place."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.bibtex.edit import apply_edits, insert_entries, set_fields
from livingsurvey.bibtex.identifiers import CANONICAL_KEY
from livingsurvey.bibtex.source import Source
from livingsurvey.bibtex.write import write_entry
from livingsurvey.catalog import make_library
from livingsurvey.catalog.papers import split_keywords
from livingsurvey.cli.command import (
    DRY_RUN,
    Command,
    Exit,
    Session,
    UsageError,
    add_connection_options,
    add_file_options,
    add_option,
    ask,
    find_category,
    is_interactive,
    spell_command,
    today,
)
from livingsurvey.cli.drafts import Draft, fetch_draft, read_drafts
from livingsurvey.cli.files import FileChange, read_for_change, write_or_show
from livingsurvey.configuration import show
from livingsurvey.online.record import (
    NotFoundError,
    NotIdentifiedError,
    OfflineError,
    OnlineError,
    identify,
)
from livingsurvey.rules import RULES, apply_fixes, check_library, select_rules
from livingsurvey.upkeep.candidates import Suggester
from livingsurvey.upkeep.matching import KnownPapers, find_duplicate

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from livingsurvey.catalog import Catalog, Library
    from livingsurvey.cli.command import Console
    from livingsurvey.model import Paper
    from livingsurvey.taxonomy import Taxonomy
    from livingsurvey.upkeep.matching import Duplicate


def report_duplicate(name: str, duplicate: Duplicate, session: Session) -> None:
    """Say where the paper is."""
    paper, mark = duplicate
    place = f"{paper.key} ({paper.location})"
    session.console.print(f"{name}: the survey has it as {place}, by its {mark}")


def handle_duplicate(draft: Draft, duplicate: Duplicate, session: Session) -> int:
    """Say that the paper is there; bring its entry up to date if that is wished."""
    paper, console = duplicate.paper, session.console
    report_duplicate(draft.name, duplicate, session)
    news = _find_news(draft, paper)
    if not news:
        return Exit.FINDINGS
    what = "the published version" if draft.is_published else "the preprint"
    if not session.arguments.update:
        offer = f"{draft.name} is {what} of it"
        if not is_interactive(console):
            console.note(f"{offer}; --update puts its facts into {paper.key}")
            return Exit.FINDINGS
        question = f"{offer}. Put its facts into {paper.key}? [y/N]"
        if not ask(question, console).lower().startswith("y"):
            return Exit.FINDINGS
    entry = next(entry for entry in session.load().entries if entry.key == paper.key)
    source = read_for_change(Path.cwd() / entry.source.path)
    # An arXiv number in the place of the journal goes when the real one comes.
    journal = entry.get("journal").lower()
    is_stale = journal.startswith(("arxiv", "corr")) and "journal" not in news
    entry_type = draft.entry_type if draft.is_published else ""
    removed = ("journal", "volume") if is_stale and draft.is_published else ()
    edits = set_fields(entry, news, entry_type=entry_type, removed=removed)
    change = FileChange(source, apply_edits(source.text, edits))
    if change.text == source.text:
        return Exit.FINDINGS
    say, would = write_or_show([change], session)
    say(f"{paper.key}: {would}updated: {', '.join(news)}")
    return Exit.CLEAN


def _find_news(draft: Draft, paper: Paper) -> dict[str, str]:
    """Return the fields of the draft that the entry is to take over, none if it knows them all.

    A published version brings its venue, year and identifiers into the entry of a preprint; a
    preprint brings its identifier into the entry of a published version. Title, authors, and all
    that the survey itself says stay as an editor left them.
    """
    has_venue = bool(paper.venue) and not paper.venue.lower().startswith(("arxiv", "corr"))
    names: tuple[str, ...] = ()
    if draft.is_published and not has_venue:
        names = ("booktitle", "journal", "volume", "number", "pages", "publisher", "year", "doi")
    elif draft.is_published and draft.doi and not paper.doi:
        names = ("doi",)
    if draft.arxiv and not paper.arxiv:
        names = (*names, "eprint", "archiveprefix", "primaryclass")
    return {name: draft.fields[name] for name in names if name in draft.fields}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what to add, and how."""
    what = "an arXiv identifier, a DOI, an address, a .bib file, or -"
    parser.add_argument("identifiers", nargs="+", metavar="ID", help=what)
    category = "a category, the paper's home first; again for more, or separated by commas"
    add_option(parser, "-c --category TAG ...", category)
    add_option(parser, "--key KEY", "the citation key instead of the proposed one")
    update = "put the facts of the published version into the entry of the preprint"
    add_option(parser, "--update", update)
    add_option(parser, "-n --dry-run", DRY_RUN)
    add_option(parser, "--bib BIB", "the .bib file to add to (default: the first)", type=Path)
    add_file_options(parser)
    add_connection_options(parser)


def run(session: Session) -> int:
    """Add papers to the bibliography: by arXiv identifier, DOI, or an address of either, whose
    record is fetched from arXiv or Crossref; or by BibTeX, without network: the name of a file, or
    - for standard input. Of a file with mistakes, the good entries are added and the others named.

    The entry is written in canonical layout where its key belongs, dated today; every other byte of
    the file stays. If the survey has the paper already, that is said; if it has the preprint of
    what is now published, --update puts the published version's facts into the entry that is there.
    """
    arguments = session.arguments
    if arguments.bib is not None and not arguments.bib.is_file():
        raise UsageError(f"there is no file {arguments.bib}")
    files = {file.resolve() for file in session.configuration.bibliographies}
    if session.path.resolve() not in files:
        raise UsageError(f"{show(session.path)} is none of the survey's bibliographies")
    library = session.load()
    categories = read_categories(arguments.category, library.catalog.taxonomy)
    if arguments.key and not CANONICAL_KEY.fullmatch(arguments.key):
        raise UsageError(f"the key '{arguments.key}' is not like hu2021lora: authorYEARword")
    if arguments.key and len(arguments.identifiers) > 1:
        raise UsageError("--key is for one paper")
    if arguments.key and arguments.key.casefold() in _collect_keys(library):
        raise UsageError(f"the key '{arguments.key}' is taken")
    read_for_change(session.path)
    return add_drafts(_find_drafts(session, library.catalog), categories, session)


def add_drafts(drafts: Iterable[Draft | int], categories: tuple[str, ...], session: Session) -> int:
    """Write the entries of drafts where they belong, and return the exit code.

    Args:
        drafts: The drafts; an exit code in the place of one that could not be had.
        categories: The categories of all; none to take their own, or to ask.
        session: The survey.
    """
    batch = _Batch(session, session.load(), categories)
    status: int = Exit.CLEAN
    try:
        for draft in drafts:
            outcome = batch.prepare(draft) if isinstance(draft, Draft) else draft
            status = max(status, outcome)
    finally:  # also where somebody ends it: what was answered is not lost
        batch.write()
    return status


def read_categories(wishes: Sequence[str], taxonomy: Taxonomy) -> tuple[str, ...]:
    """Return the tags that ``--category`` names.

    Raises:
        UsageError: One is no category, or has sub-categories.
    """
    names = [name.strip() for name in ",".join(wishes).split(",")]
    return tuple(dict.fromkeys(_read_category(name, taxonomy) for name in names if name))


def _read_category(name: str, taxonomy: Taxonomy) -> str:
    tag = taxonomy.names.get(name.casefold(), "")
    if tag in taxonomy.tags:
        return tag
    category = find_category(name, taxonomy)
    if category.children:
        below = ", ".join(category.children)
        raise UsageError(f"'{category.tag}' has sub-categories: choose of {below}")
    return category.tag


def _find_drafts(session: Session, catalog: Catalog) -> Iterator[Draft | int]:
    """Yield what is to be added, and an exit code for each that cannot be."""
    console = session.console
    is_offline = False
    for text in session.arguments.identifiers:
        if text == "-" or Path(text).is_file():
            data = sys.stdin.buffer.read() if text == "-" else Path(text).read_bytes()
            drafts, faults = read_drafts(data, "<stdin>" if text == "-" else text)
            yield from drafts
            for fault in faults:
                console.note(fault)
                yield Exit.FAILURE
            continue
        if text.lower().endswith(".bib"):
            raise UsageError(f"there is no file {text}")
        try:
            target = identify(text)
            duplicate = find_duplicate(catalog, target)
            # Without --update there is nothing to ask of anybody.
            if duplicate is not None and not session.arguments.update:
                report_duplicate(text, duplicate, session)
                yield Exit.FINDINGS
                continue
            yield fetch_draft(session.client, target, text)
        except OnlineError as error:
            console.note(f"{text}: {error}")
            is_offline = is_offline or isinstance(error, OfflineError)
            is_missing = isinstance(error, NotIdentifiedError | NotFoundError)
            yield Exit.FINDINGS if is_missing else Exit.FAILURE
    if is_offline:
        command = spell_command("add", "paper.bib")
        console.note(f"Without network, add BibTeX from the paper's page: {command}")


class _Batch:
    """New entries, which are written together: a file of thousands is not written for each."""

    def __init__(self, session: Session, library: Library, categories: tuple[str, ...]) -> None:
        self.session = session
        self.library = library
        self.categories = categories
        self.known = KnownPapers(library.catalog)
        self.taken = _collect_keys(library)
        self.suggester = Suggester(library.catalog)
        self.entries: dict[str, tuple[str, str, dict[str, str]]] = {}

    def prepare(self, draft: Draft) -> int:
        """Take in a paper, or say that the survey has it."""
        console, catalog = self.session.console, self.library.catalog
        duplicate = self.known.find_duplicate(
            doi=draft.doi, arxiv=draft.arxiv, title=draft.fields["title"], authors=draft.people
        )
        if duplicate is not None:
            if duplicate.paper.key not in catalog.papers:
                report_duplicate(draft.name, duplicate, self.session)
                return Exit.FINDINGS
            return handle_duplicate(draft, duplicate, self.session)
        for note in draft.notes:
            console.note(f"{draft.name}: {note}")
        chosen = _choose_categories(draft, self.categories, self.suggester, console)
        key = self.session.arguments.key or draft.propose_key(self.taken)
        fields = {name: value for name, value in draft.fields.items() if name != "keywords"}
        fields["creationdate"] = today().isoformat()
        if chosen:
            fields["keywords"] = ", ".join(chosen)
        # What 'format --fix' would fix is fixed at once.
        source = Source(draft.name, write_entry(draft.entry_type, key, fields))
        fixed = apply_fixes([source], catalog.taxonomy, RULES).sources
        made = make_library(fixed, catalog.taxonomy)
        entry = made.entries[0]
        fields = {name: value.text for name, value in entry.values.items()}
        self.entries[draft.name] = (entry.entry_type, key, fields)
        self.known.add(next(iter(made.catalog.papers.values())))
        self.taken.add(key.casefold())
        return Exit.CLEAN

    def write(self) -> None:
        """Write the entries, or show them in a dry run; say what the rules find in them."""
        if not self.entries:
            return
        session, console = self.session, self.session.console
        source = read_for_change(session.path)
        configuration = session.configuration
        entries, is_sorted = self.entries.values(), configuration.order == "key"
        edits = insert_entries(source.text, entries, is_sorted=is_sorted)
        change = FileChange(source, apply_edits(source.text, edits))
        say, would = write_or_show([change], session)
        for name, (_, key, _) in self.entries.items():
            say(f"{name}: {would}added as {key} to {source.path}")
        if session.arguments.dry_run:
            return
        for _, key, fields in entries:
            if "keywords" not in fields:
                hint = "write keywords = {…}, or use --category"
                console.note(f"{key} has no category yet: {hint}")
        # What the rules say of the new entries is for an editor to read; 'check' decides.
        keys = {key for _, key, _ in entries}
        rules = select_rules(configuration.disabled, profile=configuration.profile)
        for diagnostic in check_library(session.load(), rules):
            if diagnostic.key in keys:
                console.note(diagnostic.render())


def _collect_keys(library: Library) -> set[str]:
    return {entry.key.casefold() for entry in library.entries}


def _choose_categories(
    draft: Draft, wishes: tuple[str, ...], suggester: Suggester, console: Console
) -> tuple[str, ...]:
    """Return the categories of a paper: those asked for, its own, or those of an answer."""
    title = draft.fields["title"]
    taxonomy = suggester.catalog.taxonomy
    # Whoever names the categories needs no proposals.
    suggestions = [] if wishes else suggester.suggest(title, draft.abstract)
    keywords = split_keywords(draft.fields.get("keywords", ""))
    own, unknown = sort_words((word for word, _ in keywords), taxonomy)
    if left_out := ", ".join(unknown):
        console.note(f"{draft.name}: left out keywords that are no categories: {left_out}")
    console.note(f"{draft.name}: {' '.join(title.split())}")
    for suggestion in suggestions:
        words = ", ".join(suggestion.words)
        console.note(f"  {suggestion.score:5.2f}  {suggestion.category.tag:<24} {words}")
    chosen = wishes or own
    if not chosen and suggestions and is_interactive(console):
        tags = [suggestion.category.tag for suggestion in suggestions]
        chosen = _ask_categories(tags, taxonomy, console)
    return chosen


def sort_words(words: Iterable[str], taxonomy: Taxonomy) -> tuple[tuple[str, ...], list[str]]:
    """Return the tags that some words mean, and the words that mean none.

    Without a category among them nothing is known.
    """
    known: dict[str, None] = {}
    unknown: list[str] = []
    for word in words:
        try:
            known[_read_category(word, taxonomy)] = None
        except UsageError:
            unknown.append(word)
    if taxonomy.categories.keys().isdisjoint(known):
        return (), [*known, *unknown]
    return tuple(known), unknown


def _ask_categories(
    suggested: Sequence[str], taxonomy: Taxonomy, console: Console
) -> tuple[str, ...]:
    ranks = {str(rank): tag for rank, tag in enumerate(suggested, start=1)}
    while True:
        answer = ask("Categories, by tag or rank in this list, home first (Enter: none):", console)
        picked = [ranks.get(word, word) for word in answer.replace(",", " ").split()]
        try:
            return read_categories(picked, taxonomy)
        except UsageError as error:
            console.note(str(error))


COMMAND = Command(add_arguments, run)
