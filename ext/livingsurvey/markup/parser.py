"""From TeX to the inline tree: one pass that never raises and takes linear time.

Braces and dollars are paired first; then each part of the text is read between fixed bounds, so
that nothing that is missing or nested can make it look twice. What is unbalanced or unknown is
shown as text, and said.
"""

# ruff: noqa: RUF001 (look-alikes are what this table is about)
from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from livingsurvey.markup import letters, symbols
from livingsurvey.markup.commands import (
    DANGEROUS,
    ENVIRONMENTS,
    SECOND_ONLY,
    STYLES,
    SWITCHES,
    TRANSPARENT,
    UNPRINTED,
)
from livingsurvey.markup.escaping import is_safe_url
from livingsurvey.markup.formulas import read_formula
from livingsurvey.markup.nodes import Link, Math, Problem, Text
from livingsurvey.markup.views import Markup, render_text

if TYPE_CHECKING:
    from livingsurvey.markup.nodes import Node

NESTING_LIMIT: Final = 32
"""Groups within groups; deeper ones are shown as they are written."""

_HIDDEN = letters.HIDDEN_CHARACTERS
# What plain text does not hold; without it there is nothing to do.
_NOT_PLAIN = re.compile(rf"[\\{{}}$~`']|--|[^\S ]|  |^ | $|{_HIDDEN.pattern}")
_DELIMITER = re.compile(r"\\(?P<escape>.)|[{}]|\$\$?", re.DOTALL)
_PIECE = re.compile(
    r"\\(?P<name>[A-Za-z]+)[ \t\r\n]*(?P<star>\*?)"
    r"|\\(?P<sign>[^A-Za-z]|$)"
    r"|(?P<quote>``|''|`|')"
    r"|(?P<dash>---?)"
    r"|(?P<space>[ \t\r\n\f\v]+)"
    rf"|(?P<hidden>{_HIDDEN.pattern}+)"
    r"|(?P<mark>[{}$~])"
    rf"|(?P<text>[^\\{{}}$~`'\-\s{letters.HIDDEN}]+|.)",
    re.DOTALL,
)
_QUOTES = {"``": "“", "''": "”", "`": "‘", "'": "’"}
_DASHES = {"--": "–", "---": "—"}
_CLOSERS = {"(": ")", "[": "]"}
_LINE_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_URL_ESCAPE = re.compile(r"\\([%#&_~^${}])")


@lru_cache(maxsize=32768)
def parse(tex: str) -> Markup:
    """Turn the TeX of a title, venue or annotation into :class:`~.views.Markup`.

    Never raises. Results are shared: they are immutable.
    """
    if not _NOT_PLAIN.search(tex):
        text = unicodedata.normalize("NFC", tex)
        return Markup((Text(text),) if text else (), text)
    return _Parser(tex).parse()


class _Parser:
    def __init__(self, tex: str) -> None:
        self.tex = tex
        self.problems: list[Problem] = []
        self.after_space = True  # at the start, and after a space, further spaces count nothing
        self.in_link = False
        self.quotes = 0  # how many \enquote we are in
        self.ends = self.pair()

    def parse(self) -> Markup:
        nodes = self.read(0, len(self.tex), 0)
        if nodes and isinstance(nodes[-1], Text):
            stripped = nodes.pop().text.rstrip(" ")
            if stripped:
                nodes.append(Text(stripped))
        text = unicodedata.normalize("NFC", render_text(nodes))
        return Markup(tuple(nodes), text, tuple(sorted(self.problems)))

    def blame(self, offset: int, message: str) -> None:
        self.problems.append(Problem(offset, message))

    def pair(self) -> dict[int, int]:
        """Return where each brace and each formula that is closed ends (at its closer)."""
        ends: dict[int, int] = {}
        groups: list[int] = []
        formulas: list[tuple[int, str] | None] = [None]  # the open one of each open group
        for match in _DELIMITER.finditer(self.tex):
            token, start = match[0], match.start()
            if token == "{":
                groups.append(start)
                formulas.append(None)
            elif token == "}":
                if groups:
                    ends[groups.pop()] = start
                    formulas.pop()
            elif token[0] == "$" or match["escape"] in ("(", "[", ")", "]"):
                opened = formulas[-1]
                closer = token if token[0] == "$" else match["escape"]
                if opened and opened[1] == closer:
                    ends[opened[0]] = start
                    formulas[-1] = None
                elif opened is None and closer not in (")", "]"):
                    formulas[-1] = (start, _CLOSERS.get(closer, closer))
        return ends

    def read(self, start: int, end: int, depth: int) -> list[Node]:
        """Return the nodes of the TeX between two offsets."""
        if depth > NESTING_LIMIT:
            self.blame(start, f"more than {NESTING_LIMIT} groups within each other")
            return self.plain(self.tex[start:end])
        nodes: list[Node] = []
        position = start
        while position < end:
            match = _PIECE.match(self.tex, position, end)
            if not match:  # cannot be: the last alternative takes any character
                break
            kind = match.lastgroup
            if kind in ("name", "star"):
                position = self.command(match, end, depth, nodes)
            elif kind == "sign":
                position = self.sign(match, end, depth, nodes)
            elif kind == "mark":
                position = self.mark(match, end, depth, nodes)
            else:
                position = match.end()
                self.characters(match, nodes)
        return nodes

    # Text

    def add(self, nodes: list[Node], text: str) -> None:
        """Append text, joined with the text before it, without a second space."""
        if self.after_space:
            text = text.lstrip(" ")
        if not text:
            return
        self.after_space = text[-1] == " "
        if nodes and isinstance(nodes[-1], Text):
            text = nodes.pop().text + text  # type: ignore[union-attr]
        nodes.append(Text(text))

    def plain(self, raw: str) -> list[Node]:
        nodes: list[Node] = []
        self.add(nodes, _LINE_SPACE.sub(" ", _HIDDEN.sub("", raw)))
        return nodes

    def characters(self, match: re.Match[str], nodes: list[Node]) -> None:
        token = match[0]
        kind = match.lastgroup
        if kind == "space":
            token = " "
        elif kind == "quote":
            token = _QUOTES[token]
        elif kind == "dash":
            token = _DASHES[token]
        elif kind == "hidden":
            names = ", ".join(sorted({f"U+{ord(character):04X}" for character in token}))
            self.blame(match.start(), f"hidden characters ({names}) were left out")
            return
        self.add(nodes, token)

    def mark(self, match: re.Match[str], end: int, depth: int, nodes: list[Node]) -> int:
        start, token = match.start(), match[0]
        closer = self.ends.get(start, end)
        if token == "~":
            self.add(nodes, letters.NO_BREAK_SPACE)
        elif closer >= end:
            if token == "$" and self.tex.startswith("$$", start):
                token = "$$"
            self.blame(start, f"{token} has no partner")
            self.add(nodes, token)
            return start + len(token)
        elif token == "{":
            nodes.extend(self.joined(nodes, self.read(start + 1, closer, depth + 1)))
            return closer + 1
        else:
            width = 2 if self.tex.startswith("$$", start) else 1
            self.formula(start, start + width, closer, nodes)
            return closer + width
        return match.end()

    def joined(self, nodes: list[Node], more: list[Node]) -> list[Node]:
        """Join the text at the seam of *nodes* and *more*; return what is to be appended."""
        if nodes and more and isinstance(nodes[-1], Text) and isinstance(more[0], Text):
            nodes[-1] = Text(nodes[-1].text + more[0].text)
            return more[1:]
        return more

    # Commands

    def sign(self, match: re.Match[str], end: int, depth: int, nodes: list[Node]) -> int:
        r"""Read a backslash with something that is no letter: ``\&``, ``\'e``, ``\,``."""
        name, start, position = match["sign"], match.start(), match.end()
        if name in letters.ACCENTS:
            return self.accent(name, start, position, end, depth, nodes)
        if name in letters.ESCAPED:
            self.add(nodes, name)
        elif name in letters.SPACES:
            self.add(nodes, letters.SPACES[name])
        elif name in ("(", "[") and start in self.ends:
            self.formula(start, position, self.ends[start], nodes)
            return self.ends[start] + 2
        elif not name:
            self.blame(start, "a backslash at the end")
            self.add(nodes, "\\")
        elif name not in letters.INVISIBLE:
            self.blame(start, f"unknown command \\{name if name.isprintable() else ''}")
        return position

    def command(self, match: re.Match[str], end: int, depth: int, nodes: list[Node]) -> int:
        name, start = match["name"], match.start()
        # An asterisk belongs to the text unless an argument or a letter's name precedes it.
        position = match.start("star") if name in letters.LETTERS or name in letters.SIGNS else 0
        position = position or match.end()
        if name in letters.ACCENTS:
            return self.accent(name, start, match.start("star"), end, depth, nodes)
        if character := letters.LETTERS.get(name) or letters.SIGNS.get(name):
            self.add(nodes, character)
        elif name in letters.SPACES:
            self.add(nodes, letters.SPACES[name])
        elif name in SWITCHES:
            style = SWITCHES[name]
            children = self.read(position, end, depth + 1)
            nodes.extend([style(tuple(children))] if children else [])
            return end
        elif name in STYLES:
            inner, position = self.group(start, position, end)
            children = self.read(*inner, depth + 1)
            nodes.extend([STYLES[name](tuple(children))] if children else [])
        elif name in ("url", "nolinkurl", "path"):
            inner, position = self.group(start, position, end)
            url = _URL_ESCAPE.sub(r"\1", self.tex[slice(*inner)]).strip()
            self.link(start, url, self.plain(url), nodes)
        elif name == "href":
            inner, position = self.group(start, position, end)
            url = _URL_ESCAPE.sub(r"\1", self.tex[slice(*inner)]).strip()
            inner, position = self.group(start, position, end)
            outer, self.in_link = self.in_link, True
            children = self.read(*inner, depth + 1)
            self.in_link = outer
            self.link(start, url, children, nodes)
        elif name == "enquote":
            inner, position = self.group(start, position, end)
            inwards = self.quotes % 2
            self.quotes += 1
            self.add(nodes, "‘" if inwards else "“")
            nodes.extend(self.joined(nodes, self.read(*inner, depth + 1)))
            self.add(nodes, "’" if inwards else "”")
            self.quotes -= 1
        elif name == "ensuremath":
            inner, position = self.group(start, position, end)
            self.formula(start, *inner, nodes)
        elif name in TRANSPARENT:
            inner, position = self.group(start, position, end)
            nodes.extend(self.joined(nodes, self.read(*inner, depth + 1)))
        elif name in SECOND_ONLY or name in UNPRINTED or name in ENVIRONMENTS:
            if name in ENVIRONMENTS:
                self.blame(start, f"the environment of \\{name} is not shown")
            _, position = self.group(start, position, end)
        elif name in DANGEROUS:
            self.blame(start, f"the command \\{name} is not allowed and was left out")
        elif symbol := symbols.LETTERLIKE.get(name) or symbols.RELATIONS.get(name):
            self.blame(start, f"\\{name} stands outside of a formula")
            self.add(nodes, symbol)
        elif name not in letters.INVISIBLE:
            self.blame(start, f"unknown command \\{name} was left out")
        return position

    def group(self, start: int, position: int, end: int) -> tuple[tuple[int, int], int]:
        """Return the bounds of a command's argument, and where it ends.

        The argument is a group, or else one character or one command, as in TeX.
        """
        match = _LINE_SPACE.match(self.tex, position, end)
        position = match.end() if match else position
        if position >= end:
            self.blame(start, "a command without its argument")
            return (end, end), end
        if self.tex[position] == "{":
            closer = self.ends.get(position, end)
            if closer < end:
                return (position + 1, closer), closer + 1
        piece = _PIECE.match(self.tex, position, end)
        single = piece.end() if piece and piece["name"] else position + 1
        if piece and piece["sign"]:
            single = piece.end()
        return (position, single), single

    def accent(
        self, name: str, start: int, position: int, end: int, depth: int, nodes: list[Node]
    ) -> int:
        inner, position = self.group(start, position, end)
        outer, self.after_space = self.after_space, False
        base = render_text(self.read(*inner, depth + 1))
        self.after_space = outer
        self.add(nodes, letters.add_accent(name, base))
        return position

    def formula(self, start: int, first: int, last: int, nodes: list[Node]) -> None:
        tex = _LINE_SPACE.sub(" ", self.tex[first:last])
        formula = read_formula(tex)
        if formula.fault:
            self.blame(start, f"a formula is shown as text: {formula.fault}")
            self.add(nodes, _HIDDEN.sub("", formula.text))
        else:
            nodes.append(Math(tex))
            self.after_space = False

    def link(self, start: int, url: str, children: list[Node], nodes: list[Node]) -> None:
        if self.in_link:
            self.blame(start, "a link within a link")
        elif not is_safe_url(url):
            self.blame(start, "an address that is not http, https or mailto; shown without link")
        elif children:
            nodes.append(Link(url, tuple(children)))
            return
        nodes.extend(self.joined(nodes, children))
