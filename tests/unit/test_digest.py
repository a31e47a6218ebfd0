"""Digests: the same for the same values everywhere, different for different ones."""

from __future__ import annotations

import datetime
import enum
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import pytest

import livingsurvey.digest
from livingsurvey.digest import digest


class Size(enum.StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: object = None
    place: str = field(default="", compare=False)


@dataclass
class Other:
    x: int
    y: object = None


@dataclass
class Known:
    digest: str


DISTINCT = [
    None,
    False,
    True,
    0,
    1,
    -1,
    0.0,
    1.0,
    float("inf"),
    "",
    "1",
    "None",
    "é",
    "\ud800",
    (),
    {},
    ((),),
    ("a", "b"),
    ("b", "a"),
    ("ab",),
    ("a", "b", ""),
    (("a",), "b"),
    ("a", ("b",)),
    ('a","b',),
    {"a": "b"},
    {"b": "a"},
    {"a": ("b", "c", "d")},
    {"a": None},
    {"a"},
    {"a", "c"},
    datetime.date(2023, 1, 2),
    datetime.date(2023, 1, 3),
    Size.RED,
    Point(1),
    Point(2),
    Point(1, "a"),
    Other(1),
    Known("1"),
    Known("2"),
    MappingProxyType({"x": 1}),
]


def test_different_values_have_different_digests() -> None:
    digests = [digest(value) for value in DISTINCT]
    assert len(set(digests)) == len(DISTINCT)
    assert all(len(text) == 32 and int(text, 16) >= 0 for text in digests)


def test_what_a_value_is_not_compared_by_does_not_count() -> None:
    assert digest(Point(1, place="here")) == digest(Point(1, place="there"))
    assert digest(MappingProxyType({"a": 1})) == digest({"a": 1})
    assert digest({"a", "b", "c"}) == digest(frozenset({"c", "b", "a"}))


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
    # The ledger of verification holds digests: they must not change from version to version.
    assert digest(("title", "é", 2023)) == "17902987250b3682c907f919e742aeb9"


@pytest.mark.parametrize("value", [object(), Point, len, (1, object()), {"a": object()}, 1j, b""])
def test_other_values_are_refused(value: object) -> None:
    with pytest.raises(TypeError, match="cannot digest a value of type"):
        digest(value)


def test_a_value_that_contains_itself_is_refused() -> None:
    value: list[object] = []
    value.append(value)
    with pytest.raises(TypeError, match="nested too deeply"):
        digest(value)
