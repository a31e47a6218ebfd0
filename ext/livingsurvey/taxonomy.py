"""The taxonomy: a TOML file whose nested tables are the categories of a survey."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from livingsurvey.bibtex.identifiers import shorten
from livingsurvey.diagnostics import Code, Diagnostic, diagnose, did_you_mean
from livingsurvey.markup.letters import HIDDEN_CHARACTERS
from livingsurvey.model import Category, Location

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TAG = re.compile(r"[a-z0-9]+(?:[-_.+][a-z0-9]+)*")
"""The form of a tag: it must survive as a keyword in every program that reads the .bib."""

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_HEADER = re.compile(r"^[ \t]*\[[ \t]*([^\[\]#]+?)[ \t]*\]", re.MULTILINE)
_TOML_PLACE = re.compile(r"\s*\(at line (\d+), column (\d+)\)$")
TEXTS = {
    "title": "its heading; else the tag in words",
    "section": "the number of its section in a paper that the survey follows",
    "since": "the edition of the survey that added it",
    "description": "one sentence for readers",
    "color": "`#rrggbb`, for badges and drawings; else that of the category above",
}
"""The texts in the table of a category, and what they mean."""
LISTS = {
    "aliases": "older spellings of the tag, which keywords may still use",
    "watch": "queries in arXiv's syntax, or `cites:KEY`: how `livingsurvey inbox` finds papers",
}
TAG_TEXTS = {"title": "what readers see; else the tag", "description": "one sentence for readers"}
"""The texts in the table of a cross-cutting tag."""
MAX_TAG = 64
"""Characters of a tag: it becomes part of the names of files."""

MAX_DEPTH = 8
"""Levels of categories; headings of HTML and LaTeX end long before."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A cross-cutting keyword that is no category, from the ``[tags]`` table."""

    name: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All categories in the order of the survey, and all names that a keyword may have.

    Attributes:
        categories: By tag, depth first.
        tags: The cross-cutting tags by name.
        names: Every accepted spelling, case-folded, and the tag that it stands for.
    """

    categories: Mapping[str, Category] = field(default_factory=dict)
    tags: Mapping[str, Tag] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def __hash__(self) -> int:
        """Return a hash that is made at once: what is written of a paper is cached by both."""
        return len(self.categories)

    @property
    def leaves(self) -> tuple[Category, ...]:
        """The categories that papers can belong to."""
        return tuple(category for category in self.categories.values() if not category.children)

    @property
    def roots(self) -> tuple[Category, ...]:
        """The top-level categories."""
        return tuple(category for category in self.categories.values() if category.depth == 1)

    def descend(self, tag: str) -> Iterator[Category]:
        """Yield the category and everything below it, depth first."""
        category = self.categories[tag]
        yield category
        for child in category.children:
            yield from self.descend(child)

    def find(self, name: str) -> Category | None:
        """Return the category with this tag or alias, without regard to case."""
        return self.categories.get(self.names.get(name.strip().casefold(), ""))


def read_taxonomy(text: str, path: str) -> tuple[Taxonomy, list[Diagnostic]]:
    """Read the taxonomy from the text of its file.

    Never raises: what cannot be used is left out and reported.
    """
    reader = _TaxonomyReader(path, text)
    try:
        document = tomllib.loads(text)
    except RecursionError:
        reader.report("the tables are nested too deeply", Location(path), code=Code.LIMIT)
        return Taxonomy(), reader.problems
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        location = Location(path, int(place[1]), int(place[2])) if place else Location(path)
        message = _TOML_PLACE.sub("", str(error))
        reader.report(message[:1].lower() + message[1:], location, code=Code.SYNTAX)
        return Taxonomy(), reader.problems
    for name, table in document.items():
        if name == "tags" and isinstance(table, dict):
            reader.read_tags(table)
        elif isinstance(table, dict):
            reader.read_category(name, table, ())
        else:
            message = f"'{name}' stands outside any category"
            reader.report(message, Location(path), "each category is a table: [its-tag]")
    return Taxonomy(reader.categories, reader.tags, reader.collect_names()), reader.problems


class _TaxonomyReader:
    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.problems: list[Diagnostic] = []
        self.categories: dict[str, Category] = {}
        self.tags: dict[str, Tag] = {}
        # tomllib knows no places; the header of a table is where its category is.
        self.headers = {
            tuple(part.strip().strip("\"'") for part in match[1].split(".")): (
                text.count("\n", 0, match.start(1)) + 1,
                match.start(1) - text.rfind("\n", 0, match.start(1)),
            )
            for match in _HEADER.finditer(text)
        }

    def locate(self, path: tuple[str, ...]) -> Location:
        return Location(self.path, *self.headers.get(path, (0, 0)))

    def report(
        self, message: str, location: Location, suggestion: str = "", code: Code = Code.TAXONOMY
    ) -> None:
        self.problems.append(diagnose(code, message, location, suggestion))

    def read_category(self, tag: str, table: dict[str, Any], above: tuple[str, ...]) -> bool:
        """Take in a table and those below it; False if it cannot be a category."""
        path = (*above, tag)
        location = self.locate(path)
        fault = remedy = ""
        if not TAG.fullmatch(tag) or len(tag) > MAX_TAG:
            fault = f"'{shorten(tag)}' cannot be a tag"
            remedy = f"use lower-case letters, digits and single hyphens, {MAX_TAG} at most"
        elif len(path) > MAX_DEPTH:
            fault, remedy = f"'{tag}' lies more than {MAX_DEPTH} levels deep", "move it up"
        elif tag in self.categories:
            fault = f"the tag '{tag}' is defined twice, first at {self.categories[tag].location}"
            remedy = "tags are unique in the whole tree"
        if fault:
            self.report(fault, location, remedy)
            return False
        texts = {name: self.read_text(table, name, location, tag) for name in TEXTS}
        if texts["color"] and not _COLOR.fullmatch(texts["color"]):
            self.report(f"the color of '{tag}' is not #rrggbb", location)
            texts["color"] = ""
        if not texts["color"] and above:
            texts["color"] = self.categories[above[-1]].color
        below = {name: value for name, value in table.items() if isinstance(value, dict)}
        keys = (*TEXTS, *LISTS)
        for name in table.keys() - below.keys() - {*keys}:
            remedy = did_you_mean(name, keys) or f"it may have {', '.join(keys)}"
            self.report(f"'{tag}' has an unknown key '{name}'", location, remedy)
        texts["title"] = texts["title"] or tag.replace("-", " ").capitalize()
        facts: dict[str, Any] = {name: self.read_list(table, name, location, tag) for name in LISTS}
        facts |= {**texts, "order": len(self.categories), "location": location}
        category = Category(tag=tag, path=path, **facts)
        # A parent stands before its children in the survey, so it takes its place before them.
        self.categories[tag] = category
        children = tuple(name for name in below if self.read_category(name, below[name], path))
        self.categories[tag] = replace(category, children=children)
        return True

    def read_text(self, table: dict[str, Any], name: str, location: Location, tag: str) -> str:
        value = table.get(name, "")
        if not isinstance(value, str):
            self.report(f"'{name}' of '{tag}' is not a text", location, 'write "…"')
            return ""
        text = " ".join(value.split())
        if found := HIDDEN_CHARACTERS.search(text):
            fault = f"holds a hidden character (U+{ord(found[0]):04X})"
            self.report(f"'{name}' of '{tag}' {fault}", location, "remove it")
        return HIDDEN_CHARACTERS.sub("", text)

    def read_list(
        self, table: dict[str, Any], name: str, location: Location, tag: str
    ) -> tuple[str, ...]:
        value = table.get(name, [])
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(item.strip() for item in value if item.strip())
        self.report(f"'{name}' of '{tag}' is not a list of texts", location, 'write ["…", "…"]')
        return ()

    def read_tags(self, table: dict[str, Any]) -> None:
        for name, value in table.items():
            location = self.locate(("tags", name))
            texts = {"title": value} if isinstance(value, str) else value
            if not TAG.fullmatch(name) or not isinstance(texts, dict):
                self.report(f"'{name}' cannot be a tag", location)
                continue
            title, description = (self.read_text(texts, it, location, name) for it in TAG_TEXTS)
            self.tags[name] = Tag(name, title or name, description)

    def collect_names(self) -> dict[str, str]:
        names = {tag.casefold(): tag for tag in (*self.categories, *self.tags)}
        for tag in self.tags.keys() & self.categories.keys():
            self.report(f"'{tag}' is both a tag and a category", self.locate(("tags", tag)))
        for category in self.categories.values():
            for alias in category.aliases:
                known = names.setdefault(alias.casefold(), category.tag)
                if known != category.tag:
                    message = f"the alias '{alias}' of '{category.tag}' already means '{known}'"
                    self.report(message, category.location)
        return names
