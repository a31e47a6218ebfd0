"""One polite request after another: named, delayed, bounded in time and size, tried again."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from livingsurvey.online.cache import Answer, Cache
from livingsurvey.online.errors import NotFoundError, OfflineError, OnlineError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from livingsurvey.online.settings import Settings

MAX_BYTES = 8 * 2**20
"""The largest answer that is read; a hundred records of arXiv are about 300 kB."""
TRIES = 3
MAX_WAIT = 60.0
"""The longest that a service may ask us to wait before we rather give up and say so."""
_PIECE = 2**16
_BUSY = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Service:
    """A host that is asked.

    Attributes:
        name: For messages.
        delay: Seconds between two requests.
        error_mark: What an answer of status 400 holds that says in its own form what was wrong,
            to be read as any other; empty if there is no such form.
    """

    name: str
    delay: float
    error_mark: bytes = b""


@dataclass(slots=True)
class Transport:
    """Fetches addresses.

    Attributes:
        settings: Name, patience.
        cache: Remembers when each service was last asked.
        sleep: Waits some seconds.
        clock: Tells the time in seconds since the epoch.
        note: Takes a word about waiting, for whoever watches.
    """

    settings: Settings
    cache: Cache
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time
    note: Callable[[str], None] = lambda _text: None
    _last: dict[str, float] = field(default_factory=dict)
    _offline: dict[str, str] = field(default_factory=dict)
    _opener: urllib.request.OpenerDirector = field(init=False)

    def __post_init__(self) -> None:
        # Not build_opener(): that one opens file:, ftp: and data: addresses as well.
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(),
            urllib.request.HTTPDefaultErrorHandler(),
            _Redirects(),
            urllib.request.HTTPErrorProcessor(),
            urllib.request.UnknownHandler(),
        ):
            self._opener.add_handler(handler)

    def get(self, service: Service, url: str, accept: str) -> Answer:
        """Fetch *url*.

        Raises:
            OfflineError: The service cannot be reached.
            NotFoundError: It has no such address.
            RefusedError: It is busy or broken, or the answer is too slow or too large.
        """
        host = urlsplit(url).netloc
        if service.name in self._offline:
            # Each further paper would cost the same wait for the same answer.
            raise OfflineError(self._offline[service.name])
        wait = 0.0
        for attempt in range(1, TRIES + 1):
            self._wait(service, host, wait)
            try:
                return self._get_once(service, url, accept)
            except _PassingError as error:
                if attempt == TRIES:
                    raise RefusedError(str(error)) from error
                wait = error.wait or max(service.delay, 1.0) * 2**attempt
                if wait > MAX_WAIT:
                    msg = f"{error}, and asks to come back in {wait:.0f} seconds"
                    raise RefusedError(msg) from error
            except OfflineError as error:
                self._offline[service.name] = str(error)
                raise
        msg = "no try left"  # pragma: no cover
        raise AssertionError(msg)

    def _wait(self, service: Service, host: str, wait: float) -> None:
        now = self.clock()
        last = max(self._last.get(host, 0.0), self.cache.get_last_request(host))
        if 0 <= now - last < service.delay:
            wait = max(wait, service.delay - (now - last))
        if wait > 0:
            self.note(f"waiting {wait:.0f} s before asking {service.name}")
            self.sleep(wait)
        now = self.clock()
        self._last[host] = now
        self.cache.put_last_request(host, now)

    def _get_once(self, service: Service, url: str, accept: str) -> Answer:
        name, host = service.name, urlsplit(url).hostname
        request = urllib.request.Request(  # noqa: S310 (the opener knows http and https only)
            url, headers={"User-Agent": self.settings.user_agent, "Accept": accept}
        )
        try:
            with self._opener.open(request, timeout=self.settings.timeout) as response:
                return Answer(self._read(response, name), self.clock())
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 400 and service.error_mark:
                    body = self._read_refusal(error, name)
                    if service.error_mark in body:
                        return Answer(body, self.clock())
            raise self._judge(error, name) from error
        except urllib.error.URLError as error:
            reason = error.reason
            if isinstance(reason, ssl.SSLError):
                msg = f"no safe connection to {name} ({host}): {reason}"
                raise OfflineError(msg) from error
            if isinstance(reason, TimeoutError):
                msg = f"cannot reach {name} ({host}): no answer in {self.settings.timeout:g} s"
                raise OfflineError(msg) from error
            words = reason.strerror if isinstance(reason, OSError) else None
            if isinstance(reason, socket.gaierror):
                words = "the name of the host cannot be looked up"
            msg = f"cannot reach {name} ({host}): {words or reason}"
            raise OfflineError(msg) from error
        except TimeoutError as error:
            raise _PassingError(f"{name} did not answer in time") from error
        except (OSError, http.client.HTTPException) as error:
            raise _PassingError(f"{name} broke the connection off") from error

    def _read_refusal(self, error: urllib.error.HTTPError, name: str) -> bytes:
        try:
            return self._read(error, name)
        except (OSError, http.client.HTTPException, OnlineError):
            return b""

    def _read(self, response: Any, name: str) -> bytes:
        # The timeout of a socket starts anew with each piece; a drip would keep us for ever.
        deadline = time.monotonic() + 3 * self.settings.timeout
        pieces: list[bytes] = []
        size = 0
        while piece := response.read1(_PIECE):
            pieces.append(piece)
            size += len(piece)
            if size > MAX_BYTES:
                msg = f"the answer of {name} is larger than {MAX_BYTES >> 20} MiB"
                raise RefusedError(msg)
            if time.monotonic() > deadline:
                msg = f"{name} did not answer in time"
                raise _PassingError(msg)
        # read1() takes a connection that ends early for the end of the answer.
        expected = response.headers.get("Content-Length")
        if expected is not None and expected.isdecimal() and size != int(expected):
            msg = f"{name} broke the connection off"
            raise _PassingError(msg)
        return b"".join(pieces)

    def _judge(self, error: urllib.error.HTTPError, name: str) -> OnlineError:
        if error.code in {404, 410}:
            return NotFoundError(f"{name} has no such record")
        if error.code in _BUSY:
            wait = _read_retry_after(error.headers.get("Retry-After", ""), self.clock())
            what = "is asked too often" if error.code == 429 else "is not well"
            return _PassingError(f"{name} {what} (status {error.code})", wait)
        if 300 <= error.code < 400:
            return RefusedError(f"{name} redirects to where we do not follow (status {error.code})")
        return RefusedError(f"{name} refuses (status {error.code})")


class _PassingError(OnlineError):
    """A failure that may pass: it is tried again after *wait* seconds, 0 for our own choice."""

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows to http and https only, and never from https to http."""

    max_redirections = 5
    max_repeats = 2

    def redirect_request(  # noqa: PLR0917 (the signature of urllib)
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """Return the request to follow; None lets the redirect stand as an error."""
        allowed = {"https"} if req.type == "https" else {"http", "https"}
        if urlsplit(newurl).scheme.lower() not in allowed:
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _read_retry_after(value: str, now: float) -> float:
    """Return the seconds that a ``Retry-After`` asks for, in either of its forms; 0 for none."""
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(parsedate_to_datetime(value).timestamp() - now, 0.0)
    except (TypeError, ValueError):
        return 0.0
