"""Reading a formula: is every part of it on the allow-list, and how does it read as text?

A formula is passed to TeX only if this small grammar accepts the whole of it, so that it can
neither run anything nor leave the formula nor stop the run with an error: known commands with
their arguments, balanced groups and delimiters, one superscript and one subscript each, plain
ASCII letters and signs. Greek letters and old commands for fonts are rewritten first. Everything
else is shown as the text that reading it yields.

The tables at the top are the allow-list: what is not in one of them never reaches TeX. They hold
symbols, named functions, alphabets, accents, fractions, roots and spaces of LaTeX with amsmath and
amssymb (see "Short Math Guide for LaTeX", https://ctan.org/pkg/short-math-guide); the code points
are those of unicode-math's table (https://ctan.org/pkg/unicode-math). Nothing there defines,
repeats, reads, writes, measures or changes a category code.
"""

# ruff: noqa: RUF001 (look-alikes are what this table is about)
from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable


LETTERLIKE = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ",
    "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "varpi": "ϖ", "rho": "ρ",
    "varrho": "ϱ", "sigma": "σ", "varsigma": "ς", "tau": "τ", "upsilon": "υ", "phi": "ϕ",
    "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ",
    "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω", "ell": "ℓ", "hbar": "ℏ", "partial": "∂", "nabla": "∇", "infty": "∞",
    "emptyset": "∅", "varnothing": "∅", "forall": "∀", "exists": "∃", "neg": "¬", "lnot": "¬",
    "top": "⊤", "bot": "⊥", "prime": "′", "aleph": "ℵ", "Re": "ℜ", "Im": "ℑ", "ldots": "…",
    "dots": "…", "cdots": "⋯", "vdots": "⋮", "sum": "∑", "prod": "∏", "int": "∫", "oint": "∮",
    "bigcup": "⋃", "bigcap": "⋂", "bigoplus": "⨁", "bigotimes": "⨂", "checkmark": "✓",
    "dagger": "†", "ddagger": "‡", "star": "⋆", "bullet": "∙", "circ": "∘", "ast": "∗",
    "langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉",
    "lvert": "|", "rvert": "|", "lVert": "‖", "rVert": "‖", "vert": "|", "Vert": "‖", "|": "‖",
    "{": "{", "}": "}", "$": "$", "%": "%", "#": "#", "&": "&", "_": "_",
}  # fmt: skip
"""Letters, big operators, brackets: signs that stand close to what follows."""

RELATIONS = {
    "cdot": "·", "times": "×", "div": "÷", "pm": "±", "mp": "∓", "oplus": "⊕", "otimes": "⊗",
    "odot": "⊙", "cup": "∪", "cap": "∩", "setminus": "∖", "wedge": "∧", "land": "∧", "vee": "∨",
    "lor": "∨", "le": "≤", "leq": "≤", "leqslant": "⩽", "ge": "≥", "geq": "≥", "geqslant": "⩾",
    "ll": "≪", "gg": "≫", "ne": "≠", "neq": "≠", "equiv": "≡", "sim": "∼", "simeq": "≃",
    "approx": "≈", "cong": "≅", "propto": "∝", "lesssim": "≲", "gtrsim": "≳", "in": "∈",
    "notin": "∉", "ni": "∋", "subset": "⊂", "subseteq": "⊆", "supset": "⊃", "supseteq": "⊇",
    "parallel": "∥", "perp": "⟂", "mid": "∣", "to": "→", "rightarrow": "→", "leftarrow": "←",
    "gets": "←", "leftrightarrow": "↔", "Rightarrow": "⇒", "Leftarrow": "⇐",
    "Leftrightarrow": "⇔", "implies": "⟹", "iff": "⟺", "mapsto": "↦", "longrightarrow": "⟶",
    "uparrow": "↑", "downarrow": "↓", "nearrow": "↗", "searrow": "↘", "rightleftharpoons": "⇌",
    "colon": ":",
}  # fmt: skip
"""Operators and relations between two things: a space before them is kept after them."""

FUNCTIONS = frozenset(
    {"log", "ln", "lg", "exp", "min", "max", "inf", "sup", "lim", "arg", "det", "dim", "ker"}
    | {"deg", "gcd", "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan"}
    | {"sinh", "cosh", "tanh", "coth", "Pr"}
)
"""Functions that are shown by their name."""

SPACES = {
    " ": " ", ",": " ", ":": " ", ";": " ", ">": " ", "!": "", "quad": " ", "qquad": " ",
    "thinspace": " ",
}  # fmt: skip

ALPHABETS = frozenset({"mathcal", "mathbb", "mathrm", "mathbf", "mathit", "mathsf", "mathtt"})
ALPHABETS |= {"mathfrak", "boldsymbol"}
"""Alphabets: one argument of mathematics."""

TEXTS = frozenset(
    {"text", "textrm", "textit", "textbf", "textsf", "texttt", "mbox", "operatorname"}
)
"""One argument of text, in which only letters, digits and simple punctuation may stand."""

ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303",
    "bar": "\u0304", "overline": "\u0304", "underline": "\u0331", "dot": "\u0307",
    "ddot": "\u0308", "vec": "\u20d7",
}  # fmt: skip
"""One argument, and a sign above or below it."""

FRACTIONS = frozenset({"frac", "tfrac", "dfrac", "binom"})
"""Two arguments."""

DELIMITERS = {
    **{mark: mark for mark in "()[]|/"}, ".": "",
    **{f"\\{name}": LETTERLIKE[name] for name in (
        "{", "}", "|", "langle", "rangle", "lfloor", "rfloor", "lceil", "rceil", "lvert", "rvert",
        "lVert", "rVert", "vert", "Vert",
    )},
}  # fmt: skip
r"""What may follow ``\left``, ``\right`` and the sizes."""

SIZES = frozenset(
    f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", *"lr")
)

SUPERSCRIPTS = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ",
        strict=True,
    )
)
SUPERSCRIPTS["′"] = "′"
SUBSCRIPTS = dict(
    zip(
        "0123456789+-−=()aehijklmnoprstuvxβγρφχ",
        "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ",
        strict=True,
    )
)


def shift(text: str, sign: str) -> str:
    """Return *text* raised (*sign* ``^``) or lowered (``_``), in Unicode where that has them all.

    Where it has not, the sign stays: ``x^Q``, ``x_(i,j)``.
    """
    table = SUPERSCRIPTS if sign == "^" else SUBSCRIPTS
    if all(letter in table for letter in text):
        return "".join(table[letter] for letter in text)
    return f"{sign}{text}" if len(text) == 1 else f"{sign}({text})"


NESTING_LIMIT: Final = 24
"""Groups within groups; TeX itself has no trouble up to some hundreds."""

_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|\s+|.", re.DOTALL)
_SPACE = re.compile(r"[ \t\n]*")
_PRIMES = re.compile(r"'+")
_TEXT_ARGUMENT = re.compile(r"\{[A-Za-z0-9 .,;:()!?/+*=-]*\}")
_ROOT = re.compile(r"\[[A-Za-z0-9]+\]")
_OPENING = re.compile(r"\{")
_PLAIN = frozenset("+-*/=<>()[]|,.;:!?@")
_SIMPLE = re.compile(r"[\w.′⁰-₟]*")
# What may follow ^ and _ without braces; \log and \sqrt, for instance, may not.
_SCRIPT_SIGNS = frozenset("∞∂∇∅⊤⊥′∗⋆∘∙†‡±∓∥⟂")
# What XeTeX looks for in the font of the alphabet, by the positions of another encoding.
_FONT_LETTERS = frozenset("ΓΔΘΛΞΠΣΥΦΨΩ")
_FONT_ACCENTS = frozenset({"hat", "tilde", "bar", "dot", "ddot"})
_CAPITALS_ONLY = frozenset({"mathbb", "mathcal"})  # their fonts have no other letters
_SIGNS = LETTERLIKE | SPACES
_GREEK = {sign: name for name, sign in LETTERLIKE.items() if "Ͱ" <= sign <= "Ͽ"}
_GREEK["µ"] = "mu"  # the micro sign
_GREEK_LETTER = re.compile(f"[{''.join(_GREEK)}]")
_OLD_FONT = re.compile(r"\{\\(rm|bf|it|sf|tt|cal)(?![A-Za-z]) *([A-Za-z0-9]+)\}")


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
    return _FormulaReader(tex).read()


def modernize(tex: str) -> str:
    r"""Write Greek letters as commands, and ``{\rm x}`` as ``{\mathrm{x}}``."""
    tex = _GREEK_LETTER.sub(lambda match: f"\\{_GREEK[match[0]]} ", tex).rstrip(" ")
    return _OLD_FONT.sub(r"{\\math\1{\2}}", tex)


def is_safe_math(tex: str) -> bool:
    r"""Whether *tex*, put between ``\(`` and ``\)``, is harmless and complete mathematics."""
    return not read_formula(tex).fault


class _FormulaReader:
    def __init__(self, tex: str) -> None:
        self.tex = tex
        self.position = 0
        self.fault = ""
        self.alphabet = ""  # the command whose letters we are in

    def read(self) -> Formula:
        if not self.tex.strip():
            self.blame("an empty formula")
        elif re.search(r"\n[ \t]*\n", self.tex):
            self.blame("a paragraph in a formula")
        text = " ".join(self.read_list(0, "").split())
        return Formula(unicodedata.normalize("NFC", text), self.fault)

    def blame(self, fault: str) -> None:
        self.fault = self.fault or fault

    def peek(self) -> str:
        """Return the next mark without taking it; ``""`` at the end."""
        match = _TOKEN.match(self.tex, self.position)
        return match[0] if match else ""

    def take(self, pattern: re.Pattern[str]) -> str:
        """Take what a pattern finds here; ``""`` if it finds nothing."""
        match = pattern.match(self.tex, self.position)
        self.position = match.end() if match else self.position
        return match[0] if match else ""

    def read_list(self, depth: int, closer: str) -> str:
        r"""Read up to *closer* (``}``, ``\right`` or the end), which is taken."""
        if depth > NESTING_LIMIT:
            self.blame("a formula nested too deeply")
            rest, self.position = self.tex[self.position :], len(self.tex)
            return rest
        out: list[str] = []
        taken: set[str] = set()  # the scripts that the current atom has
        while mark := self.take(_TOKEN):
            if mark == closer:
                return "".join(out)
            if mark in ("^", "_"):
                out.append(self.read_script(mark, taken, depth))
            elif mark == "'":
                out.append(self.read_primes(taken))
            elif mark.isspace():
                if not set(mark) <= set(" \t\n"):
                    self.blame("a strange space in a formula")
                out.append(" ")
            else:
                taken.clear()
                self.read_atom(mark, out, depth)
        if closer:
            self.blame(f"a formula without its {closer}")
        return "".join(out)

    def read_script(self, sign: str, taken: set[str], depth: int) -> str:
        if sign in taken:
            self.blame("two scripts at one place in a formula")
        taken.add(sign)
        return shift(self.read_argument(depth, script=True).strip(), sign)

    def read_primes(self, taken: set[str]) -> str:
        if "^" in taken:
            self.blame("two scripts at one place in a formula")
        more = self.take(_PRIMES)
        if self.peek() != "^":  # LaTeX joins primes with a superscript that follows at once
            taken.add("^")
        return "′" * (1 + len(more))

    def read_argument(self, depth: int, *, script: bool = False) -> str:
        """Read what a command applies to: a group, a letter or a sign."""
        self.take(_SPACE)
        mark = self.take(_TOKEN)
        if mark == "{":
            return self.read_list(depth + 1, "}")
        if mark[:1] == "\\":
            name = mark[1:]
            if script and name in ALPHABETS and name != "boldsymbol":
                return self.read_alphabet(name, depth)
            if script and name == "text":
                return self.read_text(name, depth)
            sign = LETTERLIKE.get(name, "")
            if sign and (sign.isalpha() or sign in _SCRIPT_SIGNS):
                return self.read_sign(name)
            if script and RELATIONS.get(name, "") in _SCRIPT_SIGNS:
                return RELATIONS[name]
        elif mark.isascii() and (mark.isalnum() or (script and mark in _PLAIN)):
            return mark
        self.blame("a formula in which an argument is missing")
        self.position -= len(mark)
        return ""

    def read_atom(self, mark: str, out: list[str], depth: int) -> None:
        if mark == "{":
            out.append(self.read_list(depth + 1, "}"))
        elif mark[0] == "\\":
            self.read_command(mark[1:], out, depth)
        elif mark == "~":
            out.append(" ")
        elif mark.isascii() and (mark.isalnum() or mark in _PLAIN):
            out.append(mark)
        else:
            self.blame(f"the character {mark!r} in a formula")
            out.append(mark if mark.isprintable() else "")

    def read_command(self, name: str, out: list[str], depth: int) -> None:
        spaced = bool(out) and out[-1][-1:] == " "
        if name[:1].isalpha():
            self.take(_SPACE)
        if name in _SIGNS:
            out.append(self.read_sign(name))
        elif name in RELATIONS:
            out.append(RELATIONS[name] + " " * spaced)
        elif name in FUNCTIONS:
            joined = bool(out) and (out[-1][-1:].isalnum() or out[-1][-1:] == ")")
            follower = self.peek()[:1]
            out.append(" " * joined + name + " " * (follower.isalnum() or follower == "\\"))
        elif reader := _READERS.get(name):
            out.append(reader(self, name, depth))
        else:
            self.blame(f"the command \\{name} in a formula" if name else "a lone backslash")

    def read_sign(self, name: str) -> str:
        if self.alphabet and _SIGNS[name] in _FONT_LETTERS:
            self.blame(f"\\{name} within \\{self.alphabet}")
        return _SIGNS[name]

    def read_alphabet(self, name: str, depth: int) -> str:
        outer, self.alphabet = self.alphabet, "" if name == "boldsymbol" else name
        letters = self.read_argument(depth)
        self.alphabet = outer
        if name in _CAPITALS_ONLY and not re.fullmatch("[A-Z]*", letters):
            self.blame(f"\\{name} of other letters than A to Z")
        return letters

    def read_accent(self, name: str, depth: int) -> str:
        if self.alphabet and name in _FONT_ACCENTS:
            self.blame(f"\\{name} within \\{self.alphabet}")
        letters = self.read_argument(depth)
        return letters + ACCENTS[name] * (len(letters) == 1)

    def read_fraction(self, name: str, depth: int) -> str:
        above, below = self.read_argument(depth), self.read_argument(depth)
        if name == "binom":
            return f"({above} choose {below})"
        return f"{_parenthesize(above)}/{_parenthesize(below)}"

    def read_text(self, _name: str, depth: int) -> str:
        if text := self.take(_TEXT_ARGUMENT):
            return text[1:-1]
        self.blame("text that is more than letters in a formula")
        return self.read_list(depth + 1, "}") if self.take(_OPENING) else ""

    def read_root(self, _name: str, depth: int) -> str:
        degree = self.take(_ROOT).strip("[]") or "2"
        sign = {"2": "√", "3": "∛", "4": "∜"}.get(degree) or shift(degree, "^") + "√"
        return sign + _parenthesize(self.read_argument(depth))

    def read_fence(self, name: str, depth: int) -> str:
        opening = self.read_delimiter(name, depth)
        inside = self.read_list(depth + 1, r"\right")
        return opening + inside + self.read_delimiter(name, depth)

    def read_delimiter(self, _name: str, _depth: int) -> str:
        self.take(_SPACE)
        mark = self.peek()
        if mark not in DELIMITERS:
            self.blame("a delimiter that is missing in a formula")
            return ""
        self.position += len(mark)
        return DELIMITERS[mark]


_READERS: dict[str, Callable[[_FormulaReader, str, int], str]] = {
    **dict.fromkeys(ALPHABETS, _FormulaReader.read_alphabet),
    **dict.fromkeys(TEXTS, _FormulaReader.read_text),
    **dict.fromkeys(ACCENTS, _FormulaReader.read_accent),
    **dict.fromkeys(FRACTIONS, _FormulaReader.read_fraction),
    **dict.fromkeys(SIZES, _FormulaReader.read_delimiter),
    "sqrt": _FormulaReader.read_root,
    "left": _FormulaReader.read_fence,
}


def _parenthesize(text: str) -> str:
    """Put brackets around what would otherwise fall apart beside a fraction bar or a root."""
    return text if _SIMPLE.fullmatch(text) else f"({text})"
