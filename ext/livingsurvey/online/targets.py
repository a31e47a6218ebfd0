"""What an editor asks for, an arXiv identifier or a DOI, and what can go wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from livingsurvey.bibtex.identifiers import read_arxiv, read_doi, shorten

_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)", re.IGNORECASE)
_ARXIV_HOSTS = frozenset({"arxiv.org", "www.arxiv.org", "export.arxiv.org"})
_ACL_HOSTS = frozenset({"aclanthology.org", "www.aclanthology.org"})
_DOI_HOSTS = frozenset({"doi.org", "dx.doi.org", "www.doi.org"})
# Publishers put the DOI at the end of the path: https://dl.acm.org/doi/10.1145/1553374.1553380.
_DOI_IN_PATH = re.compile(
    r"/(10\.\d{4,9}/[^?#]+?)(?:\.pdf|/full|/abstract|/pdf)?/?$", re.IGNORECASE
)
_ACL = re.compile(r"/((?:\d{4}\.[a-z0-9-]+\.\d+)|[A-Z]\d{2}-\d{4})(?:\.pdf|\.bib)?/?")


class OnlineError(Exception):
    """A record could not be had; the message is a phrase without a final period."""


class NotIdentifiedError(OnlineError):
    """The text is neither an arXiv identifier nor a DOI, nor an address of either."""


class NotFoundError(OnlineError):
    """The service has no such record."""


class OfflineError(OnlineError):
    """The service cannot be reached from here."""


class RefusedError(OnlineError):
    """The service answers, but not with the record: busy, blocked, broken."""


class MalformedError(OnlineError):
    """The answer is not what the service promises to send."""


@dataclass(frozen=True, slots=True)
class Target:
    """What to ask for: ``arxiv`` or ``doi`` and its identifier.

    ``openalex`` asks that service for a DOI, ``dblp`` that one for a title.
    """

    kind: Literal["arxiv", "doi", "openalex", "dblp"]
    value: str

    def __str__(self) -> str:
        """Return it as people write it: ``arXiv:2106.09685``, ``doi:10.1145/…``."""
        names = {"arxiv": "arXiv", "openalex": "doi"}
        return f"{names.get(self.kind, self.kind)}:{self.value}"


def identify(text: str) -> Target:
    """Return what *text* asks for.

    arXiv's own DOIs (``10.48550/arXiv.…``) are registered with DataCite, not with Crossref; they
    mean the arXiv record. Addresses of the ACL Anthology and of publishers that carry the DOI in
    their path are understood as well.

    Raises:
        NotIdentifiedError: It is nothing of the kind.
    """
    found = find_target(text)
    if found is None:
        text = text.strip().strip("<>")
        what = "neither an arXiv identifier (2106.09685) nor a DOI (10.…/…)"
        if _is_address(text):
            what = "an address of neither an arXiv record nor a DOI"
        raise NotIdentifiedError(f"'{shorten(text)}' is {what}")
    return found


def find_target(text: str) -> Target | None:
    """Return what *text* asks for as :func:`identify` does, or None."""
    text = text.strip().strip("<>")
    if not _is_address(text):
        return _read_arxiv(text) or _read_doi(text)
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    path = unquote(parts.path)
    if host in _ARXIV_HOSTS:
        return _read_arxiv(f"https://arxiv.org{parts.path.rstrip('/')}")
    if host in _DOI_HOSTS:
        return _read_doi(path.lstrip("/"))
    if host in _ACL_HOSTS:
        match = _ACL.fullmatch(parts.path)
        return Target("doi", f"10.18653/v1/{match[1]}") if match else None
    match = _DOI_IN_PATH.search(path) if host else None
    return _read_doi(match[1]) if match else None


def _is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


def find_arxiv(text: str) -> str:
    """Return the arXiv identifier that *text* asks for, or ``""``."""
    target = find_target(text)
    return target.value if target is not None and target.kind == "arxiv" else ""


def _read_arxiv(text: str) -> Target | None:
    value = read_arxiv(text).value
    return Target("arxiv", value) if value else None


def _read_doi(text: str) -> Target | None:
    value = read_doi(text).value
    if match := _ARXIV_DOI.fullmatch(value):
        return _read_arxiv(match[1])
    return Target("doi", value) if value else None
