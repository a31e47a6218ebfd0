"""A reference to a paper in a heading says its name wherever the heading is repeated."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from lxml import html

if TYPE_CHECKING:
    from .conftest import Survey

PAGE = """# The oven of {cite:t}`abbas2021steam`

See {ref}`named` on {cite:t}`chen2020flour`.

(named)=
## Loaves {cite:p}`rossi2019wild`

After {cite:p}`dahl2018yeast`.

## About {survey:paper}`rossi2019wild` and {survey:category}`flour`

## Steam

```{survey:papers} steam
```
"""
KEYS = ("abbas2021steam", "rossi2019wild", "dahl2018yeast")


def read_words(source: str) -> str:
    return " ".join(html.fromstring(source).text_content().split())


@pytest.mark.parametrize(
    ("style", "labels", "page", "section"),
    [
        ("author_year", "alpha", "Abbas [2021]", "[Rossi et al., 2019]"),
        ("label", "alpha", "Abbas [Abb21]", "[RMLBN19]"),
        ("label", "plain", "Abbas [1]", "[4]"),
        ("label", "unsrt", "Abbas", "Rossi et al."),
    ],
)
def test_titles_contents_and_search(
    style: str, labels: str, page: str, section: str, survey: Survey
) -> None:
    survey.edit("conf.py", '"author_year"', f'"{style}"\nbibtex_default_style = "{labels}"')
    survey.write("docs/oven.md", PAGE)
    result = survey.build()
    assert result.warnings == ""
    source = result.read("oven.html")
    tree = html.fromstring(source)
    assert f"The oven of {page}" in tree.xpath("string(//title)")
    assert f"Loaves {section}" in " ".join(tree.xpath('string(//a[@href="#named"])').split()) or (
        f"Loaves {section}" in read_words(source)
    )
    contents = read_words(result.read("index.html"))
    assert f"The oven of {page}" in contents
    assert "About WildYeast and Flour" in contents
    index = json.loads(
        result.read("searchindex.js").removeprefix("Search.setIndex(").removesuffix(")")
    )
    assert f"The oven of {page}" in index["titles"]
    assert not any(key in title for title in index["alltitles"] for key in KEYS)
    for text in (contents, read_words(result.read("references.html"))):
        assert not any(key in text for key in KEYS)
    # The heading itself links to the list, whatever its style.
    assert tree.xpath('//h1//a[contains(@href, "#ref-abbas2021steam")]')


def test_they_are_fresh_after_an_edit(survey: Survey) -> None:
    survey.write("docs/oven.md", PAGE)
    survey.build()
    survey.edit("papers.bib", "Abbas, Omar", "Abbasi, Omar")
    incremental = survey.build()
    assert "The oven of Abbasi [2021]" in read_words(incremental.read("index.html"))
    assert incremental.files() == survey.build(clean=True).files()


def test_an_unknown_key_in_a_heading(survey: Survey) -> None:
    survey.write("docs/oven.md", PAGE.replace("abbas2021steam", "abas2021steam"))
    result = survey.build()
    assert "did you mean 'abbas2021steam'" in result.warnings
    assert "The oven of [abas2021steam?]" in read_words(result.read("index.html"))


@pytest.mark.parametrize("encoding", ["utf-8", "UTF8", "utf-8-sig", "utf_8"])
def test_utf8_by_any_name_is_the_encoding(encoding: str, survey: Survey) -> None:
    survey.write("conf.py", survey.read("conf.py") + f'bibtex_encoding = "{encoding}"\n')
    assert survey.build().warnings == ""


@pytest.mark.parametrize("encoding", ["latin-1", "no such", "", "\\0"])
def test_another_encoding_is_reported(encoding: str, survey: Survey) -> None:
    survey.write("conf.py", survey.read("conf.py") + f'bibtex_encoding = "{encoding}"\n')
    result = survey.build()
    assert "a survey reads UTF-8 only; save the .bib as UTF-8, and remove the setting" in (
        result.warnings
    )
    assert (result.status, result.warnings.count("\n")) == (2, 1)
