"""What all formats ask of a survey and of a paper, as plain text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin

from livingsurvey.bibtex.fields import (
    DETAIL,
    FIELDS,
    JOURNAL,
    OTHER,
    PREPRINT,
    VENUE_FIELDS,
    find_entry_type,
)
from livingsurvey.markup import parse
from livingsurvey.reference import PAGE_RANGE
from livingsurvey.values import TEXT, TEXTS, WEB_ADDRESS, declare, match
from livingsurvey.words import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from livingsurvey.bibtex.fields import PublicationKind
    from livingsurvey.catalog import Catalog
    from livingsurvey.configuration import Frozen
    from livingsurvey.model import Category, Paper
    from livingsurvey.taxonomy import Taxonomy
    from livingsurvey.words import Words


_SLUG = match(r"[A-Za-z0-9][A-Za-z0-9._-]*", "made of letters, digits, '.', '_' and '-'")
_DATE = match(r"\d{4}(-\d{2}(-\d{2})?)?", "YYYY, YYYY-MM or YYYY-MM-DD")
# RFC 4151, with a name after the colon, since many surveys may share a domain.
_TAG_AUTHORITY = match(
    r"[A-Za-z0-9.@_-]+,\d{4}(-\d{2}(-\d{2})?)?:[A-Za-z0-9._~/-]*[A-Za-z0-9]",
    "'domain,year:name', such as 'example.org,2026:my-survey'",
)

_SOURCE = match(r"https?://\S+\{path\}\S*", "an http or https address with {path} in it")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The facts of the survey itself; what is not known is empty and then not said.

    ``livingsurvey_about`` in ``conf.py`` holds what is declared here with a word of help.

    Attributes:
        language: A language code.
        base_url: The address of the site, ending in a slash. Without it and a ``tag_authority``
            no feeds are written, since nothing would tell their entries from others.
        frozen: Since when nobody keeps it up to date, and why; None if somebody does.
        words: What feeds and pages say, in its language.
    """

    title: str = declare(TEXT, "its title", "")
    slug: str = declare(_SLUG, "the stem of its files' names", "survey")
    authors: tuple[str, ...] = declare(
        TEXTS, "who makes it: `Family, Given`, or a collective without a comma", ()
    )
    description: str = declare(TEXT, "one or two sentences", "")
    date: str = declare(_DATE, "the day of the present edition, or its month or year", "")
    license: str = declare(WEB_ADDRESS, "the address of the license of its text", "")
    related: tuple[str, ...] = declare(
        TEXTS, "addresses of works that it accompanies, never claimed as this", ()
    )
    pdf: str = declare(TEXT, "where its PDF is: below the site, or an address", "")
    image: str = declare(TEXT, "a picture of it: below the site, or an address", "")
    source: str = declare(
        _SOURCE, "where its files are edited, with `{path}` for the path from `conf.py`", ""
    )
    tag_authority: str = declare(
        _TAG_AUTHORITY, "what ids of feeds begin with, for good; else the address of the site", ""
    )
    language: str = ""
    base_url: str = ""
    frozen: Frozen | None = None
    words: Words = ENGLISH

    @property
    def author_names(self) -> tuple[str, ...]:
        """The authors as one reads their names."""
        return tuple(" ".join(reversed(name.split(", ", 1))) for name in self.authors)

    def resolve(self, path: str) -> str:
        """Return the full address of something on the site; ``""`` if the site has no address."""
        if path.startswith(("http://", "https://")):
            return path
        return urljoin(self.base_url, path) if self.base_url and path else ""

    def find_source(self, path: str) -> str:
        """Return where one edits a file, named from the folder of ``conf.py``; ``""`` if nowhere.

        No line of it: what is edited is the present state, whose lines are not those of this site.
        """
        known = self.source and path and not Path(path).is_absolute()
        return self.source.replace("{path}", quote(path)) if known else ""

    @property
    def has_feeds(self) -> bool:
        """Whether the entries of feeds can have ids that nobody else gives."""
        return bool(self.tag_authority or self.base_url)

    def make_id(self, specific: str) -> str:
        """Return the lasting id of something in a feed, which the Atom format asks for (RFC 4287).

        Raises:
            ValueError: There is nothing to make it from.
        """
        if self.tag_authority:
            return f"tag:{self.tag_authority}/{specific}"
        if not self.base_url:
            raise ValueError(
                "a feed needs the address of the site, or a tag_authority, for its ids"
            )
        return f"{self.base_url}#{specific}"


CACHED = 16_384
"""How many papers' texts in a format are kept: a paper stands in the file of all, in those of its
categories, and on its page."""

FEED_LIMIT = 100
"""The most papers in one feed; a reader that looks in now and then misses none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is exported.

    Attributes:
        catalog: All papers.
        category: Only those in this category or below it; None for all.
        places: Where each paper has its full entry on the site, relative to its root, as far as
            that is known.
        path: Where the file itself lies on the site, or ``""``.
    """

    catalog: Catalog
    category: Category | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    path: str = ""

    @property
    def papers(self) -> tuple[Paper, ...]:
        """The papers, in the order of the bibliography."""
        if self.category is None:
            return tuple(self.catalog.papers.values())
        return self.catalog.papers_in(self.category.tag)


def choose_recent(selection: Selection) -> list[Paper]:
    """Return the papers of a feed, the last to join first."""
    dated = [paper for paper in selection.papers if paper.created]
    dated.sort(key=lambda paper: paper.key)
    dated.sort(key=lambda paper: (paper.created, paper.year or 0), reverse=True)
    return dated[:FEED_LIMIT]


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def classify(paper: Paper) -> PublicationKind:
    """Return what kind of publication a paper is."""
    kind = find_entry_type(paper.entry_type).kind
    if paper.arxiv and (kind is OTHER or (kind is JOURNAL and not paper.venue)):
        return PREPRINT
    return kind


def write_item(item: object) -> str:
    """Return a JSON value on one line."""
    # Without indentation the encoder is the one in C, ten times as fast.
    return json.dumps(item, ensure_ascii=False)


def write_array(items: Iterable[str], before: str = "", after: str = "") -> str:
    """Return a JSON array with one item on each line: a changed paper is one changed line.

    The text around it is taken in here, for a copy of the whole is megabytes.
    """
    lines = list(items)
    if not lines:
        return f"{before}[]{after}"
    lines[0] = f"{before}[\n{lines[0]}"
    lines[-1] = f"{lines[-1]}\n]{after}"
    return ",\n".join(lines)


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


def find_detail(paper: Paper, name: str) -> str:
    """Return a field that a paper has no attribute for as plain text, ``""`` if it is missing."""
    return to_plain(paper.fields.get(name, ""))


_REPRESENTED = frozenset({field.name for field in FIELDS if DETAIL not in field.traits} | {"date"})
"""The fields that a paper has an attribute for, and those that are nobody else's business."""


def find_rest(paper: Paper, *used: str) -> dict[str, str]:
    """Return the fields that a paper has no attribute for, but those *used*, as plain text."""
    return {
        name: to_plain(value)
        for name, value in paper.fields.items()
        if value and name not in _REPRESENTED and name not in used
    }


def find_publisher(paper: Paper) -> str:
    """Return the field that names the publisher, the venue of what appears on its own."""
    venue = find_venue_fields(paper)[:1] if not classify(paper).is_contained else ()
    names = (*venue, "publisher", "organization")
    return next((name for name in names if paper.fields.get(name)), "publisher")


def find_venue_fields(paper: Paper) -> tuple[str, ...]:
    """Return the fields that the venue of a paper is made of."""
    name = next((name for name in VENUE_FIELDS if paper.fields.get(name)), "")
    return (name, f"{name.removesuffix('title')}subtitle") if name and paper.venue else ()


def format_pages(paper: Paper) -> str:
    """Return the pages as plain text, ranges with a hyphen; the number of an article without."""
    return PAGE_RANGE.sub("-", find_detail(paper, "pages")) or find_detail(paper, "eid")


def split_pages(paper: Paper) -> tuple[str, str]:
    """Return first and last page; the last is ``""`` if it is not a single range."""
    pages = format_pages(paper)
    first, _, last = pages.partition("-")
    return (pages, "") if "," in pages or "-" in last else (first, last)


def find_day(paper: Paper) -> int | None:
    """Return the day of the month on which a paper was published, if the entry says it."""
    match = re.match(r"[0-9]{4}-[0-9]{2}-([0-9]{2})(?![0-9])", paper.fields.get("date", ""))
    text = match[1] if match else paper.fields.get("day", "")
    return int(text) if paper.month and re.fullmatch(r"[0-9]{1,2}", text) else None


def format_date(paper: Paper) -> str:
    """Return ``2023`` or ``2023-05``, as far as it is known."""
    if not paper.year:
        return ""
    return f"{paper.year}-{paper.month:02}" if paper.month else str(paper.year)


def name_categories(paper: Paper, taxonomy: Taxonomy) -> list[str]:
    """Return the titles of the categories of a paper, then those of its cross-cutting tags."""
    titles = [taxonomy.categories[tag].title for tag in paper.categories]
    return titles + [taxonomy.tags[tag].title for tag in paper.tags if tag in taxonomy.tags]
