"""A survey that ``livingsurvey init`` has begun, with the examples of the reference as pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey import cli
from tests.conftest import ROOT
from tests.site.test_extension_docs import NOT_RUN, read_blocks

from .conftest import Survey

if TYPE_CHECKING:
    from pathlib import Path

REFERENCE = ROOT / "docs/extension/reference"
TITLE = {"md": "# Example\n\n", "rst": "Example\n=======\n\n"}


class Begun(Survey):
    """A survey that is there already."""

    def __init__(self, path: Path) -> None:
        self.path = path


def begin(path: Path, *options: str) -> Begun:
    """Begin a survey with the example papers."""
    command = ["init", str(path), "--title", "Classics", "--author", "A", *options]
    assert cli.main(command) == 0
    return Begun(path)


def write_examples(path: Path, *options: str) -> Begun:
    """Begin a survey in Markdown that has every directive and role."""
    survey = begin(path, *options)
    survey.write("docs/references.md", "# References\n")  # an example is the list
    toctree = "```{toctree}\n:glob:\n\nexample-*\n```\n"
    survey.write("docs/index.md", f"{survey.read('docs/index.md')}\n{toctree}")
    number = 0
    for page in sorted(REFERENCE.glob("*.md")):
        for block in read_blocks(page.read_text(encoding="utf-8")):
            kind = block.language
            if kind in TITLE:
                number += 1
                title = "" if block.body.startswith("# ") else TITLE[kind]
                survey.write(f"docs/example-{number}.{kind}", title + block.body)
            elif kind not in NOT_RUN:
                known = survey.read(block.file) if block.is_appended else ""
                survey.write(block.file, known + block.body)
    assert number >= 18
    return survey
