"""The roles ``{survey:paper}`` and ``{survey:category}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sphinx.roles import XRefRole

if TYPE_CHECKING:
    from docutils.nodes import Element
    from sphinx.environment import BuildEnvironment

    from livingsurvey.sphinxext.domain import SurveyDomain


class PaperRole(XRefRole):
    """A link to the home of a paper that shows what people call it."""

    def __init__(self) -> None:
        super().__init__(warn_dangling=False)


class CategoryRole(XRefRole):
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
