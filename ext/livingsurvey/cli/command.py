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
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from livingsurvey.catalog import load_library
from livingsurvey.diagnostics import did_you_mean, find_nearest
from livingsurvey.markup import search_key

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator

    from livingsurvey.catalog import Library
    from livingsurvey.configuration import Configuration
    from livingsurvey.model import Category
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


def report_unknown(
    message: str, word: str, known: Iterable[str], otherwise: str = ""
) -> UsageError:
    """Return the error for a *word* that is none of the *known*: the message and a hint.

    Args:
        message: What is wrong, such as ``there is no paper 'x'``.
        word: What was typed.
        known: What could have been meant.
        otherwise: The hint if nothing is near.
    """
    hint = did_you_mean(word, known) or otherwise
    return UsageError(f"{message}; {hint}" if hint else message)


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
    run: Callable[[argparse.Namespace, Console], int]
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

    def paint(self, text: str, *styles: str, stream: TextIO | None = None) -> str:
        """Return *text* in some styles (``bold``, ``red``, …) if *stream* shows colors."""
        if not wants_color(stream or self.out):
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
            shown = False
            delay = PATIENCE
            while not is_done.wait(delay):
                self.err.write(f"\r\x1b[K{state['text']} …")
                self.err.flush()
                shown, delay = True, _BEAT
            if shown:
                self.err.write("\r\x1b[K")
                self.err.flush()

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
    console.err.write(f"{question} ")
    console.err.flush()
    answer = sys.stdin.readline()
    if not answer:
        console.note("")
    return answer.strip()


def confirm(question: str, console: Console) -> bool:
    """Whether the answer to *question* begins with a y; no answer is no."""
    return ask(f"{question} [y/N]", console).lower().startswith("y")


@dataclass(slots=True)
class Session:
    """One run of a command that changes the bibliography.

    Attributes:
        arguments: What the editor asked for.
        configuration: The survey.
        console: The streams.
        path: The .bib file that new entries go to.
    """

    arguments: argparse.Namespace
    configuration: Configuration
    console: Console
    path: Path

    def load(self) -> Library:
        """Read the files as they are now: a step may change them."""
        return load_survey(self.configuration)


def load_survey(configuration: Configuration) -> Library:
    """Read the bibliographies and the taxonomy; diagnostics name them from the current folder."""
    return load_library(
        configuration.bibliographies,
        configuration.taxonomy,
        root=Path.cwd(),
        authors=configuration.authors,
    )


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
