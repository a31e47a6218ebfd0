r"""Formulas in titles of Crossref as TeX: MathML, TeX inside of JATS, or dollars in plain text.

Publishers deposit one formula in up to three forms, one behind the other. MathML is read first,
as text with what stands low or high in it, ``O(n\textsuperscript{2})``, since that is what every
output can show; then TeX, if our markup understands it; else the letters alone.
"""

from __future__ import annotations

import contextlib
import html
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape as escape_xml

from livingsurvey.markup import parse

if TYPE_CHECKING:
    from collections.abc import Callable

FORMULA = re.compile(
    r"<(mml:math|math|tex-math|inline-formula|alternatives)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE
)
_MATHML = re.compile(r"<(mml:math|math)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_TEX = re.compile(r"<tex-math\b[^<>]*>(.*?)</tex-math\s*>", re.DOTALL | re.IGNORECASE)
# Springer deposits a whole document around each formula.
_DOCUMENT = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.DOTALL)
# Between two sums of money there is a space and none of these characters.
_DOLLARS = re.compile(r"\$[^$]*[\\^_=][^$]*\$|(?<!\w)\$[^\s$]+\$(?!\w)")
_NAME = re.compile(r"<\s*(/?)\s*(?:mml:)?([a-zA-Z]+)[^<>]*?(/?)\s*>")
_TAGS = re.compile(r"(<[^<>]*>)")
_SCRIPTS = {
    "msub": ("textsubscript",),
    "msup": ("textsuperscript",),
    "msubsup": ("textsubscript", "textsuperscript"),
}


def read_formula(markup: str, escape: Callable[[str], str]) -> str:
    """Return one match of ``FORMULA`` as TeX; *escape* makes TeX of plain text."""
    found = _MATHML.search(markup)
    if found is not None and (element := _parse(found[0])) is not None:
        with contextlib.suppress(RecursionError):  # nobody nests formulas so deep in earnest
            return _write(element, escape)
    found = _TEX.search(markup)
    if found is not None:
        inner = _unescape(found[1].replace("<![CDATA[", "").replace("]]>", ""))
        document = _DOCUMENT.search(inner)
        tex = f"${(document[1] if document else inner).strip().strip('$').strip()}$"
        if not parse(tex).problems:
            return tex
    return escape(_unescape(_TAGS.sub("", markup)))


def read_text(text: str, escape: Callable[[str], str]) -> str:
    r"""Return plain text as TeX; what stands in dollars and looks like a formula stays one."""
    out: list[str] = []
    position = 0
    for match in _DOLLARS.finditer(text):
        if not parse(match[0]).problems:
            out += [escape(text[position : match.start()]), match[0]]
            position = match.end()
    out.append(escape(text[position:]))
    return "".join(out)


def _unescape(text: str) -> str:
    # Twice: publishers deposit "&amp;amp;".
    return html.unescape(html.unescape(text))


def _parse(mathml: str) -> ET.Element | None:
    # Written anew from names and texts alone: no attribute, entity or declaration comes in.
    pieces = []
    for piece in _TAGS.split(mathml):
        if piece.startswith("<"):
            name = _NAME.fullmatch(piece)
            pieces.append(f"<{name[1]}{name[2].lower()}{name[3]}>" if name else "")
        else:
            pieces.append(escape_xml(_unescape(piece)))
    try:
        return ET.fromstring("".join(pieces))  # noqa: S314 (see above)
    except (ET.ParseError, ValueError):
        return None


def _write(element: ET.Element, escape: Callable[[str], str]) -> str:
    parts = [_write(child, escape) for child in element]
    scripts = _SCRIPTS.get(element.tag, ())
    if scripts and len(parts) == len(scripts) + 1:
        raised = zip(scripts, parts[1:], strict=True)
        return parts[0] + "".join(f"\\{command}{{{part}}}" for command, part in raised)
    if element.tag == "mfrac" and len(parts) == 2:
        return "/".join(parts)
    if element.tag in {"annotation", "annotation-xml"}:
        return ""
    return escape((element.text or "").strip()) + "".join(parts)
