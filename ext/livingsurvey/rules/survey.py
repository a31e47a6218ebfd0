"""Rules about keywords, the taxonomy, the pages of a survey, and what vouches for its entries.

The last ask nobody: the ledger that ``livingsurvey verify`` writes says what arXiv and Crossref
said, and of which facts. So an invented reference, or a fact changed by a slip, is seen by a
machine without network.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from livingsurvey.catalog.ledger import digest_facts
from livingsurvey.catalog.papers import split_keywords
from livingsurvey.diagnostics import Code, Diagnostic, diagnose, did_you_mean
from livingsurvey.rules.rule import (
    TAXONOMY,
    Fix,
    Rule,
    find_papers,
    find_values,
    lamport,
    make_rule,
    perelman,
    shannon,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from livingsurvey.catalog import Library
    from livingsurvey.catalog.ledger import Ledger
    from livingsurvey.model import Paper


_NAME = re.compile(r"[^,;>]+")


MOST_CATEGORIES = 5
"""How many categories a paper may have before they say little."""


_LISTINGS = (
    "# Foundations\n\n## Information Theory\n\n```{survey:papers} information-theory\n```\n"
    "\n## Distributed Systems\n\n```{survey:papers} distributed-systems\n```\n"
)
_REFERENCES = "\n## References\n\n```{survey:references}\n```\n"
_CITING = "\nAll began with {cite:t}`shannon1948mathematical`.\n"
_WHOLE = _LISTINGS + _CITING + _REFERENCES
_make_page_rule = partial(make_rule, "pages", language="markdown", stage="build", good=_WHOLE)
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
    for entry, paper in find_papers(library):
        code, message, suggestion = _compare(paper, ledger)
        if code and code not in disabled:
            found = entry.report(code, message, suggestion)
            yield replace(found, location=entry.source.locate(entry.block.key_start))


def _compare(paper: Paper, ledger: Ledger) -> tuple[Code | None, str, str]:
    """Return what the ledger says against a paper, and what to do."""
    run, key = "run livingsurvey verify", paper.key
    known = ledger.entries.get(key)
    if known is None and (paper.doi or paper.arxiv):
        return Code.UNVERIFIED, "nobody compared it with a record", f"{run} {key}"
    if known is None:
        message = "it has neither DOI nor arXiv identifier, and no editor vouches for it"
        return Code.UNVERIFIED, message, f"compare it with the paper, then {run} --vouch {key}"
    if known.facts != digest_facts(paper):
        vouch = "" if known.source in {"arXiv", "Crossref"} else "--vouch "
        what = "title, first author, year or identifier changed"
        message = f"{what} since {known.date}, when it was verified"
        return Code.FACTS_CHANGED, message, f"{run} {vouch}{key}"
    if known.verdict == "not found":
        message = f"{known.source} had no record {known.identifier} on {known.date}"
        return Code.RECORD_DIFFERS, message, "is the identifier right? Does the paper exist?"
    if known.verdict == "differs":
        suggestion = f"mend the entry, or compare it with the paper and {run} --vouch {key}"
        record = f"{known.source}'s record {known.identifier}"
        return Code.RECORD_DIFFERS, f"in {record} {'; '.join(known.differences)}", suggestion
    return None, "", ""


@make_rule(
    "categories",
    bad=shannon(keywords="information-theory, distributed-systems, information-theory"),
    good=shannon(keywords="information-theory, distributed-systems"),
)
def many_categories(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """A paper has few categories, each once.

    A category is named twice, or a paper has more than five.

    A paper that is everywhere is hard to find anywhere.
    """
    names = library.catalog.taxonomy.names
    for entry, paper in find_papers(library):
        seen: set[str] = set()
        value = entry.values.get("keywords")
        for word, offset in split_keywords(value.text if value else ""):
            tag = names.get(word.casefold(), "")
            if tag and tag in seen:
                message = f"'{word}' is named twice"
                yield entry.report(rule.code, message, "remove one", "keywords", offset=offset)
            seen.add(tag)
        if (count := len(paper.categories)) > MOST_CATEGORIES:
            suggestion = f"keep the {MOST_CATEGORIES} that matter most"
            yield entry.report(rule.code, f"{count} categories", suggestion, "keywords")


@make_rule(
    "categories",
    bad=shannon(keywords="classic"),
    good=shannon(keywords="information-theory, classic"),
)
def no_category(rule: Rule, library: Library) -> None:
    """A paper has a category.

    No keyword of the entry is a category of the taxonomy.

    No chapter would show the paper.
    """


@make_rule(
    "categories",
    bad=shannon(keywords="information-teory"),
    good=shannon(keywords="information-theory"),
)
def unknown_tag(rule: Rule, library: Library) -> None:
    """A keyword is a known tag.

    A keyword is neither a category nor one of the further tags in the taxonomy.

    It is most often a slip of the pen, and the paper would be missing where it belongs.
    """


@make_rule(
    "categories", bad=shannon(keywords="foundations"), good=shannon(keywords="information-theory")
)
def not_a_leaf(rule: Rule, library: Library) -> None:
    """A paper belongs to the finest category.

    A keyword is a category that has sub-categories.

    Listings stand in the sections of the finest categories; the paper would be in none.
    """


def fix_aliases(rule: Rule, library: Library) -> Iterator[Fix]:
    """Write the tag in the place of its older spelling."""
    taxonomy = library.catalog.taxonomy
    for entry, _, value in find_values(library, "keywords"):
        for match in _NAME.finditer(value.text if value.is_exact else ""):
            word = match[0].strip()
            tag = taxonomy.names.get(word.casefold(), "")
            if tag and tag.casefold() != word.casefold():
                start = value.start + match.start() + match[0].index(word)
                message = f"{entry.key}: keyword '{word}' becomes '{tag}'"
                yield rule.rewrite(entry.source, start, start + len(word), tag, message)


@make_rule(
    "categories",
    fix=fix_aliases,
    bad=lamport(keywords="distributed-computing"),
    good=lamport(keywords="distributed-systems"),
)
def alias(rule: Rule, library: Library) -> None:
    """Tags are written as they are now.

    A keyword is an older spelling of a tag, kept as an alias in the taxonomy.

    It works, but a search for the tag does not find it in the file.
    """


@make_rule(
    "files",
    language="authors",
    bad='"Hu, Edward" = ["Hu, E.", "Hu, Edward"]\n',
    good='"Hu, Edward" = ["Hu, E."]\n',
)
def authors(rule: Rule, library: Library) -> None:
    """The file of authors is understood.

    The file that says which spellings are one person has a name that is none, or one spelling
    under two names.

    Two people would be one, or one person two.
    """


@make_rule(
    "categories",
    language="toml",
    bad=TAXONOMY.replace('title = "Foundations"', 'titel = "Foundations"'),
    good=TAXONOMY,
)
def taxonomy(rule: Rule, library: Library) -> None:
    """The taxonomy is in order.

    A tag of the taxonomy is malformed or defined twice, a color is not `#rrggbb`, an alias
    means two things, or a key is unknown.

    Keywords could mean two things, or a category would be left out.
    """


def find_thin_categories(rule: Rule, library: Library, minimum: int = 1) -> Iterator[Diagnostic]:
    """Find categories with fewer papers than a survey asks for; 0 asks for nothing."""
    catalog = library.catalog
    # A keyword that is misspelled is one finding, and not that its category lacks a paper.
    unknown = (found for found in library.diagnostics if found.code is Code.UNKNOWN_TAG)
    guesses = Counter(found.suggestion for found in unknown)
    for category in catalog.taxonomy.leaves:
        count = catalog.count(category.tag)
        meant = guesses[did_you_mean(category.tag, (category.tag,))]
        if count + meant < minimum:
            papers = "paper" if count == 1 else "papers"
            message = f"the category '{category.tag}' has {count or 'no'} {papers}"
            suggestion = f"add some: the survey asks for {minimum}"
            yield diagnose(rule.code, message, category.location, suggestion)


@make_rule(
    "categories",
    language="toml",
    bad=TAXONOMY + '\n[foundations.cryptography]\ntitle = "Cryptography"\n',
    good=TAXONOMY,
)
def thin_category(rule: Rule, library: Library) -> Iterator[Diagnostic]:
    """A category has papers.

    A category has fewer papers than `minimum-papers` in `[tool.livingsurvey]` asks for; without
    that, one paper is enough.

    Readers of a survey expect a category to be more than its heading.
    """
    return find_thin_categories(rule, library)


@_make_page_rule(bad=_WHOLE.replace("1948m", "1949m"))
def unknown_key(rule: Rule, library: Library) -> None:
    """A citation leads to a paper.

    A page cites or names a paper by a key that the bibliography does not have.

    Readers would see a question mark in place of the citation.
    """


@_make_page_rule(
    bad=_LISTINGS + "\nMore in {survey:category}`distributed-system`.\n",
    good=_LISTINGS + "\nMore in {survey:category}`distributed-systems`.\n",
)
def unknown_category(rule: Rule, library: Library) -> None:
    """A page names categories that exist.

    A listing or a role names a category that the taxonomy does not have.

    The section would stay empty.
    """


@_make_page_rule(
    bad=_LISTINGS.replace("```{survey:papers} distributed-systems\n```\n", "To be written.\n"),
    good=_LISTINGS,
)
def home_missing(rule: Rule, library: Library) -> None:
    """Every category is listed.

    No page lists a category: a chapter lacks its `{survey:papers}`.

    Its papers would stand nowhere, and links to them lead nowhere.
    """


@_make_page_rule(
    bad="# Further Reading\n\n```{survey:papers} information-theory\n```\n",
    good="# Further Reading\n\n```{survey:papers} information-theory\n:excerpt:\n```\n",
)
def home_twice(rule: Rule, library: Library) -> None:
    """A category is listed once.

    Two pages list a category in full, this one and its chapter. A listing with `:excerpt:` or
    `:limit:` does not count.

    Each paper is at home in one place; links lead to the first one.
    """


@_make_page_rule(bad=_LISTINGS + _CITING)
def references_missing(rule: Rule, library: Library) -> None:
    """Citations have a list of references.

    Pages cite papers, but none holds `{survey:references}`.

    The citations would have nothing to lead to.
    """


@_make_page_rule(bad=_WHOLE + _REFERENCES.replace("References", "Once More"))
def references_twice(rule: Rule, library: Library) -> None:
    """There is one list of references.

    Two pages hold `{survey:references}`.

    A citation can lead to one place only; the first list is used.
    """


@_make_page_rule(
    bad="---\nreviewed: 2024-11-23\n---\n\n" + _LISTINGS,
    good="---\nreviewed: 2026-11-23\n---\n\n" + _LISTINGS,
)
def stale_chapter(rule: Rule, library: Library) -> None:
    """A chapter is reviewed now and then.

    `reviewed` in the head of a chapter that lists a category is `review-months` or more before
    today, in a build before the day on which the last paper joined; without that value in
    `[tool.livingsurvey]`, or `livingsurvey_review_months` in `conf.py`, 12.

    Its recommendations may have been overtaken, and readers see when it was reviewed.
    """


@_make_page_rule(
    bad="---\nreviewed: 2026-01-01\n---\n\n" + _LISTINGS,
    good="---\nreviewed: 2026-01-01\n---\n\n"
    + _LISTINGS.replace(
        "\n\n", "\n\nAll began with {survey:paper}`shannon1948mathematical`.\n\n", 1
    ),
)
def unreviewed(rule: Rule, library: Library) -> None:
    """A chapter speaks of what it lists.

    More than `unread-papers` papers joined the listings of a chapter since its review that its
    text neither cites nor names; without that value in `[tool.livingsurvey]`, or
    `livingsurvey_unread_papers` in `conf.py`, 20. The example is the page of a survey that
    allows one.

    The text and the list drift apart, and only the list stays up to date.
    """


@make_rule(
    "pages",
    language="svg",
    stage="build",
    bad=_DRAWING.format('<image href="photo.png" width="40" height="20"/>'),
    good=_DRAWING.format('<rect class="stroke-ink" x="2" y="2" width="36" height="16"/>'),
)
def drawing(rule: Rule, library: Library) -> None:
    """A figure is drawn with what every output has.

    An SVG file of `{survey:figure}` cannot be read, or uses something outside of the subset
    that web page and book can both draw.

    The book and the site would show different figures, or none.
    """


@make_rule("records", stage="verify", bad=perelman() + "\n" + lamport(), good=perelman())
def unverified(rule: Rule, library: Library) -> None:
    """Every entry is verified.

    The ledger, `verified.json`, does not know the entry: it was compared neither with a record
    of arXiv or Crossref nor, by an editor, with the paper itself.

    An invented reference looks like any other; a record shows that the paper exists.
    """


@make_rule("records", stage="verify", bad=perelman(year="2003"), good=perelman())
def facts_changed(rule: Rule, library: Library) -> None:
    """Verified facts stay as they were.

    Title, first author, year or an identifier of the entry is not what it was when the entry
    was verified. Braces, capitals and punctuation of the title do not count.

    What was verified were the old facts; a slip of the hand would go unnoticed.
    """


@make_rule(
    "records",
    stage="verify",
    bad=shannon(doi="10.1002/j.1538-7305.1948.tb00917.x", year="1949"),
    good=shannon(doi="10.1002/j.1538-7305.1948.tb00917.x"),
)
def record_differs(rule: Rule, library: Library) -> None:
    """An entry says what its record says.

    When it was verified, the record of arXiv or Crossref had another title, first author or
    year, or there was no record with this identifier.

    The identifier leads readers to another paper, or the entry has its facts wrong.
    """
