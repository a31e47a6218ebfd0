"""The roles ``{survey:paper}`` and ``{survey:category}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sphinx.roles import XRefRole
from sphinx.util.docutils import SphinxRole

if TYPE_CHECKING:
    from docutils import nodes
    from docutils.nodes import Element
    from sphinx.environment import BuildEnvironment

    from livingsurvey.sphinxext.domain import SurveyDomain


class FrugalRole(SphinxRole):
    """Base of our roles: lets the page go behind each use.

    A role is one object for the whole build, and Sphinx (9.1) leaves the parser of the page in it,
    and so the whole tree of the last page that used it.
    """

    def __call__(
        self, *args: Any, **options: Any
    ) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Run the role; see :class:`sphinx.util.docutils.SphinxRole`."""
        try:
            return super().__call__(*args, **options)
        finally:
            del self.inliner


class PaperRole(FrugalRole, XRefRole):
    """A link to the home of a paper that shows what people call it."""

    def __init__(self) -> None:
        super().__init__(warn_dangling=False)


class CategoryRole(FrugalRole, XRefRole):
    """A link to the section of a category that shows its title."""

    def __init__(self) -> None:
        super().__init__(warn_dangling=False)

    def process_link(
        self,
        env: BuildEnvironment,
        refnode: Element,
        has_explicit_title: bool,
        title: str,
        target: str,
    ) -> tuple[str, str]:
        """Turn an alias or another case into the tag itself."""
        domain = cast("SurveyDomain", env.get_domain("survey"))
        category = domain.catalog.taxonomy.find(target)
        return title, category.tag if category else target
