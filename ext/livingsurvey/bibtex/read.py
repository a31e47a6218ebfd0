"""From blocks to entries: macros expanded, dialects joined, cross-references followed.

Mistakes cost what they concern and no more: a broken field its value, a repeated key its second
entry. Each is reported at its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from livingsurvey.bibtex.fields import CANONICAL_NAMES, NOT_INHERITED
from livingsurvey.bibtex.scan import MAX_VALUE, scan
from livingsurvey.bibtex.types import find_entry_type
from livingsurvey.diagnostics import Code, Diagnostic, Severity, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from livingsurvey.bibtex.scan import Block, Field
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


MONTHS = {
    "jan": "January", "feb": "February", "mar": "March", "apr": "April",
    "may": "May", "jun": "June", "jul": "July", "aug": "August",
    "sep": "September", "oct": "October", "nov": "November", "dec": "December",
}  # fmt: skip
"""The macros that every BibTeX style defines."""


def read_entries(sources: Sequence[Source]) -> tuple[list[Entry], list[Diagnostic]]:
    """Return the entries of some files in order, and what is wrong with their BibTeX.

    Files share their macros, as BibTeX has it. Never raises.
    """
    entries: dict[str, Entry] = {}
    problems: list[Diagnostic] = []
    macros = dict(MONTHS)
    for source in sources:
        for block in scan(source.text):
            problems.extend(
                Diagnostic(
                    code=mistake.code,
                    severity=Severity.ERROR,
                    message=mistake.message,
                    location=source.locate(mistake.offset),
                    suggestion=mistake.suggestion,
                    key=block.key,
                )
                for mistake in block.mistakes
            )
            if block.kind == "string":
                for definition in block.fields:
                    value = _expand(definition, macros, source, problems, block.key)
                    macros[definition.name.lower()] = value.text
            elif block.kind == "entry" and block.key:
                entry = _read_entry(block, source, macros, problems)
                first = entries.setdefault(block.key.casefold(), entry)
                if first is not entry:
                    problems.append(_duplicate_key(first, entry))
    return follow_crossrefs(entries.values(), problems), problems


def _duplicate_key(first: Entry, second: Entry) -> Diagnostic:
    return Diagnostic(
        code=Code.DUPLICATE_KEY,
        severity=Severity.ERROR,
        message=f"the citation key '{second.key}' is taken by the entry at {first.location}",
        location=second.source.locate(second.block.key_start),
        suggestion="the first one is used; rename or remove this one",
        key=second.key,
    )


def _read_entry(
    block: Block, source: Source, macros: Mapping[str, str], problems: list[Diagnostic]
) -> Entry:
    values: dict[str, Value] = {}
    written_before: dict[str, str] = {}
    for field in block.fields:
        written = field.name.lower()
        name = CANONICAL_NAMES.get(written, written)
        if name in values:
            problems.append(
                Diagnostic(
                    code=Code.DUPLICATE_FIELD,
                    severity=Severity.ERROR,
                    message=f"{block.key}: {_describe_twice(written, written_before[name])}",
                    location=source.locate(field.start),
                    suggestion="the first one is used; remove this one",
                    key=block.key,
                )
            )
        elif field.parts:
            values[name] = _expand(field, macros, source, problems, block.key)
            written_before[name] = written
    return Entry(
        key=block.key,
        entry_type=block.command.lower(),
        values=values,
        source=source,
        block=block,
    )


def _describe_twice(name: str, before: str) -> str:
    if name == before:
        return f"the field '{name}' is given twice"
    return f"'{name}' is another name for '{before}', which is there"


def _expand(
    field: Field,
    macros: Mapping[str, str],
    source: Source,
    problems: list[Diagnostic],
    key: str,
) -> Value:
    parts = field.parts
    if len(parts) == 1 and parts[0].kind != "macro":
        return Value(parts[0].text, parts[0].start, is_exact=True)
    text = ""
    for part in parts:
        if part.kind != "macro":
            text += part.text
        elif part.text.lower() in macros:
            text += macros[part.text.lower()]
        else:
            text += part.text
            problems.append(
                Diagnostic(
                    code=Code.UNDEFINED_STRING,
                    severity=Severity.ERROR,
                    message=f"no @string defines '{part.text}'",
                    location=source.locate(part.start),
                    suggestion=did_you_mean(part.text, macros) or "put the value in braces",
                    key=key,
                )
            )
        if len(text) > MAX_VALUE:
            # Macros that double each other would fill the memory from a few lines.
            problems.append(
                Diagnostic(
                    code=Code.LIMIT,
                    severity=Severity.ERROR,
                    message=f"the value is longer than {MAX_VALUE} characters and was cut",
                    location=source.locate(field.value_start),
                    key=key,
                )
            )
            text = text[:MAX_VALUE]
            break
    start = parts[0].start if parts else field.value_start
    return Value(text, start, is_exact=False)


def follow_crossrefs(entries: Iterable[Entry], problems: list[Diagnostic]) -> list[Entry]:
    """Return entries with the fields of those that they cross-refer to; add what is wrong."""
    entries = list(entries)
    by_key = {entry.key.casefold(): entry for entry in entries}
    return [
        _inherit(entry, by_key, problems) if "crossref" in entry.values else entry
        for entry in entries
    ]


def _inherit(entry: Entry, by_key: Mapping[str, Entry], problems: list[Diagnostic]) -> Entry:
    values = dict(entry.values)
    container = find_entry_type(entry.entry_type).container
    seen = {entry.key.casefold()}
    child: Entry = entry
    while "crossref" in child.values:
        target = child.get("crossref")
        parent = by_key.get(target.casefold())
        if parent is None:
            if child is entry:
                keys = (other.key for other in by_key.values())
                problems.append(
                    entry.report(
                        Code.CROSSREF,
                        f"crossref names no entry: '{target}'",
                        "crossref",
                        suggestion=did_you_mean(target, keys),
                        severity=Severity.ERROR,
                    )
                )
            break
        if parent.key.casefold() in seen:
            problems.append(
                entry.report(
                    Code.CROSSREF,
                    f"crossref leads in a circle through '{target}'",
                    "crossref",
                    severity=Severity.ERROR,
                )
            )
            break
        seen.add(parent.key.casefold())
        for name, value in parent.values.items():
            if name == "title":
                values.setdefault(container, value)
            elif name not in NOT_INHERITED:
                values.setdefault(name, value)
        child = parent
    inherited = frozenset(name for name in values if name not in entry.values)
    return replace(entry, values=values, inherited=inherited)
