"""Charts of the survey: ``{survey:overview}``, ``{survey:timeline}``, ``{survey:heatmap}`` and
``{survey:venues}``, drawn from the bibliography as it stands.

Each loads its chart when it draws one: most builds read no page that has any, and importing them
all costs as much as Sphinx takes for an empty page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from livingsurvey.diagnostics import Code, did_you_mean
from livingsurvey.queries import (
    PALETTE_SIZE,
    CategoryCounts,
    CategoryYears,
    VenueCounts,
    number_categories,
)
from livingsurvey.sphinxext.directives.figures import finish_figure, make_drawing
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.reporting import log_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from livingsurvey.charts.shapes import Picture
    from livingsurvey.model import Category

_NARROW = 360.0


class ChartDirective(SphinxDirective):
    """A figure drawn from the bibliography; the argument limits it to a branch of the taxonomy.

    The content is the caption; ``:name:`` makes it a target, as for any figure.
    """

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    chart = "chart"
    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {
        "name": directives.unchanged_required,
        "title": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Return the figure."""
        taxonomy = get_survey_domain(self.env).catalog.taxonomy
        name = self.arguments[0].strip() if self.arguments else ""
        category = taxonomy.find(name)
        if name and category is None:
            log_problem(
                Code.UNKNOWN_CATEGORY,
                f"no category has the tag '{name}'",
                self.get_location(),
                did_you_mean(name, taxonomy.categories),
            )
        tag = category.tag if category else name
        figure = nodes.figure()
        self.set_source_info(figure)
        prefix = nodes.make_id(f"{self.chart}-{tag}" if tag else self.chart)
        wide, narrow = self.draw(tag, 720.0), self.draw(tag, _NARROW)
        picture = make_drawing(self, wide, prefix)
        picture["narrow"] = narrow
        figure += picture
        return finish_figure(self, figure)

    def ask(self, query: Any) -> Any:
        """Ask the catalog for this page."""
        domain = get_survey_domain(self.env)
        return domain.ask(self.env.current_document.docname, query)

    def colors(self) -> Mapping[str, int]:
        """Return the number of each top-level category in the palette."""
        domain = get_survey_domain(self.env)
        return number_categories(domain.catalog, domain.settings.palette)

    def titled(self) -> dict[str, Any]:
        """Return the title as an argument, where the author gives one."""
        return {"title": self.options["title"]} if "title" in self.options else {}

    def draw(self, tag: str, width: float) -> Picture:
        """Return the picture at a width in pixels."""
        raise NotImplementedError


class OverviewDirective(ChartDirective):
    """The whole survey at a glance: its categories with their numbers of papers."""

    chart = "overview"

    def draw(self, tag: str, width: float) -> Picture:
        """Return the fan of categories; in one column on a phone."""
        from livingsurvey.charts.overview import Branch, draw_overview  # noqa: PLC0415

        counts: tuple[tuple[Category, int], ...] = self.ask(CategoryCounts(tag))
        numbers = self.colors()
        by_parent: dict[str, list[tuple[Category, int]]] = {}
        for category, count in counts:
            by_parent.setdefault(category.parent, []).append((category, count))

        def grow(parent: str) -> tuple[Branch, ...]:
            return tuple(
                Branch(
                    title=category.title,
                    count=count,
                    color=numbers[category.root],
                    section=category.section,
                    target=("category", category.tag),
                    children=grow(category.tag),
                )
                for category, count in by_parent.get(parent, ())
            )

        top = counts[0][0].parent if tag and counts else ""
        total = None if tag else len(get_survey_domain(self.env).catalog.papers)
        columns = 1 if width == _NARROW else 2
        return draw_overview(grow(top), total=total, columns=columns, width=width, **self.titled())


class TimelineDirective(ChartDirective):
    """Papers by year, stacked by the categories below the branch; each paper at its home."""

    chart = "timeline"

    def draw(self, tag: str, width: float) -> Picture:
        """Return the stacked columns."""
        from livingsurvey.charts.years import Series, draw_timeline  # noqa: PLC0415

        series = [
            Series(title=one.title, color=color, counts=dict(years), target=("category", one.tag))
            for one, years, color in choose_parts(
                self.ask(CategoryYears(tag, at_home=True)), tag, self.colors()
            )
        ]
        return draw_timeline(series, width=width, **self.titled())


class HeatmapDirective(ChartDirective):
    """Categories against years: where the work is, and where the gaps are."""

    chart = "heatmap"

    def draw(self, tag: str, width: float) -> Picture:
        """Return the grid of all leaves."""
        from livingsurvey.charts.years import Series, draw_heatmap  # noqa: PLC0415

        numbers = self.colors()
        rows = [
            Series(
                title=one.title,
                color=numbers[one.root],
                counts=dict(years),
                target=("category", one.tag),
            )
            for one, years in self.ask(CategoryYears(tag))
            if not one.children
        ]
        return draw_heatmap(rows, width=width, **self.titled())


class VenuesDirective(ChartDirective):
    """The venues with the most papers."""

    chart = "venues"

    def draw(self, tag: str, width: float) -> Picture:
        """Return the bars."""
        from livingsurvey.charts.bars import Bar, draw_bars  # noqa: PLC0415

        bars = [Bar(title=venue, count=count) for venue, count in self.ask(VenueCounts(tag=tag))]
        return draw_bars(bars, width=width, **self.titled())


def choose_parts(
    answer: tuple[tuple[Category, Any], ...], tag: str, numbers: Mapping[str, int]
) -> list[tuple[Category, Any, int]]:
    """Return the categories right below *tag* (or *tag* itself), each with a color of its own.

    Over the whole survey they have their own colors; within a branch they count from 1.
    """
    if not tag:
        return [(one, value, numbers[one.root]) for one, value in answer if one.depth == 1]
    parts = [(one, value) for one, value in answer if one.parent == tag]
    parts = parts or [(one, value) for one, value in answer if one.tag == tag]
    return [
        (one, value, min(rank, PALETTE_SIZE)) for rank, (one, value) in enumerate(parts, start=1)
    ]
