"""The settings of a survey in ``conf.py``: each declared once, validated, and described by that.

A field of :class:`Settings` is the value ``livingsurvey_NAME``, with what it has to be, its
default and a word of help; those of :class:`~livingsurvey.exports.About` and :class:`Book` are the
keys of two tables. The kinds of values are those of ``pyproject.toml``
(:mod:`livingsurvey.values`). A build reads what Sphinx made of ``conf.py``; ``check`` reads those
that stand there as plain values, and runs nothing.
"""

from __future__ import annotations

import codecs
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from livingsurvey.configuration import Configuration, Upkeep, find_frozen
from livingsurvey.diagnostics import Code, Diagnostic, Severity, diagnose, did_you_mean
from livingsurvey.exports import About
from livingsurvey.queries import ORDERS
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
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from livingsurvey.catalog import Catalog
    from livingsurvey.configuration import Conf
    from livingsurvey.values import ValueKind

FORMS = ("cards", "table", "list")
PREFIX = "livingsurvey_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What the title page and the properties of the PDF say."""

    subtitle: str = declare(TEXT, "below the title", "")
    cite: tuple[str, ...] = declare(
        TEXTS, "the keys of the papers that readers are asked to cite", ()
    )
    url: str = declare(WEB_ADDRESS, "where the survey lives", "")
    license: str = declare(TEXT, "the terms of the text", "")
    keywords: tuple[str, ...] = declare(TEXTS, "for the properties of the PDF", ())


def _read_table(value: Any, _root: Path) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return value


_TABLE: Final[ValueKind] = ("a table: { … }", _read_table)


def _share(name: str) -> Any:
    """Return the declaration of a value that ``pyproject.toml`` may hold as well."""
    value = next(value for value in fields(Configuration) if value.name == name)
    return field(default=value.default, metadata=value.metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Upkeep):
    """What ``conf.py`` says, with paths made absolute.

    Attributes:
        root: The folder of ``conf.py``; diagnostics name files relative to it.
        bibliographies: ``bibtex_bibfiles``, the only one that is not ours.
    """

    root: Path
    bibliographies: tuple[Path, ...] = ()
    taxonomy: Path | None = declare(PATH, "the file with the categories, relative to `conf.py`")
    authors: Path | None = declare(PATH, "the file that says which spellings are one person")
    order: str = declare(choose(ORDERS), "how listings are sorted", "newest")
    form: str = declare(choose(FORMS), "how listings are shown", "cards")
    author_limit: int = declare(POSITIVE, 'how many authors are named before "et al."', 3)
    unique_labels: bool = declare(
        FLAG, "whether works that would be cited alike get letters: 2023a, 2023b", True
    )
    palette: tuple[str, ...] = declare(
        TEXTS, "the top categories in the order of the colors of drawings; else the taxonomy's", ()
    )
    cards: bool = declare(
        FLAG,
        "whether chapters get a picture for social networks; needs Pillow",
        False,
        rebuild="html",
    )
    review_months: int = _share("review_months")
    unread_papers: int = _share("unread_papers")
    status: str = _share("status")
    status_date: str = _share("status_date")
    status_reason: str = _share("status_reason")
    # It names files that pages link to, so a change reads them again.
    about: About = declare(
        _TABLE, "what feeds, exports and the pages' metadata say of the survey", About()
    )
    book: Book = declare(
        _TABLE, "what the title page and the properties of the PDF say", Book(), rebuild=""
    )


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


def _read_notice(value: Any, root: Path) -> Any:
    texts = value if isinstance(value, list | tuple) else [value]
    return [TEXT[1](text, root) for text in texts]


_NOTICE: Final[ValueKind] = ("a text, or a list of texts", _read_notice)

SHOWN: Final[dict[str, tuple[ValueKind, str]]] = {
    "project": (TEXT, "Project name not set"),
    "author": (TEXT, "Author name not set"),
    "copyright": (_NOTICE, ""),
    "project_copyright": (_NOTICE, ""),
    "version": (TEXT, ""),
    "release": (TEXT, ""),
    "language": (TEXT, "en"),
    "html_title": (TEXT, ""),
    "html_baseurl": (TEXT, ""),
}
"""The settings of Sphinx that every page shows: what each has to be, and what counts instead.

Sphinx (9.0) warns of their types at most, and then ends with a traceback.
"""
_OF_OTHERS = (*SHOWN, "bibtex_bibfiles", "bibtex_encoding")
READ: Final = (*DECLARED, *_OF_OTHERS)
"""Every setting that :func:`read_settings` reads."""


def read_settings(conf: Conf, given: Mapping[str, Any]) -> tuple[Settings, list[Diagnostic]]:
    """Return the settings, and what is wrong with them.

    Args:
        conf: The file, for the places of what is wrong.
        given: The values by the names of :data:`READ`, as far as they are known.
    """
    root = conf.path.parent
    values: dict[str, Any] = {}
    problems = [_report(conf, *fault) for fault in check_shown(given, root).items()]
    for name, value in DECLARED.items():
        said = given.get(name)
        if said is None or said == get_default(value):
            continue
        read, faults = read_values({name: value}, {name: said}, root)
        table = TABLES.get(value.name)
        if table is not None and read:
            read, faults = read_values(find_declared(table, "_"), said, root, f"{name}.")
            read = {value.name: table(**read)}
        values |= read
        problems += (_report(conf, name, fault) for fault in faults)
    files: tuple[Path, ...] = ()
    if "bibtex_bibfiles" in given:
        files, fault = read_files(root, given["bibtex_bibfiles"])
        if fault:
            problems.append(_report(conf, "bibtex_bibfiles", fault))
    encoding = given.get("bibtex_encoding", "utf-8")
    if not _is_utf8(encoding):
        fault = (
            f"bibtex_encoding = {encoding!r}: a survey reads UTF-8 only; "
            "save the .bib as UTF-8, and remove the setting"
        )
        problems.append(_report(conf, "bibtex_encoding", fault))
    settings = Settings(root=root, bibliographies=files, **values)
    if settings.cards and find_spec("PIL") is None:
        fault = "pictures of chapters need Pillow; install sphinx-livingsurvey[cards]"
        problems.append(_report(conf, "livingsurvey_cards", fault))
        settings = replace(settings, cards=False)
    if fault := find_frozen(settings.status, settings.status_date, settings.status_reason)[1]:
        problems.append(_report(conf, "livingsurvey_status", fault))
    about = replace(_complete(settings.about, given), frozen=settings.frozen)
    return replace(settings, about=about), problems


def check_shown(given: Mapping[str, Any], root: Path) -> dict[str, str]:
    """Return what is wrong with settings of :data:`SHOWN`, by their names."""
    wrong = {}
    for name, (kind, instead) in SHOWN.items():
        try:
            kind[1](given.get(name, instead), root)
        except TypeError:
            wrong[name] = f"'{name}' is not {kind[0]}"
        except ValueError as error:
            wrong[name] = f"'{name}' {error}"
    return wrong


def _report(conf: Conf, name: str, fault: str) -> Diagnostic:
    message, _, suggestion = fault.partition("; ")
    return diagnose(Code.CONFIG, message, conf.locate(name), suggestion)


def _is_utf8(encoding: object) -> bool:
    """Whether an encoding is UTF-8, or a part of it, by one of its many names."""
    try:
        return codecs.lookup(str(encoding)).name in {"ascii", "utf-8", "utf-8-sig"}
    except (LookupError, ValueError):
        return False


def read_files(root: Path, given: Any) -> tuple[tuple[Path, ...], str]:
    """Return the bibliographies, and what is wrong with their setting."""
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


def _complete(about: About, given: Mapping[str, Any]) -> About:
    """Return the facts of the survey with those that Sphinx knows itself."""
    project, author, language, base = (
        value if isinstance(value := given.get(name), str) else ""
        for name in ("project", "author", "language", "html_baseurl")
    )
    authors = about.authors
    if not authors and author and author != SHOWN["author"][1]:
        authors = (author,)
    return replace(
        about,
        title=about.title or project,
        authors=authors,
        language=language.replace("_", "-"),  # as the web writes it: zh-CN
        base_url=base if not base or base.endswith("/") else f"{base}/",
    )


def find_unknown(conf: Conf, is_known: Callable[[str], bool]) -> Iterator[Diagnostic]:
    """Find assignments to names that look like settings of ours and are none."""
    for name in conf.statements:
        if name.startswith(PREFIX) and not is_known(name):
            hint = did_you_mean(name, DECLARED) or f"there are {', '.join(DECLARED)}"
            yield _report(conf, name, f"there is no setting '{name}'; {hint}")


def check_names(settings: Settings, catalog: Catalog, conf: Conf) -> Iterator[Diagnostic]:
    """Find papers and categories that the settings name and that there are not."""
    roots = [category.tag for category in catalog.taxonomy.roots]
    for name, code, words, known, what in (
        ("palette", Code.UNKNOWN_CATEGORY, settings.palette, roots, "no top category"),
        ("book", Code.UNKNOWN_KEY, settings.book.cite, list(catalog.papers), "no entry"),
    ):
        setting = PREFIX + name
        for word in words:
            if word not in known:
                yield diagnose(
                    code,
                    f"'{setting}' names '{word}', which is {what}",
                    conf.locate(setting),
                    did_you_mean(word, known) or "correct it, or leave it out",
                    severity=Severity.WARNING,
                )
