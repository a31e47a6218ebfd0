"""What citations print, by the reference styles of sphinxcontrib-bibtex, and where they lead.

Their labels are those of the list of references: the number or the letters of a pybtex style, or
author and year, with a letter after the year where two works would be cited alike.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from importlib.metadata import version
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

from docutils import nodes
from pybtex.database import Entry, Person
from pybtex.richtext import Tag, Text
from pybtex.style import FormattedEntry
from pybtex.style.names import BaseNameStyle
from sphinx.errors import NoUri
from sphinxcontrib.bibtex.citation_target import CitationTarget, parse_citation_targets
from sphinxcontrib.bibtex.domain import BibtexDomain, Citation
from sphinxcontrib.bibtex.style.referencing import PersonStyle, format_references
from sphinxcontrib.bibtex.style.template import SphinxReferenceInfo

from livingsurvey import __version__
from livingsurvey.bibtex.styled import (
    is_sorted,
    iterate_letters,
    make_entry,
    make_labels,
    sort_entries,
)
from livingsurvey.digest import digest
from livingsurvey.markup import parse
from livingsurvey.queries import AllPapers
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.nodes import abbreviate, collect_facts
from livingsurvey.words import mark

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from livingsurvey.model import Paper
    from livingsurvey.sphinxext.domain import SurveyDomain
    from livingsurvey.words import Words

Targets: TypeAlias = tuple[CitationTarget, ...]
"""The keys of a citation, each with what stands before and after it."""


def parse_targets(text: str) -> Targets:
    """Return the targets of a citation.

    Raises:
        ValueError: It is no list of keys.
    """
    return tuple(parse_citation_targets(text))


def mark_unknown(keys: Iterable[str], known: Container[str]) -> Iterator[nodes.Node]:
    """Yield a mark for each unknown key: reported with its line, and visible on the page."""
    for key in keys:
        if key not in known:
            yield nodes.Text(" ")
            yield nodes.inline("", f"[{key}?]", classes=["ls-unresolved"])


class _LinkMaker(NamedTuple):
    r"""The part of a builder that stock's references ask for.

    Stock writes a raw ``\hyperlink`` whenever the builder is called ``latex``, to the anchor of
    a citation list of its own; ours is an ordinary label, so an ordinary reference leads there.
    """

    builder: Builder
    name: str = "none"

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        """Return the address of a document; an id of the one page of singlehtml needs none."""
        uri = self.builder.get_relative_uri(from_, to, typ)
        return "" if self.builder.name == "singlehtml" else uri


class _RememberedNames(BaseNameStyle):  # type: ignore[misc] # pybtex has no types
    """A style of names that formats each name once: authors return all the time."""

    def __init__(self, style: BaseNameStyle) -> None:
        self.style = style
        self._known: dict[tuple[str, bool], Text] = {}

    def format(self, person: Person, abbr: bool = True) -> Text:
        """Return the name as rich text, where the style itself returns a template of it."""
        name = str(person), abbr
        if name not in self._known:
            self._known[name] = self.style.format(person, abbr).format_data({})
        return self._known[name]


_STOCK_WORDS = {"sep2": mark(" and "), "last_sep": mark(", and ")}
"""What stock's styles put between names, and behind those of many."""
_ET_AL = Text(" ", Tag("em", "et al."))
_PROBE = "\N{SYMBOL FOR SUBSTITUTE}"
_NOWHERE = ("", "")


class CitationStyle:
    """How citations are printed, as far as it follows from the catalog and the settings.

    Entries, labels and names are made once.
    """

    def __init__(self, domain: SurveyDomain, cited: Iterable[str] = ()) -> None:
        self.catalog = domain.catalog
        self.builder = domain.builder
        self.words = domain.words
        stock = cast("BibtexDomain", domain.env.get_domain("cite")).reference_style
        self.style: Any = type(stock)()
        self._person = getattr(self.style, "person", None)
        if isinstance(self._person, PersonStyle):
            self._person.style_plugin = _RememberedNames(self._person.style_plugin)
            self._translate(self._person)
        module = type(stock).__module__
        self._is_stock = module.startswith("sphinxcontrib.bibtex.style.referencing")
        self._roles = frozenset(self.style.role_names())
        self.label_style = domain.env.config.bibtex_default_style
        self.is_unique = domain.settings.unique_labels
        # In reading order, by which some styles sort.
        self.cited = tuple(key for key in cited if key in self.catalog.papers)
        self._ranks = {key: rank for rank, key in enumerate(self.cited)}
        # Each takes several kilobytes, and few return often.
        self.entry = lru_cache(maxsize=512)(self._make_entry)
        self.prints_label = lru_cache(maxsize=None)(self._find_label)

    def _translate(self, person: PersonStyle) -> None:
        """Put words of the survey's language in place of stock's, which are English."""
        for name, said in _STOCK_WORDS.items():
            if getattr(person, name) == said:
                setattr(person, name, self.words.gettext(said))
        said = self.words.gettext("et al.")
        if person.other == _ET_AL and said != "et al.":
            person.other = Text(" ", said)

    def _make_entry(self, key: str, most_persons: int | None = None) -> Entry:
        """Return the pybtex entry of a paper, with as many persons as are looked at."""
        entry = make_entry(self.catalog.papers[key], most_persons=most_persons)
        if suffix := self.suffix(key):
            year = entry.fields.get("year", self.words.gettext("n.d."))
            entry.fields["year"] = f"{year}{suffix}"
        return entry

    def _count_persons(self, role: str) -> int | None:
        """Return how many persons a role looks at; None if at all.

        Stock's own styles print the first of three or more with "et al.", but format all of
        them; the roles that print everybody end in an s.
        """
        return 3 if not role.endswith("s") and self._abbreviates and self._is_stock else None

    @property
    def _abbreviates(self) -> bool:
        return getattr(self._person, "other", None) is not None

    def _find_label(self, role: str) -> bool:
        """Whether a role prints the label of a paper, found by letting it print one."""
        entry = Entry("misc", {"title": "T", "year": "2000"}, {"author": [Person("A")]})
        builder = cast("Builder", _LinkMaker(self.builder))
        info = SphinxReferenceInfo(builder, "", "", "within-the-page", "", "", "")
        text = self.join(role, [(entry, FormattedEntry("", Text(), _PROBE), info)])
        return _PROBE in nodes.inline("", "", *text.render(BibtexDomain.backend)).astext()

    @cached_property
    def numbers_years(self) -> bool:
        """Whether works that would be cited alike get a letter after the year."""
        return self.is_unique and not (self.prints_label("p") or self.prints_label("t"))

    @cached_property
    def _suffixes(self) -> dict[str, str]:
        """By key, the letter of each work that would be cited like another."""
        if not self.numbers_years:
            return {}
        alike: dict[tuple[object, ...], list[str]] = {}
        for paper in AllPapers().answer(self.catalog):
            alike.setdefault((*self._list_names(paper), paper.year), []).append(paper.key)
        return {
            key: letter if self.catalog.papers[key].year else f"-{letter}"
            for keys in alike.values()
            if len(keys) > 1
            for key, letter in zip(keys, iterate_letters(), strict=False)
        }

    def _list_names(self, paper: Paper) -> tuple[str, ...]:
        """Return the names that a citation prints, or the title that stands for them."""
        names = [person.surname for person in paper.authors or paper.editors]
        if paper.truncated:
            names.append("others")
        is_short = len(names) > 2 and self._abbreviates
        return (names[0], "et al.") if is_short else tuple(names) or (parse(paper.title).text,)

    def suffix(self, key: str) -> str:
        """Return the letter after the year of a paper; ``""`` if its citation is its own."""
        return self._suffixes.get(key, "")

    def label(self, key: str) -> str:
        """Return the label of a paper in the list of references, such as ``HSW+22``."""
        return self._labels[key]

    @cached_property
    def _labels(self) -> dict[str, str]:
        """By key, in the order of the list of references."""
        papers = self.catalog.papers
        entries = (make_entry(papers[key]) for key in dict.fromkeys((*self.cited, *papers)))
        return make_labels(entries, self.label_style, is_unique=self.is_unique)

    def sort(self, keys: Iterable[str]) -> list[str]:
        """Return the keys of one citation in the order in which stock prints them.

        That is the order of its list of references: sorted by the pybtex style, and for styles
        that do not sort by first citation. Keys that the catalog lacks are left out.
        """
        known = [key for key in dict.fromkeys(keys) if key in self.catalog.papers]
        if len(known) < 2:
            return known
        known.sort(key=lambda key: self._ranks.get(key, len(self._ranks)))
        return [entry.key for entry in sort_entries(map(self.entry, known), self.label_style)]

    def write(self, role: str, targets: Targets, ends: tuple[str, str]) -> list[nodes.Node]:
        """Return the nodes of a citation; keys that the catalog lacks are left out.

        Args:
            role: The name of the role, such as ``p``.
            targets: The keys.
            ends: The page with the citation, and that with the list of references.
        """
        by_key = {target.key: target for target in targets}
        keys = self.sort(by_key)
        if not keys:
            return []
        labels = [self.label(key) if self.prints_label(role) else "" for key in keys]
        text = self.join(
            role,
            zip(
                [self.entry(key, self._count_persons(role)) for key in keys],
                map(FormattedEntry, keys, repeat(Text()), labels),
                [self._inform(by_key[key], ends) for key in keys],
                strict=True,
            ),
        )
        return list(text.render(BibtexDomain.backend))

    def spell_heading(self, role: str, targets: Targets) -> str:
        """Return what a citation in a heading prints in contents, titles and the search.

        These are made before all pages are read, so a label that depends on what is cited where
        is replaced by the authors.
        """
        if self.prints_label(role) and not is_sorted(self.label_style):
            role = "author"
        text = nodes.inline("", "", *self.write(role, targets, _NOWHERE)).astext()
        keys = (target.key for target in targets)
        unknown = "".join(node.astext() for node in mark_unknown(keys, self.catalog.papers))
        return f"{text}{unknown}".strip()

    def _inform(self, target: CitationTarget, ends: tuple[str, str]) -> SphinxReferenceInfo:
        docname, list_docname = ends
        return SphinxReferenceInfo(
            builder=cast("Builder", _LinkMaker(self.builder)),
            fromdocname=docname,
            todocname=list_docname,
            citation_id="ref-" + self.catalog.anchor(target.key),
            title=describe(self.catalog.papers[target.key], self.words),
            pre_text=target.pre,
            post_text=target.post,
        )

    def join(
        self, role: str, references: Iterable[tuple[Entry, FormattedEntry, SphinxReferenceInfo]]
    ) -> Any:
        """Return a citation as rich text; a role that the style lacks prints like ``p``."""
        return format_references(self.style, role if role in self._roles else "p", references)


class CitationFormatter(CitationStyle):
    """Formats the citations of a build, with links to the list of references."""

    def __init__(self, domain: SurveyDomain) -> None:
        survey = domain.get_survey()
        super().__init__(domain, survey.cited)
        self.list_docname = survey.references
        self._is_label_cited = survey.cites_labels
        stock = cast("BibtexDomain", domain.env.get_domain("cite"))
        self.stock: dict[str, list[tuple[int, Citation]]] = {}
        for rank, citation in enumerate(stock.citations):
            if stock.bibliographies[citation.bibliography_key].list_ == "citation":
                self.stock.setdefault(citation.key, []).append((rank, citation))
        self.known = frozenset((*self.catalog.papers, *self.stock))
        self._cache = domain.citations
        self._versions = (__version__, version("sphinxcontrib-bibtex"), version("pybtex"))
        self._texts: dict[tuple[str, Targets], str] = {}

    @cached_property
    def shows_labels(self) -> bool:
        """Whether the list of references shows labels: wherever a citation prints one."""
        return self._is_label_cited or self.prints_label("p") or self.prints_label("t")

    def arrange(self, keys: Sequence[str]) -> Sequence[str]:
        """Return keys in the order of the list of references: that of the labels, if it has any.

        Without labels it is sorted by our own rules, which know the letters of more languages,
        unless the style goes by first citation.
        """
        if not self.shows_labels and is_sorted(self.label_style):
            return keys
        known = set(keys)
        return [key for key in self._labels if key in known]

    def list_labels(self) -> Iterator[tuple[str, str]]:
        """Yield the keys in the order of the list of references, with what they are called."""
        for key in self.arrange(tuple(self.catalog.papers)):
            yield key, self.label(key) if self.shows_labels else self.suffix(key)

    def format(self, role: str, targets: Targets, docname: str) -> list[nodes.Node]:
        """Return the nodes of a citation on a page; see :meth:`CitationStyle.write`."""
        listed = [self._find_listed(target, docname) for target in targets]
        if any(listed):
            return self._format_listed(role, targets, docname, listed)
        address = self._find_address(docname)

        def make() -> nodes.Element:
            ends = _NOWHERE if address is None else (docname, self.list_docname)
            citation = nodes.inline("", "", *self.write(role, targets, ends))
            if address is None:
                for link in list(citation.findall(nodes.reference)):
                    link.replace_self(nodes.inline("", "", *link.children))
            return citation

        if self._is_stock:
            keys = [target.key for target in targets]
            order = self.sort(keys) if len(keys) > 1 else keys
            texts = [self.describe_text(key, role) for key in keys]
            facts = digest((self._versions, self.words.digest, address, order, texts))
            citation = self._cache.print(docname, f"{role} {targets}", facts, make)
        else:  # nobody knows what a style of somebody's own follows from
            citation = make()
        self._texts[role, targets] = citation.astext()
        return citation.children

    def describe_text(self, key: str, role: str) -> str:
        """Return what the text of a citation of a paper by a role follows from."""
        listed = self.list_stock(key)
        if key not in self.catalog.papers:
            return f"{listed}"
        label = self.label(key) if self.prints_label(role) else ""
        paper, style = self.catalog.papers[key], type(self.style).__name__
        return f"{paper.digest}{style}{label}{self.suffix(key)}{listed}"

    def spell(self, role: str, targets: Targets) -> str:
        """Return what a citation prints; formatted once for all who repeat the sentence."""
        if (role, targets) not in self._texts:
            made = self.format(role, targets, self.list_docname)
            self._texts[role, targets] = nodes.inline("", "", *made).astext()
        return self._texts[role, targets]

    def _find_listed(self, target: CitationTarget, docname: str) -> tuple[int, Citation] | None:
        """Return where a ``bibliography`` lists what a page cites, if that is where to look.

        A list on the page itself comes first, as stock has it, then ``survey:references``.
        """
        listed = self.stock.get(target.key, ())
        here = (
            (rank, citation)
            for rank, citation in listed
            if citation.bibliography_key.docname == docname
        )
        is_ours = self.list_docname and target.key in self.catalog.papers
        return next(here, listed[0] if listed and not is_ours else None)

    def _format_listed(
        self,
        role: str,
        targets: Targets,
        docname: str,
        listed: Sequence[tuple[int, Citation] | None],
    ) -> list[nodes.Node]:
        """Return the nodes of a citation whose works stand in lists of stock, in their order."""
        found = [
            (*place, target)
            for place, target in zip(listed, targets, strict=True)
            if place is not None
        ]
        found.sort(key=lambda place: place[0])
        text = self.join(
            role,
            (
                (
                    citation.entry,
                    citation.formatted_entry,
                    self._inform_listed(citation, target, docname),
                )
                for _, citation, target in found
            ),
        )
        rest = tuple(
            target
            for place, target in zip(listed, targets, strict=True)
            if place is None and target.key in self.catalog.papers
        )
        made = list(text.render(BibtexDomain.backend))
        return [*made, nodes.Text(" "), *self.format(role, rest, docname)] if rest else made

    def _inform_listed(
        self, citation: Citation, target: CitationTarget, docname: str
    ) -> SphinxReferenceInfo:
        paper = self.catalog.papers.get(citation.entry.key)
        # Stock's entries have anchors of their own in LaTeX, which it alone knows.
        is_latex = self.builder.name == "latex"
        return SphinxReferenceInfo(
            builder=self.builder if is_latex else cast("Builder", _LinkMaker(self.builder)),
            fromdocname=docname,
            todocname=citation.bibliography_key.docname,
            citation_id=citation.citation_id,
            title=describe(paper, self.words) if paper else "",
            pre_text=target.pre,
            post_text=target.post,
        )

    def list_stock(self, key: str) -> tuple[tuple[str, str, str], ...]:
        """Return where lists of stock have a work, and what they call it."""
        return tuple(
            (
                citation.bibliography_key.docname,
                citation.citation_id,
                citation.formatted_entry.label,
            )
            for _, citation in self.stock.get(key, ())
        )

    def _find_address(self, docname: str) -> str | None:
        """Return how a page links to the list of references; None if it cannot."""
        if not self.list_docname:
            return None
        try:
            return self.builder.get_relative_uri(docname, self.list_docname)
        except NoUri:
            return None


def describe(paper: Paper, words: Words) -> str:
    """Return the paper in one line, for hover text."""
    facts = collect_facts(paper)
    who = abbreviate(facts.authors, facts.truncated, 3, words)
    where = " ".join(part for part in (facts.venue, facts.year) if part)
    title = facts.title if paper.title else ""
    return ". ".join(part.removesuffix(".") for part in (who, title, where) if part)


def get_formatter(env: BuildEnvironment) -> CitationFormatter:
    """Return the formatter of this build."""
    return get_survey_domain(env).once(CitationFormatter)


def on_build_finished(app: Sphinx, exception: Exception | None) -> None:
    """Keep what was printed for the next build."""
    if exception is None:
        get_survey_domain(app.env).citations.save(app.env.found_docs)
