"""arXiv's query interface: Atom, one entry for each paper.

Described in the arXiv API User's Manual, https://info.arxiv.org/help/api/user-manual.html. What
the manual does not say: a paper that does not exist is left out of the feed without a word; the
feed that says that an identifier is malformed comes with status 400; and a client that asks too
often gets the plain text ``Rate exceeded.``, sometimes with status 200.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from livingsurvey.bibtex.identifiers import read_arxiv, read_doi
from livingsurvey.online.record import (
    MalformedError,
    NotFoundError,
    Record,
    RefusedError,
    Service,
    read_leading_day,
)
from livingsurvey.online.texts import MAX_ABSTRACT, MAX_PEOPLE, clean, read_natural, read_tex

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

BATCH = 50
"""Papers in one request; the address stays below 2,000 characters."""
ERROR_MARK = b"/api/errors"
"""What a feed holds that says what was wrong with the request."""

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_WITHDRAWN = re.compile(
    r"(?:this|the) (?:paper|article|submission|manuscript|work|version)"
    r" (?:has been|was|is(?: being)?) (?:withdrawn|retracted)\b|withdrawn\b",
    re.IGNORECASE,
)
_CLASS = re.compile(r"[a-zA-Z-]+(?:\.[a-zA-Z-]+)?")


def make_url(address: str, identifiers: Sequence[str]) -> str:
    """Return the address that asks for some papers."""
    query = {"id_list": ",".join(identifiers), "max_results": str(len(identifiers))}
    return f"{address}?{urlencode(query, safe=',/')}"


def split(body: bytes, _identifiers: Sequence[str]) -> dict[str, bytes]:
    """Cut a feed into its entries by arXiv identifier.

    Raises:
        NotFoundError: arXiv says that an identifier is malformed.
        RefusedError: arXiv says that it is asked too often.
        MalformedError: It is no such feed.
    """
    if body.strip()[:40].lower().startswith(b"rate exceeded"):
        raise RefusedError("arXiv is asked too often; try again in some minutes")
    root = _parse_feed(body)
    if root.tag != f"{_ATOM}feed":
        raise MalformedError("the answer of arXiv is no Atom feed")
    entries: dict[str, bytes] = {}
    for entry in root.iter(f"{_ATOM}entry"):
        address = _find_text(entry, f"{_ATOM}id")
        if ERROR_MARK.decode() in address:
            raise NotFoundError(f"arXiv: {_find_text(entry, f'{_ATOM}summary') or 'error'}")
        identifier = read_arxiv(address).value
        if not identifier:
            raise MalformedError("the answer of arXiv has an entry without an identifier")
        entries[identifier] = ET.tostring(entry)
    return entries


def read(body: bytes, identifier: str, retrieved: datetime.date) -> Record:
    """Read one entry, as :func:`split` cuts it.

    Raises:
        MalformedError: Something that every entry has is missing.
    """
    entry = _parse_feed(body)
    found = read_arxiv(_find_text(entry, f"{_ATOM}id")).value
    title = read_tex(_find_text(entry, f"{_ATOM}title"))
    authors = entry.findall(f"{_ATOM}author")[:MAX_PEOPLE]
    names = [_find_text(author, f"{_ATOM}name") for author in authors]
    people = tuple(person for name in names if (person := read_natural(name)) is not None)
    first = read_leading_day(_find_text(entry, f"{_ATOM}published"))
    last = read_leading_day(_find_text(entry, f"{_ATOM}updated"))
    if found != identifier or not title or not people or first is None:
        what = "lacks identifier, title, author or date"
        raise MalformedError(f"the answer of arXiv for {identifier} {what}")
    primary = entry.find(f"{_ARXIV}primary_category")
    term = primary.get("term", "") if primary is not None else ""
    # Authors type the DOI, sometimes several: the first is of the article.
    doi = _find_text(entry, f"{_ARXIV}doi").split()
    found_doi = read_doi(doi[0]).value if doi else ""
    comment, summary = _find_text(entry, f"{_ARXIV}comment"), _find_text(entry, f"{_ATOM}summary")
    return Record(
        source="arXiv",
        identifier=identifier,
        entry_type="misc",
        title=title,
        authors=people,
        year=first.year,
        last_year=(last or first).year,
        # Its own DOI, which some authors type, leads to no other record.
        doi=found_doi if not found_doi.lower().startswith("10.48550/") else "",
        arxiv=identifier,
        primary_class=term if _CLASS.fullmatch(term) else "",
        journal_ref=_find_text(entry, f"{_ARXIV}journal_ref"),
        abstract=clean(summary, MAX_ABSTRACT),
        url=f"https://arxiv.org/abs/{identifier}",
        appeared=first,
        # arXiv has no field for it: the comment begins so, or the summary of the last version.
        is_withdrawn=any(map(_WITHDRAWN.match, (comment, summary))),
        retrieved=retrieved,
    )


def _parse_feed(body: bytes) -> ET.Element:
    # No document type, hence no entities that could swell or reach out.
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise MalformedError("the answer of arXiv has a document type, which no Atom feed has")
    try:
        return ET.fromstring(body)  # noqa: S314 (see above)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise MalformedError(f"the answer of arXiv is no XML: {error}") from error


def _find_text(element: ET.Element, tag: str) -> str:
    found = element.find(tag)
    return clean("".join(found.itertext()), MAX_ABSTRACT) if found is not None else ""


SERVICE = Service("arXiv", make_url, split, read, BATCH, ERROR_MARK)
