"""From the text of a .bib file to blocks with the place of every part, losing nothing."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from livingsurvey.diagnostics import Code
from livingsurvey.markup.letters import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator


PartKind = Literal["braced", "quoted", "number", "macro"]


class Part(NamedTuple):
    """One operand of a value: ``{braced}``, ``"quoted"``, ``2020`` or the name of a macro.

    Attributes:
        kind: Which of the four.
        text: Its content without delimiters.
        start: The offset of *text* in the file.
    """

    kind: PartKind
    text: str
    start: int


class Field(NamedTuple):
    """``name = value``: *start* is where the name begins, *end* after the last part."""

    name: str
    parts: tuple[Part, ...]
    start: int
    value_start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something that is not BibTeX, at an offset of the text."""

    offset: int
    message: str
    suggestion: str = ""
    code: Code = Code.SYNTAX


@dataclass(slots=True)
class Block:
    """One ``@…{…}``; *start* is the place of its ``@``, *end* after its last character.

    Attributes:
        command: The word after the ``@``, as written: ``Article``, ``string``, ``comment``.
        key: The citation key of an entry; ``""`` for other commands.
        fields: The fields; the definition of a ``@string``; the value of a ``@preamble`` under
            the name ``""``.
        mistakes: What was wrong in it.
        limit: The offset where the next block begins, so that this one must have ended.
    """

    command: str
    start: int
    end: int
    limit: int
    key: str = ""
    key_start: int = 0
    fields: list[Field] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    _closings: dict[int, int] | None = field(default=None, repr=False, compare=False)

    def find_closing(self, text: str, opening: int) -> int:
        """Return the offset of the brace that closes the one at *opening*, or -1.

        As in BibTeX every brace counts, also after a backslash. All pairs of a block are found in
        one pass, so that many values without an end cost no more than one.
        """
        if self._closings is None:
            self._closings = dict(_pair_braces(text, self.start, self.limit))
        return self._closings.get(opening, -1)

    def blame(self, offset: int, message: str, suggestion: str) -> None:
        """Note something that is not BibTeX."""
        self.mistakes.append(Mistake(offset, message, suggestion))

    @property
    def kind(self) -> str:
        """``entry``, ``string``, ``preamble`` or ``comment``."""
        word = self.command.lower()
        return word if word in {"string", "preamble", "comment"} else "entry"


MAX_QUOTED = 2**16
"""Characters between two quotation marks. What is longer is taken for a missing one."""

MAX_MISTAKES = 100
"""Mistakes of one file that are told; further ones are counted."""

FIELD_LINE = re.compile(r"(?<![\r\n])[\r\n]++[ \t]*+(?=[A-Za-z][\w-]*+[ \t]*+=[ \t]*+[{\"\d])")
"""The end of a line after which a field begins: a value that runs over it was not closed."""

_SPACE = re.compile(r"\s*")
_BRACE = re.compile(r"[{}]")
_QUOTE_OR_BRACE = re.compile(r'["{}]')
_NUMBER = re.compile(r"\d+")
_MACRO = re.compile(r"[^\s,{}()=\"#%@\\]+")


def _pair_braces(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    openings: list[int] = []
    for match in _BRACE.finditer(text, start, stop):
        if match[0] == "{":
            openings.append(match.start())
        elif openings:
            yield openings.pop(), match.start()


def skip_space(text: str, position: int) -> int:
    """Return the offset of the next character that is no white space."""
    match = _SPACE.match(text, position)
    return match.end() if match else position


def scan_value(
    text: str, position: int, block: Block, *, name: str = "", start: int | None = None
) -> Field:
    """Read a value from *position* on; its mistakes go to the block.

    Args:
        text: The whole file.
        position: Where the value begins.
        block: Whose value it is; nothing is read beyond its limit.
        name: The name of the field, ``""`` for a preamble.
        start: Where that name begins.
    """
    parts: list[Part] = []
    begin = position
    end = position
    while True:
        part, end = _scan_part(text, position, block, name)
        if part is None:
            break
        parts.append(part)
        after = skip_space(text, end)
        if text[after : after + 1] != "#":
            break
        position = skip_space(text, after + 1)
    return Field(name, tuple(parts), begin if start is None else start, begin, end)


def _scan_part(text: str, position: int, block: Block, name: str) -> tuple[Part | None, int]:
    char = text[position : position + 1]
    if char == "{":
        end = block.find_closing(text, position)
        return _delimited(text, position, end, block, name, "braced")
    if char == '"':
        end = _find_quote(text, position + 1, min(block.limit, position + MAX_QUOTED))
        return _delimited(text, position, end, block, name, "quoted")
    number = _NUMBER.match(text, position)
    macro = _MACRO.match(text, position)
    if macro is not None and (number is None or macro.end() > number.end()):
        return Part("macro", macro[0], position), macro.end()
    if number is not None:
        return Part("number", number[0], position), number.end()
    block.blame(position, f"field '{name}' has no value", "write {…} behind the '='")
    return None, position


def _delimited(  # noqa: PLR0917 - private, called from two lines
    text: str, position: int, end: int, block: Block, name: str, kind: PartKind
) -> tuple[Part, int]:
    if end >= 0:
        return Part(kind, text[position + 1 : end], position + 1), end + 1
    # Not closed before the block must end: it ends before the next line that looks like a field.
    line = FIELD_LINE.search(text, position, block.limit)
    end = line.start() if line else block.limit
    closer = "}" if kind == "braced" else '"'
    block.blame(
        position, f"field '{name}' is not closed", f"add a '{closer}' at the end of its value"
    )
    kept = text[position + 1 : end].rstrip().rstrip(",")
    return Part(kind, kept, position + 1), position + 1 + len(kept)


def _find_quote(text: str, position: int, stop: int) -> int:
    depth = 0
    for match in _QUOTE_OR_BRACE.finditer(text, position, stop):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
            if depth < 0:
                return -1
        elif not depth:
            return match.start()
    return -1


_COMMAND = re.compile(rf"@\s*+([^\s{{}}()@,=\"#%'{HIDDEN}]*+)\s*+([{{(])")
_COMMENT = re.compile(r"@\s*+comment\b[^{(\r\n]*+(?=[\r\n]|\Z)", re.IGNORECASE)
"""BibTeX passes over the word alone; what follows on its line is a comment as any other text."""

_COMMENT_OPENING = re.compile(r"@\s*+comment\s*+[{(]", re.IGNORECASE)
_KEY_REST = re.compile(r"[^\S\r\n]++[^\s,={}()\"#%@\\][^,={}()\"#%@\\\r\n]{0,200}(?=,)")
# What cannot be seen is no part of a name: it would make two of one, or steer a terminal.
_KEYS = {
    "}": re.compile(rf"[^\s,{{}}=\"{HIDDEN}]*"),
    ")": re.compile(rf"[^\s,{{}}()=\"{HIDDEN}]*"),
}
"""A citation key, by what closes the entry: between braces it may have parentheses."""
_NAME = rf"[^\s,{{}}()=\"#%@\\{HIDDEN}]++"
_FIELD = re.compile(rf"({_NAME})\s*+=\s*+")
_PLAIN_FIELD = re.compile(
    rf"\s*+({_NAME})"
    r"\s*+=\s*+\{([^{}]*+(?:\{[^{}]*+\}[^{}]*+)*+)\}\s*,"
)
"""A whole field as nearly all are written; whatever is not is read part by part."""

_AFTER_VALUE = re.compile(r"\s*,?")
_ENTRY_LINE = re.compile(r"[\r\n][ \t]*+(?=@[A-Za-z]++\s*+[{(])")
_JUNK = re.compile(r"[^,\r\n})]*")
_EXTRA_CLOSE = re.compile(r"[})]\s*,\s*(?=[A-Za-z][\w-]*\s*=\s*[{\"\d])")


def scan(text: str) -> Iterator[Block]:
    """Yield the blocks of *text* in order. Linear in the length of the text; never raises.

    Of very many mistakes only the first are told: the last block then says how many there are.
    """
    told = untold = 0
    last: Block | None = None
    for block in _scan(text):
        room = MAX_MISTAKES - told
        told += min(len(block.mistakes), room)
        if len(block.mistakes) > room:
            last = last or Block("comment", block.start, block.start, block.start)
            untold += len(block.mistakes) - room
            del block.mistakes[room:]
        yield block
    if last is not None:
        more = "1 more mistake is" if untold == 1 else f"{untold} more mistakes are"
        last.blame(last.start, f"from here on, {more} not shown", "mend those above first")
        yield last


def _scan(text: str) -> Iterator[Block]:
    # A line that begins with "@word{" begins a block, whatever is still open: so a missing brace
    # costs one entry, and no search runs beyond it.
    begins = [match.end() for match in _ENTRY_LINE.finditer(text)]
    begins.append(len(text))
    comment_ends: dict[int, int] | None = None
    position = 0
    while (at := text.find("@", position)) >= 0:
        command = _COMMAND.match(text, at)
        if command is None:
            comment = _COMMENT.match(text, at)
            position = comment.end() if comment else at + 1
            if comment is None and _is_at_line_start(text, at):
                block = Block("comment", at, at + 1, at + 1)
                block.blame(at, "'@' without an entry", "write @type{key, … } or drop the '@'")
                yield block
            continue
        if not command[1]:
            block = Block("comment", at, command.end(), command.end())
            block.blame(at, "an entry without a type", "write @misc{key, … }")
            yield block
            position = command.end()
            continue
        limit = begins[min(bisect.bisect_right(begins, at), len(begins) - 1)]
        block = Block(command[1], at, at, limit)
        closing = "}" if command[2] == "{" else ")"
        if block.kind == "comment":
            # JabRef keeps its settings in braces, in which a line may begin like an entry.
            if comment_ends is None:
                comment_ends = _find_comment_ends(text)
            end = comment_ends.get(command.end() - 1, -1)
            block.end = end + 1 if end >= 0 else limit
            if end < 0:
                block.blame(at, "@comment is not closed", f"add a '{closing}'")
        else:
            _scan_body(text, block, command.end(), closing)
        yield block
        position = max(block.end, at + 1)


def _is_at_line_start(text: str, offset: int) -> bool:
    before = text[max(0, offset - 200) : offset].rstrip(" \t")
    return not before or before[-1] in "\r\n"


def _find_comment_ends(text: str) -> dict[int, int]:
    """Return where each ``@comment{…}`` and ``@comment(…)`` ends, by its opening delimiter."""
    openings = [match.end() - 1 for match in _COMMENT_OPENING.finditer(text)]
    braced = set(openings)
    ends = {start: end for start, end in _pair_braces(text, 0, len(text)) if start in braced}
    end = 0
    for opening in openings:
        if text[opening] == "(" and end >= 0:
            end = text.find(")", opening)
            if end >= 0:
                ends[opening] = end
    return ends


def _scan_body(text: str, block: Block, position: int, closing: str) -> None:
    position = skip_space(text, position)
    if block.kind == "preamble":
        value = scan_value(text, position, block)
        block.fields.append(value)
        position = value.end
    elif block.kind == "entry":
        position = _scan_after_key(text, block, _scan_key(text, block, position, closing))
    _scan_fields(text, block, position, closing)


def _scan_key(text: str, block: Block, position: int, closing: str) -> int:
    match = _KEYS[closing].match(text, position)
    block.key = match[0] if match else ""
    block.key_start = position
    return position + len(block.key)


def _scan_after_key(text: str, block: Block, position: int) -> int:
    """Read the comma after the key; a key followed by ``=`` was the name of a field."""
    if block.key and (rest := _KEY_REST.match(text, position, block.limit)):
        # Of several words, since programs make keys of titles: one mistake, and one key.
        words = (block.key + rest[0]).split()
        block.key = "-".join(words)
        block.blame(block.key_start, "a blank in the citation key", f"write '{block.key}'")
        return rest.end() + 1
    position = skip_space(text, position)
    if block.key and text[position : position + 1] == "=":
        block.blame(block.key_start, "an entry without a citation key", "write @type{key, … }")
        block.key = ""
        return block.key_start
    if not block.key:
        block.blame(block.key_start, "an entry without a citation key", "write @type{key, … }")
    if text[position : position + 1] == ",":
        return position + 1
    if text[position : position + 1] not in {"}", ")"}:
        block.blame(position, f"missing comma behind the key '{block.key}'", "add a ','")
    return position


def _scan_fields(text: str, block: Block, position: int, closing: str) -> None:
    while True:
        # Once a value has no end, the search for one would run to the end of the block each time.
        plain = None if block.mistakes else _PLAIN_FIELD.match(text, position, block.limit)
        if plain is not None:
            first, last = plain.span(2)
            part = Part("braced", plain[2], first)
            block.fields.append(Field(plain[1], (part,), plain.start(1), first - 1, last + 1))
            position = plain.end()
            continue
        position = skip_space(text, position)
        if position >= block.limit:
            resumed = _cut_runaway(text, block)
            if resumed is None:
                _end_unclosed(block)
                return
            position = resumed
            continue
        char = text[position]
        if char == closing:
            extra = _EXTRA_CLOSE.match(text, position)
            if extra is None:
                block.end = position + 1
                return
            block.blame(position, f"a '{char}' too many", "remove it: fields follow behind it")
            position = extra.end()
            continue
        if char == ",":
            block.blame(position, "a comma too many", "remove it")
            position += 1
            continue
        name = _FIELD.match(text, position)
        if name is None:
            position = _skip_junk(text, block, position)
            continue
        value = scan_value(text, name.end(), block, name=name[1], start=position)
        block.fields.append(value)
        after = _AFTER_VALUE.match(text, value.end)
        position = after.end() if after else value.end
        has_comma = text[position - 1] == ","
        position = skip_space(text, position)
        if not has_comma and position < block.limit and text[position] != closing:
            block.blame(value.end, f"missing comma behind field '{name[1]}'", "add a ','")


def _end_unclosed(block: Block) -> None:
    block.end = block.limit
    if block.fields:
        # What follows the last field is text between two entries, not part of this one.
        _forget_mistakes(block, block.fields[-1].end)
    what = f"@{block.command}{{{block.key}" if block.key else f"@{block.command}"
    block.blame(block.start, f"{what} is not closed", "add a '}' at its end")


def _forget_mistakes(block: Block, offset: int) -> None:
    """Drop the mistakes from *offset* on: they come of reading too far."""
    block.mistakes = [mistake for mistake in block.mistakes if mistake.offset < offset]


def _cut_runaway(text: str, block: Block) -> int | None:
    """Undo a value that swallowed the fields after it for want of a closing delimiter.

    Returns where to go on, or None if the last value holds no line that looks like a field.
    """
    if not block.fields or not block.fields[-1].parts:
        return None
    last = block.fields[-1]
    part = last.parts[-1]
    line = FIELD_LINE.search(text, part.start, last.end)
    if line is None or any(mistake.offset == part.start - 1 for mistake in block.mistakes):
        return None
    _forget_mistakes(block, last.end)
    closer = "}" if part.kind == "braced" else '"'
    block.blame(
        part.start - 1,
        f"field '{last.name}' is not closed",
        f"add a '{closer}' at the end of its value",
    )
    kept = text[part.start : line.start()].rstrip().rstrip(",")
    cut = Part(part.kind, kept, part.start)
    end = part.start + len(kept)
    block.fields[-1] = Field(last.name, (*last.parts[:-1], cut), last.start, last.value_start, end)
    return line.end()


def _skip_junk(text: str, block: Block, position: int) -> int:
    """Pass over what is no field: a ``%`` comment to the line end, else to the next comma."""
    if text[position] == "%":
        block.blame(position, "BibTeX has no comments inside an entry", "move it above the '@'")
        ends = [end for end in (text.find("\n", position), text.find("\r", position)) if end >= 0]
        return min(ends, default=len(text))
    match = _JUNK.match(text, position)
    end = match.end() if match else position
    found = text[position:end].strip()
    shown = found if len(found) <= 30 else found[:29] + "…"
    block.blame(
        position,
        f"expected 'name = value', found '{shown or text[position]}'",
        "remove it, or write name = {…}",
    )
    if end < len(text) and text[end] == ",":
        return end + 1
    return max(end, position + 1)
