"""``livingsurvey verify``: hold entries against the records of arXiv and Crossref."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.bibtex.source import replace_file
from livingsurvey.catalog import load_library
from livingsurvey.catalog.ledger import (
    Entry,
    Ledger,
    digest_facts,
    read_ledger,
    write_ledger,
)
from livingsurvey.cli.command import Command, Exit, UsageError
from livingsurvey.cli.configuration import add_file_options, find_configuration, show
from livingsurvey.cli.connection import add_connection_options, connect
from livingsurvey.cli.drafts import today
from livingsurvey.cli.ledgers import find_ledger
from livingsurvey.diagnostics import did_you_mean
from livingsurvey.online.comparison import compare
from livingsurvey.online.errors import NotFoundError, NotIdentifiedError, OfflineError, OnlineError
from livingsurvey.online.targets import Target, identify

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Mapping, Sequence

    from livingsurvey.catalog import Catalog
    from livingsurvey.cli.configuration import Configuration
    from livingsurvey.cli.console import Console
    from livingsurvey.model import Paper
    from livingsurvey.online.record import Record

DESCRIPTION = """\
Compare title, first author and year of the entries with the records of Crossref (by DOI) and
arXiv (by identifier), and write down the outcome in the ledger, verified.json beside the .bib.
'check --verified' reads it, without network, and reports entries that nobody vouches for.

Only entries that are new or changed since they were last found right are looked up; --all takes
all of them. An entry with neither DOI nor arXiv identifier has no record: look it up yourself, and
say so with --vouch.
"""
VOUCHED = "editor"
"""The source of what an editor vouches for."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add which entries to verify."""
    parser.add_argument("keys", nargs="*", metavar="KEY", help="these entries only")
    parser.add_argument("--all", action="store_true", help="also those that were found right")
    parser.add_argument(
        "--vouch",
        action="store_true",
        help="write down that you compared the named entries with the papers themselves",
    )
    parser.add_argument(
        "-n", "--dry-run", action="store_true", help="compare, but leave the ledger as it is"
    )
    add_file_options(parser)
    add_connection_options(parser)


@dataclass(slots=True)
class _Outcome:
    """What a run found out.

    Attributes:
        entries: The new entries of the ledger.
        failures: How many papers could not be looked up.
        is_offline: Whether that was for want of a network.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    failures: int = 0
    is_offline: bool = False


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Verify, and write the ledger."""
    configuration = find_configuration(arguments)
    path = find_ledger(configuration)
    ledger, problems = read_ledger(path, show(path))
    for problem in problems:
        console.note(problem.render())
    if problems and not arguments.all:
        return Exit.FAILURE
    library = load_library(configuration.bibliographies, configuration.taxonomy, root=Path.cwd())
    papers = _choose(arguments, library.catalog, ledger)
    if arguments.vouch:
        outcome = _vouch(papers)
    else:
        outcome = _verify(papers, configuration, arguments, console)
    _report(outcome, papers, console)
    kept = {key: one for key, one in ledger.entries.items() if key in library.catalog.papers}
    new = Ledger(kept | outcome.entries)
    if not arguments.dry_run and new != ledger and (new.entries or path.exists()):
        try:
            replace_file(path, write_ledger(new))
        except OSError as error:
            raise UsageError(f"cannot write {show(path)}: {error.strerror}") from error
        console.note(f"written: {show(path)}")
    if outcome.failures:
        return Exit.FAILURE
    is_right = all(one.verdict == "agrees" for one in outcome.entries.values())
    return Exit.CLEAN if is_right else Exit.FINDINGS


def _choose(arguments: argparse.Namespace, catalog: Catalog, ledger: Ledger) -> dict[str, Paper]:
    """Return the papers to verify.

    Raises:
        UsageError: A key is unknown, or ``--vouch`` names none.
    """
    if arguments.vouch and not arguments.keys:
        raise UsageError("--vouch needs the keys of the entries that you compared")
    for key in arguments.keys:
        if key not in catalog.papers:
            hint = did_you_mean(key, catalog.papers)
            raise UsageError(f"there is no paper '{key}'{'; ' if hint else ''}{hint}")
    if arguments.keys:
        return {key: catalog.papers[key] for key in dict.fromkeys(arguments.keys)}
    return {
        key: paper
        for key, paper in catalog.papers.items()
        if arguments.all or not is_verified(paper, ledger)
    }


def is_verified(paper: Paper, ledger: Ledger) -> bool:
    """Whether the ledger vouches for the facts of *paper* as they are."""
    entry = ledger.entries.get(paper.key)
    return entry is not None and entry.verdict == "agrees" and entry.facts == digest_facts(paper)


def _vouch(papers: Mapping[str, Paper]) -> _Outcome:
    day = today().isoformat()
    return _Outcome(
        {
            key: Entry(
                facts=digest_facts(paper),
                source=VOUCHED,
                identifier=paper.link,
                date=day,
                verdict="agrees",
            )
            for key, paper in papers.items()
        }
    )


def _verify(
    papers: Mapping[str, Paper],
    configuration: Configuration,
    arguments: argparse.Namespace,
    console: Console,
) -> _Outcome:
    outcome = _Outcome()
    keys: dict[Target, list[str]] = {}
    for key, paper in papers.items():
        target = find_target(paper)
        if target is not None:
            keys.setdefault(target, []).append(key)
    client = connect(configuration.online, arguments, console)
    with console.progress() as say:
        say(f"asking for {len(keys)} records")
        for done, (target, found) in enumerate(client.fetch_all(keys), start=1):
            say(f"{done} of {len(keys)} records")
            for key in keys[target]:
                paper = papers[key]
                if isinstance(found, NotFoundError) and target.kind == "doi" and paper.arxiv:
                    # A DOI that Crossref does not register: arXiv may still know the paper.
                    console.note(f"{paper.location}: {key}: {found}; asking arXiv")
                    target_at_arxiv = Target("arxiv", paper.arxiv)
                    answer = dict(client.fetch_all([target_at_arxiv]))[target_at_arxiv]
                    _judge(paper, target_at_arxiv, answer, outcome, console)
                else:
                    _judge(paper, target, found, outcome, console)
    return outcome


def find_target(paper: Paper) -> Target | None:
    """Return what to ask for: the DOI, else the arXiv identifier; None if there is neither."""
    try:
        if paper.doi:
            return identify(paper.doi)
    except NotIdentifiedError:
        pass
    return Target("arxiv", paper.arxiv) if paper.arxiv else None


def _judge(
    paper: Paper,
    target: Target,
    found: Record | OnlineError,
    outcome: _Outcome,
    console: Console,
) -> None:
    if isinstance(found, OnlineError) and not isinstance(found, NotFoundError):
        # What is wrong with the network says nothing of the paper: the ledger stays as it is.
        outcome.failures += 1
        if not (isinstance(found, OfflineError) and outcome.is_offline):
            console.note(f"{paper.key}: {found}")
        outcome.is_offline = outcome.is_offline or isinstance(found, OfflineError)
        return
    facts = digest_facts(paper)
    service = "arXiv" if target.kind == "arxiv" else "Crossref"
    if isinstance(found, OnlineError):
        outcome.entries[paper.key] = Entry(
            facts=facts,
            source=service,
            identifier=target.value,
            date=today().isoformat(),
            verdict="not found",
        )
        return
    differences = compare(paper, found)
    outcome.entries[paper.key] = Entry(
        facts=facts,
        source=found.source,
        identifier=found.identifier,
        date=found.retrieved.isoformat(),
        verdict="differs" if differences else "agrees",
        differences=differences,
    )


def _report(outcome: _Outcome, papers: Mapping[str, Paper], console: Console) -> None:
    entries = outcome.entries
    for key, one in entries.items():
        where = f"{papers[key].location}: {key}"
        if one.verdict == "not found":
            console.print(f"{where}: {one.source} has no record {one.identifier}")
        for difference in one.differences:
            console.print(f"{where}: in {one.source}'s record {one.identifier} {difference}")
    agreeing = sum(one.verdict == "agrees" for one in entries.values())
    words = [f"{agreeing} agree", *_count(entries.values(), ("differs", "not found"))]
    without = [
        key for key, paper in papers.items() if key not in entries and find_target(paper) is None
    ]
    if without:
        words.append(f"{len(without)} have neither DOI nor arXiv identifier")
    if outcome.failures:
        words.append(f"{outcome.failures} could not be looked up")
    console.note(f"{len(papers)} to verify: {', '.join(words)}" if papers else "nothing to verify")


def _count(entries: Collection[Entry], verdicts: Sequence[str]) -> list[str]:
    names = {"differs": "differ", "not found": "not found"}
    counts = [(sum(one.verdict == verdict for one in entries), verdict) for verdict in verdicts]
    return [f"{count} {names[verdict]}" for count, verdict in counts if count]


COMMAND = Command(
    name="verify",
    summary="compare entries with the records of arXiv and Crossref",
    description=DESCRIPTION,
    add_arguments=add_arguments,
    run=run,
)
