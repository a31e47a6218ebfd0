"""The ledger of verification: which facts of which entries were compared with which record.

``livingsurvey verify`` writes it, ``check --verified`` and builds read it: nothing here goes
online. It is JSON, one line for each fact and sorted by key, so that a change of the ledger is
as easy to review as a change of the bibliography.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from livingsurvey.bibtex.source import read_bytes
from livingsurvey.diagnostics import Code, Diagnostic, diagnose
from livingsurvey.digest import digest
from livingsurvey.markup import parse, title_key
from livingsurvey.model import Location

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from livingsurvey.model import Paper

VERSION = 1
FILE_NAME = "verified.json"

Verdict = Literal["agrees", "differs", "not found"]
VERDICTS: tuple[str, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The outcome for one paper.

    Attributes:
        facts: The digest of the facts that were compared; see :func:`digest_facts`.
        source: ``arXiv``, ``Crossref``, or who vouches for the entry.
        identifier: What the source was asked for.
        date: The ISO date of the source's answer.
        verdict: What came out.
        differences: What differs, a phrase each.
    """

    facts: str
    source: str
    identifier: str
    date: str
    verdict: Verdict
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ledger:
    """All outcomes by citation key."""

    entries: Mapping[str, Verification] = field(default_factory=dict)


def digest_facts(paper: Paper) -> str:
    """Return a digest of the facts that a record can vouch for: title, first author, year, ids.

    Braces, capitals and punctuation of the title do not count: they are no facts.
    """
    people = paper.authors or paper.editors
    title, first = title_key(parse(paper.title).text), people[0].full if people else ""
    return digest((title, first, paper.year, paper.doi.lower(), paper.arxiv))


def read_ledger(path: Path, shown: str) -> tuple[Ledger, list[Diagnostic]]:
    """Read the ledger; a missing one is empty.

    Never raises: what cannot be read is left out and reported.
    """
    try:
        document = json.loads(read_bytes(path).decode("utf-8"))
    except FileNotFoundError:
        return Ledger(), []
    except (OSError, ValueError, RecursionError) as error:
        return Ledger(), [_report(f"the ledger cannot be read: {error}", shown)]
    entries = document.get("entries") if isinstance(document, dict) else None
    if not isinstance(entries, dict) or document.get("version") != VERSION:
        return Ledger(), [_report(f"this is no ledger of version {VERSION}", shown)]
    read: dict[str, Verification] = {}
    problems: list[Diagnostic] = []
    for key, value in entries.items():
        entry = _read_entry(value)
        if entry is None:
            problems.append(_report(f"the ledger's entry for '{key}' is malformed", shown))
        else:
            read[key] = entry
    return Ledger(read), problems


def write_ledger(ledger: Ledger) -> str:
    """Return the text of a ledger's file."""
    entries = {key: asdict(entry) for key, entry in sorted(ledger.entries.items())}
    for entry in entries.values():
        if not entry["differences"]:
            del entry["differences"]
    document = {"version": VERSION, "entries": entries}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _read_entry(value: Any) -> Verification | None:
    names = ("facts", "source", "identifier", "date", "verdict")
    if not isinstance(value, dict) or not all(isinstance(value.get(name), str) for name in names):
        return None
    differences = value.get("differences", [])
    if value["verdict"] not in VERDICTS or not isinstance(differences, list):
        return None
    try:
        datetime.date.fromisoformat(value["date"])
    except ValueError:
        return None
    facts = {name: value[name] for name in names}
    return Verification(**facts, differences=tuple(map(str, differences)))


def _report(message: str, shown: str) -> Diagnostic:
    suggestion = "write it anew: livingsurvey verify --all"
    return diagnose(Code.SYNTAX, message, Location(shown), suggestion)
