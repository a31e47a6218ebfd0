"""Post-transforms: links that only the whole survey knows, and generic nodes where needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from livingsurvey.sphinxext.browsing import resolve_authors, resolve_file
from livingsurvey.sphinxext.directives.explorer import resolve_explorer
from livingsurvey.sphinxext.discussion import resolve_discussion
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.linking import Linker, join_links
from livingsurvey.sphinxext.math import bind_formulas
from livingsurvey.sphinxext.nodes import (
    Link,
    author_list,
    discussion,
    drawing,
    explorer,
    paper_card,
    paper_entry,
    paper_group,
    paper_listing,
    paper_note,
    paper_title,
    placeholder,
    reference_list,
    site_file,
)
from livingsurvey.sphinxext.render import abbreviate
from livingsurvey.sphinxext.unfolding import get_entries

if TYPE_CHECKING:
    from collections.abc import Callable

    from livingsurvey.sphinxext.domain import SurveyDomain


def resolve_drawing(domain: SurveyDomain, node: drawing) -> None:
    """Give a picture its links."""
    linker = Linker(domain.settle(), domain.builder)
    targets = [link.target for link in node["picture"].links]
    node["links"] = {one: linker.target(node["docname"], one) for one in targets}


RESOLVERS: dict[type[placeholder], Callable[[SurveyDomain, Any], None]] = {
    author_list: resolve_authors,
    discussion: resolve_discussion,
    drawing: resolve_drawing,
    explorer: resolve_explorer,
    site_file: resolve_file,
}
"""By kind of node, what fills it in."""


class ResolvePlaceholders(SphinxPostTransform):
    """Fill in what is known once all pages are read."""

    # Ahead of ExpandPapers (7) and of Sphinx's ReferencesResolver (10).
    default_priority = 6

    def run(self, **kwargs: Any) -> None:
        """Resolve the placeholders of one document, or of the assembled tree in LaTeX."""
        domain = get_survey_domain(self.env)
        for node in list(self.document.findall(placeholder)):
            RESOLVERS[type(node)](domain, node)


class KeepTogether(SphinxPostTransform):
    """Keep formulas in the text together with the marks right before and behind them.

    Browsers may break the line on either side of a formula, even ahead of a full stop.
    """

    # Behind all that resolves links and makes text.
    default_priority = 800
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Bind the formulas of one document."""
        parents = {id(one.parent): one.parent for one in self.document.findall(nodes.math)}
        for parent in parents.values():
            bound = list(bind_formulas(parent.children))
            parent.clear()
            parent.extend(bound)


class ExpandPapers(SphinxPostTransform):
    """Spell papers out in generic nodes, for builders without visitors of ours.

    So text, man pages, EPUB readers, XML and the link check all see ordinary lists and links.
    """

    # Behind ResolvePlaceholders (6), ahead of Sphinx's ReferencesResolver (10).
    default_priority = 7

    def run(self, **kwargs: Any) -> None:
        """Replace our nodes in one document."""
        builder = get_survey_domain(self.env).builder
        if builder.format in {"html", "latex"} and builder.name != "linkcheck":
            return
        entries = get_entries(self.env)
        limit = get_survey_domain(self.env).settings.author_limit
        for group in list(self.document.findall(paper_group)):
            items = nodes.bullet_list(bullet="*")
            for paper in entries.unfold(group):
                items += _expand_paper(paper, limit)
            group.replace_self(items)
        for listing in list(self.document.findall(paper_listing)):
            listing.replace_self(listing.children)
        for references in list(self.document.findall(reference_list)):
            items = nodes.bullet_list(bullet="*")
            for item in entries.unfold(references):
                items += _expand_reference(item)
            references.replace_self(items)
        for picture in list(self.document.findall(drawing)):
            text = picture["picture"].description or picture["picture"].title
            picture.replace_self(nodes.paragraph("", f"[{text}]"))


def _expand_paper(paper: paper_entry, limit: int) -> nodes.list_item:
    item = nodes.list_item(ids=paper["ids"])
    facts = paper.facts
    head = nodes.paragraph()
    if facts.name:
        head += [nodes.strong("", facts.name), nodes.Text(". ")]
    head += _children(paper, paper_title)
    head += nodes.Text(". ")
    by = ", ".join(
        part
        for part in (
            abbreviate(facts.authors, facts.truncated, limit),
            facts.venue,
            facts.year,
        )
        if part
    )
    head += nodes.Text(f"{by}.")
    item += head
    note = _children(paper, paper_note)
    if note:
        item += nodes.paragraph("", "", *note)
    links = join_links([Link(label, uri) for label, uri in facts.links])
    if isinstance(paper, paper_card):
        others = paper.links("other_links")
        if others:
            links += [nodes.Text(". Also in " if links else "Also in "), *join_links(others)]
    else:
        links = [nodes.Text("See "), *join_links(paper.links("home_link"))]
    if links:
        item += nodes.paragraph("", "", *links, nodes.Text("."))
    return item


def _expand_reference(item: paper_entry) -> nodes.list_item:
    facts = item.facts
    entry = nodes.paragraph()
    lead = f"{facts.inverted} ({facts.year or 'n.d.'}). " if facts.inverted else ""
    entry += nodes.Text(lead)
    entry += _children(item, paper_title)
    entry += nodes.Text(". ")
    if facts.venue:
        entry += [nodes.emphasis("", facts.venue), nodes.Text(". ")]
    entry += join_links([Link(label, uri) for label, uri in facts.links])
    expanded = nodes.list_item("", entry, ids=item["ids"])
    mentions = (*item.links("mention_links"), *item.links("listing_links"))
    if mentions:
        line = nodes.paragraph("", "", nodes.Text("In: "), *join_links(mentions))
        expanded += line
    return expanded


def _children(node: nodes.Element, kind: type[nodes.Element]) -> list[nodes.Node]:
    return [grandchild for child in node.findall(kind) for grandchild in child.children]
