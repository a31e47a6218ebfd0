"""The TeX of bibliographies, as a value with many views.

:func:`parse` turns the subset of TeX that titles use into a small inline tree (:mod:`.tree`).
Each output takes the view that it needs: nodes for documents, ``text`` for data and attributes,
``tex`` for print, ``sort_key`` for order. Nothing that a bibliography says is ever executed:
text is escaped, formulas are held against an allow-list (:mod:`.formulas`), links lead to http,
https and mailto only, and what cannot be shown as written is a :class:`Problem`, not an error.
"""

from livingsurvey.markup.escaping import (
    cut_long_words,
    escape_tex,
    escape_url,
    is_safe_url,
    search_key,
    sort_key,
    title_key,
)
from livingsurvey.markup.parser import parse
from livingsurvey.markup.tree import Markup, Node, Text, render_text

__all__ = [
    "Markup", "Node", "Text", "cut_long_words", "escape_tex", "escape_url", "is_safe_url", "parse",
    "render_text", "search_key", "sort_key", "title_key",
]  # fmt: skip
