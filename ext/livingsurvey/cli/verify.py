"""``livingsurvey verify``: hold entries against the records of arXiv and Crossref."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from livingsurvey.catalog.ledger import (
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
    add_option,
    load_survey,
    report_unknown,
    today,
)
from livingsurvey.cli.files import (
    add_connection_options,
    add_file_options,
    connect,
    find_configuration,
    find_ledger,
    write_output,
)
from livingsurvey.configuration import show
from livingsurvey.online.record import (
    NotFoundError,
    OfflineError,
    OnlineError,
    Target,
    find_differences,
    find_target,
)
from livingsurvey.upkeep.state import is_verified

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from livingsurvey.catalog import Catalog
    from livingsurvey.cli.command import Console
    from livingsurvey.model import Paper
    from livingsurvey.online.client import Client
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


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Compare title, first author and year of the entries with the records of Crossref (by DOI) and
    arXiv (by identifier), and write down the outcome in the ledger, verified.json beside the .bib.
    'check --verified' reads it, without network, and reports entries that nobody vouches for.

    Only entries that are new or changed since they were last found right are looked up; --all takes
    all of them. An entry with neither DOI nor arXiv identifier has no record: look it up yourself,
    and say so with --vouch.
    """
    configuration = find_configuration(arguments)
    path = find_ledger(configuration)
    ledger, problems = read_ledger(path, show(path))
    for problem in problems:
        console.note(problem.render())
    if problems and not arguments.all:
        return Exit.FAILURE
    catalog = load_survey(configuration).catalog
    papers = _choose_papers(arguments, catalog, ledger)
    if arguments.vouch:
        outcome = _vouch(papers)
    else:
        outcome = _verify(papers, connect(configuration, arguments, console), console)
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
    for key in arguments.keys:
        if key not in catalog.papers:
            raise report_unknown(f"there is no paper '{key}'", key, catalog.papers)
    if arguments.keys:
        return {key: catalog.papers[key] for key in dict.fromkeys(arguments.keys)}
    return {
        key: paper
        for key, paper in catalog.papers.items()
        if arguments.all or not is_verified(paper, ledger)
    }


def _vouch(papers: Mapping[str, Paper]) -> _Outcome:
    entries = {
        key: _make_entry(paper, VOUCHED, paper.link, "agrees") for key, paper in papers.items()
    }
    return _Outcome(entries)


def _make_entry(paper: Paper, source: str, identifier: str, verdict: Verdict) -> Verification:
    return Verification(
        facts=digest_facts(paper),
        source=source,
        identifier=identifier,
        date=today().isoformat(),
        verdict=verdict,
    )


def _verify(papers: Mapping[str, Paper], client: Client, console: Console) -> _Outcome:
    outcome = _Outcome()
    keys: dict[Target, list[str]] = {}
    for key, paper in papers.items():
        target = choose_target(paper)
        if target is not None:
            keys.setdefault(target, []).append(key)
    with console.progress() as say:
        say(f"asking for {len(keys)} records")
        for done, (target, found) in enumerate(client.fetch_all(keys), start=1):
            say(f"{done} of {len(keys)} records")
            for key in keys[target]:
                paper, asked, answer = papers[key], target, found
                if isinstance(found, NotFoundError) and target.kind == "doi" and paper.arxiv:
                    # A DOI that Crossref does not register: arXiv may still know the paper.
                    console.note(f"{paper.location}: {key}: {found}; asking arXiv")
                    asked = Target("arxiv", paper.arxiv)
                    [(_, answer)] = client.fetch_all([asked])
                _hold_against(paper, asked, answer, outcome, console)
    return outcome


def choose_target(paper: Paper) -> Target | None:
    """Return what to ask for: the DOI, else the arXiv identifier; None if there is neither."""
    by_arxiv = Target("arxiv", paper.arxiv) if paper.arxiv else None
    return find_target(paper.doi) or by_arxiv


def _hold_against(
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
    if isinstance(found, OnlineError):
        service = "arXiv" if target.kind == "arxiv" else "Crossref"
        outcome.entries[paper.key] = _make_entry(paper, service, target.value, "not found")
        return
    differences = find_differences(paper, found)
    verdict: Verdict = "differs" if differences else "agrees"
    entry = _make_entry(paper, found.source, found.identifier, verdict)
    day = found.retrieved.isoformat()
    outcome.entries[paper.key] = replace(entry, date=day, differences=differences)


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
    without = [
        key for key, paper in papers.items() if key not in entries and choose_target(paper) is None
    ]
    words = [
        (counts["differs"], "differ"),
        (counts["not found"], "not found"),
        (len(without), "have neither DOI nor arXiv identifier"),
        (outcome.failures, "could not be looked up"),
    ]
    found = ", ".join(f"{count} {what}" for count, what in words if count)
    agreeing = f"{counts['agrees']} agree"
    console.note(f"{len(papers)} to verify: {', '.join(filter(None, (agreeing, found)))}")


COMMAND = Command(add_arguments, run)
