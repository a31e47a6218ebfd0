"""From blocks to entries: macros expanded, dialects joined, cross-references followed.

Mistakes cost what they concern and no more: a broken field its value, a repeated key its second
entry. Each is reported at its place.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from livingsurvey.bibtex.fields import (
    CANONICAL_NAMES,
    MARKUP_FIELDS,
    NOT_INHERITED,
    PEOPLE_FIELDS,
    find_entry_type,
)
from livingsurvey.bibtex.scan import pair_braces, scan
from livingsurvey.diagnostics import Code, Diagnostic, Severity, diagnose, did_you_mean
from livingsurvey.model import MONTH_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from livingsurvey.bibtex.scan import Block, Field
    from livingsurvey.bibtex.source import Source
    from livingsurvey.model import Location


MAX_VALUE = 2**20
"""Characters of one value that are read; macros that double each other would fill the memory."""

MAX_SUGGESTED = 100
"""How often a near miss is looked for in one reading, since each look takes long."""

_TITLES = ("title", "subtitle", "titleaddon")
_REFERENCES = ("crossref", "xdata")
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

    @property
    def end(self) -> int:
        """The offset after its last character, if it is exact."""
        return self.start + len(self.text)


def unwrap(text: str) -> str:
    """Return *text* without braces that enclose the whole of it."""
    if not text.startswith("{"):
        return text
    start, end = 0, len(text)
    closing = dict(pair_braces(text, start, end))
    while start < end and closing.get(start) == end - 1:
        inside = text[start + 1 : end - 1]
        start += 1 + len(inside) - len(inside.lstrip())
        end = start + len(inside.strip())
    return text[start:end]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the file has it, every value with its place.

    Attributes:
        key: The citation key, as written.
        entry_type: Lower case.
        values: By field name in lower case, biblatex names joined with BibTeX's.
        source: The file.
        block: Its span and the spans of its fields.
        inherited: The names of the fields that come from other entries, by ``crossref`` or
            ``xdata``.
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
        """Return the normalized text of a field, ``""`` if it is missing.

        Braces around the whole of it mean something in titles and names alone: Web of Science
        and INSPIRE write them around everything.
        """
        value = self.values.get(name)
        if value is None:
            return ""
        text = value.normalized
        return text if name in MARKUP_FIELDS or name in PEOPLE_FIELDS else unwrap(text)

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
        suggestion: str,
        name: str = "",
        *,
        offset: int = 0,
        severity: Severity | None = None,
    ) -> Diagnostic:
        """Return a diagnostic about this entry, placed at the field *name* where it has one."""
        location, said = self.locate(name, offset), f"{self.key}: {message}"
        return diagnose(code, said, location, suggestion, key=self.key, severity=severity)


MONTHS = {name[:3].lower(): name for name in MONTH_NAMES}
"""The macros that every BibTeX style defines."""


def read_entries(sources: Sequence[Source]) -> tuple[list[Entry], list[Diagnostic]]:
    """Return the entries of some files in order, and what is wrong with their BibTeX.

    Files share their macros, as BibTeX has it. Never raises.
    """
    reader = _EntryReader()
    for source in sources:
        reader.read(source)
    return reader.inherit(), reader.problems


class _EntryReader:
    """Reads files one after the other; macros and keys are those of all."""

    source: Source
    key: str

    def __init__(self) -> None:
        self.problems: list[Diagnostic] = []
        self.macros = dict(MONTHS)
        self.entries: dict[str, Entry] = {}
        self.suggested = 0

    def report(self, code: Code, message: str, offset: int, suggestion: str) -> None:
        """Report something at a place of the block that is being read."""
        place = self.source.locate(offset)
        self.problems.append(diagnose(code, message, place, suggestion, key=self.key))

    def suggest(self, word: str, candidates: Iterable[str]) -> str:
        """Return a near miss, as long as there are few mistakes: with many each costs the sum."""
        self.suggested += 1
        return did_you_mean(word, candidates) if self.suggested <= MAX_SUGGESTED else ""

    def read(self, source: Source) -> None:
        self.source = source
        for block in scan(source.text):
            self.key = block.key
            for mistake in block.mistakes:
                self.report(mistake.code, mistake.message, mistake.offset, mistake.suggestion)
            if block.kind == "string":
                for definition in block.fields:
                    self.macros[definition.name.lower()] = self.expand(definition).text
            elif block.kind == "entry" and block.key:
                entry = self.read_entry(block)
                first = self.entries.setdefault(_fold_key(block.key), entry)
                if first is not entry:
                    where = f"the entry at {first.location}"
                    message = f"the citation key '{block.key}' is taken by {where}"
                    suggestion = "the first one is used; rename or remove this one"
                    self.report(Code.DUPLICATE_KEY, message, block.key_start, suggestion)

    def read_entry(self, block: Block) -> Entry:
        values: dict[str, Value] = {}
        names: dict[str, str] = {}
        for field in block.fields:
            if not field.parts:
                continue
            written = field.name.lower()
            value = self.expand(field)
            name = CANONICAL_NAMES.get(written, written)
            if name in values and written != names[name]:
                if value.normalized == values[name].normalized:
                    continue  # JabRef and others write both dialects
                if "location" in (written, names[name]):
                    # ACM gives the place of the conference beside that of the publisher.
                    if written == "address":
                        values["location"], names["location"] = values.pop(name), "location"
                    else:
                        name = written
            if name in values:
                fault = f"the field '{written}' is given twice"
                if written != names[name]:
                    fault = f"'{written}' is another name for '{names[name]}', which is there"
                suggestion = "the first one is used; remove this one"
                message = f"{block.key}: {fault}"
                self.report(Code.DUPLICATE_FIELD, message, field.start, suggestion)
            else:
                values[name], names[name] = value, written
        return Entry(block.key, block.command.lower(), values, self.source, block)

    def expand(self, field: Field) -> Value:
        """Return the value of a field: its parts joined, macros by what they stand for."""
        parts = field.parts
        is_exact = len(parts) == 1 and parts[0].kind != "macro"
        text = ""
        for part in parts:
            is_macro = part.kind == "macro"
            text += self.macros.get(part.text.lower(), part.text) if is_macro else part.text
            if is_macro and part.text.lower() not in self.macros:
                suggestion = self.suggest(part.text, self.macros) or "put the value in braces"
                message = f"no @string defines '{part.text}'"
                self.report(Code.UNDEFINED_STRING, message, part.start, suggestion)
            if len(text) > MAX_VALUE:
                message = f"the value is longer than {MAX_VALUE} characters and was cut"
                self.report(Code.LIMIT, message, field.value_start, "shorten it")
                return Value(text[:MAX_VALUE], field.value_start, is_exact=False)
        start = parts[0].start if parts else field.value_start
        return Value(text, start, is_exact=is_exact)

    def inherit(self) -> list[Entry]:
        """Return all entries, each with the fields of those that it refers to."""
        done: dict[str, Entry] = {}
        parents: dict[str, list[str]] = {}
        waiting = list(reversed(self.entries))
        while waiting:
            key = waiting[-1]
            entry = self.entries[key]
            if key not in done and key not in parents:
                parents[key] = self.find_parents(entry)
                for parent in parents[key]:
                    if parent in parents and parent not in done:
                        name = "crossref" if "crossref" in entry.values else "xdata"
                        message = f"{name} leads in a circle through '{parent}'"
                        remedy = "remove it from one of them"
                        self.problems.append(entry.report(Code.CROSSREF, message, remedy, name))
                    elif parent not in done:
                        waiting.append(parent)
                continue
            waiting.pop()
            if key not in done:
                known = [done[parent] for parent in parents[key] if parent in done]
                done[key] = _take_over(entry, known)
        return [done[key] for key in self.entries]

    def find_parents(self, entry: Entry) -> list[str]:
        """Return the keys of the entries that one refers to; report those that are missing."""
        found = []
        for name in _REFERENCES:
            targets = entry.get(name)
            for target in targets.split(",") if name == "xdata" else [targets]:
                key = _fold_key(target.strip())
                if key in self.entries:
                    found.append(key)
                elif key:
                    keys = (other.key for other in self.entries.values())
                    message = f"{name} names no entry: '{target.strip()}'"
                    remedy = self.suggest(target.strip(), keys)
                    remedy = remedy or "add that entry, or remove the field"
                    self.problems.append(entry.report(Code.CROSSREF, message, remedy, name))
        return found


def _fold_key(key: str) -> str:
    """Return a citation key as it is compared: without regard to case, accents composed."""
    return unicodedata.normalize("NFC", key).casefold()


def _take_over(entry: Entry, parents: Iterable[Entry]) -> Entry:
    """Return an entry with the fields of those that it refers to, whatever their order."""
    values = dict(entry.values)
    container = find_entry_type(entry.entry_type).container
    for parent in parents:
        is_data = parent.entry_type == "xdata"
        left = _REFERENCES if is_data else (*_TITLES, *NOT_INHERITED)
        values = {name: value for name, value in parent.values.items() if name not in left} | values
        if not is_data and container not in values and "title" in parent.values:
            for name in filter(parent.values.get, _TITLES):
                written = container.removesuffix("title") + name
                values[CANONICAL_NAMES.get(written, written)] = parent.values[name]
    inherited = frozenset(values.keys() - entry.values.keys())
    return replace(entry, values=values, inherited=inherited) if inherited else entry
