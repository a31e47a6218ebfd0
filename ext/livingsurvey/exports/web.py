"""XML for the web: Atom feeds (RFC 4287), sitemap and OpenSearch description."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from livingsurvey.bibtex.fields import LINK_FIELDS
from livingsurvey.bibtex.identifiers import make_anchor
from livingsurvey.exports.records import choose_recent, clean, find_address, name_in_full, to_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from livingsurvey.exports.records import About, Selection
    from livingsurvey.model import Paper


def add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    """Append an element; an attribute that is empty is left out."""
    element = ET.SubElement(parent, name, {key: text for key, text in attributes.items() if text})
    element.text = text or None
    return element


def start(name: str, namespace: str, attributes: Mapping[str, str] | None = None) -> ET.Element:
    """Return a root whose descendants are all in one namespace.

    The namespace is written as an attribute, since ElementTree would otherwise invent a prefix,
    or take one from a table that all users of the interpreter share.
    """
    return ET.Element(name, {"xmlns": namespace, **(attributes or {})})


def write(root: ET.Element) -> str:
    """Return the document, indented."""
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'


NAMESPACE = "http://www.w3.org/2005/Atom"
_NEVER = "1970-01-01T00:00:00Z"  # Atom wants a time even of a feed in which nothing stands yet


def write_atom(selection: Selection, about: About) -> str:
    """Return the feed of a selection.

    Raises:
        ValueError: There is nothing to make lasting ids from.
    """
    papers = choose_recent(selection)
    category = selection.category
    root = start_feed(
        about,
        name=category.tag if category else "",
        title=f"{about.title}: {category.title}" if category else about.title,
        subtitle=category.description if category else about.description,
        updated=str(papers[0].created) if papers else "",
        path=selection.path,
    )
    for paper in papers:
        _add_entry(root, paper, selection, about)
    return write(root)


def start_feed(
    about: About, *, name: str, title: str, subtitle: str, updated: str, path: str
) -> ET.Element:
    """Return a feed without entries, but for the last one of a survey that is frozen.

    Args:
        about: The survey.
        name: What tells its id from that of the survey's other feeds.
        title: Its title.
        subtitle: What it is about, or ``""``.
        updated: The ISO date of its newest entry, or ``""``.
        path: Where it lies on the site.

    Raises:
        ValueError: There is nothing to make lasting ids from.
    """
    root = start("feed", NAMESPACE, {"xml:lang": about.language} if about.language else None)
    add(root, "id", about.make_id(f"feed/{name}" if name else "feed"))
    add(root, "title", clean(title))
    if subtitle:
        add(root, "subtitle", clean(subtitle))
    frozen = about.frozen
    updated = max(updated, frozen.date) if frozen else updated
    add(root, "updated", f"{updated}T00:00:00Z" if updated else _NEVER)
    for person in about.author_names or (about.title,):
        add(add(root, "author"), "name", clean(person))
    if about.license:
        add(root, "rights", about.license)
    if about.base_url:
        kind = "application/atom+xml"
        add(root, "link", rel="self", type=kind, href=about.resolve(path))
        add(root, "link", rel="alternate", type="text/html", href=about.base_url)
    if frozen:
        entry = add(root, "entry")
        add(entry, "id", about.make_id(f"{name or 'survey'}/frozen"))
        add(entry, "title", about.words.gettext("This survey is no longer kept up to date"))
        add(entry, "updated", f"{frozen.date}T00:00:00Z")
        if about.base_url:
            add(entry, "link", rel="alternate", type="text/html", href=about.base_url)
        said = about.words.gettext("Frozen since {date}.", date=frozen.date)
        add(entry, "content", clean(f"{said} {frozen.reason}"))
    return root


def _add_entry(root: ET.Element, paper: Paper, selection: Selection, about: About) -> None:
    words = about.words
    entry = add(root, "entry")
    add(entry, "id", about.make_id(f"paper/{make_anchor(paper.key)}"))
    add(entry, "title", name_in_full(paper))
    for name in ("updated", "published"):
        add(entry, name, f"{paper.created}T00:00:00Z")
    for person in paper.authors:
        add(add(entry, "author"), "name", clean(person.full))
    page = about.resolve(selection.places.get(paper.key, ""))
    address = find_address(paper)
    if page or address:
        add(entry, "link", rel="alternate", type="text/html" if page else "", href=page or address)
    if page and address:
        add(entry, "link", rel="related", href=address, title=words.gettext("The paper"))
    for name, address in paper.links.items():
        add(entry, "link", rel="related", href=address, title=words.gettext(LINK_FIELDS[name]))
    taxonomy = selection.catalog.taxonomy
    for tag in paper.categories:
        add(entry, "category", term=tag, label=taxonomy.categories[tag].title)
    source = f"{to_plain(paper.venue)} {paper.year or ''}".strip()
    parts = filter(None, (to_plain(paper.annotation), source))
    said = (part if part.endswith((".", "!", "?")) else f"{part}." for part in parts)
    if summary := " ".join(said):
        add(entry, "summary", summary)


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
