"""The files to take away, written when the pages are: each only if it has changed."""

from __future__ import annotations

import contextlib
import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.digest import digest, digest_plainly
from livingsurvey.exports import list_files, write_file
from livingsurvey.exports.web import write_open_search, write_sitemap
from livingsurvey.sphinxext.about import read_about
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.records import find_homes, write_shards
from livingsurvey.sphinxext.sites import find_page, find_place, is_site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.builders import Builder

    from livingsurvey.exports import About
    from livingsurvey.sphinxext.survey import Survey

MANIFEST = ".livingsurvey-exports"
"""A file at the root of the site, as ``.buildinfo`` is: what was written, and from what.

It lies with the files and not with the doctrees, since it speaks of this output.
"""

SITEMAP = "sitemap.xml"
OPEN_SEARCH = "opensearch.xml"


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
    survey = domain.settle()
    places = {key: find_place(builder, *place) for key, place in survey.papers.items()}
    pages = list_pages(builder, survey)
    homes = find_homes(domain)
    current = digest_plainly((inputs, tuple(places.items()), pages, tuple(homes.items())))
    if manifest.digest == current and manifest.inputs == inputs and is_whole:
        return
    known = domain.store.recall_texts()
    written = set()
    files = list_files(domain.catalog.taxonomy, about)
    # The largest comes first, while few texts about papers are in memory yet.
    for file in sorted(files, key=lambda one: one.format != "json"):
        write_if_changed(root / file.path, write_file(file, domain.catalog, about, places))
        written.add(file.path)
    shards = write_shards(domain.catalog, homes)
    for name, text in itertools.chain(_describe_site(builder, about, pages), shards):
        write_if_changed(root / name, text)
        written.add(name)
    for name in manifest.files:
        if name not in written:
            _remove(root, name)
    document = {"digest": current, "inputs": inputs, "files": sorted(written)}
    domain.store.keep_texts(known)
    write_if_changed(root / MANIFEST, json.dumps(document, indent=1) + "\n")


def list_pages(builder: Builder, survey: Survey) -> tuple[str, ...]:
    """Return the address of each page once, from the root of the site, in reading order."""
    return tuple(dict.fromkeys(find_page(builder, docname) for docname in survey.order))


def _describe_site(
    builder: Builder, about: About, pages: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Yield the files that need to know the address of the site."""
    if not about.base_url:
        return
    yield SITEMAP, write_sitemap(about.resolve(page) or about.base_url for page in pages)
    if builder.name != "singlehtml":  # which has no page to search with
        search = about.resolve(builder.get_target_uri("search"))
        yield OPEN_SEARCH, write_open_search(about, search)


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
    """What was written: from which inputs, with pages where, and the names of the files."""

    inputs: str = ""
    digest: str = ""
    files: tuple[str, ...] = ()


def _read_manifest(path: Path) -> _Manifest:
    """Return what a build has noted; nothing if the file is not there or not ours."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        files = tuple(str(name) for name in found["files"])
        return _Manifest(str(found["inputs"]), str(found["digest"]), files)
    except (OSError, ValueError, KeyError, TypeError):
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
