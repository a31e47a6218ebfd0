"""Files by which search engines and browsers find their way about the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.exports.records import clean
from livingsurvey.exports.xml import add, start, write

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livingsurvey.exports.about import About


def write_sitemap(addresses: Iterable[str]) -> str:
    """Return a sitemap (sitemaps.org, 0.9) of full addresses, in the order given.

    It says nothing of when pages changed: a build does not know, and a wrong date is worse.
    """
    root = start("urlset", "http://www.sitemaps.org/schemas/sitemap/0.9")
    for address in addresses:
        add(add(root, "url"), "loc", address)
    return write(root)


def write_open_search(about: About, search_address: str) -> str:
    """Return an OpenSearch description (1.1), so that a browser can search the survey.

    Args:
        about: The survey.
        search_address: The full address of the page that searches for its parameter ``q``.
    """
    root = start("OpenSearchDescription", "http://a9.com/-/spec/opensearch/1.1/")
    add(root, "ShortName", clean(about.title)[:16].strip())
    add(root, "LongName", clean(about.title)[:48].strip())
    add(root, "Description", clean(about.description or about.title)[:1024])
    add(root, "Url", type="text/html", template=f"{search_address}?q={{searchTerms}}")
    add(root, "InputEncoding", "UTF-8")
    if about.language:
        add(root, "Language", about.language)
    return write(root)
