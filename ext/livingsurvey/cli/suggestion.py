"""The form *Suggest a paper*: read without trust, and made an entry that an editor looks at."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from livingsurvey.bibtex.identifiers import read_url
from livingsurvey.cli.add import add_drafts
from livingsurvey.cli.command import Console, Exit, Session
from livingsurvey.cli.configuration import connect
from livingsurvey.cli.drafts import fetch_draft
from livingsurvey.cli.duplicates import find_duplicate
from livingsurvey.exports.reference_managers import write_entry
from livingsurvey.markup import parse
from livingsurvey.online.targets import OfflineError, OnlineError, identify
from livingsurvey.online.texts import escape
from livingsurvey.rules import check_library, select_rules
from livingsurvey.upkeep.changes import escape_markdown, fence

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from livingsurvey.catalog import Library
    from livingsurvey.configuration import Configuration
    from livingsurvey.model import Paper
    from livingsurvey.taxonomy import Taxonomy

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


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionForm:
    """What somebody filled in, on one line each and without control characters.

    Attributes:
        identifier: An arXiv identifier, a DOI, or an address of either.
        category: The words for its categories.
        name: What people call the method.
        contribution: What it contributes.
        code: The address of its code.
    """

    identifier: str = ""
    category: str = ""
    name: str = ""
    contribution: str = ""
    code: str = ""


def read_suggestion(text: str) -> SuggestionForm:
    """Read the text that GitHub makes of the form; of a heading that comes twice the first counts.

    What is longer than anybody honest writes is left out.
    """
    ids = {label: name for name, label in LABELS.items()}
    parts = _HEADING.split(text)
    values: dict[str, str] = {}
    for label, value in zip(parts[1::2], parts[2::2], strict=True):
        name = ids.get(label)
        plain = " ".join("".join(c if c.isprintable() else " " for c in value).split())
        if name and name not in values:
            values[name] = plain if plain != _NOTHING and len(plain) <= LONGEST[name] else ""
    return SuggestionForm(**values)


def find_tags(words: str, taxonomy: Taxonomy) -> tuple[tuple[str, ...], list[str]]:
    """Return the categories that somebody means, by tag, title or section, and what is none."""
    names = {tag: tag for tag in (category.tag for category in taxonomy.leaves)}
    names |= {category.title.casefold(): category.tag for category in taxonomy.leaves}
    names |= {category.section: category.tag for category in taxonomy.leaves if category.section}
    tags: dict[str, None] = {}
    unknown = []
    for word in filter(None, (word.strip() for word in words.split(","))):
        category = taxonomy.find(word)
        tag = category.tag if category and not category.children else names.get(word.casefold(), "")
        if tag:
            tags[tag] = None
        else:
            unknown.append(word)
    return tuple(tags), unknown


def take_suggestion(
    text: str, arguments: argparse.Namespace, configuration: Configuration, console: Console
) -> int:
    """Write the entry, and print a comment: the entry as readers will see it, and as it stands.

    Returns 0 if an entry was written, 1 if not, 2 if a service could not be asked.
    """
    suggestion = read_suggestion(text)
    said = Console(console.err, console.err)
    session = Session(arguments, configuration, said, configuration.bibliographies[0])
    library = session.load()
    try:
        target = identify(suggestion.identifier)
        doi, arxiv = (target.value, "") if target.kind == "doi" else ("", target.value)
        duplicate = find_duplicate(library.catalog, doi=doi, arxiv=arxiv)
        if duplicate is not None:
            return _refuse(f"The survey has it already: `{duplicate.paper.key}`.", console)
        draft = fetch_draft(connect(configuration, arguments, said), target, target.value)
    except OnlineError as error:
        is_offline = isinstance(error, OfflineError)
        _refuse(f"The paper was not found: {escape_markdown(str(error))}.", console)
        return Exit.FAILURE if is_offline else Exit.FINDINGS
    tags, unknown = find_tags(suggestion.category, library.catalog.taxonomy)
    draft = replace(draft, fields={**draft.fields, **_make_fields(suggestion)})
    before = set(library.catalog.papers)
    add_drafts([draft], tags, session)
    after = session.load()
    added = [paper for key, paper in after.catalog.papers.items() if key not in before]
    if not added:
        return _refuse("The survey seems to have it already, under another identifier.", console)
    console.print("\n".join(_describe(added[0], after, unknown)))
    return Exit.CLEAN


def _refuse(text: str, console: Console) -> int:
    console.print(f"Thank you for the suggestion. {text}")
    return Exit.FINDINGS


def _make_fields(suggestion: SuggestionForm) -> Mapping[str, str]:
    """Return the fields that somebody may fill in, in TeX that shows what they wrote."""
    fields = {
        "shorttitle": escape(suggestion.name),
        "annotation": escape(suggestion.contribution),
        "code": read_url(suggestion.code).value,
    }
    return {name: value for name, value in fields.items() if value}


def _describe(paper: Paper, library: Library, unknown: list[str]) -> Iterator[str]:
    """Yield the lines of the comment."""
    titles = [library.catalog.category(tag).title for tag in paper.categories]
    name = f"**{escape_markdown(parse(paper.short_title).text)}** " if paper.short_title else ""
    people = ", ".join(person.full for person in paper.authors or paper.editors)
    where = " ".join(filter(None, (parse(paper.venue).text or "preprint", str(paper.year or ""))))
    yield "Thank you for the suggestion. The entry, as readers will see it:"
    yield ""
    yield f"> {name}{escape_markdown(parse(paper.title).text)}  "
    yield f"> {escape_markdown(people)} · {escape_markdown(where)}  "
    if paper.annotation:
        yield f"> {escape_markdown(parse(paper.annotation).text)}  "
    yield f"> In: {', '.join(titles) or 'no category yet: write keywords'}"
    yield ""
    if unknown:
        yield f"No categories: {escape_markdown(', '.join(unknown))}."
        yield ""
    yield "As it stands in the bibliography:"
    yield ""
    yield fence(write_entry(paper), "bibtex")
    yield ""
    problems = check_library(library, select_rules())
    found = [diagnostic for diagnostic in problems if diagnostic.key == paper.key]
    yield "The rules find nothing to mend." if not found else "The rules say:"
    yield ""
    for diagnostic in found:
        yield f"- {escape_markdown(diagnostic.text)} (`{diagnostic.code}`)"
    yield "Compare the authors with the paper before it is merged."
