"""What the things of a survey look like: a change of look is a diff of the files in tests/cases.

Each file has a title, the text of a page, and what the builders make of it. After a change that
is meant, ``pytest tests/sphinx/test_goldens.py --update-goldens`` writes them anew; read the diff.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import html

from .conftest import Survey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

CASES = Path(__file__).parent.parent / "cases"
BUILDERS = ("html", "latex", "text")
BIBLIOGRAPHY = """\
@article{rossi2019wild,
  title         = {{WildYeast}: Old Cultures in New Bread},
  shorttitle    = {WildYeast},
  author        = {Rossi, Anna and Müller, Jörg and Le Brun, Claire and Ng, Wei},
  journal       = {Journal of Bread},
  year          = {2019},
  doi           = {10.1234/bread.1},
  eprint        = {1901.01234},
  archiveprefix = {arXiv},
  code          = {https://example.org/code},
  keywords      = {sourdough, flour, field-study},
  annotation    = {Shows that old cultures keep $k$ species alive.},
}

@misc{chen2020flour,
  title         = {Flour 50\\% Better},
  author        = {Chen, Li and Okafor, Ada},
  year          = {2020},
  url           = {https://example.org/flour_(50)},
  keywords      = {flour},
}

@article{dahl2018yeast,
  title         = {Yeast "Counts" at $x<y$},
  author        = {Dahl, Per},
  journal       = {Journal of Bread},
  year          = {2018},
  keywords      = {yeast, sourdough},
}
"""


@dataclass(frozen=True)
class Case:
    """One file: the title of its page, the text of that page, and what is expected of it."""

    path: Path
    title: str
    page: str
    expected: dict[str, str]

    @classmethod
    def read(cls, path: Path) -> Case:
        title, *parts = path.read_text(encoding="utf-8").split("=== ")
        sections = dict(part.split(" ===\n", 1) for part in parts)
        page = sections.pop("input").strip()
        return cls(
            path, title.strip(), page, {name: text.strip() for name, text in sections.items()}
        )

    def render(self, made: dict[str, str]) -> str:
        """Return the text of the file, with what builders made."""
        parts = {"input": self.page, **made}
        sections = [f"=== {name} ===\n\n{text}\n" for name, text in parts.items()]
        return "\n".join([f"{self.title}\n", *sections])


@pytest.fixture(scope="session")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """All cases as pages of one survey, by builder the folder of what it made."""
    survey = Survey(tmp_path_factory.mktemp("goldens"))
    for page in (survey.path / "docs").iterdir():
        page.unlink()
    survey.write("papers.bib", BIBLIOGRAPHY)
    paths = sorted(CASES.glob("*.txt"))
    names = "\n".join([*(path.stem for path in paths), "end"])
    survey.write("docs/index.md", f"# Bread\n\n```{{toctree}}\n:numbered:\n\n{names}\n```\n")
    survey.write("docs/end.md", "# End\n")  # so that what closes a book is in no case
    for path in paths:
        case = Case.read(path)
        survey.write(f"docs/{path.stem}.md", f"# {case.title}\n\n{case.page}\n")
    found = {}
    for builder in BUILDERS:
        result = survey.build(builder)
        assert (result.status, result.warnings) == (0, "")
        found[builder] = result.output
    return found


def take_html(output: Path, case: Case) -> str:
    """Return the elements of the page behind its heading, one on a line."""
    page = html.fromstring((output / f"{case.path.stem}.html").read_text(encoding="utf-8"))
    (section,) = page.xpath("//section[h1]")
    return "\n".join(line for element in section[1:] for line in print_element(element))


BLOCKS = frozenset(
    ("article", "details", "div", "header", "li", "ol", "p", "pre", "section", "table", "tr", "ul")
)


def print_element(element: HtmlElement, indent: str = "") -> Iterator[str]:
    """Yield the lines of an element; one that holds nothing but words is a single line."""
    for name, value in sorted(element.attrib.items()):  # in an order of their own
        del element.attrib[name]
        element.set(name, value)
    if not any(inner.tag in BLOCKS for inner in element.iterdescendants()):
        line = html.tostring(element, encoding="unicode", with_tail=False)
        # The lines of a program stay, and words flow.
        yield from line.splitlines() if element.tag == "pre" else [indent + " ".join(line.split())]
        return
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in element.attrib.items())
    yield f"{indent}<{element.tag}{attributes}>"
    if text := (element.text or "").strip():
        yield f"{indent}  {text}"
    for child in element:
        yield from print_element(child, f"{indent}  ")
        if tail := (child.tail or "").strip():
            yield f"{indent}  {tail}"
    yield f"{indent}</{element.tag}>"


def take_latex(output: Path, case: Case) -> str:
    """Return the chapter of the page, without its heading."""
    tex = (output / "bread.tex").read_text(encoding="utf-8")
    chapters = tex.split(r"\chapter{")[1:]
    (chapter,) = [text for text in chapters if text.startswith(f"{case.title}}}\n")]
    return chapter.partition("\n")[2].partition(r"\sphinxstepscope")[0].strip()


def take_text(output: Path, case: Case) -> str:
    """Return the page without its heading."""
    text = (output / f"{case.path.stem}.txt").read_text(encoding="utf-8")
    return text.partition("\n\n")[2].strip()


TAKE = {"html": take_html, "latex": take_latex, "text": take_text}


@pytest.mark.xdist_group("goldens")
@pytest.mark.parametrize("path", sorted(CASES.glob("*.txt")), ids=lambda path: path.stem)
def test_it_looks_as_it_did(
    path: Path, outputs: dict[str, Path], pytestconfig: pytest.Config
) -> None:
    case = Case.read(path)
    made = {builder: take(outputs[builder], case) for builder, take in TAKE.items()}
    found = case.render(made)
    if pytestconfig.getoption("update_goldens"):
        path.write_text(found, encoding="utf-8")
    known = path.read_text(encoding="utf-8")
    diff = difflib.unified_diff(
        known.splitlines(), found.splitlines(), "known", "found", lineterm=""
    )
    assert "\n".join(diff) == ""


def test_every_case_is_for_every_builder() -> None:
    for path in CASES.glob("*.txt"):
        assert tuple(Case.read(path).expected) == BUILDERS, path.name
