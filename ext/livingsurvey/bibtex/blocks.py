"""The parts of a .bib file, each with its place: what the scanner makes and editing changes.

Parts and fields are tuples, since a file has tens of thousands of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from livingsurvey.diagnostics import Code

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
    """``name = value``: *start* is where the name begins, *end* behind the last part."""

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
    """One ``@…{…}``; *start* is the place of its ``@``, *end* behind its last character.

    Attributes:
        command: The word behind the ``@``, as written: ``Article``, ``string``, ``comment``.
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

    @property
    def kind(self) -> str:
        """``entry``, ``string``, ``preamble`` or ``comment``."""
        word = self.command.lower()
        return word if word in {"string", "preamble", "comment"} else "entry"
