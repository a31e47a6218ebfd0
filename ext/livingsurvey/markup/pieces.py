"""How the TeX of a title is cut into pieces: commands, groups, formulas, signs, spaces, text."""

# ruff: noqa: RUF001 (quotation marks and dashes are what TeX writes otherwise)
from __future__ import annotations

import re

from livingsurvey.markup.letters import HIDDEN, NO_BREAK_SPACE

PIECE = re.compile(
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
"""The next piece; every character belongs to one of the named alternatives."""

SPACE = re.compile(r"[ \t\r\n]*")
"""What TeX skips after a command word."""

BEFORE_ARGUMENT = re.compile(r"(?:[ \t\r\n]*\*(?=[ \t\r\n]*\{))?[ \t\r\n]*")
"""What may stand between a command and its argument, the asterisk of a variant included."""

URL_ESCAPE = re.compile(r"\\([%#&_~^${}])|\{\}")
"""What people escape in an address although they need not."""

TYPED = {
    "``": "“",
    "''": "”",
    "`": "‘",
    "'": "’",
    "--": "–",
    "---": "—",
    "~": NO_BREAK_SPACE,
    "\u202f": NO_BREAK_SPACE,
}
"""What is typed in ASCII, and what it stands for."""
