"""Compiled templates are kept from build to build, and no build can be misled by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jinja2 import BytecodeCache
from sphinx.jinja2glue import BuiltinTemplateLoader

from livingsurvey.sphinxext.theming import FOLDER, CompiledTemplates
from tests.sphinx.conftest import Survey

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2.bccache import Bucket

LAYOUT = (
    '{% extends "!page.html" %}{% block body %}<p id="mark">MARK</p>{{ super() }}{% endblock %}'
)


class Remembering(BytecodeCache):
    """A cache of the project's own, which counts how often it is asked."""

    asked = 0

    def load_bytecode(self, bucket: Bucket) -> None:
        type(self).asked += 1

    def dump_bytecode(self, bucket: Bucket) -> None:
        return


class RememberingTemplates(BuiltinTemplateLoader):
    """A template bridge that brings a cache along."""

    def init(self, *args: Any, **options: Any) -> None:
        super().init(*args, **options)
        self.environment.bytecode_cache = Remembering()


def _compiled(survey: Survey, name: str = "html") -> dict[str, tuple[int, int]]:
    """Return what tells a file that was written again from one that was not."""
    folder = survey.path / "_build" / f"doctrees-{name}" / FOLDER
    return {
        path.name: (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in folder.iterdir()
        if path.suffix == ".bytecode"
    }


@pytest.mark.parametrize("builder", ["html", "dirhtml", "singlehtml", "epub"])
def test_a_template_is_compiled_once(builder: str, survey: Survey) -> None:
    survey.build(builder)
    first = _compiled(survey, builder)
    assert first
    survey.write("docs/oven.md", survey.read("docs/oven.md") + "\nMore.\n")
    survey.build(builder)
    assert _compiled(survey, builder) == first


def test_the_compiled_form_writes_what_the_template_writes(tmp_path: Path) -> None:
    survey = Survey(tmp_path, theme="furo")
    survey.build()
    again = survey.build("html", "-a")  # from bytecode
    assert again.warnings == ""
    assert again.files() == survey.build(clean=True).files()


def test_an_edited_template_is_compiled_again(survey: Survey) -> None:
    survey.write("conf.py", survey.read("conf.py") + 'templates_path = ["templates"]\n')
    survey.write("templates/page.html", LAYOUT)
    survey.build()
    survey.edit("templates/page.html", "MARK", "ANOTHER")
    result = survey.build()
    assert '<p id="mark">ANOTHER</p>' in result.read("oven.html")
    assert result.files() == survey.build(clean=True).files()


@pytest.mark.parametrize("damage", [b"", b"j2", b"\x80", "cut", "code"])
def test_damaged_bytecode_is_compiled_again(damage: bytes | str, survey: Survey) -> None:
    sound = survey.build().files()
    folder = survey.path / "_build/doctrees-html" / FOLDER
    kept = {path: path.read_bytes() for path in folder.iterdir()}
    for path, data in kept.items():
        if damage == "cut":
            path.write_bytes(data[: len(data) // 2])
        elif damage == "code":
            path.write_bytes(data[:80] + b"\xff" * 80)
        else:
            path.write_bytes(damage)  # type: ignore[arg-type]
    result = survey.build("html", "-a")
    assert (result.status, result.warnings) == (0, "")
    assert result.files() == sound
    assert {path: path.read_bytes() for path in kept} == kept


def test_a_build_that_cannot_keep_bytecode_goes_on(survey: Survey) -> None:
    survey.write(f"_build/doctrees-html/{FOLDER}", "a file where the folder is to be")
    result = survey.build("html", "-W")
    assert (result.status, result.warnings) == (0, "")
    assert result.files() == survey.build(clean=True, place="-other").files()


def test_what_compiles_counts_as_the_source_does(tmp_path: Path) -> None:
    plain = CompiledTemplates(tmp_path, ())
    translated = CompiledTemplates(tmp_path, ("jinja2.ext.InternationalizationExtension",))
    assert plain.get_source_checksum("a") == plain.get_source_checksum("a")
    assert plain.get_source_checksum("a") != plain.get_source_checksum("b")
    assert plain.get_source_checksum("a") != translated.get_source_checksum("a")


def test_a_project_that_keeps_bytecode_itself_is_left_alone(survey: Survey) -> None:
    survey.write(
        "conf.py",
        survey.read("conf.py")
        + 'template_bridge = "tests.sphinx.test_theming.RememberingTemplates"\n',
    )
    result = survey.build("html", "-W")
    assert (result.status, result.warnings) == (0, "")
    assert Remembering.asked
    assert not (survey.path / "_build/doctrees-html" / FOLDER).exists()
