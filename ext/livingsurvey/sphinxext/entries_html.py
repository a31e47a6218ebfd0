"""HTML for entries. Every value is escaped here; links were checked when they were read."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from docutils.nodes import Text, reference

from livingsurvey.exports import FORMATS
from livingsurvey.exports.formats import PER_CATEGORY, locate
from livingsurvey.sphinxext.entries import limit_of, words_of, write_entries
from livingsurvey.sphinxext.linking import is_site, link_file
from livingsurvey.sphinxext.nodes import (
    abbreviate,
    paper_card,
    paper_group,
    paper_line,
    paper_listing,
    paper_note,
    paper_title,
    write_children,
    writes,
)
from livingsurvey.words import mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docutils.nodes import Element
    from sphinx.writers.html5 import HTML5Translator

    from livingsurvey.sphinxext.nodes import PageLink, PaperFacts
    from livingsurvey.words import Words


_ACRONYM = re.compile(r" \(([^()]+)\)$")


def write_ids(node: Element) -> str:
    """Return the id attribute of a node; each of ours has one at most."""
    return f' id="{escape(node["ids"][0])}"' if node["ids"] else ""


def begins_with_name(title: str, name: str) -> bool:
    """Whether a title says the short name already: ``LoRA: Low-Rank …``."""
    rest = title.removeprefix(name)
    return bool(name) and rest != title and rest[:1] in {"", " ", ":", ","}


def write_name(facts: PaperFacts) -> str:
    """Return the short name of a paper and a space; nothing if it has none."""
    return f'<strong class="ls-name">{escape(facts.name)}</strong> ' if facts.name else ""


def write_byline(facts: PaperFacts, limit: int, words: Words) -> str:
    """Return who, where and when."""
    who = escape(abbreviate(facts.authors, facts.truncated, limit, words))
    year = f'<span class="ls-year">{escape(facts.year)}</span>' if facts.year else ""
    where = " ".join(filter(None, [_write_venue(facts), year]))
    return " · ".join(filter(None, [who, where]))


def _write_venue(facts: PaperFacts) -> str:
    """Return where a paper appeared, by its acronym if the name ends with one in brackets.

    The whole name stands in the list of references.
    """
    venue = escape(facts.venue)
    if acronym := _ACRONYM.search(facts.venue):
        return f'<span class="ls-venue ls-acronym" title="{venue}">{escape(acronym[1])}</span>'
    look = "ls-venue" if facts.is_titled else "ls-venue ls-plain"
    return f'<span class="{look}">{venue}</span>' if venue else ""


def write_cells(facts: PaperFacts, limit: int, words: Words) -> str:
    """Return who, where and when as cells of a table."""
    who = escape(abbreviate(facts.authors, facts.truncated, limit, words))
    venue, year = _write_venue(facts), escape(facts.year)
    return f'<td>{who}</td><td>{venue}</td><td class="ls-year">{year}</td>'


def write_external(links: Iterable[tuple[str, str]], words: Words) -> list[str]:
    """Return links that leave the site."""
    return [
        f'<a class="reference external" href="{escape(uri)}" rel="noopener">'
        f"{escape(words.gettext(label))}</a>"
        for label, uri in links
    ]


def write_link(link: PageLink, attributes: str = "") -> str:
    """Return a link within the site; the text alone where there is no address."""
    text = escape(link.text)
    return f'<a {attributes}href="{escape(link.uri)}">{text}</a>' if link.uri else text


def write_internal(links: Iterable[PageLink]) -> list[str]:
    """Return links within the site as Sphinx marks them."""
    return [write_link(link, 'class="reference internal" ') for link in links]


SHOWN, MOST_SHOWN = 10, 14
"""Of a list longer than the second, so many papers are shown before a reader asks for more."""

COLUMNS = {
    "title": mark("Paper"),
    "author": mark("Authors"),
    "venue": mark("Venue"),
    "year": mark("Year"),
    "category": mark("Categories"),
    "": mark("Links"),
}
"""The columns of the tables of papers."""
_HEADS = ("title", "author", "venue", "year", "")


def write_head(kind: str, heads: Iterable[str]) -> str:
    """Return what begins a table of papers; themes know such tables by the box around it."""
    return (
        f'<div class="table-wrapper docutils container"><table class="{kind} docutils">\n'
        f"<thead><tr>{''.join(heads)}</tr></thead>\n<tbody>\n"
    )


@writes
def html_visit_paper_listing(self: HTML5Translator, node: paper_listing) -> Iterator[str]:
    """Write a listing in its box, over links to the files of the category where there are any."""
    # The color was checked when the taxonomy was read.
    color = f' style="--ls-color: {escape(node["color"])}"' if node.get("color") else ""
    yield f'<div class="ls-papers ls-{escape(node["form"])}"{write_ids(node)}'
    yield f' data-tag="{escape(node["tag"])}"{color}>\n'
    write_children(self, node)
    if node["is_home"] and is_site(self.builder) and any(node.findall(paper_group)):
        paths = {name: locate(name, "", node["tag"]) for name in PER_CATEGORY}
        links = ", ".join(
            f'<a class="reference internal" href="{escape(uri)}">{FORMATS[name].title}</a>'
            for name, path in paths.items()
            for uri in [link_file(self.builder, node["docname"], path)]
        )
        text = mark("Take away all of {category}: {links}")
        said = words_of(self).gettext(text, category=escape(node["title"]), links=links)
        yield f'<p class="ls-take-away">{said}</p>\n'
    yield "</div>\n"


@writes
def html_visit_paper_group(self: HTML5Translator, node: paper_group) -> Iterator[str]:
    """Write a list of papers, or a table, expanding one after the other.

    Of a long list, all but the first are for a script to bring in when a reader asks for them:
    what stands in ``noscript`` is one text to a browser that runs scripts, and a list like any
    other to one that does not.
    """
    words = words_of(self)
    if node["kind"] == "guests":
        text = words.gettext("Also about this topic, with their full entries elsewhere")
        yield f'<p class="ls-group-head">{escape(text)}</p>\n'
    if node["form"] == "table":
        titles = (escape(words.gettext(COLUMNS[name])) for name in _HEADS)
        yield write_head("ls-table", (f'<th scope="col">{title}</th>' for title in titles))
        write_entries(self, node)
        yield "</tbody></table></div>\n"
        return
    count = len(node["keys"])
    start = f'<ul class="ls-group ls-{escape(node["kind"])}" data-count="{count}">\n'
    # Only a listing has the script that brings the others in.
    is_cut = isinstance(node.parent, paper_listing) and is_site(self.builder)
    shown = SHOWN if is_cut and count > MOST_SHOWN else count
    yield start
    write_entries(self, node, 0, shown)
    yield "</ul>\n"
    if shown < count:
        yield f'<noscript class="ls-rest">\n{start}'
        write_entries(self, node, shown)
        yield "</ul>\n</noscript>\n"


@writes
def html_visit_paper_entry(self: HTML5Translator, node: paper_card | paper_line) -> Iterator[str]:
    """Write an entry: in full, or in short with a link home; a table has no room for its note."""
    facts, words, limit = node.facts, words_of(self), limit_of(self)
    is_card = isinstance(node, paper_card)
    links = " ".join(write_external(facts.links, words))
    home = "".join(write_internal(node.links("home_link")))
    start = f' class="ls-paper"{write_ids(node)}' if is_card else ""
    # For the script that marks what is new.
    start += f' data-added="{facts.added}"' if facts.added else ""
    if node.parent["form"] == "table":
        yield f"<tr{start}><td>"
        yield from _write_title(self, node)
        where = links if is_card else f"{links} {home}"
        yield f"</td>{write_cells(facts, limit, words)}<td>{where}</td></tr>\n"
        return
    by = write_byline(facts, limit, words)
    if not is_card:
        yield f"<li{start}>"
        yield from _write_title(self, node)
        sign = "←" if words.is_right_to_left else "→"
        arrow = f' <span class="ls-home">{sign} {home}</span>' if home else ""
        yield f' <span class="ls-by">{by}</span>{arrow}</li>\n'
        return
    yield f'<li{start}>\n<p class="ls-head">'
    yield from _write_title(self, node)
    if self.config.html_permalinks and node["ids"]:
        hint, icon = words.gettext("Link to this paper"), self.config.html_permalinks_icon
        target = escape(node["ids"][0])
        yield f'<a class="headerlink" href="#{target}" title="{escape(hint)}">{icon}</a>'
    yield f'</p>\n<p class="ls-by">{by}</p>\n'
    for note in node.findall(paper_note):
        yield '<p class="ls-note">'
        write_children(self, note)
        yield "</p>\n"
    yield f'<p class="ls-foot ls-links">{links}</p>\n</li>\n'


def _write_title(self: HTML5Translator, node: paper_card | paper_line) -> Iterator[str]:
    """Yield the name and the title of a paper; a name with which it begins is not said twice."""
    (title,) = node.findall(paper_title)
    first, name = next(iter(title.children), None), write_name(node.facts)
    is_said = isinstance(first, Text) and begins_with_name(first.astext(), node.facts.name)
    home = node.links("home_link")
    uri = node.get("page") or (home[0].uri if home else "")
    if any(title.findall(reference)):  # links cannot nest
        uri = ""
    link = f'<a class="ls-to reference internal" href="{escape(uri)}">' if uri else ""
    before, within = ("", name.strip()) if is_said else (name, "")
    yield f'{before}<cite class="ls-title">{link}{within}'
    if is_said:
        title[0] = Text(title[0].astext().removeprefix(node.facts.name))
    write_children(self, title)
    yield "</a></cite>" if uri else "</cite>"


def html_visit_paper_title(self: HTML5Translator, node: paper_title) -> None:
    """Open the title of a reference."""
    self.body.append('<cite class="ls-title">')


def html_depart_paper_title(self: HTML5Translator, node: paper_title) -> None:
    """Close it."""
    self.body.append("</cite>")


VISITORS: dict[type[Element], tuple[Any, Any]] = {
    paper_listing: (html_visit_paper_listing, None),
    paper_group: (html_visit_paper_group, None),
    paper_card: (html_visit_paper_entry, None),
    paper_line: (html_visit_paper_entry, None),
    paper_title: (html_visit_paper_title, html_depart_paper_title),
}
"""By kind of node: how to enter and leave it; entries write their titles and annotations."""
