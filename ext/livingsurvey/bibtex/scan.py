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
            self._closings = dict(pair_braces(text, self.start, self.limit))
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
_WORD = re.compile(r"[^\s,{}()=\"#%@\\]+")
"""A macro, or a number if it has digits only."""


def pair_braces(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield the offsets of the braces that belong together, inner pairs first."""
    openings: list[int] = []
    for match in _BRACE.finditer(text, start, stop):
        if match[0] == "{":
            openings.append(match.start())
        elif openings:
            yield openings.pop(), match.start()


def skip(text: str, position: int, pattern: re.Pattern[str] = _SPACE) -> int:
    """Return the offset after what *pattern* finds at *position*: white space, unless given."""
    match = pattern.match(text, position)
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
    while True:
        part, end = _scan_part(text, position, block, name)
        if part is None:
            break
        parts.append(part)
        after = skip(text, end)
        if text[after : after + 1] != "#":
            break
        position = skip(text, after + 1)
    return Field(name, tuple(parts), begin if start is None else start, begin, end)


def _scan_part(text: str, position: int, block: Block, name: str) -> tuple[Part | None, int]:
    kind: PartKind
    char = text[position : position + 1]
    if char == "{":
        kind, end = "braced", block.find_closing(text, position)
    elif char == '"':
        stop = min(block.limit, position + MAX_QUOTED)
        kind, end = "quoted", _find_quote(text, position + 1, stop)
    elif word := _WORD.match(text, position):
        kind = "number" if word[0].isdecimal() else "macro"
        return Part(kind, word[0], position), word.end()
    else:
        block.blame(position, f"field '{name}' has no value", "write {…} behind the '='")
        return None, position
    if end >= 0:
        return Part(kind, text[position + 1 : end], position + 1), end + 1
    # Not closed before the block must end: it ends before the next line that looks like a field.
    line = FIELD_LINE.search(text, position, block.limit)
    part = Part(kind, text[position + 1 : line.start() if line else block.limit], position + 1)
    return _end_part(part, block, name)


def _end_part(part: Part, block: Block, name: str) -> tuple[Part, int]:
    """Return a part that has no closing delimiter as it was meant, and where it ends."""
    closer = "}" if part.kind == "braced" else '"'
    suggestion = f"add a '{closer}' at the end of its value"
    block.blame(part.start - 1, f"field '{name}' is not closed", suggestion)
    part = part._replace(text=part.text.rstrip().rstrip(","))
    return part, part.start + len(part.text)


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
_KEYS = {"}": re.compile(rf"[^\s,{{}}=\"{HIDDEN}]*"), ")": re.compile(rf"[^\s,{{}}()=\"{HIDDEN}]*")}
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
_REST_OF_LINE = re.compile(r"[^\r\n]*")
_EXTRA_CLOSE = re.compile(r"[})]\s*,\s*(?=[A-Za-z][\w-]*\s*=\s*[{\"\d])")


def scan(text: str) -> Iterator[Block]:
    """Yield the blocks of *text* in order. Linear in the length of the text; never raises.

    Of very many mistakes only the first are told: the last block then says how many there are.
    """
    room = MAX_MISTAKES
    untold: list[int] = []  # where there are more
    for block in _scan(text):
        untold += [block.start] * len(block.mistakes[room:])
        del block.mistakes[room:]
        room -= len(block.mistakes)
        yield block
    if untold:
        more = "1 more mistake is" if len(untold) == 1 else f"{len(untold)} more mistakes are"
        message = f"from here on, {more} not shown"
        yield _make_mistake(untold[0], untold[0], message, "mend those above first")


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
                remedy = "write @type{key, … } or drop the '@'"
                yield _make_mistake(at, position, "'@' without an entry", remedy)
            continue
        if not command[1]:
            position = command.end()
            yield _make_mistake(at, position, "an entry without a type", "write @misc{key, … }")
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


def _make_mistake(start: int, end: int, message: str, suggestion: str) -> Block:
    """Return a block that is nothing but a mistake."""
    return Block("comment", start, end, end, mistakes=[Mistake(start, message, suggestion)])


def _is_at_line_start(text: str, offset: int) -> bool:
    before = text[max(0, offset - 200) : offset].rstrip(" \t")
    return not before or before[-1] in "\r\n"


def _find_comment_ends(text: str) -> dict[int, int]:
    """Return where each ``@comment{…}`` and ``@comment(…)`` ends, by its opening delimiter."""
    openings = [match.end() - 1 for match in _COMMENT_OPENING.finditer(text)]
    braced = set(openings)
    ends = {start: end for start, end in pair_braces(text, 0, len(text)) if start in braced}
    end = 0
    for opening in openings:
        if text[opening] == "(" and end >= 0:
            end = text.find(")", opening)
            if end >= 0:
                ends[opening] = end
    return ends


def _scan_body(text: str, block: Block, position: int, closing: str) -> None:
    position = skip(text, position)
    if block.kind == "preamble":
        value = scan_value(text, position, block)
        block.fields.append(value)
        position = value.end
    elif block.kind == "entry":
        position = _scan_key(text, block, position, closing)
    _scan_fields(text, block, position, closing)


def _scan_key(text: str, block: Block, position: int, closing: str) -> int:
    """Read the key and the comma after it; a key followed by ``=`` was the name of a field."""
    block.key_start = position
    position = skip(text, position, _KEYS[closing])
    block.key = text[block.key_start : position]
    if block.key and (rest := _KEY_REST.match(text, position, block.limit)):
        # Of several words, since programs make keys of titles: one mistake, and one key.
        words = (block.key + rest[0]).split()
        block.key = "-".join(words)
        block.blame(block.key_start, "a blank in the citation key", f"write '{block.key}'")
        return rest.end() + 1
    position = skip(text, position)
    char = text[position : position + 1]
    is_field = block.key and char == "="
    if is_field or not block.key:
        block.blame(block.key_start, "an entry without a citation key", "write @type{key, … }")
    if is_field:
        block.key = ""
        return block.key_start
    if char == ",":
        return position + 1
    if char not in {"}", ")"}:
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
        position = skip(text, position)
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
        position = skip(text, value.end, _AFTER_VALUE)
        has_comma = text[position - 1] == ","
        position = skip(text, position)
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
    part = part._replace(text=text[part.start : line.start()])
    part, end = _end_part(part, block, last.name)
    block.fields[-1] = last._replace(parts=(*last.parts[:-1], part), end=end)
    return line.end()


def _skip_junk(text: str, block: Block, position: int) -> int:
    """Pass over what is no field: a ``%`` comment to the line end, else to the next comma."""
    if text[position] == "%":
        block.blame(position, "BibTeX has no comments inside an entry", "move it above the '@'")
        return skip(text, position, _REST_OF_LINE)
    end = skip(text, position, _JUNK)
    found = text[position:end].strip()
    shown = (found if len(found) <= 30 else found[:29] + "…") or text[position]
    remedy = "remove it, or write name = {…}"
    block.blame(position, f"expected 'name = value', found '{shown}'", remedy)
    return max(end + (text[end : end + 1] == ","), position + 1)
