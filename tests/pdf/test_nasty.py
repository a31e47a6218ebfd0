"""Names in every script and texts full of special characters, through real LaTeX."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from livingsurvey.catalog import load
from tests.pdf.book import LINK
from tests.pdf.conftest import ROOTS, make_root

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pdf.book import Book

pytestmark = [
    pytest.mark.needs_tex,
    pytest.mark.needs_tool("pdftotext", "pdfinfo", "qpdf"),
    pytest.mark.slow,
    pytest.mark.xdist_group("nasty"),
]


def squeeze(text: str) -> str:
    """Return the text without any space, as pages break lines where they like."""
    return "".join(text.split())


def test_log_is_clean(nasty_book: Book) -> None:
    assert [str(one) for one in nasty_book.result.diagnostics] == []
    assert nasty_book.warnings == ""


def test_every_name_is_printed_whole(nasty_book: Book) -> None:
    catalog, diagnostics = load(
        (ROOTS / "test-nasty/papers.bib",), ROOTS / "test-nasty/taxonomy.toml", ROOTS
    )
    assert [one for one in diagnostics if one.severity != "hint"] == []
    names = [one.inverted for paper in catalog.papers.values() for one in paper.authors]
    assert len(names) > 25
    text = squeeze(nasty_book.text)
    assert [name for name in names if squeeze(name) not in text] == []


@pytest.mark.parametrize(
    "printed",
    [
        "ÀÁÂÃÄÅĀĂĄǍȀȂẠẢ",
        "ŔŖŘŚŜŞŠȘŢŤŦȚÙÚÛÜŨŪŬŮŰŲƯ",
        "ἩΨυχὴτοῦἄρτου:Ελληνικά",
        "Хлебиёлка:Їжак,Љубав,Ўсё",
        "Bánhmì:Nhữngđiềutuyệtvờivềổbánh",
        "面包的科学：发酵、烘焙与「风味」",  # noqa: RUF001
        "パンの科学と「ひらがな」",
        "빵의과학",
        "Emoji😀🍞inTitles→with½≤∞,✓and★&“quotes”‘single’–en—em…€£¥",  # noqa: RUF001
        "JournalofA&B_C:50%#1",
        "doi:10.1234/a_b(c)<d>#e%f&g~h",
        "example.org/~user/a_b?x=1&y=%20#frag_(2)",
        "Has100%ofallaccents,asmallcap,x2,H2O,C:\\n,~,^,$5&{braces}—anddashes.",
        "50%#hashunder_score",
        "Akzént_&100%",
        "Dough&100%#_~^${1}",
        "Whathappens_before_theoven:50%&{more}\\~^#$.",
        "Bread&Ñandú:100%#1_~^",
        "Dough{and}more\\100%#_~^&$",
        "Zoë&Ł.O’Brien-_",  # noqa: RUF001
        "Rawletters:NguyễnThịÁnh,Ψυχή,Ж中,😀and½≤∞→⊕✓★.",
    ],
)
def test_text_is_printed_as_it_is(printed: str, nasty_book: Book) -> None:
    assert printed in squeeze(nasty_book.text)


def test_math_is_set_as_math(nasty_book: Book) -> None:
    assert r"\(\mathcal{O}(n^2)\)" in nasty_book.tex
    assert "OnO(n2),\N{GREEK SMALL LETTER ALPHA}" in squeeze(nasty_book.text)


def test_links_lead_where_they_say(nasty_book: Book) -> None:
    links = {one["/URI"].removeprefix("u:") for _, one in nasty_book.links if "/URI" in one}
    assert links == {
        "https://doi.org/10.1234/a_b(c)%3Cd%3E%23e%25f&g~h",
        "https://doi.org/10.1234/a_b(c)%3Cd%3E%23e%25f&g%7Eh",
        "https://example.org/a_b%7Ec%20d#e&f",
        "https://example.org/%7Euser/a_b?x=1&y=%20#frag_(2)",
        "https://example.org/averyveryveryveryverylongpathwithoutanybreakpointswhatsoeverinitatallforsureyes",
        "https://github.com/a_b/c-d.e",
    } - ({"https://doi.org/10.1234/a_b(c)%3Cd%3E%23e%25f&g~h"} - links)
    inner = [one["/D"].removeprefix("u:") for _, one in nasty_book.links if "/D" in one]
    assert {name for name in inner if name not in nasty_book.destinations} == set()
    assert set(LINK.findall(nasty_book.tex)) <= set(nasty_book.labels)


def test_pages_left_out(nasty_book: Book) -> None:
    assert "Click here" not in nasty_book.text
    assert "Left out" not in nasty_book.bookmarks
    assert "For the web" not in nasty_book.text
    # Links to them became text: their own, or the title of the page.
    assert "a page left out, which is Left out or Left out." in " ".join(nasty_book.text.split())
    # A heading with nothing but such pages below it is gone too.
    assert "More" not in nasty_book.bookmarks


def test_paper_is_a_choice(nasty_book: Book) -> None:
    assert nasty_book.properties["Page size"].startswith("419.5")  # A5


def test_indexes(nasty_book: Book) -> None:
    authors = nasty_book.pages[-1]
    for heading in ("A", "Cyrillic", "Greek", "Hangul", "CJK"):
        assert f"{heading}\n" in authors
    assert "Достоевский, Фёдор Михайлович\n1, 3" in authors
    assert "面包 3" in nasty_book.pages[-2]


def test_hash_seed_folder_time_zone_locale_and_jobs_change_no_byte(
    nasty_book: Book, tmp_path: Path
) -> None:
    other = {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "LC_ALL": "C"}
    again = make_root("nasty", tmp_path / "deeper" / "still", "-j", "2", **other)
    assert again.pdf.read_bytes() == nasty_book.pdf.read_bytes()


def test_a_survey_without_our_settings_has_a_book(tmp_path: Path) -> None:
    book = make_root("plain", tmp_path)
    assert [str(one) for one in book.result.diagnostics] == []
    assert "Abbas, Omar (2021). One Bread. Cited on page 1; listed on page 1." in book.text


def test_qpdf_finds_nothing(nasty_book: Book) -> None:
    subprocess.run(["qpdf", "--check", nasty_book.pdf], check=True, capture_output=True, timeout=60)
