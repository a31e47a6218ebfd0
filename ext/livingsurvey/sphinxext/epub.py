"""The e-book: Sphinx's own, whose list of files says what is in its pages.

EPUB 3 wants every page with formulas (MathML) or pictures (SVG) declared as such, or readers need
not show them, and epubcheck reports an error. To be removed when Sphinx does so (9.2 does not).
"""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote
from xml.dom import minidom

from sphinx.builders.epub3 import Epub3Builder

if TYPE_CHECKING:
    from sphinx.application import Sphinx

SITE_STYLES = ("livingsurvey.css", "livingsurvey-furo.css")
_PROPERTIES = {"math": "mathml", "svg": "svg"}
"""What each element is declared as."""


class EpubBuilder(Epub3Builder):
    """Makes an e-book."""

    def init(self) -> None:
        """Leave out the styles of sites, which are more than readers of books know."""
        super().init()
        left_out = [f"_static/{name}" for name in SITE_STYLES]
        self.config.epub_exclude_files = [*self.config.epub_exclude_files, *left_out]

    def build_content(self) -> None:
        """Write the list of files, and declare in it which pages have formulas and pictures."""
        super().build_content()
        path = Path(self.outdir, "content.opf")
        package = minidom.parse(str(path))  # noqa: S318 - written by the line above
        for item in package.getElementsByTagName("item"):
            name = unquote(item.getAttribute("href"))
            # What Sphinx says of the table of contents, which is not written yet, stays.
            if name.endswith(self.out_suffix) and not item.hasAttribute("properties"):
                found = find_properties(Path(self.outdir, name).read_text(encoding="utf-8"))
                if found:
                    item.setAttribute("properties", " ".join(found))
        path.write_bytes(package.toxml(encoding="UTF-8"))


class _Elements(HTMLParser):
    """Notes which elements a page has."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one."""
        self.names.add(tag)


def find_properties(page: str) -> list[str]:
    """Return what EPUB 3 wants declared of a page."""
    elements = _Elements()
    elements.feed(page)
    return [name for tag, name in _PROPERTIES.items() if tag in elements.names]


def setup_epub(app: Sphinx) -> None:
    """Put the builder in the place of Sphinx's own."""
    app.add_builder(EpubBuilder, override=True)
