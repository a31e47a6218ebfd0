"""What a rule is: a kind of problem that documents itself, finds itself and may fix itself.

Here too are the entries that the examples of the rules vary: famous papers, each with one thing
wrong.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from livingsurvey.bibtex.edit import Edit, apply_edits
from livingsurvey.bibtex.source import Source
from livingsurvey.bibtex.write import write_entry
from livingsurvey.catalog import make_library
from livingsurvey.diagnostics import Code, Diagnostic, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from livingsurvey.bibtex.read import Entry, Value
    from livingsurvey.catalog import Library
    from livingsurvey.model import Location, Paper
    from livingsurvey.taxonomy import Taxonomy


GROUPS = {
    "files": "Files and characters",
    "syntax": "BibTeX",
    "entries": "Entries and fields",
    "identifiers": "Identifiers and dates",
    "people": "People",
    "titles": "Titles and texts",
    "categories": "Categories",
    "pages": "Pages",
    "records": "Records of arXiv and Crossref",
}
"""The groups of rules in the order of the documentation, and their headings."""

Stage = Literal["check", "start", "build", "verify"]
Language = Literal["bibtex", "toml", "authors", "config", "markdown", "svg"]


@dataclass(frozen=True, slots=True)
class Fix:
    """What fixes one diagnostic.

    Attributes:
        source: The file.
        edits: The changes of its text.
        location: The place of the diagnostic.
        message: What is done, naming the entry: ``doe2020x: doi without resolver``.
        code: The rule.
    """

    source: Source
    edits: tuple[Edit, ...]
    location: Location
    message: str
    code: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. Its examples are its tests: the bad one breaks this rule alone, the good one none.

    Attributes:
        code: The stable name.
        title: A heading: what is asked for.
        group: The part of the documentation where it stands.
        severity: Of its diagnostics; a milder case may be a hint.
        what: What is reported, for editors, in Markdown's subset of plain text and ``code``.
        why: What would go wrong.
        bad: Breaks the rule.
        good: The same, fixed.
        language: What the examples are: BibTeX, a taxonomy, a file of authors,
            ``pyproject.toml``, a page, a figure.
        is_house: Whether it is a custom rather than a fact: asked for only by a survey whose
            ``profile`` is ``house``.
        stage: ``check`` if the command finds it, ``start`` if it keeps the command from running,
            ``build`` if it takes all pages to find it, ``verify`` if it takes the ledger, that is
            ``check --verified``.
        find: Finds it; returns None for what is found elsewhere, while the files are read for one.
        fix: Fixes it where that needs no judgment, or None.
    """

    code: Code
    title: str
    group: str
    severity: Severity
    what: str
    why: str
    bad: str
    good: str
    language: Language = "bibtex"
    is_house: bool = False
    stage: Stage = "check"
    find: Callable[[Rule, Library], Iterable[Diagnostic] | None]
    fix: Callable[[Rule, Library], Iterator[Fix]] | None = None

    def check(self, library: Library) -> Iterable[Diagnostic]:
        """Return what breaks the rule."""
        found = self.find(self, library)
        return self.pass_on(library) if found is None else found

    def pass_on(self, library: Library) -> Iterable[Diagnostic]:
        """Return what reading the files has found already."""
        if self.stage != "check":
            return ()
        return (diagnostic for diagnostic in library.diagnostics if diagnostic.code is self.code)

    def rewrite(self, source: Source, start: int, end: int, text: str, message: str) -> Fix:
        """Return the fix that puts *text* in the place of the characters from *start* to *end*."""
        return Fix(source, (Edit(start, end, text),), source.locate(start), message, self.code)


def make_rule(
    group: str, *, good: str = "", **facts: Any
) -> Callable[[Callable[[Rule, Library], Iterable[Diagnostic] | None]], Rule]:
    """Make a rule of the function that finds what breaks it.

    The name of the function is the code, and its docstring the documentation, a paragraph each:
    the title, what is reported, and why.

    Args:
        group: The part of the documentation where it stands.
        good: The good example; else an article as it should be.
        facts: The other attributes of a :class:`Rule`.
    """

    def make(find: Callable[[Rule, Library], Iterable[Diagnostic] | None]) -> Rule:
        paragraphs = (find.__doc__ or "\n\n\n\n").split("\n\n")  # python -OO leaves none
        title, what, why = (" ".join(text.split()) for text in paragraphs)
        code = Code(find.__name__)
        given = {"severity": code.severity, "good": good or shannon()}
        given |= {"title": title.removesuffix("."), "what": what, "why": why}
        return Rule(code=code, group=group, find=find, **(given | facts))

    return make


def find_papers(library: Library) -> Iterator[tuple[Entry, Paper]]:
    """Yield the entries that are papers; those that others only cross-refer to are none."""
    for entry in library.entries:
        if paper := library.catalog.papers.get(entry.key):
            yield entry, paper


def find_values(library: Library, *names: str) -> Iterator[tuple[Entry, str, Value]]:
    """Yield the values that entries give fields themselves, and do not inherit."""
    for entry in library.entries:
        for name in names:
            value = entry.values.get(name)
            if value is not None and name not in entry.inherited:
                yield entry, name, value


def find_fixes(library: Library, rules: Iterable[Rule]) -> list[Fix]:
    """Return what can be fixed without judgment, in the order of the text."""
    fixes = [fix for rule in rules if rule.fix for fix in rule.fix(rule, library)]
    return sorted(fixes, key=lambda fix: (fix.location, fix.code))


_MOST_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Fixed:
    """The texts after the fixes, and what was done, in the order of the text."""

    sources: tuple[Source, ...]
    fixes: tuple[Fix, ...]


def apply_fixes(sources: Iterable[Source], taxonomy: Taxonomy, rules: Iterable[Rule]) -> Fixed:
    """Make all fixes of *rules* in some texts that have no syntax errors.

    Of two fixes that touch the same characters the second waits for the next round.
    """
    sources = tuple(sources)
    rules = tuple(rules)
    done: list[Fix] = []
    for _ in range(_MOST_ROUNDS):
        edits: dict[int, list[Edit]] = {}
        made = []
        for fix in find_fixes(make_library(sources, taxonomy), rules):
            taken = edits.setdefault(id(fix.source), [])
            if all(_is_free(edit, taken) for edit in fix.edits):
                for edit in fix.edits:
                    bisect.insort(taken, edit)
                made.append(fix)
        if not made:
            break
        done.extend(made)
        sources = tuple(
            Source(source.path, apply_edits(source.text, edits.get(id(source), ())))
            for source in sources
        )
    return Fixed(sources, tuple(sorted(done, key=lambda fix: (fix.location, fix.code))))


def _is_free(edit: Edit, taken: list[Edit]) -> bool:
    """Whether an edit touches none of those that are taken already, in order and apart."""
    index = bisect.bisect(taken, edit)
    neighbors = taken[max(0, index - 1) : index + 1]
    return all(other.end <= edit.start or edit.end <= other.start for other in neighbors)


TAXONOMY = """\
[foundations]
title = "Foundations"

[foundations.information-theory]
title = "Information Theory"

[foundations.distributed-systems]
title = "Distributed Systems"
aliases = ["distributed-computing"]

[tags]
classic = "Classic"
"""
"""The categories that the keywords of the examples name."""

_ALWAYS = {"keywords": "information-theory", "creationdate": "2026-11-23"}


def _make_example(usual_key: str, kind: str = "article", **usual: str) -> Callable[..., str]:
    """Return a function that writes an entry, with changes; a field that is None is left out."""

    def write(key: str = usual_key, **changes: str | None) -> str:
        fields = (_ALWAYS | usual | changes).items()
        return write_entry(kind, key, {name: text for name, text in fields if text is not None})

    return write


shannon = _make_example(
    "shannon1948mathematical",
    title="A Mathematical Theory of Communication",
    author="Shannon, Claude E.",
    journal="Bell System Technical Journal",
    year="1948",
)
"""An article of one author."""
lamport = _make_example(
    "lamport1978time",
    title="Time, Clocks, and the Ordering of Events in a Distributed System",
    author="Lamport, Leslie",
    journal="Communications of the ACM",
    year="1978",
    keywords="distributed-systems",
)
"""Another article of one author."""
perelman = _make_example(
    "perelman2002entropy",
    "misc",
    title="The entropy formula for the Ricci flow and its geometric applications",
    author="Perelman, Grisha",
    year="2002",
    eprint="math/0211159",
    archiveprefix="arXiv",
)
"""A preprint."""
diffie = _make_example(
    "diffie1976new",
    title="New Directions in Cryptography",
    author="Diffie, Whitfield and Hellman, Martin E.",
    journal="IEEE Transactions on Information Theory",
    year="1976",
)
"""An article of two authors."""
