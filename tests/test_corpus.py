"""Every case of the corpus: told at its place, costs only itself, and injects nothing."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import time
from typing import TYPE_CHECKING, Any

import pybtex.database
import pybtex.errors
import pytest
import rispy
from lxml import etree, html

from livingsurvey.bibtex.source import Source, decode
from livingsurvey.bibtex.write import format_text
from livingsurvey.book import typeset
from livingsurvey.catalog import make_library
from livingsurvey.charts.drawing import read_drawing
from livingsurvey.diagnostics import Code, limit_diagnostics, sort_diagnostics
from livingsurvey.exports import FORMATS, About, Selection
from livingsurvey.exports.formats import WRITERS
from livingsurvey.rules import check_library, select_rules
from livingsurvey.taxonomy import read_taxonomy
from tests.corpus import BIB_KINDS, OTHER_KINDS, TAXONOMY, Case, read_cases, update
from tests.sphinx.conftest import CONF, Survey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from livingsurvey.catalog import Library
    from livingsurvey.diagnostics import Diagnostic

BIBS = read_cases(*BIB_KINDS)
# What a case leaves out on purpose, so that each says only what it is about.
NOT_MEANT = dict.fromkeys(
    (Code.MISSING_FIELD, Code.NO_CATEGORY, Code.MISSING_CREATIONDATE, Code.KEY_FORM), "not meant"
)
SECONDS = 4.0
"""Seconds that a case may take to be checked and formatted, where tests run side by side."""
SECRET = "root:x:0:0"
PAGE = """\
# Hostile

```{survey:papers} plain
```

## References

```{survey:references}
```

## All

```{survey:explorer}
```

```{survey:downloads}
```
"""


def name_case(case: Case) -> str:
    return case.key


def read_bib(case: Case) -> tuple[Source, Library]:
    source, problems = decode(case.make_bib(), f"{case.key}.bib")
    taxonomy, _ = read_taxonomy(TAXONOMY, "taxonomy.toml")
    return source, make_library([source], taxonomy, problems)


def say(diagnostics: Iterable[Diagnostic]) -> list[str]:
    """Return findings as the corpus holds them: without the path, at most five."""
    found = sort_diagnostics(one for one in diagnostics if one.code not in NOT_MEANT)
    lines = [one.render().removeprefix(one.location.path).lstrip(":") for one in found]
    if len(lines) > 5:
        lines[5:] = [f"and {len(lines) - 5} more"]
    return [line if len(line) < 400 else f"{line[:400]}…" for line in lines]


def check_finds(case: Case, found: list[str], request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-goldens"):
        update(case.kind, {case.name: found})
    else:
        assert found == case.finds


def test_there_are_many() -> None:
    cases = read_cases(*BIB_KINDS, *OTHER_KINDS)
    assert len(cases) >= 250
    assert len({case.key for case in cases}) == len(cases)


@pytest.mark.parametrize("case", BIBS, ids=name_case)
def test_a_bibliography_is_told_and_costs_only_itself(
    case: Case, request: pytest.FixtureRequest
) -> None:
    begin = time.process_time()
    source, library = read_bib(case)
    found = check_library(library, select_rules(NOT_MEANT))
    entries = {case.first, case.last}
    assert entries <= library.catalog.papers.keys()
    formatted = format_text(source.text).text
    again = make_library([Source(source.path, formatted)], library.catalog.taxonomy)
    assert again.catalog.papers.keys() == library.catalog.papers.keys()
    assert format_text(formatted).text == formatted
    assert time.process_time() - begin < SECONDS
    for one in found:
        assert one.render().isprintable()
        assert one.location.path == source.path
        assert 0 < one.location.line <= len(re.split(r"\r\n|\r|\n", source.text))
    check_finds(case, say(found), request)


@pytest.mark.parametrize("case", read_cases("taxonomy"), ids=name_case)
def test_a_taxonomy_is_told(case: Case, request: pytest.FixtureRequest) -> None:
    taxonomy, problems = read_taxonomy(case.text, "taxonomy.toml")
    assert all(one.title.isprintable() for one in taxonomy.categories.values())
    check_finds(case, say(problems), request)


@pytest.mark.parametrize("case", read_cases("drawings"), ids=name_case)
def test_a_drawing_is_told(case: Case, request: pytest.FixtureRequest) -> None:
    begin = time.process_time()
    _, problems = read_drawing(case.make_svg(), "x.svg")
    assert time.process_time() - begin < SECONDS
    check_finds(case, say(problems), request)


@pytest.mark.parametrize("case", read_cases("settings"), ids=name_case)
def test_a_setting_is_told(case: Case, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    survey = Survey(tmp_path)
    survey.write("conf.py", f"{case.text}\n" if "=" not in CONF else f"{CONF}{case.text}\n")
    (tmp_path / "loop.bib").symlink_to("loop.bib")
    result = survey.build("dummy")
    assert result.status == 2
    assert "Traceback" not in result.warnings
    last = CONF.count("\n") + 1
    lines = [line for line in result.warnings.splitlines() if "[survey.config]" in line]
    assert all(line.startswith(f"conf.py:{last}: ERROR: ") for line in lines)
    assert len(lines) == 1
    check_finds(case, [lines[0].removeprefix(f"conf.py:{last}: ")], request)


def test_exports_hold_every_entry_and_nothing_else(tmp_path: Path) -> None:
    """All cases in one bibliography, read back by other programs."""
    sources, problems = zip(*(decode(c.make_bib(), f"{c.key}.bib") for c in BIBS), strict=True)
    taxonomy, _ = read_taxonomy(TAXONOMY, "taxonomy.toml")
    catalog = make_library(sources, taxonomy, [one for some in problems for one in some]).catalog
    about = About(title="Hostile", tag_authority="example.org,2026:hostile")
    texts = {name: WRITERS[name](Selection(catalog=catalog), about) for name in FORMATS}
    keys = set(catalog.papers)
    assert {key for case in BIBS for key in (case.first, case.last)} <= keys
    assert {one["key"] for one in json.loads(texts["json"])["papers"]} == keys
    assert {one["id"] for one in json.loads(texts["csl-json"])} == keys
    # A cell may hold more than Python's reader of CSV takes by itself.
    csv.field_size_limit(10**7)
    rows = list(csv.DictReader(io.StringIO(texts["csv"], newline="")))
    assert {row["key"].lstrip("'") for row in rows} == keys
    for row in rows:
        assert not [cell for cell in row.values() if cell and cell[0] in "=+-@\t\r"]
    assert {one["id"] for one in rispy.loads(texts["ris"])} == keys
    tree = etree.fromstring(texts["atom"].encode())
    assert tree.findall("{*}entry")
    with pybtex.errors.capture():  # of names that are wrong in their entries
        read = pybtex.database.parse_string(texts["bibtex"], "bibtex")
    assert {key.lower() for key in read.entries} == {key.lower() for key in keys}
    for name, text in texts.items():
        assert SECRET not in text
        assert not _HIDDEN.search(text), name


# Sites and the book ---------------------------------------------------------------------------

SCHEMES = ("http://", "https://", "mailto:", "#")
ATTRIBUTES = re.compile(r"on[a-z]+|srcdoc|formaction|background|xlink:href")
ELEMENTS = {"iframe", "object", "embed", "base", "frame", "foreignObject", "applet", "animate"}


def make_site(folder: Path) -> Survey:
    """Write one survey that holds every bibliography and every drawing."""
    survey = Survey(folder)
    shutil.rmtree(folder / "docs")
    names = [f"{case.key}.bib" for case in BIBS]
    conf = CONF.replace('["papers.bib"]', repr(names)).format(theme="basic")
    conf += (
        "from livingsurvey.sphinxext.printing import make_elements\n"
        "latex_elements = make_elements()\n"
        'livingsurvey_about = {"tag_authority": "example.org,2026:hostile"}\n'
        'latex_documents = [("index", "hostile.tex", "Hostile", "A", "manual")]\n'
    )
    survey.write("conf.py", conf)
    survey.write("taxonomy.toml", TAXONOMY)
    for case in BIBS:
        (folder / f"{case.key}.bib").write_bytes(case.make_bib())
    figures = []
    for case in read_cases("drawings"):
        survey.write(f"docs/{case.name}.svg", case.make_svg())
        figures.append(f"```{{survey:figure}} {case.name}.svg\n```\n")
    survey.write("docs/index.md", PAGE + "\n" + "\n".join(figures))
    return survey


@pytest.fixture(scope="module")
def site(make_once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    def fill(folder: Path) -> None:
        survey = make_site(folder / "survey")
        for builder in ("html", "latex"):
            result = survey.build(builder)
            (folder / f"{builder}.log").write_text(f"{result.status}\n{result.warnings}", "utf-8")

    return make_once("hostile", fill)


def assert_harmless(tree: Any, allowed: set[str]) -> None:
    """Assert that a page runs, loads and opens nothing but what the theme and we put there."""
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    for element in tree.iter(etree.Element):
        assert element.tag not in ELEMENTS
        for name, value in element.attrib.items():
            assert not ATTRIBUTES.fullmatch(name)
            if name in {"href", "src", "action", "poster", "data"}:
                scheme = re.match(r"[\w.+-]+:|//|\\\\", value.strip())
                assert scheme is None or value.startswith(SCHEMES), value
    assert set(list_scripts(tree)) <= allowed
    # What turns the direction of text, hides it or steers a terminal.
    assert not _HIDDEN.search(tree.text_content())


_HIDDEN = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\u202a-\\u202e\\u2066-\\u2069]")


def list_scripts(tree: Any) -> list[str]:
    """Return the address of each script of a page, its type if it is data, or its text."""
    scripts = tree.iter("script")
    return [re.sub(r"\?.*", "", one.get("src") or one.get("type") or one.text) for one in scripts]


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The scripts of pages that show nothing hostile."""
    survey = Survey(tmp_path_factory.mktemp("plain"))
    shutil.rmtree(survey.path / "docs")
    survey.write("taxonomy.toml", TAXONOMY)
    survey.write("docs/index.md", f"{PAGE}\n```{{survey:overview}}\n```\n")
    return set(list_scripts(html.fromstring(survey.build("html").read("index.html"))))


def test_the_site_holds_every_good_entry_and_nothing_injected(
    site: Path, scripts: set[str]
) -> None:
    status, _, warnings = (site / "html.log").read_text("utf-8").partition("\n")
    assert status == "0"
    assert "Traceback" not in warnings
    page = (site / "survey/_build/html/index.html").read_text("utf-8")
    tree = html.fromstring(page)
    assert_harmless(tree, scripts)
    assert SECRET not in page
    text = " ".join(tree.text_content().split())
    for case in BIBS:
        assert f"First of {case.key}" in text
        assert f"Last of {case.key}" in text
    for path in (site / "survey/_build/html").rglob("*.json"):
        json.loads(path.read_text("utf-8"))


def test_every_finding_is_said_in_the_build(site: Path) -> None:
    warnings = (site / "html.log").read_text("utf-8")
    for case in BIBS:
        for one in limit_diagnostics(sort_diagnostics(read_bib(case)[1].diagnostics)):
            if one.severity != "hint":
                assert f"{one.location}: {one.severity.upper()}: {one.text} [survey." in warnings


def test_nothing_is_written_outside(site: Path) -> None:
    assert {path.name for path in site.iterdir()} == {"survey", "html.log", "latex.log"}
    assert [path for path in site.rglob("*") if "owned" in path.name] == []


@pytest.mark.slow
@pytest.mark.needs_tex
def test_the_book_is_typeset_and_holds_every_good_entry(site: Path, tmp_path: Path) -> None:
    import subprocess

    status, _, warnings = (site / "latex.log").read_text("utf-8").partition("\n")
    assert status == "0"
    assert "Traceback" not in warnings
    shutil.copytree(site / "survey/_build/latex", tmp_path / "latex")
    result = typeset(tmp_path / "latex/hostile.tex", seconds=300)
    assert (result.pdf is not None, result.timed_out) == (True, False), result.output[-3000:]
    command = ["pdftotext", "-raw", str(result.pdf), "-"]
    text = subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8")
    assert SECRET not in text
    squeezed = re.sub(r"[\s-]+", "", text)
    for case in BIBS:
        for word in ("First", "Last"):
            assert f"{word}of{case.key}".replace("-", "") in squeezed
    assert [path for path in tmp_path.rglob("*") if "owned" in path.name] == []


@pytest.mark.parametrize("case", read_cases("taxonomy"), ids=name_case)
def test_a_survey_with_such_a_taxonomy_is_built(
    case: Case, tmp_path: Path, scripts: set[str]
) -> None:
    survey = Survey(tmp_path)
    shutil.rmtree(tmp_path / "docs")
    survey.write("taxonomy.toml", case.text)
    survey.write("docs/index.md", f"{PAGE}\n```{{survey:overview}}\n```\n")
    survey.write("papers.bib", Case("x", "y", "", {}).make_bib().decode())
    result = survey.build("html")
    assert "Traceback" not in result.warnings
    page = result.read("index.html")
    tree = html.fromstring(page)
    assert_harmless(tree, scripts)
    assert "First of x-y" in " ".join(tree.text_content().split())
    assert SECRET not in page
    assert list(tmp_path.parent.rglob("*owned*")) == []


def test_what_is_no_text_is_no_case() -> None:
    """The loader puts in what stands for something."""
    (case,) = [one for one in read_cases("encoding") if one.name == "one-stray-byte"]
    assert b"\xff" in case.make_bib()
    (case,) = [one for one in read_cases("size") if one.name == "many-at-signs"]
    assert case.text.count("@") == 20_000
