"""A whole .bib file in canonical layout; what it says stays the same.

The file becomes: its header, ``@preamble`` and ``@string``, the entries by key, JabRef's settings,
what stood at the end. One blank line stands between entries; LF, no byte order mark. What stands
between two entries travels with the second one, a remark behind a closing brace with its entry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from livingsurvey.bibtex.layout import lay_out_entry, lay_out_string
from livingsurvey.bibtex.read import MONTHS
from livingsurvey.bibtex.scan import scan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from livingsurvey.bibtex.blocks import Block, Mistake

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


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A block with the free text that belongs to it.

    Attributes:
        block: Its place in the text.
        text: Its canonical layout.
        above: Free text before it.
        is_detached: Whether a blank line stands between the two.
        tail: A remark behind its closing brace.
    """

    block: Block
    text: str
    above: str = ""
    is_detached: bool = False
    tail: str = ""

    def render(self) -> str:
        above = f"{self.above}\n\n" if self.is_detached else f"{self.above}\n"
        tail = f"  {self.tail}" if self.tail else ""
        return f"{above if self.above else ''}{self.text}{tail}"


def format_text(text: str) -> Formatted:
    """Return a .bib file in canonical layout; see the module for what that is.

    Never raises. A text with mistakes is not touched, for nobody knows what is meant.
    """
    original = text
    text = _LINE_END.sub("\n", text)
    blocks = list(scan(text))
    mistakes = tuple(mistake for block in blocks for mistake in block.mistakes)
    if mistakes:
        return Formatted(original, mistakes=mistakes)
    header, chunks, footer = _cut(text, blocks)
    obstacle = _find_obstacle([chunk.block for chunk in chunks])
    ordered = [chunks] if obstacle else _order(chunks)
    parts = [header, *(_render_run(run) for run in ordered), footer]
    changed = tuple(
        chunk.block.key
        for chunk in chunks
        if chunk.block.kind == "entry" and text[chunk.block.start : chunk.block.end] != chunk.text
    )
    body = "\n\n".join(part for part in parts if part)
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
        gap_start = position
        if chunks:
            tail, gap_start = _take_tail(text, position, block.start, inside)
            chunks[-1] = replace(chunks[-1], tail=tail)
        else:
            blank = [
                match.end()
                for match in _BLANK_LINE.finditer(text, position, block.start)
                if not any(one.start < match.start() < one.end for one in inside)
            ]
            gap_start = blank[-1] if blank else position
            header = _trim(text[position:gap_start])
        gap = text[gap_start : block.start]
        chunks.append(
            _Chunk(
                block=block,
                text=_lay_out(text, block),
                above=_trim(gap),
                is_detached=bool(_DETACHED.search(gap)),
            )
        )
        position = block.end
        inside = []
    if not chunks:
        return _trim(text), [], ""
    tail, position = _take_tail(text, position, len(text), inside)
    chunks[-1] = replace(chunks[-1], tail=tail)
    return header, chunks, _trim(text[position:])


def _take_tail(text: str, start: int, stop: int, inside: Sequence[Block]) -> tuple[str, int]:
    """Return what stands behind a block on its line, and where the gap begins then."""
    line_end = text.find("\n", start, stop)
    end = line_end if line_end >= 0 else stop
    if any(one.start < end for one in inside):
        return "", end - len(text[start:end].lstrip(" \t"))
    return text[start:end].strip(" \t"), end


def _trim(text: str) -> str:
    return _LEADING_BLANK.sub("", text).rstrip()


def _lay_out(text: str, block: Block) -> str:
    if block.kind == "entry":
        return lay_out_entry(block)
    if block.kind == "string":
        return lay_out_string(block)
    return text[block.start : block.end]


def _find_obstacle(blocks: Sequence[Block]) -> str:
    """Return why blocks cannot change places without changing what macros mean, or ``""``."""
    defined: set[str] = set(MONTHS)
    used: set[str] = set()
    for block in blocks:
        for field in block.fields:
            used.update(one.text.lower() for one in field.parts if one.kind == "macro")
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
    definitions = [one for one in chunks if one.block.kind in {"string", "preamble"}]
    settings = [one for one in chunks if one.block.kind == "comment"]
    entries = [one for one in chunks if one.block.kind == "entry"]
    depths = _find_depths([one.block for one in entries])
    entries.sort(key=lambda one: (depths[one.block.key.casefold()], one.block.key.casefold()))
    return [definitions, entries, settings]


def _find_depths(entries: Sequence[Block]) -> dict[str, int]:
    """Return how far each entry must stand behind those that cross-refer to it.

    BibTeX takes only from an entry that comes later. A circle is cut where it closes.
    """
    depths = {one.key.casefold(): 0 for one in entries}
    targets: dict[str, str] = {}
    for one in entries:
        for field in one.fields:
            if field.name.lower() == "crossref" and len(field.parts) == 1:
                targets.setdefault(one.key.casefold(), field.parts[0].text.strip().casefold())
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
    out: list[str] = []
    for before, chunk in zip([None, *chunks], chunks, strict=False):
        if before is not None:
            is_list = before.block.kind == chunk.block.kind == "string" and not chunk.above
            out.append("\n" if is_list else "\n\n")
        out.append(chunk.render())
    return "".join(out)
