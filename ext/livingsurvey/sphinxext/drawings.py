"""Charts of the survey: ``{survey:overview}``, ``{survey:timeline}``, ``{survey:heatmap}`` and
``{survey:venues}``, drawn from the bibliography as it stands.

Each loads its chart when it draws one: most builds read no page that has any, and importing them
all costs as much as Sphinx takes for an empty page.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from livingsurvey.bibtex.source import read_source, show_path
from livingsurvey.model import Location
from livingsurvey.queries import (
    AllPapers,
    CategoryCounts,
    CategoryYears,
    PaletteColors,
    PaperCount,
    VenueCounts,
    number_categories,
)
from livingsurvey.sphinxext.config import log_diagnostic
from livingsurvey.sphinxext.domain import SurveyDirective, get_survey_domain
from livingsurvey.sphinxext.linking import Linker, is_site
from livingsurvey.sphinxext.nodes import placeholder, writes
from livingsurvey.sphinxext.printing import find_text_width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator
    from sphinx.writers.latex import LaTeXTranslator

    from livingsurvey.charts.shapes import DataTable, Picture, Target
    from livingsurvey.model import Category
    from livingsurvey.queries import Query, YearCounts
    from livingsurvey.sphinxext.domain import SurveyDomain


class drawing(placeholder, nodes.General, nodes.Element):  # noqa: N801
    """A picture of :mod:`livingsurvey.charts`.

    Attributes ``picture``, ``docname``, ``prefix`` (begins its ids), ``colors``; a transform adds
    ``links``, the address of each target.
    """

    def resolve(self, domain: SurveyDomain) -> None:
        """Give a picture its links."""
        linker = Linker(domain.get_survey(), domain.builder)
        targets = [link.target for link in self["picture"].links]
        self["links"] = {target: linker.target(self["docname"], target) for target in targets}


_NAME_HELP = "by which `{numref}` and `{ref}` refer to the figure"


class _DrawingDirective(SurveyDirective):
    """Base of the directives: a numbered figure whose content is its caption and legend."""

    final_argument_whitespace = True
    has_content = True

    def make_figure(
        self, picture: Picture | None, prefix: str = "", **more: Any
    ) -> list[nodes.Node]:
        """Return a figure with its caption, legend and name, as docutils' own directive does.

        The picture is in the colors of the survey's categories.
        """
        figure = nodes.figure()
        if picture is not None:
            drawn = drawing(picture=picture, docname=self.docname, prefix=prefix, **more)
            drawn["colors"] = self.ask(PaletteColors(self.domain.settings.palette))
            figure += drawn
        self.set_source_info(figure)
        rest = self.parse_content_to_nodes() if self.content else []
        if rest and isinstance(first := rest[0], nodes.paragraph):
            del rest[0]
            caption = nodes.caption(first.rawsource, "", *first.children)
            caption.source, caption.line = first.source, first.line
            figure += caption
        if rest:
            figure += nodes.legend("", *rest)
        self.add_name(figure)
        return [figure]


class FigureDirective(_DrawingDirective):
    """A numbered figure from an SVG file of the subset in :mod:`livingsurvey.charts.drawing`.

    ::

        ```{survey:figure} figures/roofline.svg
        :name: fig-roofline
        :alt: What one sees, in a sentence.

        The caption.
        ```
    """

    required_arguments = 1
    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {
        "name": directives.unchanged_required,
        "alt": directives.unchanged_required,
    }
    option_help: ClassVar[dict[str, str]] = {
        "name": _NAME_HELP,
        "alt": "what one sees, in a sentence, for readers who do not; else what the file says",
    }

    def run(self) -> list[nodes.Node]:
        """Return the figure; the caption alone where the drawing cannot be read."""
        # Most builds read no page with a drawing, and its reader takes long to import.
        from livingsurvey.charts.drawing import read_drawing  # noqa: PLC0415

        relative, absolute = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(relative)
        root = self.domain.settings.root
        source, problems = read_source(Path(absolute), show_path(Path(absolute), root))
        picture = None
        if not problems:
            picture, problems = read_drawing(source.text, source.path)
        page, line = self.get_source_info()
        for problem in problems:
            if problem.location.line:
                log_diagnostic(problem)
            else:  # with the file as a whole, at the line that asks for it
                text = f"{problem.location.path}: {problem.message}"
                place = Location(show_path(Path(page), root), line)
                log_diagnostic(replace(problem, message=text, location=place))
        if picture is not None and "alt" in self.options:
            picture = replace(picture, description=self.options["alt"])
        name = nodes.make_id(self.options.get("name") or Path(absolute).stem)
        return self.make_figure(picture, name)


_NARROW = 360.0


class ChartDirective(_DrawingDirective):
    """A figure drawn from the bibliography; the argument limits it to a branch of the taxonomy.

    The content is the caption; ``:name:`` makes it a target, as for any figure.
    """

    optional_arguments = 1
    chart = "chart"
    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {
        "name": directives.unchanged_required,
        "title": directives.unchanged_required,
    }
    option_help: ClassVar[dict[str, str]] = {
        "name": _NAME_HELP,
        "title": "the name of the picture, for readers who do not see it",
    }

    def run(self) -> list[nodes.Node]:
        """Return the figure."""
        name = self.arguments[0].strip() if self.arguments else ""
        category = self.find_category(name) if name else None
        tag = category.tag if category else name
        prefix = nodes.make_id(f"{self.chart}-{tag}" if tag else self.chart)
        answer = self.ask(self.query(tag))
        narrow = self.draw(answer, tag, _NARROW)
        return self.make_figure(self.draw(answer, tag, 720.0), prefix, narrow=narrow)

    def colors(self) -> Mapping[str, int]:
        """Return the number of each top-level category in the palette."""
        return number_categories(self.domain.catalog, self.domain.settings.palette)

    def given(self) -> dict[str, Any]:
        """Return what the author decides about the picture, as arguments of its function.

        Its words are those of the survey.
        """
        given = {name: value for name, value in self.options.items() if name != "name"}
        return {**given, "words": self.words}

    def query(self, tag: str) -> Query:
        """Return what the chart asks of the catalog."""
        raise NotImplementedError

    def draw(self, answer: Any, tag: str, width: float) -> Picture:
        """Return the picture of an answer at a width in pixels."""
        raise NotImplementedError


class OverviewDirective(ChartDirective):
    """The whole survey at a glance: its categories with their numbers of papers."""

    chart = "overview"

    def query(self, tag: str) -> CategoryCounts:
        """Ask for the categories."""
        return CategoryCounts(tag)

    def draw(self, answer: Any, tag: str, width: float) -> Picture:
        """Return the fan of categories; in one column on a phone."""
        from livingsurvey.charts.overview import Branch, draw_overview  # noqa: PLC0415

        numbers = self.colors()

        def grow(parent: str) -> tuple[Branch, ...]:
            return tuple(
                Branch(
                    title=category.title,
                    count=count,
                    color=numbers[category.root],
                    section=f"{category.section}+" if category.since else category.section,
                    target=("category", category.tag),
                    children=grow(category.tag),
                )
                for category, count in answer
                if category.parent == parent
            )

        top = answer[0][0].parent if tag and answer else ""
        total = None if tag else self.ask(PaperCount())
        columns = 1 if width == _NARROW else 2
        return draw_overview(grow(top), total=total, columns=columns, width=width, **self.given())


class YearsDirective(ChartDirective):
    """A chart over time; its columns follow the papers where no option decides."""

    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {
        **(ChartDirective.option_spec or {}),
        "since": directives.positive_int,
        "step": directives.positive_int,
    }
    option_help: ClassVar[dict[str, str]] = {
        **ChartDirective.option_help,
        "since": "the first year with a column of its own; else as the papers are spread",
        "step": "how many years a column holds; else as the papers are spread",
    }

    def list_parts(self, answer: Any, tag: str) -> Iterable[tuple[Category, YearCounts, int]]:
        """Return the categories that the chart shows, each with its years and its shade."""
        raise NotImplementedError

    def draw(self, answer: Any, tag: str, width: float) -> Picture:
        """Return the picture; of all papers for a survey without categories."""
        from livingsurvey.charts import years  # noqa: PLC0415

        numbers = self.colors()
        series = [
            years.Series(
                title=category.title,
                color=numbers[category.root],
                counts=dict(counts),
                target=("category", category.tag),
                shade=shade,
            )
            for category, counts, shade in self.list_parts(answer, tag)
        ]
        found = Counter(it.year for it in self.ask(AllPapers()) if it.year) if not answer else {}
        if found and not tag:
            title = self.words.gettext("All papers")
            series = [years.Series(title=title, color=1, counts=found)]
        draw = years.draw_timeline if self.chart == "timeline" else years.draw_heatmap
        return draw(series, width=width, **self.given())


class TimelineDirective(YearsDirective):
    """Papers by year, stacked by the categories right below the branch; each paper at its home."""

    chart = "timeline"

    def query(self, tag: str) -> CategoryYears:
        """Ask for the years of the categories."""
        return CategoryYears(tag, at_home=True)

    def list_parts(self, answer: Any, tag: str) -> Iterable[tuple[Category, YearCounts, int]]:
        """Return the categories right below *tag* (or *tag* itself).

        Over the whole survey they have their own colors; within a branch they share that of their
        chapter, in shades, since any other color would be that of another chapter.
        """
        below = [part for part in answer if part[0].parent == tag]
        parts = below or [part for part in answer if part[0].tag == tag]
        return [(*part, rank if tag else 0) for rank, part in enumerate(parts, start=1)]


class HeatmapDirective(YearsDirective):
    """Categories against years: where the work is, and where the gaps are."""

    chart = "heatmap"

    def query(self, tag: str) -> CategoryYears:
        """Ask for the years of the categories."""
        return CategoryYears(tag, named=True)

    def list_parts(self, answer: Any, tag: str) -> Iterable[tuple[Category, YearCounts, int]]:
        """Return all leaves, and the parents that papers name themselves."""
        return [(part, years, 0) for part, years in answer if years or not part.children]


class VenuesDirective(ChartDirective):
    """The venues with the most papers."""

    chart = "venues"

    def query(self, tag: str) -> VenueCounts:
        """Ask for the venues."""
        return VenueCounts(tag=tag)

    def draw(self, answer: Any, tag: str, width: float) -> Picture:
        """Return the bars."""
        from livingsurvey.charts.overview import Bar, draw_bars  # noqa: PLC0415

        bars = [Bar(title=venue, count=count) for venue, count in answer]
        return draw_bars(bars, width=width, **self.given())


@writes
def html_visit_drawing(self: HTML5Translator, node: drawing) -> Iterator[str]:
    """Write a picture as inline SVG, so that it takes on the colors of the theme."""
    # Either writer takes long to import, and a build needs one at the most.
    from livingsurvey.charts.emitters import to_svg  # noqa: PLC0415

    links: dict[Target, str] = node.get("links", {})

    def draw(picture: Picture, prefix: str) -> str:
        return to_svg(
            picture,
            lambda target: links.get(target) or None,
            id_prefix=prefix,
            palette_colors=node["colors"],
            is_book=not is_site(self.builder),
        )

    picture, prefix, narrow = node["picture"], node["prefix"], node.get("narrow")
    kind = "ls-drawing ls-wide" if narrow else "ls-drawing"
    yield f'<div class="{kind}">{draw(picture, prefix)}</div>\n'
    if narrow:
        # A phone gets a picture of its own: text that shrinks with the page cannot be read.
        yield f'<div class="ls-drawing ls-narrow">{draw(narrow, prefix + "-n")}</div>\n'
    if picture.table is not None:
        words = get_survey_domain(self.builder.env).words
        yield _render_table(picture.table, words.gettext("The data as a table"))


def _render_table(table: DataTable, title: str) -> str:
    head = "".join(f'<th scope="col">{escape(str(cell))}</th>' for cell in table.header)
    rows = "".join(
        f'<tr><th scope="row">{escape(str(first))}</th>'
        + "".join(f"<td>{escape(str(cell))}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in table.rows
    )
    return (
        f'<details class="ls-data"><summary>{escape(title)}</summary>'
        '<div class="table-wrapper docutils container"><table class="docutils">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>\n"
    )


@writes
def latex_visit_drawing(self: LaTeXTranslator, node: drawing) -> Iterator[str]:
    """Write a picture as TikZ."""
    from livingsurvey.charts.emitters import to_tikz  # noqa: PLC0415

    links: dict[Target, str] = node.get("links", {})

    def resolve(target: Target) -> str | None:
        uri = links.get(target, "")
        document, _, anchor = uri[1:].partition("#")
        label = f"{document}:{anchor}" if anchor else f"{document}::doc"
        return self.idescape(label) if uri.startswith("%") else None

    width = find_text_width(self.config.latex_elements)
    tikz = to_tikz(node["picture"], resolve, width=width, palette_colors=node["colors"])
    yield f"\n{tikz}\n"


def setup(app: Sphinx) -> None:
    """Register the directives, and the picture with its visitors."""
    app.add_directive_to_domain("survey", "figure", FigureDirective)
    for chart in (OverviewDirective, TimelineDirective, HeatmapDirective, VenuesDirective):
        app.add_directive_to_domain("survey", chart.chart, chart)
    app.add_node(drawing, html=(html_visit_drawing, None), latex=(latex_visit_drawing, None))
