"""What the extension adds to a theme, and that it leaves others alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import html

from .conftest import Survey

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = '//script[contains(@src, "livingsurvey-furo.js")]'
LAYOUT = (
    '{% extends "!page.html" %}{% block body %}<p id="mark">MARK</p>{{ super() }}{% endblock %}'
)


@pytest.mark.parametrize("name", ["index", "oven", "search", "genindex"])
def test_furo_gets_its_script_on_every_page(name: str, tmp_path: Path) -> None:
    result = Survey(tmp_path, theme="furo").build()
    assert len(html.fromstring(result.read(f"{name}.html")).xpath(SCRIPT)) == 1
    assert (result.output / "_static/livingsurvey-furo.js").is_file()


def test_the_search_page_of_furo_has_a_heading(tmp_path: Path) -> None:
    page = html.fromstring(Survey(tmp_path, theme="furo").build().read("search.html"))
    assert [one.text_content() for one in page.xpath("//h1")] == ["Search"]


def test_no_id_stands_twice_on_a_page_of_furo(tmp_path: Path) -> None:
    survey = Survey(tmp_path, theme="furo")
    table = "(oven-heat)=\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    survey.write("docs/oven.md", f"{survey.read('docs/oven.md')}\n{table}")
    page = html.fromstring(survey.build().read("oven.html"))
    assert page.xpath('count(//*[@id="oven-heat"])') == 1


def test_another_theme_is_left_alone(survey: Survey) -> None:
    result = survey.build()
    for name in ("index", "search"):
        assert html.fromstring(result.read(f"{name}.html")).xpath(SCRIPT) == []


@pytest.mark.parametrize("theme", ["basic", "furo"])
def test_templates_of_the_project_come_first(theme: str, tmp_path: Path) -> None:
    survey = Survey(tmp_path, theme=theme)
    survey.write("conf.py", survey.read("conf.py") + 'templates_path = ["templates"]\n')
    survey.write("templates/page.html", LAYOUT)
    survey.build()
    survey.edit("templates/page.html", "MARK", "ANOTHER")
    result = survey.build()
    assert '<p id="mark">ANOTHER</p>' in result.read("oven.html")
    assert result.files() == survey.build(clean=True).files()
