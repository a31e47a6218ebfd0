"""Papers without a category of their own: no taxonomy, a broken one, a parent category."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import html

if TYPE_CHECKING:
    from .conftest import Survey

PARENT = """
@misc{park2022dough,
  title    = {All About Dough},
  author   = {Park, Min},
  year     = {2022},
  keywords = {dough},
}
"""
DISABLED = (
    '[tool.livingsurvey]\n\n[tool.livingsurvey.disabled]\nnot_a_leaf = "it is of all dough"\n'
)
LISTING = "# Dough\n\n```{survey:papers} dough\n```\n"
PAGE = """# Bread

{cite:t}`dahl2018yeast` and {survey:paper}`rossi2019wild`.

```{survey:by} year
```

```{survey:timeline}
```

```{survey:references}
```
"""


def read_words(source: str) -> str:
    return " ".join(html.fromstring(source).text_content().split())


def drop_pages(survey: Survey) -> None:
    for name in ("dough", "oven", "references"):
        (survey.path / f"docs/{name}.md").unlink()
    survey.write("docs/index.md", PAGE)


PANELS = """# All

```{survey:overview}
```

```{survey:timeline}
```

```{survey:heatmap}
```

```{survey:state}
```

```{survey:agreement}
```
"""


def test_charts_and_panels_without_a_taxonomy(survey: Survey) -> None:
    drop_pages(survey)
    survey.edit("conf.py", 'livingsurvey_taxonomy = "taxonomy.toml"\n', "")
    survey.write("docs/index.md", PANELS)
    for builder in ("html", "latex"):
        result = survey.build(builder)
        assert (result.status, result.warnings) == (0, "")
    tree = html.fromstring((survey.path / "_build/html/index.html").read_text(encoding="utf-8"))
    # None of them is empty: a table without rows would stop LaTeX.
    assert all(len(table.xpath(".//tr")) > 1 for table in tree.xpath("//table"))
    pictures = tree.xpath("//*[contains(@class, 'ls-wide')]//*[local-name() = 'svg']")
    assert [one.xpath("string(./desc)").partition(";")[0] for one in pictures] == [
        "4 papers",
        "4 papers from 2018 to 2021",
        "All papers by 4 columns of years",
    ]
    assert all("All papers" in one.text_content() for one in pictures[::2])
    assert len(tree.xpath('//p[.="No page lists a category yet."]')) == 2


def test_a_survey_without_a_taxonomy(survey: Survey) -> None:
    drop_pages(survey)
    survey.edit("conf.py", 'livingsurvey_taxonomy = "taxonomy.toml"\n', "")
    result = survey.build()
    assert (result.status, result.warnings) == (0, "")
    tree = html.fromstring(result.read("index.html"))
    (link,) = tree.xpath('//a[contains(@class, "reference")][./*[contains(., "WildYeast")]]/@href')
    assert tree.xpath("id($it)", it=link.partition("#")[2])
    text = survey.build("text")
    assert text.warnings == ""
    assert "See ." not in text.read("index.txt")
    assert "[4 papers from 2018 to 2021" in text.read("index.txt")
    assert "Dahl [2018] and WildYeast" in text.read("index.txt")


def test_its_names_are_fresh_after_an_edit(survey: Survey) -> None:
    drop_pages(survey)
    survey.edit("conf.py", 'livingsurvey_taxonomy = "taxonomy.toml"\n', "")
    survey.build()
    survey.edit("papers.bib", "{WildYeast},", "{WilderYeast},")
    incremental = survey.build()
    assert "WilderYeast" in incremental.read("index.html")
    assert incremental.files() == survey.build(clean=True).files()


@pytest.mark.parametrize("text", [None, "[dough\nbroken", "title = 3\n"])
def test_a_taxonomy_that_cannot_be_read_is_one_error(text: str | None, survey: Survey) -> None:
    if text is None:
        (survey.path / "taxonomy.toml").unlink()
    else:
        survey.write("taxonomy.toml", text)
    result = survey.build()
    assert result.warnings.count("\n") == 1, result.warnings
    assert result.warnings.startswith("taxonomy.toml:1")


def test_a_paper_of_a_parent_category_has_a_full_entry(survey: Survey) -> None:
    survey.write("pyproject.toml", DISABLED)
    survey.write("papers.bib", survey.read("papers.bib") + PARENT)
    survey.edit("docs/dough.md", "# Dough\n", LISTING)
    result = survey.build()
    assert (result.status, result.warnings) == (0, "")
    tree = html.fromstring(result.read("dough.html"))
    (entry,) = tree.xpath('//*[@id="paper-park2022dough"]')
    assert "Min Park" in entry.text_content()
    text = survey.build("text").read("dough.txt")
    assert "All About Dough. Min Park, 2022." in text
    assert survey.build("latex").warnings == ""


def test_a_paper_of_a_parent_category_counts_in_the_heatmap(survey: Survey) -> None:
    survey.write("pyproject.toml", DISABLED)
    survey.write("papers.bib", survey.read("papers.bib") + PARENT)
    survey.edit("docs/dough.md", "# Dough\n", LISTING)
    survey.write(
        "docs/oven.md", survey.read("docs/oven.md") + "\n## Map\n\n```{survey:heatmap}\n```\n"
    )
    assert "5 categories by" in survey.build("text").read("oven.txt")
    survey.edit("papers.bib", "keywords = {dough}", "keywords = {flour}")
    assert "4 categories by" in survey.build("text").read("oven.txt")


def test_it_is_fresh_after_an_edit(survey: Survey) -> None:
    survey.write("pyproject.toml", DISABLED)
    survey.edit("docs/dough.md", "# Dough\n", LISTING)
    survey.build()
    survey.write("papers.bib", survey.read("papers.bib") + PARENT)
    incremental = survey.build()
    assert incremental.warnings == ""
    assert incremental.files() == survey.build(clean=True).files()


def test_a_parent_with_papers_needs_a_listing(survey: Survey) -> None:
    survey.write("pyproject.toml", DISABLED)
    survey.write("papers.bib", survey.read("papers.bib") + PARENT)
    assert survey.build().warnings.strip() == (
        "taxonomy.toml:1:2: WARNING: no page lists the category 'dough'; "
        "add a section with {survey:papers} dough [survey.home_missing]"
    )


def test_a_rule_that_is_disabled_is_so_in_the_build(survey: Survey) -> None:
    survey.write("papers.bib", survey.read("papers.bib") + PARENT)
    survey.edit("docs/dough.md", "# Dough\n", LISTING)
    assert "[survey.not_a_leaf]" in survey.build().warnings
    survey.write("pyproject.toml", DISABLED)
    for _ in range(2):
        assert survey.build().warnings == ""
    survey.write("pyproject.toml", "[tool.livingsurvey]\n")
    assert "[survey.not_a_leaf]" in survey.build().warnings
