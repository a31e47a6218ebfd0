"""Questions to whoever sits at the terminal; nobody is asked where nobody sits."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from livingsurvey.cli.console import Console


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
