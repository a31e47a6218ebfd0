"""What must be read and written again: exactly the pages that show what has changed.

Answers of the catalog are compared before reading (``env-get-outdated``): a page whose answers
changed is read again. Facts of the environment, such as where a paper is at home or which pages
cite it, are compared after reading (``env-get-updated``): a page that shows them is written again,
and what the catalog and all pages have wrong together is found then.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.util import logging

from livingsurvey.bibtex.source import StateError, show_path
from livingsurvey.diagnostics import (
    Code,
    Diagnostic,
    Severity,
    diagnose,
    did_you_mean,
    limit_diagnostics,
    sort_diagnostics,
)
from livingsurvey.digest import digest
from livingsurvey.model import Location
from livingsurvey.settings import check_names
from livingsurvey.sphinxext.bibtex_bridge import list_stock
from livingsurvey.sphinxext.citations import get_formatter
from livingsurvey.sphinxext.config import find_conf, is_fatal, log_diagnostic
from livingsurvey.sphinxext.discussion import collect_said, describe_chapter, render_panel
from livingsurvey.sphinxext.domain import get_survey_domain
from livingsurvey.sphinxext.nodes import display_name
from livingsurvey.upkeep.history import FILE_NAME, read_history
from livingsurvey.upkeep.state import check_chapters, find_last_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence, Set

    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from livingsurvey.sphinxext.domain import SurveyDomain
    from livingsurvey.sphinxext.survey import Page, Survey


MARKER = "livingsurvey-unfinished"
"""A file beside the doctrees while pages are read and written: a killed build leaves it."""

FORKED = 5
"""More pages than this Sphinx (9.0) reads in processes of their own, if it may."""

logger = logging.getLogger(__name__)


def on_env_get_outdated(
    app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]
) -> Sequence[str]:
    """Return the pages to which the catalog now gives other answers.

    After a build that was killed these are all: Sphinx (9.0) writes doctrees in place, so that one
    of them may be cut off, and asks only whether it is there. To be removed when it replaces them.
    So they are where a catalog of words has changed: their trees hold some of these.
    """
    domain = get_survey_domain(env)
    domain.was_killed = (Path(app.doctreedir) / MARKER).exists()
    tables, words = domain.tables, domain.words.digest
    is_all = domain.was_killed or tables.words != words
    is_changed = domain.inputs != tables.digest
    domain.is_dirty = domain.was_killed or is_changed or bool(added or changed or removed)
    tables.digest, tables.words = domain.inputs, words
    if is_all or not is_changed:
        return sorted(env.found_docs) if is_all else []
    return [
        docname
        for docname, page in tables.pages.items()
        if any(domain.find_answer(query)[1] != known for query, known in page.answers.items())
    ]


def on_env_before_read_docs(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Load the catalog before readers are forked, so that they share it."""
    domain = get_survey_domain(env)
    domain.is_reading = bool(docnames)
    domain.is_dirty = domain.is_dirty or domain.is_reading
    if domain.is_dirty:
        mark_unfinished(app)
    if app.parallel > 1 and len(docnames) > FORKED:
        len(domain.catalog.papers)


def mark_unfinished(app: Sphinx) -> None:
    """Leave the mark that the end of the build removes."""
    (Path(app.doctreedir) / MARKER).write_text(_write_mark(), "utf-8")


def _write_mark() -> str:
    return f"Process {os.getpid()} makes pages; a complete build removes this file.\n"


def is_alone(app: Sphinx) -> bool:
    """Whether the mark is still that of this build: no other works, or has worked, beside it."""
    try:
        return (Path(app.doctreedir) / MARKER).read_text("utf-8") == _write_mark()
    except OSError:
        return False


def on_env_get_updated(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return the pages that show facts of other pages which have changed; report all problems.

    At priority 900: after Sphinx's numbering of sections (500), whose numbers are such facts.
    (They are not known at ``env-updated`` yet: Sphinx emits that one first.)
    """
    domain = get_survey_domain(env)
    outdated: list[str] = []
    if domain.is_dirty:
        mark_unfinished(app)
        outdated = _find_outdated(domain, env)
        if outdated or domain.is_reading:
            outdated = sorted({*outdated, *_list_indexed(env, app.builder)})
    diagnostics = domain.tables.diagnostics
    if any(diagnostic.severity is not Severity.HINT for diagnostic in diagnostics):
        logger.info("")  # Sphinx has begun a line on its progress, and leaves it open
    for diagnostic in diagnostics:
        log_diagnostic(diagnostic)
    if any(map(is_fatal, diagnostics)):
        app.statuscode = 2
    return outdated


def _list_indexed(env: BuildEnvironment, builder: Builder) -> list[str]:
    """Return the pages with entries for the index, such as those of a glossary.

    Sphinx (9.0) pickles what the search knows of them before pages are written, and does not read
    it back from the search index: whichever are not written are missing from the search. To be
    removed when ``IndexBuilder.load`` restores the entries.
    """
    if builder.format != "html":
        return []
    entries = env.domains.index_domain.entries
    return [docname for docname, found in entries.items() if found]


def _find_outdated(domain: SurveyDomain, env: BuildEnvironment) -> list[str]:
    """Return the pages to write, and note what pages show now and what is wrong with them."""
    tables = domain.tables
    domain.forget_survey()
    survey = domain.get_survey()
    navigation = digest((survey.order, survey.titles, env.toctree_includes))
    settings = domain.settings
    pages = [
        (
            str(env.doc2path(docname)),
            survey.pages[docname].digest_facts() if docname in survey.pages else "",
            survey.numbers.get(docname, {}),
        )
        for docname in survey.order
    ]
    inputs = tables.digest, str(settings.root), settings.limits
    # All that the facts of pages and the problems follow from.
    shown = digest((inputs, survey.reviewed, survey.around, navigation, pages, list_stock(env)))
    if shown == tables.written and not domain.was_killed:
        # The words of pages have changed, and nothing that another page shows.
        for docname, page in domain.former.items():
            tables.pages[docname].facts = page.facts
        domain.is_dirty = False
        return []
    tables.written = shown
    facts = PageFacts(domain)
    outdated = []
    for docname, page in tables.pages.items():
        current = facts.digest(docname, page)
        if page.facts != current:
            page.facts = current
            outdated.append(docname)
    if navigation != tables.navigation or domain.was_killed:
        # furo prints the whole table of contents on every page.
        tables.navigation = navigation
        outdated = sorted(env.found_docs)
    tables.diagnostics = tuple(check_survey(domain))
    return outdated


def on_build_finished(app: Sphinx, exception: Exception | None) -> None:
    """Note that all pages are written."""
    if exception is None and is_alone(app):
        (Path(app.doctreedir) / MARKER).unlink(missing_ok=True)


class PageFacts:
    """Digests of what pages show of other pages; each paper is looked up once."""

    def __init__(self, domain: SurveyDomain) -> None:
        self.domain = domain
        self.catalog = domain.catalog
        self.survey = domain.get_survey()
        self.citations = get_formatter(domain.env)
        self.stock = list_stock(domain.env)
        self.place_of = cache(self._place_of)
        self.mentions_of = cache(self._mentions_of)

    def digest(self, docname: str, page: Page) -> str:
        """Return the digest of everything that the page shows of elsewhere."""
        facts: list[object] = [self.survey.references, self.stock.get(docname, ())]
        for mention in page.mentions:
            if mention.kind == "cite" and len(mention.keys) > 1:
                facts.append(tuple(self.citations.sort(mention.keys)))
            for key in mention.keys:
                if mention.kind == "cite":
                    facts.append(
                        self.citations.describe_text(key, "label" if mention.wants_label else "p")
                    )
                elif mention.kind == "name":
                    facts.append(self.name_of(key))
                else:
                    facts.append(self.place_of(key))
        facts.extend(self.place_of_category(tag) for tag, _ in page.categories)
        facts.extend((*self.name_of(tag), self.place_of_category(tag)) for tag in page.loose)
        facts.extend(self.place_of(key) for key in page.browsed)
        facts.extend(
            node.pformat()
            for panel in page.panels
            for node in render_panel(self.domain, panel, docname)
        )
        if page.references:
            facts.extend((self.place_of(key), self.mentions_of(key)) for key in self.catalog.papers)
            facts.extend(self.citations.list_labels())
        else:
            facts.extend(self.place_of(key) for key in page.papers)
        return digest(tuple(facts))

    def of_paper(self, key: str) -> tuple[object, ...]:
        """Return what the page of a paper shows of all documents."""
        said = collect_said(self.survey, key, self.citations.describe_text)
        return self.place_of(key), self.mentions_of(key), said

    def name_of(self, key: str) -> tuple[object, ...]:
        """Return what a link to a paper prints and where it goes."""
        if key not in self.survey.papers and key in self.catalog.papers:
            return display_name(self.catalog.papers[key]), None
        return self.survey.names.get(key, ""), self.survey.papers.get(key)

    def place_of_category(self, tag: str) -> tuple[object, ...]:
        """Return what a link to a category prints and where it goes."""
        place = self.survey.categories.get(tag)
        number = self.survey.number(*place) if place else ""
        return tag, self.survey.category_titles.get(tag, ""), place, number

    def _place_of(self, key: str) -> tuple[object, ...]:
        """Return where a paper is at home, and its categories."""
        paper = self.catalog.papers.get(key)
        links = tuple(map(self.place_of_category, paper.categories if paper else ()))
        return self.survey.papers.get(key), links

    def _mentions_of(self, key: str) -> tuple[object, ...]:
        """Return the list of the sections that speak of a paper."""
        describe = self.survey.describe
        return tuple(
            (docname, said.kind, said.anchor, describe(docname, said.section, said.section_title))
            for docname, said in self.survey.mentions.get(key, ())
        )


def check_survey(domain: SurveyDomain) -> list[Diagnostic]:
    """Return every problem of the survey: of its files, its pages, and the two together."""
    checks = (_check_names, _check_homes, _check_references, _check_history, _check_clocks)
    survey = domain.get_survey()
    of_pages = [diagnostic for check in checks for diagnostic in check(domain, survey)]
    found = [
        *check_names(domain.settings, domain.catalog, find_conf(domain.settings.root)),
        *limit_diagnostics(sort_diagnostics(domain.catalog_diagnostics)),
        *sort_diagnostics(of_pages),
    ]
    return [diagnostic for diagnostic in found if diagnostic.code not in domain.disabled]


def _locate(domain: SurveyDomain, docname: str, line: int) -> Location:
    """Return the place of a line of a page."""
    return Location(show_path(domain.env.doc2path(docname), domain.settings.root), line)


def _check_names(domain: SurveyDomain, survey: Survey) -> Iterator[Diagnostic]:
    """Find pages that name papers or categories which do not exist, or to which nothing leads."""
    papers, categories = domain.catalog.papers, domain.catalog.taxonomy.categories
    stock = get_formatter(domain.env).stock
    for docname, page in survey.pages.items():
        path = _locate(domain, docname, 0).path
        for mention in page.mentions:
            place = Location(path, mention.line)
            for key in mention.keys:
                if key in stock:
                    continue
                if key not in papers:
                    text = f"the bibliography has no entry '{key}'"
                    hint = did_you_mean(key, papers)
                    yield diagnose(Code.UNKNOWN_KEY, text, place, hint, key=key)
                elif mention.kind == "cite" and stock and not survey.references:
                    text = f"no list of references holds '{key}'"
                    hint = "let a {bibliography} list it, or add a page with {survey:references}"
                    yield diagnose(Code.REFERENCES_MISSING, text, place, hint, key=key)
        for tag, line in () if domain.lacks_taxonomy else page.categories:
            place = Location(path, line)
            if line and tag not in categories:
                text, hint = f"no category has the tag '{tag}'", did_you_mean(tag, categories)
                yield diagnose(Code.UNKNOWN_CATEGORY, text, place, hint)
            elif line and tag not in survey.categories:
                text = f"the category '{tag}' has no section to link to"
                hint = f"list it somewhere: {{survey:papers}} {tag}"
                yield diagnose(Code.HOME_MISSING, text, place, hint)


def _check_homes(domain: SurveyDomain, survey: Survey) -> Iterator[Diagnostic]:
    """Find categories without a home in the pages, and those with two."""
    for docname, page in survey.pages.items():
        for tag, home in page.homes.items():
            first, first_home = survey.homes[tag]
            if docname != first:
                known = _locate(domain, first, first_home.line)
                text = f"the category '{tag}' is at home in {known} already"
                place, hint = _locate(domain, docname, home.line), "add the option :excerpt: here"
                yield diagnose(Code.HOME_TWICE, text, place, hint)
    owners = {paper.home for paper in domain.catalog.papers.values()}
    for tag, category in domain.catalog.taxonomy.categories.items():
        if (not category.children or tag in owners) and tag not in survey.homes:
            text = f"no page lists the category '{tag}'"
            hint = f"add a section with {{survey:papers}} {tag}"
            yield diagnose(Code.HOME_MISSING, text, category.location, hint)


def _check_references(domain: SurveyDomain, survey: Survey) -> Iterator[Diagnostic]:
    """Find out whether there is exactly one list of references, if pages cite papers."""
    pages = survey.pages
    holders = [(docname, page.references) for docname, page in pages.items() if page.references]
    for place in holders[1:]:
        text = f"the list of references stands in {holders[0][0]} already"
        yield diagnose(Code.REFERENCES_TWICE, text, _locate(domain, *place), "remove this one")
    cites = (
        (docname, mention.line)
        for docname, page in pages.items()
        for mention in page.mentions
        if mention.kind == "cite"
    )
    if not holders and not get_formatter(domain.env).stock and (first := next(cites, None)):
        text = "pages cite papers, but none holds the list of references"
        hint = "add a page with {survey:references}"
        yield diagnose(Code.REFERENCES_MISSING, text, _locate(domain, *first), hint)


def _check_history(domain: SurveyDomain, survey: Survey) -> Iterator[Diagnostic]:
    """Find a history that a page shows and that cannot be read."""
    path = domain.locate(FILE_NAME)
    if any("changes" in page.panels for page in survey.pages.values()):
        try:
            read_history(path)
        except StateError as error:
            place = Location(show_path(path, domain.settings.root))
            hint = "write it anew: livingsurvey history"
            yield diagnose(Code.SYNTAX, str(error), place, hint)


def _check_clocks(domain: SurveyDomain, survey: Survey) -> Iterable[Diagnostic]:
    """Find chapters that nobody has reviewed for long, by the clock of the survey."""
    chapters = [
        describe_chapter(survey, docname, _locate(domain, docname, 1))
        for docname in survey.chapters
    ]
    catalog, limits = domain.catalog, domain.settings.limits
    return check_chapters(chapters, catalog, limits, find_last_day(catalog))
