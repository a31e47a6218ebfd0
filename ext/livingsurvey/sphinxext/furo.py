"""What the theme furo (2025.12.19) leaves undone; and where our templates lie."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from livingsurvey.sphinxext.linking import is_site

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

_TEMPLATES = Path(__file__).parent / "templates"


def on_config_inited(app: Sphinx, config: Config) -> None:
    """Look for templates in ours after those of the project."""
    config.templates_path = [*config.templates_path, str(_TEMPLATES)]


def on_builder_inited(app: Sphinx) -> None:
    """Load our styles, and the script that names landmarks and gives captions their level."""
    if app.config.html_theme == "furo" and is_site(app.builder):
        app.add_css_file("livingsurvey-furo.css")
        app.add_js_file("livingsurvey-furo.js", loading_method="defer")


def drop_second_viewport(
    app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Keep one of the two tags by which docutils and furo say how wide a page is: furo's.

    docutils (0.22) writes its own into what Sphinx hands to themes as ``metatags``, with no setting
    to leave it out; furo (2025.12.19) writes another. To be removed when either writes none.
    """
    if app.config.html_theme == "furo" and context.get("metatags"):
        lines = str(context["metatags"]).splitlines()
        kept = [line for line in lines if not line.startswith('<meta name="viewport"')]
        context["metatags"] = "\n".join(kept)


class ClearWrappers(SphinxPostTransform):
    """Take the ids off the boxes that furo puts around tables and formulas.

    It copies all attributes of what it wraps onto the wrapper, so that each id stands on the page
    twice. To be removed when it no longer does.
    """

    # After furo's own transform (500).
    default_priority = 600
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Clear the wrappers of one document."""
        if self.config.html_theme != "furo":
            return
        for box in self.document.findall(nodes.container):
            if box["ids"] and any(name.endswith("-wrapper") for name in box["classes"]):
                elements = (child for child in box.children if isinstance(child, nodes.Element))
                wrapped = {anchor for child in elements for anchor in child["ids"]}
                box["ids"] = [anchor for anchor in box["ids"] if anchor not in wrapped]


def setup(app: Sphinx) -> None:
    """Register the transform; the theme is known only once the configuration is read."""
    app.add_post_transform(ClearWrappers)
