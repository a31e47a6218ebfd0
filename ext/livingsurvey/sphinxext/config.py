"""The settings of a survey in ``conf.py``: each declared once, validated, and described by that.

A field of :class:`Settings` is the value ``livingsurvey_NAME``, with what it has to be, its
default and a word of help; those of :class:`~livingsurvey.exports.About` and :class:`Book` are the
keys of two tables. The kinds of values are those of ``pyproject.toml``
(:mod:`livingsurvey.values`).
"""

from __future__ import annotations

import codecs
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from livingsurvey.configuration import Configuration, find_assignments, find_frozen
from livingsurvey.diagnostics import Code, Diagnostic, Severity, did_you_mean
from livingsurvey.exports import About
from livingsurvey.model import Location
from livingsurvey.queries import ORDERS
from livingsurvey.sphinxext.reporting import log_diagnostic
from livingsurvey.upkeep.chapters import Limits
from livingsurvey.values import (
    FLAG,
    PATH,
    PATHS,
    POSITIVE,
    TEXT,
    TEXTS,
    WEB_ADDRESS,
    choose,
    declare,
    find_declared,
    read_values,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.config import Config

    from livingsurvey.catalog import Catalog
    from livingsurvey.configuration import Frozen
    from livingsurvey.values import Kind

FORMS = ("cards", "table", "list")
PREFIX = "livingsurvey_"
CONF = "conf.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What the title page and the properties of the PDF say."""

    subtitle: str = field(default="", metadata=declare(TEXT, "below the title"))
    cite: tuple[str, ...] = field(
        default=(), metadata=declare(TEXTS, "the keys of the papers that readers are asked to cite")
    )
    url: str = field(default="", metadata=declare(WEB_ADDRESS, "where the survey lives"))
    license: str = field(default="", metadata=declare(TEXT, "the terms of the text"))
    keywords: tuple[str, ...] = field(
        default=(), metadata=declare(TEXTS, "for the properties of the PDF")
    )


def _read_table(value: Any, _root: Path) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return value


_TABLE: Final[Kind] = ("a table: { … }", _read_table)


def _setting(kind: Kind, purpose: str, rebuild: str = "env") -> dict[str, Any]:
    """Return a declaration with what a change of the value makes Sphinx do."""
    return declare(kind, purpose) | {"rebuild": rebuild}


def _share(name: str) -> Any:
    """Return the declaration of a value that ``pyproject.toml`` may hold as well."""
    value = next(value for value in fields(Configuration) if value.name == name)
    return field(default=value.default, metadata={**value.metadata, "rebuild": "env"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What ``conf.py`` says, with paths made absolute.

    Attributes:
        root: The folder of ``conf.py``; diagnostics name files relative to it.
        bibliographies: ``bibtex_bibfiles``, the only one that is not ours.
    """

    root: Path
    bibliographies: tuple[Path, ...] = ()
    taxonomy: Path | None = field(
        default=None,
        metadata=_setting(PATH, "the file with the categories, relative to `conf.py`"),
    )
    authors: Path | None = field(
        default=None, metadata=_setting(PATH, "the file that says which spellings are one person")
    )
    order: str = field(
        default="newest", metadata=_setting(choose(ORDERS), "how listings are sorted")
    )
    form: str = field(default="cards", metadata=_setting(choose(FORMS), "how listings are shown"))
    author_limit: int = field(
        default=3, metadata=_setting(POSITIVE, 'how many authors are named before "et al."')
    )
    unique_labels: bool = field(
        default=True,
        metadata=_setting(
            FLAG, "whether works that would be cited alike get letters: 2023a, 2023b"
        ),
    )
    palette: tuple[str, ...] = field(
        default=(),
        metadata=_setting(
            TEXTS, "the top categories in the order of the colors of drawings; else the taxonomy's"
        ),
    )
    review_months: int = _share("review_months")
    unread_papers: int = _share("unread_papers")
    status: str = _share("status")
    status_date: str = _share("status_date")
    status_reason: str = _share("status_reason")
    # It names files that pages link to, so a change reads them again.
    about: About = field(
        default=About(),
        metadata=_setting(_TABLE, "what feeds, exports and the pages' metadata say of the survey"),
    )
    book: Book = field(
        default=Book(),
        metadata=_setting(_TABLE, "what the title page and the properties of the PDF say", ""),
    )

    @property
    def limits(self) -> Limits:
        """When a chapter is to be reviewed."""
        return Limits(review_months=self.review_months, unread_papers=self.unread_papers)

    @property
    def frozen(self) -> Frozen | None:
        """Since when nobody keeps the survey up to date, and why; None if somebody does."""
        return find_frozen(self.status, self.status_date, self.status_reason)[0]


TABLES: Final[dict[str, type[About | Book]]] = {"about": About, "book": Book}
"""The settings that are tables, and where their keys are declared."""
DECLARED: Final[dict[str, Field[Any]]] = {
    PREFIX + name: value for name, value in find_declared(Settings, "_").items()
}
"""Every setting by its name in ``conf.py``."""


def get_default(value: Field[Any]) -> Any:
    """Return what a setting is in a ``conf.py`` that does not say it."""
    if value.name in TABLES:
        return {}
    return None if value.default is MISSING else value.default


def setup_config(app: Sphinx) -> None:
    """Register the settings. Sphinx checks no types: it would say everything a second time."""
    for name, value in DECLARED.items():
        rebuild = value.metadata["rebuild"]
        app.add_config_value(name, get_default(value), rebuild, types=frozenset({Any}))


def on_config_inited(app: Sphinx, config: Config) -> None:
    """Check the settings before anything is read; what is wrong counts as its default."""
    problems = [*read_settings(Path(app.confdir), config)[1], *_find_unknown(app, config)]
    for problem in problems:
        log_diagnostic(problem)
    if problems:
        app.statuscode = 2
    # Sphinx and sphinxcontrib-bibtex would fail at these with a traceback.
    if not isinstance(config.html_baseurl, str):
        config.html_baseurl = ""
    if _read_files(Path(app.confdir), config)[1]:
        config.bibtex_bibfiles = []


def read_settings(root: Path, config: Config) -> tuple[Settings, list[Diagnostic]]:
    """Return the settings, and what is wrong with them."""
    lines = find_assignments(root / CONF)

    def report(name: str, message: str) -> Diagnostic:
        line = lines[name].lineno if name in lines else 1
        message, _, suggestion = message.partition("; ")
        return Diagnostic(
            code=Code.CONFIG,
            severity=Severity.ERROR,
            message=message,
            location=Location(CONF, line),
            suggestion=suggestion,
        )

    values: dict[str, Any] = {}
    problems: list[Diagnostic] = []
    for name, value in DECLARED.items():
        given = config[name]
        if given is None or given == get_default(value):
            continue
        read, faults = read_values({name: value}, {name: given}, root)
        table = TABLES.get(value.name)
        if table is not None and read:
            read, faults = read_values(find_declared(table, "_"), given, root, f"{name}.")
            read = {value.name: table(**read)}
        values |= read
        problems += (report(name, fault) for fault in faults)
    files, fault = _read_files(root, config)
    if fault:
        problems.append(report("bibtex_bibfiles", fault))
    if not _is_utf8(config.bibtex_encoding):
        problems.append(
            report(
                "bibtex_encoding",
                f"bibtex_encoding = {config.bibtex_encoding!r}: a survey reads UTF-8 only; "
                "save the .bib as UTF-8, and remove the setting",
            )
        )
    if not isinstance(config.html_baseurl, str):
        problems.append(report("html_baseurl", "'html_baseurl' is not a text"))
    settings = Settings(root=root, bibliographies=files, **values)
    fault = find_frozen(settings.status, settings.status_date, settings.status_reason)[1]
    if fault:
        problems.append(report("livingsurvey_status", fault))
    about = replace(_complete(settings.about, config), frozen=settings.frozen)
    return replace(settings, about=about), problems


def _is_utf8(encoding: object) -> bool:
    """Whether an encoding is UTF-8, or a part of it, by one of its many names."""
    try:
        return codecs.lookup(str(encoding)).name in {"ascii", "utf-8", "utf-8-sig"}
    except (LookupError, ValueError):
        return False


def _read_files(root: Path, config: Config) -> tuple[tuple[Path, ...], str]:
    """Return the bibliographies, and what is wrong with their setting."""
    given = config.bibtex_bibfiles
    hint = 'set bibtex_bibfiles = ["papers.bib"]'
    if not given:
        return (), f"no bibliography is configured; {hint}"
    try:
        files: tuple[Path, ...] = PATHS[1](given, root)
        return tuple(path.resolve() for path in files), ""
    except (TypeError, ValueError):
        return (), f"'bibtex_bibfiles' is not a list of paths; {hint}"
    except (OSError, RuntimeError):  # the latter in Python 3.11
        return (), "'bibtex_bibfiles' names a circle of links; name a file"


def _complete(about: About, config: Config) -> About:
    """Return the facts of the survey with those that Sphinx knows itself."""
    authors = about.authors
    if not authors and config.author and config.author != "Author name not set":
        authors = (config.author,)
    base = config.html_baseurl if isinstance(config.html_baseurl, str) else ""
    return replace(
        about,
        title=about.title or str(config.project),
        authors=authors,
        language=config.language or "",
        base_url=base if not base or base.endswith("/") else f"{base}/",
    )


def _find_unknown(app: Sphinx, config: Config) -> Iterator[Diagnostic]:
    """Find assignments to names that look like settings of ours and are none."""
    for name, statement in find_assignments(Path(app.confdir) / CONF).items():
        if name.startswith(PREFIX) and name not in config:
            yield Diagnostic(
                code=Code.CONFIG,
                severity=Severity.ERROR,
                message=f"there is no setting '{name}'",
                location=Location(CONF, statement.lineno),
                suggestion=did_you_mean(name, DECLARED) or f"there are {', '.join(DECLARED)}",
            )


def check_names(settings: Settings, catalog: Catalog) -> Iterator[Diagnostic]:
    """Find papers and categories that the settings name and that there are not."""
    roots = [category.tag for category in catalog.taxonomy.roots]
    lines = find_assignments(settings.root / CONF)
    for name, code, words, known, what in (
        ("palette", Code.UNKNOWN_CATEGORY, settings.palette, roots, "no top category"),
        ("book", Code.UNKNOWN_KEY, settings.book.cite, list(catalog.papers), "no entry"),
    ):
        setting = PREFIX + name
        for word in words:
            if word not in known:
                yield Diagnostic(
                    code=code,
                    message=f"'{setting}' names '{word}', which is {what}",
                    location=Location(CONF, lines[setting].lineno if setting in lines else 1),
                    suggestion=did_you_mean(word, known) or "correct it, or leave it out",
                )
