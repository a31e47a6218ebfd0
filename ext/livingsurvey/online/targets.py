"""What an editor asks for, an arXiv identifier or a DOI, and what can go wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from livingsurvey.bibtex.identifiers import read_arxiv, read_doi, shorten

_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)", re.IGNORECASE)
_ARXIV_HOSTS = frozenset({"arxiv.org", "www.arxiv.org", "export.arxiv.org"})
_DOI_HOSTS = frozenset({"doi.org", "dx.doi.org", "www.doi.org"})
# Publishers put the DOI at the end of the path: https://dl.acm.org/doi/10.1145/1553374.1553380.
_DOI_IN_PATH = re.compile(r"/(10\.\d{4,9}/[^?#]+?)(?:\.pdf|/full|/abstract|/pdf)?/?", re.IGNORECASE)
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
    """What to ask for: ``arxiv`` or ``doi``, and its identifier."""

    kind: Literal["arxiv", "doi"]
    value: str

    def __str__(self) -> str:
        """Return it as people write it: ``arXiv:2106.09685``, ``doi:10.1145/…``."""
        return f"arXiv:{self.value}" if self.kind == "arxiv" else f"doi:{self.value}"


def identify(text: str) -> Target:
    """Return what *text* asks for.

    arXiv's own DOIs (``10.48550/arXiv.…``) are registered with DataCite, not with Crossref; they
    mean the arXiv record. Addresses of the ACL Anthology and of publishers that carry the DOI in
    their path are understood as well.

    Raises:
        NotIdentifiedError: It is nothing of the kind.
    """
    text = text.strip().strip("<>")
    if text.lower().startswith(("http://", "https://")):
        return _identify_address(text)
    found = _try_arxiv(text) or _try_doi(text)
    if found is None:
        raise NotIdentifiedError(
            f"'{shorten(text)}' is neither an arXiv identifier (2106.09685) nor a DOI (10.…/…)"
        )
    return found


def _identify_address(text: str) -> Target:
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").lower()
    except ValueError:
        host = ""
    found: Target | None = None
    if host in _ARXIV_HOSTS:
        found = _try_arxiv(f"https://arxiv.org{parts.path.rstrip('/')}")
    elif host in _DOI_HOSTS:
        found = _try_doi(unquote(parts.path.lstrip("/")))
    elif host in {"aclanthology.org", "www.aclanthology.org"}:
        match = _ACL.fullmatch(parts.path)
        found = Target("doi", f"10.18653/v1/{match[1]}") if match else None
    elif host and (match := re.search(_DOI_IN_PATH.pattern + "$", unquote(parts.path))):
        found = _try_doi(match[1])
    if found is None:
        raise NotIdentifiedError(
            f"'{shorten(text)}' is an address of neither an arXiv record nor a DOI"
        )
    return found


def _try_arxiv(text: str) -> Target | None:
    value = read_arxiv(text).value
    return Target("arxiv", value) if value else None


def _try_doi(text: str) -> Target | None:
    value = read_doi(text).value
    if not value:
        return None
    match = _ARXIV_DOI.fullmatch(value)
    if match:
        return _try_arxiv(match[1])
    return Target("doi", value)
