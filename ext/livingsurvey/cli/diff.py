"""``livingsurvey diff`` and ``history``: what has changed in the survey, for readers."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.bibtex.source import StateError, decode
from livingsurvey.catalog import load, load_library
from livingsurvey.cli.command import Command, Exit, UsageError, add_file_options, add_option
from livingsurvey.cli.files import write_output
from livingsurvey.configuration import show
from livingsurvey.upkeep.history import (
    CHANGE_KINDS,
    FILE_NAME,
    NEXT,
    History,
    compare,
    describe_change,
    extend,
    read_history,
    snapshot,
    write_history,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from livingsurvey.bibtex.source import Source
    from livingsurvey.cli.command import Session
    from livingsurvey.configuration import Configuration
    from livingsurvey.diagnostics import Diagnostic
    from livingsurvey.upkeep.history import Change, Snapshot

_FORMS = ("text", "markdown", "json")
EDITIONS = r"v?\d+(\.\d+)*"
TIME_LIMIT = 60.0
"""Seconds that git may take for one answer."""


def add_diff_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the two states, and the form of the output."""
    parser.add_argument("old", metavar="OLD", help="a .bib file or a git revision")
    parser.add_argument("new", metavar="NEW", nargs="?", help="the same (default: the files)")
    add_option(parser, "-f --format", "the output", choices=_FORMS, default="text")
    add_file_options(parser)


def run_diff(session: Session) -> int:
    """Say what has changed between two states of the bibliography, as readers notice it: papers
    added, removed, moved to other categories, republished at a venue, corrected.

    OLD and NEW are .bib files, or revisions of the git repository that the survey is in; without
    NEW, the files as they are now.
    """
    arguments, console = session.arguments, session.console
    changes = find_changes(arguments.old, arguments.new, session.configuration)
    if arguments.format == "json":
        document = [describe_change(change) for change in changes]
        console.print(json.dumps(document, ensure_ascii=False, indent=1))
    elif arguments.format == "markdown":
        console.print(render_markdown(changes).rstrip())
    else:
        console.out.write(render_lines(changes))
    counts = Counter[str](change.kind for change in changes)
    found = ", ".join(f"{counts[kind]} {kind}" for kind in CHANGE_KINDS if counts[kind])
    console.note(found or "no changes")
    return Exit.FINDINGS if changes else Exit.CLEAN


def render_lines(changes: Sequence[Change]) -> str:
    """Return changes as lines for a terminal."""
    return "".join(
        f"{change.kind:<11}  {change.key}: {change.title}"
        + (f" ({'; '.join(change.details)})\n" if change.details else "\n")
        for change in changes
    )


def render_markdown(changes: Sequence[Change]) -> str:
    """Return changes as Markdown: a heading and a list for each kind."""
    parts = []
    for kind in CHANGE_KINDS:
        lines = [
            f"- {escape_markdown(change.title)} (`{change.key}`)"
            + (f": {escape_markdown('; '.join(change.details))}" if change.details else "")
            for change in changes
            if change.kind == kind
        ]
        parts += [f"### {kind.capitalize()} ({len(lines)})\n", *lines, ""] if lines else []
    return "\n".join(parts)


_MARKDOWN = str.maketrans(
    {char: f"\\{char}" for char in "\\`*_[]<>|~!"} | {"@": "&#64;", "#": "&#35;", "&": "&amp;"}
)


def fence(text: str, language: str = "text") -> str:
    """Return a text as a block of code in Markdown that nothing in it can end."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    bar = "`" * max(3, longest + 1)
    return f"{bar}{language}\n{text.rstrip()}\n{bar}"


def escape_markdown(text: str) -> str:
    """Return a text as Markdown that shows it on one line: no markup, no link, nobody is called."""
    return " ".join(text.translate(_MARKDOWN).split())


def find_changes(old: str, new: str | None, configuration: Configuration) -> tuple[Change, ...]:
    """Return what has changed between two states; see :func:`read_snapshot`."""
    return compare(read_snapshot(old, configuration), read_snapshot(new, configuration))


def read_snapshot(name: str | None, configuration: Configuration) -> Snapshot:
    """Return the state that a file or a revision holds; without a name, that of the files.

    Raises:
        UsageError: It is neither.
    """
    paths = configuration.bibliographies if name is None else (Path.cwd() / name,)
    if name is None or paths[0].is_file():
        return snapshot(load(paths, configuration.taxonomy, authors=configuration.authors)[0])
    state = read_revision(name, configuration)
    if state is None:
        raise UsageError(f"'{name}' is neither a file nor a revision that has the bibliography")
    return state


def read_revision(revision: str, configuration: Configuration) -> Snapshot | None:
    """Return the state at a revision; None if it lacks a bibliography.

    Raises:
        UsageError: There is no repository, or git cannot be run.
    """
    if not revision or revision.startswith("-"):  # the index, and options, are no revisions
        return None
    folder = configuration.bibliographies[0].parent
    top = Path(run_git(["rev-parse", "--show-toplevel"], folder).decode().strip())

    def read(path: Path, shown: str) -> tuple[Source, list[Diagnostic]]:
        try:
            inside = path.resolve().relative_to(top.resolve()).as_posix()
        except ValueError as error:
            raise UsageError(f"{show(path)} is not in the repository {top}") from error
        arguments = ["cat-file", "blob", f"{revision}:{inside}"]
        return decode(run_git(arguments, folder, is_strict=False), shown)

    taxonomy, authors = configuration.taxonomy, configuration.authors
    files = configuration.bibliographies
    library = load_library(files, taxonomy, authors=authors, read_file=read)
    return snapshot(library.catalog) if all(it.text for it in library.sources) else None


def run_git(arguments: Sequence[str], folder: Path, *, is_strict: bool = True) -> bytes:
    """Return what git prints.

    Args:
        arguments: What to ask.
        folder: A folder of the repository.
        is_strict: Whether a refusal is an error; else the answer is empty.

    Raises:
        UsageError: git is not there, takes too long, or refuses.
    """
    try:
        done = subprocess.run(  # noqa: S603 (no shell)
            ["git", *arguments],  # noqa: S607 (the git of whoever calls)
            cwd=folder,
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    except FileNotFoundError as error:
        raise UsageError("git is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise UsageError(f"git took longer than {TIME_LIMIT:g} s") from error
    if done.returncode and is_strict:
        message = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise UsageError(f"git: {message}")
    return done.stdout if not done.returncode else b""


def add_history_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the pattern of tags."""
    tags = "a regular expression for the tags of editions (default: %(default)s)"
    add_option(parser, "--tags PATTERN", tags, default=EDITIONS)
    add_option(parser, "--anew", "forget what the file says of editions without a tag")
    add_file_options(parser)


def run_history(session: Session) -> int:
    """Write history.json beside the .bib: what each edition of the survey changed, month by month,
    from the tags and commits of its git repository. Pages and feeds are made from that file, so
    that they come out the same from an archive without a repository.

    An edition is a tag such as v1.2 or 2026.11; --tags takes another pattern.
    """
    arguments, configuration = session.arguments, session.configuration
    try:
        pattern = re.compile(arguments.tags)
    except re.error as error:
        raise UsageError(f"'{arguments.tags}' is no regular expression: {error}") from error
    folder = configuration.bibliographies[0].parent
    names = _find_editions(pattern, folder)
    history = History()
    states = 0
    with session.console.progress() as say:
        for revision, date in _choose_revisions(names, configuration):
            say(f"reading {revision[:10]} of {date}")
            state = read_revision(revision, configuration)
            if state is not None:
                states += 1
                history = extend(history, state, names.get(revision, NEXT), date)
    if not states:
        raise UsageError("no revision has the bibliography")
    path = session.find_kept(FILE_NAME)
    if not arguments.anew:
        _refuse_to_forget(path, history)
    write_output(path, write_history(history))
    editions = sum(bool(edition.name) for edition in history.editions)
    changes = sum(len(edition.changes) for edition in history.editions)
    counted = f"{editions} editions, {changes} changes, from {states} states"
    session.console.note(f"written: {show(path)}: {counted}")
    return Exit.CLEAN


def _refuse_to_forget(path: Path, history: History) -> None:
    """Stop where the file knows editions that the repository does not, as in a shallow clone.

    Raises:
        UsageError: It does, or cannot be read.
    """
    try:
        known = [edition.name for edition in read_history(path).editions]
    except StateError as error:
        raise UsageError(f"{error}; mend it, or write it --anew") from error
    found = {edition.name for edition in history.editions}
    lost = [name for name in known if name and name not in found]
    if lost:
        hint = "fetch the tags, or tag them, or write it --anew"
        names = ", ".join(lost)
        raise UsageError(f"{show(path)} names editions that no tag here does: {names}; {hint}")


def _find_editions(pattern: re.Pattern[str], folder: Path) -> dict[str, str]:
    """Return the tags of editions by the commits that they name."""
    form = "--format=%(refname:short) %(objectname) %(*objectname)"
    tags = run_git(["for-each-ref", form, "refs/tags"], folder).decode("utf-8", "replace")
    found = [line.split() for line in tags.splitlines()]
    return {commit: name for name, *_, commit in found if pattern.fullmatch(name)}


def _choose_revisions(names: dict[str, str], configuration: Configuration) -> list[tuple[str, str]]:
    """Return the revisions to look at with their dates: editions, and the last of each month."""
    folder = configuration.bibliographies[0].parent
    files = [str(path) for path in configuration.bibliographies]
    # The main line only: what a merged branch looked like meanwhile was never published.
    log = ["log", "--first-parent", "--format=%H %cs", "HEAD"]
    everything, touched = (
        [line.split() for line in reversed(run_git(arguments, folder).decode().splitlines())]
        for arguments in (log, [*log, "--", *files])
    )
    months = {date[:7]: revision for revision, date in touched}  # the newest is the last
    chosen = {*months.values(), *names}
    return [(revision, date) for revision, date in everything if revision in chosen]


DIFF = Command(add_diff_arguments, run_diff)
HISTORY = Command(add_history_arguments, run_history)
