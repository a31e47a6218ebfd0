"""Rules about the types and fields of entries."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from livingsurvey.bibtex.edit import Edit, find_field, remove_field
from livingsurvey.bibtex.fields import (
    ENTRY_TYPES,
    EXTRANEOUS_FIELDS,
    READ_FIELDS,
    find_entry_type,
    is_known_field,
)
from livingsurvey.bibtex.identifiers import read_arxiv, read_arxiv_venue
from livingsurvey.diagnostics import Code, Severity, did_you_mean
from livingsurvey.rules.rule import Fix, Rule, lamport, perelman, shannon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livingsurvey.bibtex.read import Entry
    from livingsurvey.bibtex.scan import Field
    from livingsurvey.bibtex.source import Source
    from livingsurvey.catalog import Library
    from livingsurvey.diagnostics import Diagnostic


_HYPHENS = re.compile(r"(?<=[\w.])\s*(?:-|[\u2010-\u2015\u2212]|---)\s*(?=[\w.])")
_PAGES = re.compile(r"[A-Za-z]*\d[\w.:]*\s*(?:-|[\u2010-\u2015\u2212]|---)\s*[A-Za-z]*\d[\w.:]*")


def check_types(library: Library) -> Iterator[Diagnostic]:
    """Find types that neither BibTeX nor biblatex has."""
    for entry in library.entries:
        if entry.entry_type not in ENTRY_TYPES:
            yield entry.report(
                Code.UNKNOWN_TYPE,
                f"unknown entry type '@{entry.block.command}'",
                suggestion=did_you_mean(entry.entry_type, ENTRY_TYPES) or "@misc fits anything",
            )


def check_required(library: Library) -> Iterator[Diagnostic]:
    """Find entries without the fields that their type needs, called as the file would."""
    biblatex = {source.path for source in library.sources if _is_biblatex(source, library)}
    for entry in library.entries:
        for names in find_entry_type(entry.entry_type).required:
            if any(name in entry.values for name in names) or _is_preprint(entry, names):
                continue
            spelt = _BIBLATEX if entry.source.path in biblatex else _BIBTEX
            wanted = [spelt.get((entry.entry_type, name), name) for name in names]
            yield entry.report(
                Code.MISSING_FIELD,
                f"@{entry.entry_type} without {' or '.join(wanted)}",
                suggestion=_suggest_field(entry, wanted[0]),
            )


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


def _is_preprint(entry: Entry, names: tuple[str, ...]) -> bool:
    """Whether a journal is missing since there is none, as arXiv and INSPIRE export preprints."""
    return names == ("journal",) and "eprint" in entry.values


def _suggest_field(entry: Entry, name: str) -> str:
    unknown = [other for other in entry.values if not is_known_field(other)]
    near = did_you_mean(name, unknown)
    if near:
        return near.replace("did you mean", "is it").replace("'?", "', misspelled?")
    return f"add {name} = {{…}}"


def check_empty(library: Library) -> Iterator[Diagnostic]:
    """Find fields that are there but say nothing."""
    for entry in library.entries:
        for name, field in _empty_fields(entry):
            if name == "keywords":
                continue  # an entry without category is reported as such
            found = entry.report(
                Code.EMPTY_FIELD, f"the field '{field.name}' is empty", name, suggestion="remove it"
            )
            yield found


def fix_empty(library: Library) -> Iterator[Fix]:
    """Remove empty fields."""
    for entry in library.entries:
        for name, field in _empty_fields(entry):
            yield Fix(
                source=entry.source,
                edits=(remove_field(entry, field),),
                location=entry.locate(name),
                message=f"{entry.key}: empty field '{field.name}' removed",
                code=Code.EMPTY_FIELD,
            )


def _empty_fields(entry: Entry) -> Iterator[tuple[str, Field]]:
    for name, value in entry.values.items():
        if name not in entry.inherited and not value.text.strip():
            field = find_field(entry, name)
            if field is not None:
                yield name, field


def check_pages(library: Library) -> Iterator[Diagnostic]:
    """Find ranges of pages with another dash than BibTeX's."""
    for entry in library.entries:
        pages = entry.get("pages")
        if "pages" not in entry.inherited and _has_wrong_dash(pages):
            yield entry.report(
                Code.PAGE_RANGE,
                f"pages '{pages}'",
                "pages",
                suggestion=f"write '{_HYPHENS.sub('--', pages)}'",
                severity=Severity.HINT,
            )


def fix_pages(library: Library) -> Iterator[Fix]:
    """Write the dash of ranges as BibTeX does."""
    for entry in library.entries:
        value = entry.values.get("pages")
        if value is None or "pages" in entry.inherited or not value.is_exact:
            continue
        if _has_wrong_dash(value.normalized):
            pages = _HYPHENS.sub("--", value.normalized)
            yield Fix(
                source=entry.source,
                edits=(Edit(value.start, value.start + len(value.text), pages),),
                location=entry.locate("pages"),
                message=f"{entry.key}: pages '{value.normalized}' become '{pages}'",
                code=Code.PAGE_RANGE,
            )


def _has_wrong_dash(pages: str) -> bool:
    """Whether all that *pages* says is ranges or numbers, and a range has another dash."""
    parts = [part.strip() for part in pages.split(",")]
    return any(_PAGES.fullmatch(part) for part in parts)


def _read_arxiv_journal(entry: Entry) -> str | None:
    """Return the arXiv identifier in the journal, ``""`` if it only says arXiv, None if neither."""
    return None if "journal" in entry.inherited else read_arxiv_venue(entry.get("journal"))


def check_arxiv_journal(library: Library) -> Iterator[Diagnostic]:
    """Find arXiv in the place of a journal, and articles that only arXiv has."""
    for entry in library.entries:
        found = _read_arxiv_journal(entry)
        if found is None:
            is_article = entry.entry_type == "article" and "journal" not in entry.values
            if is_article and "eprint" in entry.values:
                yield entry.report(
                    Code.ARXIV_AS_JOURNAL, "@article without journal", suggestion="write @misc"
                )
            continue
        eprint = found or entry.get("eprint")
        yield entry.report(
            Code.ARXIV_AS_JOURNAL,
            "arXiv is no journal",
            "journal",
            suggestion="write @misc with "
            + (f"eprint = {{{eprint}}}" if eprint else "eprint = {the identifier}"),
        )


def fix_arxiv_journal(library: Library) -> Iterator[Fix]:
    """Turn a journal that is arXiv into ``eprint`` and ``archiveprefix``."""
    for entry in library.entries:
        found = _read_arxiv_journal(entry)
        field = find_field(entry, "journal")
        known = read_arxiv(entry.get("eprint")).value
        if field is None or found is None or not (found or known) or (known and known != found):
            continue
        new = [] if known else [f"eprint = {{{found}}}"]
        if "archiveprefix" not in entry.values:
            new.append("archiveprefix = {arXiv}")
        edits = [
            Edit(field.start, field.end, ", ".join(new)) if new else remove_field(entry, field)
        ]
        if entry.entry_type == "article":
            start = entry.source.text.index(entry.block.command, entry.block.start)
            edits.append(Edit(start, start + len(entry.block.command), "misc"))
        yield Fix(
            source=entry.source,
            edits=tuple(sorted(edits)),
            location=entry.locate("journal"),
            message=f"{entry.key}: '{entry.get('journal')}' becomes eprint = {{{found or known}}}",
            code=Code.ARXIV_AS_JOURNAL,
        )


def check_unknown_fields(library: Library) -> Iterator[Diagnostic]:
    """Find fields with nearly the name of one that is read; what they say would vanish."""
    for entry in library.entries:
        for field in entry.block.fields:
            name = field.name.lower()
            if is_known_field(name):
                continue
            near = did_you_mean(name, READ_FIELDS, cutoff=0.78)
            if near:
                found = entry.report(
                    Code.UNKNOWN_FIELD, f"nothing reads a field '{field.name}'", suggestion=near
                )
                yield replace(found, location=entry.source.locate(field.start))


def check_extraneous(library: Library) -> Iterator[Diagnostic]:
    """Find fields that are of use to one person's program alone, one finding for each entry."""
    for entry in library.entries:
        names = [
            name
            for name in entry.values
            if name not in entry.inherited
            and (name in EXTRANEOUS_FIELDS or name.startswith("comment-"))
        ]
        if names:
            listed = ", ".join(f"'{name}'" for name in names)
            yield entry.report(
                Code.SURPLUS_FIELD,
                f"nothing here reads {listed}",
                names[0],
                suggestion="remove it" if len(names) == 1 else "remove them",
                severity=Severity.HINT,
            )


RULES = (
    Rule(
        code=Code.UNKNOWN_TYPE,
        title="The type is one that programs know",
        group="entries",
        what="The word behind the `@` is a type of entry that neither BibTeX nor biblatex has.",
        why="Programs ignore the entry, or print it as they please.",
        check=check_types,
        bad=shannon().replace("@article", "@artical"),
        good=shannon(),
    ),
    Rule(
        code=Code.MISSING_FIELD,
        title="The entry has what its type needs",
        group="entries",
        what="A field that the type of the entry requires is missing. A cross-referenced entry "
        "may supply it.",
        why="The reference would be incomplete, or could not be sorted.",
        check=check_required,
        bad=shannon(journal=None),
        good=shannon(),
    ),
    Rule(
        code=Code.UNKNOWN_FIELD,
        title="Fields are spelt as programs read them",
        group="entries",
        what="A field has nearly the name of one that is read, such as `anotation`. Fields of "
        "other programs and of your own are left alone.",
        why="What the field says would vanish without a word.",
        check=check_unknown_fields,
        bad=shannon(anotation="It founds a field."),
        good=shannon(annotation="It founds a field."),
    ),
    Rule(
        code=Code.EMPTY_FIELD,
        title="A field says something",
        group="entries",
        what="A field has an empty value.",
        why="Some programs print the punctuation around it.",
        check=check_empty,
        fix=fix_empty,
        bad=shannon(volume=""),
        good=shannon(volume="27"),
    ),
    Rule(
        code=Code.PAGE_RANGE,
        title="Pages have two hyphens between them",
        group="entries",
        severity=Severity.HINT,
        what="A range of pages has a single hyphen or another dash in it.",
        why="BibTeX's form of a range is two hyphens; a single one prints as a hyphen.",
        check=check_pages,
        fix=fix_pages,
        bad=lamport(pages="558-565"),
        good=lamport(pages="558--565"),
    ),
    Rule(
        code=Code.ARXIV_AS_JOURNAL,
        title="A preprint is no article",
        group="entries",
        is_house=True,
        what="The journal is `arXiv`, `arXiv preprint arXiv:…` or `CoRR`, or an `@article` has an "
        "`eprint` and no journal.",
        why="The identifier is hidden in a text, so that no link can be made of it, and arXiv "
        "would be listed among the venues. A preprint is `@misc`.",
        check=check_arxiv_journal,
        fix=fix_arxiv_journal,
        bad=perelman(eprint=None, archiveprefix=None, journal="arXiv preprint math/0211159"),
        good=perelman(),
    ),
    Rule(
        code=Code.SURPLUS_FIELD,
        title="An entry has what the survey reads",
        group="entries",
        is_house=True,
        severity=Severity.HINT,
        what="The entry has fields that reference managers write for themselves: `file`, `owner`, "
        "`groups`, `timestamp`, `modificationdate`, marks and ranks; or it has an `abstract`.",
        why="They name folders and people of one machine, and differ from one to the next. "
        "An abstract is its publisher's text.",
        check=check_extraneous,
        bad=shannon(file=":shannon.pdf:PDF", owner="anna"),
        good=shannon(),
    ),
)
