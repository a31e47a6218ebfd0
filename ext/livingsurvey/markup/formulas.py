"""Reading a formula: is every part of it on the allow-list, and how does it read as text?

A formula is passed to TeX only if this small grammar accepts the whole of it, so that it can
neither run anything nor leave the formula nor stop the run with an error: known commands with
their arguments, balanced groups and delimiters, one superscript and one subscript each, plain
ASCII letters and signs. Everything else is shown as the text that reading it yields.
"""

# ruff: noqa: RUF001 (look-alikes are what this table is about)
from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from livingsurvey.markup import symbols

NESTING_LIMIT: Final = 24
"""Groups within groups; TeX itself has no trouble up to some hundreds."""

_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|\s+|.", re.DOTALL)
_SPACE = re.compile(r"[ \t\n]*")
_PRIMES = re.compile(r"'+")
_TEXT_ARGUMENT = re.compile(r"\{([A-Za-z0-9 .,;:()!?/+*=-]*)\}")
_ROOT = re.compile(r"\[([A-Za-z0-9]+)\]")
_PLAIN = frozenset("+-*/=<>()[]|,.;:!?@")
_SIMPLE = re.compile(r"[\w.′⁰-₟]*")
# What may follow ^ and _ without braces; \log and \sqrt, for instance, may not.
_SCRIPT_SIGNS = frozenset("∞∂∇∅⊤⊥′∗⋆∘∙†‡")


@dataclass(frozen=True, slots=True)
class Formula:
    """What reading a formula found.

    Attributes:
        text: The formula in Unicode, on one line, as one would write it in an e-mail.
        fault: Why it must not reach TeX, or ``""`` if it may.
    """

    text: str
    fault: str


@lru_cache(maxsize=4096)
def read_formula(tex: str) -> Formula:
    """Read a formula, without its delimiters. Never raises; linear in the length."""
    return _Reader(tex).read()


def is_safe_math(tex: str) -> bool:
    """Whether *tex*, put between ``\\(`` and ``\\)``, is harmless and complete mathematics."""
    return not read_formula(tex).fault


class _Reader:
    def __init__(self, tex: str) -> None:
        self.tex = tex
        self.position = 0
        self.fault = ""

    def read(self) -> Formula:
        if not self.tex.strip():
            self.blame("an empty formula")
        elif re.search(r"\n[ \t]*\n", self.tex):
            self.blame("a paragraph in a formula")
        text = self.read_list(0, "")
        text = unicodedata.normalize("NFC", " ".join(text.split()))
        return Formula(text, self.fault)

    def blame(self, fault: str) -> None:
        self.fault = self.fault or fault

    def peek(self) -> str:
        """Return the next token without taking it; ``""`` at the end."""
        match = _TOKEN.match(self.tex, self.position)
        return match[0] if match else ""

    def skip_space(self) -> None:
        match = _SPACE.match(self.tex, self.position)
        if match:
            self.position = match.end()

    def read_list(self, depth: int, closer: str) -> str:
        """Read up to *closer* (``}``, ``\\right`` or the end), which is taken."""
        if depth > NESTING_LIMIT:
            self.blame("a formula nested too deeply")
            rest, self.position = self.tex[self.position :], len(self.tex)
            return rest
        out: list[str] = []
        taken: set[str] = set()  # the scripts that the current atom has
        while token := self.peek():
            self.position += len(token)
            if token == closer:
                return "".join(out)
            if token in ("^", "_"):
                out.append(self.read_script(token, taken, depth))
            elif token == "'":
                out.append(self.read_primes(taken))
            elif token.isspace():
                if not set(token) <= set(" \t\n"):
                    self.blame("a strange space in a formula")
                out.append(" ")
            else:
                taken.clear()
                self.read_atom(token, out, depth)
        if closer:
            self.blame(f"a formula without its {closer}")
        return "".join(out)

    def read_script(self, sign: str, taken: set[str], depth: int) -> str:
        if sign in taken:
            self.blame("two scripts at one place in a formula")
        taken.add(sign)
        return symbols.shift(self.read_argument(depth, script=True).strip(), sign)

    def read_primes(self, taken: set[str]) -> str:
        if "^" in taken:
            self.blame("two scripts at one place in a formula")
        match = _PRIMES.match(self.tex, self.position)
        more = match[0] if match else ""
        self.position += len(more)
        if self.peek() != "^":  # LaTeX joins primes with a superscript that follows at once
            taken.add("^")
        return "′" * (1 + len(more))

    def read_argument(self, depth: int, *, script: bool = False) -> str:
        """Read what a command applies to: a group, a letter or a sign."""
        self.skip_space()
        token = self.peek()
        self.position += len(token)
        if token == "{":
            return self.read_list(depth + 1, "}")
        if token[:1] == "\\":
            name = token[1:]
            if script and name in symbols.ALPHABETS:
                return self.read_argument(depth)
            sign = symbols.LETTERLIKE.get(name, "")
            if sign and (sign.isalpha() or sign in _SCRIPT_SIGNS):
                return sign
        elif token.isascii() and (token.isalnum() or (script and token in _PLAIN)):
            return token
        self.blame("a formula in which an argument is missing")
        self.position -= len(token)
        return ""

    def read_atom(self, token: str, out: list[str], depth: int) -> None:
        if token == "{":
            out.append(self.read_list(depth + 1, "}"))
        elif token[0] == "\\":
            self.read_command(token[1:], out, depth)
        elif token == "~":
            out.append(" ")
        elif token.isascii() and (token.isalnum() or token in _PLAIN):
            out.append(token)
        else:
            self.blame(f"the character {token!r} in a formula")
            out.append(token if token.isprintable() else "")

    def read_command(self, name: str, out: list[str], depth: int) -> None:
        spaced = bool(out) and out[-1][-1:] == " "
        if name[:1].isalpha():
            self.skip_space()
        if name in symbols.LETTERLIKE:
            out.append(symbols.LETTERLIKE[name])
        elif name in symbols.RELATIONS:
            out.append(symbols.RELATIONS[name] + " " * spaced)
        elif name in symbols.FUNCTIONS:
            joined = bool(out) and (out[-1][-1:].isalnum() or out[-1][-1:] == ")")
            follower = self.peek()[:1]
            out.append(" " * joined + name + " " * (follower.isalnum() or follower == "\\"))
        elif name in symbols.SPACES:
            out.append(symbols.SPACES[name])
        elif name in symbols.ALPHABETS:
            out.append(self.read_argument(depth))
        elif name in symbols.TEXTS:
            out.append(self.read_text(depth))
        elif name in symbols.ACCENTS:
            letters = self.read_argument(depth)
            out.append(letters + symbols.ACCENTS[name] * (len(letters) == 1))
        elif name in symbols.FRACTIONS:
            above, below = self.read_argument(depth), self.read_argument(depth)
            if name == "binom":
                out.append(f"({above} choose {below})")
            else:
                out.append(f"{_wrap(above)}/{_wrap(below)}")
        elif name == "sqrt":
            out.append(self.read_root(depth))
        elif name == "left":
            before = self.read_delimiter()
            inside = self.read_list(depth + 1, "\\right")
            out.append(f"{before}{inside}{self.read_delimiter()}")
        elif name in symbols.SIZES:
            out.append(self.read_delimiter())
        elif name:
            self.blame(f"the command \\{name} in a formula")
        else:
            self.blame("a lone backslash in a formula")

    def read_text(self, depth: int) -> str:
        match = _TEXT_ARGUMENT.match(self.tex, self.position)
        if match:
            self.position = match.end()
            return match[1]
        self.blame("text that is more than letters in a formula")
        return self.read_list(depth + 1, "}") if self.read_token("{") else ""

    def read_root(self, depth: int) -> str:
        match = _ROOT.match(self.tex, self.position)
        if match:
            self.position = match.end()
        sign = {None: "√", "2": "√", "3": "∛", "4": "∜"}.get(match and match[1])
        degree = "" if sign or not match else symbols.shift(match[1], "^")
        return f"{degree}{sign or '√'}{_wrap(self.read_argument(depth))}"

    def read_delimiter(self) -> str:
        self.skip_space()
        token = self.peek()
        if token not in symbols.DELIMITERS:
            self.blame("a delimiter that is missing in a formula")
            return ""
        self.position += len(token)
        return symbols.DELIMITERS[token]

    def read_token(self, wanted: str) -> bool:
        if self.peek() != wanted:
            return False
        self.position += len(wanted)
        return True


def _wrap(text: str) -> str:
    """Put brackets around what would otherwise fall apart beside a fraction bar or a root."""
    return text if _SIMPLE.fullmatch(text) else f"({text})"
