"""Digests: the same for the same values everywhere, different for different ones."""

from __future__ import annotations

import datetime
import enum
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pytest

import livingsurvey.digest
from livingsurvey.digest import digest, digest_plainly


class Color(enum.Enum):
    RED = 1
    GREEN = 1.0 + 1


class Size(enum.StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: object = None


@dataclass
class Other:
    x: int
    y: object = None


DISTINCT = [
    None,
    False,
    True,
    0,
    1,
    -1,
    10**5000,
    0.0,
    1.0,
    float("inf"),
    float("nan"),
    "",
    "1",
    "n",
    "None",
    "\ud800",
    b"",
    b"1",
    (),
    [],
    {},
    frozenset(),
    ((),),
    ("a", "b"),
    ("b", "a"),
    ("ab",),
    ("a", "b", ""),
    (("a",), "b"),
    ("a", ("b",)),
    ["a", "b"],
    {"a": "b"},
    {"b": "a"},
    {"a": "b", "c": "d"},
    {"a": ("b", "c", "d")},
    {"a": None},
    {("a", "b"): None},
    frozenset({"a", "b"}),
    frozenset({"a"}),
    datetime.date(2023, 1, 2),
    datetime.datetime(2023, 1, 2),
    datetime.datetime(2023, 1, 2, tzinfo=datetime.UTC),
    "2023-01-02",
    Color.RED,
    Color.GREEN,
    Size.RED,
    "red",
    Point(1),
    Point(2),
    Point(1, "a"),
    Other(1),
    ("x", 1),
    MappingProxyType({"x": 1}),
]


def test_different_values_have_different_digests() -> None:
    digests = [digest(value) for value in DISTINCT]
    assert len(set(digests)) == len(DISTINCT)
    assert all(len(one) == 32 and int(one, 16) >= 0 for one in digests)


def test_order_of_mappings_and_sets_does_not_matter() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest({1: "a", "1": "b"}) == digest({"1": "b", 1: "a"})
    assert digest({"a", "b", "c"}) == digest(frozenset({"c", "b", "a"}))
    assert digest(MappingProxyType({"a": 1})) == digest({"a": 1})


def test_digests_are_the_same_in_every_process() -> None:
    source = Path(livingsurvey.digest.__file__).parents[1]
    code = (
        f"import sys; sys.path.insert(0, {str(source)!r})\n"
        "from livingsurvey.digest import digest\n"
        "print(digest({'b': frozenset({'x', 'y', 'z'}), 'a': (1, None, 'é')}))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for seed in ("0", "1", "2")
    }
    assert seen == {digest({"b": frozenset({"x", "y", "z"}), "a": (1, None, "é")})}
    assert seen == {
        "f340fc30d79d71941760a08c988f3619"
    }  # a new value re-reads every page once: bump ENV_VERSION


@pytest.mark.parametrize("value", [object(), Point, len, (1, object()), {"a": object()}, 1j])
def test_other_values_are_refused(value: object) -> None:
    with pytest.raises(TypeError, match="cannot digest a value of type"):
        digest(value)


def test_a_value_that_contains_itself_is_refused() -> None:
    value: list[object] = []
    value.append(value)
    with pytest.raises(TypeError, match="nested too deeply"):
        digest(value)


def test_the_fast_digest_tells_plain_values_apart() -> None:
    values = (
        (), ("",), (None,), (0,), (False,), (0.0,), ("0",), (b"0",), ((),), ([],), ("a", "b"),
        ("ab",), (("a",), "b"), (1, 2), (2, 1), ("\ud800",), (Point(1),), (Color.RED,),
    )  # fmt: skip
    assert len({digest_plainly(one) for one in values}) == len(values)


def test_the_fast_digest_is_the_same_however_a_value_came_to_be() -> None:
    # Texts that are shared or interned are written otherwise by later versions of marshal.
    shared = "some text"
    one = (shared, shared, ("x", shared))
    made = "".join(("some", " text"))
    other = (made, made[:4] + " text", ("x", made))
    assert digest_plainly(one) == digest_plainly(other)
    script = (
        "from livingsurvey.digest import digest_plainly as d;"
        "print(d(('some text', 'some text', ('x', 'some text'))))"
    )
    seeds = ("1", "2")
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in seeds
    }
    assert printed == {digest_plainly(one)}
