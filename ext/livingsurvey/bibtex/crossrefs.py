"""Cross-references: a paper takes over what the volume that it appeared in says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from livingsurvey.diagnostics import Code, Severity, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from livingsurvey.bibtex.entry import Entry
    from livingsurvey.diagnostics import Diagnostic

PARENT_TYPES = frozenset({"proceedings", "book", "collection", "mvproceedings", "mvbook"})
"""Types that other entries cross-refer to; without keywords they are no papers themselves."""

_NOT_INHERITED = frozenset(
    {
        "crossref", "xdata", "keywords", "groups", "shorttitle", "annotation", "code",
        "creationdate", "doi", "eprint", "archiveprefix", "primaryclass", "abstract", "note",
    }
)  # fmt: skip
_CONTAINER_TITLE = {
    "inproceedings": "booktitle", "conference": "booktitle", "incollection": "booktitle",
    "inbook": "booktitle", "article": "journal",
}  # fmt: skip


def follow_crossrefs(entries: Iterable[Entry], problems: list[Diagnostic]) -> list[Entry]:
    """Return entries with the fields of those that they cross-refer to; add what is wrong."""
    entries = list(entries)
    by_key = {entry.key.casefold(): entry for entry in entries}
    return [
        _inherit(entry, by_key, problems) if "crossref" in entry.values else entry
        for entry in entries
    ]


def _inherit(entry: Entry, by_key: Mapping[str, Entry], problems: list[Diagnostic]) -> Entry:
    values = dict(entry.values)
    seen = {entry.key.casefold()}
    child: Entry = entry
    while "crossref" in child.values:
        target = child.get("crossref")
        parent = by_key.get(target.casefold())
        if parent is None:
            if child is entry:
                keys = (one.key for one in by_key.values())
                problems.append(
                    entry.report(
                        Code.CROSSREF,
                        f"crossref names no entry: '{target}'",
                        "crossref",
                        suggestion=did_you_mean(target, keys),
                        severity=Severity.ERROR,
                    )
                )
            break
        if parent.key.casefold() in seen:
            problems.append(
                entry.report(
                    Code.CROSSREF,
                    f"crossref leads in a circle through '{target}'",
                    "crossref",
                    severity=Severity.ERROR,
                )
            )
            break
        seen.add(parent.key.casefold())
        for name, value in parent.values.items():
            if name == "title":
                values.setdefault(_CONTAINER_TITLE.get(entry.entry_type, "title"), value)
            elif name not in _NOT_INHERITED:
                values.setdefault(name, value)
        child = parent
    inherited = frozenset(name for name in values if name not in entry.values)
    return replace(entry, values=values, inherited=inherited)
