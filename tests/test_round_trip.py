"""What a format can hold of an entry it holds: read back, field by field, of every entry type."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from livingsurvey.bibtex.fields import OWN_FIELDS
from tests.round_trip import ALL, NAMES, READERS, TYPES, find_kept

if TYPE_CHECKING:
    from pathlib import Path

    from tests.round_trip import Reader

OWN = OWN_FIELDS - {"crossref", "groups"}
NOT_HELD = {
    "JSON": set(),
    # Columns are for the fields that the survey knows; subtitles belong to title and venue.
    "CSV": set(ALL) - set(NAMES) - {"journalsubtitle", "booksubtitle"},
    "BibTeX, pybtex": OWN,  # a reader does not want them
    "BibTeX, biber": OWN | {"address"},  # to biblatex another name for location, which is there
    "CSL": {"creationdate"},
    "RIS, rispy": {"creationdate", "primaryclass"},
}
"""The fields that a format has no place for, or leaves out on purpose; all others come back."""

ESSENTIAL = ("author", "title", "year", "doi", "volume", "number")
"""What every program reads of an entry of every type, whatever else it has no place for."""


def read(name: str, folder: Path) -> dict[str, str]:
    reader: Reader = READERS[name][1]
    texts = reader(folder)
    assert set(texts) == set(TYPES)
    return texts


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.needs_tool("biber") if "biber" in name else ())
        for name in NOT_HELD
    ],
)
def test_every_field_of_every_type_comes_back(name: str, tmp_path: Path) -> None:
    texts = read(name, tmp_path)
    names = NAMES if "biber" in name else ALL
    kept = {field: find_kept(texts, field) for field in names}
    lost = {field for field, (found, had) in kept.items() if found < had}
    assert lost == NOT_HELD[name] & set(names)


@pytest.mark.parametrize("name", [name for name in READERS if "pandoc" in name])
def test_pandoc_reads_what_is_essential(name: str, tmp_path: Path) -> None:
    texts = read(name, tmp_path)
    lost = {field for field in ESSENTIAL if len(set(find_kept(texts, field))) > 1}
    # RIS has another tag for the number of a report, which pandoc does not read; in CSL that of a
    # preprint is the one of arXiv.
    assert lost <= {"number"}


def test_a_processor_of_csl_shows_what_is_essential(tmp_path: Path) -> None:
    texts = read("CSL, citeproc", tmp_path)
    for field in ("author", "year", "doi"):
        assert len(set(find_kept(texts, field))) == 1
    for field in ("title", "editor", "volume", "translator"):
        found, had = find_kept(texts, field)
        assert found >= had - 1, field
