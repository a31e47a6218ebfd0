"""The real survey, built once, strictly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from lxml import html

from livingsurvey.catalog import load

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Site:
    """The built pages."""

    folder: Path

    @cached_property
    def pages(self) -> dict[str, html.HtmlElement]:
        return {
            path.relative_to(self.folder).as_posix(): html.fromstring(path.read_bytes())
            for path in sorted(self.folder.rglob("*.html"))
        }

    def resolve(self, page: str, link: str) -> tuple[str, str]:
        """Return the page and the id that a relative link on *page* leads to."""
        target, _, anchor = link.partition("#")
        if not target:
            return page, unquote(anchor)
        path = (self.folder / page).parent / unquote(target)
        if target.endswith("/"):
            path /= "index.html"
        return path.resolve().relative_to(self.folder.resolve()).as_posix(), unquote(anchor)

    def find_lost_links(self) -> list[tuple[str, str]]:
        """Return the page and the address of each link that leads to nothing on the site."""
        ids = {name: set(page.xpath("//@id")) for name, page in self.pages.items()}
        lost = []
        for name, page in self.pages.items():
            for link in page.xpath("//a/@href"):
                if link.partition(":")[0] in {"http", "https", "mailto", "data", "javascript"}:
                    assert not link.startswith("javascript:"), (name, link)
                    continue
                target, anchor = self.resolve(name, link)
                if target in self.pages:
                    if anchor and anchor not in ids[target]:
                        lost.append((name, link))
                elif not (self.folder / target).is_file():
                    lost.append((name, link))
        return lost


@pytest.fixture(scope="session")
def site(built_site: Path) -> Site:
    """The real site."""
    return Site(built_site)


@pytest.fixture(scope="session")
def catalog(root: Path):
    """The real catalog."""
    bib = root / "bib"
    found, problems = load(
        [bib / "efficiency-spectrum.bib"], bib / "taxonomy.toml", root, bib / "authors.toml"
    )
    assert problems == []
    return found
