"""The ledger of a survey: where it is, and what it does not vouch for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.catalog.ledger import FILE_NAME, read_ledger
from livingsurvey.cli.configuration import show
from livingsurvey.rules.verified import check_verified

if TYPE_CHECKING:
    from pathlib import Path

    from livingsurvey.catalog import Library
    from livingsurvey.cli.configuration import Configuration
    from livingsurvey.diagnostics import Diagnostic


def find_ledger(configuration: Configuration) -> Path:
    """Return where the ledger of a survey is: beside its first bibliography by default."""
    return configuration.ledger or configuration.bibliographies[0].with_name(FILE_NAME)


def find_unverified(library: Library, configuration: Configuration) -> list[Diagnostic]:
    """Return what is wrong with the ledger, and the entries that it does not vouch for."""
    path = find_ledger(configuration)
    ledger, problems = read_ledger(path, show(path))
    return [*problems, *check_verified(library, ledger, configuration.disabled)]
