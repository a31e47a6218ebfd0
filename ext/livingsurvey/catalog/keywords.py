"""What the ``keywords`` of an entry mean: categories, cross-cutting tags, or a mistake."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.diagnostics import Code, Diagnostic, Severity, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livingsurvey.bibtex.entry import Entry
    from livingsurvey.taxonomy import Taxonomy

_KEYWORD = re.compile(r"[^,;]+")
_PART = re.compile(r"[^>]+")


@dataclass(frozen=True, slots=True)
class Classification:
    """The keywords of one entry, understood.

    Attributes:
        categories: Tags of categories in the order written, each once; the first is the home.
        tags: Cross-cutting tags.
        problems: What could not be understood.
    """

    categories: tuple[str, ...]
    tags: tuple[str, ...]
    problems: tuple[Diagnostic, ...]


def split_keywords(value: str) -> Iterator[tuple[str, int]]:
    """Yield each keyword of a ``keywords`` field, stripped, with its offset in the field."""
    yield from _strip_matches(_KEYWORD, value)


def _strip_matches(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, int]]:
    for match in pattern.finditer(text):
        word = match[0].strip()
        if word:
            yield word, match.start() + match[0].index(word)


def classify(entry: Entry, taxonomy: Taxonomy) -> Classification:
    """Sort the keywords of *entry* into categories and tags."""
    problems: list[Diagnostic] = []
    categories: dict[str, None] = {}
    tags: dict[str, None] = {}
    value = entry.values.get("keywords")
    for word, offset in split_keywords(value.text if value else ""):
        tag = _resolve(word, offset, entry, taxonomy, problems)
        if tag in taxonomy.tags:
            tags[tag] = None
        elif tag:
            categories[tag] = None
    if not categories:
        problems.append(
            entry.report(
                Code.NO_CATEGORY,
                "no keyword is a category, so no chapter shows this paper",
                "keywords",
                suggestion="add one: keywords = {…}" if value is None else "",
                severity=Severity.ERROR,
            )
        )
    return Classification(tuple(categories), tuple(tags), tuple(problems))


def _resolve(
    word: str, offset: int, entry: Entry, taxonomy: Taxonomy, problems: list[Diagnostic]
) -> str:
    """Return the tag that a keyword stands for, ``""`` if it stands for none."""
    parent = ""
    tag = ""
    # JabRef writes the whole path, "inference > quantization"; each part has to be right.
    for part, part_offset in _strip_matches(_PART, word):
        place = offset + part_offset
        tag = taxonomy.names.get(part.casefold(), "")
        if not tag:
            problems.append(_unknown(part, place, entry, taxonomy))
            return ""
        category = taxonomy.categories.get(tag)
        if parent and (category is None or category.parent != parent):
            children = ", ".join(taxonomy.categories[parent].children) or "no sub-categories"
            problems.append(
                entry.report(
                    Code.UNKNOWN_TAG,
                    f"'{part}' is no sub-category of '{parent}'",
                    "keywords",
                    offset=place,
                    suggestion=f"it has {children}",
                    severity=Severity.ERROR,
                )
            )
            return ""
        if part.casefold() != tag.casefold():
            problems.append(
                entry.report(
                    Code.ALIAS,
                    f"'{part}' is an older spelling",
                    "keywords",
                    offset=place,
                    suggestion=f"write '{tag}'",
                    severity=Severity.HINT,
                )
            )
        parent = tag if category else ""
    found = taxonomy.categories.get(tag)
    if found is not None and found.children:
        problems.append(
            entry.report(
                Code.NOT_A_LEAF,
                f"'{word}' has sub-categories",
                "keywords",
                offset=offset,
                suggestion=f"choose one of {', '.join(found.children)}",
            )
        )
    return tag


def _unknown(part: str, place: int, entry: Entry, taxonomy: Taxonomy) -> Diagnostic:
    near = did_you_mean(part, taxonomy.names)
    if not near:
        titles = {one.title.casefold(): one.tag for one in taxonomy.categories.values()}
        by_title = titles.get(part.casefold())
        near = f"did you mean '{by_title}'?" if by_title else "see the taxonomy for the tags"
    return entry.report(
        Code.UNKNOWN_TAG,
        f"unknown keyword '{part}'",
        "keywords",
        offset=place,
        suggestion=near,
        severity=Severity.ERROR,
    )
