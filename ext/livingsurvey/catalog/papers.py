"""From an entry to a paper: every field read, normalized, and checked as far as reading goes."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from livingsurvey.bibtex.fields import LINK_FIELDS, MARKUP_FIELDS, VENUE_FIELDS
from livingsurvey.bibtex.identifiers import find_address, read_arxiv, read_doi, read_url, shorten
from livingsurvey.bibtex.read import MONTHS
from livingsurvey.diagnostics import Code, Diagnostic, Severity, find_nearest
from livingsurvey.markup import parse
from livingsurvey.markup.letters import HIDDEN_CHARACTERS
from livingsurvey.model import Paper, Person
from livingsurvey.names import is_others, parse_name, split_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
        word = match[0].strip(" \t\r\n{}")
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
    # Where a keyword is misspelled, that one is to be mended.
    if not categories and all(problem.code is not Code.UNKNOWN_TAG for problem in problems):
        problems.append(
            entry.report(
                Code.NO_CATEGORY,
                "no keyword is a category, so no chapter shows this paper",
                "keywords",
                suggestion="add one" if value else "add one: keywords = {…}",
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
    names = dict(taxonomy.names)
    names |= {category.title.casefold(): category.tag for category in taxonomy.categories.values()}
    tag = names.get(part.casefold()) or names.get(find_nearest(part, names), "")
    near = f"did you mean '{tag}'?" if tag else "see the taxonomy for the tags"
    return entry.report(
        Code.UNKNOWN_TAG,
        f"unknown keyword '{shorten(part)}'",
        "keywords",
        offset=place,
        suggestion=near,
        severity=Severity.ERROR,
    )


_DATE = re.compile(
    r"(?:(?:\.\.)?/)?([0-9]{4})(?:-([0-9]{2}|XX))?(?:-([0-9]{2}|XX))?"
    r"(?:T[0-9:.]+(?:Z|[+-][0-9:]+)?)?[~?%]?(?:/.*)?"
)
"""A date as biblatex has it: ISO 8601-2, of a range the beginning, or the end if it has none."""
_SEASONS = range(21, 25)
_MONTHS = tuple(MONTHS)
_MONTH_NAME = re.compile(rf"(?<![a-z])({'|'.join(MONTHS)})", re.IGNORECASE)
_YEAR = re.compile(r"(?!0000)[0-9]{4}")
_YEAR_FIRST = re.compile(r"(?!0000)[0-9]{4}(?=\s*[-/.\u2013])")


def read_paper(
    entry: Entry,
    taxonomy: Taxonomy,
    spellings: Mapping[Person, Person] = MappingProxyType({}),
) -> tuple[Paper, list[Diagnostic]]:
    """Read one entry. Never raises; what cannot be read is left empty and reported.

    Args:
        entry: The entry.
        taxonomy: What its keywords mean.
        spellings: The one name of each author who has several.
    """
    problems: list[Diagnostic] = []
    kinds = classify(entry, taxonomy)
    problems.extend(kinds.problems)
    authors, truncated = _read_people(entry, "author", problems)
    editors, _ = _read_people(entry, "editor", problems)
    year, month = _read_date(entry, problems)
    for name in MARKUP_FIELDS:
        problems.extend(_check_markup(entry, name))
    # Read once: a paper and its fields share their strings. What cannot be seen is told by a rule
    # and goes no further.
    fields = {name: _show(entry.get(name)) for name in entry.values}
    address, is_all = _find_published_address(fields)
    paper = Paper(
        key=entry.key,
        entry_type=entry.entry_type,
        title=_join_title(fields, "title", "subtitle"),
        short_title=fields.get("shorttitle", ""),
        authors=tuple(spellings.get(person, person) for person in authors),
        editors=editors,
        truncated=truncated,
        year=year,
        month=month,
        venue=_find_venue(fields, has_address=is_all),
        doi=_read(entry, "doi", read_doi, Code.BAD_DOI, problems),
        arxiv=_read_eprint(entry, problems),
        primary_class=fields.get("primaryclass", ""),
        url=_read(entry, "url", read_url, Code.BAD_URL, problems) or address,
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


def _show(text: str) -> str:
    return text if text.isprintable() else HIDDEN_CHARACTERS.sub("", text)


def _read_people(
    entry: Entry, name: str, problems: list[Diagnostic]
) -> tuple[tuple[Person, ...], bool]:
    value = entry.values.get(name)
    if value is None:
        return (), False
    people: list[Person] = []
    truncated = False
    for part in split_names(value.text):
        if is_others(part.text):
            truncated = True
            continue
        person, problem = parse_name(part.text)
        if problem:
            what, _, remedy = problem.partition("; ")
            remedy = remedy or "write 'Family, Given and Family, Given'"
            problems.append(
                entry.report(Code.BAD_NAME, what, name, offset=part.offset, suggestion=remedy)
            )
        if person.family or person.given:
            people.append(person)
    return tuple(people), truncated


def _join_title(fields: Mapping[str, str], name: str, subtitle: str) -> str:
    """Return a title with its subtitle, as one reads it."""
    parts = [text for text in (fields.get(name, ""), fields.get(subtitle, "")) if text]
    separator = " " if parts and parts[0].rstrip("}").endswith((":", "?", "!", ".")) else ": "
    return separator.join(parts)


def _find_venue(fields: Mapping[str, str], *, has_address: bool) -> str:
    """Return where a paper appeared; an address in ``howpublished`` is no venue."""
    for name in VENUE_FIELDS:
        if fields.get(name) and not (has_address and name == "howpublished"):
            return _join_title(fields, name, f"{name.removesuffix('title')}subtitle")
    return ""


def _find_published_address(fields: Mapping[str, str]) -> tuple[str, bool]:
    """Return the address in ``howpublished`` or ``note``, where BibTeX has no url.

    And whether ``howpublished`` is nothing but that.
    """
    address, is_all = find_address(fields.get("howpublished", ""))
    return address or find_address(fields.get("note", ""))[0], is_all


def _read_date(entry: Entry, problems: list[Diagnostic]) -> tuple[int | None, int | None]:
    """Return year and month; where both dialects are given the date counts, as in biblatex."""
    year = month = None
    if text := entry.get("date"):
        year, month, suggestion = _read_iso_date(text)
        if suggestion:
            message = f"the date '{shorten(text)}' cannot be read"
            problems.append(entry.report(Code.BAD_YEAR, message, "date", suggestion=suggestion))
    if text := entry.get("year"):
        if not _YEAR.fullmatch(text):
            problems.append(
                entry.report(
                    Code.BAD_YEAR,
                    f"the year '{shorten(text)}' is not a year",
                    "year",
                    suggestion="write four digits",
                )
            )
            begins = _YEAR_FIRST.match(text)
            year = year or (int(begins[0]) if begins else None)
        elif year is not None and int(text) != year:
            problems.append(
                entry.report(
                    Code.BAD_YEAR,
                    f"the year is {text}, but the date is of {year}",
                    "year",
                    suggestion="the date counts; remove the wrong one",
                )
            )
        else:
            year = int(text)
    if text := entry.get("month"):
        read = read_month(text)
        month = month or read
        if read is None:
            problems.append(
                entry.report(
                    Code.BAD_YEAR,
                    f"the month '{shorten(text)}' cannot be read",
                    "month",
                    suggestion="write jan, feb, …",
                )
            )
    return year, month


def _read_iso_date(text: str) -> tuple[int | None, int | None, str]:
    """Return year and month of a date, and what to write instead if it is none."""
    match = _DATE.fullmatch(text)
    if match is None:
        begins = _YEAR_FIRST.match(text)
        year = int(begins[0]) if begins else None
        return year, None, "write YYYY, YYYY-MM or YYYY-MM-DD"
    # 00, as in the exports of ADS, and XX stand for a month or a day that nobody knows.
    year, month, day = (
        int(part) or None if part not in (None, "XX") else None for part in match.groups()
    )
    if month in _SEASONS and day is None:
        return year, None, ""
    try:
        datetime.date(year or 0, month or 1, day or 1)
    except ValueError:
        return year, None, "there is no such day; write YYYY, YYYY-MM or YYYY-MM-DD"
    return year, month, ""


def read_month(text: str) -> int | None:
    """Return the number of a month: ``6``, ``jun``, ``June 2020``, ``09--15 Jun``."""
    if re.fullmatch(r"0?[1-9]|1[0-2]", text):
        return int(text)
    name = _MONTH_NAME.search(text)
    return _MONTHS.index(name[1].lower()) + 1 if name else None


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
    text = entry.get("eprint")
    if not archive and "://" in text and "arxiv.org/" not in text.lower():
        return ""  # Google Scholar puts the address of the publisher's PDF here
    return _read(entry, "eprint", read_arxiv, Code.BAD_EPRINT, problems)


def _read_created(entry: Entry, problems: list[Diagnostic]) -> datetime.date | None:
    text = entry.get("creationdate")
    if not text:
        return None
    try:
        # JabRef writes a time of day after the date.
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
        entry.report(
            Code.MARKUP,
            f"{name}: {problem.message}",
            name,
            offset=problem.offset,
            suggestion=problem.remedy,
        )
        for problem in parse(value.text).problems
    ]
