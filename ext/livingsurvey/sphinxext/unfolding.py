"""Entries where a page shows them: for a visitor that writes them, for a transform that expands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.nodes import release

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment
    from sphinx.writers.html5 import HTML5Translator
    from sphinx.writers.latex import LaTeXTranslator

    from livingsurvey.sphinxext.entries import Entries
    from livingsurvey.sphinxext.nodes import Folded


def get_entries(env: BuildEnvironment) -> Entries:
    """Return what makes the entries of this build."""
    # It takes long to import, and a build that changes nothing shows no entry.
    from livingsurvey.sphinxext.entries import Entries  # noqa: PLC0415

    return get_survey_domain(env).once(Entries)


def write_entries(self: HTML5Translator | LaTeXTranslator, folded: Folded) -> None:
    """Write entries by the visitors of a builder, unfolding one after the other."""
    for entry in get_entries(self.builder.env).unfold(folded):
        entry.walkabout(self)
        release(entry)
