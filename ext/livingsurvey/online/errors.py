"""What can go wrong online, in words for editors."""

from __future__ import annotations


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
