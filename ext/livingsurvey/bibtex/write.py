"""The canonical layout of an entry: one field per line, in one order, values in braces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FIELD_ORDER = (
    "title", "shorttitle", "author", "editor", "booktitle", "journal", "volume", "number",
    "pages", "publisher", "institution", "howpublished", "year", "month", "doi", "eprint",
    "archiveprefix", "primaryclass", "url", "code", "keywords", "annotation", "note",
    "creationdate",
)  # fmt: skip
"""The order of the fields; any other field comes behind these, in the order of the file."""

OWN_FIELDS = frozenset({"keywords", "annotation", "creationdate", "code", "groups", "crossref"})
"""Fields that serve the survey; a reader who takes an entry away does not want them."""

NAME_WIDTH = 13
_BRACE = re.compile("[{}]")
_RANK = {name: rank for rank, name in enumerate(FIELD_ORDER)}


def write_entry(entry_type: str, key: str, fields: Mapping[str, str]) -> str:
    """Return an entry in canonical layout, ending with a line end.

    Args:
        entry_type: In lower case.
        key: The citation key.
        fields: Values without delimiters, by name in lower case.
    """
    lines = [f"@{entry_type}{{{key},"]
    lines.extend(
        f"  {name:<{NAME_WIDTH}} = {{{balance(fields[name])}}}," for name in sort_fields(fields)
    )
    lines.append("}")
    return "\n".join(lines) + "\n"


def take_away(entry_type: str, key: str, fields: Mapping[str, str]) -> str:
    """Return an entry as a reader takes it home: without the fields that serve the survey."""
    kept = {name: value for name, value in fields.items() if name not in OWN_FIELDS}
    return write_entry(entry_type, key, kept)


def sort_fields(names: Iterable[str]) -> list[str]:
    """Return the names of fields in canonical order; unknown ones last, in their own order."""
    return sorted(names, key=lambda name: _RANK.get(name, len(_RANK)))


def balance(value: str) -> str:
    """Return *value* fit to stand between braces: unbalanced braces are taken out."""
    depth = 0
    for brace in _BRACE.findall(value):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            break
    return value if not depth else value.replace("{", "").replace("}", "")
