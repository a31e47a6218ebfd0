"""From an entry to a paper: every field read, normalized, and checked as far as reading goes."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from livingsurvey.bibtex.fields import LINK_FIELDS, MARKUP_FIELDS, VENUE_FIELDS
from livingsurvey.bibtex.identifiers import read_arxiv, read_doi, read_url, shorten
from livingsurvey.diagnostics import Code, Diagnostic, Severity, did_you_mean
from livingsurvey.markup import parse
from livingsurvey.model import Paper, Person
from livingsurvey.names import is_others, parse_name, split_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livingsurvey.bibtex.identifiers import Identifier
    from livingsurvey.bibtex.read import Entry
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
    """Sort the keywords of *entry* into categories and tags.

    In a survey without a taxonomy any keyword will do, and none is needed.
    """
    if not taxonomy.categories:
        return Classification((), (), ())
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


_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?:[~?%])?(?:/.*)?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def read_paper(entry: Entry, taxonomy: Taxonomy) -> tuple[Paper, list[Diagnostic]]:
    """Read one entry. Never raises; what cannot be read is left empty and reported."""
    problems: list[Diagnostic] = []
    kinds = classify(entry, taxonomy)
    problems.extend(kinds.problems)
    authors, truncated = _read_people(entry, "author", problems)
    editors, _ = _read_people(entry, "editor", problems)
    year, month = _read_date(entry, problems)
    for name in MARKUP_FIELDS:
        problems.extend(_check_markup(entry, name))
    # Read once: a paper and its fields share their strings.
    fields = {name: value.normalized for name, value in entry.values.items()}
    paper = Paper(
        key=entry.key,
        entry_type=entry.entry_type,
        title=fields.get("title", ""),
        short_title=fields.get("shorttitle", ""),
        authors=authors,
        editors=editors,
        truncated=truncated,
        year=year,
        month=month,
        venue=next((text for name in VENUE_FIELDS if (text := fields.get(name))), ""),
        doi=_read(entry, "doi", read_doi, Code.BAD_DOI, problems),
        arxiv=_read_eprint(entry, problems),
        primary_class=fields.get("primaryclass", ""),
        url=_read(entry, "url", read_url, Code.BAD_URL, problems),
        links={
            name: address
            for name in LINK_FIELDS
            if (address := _read(entry, name, read_url, Code.BAD_URL, problems))
        },
        annotation=fields.get("annotation", ""),
        categories=kinds.categories,
        tags=kinds.tags,
        created=_read_created(entry, problems),
        fields=fields,
        location=entry.location,
    )
    return paper, problems


def _read_people(
    entry: Entry, name: str, problems: list[Diagnostic]
) -> tuple[tuple[Person, ...], bool]:
    value = entry.values.get(name)
    if value is None:
        return (), False
    people: list[Person] = []
    truncated = False
    for one in split_names(value.text):
        if is_others(one.text):
            truncated = True
            continue
        person, problem = parse_name(one.text)
        if problem:
            problems.append(entry.report(Code.BAD_NAME, problem, name, offset=one.offset))
        if person.family or person.given:
            people.append(person)
    return tuple(people), truncated


def _read_date(entry: Entry, problems: list[Diagnostic]) -> tuple[int | None, int | None]:
    year = month = None
    if text := entry.get("date"):
        match = _DATE.fullmatch(text)
        if match is None:
            problems.append(
                entry.report(
                    Code.BAD_YEAR,
                    f"the date '{shorten(text)}' cannot be read",
                    "date",
                    suggestion="write YYYY, YYYY-MM or YYYY-MM-DD",
                )
            )
        else:
            year = int(match[1])
            month = int(match[2]) if match[2] else None
    if text := entry.get("year"):
        if re.fullmatch(r"\d{4}", text):
            year = int(text)
        else:
            problems.append(
                entry.report(
                    Code.BAD_YEAR,
                    f"the year '{shorten(text)}' is not a year",
                    "year",
                    suggestion="write four digits",
                )
            )
    if text := entry.get("month"):
        month = _read_month(text) or month
        if month is None:
            problems.append(
                entry.report(
                    Code.BAD_YEAR,
                    f"the month '{shorten(text)}' cannot be read",
                    "month",
                    suggestion="write jan, feb, …",
                )
            )
    return year, month if month is not None and 1 <= month <= 12 else None


def _read_month(text: str) -> int | None:
    if text.isdecimal():
        return int(text) if 1 <= int(text[:3]) <= 12 else None
    start = text[:3].lower()
    return _MONTHS.index(start) + 1 if start in _MONTHS else None


def _read(entry: Entry, name: str, reader: Any, code: Code, problems: list[Diagnostic]) -> str:
    text = entry.get(name)
    if not text:
        return ""
    identifier: Identifier = reader(text)
    if identifier.problem:
        problems.append(
            entry.report(
                code,
                identifier.problem,
                name,
                suggestion=identifier.suggestion,
                severity=Severity.HINT if identifier.value else Severity.WARNING,
            )
        )
    return identifier.value


def _read_eprint(entry: Entry, problems: list[Diagnostic]) -> str:
    archive = entry.get("archiveprefix").lower()
    if archive and archive != "arxiv":
        return ""
    return _read(entry, "eprint", read_arxiv, Code.BAD_EPRINT, problems)


def _read_created(entry: Entry, problems: list[Diagnostic]) -> datetime.date | None:
    text = entry.get("creationdate")
    if not text:
        return None
    try:
        # JabRef writes a time of day behind the date.
        return datetime.date.fromisoformat(text[:10])
    except ValueError:
        problems.append(
            entry.report(
                Code.BAD_DATE,
                f"creationdate '{shorten(text)}' is not a date",
                "creationdate",
                suggestion="write YYYY-MM-DD",
            )
        )
        return None


def _check_markup(entry: Entry, name: str) -> list[Diagnostic]:
    value = entry.values.get(name)
    if value is None or name in entry.inherited:
        return []
    return [
        entry.report(Code.MARKUP, f"{name}: {problem.message}", name, offset=problem.offset)
        for problem in parse(value.text).problems
    ]
