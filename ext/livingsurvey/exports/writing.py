"""From a selection to the text of a file, in each of the formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingsurvey.exports.bibtex import write_bibtex
from livingsurvey.exports.csl import write_csl_json
from livingsurvey.exports.feeds import write_atom
from livingsurvey.exports.full import read_schema, write_json
from livingsurvey.exports.ris import write_ris
from livingsurvey.exports.selection import Selection
from livingsurvey.exports.tables import write_csv

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from livingsurvey.catalog import Catalog
    from livingsurvey.exports.about import About
    from livingsurvey.exports.files import File

WRITERS: dict[str, Callable[[Selection, About], str]] = {
    "bibtex": write_bibtex,
    "ris": write_ris,
    "csl-json": write_csl_json,
    "csv": write_csv,
    "json": write_json,
    "atom": write_atom,
}
"""By the name of the format, what returns the text; its line ends are to be kept as they are."""


def write_file(
    file: File, catalog: Catalog, about: About, places: Mapping[str, str] | None = None
) -> str:
    """Return the text of a file; see :class:`~.selection.Selection` for *places*.

    Raises:
        KeyError: There is no such format or category.
    """
    if not file.format:
        return read_schema()
    selection = Selection(
        catalog=catalog,
        category=catalog.category(file.category) if file.category else None,
        places=places or {},
        path=file.path,
    )
    return WRITERS[file.format](selection, about)
