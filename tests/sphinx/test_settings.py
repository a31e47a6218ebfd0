"""The settings in conf.py: each wrong one is a line that names it, and all are documented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from livingsurvey.cli import main
from livingsurvey.exports import About
from livingsurvey.settings import DECLARED, Book, get_default
from livingsurvey.values import find_declared

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Survey

WRONG = [
    ('livingsurvey_about = ["x"]', "'livingsurvey_about' is not a table: { … }"),
    ("livingsurvey_about = 3", "'livingsurvey_about' is not a table: { … }"),
    ('livingsurvey_about = {3: "x"}', "unknown key 'livingsurvey_about.3'; it knows title, slug"),
    ('livingsurvey_about = {"slug": "x\\n"}', "'livingsurvey_about.slug' is not made of letters"),
    ('livingsurvey_about = {"title": "x\\u202ey"}', "'livingsurvey_about.title' holds a hidden"),
    (
        'livingsurvey_about = {"source": "https://x.org"}',
        "is not an http or https address with {path}",
    ),
    (
        'livingsurvey_about = {"source": "javascript:{path}"}',
        "'livingsurvey_about.source' is not an http",
    ),
    ('livingsurvey_about = {"related": [3]}', "'livingsurvey_about.related' is not a list of"),
    ("livingsurvey_book = 3", "'livingsurvey_book' is not a table: { … }"),
    ('livingsurvey_book = {"url": "javascript:x"}', "'livingsurvey_book.url' is not an http or"),
    ('livingsurvey_book = {"subtitel": "x"}', "'livingsurvey_book.subtitel'; did you mean 'subt"),
    ("html_baseurl = 3", "'html_baseurl' is not a text"),
    ('bibtex_bibfiles = "papers.bib"', "'bibtex_bibfiles' is not a list of paths; set bibtex_"),
    ("bibtex_bibfiles = [3]", "'bibtex_bibfiles' is not a list of paths; set bibtex_bibfiles"),
    ("bibtex_bibfiles = []", "no bibliography is configured; set bibtex_bibfiles"),
    ('bibtex_bibfiles = ["loop.bib"]', "'bibtex_bibfiles' names a circle of links; name a file"),
    ("livingsurvey_taxonomy = 3", "'livingsurvey_taxonomy' is not a path"),
    ('livingsurvey_authors = ["x"]', "'livingsurvey_authors' is not a path"),
    ('livingsurvey_order = ["newest"]', "'livingsurvey_order' is none of newest, oldest"),
    ('livingsurvey_order = "newst"', "did you mean 'newest'?"),
    ("livingsurvey_author_limit = 0", "'livingsurvey_author_limit' is not a number, at least 1"),
    ('livingsurvey_form = "cars"', "did you mean 'cards'?"),
    ("livingsurvey_author_limit = True", "'livingsurvey_author_limit' is not a number, at least"),
    ('livingsurvey_author_limit = "x"', "'livingsurvey_author_limit' is not a number, at least 1"),
    ('livingsurvey_palette = "dough"', "'livingsurvey_palette' is not a list of texts"),
    ('livingsurvey_taxnomy = "x"', "there is no setting 'livingsurvey_taxnomy'; did you mean"),
    ("project = 3", "'project' is not a text"),
    ('project = "x\\u202ey"', "'project' holds a hidden character (U+202E): remove it"),
    ('author = ["Rossi, Ada"]', "'author' is not a text"),
    ("version = 1.0", "'version' is not a text"),
    ("release: float = 1.0", "'release' is not a text"),
    ("copyright = 2026", "'copyright' is not a text, or a list of texts"),
    ('html_title = "x\\x1by"', "'html_title' holds a hidden character (U+001B): remove it"),
    ('bibtex_encoding = "latin-1"', "bibtex_encoding = 'latin-1': a survey reads UTF-8 only"),
]
PYPROJECT = """\
[tool.livingsurvey]
bibliographies = ["papers.bib"]
taxonomy = "taxonomy.toml"
"""
STYLES = [
    ('bibtex_reference_style = "autor_year"', "'autor_year'; did you mean 'author_year'?"),
    ("bibtex_reference_style = 3", "names no style: 3; there are "),
    ('bibtex_default_style = "unsrtt"', "names no style: 'unsrtt'; did you mean 'unsrt'?"),
    ('bibtex_foot_reference_style = "fooot"', "names no style: 'fooot'; did you mean 'foot'?"),
]
"""Only the build knows which styles there are: conf.py may register some."""


def check(survey: Survey, capsys: Any) -> list[str]:
    """Return what the command says of conf.py; it has the files from elsewhere."""
    survey.write("pyproject.toml", PYPROJECT)
    assert main(["check"]) in {0, 1}
    return [one for one in capsys.readouterr().out.splitlines() if one.startswith("conf.py:")]


@pytest.mark.parametrize(
    ("line", "message"), [*WRONG, *STYLES], ids=[line for line, _ in (*WRONG, *STYLES)]
)
def test_a_wrong_setting_is_one_line_that_names_it(
    line: str, message: str, survey: Survey, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    conf = survey.read("conf.py")
    survey.write("conf.py", f"{conf}{line}\n")
    (survey.path / "loop.bib").symlink_to("loop.bib")
    result = survey.build("dummy")
    assert result.status == 2
    place = f"conf.py:{conf.count(chr(10)) + 1}: ERROR: "
    said = [one for one in result.warnings.splitlines() if "[survey.config]" in one]
    assert len(said) == 1
    assert said[0].startswith(place)
    assert message in said[0]
    assert "Traceback" not in result.warnings
    # The command says the same of what stands there as a plain value.
    monkeypatch.chdir(survey.path)
    found = check(survey, capsys)
    told = said if (line, message) in WRONG else []
    assert [one.replace(": error: ", ": ERROR: ", 1) for one in found] == told


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("language = 3\n", "conf.py:{}: error: 'language' is not a text [survey.config]"),
        (
            "latex_elements = {\n",
            (
                "conf.py:{}: error: Python cannot read it: '{{' was never closed; "
                "correct it: no build can run it [survey.config]"
            ),
        ),
    ],
)
def test_what_keeps_sphinx_from_starting_the_command_says(
    text: str, finding: str, survey: Survey, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """Sphinx (9.0) ends with a traceback before it loads any extension."""
    conf = survey.read("conf.py")
    survey.write("conf.py", conf + text)
    monkeypatch.chdir(survey.path)
    assert check(survey, capsys) == [finding.format(conf.count("\n") + 1)]


@pytest.mark.parametrize(
    "text",
    [
        "bibtex_bibfiles = []\nbibtex_bibfiles.append('papers.bib')\n",
        "bibtex_bibfiles = []\nbibtex_bibfiles += ['papers.bib']\n",
        "livingsurvey_order = 'x'\nif True:\n    livingsurvey_order = 'newest'\n",
        "livingsurvey_order = str('newest')\n",
        "livingsurvey_about = {}\nlivingsurvey_about['title'] = 'Bread'\n",
    ],
)
def test_what_only_a_run_of_conf_py_knows_is_left_to_the_build(
    text: str, survey: Survey, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    survey.write("conf.py", survey.read("conf.py") + text)
    assert survey.build("dummy").status == 0
    monkeypatch.chdir(survey.path)
    assert check(survey, capsys) == []


def test_names_in_settings_are_looked_up(survey: Survey) -> None:
    conf = survey.read("conf.py")
    conf += 'livingsurvey_palette = ["oven", "dugh"]\nlivingsurvey_book = {"cite": ["abbas2021"]}\n'
    survey.write("conf.py", conf)
    last = conf.count("\n")
    palette, book = survey.build("dummy").warnings.splitlines()
    assert palette.startswith(f"conf.py:{last - 1}: WARNING: 'livingsurvey_palette' names 'dugh',")
    assert palette.endswith("; did you mean 'dough'? [survey.unknown_category]")
    assert book.startswith(f"conf.py:{last}: WARNING: 'livingsurvey_book' names 'abbas2021',")
    assert book.endswith("; did you mean 'abbas2021steam'? [survey.unknown_key]")
    survey.write("conf.py", conf.replace("abbas2021", "abbas2021steam").replace("dugh", "dough"))
    assert survey.build("dummy").warnings == ""


def spell(default: Any) -> str:
    return f"`{default}`" if default else "none"


def test_the_page_of_settings_holds_each_as_it_is_declared(root: Path) -> None:
    text = (root / "docs/extension/reference/settings.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    declared = [(name, value, get_default(value)) for name, value in DECLARED.items()]
    for table in (About, Book):
        declared += [(n, value, value.default) for n, value in find_declared(table, "_").items()]
    assert rows == [
        f"| `{name}` | {value.metadata['help']} | {value.metadata['what']} | {spell(default)} |"
        for name, value, default in declared
    ]
