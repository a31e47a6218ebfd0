"""Entries of every type in the list of references, in every builder.

``tests/cases/types/references.txt`` holds an entry of each type, what biblatex's authoryear style
(3.18) prints of it, and what our builders make of it. After a change that is meant,
``pytest tests/sphinx/test_references.py --update-goldens`` writes the last three anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import html

from livingsurvey.bibtex.fields import ENTRY_TYPES

from .conftest import Survey

PATH = Path(__file__).parent.parent / "cases/types/references.txt"
BUILDERS = ("text", "html", "latex")
WITHOUT_LAYOUT = {
    "bibnote", *(f"custom{letter}" for letter in "abcdef"),
    "softwareversion", "softwaremodule", "codefragment", "constitution", "legadminmaterial",
}  # fmt: skip
"""Types of which biblatex's own styles say nothing: of a survey or of other packages."""

ABBREVIATIONS = {
    "chap", "tech", "rep", "pat", "ma", "and", "url", "https", "doi", "eds", "jan", "mar", "apr",
    "in", "vol", "intro",
}  # fmt: skip
"""What we write out, put otherwise, or leave to the links."""


@dataclass
class Case:
    entry: str
    lines: dict[str, str]

    @property
    def type(self) -> str:
        return self.entry[1:].partition("{")[0]


def read_cases() -> dict[str, Case]:
    cases = {}
    for part in PATH.read_text(encoding="utf-8").split("=== ")[1:]:
        name, text = part.split(" ===\n", 1)
        entry, *lines = filter(None, text.splitlines())
        cases[name] = Case(entry, dict(line.split(": ", 1) for line in lines))
    return cases


CASES = read_cases()


def write_cases() -> None:
    parts = []
    for name, case in CASES.items():
        lines = "".join(f"\n{which}: {text}\n" for which, text in case.lines.items())
        parts.append(f"=== {name} ===\n{case.entry}\n{lines}")
    PATH.write_text("\n".join(parts), encoding="utf-8")


def join_lines(item: str) -> str:
    return " ".join(item.partition("\n\n")[0].split())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """By builder and name, what it makes of each entry."""
    survey = Survey(tmp_path_factory.mktemp("types"))
    survey.write(
        "papers.bib",
        "\n".join(
            f"{case.entry.removesuffix('}')}, keywords = {{flour}}}}" for case in CASES.values()
        ),
    )
    survey.write("conf.py", survey.read("conf.py") + "livingsurvey_unique_labels = False\n")
    survey.write("taxonomy.toml", '[flour]\ntitle = "Flour"\n')
    survey.write("docs/oven.md", "# Oven\n")
    survey.write("docs/dough.md", "# Dough\n\n## Flour\n\n```{survey:papers} flour\n```\n")
    outputs = {builder: survey.build(builder) for builder in BUILDERS}
    assert {(one.status, one.warnings) for one in outputs.values()} == {(0, "")}
    page = html.fromstring(outputs["html"].read("references.html"))
    markup = {}
    for item in page.xpath('//ul[@class="ls-references"]/li'):
        for link in item.xpath('./*[@class="ls-where" or contains(@class, "ls-entry")]'):
            item.remove(link)
        inner = html.tostring(item, encoding="unicode", with_tail=False)
        name = item.get("id").removeprefix("ref-")
        markup[name] = inner.partition(">")[2].removesuffix("</li>").strip()
    items = outputs["text"].read("references.txt").split("\n* ")[1:]
    plain = dict(zip(markup, (join_lines(item) for item in items), strict=True))
    pattern = r"\\lsreference\{.*?references:ref-(.*?)\}\}\}(.*)\{\}\{lsh-\d+\}$"
    printed = dict(re.findall(pattern, outputs["latex"].read("bread.tex"), re.MULTILINE))
    return {"text": plain, "html": markup, "latex": printed}


@pytest.mark.parametrize("name", CASES)
def test_an_entry_of_each_type(
    name: str, made: dict[str, dict[str, str]], pytestconfig: pytest.Config
) -> None:
    case = CASES[name]
    found = {builder: made[builder][name] for builder in BUILDERS}
    if pytestconfig.getoption("update_goldens"):
        case.lines |= found
        write_cases()
    assert {builder: case.lines[builder] for builder in BUILDERS} == found


@pytest.mark.parametrize("name", CASES)
def test_it_says_every_word_that_biblatex_says(name: str) -> None:
    case = CASES[name]
    theirs = set(re.findall(r"\w+", case.lines["biblatex"].partition(" url:")[0].lower()))
    ours = set(re.findall(r"\w+", case.lines["text"].lower()))
    assert theirs - ours - ABBREVIATIONS == set()


OWN_WORDS = {"month", "date", "type", "pubstate", "urldate"}
"""Fields whose values are said in words of ours."""


@pytest.mark.parametrize("name", CASES)
def test_it_says_every_fact_of_the_entry(name: str) -> None:
    case = CASES[name]
    said = set(re.findall(r"\w+?(?=(?<=[0-9])[a-z]+\b|\b)", case.lines["text"]))
    facts = re.findall(r"(\w+) = \{(.*?)\}(?=, \w+ =|\}$)", case.entry)
    assert facts
    for field, value in facts:
        words = set(re.findall(r"\w+", value)) - {"and", "others", "https"}
        assert field in OWN_WORDS or words <= said | {"others"}, field


def test_there_is_an_entry_of_every_type() -> None:
    known = {name for name, kind in ENTRY_TYPES.items() if kind.is_paper}
    assert known - {case.type for case in CASES.values()} == WITHOUT_LAYOUT


def test_no_full_stop_stands_behind_another_mark() -> None:
    for case in CASES.values():
        assert not re.search(r"[!?.]\.(?!\w)", case.lines["text"].replace("et al..", "")), case
