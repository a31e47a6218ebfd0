"""Citation keys, DOIs, arXiv identifiers and addresses: the one good form of each.

Here is also told what is wrong with other forms, and which anchor a key gives.
"""

from __future__ import annotations

import html
import re
import string
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from livingsurvey.markup import search_key

if TYPE_CHECKING:
    from collections.abc import Collection


_DOI = re.compile(r"10\.[0-9]{4,9}/\S+")
_DOI_PREFIX = re.compile(
    r"(?:(?:https?://)?(?:(?:dx|www)\.)?doi\.org/|(?:info:|urn:)?doi\s*[:=/ ]\s*)+", re.IGNORECASE
)
# Publishers have it in their own addresses: https://dl.acm.org/doi/abs/10.1145/3?casa_token=x.
_DOI_ADDRESS = re.compile(
    r"https?://[a-z0-9.-]+/(?:[a-z-]+/){0,3}(?P<doi>10\.[0-9]{4,9}/[^\s?#]+?)"
    r"(?:\.pdf|/(?:full|abstract|fulltext|pdf|epdf|meta|html))?(?:[?#]\S*)?",
    re.IGNORECASE,
)
_ARXIV = re.compile(
    r"(?:07(?:0[4-9]|1[0-2])|(?:0[89]|[1-8][0-9]|90)(?:0[1-9]|1[0-2]))\.(?!0+$)[0-9]{4,5}"
    r"|[a-z-]+(?:\.[A-Z]{2})?/(?:9[1-9]|0[0-7])(?:0[1-9]|1[0-2])(?!0+$)[0-9]{3}"
)
_ARXIV_PREFIX = re.compile(
    r"(?:https?://(?:[a-z0-9-]+\.)?(?:arxiv\.org|alphaxiv\.org|ar5iv\.org|labs\.arxiv\.org)"
    r"/(?:abs|pdf|html|format|ps|overview)/|https?://huggingface\.co/papers/"
    r"|(?:https?://(?:dx\.)?doi\.org/)?10\.48550/arxiv\.|arxiv:\s*|abs/)+",
    re.IGNORECASE,
)
_ARXIV_SUFFIX = re.compile(r"(?:v[0-9]+)?(?:\.pdf)?/?$", re.IGNORECASE)
_FIRST_YEAR = 91
"""arXiv began in 1991."""

_FIVE_DIGITS_SINCE = "1501"
"""The month from which arXiv numbers papers with five digits instead of four."""

_ARXIV_AS_VENUE = re.compile(
    r"(?:arxiv(?:\s+e-?prints?|\s+preprint)?|corr|computing research repository)"
    r"(?:\s*[,:]?\s*(?:arxiv\s*:\s*|abs/)?(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?)?"
    r"(?:\s*\[[\w.-]+\])?(?:\s*version:?\s*\d+)?",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.IGNORECASE)
_CONTROL = re.compile(
    r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
_URL_COMMAND = re.compile(
    r"\\(?:url|path|nolinkurl)\s*\{(.*)\}|\\href\s*\{([^{}]*)\}\s*\{.*\}|<(.*)>", re.DOTALL
)
_ADDRESS_IN_TEXT = re.compile(
    r"\\(?:url|path|nolinkurl)\s*\{[^{}]*\}|\\href\s*\{[^{}]*\}\s*\{[^{}]*\}|https?://[^\s{}<>]+"
)
_ABOUT_ADDRESS = re.compile(
    r"(?:available(?: online)?(?: at| from)?|online|url|website|(?:accessed|retrieved)[^;]*+|\W)*",
    re.IGNORECASE,
)
_CHARACTERS = {
    "textless": "<", "textgreater": ">", "textasciitilde": "~", "textunderscore": "_",
    "textpercent": "%", "slash": "/", "allowbreak": "", "ampersand": "&", "sim": "~",
}  # fmt: skip
_CHARACTER_COMMAND = re.compile(rf"\\({'|'.join(_CHARACTERS)})(?![A-Za-z])\s*(?:\{{\}})?")
_TILDE_ACCENT = re.compile(r"\\~\s*\{\s*\}")
_MATH_CHARACTER = re.compile(r"\$\\?([<>_~&])\$")
_ESCAPED_OR_BRACE = re.compile(r"\\([_%#&~{}$^])|[{}]|\\[-/]")
_SAFE_IN_URL = ":/?#[]@!$&'()*+,;=%~-._"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A read identifier.

    Attributes:
        value: The good form; ``""`` if there is none.
        problem: What is wrong with the form as written, or ``""``.
        suggestion: The remedy, or ``""``.
    """

    value: str
    problem: str = ""
    suggestion: str = ""


def read_doi(text: str) -> Identifier:
    """Read a DOI: bare, after ``doi:``, or as an address of the resolver."""
    stripped = text.strip()
    plain = undo_markup(stripped)
    bare = _DOI_PREFIX.sub("", plain, count=1)
    if address := _DOI_ADDRESS.fullmatch(bare):
        bare = address["doi"]
    if bare != plain and "%" in bare:
        bare = unquote(bare)
    whole, bare = bare, _trim(bare)
    if not _DOI.fullmatch(bare) or _CONTROL.search(bare):
        return Identifier("", f"'{shorten(text)}' is not a DOI", "a DOI looks like 10.1234/abc")
    if bare == stripped:
        return Identifier(bare)
    problem = "the DOI is written as an address"
    if whole != bare and whole.startswith(bare):
        problem = f"the DOI ends in '{whole[len(bare) :]}'"
    elif whole != bare:
        problem = "the DOI stands in brackets or quotation marks"
    elif plain != stripped:
        problem = "the DOI is written with TeX or HTML"
    return Identifier(bare, problem, f"write doi = {{{bare}}}")


def _trim(doi: str) -> str:
    """Return a DOI without the marks of the sentence, or the brackets, that it was taken from."""
    trimmed = doi.lstrip("(<[\"'\u201c\u2018").rstrip(".,;\"'\u201d\u2019")
    for left, right in ("()", "[]", "<>"):
        surplus = max(0, trimmed.count(right) - trimmed.count(left))
        at_end = len(trimmed) - len(trimmed.rstrip(right))
        trimmed = trimmed[: len(trimmed) - min(surplus, at_end)].rstrip(".,;")
    return trimmed


def read_arxiv(text: str) -> Identifier:
    """Read an arXiv identifier: bare, with a version, after ``arXiv:``, or as an address."""
    stripped = text.strip()
    plain = undo_markup(stripped)
    bare = _ARXIV_SUFFIX.sub("", _ARXIV_PREFIX.sub("", plain, count=1), count=1)
    if not _ARXIV.fullmatch(bare):
        problem = f"'{shorten(text)}' is not an arXiv identifier"
        return Identifier("", problem, "write one such as 2106.09685 or math/0211159")
    month, dot, number = bare.partition(".")
    digits = "five" if month >= _FIVE_DIGITS_SINCE else "four"
    if dot and "/" not in bare and (len(number) == 5) != (digits == "five"):
        problem = f"'{bare}' is not an arXiv identifier"
        why = f"those of that month have {digits} digits after the point"
        return Identifier("", f"{problem}: {why}", "look the paper up on arXiv")
    if bare == stripped:
        return Identifier(bare)
    problem = "the arXiv identifier has a prefix or a version"
    return Identifier(bare, problem, f"write eprint = {{{bare}}}")


def read_arxiv_venue(text: str) -> str | None:
    """Return the arXiv identifier in a text that names arXiv and nothing else.

    ``""`` if it names none, None if it is another text: ``arXiv preprint arXiv:2106.09685``,
    ``CoRR abs/2106.09685``, ``arXiv:2106.09685 [cs]``.
    """
    match = _ARXIV_AS_VENUE.fullmatch(text)
    return (match["id"] or "") if match else None


def read_arxiv_month(identifier: str) -> tuple[int, int] | None:
    """Return year and month in which a paper came to arXiv, by its identifier."""
    match = re.match(r"(?:[a-z-]+(?:\.[A-Z]{2})?/)?([0-9]{2})(0[1-9]|1[0-2])", identifier)
    if match is None:
        return None
    year = int(match[1])
    return year + (1900 if year >= _FIRST_YEAR else 2000), int(match[2])


def read_url(text: str) -> Identifier:
    r"""Read an address. Only http and https are links; the value is safe in any attribute.

    What TeX and HTML do to addresses is undone; see :func:`undo_markup`.
    """
    url = undo_markup(text.strip())
    if _CONTROL.search(url):
        problem = "the address contains blanks or control characters"
        return Identifier("", problem, "remove them, or write a blank as %20")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
        is_web = parts.scheme in {"http", "https"}
        if is_web and not host.isascii():
            host = host.encode("idna").decode("ascii")
    except ValueError:  # a malformed port, or a name that no host can have
        is_web, host = True, ""
    if not is_web:
        problem = f"'{shorten(url)}' is not an http or https address"
        return Identifier("", problem, "write the full address, from https:// on")
    if not _HOST.fullmatch(host) or "\\" in url or "@" in parts.netloc:
        return Identifier("", f"'{shorten(url)}' is not an address", "copy it from the browser")
    return Identifier(quote(url, safe=_SAFE_IN_URL))


def find_address(text: str) -> tuple[str, bool]:
    r"""Return the first address in a text, and whether the text says nothing else.

    BibTeX's styles have no url: people write ``Available at \url{…}`` into another field.
    """
    match = _ADDRESS_IN_TEXT.search(text) if "://" in text else None
    if match is None:
        return "", False
    rest = text[: match.start()] + text[match.end() :]
    address = read_url(match[0].rstrip(".,;")).value
    return address, bool(address) and _ABOUT_ADDRESS.fullmatch(rest) is not None


def undo_markup(text: str) -> str:
    r"""Return an identifier or address without what TeX and HTML have done to it.

    BibTeX files have them any way: within ``\url{…}``, with ``{\_}``, ``\%``,
    ``{\textless}``, ``$<$``, ``\textasciitilde``, ``&lt;`` or ``&amp;``.
    """
    wrapped = _URL_COMMAND.fullmatch(text)
    plain = html.unescape(wrapped[wrapped.lastindex or 0] if wrapped else text)
    plain = _CHARACTER_COMMAND.sub(lambda match: _CHARACTERS[match[1]], plain)
    plain = _TILDE_ACCENT.sub("~", plain)
    plain = _MATH_CHARACTER.sub(r"\1", plain)
    return _ESCAPED_OR_BRACE.sub(lambda match: match[1] or "", plain).strip()


def shorten(text: str, limit: int = 60) -> str:
    """Return *text* printable on one line and at most *limit* characters long."""
    flat = "".join(char if char.isprintable() else "\ufffd" for char in " ".join(text.split()))
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


CANONICAL_KEY = re.compile(r"[a-z][a-z-]*[0-9]{4}[a-z0-9]+")
"""``authorYEARword`` in lower case ASCII: ``hu2021lora``."""

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_STOP_WORDS = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "how",
    "in", "into", "is", "it", "its", "of", "on", "or", "the", "to", "toward", "towards", "using",
    "via", "what", "when", "why", "with", "you", "your",
})  # fmt: skip


@lru_cache(maxsize=65536)
def make_anchor(key: str) -> str:
    """Return the part of an HTML id or LaTeX label that stands for a citation key.

    Lower-case letters and digits stay; any other character becomes its code point in
    hexadecimal between hyphens. Two keys have the same anchor only if they differ in case
    alone, and such keys are duplicates: so anchors are injective, never empty, and do not
    depend on which other entries there are (docutils' ``make_id`` is none of that).
    """
    if key.isascii() and key.isalnum():
        return key.lower()
    return "".join(char if char in _PLAIN else f"-{ord(char):x}-" for char in key.casefold())


def propose_key(surname: str, year: int | None, title: str, taken: Collection[str] = ()) -> str:
    """Propose a canonical citation key: first author, year, first telling word of the title.

    Args:
        surname: The family name of the first author, in Unicode.
        year: The year of first appearance.
        title: The title as plain text.
        taken: Keys in use; a letter is appended to avoid them.
    """
    author = fold_key(surname) or "anonymous"
    words = [fold_key(word) for word in re.split(r"[\s:–—/-]+", title)]  # noqa: RUF001
    telling = next((word for word in words if word and word not in _STOP_WORDS), "")
    base = f"{author}{year or 'nd'}{telling}"
    proposed = (base + letter for letter in ("", *string.ascii_lowercase))
    return next((key for key in proposed if key not in taken), base)


def fold_key(text: str) -> str:
    """Return the ASCII letters and digits of *text* in lower case, accents taken off."""
    return "".join(char for char in search_key(text) if char in _PLAIN)
