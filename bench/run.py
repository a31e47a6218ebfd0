"""Measure this extension against stock sphinxcontrib-bibtex and an empty furo site.

Everything runs in turn in one go on one machine, so the ratios hold where the seconds drift.
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
OF_A_SURVEY = 912
"""The entries of a survey that is well on its way: what its editors wait for, commands alone."""
STOCK_LIMIT = 600.0
"""Wall seconds that a build of stock may take; larger libraries are then not tried."""

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


def measure_case(
    root: Path, kind: str, size: int, case: str, say: Callable[[str], None]
) -> Iterator[tuple[str, Usage | float]]:
    """Build a site in one of the ways and yield (case, what it used)."""
    builder, edit = CASES[case]
    if edit is edit_entry and not size:
        return
    if case.startswith("cold"):
        forget(root, builder)
    if edit is not None:
        edit(root, next(NUMBERS))
    used = run_build(root, builder, limit=STOCK_LIMIT if kind == "stock" else 3_600.0)
    say(f"{kind} {size or ''} {case}: {used.seconds:.1f} CPU s, {used.megabytes:.0f} MB")
    yield case, used
    if case == "cold HTML" and size and used.finished:
        pickled = root / "doctrees-html-1/environment.pickle"
        yield "environment", pickled.stat().st_size / 2**20


def measure_commands(
    root: Path, size: int, say: Callable[[str], None]
) -> Iterator[tuple[str, Usage | float]]:
    """Run what works on the bibliography alone, and two jobs against one."""
    for name in ("check", "format --check") * 3:  # the least counts
        command = ["-m", "livingsurvey", *name.split(), str(root / "papers.bib")]
        if name == "check":
            command += ["--taxonomy", str(root / "taxonomy.toml")]
        # Findings (1) are as good as none (0): the keys are not in the canonical form.
        used = run_python(command, root / "command.log", limit=600, accepted=(0, 1))
        say(f"ours {size} {name}: {used.seconds:.1f} CPU s, {used.megabytes:.0f} MB")
        yield name, used
    for jobs in (1, 2, 2, 1) if size == SIZES[-1] else ():
        forget(root, "dirhtml", jobs)
        used = run_build(root, "dirhtml", jobs=jobs)
        say(f"ours {size} -j {jobs}: {used.wall:.1f} s on the clock")
        yield f"-j {jobs}", used


def forget(root: Path, builder: str, jobs: int = 1) -> None:
    """Take away what a builder has written."""
    for name in (f"doctrees-{builder}-{jobs}", f"{builder}-{jobs}"):
        shutil.rmtree(root / name, ignore_errors=True)


def plan_case(size: int, case: str, *, has_stock: bool) -> list[tuple[str, int]]:
    """Return which sites are built in one case: what is compared, one right behind the other.

    So a slow minute of the machine hits all of them, and the least of several counts where other
    programs have only added to it. A build of stock takes a minute itself.
    """
    ours = [("ours", size)]
    if case == "no-op HTML":
        ours = [("empty", 0), ("idle", 0), *ours] * 3
    elif case == "one page of prose edited":
        ours *= 3
    elif case == "one entry edited":
        ours *= 2
    if has_stock:
        return [*ours, ("stock", size), *reversed(ours)]
    if case == "cold HTML":  # a large library is compared with the one before it
        return [("ours", SIZES[1]), *ours] * 2
    return ours


def collect(sizes: tuple[int, ...], say: Callable[[str], None]) -> Results:
    """Run everything; stock only up to the size at which it no longer ends in time."""
    results: Results = {}
    stock_ended = True
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:

        def measure(kind: str, size: int, case: str, beside: int = 0) -> bool:
            """Build a site, note what that used, and return whether it ended.

            What was built *beside* another size, to be compared with that, has a row of its own.
            """
            root = Path(folder) / f"{kind}-{size}"
            if not root.exists():
                write_site(root, kind, size)
            steps = (
                measure_commands(root, size, say)
                if case == "commands"
                else measure_case(root, kind, size, case, say)
            )
            title = f"{kind} {size or beside}"
            if size and beside and size != beside:
                title += f" beside {beside}"
            row = results.setdefault(title, {})
            ended = [note(row, name, used) for name, used in steps]
            return all(ended)

        for kind in ("empty", "idle"):
            measure(kind, 0, "cold HTML")
        for size in sizes:
            for case in CASES:
                has_stock = stock_ended and size <= 2_000
                for kind, its_size in plan_case(size, case, has_stock=has_stock):
                    ended = measure(kind, its_size, case, size)
                    stock_ended = stock_ended and (ended or kind != "stock")
            measure("ours", size, "commands")
        measure("ours", OF_A_SURVEY, "commands")
    return results


def note(row: dict[str, float | bool], case: str, used: Usage | float) -> bool:
    """Keep the least of what a case has used so far; return whether the build ended."""
    if not isinstance(used, Usage):
        row[f"{case}, MB"] = round(used, 2)
        return True
    found = {case: used.seconds, f"{case}, MB": used.megabytes, f"{case}, wall": used.wall}
    for name, value in found.items():
        least = min(float(row.get(name, value)), value)
        row[name] = round(least, 2)
    if not used.finished:
        row[f"{case}, unfinished"] = True
    return used.finished


def compare(results: Results) -> Iterator[tuple[str, str, str]]:
    """Yield (case, ratio, the figures behind it)."""

    def get(row: str, case: str) -> float | None:
        value = results.get(row, {}).get(case)
        return float(value) if value is not None else None

    def divide(
        name: str, one: float | None, other: float | None, unit: str, digits: int = 1
    ) -> Iterator[tuple[str, str, str]]:
        if one and other:
            # The unit stays with its figure at the end of a line.
            figures = (f"{used:.{digits}f}\N{NO-BREAK SPACE}{unit}" for used in (one, other))
            yield name, f"{one / other:.{2 if one < 10 * other else 1}f}", " / ".join(figures)

    for size in SIZES:
        for case in CASES:
            stock, ours = (get(f"{kind} {size}", case) for kind in ("stock", "ours"))
            yield from divide(f"{case}, {size:,} entries, stock to ours", stock, ours, "s")
        ours, idle, empty = (
            get(f"{kind} {size}", "no-op HTML") for kind in ("ours", "idle", "empty")
        )
        name = f"no-op HTML, {size:,} entries, ours to the empty site"
        yield from divide(name, ours, empty, "s", 2)
        name = f"{name}, if that loads sphinxcontrib-bibtex"
        yield from divide(name, ours, idle, "s", 2)
        stock, ours = (get(f"{kind} {size}", "environment, MB") for kind in ("stock", "ours"))
        yield from divide(
            f"pickled environment, {size:,} entries, stock to ours", stock, ours, "MB"
        )
    large, small = (get(row, "cold HTML") for row in ("ours 10000", "ours 2000 beside 10000"))
    yield from divide("cold HTML, ours, 10,000 to 2,000 entries", large, small, "s")
    for command in ("check", "format --check"):
        large, small = (get(f"ours {size}", command) for size in (10_000, 2_000))
        yield from divide(f"`livingsurvey {command}`, 10,000 to 2,000 entries", large, small, "s")
    for size in (OF_A_SURVEY, *SIZES):
        if used := get(f"ours {size}", "check"):
            yield f"`livingsurvey check`, {size:,} entries", f"{used:.2f}\N{NO-BREAK SPACE}s", ""
    memory = get("ours 10000", "cold HTML, MB")
    if memory:
        yield (
            "peak memory, cold HTML, ours, 10,000 entries",
            f"{memory:.0f}\N{NO-BREAK SPACE}MB",
            "",
        )
    two, one = (get("ours 10000", f"-j {jobs}, wall") for jobs in (2, 1))
    yield from divide("`-j 2` to serial on the clock, ours, 10,000 entries", two, one, "s")


def write_table(results: Results, path: Path) -> None:
    """Write the ratios as a Markdown table, with date, versions and machine."""
    versions = ", ".join(
        f"{name} {version(name)}"
        for name in ("sphinx", "sphinxcontrib-bibtex", "pybtex", "furo", "myst-parser", "docutils")
    )
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    lines = [
        f"Measured on {today} by `nox -s bench`: Python {platform.python_version()}, {versions}.",
        "CPU seconds, user and system, each build in a process of its own, one right behind what",
        "it is compared with; the least of two builds, of four to six where little had to be done.",
        "Stock is built once in each case, since that takes a minute.",
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
