"""Records as the fields of an entry."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from livingsurvey.markup import parse, title_key
from livingsurvey.online.people import write_author
from livingsurvey.online.texts import escape, protect_capitals

if TYPE_CHECKING:
    from livingsurvey.online.record import Record

__all__ = ["is_same_work", "make_fields", "merge_records", "propose_short_title", "write_author"]

_CONTAINERS = {"article": "journal", "inproceedings": "booktitle", "incollection": "booktitle"}
_SHORT = re.compile(r"[^\s:]{2,30}")


def make_fields(record: Record) -> dict[str, str]:
    """Return the fields that a record gives, values in TeX, without those of the survey."""
    container = _CONTAINERS.get(record.entry_type, "howpublished")
    title = protect_capitals(record.title)
    fields = {
        "title": title,
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
    }
    if record.entry_type in {"book", "incollection"}:
        fields["publisher"] = record.publisher
    elif record.entry_type in {"phdthesis", "techreport"}:
        fields["institution"] = record.publisher
    fields["url"] = (
        f"https://arxiv.org/abs/{record.arxiv}" if record.arxiv else f"https://doi.org/{record.doi}"
    )
    return {name: value for name, value in fields.items() if value}


def merge_records(preprint: Record, published: Record) -> Record:
    """Return the published version, with what only arXiv knows."""
    return replace(
        published,
        arxiv=preprint.arxiv,
        primary_class=preprint.primary_class,
        abstract=published.abstract or preprint.abstract,
    )


def is_same_work(one: Record, other: Record) -> bool:
    """Whether two records have one title, or one author list and half of the title's words.

    Titles change between preprint and publication; a wrong DOI in arXiv's record, on the other
    hand, leads to another paper altogether.
    """
    titles = [parse(record.title).text for record in (one, other)]
    if title_key(titles[0]) == title_key(titles[1]):
        return True
    surnames = [{title_key(p.surname) for p in record.authors} for record in (one, other)]
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
