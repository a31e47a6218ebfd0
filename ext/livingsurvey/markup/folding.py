"""Texts made comparable: for sorting, and for finding one paper under two keys."""

# ruff: noqa: RUF001 (look-alikes are what this table is about)
from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters that Unicode does not take apart into a letter and an accent.
_FOLDED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i"}
    | {"ȷ": "j", "ŋ": "ng", "ŧ": "t", "ƒ": "f", "ɛ": "e", "µ": "μ", "ⱥ": "a", "ɨ": "i", "ɓ": "b"}
)
_APOSTROPHE = re.compile(r"['’ʼ]")
_NOT_WORD = re.compile(r"[\W_]+")
# Looked for before accents are dropped: "À la carte" begins with no article.
_ARTICLE = re.compile(r"[\W_]*(?:an?|the)[\"”’»)]*\s+(?=.*\w)", re.IGNORECASE | re.DOTALL)


def fold(text: str) -> str:
    """Return *text* casefolded and without accents: ``Łukasz Größer`` → ``lukasz grosser``."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in apart if not unicodedata.combining(c)).translate(_FOLDED)


@lru_cache(maxsize=32768)  # each order compares the same titles and names again
def sort_key(text: str) -> str:
    """Return the words by which *text* is sorted: folded, without punctuation or first article.

    A text of punctuation alone keeps it.
    """
    folded = fold(_ARTICLE.sub("", text, count=1) if _ARTICLE.match(text) else text)
    return _NOT_WORD.sub(" ", _APOSTROPHE.sub("", folded)).strip() or folded.strip() or text


def title_key(text: str) -> str:
    """Return the letters and digits of a title alone, to find one paper under two keys."""
    return _NOT_WORD.sub("", fold(text))
