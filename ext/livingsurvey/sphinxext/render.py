"""Papers as nodes: the one place that decides what an entry says."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from docutils import nodes

from livingsurvey.bibtex.fields import LINK_FIELDS
from livingsurvey.bibtex.keys import make_anchor
from livingsurvey.markup import parse
from livingsurvey.markup import tree as inline
from livingsurvey.sphinxext.nodes import (
    PaperFacts,
    paper_card,
    paper_group,
    paper_line,
    paper_note,
    paper_title,
    paper_words,
    reference_item,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from livingsurvey.markup import Markup
    from livingsurvey.model import Paper

_TYPED = re.compile(r"[\"'`\\\x00]|--|\.\.\.")
"""What Sphinx may print otherwise than it stands there (``smartquotes_action``)."""

_WRAPPERS: dict[type, type[nodes.TextElement]] = {
    inline.Emphasis: nodes.emphasis,
    inline.Strong: nodes.strong,
    inline.Superscript: nodes.superscript,
    inline.Subscript: nodes.subscript,
    inline.Monospace: nodes.literal,
    inline.SmallCaps: nodes.inline,
}


def render_markup(tex: str) -> list[nodes.Node]:
    """Return the inline nodes of a title or annotation."""
    return _render(parse(tex).nodes)


def _render(tree: Iterable[inline.Node]) -> list[nodes.Node]:
    rendered: list[nodes.Node] = []
    for one in tree:
        if isinstance(one, inline.Text):
            rendered.append(nodes.Text(one.text))
        elif isinstance(one, inline.Math):
            rendered.append(nodes.math(one.tex, one.tex))
        elif isinstance(one, inline.Link):
            link = nodes.reference(refuri=one.url, internal=False)
            link += _render(one.children)
            rendered.append(link)
        else:
            wrapper = _WRAPPERS[type(one)]()
            if isinstance(one, inline.SmallCaps):
                wrapper["classes"].append("ls-small-caps")
            wrapper += _render(one.children)
            rendered.append(wrapper)
    return rendered


def display_name(paper: Paper) -> str:
    """Return what a paper is called in running text: its short title, else its title."""
    return parse(paper.short_title or paper.title).text or paper.key


@lru_cache(maxsize=16384)
def collect_facts(paper: Paper) -> PaperFacts:
    """Return everything that the entries of a paper print, whatever their form."""
    people = paper.authors or paper.editors
    return PaperFacts(
        key=paper.key,
        anchor=make_anchor(paper.key),
        name=parse(paper.short_title).text,
        title=parse(paper.title).text or paper.key,
        authors=tuple(one.full for one in people),
        truncated=paper.truncated,
        inverted=_join([one.inverted for one in people], paper.truncated),
        venue=parse(paper.venue).text,
        year=str(paper.year) if paper.year else "",
        links=collect_links(paper),
        home=paper.home,
        others=tuple(tag for tag in paper.categories if tag != paper.home),
    )


def collect_links(paper: Paper) -> tuple[tuple[str, str], ...]:
    """Return where a paper can be had: (label, address), most lasting first."""
    links = []
    if paper.doi:
        links.append(("DOI", f"https://doi.org/{_quote_doi(paper.doi)}"))
    if paper.arxiv:
        links.append(("arXiv", f"https://arxiv.org/abs/{paper.arxiv}"))
    if paper.url and not any(paper.url == uri for _, uri in links):
        links.append(("Link", paper.url))
    links.extend((LINK_FIELDS[name], address) for name, address in paper.links.items())
    return tuple(links)


def _quote_doi(doi: str) -> str:
    # Old DOIs hold <, > and #, which an address cannot.
    return "".join(f"%{ord(char):02X}" if char in '<>"#%{}|\\^`[]?' else char for char in doi)


def _join(names: Sequence[str], truncated: bool) -> str:
    if truncated:
        return "; ".join((*names, "et al."))
    return "; ".join(names)


def abbreviate(authors: Sequence[str], truncated: bool, limit: int) -> str:
    """Return the authors in one phrase, at most *limit* of them named."""
    if not authors:
        return ""
    if truncated or len(authors) > limit:
        return f"{', '.join(authors[:limit])} et al."
    if len(authors) == 1:
        return authors[0]
    return f"{', '.join(authors[:-1])} and {authors[-1]}"


def make_group(kind: str, form: str, docname: str, papers: Sequence[Paper]) -> paper_group:
    """Return the papers of one kind, folded."""
    keys = tuple(paper.key for paper in papers)
    group = paper_group(kind=kind, form=form, docname=docname, keys=keys)
    group += fold_papers(papers, with_notes=kind == "residents")
    return group


def place_card(paper: Paper) -> str:
    """Return the id of the full entry of a paper."""
    return f"paper-{make_anchor(paper.key)}"


def fold_papers(papers: Iterable[Paper], *, with_notes: bool = False) -> list[nodes.Node]:
    """Return what a tree holds of entries that are unfolded later; see :mod:`.nodes`.

    Args:
        papers: In the order of their entries.
        with_notes: Whether these show the annotation.
    """
    words: list[str] = []
    kept: list[nodes.Node] = []
    for paper in papers:
        for kind, tex in list_texts(paper, with_note=with_notes):
            said = parse(tex)
            if _is_plain(said):
                words.append(said.text)
            else:
                kept.append(kind("", "", *_render(said.nodes), key=paper.key))
    plain = "\n".join(words)
    return [paper_words(plain, plain), *kept] if words else kept


def list_texts(
    paper: Paper, *, with_note: bool
) -> list[tuple[type[paper_title | paper_note], str]]:
    """Return the kinds of node in an entry, with the TeX of what each says."""
    texts: list[tuple[type[paper_title | paper_note], str]]
    texts = [(paper_title, paper.title or paper.key)]
    if with_note and paper.annotation:
        texts.append((paper_note, paper.annotation))
    return texts


def _is_plain(said: Markup) -> bool:
    """Whether a text has neither nodes of its own nor what ``smartquotes`` may change."""
    is_text = all(isinstance(one, inline.Text) for one in said.nodes)
    return is_text and not _TYPED.search(said.text)


def render_card(paper: Paper, docname: str) -> paper_card:
    """Return the full entry of a paper."""
    return paper_card(facts=collect_facts(paper), docname=docname)


def render_line(paper: Paper, docname: str) -> paper_line:
    """Return the short entry of a paper."""
    return paper_line(facts=collect_facts(paper), docname=docname)


def render_reference(paper: Paper, docname: str) -> reference_item:
    """Return the entry of a paper in the list of references."""
    return reference_item(facts=collect_facts(paper), docname=docname)
