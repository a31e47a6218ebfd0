r"""What is to be added: entries to be, from records and from BibTeX.

BibTeX of other programs is normalized. Zotero puts each word with a capital in braces, Better
BibTeX in two pairs of them; both escape addresses in fields that they do not know, and give a
preprint arXiv as its publisher. JabRef makes an article of it, with biblatex's date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from livingsurvey.bibtex.edit import Edit, apply_edits
from livingsurvey.bibtex.fields import EXTRANEOUS_FIELDS, LINK_FIELDS, find_entry_type
from livingsurvey.bibtex.identifiers import (
    CANONICAL_KEY,
    find_address,
    fold_key,
    propose_key,
    read_arxiv,
    read_arxiv_venue,
    read_doi,
    undo_markup,
)
from livingsurvey.bibtex.read import MONTHS, read_entries, unwrap
from livingsurvey.bibtex.scan import scan
from livingsurvey.bibtex.source import decode
from livingsurvey.catalog.papers import read_month, read_paper
from livingsurvey.cli.command import UsageError
from livingsurvey.diagnostics import Severity
from livingsurvey.markup import parse
from livingsurvey.markup.letters import JOURNALS
from livingsurvey.names import is_others, parse_name, split_names
from livingsurvey.online.record import (
    OnlineError,
    Target,
    find_arxiv,
    is_same_work,
    make_fields,
    merge_records,
    propose_short_title,
)
from livingsurvey.online.texts import COLLECTIVE
from livingsurvey.taxonomy import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from livingsurvey.bibtex.source import Source
    from livingsurvey.model import Person
    from livingsurvey.online.client import Client

LEFT_OUT = EXTRANEOUS_FIELDS | {
    "biburl", "bibsource", "urldate", "issn", "isbn", "langid", "language", "creationdate",
    "copyright", "comment", "numpages", "issue_date", "acmid", "collection", "pdf", "arxivid",
    "mendeley-groups", "adsurl", "adsnote", "slaccitation",
}  # fmt: skip
"""Fields that reference managers and publishers add and that the survey has no use for."""
# A group that is no argument of a command and no accent, with nothing special in it.
_GROUP = re.compile(r"(?:(?<=[\s(\[{:,/\u2013\u2014-])|^)\{([^{}\\$]*)\}")
_DOUBLED = re.compile(r"(?:(?<=[\s(\[:,/\u2013\u2014-])|^)\{\{([^{}\\$]*)\}\}")
_PLAIN_WORD = re.compile(r"(?:[^\W\d_][^\W_]*['\u2019]?)+")
_WORD = re.compile(r"[^\s:,/\u2013\u2014-]+")
_MOST_NAMES = 2
"""Words in braces that a person may have put there; more of them are a program's work."""
# Better BibTeX keeps a particle and its name together: {van der Maaten}, Laurens.
# OpenReview protects the letters that a style would change, the ACL Anthology each of them.
_SPLIT_WORD = re.compile(
    r"(?<![^\s(\[:,/\u2013\u2014-])(?=\S*[^\W_]\{|\{\w+\}\w)(?:[^\W_]*\{\w+\})+[^\W_]*"
)
_ET_AL = re.compile(r",?\s+et\.?\s+al\b\.?\s*$", re.IGNORECASE)
_SEMICOLON = re.compile(r"\s*;\s*")
_LAST_STOP = re.compile(r"(?<=[^\W\d_]{4})\.(\}*)$")
_CATALOG = re.compile(r"https?://(?:[a-z]+\.)?semanticscholar\.org/")
_MONTH = re.compile(r"[A-Za-z]+\.?|[0-9]+")
_EVENT_PLACE = re.compile(r"event-place:\s*(.+)")
_ENDNOTE_TYPES = frozenset({
    "Journal Article", "Conference Proceedings", "Conference Paper", "Book", "Book Section",
    "Thesis", "Report", "Generic", "Web Page", "Electronic Article", "Unpublished Work",
})  # fmt: skip
_PARTICLE = re.compile(r"(?:(?<=\sand\s)|^)\{([^\W\d_][^{}\\,]*)\}(?=,)")
_KEY_PARTS = re.compile(r"([a-z-]+)([0-9]{4})([a-z0-9]+)")
_CLASS = re.compile(r"[a-z-]+\.[A-Za-z-]{2,}|(?:hep|nucl|math)-[a-z]+|gr-qc|[a-z]+-ph|cond-mat")
_YEAR = re.compile(r"\d{4}(?=-|$)")
_ARXIV_PLACES = (
    "volume", "number", "note", "eid", "pages", "journal", "booktitle", "howpublished",
    "publisher",
)  # fmt: skip
"""The fields in which programs say that a paper is at arXiv."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry before it has key, categories and date.

    Attributes:
        name: What the editor asked for, for messages: of BibTeX, the key.
        entry_type: The type of BibTeX.
        fields: Values in TeX.
        people: The authors, else the editors.
        year: The year of first appearance, for the key.
        doi: The bare DOI, or ``""``.
        arxiv: The arXiv identifier, or ``""``.
        abstract: Plain text for suggestions.
        notes: What the editor should know.
    """

    name: str
    entry_type: str
    fields: Mapping[str, str]
    people: tuple[Person, ...]
    year: int | None
    doi: str = ""
    arxiv: str = ""
    abstract: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_published(self) -> bool:
        """Whether it is of a journal, of proceedings or a book, and no bare preprint."""
        venue = self.fields.get("journal", "") or self.fields.get("booktitle", "")
        is_arxiv = venue.lower().startswith(("arxiv", "corr"))
        return self.entry_type in {"book", "phdthesis"} or bool(venue and not is_arxiv)

    def propose_key(self, taken: Collection[str]) -> str:
        """Return its name if that is a key like ours and free, else a proposal.

        Google Scholar's has the form of ours; OpenReview's names nobody, and others string the
        words of the title together.
        """
        surname = self.people[0].family if self.people else ""
        title = parse(self.fields["title"]).text
        words = {fold_key(word) for word in re.split(r"[\s:–—/-]+", title)}  # noqa: RUF001
        if CANONICAL_KEY.fullmatch(self.name) and self.name not in taken:
            author, year, word = _KEY_PARTS.findall(self.name)[0]
            is_year = self.year is None or year == str(self.year)
            if author == fold_key(surname) and is_year and word in words:
                return self.name
        return propose_key(surname, self.year, title, taken)


def fetch_draft(client: Client, target: Target, name: str) -> Draft:
    """Fetch the record of *target* as a draft.

    If arXiv's record names the DOI of a published version, that one is fetched too, and the draft
    has the facts of both; and the other way round.

    Raises:
        OnlineError: There is no record, or it cannot be had.
    """
    record = client.fetch(target)
    year = record.year
    notes: list[str] = []
    is_preprint = target.kind == "arxiv"
    other = Target("doi", record.doi) if is_preprint else Target("arxiv", record.arxiv)
    if other.value:
        try:
            found = client.fetch(other)
        except OnlineError as error:
            notes.append(f"{other}, which the record names, could not be fetched: {error}")
        else:
            preprint, published = (record, found) if is_preprint else (found, record)
            if is_same_work(preprint, published):
                record = merge_records(preprint, published)
                year = preprint.year
            else:
                notes.append(f"the record names {other}, which is another paper; left out")
                record = replace(record, doi="") if is_preprint else replace(record, arxiv="")
    if record.source == "arXiv" and record.journal_ref:
        notes.append(f"published, says arXiv: {record.journal_ref}; no record to take it from")
    return Draft(
        name=name,
        entry_type=record.entry_type,
        fields=make_fields(record),
        people=record.authors,
        year=year,
        doi=record.doi if record.source == "Crossref" else "",
        arxiv=record.arxiv,
        abstract=record.abstract,
        notes=tuple(notes),
    )


def read_drafts(data: bytes, name: str) -> tuple[list[Draft], list[str]]:
    """Read BibTeX as drafts, and what is wrong with the entries that are none.

    Args:
        data: The bytes of a file.
        name: What to call it.

    Raises:
        UsageError: It holds no entry.
    """
    source, problems = decode(data, name)
    entries, found = read_entries([_name_entries(source)])
    wrong = [fault for fault in (*problems, *found) if fault.severity is not Severity.HINT]
    faults = [fault.render() for fault in wrong]
    broken = {fault.key for fault in wrong}
    drafts: list[Draft] = []
    for entry in entries:
        paper, _ = read_paper(entry, Taxonomy())
        if not find_entry_type(entry.entry_type).is_paper or entry.key in broken:
            continue
        if not paper.title:
            faults.append(f"{entry.location}: {entry.key}: the entry has no title")
            continue
        values = {name: entry.get(name) for name in entry.values}
        fields = {name: text for name, text in values.items() if text and name not in LEFT_OUT}
        dropped = sorted(values.keys() & LEFT_OUT)
        notes = (f"left out: {', '.join(dropped)}",) if dropped else ()
        for field, reader in (("doi", read_doi), ("eprint", read_arxiv)):
            if field in fields and (good := reader(fields[field]).value):
                fields[field] = good
        for place in ("howpublished", "note"):
            address, is_all = find_address(fields.get(place, ""))
            if is_all and fields.setdefault("url", address) == address:
                del fields[place]
        fields = normalize(fields)
        drafts.append(
            Draft(
                name=entry.key,
                entry_type=_normalize_type(entry.entry_type, fields),
                fields=fields,
                people=read_people(fields) or paper.authors or paper.editors,
                year=paper.year,
                doi=fields.get("doi", ""),
                arxiv=fields.get("eprint", "") if fields.get("archiveprefix") == "arXiv" else "",
                abstract=values.get("abstract", ""),
                notes=notes,
            )
        )
    if not drafts and not faults:
        raise UsageError(f"no BibTeX entry in {name}; export the paper as BibTeX")
    return drafts, faults


def _name_entries(source: Source) -> Source:
    """Return a text in which every entry has a key: EndNote and Citavi leave it out."""
    edits: list[Edit] = []
    for block in scan(source.text):
        if block.kind == "entry" and not block.key:
            comma = "" if source.text.startswith(",", block.key_start) else ","
            name = f"entry-{len(edits) + 1}{comma}"
            edits.append(Edit(block.key_start, block.key_start, name))
    return replace(source, text=apply_edits(source.text, edits)) if edits else source


def read_people(fields: Mapping[str, str]) -> tuple[Person, ...]:
    """Return the authors of an entry to be, else its editors."""
    names = split_names(fields.get("author", "") or fields.get("editor", ""))
    return tuple(parse_name(name.text)[0] for name in names if not is_others(name.text))


def normalize(fields: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of an entry as the survey writes them; nothing that they say is lost."""
    normalized = {name: _NORMALIZERS.get(name, str)(value) for name, value in fields.items()}
    if short := propose_short_title(normalized.get("title", "")):
        normalized.setdefault("shorttitle", short)
    if "date" in normalized and (year := _YEAR.match(normalized["date"])):
        normalized.setdefault("year", year[0])
        del normalized["date"]
    if normalized.get("type") in _ENDNOTE_TYPES:
        del normalized["type"]
    if "pages" not in normalized and "articleno" in normalized:
        normalized.setdefault("eid", normalized.pop("articleno"))
    if place := _EVENT_PLACE.fullmatch(normalized.get("note", "")):  # of Zotero
        normalized.setdefault("location", place[1])
        del normalized["note"]
    month = normalized.get("month", "")
    if _MONTH.fullmatch(month) and (number := read_month(month)):
        normalized["month"] = list(MONTHS.values())[number - 1]
    return _normalize_doi(_normalize_arxiv(normalized))


def _normalize_type(entry_type: str, fields: Mapping[str, str]) -> str:
    """Return the type of a normalized entry: JabRef makes an article of each record of arXiv."""
    is_preprint = entry_type in {"article", "online"} and fields.get("archiveprefix") == "arXiv"
    return "misc" if is_preprint and "journal" not in fields else entry_type


def _normalize_title(title: str) -> str:
    """Return a title with braces around those words alone whose capitals need them."""
    title = _LAST_STOP.sub(r"\1", unwrap(title))  # INSPIRE and ADS protect all of it
    title = _SPLIT_WORD.sub(lambda match: f"{{{re.sub('[{}]', '', match[0])}}}", title)
    title = _DOUBLED.sub(lambda match: _protect(match[1]), title)
    starts = {match.start() for match in re.finditer(r"(?:^|(?<=: ))\{", title)}
    groups = [match for match in _GROUP.finditer(title) if not _needs_braces(match[1])]
    names = [match for match in groups if match.start() not in starts]
    dropped = {match.start() for match in groups if match.start() in starts}
    if len(names) > _MOST_NAMES:
        dropped |= {match.start() for match in names}
    return _GROUP.sub(lambda match: match[1] if match.start() in dropped else match[0], title)


def _protect(words: str) -> str:
    """Put what needs it in braces; a single name keeps its own."""
    if " " not in words and not any(char in words for char in ":,/\u2013\u2014-"):
        return f"{{{words}}}"
    return _WORD.sub(lambda word: f"{{{word[0]}}}" if _has_inner(word[0]) else word[0], words)


def _has_inner(word: str) -> bool:
    return any(char.isupper() for char in word[1:])


def _needs_braces(text: str) -> bool:
    """Whether a style would change *text*, or it is more than one plain word."""
    return _has_inner(text) or not _PLAIN_WORD.fullmatch(text)


def _strip_groups(text: str) -> str:
    while (stripped := _GROUP.sub(r"\1", text)) != text:
        text = stripped
    return text


def _normalize_people(names: str) -> str:
    """Return names without the braces of programs, and with those that a group needs."""
    if ";" in names and not set(names) & set("&\\{"):
        names = _SEMICOLON.sub(" and ", names.strip(" ;"))
    names = _ET_AL.sub(" and others", names)
    people = [name.text for name in split_names(_PARTICLE.sub(r"\1", names))]
    return " and ".join(f"{{{name}}}" if _is_group(name) else name for name in people)


def _is_group(name: str) -> bool:
    """Whether a name is that of a group: a single word, or one that calls itself a team."""
    is_plain = not set(name) & set("{},\\~")
    is_single = " " not in name and not is_others(name)
    return is_plain and bool(name) and (is_single or COLLECTIVE.search(name) is not None)


_JOURNALS = {f"\\{command}": name for command, name in JOURNALS.items()}
_NORMALIZERS: dict[str, Callable[[str], str]] = {
    "title": _normalize_title,
    **dict.fromkeys(("shorttitle", "booktitle", "series"), _strip_groups),
    "journal": lambda text: _JOURNALS.get(text.strip("{} "), _strip_groups(text)),
    **dict.fromkeys(("howpublished", "publisher"), _strip_groups),
    **dict.fromkeys(("author", "editor"), _normalize_people),
    **dict.fromkeys(("url", *LINK_FIELDS), undo_markup),
}


def _find_own_address(fields: Mapping[str, str]) -> str:
    """Return the address of a paper, ``""`` where it is that of a catalog."""
    url = fields.get("url", "")
    return "" if _CATALOG.match(url) else url


def _normalize_doi(fields: dict[str, str]) -> dict[str, str]:
    """Let the address of a paper with a DOI be that of the resolver, where it says no more."""
    url = _find_own_address(fields)
    if "doi.org/" in url and (doi := read_doi(url).value):
        fields.setdefault("doi", doi)
    if (doi := fields.get("doi", "")) and (not url or read_doi(url).value == doi):
        fields["url"] = f"https://doi.org/{doi}"
    return fields


def _normalize_arxiv(fields: dict[str, str]) -> dict[str, str]:
    """Say once, and in the survey's way, that a paper is at arXiv."""
    if fields.get("archiveprefix", "arXiv").lower() != "arxiv":
        return fields
    for name in ("url", "doi"):
        found = find_arxiv(fields.get(name, ""))
        if found and fields.setdefault("eprint", found) == found:
            if name == "url":
                fields[name] = f"https://arxiv.org/abs/{found}"
            else:
                del fields[name]
    for name in _ARXIV_PLACES:
        text = fields.get(name, "")
        is_number = name == "volume" and text.startswith("abs/")
        named = text.removeprefix("abs/") if is_number else read_arxiv_venue(text)
        if named is not None and (named or "eprint" in fields):
            fields.setdefault("eprint", named)
            del fields[name]
    if not read_arxiv(fields.get("eprint", "")).value:
        return fields
    fields["archiveprefix"] = "arXiv"
    fields["url"] = _find_own_address(fields) or f"https://arxiv.org/abs/{fields['eprint']}"
    if not _CLASS.fullmatch(fields.get("primaryclass", "")):
        fields.pop("primaryclass", None)
    return fields
