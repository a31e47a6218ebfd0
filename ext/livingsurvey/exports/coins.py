"""COinS: a paper as an OpenURL context object (ANSI/NISO Z39.88-2004) in the title of a span.

Zotero's button and its kin find ``<span class="Z3988" title="…">`` in a page. Zotero takes the
title of a conference paper in the book format for that of the proceedings, so everything but
journal articles is written in the format for Dublin Core, with ``rft.type`` as Zotero names it:
after ``rft.title``, whose meaning there depends on what it has read before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from livingsurvey.bibtex.types import JOURNAL
from livingsurvey.exports.records import (
    classify,
    clean,
    find_address,
    format_date,
    split_pages,
    to_plain,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livingsurvey.model import Paper

_SAFE = "/:,()!*@"  # as good unescaped in a query, and shorter: a page holds hundreds of these


def write_coins(paper: Paper) -> str:
    """Return the context object of a paper, to be escaped as any attribute is."""
    pairs = _describe_article(paper) if classify(paper) is JOURNAL else _describe_other(paper)
    return "&".join(
        f"{name}={quote_plus(text, safe=_SAFE)}" for name, value in pairs if (text := clean(value))
    )


def _describe_article(paper: Paper) -> Iterator[tuple[str, str]]:
    first, last = split_pages(paper)
    yield "ctx_ver", "Z39.88-2004"
    yield "rft_val_fmt", "info:ofi/fmt:kev:mtx:journal"
    yield "rft.genre", "article"
    yield "rft.atitle", to_plain(paper.title) or paper.key
    yield "rft.jtitle", to_plain(paper.venue)
    yield "rft.volume", paper.fields.get("volume", "")
    yield "rft.issue", paper.fields.get("number", "")
    yield "rft.spage", first
    yield "rft.epage", last
    yield from _name_authors(paper, "rft.au")
    yield from _identify(paper)


def _describe_other(paper: Paper) -> Iterator[tuple[str, str]]:
    yield "ctx_ver", "Z39.88-2004"
    yield "rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"
    yield "rft.title", to_plain(paper.title) or paper.key
    yield "rft.type", classify(paper).coins
    yield "rft.source", to_plain(paper.venue)
    yield from _name_authors(paper, "rft.creator")
    yield from _identify(paper)


def _name_authors(paper: Paper, name: str) -> Iterator[tuple[str, str]]:
    for person in paper.authors:
        # A comma is what tells a person from a collective.
        if person.given:
            yield name, f"{person.surname}, {person.given}"
        else:
            yield "rft.aucorp", person.full


def _identify(paper: Paper) -> Iterator[tuple[str, str]]:
    yield "rft.date", format_date(paper)
    if paper.doi:
        yield "rft_id", f"info:doi/{paper.doi}"
    yield "rft_id", paper.url or find_address(paper)
