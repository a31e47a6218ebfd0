"""The way in: from a target to its record, through the cache."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from livingsurvey.online import arxiv, crossref
from livingsurvey.online.cache import Answer, Cache
from livingsurvey.online.errors import NotFoundError, OnlineError
from livingsurvey.online.transport import Service, Transport

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from livingsurvey.online.record import Record
    from livingsurvey.online.settings import Settings
    from livingsurvey.online.targets import Target


@dataclass(slots=True)
class Client:
    """Fetches records, one request at a time.

    Attributes:
        settings: Where and how.
        is_fresh: Whether to ask anew for what the cache holds.
        transport: Does the requests; made from the settings.
    """

    settings: Settings
    is_fresh: bool = False
    transport: Transport = field(init=False)
    _cache: Cache = field(init=False)
    _arxiv: Service = field(init=False)
    _crossref: Service = field(init=False)

    def __post_init__(self) -> None:
        self._cache = Cache(self.settings.cache)
        self.transport = Transport(self.settings, self._cache)
        self._arxiv = Service("arXiv", self.settings.arxiv_delay, arxiv.ERROR_MARK)
        self._crossref = Service("Crossref", self.settings.crossref_delay)

    def fetch(self, target: Target) -> Record:
        """Return the record of *target*.

        Raises:
            OnlineError: There is none, or it cannot be had; see its subclasses.
        """
        found = next(iter(self.fetch_all([target])))[1]
        if isinstance(found, OnlineError):
            raise found
        return found

    def fetch_all(self, targets: Iterable[Target]) -> Iterator[tuple[Target, Record | OnlineError]]:
        """Yield each target with its record, or with what went wrong.

        Papers of arXiv are asked for many at a time, and come first.
        """
        targets = list(dict.fromkeys(targets))
        wanted: list[Target] = []
        for target in targets:
            if target.kind == "arxiv":
                found = self._recall(target)
                if found is None:
                    wanted.append(target)
                else:
                    yield target, found
        for start in range(0, len(wanted), arxiv.BATCH):
            yield from self._fetch_batch(wanted[start : start + arxiv.BATCH])
        for target in targets:
            if target.kind == "doi":
                try:
                    yield target, self._recall(target) or self._fetch_work(target)
                except OnlineError as error:
                    yield target, error

    def _name(self, target: Target) -> str:
        # The address is part of the name: a test server's answers are not arXiv's.
        settings = self.settings
        address = settings.arxiv if target.kind == "arxiv" else settings.crossref
        return f"{address} {target.value}"

    def _recall(self, target: Target) -> Record | None:
        if self.is_fresh:
            return None
        answer = self._cache.get(self._name(target), self.transport.clock())
        if answer is None:
            return None
        try:
            return self._read(target, answer)
        except OnlineError:
            return None  # kept by an older version of ours, or damaged

    def _read(self, target: Target, answer: Answer) -> Record:
        day = datetime.datetime.fromtimestamp(answer.time, datetime.UTC).date()
        read = arxiv.read_entry if target.kind == "arxiv" else crossref.read_work
        return read(answer.body, target.value, day)

    def _fetch_batch(self, targets: list[Target]) -> Iterator[tuple[Target, Record | OnlineError]]:
        url = arxiv.make_url(self.settings.arxiv, [one.value for one in targets])
        try:
            answer = self.transport.get(self._arxiv, url, arxiv.ACCEPT)
            entries = arxiv.split_feed(answer.body)
        except NotFoundError as error:
            if len(targets) == 1:
                yield targets[0], error
                return
            # One identifier that arXiv does not like costs the whole answer: ask for each alone.
            for target in targets:
                yield from self._fetch_batch([target])
            return
        except OnlineError as error:
            yield from ((target, error) for target in targets)
            return
        for target in targets:
            yield target, self._take(target, entries.get(target.value), answer.time)

    def _take(self, target: Target, body: bytes | None, time: float) -> Record | OnlineError:
        if body is None:
            return NotFoundError(f"arXiv has no record {target.value}")
        answer = Answer(body, time)
        try:
            record = self._read(target, answer)
        except OnlineError as error:
            return error
        self._cache.put(self._name(target), answer)
        return record

    def _fetch_work(self, target: Target) -> Record:
        url = crossref.make_url(self.settings.crossref, target.value)
        answer = self.transport.get(self._crossref, url, crossref.ACCEPT)
        record = self._read(target, answer)
        self._cache.put(self._name(target), answer)
        return record
