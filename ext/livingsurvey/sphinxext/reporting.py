"""Diagnostics in Sphinx's log: with place and code, suppressible by code, fatal under ``-W``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sphinx.util import logging

from livingsurvey.diagnostics import Code, Severity

if TYPE_CHECKING:
    from livingsurvey.diagnostics import Diagnostic

logger = logging.getLogger(__name__)


def log_diagnostic(diagnostic: Diagnostic) -> None:
    """Log a diagnostic at its place; hints are information, the rest fails a strict build.

    The place is a string, which Sphinx prints as it is; a tuple would be taken for a document.
    """
    log = {
        Severity.ERROR: logger.error,
        Severity.WARNING: logger.warning,
        Severity.HINT: logger.info,
    }[diagnostic.severity]
    if diagnostic.severity is Severity.HINT:
        logger.info("%s", diagnostic.render())
        return
    place = diagnostic.location
    if not place.line:
        # Without a colon Sphinx takes the place for the name of a document.
        place = replace(place, line=1)
    log(
        "%s",
        diagnostic.text,
        location=str(place),
        type="survey",
        subtype=str(diagnostic.code),
    )


def is_fatal(diagnostic: Diagnostic) -> bool:
    """Whether a whole file is lost, so that no build of it is what its editors mean."""
    is_whole = diagnostic.code is Code.LIMIT and not diagnostic.location.line
    return diagnostic.code in {Code.CONFIG, Code.FILE_MISSING} or is_whole


def log_problem(code: Code, message: str, location: str, suggestion: str = "") -> None:
    """Log a problem of a page while it is read; *location* is ``path:line``."""
    text = f"{message}; {suggestion}" if suggestion else message
    logger.warning("%s", text, location=location, type="survey", subtype=str(code))
