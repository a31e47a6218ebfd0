"""``{survey:rules}``: every rule of ``check``, with the examples that are its tests."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from docutils import nodes

from livingsurvey.diagnostics import Severity
from livingsurvey.markup.letters import HIDDEN_CHARACTERS
from livingsurvey.sphinxext.domain import SurveyDirective

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

    from livingsurvey.rules import Rule


_CODE = re.compile(r"`([^`]+)`")
_LEXERS = {
    "bibtex": "bibtex", "toml": "toml", "authors": "toml", "config": "toml",
    "markdown": "markdown", "svg": "xml",
}  # fmt: skip
_WORDS = {
    Severity.ERROR: "an error",
    Severity.WARNING: "a warning",
    Severity.HINT: "a hint, which does not fail the check",
}
_STAGES = {
    "check": "",
    "start": "It keeps the command from running.",
    "verify": "`livingsurvey check --verified` finds it.",
    "build": "The build of the site finds it, since it takes all pages.",
}
_HOUSE = "It is a custom: only a survey of the profile `house` asks for it."
_MENDS = "`livingsurvey format --fix` mends it where that needs no judgment."


class RulesDirective(SurveyDirective):
    """Describe every rule, in a section each.

    ::

        section (a group of rules)
          section #rule-<code>
            paragraph (code and severity) · paragraph (what) · paragraph (why)
            paragraph · literal_block (bad) · paragraph · literal_block (good)
    """

    def run(self) -> list[nodes.Node]:
        """Return a section for each group of rules."""
        # One page of a site at the most describes the rules, and there are many of them.
        from livingsurvey.rules import GROUPS, RULES  # noqa: PLC0415

        sections: list[nodes.Node] = []
        for group, title in GROUPS.items():
            described = (self.describe(rule) for rule in RULES if rule.group == group)
            head = nodes.title("", title)
            section = nodes.section("", head, *described, ids=[f"rules-{group}"])
            self.state.document.note_explicit_target(section, section)
            sections.append(section)
        return sections

    def describe(self, rule: Rule) -> nodes.section:
        """Return the section of a rule; ``{ref}`` finds it by its anchor."""
        name = f"rule-{rule.code}"
        section = nodes.section("", nodes.title("", rule.title), ids=[name], names=[name])
        severity = f"`survey.{rule.code}` is {_WORDS[rule.severity]}."
        house, mends = _HOUSE if rule.is_house else "", _MENDS if rule.fix else ""
        facts = (severity, _STAGES[rule.stage], house, mends)
        for text in (" ".join(filter(None, facts)), f"{rule.what} {rule.why}"):
            section += nodes.paragraph("", "", *read_inline(text.strip()))
        for label, text, other in (("Not so:", rule.bad, rule.good), ("But so:", rule.good, "")):
            section += nodes.paragraph("", label)
            section += self.show(rule, text, other)
        self.state.document.note_explicit_target(section, section)
        return section

    def show(self, rule: Rule, text: str, other: str) -> nodes.literal_block:
        """Return an example, with the lines marked that *other* has not."""
        shown = show_hidden(text.rstrip("\n"))
        # An example may be no good text of its language: that is what it shows.
        block = nodes.literal_block(shown, shown, language=_LEXERS[rule.language], force=True)
        if other and (lines := list(find_differing(text, other))):
            block["highlight_args"] = {"hl_lines": lines}
        self.set_source_info(block)
        return block


def read_inline(text: str) -> list[nodes.Node]:
    """Return a text with its ```code``` as literals."""
    return [
        nodes.literal(part, part) if number % 2 else nodes.Text(part)
        for number, part in enumerate(_CODE.split(text))
        if part
    ]


def find_differing(text: str, other: str) -> Iterator[int]:
    """Yield the numbers of the lines of *text*, from 1, that *other* does not have."""
    lines = text.splitlines()
    matcher = difflib.SequenceMatcher(None, lines, other.splitlines(), autojunk=False)
    for tag, start, end, _, _ in matcher.get_opcodes():
        if tag != "equal":
            yield from range(start + 1, end + 1)


def show_hidden(text: str) -> str:
    """Return *text* with what nobody sees written out: ``<U+200B>``, ``<byte FC>``."""

    def spell(match: re.Match[str]) -> str:
        code = ord(match[0])
        return f"<byte {code - 0xDC00:02X}>" if 0xDC80 <= code <= 0xDCFF else f"<U+{code:04X}>"

    return HIDDEN_CHARACTERS.sub(spell, text)


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive_to_domain("survey", "rules", RulesDirective)
