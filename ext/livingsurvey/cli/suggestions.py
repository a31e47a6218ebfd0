"""Which categories a new paper may belong to: words in common, counted in the open.

A category is known by the words of its tag, title, aliases and description, and by those that
the titles of its papers use. A word counts for what it tells: one that many categories use tells
little. No judgment is made; an editor sees the score and the words behind it, and decides.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.markup import parse, search_key

if TYPE_CHECKING:
    from livingsurvey.catalog import Catalog
    from livingsurvey.model import Category

NAMED = 1.0
"""What a word is worth that the tag, title or an alias of a category has."""
DESCRIBED = 0.4
"""The same for its description."""
USED = 3.0
"""The same for a word that the title of every paper of the category would have."""
IN_ABSTRACT = 0.3
"""What a word of the new paper's abstract counts, against 1 for one of its title."""

_WORD = re.compile(r"[a-z][a-z0-9]+")
_STOP_WORDS = frozenset(
    (  # noqa: SIM905 (as a list it would take a hundred lines)
        "a about across all an and any are as at be been being between both by can do does "
        "each few for from has have how in into is it its made many method methods more "
        "most new no not of on one only or our other over own paper present propose "
        "proposed show shows such than that the their them then these they this those to "
        "toward towards under up use used using via we what when which while why will with "
        "without within work would you your"
    ).split()
)

_ENDINGS = (
    *(("ization", "iz"), ("izing", "iz"), ("ized", "iz"), ("ize", "iz"), ("ies", "y")),
    *((ending, "") for ending in ("ing", "ed", "es", "s", "e")),
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category with what speaks for it.

    Attributes:
        category: The category, a leaf.
        score: The sum of what its words are worth, rounded.
        words: The words that count most, best first.
    """

    category: Category
    score: float
    words: tuple[str, ...]


def suggest(catalog: Catalog, title: str, abstract: str = "") -> tuple[Suggestion, ...]:
    """Return the categories that share words with a paper, best first; at most five.

    Args:
        catalog: The survey.
        title: The title of the paper, in TeX.
        abstract: Its abstract, as plain text, if it is known.
    """
    profiles = {one.tag: _profile(catalog, one) for one in catalog.taxonomy.leaves}
    spread = Counter(word for profile in profiles.values() for word in profile)
    spelled = _find_words(abstract) | _find_words(parse(title).text)
    counts = dict.fromkeys(_find_words(abstract), IN_ABSTRACT)
    counts.update(dict.fromkeys(_find_words(parse(title).text), 1.0))
    found: list[Suggestion] = []
    for tag, profile in profiles.items():
        worth = {
            word: count * profile[word] * math.log((len(profiles) + 1) / spread[word])
            for word, count in counts.items()
            if word in profile
        }
        score = round(sum(worth.values()), 2)
        if score > 0:
            best = sorted(worth, key=lambda word: (-worth[word], word))[:4]
            words = tuple(spelled[word] for word in best)
            found.append(Suggestion(catalog.category(tag), score, words))
    found.sort(key=lambda one: (-one.score, one.category.order))
    return tuple(found[:5])


def _profile(catalog: Catalog, category: Category) -> dict[str, float]:
    papers = catalog.papers_in(category.tag)
    used = Counter(word for paper in papers for word in _find_words(parse(paper.title).text))
    profile = {word: USED * count / (len(papers) + 2) for word, count in used.items()}
    for word in _find_words(category.description):
        profile[word] = profile.get(word, 0.0) + DESCRIBED
    for word in _find_words(" ".join((category.tag, category.title, *category.aliases))):
        profile[word] = profile.get(word, 0.0) + NAMED
    return profile


def _find_words(text: str) -> dict[str, str]:
    """Return the stems of the words of *text*, each with the word as it is spelled there."""
    words = _WORD.findall(search_key(text))
    return {_stem(word): word for word in words if word not in _STOP_WORDS}


def _stem(word: str) -> str:
    """Return *word* without the plainest English endings, so that plural and singular meet."""
    for ending, put in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word.removesuffix(ending) + put
    return word
