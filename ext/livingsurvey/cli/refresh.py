"""``livingsurvey refresh``: what has become of the papers, as changes to their entries."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.bibtex.edit import apply_edits
from livingsurvey.cli.command import (
    Command,
    Exit,
    UsageError,
    add_option,
    ask,
    is_interactive,
    load_survey,
    report_unknown,
    spell_count,
    today,
)
from livingsurvey.cli.files import (
    FileChange,
    add_connection_options,
    add_file_options,
    connect,
    find_configuration,
    find_ledger,
    read_for_change,
    read_kept,
    write_changes,
    write_output,
)
from livingsurvey.configuration import show
from livingsurvey.upkeep.collection import Origin, read_collection
from livingsurvey.upkeep.matching import Index, ask_services
from livingsurvey.upkeep.refresh import (
    FILE_NAME,
    KINDS,
    Decisions,
    Venues,
    edit_entry,
    propose,
    propose_code,
    read_decisions,
    show_entry,
    write_decisions,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from livingsurvey.bibtex.read import Entry
    from livingsurvey.catalog import Library
    from livingsurvey.cli.command import Console
    from livingsurvey.configuration import Configuration
    from livingsurvey.upkeep.matching import Match
    from livingsurvey.upkeep.refresh import Proposal

_FORMS = ("text", "markdown", "json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add which entries, against what, and what to do with the proposals."""
    parser.add_argument("keys", nargs="*", metavar="KEY", help="these entries only")
    against = "a collection: .bib, .json, .jsonl or .xml; again for more"
    add_option(parser, "--against FILE ...", against, type=Path)
    venue = "where the papers of FILE appeared, if it does not say so"
    add_option(parser, "--venue VENUE", venue, default="")
    add_option(parser, "--year YEAR", "when, likewise", type=int)
    add_option(parser, "--only ...", "proposals of this kind only", choices=KINDS)
    add_option(parser, "--apply", "write what is certain, ask about what is likely")
    add_option(parser, "--likely", "with --apply, write what is likely without asking")
    add_option(parser, "--decline", "decline the proposals for the named entries, for good")
    add_option(parser, "--why WHY", "the reason, with --decline", default="")
    add_option(parser, "-f --format", "the output", choices=_FORMS, default="text")
    add_file_options(parser)
    add_connection_options(parser)


@dataclass(slots=True)
class _Refreshing:
    """The survey while a command works with its proposals.

    Attributes:
        configuration: Where its files are.
        console: The streams.
        library: The survey as it was read.
        path: The file of decisions.
        decisions: What it is to hold; a proposal that is declined is added.
        chosen: The proposals to write.
    """

    configuration: Configuration
    console: Console
    library: Library
    path: Path
    decisions: Decisions
    chosen: list[Proposal] = field(default_factory=list)

    def decline(self, proposal: Proposal, why: str) -> None:
        """Remember that an editor does not want a proposal."""
        self.decisions = self.decisions.decline(proposal, today(), why)

    def find_entry(self, proposal: Proposal) -> Entry:
        """Return the entry that a proposal changes."""
        return next(entry for entry in self.library.entries if entry.key == proposal.key)

    def head(self, proposal: Proposal) -> str:
        """Return a proposal as a line, with the place of its entry."""
        name = self.console.paint(proposal.key, "bold")
        place = self.find_entry(proposal).location
        return f"{place}: {name}: {proposal.summary}{_explain(proposal)}"

    def diff(self, proposal: Proposal) -> list[str]:
        """Return the lines of an entry that a proposal changes, before and after."""
        entry = self.find_entry(proposal)
        before, after = (text.splitlines() for text in show_entry(entry, proposal))
        taken = [f"- {line.strip()}" for line in before if line not in after]
        return taken + [f"+ {line.strip()}" for line in after if line not in before]


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Say what has become of the papers since their entries were written: published, renamed,
    withdrawn, moved code, known by an identifier that the entry lacks. Preprints come first.

    With --against, the entries are held against downloaded collections, without network: BibTeX
    such as that of the ACL Anthology, exports of DBLP, CSL-JSON, lists of accepted papers as JSON,
    feeds of arXiv. Else arXiv, Crossref, DBLP and OpenAlex are asked.

    Each proposal is shown as a change with the record that it rests on. --apply writes those that
    are certain; of likely ones it asks, on a terminal, and leaves them elsewhere. What you decline
    is remembered in decisions.json beside the .bib, and not proposed again.
    """
    if arguments.likely and not (arguments.apply and arguments.keys):
        raise UsageError("--likely needs --apply, and the keys of the entries")
    if arguments.decline and not arguments.keys:
        raise UsageError("--decline needs the keys of the entries")
    configuration = find_configuration(arguments)
    library = load_survey(configuration)
    for key in arguments.keys:
        if key not in library.catalog.papers:
            raise report_unknown(f"there is no paper '{key}'", key, library.catalog.papers)
    path = find_ledger(configuration).with_name(FILE_NAME)
    state = _Refreshing(configuration, console, library, path, read_kept(path, read_decisions))
    status: int = Exit.CLEAN
    if arguments.against:
        matches = _read_matches(arguments, library, console)
        proposals = propose(matches, Venues(library.catalog), state.decisions)
    else:
        proposals, status = _ask_services(arguments, state)
    wanted = set(arguments.only) or set(KINDS)
    proposals = [proposal for proposal in proposals if proposal.kind in wanted]
    if arguments.decline:
        _decline_proposals(proposals, arguments.why, state)
    elif arguments.apply:
        _choose_proposals(proposals, state, takes_all=arguments.likely)
        _write_proposals(state)
    elif arguments.format == "json":
        described = [_describe_proposal(proposal) for proposal in proposals]
        console.print(json.dumps(described, indent=1, ensure_ascii=False))
    else:
        _show_proposals(proposals, state, arguments.format, all_answered=not status)
    if state.decisions != read_decisions(path):
        write_output(path, write_decisions(state.decisions))
        console.note(f"written: {show(path)}")
    has_left = len(proposals) > len(state.chosen) and not arguments.decline
    return max(status, Exit.FINDINGS if has_left else Exit.CLEAN)


def _read_matches(arguments: argparse.Namespace, library: Library, console: Console) -> list[Match]:
    """Return the matches in all collections.

    Raises:
        CollectionError: One cannot be read.
    """
    index = Index(library.catalog)
    matches: list[Match] = []
    with console.progress() as say:
        for path in arguments.against:
            say(f"reading {show(path)}")
            origin = Origin(path.name or show(path), today(), arguments.venue, arguments.year)
            listed = read_collection(path, origin)
            found = index.find(listed, arguments.keys)
            papers = len({match.paper.key for match in found})
            records = spell_count(len(listed), "record")
            console.note(f"{show(path)}: {records}, {spell_count(papers, 'paper')} of the survey")
            matches += found
    return matches


def _ask_services(arguments: argparse.Namespace, state: _Refreshing) -> tuple[list[Proposal], int]:
    console = state.console
    catalog = state.library.catalog
    keys = arguments.keys or list(catalog.papers)
    client = connect(state.configuration, arguments, console)
    with console.progress() as say:
        outcome = ask_services(client, [catalog.papers[key] for key in keys], say)
    for failure in outcome.failures:
        console.note(failure)
    proposals = propose(outcome.matches, Venues(catalog), state.decisions)
    for paper, address in outcome.addresses:
        moved = propose_code(paper, address, f"redirect of {paper.links['code']}")
        if moved is not None and not state.decisions.has_declined(moved):
            proposals.append(moved)
    status = Exit.FAILURE if outcome.failures else Exit.CLEAN
    return proposals, status


def _show_proposals(
    proposals: Sequence[Proposal], state: _Refreshing, form: str, *, all_answered: bool
) -> None:
    console = state.console
    for proposal in proposals:
        lines = state.diff(proposal)
        if form == "markdown":
            console.print(f"- [ ] `{proposal.key}`: {proposal.summary}{_explain(proposal)}\n")
            console.print("\n".join(f"  {line}" for line in ("```diff", *lines, "```\n")))
            continue
        console.print(state.head(proposal))
        for line in lines:
            console.print(console.paint(line, "green" if line[0] == "+" else "red"))
    certain = sum(proposal.is_certain for proposal in proposals)
    if proposals:
        console.note(
            f"{spell_count(len(proposals), 'proposal')}: "
            f"{certain} certain, {len(proposals) - certain} likely; "
            "--apply writes the certain ones"
        )
    else:
        console.note(
            "nothing to propose" + ("" if all_answered else ", as far as services answered")
        )


def _describe_proposal(proposal: Proposal) -> dict[str, object]:
    return {
        "key": proposal.key,
        "kind": proposal.kind,
        "summary": proposal.summary,
        "certain": proposal.is_certain,
        "doubts": list(proposal.doubts),
        "record": proposal.basis,
        "fields": dict(proposal.fields),
        "removed": list(proposal.removed),
        "entry_type": proposal.entry_type,
    }


def _explain(proposal: Proposal) -> str:
    doubts = f"; likely only: {', '.join(proposal.doubts)}" if proposal.doubts else ""
    return f" (by {proposal.basis}{doubts})"


def _choose_proposals(
    proposals: Iterable[Proposal], state: _Refreshing, *, takes_all: bool
) -> None:
    """Take the certain proposals or all, and ask about the others where somebody can answer."""
    console = state.console
    for proposal in proposals:
        if proposal.is_certain or takes_all:
            state.chosen.append(proposal)
            continue
        console.print(state.head(proposal))
        if not is_interactive(console):
            continue
        for line in state.diff(proposal):
            console.note(line)
        answer = ask("Write it? [y]es, [n]o, [d]ecline for good, [q]uit", console).lower()[:1]
        if answer == "y":
            state.chosen.append(proposal)
        elif answer == "d":
            state.decline(proposal, ask("Why?", console))
        elif answer == "q":
            break


def _decline_proposals(proposals: Sequence[Proposal], why: str, state: _Refreshing) -> None:
    for proposal in proposals:
        state.decline(proposal, why)
        state.console.print(f"{proposal.key}: declined: {proposal.summary}")
    if not proposals:
        state.console.note("nothing to decline")


def _write_proposals(state: _Refreshing) -> None:
    """Write the chosen proposals: all files or none."""
    by_key: dict[str, list[Proposal]] = {}
    for proposal in state.chosen:
        by_key.setdefault(proposal.key, []).append(proposal)
    changes = []
    for path in state.configuration.bibliographies:
        source = read_for_change(path)
        edits = [
            edit
            for entry in state.library.entries
            if entry.source.path == source.path and entry.key in by_key
            for edit in edit_entry(entry, by_key[entry.key])
        ]
        if edits:
            if all(source != known for known in state.library.sources):
                raise UsageError(f"{show(path)} was changed meanwhile; nothing was written")
            changes.append(FileChange(path, source, apply_edits(source.text, edits)))
    write_changes(changes)
    for proposal in state.chosen:
        state.console.print(f"{proposal.key}: written: {proposal.summary} (by {proposal.basis})")
    for change in changes:
        state.console.note(f"written: {show(change.path)}")
    if not changes:
        state.console.note("nothing to write")


COMMAND = Command(add_arguments, run)
