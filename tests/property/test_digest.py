"""Two plain values have one digest exactly if they are the same value."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from livingsurvey.digest import digest

leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.binary(max_size=4)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


def exact(value: object) -> object:
    """Return a form in which == also tells types apart (1, True) and ignores order of keys."""
    if isinstance(value, dict):
        return ("dict", sorted((key, repr(exact(item))) for key, item in value.items()))
    if isinstance(value, list | tuple):
        return (type(value).__name__, [exact(item) for item in value])
    return (type(value).__name__, value)


@given(values, values)
def test_equal_digests_mean_equal_values(one: object, other: object) -> None:
    assert (digest(one) == digest(other)) == (exact(one) == exact(other))
