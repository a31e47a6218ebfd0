"""A collection that somebody downloaded, whatever its form: BibTeX, JSON, JSON lines, Atom."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from livingsurvey.online import arxiv
from livingsurvey.online.targets import OnlineError
from livingsurvey.upkeep.records import CollectionError, list_bibtex, list_items, list_record

if TYPE_CHECKING:
    from pathlib import Path

    from livingsurvey.upkeep.records import Listed, Origin

MAX_BYTES = 2**30
"""Larger files are refused: about a million papers."""


def read_collection(path: Path, origin: Origin) -> list[Listed]:
    """List the papers of a file.

    Raises:
        CollectionError: It cannot be read, or is nothing that we know.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CollectionError(f"{origin.name}: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise CollectionError(f"{origin.name}: larger than {MAX_BYTES >> 20} MiB")
    return list_papers(data, origin)


def list_papers(data: bytes, origin: Origin) -> list[Listed]:
    """List the papers of a text in BibTeX, JSON, JSON lines or Atom; what it is shows itself.

    Raises:
        CollectionError: It is none of these, or broken.
    """
    text = data.decode("utf-8", errors="replace").removeprefix("\ufeff")
    start = text.lstrip()[:1]
    if start == "<":
        return _list_feed(data, origin)
    if start in {"{", "["}:
        return list(list_items(_load(text, origin), origin))
    found = list(list_bibtex(text, origin))
    if not found and text.strip():
        raise CollectionError(f"{origin.name}: neither BibTeX nor JSON nor an Atom feed")
    return found


def _load(text: str, origin: Origin) -> Any:
    """Return what JSON, or JSON lines, hold."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            return [json.loads(line) for line in lines]
        except (ValueError, RecursionError):
            raise CollectionError(f"{origin.name}: no JSON: {error}") from error


def _list_feed(data: bytes, origin: Origin) -> list[Listed]:
    try:
        entries = arxiv.split(data, ())
    except OnlineError as error:
        raise CollectionError(f"{origin.name}: {error}") from error
    found = []
    for identifier, body in entries.items():
        with contextlib.suppress(OnlineError):
            found.append(list_record(arxiv.read(body, identifier, origin.day)))
    return found
