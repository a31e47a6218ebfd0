"""DBLP's search of publications: the service that knows ICLR, NeurIPS and ICML.

Described at https://dblp.org/faq/How+to+use+the+dblp+search+API.html. A query is a title; of the
hits, the one counts that has this title and a venue.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from livingsurvey.markup import parse, search_key, title_key
from livingsurvey.online.items import find_items, is_preprint_venue, read_item
from livingsurvey.online.targets import MalformedError, NotFoundError
from livingsurvey.online.transport import Service

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from livingsurvey.online.record import Record

NAME = "DBLP"
MOST_HITS = 10


def make_url(address: str, identifiers: Sequence[str]) -> str:
    """Return the address that asks for the papers of one title."""
    # What is no word means something to DBLP: "-" excludes, "|" is an or, "$" ends a word.
    words = "".join(char if char.isalnum() else " " for char in search_key(identifiers[0])).split()
    query = {"q": " ".join(words), "format": "json", "h": str(MOST_HITS)}
    return f"{address}?{urlencode(query)}"


def split(body: bytes, identifiers: Sequence[str]) -> dict[str, bytes]:
    """Return the answer whole: it is for one title."""
    return {identifiers[0]: body}


def read(body: bytes, identifier: str, retrieved: datetime.date) -> Record:
    """Read the answer for one title.

    Raises:
        MalformedError: It is no such answer.
        NotFoundError: No hit has this title and a venue.
    """
    wanted = title_key(identifier)
    for hit in _find_hits(body):
        info = hit.get("info") if isinstance(hit, dict) else None
        record = read_item(info, NAME, retrieved) if isinstance(info, dict) else None
        if record is None or is_preprint_venue(record.venue):
            continue
        if title_key(parse(record.title).text) == wanted:
            return record
    raise NotFoundError(f"DBLP knows no publication of '{identifier}'")


def _find_hits(body: bytes) -> list[Any]:
    try:
        document = json.loads(body)
        hits = document["result"]["hits"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise MalformedError(f"the answer of DBLP is no search result: {error}") from error
    return find_items(hits) or []


SERVICE = Service(NAME, make_url, split, read)
