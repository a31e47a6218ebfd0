"""One run of a command that changes the bibliography."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.catalog import load_library

if TYPE_CHECKING:
    import argparse

    from livingsurvey.catalog import Library
    from livingsurvey.cli.configuration import Configuration
    from livingsurvey.cli.console import Console


@dataclass(slots=True)
class Session:
    """What all steps of a run share.

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
        """Read the files as they are now: each step may change them."""
        return load_library(
            self.configuration.bibliographies, self.configuration.taxonomy, root=Path.cwd()
        )
