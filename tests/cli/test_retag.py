"""``livingsurvey retag``: the bytes of the keywords, the table of the taxonomy, and no others."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from tests.surveys import BIB, TAXONOMY, Survey, make_survey

from livingsurvey.bibtex import source
from livingsurvey.bibtex.edit import Edit
from livingsurvey.catalog import load
from livingsurvey.cli import files, retag
from livingsurvey.cli.retag import insert_table, remove_table, rename_table, set_aliases

if TYPE_CHECKING:
    from pathlib import Path

    from livingsurvey.bibtex.read import Entry


@pytest.fixture
def survey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Survey:
    return make_survey(tmp_path, monkeypatch)


def read_tags(survey: Survey) -> dict[str, tuple[str, ...]]:
    catalog, problems = load([survey.bib], survey.taxonomy)
    assert problems == []
    return {key: paper.categories for key, paper in catalog.papers.items()}


def test_rename(survey: Survey) -> None:
    done = survey.run("retag", "prompts", "prompt-tuning")
    assert (done.status, done.out) == (0, "")
    assert done.err == (
        "prompts renamed to prompt-tuning: 1 paper retagged\n"
        "  taxonomy.toml changed\n  papers.bib changed\n"
    )
    assert survey.bib.read_text() == BIB.replace("{prompts}", "{prompt-tuning}")
    line = 'description = "Learning inputs instead of weights."\n'
    assert survey.taxonomy.read_text() == TAXONOMY.replace(
        "[tuning.prompts]", "[tuning.prompt-tuning]"
    ).replace(line, f'{line}aliases = ["prompts"]\n')
    assert survey.run("check").status == 0


def test_rename_joins_the_aliases(survey: Survey) -> None:
    survey.run("retag", "low-rank", "low-rank-updates")
    assert 'aliases = ["lowrank", "low-rank"]\n' in survey.taxonomy.read_text()
    assert "{low-rank-updates, theory}" in survey.bib.read_text()
    survey.run("retag", "low-rank-updates", "lowrank")
    assert tomllib.loads(survey.taxonomy.read_text())["tuning"]["lowrank"]["aliases"] == [
        "low-rank",
        "low-rank-updates",
    ]
    assert read_tags(survey)["aghajanyan2020intrinsic"] == ("lowrank",)


@pytest.mark.parametrize("tag", ["low-rank", "prompts"])
def test_rename_and_back_leaves_nothing_behind(survey: Survey, tag: str) -> None:
    survey.run("retag", tag, "factors")
    survey.run("retag", "factors", tag)
    assert survey.bib.read_text() == BIB
    assert survey.taxonomy.read_text() == TAXONOMY


def test_rename_of_a_category_with_sub_categories(survey: Survey) -> None:
    survey.bib.write_text(BIB.replace("{prompts}", "{Tuning > prompts}"))
    assert survey.run("retag", "tuning", "adaptation").status == 0
    assert "{adaptation > prompts}" in survey.bib.read_text()
    assert "tuning" not in tomllib.loads(survey.taxonomy.read_text())
    assert "[adaptation.low-rank]\n" in survey.taxonomy.read_text()
    assert read_tags(survey)["lester2021power"] == ("prompts",)


def test_merge(survey: Survey) -> None:
    done = survey.run("retag", "prompts", "low-rank")
    assert done.status == 0
    assert done.err.startswith("prompts merged into low-rank: 1 paper retagged\n")
    assert survey.bib.read_text() == BIB.replace("{prompts}", "{low-rank}")
    text = TAXONOMY.replace('["lowrank"]', '["lowrank", "prompts"]')
    start = text.index("# Prompts are")
    assert survey.taxonomy.read_text() == text[:start] + text[text.index("[scaling-laws]") :]
    assert survey.run("check").status == 0


def test_merge_keeps_the_home_and_no_tag_twice(survey: Survey) -> None:
    survey.bib.write_text(
        BIB.replace("{low-rank, theory}", "{Prompts ,theory,  scaling-laws; low-rank}").replace(
            "{prompts}", "{low-rank,prompts}"
        )
    )
    survey.run("retag", "prompts", "low-rank")
    text = survey.bib.read_text()
    assert "{low-rank ,theory,  scaling-laws}" in text
    assert "{low-rank}" in text


def test_merge_across_the_tree_mends_paths_and_aliases(survey: Survey) -> None:
    survey.bib.write_text(
        BIB.replace("{low-rank, theory}", "{tuning > low-rank, theory}").replace(
            "{prompts}", "{tuning > LOWRANK, prompts}"
        )
    )
    assert survey.run("retag", "low-rank", "scaling-laws").status == 0
    text = survey.bib.read_text()
    assert "{scaling-laws, theory}" in text
    assert "{scaling-laws, prompts}" in text
    aliases = tomllib.loads(survey.taxonomy.read_text())["scaling-laws"]["aliases"]
    assert aliases == ["low-rank", "lowrank"]


def test_merge_leaves_aliases_as_they_are_written(survey: Survey) -> None:
    survey.bib.write_text(BIB.replace("{low-rank, theory}", "{lowrank, theory}"))
    survey.run("retag", "low-rank", "prompts")
    assert "{lowrank, theory}" in survey.bib.read_text()
    catalog, _ = load([survey.bib], survey.taxonomy)
    assert catalog.papers["aghajanyan2020intrinsic"].categories == ("prompts",)


def test_split_into_a_new_category(survey: Survey) -> None:
    done = survey.run("retag", "prompts", "soft-prompts", "--only", "lester2021power")
    assert done.status == 0
    assert "(new: give it a title and a description): 1 paper retagged" in done.err
    assert survey.bib.read_text() == BIB.replace("{prompts}", "{soft-prompts}")
    line = 'description = "Learning inputs instead of weights."\n'
    assert survey.taxonomy.read_text() == TAXONOMY.replace(
        line, f'{line}\n[tuning.soft-prompts]\ntitle = "Soft Prompts"\n'
    )


def test_split_into_one_that_is_there(survey: Survey) -> None:
    done = survey.run("retag", "low-rank", "prompts", "--only", "aghajanyan2020intrinsic")
    assert done.status == 0
    assert survey.taxonomy.read_text() == TAXONOMY
    assert survey.bib.read_text() == BIB.replace("{low-rank, theory}", "{prompts, theory}")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["promts", "x"], "there is no category 'promts'; did you mean 'prompts'?"),
        (["prompts", "Soft Prompts"], "'Soft Prompts' cannot be a tag"),
        (["prompts", "theory"], "'theory' is a tag that is no category"),
        (["prompts", "prompts"], "'prompts' is what it is called already"),
        (["prompts", "lowrank"], "'lowrank' is an older spelling of 'low-rank'; name that one"),
        (["prompts", "tuning"], "'tuning' has sub-categories; only leaves can be merged"),
        (["theory", "x"], "there is no category 'theory'"),
        (["prompts", "x", "--only", "lester2021"], "there is no paper 'lester2021'"),
        (
            ["prompts", "x", "--only", "lester2021power", "aghajanyan2020intrinsic"],
            "not in 'prompts': aghajanyan2020intrinsic; nothing was changed",
        ),
        (["tuning", "x", "--only", "lester2021power"], "only papers of a leaf can move"),
    ],
)
def test_refusals(survey: Survey, arguments: list[str], message: str) -> None:
    done = survey.run("retag", *arguments)
    assert done.status == 2
    assert message in done.err
    assert (survey.bib.read_text(), survey.taxonomy.read_text()) == (BIB, TAXONOMY)


def test_dry_run(survey: Survey) -> None:
    done = survey.run("retag", "prompts", "prompt-tuning", "--dry-run")
    assert done.status == 0
    assert "-  keywords      = {prompts},\n+  keywords      = {prompt-tuning},\n" in done.out
    assert "-[tuning.prompts]\n+[tuning.prompt-tuning]\n" in done.out
    assert "1 paper would be retagged" in done.err
    assert (survey.bib.read_text(), survey.taxonomy.read_text()) == (BIB, TAXONOMY)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
def test_line_ends_and_marks_stay(survey: Survey, mark: bytes) -> None:
    survey.bib.write_bytes(mark + BIB.replace("\n", "\r\n").encode())
    survey.taxonomy.write_bytes(TAXONOMY.replace("\n", "\r\n").encode())
    assert survey.run("retag", "prompts", "prompt-tuning").status == 0
    expected = BIB.replace("{prompts}", "{prompt-tuning}").replace("\n", "\r\n").encode()
    assert survey.bib.read_bytes() == mark + expected
    text = survey.taxonomy.read_bytes()
    assert b'"Learning inputs instead of weights."\r\naliases = ["prompts"]\r\n\r\n' in text
    assert text.count(b"\n") == text.count(b"\r\n")


def test_keywords_of_several_parts_are_left_to_the_editor(survey: Survey) -> None:
    text = BIB.replace("{prompts}", '"prom" # "pts"')
    survey.bib.write_text(text)
    done = survey.run("retag", "prompts", "x")
    assert done.status == 2
    assert "papers.bib:22:20: lester2021power: the keywords are made of several parts" in done.err
    assert survey.taxonomy.read_text() == TAXONOMY
    assert survey.run("retag", "low-rank", "x").status == 0, "which that entry does not have"


@pytest.mark.parametrize(
    "text",
    [
        '[tuning]\nprompts.title = "P"\n[tuning.low-rank]\n[tags]\ntheory = "T"\n',
        '[tuning]\nlow-rank = {title = "L"}\nprompts = {title = "P"}\n[tags]\ntheory = "T"\n',
    ],
)
def test_taxonomy_beyond_us_is_left_to_the_editor(survey: Survey, text: str) -> None:
    survey.taxonomy.write_text(text)
    done = survey.run("retag", "prompts", "x")
    assert done.status == 2
    assert "change it by hand" in done.err
    assert survey.taxonomy.read_text() == text
    assert survey.bib.read_text() == BIB


def test_aliases_that_are_no_list_are_left_to_the_editor(survey: Survey) -> None:
    wrong = survey.taxonomy.read_text().replace('aliases = ["lowrank"]', 'aliases = "lowrank"')
    survey.taxonomy.write_text(wrong)
    before = survey.bib.read_bytes()
    done = survey.run("retag", "low-rank", "small-rank")
    assert done.status == 2
    assert "the 'aliases' of the category are no list of texts; mend them first" in done.err
    assert survey.taxonomy.read_text() == wrong
    assert survey.bib.read_bytes() == before


def test_all_or_nothing(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path, text: str) -> None:
        if path.name == "papers.bib":
            raise OSError(28, "No space left on device")
        source.replace_file(path, text)

    monkeypatch.setattr(files, "replace_file", fail)
    done = survey.run("retag", "prompts", "prompt-tuning")
    assert done.status == 2
    assert "cannot write papers.bib: No space left on device; nothing was changed" in done.err
    assert (survey.bib.read_text(), survey.taxonomy.read_text()) == (BIB, TAXONOMY)


def test_what_would_go_wrong_is_not_written(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slip(entry: Entry, *_: object) -> list[Edit]:
        value = entry.values["keywords"]
        return [Edit(value.start, value.start + len(value.text), "promts")]

    monkeypatch.setattr(retag, "retag_entry", slip)
    done = survey.run("retag", "prompts", "prompt-tuning")
    assert done.status == 2
    assert "this would go wrong: papers.bib:11:20: error:" in done.err
    assert (survey.bib.read_text(), survey.taxonomy.read_text()) == (BIB, TAXONOMY)


def test_pages_that_name_the_tag(survey: Survey) -> None:
    pages = {
        "docs/a.md": "(sec-prompts)=\n# P\n\n```{survey:papers} prompts\n:order: title\n```\n",
        "docs/sub/b.md": "See {survey:category}`prompts` and {survey:category}`these <prompts>`.\n",
        "docs/c.rst": ".. survey:papers:: prompts\n\nSee :survey:category:`prompts`.\n",
        "docs/d.md": "Prompts, {survey:papers} prompts-of-old, sec-prompts-2, `prompts`.\n",
        "_build/e.md": "{survey:papers} prompts\n",
        ".hidden/f.md": "{survey:papers} prompts\n",
    }
    for name, text in pages.items():
        path = survey.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    done = survey.run("retag", "prompts", "prompt-tuning")
    assert done.status == 1
    assert "these pages name 'prompts'; change them by hand, or retag with --pages:" in done.err
    assert done.out.splitlines() == [
        "docs/a.md:1:2: sec-prompts",
        "docs/a.md:4:4: {survey:papers} prompts",
        "docs/c.rst:1:1: .. survey:papers:: prompts",
        "docs/c.rst:3:5: :survey:category:`prompts`",
        "docs/sub/b.md:1:5: {survey:category}`prompts`",
        "docs/sub/b.md:1:36: {survey:category}`these <prompts>`",
    ]
    assert all((survey.folder / name).read_text() == text for name, text in pages.items())
    survey.run("retag", "prompt-tuning", "prompts")
    done = survey.run("retag", "prompts", "prompt-tuning", "--pages")
    assert (done.status, done.out) == (0, "")
    read = {name: (survey.folder / name).read_text() for name in pages}
    assert {name for name in pages if read[name] != pages[name]} == {
        "docs/a.md", "docs/c.rst", "docs/sub/b.md",
    }  # fmt: skip
    assert read["docs/a.md"] == (
        "(sec-prompt-tuning)=\n# P\n\n```{survey:papers} prompt-tuning\n:order: title\n```\n"
    )
    assert read["docs/sub/b.md"] == (
        "See {survey:category}`prompt-tuning` and {survey:category}`these <prompt-tuning>`.\n"
    )


# The tables


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[a]\naliases = []\n', '[a]\naliases = ["x", "y"]\n'),
        ('[a]\ntitle = "A"', '[a]\ntitle = "A"\naliases = ["x", "y"]\n'),
        ('[a]\n\n# of b\n[b]\n', '[a]\naliases = ["x", "y"]\n\n# of b\n[b]\n'),
    ],
)  # fmt: skip
def test_aliases_are_set(before: str, after: str) -> None:
    assert set_aliases(before, ("a",), ["x", "y"]) == after


def test_aliases_join_a_list_of_many_lines() -> None:
    before = '[a]\naliases = [\n  "x",\n  "y",\n]\n[b]\n'
    after = '[a]\naliases = [\n  "x",\n  "y",\n  "z",\n]\n[b]\n'
    assert set_aliases(before, ("a",), ["x", "y", "z"]) == after


def test_last_table_is_removed() -> None:
    assert remove_table("[a]\nx = 1\n\n[b]\ny = 2\n", ("b",)) == "[a]\nx = 1\n"
    assert remove_table("[a]\nx = 1\n", ("a",)) == ""


ODD = """\
# Of the whole file.

[a.b] # a path first
title = "B"

# Above c, not about b.

# Of c.
[ a . "c" ]
title = '''
[a.b]
'''

[a]
title = "A"

# Of d.
[d]
"""


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (rename_table(ODD, ("a", "b"), "x"), ODD.replace("[a.b] #", "[a.x] #")),
        (rename_table(ODD, ("a", "c"), "x"), ODD.replace('[ a . "c" ]', "[a.x]")),
        (
            rename_table(ODD, ("a",), "x"),
            ODD.replace("[a.b] #", "[x.b] #").replace("[ a .", "[x.").replace("[a]", "[x]"),
        ),
        (
            remove_table(ODD, ("a", "b")),
            ODD.replace('[a.b] # a path first\ntitle = "B"\n\n', ""),
        ),
        (remove_table(ODD, ("a", "c")), ODD[: ODD.index("# Of c.")] + ODD[ODD.index("[a]\n") :]),
        (remove_table(ODD, ("d",)), ODD[: ODD.index("\n# Of d.")]),
        (
            insert_table(ODD, ("a", "b"), "x", "X"),
            ODD.replace("\n\n# Above c", '\n\n[a.x]\ntitle = "X"\n\n# Above c'),
        ),
    ],
    ids=["rename", "rename spaced", "rename above", "first", "middle", "last", "insert"],
)
def test_nothing_else_of_the_taxonomy_changes(text: str, after: str) -> None:
    assert text == after


def test_every_category_of_the_real_taxonomy_can_go(root: Path) -> None:
    text = (root / "bib/taxonomy.toml").read_bytes().decode()
    leaves = [
        (top, tag)
        for top, table in tomllib.loads(text).items()
        for tag, value in table.items()
        if isinstance(value, dict)
    ]
    assert len(leaves) > 20
    for top, tag in leaves[::5]:
        expected = tomllib.loads(text)
        table = expected[top].pop(tag)
        removed = remove_table(text, (top, tag))
        assert tomllib.loads(removed) == expected
        assert set(removed.splitlines()) <= set(text.splitlines())
        expected[top]["x"] = table
        renamed = rename_table(text, (top, tag), "x")
        assert tomllib.loads(renamed) == expected
        assert renamed == text.replace(f"[{top}.{tag}]", f"[{top}.x]")


@pytest.mark.slow
def test_real_taxonomy_can_be_changed(root: Path, tmp_path: Path, monkeypatch: object) -> None:
    import shutil

    assert isinstance(monkeypatch, pytest.MonkeyPatch)
    survey = make_survey(tmp_path, monkeypatch)
    shutil.copy(root / "bib/taxonomy.toml", survey.taxonomy)
    shutil.copy(root / "bib/efficiency-spectrum.bib", survey.bib)
    before = survey.bib.read_text(encoding="utf-8")
    assert survey.run("retag", "quantization", "low-bit").status == 0
    after = survey.bib.read_text(encoding="utf-8")
    changed = [
        (old, new)
        for old, new in zip(before.splitlines(), after.splitlines(), strict=True)
        if old != new
    ]
    assert len(changed) > 50
    assert all(new == old.replace("quantization", "low-bit") for old, new in changed)
    assert all(old.startswith("  keywords") for old, _ in changed)
    assert survey.run("check").status == 0
    assert survey.run("retag", "low-bit", "pruning").status == 0
    assert survey.run("check").status == 0
