"""Rules about keywords and the taxonomy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livingsurvey.bibtex.edits import Edit
from livingsurvey.diagnostics import Code, Diagnostic, Severity
from livingsurvey.rules.examples import TAXONOMY, lamport, shannon
from livingsurvey.rules.reading import found_while_reading
from livingsurvey.rules.rule import Repair, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from livingsurvey.catalog import Library

_NAME = re.compile(r"[^,;>]+")


def found_in_keywords(code: Code) -> Callable[[Library], Iterator[Diagnostic]]:
    """Return the check of a rule about keywords; nothing is said where there is no taxonomy."""
    check = found_while_reading(code)

    def check_keywords(library: Library) -> Iterator[Diagnostic]:
        return check(library) if library.catalog.taxonomy.names else iter(())

    return check_keywords


def check_uncategorized(library: Library) -> Iterator[Diagnostic]:
    """Pass on entries without a category, save those where a misspelled one is reported."""
    misspelled = {one.key for one in library.diagnostics if one.code is Code.UNKNOWN_TAG}
    for found in found_in_keywords(Code.NO_CATEGORY)(library):
        if found.key not in misspelled:
            yield found


def repair_aliases(library: Library) -> Iterator[Repair]:
    """Write the tag in the place of its older spelling."""
    taxonomy = library.catalog.taxonomy
    for entry in library.entries:
        value = entry.values.get("keywords")
        if value is None or not value.is_exact:
            continue
        for match in _NAME.finditer(value.text):
            word = match[0].strip()
            tag = taxonomy.names.get(word.casefold(), "")
            if tag and tag.casefold() != word.casefold():
                start = value.start + match.start() + match[0].index(word)
                yield Repair(
                    source=entry.source,
                    edits=(Edit(start, start + len(word), tag),),
                    location=entry.source.locate(start),
                    message=f"{entry.key}: keyword '{word}' becomes '{tag}'",
                    code=Code.ALIAS,
                )


def make_thin_category(minimum: int) -> Rule:
    """Return the rule that asks for *minimum* papers in each category; 0 asks for nothing."""

    def check(library: Library) -> Iterator[Diagnostic]:
        catalog = library.catalog
        for category in catalog.taxonomy.leaves:
            count = catalog.count(category.tag)
            if count < minimum:
                papers = "paper" if count == 1 else "papers"
                yield Diagnostic(
                    code=Code.THIN_CATEGORY,
                    severity=Severity.WARNING,
                    message=f"the category '{category.tag}' has {count or 'no'} {papers}",
                    location=category.location,
                    suggestion=f"add some: the survey asks for {minimum}",
                )

    return Rule(
        code=Code.THIN_CATEGORY,
        title="A category has papers",
        group="categories",
        what="A category has fewer papers than `minimum-papers` in `[tool.livingsurvey]` asks "
        "for; without that, one paper is enough.",
        why="Readers of a survey expect a category to be more than its heading.",
        language="toml",
        check=check,
        bad=TAXONOMY + '\n[foundations.cryptography]\ntitle = "Cryptography"\n',
        good=TAXONOMY,
    )


RULES = (
    Rule(
        code=Code.NO_CATEGORY,
        title="A paper has a category",
        group="categories",
        severity=Severity.ERROR,
        what="No keyword of the entry is a category of the taxonomy.",
        why="No chapter would show the paper.",
        check=check_uncategorized,
        bad=shannon(keywords="classic"),
        good=shannon(keywords="information-theory, classic"),
    ),
    Rule(
        code=Code.UNKNOWN_TAG,
        title="A keyword is a known tag",
        group="categories",
        severity=Severity.ERROR,
        what="A keyword is neither a category nor one of the further tags in the taxonomy.",
        why="It is most often a slip of the pen, and the paper would be missing where it belongs.",
        check=found_in_keywords(Code.UNKNOWN_TAG),
        bad=shannon(keywords="information-teory"),
        good=shannon(keywords="information-theory"),
    ),
    Rule(
        code=Code.NOT_A_LEAF,
        title="A paper belongs to the finest category",
        group="categories",
        what="A keyword is a category that has sub-categories.",
        why="Listings stand in the sections of the finest categories; the paper would be in none.",
        check=found_in_keywords(Code.NOT_A_LEAF),
        bad=shannon(keywords="foundations"),
        good=shannon(keywords="information-theory"),
    ),
    Rule(
        code=Code.ALIAS,
        title="Tags are written as they are now",
        group="categories",
        severity=Severity.HINT,
        what="A keyword is an older spelling of a tag, kept as an alias in the taxonomy.",
        why="It works, but a search for the tag does not find it in the file.",
        check=found_in_keywords(Code.ALIAS),
        repair=repair_aliases,
        bad=lamport(keywords="distributed-computing"),
        good=lamport(keywords="distributed-systems"),
    ),
    Rule(
        code=Code.TAXONOMY,
        title="The taxonomy is in order",
        group="categories",
        severity=Severity.ERROR,
        what="A tag of the taxonomy is malformed or defined twice, a color is not `#rrggbb`, an "
        "alias means two things, or a key is unknown.",
        why="Keywords could mean two things, or a category would be left out.",
        language="toml",
        check=found_while_reading(Code.TAXONOMY),
        bad=TAXONOMY.replace('title = "Foundations"', 'titel = "Foundations"'),
        good=TAXONOMY,
    ),
    make_thin_category(1),
)
