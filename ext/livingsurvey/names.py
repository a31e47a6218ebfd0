"""Names of people: from a field of BibTeX to persons, and from persons to a line.

The rules are BibTeX's, as Oren Patashnik, "Designing BibTeX Styles" (1988), section 4, and
Nicolas Markey, "Tame the BeaST" (2009), describe them: names are separated by ``and``; the
commas of a name tell its form; a word whose first letter is small is a particle; braces protect.
Where BibTeX needs an accent in braces to see the letter below it, we see it without.

A TOML file says which spellings are one person::

    "Le, Quoc V." = ["Le, Quoc", "Le, Quoc Viet"]

An entry keeps the spelling that its paper prints; readers see, count and look up the one name.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from livingsurvey import markup
from livingsurvey.diagnostics import Code, Diagnostic, diagnose
from livingsurvey.model import Location, Person

if TYPE_CHECKING:
    from collections.abc import Mapping


_SEPARATOR = re.compile(r"[{}]|(?:^|(?<=\s))and(?=\s|$)", re.IGNORECASE)
_WORD_END = re.compile(r"\\\s|\\.|&(?:[A-Za-z]+|#[0-9]+);|[{},;&\s~]", re.DOTALL)
_CHOICE = re.compile(
    r"\\ifmmode(?![A-Za-z]).{0,40}?\\else(?![A-Za-z]) *(.{0,40}?)\\fi(?![A-Za-z])(?:\{\})?"
)
r"""How Physical Review writes a letter: ``\ifmmode \check{Z}\else \v{Z}\fi{}``."""
_BRACED = re.compile(r"\{([^{}]*)\}")
_ET_AL = re.compile(r"\bet\.?\s+al\b", re.IGNORECASE)
_COMMAND = re.compile(r"\\([A-Za-z]+)\s*")
_EXTENDED = re.compile(r'(?:^|,)\s*"?(?:family|given|prefix|suffix)(?:-i)?\s*=', re.IGNORECASE)
_LIST_OPTION = re.compile(r"(?!xdata)[a-z]+\s*=\s*\w+", re.IGNORECASE)
"""What biblatex has in the place of a first name: ``useprefix=true and Rabble, Richard``."""
_EXTENDED_PART = re.compile(
    r'([a-z]+(?:-i)?)\s*=\s*("[^"]*"|(?:[^{},"]|\{(?:[^{}]|\{[^{}]*\})*\})*)', re.IGNORECASE
)
_SUFFIX = re.compile(
    r"(?:jr|sr|junior|senior|[ivx]+|[1-9](?:st|nd|rd|th)|ph\.?\s?d|m\.?\s?d|esq|filho|neto)\.?",
    re.IGNORECASE,
)
"""What may stand between the commas of ``von Last, Jr, First``."""
_BRACE = re.compile(r"[{}]")
# Commands that are letters, not accents: the case of their name is theirs.
_LETTER_COMMANDS = frozenset({"aa", "ae", "dh", "dj", "i", "j", "l", "ng", "o", "oe", "ss", "th"})


@dataclass(frozen=True, slots=True)
class NameText:
    """One name of a field, as it is written there.

    Attributes:
        text: The name in TeX, without space around it.
        offset: Where it starts, in characters from the start of the field.
    """

    text: str
    offset: int


@lru_cache(maxsize=65536)
def split_names(value: str) -> tuple[NameText, ...]:
    """Cut an author field at each ``and`` that stands outside of braces.

    A missing name (``A and and B``) is kept as an empty one, for the reader to report; an empty
    field has no names.
    """
    if not value.strip():
        return ()
    names: list[NameText] = []
    start = depth = 0
    for match in _SEPARATOR.finditer(value):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth = max(depth - 1, 0)
        elif not depth:
            names.append(_strip(value, start, match.start()))
            start = match.end()
    names.append(_strip(value, start, len(value)))
    if "=" in names[0].text and _LIST_OPTION.fullmatch(names[0].text):
        del names[0]
    return tuple(names)


def is_others(text: str) -> bool:
    """Whether a name is BibTeX's ``others``: the real list is longer than the field."""
    return text.strip(" ,\n\t").casefold() == "others"


@lru_cache(maxsize=65536)
def parse_name(text: str) -> tuple[Person, str | None]:
    """Read one name: ``First von Last``, ``von Last, First`` or ``von Last, Jr, First``.

    Args:
        text: The name in TeX, without the ``and`` around it.

    Returns:
        The person, in Unicode, as well as it can be read, and what is wrong with the name: a
        phrase without a final period, or None.
    """
    if "=" in text and _EXTENDED.search(text):
        return _parse_extended(text)
    text = _CHOICE.sub(r"\1", text)
    parts, stray = _split_words(text)
    if not any(parts):
        return Person(family=""), "a name is empty"
    fault = _find_fault(text, parts, stray)
    if len(parts) == 1:
        given, particle, family = _split_plain(parts[0])
    else:
        given = [word for part in parts[2 if len(parts) > 2 else 1 :] for word in part]
        particle, family = _split_family(parts[0])
    suffix = parts[1] if len(parts) > 2 else []
    return _make_person(fault, family=family, given=given, particle=particle, suffix=suffix)


def _make_person(fault: str | None, **parts: list[str]) -> tuple[Person, str | None]:
    """Return a person of the words of each part of the name, and what is wrong with it."""
    person = Person(**{name: markup.parse(" ".join(words)).text for name, words in parts.items()})
    if person.family:
        return person, fault
    # Nothing that shows stands where the family name should.
    person = Person(family=" ".join(person.full.split()))
    return person, fault or "a name without a family name"


def _find_fault(text: str, parts: list[list[str]], stray: str) -> str | None:
    """Return what is wrong with a name, by the words between its commas."""
    if _ET_AL.search(text):
        return "'et al.' is no name; name all authors"
    if not stray and any(";" in one.partition(",")[2] for one in _BRACED.findall(text)):
        stray = ";"
    if stray:
        return f"{stray!r} in a name; names are separated by 'and'"
    if len(parts) > 3:
        return "a name with more than two commas; names are separated by 'and'"
    if not parts[0]:
        return "a name without a family name"
    if not parts[-1]:
        return "a name that ends in a comma"
    if len(parts) == 3 and not _SUFFIX.fullmatch(" ".join(parts[1])):
        return _describe_commas(parts)
    if problems := markup.parse(text).problems:
        return f"in a name: {problems[0].message}"
    if slip := _SLIP.search(text):
        return f"{slip[0]!r} in a name; {_describe_slip(slip)}"
    return None


_SLIP = re.compile(
    r"(?P<brace>\\[{}])|\{(?P<accent>[\^~'`\"][A-Za-z])\}|^\{[^{}]*,[^{}]* and [^{}]*,[^{}]*\}$"
)
"""What programs make of names: escaped braces, accents without a backslash, lists in braces."""


def _describe_slip(slip: re.Match[str]) -> str:
    if slip["brace"]:
        return "braces around a name have no backslash"
    if slip["accent"]:
        return f"an accent has a backslash: '\\{slip['accent']}'"
    return "the braces make one name of several; remove them"


def _describe_commas(parts: list[list[str]]) -> str:
    """Say what is wrong with a name of three parts whose second is no suffix."""
    family, given, last = (" ".join(part) for part in parts)
    if _SUFFIX.fullmatch(last):
        return f"'{last}' stands last in a name; write '{family}, {last}, {given}'"
    return f"'{given}' stands between two commas; names are separated by 'and'"


_PARTS = {"family": "family", "given": "given", "particle": "prefix", "suffix": "suffix"}
"""What biblatex calls the parts of a name."""


def _parse_extended(text: str) -> tuple[Person, str | None]:
    """Read biblatex's extended form: ``family=Hu, given=Edward, prefix=van, suffix=Jr.``."""
    values: dict[str, list[str]] = {}
    for match in _EXTENDED_PART.finditer(text):
        name = match[1].lower()
        if name in values:
            return Person(family=text), f"'{name}' is given twice in a name"
        values[name] = [match[2].strip().strip('"')]
    return _make_person(None, **{part: values.get(name, []) for part, name in _PARTS.items()})


def _strip(value: str, start: int, end: int) -> NameText:
    text = value[start:end]
    stripped = text.lstrip()
    return NameText(stripped.rstrip(), start + len(text) - len(stripped))


def _split_words(text: str) -> tuple[list[list[str]], str]:
    """Return the words between the commas, and the first ``;`` or ``&`` that is no part of TeX."""
    parts: list[list[str]] = [[]]
    stray = ""
    depth = start = 0
    for match in _WORD_END.finditer(text):
        mark = match[0]
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth = max(depth - 1, 0)
        elif depth or (len(mark) > 1 and not mark[1:].isspace()):
            continue  # TeX, or an entity of HTML, which a rule tells and mends
        elif mark in (";", "&"):
            stray = stray or mark
        else:
            parts[-1].append(text[start : match.start()])
            start = match.end()
            if mark == ",":
                parts.append([])
    parts[-1].append(text[start:])
    return [list(filter(None, words)) for words in parts], stray


def _split_plain(words: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Cut ``First von Last``: the particle goes from the first small word to the last one."""
    first = next((i for i, word in enumerate(words[:-1]) if _is_particle(word)), len(words) - 1)
    particle, family = _split_family(words[first:])
    return words[:first], particle, family


def _split_family(words: list[str]) -> tuple[list[str], list[str]]:
    """Cut ``von Last``; the last word is family, whatever its case."""
    small = [i for i, word in enumerate(words[:-1]) if _is_particle(word)]
    cut = small[-1] + 1 if small else 0
    return words[:cut], words[cut:]


def _is_particle(word: str) -> bool:
    r"""Whether the first letter of a word is small; letters in protecting braces do not count.

    A group that begins with a backslash does not protect: ``{\'e}cole`` begins with a letter.
    """
    position = 0
    accented = False  # the next group is the argument of an accent, and does not protect
    while position < len(word):
        character = word[position]
        if character.isalpha():
            return character.islower()
        if character == "\\":
            name = _COMMAND.match(word, position)
            if name and name[1].lower() in _LETTER_COMMANDS:
                return name[1][0].islower()
            position = name.end() if name else position + 2
            accented = True
            continue
        if character == "{" and not accented and word[position + 1 : position + 2] != "\\":
            position = _end_of_group(word, position)
        position += 1
    return False


def _end_of_group(word: str, position: int) -> int:
    depth = 0
    for match in _BRACE.finditer(word, position):
        depth += 1 if match[0] == "{" else -1
        if not depth:
            return match.start()
    return len(word)


Spellings = dict["Person", "Person"]
"""The one name of each person who has several, by the other spellings."""


def read_authors(text: str, path: str) -> tuple[Spellings, list[Diagnostic]]:
    """Read the spellings from the text of their file.

    Never raises: what cannot be used is left out and reported.
    """
    problems: list[Diagnostic] = []
    form = 'write "Family, Given" = ["Other, Spelling"]'

    def report(message: str, suggestion: str, name: str = "") -> None:
        line = text[: text.find(f'"{name}"')].count("\n") + 1 if name and name in text else 0
        problems.append(diagnose(Code.AUTHORS, message, Location(path, line), suggestion))

    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        report(str(error), form)
        return {}, problems
    spellings: Spellings = {}
    for name, others in table.items():
        person, fault = parse_name(name)
        if fault or not isinstance(others, list) or not all(isinstance(o, str) for o in others):
            fault = f"is no name: {fault}" if fault else "has no list of spellings"
            report(f"'{name}' {fault}", form, name)
            continue
        for other in others:
            spelling, fault = parse_name(other)
            known = spellings.setdefault(spelling, person)
            if fault or spelling == person:
                report(f"'{other}' is no other spelling of '{name}'", "remove it", other)
                spellings.pop(spelling)
            elif known != person:
                message = f"'{other}' is a spelling of '{name}' and of '{known.inverted}'"
                report(message, "remove it from one of them", other)
    return _follow(spellings), problems


def _follow(spellings: Mapping[Person, Person]) -> Spellings:
    """Lead each spelling to a name that is not itself the spelling of another."""
    followed: Spellings = {}
    for spelling in spellings:
        seen = {spelling}
        name = spellings[spelling]
        while name in spellings and name not in seen:
            seen.add(name)
            name = spellings[name]
        followed[spelling] = name
    return followed
