"""What is to be said of a survey as a work: its title, who makes it, where it lives."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The facts of the survey itself; what is not known is empty and then not said.

    Attributes:
        title: Its title.
        slug: The stem of the names of its files.
        authors: Who makes it: persons as ``Family, Given``; a name without a comma is that of a
            collective.
        description: One or two sentences.
        date: The ISO date of the present edition, or its year and month.
        language: A language code.
        license: The address of its license.
        related: Addresses of the works that it accompanies or continues; they are named as
            related works and never claimed as this one.
        pdf: Where its PDF is, relative to the site or as an address.
        image: A picture that stands for it, relative to the site or as an address.
        tag_authority: ``domain,date:name``: what the ids of feed entries begin with (RFC 4151).
            It never changes, even if the site moves; without it no feeds are written.
        base_url: The address of the site, ending in a slash.
    """

    title: str
    slug: str = "survey"
    authors: tuple[str, ...] = ()
    description: str = ""
    date: str = ""
    language: str = ""
    license: str = ""
    related: tuple[str, ...] = ()
    pdf: str = ""
    image: str = ""
    tag_authority: str = ""
    base_url: str = ""

    @property
    def author_names(self) -> tuple[str, ...]:
        """The authors as one reads their names."""
        return tuple(" ".join(reversed(name.split(", ", 1))) for name in self.authors)

    def resolve(self, path: str) -> str:
        """Return the full address of something on the site; ``""`` if the site has no address."""
        if path.startswith(("http://", "https://")):
            return path
        return urljoin(self.base_url, path) if self.base_url and path else ""

    def make_tag(self, specific: str) -> str:
        """Return a ``tag:`` URI of this survey; ``""`` without an authority."""
        return f"tag:{self.tag_authority}/{specific}" if self.tag_authority else ""
