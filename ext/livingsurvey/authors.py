"""One name for each author: a TOML file that says which spellings are one person.

::

    "Le, Quoc V." = ["Le, Quoc", "Le, Quoc Viet"]

An entry keeps the spelling that its paper prints; readers see, count and look up the one name.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from livingsurvey.diagnostics import Code, Diagnostic, Severity
from livingsurvey.model import Location
from livingsurvey.names import parse_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from livingsurvey.model import Person

Spellings = dict["Person", "Person"]
"""The one name of each person who has several, by the other spellings."""


def read_authors(text: str, path: str) -> tuple[Spellings, list[Diagnostic]]:
    """Read the spellings from the text of their file.

    Never raises: what cannot be used is left out and reported.
    """
    problems: list[Diagnostic] = []

    def report(message: str, name: str = "", suggestion: str = "") -> None:
        line = text[: text.find(f'"{name}"')].count("\n") + 1 if name and name in text else 0
        problems.append(
            Diagnostic(
                code=Code.AUTHORS,
                severity=Severity.ERROR,
                message=message,
                location=Location(path, line),
                suggestion=suggestion,
            )
        )

    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        report(str(error), suggestion='write "Family, Given" = ["Other, Spelling"]')
        return {}, problems
    spellings: Spellings = {}
    for name, others in table.items():
        person, fault = parse_name(name)
        if fault or not isinstance(others, list) or not all(isinstance(o, str) for o in others):
            report(
                f"'{name}' {f'is no name: {fault}' if fault else 'has no list of spellings'}",
                name,
                'write "Family, Given" = ["Other, Spelling"]',
            )
            continue
        for other in others:
            spelling, fault = parse_name(other)
            known = spellings.setdefault(spelling, person)
            if fault or spelling == person:
                report(f"'{other}' is no other spelling of '{name}'", other, "remove it")
                spellings.pop(spelling)
            elif known != person:
                report(
                    f"'{other}' is a spelling of '{name}' and of '{known.inverted}'",
                    other,
                    "remove it from one of them",
                )
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
