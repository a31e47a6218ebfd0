"""Citations as the last builds printed them.

An edit of one entry writes its pages again with all their citations, which take half a millisecond
each to format. So they are kept beside the doctrees, each with the facts that it follows from.
"""

from __future__ import annotations

import contextlib
import pickle
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from livingsurvey.bibtex.source import replace_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from pathlib import Path

    from docutils import nodes

_Page: TypeAlias = dict[str, tuple[str, bytes]]
"""By what the source says: the digest of what the citation followed from, and its pickled nodes."""


class CitationCache:
    """The citations of all pages: those of the last builds, and those of this one."""

    def __init__(self, path: Path, *, is_fresh: bool) -> None:
        self._path = path
        self._is_fresh = is_fresh
        self._current: dict[str, _Page] = {}

    @cached_property
    def _former(self) -> dict[str, _Page]:
        """What the file holds; nothing where the build begins anew."""
        former: dict[str, _Page] = {}
        if not self._is_fresh:
            # Any error: the file may be missing, cut off, or of another version of docutils. It
            # stands among Sphinx's own pickles, which whoever could change it could change as well.
            with contextlib.suppress(Exception):
                former = pickle.loads(self._path.read_bytes())  # noqa: S301
        return former

    def print(
        self, docname: str, source: str, facts: str, make: Callable[[], nodes.Element]
    ) -> nodes.Element:
        """Return a citation on a page, made only if its facts are others than before.

        Args:
            docname: The page.
            source: What the page says.
            facts: The digest of all that the citation follows from.
            make: Makes it.
        """
        known = self._former.get(docname, {}).get(source)
        if known is None or known[0] != facts:
            citation = make()
            known = facts, pickle.dumps(citation)
        else:
            citation = pickle.loads(known[1])  # noqa: S301
        self._current.setdefault(docname, {})[source] = known
        return citation

    def save(self, docnames: Container[str]) -> None:
        """Write what this build has printed, and the pages that it left as they were; let go."""
        if self._current:
            kept = {name: page for name, page in self._former.items() if name in docnames}
            with contextlib.suppress(OSError):
                replace_bytes(self._path, pickle.dumps(kept | self._current))
        self._former, self._current = {}, {}
