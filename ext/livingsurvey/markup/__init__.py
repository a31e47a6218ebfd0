"""The TeX of bibliographies, as a value with many views.

:func:`parse` turns the subset of TeX that titles use into a small inline tree (:mod:`.tree`).
Each output takes the view that it needs: nodes for documents, ``text`` for data and attributes,
``tex`` for print, ``sort_key`` for order. Nothing that a bibliography says is ever executed:
text is escaped, formulas are held against an allow-list (:mod:`.symbols`), links lead to http,
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
from livingsurvey.markup.formulas import is_safe_math
from livingsurvey.markup.parser import forget_parsed, parse
from livingsurvey.markup.tree import (
    Emphasis,
    Link,
    Markup,
    Math,
    Monospace,
    Node,
    Problem,
    SmallCaps,
    Strong,
    Styled,
    Subscript,
    Superscript,
    Text,
    render_tex,
    render_text,
)

__all__ = [
    "Emphasis",
    "Link",
    "Markup",
    "Math",
    "Monospace",
    "Node",
    "Problem",
    "SmallCaps",
    "Strong",
    "Styled",
    "Subscript",
    "Superscript",
    "Text",
    "cut_long_words",
    "escape_tex",
    "escape_url",
    "forget_parsed",
    "is_safe_math",
    "is_safe_url",
    "parse",
    "render_tex",
    "render_text",
    "search_key",
    "sort_key",
    "title_key",
]
