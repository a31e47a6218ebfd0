"""The rule about fields that other programs leave in an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.diagnostics import Code, Severity
from livingsurvey.rules.examples import shannon
from livingsurvey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livingsurvey.catalog import Library
    from livingsurvey.diagnostics import Diagnostic

SURPLUS_FIELDS = frozenset(
    {
        "abstract", "file", "groups", "owner", "timestamp", "modificationdate", "date-added",
        "date-modified", "mendeley-tags", "readstatus", "ranking", "priority", "__markedentry",
    }
)  # fmt: skip
"""What reference managers write for themselves, and the publishers' own text."""


def check_surplus(library: Library) -> Iterator[Diagnostic]:
    """Find fields that are of use to one person's program alone, one finding for each entry."""
    for entry in library.entries:
        names = [
            name
            for name in entry.values
            if name not in entry.inherited
            and (name in SURPLUS_FIELDS or name.startswith("comment-"))
        ]
        if names:
            listed = ", ".join(f"'{name}'" for name in names)
            yield entry.report(
                Code.SURPLUS_FIELD,
                f"nothing here reads {listed}",
                names[0],
                suggestion="remove it" if len(names) == 1 else "remove them",
                severity=Severity.HINT,
            )


RULES = (
    Rule(
        code=Code.SURPLUS_FIELD,
        title="An entry has what the survey reads",
        group="entries",
        severity=Severity.HINT,
        what="The entry has fields that reference managers write for themselves: `file`, `owner`, "
        "`groups`, `timestamp`, `modificationdate`, marks and ranks; or it has an `abstract`.",
        why="They name folders and people of one machine, and differ from one to the next. "
        "An abstract is its publisher's text.",
        check=check_surplus,
        bad=shannon(file=":shannon.pdf:PDF", owner="anna"),
        good=shannon(),
    ),
)
