"""How to go online: where, how patiently, and under which name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingsurvey.version import __version__

if TYPE_CHECKING:
    from pathlib import Path

ARXIV = "https://export.arxiv.org/api/query"
CROSSREF = "https://api.crossref.org/works"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The wishes of a survey.

    Attributes:
        arxiv: The address of arXiv's query interface.
        crossref: The address of Crossref's works.
        contact: An e-mail address under which the services can reach whoever asks; Crossref
            gives better service to those who say, and both ask for it.
        cache: The folder of the cache, or None for none.
        timeout: Seconds to wait for a connection and for each piece of an answer.
        arxiv_delay: Seconds between two requests to arXiv, whose manual asks for three.
        crossref_delay: Seconds between two requests to Crossref.
    """

    arxiv: str = ARXIV
    crossref: str = CROSSREF
    contact: str = ""
    cache: Path | None = None
    timeout: float = 20.0
    arxiv_delay: float = 3.0
    crossref_delay: float = 1.0

    @property
    def user_agent(self) -> str:
        """What we call ourselves: program, version, and whom to write to."""
        comment = f" (mailto:{self.contact})" if self.contact else ""
        return f"livingsurvey/{__version__}{comment}"
