"""The values that are kept from build to build come back as they were."""

from __future__ import annotations

import copy
import datetime
import pickle

import pytest

from livingsurvey.model import Category, Location, Paper, Person

VALUES = (
    Location("papers.bib", 3, 7),
    Person(family="Berg", given="Li", particle="van der", suffix="Jr."),
    Category(tag="low-rank", title="Low Rank", path=("tuning", "low-rank"), location=Location("t")),
    Paper(
        key="berg2020",
        entry_type="misc",
        title="On $x$",
        authors=(Person(family="Berg"),),
        created=datetime.date(2026, 11, 23),
        fields={"author": "Berg"},
        location=Location("papers.bib"),
    ),
)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_pickled_value_equals_the_first(value: object) -> None:
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(value, protocol)) == value
    assert copy.deepcopy(value) == value
    assert repr(copy.copy(value)) == repr(value)


def test_a_restored_value_cannot_be_changed() -> None:
    restored = pickle.loads(pickle.dumps(VALUES[0]))
    with pytest.raises(AttributeError):
        restored.line = 4
