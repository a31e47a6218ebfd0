"""Any text at all: whatever reads it, it ends without an error, and nothing comes through."""

from __future__ import annotations

import json
import re

from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from livingsurvey.bibtex.source import Source, decode
from livingsurvey.bibtex.write import format_text
from livingsurvey.catalog import make_library
from livingsurvey.charts.drawing import read_drawing
from livingsurvey.charts.emitters import to_svg
from livingsurvey.diagnostics import limit_diagnostics, sort_diagnostics
from livingsurvey.exports import FORMATS, About, Selection
from livingsurvey.exports.formats import WRITERS
from livingsurvey.rules import check_library, select_rules
from livingsurvey.taxonomy import Taxonomy, read_taxonomy

# Pieces that mean something to one of the readers, besides any letters.
PIECES = st.sampled_from(
    [
        "@misc{", "@article(", "@string{", "@preamble{", "@comment{", "@", "}", "{", ")", "(", ",",
        '"', " = ", "#", "%", "\n", "\r\n", "title", "author", "year", "month", "doi", "url",
        "eprint", "crossref", "keywords", "date", "key", "2020", "and", "others", "{\\'e}", "\\",
        "\\input{x}", "$x^2$", "$", "<b>", "</b>", "<script>", "&amp;", "javascript:alert(1)",
        "https://e.org/", "10.1234/x", "2101.00001", "\x00", "\x1b[31m", "\u202e", "\u200b",
        "\ufeff",
        "\u2028", "é", "漢", "[a]", "[a.b]", "tags", "aliases", "x = ", "'''", "<svg", ">", "<text",
        " x='1'", " class='fill-1'", "</svg>", "<g>", "<path d='M 0 0'/>", "&lt;",
    ]
)  # fmt: skip
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=60).map("".join)
FIELDS = (
    "title", "subtitle", "author", "editor", "year", "date", "month", "journal", "booktitle",
    "pages", "doi", "url", "eprint", "keywords", "annotation", "note", "code", "shorttitle",
    "creationdate", "volume", "number",
)  # fmt: skip
ENTRIES = st.builds(
    "@{}{{{},\n{}\n}}\n".format,
    st.sampled_from(["misc", "article", "book", "inbook", "thesis", "software", "set", "xdata"]),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=9),
    st.lists(
        st.builds(
            "  {} = {{{}}},".format,
            st.sampled_from(FIELDS),
            st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=8).map("".join),
        ),
        max_size=8,
    ).map("\n".join),
)
BIBLIOGRAPHIES = st.lists(st.one_of(ENTRIES, TEXTS), max_size=5).map("\n".join)
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069]")


@given(BIBLIOGRAPHIES)
@example("@misc{a, author = {,}, month = {" + "9" * 5000 + "}}")
@example("@misc{a, title = {x\\}}")
@example("@\x00{\\'e}")
def test_a_bibliography_is_checked_formatted_and_exported(text: str) -> None:
    library = make_library([Source("x.bib", text)], Taxonomy())
    for found in limit_diagnostics(sort_diagnostics(check_library(library, select_rules({})))):
        assert found.render().isprintable()
        assert found.location.line <= len(re.split(r"\r\n|\r|\n", text))
    formatted = format_text(text).text
    again = make_library([Source("x.bib", formatted)], Taxonomy())
    assert again.catalog.papers.keys() == library.catalog.papers.keys()
    selection = Selection(catalog=library.catalog)
    about = About(title=text[:40], tag_authority="example.org,2026:x")
    texts = {name: WRITERS[name](selection, about) for name in FORMATS}
    json.loads(texts["json"])
    json.loads(texts["csl-json"])
    etree.fromstring(texts["atom"].encode())
    exported = make_library([Source("out.bib", texts["bibtex"])], Taxonomy())
    assert exported.catalog.papers.keys() == library.catalog.papers.keys()
    for written in texts.values():
        written.encode("utf-8")
    assert not HIDDEN.search(texts["bibtex"])


@given(st.binary(max_size=400))
def test_any_bytes_are_a_bibliography(data: bytes) -> None:
    source, _ = decode(data, "x.bib")
    make_library([source], Taxonomy())


@given(TEXTS)
def test_any_text_is_a_taxonomy_or_told(text: str) -> None:
    taxonomy, problems = read_taxonomy(text, "x.toml")
    for category in taxonomy.categories.values():
        assert not HIDDEN.search(category.title + category.description)
    assert all(found.render().isprintable() for found in problems)


@given(TEXTS, st.booleans())
@example("<g>" * 2000, True)
def test_any_text_is_a_drawing_or_told(text: str, is_part: bool) -> None:
    start = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99 99"><title>T</title>'
    picture, problems = read_drawing(f"{start}{text}</svg>" if is_part else text, "x.svg")
    assert picture is not None or problems
    assert all(found.render().isprintable() for found in problems)
    if picture is not None:
        tree = etree.fromstring(to_svg(picture, id_prefix="p").encode())
        names = {etree.QName(one).localname for one in tree.iter(etree.Element)}
        assert not names & {"script", "foreignObject", "image", "a", "use", "style"}
