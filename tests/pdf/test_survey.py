"""The book of this survey: its parts, its links, its log."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from livingsurvey.catalog import load
from livingsurvey.markup import parse
from tests.pdf.book import LINK, letters

if TYPE_CHECKING:
    from pathlib import Path

    from livingsurvey.catalog import Catalog
    from tests.pdf.book import Book

pytestmark = [
    pytest.mark.needs_tex,
    pytest.mark.needs_tool("pdftotext", "pdfinfo", "qpdf"),
    pytest.mark.slow,
    pytest.mark.xdist_group("book"),
]

PAGE_ENDS_A_SENTENCE = re.compile(r"\.\s*(?:[0-9ivx]+\s*)?\Z")


@pytest.fixture(scope="module")
def catalog(root: Path) -> Catalog:
    bib = root / "bib"
    files = (bib / "efficiency-spectrum.bib",), bib / "taxonomy.toml"
    return load(*files, root, bib / "authors.toml")[0]


@pytest.fixture(scope="module")
def titles(root: Path) -> dict[str, str]:
    """The title of each numbered page, by its number in the toctree."""
    index = (root / "docs/index.md").read_text(encoding="utf-8")
    toctree = re.search(r"```\{toctree\}[^`]*:numbered:[^`]*?\n\n([^`]*)```", index)
    assert toctree is not None
    pages = toctree[1].split()
    found = {}
    for number, page in enumerate(pages, 1):
        text = (root / "docs" / f"{page}.md").read_text(encoding="utf-8")
        heading = re.search(r"^# (.+)$", text, re.MULTILINE)
        assert heading is not None
        found[str(number)] = heading[1].strip()
    return found


def test_log_is_clean(real_book: Book) -> None:
    assert [str(one) for one in real_book.result.diagnostics] == []
    assert real_book.pdf.is_file()


def test_qpdf_finds_nothing(real_book: Book) -> None:
    done = subprocess.run(
        ["qpdf", "--check", real_book.pdf], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stderr


def test_chapters_have_the_numbers_of_the_site(real_book: Book, titles: dict[str, str]) -> None:
    assert list(titles) == [str(number) for number in range(1, 9)]
    for number, title in titles.items():
        opening = letters(number + title)
        sheets = [place for place, page in enumerate(real_book.pages) if place > 4]
        assert any(letters(real_book.pages[place]).startswith(opening) for place in sheets), title
        assert f"{number} {title}" in real_book.bookmarks


def test_the_contents_fit_on_their_page(real_book: Book) -> None:
    (contents,) = (page for page in real_book.pages[:6] if letters(page).startswith("contents"))
    assert "Index of authors" in contents


def test_back_matter_has_no_numbers(real_book: Book) -> None:
    for title in ("References", "Glossary", "Index of methods", "Index of authors"):
        assert title in real_book.bookmarks
    order = [one for one in real_book.bookmarks if one in {"References", "Index of authors"}]
    assert order == ["References", "Index of authors"]
    assert real_book.bookmarks[-1] == "Index of authors"


def test_references_stand_in_their_chapter(real_book: Book, catalog: Catalog) -> None:
    start = sheet_of(real_book, "References")
    end = sheet_of(real_book, "Glossary")
    chapter = letters(" ".join(real_book.pages[start:end]))
    assert chapter.count("listedonpage") == len(catalog.papers)


def sheet_of(book: Book, title: str) -> int:
    found = [place for place, page in enumerate(book.pages) if page.lstrip().startswith(title)]
    return next(place for place in found if place > 4)


def test_every_short_title_is_printed(real_book: Book, catalog: Catalog) -> None:
    text = letters(real_book.text)
    names = {parse(one.short_title).text for one in catalog.papers.values() if one.short_title}
    assert len(names) > 400
    assert [name for name in names if letters(name) not in text] == []


def test_every_author_is_in_the_index(real_book: Book, catalog: Catalog) -> None:
    index = letters(" ".join(real_book.pages[sheet_of(real_book, "Index of authors") :]))
    authors = {one.inverted for paper in catalog.papers.values() for one in paper.authors}
    # A page may part a name from its column's next line, so running heads can stand between.
    lost = [name for name in authors if letters(name) not in index]
    assert len(lost) <= len(authors) // 200, lost


@pytest.mark.parametrize(
    "letter", list("ÇÉàáãäçèéëíîïñóôöúüćčęěğŁłńřŞşŠšźž"), ids=lambda one: f"U+{ord(one):04X}"
)
def test_letters_of_names_are_printed(letter: str, real_book: Book, catalog: Catalog) -> None:
    names = [
        one.family
        for paper in catalog.papers.values()
        for one in paper.authors
        if letter in one.family + one.given
    ]
    assert names, f"no author has the letter {letter}"
    assert letter in real_book.text
    assert letters(names[0]) in letters(real_book.text)


def test_every_link_lands(real_book: Book) -> None:
    inner = [one["/D"].removeprefix("u:") for _, one in real_book.links if "/D" in one]
    outer = [one["/URI"].removeprefix("u:") for _, one in real_book.links if "/URI" in one]
    assert len(inner) > 5_000
    assert len(outer) > 900
    assert {name for name in inner if name not in real_book.destinations} == set()
    assert [uri for uri in outer if not uri.startswith(("https://", "http://"))] == []


def test_every_citation_is_a_link_to_its_reference(real_book: Book, catalog: Catalog) -> None:
    r"""Each ``\hyperref`` to a reference became a link, to the page that prints its author."""
    wanted = Counter(
        label for label in LINK.findall(real_book.tex) if label.startswith("references:ref-")
    )
    assert sum(wanted.values()) > 900
    made = Counter(one["/D"].removeprefix("u:") for _, one in real_book.links if "/D" in one)
    authors = {
        f"references:ref-{catalog.anchor(key)}": paper.authors[0].family
        for key, paper in catalog.papers.items()
        if paper.authors
    }
    for label, count in wanted.items():
        _page, destination = real_book.labels[label]
        # A citation that runs over the end of a line is two links.
        assert made[destination] >= count, label
        landed = real_book.pages[real_book.destinations[destination]]
        assert letters(authors[label]) in letters(landed), label


def test_references_name_the_pages_that_cite_them(real_book: Book) -> None:
    """``Cited on pages …`` names exactly the pages with a citation or the name of the paper."""
    references = {
        found[1]: [mark for mark in found[2].split(",") if mark]
        for found in re.finditer(
            r"\\lsreference\{.*?references:ref-(.*?)\}\}\}.*?\}\{([\w,-]*)\}\{lsh-\d+\}$",
            real_book.tex,
            re.MULTILINE,
        )
    }
    assert len(references) > 900
    cited = [marks for marks in references.values() if marks]
    assert len(cited) > 300
    for marks in cited[::25]:
        for mark in marks:
            page, destination = real_book.labels[mark]
            sheet = real_book.destinations[destination]
            assert page_number(real_book, sheet) == page


def page_number(book: Book, sheet: int) -> str:
    """Return the number of a sheet by the page labels of the PDF."""
    numbers = book.resolve(book.catalog["/PageLabels"])["/Nums"]
    spans = list(zip(numbers[::2], numbers[1::2], strict=True))
    first, span = max((one for one in spans if one[0] <= sheet), key=lambda one: one[0])
    label = book.resolve(span)
    number = label.get("/St", 1) + sheet - first
    return str(number) if label["/S"] == "/D" else roman(number)


def roman(number: int) -> str:
    signs = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
    text = ""
    for value, sign in signs:
        text += sign * (number // value)
        number %= value
    return text


def test_page_labels_are_those_printed(real_book: Book) -> None:
    assert page_number(real_book, 0) == "i"
    introduction = sheet_of(real_book, "1")
    assert page_number(real_book, introduction) == "1"
    printed = [
        place
        for place, page in enumerate(real_book.pages)
        if place > introduction and page_number(real_book, place) in page.split()
    ]
    assert len(printed) >= len(real_book.pages) - introduction - 1


def test_properties(real_book: Book) -> None:
    assert real_book.properties["Title"] == "The Efficiency Spectrum"
    assert "contributors" in real_book.properties["Author"]
    assert "large language models" in real_book.properties["Keywords"]
    assert real_book.properties["Page size"].endswith("(A4)")
    assert real_book.catalog["/Lang"] == "u:en"


def test_title_page_tells_version_date_and_how_to_cite(real_book: Book) -> None:
    front = " ".join(" ".join(real_book.pages[:2]).split())
    assert "The Efficiency Spectrum" in front
    assert "2026.12" in front
    assert "Jan 01, 2026" in front
    assert "How to cite" in front
    assert "arxiv.org/abs/2312.00678" in front


def test_nothing_asks_for_a_browser(real_book: Book) -> None:
    text = real_book.text.casefold()
    for words in ("click", "hover", "javascript", "your browser"):
        assert words not in text


def test_chapters_are_colored_by_the_taxonomy(real_book: Book, catalog: Catalog) -> None:
    data = (real_book.folder / "livingsurvey-data.def").read_text(encoding="utf-8")
    styles = re.findall(r"\\lschapterstyle\{(.*?)\}", real_book.tex)
    roots = [one for one in catalog.taxonomy.categories.values() if one.depth == 1]
    assert [tag for tag in styles if tag] == [one.tag for one in roots]
    for category in roots:
        assert f"{{ls-{category.tag}}}{{HTML}}{{{category.color[1:].upper()}}}" in data


def test_no_two_figures_have_one_number(real_book: Book) -> None:
    numbers = re.findall(r"^\s*Fig\. ([\d.]+): ", real_book.text, re.MULTILINE)
    assert len(numbers) > 30
    assert [number for number, count in Counter(numbers).items() if count > 1] == []


def test_figures_are_vectors(real_book: Book) -> None:
    images = [image for page in real_book.structure["pages"] for image in page["images"]]
    assert images == []
    assert real_book.tex.count(r"\begin{tikzpicture}") >= 20


def find_text_end(book: Book) -> int:
    """Return the sheet at which the references begin: what is before it are chapters."""
    return sheet_of(book, "References")


def test_no_entry_leaves_its_title_behind(real_book: Book, catalog: Catalog) -> None:
    titles = {letters(parse(one.title).text) for one in catalog.papers.values()}
    for one in catalog.papers.values():
        name, title = parse(one.short_title).text, parse(one.title).text
        titles.add(letters(title.removeprefix(f"{name}: ")))
    endings = real_book.endings[: find_text_end(real_book)]
    long_titles = tuple(title for title in titles if len(title) > 20)
    assert [place + 1 for place, end in enumerate(endings) if end.endswith(long_titles)] == []


def test_no_heading_stands_at_the_foot_of_a_page(real_book: Book) -> None:
    """A sentence may end in the words of a heading: its full stop tells it from one."""
    headings = tuple(letters(one) for one in real_book.bookmarks if len(one) > 8)
    endings = real_book.endings[: find_text_end(real_book)]
    sentences = [bool(PAGE_ENDS_A_SENTENCE.search(page)) for page in real_book.pages]
    assert not all(sentences[: len(endings)])
    lonely = [
        place + 1
        for place, end in enumerate(endings)
        if place > 4
        and not sentences[place]
        and (end.endswith(headings) or re.search(r"\d(paper|papers)$", end))
    ]
    assert lonely == []


def test_pages_of_chapters_are_full(real_book: Book, titles: dict[str, str]) -> None:
    """Tables and pictures leave no holes; the last page of a chapter may be empty below."""
    starts = tuple(letters(number + title) for number, title in titles.items())
    end = find_text_end(real_book)
    openings = {
        place for place in range(4, end) if letters(real_book.pages[place]).startswith(starts)
    }
    holes = [
        place + 1
        for place in range(min(openings), end - 1)
        if real_book.depths[place] < 0.72 and place + 1 not in openings
    ]
    assert holes == []


def test_tables_break_under_their_repeated_head(real_book: Book) -> None:
    assert real_book.tex.count(r"\begin{longtable}") >= 15
    continued = [page for page in real_book.pages if "continued from previous page" in page]
    assert all(len(page.split()) > 100 for page in continued)


def test_headers_name_the_chapter_where_sections_have_no_number(real_book: Book) -> None:
    about = next(place for place, one in enumerate(real_book.pages) if "Contact\n" in one)
    # A left page, whose header begins with its number.
    assert real_book.pages[about].split()[:4] == ["vi", "About", "this", "book"]
    glossary = real_book.pages[sheet_of(real_book, "Glossary") + 1 :][:3]
    assert ["Glossary" in " ".join(page.split()[:3]) for page in glossary] == [True] * 3


def test_words_in_figures_are_legible(real_book: Book) -> None:
    sizes = re.findall(r"\\sffamily\\fontsize\{([\d.]+)pt\}", real_book.tex)
    assert len(sizes) > 300
    assert min(map(float, sizes)) >= 7.0
