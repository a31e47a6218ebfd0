"""An entry as the file has it, and what its fields say, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from livingsurvey.diagnostics import Code, Diagnostic, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from livingsurvey.bibtex.blocks import Block
    from livingsurvey.bibtex.source import Source
    from livingsurvey.model import Location

_WHITE = re.compile(r"\s+")


class Value(NamedTuple):
    """What a field says.

    Attributes:
        text: Macros expanded, parts joined, white space as in the file.
        start: The offset of the value's first character in the file.
        is_exact: Whether offsets into *text* are offsets into the file: one part, no macro.
    """

    text: str
    start: int
    is_exact: bool

    @property
    def normalized(self) -> str:
        """The text with each run of white space as one space and none at the ends."""
        return _WHITE.sub(" ", self.text).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry as the file has it, every value with its place.

    Attributes:
        key: The citation key, as written.
        entry_type: Lower case.
        values: By field name in lower case, biblatex names joined with BibTeX's.
        source: The file.
        block: Its span and the spans of its fields.
        inherited: The names of the fields that come from a cross-referenced entry.
    """

    key: str
    entry_type: str
    values: Mapping[str, Value]
    source: Source
    block: Block
    inherited: frozenset[str] = frozenset()

    @property
    def raw(self) -> str:
        """Its text, from the ``@`` to the last brace."""
        return self.source.text[self.block.start : self.block.end]

    @property
    def location(self) -> Location:
        """Where the entry begins."""
        return self.source.locate(self.block.start)

    def get(self, name: str) -> str:
        """Return the normalized text of a field, ``""`` if it is missing."""
        value = self.values.get(name)
        return value.normalized if value else ""

    def locate(self, name: str, offset: int = 0) -> Location:
        """Return the place of character *offset* of a field's value; of the entry without it."""
        value = self.values.get(name)
        if value is None or name in self.inherited:
            return self.location
        return self.source.locate(value.start + offset if value.is_exact else value.start)

    def report(
        self,
        code: Code,
        message: str,
        name: str = "",
        *,
        offset: int = 0,
        suggestion: str = "",
        severity: Severity = Severity.WARNING,
    ) -> Diagnostic:
        """Return a diagnostic about this entry, placed at the field *name* where it has one."""
        return Diagnostic(
            code=code,
            severity=severity,
            message=f"{self.key}: {message}",
            location=self.locate(name, offset),
            suggestion=suggestion,
            key=self.key,
        )
