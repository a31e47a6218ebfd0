"""Formulas as MathML, made while the site is built.

Every current browser draws MathML by itself, so formulas need no script, no font from elsewhere
and no network: they are there offline, in print, and for screen readers. Set
``html_math_renderer = "mathml"`` to use it (the extension registers it and changes nothing).
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from docutils.nodes import SkipNode
from latex2mathml.converter import convert

from livingsurvey.diagnostics import Code
from livingsurvey.sphinxext.reporting import log_problem

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator


def _render(self: HTML5Translator, node: nodes.math | nodes.math_block, display: str) -> str:
    tex = node.astext()
    try:
        return str(convert(tex, display=display))
    except Exception as error:  # noqa: BLE001 - the converter raises whatever it trips over
        place = f"{node.source}:{node.line}" if node.source else self.builder.name
        reason = str(error) or type(error).__name__
        log_problem(Code.MARKUP, f"the formula '{tex}' cannot be rendered: {reason}", place)
        return f"<code>{escape(tex)}</code>"


def html_visit_math(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula in the text."""
    self.body.append(f'<span class="math">{_render(self, node, "inline")}</span>')
    raise SkipNode


def html_visit_math_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a displayed formula, with its number and a link to it where it has one."""
    ident = f' id="{escape(node["ids"][0])}"' if node["ids"] else ""
    self.body.append(f'<div class="math notranslate nohighlight"{ident}>\n')
    if node["number"]:
        # Not numfig: the number of an equation, as Sphinx's own renderers print it.
        number = escape(str(node["number"]))
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(_render(self, node, "block"))
    self.body.append("</div>\n")
    raise SkipNode


def setup_mathml(app: Sphinx) -> None:
    """Register the renderer under the name ``mathml``."""
    app.add_html_math_renderer("mathml", (html_visit_math, None), (html_visit_math_block, None))
