r"""BibTeX of other programs as the survey writes it: braces, addresses, and what arXiv repeats.

Zotero puts each word with a capital in braces, Better BibTeX in two pairs of them; both escape
addresses in fields that they do not know, and give a preprint arXiv as its publisher. JabRef makes
an article of it, with biblatex's date.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livingsurvey.bibtex.identifiers import read_arxiv
from livingsurvey.online.errors import NotIdentifiedError
from livingsurvey.online.targets import identify

if TYPE_CHECKING:
    from collections.abc import Mapping

# A group that is no argument of a command and no accent, with nothing special in it.
_GROUP = re.compile(r"(?:(?<=[\s(\[{:,/\u2013\u2014-])|^)\{([^{}\\$]*)\}")
_DOUBLED = re.compile(r"(?:(?<=[\s(\[:,/\u2013\u2014-])|^)\{\{([^{}\\$]*)\}\}")
_PLAIN_WORD = re.compile(r"(?:[^\W\d_][^\W_]*['\u2019]?)+")
_WORD = re.compile(r"[^\s:,/\u2013\u2014-]+")
_MOST_NAMES = 2
"""Words in braces that a person may have put there; more of them are a program's work."""
_UNPROTECTED = ("shorttitle", "booktitle", "journal", "series", "howpublished", "publisher")
_PEOPLE = ("author", "editor")
# Better BibTeX keeps a particle and its name together: {van der Maaten}, Laurens.
_PARTICLE = re.compile(r"(?:(?<=\sand\s)|^)\{([^\W\d_][^{}\\,]*)\}(?=,)")
_ADDRESSES = ("url", "code")
_ESCAPED = re.compile(r"\\([_%&#~])|\{\\textasciitilde\s*\}|\\textasciitilde\s*\{\}")
_CLASS = re.compile(r"[a-z-]+\.[A-Za-z-]{2,}|(?:hep|nucl|math)-[a-z]+|gr-qc|[a-z]+-ph|cond-mat")
_YEAR = re.compile(r"\d{4}(?=-|$)")
_ARXIV_NUMBER = re.compile(r"arxiv:.*", re.IGNORECASE)


def tidy(fields: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of an entry, tidied; nothing that they say is lost."""
    tidied = dict(fields)
    if "title" in tidied:
        tidied["title"] = tidy_title(tidied["title"])
    for name in _UNPROTECTED:
        if name in tidied:
            tidied[name] = _strip_groups(tidied[name])
    for name in _ADDRESSES:
        if name in tidied:
            tidied[name] = _ESCAPED.sub(lambda match: match[1] or "~", tidied[name])
    for name in _PEOPLE:
        if name in tidied:
            tidied[name] = _PARTICLE.sub(r"\1", tidied[name])
    if "date" in tidied and (year := _YEAR.match(tidied["date"])):
        tidied.setdefault("year", year[0])
        del tidied["date"]
    return _tidy_arxiv(tidied)


def tidy_type(entry_type: str, fields: Mapping[str, str]) -> str:
    """Return the type of a tidied entry: JabRef makes an article of each record of arXiv."""
    is_preprint = entry_type in {"article", "online"} and fields.get("archiveprefix") == "arXiv"
    return "misc" if is_preprint and "journal" not in fields else entry_type


def tidy_title(title: str) -> str:
    """Return a title with braces around those words alone whose capitals need them."""
    title = _DOUBLED.sub(lambda match: _protect(match[1]), title)
    starts = {match.start() for match in re.finditer(r"(?:^|(?<=: ))\{", title)}
    groups = [match for match in _GROUP.finditer(title) if not _needs_braces(match[1])]
    names = [match for match in groups if match.start() not in starts]
    dropped = {match.start() for match in groups if match.start() in starts}
    if len(names) > _MOST_NAMES:
        dropped |= {match.start() for match in names}
    return _GROUP.sub(lambda match: match[1] if match.start() in dropped else match[0], title)


def _protect(words: str) -> str:
    """Put what needs it in braces; a single name keeps its own."""
    if " " not in words and not any(char in words for char in ":,/\u2013\u2014-"):
        return f"{{{words}}}"
    return _WORD.sub(lambda one: f"{{{one[0]}}}" if _has_inner(one[0]) else one[0], words)


def _has_inner(word: str) -> bool:
    return any(char.isupper() for char in word[1:])


def _needs_braces(text: str) -> bool:
    """Whether a style would change *text*, or it is more than one plain word."""
    return _has_inner(text) or not _PLAIN_WORD.fullmatch(text)


def _strip_groups(text: str) -> str:
    while (stripped := _GROUP.sub(r"\1", text)) != text:
        text = stripped
    return text


def _tidy_arxiv(fields: dict[str, str]) -> dict[str, str]:
    """Say once, and in the survey's way, that a paper is at arXiv."""
    if fields.get("archiveprefix", "arXiv").lower() != "arxiv":
        return fields
    for name in ("url", "doi"):
        found = _find_arxiv(fields.get(name, ""))
        if found and fields.setdefault("eprint", found) == found:
            if name == "url":
                fields[name] = f"https://arxiv.org/abs/{found}"
            else:
                del fields[name]
    if not read_arxiv(fields.get("eprint", "")).value:
        return fields
    fields["archiveprefix"] = "arXiv"
    fields.setdefault("url", f"https://arxiv.org/abs/{fields['eprint']}")
    if _ARXIV_NUMBER.fullmatch(fields.get("number", "")):
        del fields["number"]
    if fields.get("publisher", "").lower() == "arxiv":
        del fields["publisher"]
    if not _CLASS.fullmatch(fields.get("primaryclass", "")):
        fields.pop("primaryclass", None)
    return fields


def _find_arxiv(text: str) -> str:
    try:
        target = identify(text)
    except NotIdentifiedError:
        return ""
    return target.value if target.kind == "arxiv" else ""
