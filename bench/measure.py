"""Running a build in a process of its own and reading what it used."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Usage:
    """What one build used.

    Attributes:
        seconds: CPU seconds, user and system, of the process and its children.
        megabytes: The largest resident set of any one process.
        wall: Seconds on the clock.
        finished: Whether it ended by itself, without an error, in the time it was given.
    """

    seconds: float
    megabytes: float
    wall: float
    finished: bool


def run_build(root: Path, builder: str, *, jobs: int = 1, limit: float = 600.0) -> Usage:
    """Build a site once; at most *limit* seconds."""
    command = [
        "-m", "sphinx", "-q", "-b", builder, "-j", str(jobs), "-c", str(root),
        "-d", str(root / f"doctrees-{builder}-{jobs}"), str(root / "docs"),
        str(root / f"{builder}-{jobs}"),
    ]  # fmt: skip
    return run_python(command, root / "build.log", limit=limit)


def run_python(
    command: list[str], log: Path, *, limit: float, accepted: tuple[int, ...] = (0,)
) -> Usage:
    """Run Python with arguments once, its output into a file; at most *limit* seconds."""
    # Without this some machines compile our sources anew for each build, for they are not
    # installed as the other packages are, whose bytecode lies beside them.
    environment = {**os.environ}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.monotonic()
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, *command],
            stdout=stream,
            stderr=stream,
            start_new_session=True,
            env=environment,
        )
        timer = threading.Timer(limit, lambda: os.killpg(process.pid, 9))
        timer.start()
        _, status, used = os.wait4(process.pid, 0)
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
    return Usage(
        seconds=used.ru_utime + used.ru_stime,
        megabytes=used.ru_maxrss / 1024,
        wall=time.monotonic() - started,
        finished=process.returncode in accepted,
    )
