"""What a build leaves beside the doctrees, so that the next one reads and writes what has changed.

As with Sphinx's own environment, what lies there is only ever what a build of this folder has
written; deleting it costs one reading of the bibliography.
"""

from __future__ import annotations

import hashlib
import pickle
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livingsurvey.digest import digest
from livingsurvey.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sphinx.config import Config

    from livingsurvey.catalog import Catalog
    from livingsurvey.diagnostics import Diagnostic
    from livingsurvey.sphinxext.config import Settings

CATALOG = "livingsurvey-catalog.pickle"
TEXTS = "livingsurvey-texts.pickle"
"""What has been written about papers lies apart: few builds ask for it."""

Loaded = tuple["Catalog", "list[Diagnostic]"]


def digest_inputs(settings: Settings, config: Config) -> str:
    """Return a digest of bibliography, taxonomy and citation styles: content counts, not time."""
    files = [*settings.bibliographies, *([settings.taxonomy] if settings.taxonomy else [])]
    state = hashlib.blake2b(__version__.encode(), digest_size=16)
    for path in files:
        try:
            data = path.read_bytes()
        except OSError:
            data = b"\0"
        state.update(f"{path.name}:{len(data)}:".encode() + data)
    styles = (config.bibtex_default_style, config.bibtex_reference_style)
    state.update(repr(styles).encode())
    return state.hexdigest()


class Store:
    """The catalog of this build, and what is kept of it for the next.

    Args:
        settings: Name the files.
        folder: The folder of the doctrees.
        inputs: The digest of the files as they are now; see :func:`digest_inputs`.
    """

    def __init__(self, settings: Settings, folder: Path, inputs: str) -> None:
        self.settings = settings
        self.folder = folder
        self.inputs = inputs
        self._digests_kept = -1

    @cached_property
    def loaded(self) -> Loaded:
        """The catalog and its diagnostics: what has not changed comes from the last build."""
        # It takes long to import, and a build that changes nothing reads no bibliography.
        from livingsurvey.catalog import Catalog, load  # noqa: PLC0415

        known = Catalog()
        found = _read(self.folder / CATALOG)
        if found is not None:
            inputs, papers, taxonomy, signatures, digests, diagnostics = found
            known = Catalog(papers, taxonomy, signatures)
            known.digests.update(digests)
            if inputs == self.inputs:
                self._digests_kept = _count(digests)
                return known, diagnostics
        settings = self.settings
        return load(settings.bibliographies, settings.taxonomy, settings.root, known)

    def keep(self) -> None:
        """Write the catalog, if a page has asked for it and it is not there as it is."""
        if "loaded" not in self.__dict__:
            return
        catalog, diagnostics = self.loaded
        count = _count(catalog.digests)
        if count != self._digests_kept:
            papers = tuple(catalog.papers.values())
            rest = dict(catalog.signatures), catalog.digests, diagnostics
            _write(self.folder / CATALOG, (self.inputs, papers, catalog.taxonomy, *rest))

    def release(self) -> None:
        """Let the catalog go; whoever asks again gets it from what was kept."""
        self.__dict__.pop("loaded", None)
        self._digests_kept = -1

    def recall_texts(self) -> int:
        """Take over the texts about papers that are as they were; return how many there are."""
        catalog, _ = self.loaded
        texts: dict[bytes, dict[str, bytes]] = _read(self.folder / TEXTS) or {}
        for key, signature in catalog.signatures.items():
            if signature in texts:
                catalog.texts[key] = texts[signature] | catalog.texts.get(key, {})
        return _count(catalog.texts)

    def keep_texts(self, known: int) -> None:
        """Write the texts about papers, if there are others than the *known* ones; let them go."""
        catalog, _ = self.loaded
        if _count(catalog.texts) != known:
            texts = {
                signature: catalog.texts[key]
                for key, signature in catalog.signatures.items()
                if key in catalog.texts
            }
            _write(self.folder / TEXTS, texts)
        catalog.texts.clear()


def _count(kept: Mapping[str, Mapping[str, object]]) -> int:
    return sum(len(kinds) for kinds in kept.values())


@lru_cache(maxsize=1)
def _describe_code() -> str:
    """Return a digest of the files of this package: other code may read the same text otherwise."""
    root = Path(__file__).parent.parent
    states = ((path.relative_to(root).as_posix(), path.stat()) for path in root.rglob("*.py"))
    return digest(tuple(sorted((name, one.st_size, one.st_mtime_ns) for name, one in states)))


def _read(path: Path) -> Any:
    """Return what the same code has written; None if that is not there, or not whole."""
    try:
        with path.open("rb") as stream:
            # The mark comes first, so that what other code has written is not read at all.
            if pickle.load(stream) != _describe_code():  # noqa: S301 - as environment.pickle
                return None
            return pickle.load(stream)  # noqa: S301
    except Exception:  # noqa: BLE001 - a damaged pickle raises anything; then we read the files
        return None


def _write(path: Path, content: Any) -> None:
    unfinished = path.with_suffix(".unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as stream:
            pickle.dump(_describe_code(), stream, pickle.HIGHEST_PROTOCOL)
            pickle.dump(content, stream, pickle.HIGHEST_PROTOCOL)
        unfinished.replace(path)
    except OSError:
        # A full disk will end the build with a better word than ours.
        unfinished.unlink(missing_ok=True)
