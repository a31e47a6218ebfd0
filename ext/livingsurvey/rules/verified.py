"""Rules about what vouches for an entry: the ledger that ``livingsurvey verify`` writes.

They ask nobody: the ledger says what arXiv and Crossref said, and of which facts. So an invented
reference, or a fact changed by a slip, is seen by a machine without network.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from livingsurvey.catalog.ledger import digest_facts
from livingsurvey.diagnostics import Code
from livingsurvey.rules.examples import lamport, perelman, shannon
from livingsurvey.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from livingsurvey.bibtex.read import Entry
    from livingsurvey.catalog import Library
    from livingsurvey.catalog.ledger import Ledger
    from livingsurvey.diagnostics import Diagnostic
    from livingsurvey.model import Paper


def check_verified(
    library: Library, ledger: Ledger, disabled: Collection[Code] = ()
) -> Iterator[Diagnostic]:
    """Find entries that the ledger does not vouch for.

    Args:
        library: The bibliography.
        ledger: What was verified.
        disabled: The rules that are switched off.
    """
    entries = {entry.key: entry for entry in library.entries}
    for paper in library.catalog.papers.values():
        found = _check(paper, entries[paper.key], ledger)
        if found is not None and found.code not in disabled:
            location = entries[paper.key].source.locate(entries[paper.key].block.key_start)
            yield replace(found, location=location)


def _check(paper: Paper, entry: Entry, ledger: Ledger) -> Diagnostic | None:
    key = paper.key
    known = ledger.entries.get(key)
    if known is None:
        if paper.doi or paper.arxiv:
            return entry.report(
                Code.UNVERIFIED,
                "nobody compared it with a record",
                suggestion=f"run livingsurvey verify {key}",
            )
        return entry.report(
            Code.UNVERIFIED,
            "it has neither DOI nor arXiv identifier, and no editor vouches for it",
            suggestion=f"compare it with the paper, then run livingsurvey verify --vouch {key}",
        )
    if known.facts != digest_facts(paper):
        vouch = "" if known.source in {"arXiv", "Crossref"} else "--vouch "
        return entry.report(
            Code.FACTS_CHANGED,
            f"title, first author, year or identifier changed since {known.date}, when it was "
            "verified",
            suggestion=f"run livingsurvey verify {vouch}{key}",
        )
    if known.verdict == "not found":
        return entry.report(
            Code.RECORD_DIFFERS,
            f"{known.source} had no record {known.identifier} on {known.date}",
            suggestion="is the identifier right? Does the paper exist?",
        )
    if known.verdict == "differs":
        differences = "; ".join(known.differences)
        return entry.report(
            Code.RECORD_DIFFERS,
            f"in {known.source}'s record {known.identifier} {differences}",
            suggestion=f"mend the entry, or compare it with the paper and run livingsurvey "
            f"verify --vouch {key}",
        )
    return None


RULES = (
    Rule(
        code=Code.UNVERIFIED,
        title="Every entry is verified",
        group="records",
        what="The ledger, `verified.json`, does not know the entry: it was compared neither with "
        "a record of arXiv or Crossref nor, by an editor, with the paper itself.",
        why="An invented reference looks like any other; a record shows that the paper exists.",
        stage="verify",
        bad=perelman() + "\n" + lamport(),
        good=perelman(),
    ),
    Rule(
        code=Code.FACTS_CHANGED,
        title="Verified facts stay as they were",
        group="records",
        what="Title, first author, year or an identifier of the entry is not what it was when "
        "the entry was verified. Braces, capitals and punctuation of the title do not count.",
        why="What was verified were the old facts; a slip of the hand would go unnoticed.",
        stage="verify",
        bad=perelman(year="2003"),
        good=perelman(),
    ),
    Rule(
        code=Code.RECORD_DIFFERS,
        title="An entry says what its record says",
        group="records",
        what="When it was verified, the record of arXiv or Crossref had another title, first "
        "author or year, or there was no record with this identifier.",
        why="The identifier leads readers to another paper, or the entry has its facts wrong.",
        stage="verify",
        bad=shannon(doi="10.1002/j.1538-7305.1948.tb00917.x", year="1949"),
        good=shannon(doi="10.1002/j.1538-7305.1948.tb00917.x"),
    ),
)
