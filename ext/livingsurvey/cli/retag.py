"""``livingsurvey retag``: rename, merge or split a category, in the .bib and in the taxonomy."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livingsurvey.bibtex.edit import apply_edits
from livingsurvey.bibtex.read import read_entries
from livingsurvey.catalog import load_library
from livingsurvey.catalog.papers import classify
from livingsurvey.cli.command import Command, Exit, UsageError
from livingsurvey.cli.configuration import add_file_options, find_configuration, show
from livingsurvey.cli.keywords import Retagging, retag_entry
from livingsurvey.cli.mentions import find_mentions
from livingsurvey.cli.tables import BEYOND_US, insert_table, remove_table, rename_table, set_aliases
from livingsurvey.cli.writing import Change, read_for_change, show_changes, write_changes
from livingsurvey.diagnostics import Code, did_you_mean
from livingsurvey.taxonomy import TAG, read_taxonomy

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection

    from livingsurvey.bibtex.source import Source
    from livingsurvey.catalog import Library
    from livingsurvey.cli.configuration import Configuration
    from livingsurvey.cli.console import Console
    from livingsurvey.model import Category
    from livingsurvey.taxonomy import Taxonomy

DESCRIPTION = """\
Give a category another tag, in the keywords of the .bib and in the taxonomy; only the bytes of
those change.

  retag OLD NEW               NEW is new: rename OLD, which stays as an alias
  retag OLD NEW               NEW exists: merge OLD into it; OLD and its aliases become its aliases
  retag OLD NEW --only KEY …  split: these papers move to NEW, which is made if need be

Pages that name the tag are listed for you to change, and make the exit code 1; no page is touched.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the two tags, and the papers of a split."""
    parser.add_argument("old", metavar="OLD", help="the tag of a category")
    parser.add_argument("new", metavar="NEW", help="the tag that takes its place")
    parser.add_argument(
        "--only", nargs="+", metavar="KEY", help="split: move these papers, leave the others"
    )
    parser.add_argument(
        "-n", "--dry-run", action="store_true", help="write nothing; show what would be written"
    )
    add_file_options(parser)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to happen: the new taxonomy's text, and what becomes of keywords."""

    taxonomy: str
    change: Retagging
    words: str


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Change the tag everywhere or nowhere."""
    configuration = find_configuration(arguments)
    if configuration.taxonomy is None:
        raise UsageError("the survey has no taxonomy; name it with --taxonomy")
    library = load_library(configuration.bibliographies, configuration.taxonomy, root=Path.cwd())
    tree = library.catalog.taxonomy
    toml = read_for_change(configuration.taxonomy)
    keys = _find_keys(arguments.only, library)
    plan = _plan(arguments.old, arguments.new, keys, toml, tree)
    changes = [Change(configuration.taxonomy, toml, plan.taxonomy)]
    count = 0
    for path in configuration.bibliographies:
        change, touched = _retag_file(path, plan.change, keys, library)
        changes.append(change)
        count += touched
    if keys and count < len(keys):
        missing = sorted(keys - _find_bearers(plan.change.old, library))
        raise UsageError(f"not in '{plan.change.old}': {', '.join(missing)}; nothing was changed")
    changes = [one for one in changes if one.text != one.source.text]
    _prove(changes, configuration, library)
    if arguments.dry_run:
        show_changes(changes, console)
    else:
        write_changes(changes)
    would = "would be " if arguments.dry_run else ""
    papers = f"{count} paper{'' if count == 1 else 's'}"
    console.note(f"{plan.words}: {papers} {would}retagged")
    for change in changes:
        console.note(f"  {show(change.path)} {would}changed")
    mentions = [] if keys else find_mentions(configuration.root, plan.change.old)
    if mentions:
        console.note(f"these pages name '{plan.change.old}'; change them by hand:")
        for mention in mentions:
            console.print(mention)
    return Exit.FINDINGS if mentions else Exit.CLEAN


def _find_keys(wishes: Collection[str] | None, library: Library) -> set[str]:
    keys = {one.key for one in library.entries}
    wanted: set[str] = set()
    for key in wishes or ():
        if key not in keys:
            hint = did_you_mean(key, keys)
            raise UsageError(f"there is no paper '{key}'{'; ' if hint else ''}{hint}")
        wanted.add(key)
    return wanted


def _find_bearers(tag: str, library: Library) -> set[str]:
    papers = library.catalog.papers.values()
    return {one.key for one in papers if tag in one.categories}


def _plan(old: str, new: str, keys: set[str], toml: Source, tree: Taxonomy) -> _Plan:
    source = tree.categories.get(tree.names.get(old.casefold(), ""))
    if source is None:
        hint = did_you_mean(old, tree.categories)
        raise UsageError(f"there is no category '{old}'{'; ' if hint else ''}{hint}")
    if not TAG.fullmatch(new):
        raise UsageError(f"'{new}' cannot be a tag: lower-case letters, digits, single hyphens")
    if new in tree.tags:
        raise UsageError(f"'{new}' is a tag that is no category")
    named = tree.names.get(new.casefold(), "")
    target = tree.categories.get(named)
    if target is not None and target.tag != new and target is not source:
        raise UsageError(f"'{new}' is an older spelling of '{target.tag}'; name that one")
    if source.tag == new:
        raise UsageError(f"'{new}' is what it is called already")
    if target is source:
        target = None  # back to an older spelling: a rename
    if keys:
        return _plan_split(source, target, new, toml)
    if target is None:
        return _plan_rename(source, new, toml)
    return _plan_merge(source, target, toml)


def _plan_rename(source: Category, new: str, toml: Source) -> _Plan:
    text = rename_table(toml.text, source.path, new)
    path = (*source.path[:-1], new)
    aliases = [one for one in source.aliases if one.casefold() != new] + [source.tag]
    text = set_aliases(text, path, aliases, source.aliases)
    expected = _load(toml)
    _put(expected, path, _take(expected, source.path) | {"aliases": aliases})
    _compare(text, expected)
    change = Retagging(source.tag, new, is_same_place=True, takes_aliases=False)
    return _Plan(text, change, f"{source.tag} renamed to {new}")


def _plan_merge(source: Category, target: Category, toml: Source) -> _Plan:
    for one in (source, target):
        if one.children:
            raise UsageError(f"'{one.tag}' has sub-categories; only leaves can be merged")
    aliases = list(dict.fromkeys([*target.aliases, source.tag, *source.aliases]))
    text = remove_table(toml.text, source.path)
    text = set_aliases(text, target.path, aliases, target.aliases)
    expected = _load(toml)
    _take(expected, source.path)
    _put(expected, target.path, _take(expected, target.path) | {"aliases": aliases})
    _compare(text, expected)
    is_same_place = source.path[:-1] == target.path[:-1]
    # A path through a table that is gone would be wrong, whatever its spelling.
    change = Retagging(source.tag, target.tag, is_same_place, takes_aliases=not is_same_place)
    return _Plan(text, change, f"{source.tag} merged into {target.tag}")


def _plan_split(source: Category, target: Category | None, new: str, toml: Source) -> _Plan:
    if source.children or (target is not None and target.children):
        raise UsageError("only papers of a leaf can move, and only to a leaf")
    text = toml.text
    if target is None:
        path = (*source.path[:-1], new)
        title = new.replace("-", " ").title()
        text = insert_table(text, source.path, path, title)
        expected = _load(toml)
        _put(expected, path, {"title": title})
        if new in source.aliases:
            aliases = [one for one in source.aliases if one != new]
            text = set_aliases(text, source.path, aliases, source.aliases)
            _put(expected, source.path, _take(expected, source.path) | {"aliases": aliases})
        _compare(text, expected)
    same = target is None or target.path[:-1] == source.path[:-1]
    change = Retagging(source.tag, new, is_same_place=same, takes_aliases=True)
    made = " (new: give it a title and a description)" if target is None else ""
    return _Plan(text, change, f"{source.tag} split, some moved to {new}{made}")


def _retag_file(
    path: Path, change: Retagging, keys: set[str], library: Library
) -> tuple[Change, int]:
    """Return the change of a .bib file, and how many entries it touches."""
    source = read_for_change(path)
    edits = []
    count = 0
    for entry in library.entries:
        if entry.source.path != source.path or (keys and entry.key not in keys):
            continue
        found = retag_entry(entry, change, library.catalog.taxonomy)
        if found is None:
            raise UsageError(
                f"{entry.locate('keywords')}: {entry.key}: the keywords are made of several parts "
                "or macros; write them in one pair of braces first\nnothing was changed"
            )
        edits += found
        count += bool(found)
    return Change(path, source, apply_edits(source.text, edits)), count


def _load(toml: Source) -> dict[str, Any]:
    try:
        return tomllib.loads(toml.text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{toml.path}: {error}") from error


def _take(document: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    for part in path[:-1]:
        document = document[part]
    taken: dict[str, Any] = document.pop(path[-1])
    return taken


def _put(document: dict[str, Any], path: tuple[str, ...], table: dict[str, Any]) -> None:
    for part in path[:-1]:
        document = document[part]
    document[path[-1]] = table


def _compare(text: str, expected: dict[str, Any]) -> None:
    """Hold the new text against what is meant: text was changed, but data are meant.

    Raises:
        UsageError: They differ, since the file is written in a way that we cannot change.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        found = {}
    if found != expected:
        raise UsageError(BEYOND_US)


def _prove(changes: list[Change], configuration: Configuration, before: Library) -> None:
    """Read what is to be written, and refuse it if keywords would go wrong by it.

    Raises:
        UsageError: It would.
    """
    texts = {change.path: change.text for change in changes}
    taxonomy = configuration.taxonomy
    assert taxonomy is not None  # noqa: S101 (run() has looked)
    toml = read_for_change(taxonomy)
    tree, problems = read_taxonomy(texts.get(taxonomy, toml.text), toml.path)
    sources = [read_for_change(path) for path in configuration.bibliographies]
    paths = configuration.bibliographies
    entries, _ = read_entries(
        [
            replace(source, text=texts.get(path, source.text))
            for path, source in zip(paths, sources, strict=True)
        ]
    )
    found = [*problems, *(one for entry in entries for one in classify(entry, tree).problems)]
    codes = {Code.UNKNOWN_TAG, Code.NO_CATEGORY, Code.TAXONOMY, Code.NOT_A_LEAF, Code.SYNTAX}
    known = {(one.code, one.key) for one in before.diagnostics}
    for one in found:
        if one.code in codes and (one.code, one.key) not in known:
            raise UsageError(f"this would go wrong: {one.render()}\nnothing was changed")


COMMAND = Command(
    name="retag",
    summary="rename, merge or split a category",
    description=DESCRIPTION,
    add_arguments=add_arguments,
    run=run,
)
