"""Small surveys of another field, built by Sphinx itself."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from sphinx import locale
from sphinx.cmd.build import build_main
from sphinx.util.docutils import docutils_namespace

if TYPE_CHECKING:
    from pathlib import Path

TAXONOMY = """\
[dough]
title = "Dough"
section = "1"
description = "What happens before the oven."
color = "#c9722f"

[dough.ferment]
title = "Fermentation"

[dough.ferment.sourdough]
title = "Sourdough"
aliases = ["levain"]

[dough.ferment.yeast]
title = "Baker's Yeast"

[dough.flour]
title = "Flour"

[oven]
title = "Oven"
color = "#2f5f9c"

[oven.steam]
title = "Steam"

[tags]
field-study = "Field study"
"""

BIBLIOGRAPHY = """\
@article{rossi2019wild,
  title         = {{WildYeast}: Old Cultures in New Bread},
  shorttitle    = {WildYeast},
  author        = {Rossi, Anna and Müller, Jörg and Le Brun, Claire and Ng, Wei},
  journal       = {Journal of Bread},
  year          = {2019},
  doi           = {10.1234/bread.1},
  keywords      = {sourdough, flour, field-study},
  annotation    = {Shows that old cultures keep $k$ species alive.},
}

@inproceedings{abbas2021steam,
  title         = {Steam at $\\alpha$ and $\\beta$},
  author        = {Abbas, Omar},
  booktitle     = {Proceedings of Ovens},
  year          = {2021},
  eprint        = {2101.01234},
  archiveprefix = {arXiv},
  keywords      = {steam},
}

@misc{chen2020flour,
  title         = {Flour 50\\% Better},
  author        = {Chen, Li and Okafor, Ada},
  year          = {2020},
  url           = {https://example.org/flour_(50)},
  code          = {https://example.org/code},
  keywords      = {flour},
}

@article{dahl2018yeast,
  title         = {Yeast Counts},
  author        = {Dahl, Per},
  journal       = {Journal of Bread},
  year          = {2018},
  keywords      = {yeast, sourdough},
}
"""

CONF = """\
project = "Bread"
version = "1"
copyright = "2026, the bakers"
extensions = ["myst_parser", "livingsurvey"]
bibtex_bibfiles = ["papers.bib"]
bibtex_reference_style = "author_year"
livingsurvey_taxonomy = "taxonomy.toml"
html_theme = "{theme}"
html_math_renderer = "mathml"
html_copy_source = False
numfig = True
latex_engine = "xelatex"
myst_enable_extensions = ["dollarmath"]
"""

PAGES = {
    "index": """\
# Bread

```{toctree}
:numbered:

dough
oven
```

```{toctree}
references
```
""",
    "dough": """\
# Dough

Before the oven, as {cite:t}`dahl2018yeast` says. See {survey:category}`oven`.

## Fermentation

All begins with {survey:paper}`rossi2019wild` {cite:p}`rossi2019wild`.

### Sourdough

```{survey:papers} sourdough
```

### Baker's Yeast

```{survey:papers} yeast
```

## Flour

```{survey:papers} flour
:form: table
```
""",
    "oven": """\
# Oven

Heat {cite:p}`abbas2021steam,chen2020flour` and {survey:category}`flour`, as in [](#chen2020flour).

## Steam

```{survey:papers} steam
:form: list
```
""",
    "references": """\
# References

```{survey:references}
```
""",
}


@dataclass
class Result:
    """One build: its exit status, what it said, and where it wrote."""

    status: int
    warnings: str
    log: str
    output: Path

    def read(self, name: str) -> str:
        return (self.output / name).read_text(encoding="utf-8")

    def files(self) -> dict[str, str]:
        """Return a digest of each file of the output, by its name."""
        return {
            path.relative_to(self.output).as_posix(): _digest(path)
            for path in sorted(self.output.rglob("*"))
            # Sphinx keeps the previous .buildinfo under this name when the configuration changes.
            if path.is_file() and path.name != ".buildinfo.bak"
        }

    def written(self) -> set[str]:
        """Return the documents that were written, as the log names them."""
        return _named(self.log, "writing output... [")

    def reread(self) -> set[str]:
        """Return the documents that were read."""
        return _named(self.log, "reading sources... [")


def _digest(path: Path) -> str:
    data = path.read_bytes()
    if path.name == "searchindex.js":
        # Sphinx (9.0, IndexBuilder.prune) keeps words that no page has any more, each with an
        # empty list of pages: harmless, and the one thing of its own that an edit leaves behind.
        index = json.loads(data.decode().removeprefix("Search.setIndex(").removesuffix(")"))
        for name in ("terms", "titleterms"):
            index[name] = {word: pages for word, pages in index[name].items() if pages != []}
        data = json.dumps(index).encode()
    return hashlib.sha256(data).hexdigest()


def _named(log: str, marker: str) -> set[str]:
    lines = log.splitlines()
    return {line.rpartition("]")[2].strip() for line in lines if line.startswith(marker)} - {""}


class Survey:
    """A survey in a folder of its own, to be edited and built."""

    def __init__(self, path: Path, theme: str = "basic") -> None:
        self.path = path
        self.write("conf.py", CONF.format(theme=theme))
        self.write("papers.bib", BIBLIOGRAPHY)
        self.write("taxonomy.toml", TAXONOMY)
        for name, text in PAGES.items():
            self.write(f"docs/{name}.md", text)

    def write(self, name: str, text: str) -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def read(self, name: str) -> str:
        return (self.path / name).read_text(encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        text = self.read(name)
        assert old in text, f"{name} does not hold {old!r}"
        self.write(name, text.replace(old, new))

    def build(
        self,
        builder: str = "html",
        *options: str,
        jobs: int = 1,
        clean: bool = False,
        place: str = "",
    ) -> Result:
        """Build; a clean build goes to folders of its own and leaves the others alone."""
        name = f"{builder}{place}" + ("-clean" if clean else "")
        output = self.path / "_build" / name
        doctrees = self.path / "_build" / f"doctrees-{name}"
        if clean:
            shutil.rmtree(output, ignore_errors=True)
            shutil.rmtree(doctrees, ignore_errors=True)
        out, err = io.StringIO(), io.StringIO()
        arguments = [
            "-b", builder, "-n", "-N", "-j", str(jobs), "-c", str(self.path),
            "-d", str(doctrees), *options, str(self.path / "docs"), str(output),
        ]  # fmt: skip
        # Despite -N, Sphinx 9 writes its progress with escape codes wherever CI=true
        # (terminal_supports_colour), and NO_COLOR is the one word that it obeys there.
        with (
            redirect_stdout(out),
            redirect_stderr(err),
            docutils_namespace(),
            pytest.MonkeyPatch.context() as patch,
        ):
            patch.setenv("NO_COLOR", "1")
            # Sphinx keeps the language of an earlier build in one process where the next is
            # English (9.0, sphinx.locale.init); each build of the tests is the first.
            patch.setattr(locale, "translators", {})
            status = build_main(arguments)
        # Sphinx puts the folder of a project into the module path for its conf.py.
        while str(self.path) in sys.path:
            sys.path.remove(str(self.path))
        return Result(status, err.getvalue(), out.getvalue(), output)


@pytest.fixture
def survey(tmp_path: Path) -> Survey:
    """The bread survey, ready to build."""
    return Survey(tmp_path)


@pytest.fixture
def make_survey(tmp_path_factory: pytest.TempPathFactory):
    """Return a function that makes further surveys, with a theme."""
    return lambda theme="basic": Survey(tmp_path_factory.mktemp("survey"), theme)
