"""Rules about the types and fields of entries."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from livingsurvey.bibtex.edit import Edit, find_field, remove_field, set_type
from livingsurvey.bibtex.fields import (
    ENTRY_TYPES,
    EXTRANEOUS_FIELDS,
    READ_FIELDS,
    find_entry_type,
    is_known_field,
)
from livingsurvey.bibtex.identifiers import read_arxiv, read_arxiv_venue
from livingsurvey.diagnostics import did_you_mean, find_nearest
from livingsurvey.rules.rule import Fix, Rule, find_values, lamport, make_rule, perelman, shannon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livingsurvey.bibtex.read import Entry
    from livingsurvey.bibtex.scan import Field
    from livingsurvey.bibtex.source import Source
    from livingsurvey.catalog import Library
    from livingsurvey.diagnostics import Diagnostic


_HYPHENS = re.compile(r"(?<=[\w.])\s*(?:-|[\u2010-\u2015\u2212]|---)\s*(?=[\w.])")
_PAGES = re.compile(r"[A-Za-z]*\d[\w.:]*\s*(?:-|[\u2010-\u2015\u2212]|---)\s*[A-Za-z]*\d[\w.:]*")


_BIBTEX = {(name, "institution"): "school" for name in ("mastersthesis", "phdthesis")}
_BIBLATEX = {("article", "journal"): "journaltitle"}


def _is_biblatex(source: Source, library: Library) -> bool:
    """Whether most of a file is written in the words of biblatex."""
    names = Counter(
        field.name.casefold()
        for entry in library.entries
        if entry.source is source
        for field in entry.block.fields
    )
    return names["date"] + names["journaltitle"] > names["year"] + names["journal"]


def _suggest_field(entry: Entry, name: str) -> str:
    unknown = [other for other in entry.values if not is_known_field(other)]
    near = find_nearest(name, unknown)
    return f"is it '{near}', misspelled?" if near else f"add {name} = {{…}}"


def _empty_fields(entry: Entry) -> Iterator[tuple[str, Field]]:
    for name, value in entry.values.items():
        if not value.text.strip() and (field := find_field(entry, name)):
            yield name, field


def _has_wrong_dash(pages: str) -> bool:
    """Whether one of the parts of *pages* is a range with another dash."""
    return any(_PAGES.fullmatch(part.strip()) for part in pages.split(","))


def _read_arxiv_journal(entry: Entry) -> str | None:
    """Return the arXiv identifier in the journal, ``""`` if it only says arXiv, None if neither."""
    return None if "journal" in entry.inherited else read_arxiv_venue(entry.get("journal"))


@make_rule("entries", bad=shannon().replace("@article", "@artical"))
def unknown_type(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """The type is one that programs know.

    The word behind the `@` is a type of entry that neither BibTeX nor biblatex has.

    Programs ignore the entry, or print it as they please.
    """
    for entry in library.entries:
        if entry.entry_type not in ENTRY_TYPES:
            near = did_you_mean(entry.entry_type, ENTRY_TYPES) or "@misc fits anything"
            yield entry.report(rule.code, f"unknown entry type '@{entry.block.command}'", near)


@make_rule("entries", bad=shannon(journal=None))
def missing_field(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """The entry has what its type needs.

    A field that the type of the entry requires is missing. A cross-referenced entry may supply
    it.

    The reference would be incomplete, or could not be sorted.
    """
    biblatex = {source.path for source in library.sources if _is_biblatex(source, library)}
    for entry in library.entries:
        for names in find_entry_type(entry.entry_type).required:
            # arXiv and INSPIRE export preprints as articles: there is no journal.
            is_preprint = names == ("journal",) and "eprint" in entry.values
            if is_preprint or any(name in entry.values for name in names):
                continue
            spelt = _BIBLATEX if entry.source.path in biblatex else _BIBTEX
            wanted = [spelt.get((entry.entry_type, name), name) for name in names]
            message = f"@{entry.entry_type} without {' or '.join(wanted)}"
            yield entry.report(rule.code, message, _suggest_field(entry, wanted[0]))


@make_rule(
    "entries",
    bad=shannon(anotation="It founds a field."),
    good=shannon(annotation="It founds a field."),
)
def unknown_field(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """Fields are spelt as programs read them.

    A field has nearly the name of one that is read, such as `anotation`. Fields of other
    programs and of your own are left alone.

    What the field says would vanish without a word.
    """
    for entry in library.entries:
        for field in entry.block.fields:
            name = field.name.lower()
            if is_known_field(name):
                continue
            if near := did_you_mean(name, READ_FIELDS, cutoff=0.78):
                found = entry.report(rule.code, f"nothing reads a field '{field.name}'", near)
                yield replace(found, location=entry.source.locate(field.start))


def fix_empty(rule: Rule, library: Library) -> Iterator[Fix]:
    """Remove empty fields."""
    for entry in library.entries:
        for name, field in _empty_fields(entry):
            edits = (remove_field(entry, field),)
            message = f"{entry.key}: empty field '{field.name}' removed"
            yield Fix(entry.source, edits, entry.locate(name), message, rule.code)


@make_rule("entries", fix=fix_empty, bad=shannon(volume=""), good=shannon(volume="27"))
def empty_field(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """A field says something.

    A field has an empty value.

    Some programs print the punctuation around it.
    """
    for entry in library.entries:
        for name, field in _empty_fields(entry):
            if name == "keywords":
                continue  # an entry without category is reported as such
            yield entry.report(rule.code, f"the field '{field.name}' is empty", "remove it", name)


def fix_pages(rule: Rule, library: Library) -> Iterator[Fix]:
    """Write the dash of ranges as BibTeX does."""
    for entry, _, value in find_values(library, "pages"):
        if value.is_exact and _has_wrong_dash(value.normalized):
            pages = _HYPHENS.sub("--", value.normalized)
            message = f"{entry.key}: pages '{value.normalized}' become '{pages}'"
            yield rule.rewrite(entry.source, value.start, value.end, pages, message)


@make_rule("entries", fix=fix_pages, bad=lamport(pages="558-565"), good=lamport(pages="558--565"))
def page_range(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """Pages have two hyphens between them.

    A range of pages has a single hyphen or another dash in it.

    BibTeX's form of a range is two hyphens; a single one prints as a hyphen.
    """
    for entry, name, _ in find_values(library, "pages"):
        if _has_wrong_dash(pages := entry.get(name)):
            suggestion = f"write '{_HYPHENS.sub('--', pages)}'"
            yield entry.report(rule.code, f"pages '{pages}'", suggestion, name)


def fix_arxiv_journal(rule: Rule, library: Library) -> Iterator[Fix]:
    """Turn a journal that is arXiv into ``eprint`` and ``archiveprefix``."""
    for entry in library.entries:
        found = _read_arxiv_journal(entry)
        field = find_field(entry, "journal")
        known = read_arxiv(entry.get("eprint")).value
        if field is None or found is None or not (found or known) or (known and known != found):
            continue
        new = [] if known else [f"eprint = {{{found}}}"]
        new += [] if "archiveprefix" in entry.values else ["archiveprefix = {arXiv}"]
        edit = Edit(field.start, field.end, ", ".join(new)) if new else remove_field(entry, field)
        edits = [edit, set_type(entry, "misc")] if entry.entry_type == "article" else [edit]
        message = f"{entry.key}: '{entry.get('journal')}' becomes eprint = {{{found or known}}}"
        place = entry.locate("journal")
        yield Fix(entry.source, tuple(sorted(edits)), place, message, rule.code)


@make_rule(
    "entries",
    is_house=True,
    fix=fix_arxiv_journal,
    bad=perelman(eprint=None, archiveprefix=None, journal="arXiv preprint math/0211159"),
    good=perelman(),
)
def arxiv_as_journal(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """A preprint is no article.

    The journal is `arXiv`, `arXiv preprint arXiv:…` or `CoRR`, or an `@article` has an `eprint`
    and no journal.

    The identifier is hidden in a text, so that no link can be made of it, and arXiv would be
    listed among the venues. A preprint is `@misc`.
    """
    for entry in library.entries:
        found = _read_arxiv_journal(entry)
        if found is None:
            is_article = entry.entry_type == "article" and "journal" not in entry.values
            if is_article and "eprint" in entry.values:
                yield entry.report(rule.code, "@article without journal", "write @misc")
            continue
        eprint = found or entry.get("eprint")
        suggestion = f"write @misc with eprint = {{{eprint or 'the identifier'}}}"
        yield entry.report(rule.code, "arXiv is no journal", suggestion, "journal")


@make_rule("entries", is_house=True, bad=shannon(file=":shannon.pdf:PDF", owner="anna"))
def surplus_field(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """An entry has what the survey reads.

    The entry has fields that reference managers write for themselves: `file`, `owner`,
    `groups`, `timestamp`, `modificationdate`, marks and ranks; or it has an `abstract`.

    They name folders and people of one machine, and differ from one to the next. An abstract is
    its publisher's text.
    """
    for entry in library.entries:
        own = [name for name in entry.values if name not in entry.inherited]
        names = [name for name in own if name in EXTRANEOUS_FIELDS or name.startswith("comment-")]
        if names:
            listed = ", ".join(f"'{name}'" for name in names)
            suggestion = "remove it" if len(names) == 1 else "remove them"
            yield entry.report(rule.code, f"nothing here reads {listed}", suggestion, names[0])
