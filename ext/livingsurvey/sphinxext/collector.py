"""Python's garbage collector during a build: a tree of nodes is all circles and all alive.

Left to itself it looks through the doctrees and the catalog again and again and finds next to
nothing: a tenth of a cold build.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from livingsurvey.sphinxext.domain import get_survey_domain

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

YOUNG = 50_000
"""How many new objects make the collector look at the new ones; Python's own number is 700.

A page that has been written is some ten thousand objects, so they still go soon.
"""


class Collector:
    """The settings of the collector as they were, and the handlers that change them."""

    def __init__(self) -> None:
        self.thresholds = gc.get_threshold()

    def on_builder_inited(self, app: Sphinx) -> None:
        """Let the collector run less often; whoever has switched it off keeps it off."""
        young, *older = self.thresholds
        gc.set_threshold(max(young, YOUNG) if young else young, *older)

    def on_env_before_read_docs(
        self, app: Sphinx, env: BuildEnvironment, docnames: list[str]
    ) -> None:
        """Read the catalog before readers are forked, so that they inherit it, and set it aside.

        It stays until the end: the collector need not look through it again, and forked readers
        go on sharing its memory.
        """
        if docnames:
            domain = get_survey_domain(env)
            domain.is_dirty = True
            len(domain.catalog.papers)
            gc.freeze()

    def on_build_finished(self, app: Sphinx, exception: Exception | None) -> None:
        """Leave the collector as it was: a process may build more than once."""
        gc.unfreeze()
        gc.set_threshold(*self.thresholds)


def setup_collector(app: Sphinx) -> None:
    """Connect the handlers."""
    collector = Collector()
    app.connect("builder-inited", collector.on_builder_inited)
    app.connect("env-before-read-docs", collector.on_env_before_read_docs)
    app.connect("build-finished", collector.on_build_finished)
