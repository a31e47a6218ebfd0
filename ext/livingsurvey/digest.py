"""A digest of plain values that is the same in every process and on every machine.

``hash()`` differs from run to run and ``pickle`` from version to version; this does neither.
Each value is written with a letter for its type and the length of what follows, so that no two
different values are written alike.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import marshal
import struct
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def digest(value: object) -> str:
    """Return 32 hexadecimal digits that stand for *value*.

    Plain values are None, bool, int, float, str, bytes, date, datetime, members of
    enums, and tuples, lists, sets, mappings and dataclasses of these. A dataclass counts by its
    qualified name and its fields, a mapping and a set without regard to order; a tuple and a
    list of the same items differ.

    Raises:
        TypeError: If a value is of another type, or an object contains itself.
    """
    hasher = blake2b(digest_size=16)
    try:
        hasher.update(_encode(value))
    except RecursionError:
        msg = "cannot digest a value that is nested too deeply"
        raise TypeError(msg) from None
    return hasher.hexdigest()


def digest_plainly(value: tuple[object, ...]) -> str:
    """Return a digest of a tuple of plain values, many times as fast as :func:`digest`.

    It holds within one version of Python, and the order of a mapping counts: so it may stand
    where a "changed" too many costs some work and nothing else. What it cannot write, such as a
    dataclass, is left to :func:`digest`.

    Raises:
        TypeError: See there.
    """
    try:
        # Version 2 writes equal values alike; from 3 on it depends on who else refers to them.
        written = marshal.dumps(value, 2)  # type: ignore[arg-type]
    except ValueError:
        return digest(value)
    return blake2b(written, digest_size=16).hexdigest()


def _encode(value: object) -> bytes:
    encoder = _ENCODERS.get(type(value))
    if encoder is not None:
        return encoder(value)
    if isinstance(value, enum.Enum):  # before str and int, of which it may be a subclass
        return _join(b"e", [_name(type(value)), str(value.name).encode()])
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        name, fields = _fields(type(value))
        return _join(b"c", [name, *(_encode(getattr(value, field)) for field in fields)])
    if isinstance(value, Mapping):  # a read-only view, for instance
        return _encode_mapping(value)
    msg = f"cannot digest a value of type {type(value).__qualname__}"
    raise TypeError(msg)


def _join(tag: bytes, parts: list[bytes]) -> bytes:
    """Write a container: its type, how many parts it has, and each part with its length."""
    out = [tag, struct.pack("<Q", len(parts))]
    for part in parts:
        out.append(struct.pack("<Q", len(part)))
        out.append(part)
    return b"".join(out)


def _encode_mapping(value: Mapping[object, object]) -> bytes:
    items = sorted((_encode(key), _encode(item)) for key, item in value.items())
    return _join(b"m", [part for item in items for part in item])


@cache
def _name(cls: type) -> bytes:
    return f"{cls.__module__}.{cls.__qualname__}".encode()


@cache
def _fields(cls: type) -> tuple[bytes, tuple[str, ...]]:
    names = tuple(field.name for field in dataclasses.fields(cls))
    return b" ".join([_name(cls), *(name.encode() for name in names)]), names


_ENCODERS: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda _: b"n",
    bool: lambda value: b"b1" if value else b"b0",
    int: lambda value: b"i%x" % value,
    float: lambda value: b"f" + struct.pack("<d", value),
    str: lambda value: b"s" + value.encode("utf-8", "surrogatepass"),
    bytes: lambda value: b"y" + value,
    tuple: lambda value: _join(b"t", [_encode(item) for item in value]),
    list: lambda value: _join(b"l", [_encode(item) for item in value]),
    frozenset: lambda value: _join(b"z", sorted(_encode(item) for item in value)),
    set: lambda value: _join(b"z", sorted(_encode(item) for item in value)),
    dict: _encode_mapping,
    datetime.date: lambda value: b"d" + value.isoformat().encode(),
    datetime.datetime: lambda value: b"D" + value.isoformat().encode(),
}
