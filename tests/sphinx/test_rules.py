"""The rules that a build finds, and the page that describes all of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from lxml import html

from livingsurvey.diagnostics import Code
from livingsurvey.rules import RULES
from livingsurvey.rules.rule import TAXONOMY, lamport, shannon

if TYPE_CHECKING:
    from livingsurvey.rules import Rule

    from .conftest import Survey

BUILT = [rule for rule in RULES if rule.stage == "build"]
LISTINGS = next(rule.good for rule in BUILT if rule.code is Code.HOME_MISSING)


def prepare(survey: Survey, page: str) -> None:
    """Make it a survey of the examples' subject, with one page."""
    survey.write("papers.bib", shannon() + "\n" + lamport())
    survey.write("taxonomy.toml", TAXONOMY)
    for name in ("dough", "oven", "references"):
        (survey.path / "docs" / f"{name}.md").unlink()
    survey.write("docs/index.md", page)


def build_example(survey: Survey, rule: Rule, text: str) -> list[str]:
    """Return the codes of the warnings that the build gives."""
    if rule.language == "svg":
        survey.write("docs/drawing.svg", text)
        text = LISTINGS + "\n```{survey:figure} drawing.svg\n:alt: A box.\n\nA box.\n```\n"
    if rule.code is Code.HOME_TWICE:
        # It takes two pages.
        survey.write("docs/further.md", text)
        text = f"{LISTINGS}\n```{{toctree}}\nfurther\n```\n"
    prepare(survey, text)
    if rule.code is Code.UNREVIEWED:
        survey.write("conf.py", f"{survey.read('conf.py')}livingsurvey_unread_papers = 1\n")
    result = survey.build("html", clean=True)
    assert result.status == 0
    assert all("[survey." in line for line in result.warnings.splitlines()), result.warnings
    hints = "\n".join(line for line in result.log.splitlines() if ": hint: " in line)
    return re.findall(r"\[survey\.(\w+)\]", result.warnings + hints)


@pytest.mark.parametrize("rule", BUILT, ids=lambda rule: rule.code)
def test_build_finds_what_the_bad_example_shows_and_nothing_in_the_good_one(
    survey: Survey, make_survey, rule: Rule
) -> None:
    assert build_example(survey, rule, rule.bad) == [rule.code]
    assert build_example(make_survey(), rule, rule.good) == []


def test_every_rule_has_its_anchor_on_the_page_and_can_be_referred_to(survey: Survey) -> None:
    survey.write("docs/index.md", survey.read("docs/index.md") + "\nSee {ref}`rule-bad_doi`.\n")
    survey.edit("docs/index.md", "references\n", "references\nrules\n")
    survey.write("docs/rules.md", "# Rules\n\n```{survey:rules}\n```\n")
    result = survey.build("html", "-W", clean=True)
    assert (result.status, result.warnings) == (0, "")
    page = html.fromstring(result.read("rules.html"))
    for rule in RULES:
        [section] = page.xpath("//section[@id=$id]", id=f"rule-{rule.code}")
        assert section.xpath("string(h3)").startswith(rule.title)
        assert f"survey.{rule.code}" in section.text_content()
        bad, good = section.xpath(".//pre")
        shown = good.text_content().strip("\n")
        if "\udcfc" not in rule.good and "\ufeff" not in rule.good:
            assert shown == rule.good.strip("\n")
        assert bad.text_content().strip("\n") != shown
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    [link] = html.fromstring(result.read("index.html")).xpath(
        "//p/a[@href='rules.html#rule-bad_doi']"
    )
    assert link.text_content() == "A DOI is bare"


def test_hidden_characters_are_spelled_out_on_the_page(survey: Survey) -> None:
    survey.edit("docs/index.md", "references\n", "references\nrules\n")
    survey.write("docs/rules.md", "# Rules\n\n```{survey:rules}\n```\n")
    text = survey.build("text", clean=True).read("rules.txt")
    assert "Com<U+200B>munication" in text
    assert "M<byte FC>ller" in text
    assert "\u200b" not in text


def test_rules_page_is_written_for_latex(survey: Survey) -> None:
    survey.edit("docs/index.md", "references\n", "references\nrules\n")
    survey.write("docs/rules.md", "# Rules\n\n```{survey:rules}\n```\n")
    result = survey.build("latex", "-W", clean=True)
    assert (result.status, result.warnings) == (0, "")
    [tex] = [
        path for path in result.output.glob("*.tex") if path.stem.lower() in {"bread", "index"}
    ]
    text = tex.read_text(encoding="utf-8")
    for rule in RULES:
        label = rf"\detokenize{{rules:rule-{rule.code}}}"
        assert text.count(rf"\label{{{label}}}") == 1
