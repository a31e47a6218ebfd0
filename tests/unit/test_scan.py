"""What the scanner makes of the text of a .bib file: blocks, parts and mistakes, each in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from livingsurvey.bibtex.scan import scan

if TYPE_CHECKING:
    from livingsurvey.bibtex.scan import Block

ENTRY = """\
% Text between entries is a comment, also user@example.org in the middle of a line.
@Article{rossi2019wild,
  title = {The {Wild} Yeast},
  month = 12 # "~" # jan,
}
"""


def scan_one(text: str) -> Block:
    (block,) = scan(text)
    return block


def mistakes(text: str) -> list[tuple[str, str]]:
    """Return what is wrong in a text: the rest of the text from its place on, and the message."""
    return [
        (text[mistake.offset :][:8], mistake.message)
        for block in scan(text)
        for mistake in block.mistakes
    ]


def test_an_entry_has_a_command_a_key_and_fields_in_order() -> None:
    block = scan_one(ENTRY)
    assert (block.kind, block.command, block.key) == ("entry", "Article", "rossi2019wild")
    assert [field.name for field in block.fields] == ["title", "month"]
    assert block.mistakes == []


def test_every_part_knows_its_place() -> None:
    block = scan_one(ENTRY)
    assert ENTRY[block.start : block.end] == ENTRY.partition("\n")[2].rstrip("\n")
    assert ENTRY[block.key_start :].startswith("rossi2019wild,")
    title, month = block.fields
    assert ENTRY[title.start : title.end] == "title = {The {Wild} Yeast}"
    assert ENTRY[title.value_start : title.end] == "{The {Wild} Yeast}"
    assert ENTRY[month.value_start : month.end] == '12 # "~" # jan'
    for part in (*title.parts, *month.parts):
        assert ENTRY[part.start :].startswith(part.text)


def test_a_value_is_made_of_parts_of_four_kinds() -> None:
    block = scan_one('@misc{a, x = {b{r}} # "q" # 20 # jan # 3d}')
    assert [(part.kind, part.text) for part in block.fields[0].parts] == [
        ("braced", "b{r}"), ("quoted", "q"), ("number", "20"), ("macro", "jan"), ("macro", "3d"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("@STRING{jb = {Journal of Bread}}", "string"),
        ('@preamble("\\newcommand{\\x}{y}")', "preamble"),
        ("@Comment{jabref-meta: databaseType:bibtex;}", "comment"),
        ("@unheard-of(key, title = {T})", "entry"),
    ],
)
def test_commands_are_told_apart_without_regard_to_case(text: str, kind: str) -> None:
    block = scan_one(text)
    assert (block.kind, block.end, block.mistakes) == (kind, len(text), [])


def test_a_macro_and_a_preamble_keep_their_values_as_fields() -> None:
    string, preamble = scan('@string{jb = "Bread" # x}\n@preamble{"\\a"}')
    assert [(field.name, len(field.parts)) for field in string.fields] == [("jb", 2)]
    assert [(field.name, field.parts[0].text) for field in preamble.fields] == [("", "\\a")]


def test_every_brace_counts_also_behind_a_backslash() -> None:
    assert scan_one(r"@misc{a, x = {\{}}, y = 1}").fields[0].parts[0].text == r"\{}"
    assert scan_one('@misc{a, x = "say {"}hi{"}"}').fields[0].parts[0].text == 'say {"}hi{"}'


def test_a_settings_block_may_hold_lines_that_look_like_entries() -> None:
    comment, entry = scan("@comment{jabref:\n@misc{x, y = {z}}\n}\n@misc{a, b = 1}")
    assert (comment.kind, entry.key) == ("comment", "a")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@misc{a, x = {1} y = {2}}", [(" y = {2}", "missing comma behind field 'x'")]),
        ("@misc{a x = {1}}", [("x = {1}}", "missing comma behind the key 'a'")]),
        ("@misc{a,, x = {1}}", [(", x = {1", "a comma too many")]),
        ("@misc{a, x = {1}}, y = {2}}", [("}, y = {", "a '}' too many")]),
        ("@misc{x = {1}}", [("x = {1}}", "an entry without a citation key")]),
        ("@{a, x = {1}}", [("@{a, x =", "an entry without a type")]),
        ("@\n", [("@\n", "'@' without an entry")]),
        ("@misc{a, x = , y = 1}", [(", y = 1}", "field 'x' has no value")]),
        ("@misc{a, x = {1}", [("@misc{a,", "@misc{a is not closed")]),
        ("@comment{a", [("@comment", "@comment is not closed")]),
        ("@misc{a, what, x = 1}", [("what, x ", "expected 'name = value', found 'what'")]),
        (
            "@misc{a, % no\n x = 1}",
            [("% no\n x ", "BibTeX has no comments inside an entry")],
        ),
        (
            "@misc{a,\n  x = {1,\n  y = {2},\n}\n@misc{b, z = 3}",
            [("{1,\n  y ", "field 'x' is not closed")],
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_said_at_its_place(text: str, expected: list[tuple[str, str]]) -> None:
    assert mistakes(text) == expected


def test_a_mistake_costs_only_what_it_concerns() -> None:
    text = "@misc{a,\n  x = {1,\n  y = {2},\n}\n@misc{b, z = 3}"
    first, second = scan(text)
    assert {field.name: field.parts[0].text for field in first.fields} == {"x": "1", "y": "2"}
    assert (second.key, second.mistakes) == ("b", [])


def test_a_key_of_several_words_is_one_mistake_and_one_key() -> None:
    text = "@misc{jane doe06, year = {2006}}\n@misc{jane roe07, title = {T}}\n"
    first, second = scan(text)
    assert (first.key, second.key) == ("jane-doe06", "jane-roe07")
    assert [field.name for field in first.fields] == ["year"]
    assert [one.message for one in first.mistakes] == ["a blank in the citation key"]
    assert first.mistakes[0].suggestion == "write 'jane-doe06'"
