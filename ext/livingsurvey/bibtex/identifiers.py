"""DOIs, arXiv identifiers and addresses: their one good form, and what is wrong with others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_DOI_PREFIX = re.compile(r"(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*)+", re.IGNORECASE)
_ARXIV = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})")
_ARXIV_PREFIX = re.compile(
    r"(?:https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/|arxiv:\s*)+", re.IGNORECASE
)
_ARXIV_SUFFIX = re.compile(r"(?:v\d+)?(?:\.pdf)?$", re.IGNORECASE)
_HOST = re.compile(r"(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
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
    """Read a DOI: bare, behind ``doi:``, or as an address of the resolver."""
    bare = _DOI_PREFIX.sub("", unescape_tex_url(text.strip()), count=1)
    if bare != text.strip() and "%" in bare:
        bare = unquote(bare)
    if not _DOI.fullmatch(bare) or _CONTROL.search(bare):
        return Identifier("", f"'{shorten(text)}' is not a DOI", "a DOI looks like 10.1234/abc")
    if bare != text.strip():
        return Identifier(bare, "the DOI is written as an address", f"write doi = {{{bare}}}")
    return Identifier(bare)


def read_arxiv(text: str) -> Identifier:
    """Read an arXiv identifier: bare, with a version, behind ``arXiv:``, or as an address."""
    stripped = text.strip()
    bare = _ARXIV_SUFFIX.sub("", _ARXIV_PREFIX.sub("", stripped, count=1), count=1)
    if not _ARXIV.fullmatch(bare):
        return Identifier(
            "", f"'{shorten(text)}' is not an arXiv identifier", "it looks like 2106.09685"
        )
    if bare != stripped:
        return Identifier(
            bare, "the arXiv identifier has a prefix or a version", f"write eprint = {{{bare}}}"
        )
    return Identifier(bare)


def read_url(text: str) -> Identifier:
    r"""Read an address. Only http and https are links; the value is safe in any attribute.

    ``\url{…}`` around it and TeX's escapes ``\_ \% \# \& \~`` in it are taken off.
    """
    url = unescape_tex_url(text.strip())
    if _CONTROL.search(url):
        return Identifier("", "the address contains blanks or control characters")
    try:
        parts = urlsplit(url)
        port_is_valid = parts.port is None or parts.port >= 0
    except ValueError:
        return Identifier("", f"'{shorten(url)}' is not an address")
    if parts.scheme.lower() not in {"http", "https"}:
        return Identifier(
            "",
            f"'{shorten(url)}' is not an http or https address",
            "write the full address, from https:// on",
        )
    host = _encode_host(parts.hostname or "")
    if not port_is_valid or "\\" in url or "@" in parts.netloc or not _HOST.fullmatch(host):
        return Identifier("", f"'{shorten(url)}' is not an address")
    return Identifier(quote(url, safe=_SAFE_IN_URL))


def _encode_host(host: str) -> str:
    """Return a host name in ASCII, ``""`` if it cannot be one."""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def unescape_tex_url(text: str) -> str:
    r"""Take ``\url{…}`` and TeX's escapes off an address; BibTeX files have them either way."""
    wrapped = re.fullmatch(r"\\url\s*\{(.*)\}", text, re.DOTALL)
    inner = wrapped[1] if wrapped else text
    inner = inner.replace(r"\textasciitilde", "~").replace(r"\~{}", "~")
    return re.sub(r"\\([_%#&~{}])", r"\1", inner).strip()


def shorten(text: str, limit: int = 60) -> str:
    """Return *text* printable on one line and at most *limit* characters long."""
    flat = "".join(char if char.isprintable() else "\ufffd" for char in " ".join(text.split()))
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
