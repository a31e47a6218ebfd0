"""A survey in another language: no English word of ours is left in what readers get."""

from __future__ import annotations

import json
import re
from string import Formatter
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po
from lxml import etree, html

from livingsurvey.words import LOCALE, Words

from .conftest import Survey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .conftest import Result

LANGUAGES = ("de", "zh_CN")
PAGE = """\
# Q{number}

```{{survey:{directive}}}
```
"""
DIRECTIVES = (
    "discussed", "agreement", "state", "changes", "by} year", "by} author", "by} venue", "recent",
    "downloads", "explorer", "overview", "timeline", "heatmap", "venues",
)  # fmt: skip
ENTRIES = """
@phdthesis{roe2017crust,
  title = {Q}, author = {Roe, Ann and others}, school = {QX}, year = {2017}, month = mar,
  weights = {https://example.org/weights}, creationdate = {2026-11-01}, keywords = {steam},
}
@book{lee2016oven,
  title = {QQ}, editor = {Lee, Bo and Zhu, Mei}, publisher = {QP}, edition = {2}, volume = {3},
  series = {QS}, number = {4}, pages = {1--9}, keywords = {steam}, creationdate = {2026-11-02},
}
@incollection{may2015,
  title = {QQQ}, author = {May, Jo}, booktitle = {QB}, editor = {Roe, Ann}, chapter = {5},
  pages = {7}, keywords = {steam}, urldate = {2020-01-01}, url = {https://example.org},
}
@misc{nobody, title = {QN}, author = {No, Body}, keywords = {steam}}
"""
HISTORY = {
    "version": 1,
    "editions": [
        {
            "name": "v1",
            "date": "2026-10-01",
            "changes": [
                {"date": "2026-09-30", "kind": kind, "key": key, "title": key, "details": details}
                for kind, key, details in (
                    ("added", "chen2020flour", []),
                    ("republished", "dahl2018yeast", ["QJ, 2018; before: preprint"]),
                    ("moved", "abbas2021steam", ["from oven to steam", "also in flour"]),
                    ("corrected", "rossi2019wild", ["the title was 'Q'", "the authors"]),
                    ("removed", "gone", []),
                )
            ],
        }
    ],
    "last": {},
    "last_date": "2026-10-01",
}


def make_survey(path: Path, language: str, *lines: str) -> Survey:
    """Return a survey whose own words are none, with every panel that the extension has."""
    survey = Survey(path)  # its theme says little of its own
    conf = [survey.read("conf.py"), f"language = {language!r}", *lines]
    conf.append('html_baseurl = "https://example.org/q/"')
    conf.append('livingsurvey_about = {"date": "2026-11-28", "license": "https://example.org/l"}')
    survey.write("conf.py", "\n".join(conf) + "\n")
    survey.write("papers.bib", survey.read("papers.bib") + ENTRIES)
    survey.write("history.json", json.dumps(HISTORY))
    pages = "".join(f"page{number}\n" for number in range(len(DIRECTIVES)))
    survey.write("docs/index.md", survey.read("docs/index.md").replace("oven\n", f"oven\n{pages}"))
    for number, directive in enumerate(DIRECTIVES):
        name, _, argument = directive.partition("} ")
        text = PAGE.format(number=number, directive=name)
        survey.write(f"docs/page{number}.md", text.replace("}\n", f"}} {argument}\n", 1))
    survey.edit("docs/dough.md", "Before the oven, as", "Q")
    survey.edit("docs/dough.md", "says. See", "Q")
    survey.edit("docs/dough.md", "All begins with", "Q")
    survey.edit(
        "docs/dough.md",
        "# Dough\n",
        "---\nreviewed: 2020-01-01\n---\n\n# Dough\n\n```{survey:discussed}\n```\n",
    )
    for page in ("oven", "references"):
        survey.edit(f"docs/{page}.md", f"# {page.title()}\n", f"# Q {page[:2]}\n")
    survey.edit("docs/oven.md", "Heat", "Q")
    survey.edit("docs/oven.md", " and ", " Q ")
    survey.edit("docs/oven.md", ", as in", " Q")
    return survey


def list_english(language: str) -> Iterator[re.Pattern[str]]:
    """Yield what reads as a text of ours in English, if it is another one in the language."""
    with (LOCALE / "livingsurvey.pot").open("rb") as file:
        template = read_po(file)
    words = Words(language)
    for message in template:
        texts = message.id if message.pluralizable else (message.id,)
        for text in texts if message.id else ():
            letters = re.sub(r"\{\w+\}", "", text)
            # A word with and without a capital letter may be one.
            is_same = words.gettext(text).casefold() == text.casefold()
            if sum(map(str.isalpha, letters)) > 3 and not is_same and "|" not in text:
                pieces = (
                    re.escape(before) + (".+" if name else "")
                    for before, name, _, _ in Formatter().parse(text.strip())
                )
                yield re.compile("".join(pieces), re.DOTALL)


def list_texts(page: etree._Element) -> Iterator[str]:
    """Yield whole texts of a page, and those of attributes that readers see or hear."""
    for element in page.iter(etree.Element):
        if element.tag in {"script", "style", "pre", "code"}:
            continue
        said = [element.text, element.tail]
        said += (element.get(name) for name in ("title", "aria-label", "alt", "placeholder"))
        if element.tag == "p" and not element.xpath("descendant::p"):
            said.append(element.text_content())
        yield from (" ".join(text.split()) for text in said if text and text.strip())


def find_english(texts: Iterator[str], language: str) -> list[str]:
    patterns = list(list_english(language))
    return sorted({text for text in texts if any(one.fullmatch(text) for one in patterns)})


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_english_word_is_left_on_a_page(language: str, tmp_path: Path) -> None:
    survey = make_survey(tmp_path, language)
    result = survey.build()
    assert result.status == 0, result.warnings
    pages = sorted(result.output.rglob("*.html"))
    assert len(pages) > 20
    # Hidden from browsers that run scripts, and read by all others.
    texts = (
        text
        for path in pages
        for text in list_texts(
            html.fromstring(re.sub("</?noscript[^>]*>", "", path.read_text("utf-8")))
        )
    )
    assert find_english(texts, language) == []
    assert f'<th scope="col">{Words(language).gettext("Authors")}</th>' in result.read("dough.html")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("builder", ["text", "epub", "latex"])
def test_no_english_word_is_left_in_other_formats(
    builder: str, language: str, tmp_path: Path
) -> None:
    survey = make_survey(tmp_path, language)
    result = survey.build(builder)
    assert result.status == 0, result.warnings
    if builder == "epub":
        pages = [path for path in result.output.rglob("*.xhtml") if path.stem != "nav"]
        texts = [text for path in pages for text in list_texts(etree.parse(str(path)).getroot())]
        assert find_english(iter(texts), language) == []
        return
    names = {"text": ("*.txt",), "latex": ("*.tex", "livingsurvey-data.def")}[builder]
    paths = [path for name in names for path in result.output.rglob(name)]
    lines = (line for path in paths for line in path.read_text("utf-8").splitlines())
    # A macro's argument, a cell, an item of a list.
    pieces = (piece for line in lines for piece in re.split(r"[{}|*]|\\[a-z]+", line))
    texts = [" ".join(piece.split()).strip(":") for piece in pieces if piece.strip()]
    assert find_english(iter(texts), language) == []
    wanted = {"text": "Also in {places}", "latex": "Index of authors"}[builder]
    said = Words(language).gettext(wanted).partition("{")[0]
    assert any(said in text for text in texts)


def test_two_builds_in_one_process_speak_two_languages(tmp_path: Path) -> None:
    said = {}
    for language in ("de", "zh_CN", "en", "de"):
        survey = make_survey(tmp_path / language, language)
        said[language] = survey.build("text").read("dough.txt")
    assert "Noch keine" not in said["en"]
    assert "Auch in" in said["de"]
    assert "另见于" in said["zh_CN"]
    assert "Also in" in said["en"]


def read_pages(result: Result) -> dict[str, str]:
    """Return the pages but for checksums, which Sphinx (9.0) remembers as long as it runs."""
    checksum = re.compile(r"(?<=\.js)\?v=\w+")
    paths = result.output.rglob("*.html")
    return {path.name: checksum.sub("", path.read_text("utf-8")) for path in paths}


def test_another_language_makes_every_page_anew(tmp_path: Path) -> None:
    survey = make_survey(tmp_path, "en")
    survey.build()
    for old, new in (("en", "de"), ("de", "zh_CN"), ("zh_CN", "en")):
        survey.edit("conf.py", f"language = '{old}'", f"language = '{new}'")
        result = survey.build()
        assert read_pages(result) == read_pages(survey.build(clean=True))
        is_there = (result.output / "_static/livingsurvey/words.js").is_file()
        assert is_there == (new != "en")


def test_words_of_the_survey_itself(tmp_path: Path) -> None:
    """A language that the package lacks, in the folder where Sphinx looks for translations."""
    survey = make_survey(tmp_path, "pl")
    catalog = "docs/locales/pl/LC_MESSAGES/livingsurvey.po"
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    survey.write(catalog, f'{head}msgid "Authors"\nmsgstr "Autorzy"\n')
    assert "Autorzy" in survey.build().read("dough.html")
    survey.edit(catalog, "Autorzy", "Autorowie")
    result = survey.build()
    assert "Autorowie" in result.read("dough.html")
    assert read_pages(result) == read_pages(survey.build(clean=True))
    survey.write(catalog, "nonsense")
    assert "livingsurvey.po" in survey.build().warnings


def test_programs_read_the_language_as_the_web_writes_it(tmp_path: Path) -> None:
    survey = make_survey(tmp_path, "zh_CN")
    feed = etree.parse(str(survey.build().output / "feeds/survey.xml")).getroot()
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-CN"
    assert r"\def\lslanguage{zh-CN}" in survey.build("latex").read("livingsurvey-data.def")


def test_the_chart_counts_in_the_language(tmp_path: Path) -> None:
    page = html.fromstring(make_survey(tmp_path, "de").build().read("page10.html"))
    assert "8 Arbeiten fächern sich" in page.xpath("string(//svg/desc)")
