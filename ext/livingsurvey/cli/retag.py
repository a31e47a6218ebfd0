"""``livingsurvey retag``: rename, merge or split a category, in the .bib and in the taxonomy."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Comment, Table, Whitespace

from livingsurvey.bibtex.edit import Edit, apply_edits, find_line_end
from livingsurvey.bibtex.source import read_source
from livingsurvey.catalog import make_library
from livingsurvey.catalog.papers import split_keywords
from livingsurvey.cli.command import (
    DRY_RUN,
    Command,
    Exit,
    UsageError,
    add_file_options,
    add_option,
    check_keys,
    find_category,
    spell_count,
)
from livingsurvey.cli.files import (
    FileChange,
    read_for_change,
    write_or_show,
)
from livingsurvey.configuration import show
from livingsurvey.diagnostics import Code
from livingsurvey.taxonomy import TAG, read_taxonomy

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from livingsurvey.bibtex.read import Entry
    from livingsurvey.bibtex.source import Source
    from livingsurvey.catalog import Library
    from livingsurvey.cli.command import Session
    from livingsurvey.model import Category
    from livingsurvey.taxonomy import Taxonomy

    Body = list[tuple[Any, Any]]
    Place = tuple[Table, Body, int]

TablePath = tuple[str, ...]

BEYOND_US = (
    "the taxonomy is written in a way that cannot be changed without harm (inline or dotted "
    "tables?); change it by hand\nnothing was changed"
)
PAGE_SUFFIXES = (".md", ".rst", ".txt")
_NOT_SEARCHED = frozenset({"node_modules", "venv", "env", "build", "dist", "site-packages"})
_PART = re.compile(r"[^>]+")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the two tags, and the papers of a split."""
    parser.add_argument("old", metavar="OLD", help="the tag of a category")
    parser.add_argument("new", metavar="NEW", help="the tag that takes its place")
    only = "split: move these papers, leave the others"
    add_option(parser, "--only KEY", only, nargs="+", default=[])
    add_option(parser, "--pages", "change the pages that name the tag as well")
    add_option(parser, "-n --dry-run", DRY_RUN)
    add_file_options(parser)


@dataclass(frozen=True, slots=True)
class Retagging:
    """From which tag to which.

    Attributes:
        old: The tag of a category.
        new: The tag that takes its place.
        is_same_place: Whether *new* stands where *old* stood in the tree, so that the path form
            ``inference > quantization`` stays right with its last part changed.
        takes_aliases: Whether older spellings of *old* are changed too; where it goes on to
            exist they would lead back to it.
    """

    old: str
    new: str
    is_same_place: bool
    takes_aliases: bool


def run(session: Session) -> int:
    """Give a category another tag, in the keywords of the .bib and in the taxonomy; only the bytes
    of those change.

      retag OLD NEW               NEW is new: rename OLD, which stays as an alias
      retag OLD NEW               NEW exists: merge OLD into it; OLD and its aliases become its
                                  aliases
      retag OLD NEW --only KEY …  split: these papers move to NEW, which is made if need be

    Pages that name the tag are listed for you to change, and make the exit code 1; with --pages
    they are changed as well.
    """
    arguments, configuration = session.arguments, session.configuration
    console = session.console
    if configuration.taxonomy is None:
        raise UsageError("the survey has no taxonomy; name it with --taxonomy")
    library = session.load()
    toml = read_for_change(configuration.taxonomy)
    keys = set(arguments.only)
    check_keys(arguments.only, {entry.key for entry in library.entries})
    tree = library.catalog.taxonomy
    text, retagging, words = _plan(arguments.old, arguments.new, toml, tree, is_split=bool(keys))
    old = retagging.old
    files = [_retag_file(path, retagging, keys, library) for path in configuration.bibliographies]
    count = sum(touched for _, touched in files)
    if keys and count < len(keys):
        bearers = (key for key, it in library.catalog.papers.items() if old in it.categories)
        missing = sorted(keys.difference(bearers))
        raise UsageError(f"not in '{old}': {', '.join(missing)}; nothing was changed")
    changes = [FileChange(toml, text), *(change for change, _ in files)]
    changes = [change for change in changes if change.text != change.source.text]
    _prove(changes, (configuration.taxonomy, *configuration.bibliographies), library)
    mentions = [] if keys else list(find_mentions(configuration.root, old))
    if arguments.pages:
        changes += change_pages(mentions, retagging)
        mentions = []
    _, would = write_or_show(changes, session)
    console.note(f"{words}: {spell_count(count, 'paper')} {would}retagged")
    for change in changes:
        console.note(f"  {change.source.path} {would}changed")
    if mentions:
        console.note(f"these pages name '{old}'; change them by hand, or retag with --pages:")
    for mention in mentions:
        console.print(f"{mention.source.locate(mention.start)}: {mention.text}")
    return Exit.FINDINGS if mentions else Exit.CLEAN


_Plan = tuple[str, Retagging, str]
"""What is to happen: the new text of the taxonomy, what becomes of keywords, and that in words."""


def _plan(old: str, new: str, toml: Source, tree: Taxonomy, *, is_split: bool) -> _Plan:
    source = find_category(old, tree)
    if not TAG.fullmatch(new):
        raise UsageError(f"'{new}' cannot be a tag: lower-case letters, digits, single hyphens")
    if new in tree.tags:
        raise UsageError(f"'{new}' is a tag that is no category")
    target = tree.categories.get(tree.names.get(new.casefold(), ""))
    if target is not None and target.tag != new and target is not source:
        raise UsageError(f"'{new}' is an older spelling of '{target.tag}'; name that one")
    if source.tag == new:
        raise UsageError(f"'{new}' is what it is called already")
    if target is source:
        target = None  # back to an older spelling: a rename
    if is_split:
        return _plan_split(source, target, new, toml.text)
    if target is None:
        return _plan_rename(source, new, toml.text)
    return _plan_merge(source, target, toml.text)


def _plan_rename(source: Category, new: str, text: str) -> _Plan:
    aliases = [alias for alias in source.aliases if alias.casefold() != new]
    is_undone = source.aliases[-1:] == (new,)
    if not is_undone:
        aliases.append(source.tag)
    text = rename_table(text, source.path, new)
    text = set_aliases(text, (*source.path[:-1], new), aliases)
    change = Retagging(source.tag, new, is_same_place=True, takes_aliases=False)
    forgotten = f" again; '{source.tag}' is no alias" if is_undone else ""
    return text, change, f"{source.tag} renamed to {new}{forgotten}"


def _plan_merge(source: Category, target: Category, text: str) -> _Plan:
    for category in (source, target):
        if category.children:
            raise UsageError(f"'{category.tag}' has sub-categories; only leaves can be merged")
    aliases = list(dict.fromkeys([*target.aliases, source.tag, *source.aliases]))
    text = set_aliases(remove_table(text, source.path), target.path, aliases)
    is_same_place = source.path[:-1] == target.path[:-1]
    # A path through a table that is gone would be wrong, whatever its spelling.
    change = Retagging(source.tag, target.tag, is_same_place, takes_aliases=not is_same_place)
    return text, change, f"{source.tag} merged into {target.tag}"


def _plan_split(source: Category, target: Category | None, new: str, text: str) -> _Plan:
    if source.children or (target is not None and target.children):
        raise UsageError("only papers of a leaf can move, and only to a leaf")
    if target is None:
        text = insert_table(text, source.path, new, new.replace("-", " ").title())
        if new in source.aliases:
            aliases = [alias for alias in source.aliases if alias != new]
            text = set_aliases(text, source.path, aliases)
    same = target is None or target.path[:-1] == source.path[:-1]
    change = Retagging(source.tag, new, is_same_place=same, takes_aliases=True)
    made = " (new: give it a title and a description)" if target is None else ""
    return text, change, f"{source.tag} split, some moved to {new}{made}"


def _retag_file(
    path: Path, change: Retagging, keys: set[str], library: Library
) -> tuple[FileChange, int]:
    """Return the change of a .bib file, and how many entries it touches."""
    source = read_for_change(path)
    found = [
        retag_entry(entry, change, library.catalog.taxonomy)
        for entry in library.entries
        if entry.source.path == source.path and (not keys or entry.key in keys)
    ]
    text = apply_edits(source.text, chain.from_iterable(found))
    return FileChange(source, text), sum(map(bool, found))


def _prove(changes: list[FileChange], paths: Iterable[Path], before: Library) -> None:
    """Read what is to be written, and refuse it if keywords would go wrong by it.

    Raises:
        UsageError: It would.
    """
    texts = {change.source: change.text for change in changes}
    known = map(read_for_change, paths)
    toml, *sources = [replace(source, text=texts.get(source, source.text)) for source in known]
    tree, problems = read_taxonomy(toml.text, toml.path)
    after = make_library(sources, tree, problems)
    codes = {Code.UNKNOWN_TAG, Code.NO_CATEGORY, Code.TAXONOMY, Code.NOT_A_LEAF, Code.SYNTAX}
    old = {(fault.code, fault.key) for fault in before.diagnostics}
    for fault in after.diagnostics:
        if fault.code in codes and (fault.code, fault.key) not in old:
            raise UsageError(f"this would go wrong: {fault.render()}\nnothing was changed")


# The tables of the taxonomy. tomlkit keeps blank lines and comments in the body of the table that
# they follow; those right above a header are about the table that it begins, and go with that.


def _parse_taxonomy(text: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text if text.endswith("\n") else f"{text}{find_line_end(text)}")
    except TOMLKitError as error:
        raise UsageError(f"{error}\n{BEYOND_US}") from error


def _find_tables(body: Body, path: TablePath = ()) -> Iterator[tuple[TablePath, Place]]:
    """Yield each table with its path and place, in the order of the file."""
    for index, (key, item) in enumerate(body):
        if isinstance(item, Table):
            inner = (*path, key.key)
            yield inner, (item, body, index)
            yield from _find_tables(item.value.body, inner)


def _find_table(document: tomlkit.TOMLDocument, path: TablePath) -> Place:
    """Return a table, the body that it is in, and its index there.

    Raises:
        UsageError: It has no header of its own.
    """
    for found, place in _find_tables(document.body):
        if found == path and not place[0].is_super_table():
            return place
    raise UsageError(BEYOND_US)


def _find_tail(body: Body) -> slice:
    """Return where the blank lines and comments are that stand before the next header."""
    stop = next((i for i, (_, item) in enumerate(body) if isinstance(item, Table)), len(body))
    start = stop
    while start and isinstance(body[start - 1][1], Comment | Whitespace):
        start -= 1
    return slice(start, stop)


def rename_table(text: str, path: TablePath, tag: str) -> str:
    """Give the last part of *path* another name, also where sub-tables repeat it."""
    document = _parse_taxonomy(text)
    _find_table(document, path)
    for found, (table, siblings, index) in list(_find_tables(document.body)):
        if found == path:
            table.invalidate_display_name()
            siblings[index] = (tomlkit.key(tag), table)
    return tomlkit.dumps(document)


def remove_table(text: str, path: TablePath) -> str:
    """Take a table out, with the comments right above it and the blank lines after it."""
    document = _parse_taxonomy(text)
    table, siblings, index = _find_table(document, path)
    tables = [item for _, (item, *_) in _find_tables(document.body) if not item.is_super_table()]
    place = next(place for place, item in enumerate(tables) if item is table)
    before = tables[place - 1].value.body if place else document.body
    kept = table.value.body[_find_tail(table.value.body)]
    while kept and isinstance(kept[0][1], Whitespace):
        del kept[0]
    del siblings[index]
    tail = _find_tail(before)
    above = before[tail]
    while above and isinstance(above[-1][1], Comment):
        del above[-1]
    while table is tables[-1] and above and isinstance(above[-1][1], Whitespace):
        del above[-1]
    before[tail] = [*above, *kept]
    return tomlkit.dumps(document)


def insert_table(text: str, after: TablePath, tag: str, title: str) -> str:
    """Put a table with nothing but a title after another one, beside it in the tree."""
    document = _parse_taxonomy(text)
    table, siblings, index = _find_table(document, after)
    line_end = find_line_end(text)
    new = tomlkit.table()
    new.trivia.trail = line_end
    name = tomlkit.string(title)
    name.trivia.trail = line_end
    new.value.body[:] = [(tomlkit.key("title"), name)]
    tail = _find_tail(table.value.body)
    new.value.body.extend(table.value.body[tail])
    table.value.body[tail] = [(None, tomlkit.ws(line_end))]
    siblings.insert(index + 1, (tomlkit.key(tag), new))
    return tomlkit.dumps(document)


def set_aliases(text: str, path: TablePath, aliases: Sequence[str]) -> str:
    """Give a table other aliases, or none; those that stay are left as they are written.

    Raises:
        UsageError: What it has now is no list.
    """
    document = _parse_taxonomy(text)
    table, *_ = _find_table(document, path)
    array = table.get("aliases")
    if "aliases" in table and not isinstance(array, list):
        raise UsageError("the 'aliases' of the category are no list of texts; mend them first")
    if not aliases:
        table.value.body[:] = [(key, item) for key, item in table.value.body if item is not array]
        return tomlkit.dumps(document)
    if array is None:
        array = tomlkit.array()
        array.trivia.trail = find_line_end(text)
        table.value.body.insert(_find_tail(table.value.body).start, (tomlkit.key("aliases"), array))
    for alias in [alias for alias in array if alias not in aliases]:
        array.remove(alias)
    for alias in aliases:
        if alias not in array:
            array.append(alias)
    return tomlkit.dumps(document)


def retag_entry(entry: Entry, change: Retagging, taxonomy: Taxonomy) -> list[Edit]:
    """Return the edits of an entry's keywords.

    Where the new tag would stand twice, the first place keeps it: the first category is a paper's
    home.

    Raises:
        UsageError: They are made of several parts or of macros.
    """
    value = entry.values.get("keywords")
    if value is None:
        return []
    # Keywords of several parts are looked at as well: only one that is concerned is a problem.
    edits: list[Edit] = []
    has_new = False
    end_before = 0
    for word, offset in split_keywords(value.text):
        changed = _retag_word(word, change, taxonomy)
        start, end = value.start + offset, value.start + offset + len(word)
        last = word.rpartition(">")[2].strip().casefold()
        is_new = changed is not None or taxonomy.names.get(last) == change.new
        if is_new and has_new:
            edits.append(Edit(value.start + end_before, end, ""))
        elif changed is not None:
            edits.append(Edit(start + changed.start, start + changed.end, changed.text))
        has_new = has_new or is_new
        end_before = offset + len(word)
    # Without a change of tags, a keyword that stands twice already is not our business.
    if not any(_retag_word(word, change, taxonomy) for word, _ in split_keywords(value.text)):
        return []
    if not value.is_exact:
        raise UsageError(
            f"{entry.locate('keywords')}: {entry.key}: the keywords are made of several parts "
            "or macros; write them in one pair of braces first\nnothing was changed"
        )
    return edits


def _retag_word(word: str, change: Retagging, taxonomy: Taxonomy) -> Edit | None:
    """Return the edit within one keyword, or None if it does not speak of the old tag."""
    parts = list(_PART.finditer(word))
    for part in parts:
        name = part[0].strip()
        is_old = name.casefold() == change.old.casefold()
        is_alias = change.takes_aliases and taxonomy.names.get(name.casefold()) == change.old
        if is_old or is_alias:
            if not change.is_same_place and len(parts) > 1:
                return Edit(0, len(word), change.new)
            start = part.start() + part[0].index(name)
            return Edit(start, start + len(name), change.new)
    return None


@dataclass(frozen=True, slots=True)
class TagMention:
    """A place of a page that names a tag.

    Attributes:
        source: The page.
        start: Where the mention begins.
        text: The mention, such as ``{survey:papers} tag``.
        tag: Where in the page the tag itself begins.
    """

    source: Source
    start: int
    text: str
    tag: int


def find_mentions(root: Path, tag: str) -> Iterator[TagMention]:
    """Yield each place of a page below *root* that names *tag*.

    Looked for are directives and roles of the survey (``{survey:papers} tag``, the role
    ``survey:category`` in either markup), and labels of sections (``sec-tag``).
    """
    word = re.escape(tag)
    edge = r"(?![\w-])"
    pattern = re.compile(
        rf"\{{survey:[\w-]+\}}[ \t]*{word}{edge}"
        rf"|:survey:[\w-]+:`(?:[^`<\n]*<)?{word}>?`|\{{survey:[\w-]+\}}`(?:[^`<\n]*<)?{word}>?`"
        rf"|^[ \t]*\.\.[ \t]+survey:[\w-]+::[ \t]*{word}{edge}|\bsec-{word}{edge}",
        re.IGNORECASE | re.MULTILINE,
    )
    for path in _walk_pages(root):
        source, _ = read_source(path, show(path))
        for match in pattern.finditer(source.text):
            text = match[0].lstrip()
            start = match.end() - len(text)
            place = start + text.lower().rindex(tag.lower())
            yield TagMention(source, start, text, place)


def change_pages(mentions: Sequence[TagMention], change: Retagging) -> Iterator[FileChange]:
    """Yield the changes of the pages that name the old tag."""
    for path in dict.fromkeys(mention.source.path for mention in mentions):
        source = read_for_change(Path.cwd() / path)
        edits = [
            Edit(mention.tag, mention.tag + len(change.old), change.new)
            for mention in mentions
            if mention.source.path == path
        ]
        yield FileChange(source, apply_edits(source.text, edits))


def _walk_pages(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(
            name for name in folders if name[0] not in "._" and name not in _NOT_SEARCHED
        )
        yield from (Path(folder) / name for name in sorted(names) if name.endswith(PAGE_SUFFIXES))


COMMAND = Command(add_arguments, run)
