"""The words of the site's scripts, in a script of their own where the survey is not in English."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.downloads import remove_file, write_if_changed
from livingsurvey.sphinxext.linking import is_site
from livingsurvey.words import LOCALE

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

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
