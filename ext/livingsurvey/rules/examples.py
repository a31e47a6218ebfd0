"""The entries that the examples of the rules vary: famous papers, each with one thing wrong."""

from __future__ import annotations

from livingsurvey.bibtex.write import write_entry

TAXONOMY = """\
[foundations]
title = "Foundations"

[foundations.information-theory]
title = "Information Theory"

[foundations.distributed-systems]
title = "Distributed Systems"
aliases = ["distributed-computing"]

[tags]
classic = "Classic"
"""
"""The categories that the keywords of the examples name."""

_SHANNON = {
    "title": "A Mathematical Theory of Communication",
    "author": "Shannon, Claude E.",
    "journal": "Bell System Technical Journal",
    "year": "1948",
    "keywords": "information-theory",
    "creationdate": "2026-11-23",
}
_LAMPORT = {
    "title": "Time, Clocks, and the Ordering of Events in a Distributed System",
    "author": "Lamport, Leslie",
    "journal": "Communications of the ACM",
    "year": "1978",
    "keywords": "distributed-systems",
    "creationdate": "2026-11-23",
}
_PERELMAN = {
    "title": "The entropy formula for the Ricci flow and its geometric applications",
    "author": "Perelman, Grisha",
    "year": "2002",
    "eprint": "math/0211159",
    "archiveprefix": "arXiv",
    "keywords": "information-theory",
    "creationdate": "2026-11-23",
}
_DIFFIE = {
    "title": "New Directions in Cryptography",
    "author": "Diffie, Whitfield and Hellman, Martin E.",
    "journal": "IEEE Transactions on Information Theory",
    "year": "1976",
    "keywords": "information-theory",
    "creationdate": "2026-11-23",
}


def _vary(kind: str, key: str, fields: dict[str, str], changes: dict[str, str | None]) -> str:
    merged = {name: text for name, text in {**fields, **changes}.items() if text is not None}
    return write_entry(kind, key, merged)


def shannon(key: str = "shannon1948mathematical", **changes: str | None) -> str:
    """Return an article of one author; a field that is None is left out."""
    return _vary("article", key, _SHANNON, changes)


def lamport(key: str = "lamport1978time", **changes: str | None) -> str:
    """Return another article of one author; a field that is None is left out."""
    return _vary("article", key, _LAMPORT, changes)


def perelman(key: str = "perelman2002entropy", **changes: str | None) -> str:
    """Return a preprint; a field that is None is left out."""
    return _vary("misc", key, _PERELMAN, changes)


def diffie(key: str = "diffie1976new", **changes: str | None) -> str:
    """Return an article of two authors; a field that is None is left out."""
    return _vary("article", key, _DIFFIE, changes)
