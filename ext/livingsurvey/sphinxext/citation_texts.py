"""The words of a citation, by the reference styles of sphinxcontrib-bibtex.

What returns is made once: entries, names, labels, the templates of the roles, and the plain text
of each citation, for those who repeat the sentence in which it stands.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import pybtex_docutils
from docutils import nodes
from pybtex.richtext import Text
from pybtex.style import FormattedEntry
from sphinx.errors import NoUri
from sphinxcontrib.bibtex.style.referencing import PersonStyle
from sphinxcontrib.bibtex.style.template import SphinxReferenceInfo

from livingsurvey.bibtex.styled import make_entry, make_labels, make_plain_entry, sort_entries
from livingsurvey.sphinxext.render import abbreviate, collect_facts
from livingsurvey.sphinxext.stencils import NameMemory, Stencils

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pybtex.database import Entry
    from pybtex.richtext import BaseText
    from sphinx.builders import Builder
    from sphinxcontrib.bibtex.citation_target import CitationTarget

    from livingsurvey.catalog import Catalog
    from livingsurvey.model import Paper
    from livingsurvey.sphinxext.stencils import Cutout


MAX_ENTRIES = 2048
"""How many entries for pybtex are kept: each takes several kilobytes, and few return often."""


class Aim(NamedTuple):
    """Where the links of the citations of a page lead.

    Attributes:
        page: The address of the list of references, as the citing page has it; None if there is
            none.
        is_here: Whether it is this very page.
    """

    page: str | None
    is_here: bool = False

    @classmethod
    def find(cls, builder: Builder, fromdocname: str, todocname: str) -> Aim:
        """Return where the links of a page lead.

        Args:
            builder: Makes the addresses.
            fromdocname: The page with the citations.
            todocname: The page with the list of references; ``""`` if there is none.
        """
        try:
            page = builder.get_relative_uri(fromdocname, todocname) if todocname else None
        except NoUri:
            page = None
        return cls(page, fromdocname == todocname)

    def direct(self, citation: nodes.inline) -> None:
        """Complete the links of a citation, or take them off where there is nowhere to go."""
        for reference in list(citation.findall(nodes.reference)):
            if self.page is None:
                reference.replace_self(nodes.inline("", "", *reference.children))
            elif self.is_here:
                reference["refid"] = reference.attributes.pop("refuri").removeprefix("#")
            else:
                reference["refuri"] = self.page + reference["refuri"]


class _NoBuilder:
    r"""The part of a builder that a reference asks for, before it is known where it stands.

    Stock writes a raw ``\hyperlink`` whenever the builder is called ``latex``, to the anchor of
    a citation list of its own; ours is an ordinary label, so an ordinary reference leads there.
    """

    name = "none"

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        """Return nothing: the address is completed by an :class:`Aim`."""
        return ""


class Citations:
    """Formats the citations of one build; entries and labels are made once.

    Args:
        catalog: The papers.
        style: The reference style of sphinxcontrib-bibtex.
        label_style: The name of the pybtex style that sorts entries and makes labels.
        cited: The keys that pages cite, in reading order, which some styles sort by.
    """

    def __init__(
        self, catalog: Catalog, style: Any, label_style: str, cited: Iterable[str]
    ) -> None:
        self.catalog = catalog
        self.style = style
        self._person = person = getattr(style, "person", None)
        self.stencils: Stencils | None = None
        if isinstance(person, PersonStyle):
            if self._is_stock:
                self.stencils = Stencils(self._print_one, person.style_plugin, person.abbreviate)
            if not isinstance(person.style_plugin, NameMemory):
                person.style_plugin = NameMemory(person.style_plugin)
        self.label_style = label_style
        self.cited = [key for key in dict.fromkeys(cited) if key in catalog.papers]
        self.backend = pybtex_docutils.Backend()
        self._labels: dict[str, str] | None = None
        self._entries: dict[str, Entry] = {}
        self._short_entries: dict[str, Entry] = {}
        self._templates: dict[str, Any] = {}
        self._labelled: dict[str, bool] = {}
        self._texts: dict[tuple[str, tuple[CitationTarget, ...]], str] = {}

    def entry(self, paper: Paper) -> Entry:
        """Return the pybtex entry of a paper."""
        known = self._entries.get(paper.key)
        if known is None:
            known = self._entries[paper.key] = make_entry(paper)
        return known

    def entry_for(self, paper: Paper, role: str) -> Entry:
        """Return the pybtex entry of a paper with as many persons as a role looks at."""
        most = self._count_persons(role)
        if most is None:
            return self.entry(paper)
        known = self._short_entries.get(paper.key)
        if known is None:
            if len(self._short_entries) >= MAX_ENTRIES:
                self._short_entries.clear()
            known = self._short_entries[paper.key] = make_entry(paper, most_persons=most)
        return known

    def _count_persons(self, role: str) -> int | None:
        """Return how many persons a role looks at; None if at all.

        Stock's own styles print the first of three or more with "et al.", but format all of
        them; the roles that print everybody end in an s.
        """
        is_short = not role.endswith("s") and getattr(self._person, "other", None) is not None
        return 3 if is_short and self._is_stock else None

    def prints_label(self, role: str) -> bool:
        """Whether a role prints the label of a paper."""
        if role not in self._labelled:
            self._labelled[role] = needs_label(self.style, role)
        return self._labelled[role]

    @property
    def _is_stock(self) -> bool:
        return type(self.style).__module__.startswith("sphinxcontrib.bibtex.style.referencing")

    def label(self, key: str) -> str:
        """Return the label of a paper in the list of references, such as ``HSW+22``."""
        if self._labels is None:
            papers = self.catalog.papers
            keys = dict.fromkeys((*self.cited, *papers))
            entries = [self.entry(papers[one]) for one in keys]
            self._labels = make_labels(entries, self.label_style)
        return self._labels[key]

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {key: rank for rank, key in enumerate(self.cited)}

    def sort(self, keys: Iterable[str]) -> list[str]:
        """Return the keys of one citation in the order in which stock prints them.

        That is the order of its list of references: sorted by the pybtex style, and for styles
        that do not sort by first citation. Keys that the catalog lacks are left out.
        """
        known = [key for key in dict.fromkeys(keys) if key in self.catalog.papers]
        if len(known) < 2:
            return known
        known.sort(key=lambda key: self._ranks.get(key, len(self._ranks)))
        entries = [self.entry(self.catalog.papers[key]) for key in known]
        return [entry.key for entry in sort_entries(entries, self.label_style)]

    def format(self, role: str, targets: Iterable[CitationTarget], aim: Aim) -> list[nodes.Node]:
        """Return the nodes of a citation; keys that the catalog lacks are left out.

        Args:
            role: The name of the role, such as ``p``.
            targets: The keys with what stands before and behind each.
            aim: Where its links lead.
        """
        result = self.make(role, tuple(targets))
        aim.direct(result)
        return result.children

    def read_aloud(self, role: str, targets: Iterable[CitationTarget]) -> str:
        """Return what a citation prints, without its links; made once for all who repeat it."""
        citation = role, tuple(targets)
        if citation not in self._texts:
            cutout = self.cut(*citation)
            self._texts[citation] = cutout.text if cutout else self.make(*citation).astext()
        return self._texts[citation]

    def make(self, role: str, targets: tuple[CitationTarget, ...]) -> nodes.inline:
        """Return a citation whose links lead to the ids of an unnamed page."""
        result = nodes.inline()
        cutout = self.cut(role, targets)
        result += cutout.make() if cutout else self._print(role, targets)
        return result

    def cut(self, role: str, targets: tuple[CitationTarget, ...]) -> Cutout | None:
        """Return a citation of one paper by a stencil, if there is one."""
        paper = self.catalog.papers.get(targets[0].key)
        if self.stencils is None or len(targets) > 1 or paper is None or self.prints_label(role):
            return None
        anchor = self._anchor(paper.key)
        most = self._count_persons(role)
        return self.stencils.cut(role, targets[0], paper, describe(paper), anchor, most)

    def _anchor(self, key: str) -> str:
        return "ref-" + self.catalog.anchor(key)

    def _print(self, role: str, targets: tuple[CitationTarget, ...]) -> list[nodes.Node]:
        """Return the citation as the style itself prints it."""
        references = []
        by_key = {target.key: target for target in targets}
        for key in self.sort(by_key):
            paper = self.catalog.papers[key]
            label = self.label(key) if self.prints_label(role) else ""
            info = _inform(by_key[key], describe(paper), self._anchor(key))
            formatted = FormattedEntry(key, Text(), label)
            references.append((self.entry_for(paper, role), formatted, info))
        if not references:
            return []
        try:
            text = self._join(role, references)
        except ValueError:
            plain = [
                (make_plain_entry(self.catalog.papers[entry.key]), formatted, info)
                for entry, formatted, info in references
            ]
            text = self._join(role, plain)
        return cast("list[nodes.Node]", text.render(self.backend))

    def _print_one(
        self, role: str, target: CitationTarget, entry: Entry, title: str, anchor: str
    ) -> list[nodes.Node]:
        """Return the citation of an entry that is not of the catalog."""
        formatted = FormattedEntry(entry.key, Text(), "")
        text = self._join(role, [(entry, formatted, _inform(target, title, anchor))])
        return cast("list[nodes.Node]", text.render(self.backend))

    def _join(
        self, role: str, references: list[tuple[Entry, FormattedEntry, SphinxReferenceInfo]]
    ) -> BaseText:
        """Do what stock's ``format_references`` does, building the template of a role once."""
        if role not in self._templates:
            self._templates[role] = self.style.inner(role)
        children = [
            self._templates[role].format_data(
                {
                    "entry": entry,
                    "formatted_entry": formatted,
                    "reference_info": info,
                    "style": self.style,
                }
            )
            for entry, formatted, info in references
        ]
        return self.style.outer(role, children).format()


def _inform(target: CitationTarget, title: str, anchor: str) -> SphinxReferenceInfo:
    return SphinxReferenceInfo(
        builder=cast("Builder", _NoBuilder()),
        fromdocname="from",
        todocname="to",
        citation_id=anchor,
        title=title,
        pre_text=target.pre,
        post_text=target.post,
    )


def describe(paper: Paper) -> str:
    """Return the paper in one line, for hover text."""
    facts = collect_facts(paper)
    who = abbreviate(facts.authors, facts.truncated, 3)
    where = " ".join(part for part in (facts.venue, facts.year) if part)
    title = facts.title if paper.title else ""
    return ". ".join(part for part in (who, title, where) if part)


def needs_label(style: Any, role: str) -> bool:
    """Whether a role of a reference style prints the label."""
    names = {type(one).__name__ for one in (style, getattr(style, "role_style", {}).get(role))}
    return "label" in role or any("Label" in name or "Super" in name for name in names)
