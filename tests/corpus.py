"""The corpus of hostile and broken input: ``tests/hostile``, a file for each kind.

A case is a table: the text (``bib``, ``toml``, ``svg`` or ``conf``), how its bytes are made of
it, and ``finds``, what has to be said of it: ``line:column: severity: message [code]``, with
``KEY`` for the name of the case. In a text, ``KEY`` is that name too, ``REPEAT`` a piece many
times over and ``BYTES`` some bytes. ``pytest tests/test_corpus.py --update-goldens`` writes
``finds`` anew; read the diff before it is committed.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

FOLDER = Path(__file__).parent / "hostile"
BIB_KINDS = ("syntax", "encoding", "size", "names", "tex", "html", "addresses", "fields")
OTHER_KINDS = ("taxonomy", "drawings", "settings")
GOOD = (
    "@misc{{{key}, title = {{{title}}}, author = {{Good, Ann}}, year = 2020, "
    "keywords = {{plain}}, creationdate = {{2026-01-02}}}}"
)
TAXONOMY = '[plain]\ntitle = "Plain"\n'
_DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50"><title>T</title>\n'


@dataclass(frozen=True)
class Case:
    """One input.

    Attributes:
        kind: The file that it is in.
        name: What it is called there, which is also the key of its entry.
        text: Its text, with what stands for something put in.
        table: The case as it is written.
    """

    kind: str
    name: str
    text: str
    table: dict[str, Any]

    @property
    def key(self) -> str:
        """What its entry is called, and its file."""
        return f"{self.kind}-{self.name}"

    @property
    def finds(self) -> list[str]:
        """What has to be said of it."""
        return [line.replace("KEY", self.key) for line in self.table.get("finds", [])]

    @property
    def first(self) -> str:
        """The key of the good entry before it."""
        return f"{self.key}-first"

    @property
    def last(self) -> str:
        """The key of the good entry behind it."""
        return f"{self.key}-last"

    def make_bib(self) -> bytes:
        """Return the bytes of the .bib file: the case between two good entries."""
        first = GOOD.format(key=self.first, title=f"First of {self.key}")
        last = GOOD.format(key=self.last, title=f"Last of {self.key}")
        data = f"{first}\n{self.text}\n{last}\n".encode(self.table.get("encoding", "utf-8"))
        return data.replace(b"BYTES", bytes.fromhex(self.table.get("bytes", "")))

    def make_svg(self) -> str:
        """Return the drawing; a case that is only a part of one is put into one."""
        whole = not self.text or "<svg" in self.text or "<html" in self.text
        return self.text if whole else f"{_DRAWING}{self.text}\n</svg>"


def read_cases(*kinds: str) -> list[Case]:
    """Return the cases of some kinds in the order of their files."""
    cases = []
    for kind in kinds:
        for name, table in tomllib.loads((FOLDER / f"{kind}.toml").read_text("utf-8")).items():
            text = next(table[form] for form in ("bib", "toml", "svg", "conf") if form in table)
            unit, times = table.get("repeat", ("", 0))
            text = text.replace("REPEAT", unit * times).replace("KEY", f"{kind}-{name}")
            cases.append(Case(kind, name, text, table))
    return cases


def update(kind: str, finds: dict[str, list[str]]) -> None:
    """Write what has been found as what has to be found."""
    path = FOLDER / f"{kind}.toml"
    document = tomlkit.parse(path.read_text("utf-8"))
    for name, lines in finds.items():
        document[name].pop("finds", None)
        if lines:
            array = tomlkit.array().multiline(multiline=True)
            array.extend(line.replace(f"{kind}-{name}", "KEY") for line in lines)
            document[name]["finds"] = array
    path.write_text(tomlkit.dumps(document), "utf-8")
