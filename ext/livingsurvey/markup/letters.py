"""Which letter, sign or space a TeX command stands for, in text, and what is never done.

Accents are combining characters that Unicode normalization joins with their letter, so that no
table of accented letters is needed. The names are those of LaTeX's own encodings (T1, TS1, T5)
as "The Comprehensive LaTeX Symbol List" (https://ctan.org/pkg/comprehensive) documents them.
"""

# ruff: noqa: RUF001 (look-alikes are what this table is about)
from __future__ import annotations

import re
import unicodedata

ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308", "h": "\u0309", "r": "\u030a", "H": "\u030b", "v": "\u030c",
    "G": "\u030f", "f": "\u0311", "d": "\u0323", "textcommabelow": "\u0326", "c": "\u0327",
    "k": "\u0328", "b": "\u0331", "t": "\u0361",
}  # fmt: skip
"""Command → combining character."""

SPACING_ACCENTS = {"`": "`", "'": "´", "^": "^", "~": "~", "=": "¯", ".": "˙", '"': "¨"}
r"""What an accent over nothing shows: people write ``\~{}`` for a tilde."""

NO_BREAK_SPACE = "\u00a0"
THIN_SPACE = "\u2009"

LETTERS = {
    "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ss": "ß", "SS": "ẞ", "ae": "æ", "AE": "Æ", "oe": "œ",
    "OE": "Œ", "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ", "th": "þ", "TH": "Þ", "dh": "ð",
    "DH": "Ð", "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ", "ohorn": "ơ", "OHORN": "Ơ",
    "uhorn": "ư", "UHORN": "Ư",
}  # fmt: skip

SIGNS = {
    "textendash": "–", "textemdash": "—", "textbackslash": "\\", "textasciitilde": "~",
    "textasciicircum": "^", "textasciigrave": "`", "textasciiacute": "´", "ldots": "…",
    "dots": "…", "textellipsis": "…", "textquotesingle": "'", "textquotedbl": '"',
    "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“",
    "textquotedblright": "”", "quotesinglbase": "‚", "quotedblbase": "„", "guilsinglleft": "‹",
    "guilsinglright": "›", "guillemotleft": "«", "guillemotright": "»", "guillemetleft": "«",
    "guillemetright": "»", "textexclamdown": "¡", "textquestiondown": "¿", "texttrademark": "™",
    "textregistered": "®", "textcopyright": "©", "copyright": "©", "textdegree": "°",
    "textmu": "µ", "texttimes": "×", "textdiv": "÷", "textpm": "±", "textless": "<",
    "textgreater": ">", "textbar": "|", "textbraceleft": "{", "textbraceright": "}",
    "textdollar": "$", "textunderscore": "_", "textbullet": "•", "textperiodcentered": "·",
    "textsection": "§", "textparagraph": "¶", "S": "§", "P": "¶", "dag": "†", "ddag": "‡",
    "textdagger": "†", "textdaggerdbl": "‡", "pounds": "£", "textsterling": "£", "texteuro": "€",
    "euro": "€", "textonehalf": "½", "textordfeminine": "ª", "textordmasculine": "º",
    "textrightarrow": "→", "textleftarrow": "←", "slash": "/", "TeX": "TeX", "LaTeX": "LaTeX",
    "BibTeX": "BibTeX", "hyphen": "-", "nbhyphen": "-", "fshyphen": "-",
}  # fmt: skip

JOURNALS = {
    "aj": "Astronomical Journal", "apj": "Astrophysical Journal",
    "apjl": "Astrophysical Journal Letters", "apjs": "Astrophysical Journal Supplement Series",
    "aap": "Astronomy and Astrophysics",
    "mnras": "Monthly Notices of the Royal Astronomical Society",
    "araa": "Annual Review of Astronomy and Astrophysics", "icarus": "Icarus",
    "jcap": "Journal of Cosmology and Astroparticle Physics", "nat": "Nature",
    "pasa": "Publications of the Astronomical Society of Australia",
    "pasj": "Publications of the Astronomical Society of Japan",
    "pasp": "Publications of the Astronomical Society of the Pacific",
    "physrep": "Physics Reports", "planss": "Planetary and Space Science",
    "pra": "Physical Review A", "prb": "Physical Review B", "prc": "Physical Review C",
    "prd": "Physical Review D", "pre": "Physical Review E", "prl": "Physical Review Letters",
    "rmxaa": "Revista Mexicana de Astronomía y Astrofísica", "solphys": "Solar Physics",
    "ssr": "Space Science Reviews",
}  # fmt: skip
"""The commands of AASTeX in the place of a journal, as ADS exports them."""

SPACES = {
    " ": " ", "\t": " ", "\n": " ", "\r": " ", "\\": " ", "newline": " ", "par": " ",
    "space": " ", "quad": " ", "qquad": " ", "enspace": " ", "nobreakspace": NO_BREAK_SPACE,
    ",": THIN_SPACE, "thinspace": THIN_SPACE, ":": THIN_SPACE, ";": THIN_SPACE, ">": THIN_SPACE,
}  # fmt: skip

INVISIBLE = frozenset(
    {"!", "/", "-", "@", "protect", "relax", "upshape", "normalfont", "rm", "rmfamily", "sffamily"}
    | {"sf", "mdseries", "allowbreak", "nolinebreak", "noindent", "xspace", "null", "leavevmode"}
    | {"unskip", "ignorespaces", "fi"}
)
"""Commands that show nothing of their own and that a title can do without."""

TRANSPARENT = frozenset(
    {"text", "textnormal", "textrm", "textsf", "textup", "textmd", "mbox", "NoCaseChange"}
    | {"underline", "uline"}
)
"""Commands whose argument is shown as it is."""

FIRST_OF_TWO = frozenset({"texorpdfstring"})
"""Commands of two arguments of which only the first one is shown."""

SECOND_OF_TWO = frozenset({"textcolor", "foreignlanguage"})
"""Commands of two arguments of which only the second one is shown."""

UNPRINTED = frozenset({"noopsort", "phantom", "hphantom", "vphantom", "label", "index", "color"})
r"""Commands whose argument is not shown; ``\noopsort`` is BibTeX's old trick for sorting."""

ENVIRONMENTS = frozenset({"begin", "end"})

DANGEROUS = frozenset(
    # reading and writing files, running programs
    {"input", "include", "InputIfFileExists", "IfFileExists", "openin", "openout", "closein"}
    | {"closeout", "read", "readline", "write", "immediate", "special", "verbatiminput"}
    | {"lstinputlisting", "includegraphics", "ShellEscape", "directlua", "latelua", "luaexec"}
    | {"luadirect", "XeTeXpicfile", "XeTeXpdffile", "usepackage", "RequirePackage", "LoadClass"}
    | {"documentclass", "bibliography", "addbibresource", "attachfile", "embedfile"}
    # definitions, loops, changes to how TeX reads
    | {"def", "edef", "gdef", "xdef", "let", "futurelet", "long", "outer", "global", "csname"}
    | {"endcsname", "newcommand", "renewcommand", "providecommand", "DeclareRobustCommand"}
    | {"newenvironment", "renewenvironment", "catcode", "lccode", "uccode", "mathcode", "active"}
    | {"makeatletter", "makeatother", "newwrite", "newread", "loop", "repeat", "expandafter"}
    | {"noexpand", "scantokens", "everypar", "everymath", "aftergroup", "afterassignment"}
    | {"uppercase", "lowercase", "string", "meaning", "jobname", "endinput", "stop", "batchmode"}
    | {"char", "chardef", "count", "dimen", "skip", "toks", "advance", "the", "shipout"}
    | {"AtBeginDocument", "AtEndDocument", "ExplSyntaxOn", "pdfobj", "pdfximage"}
)
"""Commands that no title needs and that could read, write, run or redefine something."""

ESCAPED = frozenset("{}$&#%_")
r"""The characters that a backslash makes ordinary: ``\&``."""

HIDDEN = (
    "\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"  # control characters
    "\u00ad\u200b\u2060-\u2065\ufeff"  # invisible: soft hyphen, zero-width spaces
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # direction marks, embeddings, overrides
    "\u2028\u2029\ufff9-\ufffb\ufffe\uffff"  # separators, annotations, no characters
    "\ud800-\udfff"  # halves of surrogate pairs, which cannot be written as UTF-8
    "\U000e0000-\U000e0fff"  # tags and other invisible characters
)
HIDDEN_CHARACTERS = re.compile(f"[{HIDDEN}]")
"""Characters that have no business in a title: they hide text or turn its direction.

The joiners U+200C and U+200D stay: Persian, Indic scripts and emoji need them.
"""

_DOTLESS = {"ı": "i", "ȷ": "j"}
_ABOVE = 230  # the canonical combining class of accents above the letter


def add_accent(command: str, letters: str) -> str:
    """Return *letters* with the accent of *command* on the first one, composed (NFC).

    Args:
        command: A key of :data:`ACCENTS`.
        letters: The argument of the accent; empty for an accent that stands alone.
    """
    if not letters.strip():
        return SPACING_ACCENTS.get(command, "")
    combining = ACCENTS[command]
    base = letters[0]
    end = 1
    while end < len(letters) and unicodedata.combining(letters[end]):
        end += 1
    if unicodedata.combining(combining) >= _ABOVE:
        base = _DOTLESS.get(base, base)
    return unicodedata.normalize("NFC", base + letters[1:end] + combining + letters[end:])
