"""What the survey knows of a new paper: whether it has it already, and where it may belong.

A paper is known by its identifiers, else by its title. A category is known by the words of its
tag, title, aliases and description, and by those that the titles of its papers use. A word counts
for what it tells: one that many categories use tells little. No judgment is made; an editor sees
the score and the words that make it, and decides.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from livingsurvey.bibtex.edit import apply_edits, set_fields
from livingsurvey.cli.command import Exit, confirm, is_interactive
from livingsurvey.cli.writing import Change, read_for_change, write_or_show
from livingsurvey.configuration import show
from livingsurvey.markup import parse, search_key, title_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livingsurvey.catalog import Catalog, Library
    from livingsurvey.cli.command import Session
    from livingsurvey.cli.drafts import Draft
    from livingsurvey.model import Category, Paper, Person

Mark = Literal["DOI", "arXiv identifier", "title"]
SHORTEST_TITLE = 9
"""Letters that a title needs to stand for a paper: there are many prefaces."""
NAMED = 1.0
"""What a word is worth that the tag, title or an alias of a category has."""
DESCRIBED = 0.4
"""The same for its description."""
USED = 3.0
"""The same for a word that the title of every paper of the category would have."""
IN_ABSTRACT = 0.3
"""What a word of the new paper's abstract counts, against 1 for one of its title."""

_WORD = re.compile(r"[a-z][a-z0-9]+")
_STOP_WORDS = frozenset(
    (  # noqa: SIM905 (as a list it would take a hundred lines)
        "a about across all an and any are as at be been being between both by can do does "
        "each few for from has have how in into is it its made many method methods more "
        "most new no not of on one only or our other over own paper present propose "
        "proposed show shows such than that the their them then these they this those to "
        "toward towards under up use used using via we what when which while why will with "
        "without within work would you your"
    ).split()
)

_ENDINGS = (
    *(("ization", "iz"), ("izing", "iz"), ("ized", "iz"), ("ize", "iz"), ("ies", "y")),
    *((ending, "") for ending in ("ing", "ed", "es", "s", "e")),
)


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
    change = Change(path, source, apply_edits(source.text, edits))
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


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category with what speaks for it.

    Attributes:
        category: The category, a leaf.
        score: The sum of what its words are worth, rounded.
        words: The words that count most, best first.
    """

    category: Category
    score: float
    words: tuple[str, ...]


def suggest(catalog: Catalog, title: str, abstract: str = "") -> tuple[Suggestion, ...]:
    """Return the categories that share words with a paper, best first; at most five.

    Args:
        catalog: The survey.
        title: The title of the paper, in TeX.
        abstract: Its abstract, as plain text, if it is known.
    """
    in_title, in_abstract = _find_words(parse(title).text), _find_words(abstract)
    profiles = {leaf.tag: _profile(catalog, leaf) for leaf in catalog.taxonomy.leaves}
    spread = Counter(word for profile in profiles.values() for word in profile)
    spelled = in_abstract | in_title
    counts = dict.fromkeys(in_abstract, IN_ABSTRACT) | dict.fromkeys(in_title, 1.0)
    found: list[Suggestion] = []
    for tag, profile in profiles.items():
        worth = {
            word: count * profile[word] * math.log((len(profiles) + 1) / spread[word])
            for word, count in counts.items()
            if word in profile
        }
        score = round(sum(worth.values()), 2)
        if score > 0:
            best = sorted(worth, key=lambda word: (-worth[word], word))[:4]
            words = tuple(spelled[word] for word in best)
            found.append(Suggestion(catalog.category(tag), score, words))
    found.sort(key=lambda suggestion: (-suggestion.score, suggestion.category.order))
    return tuple(found[:5])


def _profile(catalog: Catalog, category: Category) -> dict[str, float]:
    papers = catalog.papers_in(category.tag)
    used = Counter(word for paper in papers for word in _find_words(parse(paper.title).text))
    profile = {word: USED * count / (len(papers) + 2) for word, count in used.items()}
    for word in _find_words(category.description):
        profile[word] = profile.get(word, 0.0) + DESCRIBED
    for word in _find_words(" ".join((category.tag, category.title, *category.aliases))):
        profile[word] = profile.get(word, 0.0) + NAMED
    return profile


def _find_words(text: str) -> dict[str, str]:
    """Return the stems of the words of *text*, each with the word as it is spelled there."""
    words = _WORD.findall(search_key(text))
    return {_stem(word): word for word in words if word not in _STOP_WORDS}


def _stem(word: str) -> str:
    """Return *word* without the plainest English endings, so that plural and singular meet."""
    for ending, put in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word.removesuffix(ending) + put
    return word
