"""Rules about keys, and about one paper under two of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from livingsurvey.bibtex.keys import CANONICAL_KEY, propose_key
from livingsurvey.diagnostics import Code, Severity
from livingsurvey.markup import parse, search_key, title_key
from livingsurvey.rules.examples import diffie, shannon
from livingsurvey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livingsurvey.catalog import Library
    from livingsurvey.diagnostics import Diagnostic
    from livingsurvey.model import Location, Paper


def check_keys(library: Library) -> Iterator[Diagnostic]:
    """Find keys of another form than the canonical one."""
    taken = {entry.key.casefold() for entry in library.entries}
    for entry in library.entries:
        if CANONICAL_KEY.fullmatch(entry.key):
            continue
        paper = library.catalog.papers.get(entry.key)
        proposed = _propose(paper, taken) if paper else ""
        location = entry.source.locate(entry.block.key_start)
        found = entry.report(
            Code.KEY_FORM,
            "the key is not ASCII" if not entry.key.isascii() else "the key is not authorYEARword",
            suggestion=f"write '{proposed}'" if proposed else "write it as 'doe2021title'",
            severity=Severity.WARNING,
        )
        yield _move(found, location)


def _propose(paper: Paper, taken: set[str]) -> str:
    people = paper.authors or paper.editors
    if not people or paper.year is None:
        return ""
    return propose_key(people[0].family, paper.year, parse(paper.title).text, taken)


def check_same_paper(library: Library) -> Iterator[Diagnostic]:
    """Find papers that stand under two keys: by DOI, arXiv identifier, or title and author."""
    entries = {entry.key: entry for entry in library.entries}
    by_mark: dict[tuple[str, str], Paper] = {}
    for paper in library.catalog.papers.values():
        marks = [
            ("doi", paper.doi.lower()),
            ("eprint", paper.arxiv),
            ("title", _title_mark(paper)),
        ]
        twins: dict[str, str] = {}
        for name, mark in marks:
            if not mark:
                continue
            first = by_mark.setdefault((name, mark), paper)
            if first is not paper and (name != "title" or _share_author(first, paper)):
                twins.setdefault(first.key, name)
        for key, name in twins.items():
            what = {"doi": "DOI", "eprint": "arXiv identifier", "title": "title and author"}[name]
            yield entries[paper.key].report(
                Code.SAME_PAPER,
                f"the same {what} as '{key}' at {entries[key].location}",
                name,
                suggestion="keep one of the two, with the published version's facts",
                severity=Severity.ERROR,
            )


def _title_mark(paper: Paper) -> str:
    mark = title_key(parse(paper.title).text)
    return mark if len(mark) > 8 else ""


def _share_author(one: Paper, other: Paper) -> bool:
    names = {search_key(person.family) for person in (*one.authors, *one.editors)}
    others = {search_key(person.family) for person in (*other.authors, *other.editors)}
    return not names or not others or not names.isdisjoint(others)


def _move(found: Diagnostic, location: Location) -> Diagnostic:
    return replace(found, location=location)


RULES = (
    Rule(
        code=Code.KEY_FORM,
        title="Keys are authorYEARword",
        group="entries",
        what="The citation key is not the family name of the first author, the year and a word "
        "of the title, in lower-case ASCII letters and digits.",
        why="Keys are typed by people and become part of addresses; one form can be guessed.",
        check=check_keys,
        bad=shannon(key="Shannon:1948"),
        good=shannon(),
    ),
    Rule(
        code=Code.SAME_PAPER,
        title="A paper has one entry",
        group="entries",
        severity=Severity.ERROR,
        what="Two entries have the same DOI or arXiv identifier, or the same title and an author "
        "in common; capitals, accents and punctuation do not count.",
        why="The paper would be listed and counted twice, with half of its citations each.",
        check=check_same_paper,
        bad=diffie() + "\n" + diffie(key="hellman1976new", title="New directions in cryptography"),
        good=diffie(),
    ),
)
