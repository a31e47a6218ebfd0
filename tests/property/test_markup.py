"""Whatever a bibliography holds: reading it never fails, and what comes out is safe."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from livingsurvey.markup import (
    Text,
    escape_tex,
    is_safe_url,
    parse,
    sort_key,
    title_key,
)
from livingsurvey.markup.formulas import (
    is_safe_math,
)
from livingsurvey.markup.parser import _parse
from livingsurvey.markup.tree import (
    Link,
    Math,
)

any_text = st.text(st.characters(codec=None))  # lone surrogates included
fragments = st.sampled_from(
    [
        *("{", "}", "$", "$$", "\\", "~", "`", "``", "'", "--", "^", "_", "%", "#", "&", " ", "\n"),
        *(
            r"\(",
            r"\)",
            r"\[",
            r"\]",
            r"\\",
            r"\'",
            r"\"",
            r"\^",
            r"\c",
            r"\i",
            r"\o ",
            r"\ ",
            r"\,",
        ),
        *(r"\emph{", r"\textbf", r"\it ", r"\tt ", r"\texttt{", r"\textsuperscript{", r"\enquote{"),
        *(r"\url{", r"\href{https://x.org/a%b#c}{", "https://x.org", "javascript:x", r"\mbox{"),
        *(
            r"\input{",
            r"\def\a{",
            r"\write18{",
            "^^5c",
            r"\catcode`",
            r"\ensuremath{",
            r"\foo",
            "*",
        ),
        *(
            r"\alpha",
            r"\mathcal{O}",
            r"\frac{",
            r"\sqrt[",
            r"\left(",
            r"\right)",
            r"\text{",
            "^2",
            "_i",
        ),
        *("a", "B", "1", "é", "e\u0301", "ß", "\u202e", "\x00", "\u200b", "\ud800", "\u00a0", "字"),
        *("<", ">", "|", '"', "[", "]", "?", "!", ",", "-", "(", ")", "/"),
    ]
)
tex_like = st.lists(fragments | st.text(max_size=3), max_size=25).map("".join)
tex = any_text | tex_like

KNOWN = re.compile(
    r"\\(?:text(?:backslash|asciitilde|asciicircum|less|greater|bar|quotedbl|quotesingle"
    r"|asciigrave)\{\})"
    r"|\\[{}$&#%_,]|~|\{\[\}|\{\]\}|(?<=[-,])\{\}"
)
OPENING = re.compile(
    r"\\(?:emph|textbf|textsuperscript|textsubscript|texttt|textsc)\{"
    r"|\\href\{(?:[A-Za-z0-9:/?@!()*+,;=.\[\]-]|\\[%#&_$])+\}\{"
)
FORMULA = re.compile(r"\\\((.*?)\\\)")
PLAIN = re.compile(r"[^\\{}$&#%_~^<>|\"'`\[\]\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def assert_contained(source: str) -> None:
    """Read TeX by a grammar that knows nothing but what the views may write."""
    position = depth = 0
    while position < len(source):
        if match := KNOWN.match(source, position) or PLAIN.match(source, position):
            pass
        elif match := OPENING.match(source, position):
            depth += 1
        elif match := FORMULA.match(source, position):
            assert is_safe_math(match[1])
        else:
            assert source[position] == "}", source[position:]
            assert depth > 0
            depth -= 1
            position += 1
            continue
        position = match.end()
    assert depth == 0


def is_clean(text: str) -> bool:
    return not any(unicodedata.category(character) in ("Cc", "Cs") for character in text)


def walk(nodes):
    for node in nodes:
        yield node
        yield from walk(getattr(node, "children", ()))


@given(tex)
@example("$a$$b$$$c")
@example("\\")
@example(r"\(\ \)")
@example(r"$x\ $")
def test_reading_never_fails_and_its_views_are_safe(source: str) -> None:
    markup = parse(source)
    assert is_clean(markup.text)
    assert markup.text == " ".join(markup.text.split())
    assert markup.text == unicodedata.normalize("NFC", markup.text)
    assert_contained(markup.tex)
    markup.text.encode("utf-8")
    assert markup.problems == tuple(sorted(markup.problems))
    assert all(0 <= problem.offset <= len(source) for problem in markup.problems)


@given(
    st.lists(
        st.sampled_from(
            ["{", "}", "{", "}", "{ab}", " ", "-", "e", "\u0301", "É", "'", "`", "$", "\n", "\xa0"]
        )
    ).map("".join)
)
@example("{LoRA}: Low-Rank {A}daptation")
@example("a {} b")
@example("{-}-")
@example("{e}\u0301")
@example("{}{}")
def test_text_with_braces_is_read_at_once_as_it_is_piece_by_piece(source: str) -> None:
    at_once = parse(source)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("livingsurvey.markup.parser._PROTECTED", re.compile("(?!)"))
        _parse.cache_clear()
        assert parse(source) == at_once
    _parse.cache_clear()


@given(tex)
def test_nodes_are_what_they_promise(source: str) -> None:
    previous = None
    for node in walk(parse(source).nodes):
        if isinstance(node, Text):
            assert node.text
            assert is_clean(node.text)
        elif isinstance(node, Math):
            assert is_safe_math(node.tex)
        elif isinstance(node, Link):
            assert is_safe_url(node.url)
            assert not any(isinstance(inner, Link) for inner in walk(node.children))
    for node in parse(source).nodes:
        assert not (isinstance(previous, Text) and isinstance(node, Text))
        previous = node


@given(any_text | tex_like)
def test_escaped_text_is_contained(text: str) -> None:
    escaped = escape_tex(text)
    assert_contained(escaped)
    assert r"\(" not in escaped.replace(r"\\", "")


@given(any_text | tex_like)
def test_escaped_text_reads_back_as_the_text(text: str) -> None:
    back = parse(escape_tex(text))
    visible = "".join(character for character in text if is_kept(character))
    assert back.problems == ()
    assert back.text == unicodedata.normalize("NFC", " ".join(visible.split()))


def is_kept(character: str) -> bool:
    return escape_tex(character) != ""


@given(tex)
def test_the_tex_of_a_title_reads_back_as_its_text(source: str) -> None:
    markup = parse(source)
    again = parse(markup.tex)
    assert again.problems == ()
    assert again.text == markup.text


@given(tex)
def test_keys_are_folded(source: str) -> None:
    text = parse(source).text
    assert title_key(text) == title_key(title_key(text))
    assert sort_key(text) == " ".join(sort_key(text).split())
    assert bool(sort_key(text)) == bool(text)
