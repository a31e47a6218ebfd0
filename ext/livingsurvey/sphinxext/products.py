"""The files to take away, each with what it follows from and what writes it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING

from sphinx.util.parallel import ParallelTasks, parallel_available

from livingsurvey.catalog import Catalog
from livingsurvey.digest import digest, digest_plainly
from livingsurvey.exports import Selection, list_files
from livingsurvey.exports.formats import WRITERS, write_file
from livingsurvey.exports.web import write_open_search, write_sitemap
from livingsurvey.model import Location
from livingsurvey.sphinxext.records import find_homes, list_shards, write_shard
from livingsurvey.sphinxext.sites import OPEN_SEARCH, SITEMAP, find_page, find_place
from livingsurvey.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sphinx.builders import Builder

    from livingsurvey.exports import About
    from livingsurvey.sphinxext.domain import SurveyDomain
    from livingsurvey.sphinxext.survey import Survey
    from livingsurvey.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Product:
    """A file to be.

    Attributes:
        path: From the root of the site.
        sources: A digest of everything that its text follows from.
        write: Returns the text.
    """

    path: str
    sources: str
    write: Callable[[], str]


MANY = 500
"""How many papers without texts are worth a process of their own."""


def prepare_texts(catalog: Catalog, about: About, jobs: int) -> None:
    """Write the texts about papers ahead, in as many processes as there may be.

    Files are made of these texts, which follow from the papers and the taxonomy alone.
    """
    keys = [key for key in catalog.papers if "json" not in catalog.texts.get(key, {})]
    jobs = min(jobs, len(keys) // MANY)
    if jobs < 2 or not parallel_available:  # one is this process
        return

    def write(part: Sequence[str]) -> dict[str, dict[str, bytes]]:
        few = Catalog((catalog.papers[key] for key in part), catalog.taxonomy)
        for name, writer in WRITERS.items():
            if name != "atom":  # the papers of a feed are few
                writer(Selection(catalog=few), about)
        write_shard(few, part, {})
        return few.texts

    def take(_part: Sequence[str], texts: dict[str, dict[str, bytes]]) -> None:
        for key, kinds in texts.items():
            catalog.texts[key] = catalog.texts.get(key, {}) | kinds

    tasks = ParallelTasks(jobs)
    for number in range(jobs):
        tasks.add_task(write, keys[number::jobs], take)
    tasks.join()


def list_products(domain: SurveyDomain, about: About) -> Iterator[Product]:
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
        yield Product(file.path, sources, partial(write_file, file, catalog, about, places))
    homes = find_homes(domain)
    for path, keys in list_shards(catalog):
        shown = tuple((catalog.digest(key), homes.get(key)) for key in keys)
        sources = digest_plainly((*base, path, shown))
        yield Product(path, sources, partial(write_shard, catalog, keys, homes))
    for path, text in _describe_site(builder, about, list_pages(builder, survey)):
        yield Product(path, digest_plainly((text,)), partial(str, text))


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
