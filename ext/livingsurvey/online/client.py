"""The way in: from a target to its record, through the cache, else by a polite request.

Requests are made one after another: named, delayed, bounded in time and size, tried again.

:mod:`requests` makes the requests. It hands the body of an answer over when urllib3's own retries
are done, so that one that breaks off would not be asked for again: the loop of tries is ours, and
urllib3's ``Retry`` says which answers it is for and how long a service asks to wait.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3.exceptions
from urllib3.util import Retry

from livingsurvey.bibtex.source import replace_file
from livingsurvey.online import arxiv, crossref, items
from livingsurvey.online.record import NotFoundError, OfflineError, OnlineError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from livingsurvey.configuration import Connection
    from livingsurvey.online.record import Record, Service, Target

T = TypeVar("T")
MAX_BYTES = 8 * 2**20
"""The largest answer that is read; a hundred records of arXiv are about 300 kB."""
TRIES = 3
MAX_WAIT = 60.0
"""The longest that a service may ask us to wait before we rather give up and say so."""
MAX_AGE = 7 * 24 * 3600
"""Seconds for which an answer is good: records hardly change, and ``--refresh`` asks anew."""

_PIECE = 2**16
_FOR_GOOD = frozenset({301, 308})
_RETRY = Retry(status_forcelist=(429, 500, 502, 503, 504), retry_after_max=2**31)
# https://bford.info/cachedir/: backup programs pass such a folder over.
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service said.

    Attributes:
        body: Its bytes.
        time: When it said so, in seconds since the epoch.
    """

    body: bytes
    time: float

    @property
    def day(self) -> datetime.date:
        """The day in UTC."""
        return datetime.datetime.fromtimestamp(self.time, datetime.UTC).date()


@dataclass(frozen=True, slots=True)
class Cache:
    """Answers on disk, so that nobody is asked twice in a short time.

    A cache that cannot be read or written is no error.

    Attributes:
        folder: Where the answers are, or None to keep nothing.
    """

    folder: Path | None

    def get(self, name: str, now: float) -> Answer | None:
        """Return the answer kept under *name* if it is there, whole and fresh."""
        if self.folder is None:
            return None
        try:
            kept = json.loads((self.folder / _hash(name)).read_text(encoding="utf-8"))
            answer = Answer(kept["body"].encode("latin-1"), float(kept["time"]))
            is_fresh = kept["name"] == name and 0 <= now - answer.time <= MAX_AGE
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return answer if is_fresh else None

    def put(self, name: str, answer: Answer) -> None:
        """Keep an answer under *name*."""
        if self.folder is None:
            return
        # Latin-1 has a character for each byte, and JSON keeps characters.
        kept = {"name": name, "time": answer.time, "body": answer.body.decode("latin-1")}
        with contextlib.suppress(OSError):
            if not self.folder.is_dir():
                self.folder.mkdir(parents=True, exist_ok=True)
                (self.folder / ".gitignore").write_text("*\n", encoding="utf-8")
                (self.folder / "CACHEDIR.TAG").write_text(_TAG, encoding="utf-8")
            replace_file(self.folder / _hash(name), json.dumps(kept))


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32]


class GuardedSession(requests.Session):
    """Follows redirects to http and https only, and never from https to http."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return where *resp* redirects to; None lets the redirect stand as the answer."""
        target = super().get_redirect_target(resp)
        schemes = ("https:",) if resp.url.startswith("https:") else ("http:", "https:")
        with contextlib.suppress(ValueError):
            if target and urljoin(resp.url, target).lower().startswith(schemes):
                return target
        return None


_SERVICES = {
    "arxiv": ("arxiv", arxiv.SERVICE),
    "doi": ("crossref", crossref.SERVICE),
    "openalex": ("openalex", items.OPENALEX_SERVICE),
    "dblp": ("dblp", items.DBLP_SERVICE),
}
"""The services by the kind of target, each with what the settings call it, in their order."""


@dataclass(slots=True)
class Client:
    """Fetches records, one request at a time.

    Attributes:
        settings: Where and how.
        is_fresh: Whether to ask anew for what the cache holds.
        sleep: Waits some seconds.
        clock: Tells the time in seconds since the epoch.
        note: Takes a word about waiting, for whoever watches.
    """

    settings: Connection
    is_fresh: bool = False
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time
    note: Callable[[str], None] = lambda _text: None
    _cache: Cache = field(init=False)
    _services: dict[str, Service] = field(init=False, default_factory=dict)
    _session: GuardedSession = field(init=False, default_factory=GuardedSession)
    _last: dict[str, float] = field(init=False, default_factory=dict)
    _offline: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._cache = Cache(self.settings.cache)
        for kind, (name, service) in _SERVICES.items():
            address, delay = (getattr(self.settings, it) for it in (name, f"{name}_delay"))
            self._services[kind] = replace(service, address=address, delay=delay)
        self._session.max_redirects = 5
        self._session.headers["User-Agent"] = self.settings.user_agent
        # What ~/.netrc holds is not for these services.
        self._session.auth = lambda request: request

    def fetch(self, target: Target) -> Record:
        """Return the record of *target*.

        Raises:
            OnlineError: There is none, or it cannot be had; see its subclasses.
        """
        [(_, found)] = self.fetch_all([target])
        if isinstance(found, OnlineError):
            raise found
        return found

    def fetch_all(self, targets: Iterable[Target]) -> Iterator[tuple[Target, Record | OnlineError]]:
        """Yield each target with its record, or with what went wrong.

        Papers of arXiv are asked for many at a time, and come first.
        """
        targets = list(dict.fromkeys(targets))
        for kind, service in self._services.items():
            wanted = []
            for target in (target for target in targets if target.kind == kind):
                answer = self._recall(_name_answer(service, target))
                found = _read_record(service, target, answer) if answer is not None else None
                # What an older version kept, or what is damaged, is asked for again.
                if found is None or isinstance(found, OnlineError):
                    wanted.append(target)
                else:
                    yield target, found
            for start in range(0, len(wanted), service.batch):
                yield from self._fetch_batch(service, wanted[start : start + service.batch])

    def ask(self, kind: str, query: str, read: Callable[[bytes], T]) -> tuple[T, datetime.date]:
        """Return what a service says to a query in its own words, and on which day it said so.

        Args:
            kind: The service, as targets name it.
            query: What follows the question mark of the address.
            read: Reads the answer; one that it refuses is not kept.

        Raises:
            OnlineError: The answer cannot be had, or is none.
        """
        service = self._services[kind]
        url = f"{service.address}?{query}"
        kept = self._recall(url)
        answer = kept or self._get(service, url)
        found = read(answer.body)
        if kept is None:
            self._cache.put(url, answer)
        return found, answer.day

    def _recall(self, name: str) -> Answer | None:
        return None if self.is_fresh else self._cache.get(name, self.clock())

    def _fetch_batch(
        self, service: Service, targets: list[Target]
    ) -> Iterator[tuple[Target, Record | OnlineError]]:
        identifiers = [target.value for target in targets]
        try:
            answer = self._get(service, service.make_url(service.address, identifiers))
            bodies = service.split(answer.body, identifiers)
        except OnlineError as error:
            if isinstance(error, NotFoundError) and len(targets) > 1:
                # One identifier that arXiv does not like costs the whole answer: ask one by one.
                for target in targets:
                    yield from self._fetch_batch(service, [target])
            else:
                yield from ((target, error) for target in targets)
            return
        for target in targets:
            if target.value not in bodies:
                yield target, NotFoundError(f"{service.name} has no record {target.value}")
                continue
            kept = Answer(bodies[target.value], answer.time)
            found = _read_record(service, target, kept)
            if not isinstance(found, OnlineError):
                self._cache.put(_name_answer(service, target), kept)
            yield target, found

    def _get(self, service: Service, url: str) -> Answer:
        """Fetch *url*.

        Raises:
            OfflineError: The service cannot be reached.
            NotFoundError: It has no such address.
            RefusedError: It is busy or broken, or the answer is too slow or too large.
        """
        wait = 0.0
        tries = 0
        while True:
            self._wait(service.name, service.delay, urlsplit(url).netloc, wait)
            tries += 1
            try:
                return self._get_once(service, url)
            except _PassingError as error:
                wait = error.wait or max(service.delay, 1.0) * 2**tries
                if tries == TRIES:
                    raise RefusedError(str(error)) from error
                if wait > MAX_WAIT:
                    msg = f"{error}, and asks to come back in {wait:.0f} seconds"
                    raise RefusedError(msg) from error

    def follow(self, address: str) -> str:
        """Return where *address* has moved for good; itself if it has not.

        Raises:
            OfflineError: Its host cannot be reached.
            NotFoundError: There is nothing at the end.
            RefusedError: It moves in a circle, or too often.
        """
        for _ in range(self._session.max_redirects):
            host = urlsplit(address).netloc
            self._wait(host, 1.0, host)
            try:
                with self._session.head(address, timeout=self.settings.timeout) as response:
                    status = response.status_code
                    target = self._session.get_redirect_target(response)
            except requests.RequestException as error:
                raise self._explain(error, host, host) from error
            if status in {404, 410}:
                raise NotFoundError(f"there is nothing at {address}")
            if status not in _FOR_GOOD or target is None:
                return address
            address = urljoin(address, target)
        raise RefusedError(f"{address} moves on and on")

    def _wait(self, name: str, delay: float, host: str, wait: float = 0.0) -> None:
        """Wait until *host* may be asked; raise OfflineError if nobody was there before."""
        if name in self._offline:
            # Each further paper would cost the same wait for the same answer.
            raise OfflineError(self._offline[name])
        now = self.clock()
        kept = self._cache.get(f"last {host}", now)
        since = now - max(self._last.get(host, 0.0), kept.time if kept else 0.0)
        if 0 <= since < delay:
            wait = max(wait, delay - since)
        if wait > 0:
            self.note(f"waiting {wait:.0f} s before asking {name}")
            self.sleep(wait)
        self._last[host] = self.clock()
        self._cache.put(f"last {host}", Answer(b"", self._last[host]))

    def _get_once(self, service: Service, url: str) -> Answer:
        name, mark = service.name, service.error_mark
        try:
            with self._session.get(url, timeout=self.settings.timeout, stream=True) as response:
                is_told = response.status_code == 400 and mark
                if not 200 <= response.status_code < 300 and not is_told:
                    raise _judge_status(response, name)
                answer = Answer(self._read(response, name), self.clock())
                if is_told and mark not in answer.body:
                    raise _judge_status(response, name)
                return answer
        except (requests.TooManyRedirects, requests.exceptions.InvalidURL) as error:
            raise RefusedError(f"{name} redirects to where we do not follow") from error
        except (requests.ReadTimeout, urllib3.exceptions.ReadTimeoutError) as error:
            raise _PassingError(f"{name} did not answer in time") from error
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise self._explain(error, name, urlsplit(url).hostname or "") from error

    def _read(self, response: requests.Response, service: str) -> bytes:
        # The timeout of a socket starts anew with each piece; a drip would keep us for ever.
        deadline = time.monotonic() + 3 * self.settings.timeout
        body = b""
        while piece := response.raw.read1(_PIECE, decode_content=True):
            body += piece
            if len(body) > MAX_BYTES:
                raise RefusedError(f"the answer of {service} is larger than {MAX_BYTES >> 20} MiB")
            if time.monotonic() > deadline:
                raise _PassingError(f"{service} did not answer in time")
        return body

    def _explain(self, error: Exception, service: str, host: str) -> OnlineError:
        """Return what a failed connection means: nobody there, or a failure that may pass."""
        cause = error.args[0] if error.args else None
        if not isinstance(cause, urllib3.exceptions.MaxRetryError):
            return _PassingError(f"{service} broke the connection off")
        root = getattr(cause.reason, "__cause__", None)
        what, words = "cannot reach", getattr(root, "strerror", "")
        if isinstance(error, requests.exceptions.SSLError):
            what, words = "no safe connection to", ""
        elif isinstance(error, requests.ConnectTimeout):
            words = f"no answer in {self.settings.timeout:g} s"
        elif isinstance(cause.reason, urllib3.exceptions.NameResolutionError):
            words = "the name of the host cannot be looked up"
        self._offline[service] = f"{what} {service} ({host}): {words or cause.reason}"
        return OfflineError(self._offline[service])


def _name_answer(service: Service, target: Target) -> str:
    # The address is part of the name: a test server's answers are not arXiv's.
    return f"{service.address} {target.value}"


def _read_record(service: Service, target: Target, answer: Answer) -> Record | OnlineError:
    try:
        return service.read(answer.body, target.value, answer.day)
    except OnlineError as error:
        return error


class _PassingError(OnlineError):
    """A failure that may pass: it is tried again after *wait* seconds, 0 for our own choice."""

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


def _judge_status(response: requests.Response, service: str) -> OnlineError:
    """Return what a status other than 200 means."""
    status = response.status_code
    if status in {404, 410}:
        return NotFoundError(f"{service} has no such record")
    if _RETRY.is_retry("GET", status):
        wait = 0.0
        with contextlib.suppress(urllib3.exceptions.InvalidHeader):
            wait = _RETRY.get_retry_after(response.raw) or 0.0
        what = "is asked too often" if status == 429 else "is not well"
        return _PassingError(f"{service} {what} (status {status})", wait)
    if 300 <= status < 400:
        return RefusedError(f"{service} redirects to where we do not follow (status {status})")
    return RefusedError(f"{service} refuses (status {status})")
