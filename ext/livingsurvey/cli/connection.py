"""``[tool.livingsurvey.online]``: how a survey goes online, and the client that does it.

::

    [tool.livingsurvey.online]
    contact = "editors@example.org"    # or the environment variable LIVINGSURVEY_CONTACT
    cache = ".livingsurvey-cache"
    timeout = 20
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from livingsurvey.bibtex.identifiers import read_url
from livingsurvey.diagnostics import did_you_mean
from livingsurvey.online.cache import FOLDER
from livingsurvey.online.settings import Settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from pathlib import Path

    from livingsurvey.cli.console import Console
    from livingsurvey.online.client import Client

CONTACT_VARIABLE = "LIVINGSURVEY_CONTACT"
KEYS = ("contact", "arxiv", "crossref", "cache", "timeout", "arxiv-delay", "crossref-delay")
ARXIV_DELAY = 3.0
"""What arXiv asks of everybody; its own hosts are never asked more often."""
_CONTACT = re.compile(r"[^\s@()<>,;:\"]+@[^\s@()<>,;:\"]+\.[^\s@()<>,;:\"]+")


def read_connection(table: Mapping[str, Any], root: Path) -> tuple[Settings, list[str]]:
    """Read the table; return the settings, and what is wrong with it.

    Args:
        table: ``[tool.livingsurvey.online]``.
        root: The folder that paths are relative to.
    """
    faults: list[str] = []
    for name in table:
        if name not in KEYS:
            hint = did_you_mean(name, KEYS) or f"it knows {', '.join(KEYS)}"
            faults.append(f"unknown key 'online.{name}'; {hint}")
    values = {**_read_addresses(table, faults), **_read_seconds(table, faults)}
    contact = os.environ.get(CONTACT_VARIABLE) or table.get("contact", "")
    if contact and not (isinstance(contact, str) and _CONTACT.fullmatch(contact)):
        faults.append("'online.contact' is not an e-mail address")
        contact = ""
    cache = table.get("cache", FOLDER)
    if not isinstance(cache, str):
        faults.append("'online.cache' is not a path")
        cache = FOLDER
    settings = Settings(contact=contact, cache=root / cache if cache else None, **values)
    host = urlsplit(settings.arxiv).hostname or ""
    if (host == "arxiv.org" or host.endswith(".arxiv.org")) and settings.arxiv_delay < ARXIV_DELAY:
        faults.append(
            f"'online.arxiv-delay' is less than the {ARXIV_DELAY:g} s that arXiv asks for"
        )
    return settings, faults


def _read_addresses(table: Mapping[str, Any], faults: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in ("arxiv", "crossref"):
        value = table.get(name)
        address = read_url(value).value if isinstance(value, str) else ""
        if address:
            values[name] = address
        elif name in table:
            faults.append(f"'online.{name}' is not an http or https address")
    return values


def _read_seconds(table: Mapping[str, Any], faults: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in ("timeout", "arxiv-delay", "crossref-delay"):
        if name not in table:
            continue
        number = table[name]
        is_number = isinstance(number, int | float) and not isinstance(number, bool)
        if is_number and 0 <= number <= 600 and (number or name != "timeout"):
            values[name.replace("-", "_")] = float(number)
        else:
            faults.append(f"'online.{name}' is not a number of seconds")
    return values


def add_connection_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of commands that go online."""
    parser.add_argument(
        "--refresh", action="store_true", help="ask anew instead of using the cached answers"
    )


def connect(settings: Settings, arguments: argparse.Namespace, console: Console) -> Client:
    """Return the client of a command."""
    # The network's modules are slow to import, and most commands do without them.
    from livingsurvey.online.client import Client  # noqa: PLC0415

    client = Client(settings, is_fresh=arguments.refresh)
    if console.err.isatty():
        client.transport.note = console.note
    return client
