"""Whether the survey has a new paper already: by its identifiers, else by its title."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from livingsurvey.bibtex.edit import apply_edits, set_fields
from livingsurvey.cli.command import Exit, confirm, is_interactive
from livingsurvey.cli.writing import FileChange, read_for_change, write_or_show
from livingsurvey.configuration import show
from livingsurvey.markup import parse, search_key, title_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livingsurvey.catalog import Catalog, Library
    from livingsurvey.cli.command import Session
    from livingsurvey.cli.drafts import Draft
    from livingsurvey.model import Paper, Person

Mark = Literal["DOI", "arXiv identifier", "title"]
SHORTEST_TITLE = 9
"""Letters that a title needs to stand for a paper: there are many prefaces."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A paper of the survey that is the one looked for, and by what it was found."""

    paper: Paper
    mark: Mark


class KnownPapers:
    """The papers of a survey, to be found by identifiers, else by title and authors."""

    def __init__(self, catalog: Catalog) -> None:
        self._by_mark: dict[tuple[Mark, str], list[Paper]] = {}
        for paper in catalog.papers.values():
            self.add(paper)

    def add(self, paper: Paper) -> None:
        """Take in a paper."""
        title = title_key(parse(paper.title).text)
        marks: dict[Mark, str] = {
            "DOI": paper.doi.lower(),
            "arXiv identifier": paper.arxiv,
            "title": title if len(title) >= SHORTEST_TITLE else "",
        }
        for mark, text in marks.items():
            if text:
                self._by_mark.setdefault((mark, text), []).append(paper)

    def find(
        self, *, doi: str = "", arxiv: str = "", title: str = "", authors: Iterable[Person] = ()
    ) -> Duplicate | None:
        """Return the paper with this DOI or arXiv identifier, or with this title and an author.

        Args:
            doi: A bare DOI.
            arxiv: An arXiv identifier without version.
            title: A title in TeX; case, accents and punctuation do not count.
            authors: Its authors; if either list is empty, the title decides.
        """
        identifiers: dict[Mark, str] = {"DOI": doi.lower(), "arXiv identifier": arxiv}
        for mark, text in identifiers.items():
            for paper in self._by_mark.get((mark, text), ()):
                return Duplicate(paper, mark)
        names = _fold_names(authors)
        for paper in self._by_mark.get(("title", title_key(parse(title).text)), ()):
            others = _fold_names((*paper.authors, *paper.editors))
            if not names or not others or not names.isdisjoint(others):
                return Duplicate(paper, "title")
        return None


def find_duplicate(catalog: Catalog, *, doi: str = "", arxiv: str = "") -> Duplicate | None:
    """Return the paper of a survey with this DOI or arXiv identifier."""
    return KnownPapers(catalog).find(doi=doi, arxiv=arxiv)


def _fold_names(people: Iterable[Person]) -> set[str]:
    return {search_key(person.family) for person in people}


def report_duplicate(name: str, duplicate: Duplicate, session: Session) -> None:
    """Say where the paper is."""
    paper = duplicate.paper
    session.console.print(
        f"{name}: the survey has it as {paper.key} ({paper.location}), by its {duplicate.mark}"
    )


def handle_duplicate(draft: Draft, duplicate: Duplicate, library: Library, session: Session) -> int:
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
        if not confirm(f"{offer}. Put its facts into {paper.key}?", console):
            return Exit.FINDINGS
    entry = next(entry for entry in library.entries if entry.key == paper.key)
    files = session.configuration.bibliographies
    path = next(file for file in files if show(file) == entry.source.path)
    source = read_for_change(path)
    # An arXiv number in the place of the journal goes when the real one comes.
    journal = entry.get("journal").lower()
    is_stale = journal.startswith(("arxiv", "corr")) and "journal" not in news
    edits = set_fields(
        entry,
        news,
        entry_type=draft.entry_type if draft.is_published else "",
        removed=("journal", "volume") if is_stale and draft.is_published else (),
    )
    change = FileChange(path, source, apply_edits(source.text, edits))
    if change.text == source.text:
        return Exit.FINDINGS
    updated = f"updated: {', '.join(news)}"
    write_or_show(change, f"{paper.key}: would be {updated}", f"{paper.key}: {updated}", session)
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
