"""``{survey:changes}``: what each edition and month changed, and the feed of it."""

from __future__ import annotations

import datetime
from collections import Counter
from html import escape
from itertools import chain, repeat
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes

from livingsurvey.queries import NO_YEAR
from livingsurvey.sphinxext.domain import SurveyDirective
from livingsurvey.sphinxext.downloads import site_file
from livingsurvey.sphinxext.entries import words_of
from livingsurvey.sphinxext.entries_html import write_link
from livingsurvey.sphinxext.entries_latex import write_links
from livingsurvey.sphinxext.linking import CHANGES_FEED, frame, join_links
from livingsurvey.sphinxext.listing import paper_links
from livingsurvey.sphinxext.nodes import writes
from livingsurvey.upkeep.history import CHANGE_KINDS, FILE_NAME, KIND_TITLES, Changes, spell_detail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator
    from sphinx.writers.latex import LaTeXTranslator

    from livingsurvey.upkeep.history import Change, Edition, News
    from livingsurvey.words import Words

MANY = 30
"""More papers than this are shown by the category that they joined."""


class change_list(paper_links):  # noqa: N801
    """Changes of one kind; attributes ``kind``, ``count``, ``groups``, ``docname``.

    Each group is (heading or ``""``, ((key, name, title, details), …)). It has no text: the search
    finds a paper at its home.
    """

    def list_keys(self) -> Iterator[str]:
        """Yield the keys of the papers."""
        return (key for _, lines in self["groups"] for key, *_ in lines)

    def say_title(self, words: Words) -> str:
        """Return what kind of changes these are."""
        title = KIND_TITLES[self["kind"]]
        return words.gettext(title)

    def expand(self, words: Words) -> list[nodes.Node]:
        """Return the changes as ordinary lists."""
        made: list[nodes.Node] = []
        head = f"{self.say_title(words)} ({self['count']})"
        for heading, lines in self["groups"]:
            label = f"{head}: {heading}" if heading else head
            made.append(nodes.paragraph("", "", nodes.strong("", label)))
            items = nodes.bullet_list(bullet="*")
            for key, _, title, details in lines:
                line = nodes.paragraph("", "", *join_links([self.link(key, title)]))
                line += nodes.Text(f": {details}" if details else "")
                items += nodes.list_item("", line)
            made.append(items)
        return made


class ChangesDirective(SurveyDirective):
    """Tell what each edition changed, in a section each, month by month.

    It stands at the end of a page, or of a section: what it makes are sections.

    ::

        ```{survey:changes}
        :limit: 5
        :book: 1
        ```
    """

    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {
        "limit": directives.positive_int,
        "book": directives.positive_int,
    }
    option_help: ClassVar[dict[str, str]] = {
        "limit": "so many editions, the newest first",
        "book": "so many of them in the book",
    }

    def run(self) -> list[nodes.Node]:
        """Return the sections, under a link to the feed."""
        domain, docname, words = self.domain, self.docname, self.words
        self.page.panels["changes"] = None
        limit = self.options.get("limit", 0)
        news: News = self.ask(Changes(domain.locate(FILE_NAME), limit))
        self.page.browsed.update(dict.fromkeys(news.names))
        made: list[nodes.Node] = []
        if domain.settings.about.has_feeds:
            about = words.gettext("Changes") + ": "
            text = words.gettext("a feed")
            link = site_file("", text, path=CHANGES_FEED, docname=docname, about=about)
            said = frame(words.gettext("Each change is also an entry of {feed}."), feed=[link])
            made.append(addnodes.only("", nodes.paragraph("", "", *said), expr="not latex"))
        shown = self.options.get("book", 0) or len(news.editions)
        for position, edition in enumerate(news.editions):
            # A survey begins with all its papers: they are no news one by one.
            is_first = bool(edition.name) and position + 1 == len(news.editions) and not limit
            section = self.describe(edition, news, is_first=is_first)
            is_shown = position < shown
            made.append(section if is_shown else addnodes.only("", section, expr="not latex"))
        return made or [nodes.paragraph("", words.gettext("Nothing has changed yet."))]

    def describe(self, edition: Edition, news: News, *, is_first: bool) -> nodes.section:
        """Return the section of an edition, with one for each month."""
        name = edition.name.removeprefix("v")
        former = next((other.name for other in news.editions if other.name), "").removeprefix("v")
        words = self.words
        title = words.gettext("So far")
        if name:
            title = words.gettext("Edition {name}", name=name)
        elif former:
            title = words.gettext("Since edition {name}", name=former)
        text = count_changes(edition.changes, words)
        if edition.name and edition.date:
            day = words.day(datetime.date.fromisoformat(edition.date))
            text = words.gettext("{day}: {changes}", day=day, changes=text)
        said = nodes.paragraph("", text)
        section = self.make_section("edition", name or "next", said, title=title)
        for month, changes in () if is_first else edition.by_month():
            lists = self.list_kinds(changes, news)
            title = words.month(*map(int, month.split("-"))) if month else words.gettext(NO_YEAR)
            section += self.make_section("changes", month or "undated", *lists, title=title)
        return section

    def list_kinds(self, changes: Sequence[Change], news: News) -> Iterator[change_list]:
        """Yield a list for each kind of change."""
        for kind in CHANGE_KINDS:
            chosen = [change for change in changes if change.kind == kind]
            if chosen:
                groups = tuple(_group(chosen, news, self.words))
                node = change_list(docname=self.docname, kind=kind, groups=groups)
                node["count"] = len(chosen)
                self.set_source_info(node)
                yield node


def _group(
    changes: Sequence[Change], news: News, words: Words
) -> Iterator[tuple[str, tuple[tuple[str, str, str, str], ...]]]:
    """Yield changes; many papers that were added by the category that they joined."""
    groups: dict[str, list[Change]] = {}
    is_divided = changes[0].kind == "added" and len(changes) > MANY
    for change in changes:
        tag = news.homes.get(change.key, "") if is_divided else ""
        groups.setdefault(tag, []).append(change)
    order = [*news.titles, ""]
    for tag in sorted(groups, key=order.index):
        lines = tuple(
            _describe(change, news, words, is_divided=is_divided) for change in groups[tag]
        )
        elsewhere = (words.gettext("Elsewhere"),) if is_divided else ()
        yield ": ".join(news.titles.get(tag, elsewhere)), lines


def _describe(
    change: Change, news: News, words: Words, *, is_divided: bool
) -> tuple[str, str, str, str]:
    name = news.names.get(change.key, "") or change.title or change.key
    # Readers know the titles of categories, not their tags.
    is_moved = change.kind == "moved"
    titles = {tag: names[-1] for tag, names in news.titles.items()} if is_moved else {}
    details = "; ".join(spell_detail(one, words, titles) for one in change.details)
    if change.kind == "added":
        home = news.titles.get(news.homes.get(change.key, ""), ())
        details = "" if is_divided else ": ".join(home)
    return change.key, name, change.title or change.key, details


def count_changes(changes: Iterable[Change], words: Words) -> str:
    """Return ``2 papers added, 1 moved.``, or that there are none."""
    counts = Counter(str(change.kind) for change in changes)
    kinds = [kind for kind in CHANGE_KINDS if counts[kind]]
    if not kinds:
        return words.gettext("No changes.")
    says = chain([_count_papers], repeat(_count_further))
    parts = [say(counts[kind], words)[kind] for kind, say in zip(kinds, says, strict=False)]
    return words.gettext("{changes}.", changes=", ".join(parts))


def _count_papers(number: int, words: Words) -> dict[str, str]:
    """Return a counted change by its kind: a phrase each, for gettext finds these alone."""
    n, ngettext = words.number(number), words.ngettext
    return {
        "added": ngettext("{n} paper added", "{n} papers added", number, n=n),
        "republished": ngettext("{n} paper republished", "{n} papers republished", number, n=n),
        "moved": ngettext("{n} paper moved", "{n} papers moved", number, n=n),
        "corrected": ngettext("{n} paper corrected", "{n} papers corrected", number, n=n),
        "removed": ngettext("{n} paper removed", "{n} papers removed", number, n=n),
    }


def _count_further(number: int, words: Words) -> dict[str, str]:
    """Return the same where papers are spoken of already."""
    n = words.number(number)
    return {
        "added": words.ngettext("{n} added", "{n} added", number, n=n),
        "republished": words.ngettext("{n} republished", "{n} republished", number, n=n),
        "moved": words.ngettext("{n} moved", "{n} moved", number, n=n),
        "corrected": words.ngettext("{n} corrected", "{n} corrected", number, n=n),
        "removed": words.ngettext("{n} removed", "{n} removed", number, n=n),
    }


@writes
def html_visit_change_list(self: HTML5Translator, node: change_list) -> Iterator[str]:
    """Write the changes of a kind; the long list of small corrections is folded away."""
    words = words_of(self)
    count = words.number(node["count"])
    head = f'{escape(node.say_title(words))} <span class="ls-count">({count})</span>'
    is_folded = node["kind"] == "corrected" and node["count"] > MANY
    opening = f"<details><summary>{head}</summary>" if is_folded else f"<p>{head}</p>"
    yield f'<div class="ls-changes ls-{node["kind"]}">\n{opening}\n'
    for heading, lines in node["groups"]:
        if heading:
            count = f'<span class="ls-count">({len(lines)})</span>'
            yield f'<p class="ls-group-head">{escape(heading)} {count}</p>\n'
        yield "<ul>\n"
        for key, _, title, details in lines:
            more = f' <span class="ls-by">{escape(details)}</span>' if details else ""
            yield f"<li>{write_link(node.link(key, title))}{more}</li>\n"
        yield "</ul>\n"
    yield "</details></div>\n" if is_folded else "</div>\n"


@writes
def latex_visit_change_list(self: LaTeXTranslator, node: change_list) -> Iterator[str]:
    """Write them in small print: what was added or corrected by name, the rest a line each."""
    is_run = node["kind"] in {"added", "corrected"}
    joint = ";\n" if is_run else "\\par\n\\hangindent=1em "
    head = self.encode(f"{node.say_title(words_of(self))} ({node['count']})")
    yield f"\n\\par\\medskip\\noindent{{\\small\\bfseries {head}}}\\par\\nopagebreak\n"
    yield "{\\footnotesize\\raggedright\\parindent=0pt\n"
    for heading, lines in node["groups"]:
        if heading:
            yield f"\\smallskip{{\\bfseries {self.encode(heading)}}}\\par\\nopagebreak\n"
        links = (node.link(key, name if is_run else title) for key, name, title, _ in lines)
        written = [
            f"{shown}: {self.encode(details)}" if details and not is_run else shown
            for shown, (*_, details) in zip(write_links(self, links), lines, strict=True)
        ]
        yield f"{joint.join(written)}.\\par\n"
    yield "}\n"


def setup(app: Sphinx) -> None:
    """Register the directive and its node."""
    in_html, in_latex = (html_visit_change_list, None), (latex_visit_change_list, None)
    app.add_node(change_list, html=in_html, latex=in_latex)
    app.add_directive_to_domain("survey", "changes", ChangesDirective)
