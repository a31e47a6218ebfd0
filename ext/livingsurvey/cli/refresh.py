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
    Session,
    UsageError,
    add_connection_options,
    add_file_options,
    add_option,
    ask,
    check_keys,
    is_interactive,
    spell_count,
    today,
)
from livingsurvey.cli.files import (
    FileChange,
    read_for_change,
    read_kept,
    write_changes,
    write_output,
)
from livingsurvey.configuration import show
from livingsurvey.upkeep.collection import Origin, read_collection
from livingsurvey.upkeep.matching import Index, Outcome, ask_services
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


@dataclass
class _Refreshing(Session):
    """The survey while a command works with its proposals.

    Attributes:
        library: The survey as it was read.
        decisions: What their file is to hold; a proposal that is declined is added.
        chosen: The proposals to write.
    """

    library: Library
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
        texts = show_entry(self.find_entry(proposal), proposal)
        before, after = (text.splitlines() for text in texts)
        taken = [f"- {line.strip()}" for line in before if line not in after]
        return taken + [f"+ {line.strip()}" for line in after if line not in before]


def run(session: Session) -> int:
    """Say what has become of the papers since their entries were written: published, renamed,
    withdrawn, moved code, known by an identifier that the entry lacks. Preprints come first.

    With --against, the entries are held against downloaded collections, without network: BibTeX
    such as that of the ACL Anthology, exports of DBLP, CSL-JSON, lists of accepted papers as JSON,
    feeds of arXiv. Else arXiv, Crossref, DBLP and OpenAlex are asked.

    Each proposal is shown as a change with the record that it rests on. --apply writes those that
    are certain; of likely ones it asks, on a terminal, and leaves them elsewhere. What you decline
    is remembered in decisions.json beside the .bib, and not proposed again.
    """
    arguments, console = session.arguments, session.console
    if arguments.likely and not (arguments.apply and arguments.keys):
        raise UsageError("--likely needs --apply, and the keys of the entries")
    if arguments.decline and not arguments.keys:
        raise UsageError("--decline needs the keys of the entries")
    library = session.load()
    check_keys(arguments.keys, library.catalog.papers)
    path = session.find_kept(FILE_NAME)
    state = _Refreshing(arguments, console, library, read_kept(path, read_decisions))
    outcome = Outcome(_read_matches(state)) if arguments.against else _ask_services(state)
    proposals = propose(outcome.matches, Venues(library.catalog), state.decisions)
    for paper, address in outcome.addresses:
        moved = propose_code(paper, address, f"redirect of {paper.links['code']}")
        if moved is not None and not state.decisions.has_declined(moved):
            proposals.append(moved)
    wanted = set(arguments.only) or set(KINDS)
    proposals = [proposal for proposal in proposals if proposal.kind in wanted]
    if arguments.decline:
        _decline_proposals(proposals, arguments.why, state)
    elif arguments.apply:
        _choose_proposals(proposals, state)
        _write_proposals(state)
    elif arguments.format == "json":
        described = [_describe_proposal(proposal) for proposal in proposals]
        console.print(json.dumps(described, indent=1, ensure_ascii=False))
    else:
        _show_proposals(proposals, state, answered=not outcome.failures)
    if state.decisions != read_decisions(path):
        write_output(path, write_decisions(state.decisions))
        console.note(f"written: {show(path)}")
    if outcome.failures:
        return Exit.FAILURE
    has_left = len(proposals) > len(state.chosen) and not arguments.decline
    return Exit.FINDINGS if has_left else Exit.CLEAN


def _read_matches(state: _Refreshing) -> list[Match]:
    """Return the matches in all collections.

    Raises:
        CollectionError: One cannot be read.
    """
    arguments, console = state.arguments, state.console
    index = Index(state.library.catalog)
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


def _ask_services(state: _Refreshing) -> Outcome:
    papers = state.library.catalog.papers
    asked = [papers[key] for key in state.arguments.keys or papers]
    with state.console.progress() as say:
        outcome = ask_services(state.client, asked, say)
    for failure in outcome.failures:
        state.console.note(failure)
    return outcome


def _show_proposals(proposals: Sequence[Proposal], state: _Refreshing, *, answered: bool) -> None:
    console = state.console
    for proposal in proposals:
        lines = state.diff(proposal)
        if state.arguments.format == "markdown":
            console.print(f"- [ ] `{proposal.key}`: {proposal.summary}{_explain(proposal)}\n")
            console.print("\n".join(f"  {line}" for line in ("```diff", *lines, "```\n")))
            continue
        console.print(state.head(proposal))
        for line in lines:
            console.print(console.paint(line, "green" if line[0] == "+" else "red"))
    certain = sum(proposal.is_certain for proposal in proposals)
    if proposals:
        count = spell_count(len(proposals), "proposal")
        kinds = f"{certain} certain, {len(proposals) - certain} likely"
        console.note(f"{count}: {kinds}; --apply writes the certain ones")
    else:
        rest = "" if answered else ", as far as services answered"
        console.note(f"nothing to propose{rest}")


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


def _choose_proposals(proposals: Iterable[Proposal], state: _Refreshing) -> None:
    """Take the certain proposals or all, and ask about the others where somebody can answer."""
    console = state.console
    for proposal in proposals:
        if proposal.is_certain or state.arguments.likely:
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
                raise UsageError(f"{source.path} was changed meanwhile; nothing was written")
            changes.append(FileChange(source, apply_edits(source.text, edits)))
    write_changes(changes)
    for proposal in state.chosen:
        state.console.print(f"{proposal.key}: written: {proposal.summary} (by {proposal.basis})")
    for change in changes:
        state.console.note(f"written: {change.source.path}")
    if not changes:
        state.console.note("nothing to write")


COMMAND = Command(add_arguments, run)
