"""The way in: from a target to its record, through the cache."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from livingsurvey.online import arxiv, crossref, dblp, openalex
from livingsurvey.online.targets import NotFoundError, OnlineError
from livingsurvey.online.transport import Answer, Cache, Service, Transport

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from livingsurvey.configuration import Connection
    from livingsurvey.online.record import Record
    from livingsurvey.online.targets import Target


@dataclass(slots=True)
class Client:
    """Fetches records, one request at a time.

    Attributes:
        settings: Where and how.
        is_fresh: Whether to ask anew for what the cache holds.
        transport: Does the requests; made from the settings.
    """

    settings: Connection
    is_fresh: bool = False
    transport: Transport = field(init=False)
    _cache: Cache = field(init=False)
    _services: dict[str, Service] = field(init=False)

    def __post_init__(self) -> None:
        settings = self.settings
        self._cache = Cache(settings.cache)
        self.transport = Transport(settings, self._cache)
        self._services = {
            "arxiv": replace(arxiv.SERVICE, address=settings.arxiv, delay=settings.arxiv_delay),
            "doi": replace(
                crossref.SERVICE, address=settings.crossref, delay=settings.crossref_delay
            ),
            "openalex": replace(
                openalex.SERVICE, address=settings.openalex, delay=settings.openalex_delay
            ),
            "dblp": replace(dblp.SERVICE, address=settings.dblp, delay=settings.dblp_delay),
        }

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
            asked = [target for target in targets if target.kind == kind]
            known = {
                target: record
                for target in asked
                if (record := self._recall(service, target)) is not None
            }
            yield from known.items()
            wanted = [target for target in asked if target not in known]
            for start in range(0, len(wanted), service.batch):
                batch = wanted[start : start + service.batch]
                yield from self._fetch_batch(service, batch)

    def ask(self, kind: str, query: str) -> Answer:
        """Return the answer of a service to a query in its own words, through the cache.

        Args:
            kind: The service, as targets name it.
            query: What follows the question mark of the address.

        Raises:
            OnlineError: The answer cannot be had.
        """
        service = self._services[kind]
        url = f"{service.address}?{query}"
        answer = None if self.is_fresh else self._cache.get(url, self.transport.clock())
        if answer is None:
            answer = self.transport.get(service, url)
            self._cache.put(url, answer)
        return answer

    def forget(self, kind: str, query: str) -> None:
        """Drop an answer that turned out to be none, such as a word about too many requests."""
        self._cache.put(f"{self._services[kind].address}?{query}", Answer(b"", 0.0))

    def follow(self, address: str) -> str:
        """Return where an address has moved for good; itself if it has not.

        Raises:
            OnlineError: It cannot be reached, or there is nothing.
        """
        return self.transport.follow(address)

    def _recall(self, service: Service, target: Target) -> Record | None:
        name, now = _name(service, target), self.transport.clock()
        answer = None if self.is_fresh else self._cache.get(name, now)
        found = _read(service, target, answer) if answer is not None else None
        # What an older version kept, or what is damaged, is asked for again.
        return None if isinstance(found, OnlineError) else found

    def _fetch_batch(
        self, service: Service, targets: list[Target]
    ) -> Iterator[tuple[Target, Record | OnlineError]]:
        identifiers = [target.value for target in targets]
        url = service.make_url(service.address, identifiers)
        try:
            answer = self.transport.get(service, url)
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
                yield (
                    target,
                    NotFoundError(f"{service.name} has no record {target.value}"),
                )
                continue
            kept = Answer(bodies[target.value], answer.time)
            found = _read(service, target, kept)
            if not isinstance(found, OnlineError):
                self._cache.put(_name(service, target), kept)
            yield target, found


def _name(service: Service, target: Target) -> str:
    # The address is part of the name: a test server's answers are not arXiv's.
    return f"{service.address} {target.value}"


def _read(service: Service, target: Target, answer: Answer) -> Record | OnlineError:
    day = datetime.datetime.fromtimestamp(answer.time, datetime.UTC).date()
    try:
        return service.read(answer.body, target.value, day)
    except OnlineError as error:
        return error
