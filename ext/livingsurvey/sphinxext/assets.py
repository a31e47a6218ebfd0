"""What every page has: styles, scripts and their words, and the banner of a frozen survey."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

from livingsurvey.sphinxext.config import FROZEN
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.downloads import remove_file, write_if_changed
from livingsurvey.sphinxext.linking import PAPER_TEMPLATE, is_site
from livingsurvey.sphinxext.nodes import writes
from livingsurvey.words import LOCALE, mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.writers.html5 import HTML5Translator

    from livingsurvey.configuration import Frozen
    from livingsurvey.sphinxext.survey import Page
    from livingsurvey.words import Words


SCRIPT = "livingsurvey/words.js"
"""Below ``_static``; it comes ahead of the scripts that use it."""
TEMPLATE = LOCALE / "livingsurvey.pot"
"""All texts in English, each with the files that say it."""


def on_env_before_read_docs(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Write the script: ahead of all pages, which name it with its checksum."""
    if not is_site(app.builder):
        return
    words = get_survey_domain(env).words
    root = Path(app.outdir) / "_static"
    if words.is_translated:
        write_if_changed(root / SCRIPT, write_script(words))
    else:
        remove_file(root, SCRIPT)


def write_script(words: Words) -> str:
    """Return a script with the translations of what the scripts say, and the rule of plurals.

    The rule is code, as it stands in the catalog: Python has read it, and it holds nothing but
    *n*, numbers and operators.
    """
    from babel.messages.pofile import read_po  # noqa: PLC0415 - an English survey needs none

    with TEMPLATE.open("rb") as file:
        template = read_po(file)
    messages: dict[str, str | list[str]] = {}
    for message in template:
        if any(path.endswith(".js") for path, _ in message.locations):
            if message.pluralizable:
                messages[message.id[0]] = words.list_forms(*message.id)
            else:
                messages[str(message.id)] = words.gettext(str(message.id))
    said = json.dumps(messages, ensure_ascii=True, sort_keys=True, indent=1)
    return (
        f"window.livingsurveyWords = {{\nmessages: {said},\n"
        f"choosePlural: (n) => {words.plural_rule},\n}};\n"
    )


SHARED = (
    "livingsurvey.js",
    "livingsurvey-search.js",
    "livingsurvey-basket.js",
    "livingsurvey-keys.js",
)
"""What every page has: its box for searching suggests papers, its basket opens, and keys work."""


def prepare_page(
    app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Say what our templates need, and add the scripts of one page.

    They come after those that all share: see :func:`on_builder_inited`.
    """
    domain = get_survey_domain(app.env)
    about = domain.settings.about
    context["ls_gettext"] = about.words.gettext  # an e-book has the page for no address, too
    if not is_site(app.builder):
        return
    context.setdefault("ls_about", about)
    if about.frozen and doctree is None:  # pages with a tree have the banner in it
        context["ls_frozen"] = write_banner(describe(about.frozen, about.words), about.words)
    is_elsewhere = about.pdf.startswith(("http://", "https://"))
    context["ls_pdf"] = about.pdf if is_elsewhere else context["pathto"](about.pdf, 1)
    scripts: set[str] = set()
    if template == PAPER_TEMPLATE:
        scripts = {"livingsurvey-listings.js"}
    tables = () if doctree is None else doctree.findall(nodes.table)
    if any(isinstance(table.next_node(), nodes.title) for table in tables):  # it has a caption
        scripts = {"livingsurvey-tables.js"}
    pages = domain.tables.pages
    # The single page of singlehtml is all of them.
    shown = pages.values() if app.builder.name == "singlehtml" else [pages.get(name)]
    scripts |= {script for page in shown if page is not None for script in _list_scripts(page)}
    for script in sorted(scripts):
        app.add_js_file(script, loading_method="defer")


def _list_scripts(page: Page) -> Iterator[str]:
    kinds = {mention.kind for mention in page.mentions}
    if "list" in kinds:
        yield "livingsurvey-listings.js"
    is_explorer = "explorer" in page.panels  # whose rows say themselves what cards do
    if is_explorer:
        yield "livingsurvey-explorer.js"
    if kinds & {"cite", "name"} or page.references or (page.browsed and not is_explorer):
        yield "livingsurvey-hovercards.js"


_SCORER = Path(__file__).parent / "search" / "scorer.js"


def on_builder_inited(app: Sphinx) -> None:
    """Load what every page needs; let the search put first what is called as the reader asks."""
    if is_site(app.builder):
        translated = get_survey_domain(app.env).words.is_translated
        for name in (SCRIPT, *SHARED) if translated else SHARED:
            app.add_js_file(name, loading_method="defer")
    if not app.config.html_search_scorer:
        app.config.html_search_scorer = str(_SCORER)


COVER = r"\lsmaketitle"
"""The title page of our books."""
_TITLE = mark("This survey is frozen")


class frozen_banner(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes so
    """The banner; attribute ``said``. It has no text, or the search would find every page by it."""


def describe(frozen: Frozen, words: Words) -> str:
    """Return since when nobody keeps the survey up to date, and why, in sentences."""
    stop = "" if frozen.reason.endswith((".", "!", "?")) else "."
    said = words.gettext("Nobody has kept it up to date since {date}.", date=frozen.date)
    return f"{said} {frozen.reason}{stop}"


class DropInvitations(SphinxTransform):
    """Take ``{only} not frozen`` out of the pages of a frozen survey as they are read.

    Sphinx (9.0) does so when pages are written, and then toctrees inside are in the navigation of
    all pages. To be removed when it leaves those out by itself.
    """

    # Before all that looks at toctrees: collectors, which run when all transforms have.
    default_priority = 210

    def apply(self, **kwargs: Any) -> None:
        """Change one document."""
        if get_survey_domain(self.env).settings.frozen is not None:
            for invitation in list(self.document.findall(addnodes.only)):
                if invitation["expr"].split() == ["not", FROZEN]:
                    invitation.parent.remove(invitation)


class PlaceBanner(SphinxPostTransform):
    """Begin every page of a frozen survey with the banner; a book has it on its cover."""

    # After the book is assembled (3), before the forms of other builders are made (7).
    default_priority = 6

    def run(self, **kwargs: Any) -> None:
        """Put it at the top of one document."""
        domain = get_survey_domain(self.env)
        frozen, builder = domain.settings.frozen, domain.builder
        if frozen is None:
            return
        said, title = describe(frozen, domain.words), domain.words.gettext(_TITLE)
        text = domain.words.gettext("{title}. {sentences}", title=title, sentences=said)
        note = nodes.note("", nodes.paragraph("", text))
        if builder.format == "latex":
            # Our title page says it; with another one the text begins with it.
            has_cover = self.config.latex_elements.get("maketitle") == COVER
            root = next(iter(self.document.findall(nodes.section)), None)
            if root is not None and not has_cover:
                root.insert(1, note)
        elif builder.format == "html" and builder.name != "linkcheck":
            self.document.insert(0, frozen_banner(said=said))
        else:
            self.document.insert(0, note)


@writes
def html_visit_frozen_banner(self: HTML5Translator, node: frozen_banner) -> Iterator[str]:
    """Write it as themes write a note."""
    yield write_banner(node["said"], get_survey_domain(self.builder.env).words)


def write_banner(said: str, words: Words) -> str:
    """Return the banner as HTML."""
    return (
        '<div class="admonition note ls-frozen" role="note">'
        f'<p class="admonition-title">{escape(words.gettext(_TITLE))}</p>'
        f"<p>{escape(said)}</p></div>\n"
    )


def setup(app: Sphinx) -> None:
    """Register the banner."""
    app.add_node(frozen_banner, html=(html_visit_frozen_banner, None))
    app.add_transform(DropInvitations)
    app.add_post_transform(PlaceBanner)
