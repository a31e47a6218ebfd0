"""``livingsurvey init``: what it writes builds without a warning, and nothing is overwritten."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.surveys import Survey

from livingsurvey.catalog import load
from livingsurvey.cli.init import MARKUPS, THEMES
from livingsurvey.cli.topics import assign_tags, read_outline, walk

FOREIGN = r"""% Encoding: UTF-8

@Article{Darwin:1862,
  author   = {Darwin, Charles},
  title    = {On the Two Forms, or Dimorphic Condition, in the Species of {Primula}},
  journal  = {Journal of the Proceedings of the Linnean Society (Botany)},
  year     = {1862},
  keywords = {Plant Science, Pollination},
  file     = {:papers/darwin.pdf:PDF},
}

@Article{MENDEL_1866,
  author   = {Mendel, Gregor},
  title    = {Versuche über Pflanzenhybriden},
  journal  = {Verhandlungen des Naturforschenden Vereines in Brünn},
  year     = {1866},
  keywords = {heredity; Plant science; Peas & beans},
}

@Book{fisher,
  author    = {Fisher, Ronald A.},
  title     = {The Genetical Theory of Natural Selection},
  publisher = {Clarendon Press},
  year      = {1930},
  keywords  = {Heredity},
}
"""
GROUPS = r"""
@Comment{jabref-meta: databaseType:bibtex;}

@Comment{jabref-meta: grouping:
0 AllEntriesGroup:;
1 StaticGroup:Biology\;0\;1\;\;\;\;;
2 StaticGroup:Peas & Beans\;2\;0\;\;\;\;;
2 KeywordGroup:Inheritance\;0\;keywords\;heredity\;0\;0\;1\;\;\;\;;
1 StaticGroup:Empty\;0\;1\;\;\;\;;
}
"""
OLD_GROUPS = r"""
@comment{jabref-meta: groupsversion:3;}

@comment{jabref-meta: groupstree:
0 AllEntriesGroup:;
1 ExplicitGroup:Flow
ers\;0\;Darwin:1862\;MENDEL_1866\;;
1 ExplicitGroup:Theory\;0\;fisher\;;
}
"""
OUTLINE = """\
# Fungi of the [North](https://example.org)

Prose that is no heading.

## What is a *fungus*?

```
# no heading either
```

### Yeasts & molds

## References
### Yeasts & molds ###
"""


@dataclass
class Founder:
    """Somebody in an empty folder."""

    folder: Path
    survey: Survey

    def init(self, *arguments: str, **options: object) -> str:
        outcome = self.survey.run("init", *arguments, **options)  # type: ignore[arg-type]
        assert outcome.status == 0, outcome.err
        return outcome.err

    def build(self, name: str, builder: str = "html") -> Path:
        """Build a survey strictly, in a process of its own; a warning fails."""
        folder = self.folder / name
        result = subprocess.run(
            [
                *(sys.executable, "-m", "sphinx", "-nqW", "--keep-going", "-b", builder),
                *("-c", ".", "-d", f"_build/doctrees/{builder}", "docs", f"_build/{builder}"),
            ],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT / "ext")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (result.returncode, result.stderr) == (0, "")
        return folder / "_build" / builder

    def check(self, name: str) -> tuple[int, str]:
        outcome = self.survey.run("check", "--config", f"{name}/pyproject.toml")
        return outcome.status, outcome.out + outcome.err

    def read_categories(self, name: str) -> dict[str, list[str]]:
        """Return the categories of each paper."""
        folder = self.folder / name
        catalog, _ = load([folder / "papers.bib"], folder / "taxonomy.toml")
        return {key: list(paper.categories) for key, paper in catalog.papers.items()}


@pytest.fixture
def founder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Founder:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795392000")
    return Founder(tmp_path, Survey(tmp_path, monkeypatch))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("markup", MARKUPS)
def test_a_new_survey_builds_under_each_theme(founder: Founder, markup: str, theme: str) -> None:
    if find_spec(theme) is None:
        pytest.skip(f"{theme} is not installed")
    founder.init("new", "--markup", markup, "--theme", theme)
    output = founder.build("new")
    assert (output / "distributed-systems.html").is_file()
    assert founder.check("new") == (0, "6 entries: nothing to mend\n")


@pytest.mark.parametrize("markup", MARKUPS)
def test_a_new_survey_is_a_book_as_well(founder: Founder, markup: str) -> None:
    founder.init("new", "--markup", markup, "--title", "Costs & 100 % of {it}", "--author", "A_B")
    tex = (founder.build("new", "latex") / "costs-100-of-it.tex").read_text(encoding="utf-8")
    assert r"\title{Costs \& 100 \% of \{it\}}" in tex
    assert r"\author{A\_B}" in tex


@pytest.mark.parametrize("markup", MARKUPS)
@pytest.mark.parametrize(
    ("language", "title", "said"),
    [
        ("de", "Literaturverzeichnis", "findet den kürzesten Code"),
        ("zh_CN", "参考文献", "最短的编码"),
    ],
)
def test_pages_are_in_the_language(
    founder: Founder, language: str, title: str, said: str, markup: str
) -> None:
    founder.init("s", "--title", "Q", "--language", language, "--markup", markup)
    suffix = MARKUPS[markup]
    pages = {path.stem: path.read_text("utf-8") for path in Path("s/docs").glob(f"*.{suffix}")}
    assert title in pages["references"].splitlines()[0]
    assert said in pages["information-theory"]
    english = ("References", "Explorer of", "What's new", "The survey", "Every paper", "rests on")
    assert [word for word in english if any(word in text for text in pages.values())] == []
    assert title in (founder.build("s") / "references.html").read_text("utf-8")


def test_titles_are_literal_in_every_markup(founder: Founder) -> None:
    title = "A \"new\" 'survey' of *C_* `x` \\ |y| <b> [z](w) $1"
    for markup in MARKUPS:
        founder.init(markup, "--markup", markup, "--title", title)
        assert title in (founder.build(markup, "text") / "index.txt").read_text(encoding="utf-8")


def test_questions_are_asked_of_who_sits_there(founder: Founder) -> None:
    answers = "Fungi\nAnn, Bob\nde\ntroff\nrst\n\n"
    said = founder.init("new", stdin=answers, is_terminal=True)
    assert "'troff' is none of myst, rst" in said
    configuration = (founder.folder / "new/conf.py").read_text(encoding="utf-8")
    for line in ('project = "Fungi"', 'author = "Ann, Bob"', 'language = "de"'):
        assert line in configuration
    assert 'html_theme = "furo"' in configuration
    assert (founder.folder / "new/docs/index.rst").is_file()


def test_nobody_is_asked_where_nobody_sits(founder: Founder) -> None:
    said = founder.init("my-survey", stdin="Fungi\n")
    assert "Title" not in said
    configuration = (founder.folder / "my-survey/conf.py").read_text(encoding="utf-8")
    assert 'project = "My survey"' in configuration


def test_an_answer_that_cannot_be_used_is_refused(founder: Founder) -> None:
    for option, value, message in (
        ("--language", "de;x", "'de;x' is no language"),
        ("--title", " \t", "the title is empty"),
        ("--from", "none.bib", "none.bib: No such file"),
    ):
        outcome = founder.survey.run("init", "new", option, value)
        assert outcome.status == 2
        assert message in outcome.err
        assert not (founder.folder / "new").exists()


def test_nothing_is_overwritten(founder: Founder) -> None:
    folder = founder.folder / "new"
    (folder / "docs").mkdir(parents=True)
    for name in ("papers.bib", "docs/index.md"):
        (folder / name).write_text("mine", encoding="utf-8")
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    outcome = founder.survey.run("init", "new")
    assert outcome.status == 2
    assert "new already has papers.bib, docs/index.md\nnothing was written" in outcome.err
    assert sorted(path.name for path in folder.rglob("*") if path.is_file()) == [
        "index.md", "notes.txt", "papers.bib",
    ]  # fmt: skip
    for name in ("papers.bib", "docs/index.md"):
        (folder / name).unlink()
    founder.init("new")
    assert (folder / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_keywords_become_categories_and_the_file_stays(founder: Founder) -> None:
    bib = founder.folder / "foreign.bib"
    bib.write_bytes(FOREIGN.replace("\n", "\r\n").encode())
    said = founder.init("new", "--from", "foreign.bib")
    assert "the categories are the keywords of foreign.bib" in said
    assert (founder.folder / "new/papers.bib").read_bytes() == bib.read_bytes()
    taxonomy = tomllib.loads((founder.folder / "new/taxonomy.toml").read_text(encoding="utf-8"))
    assert {tag: table["title"] for tag, table in taxonomy.items()} == {
        "heredity": "Heredity",
        "plant-science": "Plant Science",
    }
    assert founder.read_categories("new") == {
        "Darwin:1862": ["plant-science"],
        "MENDEL_1866": ["heredity", "plant-science"],
        "fisher": ["heredity"],
    }
    founder.build("new")
    founder.build("new", "latex")
    status, report = founder.check("new")
    assert (status, report) == (0, "3 entries: nothing to mend\n")
    written = tomllib.loads((founder.folder / "new/pyproject.toml").read_text(encoding="utf-8"))
    assert "profile" not in written["tool"]["livingsurvey"]


def test_groups_of_jabref_become_categories(founder: Founder) -> None:
    text = FOREIGN.replace("file     = {:papers/darwin.pdf:PDF}", "groups   = {Biology}").replace(
        "Peas & beans},", "Peas & beans},\n  groups   = {Peas & Beans, Biology},"
    )
    (founder.folder / "jabref.bib").write_text(text + GROUPS, encoding="utf-8")
    said = founder.init("x", "--from", "jabref.bib")
    assert "the categories are the groups of jabref.bib" in said
    taxonomy = tomllib.loads((founder.folder / "x/taxonomy.toml").read_text(encoding="utf-8"))
    assert list(taxonomy) == ["biology"]
    children = [name for name, value in taxonomy["biology"].items() if isinstance(value, dict)]
    assert children == ["biology-general", "peas-beans", "inheritance"]
    assert founder.read_categories("x") == {
        "Darwin:1862": ["biology-general"],
        "MENDEL_1866": ["peas-beans", "inheritance"],
        "fisher": ["inheritance"],
    }
    kept = (founder.folder / "x/papers.bib").read_text(encoding="utf-8")
    changed = set(text.splitlines()) ^ set(kept.removesuffix(GROUPS).splitlines())
    assert all("keywords" in line for line in changed)
    founder.build("x")


def test_groups_of_older_versions_list_keys(founder: Founder) -> None:
    (founder.folder / "old.bib").write_text(FOREIGN + OLD_GROUPS, encoding="utf-8")
    founder.init("x", "--from", "old.bib")
    assert founder.read_categories("x") == {
        "Darwin:1862": ["flowers"],
        "MENDEL_1866": ["flowers"],
        "fisher": ["theory"],
    }


def test_paths_of_keywords_become_a_tree(founder: Founder) -> None:
    text = FOREIGN.replace("{Plant Science, Pollination}", "{Plant Science > Pollination}")
    (founder.folder / "a.bib").write_text(text, encoding="utf-8")
    founder.init("x", "--from", "a.bib")
    assert founder.read_categories("x")["Darwin:1862"][-1] == "pollination"
    assert founder.read_categories("x")["MENDEL_1866"][0] == "plant-science-general"
    founder.build("x")


def test_a_file_without_keywords_makes_a_survey_without_categories(founder: Founder) -> None:
    text = "\n".join(line for line in FOREIGN.splitlines() if "keywords" not in line)
    (founder.folder / "plain.bib").write_text(text, encoding="utf-8")
    assert "no categories yet" in founder.init("x", "--from", "plain.bib")
    assert not (founder.folder / "x/taxonomy.toml").exists()
    output = founder.build("x")
    assert "Pflanzenhybriden" in (output / "references.html").read_text(encoding="utf-8")
    assert founder.check("x") == (0, "3 entries: nothing to mend\n")


def test_papers_without_a_category_are_left_to_do(founder: Founder) -> None:
    (founder.folder / "a.bib").write_text(
        FOREIGN.replace("keywords  = {Heredity}", "note = {On populations}"), encoding="utf-8"
    )
    assert "1 paper has no category yet" in founder.init("x", "--from", "a.bib")
    founder.build("x")
    status, report = founder.check("x")
    assert status == 1
    assert "[survey.no_category]" in report
    assert "1 error" in report


def test_papers_without_a_category_are_counted_as_check_counts_them(founder: Founder) -> None:
    (founder.folder / "a.bib").write_text(
        FOREIGN.replace("keywords = {Plant Science, Pollination}", "note = {On two forms}"),
        encoding="utf-8",
    )
    (founder.folder / "outline.txt").write_text("Plant science\n", encoding="utf-8")
    said = founder.init("x", "--from", "a.bib", "--from-outline", "outline.txt")
    assert "1 paper has no category yet" in said  # the one with other keywords is not
    founder.build("x")
    assert founder.check("x")[1].count("[survey.no_category]") == 1


def test_warnings_of_the_bibliography_do_not_stop_the_first_build(founder: Founder) -> None:
    text = FOREIGN.replace("{The Genetical", r"{$\foreign{x}$: The Genetical")
    (founder.folder / "a.bib").write_text(text, encoding="utf-8")
    said = founder.init("x", "--from", "a.bib")
    assert "errors" not in said
    founder.build("x")
    status, report = founder.check("x")
    assert status == 1
    assert "[survey.markup]" in report


def test_errors_of_the_bibliography_are_announced(founder: Founder) -> None:
    (founder.folder / "a.bib").write_text(FOREIGN + "@book{broken", encoding="utf-8")
    said = founder.init("x", "--from", "a.bib")
    assert "a.bib has errors that stop a build: 'livingsurvey check' lists them" in said
    assert founder.check("x")[0] == 1


def test_an_outline_becomes_the_taxonomy(founder: Founder) -> None:
    (founder.folder / "outline.md").write_text(OUTLINE, encoding="utf-8")
    founder.init("x", "--from-outline", "outline.md")
    text = (founder.folder / "x/taxonomy.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text) == {
        "what-is-a-fungus": {
            "title": "What is a fungus?",
            "yeasts-molds": {"title": "Yeasts & molds"},
        },
        "references-2": {
            "title": "References",
            "references-2-yeasts-molds": {"title": "Yeasts & molds"},
        },
    }
    assert 'project = "Fungi of the North"' in (founder.folder / "x/conf.py").read_text("utf-8")
    founder.build("x")
    founder.build("x", "latex")
    assert founder.check("x")[0] == 0


def test_an_outline_takes_up_keywords(founder: Founder) -> None:
    (founder.folder / "outline.txt").write_text("Plant science\nHeredity\n", encoding="utf-8")
    (founder.folder / "a.bib").write_text(FOREIGN, encoding="utf-8")
    founder.init("x", "--from-outline", "outline.txt", "--from", "a.bib")
    assert founder.read_categories("x")["MENDEL_1866"] == ["heredity", "plant-science"]
    founder.build("x")


LATEX = r"""
\section*{Botany}
\begin{itemize}
\item \textbf{Flowers}~\cite{Darwin:1862}
\\\textit{What they are, as \cite{nobody} says.}
  \begin{itemize}
    \item \textbf{Peas \& beans}~\cite{MENDEL_1866,Nobody}
    \item Roses
  \end{itemize}
\item Theory \cite[p.~3]{fisher}
\end{itemize}
"""


def test_an_outline_in_latex_says_which_papers_belong_where(founder: Founder) -> None:
    (founder.folder / "review.tex").write_text(LATEX, encoding="utf-8")
    (founder.folder / "a.bib").write_text(FOREIGN, encoding="utf-8")
    founder.init("x", "--from", "a.bib", "--from-outline", "review.tex")
    assert 'project = "Botany"' in (founder.folder / "x/conf.py").read_text("utf-8")
    assert founder.read_categories("x") == {
        "Darwin:1862": ["flowers-general"],
        "MENDEL_1866": ["peas-beans"],
        "fisher": ["theory"],
    }
    founder.build("x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One\nTwo\n", ["One", "Two"]),
        ("1 One\n1.1 In\n1.1.1 Deep\n2. Two\n", ["One", "One/In", "One/In/Deep", "Two"]),
        ("- One\n    - In\n- Two\n  - In too\n", ["One", "One/In", "Two", "Two/In too"]),
        ("One\n===\n\nTwo\n---\n", ["One", "Two"]),
        ("# Book\n## One\n#### Deep\n## Two\n", ["One", "One/Deep", "Two"]),
        ("", []),
    ],
)
def test_headings_are_nested_by_mark_number_or_indent(text: str, expected: list[str]) -> None:
    _, topics = read_outline(text)
    found = []

    def collect(topics: list, above: str) -> None:  # type: ignore[type-arg]
        for topic in topics:
            found.append(above + topic.title)
            collect(topic.children, f"{above}{topic.title}/")

    collect(topics, "")
    assert found == expected


def test_tags_are_unique_and_never_words_of_the_format() -> None:
    _, topics = read_outline("Title\nTags\n真菌\n菌根\nTitle\n  Title\nÉtat d'âme\n")
    assign_tags(topics)
    tags = [topic.tag for topic in walk(topics)]
    assert tags == [
        "title-2", "tags-2", "category", "category-2", "title-3", "title-3-title", "etat-d-ame",
    ]  # fmt: skip


def test_tags_of_long_titles_are_short_and_unique() -> None:
    title = "Searches and measurements where reconstruction is a core component"
    _, topics = read_outline(f"{title}\n  {title}\n{'x' * 100}\n")
    assign_tags(topics)
    assert [topic.tag for topic in walk(topics)] == [
        "searches-and-measurements-where", "searches-and-measurements-where-2", "x" * 40,
    ]  # fmt: skip


@pytest.mark.parametrize("bib", ["", FOREIGN[: FOREIGN.index("@Article{MENDEL")]])
def test_surveys_of_no_paper_and_of_one(founder: Founder, bib: str) -> None:
    (founder.folder / "outline.md").write_text("# Plant science\n", encoding="utf-8")
    (founder.folder / "a.bib").write_text(bib, encoding="utf-8")
    founder.init("x", "--from-outline", "outline.md", "--from", "a.bib")
    for builder in ("html", "latex", "text"):
        founder.build("x", builder)


@pytest.mark.parametrize("markup", MARKUPS)
def test_a_hundred_categories_five_levels_deep(founder: Founder, markup: str) -> None:
    lines = []
    for chapter in range(4):
        lines.append(f"Chapter {chapter}")
        for part in range(6):
            lines += [
                "  " * depth + f"Depth {depth} of {part} of {chapter}" for depth in range(1, 5)
            ]
    (founder.folder / "outline.txt").write_text("\n".join(lines), encoding="utf-8")
    founder.init("x", "--from-outline", "outline.txt", "--markup", markup)
    text = (founder.folder / "x/taxonomy.toml").read_text(encoding="utf-8")
    assert text.count("title = ") == 100
    for builder in ("html", "latex"):
        founder.build("x", builder)


def test_the_workflow_pins_its_actions_and_asks_for_little(founder: Founder) -> None:
    import yaml

    founder.init("x")
    workflow = yaml.safe_load((founder.folder / "x/.github/workflows/ci.yml").read_text("utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    for step in workflow["jobs"]["build"]["steps"]:
        if "uses" in step:
            _, _, version = step["uses"].partition("@")
            assert len(version) == 40
            assert int(version, 16)


def test_nothing_of_this_survey_is_in_a_new_one(founder: Founder) -> None:
    founder.init("x")
    for path in (founder.folder / "x").rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8").casefold()
            assert "efficien" not in text, path
            assert "tding1" not in text, path
