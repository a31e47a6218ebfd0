"""Crossref's works: JSON, one message for each DOI.

Described at https://github.com/CrossRef/rest-api-doc/blob/master/api_format.md. Publishers
deposit what they like: anything may be missing, ``issued`` may be ``[[null]]``, titles carry
HTML, JATS and MathML.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from livingsurvey.online.record import (
    MalformedError,
    Record,
    Service,
    find_arxiv,
    first_text,
    read_json,
    take_whole,
)
from livingsurvey.online.texts import (
    MAX_ABSTRACT,
    MAX_PEOPLE,
    clean,
    escape,
    read_markup,
    read_natural,
    read_parts,
    read_plain,
)

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from livingsurvey.model import Person

_TYPES = {
    "journal-article": "article", "proceedings-article": "inproceedings",
    "book-chapter": "incollection", "book-section": "incollection", "book-part": "incollection",
    "reference-entry": "incollection", "book": "book", "monograph": "book", "edited-book": "book",
    "reference-book": "book", "dissertation": "phdthesis", "report": "techreport",
}  # fmt: skip
_WITHDRAWALS = frozenset({"retraction", "withdrawal", "removal"})
_IN_BOOKS = frozenset({"inproceedings", "incollection"})
_DATES = ("issued", "published", "published-print", "published-online", "posted", "approved")


def make_url(address: str, identifiers: Sequence[str]) -> str:
    """Return the address of the record of one DOI."""
    return f"{address.rstrip('/')}/{quote(identifiers[0], safe='')}"


def read(body: bytes, identifier: str, retrieved: datetime.date) -> Record:
    """Read the answer for one DOI.

    Raises:
        MalformedError: It is no such answer, is for another DOI, or lacks title, people or year.
    """
    document = read_json(body, "Crossref")
    message = document.get("message") if isinstance(document, dict) else None
    if not isinstance(message, dict) or not isinstance(message.get("DOI"), str):
        raise MalformedError("the answer of Crossref holds no work")
    if message["DOI"].casefold() != identifier.casefold():
        other = clean(message["DOI"], 100)
        raise MalformedError(f"the answer of Crossref for {identifier} is of {other}")
    return read_work(message, retrieved, identifier)


def read_work(message: dict[str, Any], retrieved: datetime.date, identifier: str = "") -> Record:
    """Read one work, as the answer for a DOI or a list of works holds it.

    Args:
        message: The work.
        retrieved: The day on which Crossref said so.
        identifier: The DOI as it was asked for; else that of the work.

    Raises:
        MalformedError: It lacks title, people or year.
    """
    identifier = identifier or first_text(message, "DOI")
    title = _read_title(message)
    people = _read_contributors(message.get("author")) or _read_contributors(message.get("editor"))
    year = _read_year(message)
    if not title or not people or year is None:
        raise MalformedError(f"Crossref's record of {identifier} lacks title, author or year")
    return Record(
        source="Crossref",
        identifier=identifier,
        entry_type=_TYPES.get(str(message.get("type")), "misc"),
        title=title,
        authors=people,
        year=year,
        last_year=year,
        venue=_read_container(message),
        volume=_short(message, "volume"),
        number=_short(message, "issue"),
        pages=read_pages(_short(message, "page") or _short(message, "article-number")),
        publisher=escape(read_plain(first_text(message, "publisher"), 200)),
        doi=identifier,
        arxiv=_read_preprint(message.get("relation")),
        abstract=read_plain(first_text(message, "abstract"), MAX_ABSTRACT),
        url=f"https://doi.org/{identifier}",
        is_withdrawn=_is_withdrawn(message),
        retrieved=retrieved,
    )


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _short(message: dict[str, Any], name: str) -> str:
    return escape(clean(first_text(message, name), 60))


def _read_title(message: dict[str, Any]) -> str:
    title = read_markup(first_text(message, "title"))
    subtitle = read_markup(first_text(message, "subtitle"))
    if not title or not subtitle or subtitle.casefold() in title.casefold():
        return title
    return f"{title}{' ' if title.endswith(('?', '!', ':')) else ': '}{subtitle}"


def _read_container(message: dict[str, Any]) -> str:
    """Return the journal, or the book; of a book in a series the series comes first."""
    names = message.get("container-title")
    if _TYPES.get(str(message.get("type"))) in _IN_BOOKS and isinstance(names, list):
        message = {"container-title": names[::-1]}
    return read_markup(first_text(message, "container-title"))


def _read_contributors(value: object) -> tuple[Person, ...]:
    people: list[Person] = []
    for author in _objects(value)[:MAX_PEOPLE]:
        if family := first_text(author, "family"):
            person = read_parts(family, first_text(author, "given"), first_text(author, "suffix"))
        else:
            # A group has a "name"; some publishers put whole names of people into "given".
            person = read_natural(first_text(author, "name") or first_text(author, "given"))
        if person is not None:
            people.append(person)
    return tuple(people)


def _read_year(message: dict[str, Any]) -> int | None:
    for name in _DATES:
        with contextlib.suppress(KeyError, IndexError, TypeError):
            year = message[name]["date-parts"][0][0]
            if isinstance(year, int) and 1000 <= year <= 9999:
                return year
    return None


def _is_withdrawn(message: dict[str, Any]) -> bool:
    """Whether a notice withdraws the work, or its title says so, as publishers change it."""
    types = {first_text(notice, "type") for notice in _objects(message.get("updated-by"))}
    is_marked = first_text(message, "title").upper().startswith(("RETRACTED", "WITHDRAWN"))
    return is_marked or not types.isdisjoint(_WITHDRAWALS)


def read_pages(text: str) -> str:
    """Return a range of pages as BibTeX has it: ``12--34``."""
    first, dash, last = text.replace("–", "-").partition("-")  # noqa: RUF001 (en dash)
    return f"{first.strip()}--{last.strip('- ')}" if dash and last.strip("- ") else text


def _read_preprint(relation: object) -> str:
    """Return the arXiv identifier among the preprints that the publisher names, or ``""``."""
    found = relation.get("has-preprint") if isinstance(relation, dict) else None
    identifiers = (find_arxiv(first_text(preprint, "id")) for preprint in _objects(found))
    return next(filter(None, identifiers), "")


SERVICE = Service("Crossref", make_url, take_whole, read)
