"""The files to take away, written when the pages are: each only if it has changed."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.digest import digest
from livingsurvey.sphinxext.about import read_about
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.sites import OPEN_SEARCH, SITEMAP, find_page, find_place, is_site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.builders import Builder

    from livingsurvey.exports import About
    from livingsurvey.sphinxext.domain import SurveyDomain

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
    written_from, names = _read_manifest(root / MANIFEST)
    is_whole = all((root / name).is_file() for name in names)
    if not domain.is_dirty and written_from == inputs and is_whole:
        # No page has changed either, so every paper is where it was.
        return
    written = []
    for path, text in make_files(domain, about):
        write_if_changed(root / path, text)
        written.append(path)
    for name in names:
        if name not in written:
            _remove(root, name)
    document = {"inputs": inputs, "files": sorted(written)}
    write_if_changed(root / MANIFEST, json.dumps(document, indent=1) + "\n")


def make_files(domain: SurveyDomain, about: About) -> Iterator[tuple[str, str]]:
    """Yield all files of the site: path from its root, and text."""
    # They take long to import, and a build that changes nothing writes none.
    from livingsurvey.exports import list_files  # noqa: PLC0415
    from livingsurvey.exports.formats import write_file  # noqa: PLC0415
    from livingsurvey.sphinxext.records import find_homes, list_shards, write_shard  # noqa: PLC0415

    catalog, builder, survey = domain.catalog, domain.builder, domain.settle()
    places = {key: find_place(builder, *place) for key, place in survey.papers.items()}
    for file in list_files(catalog.taxonomy, about):
        yield file.path, write_file(file, catalog, about, places)
    homes = find_homes(domain)
    for path, keys in list_shards(catalog):
        yield path, write_shard(catalog, keys, homes)
    yield from _describe_site(builder, about, survey.order)


def _describe_site(
    builder: Builder, about: About, order: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Yield the files that need to know the address of the site."""
    from livingsurvey.exports.web import write_open_search, write_sitemap  # noqa: PLC0415

    if not about.base_url:
        return
    # Each page once; singlehtml has one for all documents.
    pages = dict.fromkeys(find_page(builder, docname) for docname in order)
    yield SITEMAP, write_sitemap(about.resolve(page) or about.base_url for page in pages)
    if builder.name != "singlehtml":  # which has no page to search with
        search = about.resolve(builder.get_target_uri("search"))
        yield OPEN_SEARCH, write_open_search(about, search)


def write_if_changed(path: Path, text: str) -> None:
    """Write a file at once or not at all, with the line ends of *text*; only if it differs."""
    data = text.encode("utf-8")
    with contextlib.suppress(OSError):
        if path.read_bytes() == data:
            return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_bytes(data)
    unfinished.replace(path)


def _read_manifest(path: Path) -> tuple[str, list[str]]:
    """Return what a build has noted: from which inputs, which files; nothing if it is not ours."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return str(found["inputs"]), [str(name) for name in found["files"]]
    except (OSError, ValueError, KeyError, TypeError):
        return "", []


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
    # Before the freshness table's own (500), which closes the build.
    app.connect("build-finished", on_build_finished, priority=410)
