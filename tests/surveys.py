"""A small survey on disk, and the command run in it."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.services import Services

PYPROJECT = """\
[tool.livingsurvey]
bibliographies = ["papers.bib"]
taxonomy = "taxonomy.toml"
profile = "house"
minimum-papers = 0

[tool.livingsurvey.online]
arxiv = "{arxiv}"
crossref = "{crossref}"
arxiv-delay = 0
dblp = "{address}/dblp"
openalex = "{address}/openalex"
crossref-delay = 0
dblp-delay = 0
openalex-delay = 0
timeout = 5
"""
TAXONOMY = """\
# The categories.

[tuning]
title = "Tuning"

[tuning.low-rank]
title = "Low-Rank Adaptation"
description = "Updating products of small factors instead of whole weight matrices."
aliases = ["lowrank"]

# Prompts are another matter.
[tuning.prompts]
title = "Prompts"
description = "Learning inputs instead of weights."

[scaling-laws]
title = "Scaling Laws"
description = "Relations between loss, model size and data."

[tags]
theory = "Theory"
"""
BIB = """\
% The bibliography.
@string{iclr = "ICLR"}

% Zeta first by accident? No: by key.
@misc{aghajanyan2020intrinsic,
  title         = {Intrinsic Dimensionality Explains the Effectiveness of Language Model Fine-Tuning},
  author        = {Aghajanyan, Armen and Gupta, Sonal and Zettlemoyer, Luke},
  year          = {2020},
  eprint        = {2012.13255},
  archiveprefix = {arXiv},
  keywords      = {low-rank, theory},
  annotation    = {Own words on the paper.},
  creationdate  = {2026-11-01},
}

@inproceedings{lester2021power,
  title         = {The Power of Scale for Parameter-Efficient Prompt Tuning},
  author        = {Lester, Brian and Al-Rfou, Rami and Constant, Noah},
  booktitle     = {Empirical Methods in Natural Language Processing},
  year          = {2021},
  code          = {https://github.com/google-research/prompt-tuning},
  keywords      = {prompts},
  creationdate  = {2026-11-02},
} % a remark

@comment{jabref-meta: databaseType:bibtex;}
"""  # noqa: E501 (a title)
EPOCH = "1795392000"  # 2026-11-23


@dataclass
class Outcome:
    status: int
    out: str
    err: str


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Input(io.StringIO):
    """Standard input with bytes below."""

    def __init__(self, text: str = "", *, is_terminal: bool = False) -> None:
        super().__init__(text)
        self.buffer = io.BytesIO(text.encode())
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@dataclass
class Survey:
    """A folder with a survey, which is the current folder."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch

    @property
    def bib(self) -> Path:
        return self.folder / "papers.bib"

    @property
    def taxonomy(self) -> Path:
        return self.folder / "taxonomy.toml"

    @property
    def ledger(self) -> Path:
        return self.folder / "verified.json"

    def run(self, *arguments: str, stdin: str = "", is_terminal: bool = False) -> Outcome:
        out, err = io.StringIO(), Terminal() if is_terminal else io.StringIO()
        with self.monkeypatch.context() as patch:
            patch.setenv("NO_COLOR", "1")
            patch.setattr(sys, "stdin", Input(stdin, is_terminal=is_terminal))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            try:
                status = main(arguments)
            except SystemExit as error:  # argparse
                status = int(str(error.code))
        return Outcome(status, out.getvalue(), err.getvalue())


def make_survey(
    folder: Path, monkeypatch: pytest.MonkeyPatch, services: Services | None = None
) -> Survey:
    """Write a survey into *folder*, which becomes the current one."""
    folder.mkdir(parents=True, exist_ok=True)
    arxiv = services.arxiv if services else "http://127.0.0.1:9/api/query"
    crossref = services.crossref if services else "http://127.0.0.1:9/works"
    address = services.address if services else "http://127.0.0.1:9"
    text = PYPROJECT.format(arxiv=arxiv, crossref=crossref, address=address)
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    (folder / "taxonomy.toml").write_text(TAXONOMY, encoding="utf-8")
    (folder / "papers.bib").write_text(BIB, encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    monkeypatch.delenv("LIVINGSURVEY_CONTACT", raising=False)
    return Survey(folder, monkeypatch)
