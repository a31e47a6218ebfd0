"""What we read is what pybtex reads, for every well-formed file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pybtex import errors
from pybtex.database.input.bibtex import Parser

from livingsurvey.bibtex.fields import CANONICAL_NAMES, MARKUP_FIELDS
from livingsurvey.bibtex.read import read_entries, unwrap
from livingsurvey.bibtex.source import Source, decode
from livingsurvey.catalog import make_library
from livingsurvey.taxonomy import Taxonomy

from .bibliographies import bibliographies
from .test_scan import TRICKY

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
        names = {CANONICAL_NAMES.get(name, name) for name in (*fields, *people)}
        assert set(entry.values) == names
        for name, value in fields.items():
            # pybtex takes a no-break space for space, which TeX does not.
            expected_text = " ".join(value.split())
            if name not in MARKUP_FIELDS:
                expected_text = unwrap(expected_text)
            assert entry.get(name) == expected_text, name


@given(st.binary(max_size=80) | TRICKY.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read(data: bytes) -> None:
    source, problems = decode(data, "x.bib")
    library = make_library([source], Taxonomy(), problems)
    assert len(library.entries) <= data.count(b"@")
    assert all(one.location.path == "x.bib" for one in library.diagnostics)
    assert all(one.render() for one in library.diagnostics)
