"""Measure this extension against stock sphinxcontrib-bibtex and an empty furo site.

Everything runs in turn and in rounds on one machine, so the ratios hold where the seconds drift.
Writes ``bench/results.md`` and ``bench/results.json``; ``--quick`` takes the smallest library.
"""

from __future__ import annotations

import argparse
import datetime
import json
import platform
import re
import shutil
import sys
import tempfile
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from library import write_site
from measure import Usage, run_build, run_python

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent
SIZES = (500, 2_000, 10_000)
STOCK_LIMIT = 600.0
"""Wall seconds that a build of stock may take; larger libraries are then not tried."""

ROUNDS = 2
REPEATS = 3
NUMBERS = count()
"""Of the edits, so that no two of them are the same."""

Results = dict[str, dict[str, float | bool]]


def edit_entry(root: Path, number: int) -> None:
    """Change title, author and year of one entry, otherwise each time."""
    path = root / "papers.bib"
    before, mark, after = path.read_text(encoding="utf-8").partition("{key00077,")
    entry, end, rest = after.partition("\n}")
    entry = re.sub(r"(title +=) {{\w+", rf"\1 {{{{Nut{number}", entry, count=1)
    entry = re.sub(r"(author +=) {", rf"\1 {{Zander{number}, Zita and ", entry, count=1)
    entry = re.sub(r"(year +=) {\d+", rf"\1 {{{1990 + number % 10}", entry, count=1)
    path.write_text(f"{before}{mark}{entry}{end}{rest}", encoding="utf-8")


def edit_prose(root: Path, number: int) -> None:
    """Add a sentence to one page of prose."""
    path = root / "docs/prose3.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\nOne more sentence, {number}.\n", encoding="utf-8")


CASES: dict[str, tuple[str, Callable[[Path, int], None] | None]] = {
    "cold HTML": ("html", None),
    "no-op HTML": ("html", None),
    "one entry edited": ("html", edit_entry),
    "one page of prose edited": ("html", edit_prose),
    "cold LaTeX": ("latex", None),
}
"""How a site is built: the builder, and what is edited before."""


def measure_site(
    root: Path, kind: str, size: int, say: Callable[[str], None]
) -> Iterator[tuple[str, Usage | float]]:
    """Build a site once in every way and yield (case, what it used)."""
    limit = STOCK_LIMIT if kind == "stock" else 3_600.0
    for name, (builder, edit) in CASES.items():
        if edit is edit_entry and not size:
            continue
        if name.startswith("cold"):
            forget(root, builder)
        # What takes a second or two is built a few times more: a hiccup of the machine counts.
        is_short = kind != "stock" and builder == "html" and not name.startswith("cold")
        for _ in range(REPEATS if is_short else 1):
            if edit is not None:
                edit(root, next(NUMBERS))
            used = run_build(root, builder, limit=limit)
            say(f"{kind} {size or ''} {name}: {used.seconds:.1f} CPU s, {used.megabytes:.0f} MB")
            yield name, used
            if not used.finished:
                return
        if name == "cold HTML" and size:
            pickled = root / "doctrees-html-1/environment.pickle"
            yield "environment", pickled.stat().st_size / 2**20
    for name in ("check", "format --check") if kind == "ours" else ():
        command = ["-m", "livingsurvey", *name.split(), str(root / "papers.bib")]
        if name == "check":
            command += ["--taxonomy", str(root / "taxonomy.toml")]
        # Findings (1) are as good as none (0): the keys are not in the canonical form.
        used = run_python(command, root / "command.log", limit=limit, accepted=(0, 1))
        say(f"ours {size} {name}: {used.seconds:.1f} CPU s, {used.megabytes:.0f} MB")
        yield name, used
    if kind == "ours" and size == SIZES[-1]:
        for jobs in (1, 2):
            forget(root, "dirhtml", jobs)
            used = run_build(root, "dirhtml", jobs=jobs)
            say(f"ours {size} -j {jobs}: {used.wall:.1f} s on the clock")
            yield f"-j {jobs}", used


def forget(root: Path, builder: str, jobs: int = 1) -> None:
    """Take away what a builder has written."""
    for name in (f"doctrees-{builder}-{jobs}", f"{builder}-{jobs}"):
        shutil.rmtree(root / name, ignore_errors=True)


def collect(sizes: tuple[int, ...], say: Callable[[str], None]) -> Results:
    """Run everything, in rounds; stock only up to the size at which it no longer ends in time.

    The least of all rounds counts: other programs on the machine only ever add to it.
    """
    results: Results = {}
    plan = [("empty", 0), ("idle", 0)]
    plan += [(kind, size) for size in sizes for kind in ("ours", "stock")]
    stock_ended = True
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for kind, size in plan:
            write_site(Path(folder) / f"{kind}-{size}", kind, size)
        for number in range(ROUNDS):
            say(f"Round {number + 1} of {ROUNDS}")
            for kind, size in plan:
                if kind == "stock" and (not stock_ended or size > 2_000):
                    continue
                row = results.setdefault(f"{kind} {size}", {})
                for case, used in measure_site(Path(folder) / f"{kind}-{size}", kind, size, say):
                    if not isinstance(used, Usage):
                        row[f"{case}, MB"] = round(used, 2)
                        continue
                    note(row, case, used.seconds)
                    note(row, f"{case}, MB", used.megabytes)
                    note(row, f"{case}, wall", used.wall)
                    if not used.finished:
                        stock_ended = False
                        row[f"{case}, unfinished"] = True
    return results


def note(row: dict[str, float | bool], case: str, used: float) -> None:
    """Keep the least of what a case has used so far."""
    row[case] = min(float(row.get(case, used)), round(used, 2))


def compare(results: Results) -> Iterator[tuple[str, str, str]]:
    """Yield (case, ratio, the figures behind it)."""

    def get(row: str, case: str) -> float | None:
        value = results.get(row, {}).get(case)
        return float(value) if value is not None else None

    floor = {case: get("empty 0", case) for case in ("no-op HTML", "one page of prose edited")}
    cases = (
        "cold HTML", "no-op HTML", "one entry edited", "one page of prose edited", "cold LaTeX",
    )  # fmt: skip
    idle, empty = get("idle 0", "no-op HTML"), floor["no-op HTML"]
    if idle and empty:
        name = "no-op HTML, an empty site that loads sphinxcontrib-bibtex, to the empty site"
        yield name, f"{idle / empty:.2f}", f"{idle:.2f} s / {empty:.2f} s"
    for size in SIZES:
        for case in cases:
            ours, stock = get(f"ours {size}", case), get(f"stock {size}", case)
            if ours and stock:
                name = f"{case}, {size:,} entries, stock to ours"
                yield name, f"{stock / ours:.1f}", f"{stock:.1f} s / {ours:.1f} s"
        ours, empty = get(f"ours {size}", "no-op HTML"), floor["no-op HTML"]
        if ours and empty:
            name = f"no-op HTML, {size:,} entries, ours to the empty site"
            yield name, f"{ours / empty:.2f}", f"{ours:.2f} s / {empty:.2f} s"
        ours, stock = (get(f"{kind} {size}", "environment, MB") for kind in ("ours", "stock"))
        if ours and stock:
            name = f"pickled environment, {size:,} entries, stock to ours"
            yield name, f"{stock / ours:.1f}", f"{stock:.1f} MB / {ours:.1f} MB"
    large, small = get("ours 10000", "cold HTML"), get("ours 2000", "cold HTML")
    if large and small:
        name = "cold HTML, ours, 10,000 to 2,000 entries"
        yield name, f"{large / small:.2f}", f"{large:.1f} s / {small:.1f} s"
    for command in ("check", "format --check"):
        large, small = get("ours 10000", command), get("ours 2000", command)
        if large and small:
            name = f"livingsurvey {command}, 10,000 to 2,000 entries"
            yield name, f"{large / small:.2f}", f"{large:.1f} s / {small:.1f} s"
    memory = get("ours 10000", "cold HTML, MB")
    if memory:
        yield "peak memory, ours, 10,000 entries", f"{memory:.0f} MB", ""
    one, two = get("ours 10000", "-j 1, wall"), get("ours 10000", "-j 2, wall")
    if one and two:
        name = "-j 2 to serial on the clock, ours, 10,000 entries"
        yield name, f"{two / one:.2f}", f"{two:.1f} s / {one:.1f} s"


def write_table(results: Results, path: Path) -> None:
    """Write the ratios as a Markdown table, with date, versions and machine."""
    versions = ", ".join(
        f"{name} {version(name)}"
        for name in ("sphinx", "sphinxcontrib-bibtex", "pybtex", "furo", "myst-parser", "docutils")
    )
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    lines = [
        f"Measured on {today} by `nox -s bench`: Python {platform.python_version()}, {versions}.",
        "CPU seconds, user and system, each build in a process of its own;",
        f"the least of {ROUNDS} rounds, for short builds of {ROUNDS * REPEATS}.",
        "",
        "| case | ratio | figures |",
        "|---|---:|---|",
        *(f"| {case} | **{ratio}** | {figures} |" for case, ratio, figures in compare(results)),
        "",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only the library of 500 entries")
    parser.add_argument("--sizes", type=int, nargs="+", help="libraries of these sizes")
    options = parser.parse_args()
    sizes = (500,) if options.quick else tuple(options.sizes or SIZES)
    results = collect(sizes, lambda line: print(line, file=sys.stderr, flush=True))
    folder = HERE if not (options.quick or options.sizes) else Path(tempfile.mkdtemp())
    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    write_table(results, folder / "results.md")
    print((folder / "results.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
