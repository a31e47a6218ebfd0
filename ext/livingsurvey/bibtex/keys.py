"""Citation keys: their canonical form, and the anchors that they give."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from livingsurvey.markup import search_key

if TYPE_CHECKING:
    from collections.abc import Collection

CANONICAL_KEY = re.compile(r"[a-z][a-z-]*[0-9]{4}[a-z0-9]+")
"""``authorYEARword`` in lower case ASCII: ``hu2021lora``."""

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_STOP_WORDS = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "how",
    "in", "into", "is", "it", "its", "of", "on", "or", "the", "to", "toward", "towards", "using",
    "via", "what", "when", "why", "with", "you", "your",
})  # fmt: skip


@lru_cache(maxsize=65536)
def make_anchor(key: str) -> str:
    """Return the part of an HTML id or LaTeX label that stands for a citation key.

    Lower-case letters and digits stay; any other character becomes its code point in
    hexadecimal between hyphens. Two keys have the same anchor only if they differ in case
    alone, and such keys are duplicates: so anchors are injective, never empty, and do not
    depend on which other entries there are (docutils' ``make_id`` is none of that).
    """
    if key.isascii() and key.isalnum():
        return key.lower()
    return "".join(char if char in _PLAIN else f"-{ord(char):x}-" for char in key.casefold())


def propose_key(surname: str, year: int | None, title: str, taken: Collection[str] = ()) -> str:
    """Propose a canonical citation key: first author, year, first telling word of the title.

    Args:
        surname: The family name of the first author, in Unicode.
        year: The year of first appearance.
        title: The title as plain text.
        taken: Keys in use; a letter is appended to avoid them.
    """
    author = fold_key(surname) or "anonymous"
    words = [fold_key(word) for word in re.split(r"[\s:–—/-]+", title)]  # noqa: RUF001
    telling = next((word for word in words if word and word not in _STOP_WORDS), "")
    base = f"{author}{year or 'nd'}{telling}"
    if base not in taken:
        return base
    suffixes = (chr(code) for code in range(ord("a"), ord("z") + 1))
    return next((base + suffix for suffix in suffixes if base + suffix not in taken), base)


def fold_key(text: str) -> str:
    """Return the ASCII letters and digits of *text* in lower case, accents taken off."""
    return "".join(char for char in search_key(text) if char in _PLAIN)
