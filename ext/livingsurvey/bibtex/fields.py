"""What an entry may hold: its fields and its types, declared once.

Whatever knows a field or a type by name derives it from here: reading, layout, rules, and the
formats that papers are taken away in.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from livingsurvey.words import mark


class Trait(enum.Flag):
    """What a field is like."""

    MARKUP = enum.auto()
    """Readers see its value, so that its TeX is checked."""
    PEOPLE = enum.auto()
    """It lists names of people."""
    OWN = enum.auto()
    """It serves the survey alone: nobody who takes an entry away, and no other entry, wants it."""
    ALONE = enum.auto()
    """An entry does not take it over from the one that it cross-refers to."""
    EXTRANEOUS = enum.auto()
    """A reference manager writes it for itself; the canonical layout gives it no place."""
    DETAIL = enum.auto()
    """It is a fact that a paper has no attribute for: exports hold it as it is."""
    UNORDERED = enum.auto()
    """The canonical layout gives it no place either: it comes after the others."""


MARKUP, PEOPLE, OWN, ALONE, EXTRANEOUS, DETAIL, UNORDERED = Trait
_NO_TRAIT = Trait(0)


@dataclass(frozen=True, slots=True)
class KnownField:
    """A field that the survey knows.

    Attributes:
        name: Its name in BibTeX.
        purpose: What it says, for the documentation.
        traits: What it is like.
        other_name: What biblatex, or an older style, calls it; read as *name*.
        link_label: What a link to the address in it is called; ``""`` if it holds none.
    """

    name: str
    purpose: str
    traits: Trait = _NO_TRAIT
    other_name: str = ""
    link_label: str = ""

    @property
    def is_ordered(self) -> bool:
        """Whether the canonical layout gives it a place."""
        return not self.traits & (UNORDERED | EXTRANEOUS)


FIELDS = (
    KnownField("title", "its title; braces keep the case of a word in other styles", MARKUP),
    KnownField(
        "shorttitle",
        "what people call it, such as LoRA: shown before the title, and in links",
        MARKUP | ALONE,
    ),
    KnownField(
        "author", "who wrote it, `Family, Given and …`; a collective in braces of its own", PEOPLE
    ),
    KnownField("editor", "who edited it", PEOPLE),
    KnownField("booktitle", "the book or the proceedings that it is in", MARKUP),
    KnownField("journal", "the journal that it is in", MARKUP, "journaltitle"),
    KnownField("volume", "the volume of the journal, or of a series", DETAIL),
    KnownField("number", "the issue of a journal, the number in a series or of a report", DETAIL),
    KnownField("pages", "from which page to which, `379--423`", DETAIL),
    KnownField("publisher", "who published it", DETAIL),
    KnownField(
        "institution", "the university of a thesis, the institution of a report", DETAIL, "school"
    ),
    KnownField("howpublished", "how it appeared, where no other field says so", DETAIL),
    KnownField("year", "the year in which it appeared"),
    KnownField("month", "the month, as one of BibTeX's `jan` to `dec`"),
    KnownField("doi", "its DOI, without a resolver", ALONE),
    KnownField("eprint", "its identifier in an archive, such as arXiv's", ALONE),
    KnownField("archiveprefix", "which archive that is", ALONE, "eprinttype"),
    KnownField("primaryclass", "its class in the archive, such as `cs.LG`", ALONE, "eprintclass"),
    KnownField("url", "its address"),
    KnownField("code", "where its code is", OWN, link_label=mark("Code")),
    KnownField("weights", "where its weights are", OWN, link_label=mark("Weights")),
    KnownField("keywords", "the tags of its categories, the home first, and further tags", OWN),
    KnownField(
        "annotation",
        "a sentence or two of the editors' about it, shown in its entry",
        MARKUP | OWN,
        "annote",
    ),
    KnownField("note", "what else is to be said, such as an earlier title", ALONE | DETAIL),
    KnownField("creationdate", "the day on which it joined the survey, YYYY-MM-DD", OWN),
    KnownField(
        "address", "the city of the publisher or institution", UNORDERED | DETAIL, "location"
    ),
    *(
        KnownField(name, purpose, DETAIL | UNORDERED)
        for name, purpose in {
            "location": "where the conference was held",
            "series": "the series that the book is in",
            "edition": "which edition of the book it is",
            "chapter": "the number of the chapter",
            "eid": "the number of an article without pages",
            "type": "what kind of thesis or report it is",
            "organization": "who held the conference, or wrote a manual",
            "translator": "who translated it",
            "volumes": "how many volumes there are",
            "isbn": "the number of the book",
            "issn": "the number of the journal",
            "eventtitle": "the name of the conference",
            "titleaddon": "what follows the title, in another face",
            "language": "the language that it is written in",
            "version": "the version of a program, manual or data set",
        }.items()
    ),
    KnownField("crossref", "the key of the entry whose fields it takes over", UNORDERED | OWN),
    KnownField(
        "xdata", "the keys of `@xdata` entries whose fields it takes over", UNORDERED | ALONE
    ),
    KnownField("groups", "JabRef's groups", EXTRANEOUS | OWN),
    KnownField("abstract", "the abstract, which belongs to its publisher", EXTRANEOUS | ALONE),
    *(
        KnownField(name, purpose, EXTRANEOUS)
        for name, purpose in {
            "file": "where the PDF lies on somebody's disk",
            "owner": "who typed it in",
            "timestamp": "when it was typed in, in older files of JabRef",
            "modificationdate": "when it was changed, by JabRef",
            "date-added": "when it was typed in, by BibDesk",
            "date-modified": "when it was changed, by BibDesk",
            "mendeley-tags": "Mendeley's tags",
            "readstatus": "whether somebody has read it",
            "ranking": "how somebody likes it",
            "priority": "how soon somebody means to read it",
            "__markedentry": "a mark of older versions of JabRef",
        }.items()
    ),
)
"""The fields in the order of the canonical layout."""

FIELD_ORDER = tuple(field.name for field in FIELDS if field.is_ordered)
"""The fields that the canonical layout orders; any other field comes after these."""

CANONICAL_NAMES = {field.other_name: field.name for field in FIELDS if field.other_name}
"""BibTeX's name for what biblatex, or an older style, calls otherwise."""


def _list_names(trait: Trait) -> tuple[str, ...]:
    return tuple(field.name for field in FIELDS if trait in field.traits)


MARKUP_FIELDS = _list_names(MARKUP)
PEOPLE_FIELDS = _list_names(PEOPLE)
OWN_FIELDS = frozenset(_list_names(OWN))
NOT_INHERITED = frozenset(_list_names(ALONE)) | OWN_FIELDS
EXTRANEOUS_FIELDS = frozenset(_list_names(EXTRANEOUS))
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
    "relatedstring", "relatedtype", "reprinttitle", "shortauthor", "shorteditor",
    "shorthand", "shorthandintro", "shortjournal", "shortseries", "sortkey", "sortname",
    "sortshorthand", "sorttitle", "sortyear", "subtitle", "urldate", "urn", "venue",
    "verba", "verbb", "verbc", "xref", "biburl", "bibsource", "adsurl", "adsnote", "reportnumber",
    "collaboration", "slaccitation", "articleno", "issue_date", "acmid", "copyright",
    "rights", "contributor", "hal_id", "hal_version", "mrnumber", "zblnumber", "zbl", "lccn",
    "eissn", "e-issn", "pissn", "issn-l", "coden", "fjournal", "publocation", "shortbooktitle",
    "location-id", "caption",
})  # fmt: skip
"""Further fields of biblatex's data model, and those that libraries and archives export."""

DETAIL_FIELDS = _list_names(DETAIL)
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
    """Whether some program is known to write or read a field of this name, in lower case.

    biblatex annotates a field in another, ``author+an``; people number fields, ``url2``, or put
    letters before the name of one that is not to be read: Emacs ``OPTnote``.
    """
    plain = _VARIANT.sub("", name)
    return not _KNOWN.isdisjoint((name, plain)) or name.startswith(
        ("comment-", "bdsk-", "jabref-", "user")
    )


_VARIANT = re.compile(r"^(?:opt|alt|x+|_+)|[+-]an(?::.*)?$|[0-9]+$")

_KNOWN = {
    *(field.name for field in FIELDS), *CANONICAL_NAMES, *OTHER_FIELDS, "date", "x-fetchedfrom",
}  # fmt: skip
READ_FIELDS = frozenset(_KNOWN - OTHER_FIELDS - EXTRANEOUS_FIELDS)
"""The names of the fields that the survey reads; a misspelt one loses what it says."""


@dataclass(frozen=True, slots=True)
class PublicationKind:
    """A kind of publication, and its name in the formats that papers are taken away in.

    Attributes:
        csl: The type in CSL 1.0.2.
        ris: The value of ``TY`` in RIS.
        coins: The type that Zotero reads from ``rft.type`` of a COinS.
        is_contained: Whether it appears within a work with a title of its own.
    """

    csl: str
    ris: str
    coins: str
    is_contained: bool = False


PREPRINT = PublicationKind("article", "UNPB", "preprint")
JOURNAL = PublicationKind("article-journal", "JOUR", "journalArticle", is_contained=True)
CONFERENCE = PublicationKind("paper-conference", "CPAPER", "conferencePaper", is_contained=True)
BOOK = PublicationKind("book", "BOOK", "book")
CHAPTER = PublicationKind("chapter", "CHAP", "bookSection", is_contained=True)
THESIS = PublicationKind("thesis", "THES", "thesis")
REPORT = PublicationKind("report", "RPRT", "report")
WEB = PublicationKind("webpage", "ELEC", "webpage")
SOFTWARE = PublicationKind("software", "COMP", "computerProgram")
DATASET = PublicationKind("dataset", "DATA", "dataset")
PATENT = PublicationKind("patent", "PAT", "patent")
OTHER = PublicationKind("document", "GEN", "document")

_TITLE = ("title",)
_AUTHOR = ("author",)
_PERSON = ("author", "editor")
_ANYONE = (*_PERSON, "organization")
_DATE = ("year", "date")


@dataclass(frozen=True, slots=True)
class EntryType:
    """A type of entry.

    Attributes:
        kind: The kind of publication.
        required: The fields that it needs; of each group one will do.
        container: The field that takes over the title of the entry that it cross-refers to.
        is_parent: Whether other entries cross-refer to it: without keywords it is no paper.
        is_paper: Whether it can be a paper at all; what biblatex reads fields or keys from is none.
    """

    kind: PublicationKind = OTHER
    required: tuple[tuple[str, ...], ...] = (_TITLE,)
    container: str = "title"
    is_parent: bool = False
    is_paper: bool = True


_CHAPTER = EntryType(CHAPTER, (_TITLE, _AUTHOR, ("booktitle",), _DATE), "booktitle")
# INSPIRE gives papers of a conference that a journal has printed the journal alone.
_PAPER = EntryType(CONFERENCE, (_TITLE, _AUTHOR, ("booktitle", "journal"), _DATE), "booktitle")
_THESIS = EntryType(THESIS, (_TITLE, _AUTHOR, ("institution",), _DATE))
_REPORT = EntryType(REPORT, (_TITLE, _AUTHOR, ("institution",), _DATE))
_SOFTWARE_PART = EntryType(SOFTWARE)  # of biblatex-software; the rest comes from its parent
_VOLUMES = EntryType(BOOK, is_parent=True)

ENTRY_TYPES: dict[str, EntryType] = {
    "article": EntryType(JOURNAL, (_TITLE, _AUTHOR, ("journal",), _DATE), "journal"),
    "book": EntryType(BOOK, (_TITLE, _PERSON, ("publisher",), _DATE), is_parent=True),
    "collection": EntryType(BOOK, (_TITLE, ("editor",), _DATE), is_parent=True),
    "inbook": EntryType(
        CHAPTER, (_TITLE, _PERSON, ("booktitle", "chapter", "pages"), _DATE), "booktitle"
    ),
    "incollection": _CHAPTER,
    **dict.fromkeys(("inproceedings", "conference"), _PAPER),
    "proceedings": EntryType(BOOK, (_TITLE, _DATE), is_parent=True),
    **dict.fromkeys(("mvbook", "mvproceedings"), _VOLUMES),
    **dict.fromkeys(("techreport", "report"), _REPORT),
    **dict.fromkeys(("phdthesis", "mastersthesis", "thesis"), _THESIS),
    "online": EntryType(WEB, (_TITLE, _ANYONE, ("url", "doi", "eprint"), _DATE)),
    **dict.fromkeys(("electronic", "www"), EntryType(WEB)),
    "unpublished": EntryType(OTHER, (_TITLE, _AUTHOR, _DATE)),
    "misc": EntryType(OTHER, (_TITLE, _ANYONE, _DATE)),
    "manual": EntryType(REPORT, (_TITLE, _DATE)),
    "booklet": EntryType(OTHER, (_TITLE, _DATE)),
    "dataset": EntryType(DATASET, (_TITLE, _ANYONE, _DATE)),
    "software": EntryType(SOFTWARE, (_TITLE, _ANYONE, _DATE)),
    **dict.fromkeys(("softwareversion", "softwaremodule", "codefragment"), _SOFTWARE_PART),
    "patent": EntryType(PATENT),
    "periodical": EntryType(JOURNAL),
    # The last two are what the styles of IEEE and of APS take their options from.
    **dict.fromkeys(
        ("xdata", "set", "ieeetranbstctl", "control"), EntryType(required=(), is_paper=False)
    ),
} | dict.fromkeys((
    "bookinbook", "suppbook", "mvcollection", "suppcollection", "suppperiodical", "reference",
    "mvreference", "inreference", "artwork", "audio", "bibnote", "commentary",
    "image", "jurisdiction", "legislation", "legal", "letter", "movie", "music",
    "performance", "review", "standard", "video", "customa", "customb", "customc", "customd",
    "custome", "customf", "constitution", "legadminmaterial",
), EntryType())  # fmt: skip
"""The types of BibTeX and biblatex by name.

What each needs follows BibTeX's own documentation (Oren Patashnik, "BibTeXing", 1988, section
3.1) and the data model of biblatex; of a type that only biblatex has, a title is asked for. For
``misc`` a title, a name and a year are asked for, since a survey cannot show an entry without.
"""


def find_entry_type(name: str) -> EntryType:
    """Return the entry type of a name in lower case; one that needs a title if it is unknown."""
    return ENTRY_TYPES.get(name, _UNKNOWN)


_UNKNOWN = EntryType()
