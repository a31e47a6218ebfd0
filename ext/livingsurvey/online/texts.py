r"""Titles and names as TeX: arXiv sends TeX without care, Crossref HTML and JATS.

What comes from outside is cleaned before anything else: control and direction characters go, and
lengths are bounded.

Publishers deposit one formula in up to three forms, one after the other. MathML is read first,
as text with what stands low or high in it, ``O(n\textsuperscript{2})``, since that is what every
output can show; then TeX, if our markup understands it; else the letters alone.
"""

from __future__ import annotations

import contextlib
import html
import re
import unicodedata
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape as escape_xml

from livingsurvey.bibtex.edit import Edit, apply_edits
from livingsurvey.bibtex.write import balance
from livingsurvey.markup import parse
from livingsurvey.markup.letters import HIDDEN_CHARACTERS
from livingsurvey.model import Person
from livingsurvey.names import parse_name
from livingsurvey.rules.texts import find_unprotected

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_TITLE = 1000
MAX_ABSTRACT = 20_000
MAX_PEOPLE = 5000

_FORMULA = re.compile(
    r"<(mml:math|math|tex-math|inline-formula|alternatives)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE
)
_FORMULA_OR_TAG = re.compile(
    rf"{_FORMULA.pattern}|<(/?)([a-zA-Z][\w:.-]*)[^<>]*>", re.DOTALL | re.IGNORECASE
)
_TAG_COMMANDS = {"i": "emph", "em": "emph", "italic": "emph", "b": "textbf", "bold": "textbf",
                 "sub": "textsubscript", "sup": "textsuperscript", "sc": "textsc",
                 "scp": "textsc"}  # fmt: skip
# Crossref breaks the line around a tag, also where no space belongs.
_BREAK_AFTER = re.compile(r"\}\s*\n\s*(?=[.,;:!?)\]])")
_BREAK_BEFORE = re.compile(r"(?<=[(\[])\s*\n\s*(?=\\[a-z]+\{)")
_ALL_TAGS = re.compile(r"<[^<>]{1,200}>")
_PLAIN = str.maketrans(
    {char: f"\\{char}" for char in "&%$#_"}
    | {"{": r"\textbraceleft{}", "}": r"\textbraceright{}", "\\": r"\textbackslash{}"}
    | {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)
# What arXiv's authors mean as TeX; or, without a group, a special character that stands bare.
_TEX_OR_BARE = re.compile(r"(\$[^$]*\$|\\[a-zA-Z]+|\\.)|[&%#_$]")
_MATHML = re.compile(r"<(mml:math|math)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_TEX = re.compile(r"<tex-math\b[^<>]*>(.*?)</tex-math\s*>", re.DOTALL | re.IGNORECASE)
# Springer deposits a whole document around each formula.
_DOCUMENT = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.DOTALL)
# Between two sums of money there is a space and none of these characters.
_DOLLARS = re.compile(r"(\$[^$]*[\\^_=][^$]*\$|(?<!\w)\$[^\s$]+\$(?!\w))")
_NAME = re.compile(r"<\s*(/?)\s*(?:mml:)?([a-zA-Z]+)[^<>]*?(/?)\s*>")
_TAGS = re.compile(r"(<[^<>]*>)")
_SCRIPTS = {"msub": ("sub",), "msup": ("super",), "msubsup": ("sub", "super")}
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})
COLLECTIVE = re.compile(
    r"\b(?:collaboration|consortium|team|group|project|initiative|lab|labs|institute|community)\b",
    re.IGNORECASE,
)
"""What a group of people calls itself."""


def clean(text: str, limit: int = MAX_TITLE) -> str:
    """Return *text* on one line, composed, without characters that nobody sees."""
    flat = " ".join(HIDDEN_CHARACTERS.sub("", text).split())
    return unicodedata.normalize("NFC", flat)[:limit]


def escape(text: str) -> str:
    r"""Return plain text as TeX that shows it.

    Braces become commands: BibTeX counts those of ``\{``, and ends the value at a lone one.
    """
    return text.translate(_PLAIN)


def read_tex(text: str) -> str:
    """Return a title of arXiv as TeX that BibTeX reads: formulas stay, bare specials are escaped.

    arXiv's authors write TeX or plain text as they like, and ``&`` or ``%`` in either.
    """
    escaped = _TEX_OR_BARE.sub(lambda match: match[1] or f"\\{match[0]}", clean(text))
    return _keep_readable(balance(escaped))


def _keep_readable(tex: str) -> str:
    # What our markup cannot show would be reported to the editor; its plain reading serves better.
    parsed = parse(tex)
    return escape(parsed.text) if parsed.problems else tex


def read_markup(text: str) -> str:
    """Return a title of Crossref as TeX: what HTML can say of type stays, other tags go."""
    out: list[str] = []
    open_tags: list[str] = []
    position = 0
    for match in _FORMULA_OR_TAG.finditer(text):
        out.append(_read_dollars(_unescape(text[position : match.start()])))
        position = match.end()
        if match[1]:
            out.append(_read_formula(match[0]))
            continue
        name = match[3].lower().rpartition(":")[2]
        if name in _TAG_COMMANDS and not match[2] and not match[0].endswith("/>"):
            out.append(f"\\{_TAG_COMMANDS[name]}{{")
            open_tags.append(name)
        elif match[2] and name in open_tags:
            while open_tags:
                out.append("}")
                if open_tags.pop() == name:
                    break
    out += [_read_dollars(_unescape(text[position:])), "}" * len(open_tags)]
    # A space at the edge of a group belongs outside of it.
    tex = re.sub(r"(\\[a-z]+\{)\s+", r" \1", re.sub(r"\s+(\}+)", r"\1 ", "".join(out)))
    tex = clean(_BREAK_BEFORE.sub("", _BREAK_AFTER.sub("}", tex)))
    return _keep_readable(tex)


def read_plain(text: str, limit: int = MAX_TITLE) -> str:
    """Return HTML or JATS as plain text."""
    return clean(_unescape(_ALL_TAGS.sub(" ", text)), limit)


def _unescape(text: str) -> str:
    # Twice: publishers deposit "&amp;amp;".
    return html.unescape(html.unescape(text))


def _read_formula(markup: str) -> str:
    """Return one match of ``_FORMULA`` as TeX."""
    found = _MATHML.search(markup)
    if found and (element := _parse_mathml(found[0])) is not None:
        with contextlib.suppress(RecursionError):  # nobody nests formulas so deep in earnest
            return _write_mathml(element)
    if found := _TEX.search(markup):
        inner = _unescape(found[1].replace("<![CDATA[", "").replace("]]>", ""))
        document = _DOCUMENT.search(inner)
        tex = f"${(document[1] if document else inner).strip().strip('$').strip()}$"
        if not parse(tex).problems:
            return tex
    return escape(_unescape(_TAGS.sub("", markup)))


def _read_dollars(text: str) -> str:
    r"""Return plain text as TeX; what stands in dollars and looks like a formula stays one."""
    return "".join(
        piece if number % 2 and not parse(piece).problems else escape(piece)
        for number, piece in enumerate(_DOLLARS.split(text))
    )


def _parse_mathml(mathml: str) -> ET.Element | None:
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


def _write_mathml(element: ET.Element) -> str:
    parts = [_write_mathml(child) for child in element]
    scripts = _SCRIPTS.get(element.tag, ())
    if scripts and len(parts) == len(scripts) + 1:
        raised = zip(scripts, parts[1:], strict=True)
        return parts[0] + "".join(f"\\text{where}script{{{part}}}" for where, part in raised)
    if element.tag == "mfrac" and len(parts) == 2:
        return "/".join(parts)
    if element.tag in {"annotation", "annotation-xml"}:
        return ""
    return escape((element.text or "").strip()) + "".join(parts)


def protect_capitals(tex: str) -> str:
    """Put words with capitals inside, or digits after a capital, into braces.

    ``LoRA``, ``BERT``, ``GPT4`` keep their case whatever a bibliography style does; ordinary
    words such as ``Low`` and single letters such as ``A`` are left alone.
    """
    words = find_unprotected(tex)
    return apply_edits(tex, (Edit(at, at + len(word), f"{{{word}}}") for at, word in words))


def read_natural(text: str) -> Person | None:
    """Read a name in natural order, ``Laurens van der Maaten``, as arXiv sends them.

    arXiv does not say where the family name begins: of ``Sabela Ramos Garea`` only the last word
    is taken. Names of groups, and single words, are collective authors. None for what is no name:
    arXiv has a lone ``:`` between a group and its members.
    """
    text = clean(text, 200)
    if not any(char.isalpha() for char in text):
        return None
    words = text.split()
    if len(words) == 1 or COLLECTIVE.search(text):
        return Person(family=text)
    suffix = words.pop() if len(words) > 2 and words[-1].lower() in _SUFFIXES else ""
    person, _ = parse_name(escape(" ".join(word.rstrip(",") for word in words)))
    return Person(family=person.family, given=person.given, particle=person.particle, suffix=suffix)


def read_parts(family: str, given: str, suffix: str = "") -> Person | None:
    """Read a name whose parts are known, as Crossref sends them."""
    family, given, suffix = clean(family, 200), clean(given, 200), clean(suffix, 40)
    if not family:
        family, given = given, ""
    if not any(char.isalpha() for char in family):
        return None
    words = family.split()
    small = next((i for i, word in enumerate(words) if not word[:1].islower()), 0)
    particle = " ".join(words[:small])
    return Person(family=" ".join(words[small:]), given=given, particle=particle, suffix=suffix)


def write_author(people: Iterable[Person]) -> str:
    """Return persons as the value of an ``author`` field: ``family, given and …``."""
    return " and ".join(_write_person(person) for person in people)


def _write_person(person: Person) -> str:
    family = escape(person.family)
    if not person.given:
        # A group, or a single word: the braces keep BibTeX from taking it apart.
        return f"{{{family}}}"
    if "," in family or re.search(r"\band\b", family, re.IGNORECASE):
        family = f"{{{family}}}"
    surname = f"{escape(person.particle)} {family}" if person.particle else family
    parts = (surname, escape(person.suffix), escape(person.given).replace(",", ""))
    return ", ".join(part for part in parts if part)
