"""``livingsurvey routine``: what runs by itself, as commands that workflows and people call.

Everything that comes from the web (comments, ticked boxes, the form *Suggest a paper*) is read from
an environment variable and parsed by a small grammar; what does not fit it is answered and not
done. Nothing of it reaches a shell, an option of a command, or the name of a file.
"""

from __future__ import annotations

import io
import json
import os
import re
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.bibtex.identifiers import read_url
from livingsurvey.bibtex.source import StateError, read_bytes
from livingsurvey.cli import make_parser
from livingsurvey.cli.add import add_drafts, sort_words
from livingsurvey.cli.command import (
    Command,
    Console,
    Exit,
    Session,
    UsageError,
    add_connection_options,
    add_file_options,
    add_option,
)
from livingsurvey.cli.diff import escape_markdown, fence, find_changes, render_markdown
from livingsurvey.cli.drafts import fetch_draft
from livingsurvey.cli.files import read_kept
from livingsurvey.configuration import show
from livingsurvey.exports.reference_managers import write_entry
from livingsurvey.markup import parse
from livingsurvey.online.record import OfflineError, OnlineError, identify
from livingsurvey.online.texts import escape
from livingsurvey.rules import check_library, select_rules
from livingsurvey.upkeep.inbox import FILE_NAME, read_inbox
from livingsurvey.upkeep.matching import find_duplicate
from livingsurvey.upkeep.refresh import KINDS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from livingsurvey.catalog import Library
    from livingsurvey.model import Paper
    from livingsurvey.upkeep.inbox import Candidate, Inbox

_ACTIONS = ("status", "pull-request", "decide", "suggestion", "comment")
MOST_LETTERS = 60_000
"""GitHub takes no longer comments than 65,536 characters."""
MOST_DECISIONS = 50
"""More than anybody ticks at a time."""
MARK = "<!-- livingsurvey -->"
"""The first line of a comment, by which a workflow finds its own again."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what to do, and what with."""
    parser.add_argument("action", choices=_ACTIONS, help="see above")
    parser.add_argument("states", nargs="*", metavar="STATE", help="comment: OLD, and NEW")
    add_option(parser, "--proposals FILE", "pull-request: what 'refresh' proposes", type=Path)
    add_option(parser, "--variable NAME", "decide, suggestion: where the text is", default="TEXT")
    add_option(parser, "--ticks", "decide: the text is the list with ticked boxes")
    parser.set_defaults(update=False, key=None, dry_run=False, why="")
    add_file_options(parser)
    add_connection_options(parser)


def run(session: Session) -> int:
    """Do what runs by itself. The workflows call these, and so may you; each prints Markdown.

      routine status                 print 'living' or 'frozen'
      routine pull-request           the list of decisions: the inbox, and --proposals FILE, which
                                     is the output of 'refresh --format json'
      routine decide                 do what a comment says, or with --ticks what boxes say; by
                                     lines:
                                       accept 3 -c quantization        decline 4 not about models
                                       apply KEY published             decline KEY title as printed
      routine suggestion             write the entry that the form 'Suggest a paper' asks for
      routine comment OLD [NEW]      say what changes for readers between two states, as 'diff' does

    'decide' and 'suggestion' read their text from the environment variable TEXT (--variable NAME).
    """
    action, console = session.arguments.action, session.console
    frozen = session.configuration.frozen
    if action == "status":
        console.print("frozen" if frozen else "living")
        return Exit.CLEAN
    if frozen is not None and action == "suggestion":
        said = f"This survey is frozen since {frozen.date}: {escape_markdown(frozen.reason)}"
        return _refuse_suggestion(said, console)
    if frozen is not None and action != "comment":
        raise UsageError(f"the survey is frozen since {frozen.date}: {frozen.reason}")
    actions: dict[str, Callable[[Session], int]] = {
        "pull-request": _write_pull_request,
        "decide": _decide,
        "suggestion": take_suggestion,
        "comment": _comment,
    }
    return actions[action](session)


def _read_variable(session: Session) -> str:
    name = session.arguments.variable
    text = os.environ.get(name)
    if text is None:
        raise UsageError(f"the environment variable {name} is not set")
    return text.replace("\r\n", "\n")[:MOST_LETTERS]


def _comment(session: Session) -> int:
    """Print what changes for readers."""
    states = session.arguments.states
    if len(states) not in {1, 2}:
        raise UsageError("name the state before, and the one after: routine comment OLD [NEW]")
    new = states[1] if states[1:] else None
    changes = find_changes(states[0], new, session.configuration)
    text = render_markdown(changes) or "Nothing that readers would notice.\n"
    title = "## What this changes for readers"
    session.console.print(f"{MARK}\n{title}\n\n{_shorten_comment(text)}".rstrip())
    return Exit.CLEAN


def _shorten_comment(text: str) -> str:
    """Return a text that fits into a comment, cut at the end of a line."""
    if len(text) <= MOST_LETTERS:
        return text
    return f"{text[:MOST_LETTERS].rpartition(chr(10))[0]}\n\n… and more than fits here.\n"


# The list of decisions --------------------------------------------------------------------------


def _write_pull_request(session: Session) -> int:
    """Print the list: each line with a box holds, unseen, what ticking it means."""
    waiting = _read_inbox(session).leave_out_known(session.load().catalog).sort()
    path = session.arguments.proposals
    proposals = _read_proposals(path) if path else []
    lines = [
        "Tick a box to take a proposal, or answer with a comment: `accept 3 -c quantization`,",
        "`decline 4 not about language models`, `apply KEY published`, `decline KEY title …`.",
        "",
    ]
    if proposals:
        lines += [f"## What has become of our papers ({len(proposals)})", ""]
        lines += [*map(_list_proposal, proposals), ""]
    if waiting:
        lines += [f"## What we may lack ({len(waiting)})", "", *map(_list_candidate, waiting)]
    if not (proposals or waiting):
        lines = ["Nothing to decide."]
    session.console.print(_shorten_comment("\n".join(lines)).rstrip())
    return Exit.CLEAN


def _read_inbox(session: Session) -> Inbox:
    return read_kept(session.find_kept(FILE_NAME), read_inbox)


def _read_proposals(path: Path) -> list[Mapping[str, str]]:
    """Return what ``refresh --format json`` printed.

    Raises:
        UsageError: It is not that.
    """
    try:
        found = json.loads(read_bytes(path).decode("utf-8") or "[]")
        names = ("key", "kind", "summary", "record")
        return [{name: str(proposal[name]) for name in names} for proposal in found]
    except OSError as error:
        raise UsageError(f"cannot read {show(path)}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(f"{show(path)} is no list of proposals: {error}") from error


def _list_proposal(proposal: Mapping[str, str]) -> str:
    summary, record = (escape_markdown(proposal[name]) for name in ("summary", "record"))
    text = f"`{proposal['key']}`: {summary} (by {record})"
    if not (_KEY.fullmatch(proposal["key"]) and proposal["kind"] in KINDS):
        return f"- {text}"
    return f"- [ ] <!-- apply {proposal['key']} {proposal['kind']} --> {text}"


def _list_candidate(candidate: Candidate) -> str:
    title = escape_markdown(candidate.title)
    url = candidate.fields.get("url", "")
    if re.fullmatch(r"https?://[\w./:%?=&~+#-]+", url):
        title = f"[{title}]({url})"
    tags = f" [{', '.join(candidate.categories[:2])}]" if candidate.categories else ""
    number = candidate.number
    text = f"**{number}** {title}, {candidate.day[:7]}{tags}: {escape_markdown(candidate.reason)}"
    # Without a proposed category it takes a comment that names one.
    return f"- [ ] <!-- accept {number} --> {text}" if candidate.categories else f"- {text}"


# Decisions --------------------------------------------------------------------------------------

_KEY = re.compile(r"[A-Za-z0-9][\w:.+/-]{0,99}", re.ASCII)
_TAGS = r"[a-z0-9][a-z0-9-]*(?:\s*,\s*[a-z0-9][a-z0-9-]*)*"
_NUMBERS = r"(?P<numbers>\d{1,6}(?:\s*,\s*\d{1,6})*)"
_ACCEPT = re.compile(rf"accept\s+{_NUMBERS}(?:\s+-c\s+(?P<tags>{_TAGS}))?", re.ASCII)
_DECLINE = re.compile(rf"decline\s+{_NUMBERS}\s+(?P<why>[^\s,].*)", re.ASCII)
_PROPOSAL = rf"(?P<key>{_KEY.pattern})\s+(?P<kind>{'|'.join(KINDS)})"
_APPLY = re.compile(rf"apply\s+{_PROPOSAL}", re.ASCII)
_REFUSE = re.compile(rf"decline\s+{_PROPOSAL}\s+(?P<why>\S.*)", re.ASCII)
_TICKED = re.compile(r"(?m)^- \[[xX]\] <!-- ((?:accept|apply) [^\n>]{1,200}?) -->")
_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_VERB = re.compile(r"(?:accept|decline|apply)\b")


@dataclass(frozen=True, slots=True)
class Instruction:
    """A line that was understood as a call of another command.

    Attributes:
        line: The line.
        arguments: What ``livingsurvey`` is called with.
    """

    line: str
    arguments: tuple[str, ...]


def read_instructions(text: str, inbox: Inbox, *, ticks: bool) -> Iterator[Instruction | str]:
    """Yield the instructions in a text; for a line that begins like one and is none, what is wrong.

    Args:
        text: A comment, or the list with its boxes.
        inbox: Knows the categories that are proposed.
        ticks: Whether the boxes count.
    """
    found = _TICKED.findall(text) if ticks else [line.strip(" \t`") for line in text.splitlines()]
    # A phone begins a line with a capital.
    found = [line[:1].lower() + line[1:] for line in found]
    lines = dict.fromkeys(line for line in found if _VERB.match(line))
    # One line may name a thousand numbers.
    decisions = chain.from_iterable(_read_instruction(line, inbox, is_tick=ticks) for line in lines)
    yield from islice(decisions, MOST_DECISIONS)
    if next(decisions, None) is not None:
        yield f"only the first {MOST_DECISIONS} decisions were read"


def _read_instruction(line: str, inbox: Inbox, *, is_tick: bool) -> Iterator[Instruction | str]:
    if match := _ACCEPT.fullmatch(line):
        for number in dict.fromkeys(map(int, re.findall(r"\d+", match["numbers"]))):
            candidate = inbox.find(number)
            if candidate is None:
                # A box stays ticked when its paper is in the survey.
                if not is_tick:
                    yield f"`accept {number}`: there is no such number in the list"
                continue
            tags = re.sub(r"\s", "", match["tags"] or "") or ",".join(candidate.categories[:1])
            if tags:
                yield Instruction(line, ("inbox", "accept", str(number), f"--category={tags}"))
            else:
                yield f"`accept {number}`: name a category, as in `accept {number} -c TAG`"
    elif match := _DECLINE.fullmatch(line):
        numbers = re.findall(r"\d+", match["numbers"])
        yield Instruction(line, ("inbox", "decline", *numbers, f"--why={_clean(match['why'])}"))
    elif match := _APPLY.fullmatch(line):
        options = ("--apply", "--likely", f"--only={match['kind']}")
        yield Instruction(line, ("refresh", match["key"], *options))
    elif match := _REFUSE.fullmatch(line):
        options = ("--decline", f"--only={match['kind']}", f"--why={_clean(match['why'])}")
        yield Instruction(line, ("refresh", match["key"], *options))
    else:
        yield f"{fence(_clean(line))}\nis not understood"


def _clean(text: str) -> str:
    """Return a line cut short, without what no file or answer of ours should hold."""
    return "".join(char for char in text if char.isprintable())[:300].strip()


def _decide(session: Session) -> int:
    """Do what a text says, line by line; what one line cannot does not keep the others."""
    arguments, inbox = session.arguments, _read_inbox(session)
    status: int = Exit.CLEAN
    answers = []
    names = ("taxonomy", "config")
    passed = [f"--{name}={value}" for name in names if (value := getattr(arguments, name))]
    for instruction in read_instructions(_read_variable(session), inbox, ticks=arguments.ticks):
        if isinstance(instruction, str):
            answers.append(instruction)
            status = max(status, Exit.FINDINGS)
            continue
        done, said = run_command([*instruction.arguments, *passed])
        answers.append(f"`{_clean(instruction.line).replace('`', '')}`\n\n{fence(said)}")
        # A refresh has findings when there is more to decide.
        status = max(status, done)
    said = "\n\n".join([MARK, *(answers or ["There was nothing to decide."])])
    session.console.print(_shorten_comment(said))
    return status


def run_command(arguments: Sequence[str]) -> tuple[int, str]:
    """Run another command of ours in this process; return its exit code and what it said."""
    out = io.StringIO()
    parsed = make_parser(arguments).parse_args(arguments)
    try:
        status = parsed.command.run(Session(parsed, Console(out, out)))
    except (UsageError, StateError) as error:
        return Exit.FAILURE, str(error)
    return int(status), _COLOR.sub("", out.getvalue())


COMMAND = Command(add_arguments, run)

LABELS = {
    "identifier": "arXiv identifier, DOI, or address",
    "category": "Category",
    "name": "Short name",
    "contribution": "What it contributes",
    "code": "Code",
}
"""The labels of the form's fields by their ids; a test compares them with the form."""
LONGEST = {"identifier": 300, "category": 300, "name": 60, "contribution": 500, "code": 300}
_HEADING = re.compile(r"(?m)^### (.+?)[ \t]*$")
_NOTHING = "_No response_"


def read_suggestion(text: str) -> dict[str, str]:
    """Read the text that GitHub makes of the form; of a heading that comes twice the first counts.

    What somebody filled in is on one line each and without control characters. What is longer than
    anybody honest writes is left out.
    """
    ids = {label: name for name, label in LABELS.items()}
    parts = _HEADING.split(text)
    values: dict[str, str] = {}
    for label, value in zip(parts[1::2], parts[2::2], strict=True):
        name = ids.get(label)
        plain = " ".join("".join(c if c.isprintable() else " " for c in value).split())
        if name and name not in values:
            values[name] = plain if plain != _NOTHING and len(plain) <= LONGEST[name] else ""
    return dict.fromkeys(LABELS, "") | values


def take_suggestion(session: Session) -> int:
    """Write the entry, and print a comment: the entry as readers will see it, and as it stands.

    Returns 0 if an entry was written, 1 if not, 2 if a service could not be asked.
    """
    suggestion = read_suggestion(_read_variable(session))
    console = session.console
    session = Session(session.arguments, Console(console.err, console.err))
    library = session.load()
    try:
        target = identify(suggestion["identifier"])
        duplicate = find_duplicate(library.catalog, target)
        if duplicate is not None:
            said = f"The survey has it already: `{duplicate.paper.key}`."
            return _refuse_suggestion(said, console)
        draft = fetch_draft(session.client, target, target.value)
    except OnlineError as error:
        _refuse_suggestion(f"The paper was not found: {escape_markdown(str(error))}.", console)
        return Exit.FAILURE if isinstance(error, OfflineError) else Exit.FINDINGS
    taxonomy = library.catalog.taxonomy
    sections = {category.section: category.tag for category in taxonomy.leaves if category.section}
    words = filter(None, map(str.strip, suggestion["category"].split(",")))
    tags, unknown = sort_words((sections.get(word, word) for word in words), taxonomy)
    draft = replace(draft, fields={**draft.fields, **_make_fields(suggestion)})
    add_drafts([draft], tags, session)
    before, after = library.catalog.papers, session.load()
    added = [paper for key, paper in after.catalog.papers.items() if key not in before]
    if not added:
        said = "The survey seems to have it already, under another identifier."
        return _refuse_suggestion(said, console)
    console.print(_describe_entry(added[0], after, unknown))
    return Exit.CLEAN


def _refuse_suggestion(text: str, console: Console) -> int:
    console.print(f"Thank you for the suggestion. {text}")
    return Exit.FINDINGS


def _make_fields(suggestion: Mapping[str, str]) -> Mapping[str, str]:
    """Return the fields that somebody may fill in, in TeX that shows what they wrote."""
    fields = {
        "shorttitle": escape(suggestion["name"]),
        "annotation": escape(suggestion["contribution"]),
        "code": read_url(suggestion["code"]).value,
    }
    return {name: value for name, value in fields.items() if value}


def _describe_entry(paper: Paper, library: Library, unknown: list[str]) -> str:
    """Return the comment."""
    titles = [library.catalog.category(tag).title for tag in paper.categories]
    name = f"**{escape_markdown(parse(paper.short_title).text)}** " if paper.short_title else ""
    people = ", ".join(person.full for person in paper.authors or paper.editors)
    where = " ".join(filter(None, (parse(paper.venue).text or "preprint", str(paper.year or ""))))
    quote = [
        f"> {name}{escape_markdown(parse(paper.title).text)}  ",
        f"> {escape_markdown(people)} · {escape_markdown(where)}  ",
        f"> {escape_markdown(parse(paper.annotation).text)}  " if paper.annotation else "",
        f"> In: {', '.join(titles) or 'no category yet: write keywords'}",
    ]
    found = [it for it in check_library(library, select_rules()) if it.key == paper.key]
    rules = [f"- {escape_markdown(fault.text)} (`{fault.code}`)" for fault in found]
    parts = [
        "Thank you for the suggestion. The entry, as readers will see it:",
        "\n".join(filter(None, quote)),
        f"No categories: {escape_markdown(', '.join(unknown))}." if unknown else "",
        "As it stands in the bibliography:",
        fence(write_entry(paper), "bibtex"),
        "The rules say:" if found else "The rules find nothing to mend.",
        "\n".join([*rules, "Compare the authors with the paper before it is merged."]),
    ]
    return "\n\n".join(filter(None, parts))
