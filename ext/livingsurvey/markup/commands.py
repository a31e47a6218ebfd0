"""What the commands of text do that are no letters: styles, groups, and what is never done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.markup.nodes import (
    Emphasis,
    Monospace,
    SmallCaps,
    Strong,
    Subscript,
    Superscript,
)

if TYPE_CHECKING:
    from livingsurvey.markup.nodes import Styled

STYLES: dict[str, type[Styled]] = {
    "emph": Emphasis,
    "textit": Emphasis,
    "textsl": Emphasis,
    "mkbibemph": Emphasis,
    "mkbibitalic": Emphasis,
    "textbf": Strong,
    "mkbibbold": Strong,
    "texttt": Monospace,
    "textsc": SmallCaps,
    "textsuperscript": Superscript,
    "mkbibsuperscript": Superscript,
    "textsubscript": Subscript,
    "mkbibsubscript": Subscript,
}
"""Commands whose argument is set in another style."""

SWITCHES: dict[str, type[Styled]] = {
    "em": Emphasis,
    "it": Emphasis,
    "itshape": Emphasis,
    "sl": Emphasis,
    "slshape": Emphasis,
    "bf": Strong,
    "bfseries": Strong,
    "tt": Monospace,
    "ttfamily": Monospace,
    "sc": SmallCaps,
    "scshape": SmallCaps,
}
"""Commands that change the style up to the end of the group."""

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
