"""The pictures of chapters that social networks show."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from lxml import html

from livingsurvey import settings
from livingsurvey.sphinxext.metadata import Card, draw

if TYPE_CHECKING:
    from .conftest import Result, Survey

image = pytest.importorskip("PIL.Image")

SETTINGS = 'livingsurvey_cards = True\nhtml_baseurl = "https://example.org/bread/"\n'
FOLDER = "_static/livingsurvey/cards"
PAPER = """
@misc{ng2022flour,
  title = {More Flour}, author = {Ng, Wei}, year = {2022}, keywords = {flour},
}
"""


def find_image(result: Result, page: str) -> list[str]:
    found = html.fromstring(result.read(page)).xpath("//meta[@property='og:image']/@content")
    return [address.removeprefix("https://example.org/bread/") for address in found]


def read_cards(result: Result) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in (result.output / FOLDER).glob("*.png")}


def test_each_chapter_has_its_own(survey: Survey) -> None:
    survey.write("conf.py", survey.read("conf.py") + SETTINGS)
    result = survey.build()
    cards = read_cards(result)
    assert set(cards) == {"index", "dough", "oven"}
    assert len(set(cards.values())) == 3
    for content in cards.values():
        assert image.open(io.BytesIO(content)).size == (1200, 630)
    for page, card in (
        ("dough.html", "dough"),
        ("references.html", "index"),
        ("index.html", "index"),
        ("papers/rossi2019wild.html", "index"),
    ):
        assert find_image(result, page) == [f"{FOLDER}/{card}.png"]


def test_it_is_drawn_again_when_its_papers_change(survey: Survey) -> None:
    survey.write("conf.py", survey.read("conf.py") + SETTINGS)
    first = survey.build()
    before = read_cards(first)
    kept = (first.output / FOLDER / "oven.png").stat().st_mtime_ns
    survey.write("papers.bib", survey.read("papers.bib") + PAPER)
    second = survey.build()
    after = read_cards(second)
    assert {name for name in after if after[name] != before[name]} == {"index", "dough"}
    assert (second.output / FOLDER / "oven.png").stat().st_mtime_ns == kept
    assert read_cards(survey.build(clean=True)) == after


def test_without_an_address_there_is_none(survey: Survey) -> None:
    survey.write("conf.py", survey.read("conf.py") + "livingsurvey_cards = True\n")
    result = survey.build()
    assert not read_cards(result)
    assert not find_image(result, "dough.html")


def test_without_pillow_the_build_says_so(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "find_spec", lambda name: None)
    survey.write("conf.py", survey.read("conf.py") + SETTINGS)
    result = survey.build()
    assert "pictures of chapters need Pillow" in result.warnings
    assert not read_cards(result)
    assert not find_image(result, "dough.html")


@pytest.mark.parametrize("title", ["", "x" * 120, "long words " * 10, "\N{BREAD}", "面包"])
def test_any_title_makes_a_picture(title: str) -> None:
    card = Card(title=title, line="", columns=((3, "#112233"), (0, "#445566")))
    content = draw(card, "mark")
    assert image.open(io.BytesIO(content)).text == {"Source": "mark"}
    assert content == draw(card, "mark")
    if title in {"\N{BREAD}", "面包"}:  # letters that the font does not have
        assert content == draw(Card(title="", line="", columns=card.columns), "mark")
