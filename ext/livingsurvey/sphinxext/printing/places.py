"""Where the book speaks of each paper."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(slots=True)
class Marks:
    """Where the book speaks of each paper; labels sort as the book runs.

    Attributes:
        mentions: Key → labels of the citations and names in the text.
        homes: Key → label of the full entry.
        numbers: Where each label stands in the order of the book.
    """

    mentions: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    homes: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def note(self, number: int, prefix: str) -> str:
        """Return the label for a place."""
        mark = f"{prefix}-{number}"
        self.numbers[mark] = number
        return mark

    def find_places(self, key: str) -> tuple[str, ...]:
        """Return the labels of all places that speak of a paper, in the order of the book."""
        places = {*self.mentions.get(key, ()), self.homes.get(key, "")} - {""}
        return tuple(sorted(places, key=self.numbers.__getitem__))
