"""A paper as a service knows it: what to ask for, what is said of it, and what can go wrong."""

from __future__ import annotations

import contextlib
import datetime
import itertools
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote

from livingsurvey.bibtex.identifiers import read_arxiv, read_doi, shorten
from livingsurvey.markup import parse, search_key, title_key
from livingsurvey.online.texts import escape, protect_capitals, write_author

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from livingsurvey.model import Paper, Person

# Publishers put the DOI at the end of the path: https://dl.acm.org/doi/10.1145/1553374.1553380.
_DOI_IN_PATH = re.compile(
    r"/(10\.\d{4,9}/.+?)(?:\.pdf|/(?:full|abstract|fulltext|pdf|epdf|meta|html))?$", re.IGNORECASE
)
_ACL = re.compile(
    r"(?i:https?://(?:www\.)?aclanthology\.org)/"
    r"(\d{4}\.[a-z0-9-]+\.\d+|[A-Z]\d{2}-\d{4})(?:\.pdf|\.bib)?"
)


class OnlineError(Exception):
    """A record could not be had; the message is a phrase without a final period."""


class NotIdentifiedError(OnlineError):
    """The text is neither an arXiv identifier nor a DOI, nor an address of either."""


class NotFoundError(OnlineError):
    """The service has no such record."""


class OfflineError(OnlineError):
    """The service cannot be reached from here."""


class RefusedError(OnlineError):
    """The service answers, but not with the record: busy, blocked, broken."""


class MalformedError(OnlineError):
    """The answer is not what the service promises to send."""


TargetKind = Literal["arxiv", "doi", "openalex", "dblp"]


@dataclass(frozen=True, slots=True)
class Target:
    """What to ask for: ``arxiv`` or ``doi`` and its identifier.

    ``openalex`` asks that service for a DOI, ``dblp`` that one for a title.
    """

    kind: TargetKind
    value: str

    def __str__(self) -> str:
        """Return it as people write it: ``arXiv:2106.09685``, ``doi:10.1145/…``."""
        names = {"arxiv": "arXiv", "openalex": "doi"}
        return f"{names.get(self.kind, self.kind)}:{self.value}"


def identify(text: str) -> Target:
    """Return what *text* asks for.

    arXiv's own DOIs (``10.48550/arXiv.…``) are registered with DataCite, not with Crossref; they
    mean the arXiv record. Addresses of the ACL Anthology and of publishers that carry the DOI in
    their path are understood as well.

    Raises:
        NotIdentifiedError: It is nothing of the kind.
    """
    found = find_target(text)
    if found is None:
        text = text.strip().strip("<>")
        what = "neither an arXiv identifier (2106.09685) nor a DOI (10.…/…)"
        if _is_address(text):
            what = "an address of neither an arXiv record nor a DOI"
        raise NotIdentifiedError(f"'{shorten(text)}' is {what}")
    return found


def find_target(text: str) -> Target | None:
    """Return what *text* asks for as :func:`identify` does, or None."""
    text = text.strip().strip("<>")
    if _is_address(text):
        # What follows the path, such as "?context=cs.LG#refs", is no part of an identifier.
        text = unquote(re.split(r"[?#]", text)[0]).rstrip("/")
    if match := _ACL.fullmatch(text):
        return Target("doi", f"10.18653/v1/{match[1]}")
    in_path = _DOI_IN_PATH.search(text) if _is_address(text) else None
    return _read_arxiv(text) or _read_doi(in_path[1] if in_path else text)


def _is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


def find_arxiv(text: str) -> str:
    """Return the arXiv identifier that *text* asks for, or ``""``."""
    target = find_target(text)
    return target.value if target is not None and target.kind == "arxiv" else ""


def _read_arxiv(text: str) -> Target | None:
    value = read_arxiv(text).value
    return Target("arxiv", value) if value else None


def _read_doi(text: str) -> Target | None:
    value = read_doi(text).value
    if value.lower().startswith("10.48550/arxiv."):
        return _read_arxiv(value)
    return Target("doi", value) if value else None


YEARS_BEFORE = 1
YEARS_AFTER = 4
"""A published paper may precede its first version at arXiv by so much, and follow it by so much."""

_CONTAINERS = {"article": "journal", "inproceedings": "booktitle", "incollection": "booktitle"}
_PUBLISHERS = {"book": "publisher", "incollection": "publisher"}
_PUBLISHERS |= {"phdthesis": "institution", "techreport": "institution"}
_SHORT = re.compile(r"[^\s:]{2,30}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record. What the service does not say is empty or None.

    Attributes:
        source: Who says it.
        identifier: The arXiv identifier or DOI that it was asked for by.
        entry_type: The type of BibTeX that fits.
        title: In TeX, capitals not yet protected.
        authors: In order, in Unicode.
        year: Of publication; at arXiv, of the first version.
        last_year: At arXiv, the year of the newest version; else the same as *year*.
        venue: Journal or proceedings, in TeX.
        volume: As printed.
        number: As printed.
        pages: ``12--34``.
        publisher: In TeX; Crossref only.
        doi: The DOI of the published version.
        arxiv: The arXiv identifier without version.
        primary_class: arXiv's primary class.
        journal_ref: What the authors told arXiv of the published version, as plain text.
        abstract: As plain text, for suggesting categories; never written anywhere.
        url: The address of the paper, if the service gives one.
        appeared: The day on which it appeared, at arXiv that of the first version.
        is_withdrawn: Whether it was withdrawn by its authors or retracted.
        retrieved: The day on which the service said so.
    """

    source: str
    identifier: str
    entry_type: str
    title: str
    authors: tuple[Person, ...]
    year: int | None
    last_year: int | None
    venue: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    publisher: str = ""
    doi: str = ""
    arxiv: str = ""
    primary_class: str = ""
    journal_ref: str = ""
    abstract: str = ""
    url: str = ""
    appeared: datetime.date | None = None
    is_withdrawn: bool = False
    retrieved: datetime.date


def read_json(body: bytes, service: str) -> Any:
    """Return what the JSON of an answer holds.

    Raises:
        MalformedError: It is none.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"the answer of {service} is no JSON: {error}") from error


def first_text(item: Mapping[str, Any], *names: str) -> str:
    """Return the first of some members that is a text, or a list or object that holds one."""
    values = [item.get(name) for name in names]
    lists = (value if isinstance(value, list) else [value] for value in values)
    return next(filter(None, map(_read_text, itertools.chain.from_iterable(lists))), "")


def _read_text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("text") or value.get("display_name") or value.get("name")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and value.strip() else ""


def read_leading_day(text: Any) -> datetime.date | None:
    """Return the day at the start of an ISO date; None if there is none."""
    with contextlib.suppress(ValueError, TypeError):
        return datetime.date.fromisoformat(text[:10])
    return None


def take_whole(body: bytes, identifiers: Sequence[str]) -> dict[str, bytes]:
    """Return an answer to a request for one record as it is."""
    return {identifiers[0]: body}


@dataclass(frozen=True, slots=True)
class Service:
    """A service that is asked, as :mod:`.arxiv`, :mod:`.crossref` and :mod:`.items` define theirs.

    Attributes:
        name: For messages.
        make_url: Makes the address that asks for some records, from that of the service.
        split: Cuts an answer into those for each identifier.
        read: Reads the answer for one identifier, given on that day.
        batch: How many records one request may ask for.
        error_mark: What an answer of status 400 holds that says in the service's own form what
            was wrong, to be read as any other; empty if there is no such form.
        address: Where it is asked.
        delay: Seconds between two requests.
    """

    name: str
    make_url: Callable[[str, Sequence[str]], str]
    split: Callable[[bytes, Sequence[str]], dict[str, bytes]]
    read: Callable[[bytes, str, datetime.date], Record]
    batch: int = 1
    error_mark: bytes = b""
    address: str = ""
    delay: float = 0.0


def make_fields(record: Record) -> dict[str, str]:
    """Return the fields that a record gives, values in TeX, without those of the survey."""
    container = _CONTAINERS.get(record.entry_type, "howpublished")
    url = f"https://doi.org/{record.doi}" if record.doi else record.url
    url = f"https://arxiv.org/abs/{record.arxiv}" if record.arxiv else url
    fields = {
        "title": protect_capitals(record.title),
        "shorttitle": escape(propose_short_title(record.title)),
        "author": write_author(record.authors),
        container: record.venue,
        "volume": record.volume,
        "number": record.number,
        "pages": record.pages,
        "year": str(record.year or ""),
        "doi": record.doi,
        "eprint": record.arxiv,
        "archiveprefix": "arXiv" if record.arxiv else "",
        "primaryclass": record.primary_class,
        _PUBLISHERS.get(record.entry_type, ""): record.publisher,
        "url": url,
    }
    return {name: value for name, value in fields.items() if name and value}


def merge_records(preprint: Record, published: Record) -> Record:
    """Return the published version, with what only arXiv knows."""
    return replace(
        published,
        arxiv=preprint.arxiv,
        primary_class=preprint.primary_class,
        abstract=published.abstract or preprint.abstract,
    )


def is_same_work(record: Record, other: Record) -> bool:
    """Whether two records have one title, or one author list and half of the title's words.

    Titles change between preprint and publication; a wrong DOI in arXiv's record, on the other
    hand, leads to another paper altogether.
    """
    titles = [parse(work.title).text for work in (record, other)]
    if title_key(titles[0]) == title_key(titles[1]):
        return True
    surnames = [{title_key(p.surname) for p in work.authors} for work in (record, other)]
    words = [{title_key(word) for word in title.split()} - {""} for title in titles]
    shared = len(words[0] & words[1]) / max(1, min(len(words[0]), len(words[1])))
    return bool(surnames[0] & surnames[1]) and shared >= 0.5


def propose_short_title(title: str) -> str:
    """Return the name before a colon, ``LoRA`` of ``LoRA: Low-Rank …``, or ``""``.

    One word with a capital inside or a digit: ``Attention: …`` is no name.
    """
    head, colon, _ = parse(title).text.partition(": ")
    is_name = bool(_SHORT.fullmatch(head)) and (
        any(char.isupper() for char in head[1:]) or any(char.isdigit() for char in head)
    )
    return head if colon and is_name else ""


def find_differences(paper: Paper, record: Record) -> tuple[str, ...]:
    """Return what differs, a phrase each; nothing if the two agree.

    Titles are compared by their letters and digits, names without accents. The year that arXiv
    gives is that of the versions there: a preprint has to have one of them, a published paper one
    that fits.
    """
    differences: list[str] = []
    theirs = parse(record.title).text
    if title_key(parse(paper.title).text) != title_key(theirs):
        differences.append(f"the title is '{theirs}'")
    people = paper.authors or paper.editors
    first = record.authors[0]
    if not people or not is_same_person(people[0], first):
        differences.append(f"the first author is {first.full}")
    if not _is_year_right(paper, record):
        differences.append(f"the year is {record.year}")
    return tuple(differences)


def is_same_person(person: Person, other: Person) -> bool:
    """Whether the family name of each is found at the end of the other's, or all words agree.

    Services do not always know where a family name begins: ``Ramos Garea`` and ``Garea``; and
    some write it first: ``Li Ming`` and ``Ming Li``.
    """
    surnames = [_split_words(person.surname), _split_words(other.surname)]
    if not all(surnames):
        return False
    shorter, longer = sorted(surnames, key=len)
    if longer[-len(shorter) :] == shorter or "".join(shorter) == "".join(longer):
        return True
    return set(_split_words(person.full)) == set(_split_words(other.full))


def _split_words(name: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in search_key(name)).split()


def _is_year_right(paper: Paper, record: Record) -> bool:
    if paper.year is None or record.year is None:
        return False
    last = record.last_year or record.year
    if record.source == "arXiv":
        if paper.venue:
            return record.year - YEARS_BEFORE <= paper.year <= last + YEARS_AFTER
        return record.year <= paper.year <= last
    # Online and in print may fall on either side of New Year.
    return abs(paper.year - record.year) <= 1
