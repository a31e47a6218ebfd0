"""The README and the pages on the extension, followed to the letter in an empty folder.

A fenced block of ``sh`` is run. A block of another language whose paragraph names a file last, as
in "Append to `papers.bib`:", is written to that file or appended to it. ``console`` and ``text``
are for what goes online, for what a person reads, and for what changes one line of a file.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from lxml import html
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

README = "ext/README.md"
TUTORIAL = "docs/extension/tutorial.md"
DIRECTIVES = "docs/extension/reference/directives.md"
"""Its examples are pages of their own, built by tests/sphinx/test_reference_pages.py."""
HOWTO = sorted(
    path.relative_to(ROOT).as_posix() for path in (ROOT / "docs/extension/howto").glob("*.md")
)
PAGES = sorted(
    path.relative_to(ROOT).as_posix() for path in (ROOT / "docs/extension").rglob("*.md")
)
FENCE = re.compile(
    r"^(?P<fence>`{3,})(?P<language>\S*)[^\n]*\n(?P<body>.*?)^(?P=fence)\n",
    re.MULTILINE | re.DOTALL,
)
FILE = re.compile(r"`([\w./-]+\.(?:bib|toml|py|md|rst|tex|svg))`")
SOURCE = "git+https://github.com/tding1/Efficient-LLM-Survey"
INSTALL = (
    "python3 -m venv .venv",
    ". .venv/bin/activate",
    f'python -m pip install "sphinx-livingsurvey[furo,myst] @ {SOURCE}"',
)
"""What the tests have done already, by the session that runs them or by `nox -s package`."""
NOT_RUN = {"console", "text", "js", ""}


@dataclass(frozen=True)
class Block:
    language: str
    body: str
    before: str

    @property
    def file(self) -> str:
        """The file that the paragraph before names last, ``""`` if it names none."""
        found = FILE.findall(self.before)
        return found[-1] if found else ""

    @property
    def is_appended(self) -> bool:
        return "append to" in self.before.casefold()


def read_blocks(text: str) -> Iterator[Block]:
    text = re.sub(r"^:::.*\n", "", text, flags=re.MULTILINE)
    end = 0
    for match in FENCE.finditer(text):
        before = text[end : match.start()].strip().rpartition("\n\n")[2]
        end = match.end()
        if not match["language"].startswith("{"):
            yield Block(match["language"], match["body"], before)


@dataclass
class Reader:
    """Somebody who does what a page says."""

    folder: Path
    programs: Path
    output: str = ""

    def follow(self, page: str, markup: str) -> None:
        other = {"myst": "rst", "rst": "md"}[markup]
        for block in read_blocks((ROOT / page).read_text(encoding="utf-8")):
            if block.language == "sh":
                self.run(block.body, markup)
            elif block.language not in NOT_RUN and block.file and block.language != other:
                self.write(block)

    def write(self, block: Block) -> None:
        path = self.folder / block.file
        if block.is_appended:
            assert path.is_file(), f"{block.file} is not there to append to"
        with path.open("a" if block.is_appended else "w", encoding="utf-8") as file:
            file.write(block.body)

    def run(self, script: str, markup: str) -> None:
        lines = [line for line in script.splitlines() if line not in INSTALL]
        if not lines or ("typeset" in script and shutil.which("xelatex") is None):
            return
        if markup == "rst":
            lines = [f"{one} --markup rst" if "init" in one.split() else one for one in lines]
        result = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", "\n".join(lines)],
            cwd=self.folder,
            env={
                **os.environ,
                "PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}",
                "PYTHONPATH": str(ROOT / "ext"),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        self.output += result.stdout + result.stderr
        assert result.returncode == 0, f"{script}\n{result.stdout}{result.stderr}"
        for line in lines:
            if line.startswith("cd "):
                self.folder /= line.removeprefix("cd ")


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, module in (("livingsurvey", "livingsurvey"), ("sphinx-build", "sphinx")):
        path = programs / name
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n', encoding="utf-8")
        path.chmod(0o755)
    (tmp_path / "empty").mkdir()
    return Reader(tmp_path / "empty", programs)


@pytest.mark.parametrize("markup", ["myst", "rst"])
def test_the_tutorial_gives_a_site(reader: Reader, markup: str) -> None:
    reader.follow(TUTORIAL, markup)
    assert "7 entries: nothing to mend" in reader.output
    page = reader.folder / "_build/html/distributed-systems.html"
    assert "state machine approach" in page.read_text(encoding="utf-8").casefold()
    if shutil.which("xelatex"):
        assert (reader.folder / "_build/latex/classics-of-computing.pdf").is_file()


def test_the_tutorial_shows_what_a_misspelling_gives(reader: Reader) -> None:
    blocks = list(read_blocks((ROOT / TUTORIAL).read_text(encoding="utf-8")))
    (shown,) = (block.body for block in blocks if block.language == "text")
    reader.run("livingsurvey init classics", "myst")
    reader.folder /= "classics"
    for block in blocks:
        if block.is_appended and block.language != "rst":
            reader.write(block)
    papers = reader.folder / "papers.bib"
    text = papers.read_text(encoding="utf-8")
    papers.write_text(text.replace("{replication,", "{replicaton,"), encoding="utf-8")
    reader.output = ""
    with pytest.raises(AssertionError):
        reader.run("livingsurvey check", "myst")
    assert reader.output == f"{shown}7 entries: 1 error\n"


@pytest.mark.parametrize("markup", ["myst", "rst"])
def test_the_readme_gives_two_sites(reader: Reader, markup: str) -> None:
    """One that is written by the command, and one that is written by hand."""
    by_hand = reader.folder.parent / "by-hand"
    by_hand.mkdir()
    text = (ROOT / README).read_text(encoding="utf-8")
    first, _, second = text.partition("## By hand")
    for part, folder in ((first, reader.folder), (second, by_hand)):
        reader.folder = folder
        page = folder.parent / "page.md"
        page.write_text(part, encoding="utf-8")
        reader.follow(str(page), markup)
        assert (reader.folder / "_build/html/index.html").is_file()
    suffix = {"myst": "md", "rst": "rst"}[markup]
    assert (by_hand / f"index.{suffix}").is_file()
    assert "Shannon" in (by_hand / "_build/html/index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", HOWTO)
def test_every_guide_does_what_it_says(reader: Reader, page: str) -> None:
    reader.follow(page, "myst")
    assert (reader.folder / "_build").is_dir()


def test_links_of_another_project_lead_to_what_they_name(reader: Reader) -> None:
    reader.follow("docs/extension/howto/link.md", "myst")
    site = reader.folder / "classics/_build/html"
    told = {}
    for name in ("index", "more"):
        page = html.fromstring((reader.folder / f"_build/notes/{name}.html").read_bytes())
        for link in page.xpath("//a[starts-with(@href, 'https://example.org/classics/')]"):
            target, _, anchor = (
                link.get("href").removeprefix("https://example.org/classics/").partition("#")
            )
            known = html.fromstring((site / target).read_bytes())
            assert not anchor or known.get_element_by_id(anchor) is not None
            told[link.text_content()] = anchor or target
    assert told == {
        "A Mathematical Theory of Communication": "paper-shannon1948mathematical",
        "sequel": "paper-huffman1952method",
        "Cryptography": "cryptography.html",
        "lamport1978time": "papers/lamport1978time.html",
        "rivest1978method": "papers/rivest1978method.html",
        "its idea": "papers/diffie1976new.html",
    }


def test_every_page_is_covered() -> None:
    """No page but the guides and the tutorial has commands, and each of these has some."""
    for page in PAGES:
        blocks = list(read_blocks((ROOT / page).read_text(encoding="utf-8")))
        runs = any(block.language == "sh" for block in blocks)
        assert runs == (page in {TUTORIAL, *HOWTO}), page
        for block in blocks:
            if block.language not in {"sh", *NOT_RUN} and page != DIRECTIVES:
                assert block.file, f"{page}: a block of {block.language} belongs to no file"


def test_the_readme_and_the_tutorial_install_alike() -> None:
    for page in (README, TUTORIAL):
        blocks = read_blocks((ROOT / page).read_text(encoding="utf-8"))
        first = next(block for block in blocks if block.language == "sh")
        assert tuple(first.body.splitlines()) == INSTALL


def test_the_example_of_add_is_not_there_already() -> None:
    bibliography = (ROOT / "bib/efficiency-spectrum.bib").read_text(encoding="utf-8")
    for page in ("README.md", "docs/contributing/index.md", "noxfile.py"):
        text = (ROOT / page).read_text(encoding="utf-8")
        examples = re.findall(r"nox -s add -- ([\d.]+\d)", text)
        assert examples, page
        assert not any(example in bibliography for example in examples), page
    templates = ROOT / "ext/livingsurvey/templates/survey"
    tasks = (templates / "noxfile.py.jinja").read_text(encoding="utf-8")
    (example,) = re.findall(r"nox -s add -- (10\.[\w./]+\w)", tasks)
    assert example not in (templates / "papers.bib.jinja").read_text(encoding="utf-8")
