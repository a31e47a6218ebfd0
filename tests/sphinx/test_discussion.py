"""What the prose says of papers: sentences, companions, agreement; always as fresh as the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from docutils import nodes
from docutils.utils import new_document
from lxml import html
from sphinx import addnodes

from livingsurvey.sphinxext.mentions import cut_paragraph, find_block

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Survey

PROSE = """\
# Oven

```{survey:discussed}
```

Ovens differ. Heat {cite:p}`abbas2021steam,chen2020flour` keeps $k$ loaves warm, e.g. in winter.
Flour of {survey:paper}`chen2020flour` burns.

| a | b |
|---|---|
| in a table | {cite:p}`dahl2018yeast` |

## Steam

Steam {cite:t}`abbas2021steam` and {survey:paper}`chen2020flour` again.

```{survey:papers} steam
```
"""


@pytest.fixture
def talking(survey: Survey) -> Survey:
    survey.write("docs/oven.md", PROSE)
    survey.edit("docs/index.md", "references\n", "references\nagreement\n")
    survey.write("docs/agreement.md", "# Agreement\n\n```{survey:agreement}\n```\n")
    return survey


def read(survey: Survey, name: str) -> html.HtmlElement:
    result = survey.build()
    assert (result.status, result.warnings) == (0, "")
    return html.fromstring(result.read(f"{name}.html"))


def squeeze(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def said_of(survey: Survey, key: str) -> list[str]:
    page = read(survey, f"papers/{key}")
    return [squeeze(one) for one in page.xpath("//*[@class='ls-said']/li")]


def test_each_section_with_its_sentence(talking: Survey) -> None:
    assert said_of(talking, "abbas2021steam") == [
        "2 Oven Heat [Abbas, 2021, Chen and Okafor, 2020] keeps k loaves warm, e.g. in winter.",
        "2.1 Steam Steam Abbas [2021] and Flour 50% Better again.",
    ]
    page = read(talking, "papers/abbas2021steam")
    links = page.xpath("//*[@class='ls-said']/li/a/@href")
    ids = set(read(talking, "oven").xpath("//@id"))
    assert len(links) == 2
    assert all(link.startswith("../oven.html") for link in links)
    assert all(anchor in {"", *ids} for link in links for anchor in [link.partition("#")[2]])


def test_a_table_has_a_link_and_no_sentence(talking: Survey) -> None:
    assert said_of(talking, "dahl2018yeast") == [
        "1 Dough Before the oven, as Dahl [2018] says.",
        "2 Oven",
    ]


def test_companions_share_two_paragraphs(talking: Survey) -> None:
    page = read(talking, "papers/abbas2021steam")
    (companions,) = page.xpath("//p[starts-with(., 'Most often')]")
    assert squeeze(companions) == "Most often in one paragraph with Flour 50% Better (2)."
    assert companions.xpath(".//a/@href") == ["chen2020flour.html"]


def test_count_in_the_head_of_a_chapter(talking: Survey) -> None:
    (note,) = read(talking, "oven").xpath("//p[@class='ls-discussed']")
    assert squeeze(note) == (
        "1 of 1 papers listed in this chapter are discussed in its text. "
        "The newest listed and the newest discussed are of January 2021."
    )


def test_the_head_of_a_chapter_tells_how_old_its_discussion_is(talking: Survey) -> None:
    prose = PROSE.replace("abbas2021steam,", "").replace("{cite:t}`abbas2021steam` and ", "")
    talking.write("docs/oven.md", prose)
    (note,) = read(talking, "oven").xpath("//p[@class='ls-discussed']")
    assert squeeze(note).startswith("0 of 1 papers listed in this chapter are discussed")
    assert squeeze(note).endswith(
        "The newest paper listed is of January 2021, the newest discussed of 2020."
    )


def test_agreement_names_both_kinds(talking: Survey) -> None:
    page = read(talking, "agreement")
    found = [squeeze(one) for one in page.xpath("//p[@class='rubric'] | //*[@role='main']//li")]
    assert "Discussed, not listed here (2): Flour 50% Better, Yeast Counts." in found
    assert "Listed, not discussed (1): Flour 50% Better." in found
    assert "1 Dough" in found


def test_other_builders_count_too(talking: Survey) -> None:
    result = talking.build("text")
    assert result.warnings == ""
    assert "1 of 1 papers listed in this chapter" in result.read("oven.txt")
    assert "Discussed, not listed here (2)" in result.read("agreement.txt")


def reword(survey: Survey) -> None:
    survey.edit("docs/oven.md", "burns", "browns")


def rename_a_paper_in_a_sentence(survey: Survey) -> None:
    survey.edit("papers.bib", "Flour 50", "Flour 60")


def change_an_author_in_a_sentence(survey: Survey) -> None:
    survey.edit("papers.bib", "Okafor, Ada", "Okoye, Ada")


def unlist(survey: Survey) -> None:
    survey.edit("papers.bib", "{yeast, sourdough}", "{yeast}")


def fall_silent(survey: Survey) -> None:
    survey.edit("docs/oven.md", " and {survey:paper}`chen2020flour` again", "")


def retitle_a_chapter(survey: Survey) -> None:
    survey.edit("docs/dough.md", "# Dough\n", "# Doughs\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    "edit",
    [reword, rename_a_paper_in_a_sentence, change_an_author_in_a_sentence, unlist, fall_silent,
     retitle_a_chapter],
    ids=lambda edit: edit.__name__,
)  # fmt: skip
def test_incremental_equals_clean(edit: Callable[[Survey], None], talking: Survey) -> None:
    before = talking.build()
    files = before.files()
    edit(talking)
    incremental = talking.build().files()
    assert incremental != files
    assert incremental == talking.build(clean=True).files()


def parse(*children: nodes.Node | str) -> list[str]:
    """Return the sentence of each reference in a paragraph, with its parts joined."""
    document = new_document("test")
    paragraph = nodes.paragraph()
    for child in children:
        paragraph += nodes.Text(child) if isinstance(child, str) else child
    document += paragraph
    sentences = cut_paragraph(paragraph)
    return [
        "".join(value for _, value in sentences[one])
        for one in paragraph.findall(addnodes.pending_xref)
    ]


def name(key: str) -> addnodes.pending_xref:
    return addnodes.pending_xref(refdomain="survey", reftype="paper", reftarget=key)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("One. Two ", " three. Four.", "Two X three."),
        ("Dr. No, cf. ", ", e.g. here. Then.", "No, cf. X, e.g. here."),
        ("As J. Doe says of ", "? Yes.", "As J. Doe says of X?"),
        ("It ends.\nvLLM and ", " follow.\nnext", "vLLM and X follow."),
        ("At 3.5 bits ", " holds, see Fig. 2. More.", "At 3.5 bits X holds, see Fig. 2."),
        ("“Quoted.” Then ", "", "Then X"),
    ],
)
def test_where_sentences_end(before: str, after: str, sentence: str) -> None:
    assert parse(before, name("X"), after) == [sentence]


def test_headings_have_no_sentence() -> None:
    title = nodes.title()
    title += name("X")
    nodes.section("", title)
    assert find_block(title[0]) is None


def test_a_chapter_says_what_joined_since_its_review(talking: Survey) -> None:
    talking.edit("docs/oven.md", "# Oven\n", "---\nreviewed: 2026-01-01\n---\n\n# Oven\n")
    talking.edit("papers.bib", "keywords      = {yeast, ", "keywords      = {steam, ")
    talking.edit(
        "papers.bib", "  author        = {Dahl", "  creationdate={2026-01-02},\n  author={Dahl"
    )
    talking.edit("docs/oven.md", "{cite:p}`dahl2018yeast`", "x")
    [line] = read(talking, "oven").xpath("//p[@class='ls-discussed']")
    end = "Last reviewed on 2026-01-01; 1 paper listed since then not discussed yet."
    assert squeeze(line).endswith(end)
    talking.edit("papers.bib", "creationdate={2026-01-02}", "creationdate={2026-01-01}")
    [line] = read(talking, "oven").xpath("//p[@class='ls-discussed']")
    assert squeeze(line).endswith("Last reviewed on 2026-01-01.")


def test_hints_follow_the_limits(talking: Survey) -> None:
    talking.edit("docs/oven.md", "# Oven\n", "---\nreviewed: 2024-01-01\n---\n\n# Oven\n")
    talking.edit(
        "papers.bib", "  author        = {Dahl", "  creationdate={2026-01-02},\n  author={Dahl"
    )
    assert "[survey.stale_chapter]" in talking.build().log
    conf = talking.read("conf.py")
    talking.write("conf.py", conf + "livingsurvey_review_months = 36\n")
    assert "[survey.stale_chapter]" not in talking.build().log
    talking.write("conf.py", conf + "livingsurvey_review_months = -1\n")
    result = talking.build()
    assert "'livingsurvey_review_months' is not a number, at least 0" in result.warnings
    assert "[survey.stale_chapter]" in result.log, "a wrong value is the default"
    talking.write(
        "pyproject.toml", '[tool.livingsurvey.disabled]\nstale_chapter = "it says all there is"\n'
    )
    assert "[survey.stale_chapter]" not in talking.build().log


def test_the_state_of_the_survey(talking: Survey) -> None:
    talking.write("docs/agreement.md", "# State\n\n```{survey:state}\n```\n")
    page = read(talking, "agreement")
    rows = [
        [squeeze(cell) for cell in row.xpath("./td")]
        for row in page.xpath("//table[contains(@class, 'ls-state')]//tbody/tr")
    ]
    assert rows[0] == ["Sourdough", "1", "WildYeast, 2019", "0", "1", "0", "0", "–", "0"]  # noqa: RUF001
    assert page.xpath("//table[contains(@class, 'ls-state')]//a/@href")[0] == "dough.html#sourdough"
    clocks = page.xpath("//table[contains(@class, 'ls-clocks')]//tbody/tr")
    assert [squeeze(row) for row in clocks] == [
        "1 Dough 2020 never 0",
        "2 Oven January 2021 never 0",
    ]


def write_inbox(survey: Survey) -> None:
    survey.write(
        "inbox.toml",
        'version = 1\nlast-number = 1\n[papers."title:new"]\nnumber = 1\ncame = "2026-11-01"\n'
        'categories = ["steam"]\nentry-type = "misc"\ntitle = "New"\n',
    )


def break_inbox(survey: Survey) -> None:
    survey.write("inbox.toml", "version = 2\n")


def review(survey: Survey) -> None:
    survey.edit("docs/oven.md", "# Oven\n", "---\nreviewed: 2024-01-01\n---\n\n# Oven\n")


@pytest.mark.parametrize("edit", [write_inbox, break_inbox, review], ids=lambda edit: edit.__name__)
def test_the_state_is_fresh(edit: Callable[[Survey], None], talking: Survey) -> None:
    talking.write("docs/agreement.md", "# State\n\n```{survey:state}\n```\n")
    talking.build()
    edit(talking)
    incremental = talking.build()
    clean = talking.build(clean=True)
    assert incremental.read("agreement.html") == clean.read("agreement.html")
    assert incremental.files() == clean.files()
