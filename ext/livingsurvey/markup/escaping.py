"""Making plain text and addresses safe for TeX, and telling which addresses may be links."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from livingsurvey.markup.letters import HIDDEN_CHARACTERS

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "[": "{[}",  # no optional argument, whatever stands before
    "]": "{]}",
    "\n": " ",  # no paragraph
    "\r": " ",
    "\t": " ",
    "\u00a0": "~",
    "\u2009": r"\,",
}
_TABLE = str.maketrans(_ESCAPES)
_SPECIAL = re.compile(f"[{re.escape(''.join(_ESCAPES))}]|--|,,")
_LIGATURE = re.compile(r"([-,])(?=\1)")

_SCHEMES = frozenset({"http", "https", "mailto"})
_FORBIDDEN = re.compile(r"[\s\x00-\x20\x7f-\x9f\\{}<>\"^|`]")
_MAILTO = re.compile(r"mailto:[^@?]+@[^@?/]+(\?.*)?", re.IGNORECASE)
_URL_ESCAPES = str.maketrans({"%": r"\%", "#": r"\#", "&": r"\&", "_": r"\_", "$": r"\$"})


def escape_tex(text: str) -> str:
    r"""Return TeX for xelatex that shows *text* as it is, whatever it holds.

    Every special character is escaped, the ligatures of ``--`` and ``,,`` are kept apart, line
    breaks become spaces, and hidden characters are left out. The result holds no command but
    ``\text…`` ones, and its braces are balanced.
    """
    text = HIDDEN_CHARACTERS.sub("", text)
    if not _SPECIAL.search(text):
        return text
    return _LIGATURE.sub(r"\1{}", text.translate(_TABLE))


def is_safe_url(url: str) -> bool:
    """Whether *url* may become a link: http, https or mailto, with a host, without tricks.

    Spaces, control and direction characters, quotes, braces, backslashes and user names before
    the host (``https://example.org@evil.example``) are refused.
    """
    if _FORBIDDEN.search(url) or HIDDEN_CHARACTERS.search(url):
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:  # a malformed IPv6 address or port
        return False
    if parts.scheme not in _SCHEMES:
        return False
    if parts.scheme == "mailto":
        return _MAILTO.fullmatch(url) is not None
    return bool(host) and "@" not in parts.netloc


def escape_url(url: str) -> str:
    r"""Return a safe address (see :func:`is_safe_url`) as the first argument of ``\href``."""
    quoted = quote(url, safe=":/?#[]@!$&()*+,;=%-._", encoding="utf-8")
    return quoted.replace("~", "%7E").translate(_URL_ESCAPES)
