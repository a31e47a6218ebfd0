"""HTML for entries. Every value is escaped here; links were checked when they were read."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from docutils.nodes import SkipNode, Text, reference

from livingsurvey.exports import FORMATS
from livingsurvey.exports.formats import PER_CATEGORY, locate
from livingsurvey.sphinxext.entries import limit_of, words_of, write_entries
from livingsurvey.sphinxext.linking import is_site, link_file
from livingsurvey.sphinxext.nodes import (
    abbreviate,
    child_of,
    paper_card,
    paper_group,
    paper_line,
    paper_listing,
    paper_note,
    paper_title,
)
from livingsurvey.words import mark

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    if not facts.name:
        return ""
    return f'<strong class="ls-name">{escape(facts.name)}</strong> '


def write_byline(facts: PaperFacts, limit: int, words: Words) -> str:
    """Return who, where and when."""
    who = escape(abbreviate(facts.authors, facts.truncated, limit, words))
    year = f'<span class="ls-year">{escape(facts.year)}</span>' if facts.year else ""
    where = " ".join(
        part for part in (write_venue(facts.venue, is_titled=facts.is_titled), year) if part
    )
    return " · ".join(part for part in (who, where) if part)


def write_venue(venue: str, *, is_titled: bool) -> str:
    """Return where a paper appeared, by its acronym if the name ends with one in brackets.

    The whole name stands in the list of references.
    """
    if not venue:
        return ""
    acronym = _ACRONYM.search(venue)
    if acronym is None:
        look = "ls-venue" if is_titled else "ls-venue ls-plain"
        return f'<span class="{look}">{escape(venue)}</span>'
    short = escape(acronym[1])
    return f'<span class="ls-venue ls-acronym" title="{escape(venue)}">{short}</span>'


def write_cells(facts: PaperFacts, limit: int, words: Words) -> str:
    """Return who, where and when as cells of a table."""
    who = escape(abbreviate(facts.authors, facts.truncated, limit, words))
    year = escape(facts.year)
    venue = write_venue(facts.venue, is_titled=facts.is_titled)
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


def write_take_away(self: HTML5Translator, node: paper_listing) -> str:
    """Return links to the files of a category; ``""`` where there are no such files."""
    if not is_site(self.builder) or child_of(node, paper_group) is None:
        return ""
    links = ", ".join(
        f'<a class="reference internal"'
        f' href="{escape(link_file(self.builder, node["docname"], path))}">'
        f"{FORMATS[name].title}</a>"
        for name in PER_CATEGORY
        for path in [locate(name, "", node["tag"])]
    )
    text = words_of(self).gettext(
        "Take away all of {category}: {links}", category=escape(node["title"]), links=links
    )
    return f'<p class="ls-take-away">{text}</p>\n'


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


def html_visit_paper_listing(self: HTML5Translator, node: paper_listing) -> None:
    """Open the box of a listing."""
    classes = f"ls-papers ls-{escape(node['form'])}"
    # The color was checked when the taxonomy was read.
    color = f' style="--ls-color: {escape(node["color"])}"' if node.get("color") else ""
    self.body.append(
        f'<div class="{classes}"{write_ids(node)} data-tag="{escape(node["tag"])}"{color}>\n'
    )


def html_depart_paper_listing(self: HTML5Translator, node: paper_listing) -> None:
    """Close it, with the papers to take away."""
    if node["is_home"]:
        self.body.append(write_take_away(self, node))
    self.body.append("</div>\n")


def html_visit_paper_group(self: HTML5Translator, node: paper_group) -> None:
    """Write a list of papers, or a table, expanding one after the other.

    Of a long list, all but the first are for a script to bring in when a reader asks for them:
    what stands in ``noscript`` is one text to a browser that runs scripts, and a list like any
    other to one that does not.
    """
    words = words_of(self)
    if node["kind"] == "guests":
        text = words.gettext("Also about this topic, with their full entries elsewhere")
        self.body.append(f'<p class="ls-group-head">{escape(text)}</p>\n')
    count = len(node["keys"])
    if node["form"] == "table":
        titles = (escape(words.gettext(COLUMNS[name])) for name in _HEADS)
        heads = "".join(f'<th scope="col">{title}</th>' for title in titles)
        self.body.append(
            '<div class="table-wrapper docutils container"><table class="ls-table docutils">\n'
            f"<thead><tr>{heads}</tr></thead>\n<tbody>\n"
        )
    else:
        start = f'<ul class="ls-group ls-{escape(node["kind"])}" data-count="{count}">\n'
        # Only a listing has the script that brings the others in.
        is_cut = isinstance(node.parent, paper_listing) and is_site(self.builder)
        shown = SHOWN if is_cut and count > MOST_SHOWN else count
        self.body.append(start)
        write_entries(self, node, 0, shown)
        self.body.append("</ul>\n")
        if shown < count:
            self.body.append(f'<noscript class="ls-rest">\n{start}')
            write_entries(self, node, shown, count)
            self.body.append("</ul>\n</noscript>\n")
        raise SkipNode
    write_entries(self, node, 0, count)
    self.body.append("</tbody></table></div>\n")
    raise SkipNode


def _is_row(node: Element) -> bool:
    return node.parent is not None and node.parent.get("form") == "table"


def _write_added(node: paper_card | paper_line) -> str:
    """Return the day on which a paper joined, for the script that marks what is new."""
    return f' data-added="{node.facts.added}"' if node.facts.added else ""


def html_visit_paper_card(self: HTML5Translator, node: paper_card) -> None:
    """Open the full entry of a paper."""
    if _is_row(node):
        self.body.append(f'<tr class="ls-paper"{write_ids(node)}{_write_added(node)}><td>')
    else:
        self.body.append(
            f'<li class="ls-paper"{write_ids(node)}{_write_added(node)}>\n<p class="ls-head">'
        )
    if not _begins_with_name(node):
        self.body.append(write_name(node.facts))


def html_depart_paper_card(self: HTML5Translator, node: paper_card) -> None:
    """Write its links, and close it."""
    facts, words = node.facts, words_of(self)
    links = write_external(facts.links, words)
    if _is_row(node):
        # The cells after the title; an annotation, if any, stands in the first cell.
        cells = write_cells(facts, limit_of(self), words)
        self.body.append(f"</td>{cells}<td>{' '.join(links)}</td></tr>\n")
        return
    self.body.append(f'<p class="ls-foot ls-links">{" ".join(links)}</p>\n</li>\n')


def html_visit_paper_line(self: HTML5Translator, node: paper_line) -> None:
    """Open the short entry of a paper."""
    added = _write_added(node)
    self.body.append(f"<tr{added}><td>" if _is_row(node) else f"<li{added}>")
    if not _begins_with_name(node):
        self.body.append(write_name(node.facts))


def html_depart_paper_line(self: HTML5Translator, node: paper_line) -> None:
    """Write who, where and when, and the link home; close it."""
    facts, words, limit = node.facts, words_of(self), limit_of(self)
    home = "".join(write_internal(node.links("home_link")))
    if _is_row(node):
        links = " ".join(write_external(facts.links, words))
        cells = write_cells(facts, limit, words)
        self.body.append(f"</td>{cells}<td>{links} {home}</td></tr>\n")
        return
    by = write_byline(facts, limit, words)
    sign = "←" if words.is_right_to_left else "→"
    arrow = f' <span class="ls-home">{sign} {home}</span>' if home else ""
    self.body.append(f' <span class="ls-by">{by}</span>{arrow}</li>\n')


def html_visit_paper_title(self: HTML5Translator, node: paper_title) -> None:
    """Open a title; the name that it begins with stands out, and is not said twice."""
    parent = node.parent
    self.body.append('<cite class="ls-title">')
    uri = _title_link(node)
    if uri:
        self.body.append(f'<a class="ls-to reference internal" href="{escape(uri)}">')
    if isinstance(parent, (paper_card, paper_line)) and _begins_with_name(parent):
        name = parent.facts.name
        self.body.append(write_name(parent.facts).strip())
        node[0] = Text(node[0].astext()[len(name) :])


def html_depart_paper_title(self: HTML5Translator, node: paper_title) -> None:
    """Close the title; in a full entry the authors follow on a line of their own."""
    self.body.append(("</a>" if _title_link(node) else "") + "</cite>")
    parent = node.parent
    if isinstance(parent, paper_card) and not _is_row(parent):
        self.body.append(_permalink(self, parent))
        by = write_byline(parent.facts, limit_of(self), words_of(self))
        self.body.append(f'</p>\n<p class="ls-by">{by}</p>\n')


def html_visit_paper_note(self: HTML5Translator, node: paper_note) -> None:
    """Open the annotation; a table has no room for it."""
    if _is_row(node.parent):
        raise SkipNode
    self.body.append('<p class="ls-note">')


def html_depart_paper_note(self: HTML5Translator, node: paper_note) -> None:
    """Close it."""
    self.body.append("</p>\n")


def _title_link(title: paper_title) -> str:
    """Return where a title leads; nowhere if it holds links, which cannot nest."""
    if not isinstance(title.parent, (paper_card, paper_line)) or any(title.findall(reference)):
        return ""
    if title.parent.get("page"):
        return str(title.parent["page"])
    home = title.parent.links("home_link")
    return home[0].uri if home else ""


def _begins_with_name(paper: paper_card | paper_line) -> bool:
    """Whether the title of a paper begins with its short name: ``LoRA: Low-Rank …``."""
    title = child_of(paper, paper_title)
    first = title[0] if title is not None and title.children else None
    return isinstance(first, Text) and begins_with_name(first.astext(), paper.facts.name)


def _permalink(self: HTML5Translator, node: Element) -> str:
    if not (self.config.html_permalinks and node["ids"]):
        return ""
    icon = self.config.html_permalinks_icon
    hint = escape(words_of(self).gettext("Link to this paper"))
    return f'<a class="headerlink" href="#{escape(node["ids"][0])}" title="{hint}">{icon}</a>'


VISITORS: dict[type[Element], tuple[Any, Any]] = {
    paper_listing: (html_visit_paper_listing, html_depart_paper_listing),
    paper_group: (html_visit_paper_group, None),
    paper_card: (html_visit_paper_card, html_depart_paper_card),
    paper_line: (html_visit_paper_line, html_depart_paper_line),
    paper_title: (html_visit_paper_title, html_depart_paper_title),
    paper_note: (html_visit_paper_note, html_depart_paper_note),
}
"""By kind of node: how to enter and leave it."""
