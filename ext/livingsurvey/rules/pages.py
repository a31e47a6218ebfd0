"""Rules about pages: the build finds them, since it takes all pages and the bibliography."""

from __future__ import annotations

from livingsurvey.diagnostics import Code, Severity
from livingsurvey.rules.rule import Rule

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

RULES = (
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
)
