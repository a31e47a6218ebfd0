"""A survey that nobody keeps up to date says so everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import feedparser
import pytest
from lxml import html

from .test_incremental import differing

if TYPE_CHECKING:
    from .conftest import Survey

WHY = "The bakers <b>retired</b> & sold 50% of the {oven}"
FROZEN = f"""
livingsurvey_status = "frozen"
livingsurvey_status_date = "2031-03-01"
livingsurvey_status_reason = {WHY!r}
"""
INVITATION = "\n:::{only} not frozen\nWrite to us.\n:::\n\n:::{only} frozen\nFarewell.\n:::\n"
SAID = f"Nobody has kept it up to date since 2031-03-01. {WHY}."


@pytest.fixture
def open_survey(survey: Survey) -> Survey:
    about = '{"title": "Bread", "slug": "bread", "tag_authority": "example.org,2026:bread"}'
    text = survey.read("conf.py").replace('["dollarmath"]', '["dollarmath", "colon_fence"]')
    survey.write("conf.py", f"{text}livingsurvey_about = {about}\n")
    survey.write("docs/index.md", survey.read("docs/index.md") + INVITATION)
    return survey


def freeze(survey: Survey) -> None:
    survey.write("conf.py", survey.read("conf.py") + FROZEN)


def test_every_page_begins_with_a_banner(open_survey: Survey) -> None:
    freeze(open_survey)
    result = open_survey.build()
    assert (result.status, result.warnings) == (0, "")
    for name in ("index", "dough", "oven", "references"):
        page = html.fromstring(result.read(f"{name}.html"))
        [banner] = page.xpath("//*[@role='note'][contains(@class, 'ls-frozen')]")
        assert [paragraph.text_content() for paragraph in banner.xpath("./p")] == [
            "This survey is frozen", SAID,
        ]  # fmt: skip
        assert banner.getnext().tag == "section", "it stands before the title"
    assert '"retir' not in result.read("searchindex.js"), "no page is found by its banner"


def test_pages_that_are_no_documents_have_it_too(open_survey: Survey) -> None:
    open_survey.edit("conf.py", "basic", "furo")
    assert "ls-frozen" not in open_survey.build().read("papers/rossi2019wild.html")
    freeze(open_survey)
    result = open_survey.build("html", "-W")
    for name in ("papers/rossi2019wild", "search", "genindex", "index"):
        page = html.fromstring(result.read(f"{name}.html"))
        [banner] = page.xpath("//*[contains(@class, 'ls-frozen')]")
        assert SAID in banner.text_content(), name


def test_invitations_are_left_out(open_survey: Survey) -> None:
    assert "Write to us." in open_survey.build().read("index.html")
    freeze(open_survey)
    page = open_survey.build().read("index.html")
    assert "Write to us." not in page
    assert "Farewell." in page


def test_a_toctree_among_them_is_in_no_navigation(open_survey: Survey) -> None:
    tree = "\n::::{only} not frozen\n```{toctree}\nhelp\n```\n::::\n"
    open_survey.write("docs/index.md", open_survey.read("docs/index.md") + tree)
    open_survey.write("docs/help.md", "---\norphan: true\n---\n\n# Help us\n")
    open_survey.edit("conf.py", "basic", "furo")
    assert "Help us" in open_survey.build("html", "-W").read("oven.html")
    freeze(open_survey)
    result = open_survey.build("html", "-W")
    assert (result.status, result.warnings) == (0, "")
    assert "Help us" not in result.read("oven.html")


@pytest.mark.parametrize("builder", ["html", "latex"])
def test_frozen_and_thawed_incremental_equals_clean(open_survey: Survey, builder: str) -> None:
    conf = open_survey.read("conf.py")
    living = open_survey.build(builder).files()
    freeze(open_survey)
    frozen = open_survey.build(builder)
    assert differing(frozen.files(), open_survey.build(builder, clean=True).files()) == []
    open_survey.write("conf.py", conf)
    assert differing(open_survey.build(builder).files(), living) == []


def test_the_cover_of_the_book(open_survey: Survey) -> None:
    assert r"\def\lsfrozen{}" in open_survey.build("latex").read("livingsurvey-data.def")
    freeze(open_survey)
    text = open_survey.build("latex").read("livingsurvey-data.def")
    [line] = [line for line in text.splitlines() if line.startswith(r"\def\lsfrozen")]
    assert r"retired\textless{}/b\textgreater{} \& sold 50\% of the \{oven\}" in line


def test_a_book_with_another_title_page_begins_with_it(open_survey: Survey) -> None:
    said = "This survey is frozen. Nobody has kept it up to date"
    freeze(open_survey)
    assert open_survey.build("latex").read("bread.tex").count(said) == 1
    conf = open_survey.read("conf.py")
    open_survey.write("conf.py", f'{conf}latex_elements = {{"maketitle": r"\\lsmaketitle"}}\n')
    assert said not in open_survey.build("latex").read("bread.tex")


def test_the_last_item_of_the_feeds(open_survey: Survey) -> None:
    freeze(open_survey)
    feed = feedparser.parse(open_survey.build().read("feeds/bread.xml"))
    assert not feed.bozo
    assert feed.feed.updated == "2031-03-01T00:00:00Z"
    assert feed.entries[0].title == "This survey is no longer kept up to date"
    assert feed.entries[0].summary.startswith("Frozen since 2031-03-01. The bakers")


def test_other_builders_say_it_too(open_survey: Survey) -> None:
    freeze(open_survey)
    text = " ".join(open_survey.build("text").read("oven.txt").split())
    assert "This survey is frozen. Nobody has kept it up to date since 2031-03-01." in text


@pytest.mark.parametrize("builder", ["html", "latex"])
def test_two_folders_make_one_output(make_survey, builder: str) -> None:
    one, other = (make_survey().build(builder).files() for _ in range(2))
    assert differing(one, other) == [], "so that a bundle is reproducible"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            'livingsurvey_status = "dead"',
            "'livingsurvey_status' is none of living, frozen",
        ),
        ('livingsurvey_status = "frozen"', "a frozen survey says since when and why"),
        (
            FROZEN.replace("2031-03-01", "March"),
            "'livingsurvey_status_date' is not a date, YYYY-MM-DD",
        ),
        (f"{FROZEN}livingsurvey_status_reason = 'two\\nlines'", "is not a line of text"),
    ],
)
def test_what_is_wrong_is_said(open_survey: Survey, lines: str, said: str) -> None:
    open_survey.write("conf.py", f"{open_survey.read('conf.py')}{lines}\n")
    result = open_survey.build()
    assert said in result.warnings
    assert "[survey.config]" in result.warnings
    assert "ls-frozen" not in result.read("index.html")
