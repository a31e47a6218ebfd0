"""A month of upkeep, as the documentation tells it: from the inbox to the page *What's new*."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from lxml import html

from tests.services import Services, make_entry, make_openalex_work, run_services
from tests.surveys import PYPROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TITLE = "{GPTQ}: Accurate Post-Training Quantization for Generative Pre-trained Transformers"
BIB = f"""\
@misc{{frantar2022gptq,
  title         = {{{TITLE}}},
  shorttitle    = {{GPTQ}},
  author        = {{Frantar, Elias and Ashkboos, Saleh and Hoefler, Torsten and Alistarh, Dan}},
  year          = {{2022}},
  eprint        = {{2210.17323}},
  archiveprefix = {{arXiv}},
  keywords      = {{quantization}},
  annotation    = {{Rounds weights one column at a time and lets the others make up for it.}},
  creationdate  = {{2026-11-01}},
}}

@inproceedings{{dettmers2022int8,
  title        = {{{{LLM.int8()}}: 8-bit Matrix Multiplication for Transformers at Scale}},
  shorttitle   = {{LLM.int8()}},
  author       = {{Dettmers, Tim and Lewis, Mike and Belkada, Younes and Zettlemoyer, Luke}},
  booktitle    = {{International Conference on Learning Representations (ICLR)}},
  year         = {{2022}},
  keywords     = {{quantization}},
  annotation   = {{Keeps the few columns with outliers in 16 bits.}},
  creationdate = {{2026-11-01}},
}}
"""
TAXONOMY = """\
[inference]
title = "Inference"

[inference.quantization]
title = "Quantization"
watch = ["cat:cs.CL AND abs:quantization", "cites:frantar2022gptq"]
"""
CONF = """\
project = "Inference"
extensions = ["myst_parser", "livingsurvey"]
bibtex_bibfiles = ["bib/papers.bib"]
livingsurvey_taxonomy = "bib/taxonomy.toml"
livingsurvey_about = {"title": "Inference", "tag_authority": "example.org,2026:inference"}
html_theme = "basic"
html_math_renderer = "mathml"
"""
PAGES = {
    "index": "# Inference\n\n```{toctree}\nquantization\nwhats-new\nstate\nreferences\n```\n",
    "quantization": "---\nreviewed: 2026-11-02\n---\n\n# Quantization\n\n"
    "```{survey:discussed}\n```\n\nAs {cite:t}`frantar2022gptq` says.\n\n"
    "```{survey:papers} quantization\n```\n",
    "whats-new": "# What's new\n\n```{survey:changes}\n```\n",
    "state": "# State\n\n```{survey:state}\n```\n",
    "references": "# References\n\n```{survey:references}\n```\n",
}
STAMP = "1797768000"  # 2026-12-20


@pytest.fixture
def services() -> Iterator[Services]:
    """The answers of a month."""
    authors = ["Elias Frantar", "Saleh Ashkboos", "Torsten Hoefler", "Dan Alistarh"]
    with run_services() as running:
        running.searches = [
            make_entry("2612.00001", "Quantization of Transformers at Two Bits", ["Ann One"],
                       published="2026-12-03T00Z"),
            make_entry("2612.00002", "Soup at Scale", ["Bo Cook"], published="2026-12-01T00Z"),
        ]  # fmt: skip
        running.records["2210.17323"] = make_entry(
            "2210.17323", TITLE.replace("{", "").replace("}", ""), authors,
            published="2022-10-31T18:08:56Z",
        )  # fmt: skip
        running.publications = [
            {"title": TITLE.replace("{", "").replace("}", "") + ".", "year": "2023",
             "venue": "ICLR", "type": "Conference and Workshop Papers",
             "key": "conf/iclr/FrantarAHA23",
             "authors": {"author": [{"text": name} for name in authors]}},
        ]  # fmt: skip
        landmark = make_openalex_work("W1", "10.48550/arXiv.2210.17323", TITLE, authors)
        citing = make_openalex_work(
            "W2", "10.48550/arXiv.2612.00001", "Quantization of Transformers at Two Bits",
            ["Ann One"], referenced_works=["https://openalex.org/W1"],
        )  # fmt: skip
        running.openalex_works = [landmark, citing]
        yield running


class Month:
    """A survey in a repository, and whoever types what the documentation says."""

    def __init__(self, folder: Path, root: Path, services: Services) -> None:
        self.folder = folder
        self.environment = {
            "PATH": f"{folder.parent / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(root / "ext"), "HOME": str(folder.parent), "no_proxy": "*",
            "SOURCE_DATE_EPOCH": STAMP, "NO_COLOR": "1",
        }  # fmt: skip
        for who in ("AUTHOR", "COMMITTER"):
            self.environment |= {
                f"GIT_{who}_NAME": "E", f"GIT_{who}_EMAIL": "e@example.org",
                f"GIT_{who}_DATE": f"{STAMP} +0000",
            }  # fmt: skip
        (folder.parent / "bin").mkdir()
        for name, module in (("livingsurvey", "livingsurvey"), ("sphinx-build", "sphinx")):
            program = folder.parent / "bin" / name
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n')
            program.chmod(0o755)
        pyproject = PYPROJECT.replace('bibliographies = ["papers.bib"]\n', "")
        pyproject = pyproject.replace('taxonomy = "taxonomy.toml"\n', "")
        files = {
            "pyproject.toml": pyproject.format(
                arxiv=services.arxiv, crossref=services.crossref, address=services.address
            ),
            "conf.py": CONF,
            "bib/papers.bib": BIB,
            "bib/taxonomy.toml": TAXONOMY,
            ".gitignore": "_build\n.livingsurvey-cache\n",
            **{f"docs/{name}.md": text for name, text in PAGES.items()},
        }
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        for line in (
            "git init -q -b main",
            "git add .",
            "git commit -q -m First",
            "git tag 2026.11",
        ):
            self.type(line)

    def type(self, line: str, *expected: int) -> str:
        """Run a line; return what it says."""
        done = subprocess.run(
            shlex.split(line), cwd=self.folder, env=self.environment, text=True,
            capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode in (expected or (0,)), f"{line}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr


def read_steps(root: Path) -> dict[str, list[str]]:
    """Return the commands of the walk-through, by the names of its steps."""
    text = (root / "docs/contributing/upkeep.md").read_text(encoding="utf-8")
    steps = re.findall(r"<!-- month: (\w+) -->\n```sh\n(.*?)```", text, re.DOTALL)
    return {name: lines.strip().splitlines() for name, lines in steps}


def test_a_month_as_the_documentation_tells_it(
    tmp_path: Path, root: Path, services: Services
) -> None:
    steps = read_steps(root)
    assert list(steps) == ["fetch", "decide", "refresh", "look", "publish", "build"]
    month = Month(tmp_path / "survey", root, services)
    build = steps["build"][0]
    month.type(build)

    said = [month.type(line) for line in steps["fetch"]]
    # One of them both services name.
    assert "3 papers: 1 known, withdrawn or declined; 2 of 2 added to bib/inbox.toml" in said[0]
    first, second = said[1].splitlines()[:2]
    assert first.split()[0] == "1"
    assert "Quantization of Transformers at Two Bits" in first
    assert "(cites frantar2022gptq" in first
    assert "Soup at Scale" in second
    assert "named by arXiv" in said[2]

    for line in steps["decide"]:
        month.type(line)
    bib = month.folder / "bib/papers.bib"
    assert "keywords      = {quantization}" in bib.read_text().partition("{one2026")[2]
    inbox = (month.folder / "bib/inbox.toml").read_text()
    assert 'why = "not about language models"' in inbox

    shown, written = (month.type(line, 0, 1) for line in steps["refresh"])
    proposal = "frantar2022gptq: published in International Conference on Learning Representations"
    assert proposal in shown
    assert "frantar2022gptq: written: published in" in written

    checked, _, changed = (month.type(line, 0, 1) for line in steps["look"])
    assert "error" not in checked
    assert "1 added, 1 republished" in changed

    for line in steps["publish"]:
        month.type(line)
    month.type(build)
    page = html.fromstring((month.folder / "_build/html/whats-new.html").read_text("utf-8"))
    [edition] = page.xpath("//section[@id='edition-2027-01']")
    [added] = edition.xpath(".//div[contains(@class, 'ls-added')]//li/a")
    assert added.text_content() == "Quantization of Transformers at Two Bits"
    target = added.get("href")
    assert target.startswith("quantization.html#paper-one2026")
    [again] = edition.xpath(".//div[contains(@class, 'ls-republished')]//li")
    assert "GPTQ" in again.text_content()
    assert "before: preprint" in again.text_content()
    chapter = html.fromstring((month.folder / "_build/html/quantization.html").read_text("utf-8"))
    assert chapter.xpath("//*[@id=$id]", id=target.partition("#")[2])
    [clock] = chapter.xpath("//p[@class='ls-discussed']")
    assert clock.text_content().endswith("; 1 paper listed since then not discussed yet.")
    feed = (month.folder / "_build/html/feeds/changes.xml").read_text("utf-8")
    assert "Added: Quantization of Transformers at Two Bits" in feed

    # What was built on is what a clean build makes.
    first = read_files(month.folder / "_build/html")
    (month.folder / "_build").rename(month.folder.parent / "before")
    month.type(build)
    assert read_files(month.folder / "_build/html") == first


def read_files(folder: Path) -> dict[str, bytes]:
    # The index of the search keeps words that are gone; see test_incremental.
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".doctrees" not in path.parts and path.name != "searchindex.js"
    }
