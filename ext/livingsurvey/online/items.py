"""JSON of many shapes: every program has names of its own for the same few things.

Understood are CSL-JSON, works of Crossref and OpenAlex, a search of DBLP, lists of accepted papers
as conferences and their readers keep them, and anything else with titles and authors.

OpenAlex (https://docs.openalex.org/api-entities/works) sends many works for one request. It knows
arXiv's preprints by arXiv's own DOIs, retractions, and who cites whom. DBLP
(https://dblp.org/faq/How+to+use+the+dblp+search+API.html) is asked for a title; of the hits, the
one counts that has this title and a venue. It knows ICLR, NeurIPS and ICML.
"""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from livingsurvey.bibtex.identifiers import read_arxiv, read_doi, read_url
from livingsurvey.markup import parse, search_key, title_key
from livingsurvey.online import crossref
from livingsurvey.online.record import (
    MalformedError,
    NotFoundError,
    OnlineError,
    Record,
    Service,
    find_arxiv,
    first_text,
    read_json,
    read_leading_day,
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
    from collections.abc import Mapping, Sequence

    from livingsurvey.model import Person

SEPARATOR = re.compile(r"\s+and\s+", re.IGNORECASE)
NUMBERED = re.compile(r"\s+\d{4}$")
"""DBLP tells people of one name apart by a number."""
_PREPRINT = re.compile(r"arxiv|corr\b|biorxiv|openreview|ssrn|abs/", re.IGNORECASE)
_YEAR = re.compile(r"\d{4}")
_JOURNAL = re.compile(
    r"journal|transactions|letters|magazine|nature|science|proceedings of the (?:ieee|vldb)"
    r"|\btmlr\b|\bjmlr\b|\btacl\b",
    re.IGNORECASE,
)
_ARTICLES = frozenset({"article", "article-journal", "journal-article", "journal articles",
                       "journal", "article-magazine"})  # fmt: skip
_IN_PROCEEDINGS = frozenset({"inproceedings", "paper-conference", "proceedings-article",
                             "conference", "conference and workshop papers"})  # fmt: skip
ADDRESSES = ("url", "URL", "ee", "site", "venue_url", "link", "id", "pdf", "pdf_url")
_VENUES = ("container-title", "venue_name", "booktitle", "journal", "conference", "venue")
_NAMES = ("authors", "author", "Authors", "authorships")
TITLES = ("title", "Title")
_DATES = ("year", "publication_year", "issued", "published", "publication_date", "date")


def is_preprint_venue(venue: str) -> bool:
    """Whether what stands in the place of a venue is an archive of preprints, or nothing."""
    return not venue.strip() or _PREPRINT.match(parse(venue).text.strip()) is not None


def fold_surname(family: str) -> str:
    """Return the last word of a family name, for finding: services cut names differently."""
    words = search_key(family).split()
    return title_key(words[-1]) if words else ""


def find_identifiers(doi: Any, eprint: Any, *addresses: Any) -> tuple[str, str]:
    """Return DOI and arXiv identifier; the DOIs and addresses of arXiv mean the latter."""
    texts = [text for text in (doi, *addresses) if isinstance(text, str)]
    identifier = read_arxiv(eprint).value if isinstance(eprint, str) and eprint else ""
    if not identifier:
        named = (find_arxiv(text) for text in texts if "arxiv" in text.lower())
        identifier = next(filter(None, named), "")
    found_doi = read_doi(doi).value.lower() if isinstance(doi, str) and doi else ""
    return "" if found_doi.startswith("10.48550/") else found_doi, identifier


def unwrap_item(item: dict[str, Any]) -> dict[str, Any]:
    """Return what an item of DBLP's search holds; any other as it is."""
    info = item.get("info")
    return info if isinstance(info, dict) else item


def find_items(document: Any, depth: int = 4) -> list[Any] | None:
    """Return the list of papers in a document: the first list of objects with titles."""
    if isinstance(document, list):
        return document if not document or any(_is_item(item) for item in document[:20]) else None
    if not isinstance(document, dict) or not depth:
        return None
    if _is_item(document) and not isinstance(document.get("papers"), list):
        return [document]
    names = ("papers", "results", "result", "message", "hits", "hit", "items", "data")
    for value in (*(document.get(name) for name in names), *document.values()):
        if (found := find_items(value, depth - 1)) is not None and isinstance(value, list | dict):
            return found
    return None


def _is_item(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    item = unwrap_item(value)
    return bool(first_text(item, *TITLES)) and bool(find_names(item))


def find_names(item: Mapping[str, Any]) -> list[Any]:
    """Return the authors of an item, each as a text or an object."""
    value: Any = next((item[name] for name in _NAMES if item.get(name)), None)
    if isinstance(value, dict):  # DBLP: {"author": [...]}, or one of them alone
        value = value.get("author", value)
        value = value if isinstance(value, list) else [value]
    if isinstance(value, str):
        separator = ";" if ";" in value else SEPARATOR if SEPARATOR.search(value) else ","
        value = [name.strip() for name in re.split(separator, value) if name.strip()]
    return value[:MAX_PEOPLE] if isinstance(value, list) else []


def _name_text(name: Any) -> str:
    if isinstance(name, dict):
        inner = name.get("author")
        inner = inner if isinstance(inner, dict) else name
        return first_text(inner, "text", "name", "display_name", "full_name", "literal")
    return name if isinstance(name, str) else ""


def fold_name(name: Any) -> str:
    """Return what :func:`fold_surname` makes of an author of an item."""
    family = name.get("family") if isinstance(name, dict) else None
    if not isinstance(family, str) or not family:
        text = NUMBERED.sub("", _name_text(name))
        family = text.partition(",")[0] if "," in text else text
    return fold_surname(family)


def _read_person(name: Any) -> Person | None:
    if isinstance(name, dict) and isinstance(name.get("family"), str) and name["family"]:
        particle = name.get("non-dropping-particle") or name.get("dropping-particle") or ""
        given, suffix = (name.get(part) or "" for part in ("given", "suffix"))
        return read_parts(f"{particle} {name['family']}".strip(), str(given), str(suffix))
    text = NUMBERED.sub("", read_plain(_name_text(name), 200))
    family, comma, given = text.partition(",")
    return read_parts(family, given) if comma else read_natural(text)


def find_doi(item: Mapping[str, Any]) -> Any:
    """Return what an item gives as its DOI, unread."""
    return _find_identifier(item, "DOI", "doi", "DOI")


def _find_identifier(item: Mapping[str, Any], outside: str, *names: str) -> Any:
    """Return a member of an item, else what Semantic Scholar says of its identifier elsewhere."""
    inner = item.get("externalIds")
    return first_text(item, *names) or (inner.get(outside) if isinstance(inner, dict) else None)


def identify_item(item: Mapping[str, Any]) -> tuple[str, str]:
    """Return DOI and arXiv identifier of an item; see :func:`find_identifiers`."""
    eprint = _find_identifier(item, "ArXiv", "arxiv", "arxiv_id", "arXiv", "eprint")
    return find_identifiers(find_doi(item), eprint, *(item.get(name) for name in ADDRESSES))


def read_item(
    item: dict[str, Any],
    source: str,
    retrieved: datetime.date,
    *,
    venue: str = "",
    year: int | None = None,
) -> Record | None:
    """Read an item; None if it lacks a title or authors.

    Args:
        item: The item.
        source: Who says it.
        retrieved: When.
        venue: Where the paper appeared, if the item does not say so.
        year: When, likewise.
    """
    if isinstance(item.get("title"), list) and isinstance(item.get("DOI"), str):
        with contextlib.suppress(OnlineError):
            return crossref.read_work(item, retrieved)
        return None
    people = [person for name in find_names(item) if (person := _read_person(name)) is not None]
    if not people:
        return None
    doi, identifier = identify_item(item)
    venue = _read_venue(item) or venue
    venue = "" if is_preprint_venue(venue) else read_markup(venue)
    year = next(filter(None, (read_year(item.get(name)) for name in _DATES)), year)
    return complete(
        Record(
            source=source,
            identifier=identifier or doi or first_text(item, "key", "id", "bibtex_key"),
            entry_type=_find_type(item, venue),
            title=read_markup(first_text(item, *TITLES).rstrip(".")),
            authors=tuple(people),
            year=year,
            last_year=year,
            venue=venue,
            volume=escape(_find_bibliographic(item, "volume")),
            number=escape(_find_bibliographic(item, "number", "issue")),
            pages=crossref.read_pages(
                escape(clean(_find_bibliographic(item, "pages", "page"), 60))
            ),
            publisher=escape(clean(first_text(item, "publisher"), 200)),
            doi=read_doi(find_doi(item) or "").value if doi else "",
            arxiv=identifier,
            is_withdrawn=item.get("is_retracted") is True,
            retrieved=retrieved,
        ),
        item,
    )


def complete(record: Record, item: Mapping[str, Any]) -> Record:
    """Return a record with what any kind of item may add."""
    addresses = (item.get(name) for name in ADDRESSES)
    good = (read_url(text).value for text in addresses if isinstance(text, str) and "://" in text)
    abstract = first_text(item, "abstract", "summary")
    index = item.get("abstract_inverted_index")
    if not abstract and isinstance(index, dict):  # OpenAlex: each word with its places
        found = ((word, at) for word, at in index.items() if isinstance(at, list))
        places = [(place, word) for word, at in found for place in at if isinstance(place, int)]
        abstract = " ".join(word for _, word in sorted(places))
    days = (item.get(name) for name in ("publication_date", "published", "date"))
    return replace(
        record,
        abstract=record.abstract or read_plain(abstract, MAX_ABSTRACT),
        url=record.url or next(filter(None, good), ""),
        appeared=next((day for text in days if (day := read_leading_day(text)) is not None), None),
    )


def read_year(value: Any) -> int | None:
    """Return the year of a number, a text or CSL's ``{"date-parts": [[2024, 6]]}``."""
    if isinstance(value, dict):
        parts = value.get("date-parts")
        with contextlib.suppress(IndexError, TypeError):
            return read_year(parts[0][0])  # type: ignore[index]
        return None
    match = _YEAR.match(str(value)) if isinstance(value, str | int) else None
    return int(match[0]) if match else None


def _read_venue(item: Mapping[str, Any]) -> str:
    location = item.get("primary_location")
    if isinstance(location, dict):  # OpenAlex
        return first_text(location, "source")
    return first_text(item, *_VENUES)


def _find_bibliographic(item: Mapping[str, Any], *names: str) -> str:
    inner = item.get("biblio")
    if isinstance(inner, dict):  # OpenAlex
        if "pages" in names:
            ends = [first_text(inner, name) for name in ("first_page", "last_page")]
            return "-".join(dict.fromkeys(filter(None, ends)))
        item = inner
    return clean(first_text(item, *names), 60)


def _find_type(item: Mapping[str, Any], venue: str) -> str:
    texts = (item.get(name) for name in ("type", "venue_type", "entry_type"))
    kinds = {text.lower() for text in texts if isinstance(text, str)}
    if not venue:
        return "misc"
    if kinds & _IN_PROCEEDINGS:
        return "inproceedings"
    # OpenAlex calls every paper an article.
    if kinds & _ARTICLES and "primary_location" not in item:
        return "article"
    return "article" if _JOURNAL.search(venue) else "inproceedings"


OPENALEX = "OpenAlex"
WORKS_AT_ONCE = 25
"""Works in one request; the address stays below 2,000 characters."""
WORKS_OF_A_PAGE = 100
"""Works of one page of a list."""


def make_works_url(address: str, identifiers: Sequence[str]) -> str:
    """Return the address that asks for the works of some DOIs."""
    dois = "|".join(quote(doi.lower(), safe="/") for doi in identifiers)
    return f"{address}?filter=doi:{dois}&per-page={len(identifiers)}"


def make_citing_query(work: str, since: datetime.date) -> str:
    """Return the query for what cites a work, by its identifier, since some day."""
    where = f"cites:{work},from_publication_date:{since.isoformat()}"
    query = {"filter": where, "sort": "publication_date:desc", "per-page": WORKS_OF_A_PAGE}
    return urlencode(query)


def split_works(body: bytes, identifiers: Sequence[str]) -> dict[str, bytes]:
    """Cut an answer into works by the DOIs that were asked for."""
    names = {doi.lower(): doi for doi in identifiers}
    works = {read_doi(str(work.get("doi") or "")).value.lower(): work for work in find_works(body)}
    return {names[doi]: json.dumps(work).encode() for doi, work in works.items() if doi in names}


def find_works(body: bytes) -> list[dict[str, Any]]:
    """Return the works of an answer.

    Raises:
        MalformedError: It is no list of works.
    """
    document = read_json(body, OPENALEX)
    works = document.get("results") if isinstance(document, dict) else None
    if not isinstance(works, list):
        raise MalformedError("the answer of OpenAlex holds no works")
    return [work for work in works if isinstance(work, dict)]


def read_openalex(body: bytes, identifier: str, retrieved: datetime.date) -> Record:
    """Read one work, as :func:`split_works` cuts it.

    Raises:
        MalformedError: It lacks a title or authors.
    """
    record = read_item(read_json(body, OPENALEX), OPENALEX, retrieved)
    if record is None:
        raise MalformedError(f"OpenAlex's record of {identifier} lacks title or authors")
    return record


OPENALEX_SERVICE = Service(OPENALEX, make_works_url, split_works, read_openalex, WORKS_AT_ONCE)

DBLP = "DBLP"
MOST_HITS = 10


def make_search_url(address: str, identifiers: Sequence[str]) -> str:
    """Return the address that asks for the papers of one title."""
    # What is no word means something to DBLP: "-" excludes, "|" is an or, "$" ends a word.
    words = "".join(char if char.isalnum() else " " for char in search_key(identifiers[0])).split()
    query = {"q": " ".join(words), "format": "json", "h": str(MOST_HITS)}
    return f"{address}?{urlencode(query)}"


def read_hits(body: bytes, identifier: str, retrieved: datetime.date) -> Record:
    """Read the answer for one title.

    Raises:
        MalformedError: It is no such answer.
        NotFoundError: No hit has this title and a venue.
    """
    try:
        hits = json.loads(body)["result"]["hits"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise MalformedError(f"the answer of DBLP is no search result: {error}") from error
    for hit in find_items(hits) or ():
        info = hit.get("info") if isinstance(hit, dict) else None
        record = read_item(info, DBLP, retrieved) if isinstance(info, dict) else None
        if record is None or is_preprint_venue(record.venue):
            continue
        if title_key(parse(record.title).text) == title_key(identifier):
            return record
    raise NotFoundError(f"DBLP knows no publication of '{identifier}'")


DBLP_SERVICE = Service(DBLP, make_search_url, take_whole, read_hits)
