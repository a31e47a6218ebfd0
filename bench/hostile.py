"""The corpus of hostile bibliographies, held against stock sphinxcontrib-bibtex and ours.

Each case is a survey of its own: a good entry, the case, a good entry. It is built in a process of
its own, which is ended after a minute; then the page and the messages are looked at.
``nox -s hostile`` writes ``bench/hostile.md``; ``-- syntax tex`` tries only some kinds and prints.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import re
import resource
import sys
import tempfile
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import sphinx
import sphinxcontrib.bibtex  # noqa: F401 - so that forks need not import it
from lxml import html
from sphinx.cmd.build import build_main

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "ext")]

from tests.corpus import BIB_KINDS, TAXONOMY, Case, read_cases  # noqa: E402

import livingsurvey.sphinxext.lifecycle  # noqa: E402, F401

SECONDS = 60
MEMORY = 4 * 2**30
CONF = {
    "stock": 'extensions = ["sphinxcontrib.bibtex"]\nbibtex_bibfiles = ["x.bib"]\n',
    "ours": 'extensions = ["livingsurvey"]\nbibtex_bibfiles = ["x.bib"]\n'
    'livingsurvey_taxonomy = "taxonomy.toml"\n',
}
PAGE = {
    "stock": "Hostile\n=======\n\n:cite:p:`{first}` and :cite:p:`{last}`.\n\n"
    ".. bibliography::\n   :all:\n",
    "ours": "Hostile\n=======\n\n:cite:p:`{first}` and :cite:p:`{last}`.\n\n"
    ".. survey:papers:: plain\n\nReferences\n----------\n\n.. survey:references::\n",
}
PLACE = re.compile(r"x\.bib:\d+|x\.bib.*line \d+|line \d+.*x\.bib")
COLUMNS = ("no page", "over a minute", "good entry lost", "unsafe link or script", "told with line")


def build(tool: str, case: Case, folder: Path) -> None:
    """Build one case, in a process of its own; what it says goes to a file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    (folder / "conf.py").write_text(CONF[tool])
    (folder / "taxonomy.toml").write_text(TAXONOMY)
    (folder / "x.bib").write_bytes(case.make_bib())
    (folder / "index.rst").write_text(PAGE[tool].format(first=case.first, last=case.last))
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = build_main(["-q", "-N", "-b", "html", str(folder), str(folder / "out")])
    (folder / "said.txt").write_text(f"{status}\n{said.getvalue()}", encoding="utf-8")


def judge(case: Case, folder: Path) -> set[str]:
    """Return what is to be said of a build that has ended."""
    page = folder / "out/index.html"
    told = folder / "said.txt"
    said = told.read_text(encoding="utf-8") if told.exists() else ""
    found = {"told with line"} if PLACE.search(said) else set()
    if not page.exists() or not said:
        return found | {"no page"}
    tree = html.fromstring(page.read_text(encoding="utf-8"))
    text = " ".join(tree.text_content().split()).lower()
    if any(f"{word} of {case.key}".lower() not in text for word in ("First", "Last")):
        found.add("good entry lost")
    for link in tree.xpath("//a/@href"):
        scheme = re.match(r"[\s\x00-\x20]*([\w.+-]+:|//|\\\\)", link)
        if scheme and scheme[1].lower() not in {"http:", "https:", "mailto:"}:
            found.add("unsafe link or script")
    if any("alert(1)" in (script.text or "") for script in tree.iter("script")):
        found.add("unsafe link or script")
    return found


def try_case(tool: str, case: Case) -> set[str]:
    """Build a case with a tool, and judge it."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as name:
        process = multiprocessing.get_context("fork").Process(
            target=build, args=(tool, case, Path(name))
        )
        process.start()
        process.join(SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
            return {"over a minute"}
        return judge(case, Path(name))


def write_table(results: dict[tuple[str, str], Counter[str]], counts: Counter[str]) -> str:
    """Return a table of how many cases of each kind came out how."""
    head = " | ".join(f"{tool}: {column}" for column in COLUMNS for tool in CONF)
    lines = [f"| kind | cases | {head} |", "|---|---:|" + "---:|" * (2 * len(COLUMNS))]
    for kind in (*counts, "all"):
        some = [kind] if kind != "all" else list(counts)
        cells = [
            str(sum(results[tool, one][column] for one in some))
            for column in COLUMNS
            for tool in CONF
        ]
        number = sum(counts[one] for one in some)
        lines.append(f"| {kind} | {number} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main(kinds: list[str]) -> None:
    results: dict[tuple[str, str], Counter[str]] = {}
    counts: Counter[str] = Counter()
    notes = []
    for case in read_cases(*(kinds or BIB_KINDS)):
        counts[case.kind] += 1
        for tool in CONF:
            found = try_case(tool, case)
            results.setdefault((tool, case.kind), Counter()).update(found)
            if bad := sorted(found - {"told with line"}):
                notes.append(f"| {case.key} | {tool} | {', '.join(bad)} |")
    table = write_table(results, counts)
    text = (
        "# Hostile bibliographies, ours beside stock\n\n"
        f"Made by `nox -s hostile` with Sphinx {sphinx.__version__} and sphinxcontrib-bibtex "
        f"{version('sphinxcontrib-bibtex')}"
        ": each case of `tests/hostile` stands between two good entries and is built to HTML.\n"
        "*No page*: the build ended without one. *Told with line*: a message names file and line; "
        "some cases are odd but right, so that nothing is to be told.\n\n"
        f"{table}\n\n## Which\n\n| case | tool | what |\n|---|---|---|\n" + "\n".join(notes)
    )
    if kinds:
        print(text)
    else:
        (ROOT / "bench/hostile.md").write_text(f"{text}\n", encoding="utf-8")
        print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
