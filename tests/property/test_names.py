"""Names are cut and read as pybtex, an independent reader of BibTeX, does it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pybtex.bibtex.utils import split_name_list
from pybtex.database import Person as Reference

from livingsurvey.markup import parse
from livingsurvey.names import parse_name, split_names

word = st.sampled_from(
    [
        *("Ann", "Bo", "Cy", "J.", "J.-P.", "Jean-Paul", "Łu", "Éva", "McDoe", "de", "la", "van"),
        *("von", "der", "d'Or", "élan", "ibn", "III", "Jr.", "{de}", "{De}", "{von Doe}", "{A, B}"),
        *(
            r"{\'E}va",
            r"{\'e}t",
            r"Fran{\c c}ois",
            r"Mu{\~n}oz",
            "{A and B}",
            "陈",
            "3rd",
            "{}x",
            "{}X",
        ),
    ]
)
space = st.sampled_from([" ", "  ", "\n", "~", "\t"])


@st.composite
def words(draw, min_size: int = 1) -> str:
    """Some words with white space between them."""
    parts = draw(st.lists(word, min_size=min_size, max_size=5))
    return "".join(part + draw(space) for part in parts).strip(" \n\t~")


names = st.one_of(
    words(),
    st.tuples(words(), words()).map(", ".join),
    st.tuples(words(), words(), words()).map(", ".join),
)


def shown(parts: list[str]) -> str:
    return parse(" ".join(parts)).text


@given(names)
def test_parts_of_a_name(text: str) -> None:
    person, fault = parse_name(text)
    reference = Reference(text)
    assert fault is None or "commas" in fault or "stands last" in fault
    assert person.given == shown(reference.first_names + reference.middle_names)
    assert person.particle == shown(reference.prelast_names)
    assert person.family == shown(reference.last_names)
    assert person.suffix == shown(reference.lineage_names)


@given(st.lists(names, min_size=1, max_size=5), st.sampled_from([" and ", " AND ", " And "]))
def test_cutting_a_list_of_names(parts: list[str], separator: str) -> None:
    value = separator.join(parts)
    assert [name.text for name in split_names(value)] == split_name_list(value)


@given(st.text() | st.lists(word | st.sampled_from(list("{},\\~& ;")), max_size=12).map("".join))
def test_any_text_is_read(text: str) -> None:
    for name in split_names(text):
        assert text[name.offset :].startswith(name.text)
        person, fault = parse_name(name.text)
        assert person.family or fault
        assert person.full == " ".join(person.full.split())
