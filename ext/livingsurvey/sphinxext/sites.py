"""Addresses within a site, for links that lead to files instead of pages."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from sphinx.util.osutil import relative_uri

if TYPE_CHECKING:
    from sphinx.builders import Builder

BUILDERS = ("html", "dirhtml", "singlehtml")

SITEMAP = "sitemap.xml"
OPEN_SEARCH = "opensearch.xml"


def is_site(builder: Builder) -> bool:
    """Whether a builder makes a site that can hold files beside its pages.

    Books and help files in HTML are of the same format, but hold what is declared in them only.
    """
    return builder.name in BUILDERS


def find_page(builder: Builder, docname: str) -> str:
    """Return the address of a page, from the root of the site."""
    uri = builder.get_target_uri(docname)
    if uri.startswith("#"):  # singlehtml: a part of its one page
        return f"{builder.config.root_doc}{getattr(builder, 'out_suffix', '.html')}"
    return uri


def find_place(builder: Builder, docname: str, anchor: str) -> str:
    """Return the address of a place in a page, from the root of the site."""
    page = find_page(builder, docname)
    return f"{page}#{anchor}" if anchor else page


def link_file(builder: Builder, docname: str, path: str) -> str:
    """Return the address of a file of the site as a page links to it."""
    return relative_uri(find_page(builder, docname), quote(path))
