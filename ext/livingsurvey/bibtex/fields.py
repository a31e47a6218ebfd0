"""The fields of an entry: what each means to the survey, declared once.

Everything else that needs to know about fields (reading, checking, the canonical layout, links,
exports) is derived from :data:`FIELDS`. To add a field is to add a line here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field that the survey knows.

    Attributes:
        name: Its name in BibTeX.
        other_names: What biblatex, or an older style, calls it; read as *name*.
        is_ordered: Whether the canonical layout gives it a place; other fields come last.
        is_markup: Whether readers see its value, so that its TeX is checked.
        is_people: Whether it lists names of people.
        is_own: Whether it serves the survey alone: a reader who takes an entry away does not
            want it.
        is_inherited: Whether an entry takes it over from the one that it cross-refers to.
        is_extraneous: Whether a reference manager writes it for itself.
        is_detail: Whether it is a fact that a paper has no attribute for: exports hold it as it is.
        link_label: What a link to the address in it is called; ``""`` if it holds none.
    """

    name: str
    other_names: tuple[str, ...] = ()
    is_ordered: bool = True
    is_markup: bool = False
    is_people: bool = False
    is_own: bool = False
    is_inherited: bool = True
    is_extraneous: bool = False
    is_detail: bool = False
    link_label: str = ""


def _extraneous(name: str, *, is_own: bool = False, is_inherited: bool = True) -> Field:
    return Field(
        name=name,
        is_ordered=False,
        is_own=is_own,
        is_inherited=is_inherited,
        is_extraneous=True,
    )


FIELDS = (
    Field(name="title", is_markup=True),
    Field(name="shorttitle", is_markup=True, is_inherited=False),
    Field(name="author", is_people=True),
    Field(name="editor", is_people=True),
    Field(name="booktitle", is_markup=True),
    Field(name="journal", other_names=("journaltitle",), is_markup=True),
    Field(name="volume", is_detail=True),
    Field(name="number", is_detail=True),
    Field(name="pages", is_detail=True),
    Field(name="publisher", is_detail=True),
    Field(name="institution", other_names=("school",), is_detail=True),
    Field(name="howpublished", is_detail=True),
    Field(name="year"),
    Field(name="month"),
    Field(name="doi", is_inherited=False),
    Field(name="eprint", is_inherited=False),
    Field(name="archiveprefix", other_names=("eprinttype",), is_inherited=False),
    Field(name="primaryclass", other_names=("eprintclass",), is_inherited=False),
    Field(name="url"),
    Field(name="code", is_own=True, is_inherited=False, link_label="Code"),
    Field(name="weights", is_own=True, is_inherited=False, link_label="Weights"),
    Field(name="keywords", is_own=True, is_inherited=False),
    Field(
        name="annotation",
        other_names=("annote",),
        is_markup=True,
        is_own=True,
        is_inherited=False,
    ),
    Field(name="note", is_inherited=False, is_detail=True),
    Field(name="creationdate", is_own=True, is_inherited=False),
    Field(name="address", other_names=("location",), is_ordered=False, is_detail=True),
    *(
        Field(name=name, is_ordered=False, is_detail=True)
        for name in (
            "location",
            "series",
            "edition",
            "chapter",
            "eid",
            "type",
            "organization",
            "translator",
            "volumes",
            "isbn",
            "issn",
            "eventtitle",
            "titleaddon",
            "language",
            "version",
        )
    ),
    Field(name="crossref", is_ordered=False, is_own=True, is_inherited=False),
    Field(name="xdata", is_ordered=False, is_inherited=False),
    _extraneous("groups", is_own=True, is_inherited=False),
    _extraneous("abstract", is_inherited=False),
    _extraneous("file"),
    _extraneous("owner"),
    _extraneous("timestamp"),
    _extraneous("modificationdate"),
    _extraneous("date-added"),
    _extraneous("date-modified"),
    _extraneous("mendeley-tags"),
    _extraneous("readstatus"),
    _extraneous("ranking"),
    _extraneous("priority"),
    _extraneous("__markedentry"),
)
"""The fields in the order of the canonical layout."""

FIELD_ORDER = tuple(field.name for field in FIELDS if field.is_ordered)
"""The fields that the canonical layout orders; any other field comes after these."""

CANONICAL_NAMES = {other: field.name for field in FIELDS for other in field.other_names}
"""BibTeX's name for what biblatex, or an older style, calls otherwise."""

MARKUP_FIELDS = tuple(field.name for field in FIELDS if field.is_markup)
PEOPLE_FIELDS = tuple(field.name for field in FIELDS if field.is_people)
OWN_FIELDS = frozenset(field.name for field in FIELDS if field.is_own)
NOT_INHERITED = frozenset(field.name for field in FIELDS if not field.is_inherited)
EXTRANEOUS_FIELDS = frozenset(field.name for field in FIELDS if field.is_extraneous)
OTHER_FIELDS = frozenset({
    "addendum", "afterword", "annotator", "authortype", "bookauthor", "booksubtitle",
    "booktitleaddon", "commentator", "day", "editora", "editorb", "editorc", "editoratype",
    "editortype", "entryset", "entrysubtype", "eventdate", "eventtitleaddon", "execute", "foreword",
    "gender", "holder", "ids", "indexsorttitle", "indextitle", "introduction", "isan", "ismn",
    "isrn", "issue", "issuesubtitle", "issuetitle", "issuetitleaddon", "iswc", "journalsubtitle",
    "journaltitleaddon", "key", "label", "langid", "langidopts", "library", "maintitle",
    "mainsubtitle", "maintitleaddon", "nameaddon", "numpages", "options", "origdate",
    "origlanguage", "origlocation", "origpublisher", "origtitle", "pagetotal",
    "bookpagination", "pagination",
    "part", "presort", "pubstate", "pubmedid", "pmid", "pmcid", "related", "relatedoptions",
    "relatedstring", "relatedtype", "reprinttitle", "series", "shortauthor", "shorteditor",
    "shorthand", "shorthandintro", "shortjournal", "shortseries", "sortkey", "sortname",
    "sortshorthand", "sorttitle", "sortyear", "subtitle", "titleaddon", "urldate", "urn", "venue",
    "verba", "verbb", "verbc", "xref", "biburl", "bibsource", "adsurl", "adsnote", "reportnumber",
    "collaboration", "keyword", "slaccitation", "articleno", "issue_date", "acmid", "copyright",
    "rights", "contributor", "hal_id", "hal_version", "mrnumber", "zblnumber", "zbl", "lccn",
})  # fmt: skip
"""Further fields of biblatex's data model, and those that libraries and archives export."""

DETAIL_FIELDS = tuple(field.name for field in FIELDS if field.is_detail)
LINK_FIELDS = {field.name: field.link_label for field in FIELDS if field.link_label}
"""By name of the field, what a link to its address is called."""

VENUE_FIELDS = ("journal", "booktitle", "institution", "publisher", "howpublished")
"""The fields that may say where a paper appeared; the first one that is there does."""

_RANKS = {name: rank for rank, name in enumerate(FIELD_ORDER)}
_RANKS |= {other: _RANKS[name] for other, name in CANONICAL_NAMES.items() if name in _RANKS}
_RANKS["date"] = _RANKS["year"]


def rank_field(name: str) -> int:
    """Return where a field stands in the canonical layout; unknown ones come last, and alike."""
    return _RANKS.get(name.lower(), len(_RANKS))


def is_known_field(name: str) -> bool:
    """Whether some program is known to write or read a field of this name, in lower case."""
    return name in _KNOWN or name.startswith(("comment-", "bdsk-", "jabref-", "user"))


_KNOWN = {
    *(field.name for field in FIELDS), *CANONICAL_NAMES, *OTHER_FIELDS, "date", "x-fetchedfrom",
}  # fmt: skip
READ_FIELDS = frozenset(_KNOWN - OTHER_FIELDS - EXTRANEOUS_FIELDS)
"""The names of the fields that the survey reads; a misspelt one loses what it says."""
