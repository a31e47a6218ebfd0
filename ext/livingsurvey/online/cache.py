"""A cache of answers on disk, so that nobody is asked twice in a short time."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MAX_AGE = 7 * 24 * 3600
"""Seconds for which an answer is good: records hardly change, and ``--refresh`` asks anew."""

FOLDER = ".livingsurvey-cache"
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


@dataclass(frozen=True, slots=True)
class Cache:
    """The folder of the answers; a cache that cannot be read or written is no error.

    Attributes:
        folder: The folder, or None to keep nothing.
    """

    folder: Path | None

    def get(self, name: str, now: float) -> Answer | None:
        """Return the answer kept under *name* if it is there, whole and fresh."""
        if self.folder is None:
            return None
        try:
            head, _, body = self._locate(name).read_bytes().partition(b"\n")
            facts = json.loads(head)
            kept, time = facts["name"], float(facts["time"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        is_fresh = 0 <= now - time <= MAX_AGE
        return Answer(body, time) if kept == name and is_fresh else None

    def put(self, name: str, answer: Answer) -> None:
        """Keep an answer under *name*."""
        if self.folder is None:
            return
        head = json.dumps({"name": name, "time": answer.time}).encode()
        with contextlib.suppress(OSError):
            self._prepare()
            self._write(self._locate(name), head + b"\n" + answer.body)

    def get_last_request(self, host: str) -> float:
        """Return when *host* was last asked, by this run or another; 0 if nobody knows."""
        if self.folder is None:
            return 0.0
        try:
            return float(self._locate(f"last {host}").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0.0

    def put_last_request(self, host: str, now: float) -> None:
        """Remember that *host* was asked."""
        if self.folder is None:
            return
        with contextlib.suppress(OSError):
            self._prepare()
            self._write(self._locate(f"last {host}"), repr(now).encode("ascii"))

    def _locate(self, name: str) -> Path:
        assert self.folder is not None  # noqa: S101 (every caller has looked)
        return self.folder / hashlib.sha256(name.encode()).hexdigest()[:32]

    def _prepare(self) -> None:
        assert self.folder is not None  # noqa: S101 (every caller has looked)
        if self.folder.is_dir():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / ".gitignore").write_text("*\n", encoding="utf-8")
        (self.folder / "CACHEDIR.TAG").write_text(_TAG, encoding="utf-8")

    def _write(self, path: Path, data: bytes) -> None:
        # A name of its own and a rename: no other run sees half an answer.
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(temporary, path)  # noqa: PTH105 (mkstemp gives a text, not a Path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(temporary)  # noqa: PTH108
            raise
