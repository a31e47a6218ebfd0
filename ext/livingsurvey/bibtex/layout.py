"""The canonical layout of one block: an entry or an ``@string``, from its span of the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livingsurvey.bibtex.read import BIBLATEX_NAMES
from livingsurvey.bibtex.write import FIELD_ORDER, NAME_WIDTH
from livingsurvey.names import is_others, parse_name, split_names

if TYPE_CHECKING:
    from livingsurvey.bibtex.blocks import Block, Field, Part

_RANK = {name: rank for rank, name in enumerate(FIELD_ORDER)}
_RANK |= {new: _RANK[old] for new, old in BIBLATEX_NAMES.items() if old in _RANK}
_RANK["date"] = _RANK["year"]
_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_LINES = re.compile(r"abstract|comment(?:-.*)?")
"""The fields whose lines JabRef keeps as they are."""
_PEOPLE = frozenset({"author", "editor"})


def lay_out_entry(block: Block) -> str:
    """Return an entry in canonical layout, without a line end behind it.

    Names of types and fields become lower case, fields stand in the order of
    :data:`~livingsurvey.bibtex.write.FIELD_ORDER`, one on a line; values stand in braces, white
    space within them is one space, people are ``Last, First``. What a program reads from it stays
    the same; an entry that is in canonical layout stays the same byte for byte.
    """
    fields = sorted(block.fields, key=lambda one: _RANK.get(one.name.lower(), len(_RANK)))
    lines = [f"@{block.command.lower()}{{{block.key},"]
    lines.extend(f"  {one.name.lower():<{NAME_WIDTH}} = {_lay_out_value(one)}," for one in fields)
    lines.append("}")
    return "\n".join(lines)


def lay_out_string(block: Block) -> str:
    """Return an ``@string`` on one line."""
    inner = ", ".join(f"{one.name} = {_join(one.parts)}" for one in block.fields)
    return f"@string{{{inner}}}"


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
    if name in _PEOPLE:
        text = lay_out_names(text)
    return f"{{{text}}}"


def _join(parts: tuple[Part, ...]) -> str:
    # Space at the ends of a part stands between it and the next one.
    return " # ".join(
        one.text if one.kind in {"macro", "number"} else f"{{{_SPACE.sub(' ', one.text)}}}"
        for one in parts
    )


def lay_out_names(value: str) -> str:
    """Return a list of people with each name as ``von Last, Jr, First``, on one line.

    A name that is not read alike in both forms, here and by pybtex, stays as it is.
    """
    names = [one.text for one in split_names(value)]
    if not all(names):
        return value
    return " and ".join(invert_name(name) for name in names)


def invert_name(name: str) -> str:
    """Return ``First von Last`` as ``von Last, First``; any other form as it is."""
    person, fault = parse_name(name)
    if fault or "," in name or "~" in name or "\\ " in name or not person.given or is_others(name):
        return name
    # Only a name in the other form costs the import: a file in canonical form has none.
    from pybtex.database import Person  # noqa: PLC0415

    read = Person(name)
    inverted = str(read)
    is_same = Person(inverted) == read and parse_name(inverted) == (person, None)
    return inverted if is_same else name
