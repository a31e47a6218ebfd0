"""The words that readers see, in the language of the survey.

English stands in the code, and is what a language without a catalog gets. Catalogs are gettext's,
in ``locale/LANG/LC_MESSAGES``; months and dates are babel's. :class:`Words` is a value that is
handed to what writes words, so that two builds in one process can speak two languages.

What the command line and the terminal say of a survey stays English: documentation and issue
trackers quote it.
"""

from __future__ import annotations

import datetime
import gettext
import struct
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from livingsurvey.digest import digest

if TYPE_CHECKING:
    from babel import Locale

CATALOG = "livingsurvey"
LOCALE = Path(__file__).parent / "locale"


def mark(text: str) -> str:
    """Return *text*, which is translated where it is used: for names that stand in tables."""
    return text


@dataclass(frozen=True)
class Words:
    """The words of one language.

    Attributes:
        language: As ``language`` in ``conf.py``: ``de``, ``zh_CN``.
        folders: Where to look for a catalog first; that of the package comes last.
    """

    language: str = "en"
    folders: tuple[str, ...] = ()

    @cached_property
    def _files(self) -> tuple[Path, ...]:
        """The catalogs, those that count first in front."""
        folders = (*self.folders, str(LOCALE))
        found = (gettext.find(CATALOG, folder, [self.language]) for folder in folders)
        return tuple(Path(name) for name in found if name)

    @cached_property
    def _catalog(self) -> gettext.NullTranslations:
        found = gettext.NullTranslations()
        for path in reversed(self._files):
            # One that cannot be read is left out.
            with suppress(OSError, ValueError, SyntaxError, struct.error), path.open("rb") as file:
                better = gettext.GNUTranslations(file)
                better.add_fallback(found)
                found = better
        return found

    @cached_property
    def digest(self) -> str:
        """The digest of all that is said: pages that say it are made again when it changes."""
        texts = [path.read_bytes().hex() for path in self._files if path.is_file()]
        return digest((self.language, texts))

    @cached_property
    def _locale(self) -> Locale:
        from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - the command needs none

        try:
            return Locale.parse(self.language)
        except (UnknownLocaleError, ValueError):
            return Locale("en")

    @property
    def is_right_to_left(self) -> bool:
        """Whether lines begin on the right."""
        return self._locale.text_direction == "rtl"

    @property
    def is_translated(self) -> bool:
        """Whether there is a catalog."""
        return bool(self._catalog.info())

    @property
    def plural_rule(self) -> str:
        """The rule by which the catalog chooses a plural form, in C and in JavaScript."""
        # What stands behind its semicolon, nobody has looked at.
        parts = self._catalog.info().get("plural-forms", "").split(";")
        return "".join(parts[1:2]).partition("plural=")[2].strip() or "n != 1"

    def list_forms(self, one: str, many: str) -> list[str]:
        """Return the plural forms of a text in the order in which the rule numbers them."""
        choose = gettext.c2py(self.plural_rule)
        numbers = {choose(number): number for number in range(1000, -1, -1)}
        return [self._catalog.ngettext(one, many, numbers[form]) for form in sorted(numbers)]

    def gettext(self, text: str, /, **values: object) -> str:
        """Return *text* translated, with values in place of their ``{names}``."""
        # The translation of "" is the head of the catalog.
        translated = self._catalog.gettext(text) if text else ""
        return _fill(translated, text, values) if values else translated

    def ngettext(self, one: str, many: str, number: int, /, **values: object) -> str:
        """Return the form for a number, which may stand in it as ``{n}``."""
        translated = self._catalog.ngettext(one, many, number)
        return _fill(translated, one if number == 1 else many, {"n": number, **values})

    def pgettext(self, context: str, text: str, /, **values: object) -> str:
        """Return *text* as it is translated in a context, where English has one word for two."""
        translated = self._catalog.pgettext(context, text)
        return _fill(translated, text, values) if values else translated

    def number(self, number: int) -> str:
        """Return ``2,423``."""
        from babel.numbers import format_decimal  # noqa: PLC0415

        return format_decimal(number, locale=self._locale)

    def day(self, date: datetime.date) -> str:
        """Return ``November 28, 2026``."""
        from babel.dates import format_date  # noqa: PLC0415

        return format_date(date, "long", locale=self._locale)

    def month(self, year: int, month: int, *, is_short: bool = False) -> str:
        """Return ``November 2026``, or ``Nov 2026``."""
        return self._spell("yMMM" if is_short else "yMMMM", datetime.date(year, month, 1))

    def month_of_year(self, month: int, day: int = 0) -> str:
        """Return ``November``, or ``November 28``."""
        from babel.dates import format_date  # noqa: PLC0415

        # A leap year, which has every day.
        date = datetime.date(2000, month, day or 1)
        if day:
            return self._spell("MMMMd", date)
        return format_date(date, "LLLL", locale=self._locale)

    def _spell(self, pattern: str, date: datetime.date) -> str:
        from babel.dates import format_skeleton  # noqa: PLC0415

        return format_skeleton(pattern, date, locale=self._locale)


def _fill(translated: str, text: str, values: dict[str, object]) -> str:
    """Put values into a translation; into the English text if that has other names."""
    try:
        return translated.format(**values)
    except (LookupError, ValueError):
        return text.format(**values)


ENGLISH = Words()
