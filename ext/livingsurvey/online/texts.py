r"""The texts of the services as TeX: arXiv sends TeX without care, Crossref HTML and JATS.

What comes from outside is cleaned before anything else: control and direction characters go, and
lengths are bounded.
"""

from __future__ import annotations

import html
import re
import unicodedata

from livingsurvey.bibtex.write import balance
from livingsurvey.markup import parse
from livingsurvey.online.formulas import FORMULA, read_formula, read_text

MAX_TITLE = 1000
MAX_ABSTRACT = 20_000

_HIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    r"\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_FORMULA_OR_TAG = re.compile(
    rf"{FORMULA.pattern}|<(/?)([a-zA-Z][\w:.-]*)[^<>]*>", re.DOTALL | re.IGNORECASE
)
_TAG_COMMANDS = {"i": "emph", "em": "emph", "italic": "emph", "b": "textbf", "bold": "textbf",
                 "sub": "textsubscript", "sup": "textsuperscript", "sc": "textsc",
                 "scp": "textsc"}  # fmt: skip
# Crossref breaks the line around a tag, also where no space belongs.
_BREAK_BEHIND = re.compile(r"\}\s*\n\s*(?=[.,;:!?)\]])")
_BREAK_BEFORE = re.compile(r"(?<=[(\[])\s*\n\s*(?=\\[a-z]+\{)")
_ALL_TAGS = re.compile(r"<[^<>]{1,200}>")
_PLAIN = str.maketrans(
    {
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
    | {char: f"\\{char}" for char in "&%$#_"}
)
_FORMULA_OR_COMMAND = re.compile(r"\$[^$]*\$|\\[a-zA-Z]+|\\.")
_BARE = re.compile(r"[&%#_]")
_WORD = re.compile(
    r"\$[^$]*\$|\\[a-zA-Z]+\s*|\{|\}|[^\s{}$\\\-\u2013\u2014/:,;.!?()\[\]\u201c\u201d\"]+|.",
    re.DOTALL,
)


def clean(text: str, limit: int = MAX_TITLE) -> str:
    """Return *text* on one line, composed, without characters that nobody sees."""
    flat = " ".join(_HIDDEN.sub("", text).split())
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
    text = clean(text)
    out: list[str] = []
    position = 0
    for match in _FORMULA_OR_COMMAND.finditer(text):
        out += [_escape_bare(text[position : match.start()]), match[0]]
        position = match.end()
    out.append(_escape_bare(text[position:]))
    tex = balance("".join(out))
    # What our markup cannot show would be reported to the editor; its plain reading serves better.
    parsed = parse(tex)
    return escape(parsed.text) if parsed.problems else tex


def _escape_bare(text: str) -> str:
    return _BARE.sub(lambda match: "\\" + match[0], text).replace("$", r"\$")


def read_markup(text: str) -> str:
    """Return a title of Crossref as TeX: what HTML can say of type stays, other tags go."""
    out: list[str] = []
    open_tags: list[str] = []
    position = 0
    for match in _FORMULA_OR_TAG.finditer(text):
        out.append(read_text(_unescape(text[position : match.start()]), escape))
        position = match.end()
        if match[1]:
            out.append(read_formula(match[0], escape))
            continue
        name = match[3].lower().rpartition(":")[2]
        command = _TAG_COMMANDS.get(name)
        if command is None:
            continue
        if not match[2] and not match[0].endswith("/>"):
            out.append(f"\\{command}{{")
            open_tags.append(name)
        elif match[2] and name in open_tags:
            while open_tags:
                out.append("}")
                if open_tags.pop() == name:
                    break
    out.append(read_text(_unescape(text[position:]), escape))
    out.append("}" * len(open_tags))
    # A space at the edge of a group belongs outside of it.
    tex = re.sub(r"(\\[a-z]+\{)\s+", r" \1", re.sub(r"\s+(\}+)", r"\1 ", "".join(out)))
    tex = clean(_BREAK_BEFORE.sub("", _BREAK_BEHIND.sub("}", tex)), MAX_TITLE)
    parsed = parse(tex)
    return escape(parsed.text) if parsed.problems else tex


def read_plain(text: str, limit: int = MAX_TITLE) -> str:
    """Return HTML or JATS as plain text."""
    return clean(_unescape(_ALL_TAGS.sub(" ", text)), limit)


def _unescape(text: str) -> str:
    # Twice: publishers deposit "&amp;amp;".
    return html.unescape(html.unescape(text))


def protect_capitals(tex: str) -> str:
    """Put words with capitals inside, or digits behind a capital, into braces.

    ``LoRA``, ``BERT``, ``GPT4`` keep their case whatever a bibliography style does; ordinary
    words such as ``Low`` and single letters such as ``A`` are left alone.
    """
    out: list[str] = []
    depth = 0
    argument_follows = False
    for match in _WORD.finditer(tex):
        word = match[0]
        if word == "{":
            depth += 1
        elif word == "}":
            depth -= 1
        elif not depth and not argument_follows and _needs_braces(word):
            out.append(f"{{{word}}}")
            continue
        argument_follows = word.startswith("\\")
        out.append(word)
    return "".join(out)


def _needs_braces(word: str) -> bool:
    if word[0] in "$\\" or len(word) < 2:
        return False
    return any(char.isupper() for char in word[1:])
