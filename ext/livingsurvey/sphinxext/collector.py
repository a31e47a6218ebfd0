"""Python's garbage collector during a build: a tree of nodes is all circles and all alive.

Left to itself it looks through the doctrees and the catalog again and again and finds next to
nothing: a tenth of a cold build, and a quarter of one that changes nothing. Most of the latter is
at the very end, where Python (3.11) looks through all that was ever imported four times.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from livingsurvey.sphinxext.domain import SurveyDomain

YOUNG = 50_000
"""How many new objects make the collector look at the new ones; Python's own number is 700."""

LOADING = 1_000_000
"""How many while modules are imported and the environment is loaded: nothing is garbage then."""

FEW = 5
"""How many pages Sphinx (9.1) reads without forking, whatever it was told."""

MUCH = 300_000
"""How many new objects are worth a look at all between two pages: some 50 MB of trees."""

_STREAMS = frozenset({io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom})


class Collector:
    """The settings of the collector as they were, and the handlers that change them."""

    raised: ClassVar[dict[tuple[int, int, int], tuple[int, int, int]]] = {}
    """What a build has set, and what was there before.

    A wrong conf.py ends a build ahead of its first event; the next one is then to restore this.
    """

    def __init__(self) -> None:
        found = gc.get_threshold()
        self.thresholds = Collector.raised.get(found, found)

    def wait(self, young: int) -> None:
        """Let the collector run less often; whoever has switched it off keeps it off."""
        known, *older = self.thresholds
        gc.set_threshold(max(known, young) if known else known, *older)
        Collector.raised = {gc.get_threshold(): self.thresholds}

    def on_env_before_read_docs(
        self, app: Sphinx, env: BuildEnvironment, docnames: list[str]
    ) -> None:
        """Read the catalog before readers are forked, so that they inherit it, and set it aside.

        It stays until the end: the collector need not look through it again, and forked readers
        go on sharing its memory. (For a page or two nobody forks, and they may not ask for it.)
        """
        domain = cast("SurveyDomain", env.get_domain("survey"))
        domain.is_dirty |= bool(docnames)
        if len(docnames) > FEW:
            len(domain.catalog.papers)
        if docnames:
            gc.freeze()
            self.wait(YOUNG)

    def on_doctree_resolved(self, app: Sphinx, doctree: nodes.document, docname: str) -> None:
        """Let the trees of earlier pages go, once there is much of them.

        What was set aside is not looked through, so this is cheap.
        """
        self.wait(YOUNG)
        self._collect_much()

    def on_pages_written(self, app: Sphinx, exception: Exception | None) -> None:
        """Let the last trees go, and what made them, before the files to take away ask for memory.

        At priority 390: ahead of these files (410).
        """
        domain = cast("SurveyDomain", app.env.get_domain("survey"))
        domain.citations = domain.entries = None
        self._collect_much()

    def _collect_much(self) -> None:
        young, middle, old = gc.get_count()
        made = young + (middle + old * self.thresholds[1]) * YOUNG
        # Had nothing been set aside, everything that was ever imported would be looked through.
        if made > MUCH and gc.get_freeze_count():
            gc.collect()

    def on_build_finished(self, app: Sphinx, exception: Exception | None) -> None:
        """Leave the collector as it was: a process may build more than once.

        At priority 900: behind all that asks for the catalog.
        """
        cast("SurveyDomain", app.env.get_domain("survey")).finish()
        # Set aside and taken back, objects count as old: otherwise it would start at once on all
        # that are new by its own numbers, and most processes end here.
        gc.freeze()
        gc.unfreeze()
        gc.set_threshold(*self.thresholds)
        Collector.raised = {}


def is_command() -> bool:
    """Whether this process is Sphinx's own command: then it ends when the build does."""
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    script = Path(*sys.argv[:1]).stem  # a program that embeds Python may have no arguments
    return script == "sphinx-build" or getattr(spec, "name", "") == "sphinx.__main__"


def end_at_once() -> None:
    """Spare the process the collections at its end: its memory goes with it.

    What the interpreter drops by itself is dropped as ever. Streams that nobody has closed are
    written out here, also those in circles, where Python itself may lose what is in their buffers.
    """
    for one in gc.get_objects():
        if type(one) in _STREAMS:
            with contextlib.suppress(OSError, ValueError):  # a closed pipe, a closed stream
                one.flush()
    gc.freeze()


def setup_collector(app: Sphinx) -> None:
    """Let the collector rest at once, and connect the handlers."""
    collector = Collector()
    collector.wait(LOADING)
    if is_command():
        atexit.register(end_at_once)
    app.connect("env-before-read-docs", collector.on_env_before_read_docs)
    app.connect("doctree-resolved", collector.on_doctree_resolved)
    app.connect("build-finished", collector.on_pages_written, priority=390)
    app.connect("build-finished", collector.on_build_finished, priority=900)
