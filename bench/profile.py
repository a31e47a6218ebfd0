"""Where the time of a build goes: shares of the whole, for 2,000 entries.

Writes ``bench/profile.md``. The profiler slows calls of Python down more than what it cannot see
into, so the shares say what is large, and not how large to a hundredth.
"""

from __future__ import annotations

import pstats
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from library import write_site
from measure import run_python
from run import edit_entry, edit_prose

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HERE = Path(__file__).parent
SIZE = 2_000

Place = tuple[str, str]
"""How the path of a module ends, and the name of a function in it."""

PHASES: dict[str, tuple[Place, ...]] = {
    "Python imports Sphinx, furo, MyST, sphinxcontrib-bibtex and us": (
        ("<frozen importlib._bootstrap>", "_find_and_load"),
    ),
    "Sphinx writes the index, the search, the inventory and what is static": (
        ("sphinx/builders/html/__init__.py", "gen_indices"),
        ("sphinx/builders/html/__init__.py", "gen_additional_pages"),
        ("sphinx/builders/html/__init__.py", "copy_assets"),
        ("sphinx/builders/html/__init__.py", "handle_finish"),
    ),
    "we read the bibliography and compare the answers to the pages": (
        ("sphinxext/freshness.py", "on_env_get_outdated"),
    ),
    "Sphinx reads the pages": (("sphinx/builders/__init__.py", "read_doc"),),
    "we compare what pages show of each other": (("sphinxext/freshness.py", "on_env_get_updated"),),
    "docutils and Sphinx walk the trees for their transforms": (
        ("sphinx/environment/__init__.py", "apply_post_transforms"),
    ),
    "of which we spell out the citations": (("sphinxext/bibtex_bridge.py", "resolve"),),
    "docutils and furo write the pages": (("sphinx/builders/html/__init__.py", "write_doc"),),
    "of which we write entries and references": (
        ("sphinxext/references.py", "html_visit_reference_list"),
        ("sphinxext/entries_html.py", "html_visit_paper_group"),
    ),
    "Sphinx collects words for the search": (("sphinx/builders/html/__init__.py", "index_page"),),
    "we write the pages of papers": (
        ("sphinx/builders/html/__init__.py", "gen_pages_from_extensions"),
    ),
    "we write the files to take away": (("sphinxext/downloads.py", "on_build_finished"),),
}
"""What a build does, by the functions that do it: their calls, and all that these call."""

COLD = "from nothing"
EDITS: dict[str, Callable[[Path, int], None] | None] = {
    "nothing changed": None,
    "a page of prose edited": edit_prose,
    "an entry edited": edit_entry,
}


def profile_build(root: Path) -> pstats.Stats:
    """Return the profile of a build of a site."""
    result = root / "profile"
    command = [
        "-m", "cProfile", "-o", str(result), "-m", "sphinx", "-q", "-b", "html", "-c", str(root),
        "-d", str(root / "doctrees"), str(root / "docs"), str(root / "html"),
    ]  # fmt: skip
    if not run_python(command, root / "build.log", limit=600).finished:
        sys.exit((root / "build.log").read_text(encoding="utf-8"))
    return pstats.Stats(str(result))


def sum_phases(profile: pstats.Stats) -> dict[str, float]:
    """Return the share of each phase in a profile, from 0 to 1."""
    times: Mapping[tuple[str, int, str], tuple[int, int, float, float, object]]
    times = profile.stats  # type: ignore[attr-defined] # as the library's own documentation has it
    total = profile.total_tt  # type: ignore[attr-defined]
    return {
        phase: sum(
            used[3] / total
            for (path, _, name), used in times.items()
            if any(path.endswith(end) and name == function for end, function in places)
        )
        for phase, places in PHASES.items()
    }


def find_missing(profile: pstats.Stats) -> list[Place]:
    """Return the functions of :data:`PHASES` that a profile of a whole build does not know."""
    called = [(path, name) for path, _, name in profile.stats]  # type: ignore[attr-defined]
    return [
        (end, function)
        for places in PHASES.values()
        for end, function in places
        if not any(path.endswith(end) and name == function for path, name in called)
    ]


def main() -> None:
    """Profile the builds, and write the table."""
    shares = {}
    with tempfile.TemporaryDirectory(prefix="profile-") as folder:
        root = Path(folder)
        write_site(root, "ours", SIZE)
        cold = profile_build(root)
        if missing := find_missing(cold):
            sys.exit(f"no build calls {missing}: PHASES names functions that have moved")
        shares[COLD] = sum_phases(cold)
        for number, (name, edit) in enumerate(EDITS.items()):
            if edit is not None:
                edit(root, number)
            shares[name] = sum_phases(profile_build(root))
            print(name, file=sys.stderr, flush=True)
    lines = [
        f"| share of a build, {SIZE:,} entries | {' | '.join(shares)} |",
        f"|---|{'---:|' * len(shares)}",
    ]
    for phase in PHASES:
        columns = (f"{shares[name][phase]:.0%}" for name in shares)
        lines.append(f"| {phase} | {' | '.join(columns)} |")
    (HERE / "profile.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print((HERE / "profile.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
