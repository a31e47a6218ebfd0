r"""Formulas: as MathML, made while the site is built, in one with the marks that touch them.

Every current browser draws MathML by itself, so formulas need no script, no font from elsewhere
and no network: they are there offline, in print, and for screen readers. Set
``html_math_renderer = "mathml"`` to use it (the extension registers it and changes nothing).

latex2mathml converts; what it leaves undone (3.81) is done on the tree that it returns. docutils
has a converter too, which is provisional (0.22): it does not know ``\dots``, takes no script
without a base, sets primes on the base line, functions without a space and ``max`` with too much.
"""

from __future__ import annotations

import re
from html import escape, unescape
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar
from xml.etree import ElementTree as ET

from docutils import nodes
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.math import get_node_equation_number

from livingsurvey.diagnostics import Code
from livingsurvey.sphinxext.config import log_problem
from livingsurvey.sphinxext.nodes import writes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator


T = TypeVar("T")

# What latex2mathml prints as it stands, and what it knows for the same.
_SYNONYMS = (("{aligned}", "{split}"), ("\\arg", "\\operatorname{arg}"))
_LIMITS = frozenset({"argmax", "argmin", "inf", "lim", "liminf", "limsup", "max", "min", "sup"})
_CHILDREN = {
    "mfrac": 2, "mover": 2, "mroot": 2, "msub": 2, "msubsup": 3, "msup": 2, "munder": 2,
    "munderover": 3,
}  # fmt: skip
"""How many children an element must have; browsers draw anything else as an error."""
_OPENING = frozenset("([{⌊⌈⟨|‖")
_PRIMES = frozenset("\u2032\u2033\u2034\u2057")
_STRUT = "0.75em"
_THIN_SPACE = "0.1667em"


def convert_formula(tex: str, display: str) -> str:
    """Return a formula as a ``<math>`` element; *display* is ``inline`` or ``block``.

    Raises:
        Exception: The converter cannot read it; which one depends on what it trips over.
    """
    # Its tables of symbols take long to import, and a build that writes nothing needs none.
    from latex2mathml.converter import convert_to_element  # noqa: PLC0415

    for written, known in _SYNONYMS:
        tex = tex.replace(written, known)
    tree: ET.Element = convert_to_element(tex, display=display)
    for element in list(tree.iter()):
        element.text = unescape(element.text or "") or None  # symbols are references
        _correct(element, display)
    for parent in list(tree.iter()):
        _space_functions(parent)
    return ET.tostring(tree, encoding="unicode")


def _correct(element: ET.Element, display: str) -> None:
    """Make names of functions what MathML takes for names, and put limits below them.

    Primes are operators, of a class that chooses the glyph made for scripts. Radicals get a strut:
    browsers lay all that the sign has too much below its foot, so that the root of n would hang.

    Raises:
        ValueError: An element lacks an argument.
    """
    name, text = element.tag, element.text
    if len(element) != _CHILDREN.get(name, len(element)):
        raise ValueError(f"an argument is missing in {name}")
    if name == "mo" and _is_word(text):
        element.tag = "mi"
    elif name == "mi" and text in _PRIMES:
        element.tag = "mo"
        element.set("class", "ls-prime")
    elif name in {"msqrt", "mroot"}:
        if len(element) and element[0].tag == "mrow":
            element[0].insert(0, ET.Element("mspace", {"height": _STRUT}))
    elif name == "mrow" and _is_operator(element):
        element[0].attrib.update(lspace="0", rspace="0")  # braces make an operator plain: 1{,}000
    elif name == "mi" and text == "~":
        element.tag, element.text = "mo", "\u223c"
    elif name == "msub" and display == "block" and element[0].text in _LIMITS:
        element.tag = "munder"


def _is_operator(row: ET.Element) -> bool:
    return [child.tag for child in row] == ["mo"] and not _is_word(row[0].text)


def _is_word(text: str | None) -> bool:
    return text is not None and len(text) > 1 and text.isalpha()


def _see_around(children: Sequence[T]) -> Iterator[tuple[T | None, T, T | None]]:
    """Yield each child, between the ones before and after it."""
    return zip((None, *children[:-1]), children, (*children[1:], None), strict=True)


def _space_functions(parent: ET.Element) -> None:
    """Set off function names as TeX does: n log n, not nlogn."""
    if parent.tag not in {"mrow", "mtd", "math", "mstyle"}:
        return
    spaced: list[ET.Element] = []
    for before, child, after in _see_around(list(parent)):
        is_function = _is_function(child)
        is_apart = before is None or before.tag in {"mo", "mspace"} or _is_function(before)
        if is_function and not is_apart:
            spaced.append(ET.Element("mspace", {"width": _THIN_SPACE}))
        spaced.append(child)
        if is_function and after is not None and after.tag != "mspace" and not _is_opening(after):
            spaced.append(ET.Element("mspace", {"width": _THIN_SPACE}))
    parent[:] = spaced


def _is_function(element: ET.Element) -> bool:
    if element.tag in {"msub", "msup", "msubsup", "munder"} and len(element):
        return _is_function(element[0])
    return element.tag == "mi" and _is_word(element.text)


def _is_opening(element: ET.Element) -> bool:
    """Whether an element is a bracket, or begins with one."""
    if element.tag in {"mrow", "msup", "msub"} and len(element):
        return _is_opening(element[0])
    return (element.text or "") in _OPENING and bool(element.text)


def _render(self: HTML5Translator, node: nodes.math | nodes.math_block, display: str) -> str:
    tex = node.astext()
    try:
        return convert_formula(tex, display)
    except Exception as error:  # noqa: BLE001 - the converter raises whatever it trips over
        place = f"{node.source}:{node.line}" if node.source else self.builder.name
        reason = str(error) or type(error).__name__
        log_problem(Code.MARKUP, f"the formula '{tex}' cannot be rendered: {reason}", place)
        return f"<code>{escape(tex)}</code>"


@writes
def html_visit_math(self: HTML5Translator, node: nodes.math) -> Iterator[str]:
    """Write a formula in the text."""
    yield f'<span class="math">{_render(self, node, "inline")}</span>'


@writes
def html_visit_math_block(self: HTML5Translator, node: nodes.math_block) -> Iterator[str]:
    """Write a displayed formula, with its number and a link to it where it has one."""
    ident = f' id="{escape(node["ids"][0])}"' if node["ids"] else ""
    kind = "math notranslate nohighlight" + (" ls-numbered" if node["number"] else "")
    yield f'<div class="{kind}"{ident}>\n'
    if node["number"]:
        yield f'<span class="eqno">({escape(get_node_equation_number(self, node))})'
        self.add_permalink_ref(node, _("Link to this equation"))
        yield "</span>"
    yield f"{_render(self, node, 'block')}</div>\n"


# The word and marks that touch a formula. After a dash, a line may break.
_HEAD = re.compile(r"\w+[^\w\s]*|[^\w\s]+|\u00a0")
_TAIL = re.compile(r"(?:\w+|[^\w\s\u2013\u2014/-]|\u00a0)\Z")


def bind_formulas(children: Sequence[nodes.Node]) -> Iterator[nodes.Node]:
    """Yield the nodes of a line of text, each formula in one with the marks that touch it."""
    pieces: list[tuple[bool, nodes.Node]] = []
    for before, child, after in _see_around(children):
        if not isinstance(child, nodes.Text):
            pieces.append((isinstance(child, nodes.math), child))
            continue
        text = str(child)
        head = _HEAD.match(text) if isinstance(before, nodes.math) else None
        start = head.end() if head else 0
        tail = _TAIL.search(text, start) if isinstance(after, nodes.math) else None
        end = tail.start() if tail else len(text)
        pieces.append((True, nodes.Text(text[:start])))
        if text[start:]:  # formulas on both sides of it are apart, even if it is all marks
            pieces += (False, nodes.Text(text[start:end])), (True, nodes.Text(text[end:]))
    for is_bound, group in groupby(pieces, key=itemgetter(0)):
        found = [node for _, node in group if node.astext() or not isinstance(node, nodes.Text)]
        if is_bound and len(found) > 1:
            yield nodes.inline("", "", *found, classes=["ls-together"])
        else:
            yield from found


class KeepTogether(SphinxPostTransform):
    """Keep formulas in the text together with the marks right before and after them.

    Browsers may break the line on either side of a formula, even before a full stop.
    """

    # Behind all that resolves links and makes text.
    default_priority = 800
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Bind the formulas of one document."""
        parents = {
            id(formula.parent): formula.parent for formula in self.document.findall(nodes.math)
        }
        for parent in parents.values():
            bound = list(bind_formulas(parent.children))
            parent.clear()
            parent.extend(bound)


def setup(app: Sphinx) -> None:
    """Register the renderer under the name ``mathml``, and what keeps formulas on their line."""
    app.add_html_math_renderer("mathml", (html_visit_math, None), (html_visit_math_block, None))
    app.add_post_transform(KeepTogether)
