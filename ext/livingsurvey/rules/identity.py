"""Rules about keys, identifiers, addresses and dates, and about one paper under two keys."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from livingsurvey.bibtex.edit import Edit
from livingsurvey.bibtex.fields import LINK_FIELDS, THESIS, find_entry_type
from livingsurvey.bibtex.identifiers import CANONICAL_KEY, propose_key, read_arxiv, read_doi
from livingsurvey.diagnostics import Code, Severity
from livingsurvey.markup import parse, search_key, title_key
from livingsurvey.rules.rule import Fix, Rule, diffie, perelman, shannon
from livingsurvey.rules.source import found_while_reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from livingsurvey.bibtex.identifiers import Identifier
    from livingsurvey.bibtex.read import Entry
    from livingsurvey.catalog import Library
    from livingsurvey.diagnostics import Diagnostic
    from livingsurvey.model import Location, Paper


_ARXIV_DOI = "10.48550/arxiv."
_ARXIV_YEAR = re.compile(r"(?:.*/)?(\d\d)\d\d\.?\d+")
_ARXIV_BEGINS = 91


def fix_with(
    name: str, code: Code, read: Callable[[str], Identifier]
) -> Callable[[Library], Iterator[Fix]]:
    """Return a fix that writes the one good form of an identifier where it can be read."""

    def fix(library: Library) -> Iterator[Fix]:
        for entry in library.entries:
            value = entry.values.get(name)
            if value is None or not value.is_exact or name in entry.inherited:
                continue
            if name == "eprint" and entry.get("archiveprefix").lower() not in {"", "arxiv"}:
                continue
            good = read(value.normalized).value
            if good and good != value.normalized:
                yield Fix(
                    source=entry.source,
                    edits=(Edit(value.start, value.start + len(value.text), good),),
                    location=entry.locate(name),
                    message=f"{entry.key}: {name} '{value.normalized}' becomes '{good}'",
                    code=code,
                )

    return fix


def read_arxiv_year(identifier: str) -> int | None:
    """Return the year in which arXiv gave out an identifier: ``2106.09685`` → 2021."""
    match = _ARXIV_YEAR.fullmatch(identifier)
    if match is None:
        return None
    year = int(match[1])
    return year + (1900 if year >= _ARXIV_BEGINS else 2000)


def check_years(library: Library) -> Iterator[Diagnostic]:
    """Find years that the arXiv identifier or the day of entry contradicts."""
    for entry in library.entries:
        paper = library.catalog.papers.get(entry.key)
        if paper is None or paper.year is None:
            continue
        name = "year" if "year" in entry.values else "date"
        posted = read_arxiv_year(paper.arxiv) if paper.arxiv else None
        # A thesis or a report may be posted long after; but "publisher = {arXiv}" is written, too.
        is_preprint = not {"journal", "booktitle", "institution"} & entry.values.keys()
        if posted is not None and is_preprint and paper.year != posted:
            yield entry.report(
                Code.YEAR_MISMATCH,
                f"a preprint of {paper.year}, but arXiv:{paper.arxiv} is of {posted}",
                name,
                suggestion="write the year of the first version, or name where it was published",
            )
        elif posted is not None and paper.year < posted and not _is_confirmed(entry, paper):
            yield entry.report(
                Code.YEAR_MISMATCH,
                f"published in {paper.year}, but arXiv:{paper.arxiv} is of {posted}",
                name,
                suggestion="check the year and the identifier",
                severity=Severity.HINT,
            )
        elif paper.created is not None and paper.year > paper.created.year + 1:
            yield entry.report(
                Code.YEAR_MISMATCH,
                f"the year {paper.year} lies far behind creationdate {paper.created}",
                name,
                suggestion="check the year",
            )


def _is_confirmed(entry: Entry, paper: Paper) -> bool:
    """Whether a year before that of arXiv is right: of a thesis, or of the venue or DOI as well."""
    if find_entry_type(entry.entry_type).kind is THESIS:
        return True
    return str(paper.year) in re.findall(r"\d{4,}", f"{paper.venue} {paper.doi}")


def check_future(library: Library) -> Iterator[Diagnostic]:
    """Find days of entry that cannot be read, or that are yet to come."""
    yield from found_while_reading(Code.BAD_DATE)(library)
    # A day may have begun elsewhere.
    latest = datetime.date.today() + datetime.timedelta(days=1)
    for entry in library.entries:
        paper = library.catalog.papers.get(entry.key)
        if paper is not None and paper.created is not None and paper.created > latest:
            yield entry.report(
                Code.BAD_DATE,
                f"creationdate {paper.created} is yet to come",
                "creationdate",
                suggestion="write the day on which the entry joined",
            )


def check_creationdates(library: Library) -> Iterator[Diagnostic]:
    """Find papers that do not say when they joined."""
    for entry in library.entries:
        if entry.key in library.catalog.papers and "creationdate" not in entry.values:
            yield entry.report(
                Code.MISSING_CREATIONDATE,
                "no creationdate",
                suggestion="write the day on which it joins: creationdate = {YYYY-MM-DD}",
            )


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
        duplicates: dict[str, str] = {}
        for name, mark in marks:
            if not mark:
                continue
            first = by_mark.setdefault((name, mark), paper)
            if first is not paper and (name != "title" or _may_be_one(first, paper)):
                duplicates.setdefault(first.key, name)
        for key, name in duplicates.items():
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


def check_identifiers(library: Library) -> Iterator[Diagnostic]:
    """Find entries whose eprint, DOI and address name more than one paper of arXiv, or two DOIs."""
    for entry in library.entries:
        paper = library.catalog.papers.get(entry.key)
        if paper is None:
            continue
        arxiv = {"eprint": paper.arxiv} | {
            name: read_arxiv(text).value for name, text in (("doi", paper.doi), ("url", paper.url))
        }
        address = paper.url if "doi.org/" in paper.url and not arxiv["url"] else ""
        dois = {
            "doi": "" if arxiv["doi"] else paper.doi,
            "url": read_doi(address).value if address else "",
        }
        for named in (arxiv, dois):
            known = [(name, value) for name, value in named.items() if value]
            for name, value in known[1:]:
                if value.lower() != known[0][1].lower() and name not in entry.inherited:
                    yield entry.report(
                        Code.IDENTIFIERS_DIFFER,
                        f"{known[0][0]} is {known[0][1]}, but {name} names {value}",
                        name,
                        suggestion="look both up, and keep the one that is this paper",
                    )


def _move(found: Diagnostic, location: Location) -> Diagnostic:
    return replace(found, location=location)


_ADDRESSES = [f"`{name}`" for name in ("url", *LINK_FIELDS)]

RULES = (
    Rule(
        code=Code.KEY_FORM,
        title="Keys are authorYEARword",
        group="entries",
        is_house=True,
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
    Rule(
        code=Code.BAD_DOI,
        title="A DOI is bare",
        group="identifiers",
        what="The `doi` is malformed. A DOI that is written as an address, or with `doi:` before "
        "it, is a hint.",
        why="Links are made of it by putting `https://doi.org/` before it, and duplicates are "
        "found by it.",
        check=found_while_reading(Code.BAD_DOI),
        fix=fix_with("doi", Code.BAD_DOI, read_doi),
        bad=shannon(doi="j.1538-7305.1948.tb01338.x"),
        good=shannon(doi="10.1002/j.1538-7305.1948.tb01338.x"),
    ),
    Rule(
        code=Code.IDENTIFIERS_DIFFER,
        title="Identifiers name one paper",
        group="identifiers",
        what="The `eprint`, `doi` and `url` name two papers of arXiv, or `doi` and `url` two DOIs.",
        why="One of the links leads to a paper that the entry does not describe.",
        check=check_identifiers,
        bad=perelman(url="https://arxiv.org/abs/math/0303109"),
        good=perelman(url="https://arxiv.org/abs/math/0211159"),
    ),
    Rule(
        code=Code.BAD_EPRINT,
        title="An arXiv identifier is bare",
        group="identifiers",
        what="The `eprint` of an arXiv paper is malformed. One with a version, with `arXiv:` or "
        "an address before it, is a hint.",
        why="Links are made of it, and duplicates are found by it.",
        check=found_while_reading(Code.BAD_EPRINT),
        fix=fix_with("eprint", Code.BAD_EPRINT, read_arxiv),
        bad=perelman(eprint="0211159"),
        good=perelman(eprint="math/0211159"),
    ),
    Rule(
        code=Code.BAD_URL,
        title="Addresses are http or https",
        group="identifiers",
        what=f"{', '.join(_ADDRESSES[:-1])} or {_ADDRESSES[-1]} is not a full address "
        "that begins with `http://` or `https://`.",
        why="No link is made of anything else: some addresses run programs or read files.",
        check=found_while_reading(Code.BAD_URL),
        bad=shannon(url="www.example.org/shannon.pdf"),
        good=shannon(url="https://www.example.org/shannon.pdf"),
    ),
    Rule(
        code=Code.BAD_YEAR,
        title="A year has four digits",
        group="identifiers",
        what="`year`, `month` or `date` cannot be read.",
        why="The paper would stand without a year, and in the wrong place of the timeline.",
        check=found_while_reading(Code.BAD_YEAR),
        bad=shannon(year="1948a"),
        good=shannon(year="1948"),
    ),
    Rule(
        code=Code.YEAR_MISMATCH,
        title="The year agrees with the rest",
        group="identifiers",
        what="A preprint has another year than its arXiv identifier, or the year lies more than "
        "one year behind the day on which the entry was added. A paper that was published before "
        "arXiv gave out its identifier is a hint, unless its venue or DOI has the year, too; a "
        "thesis is often posted later.",
        why="One of the two is a slip, and nobody notices it by reading.",
        check=check_years,
        bad=perelman(year="2003"),
        good=perelman(year="2002"),
    ),
    Rule(
        code=Code.BAD_DATE,
        title="creationdate is a date",
        group="identifiers",
        what="`creationdate` is not of the form `YYYY-MM-DD`; a time of day behind it is allowed.",
        why="The paper would be missing from the list of recent additions and from the feed.",
        check=check_future,
        bad=shannon(creationdate="23.11.2026"),
        good=shannon(creationdate="2026-11-23"),
    ),
    Rule(
        code=Code.MISSING_CREATIONDATE,
        title="Every paper says when it joined",
        group="identifiers",
        is_house=True,
        what="The entry has no `creationdate`.",
        why="Recent additions and the feed are made of it.",
        check=check_creationdates,
        bad=shannon(creationdate=None),
        good=shannon(),
    ),
)
