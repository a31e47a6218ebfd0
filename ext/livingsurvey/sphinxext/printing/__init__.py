"""The book: what print needs beyond the pages of the site.

Paper, fonts and title page; style files, and what they are told of the survey; the e-book.
What ``conf.py`` hands to Sphinx as ``latex_elements`` is made here too. :mod:`.assembly` makes one
tree of all pages.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote
from xml.dom import minidom

from sphinx.builders.epub3 import Epub3Builder

from livingsurvey.markup import escape_tex, escape_url, is_safe_url, parse
from livingsurvey.sphinxext.assets import COVER
from livingsurvey.sphinxext.assets import describe as describe_frozen
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.printing import assembly

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sphinx.application import Sphinx
    from sphinx.config import Config

    from livingsurvey.catalog import Catalog
    from livingsurvey.model import Paper
    from livingsurvey.settings import Settings
    from livingsurvey.words import Words


@dataclass(frozen=True, slots=True)
class PaperSize:
    """A size of paper, in millimeters.

    Attributes:
        option: What the document class calls it.
        width: From edge to edge.
        points: The size of the text.
        inner: The margin at the spine.
        outer: The margin opposite.
        vertical: The margins at the top and the bottom.
    """

    option: str
    width: float
    points: str
    inner: float
    outer: float
    vertical: tuple[float, float]

    @property
    def text_width(self) -> float:
        """How wide the text is, in TeX's points."""
        return (self.width - self.inner - self.outer) * 72.27 / 25.4


# A line holds 70 to 90 letters.
PAPER_SIZES: Final = {
    "a4": PaperSize("a4paper", 210, "11pt", inner=27, outer=28, vertical=(27, 29)),
    "letter": PaperSize("letterpaper", 215.9, "11pt", inner=30, outer=30, vertical=(23, 26)),
    "a5": PaperSize("a5paper", 148, "10pt", inner=15, outer=14, vertical=(18, 19)),
}
"""The papers that a book may have."""


def make_elements(paper: str = "a4") -> dict[str, str]:
    """Return ``latex_elements`` for a book set by XeLaTeX.

    Args:
        paper: ``a4``, ``a5`` or ``letter``.

    Raises:
        ValueError: The paper is none of these.
    """
    if paper not in PAPER_SIZES:
        raise ValueError(f"the paper {paper!r} is none of {', '.join(PAPER_SIZES)}")
    size = PAPER_SIZES[paper]
    top, bottom = size.vertical
    return {
        "papersize": size.option,
        "pointsize": size.points,
        "extraclassoptions": "openany",
        "sphinxsetup": (
            f"hmargin={{{size.inner}mm,{size.outer}mm}},vmargin={{{top}mm,{bottom}mm}},"
            "marginpar=8mm,"
            r"HeaderFamily=\sffamily\bfseries,"
            "TitleColor={RGB}{40,40,40},InnerLinkColor={RGB}{30,64,110},"
            "OuterLinkColor={RGB}{30,64,110}"
        ),
        "fontpkg": r"\usepackage{livingsurvey-fonts}",
        "fncychap": "",
        "fvset": r"\fvset{fontsize=\footnotesize}",  # some 80 letters on a line of A4
        "cmappkg": "",  # for other engines
        "preamble": r"\usepackage{livingsurvey-book}",
        "maketitle": COVER,
        "tableofcontents": r"\lstableofcontents",
        # The book has indexes of its own; without a file for it, \index does nothing.
        "makeindex": "",
        "printindex": "",
        "figure_align": "htbp",
    }


def find_text_width(elements: Mapping[str, str]) -> float:
    """Return how wide the text is, in TeX's points, for ``latex_elements``."""
    option = elements.get("papersize", "")
    sizes = (size for size in PAPER_SIZES.values() if size.option == option)
    # What is left of A4 by Sphinx's own margins of an inch.
    return next((size.text_width for size in sizes), 450.0)


_STYLES = Path(__file__).parent.parent / "latex"
# Not .tex: Sphinx's Makefile and Read the Docs compile every such file.
DATA_FILE = "livingsurvey-data.def"


def on_builder_inited(app: Sphinx) -> None:
    """Put our files beside the .tex that will be written.

    At priority 400: after the hand-over of the settings to the domain (300).
    """
    if app.builder.format != "latex":
        return
    output = Path(app.outdir)
    output.mkdir(parents=True, exist_ok=True)
    for style in sorted(_STYLES.glob("*.sty")):
        shutil.copyfile(style, output / style.name)
    domain = get_survey_domain(app.env)
    text = "\n".join(describe(domain.catalog, domain.settings, app.config)) + "\n"
    (output / DATA_FILE).write_text(text, encoding="utf-8")


def describe(catalog: Catalog, settings: Settings, config: Config) -> Iterator[str]:
    """Yield the lines of the file that tells our styles of the survey."""
    book, frozen, words = settings.book, settings.frozen, settings.about.words
    yield "% Made from the taxonomy, the bibliography and conf.py at every build."
    colors = {f"ls-{top.tag}": top.color for top in catalog.taxonomy.roots if top.color}
    for name, color in colors.items():
        yield rf"\definecolor{{{name}}}{{HTML}}{{{color[1:].upper()}}}"
    colorful = (name for name, color in colors.items() if not _is_gray(color))
    yield _define("lsstripcolors", ",".join(colorful))
    yield from _define_texts(
        lscontentsname=words.gettext("Contents"),
        lsguestswords=words.gettext("On this topic too, with full entries elsewhere:"),
        lshowtocite=words.gettext("How to cite"),
        lsthisedition=words.gettext("This edition"),
    )
    # What stands in braces is an argument, and what follows the text holds a number to its word.
    yield _frame("lsonpage", words.gettext("p. {page}"), r"\,")
    yield _frame("lsalsoin", words.gettext("Also in {places}."), " ")
    yield _frame("lscitedpage", words.gettext("Cited on page {page}"), "~")
    yield _frame("lscitedpages", words.gettext("Cited on pages {pages}"), " ")
    yield _frame("lslistedpage", words.gettext("Listed on page {page}."), "~")
    yield _frame("lsthenlistedpage", words.gettext("; listed on page {page}."), "~")
    yield _define_count(words, max(map(catalog.count, catalog.taxonomy.categories), default=0))
    notice = config.copyright  # one, or one for each holder
    yield from _define_texts(
        lssubtitle=book.subtitle,
        lsfrozen=describe_frozen(frozen, words) if frozen else "",
        lskeywords=", ".join(book.keywords),
        lslanguage=settings.about.language or "en",
        lslicense=book.license,
        lscopyright=notice if isinstance(notice, str) else next(iter(notice), ""),
    )
    yield _define("lsurl", _link(book.url) if book.url else "")
    cited = (catalog.papers[key] for key in book.cite if key in catalog.papers)
    yield _define("lscitepapers", r"\par ".join(map(_cite, cited)))


def _cite(paper: Paper) -> str:
    people = ", ".join(person.full for person in paper.authors or paper.editors)
    title = rf"\emph{{{parse(paper.title).tex}}}"
    where = " ".join(filter(None, [parse(paper.venue).tex, str(paper.year or "")]))
    link = _link(paper.link) if paper.link else ""
    return ". ".join(filter(None, [escape_tex(people), title, where, link])) + "."


def _link(url: str) -> str:
    shown = escape_tex(url.removeprefix("https://"))
    return rf"\href{{{escape_url(url)}}}{{{shown}}}" if is_safe_url(url) else shown


def _define(name: str, tex: str) -> str:
    return rf"\def\{name}{{{tex}}}"


def _define_texts(**texts: str) -> Iterator[str]:
    return (_define(name, escape_tex(text)) for name, text in texts.items())


def _frame(name: str, text: str, glue: str) -> str:
    before, _, rest = text.partition("{")
    after = rest.partition("}")[2]
    pieces = [escape_tex(before.rstrip()), glue * before.endswith(" "), "#1"]
    pieces += [glue * after.startswith(" "), escape_tex(after.lstrip())]
    return rf"\def\{name}#1{{{''.join(pieces)}}}"


def _define_count(words: Words, most: int) -> str:
    """Return the counted papers of a number, as far as listings go: TeX knows no plural rules."""
    # The number of each text is TeX's own.
    forms = [
        escape_tex(words.ngettext("{n} paper", "{n} papers", number, n="#1")).replace(r"\#1", "#1")
        for number in range(max(most, 2) + 1)
    ]
    cases = r"\or ".join(forms)
    tex = rf"\ifcase#1 {cases}\fi"
    if len(set(forms[2:])) == 1:
        tex = forms[2] if forms[1] == forms[2] else rf"\ifnum#1=1 {forms[1]}\else {forms[2]}\fi"
    return rf"\def\lspapercount#1{{{tex}}}"


def _is_gray(color: str) -> bool:
    channels = [int(color[place : place + 2], 16) for place in (1, 3, 5)]
    return max(channels) - min(channels) < 32


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


def setup(app: Sphinx) -> None:
    """Register what only books need, and put the builder in the place of Sphinx's own."""
    app.add_latex_package("livingsurvey")
    assembly.setup(app)
    app.add_builder(EpubBuilder, override=True)
