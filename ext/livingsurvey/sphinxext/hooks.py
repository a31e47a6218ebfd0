"""What the extension does at the start and end of a build beside reading and writing pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.sphinxext.config import read_settings
from livingsurvey.sphinxext.domain import get_survey_domain

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_HERE = Path(__file__).parent
STYLE_SHEETS = ("livingsurvey.css", "livingsurvey-charts.css")


def on_builder_inited(app: Sphinx) -> None:
    """Hand the settings to the domain, and our files to the builder.

    At priority 300: ahead of the hand-over to sphinxcontrib-bibtex (400).
    """
    domain = get_survey_domain(app.env)
    settings = read_settings(Path(app.confdir), app.config)
    domain.start(settings, app.builder)
    if app.builder.format == "html":
        # Sphinx before 9.1 has no other way in for an extension's static files.
        app.config.html_static_path.append(str(_HERE / "static"))
        for name in STYLE_SHEETS:
            app.add_css_file(name)
