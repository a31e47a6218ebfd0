"""The files to take away, written when the pages are: each only if it has changed."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.digest import digest
from livingsurvey.sphinxext.about import read_about
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.sites import is_site

if TYPE_CHECKING:
    from sphinx.application import Sphinx

MANIFEST = ".livingsurvey-exports"
"""A file at the root of the site, as ``.buildinfo`` is: what was written, and from what.

It lies with the files and not with the doctrees, since it speaks of this output.
"""


def on_build_finished(app: Sphinx, exception: Exception | None) -> None:
    """Write the files of the site, and take away those that are no longer among them.

    The catalog is asked only if the files are not those of this bibliography and these pages.
    """
    builder = app.builder
    if exception is not None or not is_site(builder):
        return
    domain = get_survey_domain(app.env)
    about = read_about(app.config)
    root = Path(app.outdir)
    inputs = digest((domain.tables.digest, about, builder.name))
    manifest = _read_manifest(root / MANIFEST)
    is_whole = all((root / name).is_file() for name in manifest.files)
    if not domain.is_dirty and manifest.inputs == inputs and is_whole:
        # No page has changed either, so every paper is where it was.
        return
    # It takes long to import, and most builds of a survey that stays as it is end above.
    from livingsurvey.sphinxext.products import list_products, prepare_texts  # noqa: PLC0415

    known: int | None = None
    products = list(list_products(domain, about))
    for product in products:
        path = root / product.path
        if manifest.files.get(product.path) == product.sources and path.is_file():
            continue
        if known is None:
            known = domain.store.recall_texts()
            prepare_texts(domain.catalog, about, app.parallel)
        write_if_changed(path, product.write())
    if known is not None:
        domain.store.keep_texts(known)
    sources = {product.path: product.sources for product in products}
    for name in manifest.files:
        if name not in sources:
            _remove(root, name)
    document = {"inputs": inputs, "files": dict(sorted(sources.items()))}
    write_if_changed(root / MANIFEST, json.dumps(document, indent=1) + "\n")


def write_if_changed(path: Path, text: str) -> bool:
    """Write a file at once or not at all; leave it alone if it is as it should be.

    Line ends stay as they are in *text*. Returns whether the file was written.
    """
    data = text.encode("utf-8")
    del text  # megabytes
    with contextlib.suppress(OSError):
        if path.read_bytes() == data:
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_bytes(data)
    unfinished.replace(path)
    return True


@dataclass(frozen=True, slots=True)
class _Manifest:
    """What was written: from which inputs, and the sources of each file."""

    inputs: str = ""
    files: dict[str, str] = field(default_factory=dict)


def _read_manifest(path: Path) -> _Manifest:
    """Return what a build has noted; nothing if the file is not there or not ours."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        files = {str(name): str(sources) for name, sources in found["files"].items()}
        return _Manifest(str(found["inputs"]), files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return _Manifest()


def _remove(root: Path, name: str) -> None:
    """Remove a file that was written once, and the folders that are empty without it."""
    path = root / name
    if ".." in Path(name).parts or not path.is_relative_to(root):
        return
    path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # a folder that is not empty
        for folder in path.parents:
            if folder == root:
                break
            folder.rmdir()


def setup_exporting(app: Sphinx) -> None:
    """Connect the handler."""
    # Ahead of the freshness table's own (500), which closes the build.
    app.connect("build-finished", on_build_finished, priority=410)
