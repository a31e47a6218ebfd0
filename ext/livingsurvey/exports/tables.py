"""CSV (RFC 4180): one line per paper, for spreadsheets and data frames."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from livingsurvey.exports.records import find_address, to_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from livingsurvey.catalog import Catalog
    from livingsurvey.exports.about import About
    from livingsurvey.exports.selection import Selection
    from livingsurvey.model import Paper

COLUMNS = (
    "key", "type", "short_title", "title", "authors", "year", "month", "venue", "doi", "arxiv",
    "url", "code", "category", "categories", "tags", "annotation", "created",
)  # fmt: skip
"""The columns; lists within a cell are separated by semicolons."""


def write_csv(selection: Selection, about: About) -> str:
    """Return the papers as a table with a line of headings."""
    rows = (write_row(selection.catalog, paper.key) for paper in selection.papers)
    return HEADINGS + "".join(rows)


def write_row(catalog: Catalog, key: str) -> str:
    """Return the line of a paper.

    Raises:
        KeyError: There is no such paper.
    """
    return catalog.remember("csv", key, lambda paper: _write_line(_describe(paper)))


def _write_line(cells: Sequence[object]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(cells)
    return out.getvalue()


HEADINGS = _write_line(COLUMNS)
"""The line of headings."""


def _describe(paper: Paper) -> tuple[object, ...]:
    authors = [one.full for one in paper.authors] + ["others"] * paper.truncated
    return (
        paper.key,
        paper.entry_type,
        to_plain(paper.short_title),
        to_plain(paper.title),
        "; ".join(authors),
        paper.year or "",
        paper.month or "",
        to_plain(paper.venue),
        paper.doi,
        paper.arxiv,
        paper.url or find_address(paper),
        paper.code,
        paper.home,
        "; ".join(paper.categories),
        "; ".join(paper.tags),
        to_plain(paper.annotation),
        paper.created.isoformat() if paper.created else "",
    )
