"""What editors declined, so that it is not proposed again: a file beside the ledger.

It is JSON, one line for each fact and sorted, so that a change is easy to review.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from livingsurvey.bibtex.source import read_state

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

FILE_NAME = "decisions.json"
VERSION = 1


class Declinable(Protocol):
    """A proposal, as far as it is remembered; see :class:`~.refresh.Proposal`."""

    @property
    def key(self) -> str:
        """The entry."""

    @property
    def kind(self) -> str:
        """What has happened to the paper."""

    @property
    def summary(self) -> str:
        """That in words."""

    @property
    def digest(self) -> str:
        """What the proposal is remembered by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A proposal that an editor declined.

    Attributes:
        kind: Its kind.
        digest: Its digest.
        summary: What was proposed, for people.
        date: The ISO date of the decision.
        why: The reason, or ``""``.
    """

    kind: str
    digest: str
    summary: str
    date: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What editors declined, by key: it is not proposed again.

    Kept beside the ledger of verification, in JSON, a line for each fact, sorted.
    """

    declined: Mapping[str, Sequence[Decision]] = field(default_factory=dict)

    def has_declined(self, proposal: Declinable) -> bool:
        """Whether this very change was declined before."""
        decisions = self.declined.get(proposal.key, ())
        return any(decision.digest == proposal.digest for decision in decisions)

    def decline(self, proposal: Declinable, day: datetime.date, why: str = "") -> Decisions:
        """Return the decisions with one more."""
        decision = Decision(
            kind=proposal.kind,
            digest=proposal.digest,
            summary=proposal.summary,
            date=day.isoformat(),
            why=why,
        )
        others = [
            declined
            for declined in self.declined.get(proposal.key, ())
            if declined.digest != proposal.digest
        ]
        return Decisions({**self.declined, proposal.key: (*others, decision)})


def read_decisions(path: Path) -> Decisions:
    """Read the file of decisions; a missing one is empty.

    Raises:
        StateError: It cannot be read.
    """
    return read_state(path, json.loads, VERSION, "file of decisions", _read) or Decisions()


def _read(document: Mapping[str, Any]) -> Decisions:
    return Decisions(
        {
            key: tuple(_read_decision(value) for value in values)
            for key, values in document["declined"].items()
        }
    )


def _read_decision(value: Mapping[str, Any]) -> Decision:
    datetime.date.fromisoformat(value["date"])
    names = ("kind", "digest", "summary", "date")
    return Decision(**{name: str(value[name]) for name in names}, why=str(value.get("why", "")))


def write_decisions(decisions: Decisions) -> str:
    """Return the text of the file."""
    declined = {
        key: [
            {
                "kind": decision.kind,
                "digest": decision.digest,
                "summary": decision.summary,
                "date": decision.date,
                **({"why": decision.why} if decision.why else {}),
            }
            for decision in sorted(values, key=lambda decision: (decision.date, decision.digest))
        ]
        for key, values in sorted(decisions.declined.items())
    }
    document = {"version": VERSION, "declined": declined}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
