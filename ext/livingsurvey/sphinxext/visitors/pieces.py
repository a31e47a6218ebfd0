"""Pieces of HTML that several visitors write. Every value is escaped here."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from livingsurvey.sphinxext.render import abbreviate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docutils.nodes import Element
    from sphinx.writers.html5 import HTML5Translator

    from livingsurvey.sphinxext.nodes import Link, PaperFacts

_ACRONYM = re.compile(r" \(([^()]+)\)$")


def write_ids(node: Element) -> str:
    """Return the id attribute of a node; each of ours has one at most."""
    return f' id="{escape(node["ids"][0])}"' if node["ids"] else ""


def limit_of(translator: HTML5Translator) -> int:
    """Return how many authors are named before "et al."."""
    return int(translator.config.livingsurvey_author_limit)


def begins_with_name(title: str, name: str) -> bool:
    """Whether a title says the short name already: ``LoRA: Low-Rank …``."""
    rest = title.removeprefix(name)
    return bool(name) and rest != title and rest[:1] in {"", " ", ":", ","}


def write_name(facts: PaperFacts) -> str:
    """Return the short name of a paper and a space; nothing if it has none."""
    if not facts.name:
        return ""
    return f'<strong class="ls-name">{escape(facts.name)}</strong> '


def write_byline(facts: PaperFacts, limit: int) -> str:
    """Return who, where and when."""
    who = escape(abbreviate(facts.authors, facts.truncated, limit))
    year = f'<span class="ls-year">{escape(facts.year)}</span>' if facts.year else ""
    where = " ".join(part for part in (write_venue(facts.venue), year) if part)
    return " · ".join(part for part in (who, where) if part)


def write_venue(venue: str) -> str:
    """Return where a paper appeared, by its acronym if the name ends with one in brackets.

    The whole name stands in the list of references.
    """
    if not venue:
        return ""
    acronym = _ACRONYM.search(venue)
    if acronym is None:
        return f'<span class="ls-venue">{escape(venue)}</span>'
    short = escape(acronym[1])
    return f'<span class="ls-venue ls-acronym" title="{escape(venue)}">{short}</span>'


def write_cells(facts: PaperFacts, limit: int) -> str:
    """Return who, where and when as cells of a table."""
    who = escape(abbreviate(facts.authors, facts.truncated, limit))
    year = escape(facts.year)
    return f'<td>{who}</td><td>{write_venue(facts.venue)}</td><td class="ls-year">{year}</td>'


def write_external(links: Iterable[tuple[str, str]]) -> list[str]:
    """Return links that leave the site."""
    return [
        f'<a class="reference external" href="{escape(uri)}" rel="noopener">{escape(label)}</a>'
        for label, uri in links
    ]


def write_internal(links: Iterable[Link]) -> list[str]:
    """Return links within the site; the text alone where there is no address."""
    return [
        f'<a class="reference internal" href="{escape(link.uri)}">{escape(link.text)}</a>'
        if link.uri
        else escape(link.text)
        for link in links
    ]
