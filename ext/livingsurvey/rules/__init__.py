"""The rules that a bibliography is held against; each documents, finds and tests itself.

One object per :class:`~livingsurvey.diagnostics.Code`. The documentation, the command ``check``
and SARIF's list of rules are all made from :data:`RULES`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from livingsurvey.diagnostics import sort_diagnostics
from livingsurvey.rules import entries, identity, people, source, survey, texts
from livingsurvey.rules.rule import GROUPS, Fix, Rule, apply_fixes, find_fixes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from livingsurvey.catalog import Library
    from livingsurvey.configuration import Profile
    from livingsurvey.diagnostics import Code, Diagnostic

__all__ = [
    "GROUPS", "RULES", "Fix", "Rule", "apply_fixes", "check_library", "find_fixes", "select_rules",
]  # fmt: skip

_ORDER = list(GROUPS)
_MODULES = (source, entries, identity, people, texts, survey)
_FOUND = (rule for module in _MODULES for rule in vars(module).values() if isinstance(rule, Rule))
RULES: tuple[Rule, ...] = tuple(sorted(_FOUND, key=lambda rule: _ORDER.index(rule.group)))
"""All rules, by group, in the order of the documentation."""


def select_rules(
    disabled: Collection[Code] = (), *, profile: Profile = "house", minimum_papers: int = 1
) -> tuple[Rule, ...]:
    """Return the rules as a survey configures them.

    Args:
        disabled: The rules to leave out.
        profile: ``plain`` leaves out the rules of custom, for a bibliography that other programs
            write as well.
        minimum_papers: How many papers a category needs.
    """
    thin = survey.thin_category
    asked = replace(thin, find=partial(survey.find_thin_categories, minimum=minimum_papers))
    rules = (asked if rule is thin else rule for rule in RULES)
    return tuple(
        rule
        for rule in rules
        if rule.code not in disabled and (profile == "house" or not rule.is_house)
    )


def check_library(
    library: Library,
    rules: Iterable[Rule] = RULES,
    on_rule: Callable[[Rule], None] = lambda _rule: None,
) -> list[Diagnostic]:
    """Return what *rules* find, in the order of the text.

    Args:
        library: The bibliography and its taxonomy.
        rules: Which ones to apply.
        on_rule: Told of each rule before it is applied, to show progress.
    """
    found: list[Diagnostic] = []
    for rule in rules:
        on_rule(rule)
        found.extend(rule.check(library))
    return sort_diagnostics(found)
