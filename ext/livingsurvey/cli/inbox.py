"""``livingsurvey inbox``: what the survey may lack, decided one by one."""

from __future__ import annotations

import datetime
import io
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.cli.add import add_drafts, read_categories
from livingsurvey.cli.command import (
    DRY_RUN,
    Command,
    Exit,
    Session,
    UsageError,
    add_connection_options,
    add_file_options,
    add_option,
    ask,
    is_interactive,
    spell_count,
    today,
)
from livingsurvey.cli.drafts import Draft, fetch_draft, read_people
from livingsurvey.cli.files import read_kept, write_output
from livingsurvey.configuration import show
from livingsurvey.online.record import OnlineError, Target
from livingsurvey.upkeep.candidates import (
    FIRST_DAYS,
    INSTALL_HINT,
    MOST,
    Fetched,
    Suggester,
    add_records,
    fetch,
    sift,
)
from livingsurvey.upkeep.collection import Origin, read_collection
from livingsurvey.upkeep.inbox import FILE_NAME, Inbox, read_inbox, write_inbox
from livingsurvey.upkeep.state import read_day

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from livingsurvey.cli.command import Console
    from livingsurvey.online.record import Record
    from livingsurvey.upkeep.inbox import Candidate

_KEYS = "[a]ccept, [d]ecline, [s]kip, [b]ack, [q]uit"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what to do, with which papers."""
    parser.add_argument(
        "action", nargs="?", choices=_ACTIONS, default="list", help="what to do (default: list)"
    )
    parser.add_argument("numbers", nargs="*", type=int, metavar="N", help="the papers' numbers")
    files = "fetch: a collection instead of the services; again for more"
    add_option(parser, "--from FILE ...", files, dest="files", type=Path)
    add_option(parser, "--venue VENUE", "fetch: where the papers of FILE appeared", default="")
    add_option(parser, "--year YEAR", "fetch: when they did", type=int)
    add_option(parser, "--since DATE", "fetch: from this day on (default: the last fetch)")
    most = "fetch: add at most N (default: %(default)s)"
    add_option(parser, "--most N", most, type=int, default=MOST)
    add_option(parser, "-c --category TAG ...", "accept: categories, else the first proposed")
    add_option(parser, "--fetch", "accept: fetch the record of arXiv or Crossref anew")
    add_option(parser, "--why WHY", "decline: the reason", default="")
    add_option(parser, "-n --dry-run", DRY_RUN)
    parser.set_defaults(update=False, key=None)
    add_file_options(parser)
    add_connection_options(parser)


@dataclass
class _OpenInbox(Session):
    """The inbox of a survey while a command works with it.

    Attributes:
        inbox: What it is to hold.
        written: What it holds.
    """

    inbox: Inbox
    written: Inbox

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return self.find_kept(FILE_NAME)

    def save(self) -> None:
        """Write the file if it is to change.

        Raises:
            UsageError: It cannot be written; it is then as it was.
        """
        if self.inbox != self.written and not self.arguments.dry_run:
            write_output(self.file, write_inbox(self.inbox))
            self.written = self.inbox


def run(session: Session) -> int:
    """Keep the list of papers that the survey may lack, in inbox.toml beside the .bib.

      inbox                   list them, best first, with the reason for the rank
      inbox fetch             ask arXiv and OpenAlex for what the categories watch for, since last
                              time
      inbox fetch --from F    take a file instead, without network: Atom, BibTeX, JSON, JSON lines
      inbox show N            show all that is known of one
      inbox accept N -c TAG   write its entry, as 'add' does
      inbox decline N --why … do not propose it again
      inbox review            go through the list with single keys

    A category watches by a key of its table in the taxonomy, in the syntax of arXiv's queries, or
    for what cites a paper of the survey:
    watch = ["cat:cs.CL AND abs:quantization", "cites:hu2021lora"]
    """
    inbox = read_kept(session.find_kept(FILE_NAME), read_inbox)
    state = _OpenInbox(session.arguments, session.console, inbox, inbox)
    # An entry is written before it leaves the inbox: what the survey has by now is done.
    state.inbox = inbox.leave_out_known(state.load().catalog)
    return _ACTIONS[state.arguments.action](state) or Exit.CLEAN


def _find_candidates(state: _OpenInbox) -> list[Candidate]:
    """Return the papers that the numbers name.

    Raises:
        UsageError: There is none of a number, or no number.
    """
    arguments = state.arguments
    if not arguments.numbers:
        raise UsageError(f"which paper? inbox {arguments.action} N")
    found = []
    for number in dict.fromkeys(arguments.numbers):
        candidate = state.inbox.find(number)
        if candidate is None:
            raise UsageError(f"there is no number {number} in {show(state.file)}")
        found.append(candidate)
    return found


def _list_candidates(state: _OpenInbox) -> None:
    console = state.console
    for candidate in state.inbox.sort():
        tags = ", ".join(candidate.categories[:2])
        number = console.paint(f"{candidate.number:4}", "bold")
        facts = f"{candidate.day[:7]:<7}  {candidate.title}"
        console.print(f"{number}  {candidate.score:4.2f}  {facts}  [{tags}]  ({candidate.reason})")
    console.note(
        f"{spell_count(len(state.inbox.candidates), 'paper')}, "
        f"{len(state.inbox.declined)} declined; arXiv last asked: {state.inbox.fetched or 'never'}"
    )


def _show_candidates(state: _OpenInbox) -> None:
    for candidate in _find_candidates(state):
        _describe_candidate(candidate, state.console)


def _describe_candidate(candidate: Candidate, console: Console) -> None:
    fields = candidate.fields
    names = ", ".join(person.full for person in read_people(fields))
    venues = (fields.get(name) for name in ("booktitle", "journal", "howpublished"))
    venue = next(filter(None, venues), "preprint")
    console.print(console.paint(f"{candidate.number}  {candidate.title}", "bold"))
    console.print(f"      {names}")
    console.print(f"      {venue}, {fields.get('year') or candidate.day}")
    console.print(f"      {fields.get('url', '')}".rstrip())
    console.print(f"      proposed: {', '.join(candidate.categories) or 'no category'}")
    console.print(f"      score {candidate.score:.2f}: {candidate.reason}")
    console.print(f"      named by {candidate.source}, came on {candidate.came}")


def _fetch_candidates(state: _OpenInbox) -> int:
    arguments, console = state.arguments, state.console
    catalog = state.load().catalog
    if arguments.most < 0:
        raise UsageError(f"--most is a number from 0 on, not {arguments.most}")
    suggester = Suggester(catalog)
    if not suggester.learns:
        console.note(f"{INSTALL_HINT}: sorted by date")
    with console.progress() as say:
        if arguments.files:
            found = Fetched(_read_files(arguments, say))
        else:
            since = _find_first_day(state)
            if not any(category.watch for category in catalog.taxonomy.categories.values()):
                raise UsageError(
                    "no category watches for anything; write in the taxonomy, for instance:\n"
                    '  watch = ["cat:cs.CL AND abs:quantization"]\nor take a file: --from FILE'
                )
            found = fetch(state.client, catalog, (since, today()), say)
            for failure in found.failures:
                console.note(failure)
        say(f"ranking {len(found.records)} papers")
        new = sift(found.records, catalog, state.inbox)
        before = state.inbox
        if not (arguments.files or found.failures):
            # What could not be asked is asked for again the next time.
            state.inbox = replace(before, fetched=today().isoformat())
        most, cites = arguments.most, found.cites
        state.inbox = add_records(state.inbox, new, suggester, today(), cites=cites, most=most)
    state.save()
    added = len(state.inbox.candidates) - len(before.candidates)
    count = len(found.records)
    console.note(
        f"{spell_count(count, 'paper')}: {count - len(new):,} known, withdrawn or declined; "
        f"{added} of {len(new):,} added to {show(state.file)}"
    )
    return Exit.FAILURE if found.failures else Exit.CLEAN


def _read_files(arguments: argparse.Namespace, say: Callable[[str], None]) -> list[Record]:
    records: list[Record] = []
    for path in arguments.files:
        say(f"reading {show(path)}")
        origin = Origin(path.name or show(path), today(), arguments.venue, arguments.year)
        listed = read_collection(path, origin)
        records += [record for reference in listed if (record := reference.read()) is not None]
    return records


def _find_first_day(state: _OpenInbox) -> datetime.date:
    text = state.arguments.since or state.inbox.fetched
    if not text:
        return today() - datetime.timedelta(days=FIRST_DAYS)
    if (day := read_day(text)) is None:
        raise UsageError(f"'{text}' is no date; write YYYY-MM-DD")
    return day


def _accept_candidates(state: _OpenInbox) -> int:
    """Accept candidates into the categories that are named, else each into the first proposed."""
    status: int = Exit.CLEAN
    for candidate in _find_candidates(state):
        wishes = state.arguments.category
        if not wishes and candidate.categories:
            wishes = candidate.categories[:1]
            state.console.note(f"{candidate.number}: in {wishes[0]}, as proposed; or say -c TAG")
        status = max(status, _accept_one(candidate, wishes, state))
    return status


def _accept_one(candidate: Candidate, wishes: Sequence[str], state: _OpenInbox) -> int:
    """Write the entry of a candidate, then take it out of the inbox."""
    categories = read_categories(wishes, state.load().catalog.taxonomy)
    try:
        draft = _make_draft(candidate, state)
    except OnlineError as error:
        state.console.note(f"{candidate.number}: {error}")
        return Exit.FAILURE
    status = add_drafts([draft], categories, state)
    if status == Exit.CLEAN and not state.arguments.dry_run:
        state.inbox = state.inbox.take_out(candidate)
        state.save()
    return status


def _make_draft(candidate: Candidate, session: Session) -> Draft:
    fields = dict(candidate.fields)
    eprint, doi = fields.get("eprint", ""), fields.get("doi", "")
    name = str(candidate.number)
    if session.arguments.fetch and (eprint or doi):
        target = Target("arxiv", eprint) if eprint else Target("doi", doi)
        return fetch_draft(session.client, target, name)
    year = fields.get("year", "")
    return Draft(
        name=name,
        entry_type=candidate.entry_type,
        fields=fields,
        people=read_people(fields),
        year=int(year) if year.isdecimal() else None,
        doi=doi,
        arxiv=eprint,
        notes=(f"as {candidate.source} has it; compare the authors with the paper",),
    )


def _decline_candidates(state: _OpenInbox) -> None:
    why = state.arguments.why.strip()
    if not why:
        raise UsageError("--why is missing: say why, for whoever finds the paper again")
    for candidate in _find_candidates(state):
        state.inbox = state.inbox.decline(candidate, today(), why)
        state.console.print(f"{candidate.number}: declined: {candidate.title}")
    state.save()


def _review(state: _OpenInbox) -> None:
    """Go through the list; each decision is written at once."""
    console = state.console
    if not is_interactive(console):
        raise UsageError("inbox review asks questions: it needs a terminal")
    waiting = state.inbox.sort()
    place = 0
    while place < len(waiting):
        candidate = waiting[place]
        if state.inbox.find(candidate.number) is None:  # decided, and come back to
            place += 1
            continue
        console.print(f"\n{place + 1} of {len(waiting)}")
        _describe_candidate(candidate, console)
        key = read_key(_KEYS, console)
        if key == "a":
            if not _accept_asked(candidate, state):
                continue
        elif key == "d":
            why = ask("Why?", console).strip()
            if not why:
                console.note("not declined: whoever finds the paper again wants to know why")
                continue
            state.inbox = state.inbox.decline(candidate, today(), why)
            state.save()
        elif key == "b":
            before = [other for other in range(place) if state.inbox.find(waiting[other].number)]
            place = before[-1] if before else place
            continue
        elif key in {"q", "\x04", ""}:
            break
        elif key != "s":
            continue
        place += 1
    console.note(f"{spell_count(len(state.inbox.candidates), 'paper')} left")


def _accept_asked(candidate: Candidate, state: _OpenInbox) -> bool:
    """Accept a candidate into categories that are asked for; return whether that went well."""
    tags = candidate.categories
    ranks = {str(rank): tag for rank, tag in enumerate(tags, start=1)}
    shown = ", ".join(f"{rank} {tag}" for rank, tag in ranks.items())
    answer = ask(f"Categories, home first ({shown}; Enter: 1):", state.console)
    words = answer.replace(",", " ").split() or ["1"]
    wishes = [ranks.get(word, word) for word in words if tags or word != "1"]
    try:
        return _accept_one(candidate, wishes, state) == Exit.CLEAN
    except UsageError as error:
        state.console.note(str(error))
        return False


def read_key(question: str, console: Console) -> str:
    """Return the key that answers a question, lower case; ``""`` if the input ends.

    On a terminal that can, no Enter is needed; elsewhere the first letter of a line counts.
    """
    try:
        import termios  # noqa: PLC0415 (Windows has none)
        import tty  # noqa: PLC0415

        handle = sys.stdin.fileno()
        before = termios.tcgetattr(handle)
    except (ImportError, OSError, ValueError, io.UnsupportedOperation, AttributeError):
        return ask(question, console).lower()[:1]
    except termios.error:
        return ask(question, console).lower()[:1]
    print(f"{question} ", end="", file=console.err, flush=True)
    try:
        tty.setcbreak(handle)
        # Unbuffered: what else an arrow sends is let go with all that is typed before a question.
        key = os.read(handle, 1).decode("ascii", errors="replace")
    finally:
        termios.tcsetattr(handle, termios.TCSADRAIN, before)
    console.note(key if key.isprintable() else "")
    return key.lower()


_ACTIONS: dict[str, Callable[[_OpenInbox], int | None]] = {
    "list": _list_candidates,
    "fetch": _fetch_candidates,
    "show": _show_candidates,
    "accept": _accept_candidates,
    "decline": _decline_candidates,
    "review": _review,
}
COMMAND = Command(add_arguments, run)
