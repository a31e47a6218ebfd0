"""The reference of the extension says what the code declares, all of it, and its examples build.

``pytest tests/sphinx/test_reference_pages.py --update-goldens`` writes the tables anew; words of
help belong to the declarations.
"""

from __future__ import annotations

import argparse
import importlib
import re
import textwrap
from dataclasses import MISSING
from typing import TYPE_CHECKING, Any

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from livingsurvey import cli
from livingsurvey.bibtex.fields import ENTRY_TYPES, EXTRANEOUS, FIELDS, OTHER_FIELDS
from livingsurvey.charts.drawing import ATTRIBUTES
from livingsurvey.charts.looks import DRAWING_WORDS, VOCABULARY
from livingsurvey.configuration import Configuration, Connection
from livingsurvey.diagnostics import Code
from livingsurvey.rules import GROUPS, RULES
from livingsurvey.taxonomy import LISTS, TAG_TEXTS, TEXTS
from livingsurvey.values import find_declared
from tests.conftest import ROOT

from .conftest import Survey
from .examples import REFERENCE, write_examples

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SECTION = re.compile(r"^## (?P<heading>.+)\n(?P<body>(?:(?!## ).*\n)*)", re.MULTILINE)
ROWS = re.compile(r"(?<=\n)\|.+\n\|[ :|-]+\n(?P<held>(?:\|.*\n)*)")
DESCRIPTION = re.compile(r"\A\n(?P<held>.*?)(?=\n\| argument )", re.DOTALL)
LAST_LINE = re.compile(r"\n(?P<held>`.*\.\n)\s*\Z")


class Page:
    """A page of the reference, by its sections."""

    def __init__(self, name: str, update: bool) -> None:
        self.path = REFERENCE / name
        self.update = update
        found = SECTION.finditer(self.path.read_text(encoding="utf-8"))
        self.sections = {one["heading"]: one["body"] for one in found}
        self.untold = set(self.sections)
        """The sections that nothing has been compared with."""

    def hold(self, heading: str, pattern: re.Pattern[str], told: str) -> None:
        """Compare a part of a section with what there is; there is no such part for nothing."""
        self.untold.discard(heading)
        body = self.sections[heading]
        match = pattern.search(body)
        if match is None or not told:
            assert (match, told) == (None, ""), heading
        elif self.update:
            held = body[: match.start("held")] + told + body[match.end("held") :]
            page = self.path.read_text(encoding="utf-8")
            page = page.replace(f"## {heading}\n{body}", f"## {heading}\n{held}")
            self.path.write_text(page, encoding="utf-8")
            self.sections[heading] = held
        else:
            assert match["held"] == told

    def hold_rows(self, heading: str, rows: Iterable[tuple[str, ...]]) -> None:
        """Compare the table of a section; cells are Markdown."""
        cells = [[cell.replace("|", r"\|") for cell in row] for row in rows]
        self.hold(heading, ROWS, "".join(f"| {' | '.join(row)} |\n" for row in cells))


@pytest.fixture
def read_page(pytestconfig: pytest.Config):
    return lambda name: Page(name, pytestconfig.getoption("update_goldens"))


# What there is --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a build of Sphinx knows of directives and roles."""
    survey = Survey(tmp_path_factory.mktemp("registry"))
    folders = (survey.path / name for name in ("docs", "", "_build/out", "_build/doctrees"))
    with docutils_namespace():
        app = Sphinx(*folders, "dummy", status=None, warning=None)
    return app.registry


def test_every_directive_and_option_is_told(registry: Any, read_page: Any) -> None:
    page = read_page("directives.md")
    for name, directive in registry.domain_directives["survey"].items():
        [heading] = [one for one in page.sections if f"survey:{name}}}" in one]
        has_argument = directive.required_arguments + directive.optional_arguments
        argument = "[A-Z, a-z]+" if directive.required_arguments else r"\[[A-Z]+\]"
        assert re.fullmatch(
            rf"`{{survey:{name}}}{f' {argument}' if has_argument else ''}`", heading
        )
        words = getattr(directive, "option_help", {})
        assert list(words) == list(directive.option_spec or ())
        page.hold_rows(heading, [(f"`:{option}:`", text) for option, text in words.items()])
    for name in registry.domain_roles["survey"]:
        page.hold_rows(f"`{{survey:{name}}}`", ())
    heading = "`{cite}` and `{footcite}`"
    cited = page.sections[heading]
    for domain in ("cite", "footcite"):
        assert set(re.findall(rf"`{{{domain}:(\w+)}}`", cited)) == set(
            registry.domain_roles[domain]
        )
    assert all(f"`{{{one}}}`" in cited for one in ("bibliography", "footbibliography"))
    assert page.untold == {heading}


def test_every_field_and_type_of_entry_is_told(read_page: Any) -> None:
    page = read_page("entries.md")

    def tell(fields: Iterable[Any]) -> Iterator[tuple[str, ...]]:
        for field in fields:
            others = f"`{field.other_name}`" if field.other_name else ""
            yield f"`{field.name}`", field.purpose, others

    page.hold_rows("In the canonical order", tell(one for one in FIELDS if one.is_ordered))
    rest = [one for one in FIELDS if not one.is_ordered]
    page.hold_rows("After these", tell(one for one in rest if EXTRANEOUS not in one.traits))
    page.hold_rows(
        "Of reference managers",
        (row[:2] for row in tell(o for o in rest if EXTRANEOUS in o.traits)),
    )
    others = ", ".join(f"`{name}`" for name in sorted(OTHER_FIELDS))
    page.hold("Of others", LAST_LINE, f"{others}.\n")
    page.hold_rows(
        "Types of entries",
        (
            (
                f"`@{name}`",
                ", ".join(" or ".join(f"`{it}`" for it in group) for group in one.required),
                f"`{one.kind.csl}`" if one.is_paper else "no paper",
                f"`{one.kind.ris}`" if one.is_paper else "",
            )
            for name, one in ENTRY_TYPES.items()
        ),
    )


def test_every_key_of_the_taxonomy_is_told(read_page: Any) -> None:
    page = read_page("taxonomy.md")
    kinds = {**dict.fromkeys(TEXTS, "a text"), **dict.fromkeys(LISTS, "a list of texts")}
    words = TEXTS | LISTS
    page.hold_rows("Keys of a category", ((f"`{it}`", words[it], kinds[it]) for it in kinds))
    page.hold_rows("Keys of a tag", ((f"`{it}`", text) for it, text in TAG_TEXTS.items()))


class Recorder:
    """What a command tells its parser, whatever group it tells."""

    def __init__(self) -> None:
        self.parser = argparse.ArgumentParser()
        self.told: list[argparse.Action] = []

    def add_argument(self, *names: str, **words: Any) -> None:
        self.told.append(self.parser.add_argument(*names, **words))

    def set_defaults(self, **words: Any) -> None:
        """Say what is no argument."""

    def add_argument_group(self, _title: str) -> Recorder:
        return self


def spell_argument(action: argparse.Action) -> str:
    """Return how an argument is written: ``-n``, ``--only RULE``, ``BIB``."""
    if not action.option_strings:
        return f"`{action.metavar or action.dest}`"
    value = "" if action.nargs == 0 else f" {action.metavar or action.dest.upper()}"
    return ", ".join(f"`{name}{value}`" for name in action.option_strings)


def spell_help(action: argparse.Action) -> str:
    said = spell_words((action.help or "") % vars(action))
    choices = ", ".join(f"`{one}`" for one in action.choices or ())
    return f"{said}; one of {choices}" if choices else said


def spell_words(text: str) -> str:
    """Return a text of help as Markdown, which would make dashes of the hyphens of options."""
    return re.sub(r"(?<![\w-])--[a-z][\w-]*", r"`\g<0>`", text)


def spell_description(text: str) -> str:
    """Return a description as Markdown: its examples are indented."""
    parts = text.strip().split("\n\n")
    return "\n".join(
        f"```text\n{textwrap.dedent(part)}\n```\n"
        if part.startswith("  ")
        else spell_words(" ".join(part.split())) + "\n"
        for part in parts
    )


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_and_option_is_told(name: str, read_page: Any) -> None:
    page = read_page("commands.md")
    module, _, attribute = cli.COMMANDS[name][1].partition(":")
    command = getattr(importlib.import_module(f"livingsurvey.cli.{module}"), attribute)
    recorder = Recorder()
    command.add_arguments(recorder)
    heading = f"`livingsurvey {name}`"
    page.hold(heading, DESCRIPTION, spell_description(command.description))
    page.hold_rows(heading, ((spell_argument(it), spell_help(it)) for it in recorder.told))


def spell_default(value: Any) -> str:
    default = None if value.default is MISSING else value.default
    return f"`{default}`" if default else "none"


def test_the_page_of_commands_tells_all_values_and_no_other_command(read_page: Any) -> None:
    page = read_page("commands.md")
    for name, table in (("", Configuration), (".online", Connection)):
        page.hold_rows(
            f"`[tool.livingsurvey{name}]`",
            (
                (f"`{key}`", one.metadata["help"], one.metadata["what"], spell_default(one))
                for key, one in find_declared(table).items()
            ),
        )
    page.hold_rows("Overview", ((f"`{name}`", said) for name, (said, _) in cli.COMMANDS.items()))
    assert page.untold == {f"`livingsurvey {name}`" for name in cli.COMMANDS}


def test_every_rule_is_told(read_page: Any) -> None:
    page = read_page("rules.md")
    assert {rule.code for rule in RULES} == set(Code)
    for group, title in GROUPS.items():
        page.hold_rows(
            title,
            (
                (
                    f"`{one.code}`",
                    f"{{ref}}`{one.title} <rule-{one.code}>`",
                    one.severity,
                    "`house`" if one.is_house else "all",
                )
                for one in RULES
                if one.group == group
            ),
        )
    assert page.untold == set()


def test_every_element_and_class_of_drawings_is_told(read_page: Any) -> None:
    page = read_page("drawings.md")
    page.hold_rows(
        "Elements",
        (
            (f"`<{name}>`", ", ".join(f"`{one}`" for one in attributes))
            for name, attributes in ATTRIBUTES.items()
        ),
    )
    families: dict[str, list[str]] = {}
    for word in DRAWING_WORDS:
        families.setdefault(VOCABULARY[word].family, []).append(f"`{word}`")
    page.hold_rows("Classes", ((name, ", ".join(words)) for name, words in families.items()))


def test_every_page_is_in_the_table_of_contents_and_in_the_readme() -> None:
    index = (REFERENCE.parent / "index.md").read_text(encoding="utf-8")
    readme = (ROOT / "ext/README.md").read_text(encoding="utf-8")
    for path in REFERENCE.glob("*.md"):
        assert f"\nreference/{path.stem}\n" in index
        assert f"/docs/extension/reference/{path.name})" in readme


# The examples ---------------------------------------------------------------------------------


def test_every_example_builds(tmp_path: Path) -> None:
    """All together, as one survey that ``livingsurvey init`` has begun."""
    result = write_examples(tmp_path).build("html", "-W", "--keep-going")
    assert (result.warnings, result.status) == ("", 0)
    assert "6 papers" in result.log
    assert cli.main(["check", "--config", str(tmp_path / "pyproject.toml"), "--summary"]) == 0
