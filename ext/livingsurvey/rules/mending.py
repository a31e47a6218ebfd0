"""Making the repairs that need no judgment, until there are none left."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.bibtex.edits import apply_edits
from livingsurvey.bibtex.source import Source
from livingsurvey.catalog import make_library
from livingsurvey.rules import find_repairs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livingsurvey.bibtex.edits import Edit
    from livingsurvey.rules import Repair, Rule
    from livingsurvey.taxonomy import Taxonomy

_MOST_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Mended:
    """The texts after the repairs, and what was done, in the order of the text."""

    sources: tuple[Source, ...]
    repairs: tuple[Repair, ...]


def mend(sources: Iterable[Source], taxonomy: Taxonomy, rules: Iterable[Rule]) -> Mended:
    """Make all repairs of *rules* in some texts that have no syntax errors.

    Of two repairs that touch the same characters the second waits for the next round.
    """
    sources = tuple(sources)
    rules = tuple(rules)
    done: list[Repair] = []
    for _ in range(_MOST_ROUNDS):
        edits: dict[int, list[Edit]] = {}
        made = []
        for repair in find_repairs(make_library(sources, taxonomy), rules):
            taken = edits.setdefault(id(repair.source), [])
            if all(_is_free(edit, taken) for edit in repair.edits):
                for edit in repair.edits:
                    bisect.insort(taken, edit)
                made.append(repair)
        if not made:
            break
        done.extend(made)
        sources = tuple(
            Source(one.path, apply_edits(one.text, edits.get(id(one), ()))) for one in sources
        )
    return Mended(sources, tuple(sorted(done, key=lambda one: (one.location, one.code))))


def _is_free(edit: Edit, taken: list[Edit]) -> bool:
    """Whether an edit touches none of those that are taken already, in order and apart."""
    index = bisect.bisect(taken, edit)
    before, behind = taken[max(0, index - 1) : index], taken[index : index + 1]
    return all(one.end <= edit.start for one in before) and all(
        edit.end <= one.start for one in behind
    )
