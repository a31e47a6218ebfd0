"""Broken and hostile files: read in linear time, told once for each cause, nothing else lost."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from livingsurvey.bibtex import source as source_module
from livingsurvey.bibtex.scan import MAX_MISTAKES
from livingsurvey.bibtex.source import Source, StateError, decode, read_source
from livingsurvey.catalog import make_library
from livingsurvey.catalog.ledger import read_ledger
from livingsurvey.charts.drawing import read_drawing
from livingsurvey.diagnostics import MOST_SHOWN, Code, limit_diagnostics, sort_diagnostics
from livingsurvey.rules import check_library, select_rules
from livingsurvey.rules.rule import TAXONOMY, shannon
from livingsurvey.taxonomy import Taxonomy, read_taxonomy
from livingsurvey.upkeep.collection import CollectionError, Origin, read_collection
from livingsurvey.upkeep.history import read_history
from livingsurvey.upkeep.inbox import read_inbox
from livingsurvey.upkeep.refresh import read_decisions

if TYPE_CHECKING:
    from livingsurvey.catalog import Library

GOOD = "@misc{good, title = {Good}, year = {2020}}\n"


def read(text: str) -> Library:
    return make_library([Source("x.bib", text)], Taxonomy())


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "@" + " " * 200_000,
        "@misc{a, title = {" + "\n" * 200_000,
        "@misc{a, title = {A,\n" + "year = {20\n" * 20_000,
        '@misc{a, title = "A,\n' + 'year = "20\n' * 20_000,
        "".join(f"@misc{{k{n}, month = m{n}}}\n" for n in range(5_000)),
        "".join(f"@misc{{k{n}, crossref = {{m{n}}}}}\n" for n in range(5_000)),
        "@misc{" * 100_000,
        "@comment{" * 100_000,
        "@comment(" * 100_000,
        "@\n" * 100_000,
        "{" * 500_000,
        "@misc{a, title = " + "{" * 200_000,
        "@misc{a, " + "x = {y}, " * 50_000 + "}",
        "@misc{a, title = {" + "é{x}" * 100_000 + "}}",
        '@string{a = "ab"}\n' + "@string{a = a # a}\n" * 40 + "@misc{b, title = a}",
    ],
    ids=range(15),
)  # fmt: skip
def test_a_hostile_file_takes_linear_time_and_costs_only_itself(text: str) -> None:
    library = read(GOOD + text)  # a quadratic algorithm takes minutes or hours here
    assert "good" in library.catalog.papers
    counts: dict[Code, int] = {}
    for found in library.diagnostics:
        counts[found.code] = counts.get(found.code, 0) + 1
    assert counts.get(Code.SYNTAX, 0) <= MAX_MISTAKES + 1


def test_very_many_mistakes_are_counted() -> None:
    library = read("@misc{\n" * 1000)
    assert "more mistakes are not shown" in "".join(found.message for found in library.diagnostics)


def test_a_long_value_is_read_whole_with_braces_or_without() -> None:
    for text in ("x" * 200_000, "é{y}" * 50_000):
        library = read(f"@misc{{a, title = {{{text}}}}}")
        assert library.catalog.papers["a"].fields["title"] == text
        assert library.diagnostics == ()


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("latin-1", "Windows-1252"),
        ("cp1252", "Windows-1252"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16-LE"),
        ("utf-16-be", "UTF-16-BE"),
        ("utf-32", "UTF-32"),
        ("utf-32-le", "UTF-32-LE"),
        ("utf-32-be", "UTF-32-BE"),
        ("mac_roman", "Mac OS Roman"),
    ],
)
def test_another_encoding_is_named_once_and_read(encoding: str, name: str) -> None:
    text = "@misc{a, title = {Größe und Café}, author = {Müller, Jörg}, year = {2020}}\n"
    source, problems = decode(text.encode(encoding), "x.bib")
    assert [found.code for found in problems] == [Code.ENCODING]
    assert name in problems[0].message
    assert problems[0].suggestion == "save it as UTF-8"
    paper = make_library([source], Taxonomy()).catalog.papers["a"]
    assert (paper.title, paper.authors[0].full) == ("Größe und Café", "Jörg Müller")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_ascii_in_wide_characters_is_one_finding(encoding: str) -> None:
    """Which is valid UTF-8 as well, with a hidden character behind each letter."""
    source, problems = decode((shannon() * 3).encode(encoding), "x.bib")
    assert [found.message for found in problems] == [f"the file is written in {encoding.upper()}"]
    assert source.text == shannon() * 3


@pytest.mark.parametrize(
    ("encoding", "name", "text"),
    [
        ("gbk", "GBK", "大语言模型的高效推理方法研究"),
        ("shift_jis", "Shift-JIS", "大規模言語モデルの効率的な推論"),
        ("cp1251", "Windows-1251", "Эффективные методы вывода"),
    ],
)
def test_an_encoding_of_another_script_is_one_finding(encoding: str, name: str, text: str) -> None:
    data = shannon(title=text, author=f"{text[:3]}, {text[4:7]}").encode(encoding)
    source, problems = decode(data, "x.bib")
    library = make_library([source], read_taxonomy(TAXONOMY, "t.toml")[0], problems)
    (found,) = check_library(library, select_rules(minimum_papers=0))
    assert (found.code, str(found.location)) == (Code.ENCODING, "x.bib:2:20")
    assert name in found.message


def test_stray_bytes_in_utf_8_are_counted_at_the_first() -> None:
    data = "% ü\n@misc{a, title = {Caf".encode() + b"\xe9}, note = {\xff}}"
    source, problems = decode(data, "x.bib")
    assert [str(found.location) for found in problems] == ["x.bib:2:22"]
    assert "2 places" in problems[0].message
    assert "ü" in source.text


@pytest.mark.parametrize("kind", ["pipe", "folder", "loop", "device", "missing"])
def test_what_is_no_file_is_said_at_once(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x.bib"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    source, problems = read_source(path, "x.bib")
    assert source.text == ""
    assert [found.code for found in problems] == [Code.FILE_MISSING]
    assert problems[0].suggestion


def test_a_file_without_end_is_not_read_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "MAX_FILE_BYTES", 100)
    (tmp_path / "x.bib").write_bytes(b"x" * 101)
    source, problems = read_source(tmp_path / "x.bib", "x.bib")
    assert (source.text, [found.code for found in problems]) == ("", [Code.LIMIT])


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"[{'.'.join('a' * (n + 1) for n in range(depth))}]\n" for depth in range(1, 500)),
        "x = " + "[" * 2_000 + "]" * 2_000,
        "x = " + "{a=" * 2_000 + "1" + "}" * 2_000,
        f"[{'a' * 300}]",
        '[a]\ntitle = "x\\u202ey\\u0007"\n',
        "[a]\ntitle = 3\naliases = 4\nwatch = [5]\n",
        "[a]\ncolour = 'x'\n",
    ],
    ids=range(7),
)
def test_a_hostile_taxonomy_is_told_and_never_raises(text: str) -> None:
    taxonomy, problems = read_taxonomy(text, "t.toml")
    assert problems
    assert all(found.suggestion or found.code is not Code.TAXONOMY for found in problems)
    assert all(category.title.isprintable() for category in taxonomy.categories.values())
    assert all(len(tag) <= 64 for tag in taxonomy.categories)


def test_findings_of_one_kind_are_counted_after_the_first_hundred() -> None:
    library = read("@misc{a, title = {T}, year = {2020}}\n" * 5_000 + "@misc{b, titel = {T}}")
    shown = limit_diagnostics(sort_diagnostics(library.diagnostics))
    assert len([one for one in shown if one.code is Code.DUPLICATE_KEY]) == MOST_SHOWN + 1
    (rest,) = [one for one in shown if "not shown" in one.message]
    assert rest.message == "from here on, 4,899 more findings of this kind are not shown"
    assert rest.location.line == MOST_SHOWN + 2
    few = sort_diagnostics(library.diagnostics)[: MOST_SHOWN + 1]
    assert limit_diagnostics(few) == few


@pytest.mark.slow
@pytest.mark.parametrize("step", [0, 0.01, 7])
def test_very_many_texts_in_a_drawing_take_linear_time(step: float) -> None:
    texts = "".join(f'<text x="{n * step % 3900}" y="10">abc</text>' for n in range(40_000))
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4000 100">{texts}</svg>'
    picture, problems = read_drawing(svg, "x.svg")
    assert picture is not None
    assert 0 < len(problems) <= 2 * 40_000 + 1  # one overlap for each text at most


def test_no_diagnostic_can_steer_a_terminal() -> None:
    library = read("@misc{a\x1b[31m, title = {T}, year = {x\x1b]0;y\x07}}\n@x\x9b{")
    assert library.diagnostics
    assert all(found.render().isprintable() for found in library.diagnostics)


@pytest.mark.parametrize("read", [read_inbox, read_history, read_decisions, read_ledger])
def test_what_commands_keep_is_read_from_ordinary_files_only(read: Any, tmp_path: Path) -> None:
    path = tmp_path / "kept"
    os.mkfifo(path)
    for target in (None, "/dev/zero", path):
        if target is not None:
            path.unlink()
            path.symlink_to(target)
        if read is read_ledger:
            said = [found.message for found in read_ledger(path, "kept")[1]]
        else:
            with pytest.raises(StateError) as error:
                read(path)
            said = [str(error.value)]
        assert len(said) == 1
        assert "\n" not in said[0]


def test_a_list_of_papers_without_end_is_not_read_to_it() -> None:
    with pytest.raises(CollectionError, match="larger than"):
        read_collection(Path("/dev/zero"), Origin("zero", datetime.date(2026, 1, 1)))
