"""Which brace closes which, and which dollars belong together: one pass ahead of reading."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

_DELIMITER = re.compile(r"\\.|[{}]|\$\$?", re.DOTALL)
_CLOSERS = {r"\(": r"\)", r"\[": r"\]", "$": "$", "$$": "$$"}


class Span(NamedTuple):
    """Where a formula is: its first character, its closing delimiter, and what follows that."""

    first: int
    last: int
    after: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """What is closed; a delimiter that is missing here has no partner.

    Attributes:
        groups: Opening brace → closing brace.
        formulas: Opening delimiter → the formula.
    """

    groups: dict[int, int] = field(default_factory=dict)
    formulas: dict[int, Span] = field(default_factory=dict)


def find_pairs(tex: str) -> Pairs:
    """Pair the braces and the delimiters of formulas; a formula ends in the group it began in."""
    pairs = Pairs()
    groups: list[int] = []
    opened: list[re.Match[str] | None] = [None]  # the formula that is open in each open group
    for match in _DELIMITER.finditer(tex):
        mark, start = match[0], match.start()
        if mark == "{":
            groups.append(start)
            opened.append(None)
        elif mark == "}":
            if groups:
                pairs.groups[groups.pop()] = start
                opened.pop()
        elif (opener := opened[-1]) is None:
            opened[-1] = match if mark in _CLOSERS else None
        elif _CLOSERS[opener[0]] == mark:
            pairs.formulas[opener.start()] = Span(opener.end(), start, match.end())
            opened[-1] = None
        elif opener[0] == "$" and mark == "$$":  # $a$$b$: one formula ends, the next one begins
            pairs.formulas[opener.start()] = Span(opener.end(), start, start + 1)
            opened[-1] = re.compile(r"\$").match(tex, start + 1)
    return pairs
