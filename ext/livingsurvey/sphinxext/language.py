"""The language of a survey: where its words come from, and how the site's scripts get theirs."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.bibtex.source import replace_bytes, show_path
from livingsurvey.diagnostics import Code, Diagnostic, Severity
from livingsurvey.model import Location
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.linking import is_site
from livingsurvey.sphinxext.outputs import remove_file, write_if_changed
from livingsurvey.sphinxext.reporting import log_diagnostic
from livingsurvey.words import CATALOG, LOCALE, Words

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

SCRIPT = "livingsurvey/words.js"
"""Below ``_static``; it comes ahead of the scripts that use it."""
TEMPLATE = LOCALE / "livingsurvey.pot"
"""All texts in English, each with the files that say it."""


def find_words(app: Sphinx) -> Words:
    """Return the words of a survey.

    Where Sphinx looks for translations of the pages, there may be some of our words, too; it
    compiles what lies there itself, but only once the build has begun.
    """
    language = app.config.language or "en"
    folders = [Path(app.srcdir) / name for name in app.config.locale_dirs]
    for folder in folders if app.config.gettext_auto_build else ():
        text = folder / language / "LC_MESSAGES" / f"{CATALOG}.po"
        if text.is_file():
            compile_catalog(text, Path(app.confdir))
    return Words(language, tuple(map(str, folders)))


def compile_catalog(path: Path, root: Path) -> None:
    """Compile a catalog that has changed; one that cannot be read is left out."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - few surveys have one
    from babel.messages.pofile import PoFileError, read_po  # noqa: PLC0415

    made = path.with_suffix(".mo")
    try:
        if made.is_file() and made.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            return
        with path.open("rb") as file:
            catalog = read_po(file, abort_invalid=True)
        compiled = io.BytesIO()
        write_mo(compiled, catalog)
        # Whole or not at all: half of it would be newer than its text for good.
        replace_bytes(made, compiled.getvalue())
    except (OSError, ValueError, PoFileError) as error:
        log_diagnostic(
            Diagnostic(
                code=Code.CONFIG,
                severity=Severity.WARNING,
                message=f"the catalog of words cannot be compiled: {error}",
                location=Location(show_path(path, root), getattr(error, "lineno", 0) or 0),
                suggestion="correct it, or remove it",
            )
        )


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
