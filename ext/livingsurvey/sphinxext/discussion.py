"""What the prose says of papers, and how far it agrees with the listings.

``{survey:discussed}`` in the head of a chapter counts the papers that its text discusses;
``{survey:agreement}`` on a page for editors says for every chapter which papers it lists without a
word and which it cites without listing them; ``{survey:state}`` on another says what each category
lacks and when each chapter was reviewed. All this is known only once every page is read, so
the directives leave a placeholder that :class:`~.domain.ResolvePlaceholders` fills in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes

from livingsurvey.catalog import ledger
from livingsurvey.model import Location
from livingsurvey.queries import find_month
from livingsurvey.sphinxext.citations import parse_targets
from livingsurvey.sphinxext.domain import SurveyDirective
from livingsurvey.sphinxext.linking import Linker, join_links, refer_to_category
from livingsurvey.sphinxext.nodes import PageLink, make_table, placeholder
from livingsurvey.upkeep import inbox
from livingsurvey.upkeep.state import Chapter, State, find_unread
from livingsurvey.words import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sphinx.application import Sphinx

    from livingsurvey.sphinxext.domain import SurveyDomain
    from livingsurvey.sphinxext.survey import Mention, Survey
    from livingsurvey.upkeep.state import CategoryState, SurveyState
    from livingsurvey.words import Words


class discussion(placeholder, nodes.General, nodes.Element):  # noqa: N801
    """What a page says of the discussion of its papers; attributes ``panel``, ``docname``."""

    def resolve(self, domain: SurveyDomain) -> None:
        """Say what is known once all pages are read."""
        self.replace_self(list(render_panel(domain, self["panel"], self["docname"])))


def render_panel(domain: SurveyDomain, panel: str, docname: str) -> Iterator[nodes.Node]:
    """Yield what a panel of a page says; nothing for those that are read with the page."""
    survey, words = domain.get_survey(), domain.words
    if panel == "discussed":
        found = Agreement(survey, docname)
        yield _count_discussed(found, words, _date(domain, docname, found))
    elif panel in {"state", "agreement"} and not survey.chapters:
        yield nodes.paragraph("", words.gettext("No page lists a category yet."))
    elif panel == "state":
        yield _show_clocks(domain, docname)
    elif panel == "agreement":
        yield from _report_agreement(domain, docname)


class Agreement:
    """How the text of a chapter, with all its documents, or of one page agrees with its listings.

    Attributes:
        listed: The papers that its listings show; keys in its order.
        discussed: Those of them that its text cites or names.
        silent: Those that it does not.
        unlisted: The papers that its text cites or names and no listing of it shows.
    """

    def __init__(self, survey: Survey, docname: str) -> None:
        pages = [survey.pages[document] for document in survey.list_documents(docname)]
        mentions = [mention for page in pages for mention in page.mentions]
        said = _collect_keys(mentions, {"cite", "name"})
        self.listed = tuple(_collect_keys(mentions, {"list"}))
        self.discussed = tuple(key for key in self.listed if key in said)
        self.silent = tuple(key for key in self.listed if key not in said)
        others = said.keys() - {*self.listed}
        self.unlisted = tuple(key for key in said if key in others and key in survey.papers)


def describe_chapter(survey: Survey, docname: str, location: Location) -> Chapter:
    """Return a chapter as the rules see it; the place is the head of its page."""
    found = Agreement(survey, docname)
    reviewed, discussed = survey.reviewed.get(docname, ""), frozenset(found.discussed)
    return Chapter(location=location, reviewed=reviewed, listed=found.listed, discussed=discussed)


def _count_unread(domain: SurveyDomain, docname: str) -> int:
    """Return how many papers a chapter lists that joined since its review, without a word."""
    chapter = describe_chapter(domain.get_survey(), docname, Location(docname))
    return len(find_unread(domain.catalog, chapter))


def _show_newest(domain: SurveyDomain, keys: Iterable[str]) -> str:
    """Return the month in which the newest of some papers first appeared; ``""`` if unknown."""
    papers = domain.catalog.papers
    months = [find_month(papers[key]) for key in keys if key in papers]
    return _show_month(max(months, default=(0, 0)), domain.words)


def _show_month(when: tuple[int, int], words: Words, *, is_short: bool = False) -> str:
    """Return ``August 2026``, the year alone, or ``""`` if that is unknown too."""
    year, month = when
    return words.month(year, month, is_short=is_short) if month else str(year or "")


def _collect_keys(mentions: Iterable[Mention], kinds: set[str]) -> dict[str, None]:
    return {key: None for mention in mentions if mention.kind in kinds for key in mention.keys}


def collect_said(
    survey: Survey, key: str, text_of: Callable[[str, str], str]
) -> tuple[object, ...]:
    """Return what the page of a paper shows of the discussion, for :mod:`.freshness`.

    Args:
        survey: The survey.
        key: The paper.
        text_of: Returns what stands for the words of a citation of a paper by a role.
    """
    found = (mention for _, mention in survey.mentions.get(key, ()))
    sentences = {mention.sentence: None for mention in found if mention.kind != "list"}
    facts: list[object] = [tuple(sentences)]
    names = {"paper": survey.names, "category": survey.category_titles}
    for kind, value in {part: None for sentence in sentences for part in sentence}:
        if kind in names:
            facts.append(names[kind].get(value, ""))
        elif kind.startswith("cite:"):
            role = kind.removeprefix("cite:")
            facts.extend(text_of(target.key, role) for target in parse_targets(value))
    facts.extend(
        (companion, count, survey.names[companion], survey.papers[companion])
        for companion, count in survey.find_companions(key)
    )
    return tuple(facts)


class PanelDirective(SurveyDirective):
    """Say what is known once all pages are read: a placeholder, and a note that the page shows it.

    ``discussed`` says how many of the papers listed in a chapter its text discusses;
    ``agreement`` says for every chapter where its text and its listings disagree.
    """

    def run(self) -> list[nodes.Node]:
        """Return the placeholder."""
        panel = self.name.rpartition(":")[2].lower()
        self.page.panels[panel] = None
        node = discussion(panel=panel, docname=self.docname)
        self.set_source_info(node)
        return [node]


class StateDirective(PanelDirective):
    """Say what each category has, lacks and waits for, and when each chapter was reviewed."""

    def run(self) -> list[nodes.Node]:
        """Return two tables under a sentence about the inbox; the second one is a placeholder."""
        domain, words = self.domain, self.words
        query = State(domain.locate(ledger.FILE_NAME), domain.locate(inbox.FILE_NAME))
        state: SurveyState = self.ask(query)
        shown: list[nodes.Node] = [
            nodes.paragraph("", state.fault or _describe_inbox(state, words))
        ]
        rows = [_describe_category(category, state, words) for category in state.categories]
        if rows:  # else a survey without categories
            titles = [words.gettext(title) for title in _TITLES]
            table = make_table("ls-state", titles, (26, 8, 24, 8, 7, 7, 8, 8, 6), rows)
            for link in table.findall(addnodes.pending_xref):
                self.set_source_info(link)
            shown.append(table)
        return [*shown, *super().run()]


_TITLES = (
    mark("Category"), mark("Papers"), mark("Newest"), mark("Preprints"), mark("No code"),
    mark("No DOI"), mark("No annotation"), mark("Unverified"), mark("Inbox"),
)  # fmt: skip
_CLOCKS = (
    mark("Chapter"), mark("Reaches to"), mark("Reviewed"), mark("Listed since, not discussed"),
)  # fmt: skip


def _describe_inbox(state: SurveyState, words: Words) -> str:
    number = state.waiting
    held = words.ngettext("The inbox holds {n} paper", "The inbox holds {n} papers", number)
    asked = words.gettext("never asked for")
    if state.fetched:
        asked = words.gettext("last asked for on {date}", date=state.fetched)
    declined = words.ngettext("{n} was declined", "{n} were declined", state.declined)
    return words.gettext("{held}, {asked}; {declined}.", held=held, asked=asked, declined=declined)


def _describe_category(
    category: CategoryState, state: SurveyState, words: Words
) -> list[nodes.Node]:
    month = _show_month(category.newest_month, words, is_short=True)
    month = month.replace(" ", "\N{NO-BREAK SPACE}")
    newest = nodes.inline("", f"{category.newest_name}, {month}" if category.newest else "")
    unverified = category.unverified if state.has_ledger else "–"  # noqa: RUF001 (a dash is meant)
    lacking = (category.preprints, category.no_code, category.no_doi, category.no_annotation)
    papers, *others = (
        nodes.inline("", str(number), classes=["ls-number"])
        for number in (category.papers, *lacking, unverified, category.waiting)
    )
    return [refer_to_category(category.tag, category.title), papers, newest, *others]


def _show_clocks(domain: SurveyDomain, fromdocname: str) -> nodes.table:
    """Return how far each chapter reaches, and when it was reviewed."""
    rows, words, survey = [], domain.words, domain.get_survey()
    for docname in survey.chapters:
        texts = (
            _show_newest(domain, Agreement(survey, docname).listed),
            survey.reviewed.get(docname) or words.gettext("never"),
            str(_count_unread(domain, docname)),
        )
        link = nodes.inline("", "", *_link_chapter(domain, fromdocname, docname))
        rows.append([link, *(nodes.inline("", text) for text in texts)])
    titles = [words.gettext(title) for title in _CLOCKS]
    return make_table("ls-clocks", titles, (40, 20, 20, 20), rows)


def _link_chapter(domain: SurveyDomain, fromdocname: str, docname: str) -> list[nodes.Node]:
    survey = domain.get_survey()
    uri = Linker(survey, domain.builder).uri(fromdocname, docname, "")
    return join_links([PageLink(survey.describe(docname, "", ""), uri)])


def _count_discussed(found: Agreement, words: Words, dates: Iterable[str] = ()) -> nodes.paragraph:
    listed, discussed = len(found.listed), len(found.discussed)
    text = words.gettext("No papers are listed in this chapter yet.")
    if listed:
        text = words.ngettext(
            "{discussed} of {n} papers listed in this chapter are discussed in its text.",
            "{discussed} of {n} papers listed in this chapter are discussed in its text.",
            listed,
            discussed=discussed,
        )
    # Chinese and Japanese have no space between sentences.
    for sentence in dates:
        text = words.gettext("{text} {sentence}", text=text, sentence=sentence)
    return nodes.paragraph("", text, classes=["ls-discussed"])


def _date(domain: SurveyDomain, docname: str, found: Agreement) -> Iterator[str]:
    """Yield how far a chapter reaches, and when somebody last looked it through."""
    words, reviewed = domain.words, domain.get_survey().reviewed.get(docname, "")
    unread = _count_unread(domain, docname)
    listed = _show_newest(domain, found.listed)
    discussed = _show_newest(domain, (*found.discussed, *found.unlisted))
    if listed and discussed == listed:
        text = mark("The newest listed and the newest discussed are of {month}.")
        yield words.gettext(text, month=listed)
    elif listed and discussed:
        text = mark("The newest paper listed is of {listed}, the newest discussed of {discussed}.")
        yield words.gettext(text, listed=listed, discussed=discussed)
    elif listed:
        yield words.gettext("The newest paper listed is of {month}.", month=listed)
    if reviewed and not unread:
        yield words.gettext("Last reviewed on {date}.", date=reviewed)
    elif reviewed:
        yield words.ngettext(
            "Last reviewed on {date}; {n} paper listed since then not discussed yet.",
            "Last reviewed on {date}; {n} papers listed since then not discussed yet.",
            unread,
            date=reviewed,
        )


def _report_agreement(domain: SurveyDomain, fromdocname: str) -> Iterator[nodes.Node]:
    survey, words = domain.get_survey(), domain.words
    linker = Linker(survey, domain.builder)
    for docname in survey.chapters:
        found = Agreement(survey, docname)
        yield nodes.rubric("", "", *_link_chapter(domain, fromdocname, docname))
        yield _count_discussed(found, words)
        items = nodes.bullet_list(bullet="*")
        for text, keys in (
            (mark("Listed, not discussed ({n}):"), found.silent),
            (mark("Discussed, not listed here ({n}):"), found.unlisted),
        ):
            head = nodes.strong("", words.gettext(text, n=len(keys)))
            names = join_links(
                PageLink(survey.names[key], linker.target(fromdocname, ("paper", key)))
                for key in keys
                if key in survey.papers
            )
            line = nodes.paragraph("", "", head, nodes.Text(" "), *names, nodes.Text("."))
            items += [nodes.list_item("", line)] if keys else []
        if items.children:
            yield items


def setup(app: Sphinx) -> None:
    """Register the directives and their node."""
    app.add_node(discussion)
    app.add_directive_to_domain("survey", "discussed", PanelDirective)
    app.add_directive_to_domain("survey", "agreement", PanelDirective)
    app.add_directive_to_domain("survey", "state", StateDirective)
