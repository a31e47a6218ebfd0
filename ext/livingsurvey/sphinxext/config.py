"""The settings of a survey as Sphinx has them, its words, and how what is wrong is logged.

:mod:`livingsurvey.settings` declares the settings.
"""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.util import logging

from livingsurvey import settings
from livingsurvey.bibtex.source import replace_bytes, show_path
from livingsurvey.configuration import CONF, Conf, read_conf
from livingsurvey.diagnostics import Code, Diagnostic, Severity, diagnose
from livingsurvey.model import Location
from livingsurvey.words import CATALOG, Words

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

    from livingsurvey.settings import Settings


def setup(app: Sphinx) -> None:
    """Register the settings. Sphinx checks no types: it would say everything a second time."""
    for name, value in settings.DECLARED.items():
        rebuild = value.metadata["rebuild"]
        default = settings.get_default(value)
        app.add_config_value(name, default, rebuild, types=frozenset({Any}))


def find_conf(root: Path) -> Conf:
    """Return the ``conf.py`` of a build, for the places of diagnostics."""
    return read_conf(root / CONF, CONF)


FROZEN = "frozen"
"""The tag of the pages of a survey that nobody keeps up to date."""


def on_config_inited(app: Sphinx, config: Config) -> None:
    """Check the settings before anything is read; what is wrong counts as its default.

    Before others look at what every page shows: they fail at it with a traceback. Pages of a frozen
    survey leave out, by ``{only} not frozen``, what it does not offer.
    """
    root = Path(app.confdir)
    found, problems = read_settings(root, config)
    if found.frozen is not None:
        app.tags.add(FROZEN)
    problems += settings.find_unknown(find_conf(root), config.__contains__)
    for problem in problems:
        log_diagnostic(problem)
    if problems:
        app.statuscode = 2
    for name in settings.read_foreign(*_collect(root, config))[1]:
        config[name] = settings.FOREIGN[name].default


def read_settings(root: Path, config: Config) -> tuple[Settings, list[Diagnostic]]:
    """Return the settings, and what is wrong with them."""
    return settings.read_settings(*_collect(root, config))


def _collect(root: Path, config: Config) -> tuple[Conf, dict[str, Any]]:
    names = (*settings.DECLARED, *settings.FOREIGN)
    return find_conf(root), {name: config[name] for name in names}


logger = logging.getLogger(__name__)


def log_diagnostic(diagnostic: Diagnostic) -> None:
    """Log a diagnostic at its place; hints are information, the rest fails a strict build.

    The place is a string, which Sphinx prints as it is; a tuple would be taken for a document.
    """
    if diagnostic.severity is Severity.HINT:
        logger.info("%s", diagnostic.render())
        return
    # Without a colon Sphinx takes the place for the name of a document.
    place = replace(diagnostic.location, line=diagnostic.location.line or 1)
    log = logger.error if diagnostic.severity is Severity.ERROR else logger.warning
    log("%s", diagnostic.text, location=str(place), type="survey", subtype=str(diagnostic.code))


def is_fatal(diagnostic: Diagnostic) -> bool:
    """Whether a whole file is lost, so that no build of it is what its editors mean."""
    is_whole = diagnostic.code is Code.LIMIT and not diagnostic.location.line
    return diagnostic.code in {Code.CONFIG, Code.FILE_MISSING} or is_whole


def log_problem(code: Code, message: str, location: str, suggestion: str = "") -> None:
    """Log a problem of a page while it is read; *location* is ``path:line``."""
    text = f"{message}; {suggestion}" if suggestion else message
    logger.warning("%s", text, location=location, type="survey", subtype=str(code))


def find_words(app: Sphinx) -> Words:
    """Return the words of a survey.

    Where Sphinx looks for translations of the pages, there may be some of our words, too; it
    compiles what lies there itself, but only once the build has begun.
    """
    language = app.config.language or "en"
    folders = [Path(app.srcdir) / name for name in app.config.locale_dirs]
    for folder in folders if app.config.gettext_auto_build else ():
        text = folder / language / "LC_MESSAGES" / f"{CATALOG}.po"
        if text.is_file():
            compile_catalog(text, Path(app.confdir))
    return Words(language, tuple(map(str, folders)))


def compile_catalog(path: Path, root: Path) -> None:
    """Compile a catalog that has changed; one that cannot be read is left out."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - few surveys have one
    from babel.messages.pofile import PoFileError, read_po  # noqa: PLC0415

    made = path.with_suffix(".mo")
    try:
        if made.is_file() and made.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            return
        with path.open("rb") as file:
            catalog = read_po(file, abort_invalid=True)
        compiled = io.BytesIO()
        write_mo(compiled, catalog)
        # Whole or not at all: half of it would be newer than its text for good.
        replace_bytes(made, compiled.getvalue())
    except (OSError, ValueError, PoFileError) as error:
        message = f"the catalog of words cannot be compiled: {error}"
        place = Location(show_path(path, root), getattr(error, "lineno", 0) or 0)
        hint = "correct it, or remove it"
        log_diagnostic(diagnose(Code.CONFIG, message, place, hint, severity=Severity.WARNING))
