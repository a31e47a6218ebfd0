"""Atom (RFC 4287): the papers that joined the survey last.

Ids are made of citation keys (RFC 4151), times of ``creationdate``: a feed changes when, and only
when, a paper in it does. A paper without a date cannot say when it joined and is not in any feed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.bibtex.keys import make_anchor
from livingsurvey.exports.records import clean, find_address, name_in_full, to_plain
from livingsurvey.exports.selection import choose_recent
from livingsurvey.exports.xml import add, start, write

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

    from livingsurvey.exports.about import About
    from livingsurvey.exports.selection import Selection
    from livingsurvey.model import Paper

NAMESPACE = "http://www.w3.org/2005/Atom"
_NEVER = "1970-01-01T00:00:00Z"  # Atom wants a time even of a feed in which nothing stands yet


def write_atom(selection: Selection, about: About) -> str:
    """Return the feed of a selection.

    Raises:
        ValueError: There is no ``tag_authority`` to make lasting ids from.
    """
    if not about.tag_authority:
        msg = "a feed needs a tag_authority, from which its ids are made"
        raise ValueError(msg)
    papers = choose_recent(selection)
    category = selection.category
    title = f"{about.title}: {category.title}" if category else about.title
    root = start("feed", NAMESPACE, {"xml:lang": about.language} if about.language else None)
    add(root, "id", about.make_tag(f"feed/{category.tag}" if category else "feed"))
    add(root, "title", clean(title))
    add(root, "subtitle", clean(category.description if category else about.description))
    add(root, "updated", _time(papers[0]) if papers else _NEVER)
    for name in about.author_names or (about.title,):
        add(add(root, "author"), "name", clean(name))
    add(root, "rights", about.license)
    if about.base_url:
        add(
            root,
            "link",
            rel="self",
            type="application/atom+xml",
            href=about.resolve(selection.path),
        )
        add(root, "link", rel="alternate", type="text/html", href=about.base_url)
    for paper in papers:
        _add_entry(root, paper, selection, about)
    for element in [one for one in root if not (one.text or one.attrib or len(one))]:
        root.remove(element)  # a subtitle or rights that say nothing
    return write(root)


def _time(paper: Paper) -> str:
    return f"{paper.created}T00:00:00Z"


def _add_entry(root: ET.Element, paper: Paper, selection: Selection, about: About) -> None:
    entry = add(root, "entry")
    add(entry, "id", about.make_tag(f"paper/{make_anchor(paper.key)}"))
    add(entry, "title", name_in_full(paper))
    add(entry, "updated", _time(paper))
    add(entry, "published", _time(paper))
    for one in paper.authors:
        add(add(entry, "author"), "name", clean(one.full))
    page = about.resolve(selection.places.get(paper.key, ""))
    address = find_address(paper)
    if page or address:
        add(entry, "link", rel="alternate", type="text/html" if page else "", href=page or address)
    if page and address:
        add(entry, "link", rel="related", href=address, title="The paper")
    if paper.code:
        add(entry, "link", rel="related", href=paper.code, title="Code")
    taxonomy = selection.catalog.taxonomy
    for tag in paper.categories:
        add(entry, "category", term=tag, label=taxonomy.categories[tag].title)
    source = " ".join(part for part in (to_plain(paper.venue), str(paper.year or "")) if part)
    summary = " ".join(
        part if part.endswith((".", "!", "?")) else f"{part}."
        for part in (to_plain(paper.annotation), source)
        if part
    )
    if summary:
        add(entry, "summary", summary)
