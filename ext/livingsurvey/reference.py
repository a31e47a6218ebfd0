"""What the list of references says of a work, by its type.

A reference is people, a date, the title, and what stands after it. The last is declared, as
sentences for each type of entry (:data:`SENTENCES`); what a type has no place for, and an entry
says all the same, follows in the general order (:data:`GENERAL`), so that no fact is left out.
The order is that of biblatex's standard styles.

A sentence is a list of phrases with commas between them; if its first is a comma, it goes on with
the sentence before. A phrase that begins with a space needs no comma, and says its first way only
after another phrase. ``{name}`` stands for a fact (:data:`FACTS`, or else a field), ``*{name}*``
is set as a title, and of the ways to say a phrase, divided by ``|``, the first counts whose facts
are all known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from livingsurvey.bibtex.fields import OTHER, PATENT, REPORT, SOFTWARE, WEB, find_entry_type
from livingsurvey.markup import Node, Text, parse, render_text
from livingsurvey.names import is_others, parse_name, split_names
from livingsurvey.words import ENGLISH, mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from livingsurvey.model import Paper, Person
    from livingsurvey.words import Words

Sentence: TypeAlias = tuple[str, ...]

_PEOPLE: Sentence = (
    "{by_editor}", "{by_editora}", "{by_editorb}", "{by_editorc}", "{by_translator}",
    "{by_annotator}", "{by_commentator}", "{by_introduction}", "{by_foreword}", "{by_afterword}",
)  # fmt: skip
_PUBLISHER = "{address}: {publisher} | {publisher} | {address}"
_HOST: Sentence = (mark("in {by_bookauthor}, *{book}* | in *{book}*"),)
_EVENT: Sentence = ("{event} ({place}) | {event} | {place}",)
_VOLUME: Sentence = (
    mark("vol. {volume}.{part} | vol. {volume} | part {part}"),
    mark(" of *{main}* | *{main}*"),
    mark("{volumes} vols."),
)
_SERIES: Sentence = (mark("{series} {number} | {series} | no. {number}"),)
_ARTICLE = mark("{eid} | article {articleno}")
_JOURNAL: Sentence = (
    "*{journal}*", " {volume}({number}) | {volume}({number}) | {volume} | ({number})", "{series}",
    "{issue}", "*{issue_title}*", _ARTICLE, "{pages}",
)  # fmt: skip
_KIND = mark("{kind} {number} | {kind} | no. {number}")
_REPORT: Sentence = (_KIND, "{version}", "{institution}", _PUBLISHER)
_PLACES: Sentence = ("{howpublished}", "{organization}", "{institution}", _PUBLISHER)
_PARTS: Sentence = (",", "{chapter}", _ARTICLE, "{pages}", "{extent}")

GENERAL: tuple[Sentence, ...] = (
    ("{titleaddon}",), _HOST, ("*{journal}*",), _EVENT, _PEOPLE, ("{edition}",), _VOLUME, _SERIES,
    ("{issue}", "*{issue_title}*"), ("{kind}", "{version}"), _PLACES, _PARTS,
    ("{holder}",), ("{library}",), ("{note}",), ("{addendum}",), ("{state}",), ("{visited}",),
)  # fmt: skip
"""What any entry may say after its title, in the order in which it is said."""

_IN_JOURNAL = (("{titleaddon}",), _PEOPLE, _JOURNAL)
_ISSUES = (
    ("{titleaddon}",),
    (mark("vol. {volume}"), mark("no. {number}"), "{issue}", "*{issue_title}*"),
)
_DOCUMENT = (("{titleaddon}",), _HOST, _PEOPLE, ("{edition}",), _REPORT)
_THING = (*_DOCUMENT[:-1], ("{kind} {number} | {kind}", "{version}"))

SENTENCES: dict[str, tuple[Sentence, ...]] = {
    **dict.fromkeys(("article", "review", "suppperiodical"), _IN_JOURNAL),
    "periodical": _ISSUES,
    **dict.fromkeys(("techreport", "report", "phdthesis", "mastersthesis", "thesis"), _DOCUMENT),
    "patent": ((_KIND, "{holder}"),),
    **dict.fromkeys(
        (
            "manual", "misc", "online", "electronic", "www", "software", "dataset", "standard",
            "unpublished", "booklet", "artwork", "audio", "image", "movie", "music", "performance",
            "video", "legal", "legislation", "jurisdiction", "letter",
        ),
        _THING,
    ),
}  # fmt: skip
"""By type, the sentences in which it differs from :data:`GENERAL`; books have none."""

KINDS = {
    "phdthesis": mark("PhD thesis"), "mastersthesis": mark("Master’s thesis"),  # noqa: RUF001
    "thesis": mark("Thesis"), "techreport": mark("Technical report"), "patent": mark("Patent"),
}  # fmt: skip
"""What a type of entry is called where its ``type`` says nothing else."""

KIND_NAMES = {
    "phdthesis": KINDS["phdthesis"], "mathesis": KINDS["mastersthesis"],
    "bathesis": mark("Bachelor’s thesis"), "candthesis": mark("Candidate thesis"),  # noqa: RUF001
    "techreport": KINDS["techreport"], "resreport": mark("Research report"),
    "software": mark("Computer software"), "datacd": mark("Data CD"),
    "audiocd": mark("Audio CD"), "patent": KINDS["patent"], "patentus": mark("U.S. patent"),
    "patenteu": mark("European patent"), "patentde": mark("German patent"),
    "patentfr": mark("French patent"), "patentuk": mark("British patent"),
    "patreq": mark("Patent request"), "patrequs": mark("U.S. patent request"),
    "patreqeu": mark("European patent request"), "patreqde": mark("German patent request"),
    "patreqfr": mark("French patent request"), "patrequk": mark("British patent request"),
}  # fmt: skip
"""What biblatex's own words in ``type`` mean."""

STATES = {
    "inpreparation": mark("in preparation"), "inpress": mark("in press"),
    "prepublished": mark("prepublished"), "submitted": mark("submitted"),
    "forthcoming": mark("forthcoming"),
}  # fmt: skip
"""What biblatex's own words in ``pubstate`` mean."""

BY = {
    "editor": mark("ed. by {names}"), "compiler": mark("comp. by {names}"),
    "founder": mark("founded by {names}"), "reviser": mark("rev. by {names}"),
    "continuator": mark("continued by {names}"), "redactor": mark("redacted by {names}"),
    "collaborator": mark("in collab. with {names}"), "organizer": mark("organized by {names}"),
    "translator": mark("trans. by {names}"), "annotator": mark("annot. by {names}"),
    "commentator": mark("with a commentary by {names}"),
    "introduction": mark("with an introduction by {names}"),
    "foreword": mark("with a foreword by {names}"),
    "afterword": mark("with an afterword by {names}"), "bookauthor": "{names}",
}  # fmt: skip
"""How people are named who did something else than to write."""

_LEADERS = {
    "editor": (mark("{name} (ed.)"), mark("{names} (eds.)")),
    "compiler": (mark("{name} (comp.)"), mark("{names} (comps.)")),
    "reviser": (mark("{name} (rev.)"), mark("{names} (revs.)")),
}
_DATED = (OTHER, PATENT, REPORT, SOFTWARE, WEB)
"""Kinds of works whose month says more than their volume."""

_CHAPTERS = ("inbook", "incollection")

_STOPS = tuple(".?!…。？！")  # noqa: RUF001 - full stops of other scripts
_CLOSERS = "”’\"')]»"  # noqa: RUF001
_PHRASE = re.compile(r"(\*?)\{(\w+)\}\*?")
PAGE_RANGE = re.compile(r"\s*(?:--+|[‐-―])\s*|(?<=[0-9])\s*-\s*(?=[A-Za-z]*[0-9])")  # noqa: RUF001
_UNTIL = re.compile(r"[0-9]{4}[-0-9]*/([0-9]{4})[-0-9]*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-([0-9]{2})")
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}


class Run(NamedTuple):
    """A piece of a reference; a title of a journal or of a book stands out."""

    nodes: tuple[Node, ...]
    is_title: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """What a list of references says of a work, besides its title and its links.

    Attributes:
        people: Authors, else editors, as an index has them; ``""`` if nobody is named.
        date: The year, with month and day for what has no volume; ``n.d.`` if it is unknown.
        runs: What stands after the title and its full stop, ending in one itself.
    """

    people: str
    date: str
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """What stands after the title, as plain text."""
        return render_text(node for run in self.runs for node in run.nodes)


def close(text: str) -> str:
    """Return what is missing after *text*: a full stop, unless it ends in one, or in ``?``."""
    return "" if text.rstrip(_CLOSERS + " ").endswith(_STOPS) or not text.strip() else "."


def make_reference(paper: Paper, words: Words = ENGLISH, suffix: str = "") -> Reference:
    """Return the reference of a paper.

    Args:
        paper: The paper.
        words: Those of the survey.
        suffix: The letter that citations print after the year.
    """
    runs = tuple(_ReferenceWriter(paper, words).write())
    return Reference(_name_people(paper, words), _name_date(paper, words, suffix), runs)


def _name_people(paper: Paper, words: Words) -> str:
    names = [person.inverted for person in paper.authors or paper.editors]
    if paper.authors:
        return "; ".join((*names, words.gettext("et al.")) if paper.truncated else names)
    one, many = _LEADERS.get(paper.fields.get("editortype", ""), _LEADERS["editor"])
    if len(names) == 1:
        return words.gettext(one, name=names[0])
    return words.gettext(many, names="; ".join(names)) if names else ""


def _name_date(paper: Paper, words: Words, suffix: str) -> str:
    if paper.year is None:
        return words.gettext("n.d.") + suffix
    year = f"{paper.year}{suffix}"
    if until := _UNTIL.fullmatch(paper.fields.get("date", "")):
        return f"{year}–{until[1]}"  # noqa: RUF001
    if not paper.month or find_entry_type(paper.entry_type).kind not in _DATED:
        return year
    day = _DAY.match(paper.fields.get("date", ""))
    month = words.month_of_year(paper.month, int(day[1]) if day else 0)
    return words.gettext("{year}, {month}", year=year, month=month)


Way: TypeAlias = tuple[str, tuple[tuple[bool, str, str], ...]]
"""A way to say a phrase: own words, then of each fact whether it is a title, its name, and own
words after it."""


@lru_cache(maxsize=1024)
def _cut(phrase: str) -> tuple[bool, tuple[Way, ...]]:
    """Return whether a phrase needs no comma before it, and the ways to say it."""
    ways = []
    for way in phrase.split("|"):
        before, *rest = _PHRASE.split(way.strip())
        facts = zip((star == "*" for star in rest[::3]), rest[1::3], rest[2::3], strict=True)
        ways += [(before, tuple(facts))] if rest else []
    return phrase.startswith(" "), tuple(ways)


class _ReferenceWriter:
    """Writes the sentences of one paper; each fact is said once."""

    def __init__(self, paper: Paper, words: Words) -> None:
        self.paper = paper
        self.words = words
        self._said: set[str] = set()
        self._texts: set[str] = set()

    def write(self) -> Iterator[Run]:
        """Yield the runs of all sentences; each has a full stop, or the next goes on with it."""
        stop = ""
        for sentence in (*SENTENCES.get(self.paper.entry_type, ()), *GENERAL):
            goes_on = sentence[0] == "," and stop
            runs = self._write_sentence(sentence, is_new=not goes_on)
            if runs:
                yield from _say(", " if goes_on else stop)
                yield from runs
                stop = close(render_text(node for run in runs for node in run.nodes)) + " "
        yield from _say(stop.strip())

    def _write_sentence(self, sentence: Sentence, *, is_new: bool) -> list[Run]:
        runs: list[Run] = []
        for phrase in sentence:
            goes_on, ways = _cut(self.words.gettext(phrase))
            # Its first way goes on with what is there.
            known = ways if runs or not goes_on else ways[1:]
            said = next(filter(None, map(self._write_phrase, known)), None)
            if said:
                runs += _say((" " if goes_on else ", ") if runs else "")
                runs += said
        return _begin(runs, _list_own_words(self.words)) if is_new else runs

    def _write_phrase(self, way: Way) -> list[Run]:
        """Return what a phrase says, nothing if it lacks a fact or repeats one."""
        before, facts = way
        found = [self._find(name) for _, name, _ in facts]
        if not all(found):
            return []
        self._said.update(name for _, name, _ in facts)
        self._texts.update(map(render_text, found))
        runs = _say(before)
        for (is_title, _, after), nodes in zip(facts, found, strict=True):
            runs += [Run(nodes, is_title), *_say(after)]
        return runs

    def _find(self, name: str) -> tuple[Node, ...]:
        if name in self._said:
            return ()
        if name.startswith("by_"):
            said = _name_helpers(self.paper, name.removeprefix("by_"), self.words)
            return (Text(said),) if said else ()
        find = FACTS.get(name)
        found = find(self.paper, self.words) if find else self.paper.fields.get(name, "")
        if not found:
            return ()
        nodes = found if isinstance(found, tuple) else parse(found).nodes
        text = render_text(nodes)
        return nodes if text and text not in self._texts else ()


def _say(text: str) -> list[Run]:
    return [Run((Text(text),))] if text else []


def _begin(runs: list[Run], own_words: tuple[str, ...]) -> list[Run]:
    """Return a sentence that begins with a capital, if it begins with one of our own words."""
    if runs and not runs[0].is_title and isinstance(runs[0].nodes[0], Text):
        first = runs[0].nodes[0].text
        if first.startswith(own_words):
            runs[0] = Run((Text(first[0].upper() + first[1:]), *runs[0].nodes[1:]))
    return runs


@lru_cache(maxsize=64)
def _list_own_words(words: Words) -> tuple[str, ...]:
    """Return how our own words begin where a fact follows them."""
    phrases = (_HOST[0], _VOLUME[0], _SERIES[0], _ARTICLE)
    starts = [before for phrase in phrases for before, _ in _cut(words.gettext(phrase))[1]]
    texts = (*BY.values(), _VERSION, _CHAPTER, _PAGE, _PAGES, _VISITED, *STATES.values())
    starts += (words.gettext(text).partition("{")[0] for text in texts)
    return tuple(filter(str.strip, starts))


def _name_helpers(paper: Paper, name: str, words: Words) -> str:
    """Return who did something else than to write: ``ed. by Ann Roe and Bo Lee``."""
    if name not in paper.fields:
        return ""
    role = paper.fields.get(f"{name}type", name)
    role = role if role in BY else "editor" if name.startswith("editor") else name
    if name == "editor" and not paper.authors:
        return ""  # they stand in front
    people = paper.editors if name == "editor" else _read_people(paper.fields[name])
    names = [person.full for person in people]
    joined = join_names(names, words)
    if any(is_others(part.text) for part in split_names(paper.fields[name])):
        joined = words.gettext("{names} et al.", names=", ".join(names)).strip()
    return words.gettext(BY[role], names=joined) if joined else ""


def _read_people(value: str) -> Sequence[Person]:
    return [parse_name(part.text)[0] for part in split_names(value) if not is_others(part.text)]


def join_names(names: list[str], words: Words) -> str:
    """Return names as one reads them: ``A, B and C``."""
    if len(names) < 2:
        return "".join(names)
    return words.gettext("{names} and {last}", names=", ".join(names[:-1]), last=names[-1])


# Facts that are more than a field. Each returns TeX, or nodes; what is empty is not said.


_VERSION, _CHAPTER = mark("version {version}"), mark("ch. {chapter}")
_VISITED = mark("visited on {date}")
_PAGE, _PAGES = mark("p. {page}"), mark("pp. {pages}")


def _find_title(paper: Paper, name: str) -> tuple[Node, ...]:
    """Return a title with its subtitle and addition."""
    nodes = parse(paper.fields.get(name, "")).nodes
    stem = name.removesuffix("title")
    for other, separator in ((f"{stem}subtitle", ": "), (f"{stem}titleaddon", ". ")):
        if nodes and paper.fields.get(other):
            ends = render_text(nodes).endswith((*_STOPS, ":"))
            nodes = (*nodes, Text(" " if ends else separator), *parse(paper.fields[other]).nodes)
    return nodes


def _find_event(paper: Paper, _words: Words) -> tuple[Node, ...]:
    nodes = _find_title(paper, "eventtitle")
    if not nodes:
        return ()
    book = render_text(_find_title(paper, "booktitle")).casefold()
    return () if render_text(nodes).casefold() in book else nodes


def _find_place(paper: Paper, _words: Words) -> str:
    """Return where a conference met: ACM gives it beside the publisher's address."""
    location = paper.fields.get("location", "") if paper.fields.get("address") else ""
    return paper.fields.get("venue") or location


def _find_kind(paper: Paper, words: Words) -> str:
    kind = paper.fields.get("type", "")
    if paper.fields.get("chapter") and paper.entry_type in _CHAPTERS:
        return ""  # it says what the chapter is called
    known = KIND_NAMES.get(kind.lower(), "") or (not kind and KINDS.get(paper.entry_type, ""))
    return words.gettext(known) if known else kind


def _find_edition(paper: Paper, words: Words) -> str:
    edition = paper.fields.get("edition", "")
    if edition.isascii() and edition.isdigit():
        number = int(edition[-4:])
        ending = "th" if number % 100 in {11, 12, 13} else _ORDINALS.get(number % 10, "th")
        return words.gettext("{number}{ending} ed.", number=edition, ending=ending)
    is_said = not edition or re.search(r"\b(ed\b|edition|aufl|édition)", edition, re.IGNORECASE)
    return edition if is_said else words.gettext("{edition} ed.", edition=edition)


def _find_pages(paper: Paper, words: Words) -> tuple[Node, ...]:
    pages = PAGE_RANGE.sub("–", parse(paper.fields.get("pages", "")).text)  # noqa: RUF001
    if pages and pages[0].isalnum() and not pages.lower().startswith(("p. ", "pp. ")):
        many = re.search(r"[–,+&]|ff?\.?$", pages)  # noqa: RUF001
        pages = words.gettext(_PAGES if many else _PAGE, page=pages, pages=pages)
    return (Text(pages),) if pages else ()


def _find_extent(paper: Paper, words: Words) -> str:
    total = paper.fields.get("pagetotal", "") or paper.fields.get("numpages", "")
    return words.gettext("{total} pp.", total=total) if total.isdigit() else total


def _find_chapter(paper: Paper, words: Words) -> str:
    chapter = paper.fields.get("chapter", "")
    if chapter and paper.fields.get("type") and paper.entry_type in _CHAPTERS:
        return f"{paper.fields['type']} {chapter}"
    is_number = re.fullmatch(r"[0-9.]+|[IVXLC]+|[A-Z]", chapter)
    return words.gettext(_CHAPTER, chapter=chapter) if is_number else chapter


def _find_version(paper: Paper, words: Words) -> str:
    version = paper.fields.get("version", "")
    return words.gettext(_VERSION, version=version) if version[:1].isdigit() else version


def _find_howpublished(paper: Paper, _words: Words) -> str:
    """Return how it was published; an address is a link of the entry."""
    text = paper.fields.get("howpublished", "")
    return "" if "://" in text and paper.url and paper.url in parse(text).text else text


def _find_holder(paper: Paper, words: Words) -> tuple[Node, ...]:
    people = _read_people(paper.fields.get("holder", ""))
    names = join_names([person.full for person in people], words)
    return (Text(names),) if names else ()


def _find_state(paper: Paper, words: Words) -> str:
    state = paper.fields.get("pubstate", "")
    return words.gettext(STATES[state]) if state in STATES else state


def _find_visit(paper: Paper, words: Words) -> str:
    date = paper.fields.get("urldate", "")
    return words.gettext(_VISITED, date=date) if date and paper.url else ""


FACTS: dict[str, Callable[[Paper, Words], str | tuple[Node, ...]]] = {
    "journal": lambda paper, _: _find_title(paper, "journal"),
    "book": lambda paper, _: _find_title(paper, "booktitle"),
    "main": lambda paper, _: _find_title(paper, "maintitle"),
    "issue_title": lambda paper, _: _find_title(paper, "issuetitle"),
    "event": _find_event, "place": _find_place, "kind": _find_kind, "edition": _find_edition,
    "pages": _find_pages, "extent": _find_extent, "chapter": _find_chapter,
    "version": _find_version, "howpublished": _find_howpublished, "holder": _find_holder,
    "state": _find_state, "visited": _find_visit,
}  # fmt: skip
"""Facts that are more than a field of the same name."""
