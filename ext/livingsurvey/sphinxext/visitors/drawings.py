"""Pictures: inline SVG in HTML, TikZ in LaTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils.nodes import SkipNode

from livingsurvey.charts.svg import to_svg

if TYPE_CHECKING:
    from sphinx.writers.html5 import HTML5Translator
    from sphinx.writers.latex import LaTeXTranslator

    from livingsurvey.charts.shapes import Target
    from livingsurvey.sphinxext.nodes import drawing


def html_visit_drawing(self: HTML5Translator, node: drawing) -> None:
    """Write a picture as inline SVG, so that it takes on the colors of the theme."""
    links: dict[Target, str] = node.get("links", {})
    svg = to_svg(
        node["picture"],
        lambda target: links.get(target) or None,
        id_prefix=node["prefix"],
        palette_colors=node["colors"],
    )
    self.body.append(f'<div class="ls-drawing">{svg}</div>\n')
    raise SkipNode


def latex_visit_drawing(self: LaTeXTranslator, node: drawing) -> None:
    """Write a picture as TikZ."""
    from livingsurvey.charts.tikz import to_tikz  # noqa: PLC0415

    links: dict[Target, str] = node.get("links", {})

    def resolve(target: Target) -> str | None:
        uri = links.get(target, "")
        if not uri.startswith("%"):
            return None
        document, _, anchor = uri[1:].partition("#")
        return self.idescape(f"{document}:{anchor}" if anchor else f"{document}::doc")

    self.body.append(f"\n{to_tikz(node['picture'], resolve, palette_colors=node['colors'])}\n")
    raise SkipNode
