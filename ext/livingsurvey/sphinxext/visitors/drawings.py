"""Pictures: inline SVG in HTML, TikZ in LaTeX."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from docutils.nodes import SkipNode

from livingsurvey.sphinxext.printing.preamble import find_text_width

if TYPE_CHECKING:
    from sphinx.writers.html5 import HTML5Translator
    from sphinx.writers.latex import LaTeXTranslator

    from livingsurvey.charts.shapes import DataTable, Picture, Target
    from livingsurvey.sphinxext.nodes import drawing


def html_visit_drawing(self: HTML5Translator, node: drawing) -> None:
    """Write a picture as inline SVG, so that it takes on the colors of the theme."""
    # Either writer takes long to import, and a build needs one at the most.
    from livingsurvey.charts.svg import to_svg  # noqa: PLC0415

    links: dict[Target, str] = node.get("links", {})

    def draw(picture: Picture, prefix: str) -> str:
        return to_svg(
            picture,
            lambda target: links.get(target) or None,
            id_prefix=prefix,
            palette_colors=node["colors"],
        )

    prefix, narrow = node["prefix"], node.get("narrow")
    kind = "ls-drawing ls-wide" if narrow else "ls-drawing"
    self.body.append(f'<div class="{kind}">{draw(node["picture"], prefix)}</div>\n')
    if narrow:
        # A phone gets a picture of its own: text that shrinks with the page cannot be read.
        self.body.append(f'<div class="ls-drawing ls-narrow">{draw(narrow, prefix + "-n")}</div>\n')
    if node["picture"].table is not None:
        self.body.append(_render_table(node["picture"].table))
    raise SkipNode


def _render_table(table: DataTable) -> str:
    head = "".join(f'<th scope="col">{escape(str(one))}</th>' for one in table.header)
    rows = "".join(
        f'<tr><th scope="row">{escape(str(first))}</th>'
        + "".join(f"<td>{escape(str(one))}</td>" for one in rest)
        + "</tr>"
        for first, *rest in table.rows
    )
    return (
        '<details class="ls-data"><summary>The data as a table</summary>'
        '<div class="table-wrapper docutils container"><table class="docutils">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>\n"
    )


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

    width = find_text_width(self.config.latex_elements)
    tikz = to_tikz(node["picture"], resolve, width=width, palette_colors=node["colors"])
    self.body.append(f"\n{tikz}\n")
    raise SkipNode
