"""``{survey:changes}``: what each edition and month changed, and the feed of it."""

from __future__ import annotations

import re
from collections import Counter
from html import escape
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.nodes import SkipNode
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from livingsurvey.model import MONTH_NAMES
from livingsurvey.sphinxext.authors import make_section
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.downloads import site_file
from livingsurvey.sphinxext.linking import CHANGES_FEED, Linker, join_links
from livingsurvey.sphinxext.nodes import Link, placeholder
from livingsurvey.upkeep.changes import CHANGE_KINDS
from livingsurvey.upkeep.history import FILE_NAME, Changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator
    from sphinx.writers.latex import LaTeXTranslator

    from livingsurvey.sphinxext.domain import SurveyDomain
    from livingsurvey.upkeep.changes import Change
    from livingsurvey.upkeep.history import Edition, News

MANY = 30
"""More papers than this are shown by the category that they joined."""
_TAG = re.compile(r"[\w-]+")


class change_list(placeholder, nodes.General, nodes.Element):  # noqa: N801
    """Changes of one kind; attributes ``kind``, ``count``, ``groups``, ``docname``.

    Each group is (heading or ``""``, ((key, name, title, details), …)). A transform adds ``uris``,
    the address of each key. It has no text: the search finds a paper at its home.
    """

    def resolve(self, domain: SurveyDomain) -> None:
        """Find the homes of the papers; spell changes out where no visitor knows them."""
        survey, builder = domain.get_survey(), domain.builder
        linker = Linker(survey, builder)
        keys = {key for _, lines in self["groups"] for key, _, _, _ in lines}
        self["uris"] = {
            key: uri
            for key in keys
            if key in survey.papers and (uri := linker.uri(self["docname"], *survey.papers[key]))
        }
        if builder.format not in {"html", "latex"} or builder.name == "linkcheck":
            self.replace_self(expand_changes(self))


class ChangesDirective(SphinxDirective):
    """Tell what each edition changed, in a section each, month by month.

    It stands at the end of a page, or of a section: what it makes are sections.

    ::

        ```{survey:changes}
        :limit: 5
        :book: 1
        ```
    """

    has_content = False
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
        domain = get_survey_domain(self.env)
        docname = self.env.current_document.docname
        page = domain.tables.page(docname)
        page.panels["changes"] = None
        limit = self.options.get("limit", 0)
        news: News = domain.ask(docname, Changes(domain.locate(FILE_NAME), limit))
        page.browsed.update(dict.fromkeys(news.names))
        made: list[nodes.Node] = []
        if domain.settings.about.has_feeds:
            link = site_file("", "a feed", path=CHANGES_FEED, docname=docname, about="Changes: ")
            words = nodes.paragraph("", "", nodes.Text("Each change is also an entry of "), link)
            words += nodes.Text(".")
            made.append(addnodes.only("", words, expr="not latex"))
        shown = self.options.get("book", 0) or len(news.editions)
        for position, edition in enumerate(news.editions):
            # A survey begins with all its papers: they are no news one by one.
            is_first = bool(edition.name) and position + 1 == len(news.editions) and not limit
            section = self.describe(edition, news, is_first=is_first)
            is_shown = position < shown
            made.append(section if is_shown else addnodes.only("", section, expr="not latex"))
        return made or [nodes.paragraph("", "Nothing has changed yet.")]

    def describe(self, edition: Edition, news: News, *, is_first: bool) -> nodes.section:
        """Return the section of an edition, with one for each month."""
        name = edition.name.removeprefix("v")
        former = next((other.name for other in news.editions if other.name), "").removeprefix("v")
        title = f"Edition {name}" if name else f"Since edition {former}" if former else "So far"
        text = f"{count_changes(edition.changes)}."
        if edition.name and edition.date:
            text = f"{show_day(edition.date)}: {text}"
        section = make_section(self, "edition", name or "next", nodes.paragraph("", text))
        section[0] = nodes.title("", title)
        for month, changes in () if is_first else edition.by_month():
            lists = self.list_kinds(changes, news)
            part = make_section(self, "changes", month or "undated", *lists)
            part[0] = nodes.title("", show_month(month))
            section += part
        return section

    def list_kinds(self, changes: Sequence[Change], news: News) -> Iterator[change_list]:
        """Yield a list for each kind of change."""
        for kind in CHANGE_KINDS:
            chosen = [change for change in changes if change.kind == kind]
            if chosen:
                node = change_list(kind=kind, count=len(chosen))
                node["docname"] = self.env.current_document.docname
                node["groups"] = tuple(_group(chosen, news))
                self.set_source_info(node)
                yield node


def _group(
    changes: Sequence[Change], news: News
) -> Iterator[tuple[str, tuple[tuple[str, str, str, str], ...]]]:
    """Yield changes; many papers that were added by the category that they joined."""
    groups: dict[str, list[Change]] = {}
    is_divided = changes[0].kind == "added" and len(changes) > MANY
    for change in changes:
        tag = news.homes.get(change.key, "") if is_divided else ""
        groups.setdefault(tag, []).append(change)
    order = [*news.titles, ""]
    for tag in sorted(groups, key=order.index):
        lines = tuple(_describe(change, news, is_divided=is_divided) for change in groups[tag])
        yield ": ".join(news.titles.get(tag, ("Elsewhere",) if is_divided else ())), lines


def _describe(change: Change, news: News, *, is_divided: bool) -> tuple[str, str, str, str]:
    name = news.names.get(change.key, "") or change.title or change.key
    details = "; ".join(change.details)
    if change.kind == "added":
        titles = news.titles.get(news.homes.get(change.key, ""), ())
        details = "" if is_divided else ": ".join(titles)
    elif change.kind == "moved":  # readers know the titles of categories, not their tags
        details = _TAG.sub(lambda word: news.titles.get(word[0], (word[0],))[-1], details)
    return change.key, name, change.title or change.key, details


def count_changes(changes: Iterable[Change]) -> str:
    """Return ``2 papers added, 1 moved``, or that there are none."""
    counts = Counter(str(change.kind) for change in changes)
    parts = [f"{counts[kind]:,} {kind}" for kind in CHANGE_KINDS if counts[kind]]
    if not parts:
        return "No changes"
    number, _, word = parts[0].partition(" ")
    noun = "paper" if number == "1" else "papers"
    return ", ".join([f"{number} {noun} {word}", *parts[1:]])


def show_month(month: str) -> str:
    """Return ``November 2026`` for ``2026-11``."""
    if not month:
        return "Undated"
    return f"{MONTH_NAMES[int(month[5:]) - 1]} {month[:4]}"


def show_day(day: str) -> str:
    """Return ``November 28, 2026`` for an ISO date."""
    return f"{MONTH_NAMES[int(day[5:7]) - 1]} {int(day[8:])}, {day[:4]}"


def expand_changes(node: change_list) -> list[nodes.Node]:
    """Return changes as ordinary lists."""
    made: list[nodes.Node] = []
    head = f"{node['kind'].capitalize()} ({node['count']})"
    for heading, lines in node["groups"]:
        label = f"{head}: {heading}" if heading else head
        made.append(nodes.paragraph("", "", nodes.strong("", label)))
        items = nodes.bullet_list(bullet="*")
        for key, _, title, details in lines:
            uri = node["uris"].get(key, "")
            line = nodes.paragraph("", "", *join_links([Link(title, uri)]))
            line += nodes.Text(f": {details}" if details else "")
            items += nodes.list_item("", line)
        made.append(items)
    return made


def html_visit_change_list(self: HTML5Translator, node: change_list) -> None:
    """Write the changes of a kind; the long list of small corrections is folded away."""
    head = f'{node["kind"].capitalize()} <span class="ls-count">({node["count"]:,})</span>'
    is_folded = node["kind"] == "corrected" and node["count"] > MANY
    opening = f"<details><summary>{head}</summary>" if is_folded else f"<p>{head}</p>"
    self.body.append(f'<div class="ls-changes ls-{node["kind"]}">\n{opening}\n')
    for heading, lines in node["groups"]:
        if heading:
            count = f'<span class="ls-count">({len(lines)})</span>'
            self.body.append(f'<p class="ls-group-head">{escape(heading)} {count}</p>\n')
        self.body.append("<ul>\n")
        for key, _, title, details in lines:
            uri = node["uris"].get(key)
            shown = f'<a href="{escape(uri)}">{escape(title)}</a>' if uri else escape(title)
            more = f' <span class="ls-by">{escape(details)}</span>' if details else ""
            self.body.append(f"<li>{shown}{more}</li>\n")
        self.body.append("</ul>\n")
    self.body.append("</details></div>\n" if is_folded else "</div>\n")
    raise SkipNode


def latex_visit_change_list(self: LaTeXTranslator, node: change_list) -> None:
    """Write them in small print: what was added or corrected by name, the rest a line each."""
    is_run = node["kind"] in {"added", "corrected"}
    joint = ";\n" if is_run else "\\par\n\\hangindent=1em "
    head = self.encode(f"{node['kind'].capitalize()} ({node['count']})")
    self.body.append(
        f"\n\\par\\medskip\\noindent{{\\small\\bfseries {head}}}\\par\\nopagebreak\n"
        "{\\footnotesize\\raggedright\\parindent=0pt\n"
    )
    for heading, lines in node["groups"]:
        if heading:
            self.body.append(
                f"\\smallskip{{\\bfseries {self.encode(heading)}}}\\par\\nopagebreak\n"
            )
        written = []
        for key, name, title, details in lines:
            shown = self.encode(name if is_run else title)
            document, _, anchor = node["uris"].get(key, "").removeprefix("%").partition("#")
            if anchor:
                shown = f"{self.hyperlink(f'{document}:{anchor}')}{shown}}}}}"
            written.append(f"{shown}: {self.encode(details)}" if details and not is_run else shown)
        self.body.append(f"{joint.join(written)}.\\par\n")
    self.body.append("}\n")
    raise SkipNode


def setup_changes(app: Sphinx) -> None:
    """Register the directive and its node."""
    app.add_node(
        change_list,
        html=(html_visit_change_list, None),
        latex=(latex_visit_change_list, None),
    )
    app.add_directive_to_domain("survey", "changes", ChangesDirective)
