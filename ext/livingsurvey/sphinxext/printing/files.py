"""What stands beside the .tex: our style files, and what they are told of the survey."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.errors import ConfigError
from sphinx.locale import _

from livingsurvey.diagnostics import did_you_mean
from livingsurvey.markup import escape_tex, escape_url, is_safe_url, parse
from livingsurvey.sphinxext.domain import get_survey_domain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sphinx.application import Sphinx
    from sphinx.config import Config

    from livingsurvey.catalog import Catalog
    from livingsurvey.model import Paper

_STYLES = Path(__file__).parent.parent / "latex"
DATA_FILE = "livingsurvey-data.tex"


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What the title page and the properties of the PDF say; ``livingsurvey_book`` in conf.py.

    Attributes:
        subtitle: Below the title.
        cite: The keys of the papers that readers are asked to cite.
        url: Where the survey lives.
        license: The terms of the text.
        keywords: For the properties of the PDF.
    """

    subtitle: str = ""
    cite: tuple[str, ...] = ()
    url: str = ""
    license: str = ""
    keywords: tuple[str, ...] = ()


def read_book(values: dict[str, Any]) -> Book:
    """Return the settings of the book.

    Raises:
        ConfigError: A name or value is not as it should be.
    """
    known = {one.name: one.default for one in fields(Book)}
    for name, value in values.items():
        if name not in known:
            raise ConfigError(
                f"livingsurvey_book has no {name!r}; {did_you_mean(name, tuple(known))}"
            )
        is_list = isinstance(known[name], tuple)
        items = value if is_list and isinstance(value, (list, tuple)) else [value]
        if not all(isinstance(one, str) for one in items) or (is_list and items == [value]):
            what = "a list of strings" if is_list else "a string"
            raise ConfigError(f"livingsurvey_book[{name!r}] is to be {what}, not {value!r}")
    tidy: dict[str, Any] = {
        name: tuple(one) if isinstance(one, list) else one for name, one in values.items()
    }
    return Book(**tidy)


def on_config_inited(app: Sphinx, config: Config) -> None:
    """Check ``livingsurvey_book`` before anything is read."""
    read_book(config.livingsurvey_book)


def on_builder_inited(app: Sphinx) -> None:
    """Put our files beside the .tex that will be written.

    At priority 400: behind the hand-over of the settings to the domain (300).
    """
    if app.builder.format != "latex":
        return
    output = Path(app.outdir)
    output.mkdir(parents=True, exist_ok=True)
    for style in sorted(_STYLES.glob("*.sty")):
        shutil.copyfile(style, output / style.name)
    catalog = get_survey_domain(app.env).catalog
    text = "\n".join(describe(catalog, app.config)) + "\n"
    (output / DATA_FILE).write_text(text, encoding="utf-8")


def describe(catalog: Catalog, config: Config) -> Iterator[str]:
    """Yield the lines of the file that tells our styles of the survey."""
    book = read_book(config.livingsurvey_book)
    yield "% Made from the taxonomy, the bibliography and conf.py at every build."
    colorful = []
    for category in catalog.taxonomy.categories.values():
        if category.color and category.depth == 1:
            yield rf"\definecolor{{ls-{category.tag}}}{{HTML}}{{{category.color[1:].upper()}}}"
            if not _is_gray(category.color):
                colorful.append(f"ls-{category.tag}")
    yield _define("lsstripcolors", ",".join(colorful))
    yield _define("lscontentsname", escape_tex(_("Contents")))
    yield _define("lssubtitle", escape_tex(book.subtitle))
    yield _define("lskeywords", escape_tex(", ".join(book.keywords)))
    yield _define("lslanguage", escape_tex(config.language or "en"))
    yield _define("lslicense", escape_tex(book.license))
    yield _define("lscopyright", escape_tex(_first(config.copyright)))
    yield _define("lsurl", _link(book.url) if book.url else "")
    yield _define("lscitepapers", r"\par ".join(cite_papers(catalog, book.cite)))


def cite_papers(catalog: Catalog, keys: Iterable[str]) -> Iterator[str]:
    """Yield the papers of some keys as references in TeX.

    Raises:
        ConfigError: The bibliography has no entry of a key.
    """
    for key in keys:
        paper = catalog.papers.get(key)
        if paper is None:
            hint = did_you_mean(key, tuple(catalog.papers))
            raise ConfigError(f"livingsurvey_book['cite'] names {key!r}, which is no entry; {hint}")
        yield _cite(paper)


def _cite(paper: Paper) -> str:
    people = ", ".join(one.full for one in paper.authors or paper.editors)
    parts = [
        escape_tex(people),
        rf"\emph{{{parse(paper.title).tex}}}",
        " ".join(filter(None, [parse(paper.venue).tex, str(paper.year or "")])),
        _link(paper.link) if paper.link else "",
    ]
    return ". ".join(part for part in parts if part) + "."


def _link(url: str) -> str:
    shown = escape_tex(url.removeprefix("https://"))
    return rf"\href{{{escape_url(url)}}}{{{shown}}}" if is_safe_url(url) else shown


def _first(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return str(value[0]) if value else ""
    return str(value)


def _define(name: str, tex: str) -> str:
    return rf"\def\{name}{{{tex}}}"


def _is_gray(color: str) -> bool:
    channels = [int(color[place : place + 2], 16) for place in (1, 3, 5)]
    return max(channels) - min(channels) < 32
