"""``livingsurvey verify``: hold entries against the records of arXiv and Crossref."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from livingsurvey.catalog.ledger import (
    FILE_NAME,
    Ledger,
    Verdict,
    Verification,
    digest_facts,
    read_ledger,
    write_ledger,
)
from livingsurvey.cli.command import (
    Command,
    Exit,
    UsageError,
    add_connection_options,
    add_file_options,
    add_option,
    check_keys,
    today,
)
from livingsurvey.cli.files import write_output
from livingsurvey.configuration import show
from livingsurvey.online.record import (
    NotFoundError,
    OfflineError,
    OnlineError,
    Target,
    find_differences,
    find_target,
)
from livingsurvey.upkeep.matching import group_by_target
from livingsurvey.upkeep.state import is_verified

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping

    from livingsurvey.catalog import Catalog
    from livingsurvey.cli.command import Console, Session
    from livingsurvey.model import Paper
    from livingsurvey.online.record import Record

VOUCHED = "editor"
"""The source of what an editor vouches for."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add which entries to verify."""
    parser.add_argument("keys", nargs="*", metavar="KEY", help="these entries only")
    add_option(parser, "--all", "also those that were found right")
    vouch = "write down that you compared the named entries with the papers themselves"
    add_option(parser, "--vouch", vouch)
    add_option(parser, "-n --dry-run", "compare, but leave the ledger as it is")
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

    entries: dict[str, Verification] = field(default_factory=dict)
    failures: int = 0
    is_offline: bool = False


def run(session: Session) -> int:
    """Compare title, first author and year of the entries with the records of Crossref (by DOI) and
    arXiv (by identifier), and write down the outcome in the ledger, verified.json beside the .bib.
    'check --verified' reads it, without network, and reports entries that nobody vouches for.

    Only entries that are new or changed since they were last found right are looked up; --all takes
    all of them. An entry with neither DOI nor arXiv identifier has no record: look it up yourself,
    and say so with --vouch.
    """
    arguments, console = session.arguments, session.console
    path = session.find_kept(FILE_NAME)
    ledger, problems = read_ledger(path, show(path))
    for problem in problems:
        console.note(problem.render())
    if problems and not arguments.all:
        return Exit.FAILURE
    catalog = session.load().catalog
    papers = _choose_papers(arguments, catalog, ledger)
    if arguments.vouch:
        outcome = _Outcome(
            {key: _judge(paper, VOUCHED, paper.link, "agrees") for key, paper in papers.items()}
        )
    else:
        outcome = _verify(papers.values(), session)
    _report_outcome(outcome, papers, console)
    kept = {key: entry for key, entry in ledger.entries.items() if key in catalog.papers}
    new = Ledger(kept | outcome.entries)
    if not arguments.dry_run and new != ledger and (new.entries or path.exists()):
        write_output(path, write_ledger(new))
        console.note(f"written: {show(path)}")
    if outcome.failures:
        return Exit.FAILURE
    is_right = all(entry.verdict == "agrees" for entry in outcome.entries.values())
    return Exit.CLEAN if is_right else Exit.FINDINGS


def _choose_papers(
    arguments: argparse.Namespace, catalog: Catalog, ledger: Ledger
) -> dict[str, Paper]:
    """Return the papers to verify.

    Raises:
        UsageError: A key is unknown, or ``--vouch`` names none.
    """
    if arguments.vouch and not arguments.keys:
        raise UsageError("--vouch needs the keys of the entries that you compared")
    check_keys(arguments.keys, catalog.papers)
    if arguments.keys:
        return {key: catalog.papers[key] for key in dict.fromkeys(arguments.keys)}
    return {
        key: paper
        for key, paper in catalog.papers.items()
        if arguments.all or not is_verified(paper, ledger)
    }


def _judge(
    paper: Paper, source: str, identifier: str, verdict: Verdict, record: Record | None = None
) -> Verification:
    """Return the entry of the ledger for a paper; what a record says overrules the verdict."""
    differences = find_differences(paper, record) if record else ()
    return Verification(
        facts=digest_facts(paper),
        source=source,
        identifier=identifier,
        date=(record.retrieved if record else today()).isoformat(),
        verdict="differs" if differences else verdict,
        differences=differences,
    )


def _verify(papers: Iterable[Paper], session: Session) -> _Outcome:
    outcome, console, client = _Outcome(), session.console, session.client
    targets = group_by_target(papers, choose_target)
    with console.progress() as say:
        say(f"asking for {len(targets)} records")
        for done, (target, found) in enumerate(client.fetch_all(targets), start=1):
            say(f"{done} of {len(targets)} records")
            for paper in targets[target]:
                asked, answer = target, found
                if isinstance(found, NotFoundError) and target.kind == "doi" and paper.arxiv:
                    # A DOI that Crossref does not register: arXiv may still know the paper.
                    console.note(f"{paper.location}: {paper.key}: {found}; asking arXiv")
                    asked = Target("arxiv", paper.arxiv)
                    [(_, answer)] = client.fetch_all([asked])
                _hold_against(paper, asked, answer, outcome, console)
    return outcome


def choose_target(paper: Paper) -> Target:
    """Return what to ask for: the DOI, else the arXiv identifier, which may be missing as well."""
    return find_target(paper.doi) or Target("arxiv", paper.arxiv)


def _hold_against(
    paper: Paper, target: Target, found: Record | OnlineError, outcome: _Outcome, console: Console
) -> None:
    if isinstance(found, NotFoundError):
        service = "arXiv" if target.kind == "arxiv" else "Crossref"
        outcome.entries[paper.key] = _judge(paper, service, target.value, "not found")
    elif isinstance(found, OnlineError):
        # What is wrong with the network says nothing of the paper: the ledger stays as it is.
        outcome.failures += 1
        is_offline = isinstance(found, OfflineError)
        if not (is_offline and outcome.is_offline):
            console.note(f"{paper.key}: {found}")
        outcome.is_offline |= is_offline
    else:
        entry = _judge(paper, found.source, found.identifier, "agrees", found)
        outcome.entries[paper.key] = entry


def _report_outcome(outcome: _Outcome, papers: Mapping[str, Paper], console: Console) -> None:
    entries = outcome.entries
    for key, entry in entries.items():
        where = f"{papers[key].location}: {key}"
        if entry.verdict == "not found":
            console.print(f"{where}: {entry.source} has no record {entry.identifier}")
        for difference in entry.differences:
            console.print(f"{where}: in {entry.source}'s record {entry.identifier} {difference}")
    if not papers:
        console.note("nothing to verify")
        return
    counts = Counter(entry.verdict for entry in entries.values())
    without = (
        key not in entries and not choose_target(paper).value for key, paper in papers.items()
    )
    words = [
        (counts["differs"], "differ"),
        (counts["not found"], "not found"),
        (sum(without), "have neither DOI nor arXiv identifier"),
        (outcome.failures, "could not be looked up"),
    ]
    found = "".join(f", {count} {what}" for count, what in words if count)
    console.note(f"{len(papers)} to verify: {counts['agrees']} agree{found}")


COMMAND = Command(add_arguments, run)
