"""The configuration of a survey, validated once and never written back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.errors import ConfigError

from livingsurvey.diagnostics import Code, Diagnostic, Severity, did_you_mean
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
        order: ``livingsurvey_order``.
        form: ``livingsurvey_form``.
        author_limit: ``livingsurvey_author_limit``: more authors than this are abbreviated.
        palette: ``livingsurvey_palette``: the top-level categories in the order of the colors
            that drawings call ``fill-1``, ``fill-2``, …; by default that of the taxonomy.
    """

    root: Path
    bibliographies: tuple[Path, ...]
    taxonomy: Path | None
    order: str
    form: str
    author_limit: int
    palette: tuple[str, ...]


def add_config_values(app: Sphinx) -> None:
    """Register the configuration values of the extension."""
    app.add_config_value("livingsurvey_taxonomy", None, "env", types=frozenset({str, Path}))
    app.add_config_value("livingsurvey_order", "newest", "env", types=frozenset({str}))
    app.add_config_value("livingsurvey_form", "cards", "env", types=frozenset({str}))
    app.add_config_value("livingsurvey_author_limit", 3, "env", types=frozenset({int}))
    app.add_config_value("livingsurvey_palette", (), "env", types=frozenset({list, tuple}))


def on_config_inited(app: Sphinx, config: Config) -> None:
    """Check the configuration before anything is read; what is wrong falls back to its default.

    Raises:
        ConfigError: No bibliography is configured at all.
    """
    if not isinstance(config.bibtex_bibfiles, (list, tuple)):
        raise ConfigError('set bibtex_bibfiles = ["papers.bib"] in conf.py: a survey needs papers')
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
    if not config.bibtex_bibfiles:
        yield _report("no bibliography is configured", 'set bibtex_bibfiles = ["papers.bib"]')


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
    taxonomy = config.livingsurvey_taxonomy
    chosen = {
        name: config[name] if config[name] in choices else choices[0]
        for name, choices in _CHOICES.items()
    }
    return Settings(
        root=root,
        bibliographies=tuple((root / file).resolve() for file in config.bibtex_bibfiles),
        taxonomy=(root / taxonomy).resolve() if taxonomy else None,
        order=chosen["livingsurvey_order"],
        form=chosen["livingsurvey_form"],
        author_limit=max(1, config.livingsurvey_author_limit),
        palette=tuple(config.livingsurvey_palette),
    )
