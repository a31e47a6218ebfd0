"""The configuration of a survey in ``conf.py``, validated once and never written back."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.errors import ConfigError

from livingsurvey.diagnostics import Code, Diagnostic, Severity, did_you_mean
from livingsurvey.exports import About
from livingsurvey.model import Location
from livingsurvey.queries import ORDERS
from livingsurvey.sphinxext.reporting import log_diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.config import Config


FORMS = ("cards", "table", "list")
# The first of each is the default.
_CHOICES = {"livingsurvey_order": ORDERS, "livingsurvey_form": FORMS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What ``conf.py`` says, with paths made absolute.

    Attributes:
        root: The folder of ``conf.py``; diagnostics name files relative to it.
        bibliographies: ``bibtex_bibfiles``.
        taxonomy: ``livingsurvey_taxonomy``; None if the survey has none.
        authors: ``livingsurvey_authors``: which spellings are one person; None if nobody says.
        order: ``livingsurvey_order``.
        form: ``livingsurvey_form``.
        author_limit: ``livingsurvey_author_limit``: more authors than this are abbreviated.
        unique_labels: ``livingsurvey_unique_labels``: works that would be cited alike get letters.
        palette: ``livingsurvey_palette``: the top-level categories in the order of the colors
            that drawings call ``fill-1``, ``fill-2``, …; by default that of the taxonomy.
    """

    root: Path
    bibliographies: tuple[Path, ...]
    taxonomy: Path | None
    authors: Path | None
    order: str
    form: str
    author_limit: int
    unique_labels: bool
    palette: tuple[str, ...]


def setup_config(app: Sphinx) -> None:
    """Register the configuration values of the extension."""
    app.add_config_value("livingsurvey_taxonomy", None, "env", types=frozenset({str, Path}))
    app.add_config_value("livingsurvey_authors", None, "env", types=frozenset({str, Path}))
    app.add_config_value("livingsurvey_order", "newest", "env", types=frozenset({str}))
    app.add_config_value("livingsurvey_form", "cards", "env", types=frozenset({str}))
    app.add_config_value("livingsurvey_author_limit", 3, "env", types=frozenset({int}))
    app.add_config_value("livingsurvey_unique_labels", True, "env", types=frozenset({bool}))
    app.add_config_value("livingsurvey_palette", (), "env", types=frozenset({list, tuple}))
    # It names files that pages link to, so a change reads them again.
    app.add_config_value(NAME, {}, "env", types=frozenset({dict}))


def on_config_inited(app: Sphinx, config: Config) -> None:
    """Check the configuration before anything is read; what is wrong falls back to its default.

    Raises:
        ConfigError: No bibliography is configured, or ``livingsurvey_about`` is wrong.
    """
    if not isinstance(config.bibtex_bibfiles, (list, tuple)):
        raise ConfigError('set bibtex_bibfiles = ["papers.bib"] in conf.py: a survey needs papers')
    read_about(config)
    for problem in check_config(config):
        log_diagnostic(problem)


def check_config(config: Config) -> Iterator[Diagnostic]:
    """Yield what is wrong with the values of a configuration."""
    for name, choices in _CHOICES.items():
        value = config[name]
        if value not in choices:
            yield _report(
                f"{name} = {value!r} is none of {', '.join(choices)}",
                did_you_mean(str(value), choices),
            )
    if config.livingsurvey_author_limit < 1:
        yield _report("livingsurvey_author_limit is the number of authors shown: at least 1", "")
    if not _is_utf8(config.bibtex_encoding):
        yield _report(
            f"bibtex_encoding = {config.bibtex_encoding!r}: a survey reads UTF-8 only",
            "save the .bib as UTF-8, and remove the setting",
        )
    if not config.bibtex_bibfiles:
        yield _report("no bibliography is configured", 'set bibtex_bibfiles = ["papers.bib"]')


def _is_utf8(encoding: object) -> bool:
    """Whether an encoding is UTF-8, or a part of it, by one of its many names."""
    try:
        return codecs.lookup(str(encoding)).name in {"ascii", "utf-8", "utf-8-sig"}
    except (LookupError, ValueError):
        return False


def _report(message: str, suggestion: str) -> Diagnostic:
    return Diagnostic(
        code=Code.CONFIG,
        severity=Severity.ERROR,
        message=message,
        location=Location("conf.py"),
        suggestion=suggestion,
    )


def read_settings(root: Path, config: Config) -> Settings:
    """Return the settings; a wrong value, reported by :func:`check_config`, is its default."""
    taxonomy, authors = config.livingsurvey_taxonomy, config.livingsurvey_authors
    chosen = {
        name: config[name] if config[name] in choices else choices[0]
        for name, choices in _CHOICES.items()
    }
    return Settings(
        root=root,
        bibliographies=tuple((root / file).resolve() for file in config.bibtex_bibfiles),
        taxonomy=(root / taxonomy).resolve() if taxonomy else None,
        authors=(root / authors).resolve() if authors else None,
        order=chosen["livingsurvey_order"],
        form=chosen["livingsurvey_form"],
        author_limit=max(1, config.livingsurvey_author_limit),
        unique_labels=bool(config.livingsurvey_unique_labels),
        palette=tuple(config.livingsurvey_palette),
    )


NAME = "livingsurvey_about"
_LISTS = ("authors", "related")
# Sphinx knows these two itself: html_baseurl and language.
_KEYS = tuple(one.name for one in fields(About) if one.name not in {"base_url", "language"})
_FORMS = {
    "slug": (r"[A-Za-z0-9][A-Za-z0-9._-]*", "letters, digits, '.', '_' and '-'"),
    "date": (r"\d{4}(-\d{2}(-\d{2})?)?", "YYYY, YYYY-MM or YYYY-MM-DD"),
    "license": (r"https?://\S+", "an http or https address"),
    # RFC 4151, with a name behind the colon, since many surveys may share a domain.
    "tag_authority": (
        r"[A-Za-z0-9.@_-]+,\d{4}(-\d{2}(-\d{2})?)?:[A-Za-z0-9._~/-]*[A-Za-z0-9]",
        "'domain,year:name', such as 'example.org,2026:my-survey'",
    ),
}


def read_about(config: Config) -> About:
    """Return the facts of the survey.

    Where ``livingsurvey_about`` says nothing, the title is ``project``, the author ``author``.

    Raises:
        ConfigError: The value is not as it should be; the message says what to write.
    """
    given: dict[str, Any] = dict(config.livingsurvey_about)
    for name, value in given.items():
        if name not in _KEYS:
            hint = did_you_mean(name, _KEYS) or f"it knows {', '.join(_KEYS)}"
            raise ConfigError(f"{NAME} has no key {name!r}; {hint}")
        texts = value if name in _LISTS and isinstance(value, (list, tuple)) else [value]
        if (name in _LISTS) == isinstance(value, str) or not all(
            isinstance(one, str) for one in texts
        ):
            kind = "a list of texts" if name in _LISTS else "a text"
            raise ConfigError(f"{NAME}[{name!r}] is to be {kind}")
        if name in _FORMS and value and not re.fullmatch(_FORMS[name][0], value):
            raise ConfigError(f"{NAME}[{name!r}] = {value!r}: write {_FORMS[name][1]}")
    has_author = config.author and config.author != "Author name not set"
    base = config.html_baseurl
    return About(
        **{
            "title": config.project,
            "authors": (config.author,) if has_author else (),
            **{name: tuple(given[name]) if name in _LISTS else given[name] for name in given},
        },
        language=config.language or "",
        base_url=base if not base or base.endswith("/") else f"{base}/",
    )
