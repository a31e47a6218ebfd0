"""What the head of a page says to other programs, and the pictures that they show of it.

Google Scholar reads the ``citation_*`` tags (Highwire's), search engines JSON-LD (schema.org),
messengers Open Graph, feed readers and browsers the links. The work that they describe is the
survey itself; papers that it lists or accompanies are never claimed.

Social networks show a picture with a link: one for each chapter, drawn from its papers. These
networks take no SVG, so Pillow draws them, an extra that ``livingsurvey_cards`` asks for. The pages
of a chapter share its picture, all others that of the survey. Text in letters that Pillow's own
font does not have is left out: networks set the title beside the picture anyway.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from docutils import nodes

from livingsurvey import __version__
from livingsurvey.bibtex.source import show_path
from livingsurvey.digest import digest
from livingsurvey.exports.formats import FORMATS, locate
from livingsurvey.markup import parse
from livingsurvey.markup.formulas import read_formula
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.linking import (
    CHANGES_FEED,
    OPEN_SEARCH,
    find_page,
    is_site,
)
from livingsurvey.sphinxext.nodes import collect_facts
from livingsurvey.upkeep.history import name_changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from PIL.ImageFont import FreeTypeFont
    from sphinx.application import Sphinx

    from livingsurvey.exports import About
    from livingsurvey.model import Paper
    from livingsurvey.sphinxext.domain import SurveyDomain
    from livingsurvey.sphinxext.survey import Survey


MOST_AUTHORS = 100
"""A paper by more names none to search engines: a list is whole, or it is wrong."""

DESCRIPTION_LIMIT = 200
"""Search engines and messengers show no more."""

_DATA = ("bibtex", "ris", "csl-json", "csv", "json")


def add_metadata(
    app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Add the tags of one page to ``metatags``, which every theme prints in the head.

    They are made of the page and the configuration alone, so they are never stale.
    """
    if not is_site(app.builder):
        return
    domain = get_survey_domain(app.env)
    about = domain.settings.about
    known = str(context.get("metatags", ""))
    if name == "404" and about.base_url:
        # It is shown in place of any page, however deep.
        known = f'<base href="{escape(about.base_url)}">\n{known}'
    is_root = name == app.config.root_doc
    own = "" if doctree is None or is_root else find_description(doctree)
    description = shorten(own or about.description)
    tags = list(list_links(domain, name, context))
    if 'name="description"' not in known:
        tags += _write_tags("name", ("description", description))
    if doctree is not None:
        file = Path(str(app.env.doc2path(name)))
        context["ls_source"] = about.find_source(show_path(file, Path(app.confdir)))
        address = about.resolve(find_page(app.builder, name)) or about.base_url
        heading = next(iter(doctree.findall(nodes.title)), None)
        title = about.title if is_root or heading is None else heading.astext()
        image = find_image(domain, name)
        tags += describe_page(about, title, description, address, image, is_root=is_root)
        if is_root:
            tags.append(embed_json({"@graph": describe_survey(about, app)}))
        elif about.base_url:
            part_of = {"@id": f"{about.base_url}#survey"}
            page = {"@type": "WebPage", "name": title, "url": address, "isPartOf": part_of}
            tags.append(embed_json(page))
    context["metatags"] = "\n".join([known.rstrip(), *tags, ""])


def list_links(domain: SurveyDomain, pagename: str, context: dict[str, Any]) -> Iterator[str]:
    """Yield links to the feeds that a page has to do with, and to the search description."""
    about, pathto = domain.settings.about, context["pathto"]
    page = domain.tables.pages.get(pagename)
    if about.has_feeds:
        feeds = {"": about.title}
        for tag, home in page.homes.items() if page else ():
            # The top category of each listing: what stands above it, or the category itself.
            root, title = home.above[0] if home.above else (tag, home.title)
            feeds[root] = f"{about.title}: {title}"
        paths = {locate("atom", about.slug, tag): title for tag, title in feeds.items()}
        if page and "changes" in page.panels:
            paths[CHANGES_FEED] = name_changes(about)
        for path, title in paths.items():
            yield _link("alternate", pathto(path, 1), FORMATS["atom"].media_type, title)
    if about.base_url:
        kind = "application/opensearchdescription+xml"
        yield _link("search", pathto(OPEN_SEARCH, 1), kind, about.title)


def describe_page(
    about: About, title: str, description: str, address: str, image: str, *, is_root: bool
) -> Iterator[str]:
    """Yield Open Graph for any page, and the tags of a scholarly work for the survey itself."""
    yield from _write_tags(
        "property",
        ("og:type", "book" if is_root else "article"),
        ("og:title", title),
        ("og:site_name", about.title),
        ("og:description", description),
        ("og:url", address),
        ("og:image", image),
    )
    if is_root:
        yield from _write_tags(
            "name",
            ("citation_title", about.title),
            *(("citation_author", name) for name in about.authors),
            ("citation_publication_date", about.date.replace("-", "/")),
            ("citation_language", about.language),
            ("citation_public_url", about.base_url),
            ("citation_pdf_url", about.resolve(about.pdf)),
        )


def describe_paper_page(about: About, paper: Paper, address: str, image: str) -> Iterator[str]:
    """Yield the tags of the page of a paper, whose subject the paper is.

    Not Highwire's tags: by these, Google Scholar would take the page for the paper.
    """
    facts, abstract = collect_facts(paper), parse(paper.annotation).text
    description = shorten(abstract or facts.title)
    yield from _write_tags("name", ("description", description))
    name = facts.title if facts.title.startswith(facts.name) else f"{facts.name}: {facts.title}"
    yield from describe_page(about, name, description, address, image, is_root=False)
    named = facts.authors if len(facts.authors) <= MOST_AUTHORS else ()
    work = {
        "@type": "ScholarlyArticle",
        "name": facts.title,
        "alternateName": facts.name,
        "author": [{"@type": "Person", "name": author} for author in named],
        "datePublished": facts.year,
        "isPartOf": {"@type": "Periodical", "name": facts.venue} if facts.venue else {},
        "sameAs": [uri for _, uri in facts.links],
        "abstract": abstract,
    }
    page = {"@type": "WebPage", "url": address, "name": name, "mainEntity": _strip(work)}
    yield embed_json(_strip(page))


def describe_survey(about: About, app: Sphinx) -> list[dict[str, Any]]:
    """Return as JSON-LD the site, the book that it is, and the bibliography as a data set."""
    base = about.base_url
    makers = [
        {"@type": "Person" if ", " in name else "Organization", "name": shown}
        for name, shown in zip(about.authors, about.author_names, strict=True)
    ]
    common = {"url": base, "inLanguage": about.language, "license": about.license, "author": makers}
    ids = {name: f"{base}#{name}" if base else "" for name in ("survey", "site", "bibliography")}
    book = {
        "@type": "Book",
        "@id": ids["survey"],
        "name": about.title,
        "description": about.description,
        "datePublished": about.date,
        "bookFormat": "https://schema.org/EBook",
        "encoding": _download(about.resolve(about.pdf), "application/pdf"),
        "citation": [{"@type": "ScholarlyArticle", "url": uri} for uri in about.related],
        **common,
    }
    site: dict[str, Any]
    site = {"@type": "WebSite", "@id": ids["site"], "name": about.title, "url": base}
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
        "@id": ids["bibliography"],
        "name": about.words.gettext("Bibliography of {title}", title=about.title),
        "description": f"{data_said} {about.description}",
        "distribution": [
            _download(about.resolve(locate(name, about.slug)), FORMATS[name].media_type)
            for name in _DATA
            if base
        ],
        **common,
    }
    return [_strip(thing) for thing in (site, book, data)]


def find_description(doctree: nodes.document) -> str:
    """Return the first paragraph of the text of a page, not of a box or a list; ``""`` if none."""
    for paragraph in doctree.findall(nodes.paragraph):
        is_note = "ls-discussed" in paragraph["classes"]
        if isinstance(paragraph.parent, (nodes.section, nodes.document)) and not is_note:
            text = "".join(
                # Nobody sets formulas in a result or a preview: they read as text there.
                read_formula(part).text if isinstance(part.parent, nodes.math) else part
                for part in paragraph.findall(nodes.Text)
            )
            return " ".join(text.split())
    return ""


def shorten(text: str) -> str:
    """Return *text*, cut after a word if it is too long."""
    if len(text) <= DESCRIPTION_LIMIT:
        return text
    return text[: DESCRIPTION_LIMIT - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def embed_json(data: dict[str, Any]) -> str:
    """Return a script element of JSON-LD; nothing in *data* can end it."""
    data = {"@context": "https://schema.org", **data}
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


def _write_tags(kind: str, *facts: tuple[str, str]) -> Iterator[str]:
    """Yield the tags of what is known."""
    for name, content in facts:
        if content:
            yield f'<meta {kind}="{name}" content="{escape(content)}">'


def _link(relation: str, address: str, media_type: str, title: str) -> str:
    return (
        f'<link rel="{relation}" type="{media_type}" title="{escape(title)}"'
        f' href="{escape(address)}">'
    )


FOLDER = "_static/livingsurvey/cards"
SIZE = (1200, 630)
"""As networks ask for it, in pixels."""

_LEFT, _RIGHT, _TOP = 90, 1110, 70
_FOOT, _HEIGHT = 520, 200  # the ground of the columns, and the tallest of them
_INK, _SOFT, _PAPER, _PLAIN = "#1d1d22", "#5a5c63", "#ffffff", "#6d717c"
_TITLE_SIZES = (76, 64, 52, 42)
_MOST_YEARS, _MOST_LETTERS = 16, 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a picture shows.

    Attributes:
        title: The title of the chapter, or of the survey.
        line: What stands below it.
        columns: How many papers, and in which color.
        years: The first and the last year, where the columns are years.
        foot: What stands at the foot.
    """

    title: str
    line: str
    columns: tuple[tuple[int, str], ...]
    years: tuple[str, str] = ("", "")
    foot: str = ""


def find_chapter(survey: Survey, docname: str) -> str:
    """Return the document of the numbered chapter that a page is part of, or ``""``."""
    lineage = survey.list_lineage(docname)
    return next((above for above in lineage if survey.number(above, "").isdecimal()), "")


def find_image(domain: SurveyDomain, docname: str) -> str:
    """Return the address of the picture of a page; ``""`` if it has none."""
    settings = domain.settings
    chapter = find_chapter(domain.get_survey(), docname) or domain.env.config.root_doc
    path = quote(f"{FOLDER}/{chapter}.png") if settings.cards else settings.about.image
    return settings.about.resolve(path)


def make_cards(domain: SurveyDomain, root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the pictures: path from the root of the site, and content.

    One that the site has already, drawn from the same, is taken from there.
    """
    from PIL import __version__ as pillow  # noqa: PLC0415 - an extra

    env, words = domain.env, domain.words
    survey, catalog, about = domain.get_survey(), domain.catalog, domain.settings.about
    root_doc = env.config.root_doc
    heads = (find_chapter(survey, docname) for docname in survey.order)
    chapters: dict[str, list[str]] = {head: [] for head in (root_doc, *filter(None, heads))}
    for tag, (docname, _) in survey.categories.items():
        if tag in catalog.taxonomy.categories and (chapter := find_chapter(survey, docname)):
            chapters[chapter].append(tag)
    spectrum = [(catalog.count(top.tag), top.color or _PLAIN) for top in catalog.taxonomy.roots]
    for docname, tags in chapters.items():
        papers = {paper.key: paper for tag in tags for paper in catalog.papers_in(tag)}
        title, foot, columns, years = about.title, "", spectrum, ("", "")
        if docname != root_doc:
            title, foot = survey.describe(docname, "", survey.titles[docname]), about.title
        if papers:
            color = catalog.taxonomy.categories[tags[0]].color or _PLAIN
            counts, years = _count_years(paper.year for paper in papers.values())
            columns = [(count, color) for count in counts]
        size = len(papers) or len(catalog.papers)
        line = words.ngettext("{n} paper", "{n} papers", size, n=words.number(size))
        title, foot = (" ".join(text.split())[:_MOST_LETTERS] for text in (title, foot))
        card = Card(title=title, line=line, columns=tuple(columns), years=years, foot=foot)
        path, mark = f"{FOLDER}/{docname}.png", digest((card, __version__, pillow))
        yield path, _read_known(root / path, mark) or draw(card, mark)


def _count_years(found: Iterable[int | None]) -> tuple[list[int], tuple[str, str]]:
    """Return how many papers there are in each year, and the first and the last of these years."""
    counts = Counter(year for year in found if year)
    if not counts:
        return [], ("", "")
    last = max(counts)
    first = max(min(counts), last - _MOST_YEARS + 1)
    return [counts[year] for year in range(first, last + 1)], (str(first), str(last))


def _read_known(path: Path, mark: str) -> bytes | None:
    try:
        known = path.read_bytes()
    except OSError:
        return None
    return known if mark.encode() in known[:200] else None


def draw(card: Card, mark: str) -> bytes:
    """Return a picture as PNG, in which *mark* tells from what it was drawn."""
    from PIL import Image, ImageDraw, PngImagePlugin  # noqa: PLC0415 - an extra

    image = Image.new("RGB", SIZE, _PAPER)
    pen = ImageDraw.Draw(image)
    colors = {fill for _, fill in card.columns}
    pen.rectangle((0, 0, 28, SIZE[1]), fill=colors.pop() if len(colors) == 1 else _INK)
    top, (lines, font) = _TOP, _fit(card.title)
    for text in lines:
        pen.text((_LEFT, top), text, font=font, fill=_INK)
        top += round(font.size * 1.15)
    small = _load_font(34)
    for text, x, y, anchor in (
        (card.line, _LEFT, top + 14, "la"),
        (card.years[0], _LEFT, _FOOT + 8, "la"),
        (card.years[1], _RIGHT, _FOOT + 8, "ra"),
        (card.foot, _LEFT, SIZE[1] - 24, "ls"),
    ):
        if _has_letters(small, text):
            pen.text((x, y), text, font=small, fill=_SOFT, anchor=anchor)
    step = (_RIGHT - _LEFT) / max(len(card.columns), 1)
    most = max((count for count, _ in card.columns), default=0)
    for place, (count, fill) in enumerate(card.columns):
        if height := round(_HEIGHT * count / (most or 1)):
            left, right = _LEFT + place * step, _LEFT + (place + 1) * step - 8
            pen.rectangle((round(left), _FOOT - height, round(right), _FOOT), fill=fill)
    info = PngImagePlugin.PngInfo()
    info.add_text("Source", mark)
    file = io.BytesIO()
    image.save(file, "PNG", pnginfo=info)
    return file.getvalue()


def _load_font(size: int) -> FreeTypeFont:
    from PIL import ImageFont  # noqa: PLC0415 - an extra

    # Of FreeType, which Pillow's wheels all have.
    return cast("FreeTypeFont", ImageFont.load_default(size))


def _has_letters(font: FreeTypeFont, text: str) -> bool:
    """Whether a font has all letters of a text: what it lacks looks like no character at all."""
    missing = bytes(font.getmask("\uffff"))
    return all(char.isspace() or bytes(font.getmask(char)) != missing for char in set(text))


def _fit(title: str) -> tuple[list[str], FreeTypeFont]:
    """Return a title in at most two lines, and the largest font in which it fits."""
    for size in _TITLE_SIZES:
        font = _load_font(size)
        if not _has_letters(font, title):
            return [], font
        lines = [""]
        for word in title.split():
            longer = f"{lines[-1]} {word}".strip()
            if font.getlength(longer) <= _RIGHT - _LEFT or not lines[-1]:
                lines[-1] = longer
            else:
                lines.append(word)
        if len(lines) <= 2 and all(font.getlength(one) <= SIZE[0] - _LEFT for one in lines):
            break
    return lines[:2], font
