"""Reading the value of a field: its parts, their delimiters, and where they should have ended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livingsurvey.bibtex.blocks import Field, Mistake, Part

if TYPE_CHECKING:
    from livingsurvey.bibtex.blocks import Block, PartKind

MAX_VALUE = 2**16
"""Characters that one value may have. What is longer is taken for a missing delimiter."""

FIELD_LINE = re.compile(r"[\r\n]+[ \t]*(?=[A-Za-z][\w-]*[ \t]*=[ \t]*[{\"\d])")
"""The end of a line behind which a field begins: a value that runs over it was not closed."""

_SPACE = re.compile(r"\s*")
_SIMPLE_BRACED = re.compile(r"\{([^{}]*)\}")
_BRACE = re.compile(r"[{}]")
_QUOTE_OR_BRACE = re.compile(r'["{}]')
_NUMBER = re.compile(r"\d+")
_MACRO = re.compile(r"[^\s,{}()=\"#%@\\]+")


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
        simple = _SIMPLE_BRACED.match(text, position)
        if simple:
            return Part("braced", simple[1], position + 1), simple.end()
        end = find_closing(text, position + 1, min(block.limit, position + MAX_VALUE))
        return _delimited(text, position, end, block, name, "braced")
    if char == '"':
        end = _find_quote(text, position + 1, min(block.limit, position + MAX_VALUE))
        return _delimited(text, position, end, block, name, "quoted")
    number = _NUMBER.match(text, position)
    macro = _MACRO.match(text, position)
    if macro is not None and (number is None or macro.end() > number.end()):
        return Part("macro", macro[0], position), macro.end()
    if number is not None:
        return Part("number", number[0], position), number.end()
    block.mistakes.append(
        Mistake(position, f"field '{name}' has no value", "write {…} behind the '='")
    )
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
    block.mistakes.append(
        Mistake(
            position,
            f"field '{name}' is not closed",
            f"add a '{closer}' at the end of its value",
        )
    )
    kept = text[position + 1 : end].rstrip().rstrip(",")
    return Part(kind, kept, position + 1), position + 1 + len(kept)


def find_closing(text: str, position: int, stop: int) -> int:
    """Return the offset before *stop* of the brace that closes the one before *position*, or -1.

    As in BibTeX every brace counts, also behind a backslash.
    """
    depth = 1
    for match in _BRACE.finditer(text, position, stop):
        depth += 1 if match[0] == "{" else -1
        if not depth:
            return match.start()
    return -1


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
