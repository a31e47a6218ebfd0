"""A PDF as tests look at it, and how tests make one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from livingsurvey.book import Result, typeset

if TYPE_CHECKING:
    from pathlib import Path

DATE = {"SOURCE_DATE_EPOCH": "1767225600"}  # 2026-01-01
LABEL = re.compile(r"\\newlabel\{(.*?)\}\{\{.*?\}\{(.*?)\}\{.*\}\{(.*?)\}\{\}\}$", re.MULTILINE)
HEIGHT = re.compile(r'height="([\d.]+)"')
WORD_END = re.compile(r'yMax="([\d.]+)">')
FOOT = 0.91  # below this, a page of A4 has its number alone
LINK = re.compile(r"\\hyperref\[\\detokenize\{(.*?)\}\]")


def write_tex(source: Path, conf: Path, output: Path, *options: str, **environment: str) -> str:
    """Run Sphinx's LaTeX builder and return what it complained about."""
    command = [
        sys.executable, "-m", "sphinx", "-q", "-n", "-b", "latex", "-c", str(conf),
        "-d", str(output.with_name(f"{output.name}-doctrees")), *options, str(source), str(output),
    ]  # fmt: skip
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
        env={**os.environ, **DATE, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def letters(text: str) -> str:
    """Return the letters and digits of a text alone: columns, hyphens and ligatures vanish."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in text if char.isalnum())


@dataclass
class Book:
    """What came of one typesetting."""

    folder: Path
    name: str
    warnings: str
    result: Result

    @property
    def pdf(self) -> Path:
        assert self.result.pdf is not None, "\n".join(map(str, self.result.diagnostics))
        return self.result.pdf

    @cached_property
    def tex(self) -> str:
        return (self.folder / f"{self.name}.tex").read_text(encoding="utf-8")

    @cached_property
    def pages(self) -> list[str]:
        command = ["pdftotext", "-enc", "UTF-8", str(self.pdf), "-"]
        done = subprocess.run(command, capture_output=True, check=True, timeout=60)
        return done.stdout.decode("utf-8").split("\f")[:-1]

    @cached_property
    def endings(self) -> list[str]:
        """The letters of each page up to its end, without the number at its foot."""
        return [letters(re.sub(r"\n\s*[0-9ivx]+\s*$", "", page)) for page in self.pages]

    @cached_property
    def depths(self) -> list[float]:
        """How far down the words of each page reach: 0 at its upper edge, 1 at the lower one."""
        command = ["pdftotext", "-bbox", "-enc", "UTF-8", str(self.pdf), "-"]
        done = subprocess.run(command, capture_output=True, check=True, timeout=60)
        found = []
        for page in done.stdout.decode("utf-8").split("<page ")[1:]:
            height = float(HEIGHT.search(page)[1])
            ends = [float(one) / height for one in WORD_END.findall(page)]
            found.append(max((one for one in ends if one < FOOT), default=0.0))
        return found

    @cached_property
    def text(self) -> str:
        return "\n".join(self.pages)

    @cached_property
    def labels(self) -> dict[str, tuple[str, str]]:
        """Each label: the page that it is on, and the destination of links to it."""
        aux = (self.folder / f"{self.name}.aux").read_text(encoding="utf-8")
        return {found[1]: (found[2], found[3]) for found in LABEL.finditer(aux)}

    @cached_property
    def structure(self) -> dict[str, Any]:
        command = ["qpdf", "--json=2", "--json-key=qpdf", "--json-key=pages",
                   "--json-key=outlines", str(self.pdf)]  # fmt: skip
        done = subprocess.run(command, capture_output=True, check=True, timeout=60)
        return json.loads(done.stdout)

    def resolve(self, value: Any) -> Any:
        """Follow a reference within the PDF."""
        objects = self.structure["qpdf"][1]
        while isinstance(value, str) and f"obj:{value}" in objects:
            value = objects[f"obj:{value}"]["value"]
        return value

    @cached_property
    def catalog(self) -> dict[str, Any]:
        return self.resolve(self.resolve(self.structure["qpdf"][1]["trailer"]["value"])["/Root"])

    @cached_property
    def sheets(self) -> dict[str, int]:
        """The object of each page, and its place in the PDF from 0."""
        return {page["object"]: place for place, page in enumerate(self.structure["pages"])}

    @cached_property
    def destinations(self) -> dict[str, int]:
        """The name of each destination, and the sheet that it is on."""
        found: dict[str, int] = {}
        waiting = [self.resolve(self.catalog["/Names"])["/Dests"]]
        while waiting:
            node = self.resolve(waiting.pop())
            waiting.extend(node.get("/Kids", ()))
            names = node.get("/Names", ())
            for name, value in zip(names[::2], names[1::2], strict=True):
                place = self.resolve(value)
                place = place["/D"] if isinstance(place, dict) else place
                found[name.removeprefix("u:")] = self.sheets[place[0]]
        return found

    @cached_property
    def links(self) -> list[tuple[int, dict[str, Any]]]:
        """Each link: the sheet that it is on, and what it does."""
        found = []
        for page, place in self.sheets.items():
            for link in self.resolve(self.resolve(page).get("/Annots", [])):
                annotation = self.resolve(link)
                if annotation.get("/Subtype") == "/Link":
                    found.append((place, self.resolve(annotation["/A"])))
        return found

    @cached_property
    def bookmarks(self) -> list[str]:
        titles: list[str] = []

        def visit(nodes: list[dict[str, Any]]) -> None:
            for node in nodes:
                titles.append(node["title"])
                visit(node["kids"])

        visit(self.structure["outlines"])
        return titles

    @cached_property
    def properties(self) -> dict[str, str]:
        done = subprocess.run(
            ["pdfinfo", str(self.pdf)], capture_output=True, check=True, timeout=60
        )
        lines = (line.partition(":") for line in done.stdout.decode("utf-8").splitlines())
        return {name: value.strip() for name, _, value in lines}


def make_book(
    source: Path,
    conf: Path,
    output: Path,
    name: str,
    *options: str,
    seconds: float = 240,
    **environment: str,
) -> Book:
    """Build and typeset a survey."""
    warnings = write_tex(source, conf, output, *options, **environment)
    result = typeset(output / f"{name}.tex", seconds=seconds, variables={**DATE, **environment})
    return Book(output, name, warnings, result)
