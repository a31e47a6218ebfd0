"""Plain text for other eyes: safe for TeX, comparable for sorting and for finding it again.

Here too is told which addresses may be links.
"""

# ruff: noqa: RUF001 (look-alikes are what these tables are about)
from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, urlsplit

from livingsurvey.markup.letters import HIDDEN_CHARACTERS

_ESCAPES = {
    **{character: f"\\{character}" for character in "{}$&#%_"},
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}", "`": r"\textasciigrave{}",
    "[": "{[}", "]": "{]}",  # no optional argument, whatever stands before
    "\n": " ", "\r": " ", "\t": " ",  # no paragraph
    "\u00a0": "~", "\u2009": r"\,",
    "\u200b": r"\allowbreak{}",  # see escape_tex
}  # fmt: skip
_TABLE = str.maketrans(_ESCAPES)
_SPECIAL = re.compile(f"[{re.escape(''.join(_ESCAPES))}]|--|,,")
_LONGEST_WORD = 500
_LONG_WORD = re.compile(rf"\S{{{_LONGEST_WORD}}}(?=\S)")
_LIGATURE = re.compile(r"([-,])(?=\1)")

_SCHEMES = frozenset({"http", "https", "mailto"})
_FORBIDDEN = re.compile(r"[\s\x00-\x20\x7f-\x9f\\{}<>\"^|`]")
_MAILTO = re.compile(r"mailto:[^@?]+@[^@?/]+(\?.*)?", re.IGNORECASE)
_URL_ESCAPES = str.maketrans({"%": r"\%", "#": r"\#", "&": r"\&", "_": r"\_", "$": r"\$"})


def cut_long_words(text: str) -> list[str]:
    """Return the pieces of a text between which lines may break because a word is too long.

    XeTeX ends with a segmentation fault where it says that a line of 70,000 letters is overfull.
    """
    if len(text) <= _LONGEST_WORD:
        return [text]
    return _LONG_WORD.sub("\\g<0>\u200b", text).split("\u200b")


def escape_tex(text: str) -> str:
    r"""Return TeX for xelatex that shows *text* as it is, whatever it holds.

    Every special character is escaped, the ligatures of ``--`` and ``,,`` are kept apart, line
    breaks become spaces, and hidden characters are left out. The result holds no command but
    ``\text…`` ones (and breaks in words longer than any), and its braces are balanced.
    """
    text = HIDDEN_CHARACTERS.sub("", text)
    text = "\u200b".join(cut_long_words(text))
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


_BASES = {
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i",
    "ŋ": "ng", "ŧ": "t", "ƒ": "f", "ɛ": "e", "ⱥ": "a", "ɨ": "i", "ɓ": "b",
}  # fmt: skip
BASE_LETTERS = str.maketrans(
    {letter.upper(): base.capitalize() for letter, base in _BASES.items()}
    | _BASES
    | {"ȷ": "j", "ß": "ss", "µ": "μ"}
)
"""The letters that Unicode does not take apart into a plain one and an accent."""
_APOSTROPHE = re.compile(r"['’ʼ]")
_NOT_WORD = re.compile(r"[\W_]+")
# Looked for before accents are dropped: "À la carte" begins with no article.
_ARTICLE = re.compile(r"[\W_]*(?:an?|the)[\"”’»)]*\s+(?=.*\w)", re.IGNORECASE | re.DOTALL)


def search_key(text: str) -> str:
    """Return *text* casefolded and without accents: ``Łukasz Größer`` → ``lukasz grosser``."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in apart if not unicodedata.combining(c)).translate(BASE_LETTERS)


@lru_cache(maxsize=32768)  # each order compares the same titles and names again
def sort_key(text: str) -> str:
    """Return the words by which *text* is sorted.

    As :func:`search_key` has them, without punctuation and the article at the beginning.

    A text of punctuation alone keeps it.
    """
    folded = search_key(_ARTICLE.sub("", text, count=1) if _ARTICLE.match(text) else text)
    return _NOT_WORD.sub(" ", _APOSTROPHE.sub("", folded)).strip() or folded.strip() or text


def title_key(text: str) -> str:
    """Return the letters and digits of a title alone, to find one paper under two keys."""
    return _NOT_WORD.sub("", search_key(text))
