"""What we read is what pybtex reads, for every well-formed file."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from pybtex import errors
from pybtex.database.input.bibtex import Parser

from livingsurvey.bibtex.read import BIBLATEX_NAMES, read_entries
from livingsurvey.bibtex.source import Source, decode
from livingsurvey.catalog import Catalog, make_library
from livingsurvey.taxonomy import Taxonomy, read_taxonomy

from .bibliographies import bibliographies
from .test_scan import TRICKY

TREE = read_taxonomy('[one]\ntitle = "One"\naliases = ["uno"]\n', "t.toml")[0]
Reading = dict[str, tuple[str, dict[str, str], dict[str, list[str]]]]


def read_with_pybtex(text: str) -> Reading:
    """Return what pybtex reads: by key, the type, the fields, the people."""
    with errors.capture() as problems:
        data = Parser().parse_string(text.replace("\r\n", "\n"))
    assert problems == []
    return {
        key: (
            entry.type,
            {name.lower(): value for name, value in entry.fields.items()},
            {role.lower(): [str(one) for one in people] for role, people in entry.persons.items()},
        )
        for key, entry in data.entries.items()
    }


@given(bibliographies())
def test_facts_are_those_of_pybtex(text: str) -> None:
    entries, problems = read_entries([Source("x.bib", text)])
    assert problems == []
    expected = read_with_pybtex(text)
    assert [entry.key for entry in entries] == list(expected)
    for entry in entries:
        kind, fields, people = expected[entry.key]
        assert entry.entry_type == kind
        names = {BIBLATEX_NAMES.get(name, name) for name in (*fields, *people)}
        assert set(entry.values) == names
        for name, value in fields.items():
            # pybtex takes a no-break space for space, which TeX does not.
            assert entry.get(name) == " ".join(value.split()), name


@given(st.binary(max_size=80) | TRICKY.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read(data: bytes) -> None:
    source, problems = decode(data, "x.bib")
    library = make_library([source], Taxonomy(), problems)
    assert len(library.entries) <= data.count(b"@")
    assert all(one.location.path == "x.bib" for one in library.diagnostics)
    assert all(one.render() for one in library.diagnostics)


ALONE = "@misc{a, title = {A}, year = {2001}, keywords = {one}}\n"
CHUNKS = st.lists(
    st.sampled_from(
        [
            "@misc{a, author = {Ames, Al}, title = {A}, year = {2001}, keywords = {one}}\n",
            "@misc{a, author = {Ames, Al}, title = {A}, year = {2001}, keywords = {one}}, x={y}",
            "@misc{A, title = {Twice}, year = 2002, keywords = {uno}}\n\n",
            "@misc{b, title = {B}, title = {C}, year = {2001}, keywords = {one}}\n",
            "@misc{c, title = {C}, year = {2001}, keywords = {one}, }\n% a remark\n",
            "@misc{d, title = {D} # word, year = {2001}, month = jan, keywords = {one}}\n",
            "@string{word = {w}}\n",
            "@string{word = {v}}\n",
            "@misc{e, title = {E}, year = {2001}, keywords = {one}, crossref = {v}}\n",
            "@proceedings{v, title = {V}, year = {2001}, publisher = {P}}\n",
            "@misc{f, title = {F, year = {2001}, keywords = {one}}\n",
            "@misc{g, title = {G}, year = {2001}, keywords = {none}}\n",
            "@comment{ ",
            "@misc{h,\n",
            "@misc{i}\n",
            "text @misc{j, title = {J}, year = {2001}, keywords = {one}} and more\n",
            "}\n",
            "\n",
        ]
    ),
    max_size=8,
).map("".join)


@given(
    bibliographies() | TRICKY | CHUNKS,
    bibliographies() | TRICKY | CHUNKS,
)
@example(ALONE, ALONE + ALONE)
def test_reading_again_is_reading(before: str, after: str) -> None:
    known = make_library([Source("x.bib", before)], TREE, known=Catalog()).catalog
    again = make_library([Source("x.bib", after)], TREE, known=known)
    afresh = make_library([Source("x.bib", after)], TREE)
    assert again.catalog.papers == afresh.catalog.papers
    assert again.diagnostics == afresh.diagnostics
    # The fields take no part in the equality of papers.
    for key, paper in afresh.catalog.papers.items():
        assert again.catalog.papers[key].fields == paper.fields


def test_an_entry_read_before_is_not_taken_apart() -> None:
    text = ALONE + "@misc{b, title = {B} # jan, year = {2001}, keywords = {one}}\n"
    known = make_library([Source("x.bib", text)], TREE, known=Catalog()).catalog
    again = make_library([Source("x.bib", "\n\n" + text)], TREE, known=known)
    assert [bool(entry.values) for entry in again.entries] == [False, True]
    assert [paper.location.line for paper in again.catalog.papers.values()] == [3, 4]
