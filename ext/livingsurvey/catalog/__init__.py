"""The catalog: taxonomy and papers of a survey together, read once and never changed.

``load(bibliographies, taxonomy, root)`` is the one way in, for the builder and for the command.
"""

from __future__ import annotations

from livingsurvey.catalog.catalog import Catalog, Library, load, load_library, make_library

__all__ = ["Catalog", "Library", "load", "load_library", "make_library"]
