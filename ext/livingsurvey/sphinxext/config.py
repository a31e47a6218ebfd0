"""The settings of a survey as Sphinx has them; :mod:`livingsurvey.settings` declares them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from livingsurvey import settings
from livingsurvey.configuration import CONF, Conf, read_conf
from livingsurvey.sphinxext.reporting import log_diagnostic

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

    from livingsurvey.diagnostics import Diagnostic
    from livingsurvey.settings import Settings


def setup_config(app: Sphinx) -> None:
    """Register the settings. Sphinx checks no types: it would say everything a second time."""
    for name, value in settings.DECLARED.items():
        rebuild = value.metadata["rebuild"]
        default = settings.get_default(value)
        app.add_config_value(name, default, rebuild, types=frozenset({Any}))


def find_conf(root: Path) -> Conf:
    """Return the ``conf.py`` of a build, for the places of diagnostics."""
    return read_conf(root / CONF, CONF)


FROZEN = "frozen"
"""The tag of the pages of a survey that nobody keeps up to date."""


def on_config_inited(app: Sphinx, config: Config) -> None:
    """Check the settings before anything is read; what is wrong counts as its default.

    Before others look at what every page shows: they fail at it with a traceback. Pages of a frozen
    survey leave out, by ``{only} not frozen``, what it does not offer.
    """
    root = Path(app.confdir)
    found, problems = read_settings(root, config)
    if found.frozen is not None:
        app.tags.add(FROZEN)
    problems += settings.find_unknown(find_conf(root), config.__contains__)
    for problem in problems:
        log_diagnostic(problem)
    if problems:
        app.statuscode = 2
    for name in settings.check_shown(_collect(find_conf(root), config), root):
        config[name] = settings.SHOWN[name][1]
    if settings.read_files(root, config.bibtex_bibfiles)[1]:
        config.bibtex_bibfiles = []


def read_settings(root: Path, config: Config) -> tuple[Settings, list[Diagnostic]]:
    """Return the settings, and what is wrong with them."""
    conf = find_conf(root)
    return settings.read_settings(conf, _collect(conf, config))


def _collect(conf: Conf, config: Config) -> dict[str, Any]:
    # Sphinx makes these of others where conf.py does not say them.
    derived = {"copyright", "project_copyright", "html_title"} - conf.statements.keys()
    return {name: config[name] for name in settings.READ if name not in derived}
