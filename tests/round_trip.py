"""Entries of every type with every field, and what other programs read of them in each format."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pybtex.database
import pypandoc
import rispy

from livingsurvey.bibtex.fields import (
    ENTRY_TYPES,
    EXTRANEOUS,
    FIELDS,
    OTHER_FIELDS,
    find_entry_type,
)
from livingsurvey.bibtex.source import Source
from livingsurvey.catalog import make_library
from livingsurvey.exports import About, Selection
from livingsurvey.exports.formats import WRITERS
from livingsurvey.taxonomy import read_taxonomy

if TYPE_CHECKING:
    from collections.abc import Sequence

TAXONOMY = '[zqkeywords]\ntitle = "Zqkeywords"\n'
TYPES = tuple(name for name, kind in ENTRY_TYPES.items() if kind.is_paper)
OTHERS = sorted(
    OTHER_FIELDS - {"day", "subtitle", "xref", "ids", "entryset", "execute", "key", "options"}
    - {"related", "relatedtype", "relatedoptions", "presort", "langid", "langidopts", "gender"}
    - {"label", "authortype", "editortype", "editoratype", "pagination", "bookpagination"}
)  # fmt: skip
"""Further fields that programs write, but those that tell biber what to do."""
NAMES = (
    *(
        one.name
        for one in FIELDS
        if EXTRANEOUS not in one.traits and one.name not in {"crossref", "xdata"}
    ),
    "subtitle",
    "day",
)
ALL = (*NAMES, *OTHERS)
VALUES = {
    "author": "Zqauthor, Ann",
    "editor": "Zqeditor, Bob",
    "translator": "Zqtranslator, Cy",
    "year": "1987",
    "month": "jun",
    "day": "17",
    "doi": "10.1234/zqdoi",
    "eprint": "1906.01234",
    "archiveprefix": "arXiv",
    "primaryclass": "cs.ZQ",
    "pages": "311--492",
    "keywords": "zqkeywords",
    "creationdate": "2026-11-23",
    "urldate": "1901-02-03",
    "origdate": "1902",
    "eventdate": "1903-04",
    **{name: f"https://example.org/zq{name}" for name in ("url", "code", "weights")},
}
SIGNS = {
    "year": ("1987",),
    "month": ("jun", "[1987, 6", "1987-06", "1987/06", '"month": 6', '"month": "6"'),
    "day": ("17",),
    "eprint": ("1906.01234",),
    "archiveprefix": ("arxiv",),
    "primaryclass": ("cs.zq",),
    "pages": ("492", "92"),
    "creationdate": ("2026-11-23",),
    "urldate": ("1901",),
    "origdate": ("1902",),
    "eventdate": ("1903",),
}
"""By what a value is found again, where it is not ``zq`` and the name of the field."""


def write_corpus(names: Sequence[str]) -> str:
    """Return an entry of each type, named like it, that has each field which makes sense there.

    A work has one container, and one of them is at arXiv.
    """
    entries = []
    for kind in TYPES:
        container = find_entry_type(kind).container
        left_out = {"journal", "booktitle", "journalsubtitle", "booksubtitle"}
        left_out -= {container, container.removesuffix("title") + "subtitle"}
        if kind != "misc":
            left_out |= {"eprint", "archiveprefix", "primaryclass"}
        fields = [name for name in names if name not in left_out]
        values = ", ".join(
            f"{name} = {{{VALUES.get(name) or make_value(name)}}}" for name in fields
        )
        entries.append(f"@{kind}{{{kind}, {values}}}\n")
    return "\n".join(entries)


def make_value(name: str) -> str:
    return rf"Zq{name} \& Größe"


@cache
def export(name: str, names: Sequence[str] = ALL) -> str:
    """Return the corpus in a format."""
    taxonomy, _ = read_taxonomy(TAXONOMY, "taxonomy.toml")
    catalog = make_library([Source("x.bib", write_corpus(names))], taxonomy).catalog
    return WRITERS[name](Selection(catalog=catalog), About(title="Round Trip"))


# What reads it -----------------------------------------------------------------------------------


def read_json(_folder: Path) -> dict[str, str]:
    papers = json.loads(export("json"))["papers"]
    # BibTeX is within as well, and holds everything once more.
    return {one["key"]: flatten(one | {"bibtex": "", "title_tex": ""}) for one in papers}


def read_csl(_folder: Path) -> dict[str, str]:
    return {one["id"]: flatten(one) for one in json.loads(export("csl-json"))}


def read_csv(_folder: Path) -> dict[str, str]:
    rows = csv.DictReader(io.StringIO(export("csv"), newline=""))
    return {row["key"]: flatten(row) for row in rows}


def read_pybtex(_folder: Path) -> dict[str, str]:
    return read_bib(export("bibtex"))


def read_bib(text: str) -> dict[str, str]:
    database = pybtex.database.parse_string(text, "bibtex")
    return {
        key: flatten([entry.to_string("bibtex"), dict(entry.fields)])
        for key, entry in database.entries.items()
    }


def read_biber(folder: Path) -> dict[str, str]:
    # Its parser has room for some hundred fields of an entry.
    (folder / "x.bib").write_text(export("bibtex", NAMES), encoding="utf-8")
    command = ["biber", "--tool", "--nolog", "--quiet", "--output-file=y.bib", "x.bib"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return read_bib((folder / "y.bib").read_text(encoding="utf-8"))


def read_rispy(_folder: Path) -> dict[str, str]:
    return {one["id"]: flatten(one) for one in rispy.loads(export("ris"))}


def make_pandoc(reader: str, form: str) -> Callable[[Path], dict[str, str]]:
    def read(_folder: Path) -> dict[str, str]:
        items = json.loads(run_pandoc(export(form), reader, "csljson"))
        return {one["id"]: flatten(one) for one in items}

    return read


def read_citeproc(_folder: Path) -> dict[str, str]:
    """Let a processor of CSL set the bibliography in a style."""
    text = export("csl-json")
    html = run_pandoc(text, "csljson", "html", "--citeproc")
    parts = html.split('id="ref-')[1:]
    return {part.partition('"')[0]: flatten(part) for part in parts}


def run_pandoc(text: str, reader: str, writer: str, *options: str) -> str:
    return subprocess.run(
        [pypandoc.get_pandoc_path(), "-f", reader, "-t", writer, *options],
        input=text,
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    ).stdout


Reader = Callable[[Path], dict[str, str]]
READERS: dict[str, tuple[str, Reader]] = {
    "JSON": ("json", read_json),
    "CSV": ("csv", read_csv),
    "BibTeX, pybtex": ("bibtex", read_pybtex),
    "BibTeX, biber": ("bibtex", read_biber),
    "BibTeX, pandoc": ("bibtex", make_pandoc("bibtex", "bibtex")),
    "BibLaTeX, pandoc": ("bibtex", make_pandoc("biblatex", "bibtex")),
    "CSL": ("csl-json", read_csl),
    "CSL, pandoc": ("csl-json", make_pandoc("csljson", "csl-json")),
    "CSL, citeproc": ("csl-json", read_citeproc),
    "RIS, rispy": ("ris", read_rispy),
    "RIS, pandoc": ("ris", make_pandoc("ris", "ris")),
}
"""By the heading of its column: the format, and what reads it, an entry as one text by its key."""


def flatten(value: Any) -> str:
    """Return everything that a value holds as one text in lower case."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.replace("\\\\", "\\").replace(r"\&", "&").replace("&amp;", "&").lower()


def find_kept(read: dict[str, str], name: str) -> tuple[int, int]:
    """Return in how many entries a field is found again, and in how many it was."""
    signs = "|".join(map(re.escape, SIGNS.get(name, ())))
    pattern = re.compile(signs or rf"zq{name}(?![a-z])")
    had = [key for key, names in describe_corpus().items() if name in names]
    return sum(pattern.search(read.get(key, "")) is not None for key in had), len(had)


@cache
def describe_corpus() -> dict[str, set[str]]:
    database = pybtex.database.parse_string(write_corpus(ALL), "bibtex")
    return {
        key: {name.lower() for name in (*entry.fields, *entry.persons)}
        for key, entry in database.entries.items()
    }
