"""Strategies that write .bib files as people and programs do."""

from __future__ import annotations

from hypothesis import strategies as st

KINDS = ("article", "InProceedings", "MISC", "book", "phdthesis")
NAMES = (
    "title",
    "Author",
    "editor",
    "YEAR",
    "journal",
    "note",
    "keywords",
    "abstract",
    "x-y",
    "doi",
)
SPACE = st.text(" \t\n", max_size=3)
_PLAIN = "abc XYZ019.,:;!?()[]'`~^_#%&$=-+*/<>|@é李\u00a0\\\n\t "
_BRACED = st.recursive(
    st.text(_PLAIN.replace("@", ""), max_size=12),
    lambda inner: st.lists(inner, max_size=3).map(lambda parts: "{" + "".join(parts) + "}"),
    max_leaves=6,
)
CONTENT = st.lists(_BRACED, max_size=4).map("".join)
QUOTED = CONTENT.filter(lambda text: '"' not in text)
KEYS = st.from_regex(r"[A-Za-z][A-Za-z0-9:_.+/-]{0,9}", fullmatch=True)
WORDS = st.sampled_from(
    [
        "Doe",
        "Jane",
        "van",
        "der",
        "de la",
        "McKay",
        "{Big Group}",
        r"G{\"o}del",
        "Łukasz",
        "J.",
        "李",
    ]
)
PERSON = st.lists(WORDS, min_size=1, max_size=4).map(" ".join) | st.builds(
    "{}, {}".format, st.lists(WORDS, min_size=1, max_size=2).map(" ".join), WORDS
)
PEOPLE = st.lists(PERSON, min_size=1, max_size=4).map(" and ".join)


@st.composite
def parts(draw: st.DrawFn, macros: tuple[str, ...]) -> str:
    kind = draw(st.sampled_from(["braced", "quoted", "number", "macro"]))
    if kind == "macro" and macros:
        return draw(st.sampled_from(macros))
    if kind == "number":
        return str(draw(st.integers(0, 9999)))
    if kind == "quoted":
        return f'"{draw(QUOTED)}"'
    return f"{{{draw(CONTENT)}}}"


@st.composite
def values(draw: st.DrawFn, name: str, macros: tuple[str, ...]) -> str:
    if name.lower() in {"author", "editor"}:
        return f"{{{draw(PEOPLE)}}}"
    joint = f"{draw(SPACE)}#{draw(SPACE)}"
    return joint.join(draw(st.lists(parts(macros), min_size=1, max_size=3)))


@st.composite
def entries(draw: st.DrawFn, key: str, macros: tuple[str, ...] = ("jan", "Dec")) -> str:
    """Write one well-formed entry, in any layout."""
    space = lambda: draw(SPACE)  # noqa: E731 (short, and only here)
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=5))
    fields = [
        f"{space()}{name}{space()}={space()}{draw(values(name, macros))}{space()}" for name in names
    ]
    opening, closing = draw(st.sampled_from(["{}", "()"]))
    # In parentheses BibTeX takes a closing parenthesis for a part of the key.
    comma = "," if draw(st.booleans()) or (closing == ")" and not fields) else ""
    body = ",".join([key + space(), *fields]) + comma + space()
    return f"@{draw(st.sampled_from(KINDS))}{space()}{opening}{space()}{body}{closing}"


# No '=': a field that stands behind its entry is taken for a mistake, not for free text.
FREE_TEXT = st.text("abc %.,{}()\"'é\n\t ", max_size=30).map(lambda text: f"\n{text}\n")
SETTINGS = st.sampled_from(
    ["@Comment{jabref-meta: databaseType:bibtex;}", "@comment{jabref-meta: grouping:\n0 All:;\n}"]
)


@st.composite
def bibliographies(draw: st.DrawFn) -> str:
    """Write a well-formed file: entries, macros, comments, JabRef's settings."""
    keys = draw(st.lists(KEYS, unique_by=str.casefold, max_size=5))
    macros = draw(st.lists(st.sampled_from(["acl", "icml", "x"]), unique=True, max_size=2))
    blocks = []
    for number, name in enumerate(macros):
        known = ("jan", *macros[:number])
        value = " # ".join(draw(st.lists(parts(known), min_size=1, max_size=2)))
        blocks.append(f"@string{{{name} = {value}}}")
    blocks += [draw(entries(key, ("jan", "Dec", *macros))) for key in keys]
    blocks += draw(st.lists(SETTINGS, max_size=1))
    out = [draw(FREE_TEXT)]
    for block in blocks:
        out += [block, draw(FREE_TEXT | st.just("\n"))]
    text = "".join(out)
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text
