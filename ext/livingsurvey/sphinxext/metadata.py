"""What the head of a page says to other programs.

Google Scholar reads the ``citation_*`` tags (Highwire's), search engines JSON-LD (schema.org),
messengers Open Graph, feed readers and browsers the links. The work that they describe is the
survey itself; papers that it lists or accompanies are never claimed.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes

from livingsurvey.bibtex.source import show_path
from livingsurvey.exports.formats import FORMATS, locate
from livingsurvey.markup import parse
from livingsurvey.sphinxext.cards import find_image
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.language import SCRIPT
from livingsurvey.sphinxext.linking import (
    BUILDERS,
    CHANGES_FEED,
    OPEN_SEARCH,
    PAPER_TEMPLATE,
    find_page,
    is_site,
)
from livingsurvey.sphinxext.nodes import collect_facts
from livingsurvey.sphinxext.status import describe as describe_frozen
from livingsurvey.sphinxext.status import write_banner
from livingsurvey.upkeep.history import name_changes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

    from livingsurvey.exports import About
    from livingsurvey.model import Paper
    from livingsurvey.sphinxext.survey import Page


MOST_AUTHORS = 100
"""A paper by more names none to search engines: a list is whole, or it is wrong."""

DESCRIPTION_LIMIT = 200
"""Search engines and messengers show no more."""

_DATA = ("bibtex", "ris", "csl-json", "csv", "json")


def add_metadata(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Add the tags of one page to ``metatags``, which every theme prints in the head.

    They are made of the page and the configuration alone, so they are never stale.
    """
    about = get_survey_domain(app.env).settings.about
    context["ls_gettext"] = about.words.gettext  # an e-book has the page for no address, too
    if not is_site(app.builder):
        return
    context.setdefault("ls_about", about)
    if about.frozen and doctree is None:  # pages with a tree have the banner in it
        banner = write_banner(describe_frozen(about.frozen, about.words), about.words)
        context["ls_frozen"] = banner
    is_elsewhere = about.pdf.startswith(("http://", "https://"))
    context["ls_pdf"] = about.pdf if is_elsewhere else context["pathto"](about.pdf, 1)
    known = str(context.get("metatags", ""))
    if pagename == "404" and about.base_url:
        # It is shown in place of any page, however deep.
        known = f'<base href="{escape(about.base_url)}">\n{known}'
    tags = list(list_links(about, get_survey_domain(app.env).tables.pages.get(pagename), context))
    if doctree is not None:
        file = Path(str(app.env.doc2path(pagename)))
        context["ls_source"] = about.find_source(show_path(file, Path(app.confdir)))
        is_root = pagename == app.config.root_doc
        address = about.resolve(find_page(app.builder, pagename)) or about.base_url
        heading = next(iter(doctree.findall(nodes.title)), None)
        title = about.title if is_root or heading is None else heading.astext()
        own = about.description if is_root else find_description(doctree)
        description = shorten(own or about.description)
        if description and 'name="description"' not in known:
            tags.append(_meta("name", "description", description))
        image = find_image(get_survey_domain(app.env), pagename)
        tags.extend(describe_page(about, title, description, address, image, is_root=is_root))
        data = describe_survey(about, app) if is_root else describe_part(about, title, address)
        if data:
            tags.append(embed_json(data))
    context["metatags"] = "\n".join([known.rstrip(), *tags, ""])


def list_links(about: About, page: Page | None, context: dict[str, Any]) -> Iterator[str]:
    """Yield links to the feeds that a page has to do with, and to the search description."""
    pathto = context["pathto"]
    if about.has_feeds:
        feeds = {"": about.title}
        for tag, home in page.homes.items() if page else ():
            # The top category of each listing: what stands above it, or the category itself.
            root, title = home.above[0] if home.above else (tag, home.title)
            feeds[root] = f"{about.title}: {title}"
        for root, title in feeds.items():
            yield _link(
                "alternate",
                pathto(locate("atom", about.slug, root), 1),
                FORMATS["atom"].media_type,
                title,
            )
        if page and "changes" in page.panels:
            kind, title = FORMATS["atom"].media_type, name_changes(about)
            yield _link("alternate", pathto(CHANGES_FEED, 1), kind, title)
    if about.base_url:
        kind = "application/opensearchdescription+xml"
        yield _link("search", pathto(OPEN_SEARCH, 1), kind, about.title)


def describe_page(
    about: About, title: str, description: str, address: str, image: str, *, is_root: bool
) -> Iterator[str]:
    """Yield Open Graph for any page, and the tags of a scholarly work for the survey itself."""
    facts = {
        "og:type": "book" if is_root else "article",
        "og:title": title,
        "og:site_name": about.title,
        "og:description": description,
        "og:url": address,
        "og:image": image,
    }
    for name, value in facts.items():
        if value:
            yield _meta("property", name, value)
    if is_root:
        work = [
            ("citation_title", about.title),
            *(("citation_author", name) for name in about.authors),
            ("citation_publication_date", about.date.replace("-", "/")),
            ("citation_language", about.language),
            ("citation_public_url", about.base_url),
            ("citation_pdf_url", about.resolve(about.pdf)),
        ]
        for name, value in work:
            if value:
                yield _meta("name", name, value)


def describe_paper_page(about: About, paper: Paper, address: str, image: str) -> Iterator[str]:
    """Yield the tags of the page of a paper, whose subject the paper is.

    Not Highwire's tags: by these, Google Scholar would take the page for the paper.
    """
    facts = collect_facts(paper)
    description = shorten(parse(paper.annotation).text or facts.title)
    yield _meta("name", "description", description)
    name = facts.title if facts.title.startswith(facts.name) else f"{facts.name}: {facts.title}"
    yield from describe_page(about, name, description, address, image, is_root=False)
    work = {
        "@type": "ScholarlyArticle",
        "name": facts.title,
        "alternateName": facts.name,
        "author": [
            {"@type": "Person", "name": author}
            for author in facts.authors
            if len(facts.authors) <= MOST_AUTHORS
        ],
        "datePublished": facts.year,
        "isPartOf": {"@type": "Periodical", "name": facts.venue} if facts.venue else {},
        "sameAs": [uri for _, uri in facts.links],
        "abstract": parse(paper.annotation).text,
    }
    page = {"@context": "https://schema.org", "@type": "WebPage", "url": address}
    yield embed_json(_strip(page | {"name": name, "mainEntity": _strip(work)}))


def describe_survey(about: About, app: Sphinx) -> dict[str, Any]:
    """Return JSON-LD: the site, the book that it is, and the bibliography as a data set."""
    base = about.base_url
    makers = [
        {"@type": "Person" if ", " in name else "Organization", "name": shown}
        for name, shown in zip(about.authors, about.author_names, strict=True)
    ]
    common = {
        "url": base,
        "inLanguage": about.language,
        "license": about.license,
        "author": makers,
    }
    book = {
        "@type": "Book",
        "@id": f"{base}#survey" if base else "",
        "name": about.title,
        "description": about.description,
        "datePublished": about.date,
        "bookFormat": "https://schema.org/EBook",
        "encoding": _download(about.resolve(about.pdf), "application/pdf"),
        "citation": [{"@type": "ScholarlyArticle", "url": uri} for uri in about.related],
        **common,
    }
    site: dict[str, Any] = {
        "@type": "WebSite",
        "@id": f"{base}#site" if base else "",
        "name": about.title,
        "url": base,
    }
    if base and app.builder.name != "singlehtml":
        search = about.resolve(app.builder.get_target_uri("search"))
        site["potentialAction"] = {
            "@type": "SearchAction",
            "target": f"{search}?q={{query}}",
            "query-input": "required name=query",
        }
    data_said = about.words.gettext("The papers of the survey with their categories.")
    data = {
        "@type": "Dataset",
        "@id": f"{base}#bibliography" if base else "",
        "name": about.words.gettext("Bibliography of {title}", title=about.title),
        "description": f"{data_said} {about.description}",
        "distribution": [
            _download(about.resolve(locate(name, about.slug)), FORMATS[name].media_type)
            for name in _DATA
            if base
        ],
        **common,
    }
    graph = [_strip(thing) for thing in (site, book, data)]
    return {"@context": "https://schema.org", "@graph": graph}


def describe_part(about: About, title: str, address: str) -> dict[str, Any]:
    """Return JSON-LD of a page within the survey; nothing if the survey has no address."""
    if not about.base_url:
        return {}
    return {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "name": title,
        "url": address,
        "isPartOf": {"@id": f"{about.base_url}#survey"},
    }


def find_description(doctree: nodes.document) -> str:
    """Return the first paragraph of the text of a page, not of a box or a list; ``""`` if none."""
    for paragraph in doctree.findall(nodes.paragraph):
        is_note = "ls-discussed" in paragraph["classes"]
        if isinstance(paragraph.parent, (nodes.section, nodes.document)) and not is_note:
            return " ".join(paragraph.astext().split())
    return ""


def shorten(text: str, limit: int = DESCRIPTION_LIMIT) -> str:
    """Return *text*, cut after a word if it is too long."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def embed_json(data: dict[str, Any]) -> str:
    """Return a script element of JSON-LD; nothing in *data* can end it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return f'<script type="application/ld+json">{text}</script>'


def _download(address: str, media_type: str) -> dict[str, str]:
    if not address:
        return {}
    kind = "MediaObject" if media_type == "application/pdf" else "DataDownload"
    return {"@type": kind, "contentUrl": address, "encodingFormat": media_type}


def _strip(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value}


def _meta(kind: str, name: str, content: str) -> str:
    return f'<meta {kind}="{name}" content="{escape(content)}">'


def _link(relation: str, address: str, media_type: str, title: str) -> str:
    return (
        f'<link rel="{relation}" type="{media_type}" title="{escape(title)}"'
        f' href="{escape(address)}">'
    )


SHARED = (
    "livingsurvey.js",
    "livingsurvey-search.js",
    "livingsurvey-basket.js",
    "livingsurvey-keys.js",
)
"""What every page has: its box for searching suggests papers, its basket opens, and keys work."""


def add_scripts(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Add the scripts of one page, after those that all share: see :func:`on_builder_inited`."""
    if app.builder.name not in BUILDERS:
        return
    names: set[str] = set()
    if templatename == PAPER_TEMPLATE:
        names = {"livingsurvey-listings.js"}
    if doctree is not None and any(map(_has_caption, doctree.findall(nodes.table))):
        names = {"livingsurvey-tables.js"}
    pages = get_survey_domain(app.env).tables.pages
    # The single page of singlehtml is all of them.
    shown = pages.values() if app.builder.name == "singlehtml" else [pages.get(pagename)]
    names |= {name for page in shown if page is not None for name in _list_scripts(page)}
    for name in sorted(names):
        app.add_js_file(name, loading_method="defer")


def _has_caption(table: nodes.table) -> bool:
    return isinstance(table.next_node(), nodes.title)


def _list_scripts(page: Page) -> Iterator[str]:
    kinds = {mention.kind for mention in page.mentions}
    if "list" in kinds:
        yield "livingsurvey-listings.js"
    if "explorer" in page.panels:
        yield "livingsurvey-explorer.js"
    if kinds & {"cite", "name"}:
        yield "livingsurvey-hovercards.js"


_SCORER = Path(__file__).parent / "search" / "scorer.js"


def on_builder_inited(app: Sphinx) -> None:
    """Load what every page needs; let the search put first what is called as the reader asks."""
    if app.builder.name in BUILDERS:
        translated = get_survey_domain(app.env).words.is_translated
        for name in (SCRIPT, *SHARED) if translated else SHARED:
            app.add_js_file(name, loading_method="defer")
    if not app.config.html_search_scorer:
        app.config.html_search_scorer = str(_SCORER)
