"""What a subcommand is, and how it says that it cannot run."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from livingsurvey.cli.console import Console


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One subcommand; each module of this package that is one has a ``COMMAND``.

    Attributes:
        name: What users type.
        summary: One line for the list of commands, small first letter, no final period.
        description: What ``--help`` says first.
        add_arguments: Tells the parser of this subcommand about its arguments.
        run: Does it, and returns an :class:`Exit`. It may raise :class:`UsageError`.
    """

    name: str
    summary: str
    description: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Console], int]
