"""What a survey says once nobody keeps it up to date: ``livingsurvey_status = "frozen"``.

Every page begins with a banner, the cover of the book and the feeds say so, and pages leave out
what stands in ``{only} not frozen``: invitations to contribute.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.nodes import SkipNode
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

from livingsurvey.sphinxext.config import FROZEN
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.words import mark

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

    from livingsurvey.configuration import Frozen
    from livingsurvey.words import Words

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


def html_visit_frozen_banner(self: HTML5Translator, node: frozen_banner) -> None:
    """Write it as themes write a note."""
    self.body.append(write_banner(node["said"], get_survey_domain(self.builder.env).words))
    raise SkipNode


def write_banner(said: str, words: Words) -> str:
    """Return the banner as HTML."""
    return (
        '<div class="admonition note ls-frozen" role="note">'
        f'<p class="admonition-title">{escape(words.gettext(_TITLE))}</p>'
        f"<p>{escape(said)}</p></div>\n"
    )


def setup_status(app: Sphinx) -> None:
    """Register the banner."""
    app.add_node(frozen_banner, html=(html_visit_frozen_banner, None))
    app.add_transform(DropInvitations)
    app.add_post_transform(PlaceBanner)
