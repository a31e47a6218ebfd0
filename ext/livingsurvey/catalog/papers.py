"""From an entry to a paper: every field read, normalized, and checked as far as reading goes."""

from __future__ import annotations

import datetime
import re
from functools import partial
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
    from collections.abc import Callable, Iterator, Mapping

    from livingsurvey.bibtex.identifiers import Identifier
    from livingsurvey.bibtex.read import Entry
    from livingsurvey.taxonomy import Taxonomy


_KEYWORD = re.compile(r"[^,;]+")
_PART = re.compile(r"[^>]+")


def split_keywords(value: str) -> Iterator[tuple[str, int]]:
    """Yield each keyword of a ``keywords`` field, stripped, with its offset in the field."""
    yield from _strip_matches(_KEYWORD, value)


def _strip_matches(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, int]]:
    for match in pattern.finditer(text):
        if word := match[0].strip(" \t\r\n{}"):
            yield word, match.start() + match[0].index(word)


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
    entry: Entry, taxonomy: Taxonomy, spellings: Mapping[Person, Person] = MappingProxyType({})
) -> tuple[Paper, list[Diagnostic]]:
    """Read one entry. Never raises; what cannot be read is left empty and reported.

    Args:
        entry: The entry.
        taxonomy: What its keywords mean.
        spellings: The one name of each author who has several.
    """
    reader = _PaperReader(entry, taxonomy)
    categories, tags = reader.read_keywords()
    authors, truncated = reader.read_people("author")
    editors, _ = reader.read_people("editor")
    year, month = reader.read_date()
    reader.check_markup()
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
        doi=reader.read("doi", read_doi, Code.BAD_DOI),
        arxiv=reader.read_eprint(),
        primary_class=fields.get("primaryclass", ""),
        url=reader.read_url("url") or address,
        links={name: link for name in LINK_FIELDS if (link := reader.read_url(name))},
        annotation=fields.get("annotation", ""),
        categories=categories,
        tags=tags,
        created=reader.read_created(),
        fields=fields,
        location=entry.location,
    )
    return paper, reader.problems


def _show(text: str) -> str:
    return text if text.isprintable() else HIDDEN_CHARACTERS.sub("", text)


class _PaperReader:
    """Reads the fields of an entry, and gathers what is wrong with them."""

    def __init__(self, entry: Entry, taxonomy: Taxonomy) -> None:
        self.entry, self.taxonomy = entry, taxonomy
        self.problems: list[Diagnostic] = []

    def report(self, code: Code, message: str, suggestion: str, name: str, **place: Any) -> None:
        self.problems.append(self.entry.report(code, message, suggestion, name, **place))

    def read_keywords(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return categories in the order written, each once, the home first; and further tags.

        In a survey without a taxonomy any keyword will do, and none is needed.
        """
        if not self.taxonomy.categories:
            return (), ()
        value = self.entry.values.get("keywords")
        words = split_keywords(value.text if value else "")
        found = dict.fromkeys(self.resolve(word, offset) for word, offset in words)
        tags = tuple(tag for tag in found if tag in self.taxonomy.tags)
        categories = tuple(tag for tag in found if tag and tag not in self.taxonomy.tags)
        # Where a keyword is misspelled, that one is to be mended.
        if not categories and all(p.code is not Code.UNKNOWN_TAG for p in self.problems):
            message = "no keyword is a category, so no chapter shows this paper"
            suggestion = "add one" if value else "add one: keywords = {…}"
            self.report(Code.NO_CATEGORY, message, suggestion, "keywords")
        return categories, tags

    def resolve(self, word: str, offset: int) -> str:
        """Return the tag that a keyword stands for, ``""`` if it stands for none."""
        categories = self.taxonomy.categories
        report = partial(self.report, name="keywords")
        parent = tag = ""
        # JabRef writes the whole path, "inference > quantization"; each part has to be right.
        for part, part_offset in _strip_matches(_PART, word):
            place = offset + part_offset
            tag = self.taxonomy.names.get(part.casefold(), "")
            if not tag:
                message = f"unknown keyword '{shorten(part)}'"
                report(Code.UNKNOWN_TAG, message, self.suggest_tag(part), offset=place)
                return ""
            category = categories.get(tag)
            if parent and (category is None or category.parent != parent):
                children = ", ".join(categories[parent].children) or "no sub-categories"
                message = f"'{part}' is no sub-category of '{parent}'"
                report(Code.UNKNOWN_TAG, message, f"it has {children}", offset=place)
                return ""
            if part.casefold() != tag.casefold():
                report(Code.ALIAS, f"'{part}' is an older spelling", f"write '{tag}'", offset=place)
            parent = tag if category else ""
        if parent and (children := ", ".join(categories[parent].children)):
            suggestion = f"choose one of {children}"
            report(Code.NOT_A_LEAF, f"'{word}' has sub-categories", suggestion, offset=offset)
        return tag

    def suggest_tag(self, part: str) -> str:
        names = dict(self.taxonomy.names)
        names |= {one.title.casefold(): one.tag for one in self.taxonomy.categories.values()}
        tag = names.get(part.casefold()) or names.get(find_nearest(part, names), "")
        return f"did you mean '{tag}'?" if tag else "see the taxonomy for the tags"

    def read_people(self, name: str) -> tuple[tuple[Person, ...], bool]:
        value = self.entry.values.get(name)
        parts = split_names(value.text) if value else ()
        named = [part for part in parts if not is_others(part.text)]
        people: list[Person] = []
        for part in named:
            person, problem = parse_name(part.text)
            if problem:
                what, _, remedy = problem.partition("; ")
                remedy = remedy or "write 'Family, Given and Family, Given'"
                self.report(Code.BAD_NAME, what, remedy, name, offset=part.offset)
            if person.family or person.given:
                people.append(person)
        return tuple(people), len(named) < len(parts)

    def read_date(self) -> tuple[int | None, int | None]:
        """Return year and month; where both dialects are given the date counts, as in biblatex."""
        year = month = None
        if text := self.entry.get("date"):
            year, month, suggestion = _read_iso_date(text)
            if suggestion:
                message = f"the date '{shorten(text)}' cannot be read"
                self.report(Code.BAD_YEAR, message, suggestion, "date")
        if text := self.entry.get("year"):
            if not _YEAR.fullmatch(text):
                message = f"the year '{shorten(text)}' is not a year"
                self.report(Code.BAD_YEAR, message, "write four digits", "year")
                year = year or _read_leading_year(text)
            elif year is not None and int(text) != year:
                message = f"the year is {text}, but the date is of {year}"
                remedy = "the date counts; remove the wrong one"
                self.report(Code.BAD_YEAR, message, remedy, "year")
            else:
                year = int(text)
        if text := self.entry.get("month"):
            read = read_month(text)
            month = month or read
            if read is None:
                message = f"the month '{shorten(text)}' cannot be read"
                self.report(Code.BAD_YEAR, message, "write jan, feb, …", "month")
        return year, month

    def read(self, name: str, reader: Callable[[str], Identifier], code: Code) -> str:
        text = self.entry.get(name)
        if not text:
            return ""
        identifier = reader(text)
        if identifier.problem:
            severity = Severity.HINT if identifier.value else Severity.WARNING
            self.report(code, identifier.problem, identifier.suggestion, name, severity=severity)
        return identifier.value

    def read_url(self, name: str) -> str:
        return self.read(name, read_url, Code.BAD_URL)

    def read_eprint(self) -> str:
        archive = self.entry.get("archiveprefix").lower()
        if archive and archive != "arxiv":
            return ""
        text = self.entry.get("eprint")
        if not archive and "://" in text and "arxiv.org/" not in text.lower():
            return ""  # Google Scholar puts the address of the publisher's PDF here
        return self.read("eprint", read_arxiv, Code.BAD_EPRINT)

    def read_created(self) -> datetime.date | None:
        text = self.entry.get("creationdate")
        if not text:
            return None
        try:
            # JabRef writes a time of day after the date.
            return datetime.date.fromisoformat(text[:10])
        except ValueError:
            message = f"creationdate '{shorten(text)}' is not a date"
            self.report(Code.BAD_DATE, message, "write YYYY-MM-DD", "creationdate")
            return None

    def check_markup(self) -> None:
        for name in MARKUP_FIELDS:
            value = self.entry.values.get(name)
            if value is None or name in self.entry.inherited:
                continue
            for problem in parse(value.text).problems:
                message = f"{name}: {problem.message}"
                self.report(Code.MARKUP, message, problem.remedy, name, offset=problem.offset)


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


def _read_leading_year(text: str) -> int | None:
    begins = _YEAR_FIRST.match(text)
    return int(begins[0]) if begins else None


def _read_iso_date(text: str) -> tuple[int | None, int | None, str]:
    """Return year and month of a date, and what to write instead if it is none."""
    form = "write YYYY, YYYY-MM or YYYY-MM-DD"
    match = _DATE.fullmatch(text)
    if match is None:
        return _read_leading_year(text), None, form
    # 00, as in the exports of ADS, and XX stand for a month or a day that nobody knows.
    year, month, day = (
        int(part) or None if part not in (None, "XX") else None for part in match.groups()
    )
    if month in _SEASONS and day is None:
        return year, None, ""
    try:
        datetime.date(year or 0, month or 1, day or 1)
    except ValueError:
        return year, None, f"there is no such day; {form}"
    return year, month, ""


def read_month(text: str) -> int | None:
    """Return the number of a month: ``6``, ``jun``, ``June 2020``, ``09--15 Jun``."""
    if re.fullmatch(r"0?[1-9]|1[0-2]", text):
        return int(text)
    name = _MONTH_NAME.search(text)
    return _MONTHS.index(name[1].lower()) + 1 if name else None
