"""The catalog beside the doctrees: read again in a tenth of the time while its files stay the same.

As with Sphinx's own environment, what lies there is only ever what a build of this folder has
written; deleting it costs one reading of the bibliography.
"""

from __future__ import annotations

import hashlib
import pickle
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.catalog import Catalog, load
from livingsurvey.digest import digest
from livingsurvey.version import __version__

if TYPE_CHECKING:
    from sphinx.config import Config

    from livingsurvey.diagnostics import Diagnostic
    from livingsurvey.sphinxext.config import Settings

NAME = "livingsurvey-catalog.pickle"

Loaded = tuple[Catalog, "list[Diagnostic]"]


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


def load_catalog(settings: Settings, folder: Path, inputs: str) -> Loaded:
    """Return the catalog and its diagnostics: from the store if it holds those of *inputs*.

    Args:
        settings: Name the files.
        folder: The folder of the doctrees.
        inputs: The digest of the files as they are now; see :func:`digest_inputs`.
    """
    path = folder / NAME
    key = f"{inputs}:{_describe_code()}"
    known = _read(path, key)
    if known is not None:
        return known
    found = load(settings.bibliographies, settings.taxonomy, settings.root)
    _write(path, key, found)
    return found


@lru_cache(maxsize=1)
def _describe_code() -> str:
    """Return a digest of the files of this package: other code may read the same text otherwise."""
    root = Path(__file__).parent.parent
    states = ((path.relative_to(root).as_posix(), path.stat()) for path in root.rglob("*.py"))
    return digest(tuple(sorted((name, one.st_size, one.st_mtime_ns) for name, one in states)))


def _read(path: Path, key: str) -> Loaded | None:
    try:
        with path.open("rb") as stream:
            # The key comes first, so that a catalog of other files is not read at all.
            if pickle.load(stream) != key:  # noqa: S301 - our own file, as environment.pickle
                return None
            papers, taxonomy, diagnostics = pickle.load(stream)  # noqa: S301
    except Exception:  # noqa: BLE001 - a damaged pickle raises anything; then we read the files
        return None
    return Catalog(papers, taxonomy), diagnostics


def _write(path: Path, key: str, found: Loaded) -> None:
    catalog, diagnostics = found
    unfinished = path.with_suffix(".unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as stream:
            pickle.dump(key, stream, pickle.HIGHEST_PROTOCOL)
            content = tuple(catalog.papers.values()), catalog.taxonomy, diagnostics
            pickle.dump(content, stream, pickle.HIGHEST_PROTOCOL)
        unfinished.replace(path)
    except OSError:
        # A full disk will end the build with a better word than ours.
        unfinished.unlink(missing_ok=True)
