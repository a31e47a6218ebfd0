"""The terminal: colors where they are wanted, and a word when something takes long."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
PATIENCE = 1.0
"""Seconds that a command may take before it says what it is doing."""
_BEAT = 0.2


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
