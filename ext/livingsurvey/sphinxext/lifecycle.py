"""The events of a build, in their order, and what the extension does at each.

Handlers of the same event run by priority, the lowest first; Sphinx's own number is 500.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

YOUNG = 50_000
"""How many new objects make Python look for garbage; its own number is 700 (3.11)."""


def defer_garbage_collection(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Collect garbage less often until the build ends.

    A doctree is all cycles and all alive: looking through it in vain is a tenth of a cold build.
    """
    thresholds = gc.get_threshold()
    if thresholds[0]:  # 0: the collector is switched off, and stays so
        gc.set_threshold(max(YOUNG, thresholds[0]), *thresholds[1:])
    # At priority 0: before any handler that may fail, for Sphinx then calls no other.
    app.connect("build-finished", lambda *_: gc.set_threshold(*thresholds), priority=0)
