"""Checks that need both the catalog and all pages."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from livingsurvey.bibtex.source import StateError, show_path
from livingsurvey.diagnostics import (
    Code,
    Diagnostic,
    Severity,
    did_you_mean,
    limit_diagnostics,
    sort_diagnostics,
)
from livingsurvey.model import Location
from livingsurvey.settings import check_names
from livingsurvey.sphinxext.citations import get_formatter
from livingsurvey.sphinxext.config import find_conf
from livingsurvey.sphinxext.discussion import describe_chapter
from livingsurvey.upkeep.chapters import check_chapters, find_last_day
from livingsurvey.upkeep.history import FILE_NAME, read_history

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

    from livingsurvey.sphinxext.domain import SurveyDomain
    from livingsurvey.sphinxext.survey import Survey


def check_survey(domain: SurveyDomain, survey: Survey, app: Sphinx) -> list[Diagnostic]:
    """Return every problem of the survey: of its files, its pages, and the two together."""
    checker = _Checker(domain, survey, app)
    found = [
        *check_names(domain.settings, domain.catalog, find_conf(domain.settings.root)),
        *limit_diagnostics(sort_diagnostics(domain.catalog_diagnostics)),
        *sort_diagnostics(
            [
                *checker.check_names(),
                *checker.check_homes(),
                *checker.check_references(),
                *checker.check_history(),
                *checker.check_clocks(),
            ]
        ),
    ]
    return [diagnostic for diagnostic in found if diagnostic.code not in domain.disabled]


class _Checker:
    def __init__(self, domain: SurveyDomain, survey: Survey, app: Sphinx) -> None:
        self.domain = domain
        self.catalog = domain.catalog
        self.survey = survey
        self.env = app.env
        self.stock = get_formatter(app.env).stock

    def locate(self, docname: str, line: int) -> Location:
        path = show_path(self.env.doc2path(docname), self.domain.settings.root)
        return Location(path, line)

    def lists(self, key: str) -> bool:
        """Whether some list of references holds a paper."""
        return key in self.stock or bool(self.survey.references)

    def check_names(self) -> Iterator[Diagnostic]:
        """Find pages that name papers or categories which do not exist."""
        catalog, survey = self.catalog, self.survey
        for docname in survey.order:
            page = survey.pages.get(docname)
            if page is None:
                continue
            for mention in page.mentions:
                for key in mention.keys:
                    if key not in catalog.papers and key not in self.stock:
                        yield Diagnostic(
                            code=Code.UNKNOWN_KEY,
                            message=f"the bibliography has no entry '{key}'",
                            location=self.locate(docname, mention.line),
                            suggestion=did_you_mean(key, catalog.papers),
                            key=key,
                        )
                    elif mention.kind == "cite" and self.stock and not self.lists(key):
                        yield Diagnostic(
                            code=Code.REFERENCES_MISSING,
                            message=f"no list of references holds '{key}'",
                            location=self.locate(docname, mention.line),
                            suggestion="let a {bibliography} list it, or add a page with "
                            "{survey:references}",
                            key=key,
                        )
            for tag, line in page.categories:
                if not line or self.domain.lacks_taxonomy:
                    continue
                if tag not in catalog.taxonomy.categories:
                    yield Diagnostic(
                        code=Code.UNKNOWN_CATEGORY,
                        message=f"no category has the tag '{tag}'",
                        location=self.locate(docname, line),
                        suggestion=did_you_mean(tag, catalog.taxonomy.categories),
                    )
                elif tag not in survey.categories:
                    yield Diagnostic(
                        code=Code.HOME_MISSING,
                        message=f"the category '{tag}' has no section to link to",
                        location=self.locate(docname, line),
                        suggestion=f"list it somewhere: {{survey:papers}} {tag}",
                    )

    def check_homes(self) -> Iterator[Diagnostic]:
        """Find categories without a home in the pages, and those with two."""
        survey = self.survey
        seen: Counter[str] = Counter()
        for docname in survey.order:
            page = survey.pages.get(docname)
            for tag, home in page.homes.items() if page else ():
                seen[tag] += 1
                if seen[tag] > 1:
                    first, first_home = survey.homes[tag]
                    yield Diagnostic(
                        code=Code.HOME_TWICE,
                        message=f"the category '{tag}' is at home in "
                        f"{self.locate(first, first_home.line)} already",
                        location=self.locate(docname, home.line),
                        suggestion="add the option :excerpt: here",
                    )
        owners = {paper.home for paper in self.catalog.papers.values()}
        for category in self.catalog.taxonomy.categories.values():
            is_needed = not category.children or category.tag in owners
            if is_needed and category.tag not in survey.homes:
                yield Diagnostic(
                    code=Code.HOME_MISSING,
                    message=f"no page lists the category '{category.tag}'",
                    location=category.location,
                    suggestion=f"add a section with {{survey:papers}} {category.tag}",
                )

    def check_references(self) -> Iterator[Diagnostic]:
        """Find out whether there is exactly one list of references, if pages cite papers."""
        survey = self.survey
        pages = [docname for docname in survey.order if docname in survey.pages]
        holders = [docname for docname in pages if survey.pages[docname].references]
        for docname in holders[1:]:
            yield Diagnostic(
                code=Code.REFERENCES_TWICE,
                message=f"the list of references stands in {holders[0]} already",
                location=self.locate(docname, survey.pages[docname].references),
                suggestion="remove this one",
            )
        citing = next(
            (
                (docname, mention)
                for docname in pages
                for mention in survey.pages[docname].mentions
                if mention.kind == "cite"
            ),
            None,
        )
        if citing is not None and not holders and not self.stock:
            docname, mention = citing
            yield Diagnostic(
                code=Code.REFERENCES_MISSING,
                message="pages cite papers, but none holds the list of references",
                location=self.locate(docname, mention.line),
                suggestion="add a page with {survey:references}",
            )

    def check_history(self) -> Iterator[Diagnostic]:
        """Find a history that a page shows and that cannot be read."""
        path = self.domain.locate(FILE_NAME)
        if any("changes" in page.panels for page in self.survey.pages.values()):
            try:
                read_history(path)
            except StateError as error:
                yield Diagnostic(
                    code=Code.SYNTAX,
                    severity=Severity.ERROR,
                    message=str(error),
                    location=Location(show_path(path, self.domain.settings.root)),
                    suggestion="write it anew: livingsurvey history",
                )

    def check_clocks(self) -> Iterator[Diagnostic]:
        """Find chapters that nobody has reviewed for long, by the clock of the survey."""
        chapters = [
            describe_chapter(self.survey, docname, self.locate(docname, 1))
            for docname in self.survey.chapters
        ]
        limits, day = self.domain.settings.limits, find_last_day(self.catalog)
        yield from check_chapters(chapters, self.catalog, limits, day)
