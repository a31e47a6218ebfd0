"""Formatting changes the layout and nothing else, and once is enough."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livingsurvey.bibtex.read import read_entries
from livingsurvey.bibtex.scan import scan
from livingsurvey.bibtex.source import Source
from livingsurvey.bibtex.write import format_text
from livingsurvey.names import parse_name, split_names
from livingsurvey.rules import RULES, apply_fixes
from livingsurvey.taxonomy import Taxonomy

from .bibliographies import bibliographies
from .test_read import read_with_pybtex
from .test_scan import TRICKY

if TYPE_CHECKING:
    from pathlib import Path


@given(bibliographies())
def test_twice_is_once(text: str) -> None:
    once = format_text(text)
    again = format_text(once.text)
    assert again.text == once.text
    assert (once.mistakes, again.mistakes, again.changed) == ((), (), ())


@given(bibliographies())
def test_pybtex_reads_the_same(text: str) -> None:
    assert read_with_pybtex(format_text(text).text) == read_with_pybtex(text)


@given(bibliographies())
def test_we_read_the_same(text: str) -> None:
    def read(text: str) -> dict[str, tuple[str, dict[str, object]]]:
        found, problems = read_entries([Source("x.bib", text)])
        assert problems == []
        return {
            entry.key: (
                entry.entry_type,
                {name: facts(name, entry.get(name)) for name in entry.values},
            )
            for entry in found
        }

    def facts(name: str, value: str) -> object:
        if name in {"author", "editor"}:
            return [parse_name(one.text)[0] for one in split_names(value)]
        return value

    assert read(format_text(text).text) == read(text)


@given(bibliographies())
def test_free_text_is_kept(text: str) -> None:
    def words(text: str) -> list[str]:
        position, out = 0, []
        for block in scan(text):
            if block.kind != "comment":
                out += text[position : block.start].split()
                position = block.end
        return sorted([*out, *text[position:].split()])

    assert words(format_text(text).text) == words(text)


@given(bibliographies())
def test_layout_is_canonical(text: str) -> None:
    out = format_text(text).text
    assert "\r" not in out
    assert not out.startswith("\n")
    assert out == "" or (out.endswith("\n") and not out.endswith("\n\n"))
    blocks = [block for block in scan(out) if block.kind == "entry"]
    keys = [block.key.casefold() for block in blocks]
    assert keys == sorted(keys)
    for block in blocks:
        assert re.match(rf"@[a-z]+\{{{re.escape(block.key)},\n", out[block.start : block.end])


@given(st.text() | TRICKY)
def test_any_text_is_formatted_or_refused(text: str) -> None:
    outcome = format_text(text)
    if outcome.mistakes:
        assert outcome.text == text
    else:
        assert format_text(outcome.text).text == outcome.text


@given(bibliographies())
def test_repairs_end_and_leave_good_bibtex(text: str) -> None:
    mended = apply_fixes([Source("x.bib", text)], Taxonomy(), RULES)
    out = mended.sources[0].text
    assert [mistake for block in scan(out) for mistake in block.mistakes] == []
    assert [block.key for block in scan(out)] == [block.key for block in scan(text)]
    assert apply_fixes(mended.sources, Taxonomy(), RULES).fixes == ()


@pytest.mark.needs_tool("biber")
def test_biber_reads_the_same(tmp_path: Path) -> None:
    """Let biber write both files its own way: the data are equal."""
    text = BIBER_SAMPLE
    formatted = format_text(text)
    assert formatted.mistakes == ()
    assert formatted.text != text
    assert read_with_biber(tmp_path, "after", formatted.text) == read_with_biber(
        tmp_path, "before", text
    )


@pytest.mark.slow
@pytest.mark.needs_tool("biber")
def test_biber_finds_no_fault_in_the_survey(tmp_path: Path, root: Path) -> None:
    text = (root / "bib" / "efficiency-spectrum.bib").read_text(encoding="utf-8")
    written = read_with_biber(tmp_path, "survey", text, "--validate-datamodel")
    assert len(written) == text.count("\n@")


BIBER_SAMPLE = r"""
% a remark
@STRING{acl = "Annual Meeting of the " # "ACL"}
@InProceedings ( zoe2020x ,
   Title = "The {TeX}
      of Things",  AUTHOR = {Jean de La Fontaine and Kurt G{\"o}del and {Big Group}},
   BookTitle = acl # { 2020}, year = 2020, month = jan, pages="1--5",
   keywords={one, two} )
@article{abe2019y, author={Doe, Jane and Roe, Jr., Richard}, title={A  {B} C}, journal={J},
  journalsubtitle = {x}, date={2019-05-01}, crossref={}}
@comment{jabref-meta: databaseType:biblatex;}
"""


def read_with_biber(folder: Path, name: str, text: str, *options: str) -> list[list[str]]:
    """Return the entries as biber understands and writes them, each as sorted lines."""
    source, target = folder / f"{name}.bib", folder / f"{name}.out.bib"
    source.write_text(text, encoding="utf-8")
    run = subprocess.run(
        ["biber", "--tool", "--nolog", "--quiet", *options, f"--output-file={target}", str(source)],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "ERROR" not in run.stdout, run.stdout
    assert run.returncode == 0, run.stdout
    blocks = target.read_text(encoding="utf-8").split("\n@")
    return sorted(
        sorted(line.strip().rstrip(",") for line in block.lstrip("@").splitlines() if line.strip())
        for block in blocks
        if block.strip() and not block.lower().lstrip("@").startswith(("comment", "string"))
    )
