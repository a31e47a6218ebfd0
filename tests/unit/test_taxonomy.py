"""The tree of categories: read in order, inherited downwards, wrong tables left out and told."""

from __future__ import annotations

import pytest

from livingsurvey.taxonomy import MAX_DEPTH, Taxonomy, read_taxonomy

TREE = """\
# What happens before the oven.
[dough]
title = "Dough"
section = "1"
color = "#c9722f"
description = "What happens\\n  before the oven."

[dough.ferment]

[dough.ferment.sourdough]
title = "Sourdough"
aliases = ["Levain", "wild yeast"]

[dough.flour]
color = "#ffffff"

[oven]
since = "2"
watch = ["all:oven"]

[tags]
field-study = "Field study"

[tags.theory]
title = "Theory"
description = "Proofs."
"""


def read(text: str) -> Taxonomy:
    taxonomy, problems = read_taxonomy(text, "t.toml")
    assert [found.render() for found in problems] == []
    return taxonomy


def report(text: str) -> list[str]:
    return [found.render() for found in read_taxonomy(text, "t.toml")[1]]


def test_categories_come_depth_first_as_the_file_has_them() -> None:
    taxonomy = read(TREE)
    assert list(taxonomy.categories) == ["dough", "ferment", "sourdough", "flour", "oven"]
    assert [one.order for one in taxonomy.categories.values()] == [0, 1, 2, 3, 4]
    assert [one.tag for one in taxonomy.roots] == ["dough", "oven"]
    assert [one.tag for one in taxonomy.leaves] == ["sourdough", "flour", "oven"]
    assert [one.tag for one in taxonomy.descend("dough")] == [
        "dough", "ferment", "sourdough", "flour",
    ]  # fmt: skip


def test_a_category_knows_where_it_stands() -> None:
    sourdough = read(TREE).categories["sourdough"]
    assert sourdough.path == ("dough", "ferment", "sourdough")
    assert (sourdough.root, sourdough.parent, sourdough.depth) == ("dough", "ferment", 3)
    assert str(sourdough.location) == "t.toml:10:2"
    assert read(TREE).categories["ferment"].children == ("sourdough",)


def test_what_a_table_says_is_read_and_what_it_lacks_is_made_or_inherited() -> None:
    categories = read(TREE).categories
    dough, oven = categories["dough"], categories["oven"]
    assert (dough.title, dough.section) == ("Dough", "1")
    assert dough.description == "What happens before the oven."
    assert (oven.title, oven.since, oven.watch, oven.color) == ("Oven", "2", ("all:oven",), "")
    colors = {tag: category.color for tag, category in categories.items()}
    assert colors == {
        "dough": "#c9722f", "ferment": "#c9722f", "sourdough": "#c9722f", "flour": "#ffffff",
        "oven": "",
    }  # fmt: skip


def test_cross_cutting_tags_are_no_categories() -> None:
    taxonomy = read(TREE)
    assert {name: tag.title for name, tag in taxonomy.tags.items()} == {
        "field-study": "Field study", "theory": "Theory",
    }  # fmt: skip
    assert taxonomy.tags["theory"].description == "Proofs."
    assert taxonomy.find("theory") is None


@pytest.mark.parametrize(
    ("name", "tag"),
    [("sourdough", "sourdough"), (" SourDough ", "sourdough"), ("levain", "sourdough"),
     ("Wild Yeast", "sourdough"), ("oven", "oven"), ("rye", None), ("", None)],
)  # fmt: skip
def test_a_category_is_found_by_tag_and_alias(name: str, tag: str | None) -> None:
    found = read(TREE).find(name)
    assert (found.tag if found else None) == tag


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[a]\n[a.b]\n[c]\n[c.b]\n",
            (
                "t.toml:4:2: error: the tag 'b' is defined twice, first at t.toml:2:2; "
                "tags are unique in the whole tree [survey.taxonomy]"
            ),
        ),
        (
            "[a]\ntitel = 'x'\n",
            (
                "t.toml:1:2: error: 'a' has an unknown key 'titel'; did you mean 'title'? "
                "[survey.taxonomy]"
            ),
        ),
        (
            "[Big]\n",
            (
                "t.toml:1:2: error: 'Big' cannot be a tag; "
                "use lower-case letters, digits and single hyphens, 64 at most [survey.taxonomy]"
            ),
        ),
        ("[a]\ncolor = 'red'\n", "t.toml:1:2: error: the color of 'a' is not #rrggbb"),
        (
            "[a]\naliases = 'x'\n",
            (
                "t.toml:1:2: error: 'aliases' of 'a' is not a list of texts; "
                'write ["…", "…"] [survey.taxonomy]'
            ),
        ),
        (
            "title = 'x'\n",
            (
                "t.toml: error: 'title' stands outside any category; "
                "each category is a table: [its-tag] [survey.taxonomy]"
            ),
        ),
        (
            "[a]\naliases = ['b']\n[b]\n",
            "t.toml:1:2: error: the alias 'b' of 'a' already means 'b'",
        ),
        ("[a]\n[tags]\na = 'A'\n", "t.toml: error: 'a' is both a tag and a category"),
        ("[a]\ntitle = x\n", "t.toml:2:9: error: invalid value"),
    ],
)
def test_what_is_wrong_is_said_at_its_table(text: str, expected: str) -> None:
    (found,) = report(text)
    assert found.startswith(expected)


def test_a_wrong_table_leaves_the_others_in_place() -> None:
    taxonomy, problems = read_taxonomy("[a]\n[a.Big]\n[a.c]\n[d]\ncolor = 'red'\n", "t.toml")
    assert len(problems) == 2
    assert list(taxonomy.categories) == ["a", "c", "d"]
    assert taxonomy.categories["a"].children == ("c",)


def test_the_tree_has_a_limit_to_its_depth() -> None:
    tags = [f"a{number}" for number in range(MAX_DEPTH + 1)]
    taxonomy, problems = read_taxonomy(f"[{'.'.join(tags)}]\n", "t.toml")
    assert list(taxonomy.categories) == tags[:-1]
    assert [found.message for found in problems] == [
        f"'a{MAX_DEPTH}' lies more than {MAX_DEPTH} levels deep"
    ]
