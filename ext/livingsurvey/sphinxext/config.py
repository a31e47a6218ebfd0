"""The configuration of a survey, validated once and never written back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.errors import ConfigError

from livingsurvey.diagnostics import did_you_mean
from livingsurvey.queries import ORDERS

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

FORMS = ("cards", "table", "list")


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
    """Check the configuration before anything is read.

    Raises:
        ConfigError: A value is not as it should be; the message says what to write.
    """
    read_settings(Path(app.confdir), config)


def read_settings(root: Path, config: Config) -> Settings:
    """Return the settings; see :func:`on_config_inited` for what it raises."""
    files = config.bibtex_bibfiles
    if not isinstance(files, (list, tuple)) or not files:
        raise ConfigError('set bibtex_bibfiles = ["papers.bib"] in conf.py: a survey needs papers')
    taxonomy = config.livingsurvey_taxonomy
    _check_choice("livingsurvey_order", config.livingsurvey_order, ORDERS)
    _check_choice("livingsurvey_form", config.livingsurvey_form, FORMS)
    if config.livingsurvey_author_limit < 1:
        raise ConfigError("livingsurvey_author_limit is the number of authors shown: at least 1")
    return Settings(
        root=root,
        bibliographies=tuple((root / file).resolve() for file in files),
        taxonomy=(root / taxonomy).resolve() if taxonomy else None,
        order=config.livingsurvey_order,
        form=config.livingsurvey_form,
        author_limit=config.livingsurvey_author_limit,
        palette=tuple(config.livingsurvey_palette),
    )


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ConfigError(
            f"{name} = {value!r} is none of {', '.join(choices)}; {did_you_mean(value, choices)}"
        )
