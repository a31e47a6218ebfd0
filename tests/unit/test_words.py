"""The catalogs hold every word that the code says to readers, whole and in every plural form."""

from __future__ import annotations

import ast
import datetime
import gettext
import io
import struct
from string import Formatter
from typing import TYPE_CHECKING

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from tests.conftest import ROOT

from livingsurvey.words import LOCALE, Words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from babel.messages.catalog import Catalog, Message

LANGUAGES = sorted(path.name for path in LOCALE.iterdir() if path.is_dir())
PACKAGE = ROOT / "ext"
KEYWORDS = {
    "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "mark": None,
    "ls_gettext": None,
}  # fmt: skip
SAYING = {"gettext", "ngettext", "pgettext", "mark"}


def read_catalog(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def find_catalog(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES/livingsurvey.po"


def messages(catalog: Catalog) -> dict[tuple[str, str], Message]:
    return {(one.context or "", first(one.id)): one for one in catalog if one.id}


def first(text: str | tuple[str, ...]) -> str:
    return text if isinstance(text, str) else text[0]


def extract() -> set[tuple[str, str | tuple[str, ...]]]:
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(PACKAGE, methods, options, KEYWORDS)
    return {(context or "", text) for _, _, text, _, context in found}


def test_the_template_holds_what_the_code_says() -> None:
    known = {(one.context or "", one.id) for one in read_catalog(LOCALE / "livingsurvey.pot")}
    assert known - {("", "")} == extract(), "run: nox -s translate"


def test_no_text_hides_from_the_extraction() -> None:
    """Babel reads tokens: it sees no call within an f-string."""
    known = {text for _, text in messages(read_catalog(LOCALE / "livingsurvey.pot"))}
    hidden = [
        f"{path.name}:{call.lineno}: {text}"
        for path in PACKAGE.rglob("*.py")
        for call, text in find_calls(ast.parse(path.read_text(encoding="utf-8")))
        if text not in known
    ]
    assert hidden == []


def find_calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            texts = call.args[1:2] if name == "pgettext" else call.args[:1]
            for one in texts if name in SAYING else ():
                if isinstance(one, ast.Constant):
                    yield call, one.value


@pytest.mark.parametrize("language", LANGUAGES)
class TestCatalog:
    def test_it_is_whole(self, language: str) -> None:
        wanted = messages(read_catalog(LOCALE / "livingsurvey.pot"))
        catalog = read_catalog(find_catalog(language))
        found = messages(catalog)
        assert found.keys() == wanted.keys()
        for key, message in found.items():
            assert not message.fuzzy, key
            assert message.id == wanted[key].id
            forms = message.string if message.pluralizable else (message.string,)
            assert len(forms) == (catalog.num_plurals if message.pluralizable else 1), key
            assert all(forms), key

    def test_its_texts_fit_in_place_of_the_english_ones(self, language: str) -> None:
        for key, message in messages(read_catalog(find_catalog(language))).items():
            english = message.id if message.pluralizable else (message.id,)
            forms = message.string if message.pluralizable else (message.string,)
            names = set().union(*map(find_names, english))
            for text in forms:
                said = find_names(text)
                # A form that stands for one number alone need not say it; German has no ending.
                assert said == names or said == names - {"ending"}, key
                assert text.count("|") == english[-1].count("|"), key
                assert text[:1].isspace() or not english[-1][:1].isspace(), key
                assert text[-1:].isspace() or not english[-1][-1:].isspace(), key

    def test_the_compiled_one_is_that_of_its_text(self, language: str) -> None:
        made = io.BytesIO()
        write_mo(made, read_catalog(find_catalog(language)))
        kept = find_catalog(language).with_suffix(".mo").read_bytes()
        assert list_texts(kept) == list_texts(made.getvalue()), "run: nox -s translate"


def list_texts(compiled: bytes) -> list[object]:
    """Return what a compiled catalog says; its head names the version of babel, too."""
    catalog = read_mo(io.BytesIO(compiled))
    said = [(entry.id, entry.context, entry.string) for entry in catalog if entry.id]
    return [catalog.plural_forms, *sorted(said, key=str)]


def find_names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_english_stands_in_the_code() -> None:
    words = Words("en")
    assert not words.is_translated
    assert words.gettext("{names} and {last}", names="Roe", last="Lee") == "Roe and Lee"
    assert [words.ngettext("{n} paper", "{n} papers", n) for n in (0, 1, 2)] == [
        "0 papers", "1 paper", "2 papers",
    ]  # fmt: skip
    assert words.gettext("") == ""


def test_plural_forms() -> None:
    say = [Words(one).ngettext for one in ("de", "zh_CN")]
    assert [one("{n} paper", "{n} papers", 1) for one in say] == ["1 Arbeit", "1 篇论文"]
    assert [one("{n} paper", "{n} papers", 2) for one in say] == ["2 Arbeiten", "2 篇论文"]


@pytest.mark.parametrize(
    ("language", "day", "month", "short", "number"),
    [
        ("en", "November 28, 2026", "September 2026", "Sep 2026", "2,423"),
        ("de", "28. November 2026", "September 2026", "Sept. 2026", "2.423"),
        ("zh_CN", "2026年11月28日", "2026年9月", "2026年9月", "2,423"),
        ("nowhere", "November 28, 2026", "September 2026", "Sep 2026", "2,423"),
    ],
)
def test_dates_and_numbers(language: str, day: str, month: str, short: str, number: str) -> None:
    words = Words(language)
    assert words.day(datetime.date(2026, 11, 28)) == day
    assert words.month(2026, 9) == month
    assert words.month(2026, 9, is_short=True) == short
    assert words.number(2423) == number


def test_a_regional_language_has_the_words_of_the_whole() -> None:
    assert Words("de_AT").gettext("Authors") == "Autoren"


POLISH = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"

msgid "{n} paper"
msgid_plural "{n} papers"
msgstr[0] "{n} praca"
msgstr[1] "{n} prace"
msgstr[2] "{n} prac"

msgid "See {place}"
msgstr "Zobacz {miejsce}"
"""  # noqa: E501


def compile_catalog(folder: Path, language: str, text: str) -> None:
    place = folder / language / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "livingsurvey.mo").open("wb") as file:
        write_mo(file, read_po(io.BytesIO(text.encode()), locale=language))


def test_a_catalog_of_the_survey_itself(tmp_path: Path) -> None:
    compile_catalog(tmp_path, "pl", POLISH)
    words = Words("pl", (str(tmp_path),))
    assert words.is_translated
    assert [words.ngettext("{n} paper", "{n} papers", n) for n in (1, 3, 5, 22)] == [
        "1 praca", "3 prace", "5 prac", "22 prace",
    ]  # fmt: skip
    assert words.list_forms("{n} paper", "{n} papers") == ["{n} praca", "{n} prace", "{n} prac"]
    assert words.gettext("Authors") == "Authors"
    assert words.plural_rule.endswith("? 1 : 2)")
    # A translation that names another value cannot be filled in.
    assert words.gettext("See {place}", place="there") == "See there"
    assert words.digest != Words("pl").digest


def write_compiled(path: Path, head: str) -> None:
    """Write a compiled catalog of one text, with any head."""
    texts = ((b"", head.encode()), (b"a", b"b"))
    start = 28 + 16 * len(texts)
    tables, data = [b"", b""], b""
    for which in (0, 1):
        for pair in texts:
            tables[which] += struct.pack("<2I", len(pair[which]), start + len(data))
            data += pair[which] + b"\0"
    path.parent.mkdir(parents=True)
    numbers = (0x950412DE, 0, len(texts), 28, 28 + 8 * len(texts), 0, 0)
    path.write_bytes(struct.pack("<7I", *numbers) + b"".join(tables) + data)


@pytest.mark.parametrize(
    ("rule", "read", "said"),
    [
        ("(n != 1);", "(n != 1)", "b"),
        ("(n != 1); alert(1);", "(n != 1)", "b"),
        ("alert(1);", "n != 1", "a"),  # a catalog that cannot be read
    ],
)
def test_a_rule_of_plurals_is_no_other_code(
    rule: str, read: str, said: str, tmp_path: Path
) -> None:
    """It becomes a script."""
    head = f"Content-Type: text/plain; charset=utf-8\nPlural-Forms: nplurals=2; plural={rule}\n"
    write_compiled(tmp_path / "xx/LC_MESSAGES/livingsurvey.mo", head)
    words = Words("xx", (str(tmp_path),))
    assert (words.plural_rule, words.gettext("a")) == (read, said)


def test_it_comes_before_that_of_the_package(tmp_path: Path) -> None:
    text = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    compile_catalog(tmp_path, "de", text + 'msgid "Authors"\nmsgstr "Verfasser"\n')
    words = Words("de", (str(tmp_path),))
    assert words.gettext("Authors") == "Verfasser"
    assert words.gettext("Venue") == "Publikationsort"


@pytest.mark.parametrize("data", [b"", b"\xde\x12\x04\x95", b"nonsense" * 9])
def test_a_catalog_that_cannot_be_read(data: bytes, tmp_path: Path) -> None:
    place = tmp_path / "de/LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "livingsurvey.mo").write_bytes(data)
    assert Words("de", (str(tmp_path),)).gettext("Authors") == "Autoren"


def test_it_leaves_no_state_behind() -> None:
    assert [Words(one).gettext("Authors") for one in ("de", "en", "zh_CN", "de")] == [
        "Autoren", "Authors", "作者", "Autoren",
    ]  # fmt: skip
    assert gettext.textdomain() == "messages"
