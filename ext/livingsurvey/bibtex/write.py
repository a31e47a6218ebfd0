"""The canonical layout: of an entry, of one block of a file, and of a whole file.

What the text says stays the same; a block that cannot be laid out without changing its meaning
stays as it is.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.bibtex.fields import PEOPLE_FIELDS, rank_field
from livingsurvey.bibtex.read import MONTHS
from livingsurvey.bibtex.scan import scan
from livingsurvey.names import is_others, parse_name, split_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from livingsurvey.bibtex.scan import Block, Field, Mistake, Part


NAME_WIDTH = 13
_BRACE = re.compile("[{}]")


_MACROS = {month: macro for macro, month in MONTHS.items()}


def write_entry(entry_type: str, key: str, fields: Mapping[str, str]) -> str:
    """Return an entry in canonical layout, ending with a line end; a month is its macro.

    Args:
        entry_type: In lower case.
        key: The citation key.
        fields: Values without delimiters, by name in lower case.
    """
    values = {name: f"{{{balance(value)}}}" for name, value in fields.items()}
    if fields.get("month") in _MACROS:
        values["month"] = _MACROS[fields["month"]]
    return _join_fields(entry_type, key, values.items()) + "\n"


def _join_fields(entry_type: str, key: str, fields: Iterable[tuple[str, str]]) -> str:
    """Return an entry, its fields in canonical order; unknown ones last, in their own order."""
    ordered = sorted(fields, key=lambda field: rank_field(field[0]))
    lines = (f"  {name:<{NAME_WIDTH}} = {value}," for name, value in ordered)
    return "\n".join([f"@{entry_type}{{{key},", *lines, "}"])


def balance(value: str) -> str:
    """Return *value* fit to stand between braces: unbalanced braces are taken out."""
    depth = 0
    for brace in _BRACE.findall(value):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            break
    return value if not depth else value.replace("{", "").replace("}", "")


_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_LINES = re.compile(r"abstract|comment(?:-.*)?")
"""The fields whose lines JabRef keeps as they are."""


def _lay_out(text: str, block: Block) -> str:
    """Return a block in canonical layout, without a line end after it.

    Names of types and fields become lower case, fields stand in the order of
    :data:`~livingsurvey.bibtex.fields.FIELD_ORDER`, one on a line; values stand in braces, white
    space within them is one space, people are ``Last, First``. What a program reads from it stays
    the same; an entry that is in canonical layout stays the same byte for byte. A ``@string``
    stands on one line.
    """
    if block.kind == "entry":
        values = ((field.name.lower(), _lay_out_value(field)) for field in block.fields)
        return _join_fields(block.command.lower(), block.key, values)
    if block.kind == "string":
        inner = ", ".join(f"{field.name} = {_join(field.parts)}" for field in block.fields)
        return f"@string{{{inner}}}"
    return text[block.start : block.end]


def _lay_out_value(field: Field) -> str:
    name = field.name.lower()
    if len(field.parts) != 1 or field.parts[0].kind == "macro":
        return _join(field.parts)
    text = field.parts[0].text
    if _LINES.fullmatch(name):
        return f"{{{text}}}"
    text = _SPACE.sub(" ", text).strip(" ")
    if (len(text) - len(text.rstrip("\\"))) % 2:
        text += " "  # it was a control space, and must not become an escaped brace
    names = [written.text for written in split_names(text)] if name in PEOPLE_FIELDS else []
    if names and all(names):  # else an "and" too many
        text = " and ".join(map(invert_name, names))
    return f"{{{text}}}"


def _join(parts: tuple[Part, ...]) -> str:
    # Space at the ends of a part stands between it and the next one.
    return " # ".join(
        part.text if part.kind in {"macro", "number"} else f"{{{_SPACE.sub(' ', part.text)}}}"
        for part in parts
    )


def invert_name(name: str) -> str:
    """Return ``First von Last`` as ``von Last, First``; any other form as it is.

    A name that is not read alike in both forms, here and by pybtex, stays as it is.
    """
    person, fault = parse_name(name)
    if fault or "," in name or "~" in name or "\\ " in name or not person.given or is_others(name):
        return name
    # Only a name in the other form costs the import: a file in canonical form has none.
    from pybtex.database import Person  # noqa: PLC0415

    read = Person(name)
    inverted = str(read)
    is_same = Person(inverted) == read and parse_name(inverted) == (person, None)
    return inverted if is_same else name


_LINE_END = re.compile(r"\r\n?")
_BLANK_LINE = re.compile(r"\n[ \t]*(?=\n)")
_DETACHED = re.compile(r"\n[ \t]*\n[ \t]*\Z")
_LEADING_BLANK = re.compile(r"\A(?:[ \t]*\n)+")
_JABREF = re.compile(r"@comment\s*\{\s*jabref-", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Formatted:
    """The outcome for one file.

    Attributes:
        text: In canonical layout; the text as it was if there are mistakes.
        changed: The keys of the entries whose layout changed.
        mistakes: What keeps the file from being formatted.
        unsorted_because: Why the entries stay in their order, or ``""``.
    """

    text: str
    changed: tuple[str, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    unsorted_because: str = ""


@dataclass(slots=True)
class _Chunk:
    """A block with the free text that belongs to it.

    Attributes:
        block: Its place in the text.
        text: Its canonical layout.
        above: Free text before it.
        is_detached: Whether a blank line stands between the two.
        tail: A remark after its closing brace.
    """

    block: Block
    text: str
    above: str
    is_detached: bool
    tail: str = ""

    def render(self) -> str:
        gap = "\n" * (1 + self.is_detached) if self.above else ""
        return f"{self.above}{gap}{self.text}{'  ' if self.tail else ''}{self.tail}"


def format_text(text: str, *, is_sorted: bool = True) -> Formatted:
    """Return a .bib file in canonical layout; see the module for what that is.

    Never raises. A text with mistakes is not touched, for nobody knows what is meant.

    Args:
        text: The file.
        is_sorted: Whether entries are put in the order of their keys, or stay in their own.
    """
    original = text
    text = _LINE_END.sub("\n", text)
    blocks = list(scan(text))
    mistakes = tuple(mistake for block in blocks for mistake in block.mistakes)
    if mistakes:
        return Formatted(original, mistakes=mistakes)
    header, chunks, footer = _cut(text, blocks)
    obstacle = _find_obstacle([chunk.block for chunk in chunks])
    ordered = [chunks] if obstacle or not is_sorted else _order(chunks)
    parts = [header, *(_render_run(run) for run in ordered), footer]
    entries = [chunk for chunk in chunks if chunk.block.kind == "entry"]
    changed = tuple(e.block.key for e in entries if text[e.block.start : e.block.end] != e.text)
    body = "\n\n".join(part for part in parts if part)
    obstacle = obstacle if is_sorted else ""
    return Formatted(f"{body}\n" if body else "", changed, unsorted_because=obstacle)


def _cut(text: str, blocks: Sequence[Block]) -> tuple[str, list[_Chunk], str]:
    """Return the header, the blocks with what belongs to them, and what stands at the end."""
    header = ""
    chunks: list[_Chunk] = []
    inside: list[Block] = []
    position = 0
    for block in blocks:
        if block.kind == "comment" and not _JABREF.match(text, block.start):
            # Any other @comment is free text: it may hold a remark, or an entry out of use.
            inside.append(block)
            continue
        if chunks:
            chunks[-1].tail, gap_start = _take_tail(text, position, block.start, inside)
        else:
            blank = [
                match.end()
                for match in _BLANK_LINE.finditer(text, position, block.start)
                if not any(other.start < match.start() < other.end for other in inside)
            ]
            gap_start = blank[-1] if blank else position
            header = _trim(text[position:gap_start])
        gap = text[gap_start : block.start]
        is_detached = bool(_DETACHED.search(gap))
        chunks.append(_Chunk(block, _lay_out(text, block), _trim(gap), is_detached))
        position, inside = block.end, []
    if not chunks:
        return _trim(text), [], ""
    chunks[-1].tail, position = _take_tail(text, position, len(text), inside)
    return header, chunks, _trim(text[position:])


def _take_tail(text: str, start: int, stop: int, inside: Sequence[Block]) -> tuple[str, int]:
    """Return what stands after a block on its line, and where the gap begins then."""
    end = start + len(text[start:stop].partition("\n")[0])
    if any(other.start < end for other in inside):
        return "", end - len(text[start:end].lstrip(" \t"))
    return text[start:end].strip(" \t"), end


def _trim(text: str) -> str:
    return _LEADING_BLANK.sub("", text).rstrip()


def _find_obstacle(blocks: Sequence[Block]) -> str:
    """Return why blocks cannot change places without changing what macros mean, or ``""``."""
    defined: set[str] = set(MONTHS)
    used: set[str] = set()
    for block in blocks:
        for field in block.fields:
            used.update(part.text.lower() for part in field.parts if part.kind == "macro")
            name = field.name.lower()
            if block.kind == "string":
                if name in defined:
                    return f"the macro '{name}' is defined twice"
                if name in used:
                    return f"the macro '{name}' is used before it is defined"
                defined.add(name)
    return ""


def _order(chunks: Sequence[_Chunk]) -> list[list[_Chunk]]:
    """Return definitions, entries and JabRef's settings, each in order."""
    definitions = [chunk for chunk in chunks if chunk.block.kind in {"string", "preamble"}]
    settings = [chunk for chunk in chunks if chunk.block.kind == "comment"]
    entries = [chunk for chunk in chunks if chunk.block.kind == "entry"]
    depths = _find_depths([chunk.block for chunk in entries])
    entries.sort(key=lambda chunk: (depths[chunk.block.key.casefold()], chunk.block.key.casefold()))
    return [definitions, entries, settings]


def _find_depths(entries: Sequence[Block]) -> dict[str, int]:
    """Return how far each entry must stand after those that cross-refer to it.

    BibTeX takes only from an entry that comes later. A circle is cut where it closes.
    """
    depths = {entry.key.casefold(): 0 for entry in entries}
    targets: dict[str, str] = {}
    for entry in entries:
        for field in entry.fields:
            if field.name.lower() == "crossref" and len(field.parts) == 1:
                targets.setdefault(entry.key.casefold(), field.parts[0].text.strip().casefold())
    for start in sorted(targets):
        depth = 0
        key = start
        seen = {key}
        while (key := targets.get(key, "")) in depths and key not in seen:
            seen.add(key)
            depth += 1
            if depths[key] >= depth:
                break
            depths[key] = depth
    return depths


def _render_run(chunks: Sequence[_Chunk]) -> str:
    out = [chunk.render() for chunk in chunks[:1]]
    for before, chunk in itertools.pairwise(chunks):
        is_list = before.block.kind == chunk.block.kind == "string" and not chunk.above
        out += ["\n" if is_list else "\n\n", chunk.render()]
    return "".join(out)
