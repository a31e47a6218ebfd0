"""From blocks to entries: macros expanded, dialects joined, cross-references followed.

Mistakes cost what they concern and no more: a broken field its value, a repeated key its second
entry. Each is reported at its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.bibtex.crossrefs import follow_crossrefs
from livingsurvey.bibtex.entry import Entry, Value
from livingsurvey.bibtex.scan import scan
from livingsurvey.bibtex.values import MAX_VALUE
from livingsurvey.diagnostics import Code, Diagnostic, Severity, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from livingsurvey.bibtex.blocks import Block, Field
    from livingsurvey.bibtex.source import Source

MONTHS = {
    "jan": "January", "feb": "February", "mar": "March", "apr": "April",
    "may": "May", "jun": "June", "jul": "July", "aug": "August",
    "sep": "September", "oct": "October", "nov": "November", "dec": "December",
}  # fmt: skip
"""The macros that every BibTeX style defines."""

BIBLATEX_NAMES = {
    "journaltitle": "journal",
    "eprinttype": "archiveprefix",
    "eprintclass": "primaryclass",
    "location": "address",
    "annote": "annotation",
    "school": "institution",
}
"""Names of biblatex (and an older one of BibTeX) for what BibTeX calls otherwise."""


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
    if not any("crossref" in entry.values for entry in entries.values()):
        return list(entries.values()), problems
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
        name = BIBLATEX_NAMES.get(written, written)
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
