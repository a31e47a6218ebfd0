"""Crossref's works: JSON, one message for each DOI.

Described at https://github.com/CrossRef/rest-api-doc/blob/master/api_format.md. Publishers
deposit what they like: anything may be missing, ``issued`` may be ``[[null]]``, titles carry
HTML, JATS and MathML.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from livingsurvey.online.errors import MalformedError, NotIdentifiedError
from livingsurvey.online.people import MAX_PEOPLE, read_natural, read_parts
from livingsurvey.online.record import Record
from livingsurvey.online.targets import identify
from livingsurvey.online.texts import MAX_ABSTRACT, clean, escape, read_markup, read_plain

if TYPE_CHECKING:
    import datetime

    from livingsurvey.model import Person

ACCEPT = "application/json"
_TYPES = {
    "journal-article": "article",
    "proceedings-article": "inproceedings",
    "book-chapter": "incollection",
    "book-section": "incollection",
    "book-part": "incollection",
    "reference-entry": "incollection",
    "book": "book",
    "monograph": "book",
    "edited-book": "book",
    "reference-book": "book",
    "dissertation": "phdthesis",
    "report": "techreport",
}
_IN_BOOKS = frozenset({"inproceedings", "incollection"})
_DATES = ("issued", "published", "published-print", "published-online", "posted", "approved")


def make_url(address: str, doi: str) -> str:
    """Return the address of the record of a DOI."""
    return f"{address.rstrip('/')}/{quote(doi, safe='')}"


def read_work(body: bytes, doi: str, retrieved: datetime.date) -> Record:
    """Read the answer for one DOI.

    Raises:
        MalformedError: It is no such answer, is for another DOI, or lacks title, people or year.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        msg = f"the answer of Crossref is no JSON: {error}"
        raise MalformedError(msg) from error
    message = document.get("message") if isinstance(document, dict) else None
    if not isinstance(message, dict) or not isinstance(message.get("DOI"), str):
        msg = "the answer of Crossref holds no work"
        raise MalformedError(msg)
    if message["DOI"].casefold() != doi.casefold():
        msg = f"the answer of Crossref for {doi} is of {clean(message['DOI'], 100)}"
        raise MalformedError(msg)
    title = _read_title(message)
    people = _read_people(message.get("author")) or _read_people(message.get("editor"))
    year = _read_year(message)
    if not title or not people or year is None:
        msg = f"Crossref's record of {doi} lacks title, author or year"
        raise MalformedError(msg)
    return Record(
        source="Crossref",
        identifier=doi,
        entry_type=_TYPES.get(str(message.get("type")), "misc"),
        title=title,
        authors=people,
        year=year,
        last_year=year,
        venue=_read_venue(message),
        volume=_short(message, "volume"),
        number=_short(message, "issue"),
        pages=_read_pages(_short(message, "page") or _short(message, "article-number")),
        publisher=escape(read_plain(_text(message, "publisher"), 200)),
        doi=doi,
        arxiv=_read_preprint(message.get("relation")),
        abstract=read_plain(_text(message, "abstract"), MAX_ABSTRACT),
        retrieved=retrieved,
    )


def _text(message: dict[str, Any], name: str) -> str:
    value = message.get(name)
    return value if isinstance(value, str) else ""


def _first(message: dict[str, Any], name: str) -> str:
    value = message.get(name)
    if isinstance(value, list):
        return next((one for one in value if isinstance(one, str) and one.strip()), "")
    return value if isinstance(value, str) else ""


def _short(message: dict[str, Any], name: str) -> str:
    return escape(clean(_text(message, name), 60))


def _read_title(message: dict[str, Any]) -> str:
    title = read_markup(_first(message, "title"))
    subtitle = read_markup(_first(message, "subtitle"))
    if not title or not subtitle or subtitle.casefold() in title.casefold():
        return title
    return f"{title}{' ' if title.endswith(('?', '!', ':')) else ': '}{subtitle}"


def _read_venue(message: dict[str, Any]) -> str:
    """Return the journal, or the book; of a book in a series the series comes first."""
    names = message.get("container-title")
    if _TYPES.get(str(message.get("type"))) in _IN_BOOKS and isinstance(names, list):
        message = {"container-title": names[::-1]}
    return read_markup(_first(message, "container-title"))


def _read_people(value: object) -> tuple[Person, ...]:
    people: list[Person] = []
    for one in value[:MAX_PEOPLE] if isinstance(value, list) else ():
        if not isinstance(one, dict):
            continue
        if _text(one, "family"):
            person = read_parts(_text(one, "family"), _text(one, "given"), _text(one, "suffix"))
        else:
            # A group has a "name"; some publishers put whole names of people into "given".
            person = read_natural(_text(one, "name") or _text(one, "given"))
        if person is not None:
            people.append(person)
    return tuple(people)


def _read_year(message: dict[str, Any]) -> int | None:
    for name in _DATES:
        try:
            year = message[name]["date-parts"][0][0]
        except (KeyError, IndexError, TypeError):
            continue
        if isinstance(year, int) and 1000 <= year <= 9999:
            return year
    return None


def _read_pages(text: str) -> str:
    first, dash, last = text.replace("–", "-").partition("-")  # noqa: RUF001 (en dash)
    return f"{first.strip()}--{last.strip('- ')}" if dash and last.strip("- ") else text


def _read_preprint(relation: object) -> str:
    """Return the arXiv identifier among the preprints that the publisher names, or ``""``."""
    found = relation.get("has-preprint") if isinstance(relation, dict) else None
    for one in found if isinstance(found, list) else ():
        text = _text(one, "id") if isinstance(one, dict) else ""
        try:
            target = identify(text)
        except NotIdentifiedError:
            continue
        if target.kind == "arxiv":
            return target.value
    return ""
