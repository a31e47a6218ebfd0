"""The scanner: never raises, covers what it says, and a mistake costs what it concerns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from livingsurvey.bibtex.scan import scan

from .bibliographies import bibliographies

if TYPE_CHECKING:
    from livingsurvey.bibtex.scan import Block

_TOKENS = [*'@{}()",=#%\\\n\r\t ', "a", "1", "é", "@string{", "@comment", "\x00", "\ud800"]
TRICKY = st.lists(st.sampled_from(_TOKENS), max_size=60).map("".join)
NUMBERS = range(10, 22)


def make_entry(number: int) -> str:
    return (
        f"@article{{key{number},\n"
        f"  title = {{The {{Title}} of {number}}},\n"
        f'  author = "Doe, Jane and Roe, Richard",\n'
        f"  year = {2000 + number},\n"
        "}\n\n"
    )


FILE = "".join(make_entry(number) for number in NUMBERS)


def find_keys(text: str) -> list[str]:
    return [block.key for block in scan(text) if block.kind == "entry"]


def read_fields(block: Block) -> dict[str, str]:
    return {field.name: "".join(part.text for part in field.parts) for field in block.fields}


@given(st.text() | TRICKY)
@example("@")
@example("@a{")
@example("@a{b,c={")
@example('@a{b,c="')
@example("@comment{")
@example("@{x}")
@example("@string{a=a")
def test_any_text_is_scanned(text: str) -> None:
    position = 0
    for block in scan(text):
        assert position <= block.start < block.end <= len(text)
        position = block.end
        assert all(0 <= mistake.offset <= len(text) for mistake in block.mistakes)
        for field in block.fields:
            assert block.start <= field.start <= field.value_start <= field.end <= len(text)
            assert text[field.start : field.start + len(field.name)] == field.name
            for part in field.parts:
                assert text[part.start : part.start + len(part.text)] == part.text


@given(bibliographies())
def test_well_formed_text_has_no_mistakes(text: str) -> None:
    assert [mistake for block in scan(text) for mistake in block.mistakes] == []


ENTRIES_OF_TOKENS = st.lists(
    st.sampled_from([*_TOKENS, "a = {b},\n", "c={d{e}f} ,", 'g = "h",', "{i}", "\n j = {"]),
    max_size=20,
).map(lambda tokens: "@a{k," + "".join(tokens))


@given(st.lists(ENTRIES_OF_TOKENS | bibliographies(), max_size=3).map("\n".join))
@example("@a{k, x = {" + "{a}" * 30000 + "}, y = {2}}")  # longer than a value may be
@example("@a{k, x = {a {\n@b{l, y = {c}},}")
def test_a_field_read_at_once_is_the_field_read_part_by_part(text: str) -> None:
    at_once = list(scan(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("livingsurvey.bibtex.scan._PLAIN_FIELD", re.compile("(?!)"))
        assert list(scan(text)) == at_once


@given(
    st.sampled_from(NUMBERS),
    st.data(),
)
def test_damaged_entry_costs_only_itself(number: int, data: st.DataObject) -> None:
    """Delete or insert delimiters anywhere in one entry: all others are read as before."""
    entry = make_entry(number)
    # Its first character stays: without the '@' there is no entry to speak of.
    at = data.draw(st.integers(1, len(entry.rstrip()) - 1))
    cut = data.draw(st.integers(0, 8))
    put = data.draw(st.sampled_from(["", "{", "}", '"', ",", "=", "#", "%", "{{", "}}", '""', "@"]))
    damaged = entry[:at] + put + entry[min(at + cut, len(entry.rstrip())) :].lstrip("@")
    text = FILE.replace(entry, damaged if damaged.endswith("\n\n") else damaged + "\n\n")
    expected = {block.key: read_fields(block) for block in scan(FILE)}
    found = {block.key: read_fields(block) for block in scan(text) if block.kind == "entry"}
    for key, fields in expected.items():
        if key != f"key{number}":
            assert found.get(key) == fields, key


@given(st.sampled_from(NUMBERS), st.sampled_from(["title", "author", "year"]))
def test_unclosed_value_costs_its_own_field_at_most(number: int, name: str) -> None:
    entry = make_entry(number)
    line = next(one for one in entry.splitlines() if one.lstrip().startswith(name))
    text = FILE.replace(entry, entry.replace(line, re.sub(r'[}"],$', ",", line)))
    blocks = {block.key: block for block in scan(text)}
    assert list(blocks) == find_keys(FILE)
    fields = read_fields(blocks[f"key{number}"])
    assert set(fields) == {"title", "author", "year"}
    mistakes = [mistake for block in blocks.values() for mistake in block.mistakes]
    assert len(mistakes) == (0 if name == "year" else 1)


def test_time_is_linear_in_hostile_text() -> None:
    """Count steps, not seconds: blocks found in text that looks like many beginnings."""
    for text in (
        "@a{" * 3000,
        "@a{b,c=" * 2000,
        '@a{b,c="' * 2000,
        "{" * 20000,
        "@a{b," + "c=" * 5000,
    ):
        assert len(list(scan(text))) <= text.count("@") + 1
