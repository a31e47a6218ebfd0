"""The entries of papers, unfolded from their keys when they are written; see :mod:`.nodes`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from livingsurvey.exports.bibtex import write_entry
from livingsurvey.exports.coins import write_coins
from livingsurvey.sphinxext.bibtex_bridge import get_formatter
from livingsurvey.sphinxext.discussion import Sayings
from livingsurvey.sphinxext.linking import Linker
from livingsurvey.sphinxext.nodes import paper_card, paper_group, paper_note, paper_title
from livingsurvey.sphinxext.render import (
    list_texts,
    place_card,
    render_card,
    render_line,
    render_markup,
    render_reference,
)
from livingsurvey.sphinxext.sites import is_site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livingsurvey.model import Paper
    from livingsurvey.sphinxext.domain import SurveyDomain
    from livingsurvey.sphinxext.nodes import Folded, paper_entry


class Entries:
    """Makes the entries of one build.

    The catalog is that of the page, even where the page was read by an earlier build: had it
    another answer now, the page would have been read again.
    """

    def __init__(self, domain: SurveyDomain) -> None:
        self.catalog = domain.catalog
        survey = domain.settle()
        self.linker = Linker(survey, domain.builder)
        self.is_site = is_site(domain.builder)
        self.sayings: Sayings | None = None
        if domain.builder.format == "html":
            self.sayings = Sayings(survey, self.linker, get_formatter(domain.env))

    def unfold(self, folded: Folded) -> Iterator[paper_entry]:
        """Yield the entries of a group or of a list of references, one at a time, in order."""
        kept = {
            (type(child), child["key"]): child
            for child in folded.children
            if isinstance(child, (paper_title, paper_note))
        }
        marks: dict[str, dict[str, Any]] = folded.get("marks", {})
        for key in folded["keys"]:
            paper = self.catalog.papers[key]
            entry = self._make(paper, folded)
            for kind, tex in list_texts(paper, with_note=isinstance(entry, paper_card)):
                known = kept.get((kind, key))
                children = known.deepcopy().children if known else render_markup(tex)
                entry.append(kind("", "", *children))
            entry.attributes.update(marks.get(key, {}))
            entry.parent = folded
            yield entry

    def _make(self, paper: Paper, folded: Folded) -> paper_entry:
        docname = folded["docname"]
        if not isinstance(folded, paper_group):
            item = render_reference(paper, docname)
            item["ids"].append(f"ref-{item.facts.anchor}")
            item["home_link"] = tuple(self.linker.home(docname, item.facts))
            item["mention_links"] = tuple(
                self.linker.mentions(docname, paper.key, {"cite", "name"})
            )
            item["listing_links"] = tuple(self.linker.mentions(docname, paper.key, {"list"}))
            return item
        if folded["kind"] != "residents":
            line = render_line(paper, docname)
            line["home_link"] = tuple(self.linker.home(docname, line.facts))
            return line
        card = render_card(paper, docname)
        card["ids"].append(place_card(paper))
        card["bibtex"] = write_entry(paper)
        if self.is_site:
            card["coins"] = write_coins(paper)
        card["other_links"] = tuple(self.linker.categories(docname, card.facts.others))
        if self.sayings:
            card["sayings"] = tuple(self.sayings.collect(card))
            card["companions"] = tuple(self.sayings.list_companions(card))
        return card
