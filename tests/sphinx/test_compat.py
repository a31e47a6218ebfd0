"""A new survey under other themes, with other builders and beside other extensions.

None has a word to say, and no link leads nowhere. Sphinx runs by itself: what others deprecate
or register is theirs.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from livingsurvey.cli.init import THEMES
from tests.conftest import ROOT
from tests.site.conftest import Site

from .examples import write_examples

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Survey

SITES = ("html", "dirhtml", "singlehtml")
PYDATA = {"pydata_sphinx_theme", "sphinx_book_theme"}
"""Their contents of the page lead nowhere in the singlehtml of any project (0.20)."""
BUILDERS = ("text", "man", "gettext", "linkcheck", "latex", "xml")  # epub: test_epub.py
DESIGN = """\
::::{grid} 2
:::{grid-item-card} One
{cite:t}`rivest1978method`
:::
:::{grid-item-card} Two
```{survey:papers} agreement
:excerpt:
```
:::
::::

`````{tab-set}
````{tab-item} First
```{survey:recent}
:limit: 2
```
````
`````
"""
LINKS = """\
{external+own:survey:paper}`its paper <rivest1978method>`, {external+own:survey:category}`agreement`
"""
EXTENSIONS = {
    "sphinx_design": ("", DESIGN),
    "sphinx_copybutton": ("", "```python\nprint(1)\n```\n"),
    "sphinx.ext.intersphinx": (
        'intersphinx_mapping = {"own": ("https://example.org/", "own.inv")}\n',
        LINKS,
    ),
    "sphinx_reredirects": (
        'redirects = {"old": "index.html", "papers/gone": "../references.html"}\n',
        "",
    ),
    "sphinx_tags": (
        'tags_create_tags = True\ntags_extension = ["md"]\n',
        "```{tags} theory, practice\n```\n",
    ),
    "myst_nb": ('nb_execution_mode = "off"\n', "```{code-cell} ipython3\n1 + 1\n```\n"),
}
"""Its settings, and what a page says with it."""
NOTEBOOK = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n  language: python\n---\n"


def build(survey: Survey, builder: str, theme: str = "furo") -> Path:
    """Build without a warning, in a process of its own."""
    output = survey.path / "_build" / builder
    done = subprocess.run(
        [
            sys.executable, "-m", "sphinx", "-b", builder, "-q", "-nW", "--keep-going",
            "-c", str(survey.path), "-d", str(survey.path / "_build" / f"doctrees-{builder}"),
            str(survey.path / "docs"), str(output),
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT / "ext"), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert (done.stderr, done.returncode) == ("", 0)
    if builder in SITES:
        lost = {link for _, link in Site(output).find_lost_links()}
        if builder == "singlehtml" and theme in PYDATA:
            lost = {link for link in lost if not re.fullmatch("#document-[^#]+#[^#]+", link)}
        assert lost == set()
    return output


@pytest.mark.parametrize("builder", [*SITES, *BUILDERS])
def test_every_builder(builder: str, tmp_path: Path) -> None:
    survey = write_examples(tmp_path)
    survey.write("conf.py", f'{survey.read("conf.py")}\nlinkcheck_ignore = [".*"]\n')
    build(survey, builder)


@pytest.mark.slow
@pytest.mark.parametrize("builder", SITES)
@pytest.mark.parametrize("theme", [name for name in THEMES if name != "furo"])
def test_every_theme(theme: str, builder: str, tmp_path: Path) -> None:
    if find_spec(theme) is None:
        pytest.skip(f"{theme} is not installed")
    build(write_examples(tmp_path, "--theme", theme), builder, theme)


@pytest.mark.slow
@pytest.mark.parametrize("name", EXTENSIONS)
def test_beside_another_extension(name: str, tmp_path: Path) -> None:
    settings, text = EXTENSIONS[name]
    if find_spec(name.partition(".")[0]) is None:
        pytest.skip(f"{name} is not installed")
    survey = write_examples(tmp_path)
    if name == "sphinx.ext.intersphinx":
        inventory = build(survey, "html") / "objects.inv"
        (survey.path / "docs/own.inv").write_bytes(inventory.read_bytes())
    # MyST-NB loads MyST itself.
    others = f'"{name}", ' if name == "myst_nb" else f'"myst_parser", "{name}", '
    survey.edit("conf.py", '"myst_parser", ', others)
    settings += 'myst_enable_extensions = ["colon_fence"]\n'
    survey.write("conf.py", f"{survey.read('conf.py')}\n{settings}")
    head = NOTEBOOK if name == "myst_nb" else ""
    survey.write("docs/example-other.md", f"{head}# Other\n\n{text}\nThat is all.\n")
    if name == "sphinx_tags":
        survey.edit("docs/index.md", "example-*\n", "example-*\n_tags/tagsindex\n")
    for builder in ("html", "latex"):
        build(survey, builder)
