"""From TeX to the inline tree: one pass that never raises and takes linear time.

Braces and formulas are paired first; then each part of the text is read between fixed bounds, so
that nothing that is missing or nested can make it look twice. What is unbalanced or unknown is
shown as text, and said. Most titles are plain text, or protect the case of a word: these are read
at a glance.
"""

# ruff: noqa: RUF001 (quotation marks and dashes are what TeX writes otherwise)
from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from livingsurvey.markup import letters
from livingsurvey.markup.escaping import is_safe_url
from livingsurvey.markup.formulas import LETTERLIKE, RELATIONS, modernize, read_formula
from livingsurvey.markup.letters import HIDDEN, HIDDEN_CHARACTERS, NO_BREAK_SPACE
from livingsurvey.markup.tree import (
    Emphasis,
    Link,
    Markup,
    Math,
    Monospace,
    Problem,
    SmallCaps,
    Strong,
    Subscript,
    Superscript,
    Text,
    render_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from livingsurvey.markup.tree import Node, Styled

NESTING_LIMIT: Final = 32
"""Groups within groups; deeper ones are shown as they are written."""

_CHARACTERS = letters.LETTERS | letters.SIGNS | letters.JOURNALS | letters.SPACES
_SYMBOLS = RELATIONS | LETTERLIKE

_STYLES: dict[str, type[Styled]] = {
    "emph": Emphasis, "textit": Emphasis, "textsl": Emphasis, "mkbibemph": Emphasis,
    "mkbibitalic": Emphasis, "textbf": Strong, "mkbibbold": Strong, "texttt": Monospace,
    "textsc": SmallCaps, "textsuperscript": Superscript, "mkbibsuperscript": Superscript,
    "textsubscript": Subscript, "mkbibsubscript": Subscript,
}  # fmt: skip
"""Commands whose argument is set in another style."""

_SWITCHES: dict[str, type[Styled]] = {
    "em": Emphasis, "it": Emphasis, "itshape": Emphasis, "sl": Emphasis, "slshape": Emphasis,
    "bf": Strong, "bfseries": Strong, "tt": Monospace, "ttfamily": Monospace, "sc": SmallCaps,
    "scshape": SmallCaps,
}  # fmt: skip
"""Commands that change the style up to the end of the group."""

_PIECE = re.compile(
    r"\\(?P<command>[A-Za-z]+)"
    r"|\\(?P<sign>[^A-Za-z]|$)"
    r"|(?P<group>\{)"
    r"|(?P<formula>\$\$?)"
    r"|(?P<brace>\})"
    r"|(?P<typed>``|''|`|'|---?|[~\u202f])"
    rf"|(?P<hidden>[{HIDDEN}]+)"
    r"|(?P<space>[^\S\u00a0\u2009\u202f]+)"
    rf"|(?P<text>(?:[^\\{{}}$~`'\-\s{HIDDEN}]|-(?!-)|[\u00a0\u2009])+)",
    re.DOTALL,
)
"""The next piece; each character belongs to one alternative, which the method of its name reads."""

_SPACE = re.compile(r"[ \t\r\n]*")
"""What TeX skips after a command word."""

_ELSE = re.compile(r"\\else(?![A-Za-z])[ \t\r\n]*")
_NEAR = 80
"""Characters within which a choice has its other half, so that reading takes linear time."""
_BEFORE_ARGUMENT = re.compile(r"(?:[ \t\r\n]*\*(?=[ \t\r\n]*\{))?[ \t\r\n]*")
"""What may stand between a command and its argument, the asterisk of a variant included."""

_URL_ESCAPE = re.compile(r"\\([%#&_~^${}])|\{\}")
"""What people escape in an address although they need not."""

_TYPED = {
    "``": "“", "''": "”", "`": "‘", "'": "’", "--": "–", "---": "—", "~": NO_BREAK_SPACE,
    "\u202f": NO_BREAK_SPACE,
}  # fmt: skip
"""What is typed in ASCII, and what it stands for."""

_NOT_PLAIN = re.compile(rf"[\\{{}}$~`'{HIDDEN}]|--|[^\S ]|  |^ | $")
"""What plain text does not hold; without it there is nothing to do."""

_PROTECTED = re.compile(r"(?:[^{}]*+\{[^{}]*+\})++[^{}]*+")
"""Text with braces around parts of it, as most titles are written."""

_NOTHING = Markup((), "")


def parse(tex: str) -> Markup:
    """Turn the TeX of a title, venue or annotation into a :class:`~.tree.Markup`.

    Never raises; takes linear time. Results may be shared: they are immutable.
    """
    if not tex:
        return _NOTHING
    if _NOT_PLAIN.search(tex):
        return _parse(tex)
    text = tex if tex.isascii() else unicodedata.normalize("NFC", tex)
    return Markup((Text(text),), text)


@lru_cache(maxsize=32768)
def _parse(tex: str) -> Markup:
    if _PROTECTED.fullmatch(tex):
        bare = tex.replace("{", "").replace("}", "")
        if bare and not _NOT_PLAIN.search(bare):
            # Braces that only protect the case of a word leave nothing behind.
            return parse(bare)
    return _Parser(tex).parse()


_DELIMITER = re.compile(r"\\.|[{}]|\$\$?", re.DOTALL)
_CLOSERS = {r"\(": r"\)", r"\[": r"\]", "$": "$", "$$": "$$"}


class Span(NamedTuple):
    """Where a formula is: its first character, its closing delimiter, and what follows that."""

    first: int
    last: int
    after: int


def find_pairs(tex: str) -> tuple[dict[int, int], dict[int, Span]]:
    """Pair the braces and the delimiters of formulas; a formula ends in the group it began in.

    Returns:
        Opening brace → closing brace, and opening delimiter → the formula; a delimiter that is
        missing there has no partner.
    """
    groups: dict[int, int] = {}
    formulas: dict[int, Span] = {}
    braces: list[int] = []
    opened: list[re.Match[str] | None] = [None]  # the formula that is open in each open group
    for match in _DELIMITER.finditer(tex):
        mark, start = match[0], match.start()
        if mark == "{":
            braces.append(start)
            opened.append(None)
        elif mark == "}":
            if braces:
                groups[braces.pop()] = start
                opened.pop()
        elif (opener := opened[-1]) is None:
            opened[-1] = match if mark in _CLOSERS else None
        elif _CLOSERS[opener[0]] == mark:
            formulas[opener.start()] = Span(opener.end(), start, match.end())
            opened[-1] = None
        elif opener[0] == "$" and mark == "$$":  # $a$$b$: one formula ends, the next one begins
            formulas[opener.start()] = Span(opener.end(), start, start + 1)
            opened[-1] = re.compile(r"\$").match(tex, start + 1)
    return groups, formulas


@dataclass(slots=True)
class _Part:
    """A stretch of the TeX while it is being read: what is left of it, and what came out."""

    position: int
    end: int
    depth: int
    out: list[Node | str] = field(default_factory=list)


class _Parser:
    def __init__(self, tex: str) -> None:
        self.tex = tex
        self.groups, self.formulas = find_pairs(tex)
        self.problems: list[Problem] = []
        self.after_space = True  # at the start, and after a space, further spaces count nothing
        self.in_link = False
        self.in_code = False  # monospaced fonts have no ligatures
        self.quotes = 0  # how many \enquote we are in

    def parse(self) -> Markup:
        nodes = self.read(0, len(self.tex), 0)
        if nodes and isinstance(last := nodes[-1], Text) and last.text.endswith(" "):
            nodes[-1:] = [Text(last.text.rstrip(" "))] if last.text != " " else []
        return Markup(tuple(nodes), render_text(nodes), tuple(sorted(self.problems)))

    def blame(self, offset: int, message: str) -> None:
        self.problems.append(Problem(offset, message))

    def read(self, start: int, end: int, depth: int) -> list[Node]:
        """Return the nodes of the TeX between two offsets."""
        part = _Part(start, end, depth)
        if depth > NESTING_LIMIT:
            self.blame(start, f"more than {NESTING_LIMIT} groups within each other")
            self.add(part, self.clean(self.tex[start:end]))
            return _join(part.out)
        while part.position < end and (match := _PIECE.match(self.tex, part.position, end)):
            part.position = match.end()
            getattr(self, f"read_{match.lastgroup}")(part, match)
        return _join(part.out)

    # Characters

    def add(self, part: _Part, text: str) -> None:
        """Add text, without a second space after a first one."""
        if self.after_space:
            text = text.lstrip(" ")
        if text:
            self.after_space = text[-1] == " "
            part.out.append(text)

    def clean(self, raw: str) -> str:
        return " ".join(HIDDEN_CHARACTERS.sub("", raw).split())

    def read_text(self, part: _Part, match: re.Match[str]) -> None:
        self.add(part, match[0])

    def read_space(self, part: _Part, _match: re.Match[str]) -> None:
        self.add(part, " ")

    def read_typed(self, part: _Part, match: re.Match[str]) -> None:
        is_literal = self.in_code and match[0] != "~"
        self.add(part, match[0] if is_literal else _TYPED[match[0]])

    def read_hidden(self, _part: _Part, match: re.Match[str]) -> None:
        names = ", ".join(sorted({f"U+{ord(character):04X}" for character in match[0]}))
        self.blame(match.start(), f"a hidden character ({names}) was left out")

    # Groups and formulas

    def read_group(self, part: _Part, match: re.Match[str]) -> None:
        closer = self.groups.get(match.start(), part.end)
        if closer >= part.end:
            self.read_brace(part, match)
        else:
            part.out += self.read(match.end(), closer, part.depth + 1)
            part.position = closer + 1

    def read_brace(self, part: _Part, match: re.Match[str]) -> None:
        self.blame(match.start(), f"{match[0]} has no partner")
        self.add(part, match[0])

    def read_formula(self, part: _Part, match: re.Match[str]) -> None:
        span = self.formulas.get(match.start())
        if span and span.after <= part.end:
            part.position = span.after
            self.add_formula(part, match.start(), span.first, span.last)
        else:
            self.read_brace(part, match)

    def add_formula(self, part: _Part, start: int, first: int, last: int) -> None:
        tex = modernize(" ".join(self.tex[first:last].split()))
        tex += " " * tex.endswith("\\")  # a control space lost its space
        formula = read_formula(tex)
        if formula.fault:
            self.blame(start, f"a formula is shown as text: {formula.fault}")
            self.add(part, self.clean(formula.text))
        else:
            part.out.append(Math(tex))
            self.after_space = False

    # Commands

    def read_sign(self, part: _Part, match: re.Match[str]) -> None:
        r"""Read a backslash before something that is no letter: ``\&``, ``\'e``, ``\,``."""
        sign, start = match["sign"], match.start()
        if sign in letters.ACCENTS:
            self.read_accent(part, sign, start)
        elif sign in letters.ESCAPED:
            self.add(part, sign)
        elif sign in letters.SPACES:
            self.add(part, letters.SPACES[sign])
        elif start in self.formulas:
            self.read_formula(part, match)
        elif not sign:
            self.blame(start, "a backslash at the end")
            self.add(part, "\\")
        elif sign not in letters.INVISIBLE:
            self.blame(start, f"unknown command \\{HIDDEN_CHARACTERS.sub('', sign)} was left out")

    def read_command(self, part: _Part, match: re.Match[str]) -> None:
        name, start = match["command"], match.start()
        if reader := _READERS.get(name):
            reader(self, part, name, start)
            return
        self.skip(part, _SPACE)
        if name in letters.ACCENTS:
            self.read_accent(part, name, start)
        elif name in _CHARACTERS:
            self.add(part, _CHARACTERS[name])
        elif name in _SWITCHES:
            first, part.position = part.position, part.end
            self.add_styled(part, _SWITCHES[name], first, part.end)
        elif name in letters.DANGEROUS:
            self.blame(start, f"the command \\{name} is not allowed and was left out")
        elif name in _SYMBOLS:
            self.blame(start, f"\\{name} stands outside of a formula")
            self.add(part, _SYMBOLS[name])
        elif name not in letters.INVISIBLE:
            self.skip(part, _BEFORE_ARGUMENT)
            self.blame(start, f"unknown command \\{name} was left out")

    def skip(self, part: _Part, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.tex, part.position, part.end)
        part.position = match.end() if match else part.position

    def argument(self, part: _Part, name: str, start: int) -> tuple[int, int]:
        """Take a command's argument, and return its bounds.

        The argument is a group, or else one character or one command, as in TeX.
        """
        self.skip(part, _BEFORE_ARGUMENT)
        first = part.position
        if first >= part.end:
            self.blame(start, f"\\{name} without its argument")
            return first, first
        closer = self.groups.get(first, part.end)
        if closer < part.end:
            part.position = closer + 1
            return first + 1, closer
        match = _PIECE.match(self.tex, first, part.end)
        is_command = match is not None and match.lastgroup in ("command", "sign")
        part.position = match.end() if match and is_command else first + 1
        return first, part.position

    def read_accent(self, part: _Part, name: str, start: int) -> None:
        first, last = self.argument(part, name, start)
        before, self.after_space = self.after_space, True
        base = render_text(self.read(first, last, part.depth + 1))
        self.after_space = before
        self.add(part, letters.add_accent(name, base))

    def read_styled(self, part: _Part, name: str, start: int) -> None:
        self.add_styled(part, _STYLES[name], *self.argument(part, name, start))

    def add_styled(self, part: _Part, style: type[Styled], first: int, last: int) -> None:
        outer, self.in_code = self.in_code, self.in_code or style is Monospace
        children = self.read(first, last, part.depth + 1)
        self.in_code = outer
        part.out += [style(tuple(children))] if children else []

    def read_first(self, part: _Part, name: str, start: int) -> None:
        part.out += self.read(*self.argument(part, name, start), part.depth + 1)
        if name in letters.FIRST_OF_TWO:
            self.argument(part, name, start)

    def read_second(self, part: _Part, name: str, start: int) -> None:
        self.argument(part, name, start)
        self.read_first(part, name, start)

    def read_nothing(self, part: _Part, name: str, start: int) -> None:
        self.argument(part, name, start)
        if name in letters.ENVIRONMENTS:
            self.blame(start, f"an environment (\\{name}) is not shown as such")

    def read_choice(self, part: _Part, _name: str, _start: int) -> None:
        r"""Read ``\ifmmode \check{Z}\else \v{Z}\fi``, as Physical Review has it: this is text."""
        match = _ELSE.search(self.tex, part.position, min(part.end, part.position + _NEAR))
        part.position = match.end() if match else part.position

    def read_enquote(self, part: _Part, name: str, start: int) -> None:
        bounds = self.argument(part, name, start)
        opening, closing = "‘’" if self.quotes % 2 else "“”"
        self.quotes += 1
        self.add(part, opening)
        part.out += self.read(*bounds, part.depth + 1)
        self.add(part, closing)
        self.quotes -= 1

    def read_ensuremath(self, part: _Part, name: str, start: int) -> None:
        self.add_formula(part, start, *self.argument(part, name, start))

    def read_url(self, part: _Part, name: str, start: int) -> None:
        url = self.address(part, name, start)
        shown = _Part(0, 0, 0)
        self.add(shown, self.clean(url))
        self.add_link(part, start, url, _join(shown.out))

    def read_href(self, part: _Part, name: str, start: int) -> None:
        url = self.address(part, name, start)
        bounds = self.argument(part, name, start)
        outer, self.in_link = self.in_link, True
        children = self.read(*bounds, part.depth + 1)
        self.in_link = outer
        self.add_link(part, start, url, children)

    def address(self, part: _Part, name: str, start: int) -> str:
        first, last = self.argument(part, name, start)
        return _URL_ESCAPE.sub(lambda match: match[1] or "", self.tex[first:last]).strip()

    def add_link(self, part: _Part, start: int, url: str, children: list[Node]) -> None:
        if self.in_link:
            self.blame(start, "a link within a link")
        elif not is_safe_url(url):
            self.blame(start, "an address that is not http, https or mailto, shown without link")
        elif not children:
            self.blame(start, "a link that shows nothing")
        else:
            children = [Link(url, tuple(children))]
        part.out += children


_READERS: dict[str, Callable[[_Parser, _Part, str, int], None]] = {
    **dict.fromkeys(_STYLES, _Parser.read_styled),
    **dict.fromkeys(letters.TRANSPARENT | letters.FIRST_OF_TWO, _Parser.read_first),
    **dict.fromkeys(letters.SECOND_OF_TWO, _Parser.read_second),
    **dict.fromkeys(letters.UNPRINTED | letters.ENVIRONMENTS, _Parser.read_nothing),
    **dict.fromkeys(("url", "nolinkurl", "path"), _Parser.read_url),
    "href": _Parser.read_href,
    **dict.fromkeys(("enquote", "mkbibquote"), _Parser.read_enquote),
    "ensuremath": _Parser.read_ensuremath,
    "ifmmode": _Parser.read_choice,
}


def _join(out: Iterable[Node | str]) -> list[Node]:
    """Join the pieces of text that stand side by side."""
    nodes: list[Node] = []
    for is_text, run in itertools.groupby(out, lambda item: isinstance(item, str | Text)):
        if is_text:
            text = "".join(item.text if isinstance(item, Text) else str(item) for item in run)
            nodes.append(Text(unicodedata.normalize("NFC", text)))
        else:
            nodes += (item for item in run if not isinstance(item, str))
    return nodes
