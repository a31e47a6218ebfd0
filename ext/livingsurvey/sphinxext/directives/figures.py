"""``{survey:figure}``: a drawing in SVG that follows the theme and becomes vector art in print."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from livingsurvey.bibtex.source import read_source, show_path
from livingsurvey.queries import PaletteColors
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.nodes import drawing
from livingsurvey.sphinxext.reporting import log_diagnostic

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from livingsurvey.charts.shapes import Picture


class FigureDirective(SphinxDirective):
    """A numbered figure from an SVG file of the subset in :mod:`livingsurvey.charts.drawing`.

    ::

        ```{survey:figure} figures/roofline.svg
        :name: fig-roofline
        :alt: What one sees, in a sentence.

        The caption.
        ```
    """

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {
        "name": directives.unchanged_required,
        "alt": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Return the figure; the caption alone where the drawing cannot be read."""
        # Most builds read no page with a drawing, and its reader takes long to import.
        from livingsurvey.charts.drawing import read_drawing  # noqa: PLC0415

        relative, absolute = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(relative)
        root = get_survey_domain(self.env).settings.root
        source, problems = read_source(Path(absolute), show_path(Path(absolute), root))
        picture = None
        if not problems:
            picture, problems = read_drawing(source.text, source.path)
        for problem in problems:
            log_diagnostic(problem)
        figure = nodes.figure()
        self.set_source_info(figure)
        if picture is not None:
            name = nodes.make_id(self.options.get("name") or Path(absolute).stem)
            figure += make_drawing(self, picture, name, self.options.get("alt", ""))
        return finish_figure(self, figure)


def make_drawing(
    directive: SphinxDirective, picture: Picture, name: str, description: str = ""
) -> drawing:
    """Return the node of a picture, in the colors of the survey's categories."""
    domain = get_survey_domain(directive.env)
    docname = directive.env.current_document.docname
    colors: dict[int, str] = domain.ask(docname, PaletteColors(domain.settings.palette))
    if description:
        picture = replace(picture, description=description)
    return drawing(
        picture=picture,
        docname=docname,
        prefix=name,
        colors=colors,
    )


def finish_figure(directive: SphinxDirective, figure: nodes.figure) -> list[nodes.Node]:
    """Give a figure its caption, legend and name, as docutils' own directive does."""
    if directive.content:
        holder = nodes.Element()
        directive.state.nested_parse(directive.content, directive.content_offset, holder)
        first, *rest = holder.children or [nodes.paragraph()]
        if isinstance(first, nodes.paragraph):
            caption = nodes.caption(first.rawsource, "", *first.children)
            caption.source, caption.line = first.source, first.line
            figure += caption
        else:
            rest = holder.children
        if rest:
            figure += nodes.legend("", *rest)
    directive.add_name(figure)
    return [figure]
