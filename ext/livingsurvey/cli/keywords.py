"""The keywords of entries, changed by their bytes alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.bibtex.edit import Edit
from livingsurvey.catalog.papers import split_keywords

if TYPE_CHECKING:
    from livingsurvey.bibtex.read import Entry
    from livingsurvey.taxonomy import Taxonomy

_PART = re.compile(r"[^>]+")


@dataclass(frozen=True, slots=True)
class Retagging:
    """From which tag to which.

    Attributes:
        old: The tag of a category.
        new: The tag that takes its place.
        is_same_place: Whether *new* stands where *old* stood in the tree, so that the path form
            ``inference > quantization`` stays right with its last part changed.
        takes_aliases: Whether older spellings of *old* are changed too; where it goes on to
            exist they would lead back to it.
    """

    old: str
    new: str
    is_same_place: bool
    takes_aliases: bool


def retag_entry(entry: Entry, change: Retagging, taxonomy: Taxonomy) -> list[Edit] | None:
    """Return the edits of an entry's keywords; None if they are written in a form beyond us.

    That is a value made of several parts or of macros. Where the new tag would stand twice, the
    first place keeps it: the first category is a paper's home.
    """
    value = entry.values.get("keywords")
    if value is None:
        return []
    # Keywords of several parts are looked at as well: only one that is concerned is a problem.
    edits: list[Edit] = []
    has_new = False
    end_before = 0
    for word, offset in split_keywords(value.text):
        changed = _retag_word(word, change, taxonomy)
        start, end = value.start + offset, value.start + offset + len(word)
        is_new = changed is not None or _find_tag(word, taxonomy) == change.new
        if is_new and has_new:
            edits.append(Edit(value.start + end_before, end, ""))
        elif changed is not None:
            edits.append(Edit(start + changed.start, start + changed.end, changed.text))
        has_new = has_new or is_new
        end_before = offset + len(word)
    # Without a change of tags, a keyword that stands twice already is not our business.
    if not any(_retag_word(word, change, taxonomy) for word, _ in split_keywords(value.text)):
        return []
    return edits if value.is_exact else None


def _retag_word(word: str, change: Retagging, taxonomy: Taxonomy) -> Edit | None:
    """Return the edit within one keyword, or None if it does not speak of the old tag."""
    parts = list(_PART.finditer(word))
    for part in parts:
        name = part[0].strip()
        is_old = name.casefold() == change.old.casefold()
        is_alias = change.takes_aliases and taxonomy.names.get(name.casefold()) == change.old
        if not is_old and not is_alias:
            continue
        if not change.is_same_place and len(parts) > 1:
            return Edit(0, len(word), change.new)
        start = part.start() + part[0].index(name)
        return Edit(start, start + len(name), change.new)
    return None


def _find_tag(word: str, taxonomy: Taxonomy) -> str:
    last = word.rpartition(">")[2].strip()
    return taxonomy.names.get(last.casefold(), "")
