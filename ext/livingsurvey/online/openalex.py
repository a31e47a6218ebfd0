"""OpenAlex's works: JSON, many works for one request.

Described at https://docs.openalex.org/api-entities/works. It knows arXiv's preprints by arXiv's
own DOIs, retractions, and who cites whom.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from livingsurvey.bibtex.identifiers import read_doi
from livingsurvey.online.items import read_item
from livingsurvey.online.targets import MalformedError
from livingsurvey.online.transport import Service

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence

    from livingsurvey.online.record import Record

NAME = "OpenAlex"
BATCH = 25
"""Works in one request; the address stays below 2,000 characters."""
PAGE = 100
"""Works of one page of a list."""


def make_url(address: str, identifiers: Sequence[str]) -> str:
    """Return the address that asks for the works of some DOIs."""
    dois = "|".join(quote(doi.lower(), safe="/") for doi in identifiers)
    return f"{address}?filter=doi:{dois}&per-page={len(identifiers)}"


def make_citing_query(work: str, since: datetime.date) -> str:
    """Return the query for what cites a work, by its identifier, since some day."""
    where = f"cites:{work},from_publication_date:{since.isoformat()}"
    return urlencode({"filter": where, "sort": "publication_date:desc", "per-page": PAGE})


def split(body: bytes, identifiers: Sequence[str]) -> dict[str, bytes]:
    """Cut an answer into works by the DOIs that were asked for."""
    names = {doi.lower(): doi for doi in identifiers}
    works: dict[str, bytes] = {}
    for work in find_works(body):
        doi = read_doi(str(work.get("doi") or "")).value.lower()
        if doi in names:
            works[names[doi]] = json.dumps(work).encode()
    return works


def find_works(body: bytes) -> list[dict[str, Any]]:
    """Return the works of an answer.

    Raises:
        MalformedError: It is no list of works.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"the answer of OpenAlex is no JSON: {error}") from error
    works = document.get("results") if isinstance(document, dict) else None
    if not isinstance(works, list):
        raise MalformedError("the answer of OpenAlex holds no works")
    return [work for work in works if isinstance(work, dict)]


def read(body: bytes, identifier: str, retrieved: datetime.date) -> Record:
    """Read one work, as :func:`split` cuts it.

    Raises:
        MalformedError: It lacks a title or authors.
    """
    work: Mapping[str, Any] = json.loads(body)
    record = read_item(dict(work), NAME, retrieved)
    if record is None:
        raise MalformedError(f"OpenAlex's record of {identifier} lacks title or authors")
    return record


SERVICE = Service(NAME, make_url, split, read, BATCH)
