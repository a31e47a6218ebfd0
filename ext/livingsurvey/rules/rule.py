"""What a rule is: a kind of problem that documents itself, finds itself and may mend itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from livingsurvey.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from livingsurvey.bibtex.edits import Edit
    from livingsurvey.bibtex.source import Source
    from livingsurvey.catalog import Library
    from livingsurvey.diagnostics import Code, Diagnostic
    from livingsurvey.model import Location

Group = Literal[
    "files",
    "syntax",
    "entries",
    "identifiers",
    "people",
    "titles",
    "categories",
    "pages",
    "records",
]
GROUPS: dict[Group, str] = {
    "files": "Files and characters",
    "syntax": "BibTeX",
    "entries": "Entries and fields",
    "identifiers": "Identifiers and dates",
    "people": "People",
    "titles": "Titles and texts",
    "categories": "Categories",
    "pages": "Pages",
    "records": "Records of arXiv and Crossref",
}
"""The groups of rules in the order of the documentation, and their headings."""

Stage = Literal["check", "start", "build", "verify"]
Language = Literal["bibtex", "toml", "config", "markdown", "svg"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What mends one finding.

    Attributes:
        source: The file.
        edits: The changes of its text.
        location: The place of the finding.
        message: What is done, naming the entry: ``doe2020x: doi without resolver``.
        code: The rule.
    """

    source: Source
    edits: tuple[Edit, ...]
    location: Location
    message: str
    code: Code


def find_nothing(_library: Library) -> Iterator[Diagnostic]:
    """Be the check of a rule that the bibliography alone cannot break."""
    yield from ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. Its examples are its tests: the bad one breaks this rule alone, the good one none.

    Attributes:
        code: The stable name.
        title: A heading: what is asked for.
        group: The part of the documentation where it stands.
        severity: Of its findings; a milder case may be a hint.
        what: What is reported, for editors, in Markdown's subset of plain text and ``code``.
        why: What would go wrong.
        bad: Breaks the rule.
        good: The same, mended.
        language: What the examples are: BibTeX, a taxonomy, ``pyproject.toml``, a page, a figure.
        stage: ``check`` if the command finds it, ``start`` if it keeps the command from running,
            ``build`` if it takes all pages to find it, ``verify`` if it takes the ledger, that is
            ``check --verified``.
        check: Finds it.
        repair: Mends it where that needs no judgment, or None.
    """

    code: Code
    title: str
    group: Group
    severity: Severity = Severity.WARNING
    what: str
    why: str
    bad: str
    good: str
    language: Language = "bibtex"
    stage: Stage = "check"
    check: Callable[[Library], Iterator[Diagnostic]] = find_nothing
    repair: Callable[[Library], Iterator[Repair]] | None = None
