"""The entries of papers, expanded from their keys when they are written; see :mod:`.nodes`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from livingsurvey.reference import close
from livingsurvey.sphinxext.citations import get_formatter
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.drawings import drawing
from livingsurvey.sphinxext.linking import Linker, frame, join_links, link_page
from livingsurvey.sphinxext.nodes import (
    PageLink,
    abbreviate,
    collect_facts,
    list_texts,
    paper_card,
    paper_entry,
    paper_group,
    paper_line,
    paper_listing,
    paper_note,
    paper_title,
    place_card,
    reference_item,
    reference_list,
    reference_part,
    render_markup,
    render_reference,
    spell_link,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sphinx.environment import BuildEnvironment
    from sphinx.writers.html5 import HTML5Translator
    from sphinx.writers.latex import LaTeXTranslator

    from livingsurvey.model import Paper
    from livingsurvey.sphinxext.domain import SurveyDomain
    from livingsurvey.sphinxext.nodes import LazyEntries
    from livingsurvey.words import Words


class Entries:
    """Makes the entries of one build.

    The catalog is that of the page, even where the page was read by an earlier build: had it
    another answer now, the page would have been read again.
    """

    def __init__(self, domain: SurveyDomain) -> None:
        self.catalog = domain.catalog
        self.linker = Linker(domain.get_survey(), domain.builder)
        self.citations = get_formatter(domain.env)
        self.builder = domain.builder
        self.words = domain.words

    def expand(
        self, lazy: LazyEntries, first: int = 0, last: int | None = None
    ) -> Iterator[paper_entry]:
        """Yield the entries of a group or of a list of references, one at a time, in order."""
        kept = {
            (type(child), child["key"]): child
            for child in lazy.children
            if isinstance(child, (paper_title, paper_note))
        }
        marks: dict[str, dict[str, Any]] = lazy.get("marks", {})
        is_group = isinstance(lazy, paper_group)
        keys = lazy["keys"] if is_group else self.citations.arrange(lazy["keys"])
        for key in keys[first:last]:
            paper = self.catalog.papers[key]
            texts = []
            for kind, tex in list_texts(paper, with_note=lazy.get("kind") == "residents"):
                known = kept.get((kind, key))
                children = known.deepcopy().children if known else render_markup(tex)
                texts.append(kind("", "", *children))
            if is_group:
                entry = self._make(paper, lazy)
                entry += texts
            else:
                entry = self._make_reference(paper, lazy["docname"], texts)
            entry.attributes.update(marks.get(key, {}))
            entry.parent = lazy
            yield entry

    def _make_reference(
        self, paper: Paper, docname: str, title: Iterable[nodes.Node]
    ) -> reference_item:
        label = self.citations.label(paper.key) if self.citations.shows_labels else ""
        suffix = self.citations.suffix(paper.key)
        item = render_reference(paper, docname, title, self.words, label=label, suffix=suffix)
        item["ids"].append(f"ref-{item.facts.anchor}")
        item["home_link"] = tuple(self.linker.home(docname, item.facts))
        item["mention_links"] = tuple(self.linker.mentions(docname, paper.key, {"cite", "name"}))
        item["listing_links"] = tuple(self.linker.mentions(docname, paper.key, {"list"}))
        return item

    def _make(self, paper: Paper, lazy: LazyEntries) -> paper_entry:
        docname = lazy["docname"]
        if lazy["kind"] != "residents":
            line = paper_line(facts=collect_facts(paper), docname=docname)
            line["home_link"] = tuple(self.linker.home(docname, line.facts))
            return line
        card = paper_card(facts=collect_facts(paper), docname=docname)
        card["ids"].append(place_card(paper))
        card["page"] = link_page(self.builder, docname, card.facts.anchor)
        card["other_links"] = tuple(self.linker.categories(docname, card.facts.others))
        return card


def get_entries(env: BuildEnvironment) -> Entries:
    """Return what makes the entries of this build."""
    return get_survey_domain(env).once(Entries)


def limit_of(translator: HTML5Translator | LaTeXTranslator) -> int:
    """Return how many authors are named before "et al."."""
    return get_survey_domain(translator.builder.env).settings.author_limit


def words_of(translator: HTML5Translator | LaTeXTranslator) -> Words:
    """Return what the pages say, in the language of the survey."""
    return get_survey_domain(translator.builder.env).words


def write_entries(
    self: HTML5Translator | LaTeXTranslator,
    lazy: LazyEntries,
    first: int = 0,
    last: int | None = None,
) -> None:
    """Write entries by the visitors of a builder, expanding one after the other."""
    for entry in get_entries(self.builder.env).expand(lazy, first, last):
        entry.walkabout(self)


class ExpandPapers(SphinxPostTransform):
    """Spell papers out in generic nodes, for builders without visitors of ours.

    So text, man pages, EPUB readers, XML and the link check all see ordinary lists and links.
    """

    # After ResolvePlaceholders (6), before Sphinx's ReferencesResolver (10).
    default_priority = 7

    def run(self, **kwargs: Any) -> None:
        """Replace our nodes in one document."""
        builder = get_survey_domain(self.env).builder
        if builder.format in {"html", "latex"} and builder.name != "linkcheck":
            return
        entries = get_entries(self.env)
        limit, words = get_survey_domain(self.env).settings.author_limit, entries.words
        for group in list(self.document.findall(paper_group)):
            items = nodes.bullet_list(bullet="*")
            for paper in entries.expand(group):
                items += _expand_paper(paper, limit, words)
            group.replace_self(items)
        for listing in list(self.document.findall(paper_listing)):
            listing.replace_self(listing.children)
        for references in list(self.document.findall(reference_list)):
            items = nodes.bullet_list(bullet="*")
            for item in entries.expand(references):
                items += _expand_reference(item, words)
            references.replace_self(items)
        for picture in list(self.document.findall(drawing)):
            text = picture["picture"].description or picture["picture"].title
            picture.replace_self(nodes.paragraph("", f"[{text}]"))


def _expand_paper(paper: paper_entry, limit: int, words: Words) -> nodes.list_item:
    item = nodes.list_item(ids=paper["ids"])
    facts = paper.facts
    head = nodes.paragraph()
    if facts.name:
        head += [nodes.strong("", facts.name), nodes.Text(f"{close(facts.name)} ")]
    head += _children(paper, paper_title)
    head += nodes.Text(f"{close(facts.title)} ")
    by = ", ".join(
        part
        for part in (
            abbreviate(facts.authors, facts.truncated, limit, words),
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
    links = join_links([PageLink(words.gettext(label), uri) for label, uri in facts.links])
    if isinstance(paper, paper_card):
        others = paper.links("other_links")
        if others:
            links += [nodes.Text(". ")] if links else []
            links += frame(words.gettext("Also in {places}"), places=join_links(others))
    elif home := join_links(paper.links("home_link")):
        links = frame(words.gettext("See {place}"), place=home)
    if links:
        item += nodes.paragraph("", "", *links, nodes.Text("."))
    return item


def _expand_reference(item: paper_entry, words: Words) -> nodes.list_item:
    entry = nodes.paragraph()
    for child in item.children:
        if isinstance(child, paper_title):
            entry += child.children
        elif isinstance(child, reference_part) and child["kind"] == "venue":
            entry += nodes.emphasis("", "", *child.children)
        else:
            entry += child.children if isinstance(child, reference_part) else child
    links = [PageLink(spell_link(label, uri, words), uri) for label, uri in item.facts.links]
    if links:
        entry += [nodes.Text(" "), *join_links(links)]
    expanded = nodes.list_item("", entry, ids=item["ids"])
    mentions = (*item.links("mention_links"), *item.links("listing_links"))
    if mentions:
        line = frame(words.gettext("In: {places}"), places=join_links(mentions))
        expanded += nodes.paragraph("", "", *line)
    return expanded


def _children(node: nodes.Element, kind: type[nodes.Element]) -> list[nodes.Node]:
    return [grandchild for child in node.findall(kind) for grandchild in child.children]
