"""Rules about keys, identifiers, addresses and dates, and about one paper under two keys."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from livingsurvey.bibtex.fields import LINK_FIELDS, THESIS, find_entry_type
from livingsurvey.bibtex.identifiers import (
    CANONICAL_KEY,
    propose_key,
    read_arxiv,
    read_arxiv_month,
    read_doi,
)
from livingsurvey.diagnostics import Severity
from livingsurvey.markup import parse, search_key, title_key
from livingsurvey.rules.rule import (
    Fix,
    Rule,
    diffie,
    find_papers,
    find_values,
    make_rule,
    perelman,
    shannon,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from livingsurvey.bibtex.identifiers import Identifier
    from livingsurvey.bibtex.read import Entry
    from livingsurvey.catalog import Library
    from livingsurvey.diagnostics import Diagnostic
    from livingsurvey.model import Paper


_ARXIV_DOI = "10.48550/arxiv."


def fix_with(
    name: str, read: Callable[[str], Identifier]
) -> Callable[[Rule, Library], Iterator[Fix]]:
    """Return a fix that writes the one good form of an identifier where it can be read."""

    def fix(rule: Rule, library: Library) -> Iterator[Fix]:
        for entry, _, value in find_values(library, name):
            if name == "eprint" and entry.get("archiveprefix").lower() not in {"", "arxiv"}:
                continue
            good = read(value.normalized).value
            if value.is_exact and good and good != value.normalized:
                message = f"{entry.key}: {name} '{value.normalized}' becomes '{good}'"
                yield rule.rewrite(entry.source, value.start, value.end, good, message)

    return fix


def _is_confirmed(entry: Entry, paper: Paper) -> bool:
    """Whether a year before that of arXiv is right: of a thesis, or of the venue or DOI as well."""
    if find_entry_type(entry.entry_type).kind is THESIS:
        return True
    return str(paper.year) in re.findall(r"\d{4,}", f"{paper.venue} {paper.doi}")


def _propose(paper: Paper, taken: set[str]) -> str:
    people = paper.authors or paper.editors
    if not people or paper.year is None:
        return ""
    return propose_key(people[0].family, paper.year, parse(paper.title).text, taken)


def _may_be_one(first: Paper, second: Paper) -> bool:
    """Whether two papers of one title may be the same: by people, and by what tells them apart.

    Recurring columns have a title and an author in common, but not volume and pages.
    """
    names, others = (
        {search_key(person.family) for person in (*paper.authors, *paper.editors)}
        for paper in (first, second)
    )
    if names and others and names.isdisjoint(others):
        return False
    if ("version" in first.fields) != ("version" in second.fields):
        return False  # software or data, and the paper that describes it
    if first.arxiv and second.arxiv:  # a preprint and its publication share theirs
        return first.arxiv == second.arxiv
    dois = [paper.doi.lower() for paper in (first, second)]
    if all(dois) and not any(doi.startswith(_ARXIV_DOI) for doi in dois):
        return dois[0] == dois[1]
    if any(_differ(first, second, name) for name in ("edition", "version")):
        return False
    if search_key(first.venue) == search_key(second.venue):
        return not any(_differ(first, second, name) for name in ("volume", "number", "pages"))
    return True


def _differ(first: Paper, second: Paper, name: str) -> bool:
    here, there = (paper.fields.get(name, "") for paper in (first, second))
    return bool(here and there and here != there)


_ADDRESSES = [f"`{name}`" for name in ("url", *LINK_FIELDS)]


@make_rule("entries", is_house=True, bad=shannon(key="Shannon:1948"))
def key_form(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """Keys are authorYEARword.

    The citation key is not the family name of the first author, the year and a word of the
    title, in lower-case ASCII letters and digits.

    Keys are typed by people and become part of addresses; one form can be guessed.
    """
    taken = {entry.key.casefold() for entry in library.entries}
    for entry in library.entries:
        if CANONICAL_KEY.fullmatch(entry.key):
            continue
        paper = library.catalog.papers.get(entry.key)
        proposed = _propose(paper, taken) if paper else ""
        fault = "authorYEARword" if entry.key.isascii() else "ASCII"
        suggestion = f"write '{proposed}'" if proposed else "write it as 'doe2021title'"
        found = entry.report(rule.code, f"the key is not {fault}", suggestion)
        yield replace(found, location=entry.source.locate(entry.block.key_start))


@make_rule(
    "entries",
    bad=diffie() + "\n" + diffie(key="hellman1976new", title="New directions in cryptography"),
    good=diffie(),
)
def same_paper(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """A paper has one entry.

    Two entries have the same DOI or arXiv identifier, or the same title and an author in
    common; capitals, accents and punctuation do not count.

    The paper would be listed and counted twice, with half of its citations each.
    """
    entries = {entry.key: entry for entry in library.entries}
    by_mark: dict[tuple[str, str], Paper] = {}
    for paper in library.catalog.papers.values():
        duplicates: dict[str, str] = {}
        title = title_key(parse(paper.title).text)
        marks = {"doi": paper.doi.lower(), "eprint": paper.arxiv, "title": title}
        for name, mark in marks.items():
            if not mark or (name == "title" and len(mark) <= 8):
                continue
            first = by_mark.setdefault((name, mark), paper)
            if first is not paper and (name != "title" or _may_be_one(first, paper)):
                duplicates.setdefault(first.key, name)
        for key, name in duplicates.items():
            what = {"doi": "DOI", "eprint": "arXiv identifier", "title": "title and author"}[name]
            message = f"the same {what} as '{key}' at {entries[key].location}"
            suggestion = "keep one of the two, with the published version's facts"
            yield entries[paper.key].report(rule.code, message, suggestion, name)


@make_rule(
    "identifiers",
    fix=fix_with("doi", read_doi),
    bad=shannon(doi="j.1538-7305.1948.tb01338.x"),
    good=shannon(doi="10.1002/j.1538-7305.1948.tb01338.x"),
)
def bad_doi(rule: Rule, library: Library) -> None:
    """A DOI is bare.

    The `doi` is malformed. A DOI that is written as an address, or with `doi:` before it, is a
    hint.

    Links are made of it by putting `https://doi.org/` before it, and duplicates are found by
    it.
    """


@make_rule(
    "identifiers",
    bad=perelman(url="https://arxiv.org/abs/math/0303109"),
    good=perelman(url="https://arxiv.org/abs/math/0211159"),
)
def identifiers_differ(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """Identifiers name one paper.

    The `eprint`, `doi` and `url` name two papers of arXiv, or `doi` and `url` two DOIs.

    One of the links leads to a paper that the entry does not describe.
    """
    for entry, paper in find_papers(library):
        arxiv = {"eprint": paper.arxiv, "doi": read_arxiv(paper.doi).value}
        arxiv["url"] = read_arxiv(paper.url).value
        address = paper.url if "doi.org/" in paper.url and not arxiv["url"] else ""
        dois = {"doi": "" if arxiv["doi"] else paper.doi, "url": read_doi(address).value}
        for named in (arxiv, dois):
            known = [(name, value) for name, value in named.items() if value]
            for name, value in known[1:]:
                if value.lower() != known[0][1].lower() and name not in entry.inherited:
                    message = f"{known[0][0]} is {known[0][1]}, but {name} names {value}"
                    suggestion = "look both up, and keep the one that is this paper"
                    yield entry.report(rule.code, message, suggestion, name)


@make_rule(
    "identifiers",
    fix=fix_with("eprint", read_arxiv),
    bad=perelman(eprint="0211159"),
    good=perelman(eprint="math/0211159"),
)
def bad_eprint(rule: Rule, library: Library) -> None:
    """An arXiv identifier is bare.

    The `eprint` of an arXiv paper is malformed. One with a version, with `arXiv:` or an address
    before it, is a hint.

    Links are made of it, and duplicates are found by it.
    """


@make_rule(
    "identifiers",
    what=f"{', '.join(_ADDRESSES[:-1])} or {_ADDRESSES[-1]} is not a full address "
    "that begins with `http://` or `https://`.",
    bad=shannon(url="www.example.org/shannon.pdf"),
    good=shannon(url="https://www.example.org/shannon.pdf"),
)
def bad_url(rule: Rule, library: Library) -> None:
    """Addresses are http or https.

    A field that holds an address does not begin with `http://` or `https://`.

    No link is made of anything else: some addresses run programs or read files.
    """


@make_rule("identifiers", bad=shannon(year="1948a"), good=shannon(year="1948"))
def bad_year(rule: Rule, library: Library) -> None:
    """A year has four digits.

    `year`, `month` or `date` cannot be read.

    The paper would stand without a year, and in the wrong place of the timeline.
    """


@make_rule("identifiers", bad=perelman(year="2003"), good=perelman(year="2002"))
def year_mismatch(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """The year agrees with the rest.

    A preprint has another year than its arXiv identifier, or the year lies more than one year
    behind the day on which the entry was added. A paper that was published before arXiv gave
    out its identifier is a hint, unless its venue or DOI has the year, too; a thesis is often
    posted later.

    One of the two is a slip, and nobody notices it by reading.
    """
    for entry, paper in find_papers(library):
        if paper.year is None:
            continue
        name = "year" if "year" in entry.values else "date"
        posted = (read_arxiv_month(paper.arxiv) or (None,))[0]
        # A thesis or a report may be posted long after; but "publisher = {arXiv}" is written, too.
        is_preprint = not {"journal", "booktitle", "institution"} & entry.values.keys()
        if posted is not None and is_preprint and paper.year != posted:
            message = f"a preprint of {paper.year}, but arXiv:{paper.arxiv} is of {posted}"
            suggestion = "write the year of the first version, or name where it was published"
            yield entry.report(rule.code, message, suggestion, name)
        elif posted is not None and paper.year < posted and not _is_confirmed(entry, paper):
            message = f"published in {paper.year}, but arXiv:{paper.arxiv} is of {posted}"
            suggestion = "check the year and the identifier"
            yield entry.report(rule.code, message, suggestion, name, severity=Severity.HINT)
        elif paper.created is not None and paper.year > paper.created.year + 1:
            message = f"the year {paper.year} lies far behind creationdate {paper.created}"
            yield entry.report(rule.code, message, "check the year", name)


@make_rule(
    "identifiers",
    title="creationdate is a date",  # the name of a field has no capital
    bad=shannon(creationdate="23.11.2026"),
    good=shannon(creationdate="2026-11-23"),
)
def bad_date(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """Creationdate is a date.

    `creationdate` is not of the form `YYYY-MM-DD`; a time of day behind it is allowed.

    The paper would be missing from the list of recent additions and from the feed.
    """
    yield from rule.pass_on(library)
    # A day may have begun elsewhere.
    latest = datetime.date.today() + datetime.timedelta(days=1)
    for entry, paper in find_papers(library):
        if paper.created is not None and paper.created > latest:
            message = f"creationdate {paper.created} is yet to come"
            suggestion = "write the day on which the entry joined"
            yield entry.report(rule.code, message, suggestion, "creationdate")


@make_rule("identifiers", is_house=True, bad=shannon(creationdate=None))
def missing_creationdate(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """Every paper says when it joined.

    The entry has no `creationdate`.

    Recent additions and the feed are made of it.
    """
    for entry, _ in find_papers(library):
        if "creationdate" not in entry.values:
            suggestion = "write the day on which it joins: creationdate = {YYYY-MM-DD}"
            yield entry.report(rule.code, "no creationdate", suggestion)
