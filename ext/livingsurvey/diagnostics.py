"""What can be wrong, and the one form in which it is said.

``path:line:column: severity: message [survey.code]``, then a suggestion where there is one.
A :class:`Code` is a promise to editors: it never changes its meaning, can be suppressed by name
in Sphinx (``suppress_warnings = ["survey.unknown_tag"]``) and switched off by ``check``.
"""

from __future__ import annotations

import difflib
import enum
from collections import Counter
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livingsurvey.model import Location


class Severity(enum.StrEnum):
    """How bad it is. Errors and warnings fail a build under ``-W`` and ``check``; hints do not."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Code(enum.StrEnum):
    """The stable name of each kind of problem, and how bad it is; a warning unless said otherwise.

    The docstring of each member says what it means.
    """

    severity: Severity

    def __new__(cls, name: str, severity: Severity = Severity.WARNING) -> Code:
        """Return a member; ``code.severity`` says how bad it is."""
        code = str.__new__(cls, name)
        code._value_ = name
        code.severity = severity
        return code

    SYNTAX = "syntax", Severity.ERROR
    """The text is not BibTeX or TOML here."""
    ENCODING = "encoding", Severity.ERROR
    """The file is not UTF-8, or holds characters that have no business in a bibliography."""
    BYTE_ORDER_MARK = "byte_order_mark", Severity.HINT
    """The file begins with a byte order mark, which some programs take for text."""
    FILE_MISSING = "file_missing", Severity.ERROR
    """A file that the configuration names cannot be read."""
    LIMIT = "limit", Severity.ERROR
    """A value is larger than any honest bibliography needs, and was cut or left out."""
    DUPLICATE_KEY = "duplicate_key", Severity.ERROR
    """Two entries have the same citation key; the first one is kept."""
    DUPLICATE_FIELD = "duplicate_field", Severity.ERROR
    """One entry gives a field twice; the first one is kept."""
    UNDEFINED_STRING = "undefined_string", Severity.ERROR
    """A macro is used that no ``@string`` defines."""
    CROSSREF = "crossref", Severity.ERROR
    """``crossref`` names an entry that does not exist, or leads back to itself."""
    UNKNOWN_TYPE = "unknown_type"
    """The type of an entry is none that BibTeX or biblatex knows."""
    MISSING_FIELD = "missing_field"
    """A field that the type of the entry requires is missing."""
    UNKNOWN_TAG = "unknown_tag", Severity.ERROR
    """A keyword is neither a category nor a declared tag."""
    NOT_A_LEAF = "not_a_leaf"
    """A keyword is a category that has sub-categories; a paper belongs to a leaf."""
    NO_CATEGORY = "no_category", Severity.ERROR
    """No keyword of the entry is a category, so that no chapter would show it."""
    ALIAS = "alias", Severity.HINT
    """A keyword is an older spelling of a tag."""
    BAD_YEAR = "bad_year"
    """Year, month or date cannot be read."""
    BAD_DOI = "bad_doi"
    """The DOI is malformed or written as an address."""
    BAD_EPRINT = "bad_eprint"
    """The arXiv identifier is malformed."""
    BAD_URL = "bad_url"
    """An address is malformed or not http or https; it is not turned into a link."""
    BAD_DATE = "bad_date"
    """``creationdate`` is not an ISO date."""
    BAD_NAME = "bad_name"
    """A person's name cannot be read as BibTeX means it."""
    MARKUP = "markup"
    """A title or annotation uses TeX that cannot be rendered; it is shown as plain text."""
    TAXONOMY = "taxonomy", Severity.ERROR
    """The taxonomy is not as it should be."""
    AUTHORS = "authors", Severity.ERROR
    """The file of authors is not as it should be."""
    CONFIG = "config", Severity.ERROR
    """A configuration value is not as it should be."""
    UNKNOWN_KEY = "unknown_key"
    """A page cites or names a paper that the bibliography does not have."""
    UNKNOWN_CATEGORY = "unknown_category"
    """A page names a category that the taxonomy does not have."""
    HOME_MISSING = "home_missing"
    """A category has papers but no listing in any page."""
    HOME_TWICE = "home_twice"
    """A category is listed at home in two places; the first one is its home."""
    REFERENCES_MISSING = "references_missing"
    """Pages cite papers but none holds the list of references."""
    REFERENCES_TWICE = "references_twice"
    """Two pages hold the list of references; the first one is used."""
    DRAWING = "drawing", Severity.ERROR
    """A figure cannot be read or uses something outside the subset that every builder can draw."""
    HIDDEN_CHARACTER = "hidden_character", Severity.ERROR
    """An invisible character, or one that turns the direction of the text, stands in the file."""
    MOJIBAKE = "mojibake"
    """UTF-8 was once read as another encoding: ``Ã¼`` where ``ü`` is meant."""
    SAME_PAPER = "same_paper", Severity.ERROR
    """Two entries are one paper: they share a DOI, an arXiv identifier, or title and author."""
    KEY_FORM = "key_form"
    """The citation key has not the form ``authorYEARword`` in lower-case ASCII."""
    YEAR_MISMATCH = "year_mismatch"
    """The year contradicts the arXiv identifier or the day on which the entry was added."""
    UNKNOWN_FIELD = "unknown_field"
    """A field that no program reads has nearly the name of one that is read."""
    EMPTY_FIELD = "empty_field"
    """A field is there but says nothing."""
    SURPLUS_FIELD = "surplus_field", Severity.HINT
    """A field that a reference manager writes for itself, or an abstract."""
    PAGE_RANGE = "page_range", Severity.HINT
    """The pages are not written as ``first--last``."""
    ARXIV_AS_JOURNAL = "arxiv_as_journal"
    """arXiv stands where the journal belongs."""
    MISSING_CREATIONDATE = "missing_creationdate"
    """The entry does not say when it joined the survey."""
    TRUNCATED_AUTHORS = "truncated_authors"
    """The list of authors ends in ``and others``."""
    NAME_ORDER = "name_order"
    """The given names stand where the family name belongs."""
    NAME_INITIALS = "name_initials", Severity.HINT
    """Given names are initials, and another entry has the same person's names in full."""
    NAME_CAPITALS = "name_capitals"
    """A person's name is written in capitals."""
    NAME_INCOMPLETE = "name_incomplete"
    """A person's name is a single word."""
    TITLE_CAPITALS = "title_capitals"
    """A title has capitals within a word that a bibliography style would lower."""
    TITLE_FORM = "title_form", Severity.HINT
    """A title ends in a full stop or repeats a word."""
    HTML_IN_TEXT = "html_in_text"
    """A title or annotation holds HTML, which BibTeX does not know."""
    ANNOTATION_FORM = "annotation_form"
    """The annotation is not one or two finished sentences of plain text."""
    MANY_CATEGORIES = "many_categories", Severity.HINT
    """An entry names a category twice, or more than five."""
    IDENTIFIERS_DIFFER = "identifiers_differ"
    """The arXiv identifier contradicts the address or the DOI beside it."""
    EMPTY_BIBLIOGRAPHY = "empty_bibliography"
    """A bibliography file has no entry."""
    THIN_CATEGORY = "thin_category"
    """A category has fewer papers than the configuration asks for."""
    STALE_CHAPTER = "stale_chapter", Severity.HINT
    """A chapter was not reviewed for long."""
    UNREVIEWED = "unreviewed", Severity.HINT
    """Many papers joined a chapter since its review that it does not discuss."""
    UNVERIFIED = "unverified"
    """No record was compared with the entry."""
    FACTS_CHANGED = "facts_changed"
    """The facts of the entry are not those that were verified."""
    RECORD_DIFFERS = "record_differs"
    """The record of arXiv or Crossref says otherwise than the entry, or there is none."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem, at one place.

    Attributes:
        code: What kind of problem.
        severity: How bad it is.
        message: One sentence without a final period, naming the entry where there is one.
        location: Where.
        suggestion: What to do instead, or ``""``.
        key: The citation key of the entry concerned, or ``""``.
    """

    code: Code
    message: str
    location: Location
    severity: Severity = Severity.WARNING
    suggestion: str = ""
    key: str = ""

    @property
    def text(self) -> str:
        """The message with its suggestion, without place and code, fit for any terminal."""
        text = f"{self.message}; {self.suggestion}" if self.suggestion else self.message
        return "".join(char if char.isprintable() else "\ufffd" for char in text)

    def render(self) -> str:
        """Return the diagnostic as one line in the form that editors and CI parse."""
        return f"{self.location}: {self.severity}: {self.text} [survey.{self.code}]"


def diagnose(
    code: Code,
    message: str,
    location: Location,
    suggestion: str = "",
    *,
    key: str = "",
    severity: Severity | None = None,
) -> Diagnostic:
    """Return a diagnostic, as bad as its kind of problem is unless said otherwise."""
    return Diagnostic(code, message, location, severity or code.severity, suggestion, key)


def sort_diagnostics(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return diagnostics in the order of the text that they speak of, each once."""
    return sorted(dict.fromkeys(diagnostics), key=attrgetter("location", "code", "message"))


MOST_SHOWN = 100
"""Findings of one kind in one file that are shown; further ones are counted."""


def limit_diagnostics(
    diagnostics: Iterable[Diagnostic], most: int = MOST_SHOWN
) -> list[Diagnostic]:
    """Return the first *most* of each kind in each file; the place of the next tells the rest."""
    counts: Counter[tuple[str, Code]] = Counter()
    shown: list[Diagnostic] = []
    last: dict[tuple[str, Code], int] = {}
    for diagnostic in diagnostics:
        kind = (diagnostic.location.path, diagnostic.code)
        counts[kind] += 1
        if counts[kind] <= most + 1:
            last[kind] = len(shown)
            shown.append(diagnostic)
    for kind, place in last.items():
        if (rest := counts[kind] - most) > 1:
            shown[place] = replace(
                shown[place],
                message=f"from here on, {rest:,} more findings of this kind are not shown",
                suggestion="mend those above first",
                key="",
            )
    return shown


def did_you_mean(word: str, candidates: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Return ``did you mean 'x'?`` for the candidate nearest to *word*, or ``""`` if none is near.

    Nearness is that of :func:`difflib.get_close_matches`, without regard to case; *cutoff* is the
    least that counts, from 0 to 1.
    """
    nearest = find_nearest(word, candidates, cutoff=cutoff)
    return f"did you mean '{nearest}'?" if nearest else ""


def find_nearest(word: str, candidates: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Return the candidate nearest to *word*, or ``""``; see :func:`did_you_mean`."""
    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    close = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded[close[0]] if close else ""
