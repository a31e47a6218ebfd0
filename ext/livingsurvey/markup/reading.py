"""What is read of TeX at a glance: most titles are plain text, or protect the case of a word."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from livingsurvey.markup.letters import HIDDEN
from livingsurvey.markup.nodes import Text
from livingsurvey.markup.views import Markup

_NOT_PLAIN = re.compile(rf"[\\{{}}$~`'{HIDDEN}]|--|[^\S ]|  |^ | $")
"""What plain text does not hold; without it there is nothing to do."""

_PROTECTED = re.compile(r"(?:[^{}]*+\{[^{}]*+\})++[^{}]*+")
"""Text with braces around parts of it, as most titles are written."""

_NOTHING = Markup((), "")


def parse(tex: str) -> Markup:
    """Turn the TeX of a title, venue or annotation into a :class:`~.views.Markup`.

    Never raises; takes linear time. Results may be shared: they are immutable.
    """
    if not tex:
        return _NOTHING
    if _NOT_PLAIN.search(tex):
        return _parse(tex)
    text = tex if tex.isascii() else unicodedata.normalize("NFC", tex)
    return Markup((Text(text),), text)


def forget_parsed() -> None:
    """Let go of what was read; a process may have other things to do."""
    _parse.cache_clear()


@lru_cache(maxsize=32768)
def _parse(tex: str) -> Markup:
    if _PROTECTED.fullmatch(tex):
        bare = tex.replace("{", "").replace("}", "")
        if bare and not _NOT_PLAIN.search(bare):
            # Braces that only protect the case of a word leave nothing behind.
            return parse(bare)
    # It takes long to import, and a build that changes nothing reads no title.
    from livingsurvey.markup.parser import parse_anything  # noqa: PLC0415

    return parse_anything(tex)
