"""From an entry to a paper: every field read, normalized, and checked as far as reading goes."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any

from livingsurvey.bibtex.identifiers import read_arxiv, read_doi, read_url, shorten
from livingsurvey.catalog.keywords import classify
from livingsurvey.diagnostics import Code, Diagnostic, Severity
from livingsurvey.markup import parse
from livingsurvey.model import Paper, Person
from livingsurvey.names import is_others, parse_name, split_names

if TYPE_CHECKING:
    from livingsurvey.bibtex.entry import Entry
    from livingsurvey.bibtex.identifiers import Identifier
    from livingsurvey.taxonomy import Taxonomy

_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?:[~?%])?(?:/.*)?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_VENUE_FIELDS = ("journal", "booktitle", "institution", "publisher", "howpublished")
_MARKED_UP = ("title", "shorttitle", "annotation", "journal", "booktitle")


def read_paper(entry: Entry, taxonomy: Taxonomy) -> tuple[Paper, list[Diagnostic]]:
    """Read one entry. Never raises; what cannot be read is left empty and reported."""
    problems: list[Diagnostic] = []
    kinds = classify(entry, taxonomy)
    problems.extend(kinds.problems)
    authors, truncated = _read_people(entry, "author", problems)
    editors, _ = _read_people(entry, "editor", problems)
    year, month = _read_date(entry, problems)
    for name in _MARKED_UP:
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
        venue=next((text for name in _VENUE_FIELDS if (text := fields.get(name))), ""),
        doi=_read(entry, "doi", read_doi, Code.BAD_DOI, problems),
        arxiv=_read_eprint(entry, problems),
        primary_class=fields.get("primaryclass", ""),
        url=_read(entry, "url", read_url, Code.BAD_URL, problems),
        code=_read(entry, "code", read_url, Code.BAD_URL, problems),
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
