"""Pictures that social networks show with a link: one for each chapter, drawn from its papers.

These networks take no SVG, so Pillow draws them, an extra that ``livingsurvey_cards`` asks for.
The pages of a chapter share its picture, all others that of the survey. Text in letters that
Pillow's own font does not have is left out: networks set the title beside the picture anyway.
"""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from livingsurvey import __version__
from livingsurvey.digest import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from PIL.ImageFont import FreeTypeFont

    from livingsurvey.sphinxext.domain import SurveyDomain
    from livingsurvey.sphinxext.survey import Survey

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
    chapters: dict[str, list[str]] = {env.config.root_doc: []}
    for docname in survey.order:
        if chapter := find_chapter(survey, docname):
            chapters.setdefault(chapter, [])
    for tag, (docname, _) in survey.categories.items():
        if tag in catalog.taxonomy.categories and (chapter := find_chapter(survey, docname)):
            chapters[chapter].append(tag)
    spectrum = [(catalog.count(one.tag), one.color or _PLAIN) for one in catalog.taxonomy.roots]
    for docname, tags in chapters.items():
        papers = {paper.key: paper for tag in tags for paper in catalog.papers_in(tag)}
        title, columns, years = about.title, spectrum, ("", "")
        if docname != env.config.root_doc:
            title = survey.describe(docname, "", survey.titles[docname])
        if papers:
            color = catalog.taxonomy.categories[tags[0]].color or _PLAIN
            counts, years = _count_years(paper.year for paper in papers.values())
            columns = [(count, color) for count in counts]
        size = len(papers) or len(catalog.papers)
        line = words.ngettext("{n} paper", "{n} papers", size, n=words.number(size))
        card = Card(
            title=" ".join(title.split())[:_MOST_LETTERS],
            line=line,
            columns=tuple(columns),
            years=years,
            foot=" ".join(about.title.split())[:_MOST_LETTERS]
            if docname != env.config.root_doc
            else "",
        )
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
    top = _TOP
    lines, font = _fit(card.title)
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
        height = round(_HEIGHT * count / most) if count else 0
        if height:
            left, right = _LEFT + place * step, _LEFT + (place + 1) * step - 8
            pen.rectangle((round(left), _FOOT - height, round(right), _FOOT), fill=fill)
    info = PngImagePlugin.PngInfo()
    info.add_text("Source", mark)
    file = io.BytesIO()
    image.save(file, "PNG", pnginfo=info)
    return file.getvalue()


def _load_font(size: int) -> FreeTypeFont:
    from PIL import ImageFont  # noqa: PLC0415 - an extra

    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError  # Pillow without FreeType, which its wheels all have
    return font


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
