"""Rules about titles and annotations."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from livingsurvey.bibtex.fields import MARKUP_FIELDS, PEOPLE_FIELDS
from livingsurvey.bibtex.identifiers import shorten
from livingsurvey.markup.letters import HIDDEN, HIDDEN_CHARACTERS
from livingsurvey.markup.parser import find_pairs
from livingsurvey.rules.rule import Fix, Rule, find_values, lamport, make_rule, shannon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livingsurvey.bibtex.read import Entry
    from livingsurvey.catalog import Library
    from livingsurvey.diagnostics import Diagnostic


_FULL_STOP = re.compile(r"[^\W\d_]{4,}(?<!Corp)(?<!Tech)\.\Z")
_DOUBLED = re.compile(
    r"(?<![\w-])(the|a|an|of|in|on|for|and|to|with|by|from|is|are)[ \t\r\n]+\1(?![\w-])",
    re.IGNORECASE,
)
_HTML = re.compile(
    r"(?P<entity>&(?:[a-zA-Z][a-zA-Z0-9]{1,30}|#[0-9]{1,6}|#x[0-9a-fA-F]{1,5});)"
    r"|<(?P<name>i|b|em|strong|sub|sup|tt|code|scp|span|u|p)(?:\s[^<>]{0,200})?>"
    r"(?P<text>[^<>]{0,500})</(?P=name)>",
    re.IGNORECASE,
)
_ELEMENTS = {
    "i": "emph", "em": "emph", "b": "textbf", "strong": "textbf", "sub": "textsubscript",
    "sup": "textsuperscript", "tt": "texttt", "code": "texttt", "scp": "textsc",
}  # fmt: skip
_UNFINISHED = re.compile(
    r"\b(?:TODO|FIXME|XXX|TBD|TBA)\b|\b(?:[Tt]odo|[Ff]ixme|[Tt]bd|[Tt]ba)\b(?=\s*(?:[:.!?]|$))|\?\?+"
)
_MARKDOWN = re.compile(
    r"\*\*[^*]+\*\*|\[[^\[\]]+\]\([^()]+\)|(?<!`)`[^`']+`(?!`)"
    r"|(?<![\w*\\])([*_])[^\s*_][^*_]*\1(?![\w*])|^(?:#+|[*+-]|[0-9]+\.) "
)
_SENTENCE_END = re.compile(r"(?<![A-Z])(?<!al)(?<!vs)(?<!i\.e)(?<!e\.g)[.!?]\s+(?=[A-Z])")
# A hidden character does not end a word.
_LETTER = rf"(?:[^\W_]|[{HIDDEN}])"
_TITLE_WORD = re.compile(rf"\\[A-Za-z]+|\\.|{_LETTER}+(?:['\u2019]{_LETTER}+)*")
_SHOWN = 4
_TSE = "IEEE Transactions on Software Engineering"


def find_unprotected(title: str) -> list[tuple[int, str]]:
    """Return the words of a title whose inner capitals a style would lower, with their offsets.

    Braces and formulas protect. The first letter of a word is not looked at: whether ``Markov``
    is a name, no program knows.
    """
    if title.islower():
        return []
    groups, formulas = find_pairs(title)
    guarded = [*groups.items(), *((start, span.after) for start, span in formulas.items())]
    return [
        (match.start(), match[0])
        for match in _TITLE_WORD.finditer(title)
        if match[0][0] != "\\"
        and any(char.isupper() for char in match[0][1:])
        and not any(start < match.start() < end for start, end in guarded)
    ]


def _is_shouted(title: str) -> bool:
    letters = [char for char in title if char.isalpha()]
    return len(letters) > 12 and sum(char.isupper() for char in letters) > 0.7 * len(letters)


def _find(library: Library) -> Iterator[tuple[Entry, list[tuple[int, str]]]]:
    for entry, _, value in find_values(library, "title"):
        if words := find_unprotected(value.text):
            yield entry, words


def _find_html(library: Library) -> Iterator[tuple[Entry, str, re.Match[str]]]:
    for entry, name, value in find_values(library, *MARKUP_FIELDS, *PEOPLE_FIELDS):
        for match in _HTML.finditer(value.text):
            if _to_tex(match) != match[0]:  # else an entity that HTML does not know
                yield entry, name, match


def _to_tex(match: re.Match[str]) -> str:
    """Return TeX for an entity, or for an element with what it holds; tags of others go."""
    if match["entity"]:
        text = HIDDEN_CHARACTERS.sub("", html.unescape(match[0]))
        return f"\\{text}" if text in "&%$#_{}" else text
    command = _ELEMENTS.get(match["name"].lower(), "")
    return f"\\{command}{{{match['text']}}}" if command else match["text"]


@make_rule("titles", bad=shannon(title="A Mathematical Theory of Communication."))
def title_form(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """A title is as its paper has it.

    A title ends in a full stop, or has a word such as `the` twice in a row.

    The full stop comes with the reference style and would be printed twice; a doubled word is a
    slip.
    """
    for entry, name, value in find_values(library, "title"):
        text = value.text.rstrip("} \t\r\n")
        if _FULL_STOP.search(text):
            message = "the title ends in a full stop"
            yield entry.report(rule.code, message, "remove it", name, offset=len(text) - 1)
        if double := _DOUBLED.search(value.text):
            message = f"'{double[1]}' stands twice in the title"
            yield entry.report(rule.code, message, "remove one", name, offset=double.start())


def fix_html(rule: Rule, library: Library) -> Iterator[Fix]:
    """Write HTML as TeX."""
    for entry, name, match in _find_html(library):
        value = entry.values[name]
        if value.is_exact:
            start, end = value.start + match.start(), value.start + match.end()
            message = f"{entry.key}: {name}: '{shorten(match[0])}' becomes '{_to_tex(match)}'"
            yield rule.rewrite(entry.source, start, end, _to_tex(match), message)


@make_rule(
    "titles",
    fix=fix_html,
    bad=shannon(title="A Mathematical Theory of <i>Communication</i>"),
    good=shannon(title=r"A Mathematical Theory of \emph{Communication}"),
)
def html_in_text(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """BibTeX knows no HTML.

    A title, name or annotation holds an entity such as `&amp;` or an element such as `<i>`, as
    publishers' pages export it.

    Readers would see the tags.
    """
    for entry, name, match in _find_html(library):
        message = f"{name}: '{shorten(match[0])}' is HTML"
        suggestion = f"write '{_to_tex(match)}'" if _to_tex(match) else "remove it"
        yield entry.report(rule.code, message, suggestion, name, offset=match.start())


@make_rule(
    "titles",
    bad=shannon(annotation="Founds information theory. TODO: more"),
    good=shannon(annotation="Founds information theory."),
)
def annotation_form(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """An annotation is a sentence.

    The annotation says TODO, has no full stop at its end, has three sentences or more, or uses
    Markdown.

    It is printed under the paper, for readers.
    """
    for entry, name, _ in find_values(library, "annotation"):
        text = entry.get(name)
        problem = suggestion = ""
        if found := _UNFINISHED.search(text):
            problem, suggestion = f"the annotation says '{found[0]}'", "finish it"
        elif found := _MARKDOWN.search(text):
            problem = f"the annotation has Markdown: '{shorten(found[0])}'"
            suggestion = r"write plain text or TeX, such as \emph{…}"
        elif text and not text.rstrip("}").endswith((".", "!", "?", "…", "。")):
            problem, suggestion = "the annotation does not end in a full stop", "add one"
        elif len(_SENTENCE_END.findall(text)) > 1:
            problem, suggestion = "the annotation has more than two sentences", "shorten it"
        if problem:
            yield entry.report(rule.code, problem, suggestion, name)


def fix_title_capitals(rule: Rule, library: Library) -> Iterator[Fix]:
    """Put such words in braces; a title that is all capitals needs a person."""
    for entry, words in _find(library):
        value = entry.values["title"]
        if not value.is_exact or _is_shouted(entry.get("title")):
            continue
        for offset, word in words:
            if HIDDEN_CHARACTERS.search(word):
                continue  # its turn comes when the character is gone
            start = value.start + offset
            message = f"{entry.key}: '{word}' in the title becomes '{{{word}}}'"
            yield rule.rewrite(entry.source, start, start + len(word), f"{{{word}}}", message)


@make_rule(
    "titles",
    is_house=True,
    fix=fix_title_capitals,
    bad=lamport(key="lamport1995tla", title="TLA in Pictures", journal=_TSE, year="1995"),
    good=lamport(key="lamport1995tla", title="{TLA} in Pictures", journal=_TSE, year="1995"),
)
def title_capitals(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """Capitals that matter are in braces.

    A word of the title has capitals behind its first letter and stands outside of braces.

    Many bibliography styles lower the capitals of titles: `ACM` becomes `acm`. This site keeps
    them, but entries are taken away.
    """
    for entry, words in _find(library):
        if _is_shouted(entry.get("title")):
            suggestion = "write it as a sentence, or as the paper's own heading has it"
            yield entry.report(rule.code, "the title is written in capitals", suggestion, "title")
            continue
        unique = list(dict.fromkeys(HIDDEN_CHARACTERS.sub("", word) for _, word in words))
        more = f" and {len(unique) - _SHOWN} more" if len(unique) > _SHOWN else ""
        message = f"a style would lower the capitals of {', '.join(unique[:_SHOWN])}{more}"
        suggestion = f"write {', '.join(f'{{{word}}}' for word in unique)}"
        yield entry.report(rule.code, message, suggestion, "title", offset=words[0][0])
