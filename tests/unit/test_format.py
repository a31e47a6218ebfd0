"""The canonical layout of a .bib file: what it does, and what it leaves alone."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from livingsurvey.bibtex.edit import Edit, apply_edits
from livingsurvey.bibtex.source import replace_file
from livingsurvey.bibtex.write import format_text, invert_name, write_entry

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = """\
@article{doe2020title,
  title         = {A Title},
  author        = {Doe, Jane},
  year          = {2020},
}
"""


def check(before: str, after: str) -> None:
    assert format_text(before).text == after
    assert format_text(after).text == after


def test_canonical_entry_is_the_one_that_is_written() -> None:
    fields = {"year": "2020", "author": "Doe, Jane", "title": "A Title"}
    assert write_entry("article", "doe2020title", fields) == ENTRY
    assert format_text(ENTRY).text == ENTRY
    assert format_text(ENTRY).changed == ()


@pytest.mark.parametrize(
    "written",
    [
        '@ARTICLE{doe2020title, YEAR = 2020, Author="Doe,   Jane", title={A\n    Title}}',
        "@article ( doe2020title ,year={2020},title={ A Title },author={Doe, Jane} )",
        "@article{doe2020title,\r\n\ttitle={A\r\n\tTitle},author={Jane Doe},\r\n\tyear=2020\r\n}",
        "\n\n\n" + ENTRY + "\n\n\n",
        ENTRY.replace("\n", "\r"),
        ENTRY.rstrip("\n"),
    ],
)
def test_one_layout_whatever_is_written(written: str) -> None:
    check(written, ENTRY)


def test_fields_stand_in_order_and_unknown_ones_behind() -> None:
    check(
        "@misc{k, zebra={1}, keywords={a}, year={2020}, apple={2}, title={T}, journaltitle={J},"
        " date={2020-01-01}}",
        "@misc{k,\n"
        "  title         = {T},\n"
        "  journaltitle  = {J},\n"
        "  year          = {2020},\n"
        "  date          = {2020-01-01},\n"
        "  keywords      = {a},\n"
        "  zebra         = {1},\n"
        "  apple         = {2},\n"
        "}\n",
    )


def test_macros_and_joined_values_stay_what_they_are() -> None:
    check(
        '@string(acl="ACL  ")\n@STRING{ x = acl # "one" }\n'
        "@misc{k, month=jan, title = acl  #  {two  three} # 4}",
        "@string{acl = {ACL }}\n"
        "@string{x = acl # {one}}\n\n"
        "@misc{k,\n"
        "  title         = acl # {two three} # 4,\n"
        "  month         = jan,\n"
        "}\n",
    )


def test_entries_are_sorted_and_their_comments_travel_with_them() -> None:
    check(
        "% The header\n% of the file.\n\n"
        "% on zoe\n@misc{zoe,\n}  % remark on zoe\n"
        "% on Adam, 1\n% on Adam, 2\n@misc{Adam,\n}\n\n"
        "A paragraph before ben.\n\n@misc{ben,\n}\n"
        "\nThe end.\n",
        "% The header\n% of the file.\n\n"
        "% on Adam, 1\n% on Adam, 2\n@misc{Adam,\n}\n\n"
        "A paragraph before ben.\n\n@misc{ben,\n}\n\n"
        "% on zoe\n@misc{zoe,\n}  % remark on zoe\n\n"
        "The end.\n",
    )


def test_jabref_settings_go_to_the_end_and_keep_their_bytes() -> None:
    settings = (
        "@Comment{jabref-meta: grouping:\n0 AllEntriesGroup:;\n1 StaticGroup:a\\;0\\;1\\;;\n}"
    )
    check(
        f"% Encoding: UTF-8\n\n@misc{{b,\n}}\n\n{settings}\n\n@misc{{a,\n}}\n",
        f"% Encoding: UTF-8\n\n@misc{{a,\n}}\n\n@misc{{b,\n}}\n\n{settings}\n",
    )


def test_other_comments_are_text_and_stay_whole() -> None:
    comment = "@comment{ an entry out of use:\n\n  @misc(old, title = {x})\n}"
    check(
        f"@misc{{b,\n}} {comment}\n@misc{{a,\n}}\n",
        f"{comment}\n@misc{{a,\n}}\n\n@misc{{b,\n}}\n",
    )
    check(f"{comment}\n@misc{{a,\n}}\n", f"{comment}\n@misc{{a,\n}}\n")
    check(f"{comment}\n\n@misc{{a,\n}}\n", f"{comment}\n\n@misc{{a,\n}}\n")


def test_preamble_keeps_its_bytes() -> None:
    check(
        '@Preamble{ "\\newcommand{\\x}{y}"\n  # "z" }\n\n\n@misc{a,\n}\n',
        '@Preamble{ "\\newcommand{\\x}{y}"\n  # "z" }\n\n@misc{a,\n}\n',
    )


def test_definitions_move_up_before_what_uses_them() -> None:
    check(
        "@misc{b,\n}\n\n@string{x = {1}}\n\n@misc{a,\n  title         = x,\n}\n",
        "@string{x = {1}}\n\n@misc{a,\n  title         = x,\n}\n\n@misc{b,\n}\n",
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "@string{x = {1}}\n\n@misc{b,\n  title         = x,\n}\n\n@string{X = {2}}\n",
            "the macro 'x' is defined twice",
        ),
        (
            "@misc{b,\n  title         = x,\n}\n\n@string{x = {1}}\n\n@misc{a,\n}\n",
            "the macro 'x' is used before it is defined",
        ),
        ("@misc{b,\n}\n\n@string{jan = {1}}\n\n@misc{a,\n}\n", "the macro 'jan' is defined twice"),
    ],
)
def test_nothing_moves_where_macros_would_change_their_meaning(text: str, reason: str) -> None:
    outcome = format_text(text)
    assert outcome.unsorted_because == reason
    assert outcome.text == text


def test_cross_referenced_entries_stand_behind_those_that_take_from_them() -> None:
    check(
        "@proceedings{conf,\n}\n\n@misc{zoe,\n  crossref      = {Conf},\n}\n\n"
        "@book{all,\n}\n\n@misc{ben,\n  crossref      = {all},\n}\n",
        "@misc{ben,\n  crossref      = {all},\n}\n\n@misc{zoe,\n  crossref      = {Conf},\n}\n\n"
        "@book{all,\n}\n\n@proceedings{conf,\n}\n",
    )


def test_circle_of_cross_references_comes_to_rest() -> None:
    text = "".join(
        f"@misc{{{one},\n  crossref      = {{{other}}},\n}}\n" for one, other in ["ab", "bc", "ca"]
    )
    once = format_text(text).text
    assert format_text(once).text == once
    assert once.count("@misc") == 3


def test_entries_of_one_key_keep_their_order_since_the_first_one_counts() -> None:
    check(
        "@misc{B,\n  title         = {1},\n}\n@misc{b,\n  title         = {2},\n}\n",
        "@misc{B,\n  title         = {1},\n}\n\n@misc{b,\n  title         = {2},\n}\n",
    )


def test_lines_of_abstracts_and_comments_stay_as_jabref_keeps_them() -> None:
    text = "@misc{a,\n  abstract      = {One.\n\n  Two.},\n  comment-jane  = {x\n y},\n}\n"
    check(text, text)
    check(text.replace("\n", "\r\n"), text)


@pytest.mark.parametrize(
    ("name", "inverted"),
    [
        ("Jane Doe", "Doe, Jane"),
        ("Martin E. Hellman", "Hellman, Martin E."),
        ("Jean de La Fontaine", "de La Fontaine, Jean"),
        ("Ludwig van Beethoven", "van Beethoven, Ludwig"),
        ("Maria {de la Cruz}", "{de la Cruz}, Maria"),
        (r"Kurt G{\"o}del", r"G{\"o}del, Kurt"),
        ("Doe, Jane", "Doe, Jane"),
        ("King, Jr, Martin Luther", "King, Jr, Martin Luther"),
        ("{DeepSeek-AI}", "{DeepSeek-AI}"),
        ("Plato", "Plato"),
        ("others", "others"),
        ("Donald~E. Knuth", "Donald~E. Knuth"),  # the tie would be lost
        ("A. Doe; B. Roe", "A. Doe; B. Roe"),
        ("A. Doe et al.", "A. Doe et al."),
    ],
)
def test_names_are_inverted_where_nothing_is_lost(name: str, inverted: str) -> None:
    assert invert_name(name) == inverted


def test_empty_name_keeps_the_whole_list_as_it_is() -> None:
    text = "@misc{a,\n  author        = {Jane Doe and  and John Roe},\n}\n"
    assert "Jane Doe and and John Roe" in format_text(text).text


def test_control_space_at_the_end_does_not_become_an_escaped_brace() -> None:
    assert "{A\\ }," in format_text("@misc{a, title = {A\\ }}").text
    assert "{A\\\\}," in format_text("@misc{a, title = {A\\\\ }}").text


@pytest.mark.parametrize(
    "text",
    [
        "@misc{a, title = {x}",
        "@misc{a, title = {x}} \n@misc{, title = {y}}",
        "@misc{a, title {x}}",
        "@misc{a,\n  % no comment\n  title = {x}}",
        "@ misc",
    ],
)
def test_text_with_mistakes_is_not_touched(text: str) -> None:
    outcome = format_text(text)
    assert outcome.text == text
    assert outcome.mistakes


@pytest.mark.parametrize("text", ["", "\n", "  \r\n\r\n"])
def test_empty_file_stays_empty(text: str) -> None:
    check(text, "")


def test_file_of_text_alone_stays() -> None:
    check(
        "% nothing here yet\r\n\r\nmail me@example.org\r\n",
        "% nothing here yet\n\nmail me@example.org\n",
    )


def test_the_survey_itself_is_canonical(root: Path) -> None:
    text = (root / "bib" / "efficiency-spectrum.bib").read_bytes().decode("utf-8")
    outcome = format_text(text)
    assert (outcome.changed, outcome.mistakes) == ((), ())
    assert outcome.text == text


def test_edits_change_their_spans_alone() -> None:
    assert apply_edits("abcdef", [Edit(4, 6, "X"), Edit(0, 1, ""), Edit(2, 2, "-")]) == "b-cdX"
    with pytest.raises(ValueError, match="overlapping edits at 1"):
        apply_edits("abc", [Edit(0, 2, ""), Edit(1, 3, "")])


def test_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.bib"
    path.write_bytes(b"old\r\n")
    path.chmod(0o640)
    link = tmp_path / "link.bib"
    link.symlink_to(path.name)
    replace_file(link, "néw\n")
    assert path.read_bytes() == "néw\n".encode()
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link.bib", "x.bib"]


def test_failed_replacement_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.bib"
    path.write_text("old", encoding="utf-8")

    def fail(_descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        replace_file(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["x.bib"]
