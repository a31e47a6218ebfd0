"""Reading a bibliography again after an edit: only entries whose text has changed.

What a paper says follows from the text of its entry, from the macros and the entry that it
cross-refers to, and from the taxonomy. The signature of all these is kept with the paper, so that
another reading knows it again, wherever it stands in the file by then; an entry that refers to
nothing else is not even taken apart. An entry with which anything is wrong has no signature: it is
read and reported again until it is mended.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from livingsurvey.catalog.papers import read_paper
from livingsurvey.digest import digest

if TYPE_CHECKING:
    from livingsurvey.bibtex.entry import Entry
    from livingsurvey.catalog.aggregate import Catalog
    from livingsurvey.diagnostics import Diagnostic
    from livingsurvey.model import Paper
    from livingsurvey.taxonomy import Taxonomy


class Recollection:
    """The papers of an earlier reading, found by the text of their entries.

    Args:
        known: What was read earlier.
        taxonomy: The categories as they are now.

    Attributes:
        signatures: By key, those of the papers that were read now.
    """

    def __init__(self, known: Catalog, taxonomy: Taxonomy) -> None:
        self._papers = {sign: known.papers[key] for key, sign in known.signatures.items()}
        self._taxonomy = taxonomy
        self._base = _sign_taxonomy(taxonomy)
        self.signatures: dict[str, bytes] = {}

    def is_known(self, raw: str) -> bool:
        """Whether a text is that of an entry that was whole, and of which a paper was read."""
        return self._sign_text(raw) in self._papers

    def read_paper(self, entry: Entry) -> tuple[Paper, list[Diagnostic]]:
        """Return a paper, read now if its entry is not known; see :func:`~.papers.read_paper`."""
        signature = self._sign(entry)
        paper = self._papers.get(signature)
        if paper is not None:
            problems: list[Diagnostic] = []
            if paper.location != entry.location:
                paper = replace(paper, location=entry.location)
        else:
            paper, problems = read_paper(entry, self._taxonomy)
        if not problems:
            self.signatures[entry.key] = signature
        return paper, problems

    def _sign(self, entry: Entry) -> bytes:
        if entry.is_whole:
            return self._sign_text(entry.raw)
        said = [(name, value.text) for name, value in entry.values.items()]
        # No entry is written like this.
        return self._sign_text(repr((entry.key, entry.entry_type, said, sorted(entry.inherited))))

    def _sign_text(self, text: str) -> bytes:
        data = text.encode("utf-8", "surrogatepass")
        return blake2b(data, key=self._base, digest_size=16).digest()


def _sign_taxonomy(taxonomy: Taxonomy) -> bytes:
    """Return what papers see of the taxonomy: a place in its file is no part of it."""
    categories = tuple(
        (one.tag, one.title, one.path, one.children, one.aliases, one.order)
        for one in taxonomy.categories.values()
    )
    tags = tuple((one.name, one.title) for one in taxonomy.tags.values())
    return bytes.fromhex(digest((categories, tags, dict(taxonomy.names))))


def carry_over(known: Catalog, catalog: Catalog) -> None:
    """Give a catalog the digests of the papers that are as they were."""
    keys = {sign: key for key, sign in known.signatures.items()}
    for key, sign in catalog.signatures.items():
        if sign in keys and keys[sign] in known.digests:
            catalog.digests[key] = known.digests[keys[sign]]
