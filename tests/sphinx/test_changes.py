"""What changed, for readers: the page, the feed and the book follow the history and the catalog."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import feedparser
import pytest
from lxml import html

from .test_incremental import differing

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Survey

BIB, HISTORY = "papers.bib", "history.json"
ATTACK = "<script>alert(1)</script> \\input{/etc/passwd} %"


def make_state(title: str, categories: list[str], created: str = "", **facts: object) -> object:
    empty = {"authors": "0", "year": 2019, "venue": "", "doi": "", "arxiv": "", "code": ""}
    return {**empty, "title": title, "categories": categories, "created": created, **facts}


def make_history() -> dict[str, object]:
    """Two editions, the second of which took a paper out; one paper has changed since."""
    flour = make_state("Flour 50% Better", ["flour"], authors="x", year=2020)
    steam = make_state("Steam", ["steam"], year=2021, venue="Proceedings of Ovens")
    moved = {"date": "2026-10-05", "kind": "moved", "key": "chen2020flour"}
    gone = {"date": "2026-09-30", "kind": "removed", "key": "none2000gone", "title": ATTACK}
    first = {"date": "2026-08-01", "kind": "added", "key": "chen2020flour", "title": "Flour"}
    return {
        "version": 1,
        "last_date": "2026-10-05",
        "editions": [
            {
                "name": "v2.0",
                "date": "2026-10-05",
                "changes": [
                    {**moved, "title": "Flour 50% Better", "details": ["from steam to flour"]},
                    gone,
                ],
            },
            {"name": "v1.0", "date": "2026-08-01", "changes": [first]},
        ],
        "last": {"chen2020flour": flour, "abbas2021steam": steam},
    }


@pytest.fixture
def told(survey: Survey) -> Survey:
    """A survey with a page of changes and a feed."""
    survey.write(HISTORY, json.dumps(make_history()))
    survey.edit("docs/index.md", "references\n", "references\nnews\n")
    page = "# News\n\n```{survey:changes}\n:book: 1\n```\n"
    survey.write("docs/news.md", f"---\nbook: What this edition changed\n---\n\n{page}")
    about = '{"title": "Bread", "slug": "bread", "tag_authority": "example.org,2026:bread"}'
    conf = survey.read("conf.py")
    survey.write(
        "conf.py", f'{conf}livingsurvey_about = {about}\nhtml_baseurl = "https://x.org/"\n'
    )
    return survey


def read_lines(survey: Survey) -> dict[str, list[str]]:
    """Return the lines of the page below the title of each edition."""
    result = survey.build()
    assert (result.status, result.warnings) == (0, "")
    page = html.fromstring(result.read("news.html"))
    lines = {}
    for section in page.xpath("//section[starts-with(@id, 'edition-')]"):
        title = section.xpath("./h2/text()")[0]
        items = section.xpath(".//div[contains(@class, 'ls-changes')]//li")
        lines[title] = [" ".join(item.text_content().split()) for item in items]
    return lines


def test_editions_and_months(told: Survey) -> None:
    lines = read_lines(told)
    assert list(lines) == ["Since edition 2.0", "Edition 2.0", "Edition 1.0"]
    assert lines["Edition 2.0"] == ["Flour 50% Better from Steam to Flour", ATTACK]
    assert lines["Edition 1.0"] == [], "a survey begins with all its papers"
    added = [line for line in lines["Since edition 2.0"] if line.startswith("WildYeast")]
    assert added == ["WildYeast: Old Cultures in New Bread Dough: Sourdough"]
    page = html.fromstring(told.build().read("news.html"))
    assert page.xpath("//section[@id='changes-2026-10']/h3/text()") == ["October 2026"]
    links = page.xpath("//section[@id='edition-2-0']//li/a/@href")
    assert links == ["dough.html#paper-chen2020flour"]
    assert page.xpath("//script[contains(text(), 'alert')]") == []


def test_many_additions_stand_below_their_categories(told: Survey) -> None:
    entries = "".join(
        f"@misc{{new{n:02},\n title={{New {n:02}}},\n author={{New, N}},\n year=2024,\n"
        f" keywords={{{'steam' if n % 2 else 'yeast'}}},\n creationdate={{2026-11-01}}\n}}\n"
        for n in range(40)
    )
    told.write(BIB, told.read(BIB) + "\n" + entries)
    page = html.fromstring(told.build().read("news.html"))
    heads = page.xpath("//section[@id='edition-next']//div[contains(@class, 'ls-added')]/p")
    assert [" ".join(head.text_content().split()) for head in heads] == [
        "Added (42)", "Dough: Sourdough (1)", "Dough: Baker's Yeast (21)", "Oven: Steam (20)",
    ]  # fmt: skip


def test_the_feed(told: Survey) -> None:
    feed = feedparser.parse(told.build().read("feeds/changes.xml"))
    assert not feed.bozo
    titles = [entry.title for entry in feed.entries]
    assert "Moved: Flour 50% Better" in titles
    assert f"Removed: {ATTACK}" in titles
    assert len({entry.id for entry in feed.entries}) == len(titles)
    moved = feed.entries[titles.index("Moved: Flour 50% Better")]
    assert (moved.summary, moved.updated[:10]) == ("from steam to flour", "2026-10-05")
    assert moved.link == "https://x.org/dough.html#paper-chen2020flour"
    page = html.fromstring(told.build().read("news.html"))
    assert "feeds/changes.xml" in page.xpath("//link[@rel='alternate']/@href")


def test_the_book_has_the_last_edition(told: Survey) -> None:
    result = told.build("latex")
    assert (result.status, result.warnings) == (0, "")
    tex = result.read("bread.tex")
    assert r"\chapter{What this edition changed}" in tex
    assert r"\section{Since edition 2.0}" in tex
    assert r"\section{Edition 2.0}" not in tex
    assert "etc/passwd" not in tex


def test_nothing_of_the_history_is_tex(told: Survey) -> None:
    told.edit("docs/news.md", ":book: 1\n", "")
    tex = told.build("latex").read("bread.tex")
    assert r"\textbackslash{}input\{/etc/passwd\}" in tex


def test_other_builders_get_lists(told: Survey) -> None:
    text = told.build("text").read("news.txt")
    assert "* Flour 50% Better: from Steam to Flour" in text


@pytest.mark.parametrize("builder", ["singlehtml", "dirhtml", "epub", "man", "texinfo", "xml"])
def test_every_builder_can(told: Survey, builder: str) -> None:
    state = "\n## State\n\n```{survey:state}\n```\n"
    told.write("docs/oven.md", told.read("docs/oven.md") + state)
    frozen = (
        'livingsurvey_status = "frozen"\nlivingsurvey_status_date = "2031-03-01"\n'
        'livingsurvey_status_reason = "We retired."\nversion = release = "1"\n'
    )
    told.write("conf.py", told.read("conf.py") + frozen)
    result = told.build(builder)
    warnings = [line for line in result.warnings.splitlines() if "survey" in line]
    assert (result.status, warnings) == (0, [])


def edit_history(survey: Survey) -> None:
    survey.edit(HISTORY, "from steam to flour", "from yeast to flour")


def remove_history(survey: Survey) -> None:
    (survey.path / HISTORY).unlink()


def add_paper(survey: Survey) -> None:
    new = "@misc{aaa2022new, title={New}, author={Zed, Q}, year=2022, keywords={yeast}}\n\n"
    survey.write(BIB, new + survey.read(BIB))


def move_paper(survey: Survey) -> None:
    survey.edit(BIB, "keywords      = {flour}", "keywords      = {yeast, flour}")


def break_history(survey: Survey) -> None:
    survey.write(HISTORY, "{")


def rename_category(survey: Survey) -> None:
    survey.edit("taxonomy.toml", 'title = "Flour"', 'title = "All Flour"')


EDITS = [edit_history, remove_history, add_paper, move_paper, break_history, rename_category]


@pytest.mark.parametrize("builder", ["html", "latex"])
@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_incremental_equals_clean(
    edit: Callable[[Survey], None], builder: str, told: Survey
) -> None:
    told.build(builder)
    edit(told)
    incremental = told.build(builder)
    clean = told.build(builder, clean=True)
    assert sorted(clean.warnings.splitlines()) == sorted(incremental.warnings.splitlines())
    assert differing(incremental.files(), clean.files()) == []


def test_a_broken_history_is_reported_until_it_is_mended(told: Survey) -> None:
    text = told.read(HISTORY)
    break_history(told)
    for _ in range(2):
        result = told.build()
        assert "history.json:1: ERROR: history.json is no history" in result.warnings
        assert "[survey.syntax]" in result.warnings
    told.write(HISTORY, text)
    assert told.build().warnings == ""


def test_a_new_history_with_the_same_answer_reads_no_page(told: Survey) -> None:
    told.build()
    told.write(HISTORY, json.dumps(make_history(), indent=1))
    assert told.build().reread() == set()
