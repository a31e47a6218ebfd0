"""What all formats ask of a paper, as plain text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from livingsurvey.markup import parse

if TYPE_CHECKING:
    from livingsurvey.model import Paper
    from livingsurvey.taxonomy import Taxonomy

Kind = Literal[
    "preprint", "journal", "conference", "book", "chapter", "thesis", "report", "web", "other"
]

_KINDS: dict[str, Kind] = {
    "article": "journal",
    "periodical": "journal",
    "inproceedings": "conference",
    "conference": "conference",
    "proceedings": "book",
    "book": "book",
    "mvbook": "book",
    "collection": "book",
    "incollection": "chapter",
    "inbook": "chapter",
    "phdthesis": "thesis",
    "mastersthesis": "thesis",
    "thesis": "thesis",
    "techreport": "report",
    "report": "report",
    "manual": "report",
    "online": "web",
    "electronic": "web",
    "www": "web",
}
_DASHES = re.compile(r"\s*(?:--+|[‐-―])\s*")  # noqa: RUF001 (the dashes of page ranges)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def classify(paper: Paper) -> Kind:
    """Return what kind of publication a paper is."""
    kind = _KINDS.get(paper.entry_type, "other")
    if paper.arxiv and (kind == "other" or (kind == "journal" and not paper.venue)):
        return "preprint"
    return kind


@lru_cache(maxsize=4096)  # venues return; titles do so within one format
def to_plain(tex: str) -> str:
    """Return TeX as plain Unicode on one line."""
    return clean(parse(tex).text)


def clean(text: str) -> str:
    """Return *text* on one line, without characters that no XML and no line format can hold."""
    return " ".join(_CONTROL.sub(" ", text).split())


def name_in_full(paper: Paper) -> str:
    """Return title and short name: ``LoRA: Low-Rank Adaptation``; the title alone if it has it."""
    title = to_plain(paper.title) or paper.key
    name = to_plain(paper.short_title)
    return title if not name or name.casefold() in title.casefold() else f"{name}: {title}"


def find_address(paper: Paper) -> str:
    """Return the best single address of a paper, fit to stand in any file; ``""`` if none."""
    if paper.doi:
        return f"https://doi.org/{quote(paper.doi, safe='/:;()._-~!$&*+,=@')}"
    return paper.link


def split_pages(paper: Paper) -> tuple[str, str]:
    """Return first and last page; the last is ``""`` if there is one number only."""
    first, _, last = _DASHES.sub("\0", clean(paper.fields.get("pages", ""))).partition("\0")
    return first, last.replace("\0", "-")


def format_date(paper: Paper) -> str:
    """Return ``2023`` or ``2023-05``, as far as it is known."""
    if not paper.year:
        return ""
    return f"{paper.year}-{paper.month:02}" if paper.month else str(paper.year)


def name_categories(paper: Paper, taxonomy: Taxonomy) -> list[str]:
    """Return the titles of the categories of a paper, then those of its cross-cutting tags."""
    titles = [taxonomy.categories[tag].title for tag in paper.categories]
    return titles + [taxonomy.tags[tag].title for tag in paper.tags if tag in taxonomy.tags]
