"""The settings of a survey in ``conf.py``: each declared once, validated, and described by that.

A field of :class:`Settings` is the value ``livingsurvey_NAME``, with what it has to be, its
default and a word of help; those of :class:`~livingsurvey.exports.About` and :class:`Book` are the
keys of two tables, those of :class:`Foreign` settings of others. The kinds of values are those of
``pyproject.toml`` (:mod:`livingsurvey.values`). A build reads what Sphinx made of ``conf.py``;
``check`` reads those that stand there as plain values, and runs nothing.
"""

from __future__ import annotations

import codecs
from contextlib import suppress
from dataclasses import MISSING, Field, dataclass, field, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from livingsurvey.configuration import Configuration, Upkeep
from livingsurvey.diagnostics import Code, Diagnostic, diagnose, did_you_mean
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
    TableError,
    choose,
    declare,
    expect,
    find_declared,
    read_texts,
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


def _make_table(name: str, table: type[About | Book]) -> ValueKind:
    """Return the kind of a table; what is wrong in it leaves the rest of it as it is."""

    def read(value: Any, root: Path) -> About | Book:
        expect(isinstance(value, dict))
        values, faults = read_values(find_declared(table, "_"), value, root, f"{PREFIX}{name}.")
        if faults:
            raise TableError(*(fault for _, fault in faults), value=table(**values))
        return table(**values)

    return "a table: { … }", read


def _share(name: str) -> Any:
    """Return the declaration of a value that ``pyproject.toml`` may hold as well."""
    value = find_declared(Configuration, "_")[name]
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
        _make_table("about", About),
        "what feeds, exports and the pages' metadata say of the survey",
        About,
    )
    book: Book = declare(
        _make_table("book", Book),
        "what the title page and the properties of the PDF say",
        Book,
        rebuild="",
    )


DECLARED: Final[dict[str, Field[Any]]] = {
    PREFIX + name: value for name, value in find_declared(Settings, "_").items()
}
"""Every setting by its name in ``conf.py``."""


def get_default(value: Field[Any]) -> Any:
    """Return what a setting is in a ``conf.py`` that does not say it."""
    return {} if value.default is MISSING else value.default


def _read_notice(value: Any, root: Path) -> tuple[str, ...]:
    return read_texts(value if isinstance(value, list | tuple) else [value], root)


def _read_files(value: Any, root: Path) -> tuple[Path, ...]:
    if not value:
        raise TableError(f"no bibliography is configured; {_HINT}")
    try:
        return tuple(path.resolve() for path in PATHS[1](value, root))
    except ValueError as error:
        raise TypeError from error
    except (OSError, RuntimeError) as error:  # the latter in Python 3.11
        raise ValueError("names a circle of links; name a file") from error


def _read_encoding(value: Any, _root: Path) -> Any:
    """Return what is UTF-8, or a part of it, by one of its many names."""
    with suppress(LookupError, ValueError):
        if codecs.lookup(str(value)).name in {"ascii", "utf-8", "utf-8-sig"}:
            return value
    raise TableError(
        f"bibtex_encoding = {value!r}: a survey reads UTF-8 only; "
        "save the .bib as UTF-8, and remove the setting"
    )


_HINT = 'set bibtex_bibfiles = ["papers.bib"]'
_FILES: Final[ValueKind] = (f"a list of paths; {_HINT}", _read_files)
_NOTICE: Final[ValueKind] = ("a text, or a list of texts", _read_notice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """The settings of Sphinx that every page shows, and those of sphinxcontrib-bibtex.

    Of their types Sphinx (9.0) warns at most, and then ends with a traceback.
    """

    project: str = declare(TEXT, default="Project name not set")
    author: str = declare(TEXT, default="Author name not set")
    copyright: tuple[str, ...] | str = declare(_NOTICE, default="")
    project_copyright: tuple[str, ...] | str = declare(_NOTICE, default="")
    version: str = declare(TEXT, default="")
    release: str = declare(TEXT, default="")
    language: str = declare(TEXT, default="en")
    html_title: str = declare(TEXT, default="")
    html_baseurl: str = declare(TEXT, default="")
    bibtex_bibfiles: tuple[Path, ...] = declare(_FILES, default=())
    bibtex_encoding: str = declare(("UTF-8", _read_encoding), default="utf-8-sig")


FOREIGN: Final = find_declared(Foreign, "_")
"""The settings of others by their names in ``conf.py``."""
_DERIVED = {"copyright", "project_copyright", "html_title"}
"""Sphinx makes these of others where ``conf.py`` does not say them."""


def read_foreign(conf: Conf, given: Mapping[str, Any]) -> tuple[Foreign, dict[str, str]]:
    """Return the settings of others, and by their names what is wrong with them."""
    names = [name for name in FOREIGN if name in conf.statements or name not in _DERIVED]
    said = {name: given[name] for name in names if name in given}
    values, faults = read_values(FOREIGN, said, conf.path.parent)
    return Foreign(**values), dict(faults)


def read_settings(conf: Conf, given: Mapping[str, Any]) -> tuple[Settings, list[Diagnostic]]:
    """Return the settings, and what is wrong with them.

    Args:
        conf: The file, for the places of what is wrong.
        given: The values by the names of :data:`DECLARED` and :data:`FOREIGN`, as far as they are
            known.
    """
    foreign, wrong = read_foreign(conf, given)
    said = {
        name: given[name]
        for name, value in DECLARED.items()
        if given.get(name) not in (None, get_default(value))
    }
    values, faults = read_values(DECLARED, said, conf.path.parent)
    settings = Settings(root=conf.path.parent, bibliographies=foreign.bibtex_bibfiles, **values)
    if settings.cards and find_spec("PIL") is None:
        fault = "pictures of chapters need Pillow; install sphinx-livingsurvey[cards]"
        faults.append(("livingsurvey_cards", fault))
        settings = replace(settings, cards=False)
    if settings.fault:
        faults.append(("livingsurvey_status", settings.fault))
    about = replace(_complete(settings.about, foreign), frozen=settings.frozen)
    problems = [_report(conf, name, fault) for name, fault in (*wrong.items(), *faults)]
    return replace(settings, about=about), problems


def _report(conf: Conf, name: str, fault: str) -> Diagnostic:
    message, _, suggestion = fault.partition("; ")
    return diagnose(Code.CONFIG, message, conf.locate(name), suggestion)


def _complete(about: About, foreign: Foreign) -> About:
    """Return the facts of the survey with those that Sphinx knows itself."""
    author, base = foreign.author, foreign.html_baseurl
    return replace(
        about,
        title=about.title or foreign.project,
        authors=about.authors or tuple({author} - {"", FOREIGN["author"].default}),
        language=foreign.language.replace("_", "-"),  # as the web writes it: zh-CN
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
        for word in words:
            if word not in known:
                message = f"'{PREFIX}{name}' names '{word}', which is {what}"
                hint = did_you_mean(word, known) or "correct it, or leave it out"
                yield diagnose(code, message, conf.locate(PREFIX + name), hint)
