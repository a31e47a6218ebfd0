"""Rules about keywords, the taxonomy, the pages of a survey, and what vouches for its entries.

The last ask nobody: the ledger that ``livingsurvey verify`` writes says what arXiv and Crossref
said, and of which facts. So an invented reference, or a fact changed by a slip, is seen by a
machine without network.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from livingsurvey.bibtex.edit import Edit
from livingsurvey.catalog.ledger import digest_facts
from livingsurvey.catalog.papers import split_keywords
from livingsurvey.diagnostics import Code, Diagnostic, Severity, did_you_mean
from livingsurvey.rules.rule import TAXONOMY, Fix, Rule, lamport, perelman, shannon
from livingsurvey.rules.source import found_while_reading

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from livingsurvey.bibtex.read import Entry
    from livingsurvey.catalog import Library
    from livingsurvey.catalog.ledger import Ledger
    from livingsurvey.model import Paper


_NAME = re.compile(r"[^,;>]+")


def found_in_keywords(code: Code) -> Callable[[Library], Iterator[Diagnostic]]:
    """Return the check of a rule about keywords; nothing is said where there is no taxonomy."""
    check = found_while_reading(code)

    def check_keywords(library: Library) -> Iterator[Diagnostic]:
        return check(library) if library.catalog.taxonomy.names else iter(())

    return check_keywords


def check_uncategorized(library: Library) -> Iterator[Diagnostic]:
    """Pass on entries without a category, save those where a misspelled one is reported."""
    misspelled = {
        diagnostic.key for diagnostic in library.diagnostics if diagnostic.code is Code.UNKNOWN_TAG
    }
    for found in found_in_keywords(Code.NO_CATEGORY)(library):
        if found.key not in misspelled:
            yield found


MOST_CATEGORIES = 5
"""How many categories a paper may have before they say little."""


def check_number_of_categories(library: Library) -> Iterator[Diagnostic]:
    """Find categories that are named twice, and papers with very many."""
    names = library.catalog.taxonomy.names
    for entry in library.entries:
        value = entry.values.get("keywords")
        paper = library.catalog.papers.get(entry.key)
        if value is None or paper is None:
            continue
        seen: set[str] = set()
        for word, offset in split_keywords(value.text):
            tag = names.get(word.casefold(), "")
            if tag and tag in seen:
                yield entry.report(
                    Code.MANY_CATEGORIES,
                    f"'{word}' is named twice",
                    "keywords",
                    offset=offset,
                    suggestion="remove one",
                    severity=Severity.HINT,
                )
            seen.add(tag)
        if len(paper.categories) > MOST_CATEGORIES:
            yield entry.report(
                Code.MANY_CATEGORIES,
                f"{len(paper.categories)} categories",
                "keywords",
                suggestion=f"keep the {MOST_CATEGORIES} that matter most",
                severity=Severity.HINT,
            )


def fix_aliases(library: Library) -> Iterator[Fix]:
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
                yield Fix(
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
        # A keyword that is misspelled is one finding, and not that its category lacks a paper.
        guesses = Counter(
            diagnostic.suggestion
            for diagnostic in library.diagnostics
            if diagnostic.code is Code.UNKNOWN_TAG
        )
        for category in catalog.taxonomy.leaves:
            count = catalog.count(category.tag)
            meant = guesses[did_you_mean(category.tag, (category.tag,))]
            if count + meant < minimum:
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


_LISTINGS = (
    "# Foundations\n\n## Information Theory\n\n```{survey:papers} information-theory\n```\n"
    "\n## Distributed Systems\n\n```{survey:papers} distributed-systems\n```\n"
)
_REFERENCES = "\n## References\n\n```{survey:references}\n```\n"
_CITING = "\nAll began with {cite:t}`shannon1948mathematical`.\n"
_DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20">\n'
    "  <title>A box</title>\n  {}\n</svg>\n"
)


def check_verified(
    library: Library, ledger: Ledger, disabled: Collection[Code] = ()
) -> Iterator[Diagnostic]:
    """Find entries that the ledger does not vouch for.

    Args:
        library: The bibliography.
        ledger: What was verified.
        disabled: The rules that are switched off.
    """
    entries = {entry.key: entry for entry in library.entries}
    for paper in library.catalog.papers.values():
        found = _check(paper, entries[paper.key], ledger)
        if found is not None and found.code not in disabled:
            location = entries[paper.key].source.locate(entries[paper.key].block.key_start)
            yield replace(found, location=location)


def _check(paper: Paper, entry: Entry, ledger: Ledger) -> Diagnostic | None:
    key = paper.key
    known = ledger.entries.get(key)
    if known is None:
        if paper.doi or paper.arxiv:
            return entry.report(
                Code.UNVERIFIED,
                "nobody compared it with a record",
                suggestion=f"run livingsurvey verify {key}",
            )
        return entry.report(
            Code.UNVERIFIED,
            "it has neither DOI nor arXiv identifier, and no editor vouches for it",
            suggestion=f"compare it with the paper, then run livingsurvey verify --vouch {key}",
        )
    if known.facts != digest_facts(paper):
        vouch = "" if known.source in {"arXiv", "Crossref"} else "--vouch "
        return entry.report(
            Code.FACTS_CHANGED,
            f"title, first author, year or identifier changed since {known.date}, when it was "
            "verified",
            suggestion=f"run livingsurvey verify {vouch}{key}",
        )
    if known.verdict == "not found":
        return entry.report(
            Code.RECORD_DIFFERS,
            f"{known.source} had no record {known.identifier} on {known.date}",
            suggestion="is the identifier right? Does the paper exist?",
        )
    if known.verdict == "differs":
        differences = "; ".join(known.differences)
        return entry.report(
            Code.RECORD_DIFFERS,
            f"in {known.source}'s record {known.identifier} {differences}",
            suggestion=f"mend the entry, or compare it with the paper and run livingsurvey "
            f"verify --vouch {key}",
        )
    return None


RULES = (
    Rule(
        code=Code.MANY_CATEGORIES,
        title="A paper has few categories, each once",
        group="categories",
        severity=Severity.HINT,
        what="A category is named twice, or a paper has more than five.",
        why="A paper that is everywhere is hard to find anywhere.",
        check=check_number_of_categories,
        bad=shannon(keywords="information-theory, distributed-systems, information-theory"),
        good=shannon(keywords="information-theory, distributed-systems"),
    ),
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
        fix=fix_aliases,
        bad=lamport(keywords="distributed-computing"),
        good=lamport(keywords="distributed-systems"),
    ),
    Rule(
        code=Code.AUTHORS,
        title="The file of authors is understood",
        group="files",
        severity=Severity.ERROR,
        what="The file that says which spellings are one person has a name that is none, or one "
        "spelling under two names.",
        why="Two people would be one, or one person two.",
        language="authors",
        check=found_while_reading(Code.AUTHORS),
        bad='"Hu, Edward" = ["Hu, E.", "Hu, Edward"]\n',
        good='"Hu, Edward" = ["Hu, E."]\n',
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
    Rule(
        code=Code.UNKNOWN_KEY,
        title="A citation leads to a paper",
        group="pages",
        what="A page cites or names a paper by a key that the bibliography does not have.",
        why="Readers would see a question mark in place of the citation.",
        language="markdown",
        stage="build",
        bad=_LISTINGS + _CITING.replace("1948m", "1949m") + _REFERENCES,
        good=_LISTINGS + _CITING + _REFERENCES,
    ),
    Rule(
        code=Code.UNKNOWN_CATEGORY,
        title="A page names categories that exist",
        group="pages",
        what="A listing or a role names a category that the taxonomy does not have.",
        why="The section would stay empty.",
        language="markdown",
        stage="build",
        bad=_LISTINGS + "\nMore in {survey:category}`distributed-system`.\n",
        good=_LISTINGS + "\nMore in {survey:category}`distributed-systems`.\n",
    ),
    Rule(
        code=Code.HOME_MISSING,
        title="Every category is listed",
        group="pages",
        what="No page lists a category: a chapter lacks its `{survey:papers}`.",
        why="Its papers would stand nowhere, and links to them lead nowhere.",
        language="markdown",
        stage="build",
        bad=_LISTINGS.replace("```{survey:papers} distributed-systems\n```\n", "To be written.\n"),
        good=_LISTINGS,
    ),
    Rule(
        code=Code.HOME_TWICE,
        title="A category is listed once",
        group="pages",
        what="Two pages list a category in full, this one and its chapter. A listing with "
        "`:excerpt:` or `:limit:` does not count.",
        why="Each paper is at home in one place; links lead to the first one.",
        language="markdown",
        stage="build",
        bad="# Further Reading\n\n```{survey:papers} information-theory\n```\n",
        good="# Further Reading\n\n```{survey:papers} information-theory\n:excerpt:\n```\n",
    ),
    Rule(
        code=Code.REFERENCES_MISSING,
        title="Citations have a list of references",
        group="pages",
        what="Pages cite papers, but none holds `{survey:references}`.",
        why="The citations would have nothing to lead to.",
        language="markdown",
        stage="build",
        bad=_LISTINGS + _CITING,
        good=_LISTINGS + _CITING + _REFERENCES,
    ),
    Rule(
        code=Code.REFERENCES_TWICE,
        title="There is one list of references",
        group="pages",
        what="Two pages hold `{survey:references}`.",
        why="A citation can lead to one place only; the first list is used.",
        language="markdown",
        stage="build",
        bad=_LISTINGS + _CITING + _REFERENCES + _REFERENCES.replace("References", "Once More"),
        good=_LISTINGS + _CITING + _REFERENCES,
    ),
    Rule(
        code=Code.STALE_CHAPTER,
        title="A chapter is reviewed now and then",
        group="pages",
        severity=Severity.HINT,
        what="`reviewed` in the head of a chapter that lists a category is `review-months` or more "
        "before today, in a build before the day on which the last paper joined; without that "
        "value in `[tool.livingsurvey]`, or `livingsurvey_review_months` in `conf.py`, 12.",
        why="Its recommendations may have been overtaken, and readers see when it was reviewed.",
        language="markdown",
        stage="build",
        bad="---\nreviewed: 2024-11-23\n---\n\n" + _LISTINGS,
        good="---\nreviewed: 2026-11-23\n---\n\n" + _LISTINGS,
    ),
    Rule(
        code=Code.UNREVIEWED,
        title="A chapter speaks of what it lists",
        group="pages",
        severity=Severity.HINT,
        what="More than `unread-papers` papers joined the listings of a chapter since its review "
        "that its text neither cites nor names; without that value in `[tool.livingsurvey]`, or "
        "`livingsurvey_unread_papers` in `conf.py`, 20. The example is the page of a survey "
        "that allows one.",
        why="The text and the list drift apart, and only the list stays up to date.",
        language="markdown",
        stage="build",
        bad="---\nreviewed: 2026-01-01\n---\n\n" + _LISTINGS,
        good="---\nreviewed: 2026-01-01\n---\n\n"
        + _LISTINGS.replace(
            "\n\n", "\n\nAll began with {survey:paper}`shannon1948mathematical`.\n\n", 1
        ),
    ),
    Rule(
        code=Code.DRAWING,
        title="A figure is drawn with what every output has",
        group="pages",
        severity=Severity.ERROR,
        what="An SVG file of `{survey:figure}` cannot be read, or uses something outside of the "
        "subset that web page and book can both draw.",
        why="The book and the site would show different figures, or none.",
        language="svg",
        stage="build",
        bad=_DRAWING.format('<image href="photo.png" width="40" height="20"/>'),
        good=_DRAWING.format('<rect class="stroke-ink" x="2" y="2" width="36" height="16"/>'),
    ),
    Rule(
        code=Code.UNVERIFIED,
        title="Every entry is verified",
        group="records",
        what="The ledger, `verified.json`, does not know the entry: it was compared neither with "
        "a record of arXiv or Crossref nor, by an editor, with the paper itself.",
        why="An invented reference looks like any other; a record shows that the paper exists.",
        stage="verify",
        bad=perelman() + "\n" + lamport(),
        good=perelman(),
    ),
    Rule(
        code=Code.FACTS_CHANGED,
        title="Verified facts stay as they were",
        group="records",
        what="Title, first author, year or an identifier of the entry is not what it was when "
        "the entry was verified. Braces, capitals and punctuation of the title do not count.",
        why="What was verified were the old facts; a slip of the hand would go unnoticed.",
        stage="verify",
        bad=perelman(year="2003"),
        good=perelman(),
    ),
    Rule(
        code=Code.RECORD_DIFFERS,
        title="An entry says what its record says",
        group="records",
        what="When it was verified, the record of arXiv or Crossref had another title, first "
        "author or year, or there was no record with this identifier.",
        why="The identifier leads readers to another paper, or the entry has its facts wrong.",
        stage="verify",
        bad=shannon(doi="10.1002/j.1538-7305.1948.tb00917.x", year="1949"),
        good=shannon(doi="10.1002/j.1538-7305.1948.tb00917.x"),
    ),
)
