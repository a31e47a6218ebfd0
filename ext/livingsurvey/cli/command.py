"""What a subcommand is and works with: exit codes, the terminal, questions, the survey's files."""

from __future__ import annotations

import datetime
import enum
import inspect
import os
import re
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from livingsurvey.catalog import load_library
from livingsurvey.configuration import (
    FILE_NAME,
    describe_fault,
    read_configuration,
    search_configuration,
)
from livingsurvey.diagnostics import Code, did_you_mean, find_nearest
from livingsurvey.markup import search_key

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Collection, Iterable, Iterator

    from livingsurvey.catalog import Library
    from livingsurvey.configuration import Configuration
    from livingsurvey.model import Category
    from livingsurvey.online.client import Client
    from livingsurvey.taxonomy import Taxonomy

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
PATIENCE = 1.0
"""Seconds that a command may take before it says what it is doing."""
_BEAT = 0.2
DRY_RUN = "write nothing; show what would be written"
"""What ``--dry-run`` is for."""


class Exit(enum.IntEnum):
    """The exit codes of every subcommand."""

    CLEAN = 0
    """Nothing to say."""
    FINDINGS = 1
    """It ran, and found something to mend."""
    FAILURE = 2
    """It could not run: wrong arguments or configuration, an unreadable file."""


class UsageError(Exception):
    """The command cannot run as it was called; the message says what to do instead."""


def report_unknown(message: str, word: str, known: Iterable[str], hint: str = "") -> UsageError:
    """Return the error for a *word* that is none of the *known*: the message and a hint.

    Args:
        message: What is wrong, such as ``there is no paper 'x'``.
        word: What was typed.
        known: What could have been meant.
        hint: What to say if nothing is near.
    """
    hint = did_you_mean(word, known) or hint
    return UsageError(f"{message}; {hint}" if hint else message)


def check_keys(wishes: Iterable[str], known: Collection[str]) -> None:
    """Make sure that there are papers with some keys.

    Raises:
        UsageError: There is none with one of them.
    """
    for key in wishes:
        if key not in known:
            raise report_unknown(f"there is no paper '{key}'", key, known)


def find_category(name: str, taxonomy: Taxonomy) -> Category:
    """Return the category with this tag, alias or title.

    Raises:
        UsageError: There is none; the message names those that are near.
    """
    wanted = search_key(name.strip())
    categories = taxonomy.categories.values()
    titled = [category for category in categories if search_key(category.title) == wanted]
    category = taxonomy.find(name) or (titled[0] if len(titled) == 1 else None)
    if category is None:
        hint = _name_similar(wanted, taxonomy)
        raise UsageError(f"there is no category '{name}'" + (f"; {hint}" if hint else ""))
    return category


def _name_similar(wanted: str, taxonomy: Taxonomy) -> str:
    """Return a hint with the categories whose words, initials or title are those of a name."""
    categories = taxonomy.categories
    named = {tag: (known.title, tag, *known.aliases) for tag, known in categories.items()}
    described = {tag: (known.description,) for tag, known in categories.items()}
    for texts in (named, described):
        said = {tag: map(search_key, text) for tag, text in texts.items()}
        similar = [tag for tag, text in said.items() if any(_mentions(t, wanted) for t in text)]
        if similar:
            return f"did you mean {' or '.join(map(repr, similar[:3]))}?"
    names = {search_key(known.title): tag for tag, known in categories.items()}
    names |= {tag: tag for tag in categories}
    nearest = find_nearest(wanted, names)
    return f"did you mean '{names[nearest]}'?" if nearest else ""


def _mentions(text: str, wanted: str) -> bool:
    """Whether a text holds a word, or words with these initials (``moe``)."""
    words = re.findall(r"[^\W_]+", text)
    initials = "".join(word[0] for word in words)
    return wanted in words or (len(wanted) > 2 and wanted in initials)


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand, as its module defines it; :data:`livingsurvey.cli.COMMANDS` names it.

    Attributes:
        add_arguments: Tells the parser of this subcommand about its arguments.
        run: Does it, and returns an :class:`Exit`. It may raise :class:`UsageError`.
        details: What ``--help`` says below the docstring of *run*.
    """

    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[Session], int]
    details: str = ""

    @property
    def description(self) -> str:
        """What ``--help`` says first: the docstring of what runs."""
        return f"{inspect.cleandoc(self.run.__doc__ or '')}\n{self.details}"


def add_option(parser: Any, usage: str, purpose: str, **more: Any) -> None:
    """Add an option.

    Args:
        parser: The parser of the subcommand, or a group of it.
        usage: How it is typed: its names, what stands for its value, and ``...`` if it may be
            given repeatedly, such as ``-c --category TAG ...``; without a value it is a switch.
        purpose: What it is for.
        more: What else :meth:`argparse.ArgumentParser.add_argument` is to know.
    """
    words = usage.split()
    names = [word for word in words if word.startswith("-")]
    if words[-1] == "...":
        words.pop()
        more = {"action": "append", "default": [], **more}
    if len(words) > len(names):
        more["metavar"] = words[-1]
    elif not more:
        more["action"] = "store_true"
    parser.add_argument(*names, help=purpose, **more)


def add_survey_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that name the files of a survey, for :attr:`Session.configuration`."""
    purpose = ".bib files instead of those that pyproject.toml names"
    parser.add_argument("paths", nargs="*", type=Path, metavar="BIB", help=purpose)
    add_file_options(parser)


def add_file_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--taxonomy`` and ``--config``, for commands with other arguments of their own."""
    add_option(parser, "--taxonomy TOML", "the categories, instead of the configured", type=Path)
    config = f"the {FILE_NAME} to use (default: the nearest one with a [tool.livingsurvey])"
    add_option(parser, "--config TOML", config, type=Path)


def add_connection_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of commands that go online."""
    add_option(parser, "--refresh", "ask anew instead of using the cached answers")


def wants_color(stream: TextIO) -> bool:
    """Whether to write colors to *stream*: a terminal, and nobody objects.

    ``NO_COLOR`` (https://no-color.org) and ``TERM=dumb`` switch them off, ``FORCE_COLOR`` on,
    for terminals that are no terminals, such as the logs of CI.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


@dataclass(slots=True)
class Console:
    """The two streams of a command.

    Attributes:
        out: What the command is called for; programs read it.
        err: What it has to say about its work.
    """

    out: TextIO
    err: TextIO

    def print(self, text: str) -> None:
        """Write a line of results."""
        print(text, file=self.out)

    def note(self, text: str) -> None:
        """Write a line about the work."""
        print(text, file=self.err)

    def paint(self, text: str, *styles: str) -> str:
        """Return *text* in some styles (``bold``, ``red``, …) if the results are in colors."""
        if not wants_color(self.out):
            return text
        codes = ";".join(_CODES[style] for style in styles)
        return f"\x1b[{codes}m{text}\x1b[0m"

    @contextmanager
    def progress(self) -> Iterator[Callable[[str], None]]:
        """Show what is going on, on a terminal, once it takes longer than a second.

        Yields a function that takes the words to show, such as ``checking 3 of 40``. The line is
        erased at the end. A thread of its own writes it, so that a long step is shown as well.
        """
        if not self.err.isatty():
            yield lambda _text: None
            return
        state = {"text": ""}
        is_done = threading.Event()

        def show() -> None:
            delay = PATIENCE
            while not is_done.wait(delay):
                print(f"\r\x1b[K{state['text']} …", end="", file=self.err, flush=True)
                delay = _BEAT
            if delay == _BEAT:
                print("\r\x1b[K", end="", file=self.err, flush=True)

        thread = threading.Thread(target=show, daemon=True)
        thread.start()
        try:
            yield lambda text: state.update(text=text)
        finally:
            is_done.set()
            thread.join()


def is_interactive(console: Console) -> bool:
    """Whether somebody can answer: standard input and the messages are on a terminal."""
    return sys.stdin is not None and sys.stdin.isatty() and console.err.isatty()


def ask(question: str, console: Console) -> str:
    """Return the answer to *question*, stripped; ``""`` if the input ends."""
    print(f"{question} ", end="", file=console.err, flush=True)
    answer = sys.stdin.readline()
    if not answer:
        console.note("")
    return answer.strip()


@dataclass
class Session:
    """One call of a command.

    Attributes:
        arguments: What the editor asked for.
        console: The streams.
    """

    arguments: argparse.Namespace
    console: Console

    @cached_property
    def configuration(self) -> Configuration:
        """The survey, with what the command line says instead.

        Raises:
            ConfigurationError: The configuration is wrong.
            UsageError: Nobody names a bibliography, or a file is not there.
        """
        arguments, here, instead = self.arguments, Path.cwd(), dict[str, Any]()
        file = arguments.config
        configuration = read_configuration(file) if file else search_configuration(here)
        if getattr(arguments, "paths", None):
            instead["bibliographies"] = tuple(here / path for path in arguments.paths)
            # A part of the bibliography need not fill the categories of the whole.
            instead |= {"minimum_papers": 0, "warnings": ()}
        elif not configuration.bibliographies and getattr(arguments, "bib", None):
            instead["bibliographies"] = (here / arguments.bib,)
        if arguments.taxonomy is not None:
            instead["taxonomy"] = here / arguments.taxonomy
        configuration = replace(configuration, **instead)
        if not configuration.bibliographies:
            example = '  [tool.livingsurvey]\n  bibliographies = ["papers.bib"]'
            raise UsageError(f"which .bib file? Name it, or write in pyproject.toml:\n{example}")
        files = (*configuration.bibliographies, configuration.taxonomy, configuration.authors)
        for path in filter(None, files):
            if not path.is_file():
                fault = "it is no ordinary file" if path.exists() else "there is no such file"
                raise UsageError(describe_fault(Code.FILE_MISSING, path, fault))
        return configuration

    @property
    def path(self) -> Path:
        """The .bib file that new entries go to."""
        bib = getattr(self.arguments, "bib", None)
        return Path.cwd() / bib if bib else self.configuration.bibliographies[0]

    def find_kept(self, name: str) -> Path:
        """Return where a file is that the commands keep: beside the first bibliography."""
        return self.configuration.bibliographies[0].with_name(name)

    def load(self) -> Library:
        """Read the files as they are now: a step may change them.

        Diagnostics name them from the current folder.
        """
        files = self.configuration
        bibliographies, root = files.bibliographies, Path.cwd()
        return load_library(bibliographies, files.taxonomy, root=root, authors=files.authors)

    @cached_property
    def client(self) -> Client:
        """The way to the services."""
        # Importing requests takes longer than checking a bibliography, and "add -" does without it.
        from livingsurvey.online.client import Client  # noqa: PLC0415

        client = Client(self.configuration.online, is_fresh=self.arguments.refresh)
        if self.console.err.isatty():
            client.note = self.console.note
        return client


def spell_count(number: int, singular: str, plural: str = "") -> str:
    """Return how many there are: ``1 paper``, ``2,423 papers``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def spell_command(name: str, rest: str = "") -> str:
    """Return how whoever runs this would type a command: through nox, or by its name."""
    if "NOX_CURRENT_SESSION" not in os.environ:
        return f"livingsurvey {name} {rest}".rstrip()
    has_session = name in {"check", "format", "add"}
    session = f"nox -s {name} --" if has_session else f"nox -s survey -- {name}"
    return f"{session} {rest}".rstrip(" -")


def today() -> datetime.date:
    """Return the day in UTC; ``SOURCE_DATE_EPOCH`` sets the clock.

    Raises:
        UsageError: That variable is no number of seconds.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return datetime.datetime.now(datetime.UTC).date()
    try:
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date()
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"SOURCE_DATE_EPOCH is no time: '{epoch}'") from error
