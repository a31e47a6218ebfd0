"""Post-transforms: links that only the whole survey knows, and generic nodes where needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.errors import NoUri
from sphinx.transforms.post_transforms import SphinxPostTransform

from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.nodes import (
    Link,
    drawing,
    paper_card,
    paper_group,
    paper_line,
    paper_listing,
    paper_note,
    paper_title,
    reference_item,
    reference_list,
)
from livingsurvey.sphinxext.render import abbreviate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sphinx.builders import Builder

    from livingsurvey.charts.shapes import Target
    from livingsurvey.sphinxext.nodes import PaperFacts
    from livingsurvey.sphinxext.survey import Survey

_PAPERS = (paper_card, paper_line, reference_item)


def _is_paper(node: nodes.Node) -> bool:
    return isinstance(node, _PAPERS)


class ResolvePapers(SphinxPostTransform):
    """Give each paper its links: home, other categories, references, mentions."""

    # Ahead of ExpandPapers (7), which spells these links out.
    default_priority = 6

    def run(self, **kwargs: Any) -> None:
        """Resolve the papers of one document, or of the assembled tree in LaTeX."""
        domain = get_survey_domain(self.env)
        survey = domain.settle()
        linker = Linker(survey, domain.builder)
        for node in self.document.findall(_is_paper):
            assert isinstance(node, _PAPERS)  # noqa: S101 - for the type checker
            docname = node["docname"]
            facts = node.facts
            if isinstance(node, paper_card):
                node["other_links"] = tuple(linker.categories(docname, facts.others))
                node["reference_link"] = tuple(linker.reference(docname, facts))
            elif isinstance(node, reference_item):
                node["home_link"] = tuple(linker.home(docname, facts))
                node["listing_links"] = tuple(linker.mentions(docname, facts.key, {"list"}))
            else:
                node["home_link"] = tuple(linker.home(docname, facts))
            if not isinstance(node, paper_line):
                cited = linker.mentions(docname, facts.key, {"cite", "name"})
                node["mention_links"] = tuple(cited)
        for node in self.document.findall(drawing):
            targets = [link.target for link in node["picture"].links]
            node["links"] = {one: linker.target(node["docname"], one) for one in targets}


class Linker:
    """Makes the links that a page shows, relative to it."""

    def __init__(self, survey: Survey, builder: Builder) -> None:
        self.survey = survey
        self.builder = builder
        self._bases: dict[tuple[str, str], str | None] = {}

    def uri(self, fromdocname: str, docname: str, anchor: str) -> str:
        """Return the address of a place; ``""`` if the builder does not print its document."""
        if docname == fromdocname and self.builder.format == "html":
            return f"#{anchor}"
        base = self._base(fromdocname, docname)
        if base is None:
            return ""
        # The one page of singlehtml calls its parts "#document-…"; an id needs no part.
        return f"{base.partition('#')[0]}#{anchor}" if anchor else base

    def _base(self, fromdocname: str, docname: str) -> str | None:
        pair = fromdocname, docname
        if pair not in self._bases:
            try:
                self._bases[pair] = self.builder.get_relative_uri(*pair)
            except NoUri:
                self._bases[pair] = None
        return self._bases[pair]

    def target(self, docname: str, target: Target) -> str:
        """Return the address of what a picture links to, ``""`` if it is nowhere."""
        kind, name = target
        places = self.survey.papers if kind == "paper" else self.survey.categories
        return self.uri(docname, *places[name]) if name in places else ""

    def categories(self, docname: str, tags: Iterable[str]) -> Iterator[Link]:
        """Yield the links to categories, as far as they have a place."""
        survey = self.survey
        for tag in tags:
            if tag in survey.categories:
                uri = self.uri(docname, *survey.categories[tag])
                yield Link(survey.category_titles[tag], uri)

    def home(self, docname: str, facts: PaperFacts) -> Iterator[Link]:
        """Yield the link to the full entry of a paper, named by its category."""
        place = self.survey.papers.get(facts.key)
        if place is not None:
            title = self.survey.category_titles.get(facts.home, facts.home)
            number = self.survey.number(*self.survey.categories.get(facts.home, ("", "")))
            yield Link(f"{number} {title}".strip(), self.uri(docname, *place))

    def reference(self, docname: str, facts: PaperFacts) -> Iterator[Link]:
        """Yield the link to a paper in the list of references."""
        if self.survey.references:
            yield Link(
                "Reference", self.uri(docname, self.survey.references, f"ref-{facts.anchor}")
            )

    def mentions(self, docname: str, key: str, kinds: set[str]) -> Iterator[Link]:
        """Yield one link for each section that speaks of a paper, to the first place in it."""
        seen = set()
        for other, mention in self.survey.mentions.get(key, ()):
            if mention.kind in kinds and (other, mention.section) not in seen:
                seen.add((other, mention.section))
                text = self.survey.describe(other, mention.section, mention.section_title)
                yield Link(text, self.uri(docname, other, mention.anchor))


class ClearWrappers(SphinxPostTransform):
    """Take the ids off the boxes that furo puts around tables and formulas.

    furo (2025.12) copies all attributes of what it wraps onto the wrapper, so that each id stands
    on the page twice. To be removed when it no longer does.
    """

    # Behind furo's own transform (500).
    default_priority = 600
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Clear the wrappers of one document."""
        for box in self.document.findall(nodes.container):
            if box["ids"] and any(one.endswith("-wrapper") for one in box["classes"]):
                wrapped = {
                    one
                    for child in box.children
                    if isinstance(child, nodes.Element)
                    for one in child["ids"]
                }
                box["ids"] = [one for one in box["ids"] if one not in wrapped]


class ExpandPapers(SphinxPostTransform):
    """Spell papers out in generic nodes, for builders without visitors of ours.

    So text, man pages, EPUB readers, XML and the link check all see ordinary lists and links.
    """

    # Behind ResolvePapers (6), ahead of Sphinx's ReferencesResolver (10).
    default_priority = 7

    def run(self, **kwargs: Any) -> None:
        """Replace our nodes in one document."""
        builder = get_survey_domain(self.env).builder
        if builder.format in {"html", "latex"} and builder.name != "linkcheck":
            return
        limit = get_survey_domain(self.env).settings.author_limit
        for node in list(self.document.findall(paper_listing)):
            children: list[nodes.Node] = []
            for child in node.children:
                if isinstance(child, paper_group):
                    children.append(_expand_group(child, limit))
                else:
                    children.append(child)
            node.replace_self(children or [nodes.paragraph("", "No papers yet.")])
        for group in list(self.document.findall(paper_group)):  # on the pages for browsing
            group.replace_self(_expand_group(group, limit))
        for references in list(self.document.findall(reference_list)):
            items = nodes.bullet_list(bullet="*")
            for item in references.findall(reference_item):
                items += _expand_reference(item)
            references.replace_self([items])
        for picture in list(self.document.findall(drawing)):
            text = picture["picture"].description or picture["picture"].title
            picture.replace_self(nodes.paragraph("", f"[{text}]"))


def _expand_group(group: paper_group, limit: int) -> nodes.bullet_list:
    items = nodes.bullet_list(bullet="*")
    for paper in group.children:
        assert isinstance(paper, (paper_card, paper_line))  # noqa: S101 - for the type checker
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
        items += item
    return items


def _expand_reference(item: reference_item) -> nodes.list_item:
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


def join_links(links: Iterable[Link]) -> list[nodes.Node]:
    """Return links with commas between them, as generic nodes."""
    joined: list[nodes.Node] = []
    for link in links:
        if joined:
            joined.append(nodes.Text(", "))
        if link.uri:
            is_internal = not link.uri.startswith(("http:", "https:"))
            reference = nodes.reference("", "", refuri=link.uri, internal=is_internal)
            reference += nodes.Text(link.text)
            joined.append(reference)
        else:
            joined.append(nodes.Text(link.text))
    return joined
