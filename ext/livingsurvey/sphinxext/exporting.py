"""The files to take away, written when the pages are: each only if it has changed."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.digest import digest, digest_plainly
from livingsurvey.exports import list_files, write_file
from livingsurvey.exports.web import write_open_search, write_sitemap
from livingsurvey.model import Location
from livingsurvey.sphinxext.about import read_about
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.records import find_homes, list_shards, write_shard
from livingsurvey.sphinxext.sites import find_page, find_place, is_site
from livingsurvey.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sphinx.application import Sphinx
    from sphinx.builders import Builder

    from livingsurvey.exports import About
    from livingsurvey.sphinxext.domain import SurveyDomain
    from livingsurvey.sphinxext.survey import Survey
    from livingsurvey.taxonomy import Taxonomy

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
    known: int | None = None
    products = list(_list_products(domain, about))
    for product in products:
        path = root / product.path
        if manifest.files.get(product.path) == product.sources and path.is_file():
            continue
        if known is None:
            known = domain.store.recall_texts()
        write_if_changed(path, product.write())
    if known is not None:
        domain.store.keep_texts(known)
    sources = {product.path: product.sources for product in products}
    for name in manifest.files:
        if name not in sources:
            _remove(root, name)
    document = {"inputs": inputs, "files": dict(sorted(sources.items()))}
    write_if_changed(root / MANIFEST, json.dumps(document, indent=1) + "\n")


@dataclass(frozen=True, slots=True)
class _Product:
    """A file to be.

    Attributes:
        path: From the root of the site.
        sources: A digest of everything that its text follows from.
        write: Returns the text.
    """

    path: str
    sources: str
    write: Callable[[], str]


def _list_products(domain: SurveyDomain, about: About) -> Iterator[_Product]:
    """Yield all files of the site."""
    catalog, builder, survey = domain.catalog, domain.builder, domain.settle()
    places = {key: find_place(builder, *place) for key, place in survey.papers.items()}
    base = __version__, digest((about, _describe_taxonomy(catalog.taxonomy)))

    @cache
    def digest_papers(category: str) -> str:
        papers = catalog.papers_in(category) if category else catalog.papers.values()
        return digest_plainly(
            tuple((catalog.digest(one.key), places.get(one.key)) for one in papers)
        )

    # The largest comes first, while few texts about papers are in memory yet.
    for file in sorted(list_files(catalog.taxonomy, about), key=lambda one: one.format != "json"):
        papers = digest_papers(file.category) if file.format else ""  # the schema has none
        sources = digest_plainly((*base, file.path, file.format, papers))
        yield _Product(file.path, sources, partial(write_file, file, catalog, about, places))
    homes = find_homes(domain)
    for path, keys in list_shards(catalog):
        shown = tuple((catalog.digest(key), homes.get(key)) for key in keys)
        sources = digest_plainly((*base, path, shown))
        yield _Product(path, sources, partial(write_shard, catalog, keys, homes))
    for path, text in _describe_site(builder, about, list_pages(builder, survey)):
        yield _Product(path, digest_plainly((text,)), partial(str, text))


def _describe_taxonomy(taxonomy: Taxonomy) -> tuple[object, ...]:
    """Return what files can say of the taxonomy: a place in its file is no part of it."""
    nowhere = Location("")
    categories = (replace(one, location=nowhere) for one in taxonomy.categories.values())
    return (*categories, *taxonomy.tags.values())


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
