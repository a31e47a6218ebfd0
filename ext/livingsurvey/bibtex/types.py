"""The types of entries: what each needs, and what other formats call it, declared once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublicationKind:
    """A kind of publication, and its name in the formats that papers are taken away in.

    Attributes:
        csl: The type in CSL 1.0.2.
        ris: The value of ``TY`` in RIS.
        coins: The type that Zotero reads from ``rft.type`` of a COinS.
        is_contained: Whether it appears within a work with a title of its own.
        number: What CSL calls its ``number``.
    """

    csl: str
    ris: str
    coins: str
    is_contained: bool = False
    number: str = "number"


PREPRINT = PublicationKind("article", "UNPB", "preprint")
JOURNAL = PublicationKind(
    "article-journal", "JOUR", "journalArticle", is_contained=True, number="issue"
)
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
    "inproceedings": _PAPER,
    "conference": _PAPER,
    "proceedings": EntryType(BOOK, (_TITLE, _DATE), is_parent=True),
    "mvbook": _VOLUMES,
    "mvproceedings": _VOLUMES,
    "techreport": _REPORT,
    "report": _REPORT,
    "phdthesis": _THESIS,
    "mastersthesis": _THESIS,
    "thesis": _THESIS,
    "online": EntryType(WEB, (_TITLE, _ANYONE, ("url", "doi", "eprint"), _DATE)),
    "electronic": EntryType(WEB),
    "www": EntryType(WEB),
    "unpublished": EntryType(OTHER, (_TITLE, _AUTHOR, _DATE)),
    "misc": EntryType(OTHER, (_TITLE, _ANYONE, _DATE)),
    "manual": EntryType(REPORT, (_TITLE, _DATE)),
    "booklet": EntryType(OTHER, (_TITLE, _DATE)),
    "dataset": EntryType(DATASET, (_TITLE, _ANYONE, _DATE)),
    "software": EntryType(SOFTWARE, (_TITLE, _ANYONE, _DATE)),
    "softwareversion": _SOFTWARE_PART,
    "softwaremodule": _SOFTWARE_PART,
    "codefragment": _SOFTWARE_PART,
    "patent": EntryType(PATENT),
    "periodical": EntryType(JOURNAL),
    "xdata": EntryType(required=(), is_paper=False),
    "set": EntryType(required=(), is_paper=False),
    # What the styles of IEEE and of APS take their options from.
    "ieeetranbstctl": EntryType(required=(), is_paper=False),
    "control": EntryType(required=(), is_paper=False),
} | {
    name: EntryType()
    for name in (
        "bookinbook", "suppbook", "mvcollection", "suppcollection", "suppperiodical", "reference",
        "mvreference", "inreference", "artwork", "audio", "bibnote", "commentary",
        "image", "jurisdiction", "legislation", "legal", "letter", "movie", "music",
        "performance", "review", "standard", "video", "customa", "customb", "customc", "customd",
        "custome", "customf", "constitution", "legadminmaterial",
    )
}  # fmt: skip
"""The types of BibTeX and biblatex by name.

What each needs follows BibTeX's own documentation (Oren Patashnik, "BibTeXing", 1988, section
3.1) and the data model of biblatex; of a type that only biblatex has, a title is asked for. For
``misc`` a title, a name and a year are asked for, since a survey cannot show an entry without.
"""


def find_entry_type(name: str) -> EntryType:
    """Return the entry type of a name in lower case; one that needs a title if it is unknown."""
    return ENTRY_TYPES.get(name, _UNKNOWN)


_UNKNOWN = EntryType()
