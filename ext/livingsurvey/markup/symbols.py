"""The commands that a formula may use, and the characters that they stand for.

This is the allow-list: what is not in one of these tables never reaches TeX. It holds symbols,
named functions, alphabets, accents, fractions, roots and spaces of LaTeX with amsmath and
amssymb (see "Short Math Guide for LaTeX", https://ctan.org/pkg/short-math-guide); the code points
are those of unicode-math's table (https://ctan.org/pkg/unicode-math). Nothing here defines,
repeats, reads, writes, measures or changes a category code.
"""

# ruff: noqa: RUF001 (look-alikes are what this table is about)
from __future__ import annotations

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
    "(": "(", ")": ")", "[": "[", "]": "]", "|": "|", "/": "/", ".": "", r"\{": "{", r"\}": "}",
    r"\|": "‖", r"\langle": "⟨", r"\rangle": "⟩", r"\lfloor": "⌊", r"\rfloor": "⌋",
    r"\lceil": "⌈", r"\rceil": "⌉", r"\lvert": "|", r"\rvert": "|", r"\lVert": "‖",
    r"\rVert": "‖", r"\vert": "|", r"\Vert": "‖",
}  # fmt: skip
r"""What may follow ``\left``, ``\right`` and the sizes."""

SIZES = frozenset(f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("l", "r"))
SIZES |= {"big", "Big", "bigg", "Bigg"}

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
