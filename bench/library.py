"""Seeded libraries and the sites around them: ours, stock's, and an empty one."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CATEGORIES = [
    f"{first}-{second}"
    for first in ("sparse", "dense", "linear", "robust")
    for second in ("training", "attention", "pruning", "routing", "decoding")
]
"""Twenty categories."""

_WORDS = (  # noqa: SIM905 - words read best as words
    "scaling language models with adaptive memory efficient transformers for long context "
    "learning structured pruning quantization low rank adaptation distillation of large neural "
    "networks via gradient routing mixture experts attention kernels fast inference training "
    "compression optimal data selection curriculum stable precision tuning sparse recurrent"
).split()
_GIVEN = "Ana José Wei Łukasz Zoë Ngọc Søren Émile Priya Tomás Yūki Olga Ibrahim Grace".split()  # noqa: SIM905
_FAMILY = (  # noqa: SIM905
    "García Müller Zhang Nguyễn Kowalski Smith Øster Dupont Patel Tanaka Çelik Novák Ó’Brien "  # noqa: RUF001
    "Ivanova Haddad Rossi Johansson Lee Silva Okafor"
).split()

PROSE = "\n\n".join(
    f"## Part {number}\n\n" + " ".join(_WORDS * 3).capitalize() + "." for number in range(1, 6)
)

CONF = """\
project = "Bench"
html_theme = "furo"
latex_engine = "xelatex"
"""
OURS = """\
extensions = ["myst_parser", "livingsurvey"]
bibtex_bibfiles = ["papers.bib"]
bibtex_reference_style = "author_year"
livingsurvey_taxonomy = "taxonomy.toml"
html_math_renderer = "mathml"
"""
STOCK = """\
extensions = ["myst_parser", "sphinxcontrib.bibtex"]
bibtex_bibfiles = ["papers.bib"]
bibtex_reference_style = "author_year"
suppress_warnings = ["bibtex"]
"""
EMPTY = 'extensions = ["myst_parser"]\n'
IDLE = """\
extensions = ["myst_parser", "sphinxcontrib.bibtex"]
bibtex_bibfiles = ["papers.bib"]
"""
"""An empty site that loads stock sphinxcontrib-bibtex and has no use for it."""


def make_bibliography(size: int, seed: int = 1) -> str:
    """Return a .bib of *size* entries: realistic titles, 3 to 12 authors, 20 categories."""
    chance = random.Random(seed)
    return "\n".join(_make_entry(number, chance) for number in range(size))


def _make_entry(number: int, chance: random.Random) -> str:
    title = " ".join(chance.sample(_WORDS, chance.randint(5, 10))).capitalize()
    authors = " and ".join(
        f"{chance.choice(_FAMILY)}, {chance.choice(_GIVEN)}" for _ in range(chance.randint(3, 12))
    )
    tags = chance.sample(CATEGORIES, chance.choices((1, 2, 3), (6, 3, 1))[0])
    year = chance.randint(2015, 2026)
    return f"""\
@inproceedings{{key{number:05},
  title         = {{{{Net{number}}}: {title}}},
  shorttitle    = {{Net{number}}},
  author        = {{{authors}}},
  booktitle     = {{Conference on Benchmarks}},
  year          = {{{year}}},
  eprint        = {{{year % 100:02}{chance.randint(1, 12):02}.{number:05}}},
  archiveprefix = {{arXiv}},
  url           = {{https://arxiv.org/abs/{year % 100:02}01.{number:05}}},
  keywords      = {{{", ".join(tags)}}},
  annotation    = {{Shows that {title.lower()} can be done with less.}},
}}
"""


def write_site(root: Path, kind: str, size: int = 0) -> None:
    """Write a site of 31 pages: 20 categories, one that cites everything, prose, references.

    Args:
        root: The folder, made if need be.
        kind: ``ours``, ``stock``, or 30 pages of prose: ``empty``, and ``idle``, see there.
        size: The number of entries, each cited once.
    """
    docs = root / "docs"
    docs.mkdir(parents=True, exist_ok=True)
    extra = {"ours": OURS, "stock": STOCK, "empty": EMPTY, "idle": IDLE}[kind]
    (root / "conf.py").write_text(CONF + extra, encoding="utf-8")
    names = [*CATEGORIES, "cites", *(f"prose{number}" for number in range(1, 10))]
    pages = {name: f"# {name.capitalize()}\n\n{PROSE}\n" for name in names}
    (root / "papers.bib").write_text(make_bibliography(size), encoding="utf-8")
    if size:
        (root / "taxonomy.toml").write_text(
            "".join(f'[{tag}]\ntitle = "{tag.capitalize()}"\n\n' for tag in CATEGORIES),
            encoding="utf-8",
        )
        cited = "\n\n".join(f"Work {{cite:p}}`key{number:05}` matters." for number in range(size))
        pages["cites"] = f"# Cites\n\n{cited}\n"
        for tag in CATEGORIES:
            pages[tag] = f"# {tag.capitalize()}\n\n{make_listing(kind, tag)}"
    if kind == "ours":
        pages["references"] = "# References\n\n```{survey:references}\n```\n"
        names.append("references")
    toctree = "```{toctree}\n" + "\n".join(names) + "\n```\n"
    pages["index"] = f"# Bench\n\n{toctree}"
    for name, text in pages.items():
        (docs / f"{name}.md").write_text(text, encoding="utf-8")


def make_listing(kind: str, tag: str) -> str:
    """Return the directive that lists a category, in our words or stock's."""
    if kind == "ours":
        return f"```{{survey:papers}} {tag}\n```\n"
    return f'```{{bibliography}}\n:filter: keywords % "{tag}"\n```\n'
