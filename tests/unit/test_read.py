"""From blocks to entries: macros, dialects, repeated keys and cross-references."""

from __future__ import annotations

import time

import pytest

from livingsurvey.bibtex.read import Entry, read_entries, unwrap
from livingsurvey.bibtex.source import Source


def read(*texts: str) -> tuple[dict[str, Entry], list[str]]:
    """Return the entries of files named 0.bib, 1.bib, …, by key, and what is wrong in them."""
    sources = [Source(f"{number}.bib", text) for number, text in enumerate(texts)]
    entries, problems = read_entries(sources)
    return {entry.key: entry for entry in entries}, [found.render() for found in problems]


def read_one(text: str) -> Entry:
    entries, problems = read(text)
    assert problems == []
    (entry,) = entries.values()
    return entry


def test_names_and_types_are_lower_case_and_values_have_single_spaces() -> None:
    entry = read_one("@ARTICLE{aB, Title = {  The\n  Title },}")
    assert (entry.key, entry.entry_type) == ("aB", "article")
    assert entry.get("title") == "The Title"
    assert entry.get("year") == ""


def test_macros_are_expanded_and_joined() -> None:
    entry = read_one('@string{JB = "Journal"}\n@article{a, journal = jb # { of } # "Bread"}')
    assert entry.get("journal") == "Journal of Bread"
    assert read_one("@misc{a, month = FEB}").get("month") == "February"


def test_later_files_see_the_macros_of_earlier_ones() -> None:
    entries, problems = read("@string{jb = {Bread}}", "@article{a, journal = jb}")
    assert (entries["a"].get("journal"), problems) == ("Bread", [])


def test_an_unknown_macro_is_text_and_reported_with_a_near_one() -> None:
    entries, problems = read("@string{bread = {B}}\n@misc{a, journal = braed}")
    assert entries["a"].get("journal") == "braed"
    assert problems == [
        (
            "0.bib:2:20: error: no @string defines 'braed'; did you mean 'bread'? "
            "[survey.undefined_string]"
        )
    ]


@pytest.mark.parametrize(
    ("written", "canonical"),
    [("journaltitle", "journal"), ("eprinttype", "archiveprefix"), ("eprintclass", "primaryclass")],
)
def test_the_names_of_biblatex_are_those_of_bibtex(written: str, canonical: str) -> None:
    assert read_one(f"@misc{{a, {written} = {{x}}}}").get(canonical) == "x"


def test_a_field_given_twice_counts_once_and_is_reported() -> None:
    entries, problems = read("@misc{a, note = {1}, note = {2}, journal = {J}, journaltitle = {K}}")
    assert (entries["a"].get("note"), entries["a"].get("journal")) == ("1", "J")
    assert [problem.partition("error: ")[2] for problem in problems] == [
        (
            "a: the field 'note' is given twice; the first one is used; remove this one "
            "[survey.duplicate_field]"
        ),
        (
            "a: 'journaltitle' is another name for 'journal', which is there; the first one is "
            "used; remove this one [survey.duplicate_field]"
        ),
    ]


@pytest.mark.parametrize(("first", "second"), [("Smith", "smith"), ("é2020a", "e\u03012020a")])
def test_a_key_is_one_without_regard_to_case_and_to_how_accents_are_coded(
    first: str, second: str
) -> None:
    entries, problems = read(f"@misc{{{first}, note = {{1}}}}", f"@misc{{{second}, note = {{2}}}}")
    assert {key: entry.get("note") for key, entry in entries.items()} == {first: "1"}
    assert [problem.partition(" ")[0] for problem in problems] == ["1.bib:1:7:"]
    assert problems[0].endswith("[survey.duplicate_key]")


def test_a_place_in_a_value_is_a_place_in_the_file() -> None:
    text = "@misc{a,\n  title = {The Title},\n  note = {n} # {m},\n}"
    entry = read_one(text)
    assert str(entry.location) == "0.bib:1:1"
    assert str(entry.locate("title", 4)) == "0.bib:2:16"
    # Of a value in several parts only its beginning has a place.
    assert str(entry.locate("note", 1)) == "0.bib:3:11"
    assert str(entry.locate("missing")) == "0.bib:1:1"


CROSSREF = """\
@inproceedings{child, title = {Paper}, crossref = {parent}, publisher = {Own}}
@proceedings{parent, title = {Volume}, subtitle = {Days}, year = {2020}, publisher = {P},
  keywords = {a}}
"""


def test_a_child_takes_over_what_it_lacks() -> None:
    child = read(CROSSREF)[0]["child"]
    assert {name: child.get(name) for name in ("title", "booktitle", "year", "publisher")} == {
        "title": "Paper", "booktitle": "Volume", "year": "2020", "publisher": "Own",
    }  # fmt: skip
    assert child.inherited == {"booktitle", "booksubtitle", "year"}
    # What comes from elsewhere has no place of its own.
    assert child.locate("year") == child.location


def test_the_order_of_child_and_parent_does_not_count() -> None:
    first, second, rest = CROSSREF.partition("@proceedings")
    turned = read(second + rest + first)[0]
    assert turned["child"].get("year") == "2020"


def test_xdata_passes_on_everything_also_from_several() -> None:
    entries, problems = read(
        "@xdata{x, title = {T}}\n@xdata{y, note = {N}}\n@misc{a, xdata = {x, y}, year = 2020}"
    )
    assert problems == []
    assert (entries["a"].get("title"), entries["a"].get("note")) == ("T", "N")


def test_a_reference_to_nothing_is_reported_where_it_stands() -> None:
    assert read("@misc{parent}\n@misc{a,\n  crossref = {parnet}}")[1] == [
        (
            "0.bib:3:15: error: a: crossref names no entry: 'parnet'; did you mean 'parent'? "
            "[survey.crossref]"
        )
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{a}", "a"),
        ("{{a} and b}", "{a} and b"),
        ("{a} and {b}", "{a} and {b}"),
        ("{{{a}}}", "a"),
        ("{ { a } }", "a"),
        ("{{a} {b}}", "{a} {b}"),
        ("{a}}", "{a}}"),
        ("{a", "{a"),
        ("", ""),
    ],
)
def test_braces_around_the_whole_are_taken_off(text: str, expected: str) -> None:
    assert unwrap(text) == expected


def test_many_braces_around_the_whole_take_no_longer_than_few() -> None:
    text = "{" * 100_000 + "{a} b" + "}" * 100_000
    start = time.process_time()
    assert unwrap(text) == "{a} b"
    assert time.process_time() - start < 2


def test_braces_around_the_whole_stay_in_titles_and_names() -> None:
    entry = read_one("@misc{a, title = {{GPT}}, author = {{OpenAI}}, year = {{2020}}}")
    assert (entry.get("title"), entry.get("author"), entry.get("year")) == (
        "{GPT}",
        "{OpenAI}",
        "2020",
    )
