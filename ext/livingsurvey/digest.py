"""A digest of plain values that is the same in every process, Python and machine.

``hash()`` differs from run to run and ``pickle`` from version to version; this does neither.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Mapping, Set
from hashlib import blake2b


def digest(value: object) -> str:
    """Return 32 hexadecimal digits that stand for *value*.

    Plain values are None, bool, int, float, str, date, and tuples, lists, sets, mappings and
    dataclasses of these. A tuple counts as a list. A dataclass counts by its name and by the
    fields that it is compared by; one with a ``digest`` of its own, such as a paper, by that.

    Raises:
        TypeError: A value is of another type, or nested too deeply.
    """
    try:
        text = json.dumps(value, default=_describe, separators=(",", ":"))
    except (RecursionError, ValueError):
        raise TypeError("cannot digest a value that is nested too deeply") from None
    return blake2b(text.encode("ascii"), digest_size=16).hexdigest()


def _describe(value: object) -> object:
    if isinstance(own := getattr(value, "digest", None), str):
        return [type(value).__qualname__, own]
    if dataclasses.is_dataclass(value):
        fields = [field.name for field in dataclasses.fields(value) if field.compare]
        return [type(value).__qualname__, *(getattr(value, name) for name in fields)]
    if isinstance(value, Mapping):  # a read-only view, for instance
        return dict(value)
    if isinstance(value, Set):
        return sorted(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(f"cannot digest a value of type {type(value).__qualname__}")
