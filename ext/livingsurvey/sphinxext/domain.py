"""The domain ``survey``: what the pages ask of the catalog, and where things are."""

from __future__ import annotations

from functools import cached_property
from hashlib import blake2b
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from docutils import nodes
from sphinx.domains import Domain, ObjType
from sphinx.roles import XRefRole
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

from livingsurvey import __version__
from livingsurvey.catalog import ledger, load
from livingsurvey.configuration import FILE_NAME, ConfigurationError, search_configuration
from livingsurvey.diagnostics import Code, did_you_mean
from livingsurvey.digest import digest
from livingsurvey.queries import fingerprint
from livingsurvey.sphinxext.citation_cache import CitationCache
from livingsurvey.sphinxext.config import log_problem
from livingsurvey.sphinxext.nodes import display_name, placeholder
from livingsurvey.sphinxext.survey import Survey, Tables
from livingsurvey.upkeep import history, inbox

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Set
    from typing import ClassVar

    from docutils.nodes import Element
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from livingsurvey.catalog import Catalog
    from livingsurvey.diagnostics import Diagnostic
    from livingsurvey.model import Category
    from livingsurvey.queries import Query
    from livingsurvey.settings import Settings
    from livingsurvey.sphinxext.survey import Page
    from livingsurvey.words import Words


T = TypeVar("T")

KEPT = (history.FILE_NAME, inbox.FILE_NAME, ledger.FILE_NAME)
"""What pages show of the files that the commands keep beside the bibliography."""


class SurveyDomain(Domain):
    """Papers and categories.

    The catalog hangs on the instance, not in ``data``: so it is not pickled, is read only when a
    page asks for it, and is inherited by forked readers.
    """

    name = "survey"
    label = "Survey"
    data_version = 1
    object_types: ClassVar[dict[str, ObjType]] = {
        # Not "paper": from an anchor that reads like "type-name" the search keeps the type alone
        # and makes the rest up from the name that readers know, not from the key.
        "entry": ObjType("paper", "paper", searchprio=0),
        "category": ObjType("category", "category", searchprio=0),
    }
    initial_data: ClassVar[dict[str, Any]] = {"tables": Tables()}

    settings: Settings
    builder: Builder
    citations: CitationCache
    """How citations were printed; kept from build to build."""
    inputs = ""
    """The digest of the files of the catalog as they are now; see :meth:`digest_inputs`."""
    is_dirty = True
    """Whether anything has changed since the last complete build."""
    is_reading = True
    """Whether pages are read in this build."""
    was_killed = False
    """Whether the build before this one did not end."""
    former: dict[str, Page]
    """The pages that are read again, as they were."""
    _answers: dict[Query, tuple[Any, str]]
    """What was asked of the catalog in this build; see :meth:`find_answer`."""
    _made: dict[object, Any]
    """What was made of the survey as it is now; see :meth:`once`."""

    def start(self, settings: Settings, builder: Builder) -> None:
        """Begin a build."""
        self.settings = settings
        self.builder = builder
        path = Path(self.env.doctreedir) / f"citations-{builder.name}.pickle"
        self.citations = CitationCache(path, is_fresh=not self.tables.digest)
        self.inputs = self.digest_inputs()
        self.former = {}
        self._answers = {}
        self.forget_survey()

    def digest_inputs(self) -> str:
        """Return a digest of the files of the survey and the citation styles: content, not time."""
        settings, config = self.settings, self.env.config
        styles = (config.bibtex_default_style, config.bibtex_reference_style)
        files = [*settings.bibliographies, *filter(None, [settings.taxonomy, settings.authors])]
        # The last may disable rules.
        files += (*map(self.locate, KEPT), settings.root / FILE_NAME)
        states = [(path.name, _digest_file(path)) for path in files]
        return digest((__version__, styles, states, settings.book.cite, self.words.digest))

    def locate(self, name: str) -> Path:
        """Return where a file is that the commands keep: beside the first bibliography."""
        folder = next(iter(self.settings.bibliographies), self.settings.root / "papers.bib")
        return folder.with_name(name)

    @property
    def words(self) -> Words:
        """What the pages say, in the language of the survey."""
        return self.settings.about.words

    @property
    def tables(self) -> Tables:
        """What the environment remembers."""
        return cast("Tables", self.data["tables"])

    @cached_property
    def _loaded(self) -> tuple[Catalog, list[Diagnostic]]:
        settings = self.settings
        return load(settings.bibliographies, settings.taxonomy, settings.root, settings.authors)

    @property
    def catalog(self) -> Catalog:
        """The catalog, read when it is first asked for."""
        return self._loaded[0]

    @cached_property
    def disabled(self) -> Collection[Code]:
        """The rules that ``pyproject.toml`` disables; what is wrong with it, ``check`` says."""
        try:
            return search_configuration(self.settings.root).disabled
        except ConfigurationError:
            return ()

    @property
    def lacks_taxonomy(self) -> bool:
        """Whether there is to be a taxonomy, and it cannot be read: one error says so."""
        return bool(self.settings.taxonomy) and not self.catalog.taxonomy.categories

    @property
    def catalog_diagnostics(self) -> list[Diagnostic]:
        """What is wrong with the files of the catalog."""
        return self._loaded[1]

    def ask(self, docname: str, query: Query) -> Any:
        """Return the answer to a query, and remember that the page depends on it.

        This is the only way in which a page sees the bibliography, so no dependency is forgotten.
        """
        answer, self.tables.page(docname).answers[query] = self.find_answer(query)
        return answer

    def find_answer(self, query: Query) -> tuple[Any, str]:
        """Return the answer to a query and its fingerprint, made once in a build."""
        if query not in self._answers:
            answer = query.answer(self.catalog)
            self._answers[query] = answer, fingerprint(answer)
        return self._answers[query]

    def get_survey(self) -> Survey:
        """Return where everything is, once all pages are read; kept until :meth:`forget_survey`."""
        return self.once(Survey)

    def once(self, make: Callable[[SurveyDomain], T]) -> T:
        """Return what a function makes of the survey as it is: made once, until pages change."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast("T", self._made[make])

    def forget_survey(self) -> None:
        """Forget where everything is, since pages are going to change."""
        self._made = {}

    def clear_doc(self, docname: str) -> None:
        """Forget a document that is removed or about to be read again."""
        page = self.tables.pages.pop(docname, None)
        if page is not None:
            self.former.setdefault(docname, page)
        self.forget_survey()

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        """Take over what a forked reader has read."""
        read = otherdata["tables"].pages
        self.tables.pages.update((name, read[name]) for name in docnames if name in read)
        self.forget_survey()

    def resolve_xref(  # noqa: PLR0917 - Sphinx's signature
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> nodes.reference | None:
        """Link a role to the home of a paper or category; its text is asked of the catalog."""
        survey = self.get_survey()
        if typ == "category":
            place = survey.categories.get(target)
            text = survey.category_titles[target] if place else ""
        else:
            place, text = survey.papers.get(target), survey.names.get(target, "")
            if place is None and target in self.catalog.papers:
                # A paper without a category has no full entry, but a reference.
                text = display_name(self.catalog.papers[target])
                anchor = f"ref-{self.catalog.anchor(target)}"
                place = (survey.references, anchor) if survey.references else None
        if text and not node.get("refexplicit"):
            contnode = nodes.inline("", text, classes=["ls-" + typ])
        if place is None:
            # Reported with its line when the pages were checked; the text stays readable.
            return cast("nodes.reference", nodes.inline("", "", contnode))
        link = make_refnode(builder, fromdocname, *place, contnode)
        if builder.name == "singlehtml" and place[1] and "refuri" in link:
            # Sphinx (9.0.4) makes "#document-page#id" of it, which leads nowhere.
            link["refuri"] = f"#{place[1]}"
        return link

    def resolve_any_xref(  # noqa: PLR0917 - Sphinx's signature
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> list[tuple[str, nodes.reference]]:
        """Link ``[](#key)`` and ``{any}`` to a paper or a category of exactly this name."""
        known = {"paper": self.catalog.papers, "category": self.get_survey().categories}
        found = []
        for typ, names in known.items():
            if target in names:
                link = self.resolve_xref(env, fromdocname, builder, typ, target, node, contnode)
                if isinstance(link, nodes.reference):
                    found.append((f"survey:{typ}", link))
        return found

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Yield papers and categories for ``objects.inv`` and for the search.

        Other projects know them by key and tag, readers by name. One line cannot serve both for
        a category: the search (Sphinx 9.1) leaves an anchor out that follows from the first
        name, and then makes it up from the second. Priority -1 keeps a line out of the search.
        """
        survey = self.get_survey()
        for key, (docname, anchor) in survey.papers.items():
            yield key, survey.search_names[key], "entry", docname, anchor, 0
        for tag, (docname, anchor) in survey.categories.items():
            title = survey.category_titles[tag]
            former = survey.homes[tag][1].aliases if tag in survey.homes else ()
            for name in (tag, *former):
                yield name, title, "category", docname, anchor, -1
            if anchor and title != tag:  # a whole page is found by its own title
                yield title, title, "category", docname, anchor, 0

    def get_type_name(self, type: ObjType, primary: bool = False) -> str:  # noqa: A002
        """Return what the search calls a kind of object: a "survey paper" is another thing."""
        if type.lname == "paper":
            return self.words.ngettext("paper", "papers", 1)
        return self.words.gettext("category")


def _digest_file(path: Path) -> str:
    """Return the digest of a file's content, ``""`` if it cannot be read."""
    try:
        return blake2b(path.read_bytes() if path.is_file() else b"").hexdigest()
    except OSError:
        return ""


def get_survey_domain(env: BuildEnvironment) -> SurveyDomain:
    """Return the domain of a build."""
    return cast("SurveyDomain", env.get_domain("survey"))


class SurveyDirective(SphinxDirective):
    """Base of the directives: on which page they stand, and what this asks."""

    option_spec: ClassVar[dict[str, Callable[[str], Any]] | None] = {}

    @property
    def domain(self) -> SurveyDomain:
        """The domain of the build."""
        return get_survey_domain(self.env)

    @property
    def words(self) -> Words:
        """What the page says, in the language of the survey."""
        return self.domain.words

    @property
    def docname(self) -> str:
        """The name of the page."""
        return self.env.current_document.docname

    @property
    def page(self) -> Page:
        """What is remembered of the page."""
        return self.domain.tables.page(self.docname)

    def ask(self, query: Query) -> Any:
        """Return the answer to a query, on which the page then depends."""
        return self.domain.ask(self.docname, query)

    def find_category(self, name: str) -> Category | None:
        """Return the category of a name; report one that there is not."""
        taxonomy = self.domain.catalog.taxonomy
        category = taxonomy.find(name)
        if category is None and not self.domain.lacks_taxonomy:
            text, place = f"no category has the tag '{name}'", self.get_location()
            hint = did_you_mean(name, taxonomy.categories)
            log_problem(Code.UNKNOWN_CATEGORY, text, place, hint)
        return category

    def make_section(
        self, kind: str, name: str, *body: nodes.Node, title: str = ""
    ) -> nodes.section:
        """Return a section whose id says what it holds: ``year-2024``; its title, unless given."""
        document = self.state.document
        wanted = nodes.make_id(f"{kind}-{name}")
        anchors = chain([wanted], (f"{wanted}-{number}" for number in count(2)))
        anchor = next(anchor for anchor in anchors if anchor not in document.ids)
        head = nodes.title("", title) if title else nodes.title(name, name)
        section = nodes.section("", head, *body, ids=[anchor])
        document.set_id(section)
        self.set_source_info(section)
        return section

    def say_nothing(self) -> nodes.paragraph:
        """Return what stands where no paper is: an empty list would end a LaTeX run."""
        return nodes.paragraph("", self.words.gettext("No papers yet."))


class CategoryRole(XRefRole):
    """A link to the section of a category that shows its title."""

    def process_link(
        self,
        env: BuildEnvironment,
        refnode: Element,
        has_explicit_title: bool,
        title: str,
        target: str,
    ) -> tuple[str, str]:
        """Turn an alias or another case into the tag itself."""
        category = get_survey_domain(env).catalog.taxonomy.find(target)
        return title, category.tag if category else target


class ResolvePlaceholders(SphinxPostTransform):
    """Fill in what is known once all pages are read."""

    # Ahead of ExpandPapers (7) and of Sphinx's ReferencesResolver (10).
    default_priority = 6

    def run(self, **kwargs: Any) -> None:
        """Resolve the placeholders of one document, or of the assembled tree in LaTeX."""
        domain = get_survey_domain(self.env)
        for node in list(self.document.findall(placeholder)):
            node.resolve(domain)


def setup(app: Sphinx) -> None:
    """Register the domain, its roles, and what fills placeholders in."""
    app.add_domain(SurveyDomain)
    for name, role in (("paper", XRefRole), ("category", CategoryRole)):
        # A link that leads nowhere is reported with its line when all pages are read.
        link = role(warn_dangling=False, innernodeclass=nodes.inline)
        app.add_role_to_domain("survey", name, link)
    app.add_post_transform(ResolvePlaceholders)
