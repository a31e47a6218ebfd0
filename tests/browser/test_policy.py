"""The documented Content-Security-Policy: the real site works under it, and no script comes in."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

import pytest
from lxml import html

from .conftest import serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.needs_browser, pytest.mark.xdist_group("browser")]
HEADER = "Content-Security-Policy: "
PAGES = (
    "index.html", "inference.html", "inference/quantization.html",
    "architecture/efficient-attention.html", "references.html", "explorer.html",
    "browse/years.html", "browse/authors.html", "take-away.html", "glossary.html", "genindex.html",
    "numbers.html", "contributing/rules.html", "search.html?q=quantization",
)  # fmt: skip
LISTEN = """\
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
"""


@pytest.fixture(scope="module")
def policy(root: Path) -> str:
    """The policy as the page about it has it."""
    text = (root / "docs/extension/explanation/policy.md").read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if line.startswith(HEADER)]
    return line.removeprefix(HEADER)


@pytest.fixture(scope="module")
def guarded(built_site: Path, policy: str) -> Iterator[str]:
    """The address of the site on a server that sends the policy."""
    with serve(built_site, {"Content-Security-Policy": policy}) as address:
        yield address


def test_the_hashes_are_those_of_the_inline_scripts(built_site: Path, policy: str) -> None:
    found = set()
    for path in built_site.rglob("*.html"):
        tree = html.fromstring(path.read_text(encoding="utf-8"))
        for script in tree.iter("script"):
            if script.get("src") is None and script.get("type") != "application/ld+json":
                digest = hashlib.sha256((script.text or "").encode()).digest()
                found.add(f"'sha256-{base64.b64encode(digest).decode()}'")
        assert not tree.xpath("//@*[starts-with(name(), 'on')]")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert set(rules["script-src"].split()) == {"'self'", *found}
    assert rules["default-src"] == "'none'"


@pytest.mark.slow
def test_each_kind_of_page_works_under_the_policy(browser: Browser, guarded: str) -> None:
    context = browser.new_context()
    context.set_default_timeout(60_000)
    context.add_init_script(LISTEN)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for name in PAGES:
        page.goto(guarded + name)
        assert page.evaluate("document.body.dataset.theme") == "auto", name  # furo's script ran
        assert page.evaluate("window.violations") == [], name
    page.wait_for_selector("#search-results ul li")  # the search has found something
    page.goto(f"{guarded}explorer.html")
    page.wait_for_selector("input[type=search]")
    assert page.evaluate("window.violations") == []
    assert [one for one in said if re.search("Content.Security|Refused|Error", one)] == []
    # And the policy does hold: what is no file of the site does not run.
    page.evaluate(
        "const one = document.createElement('script');"
        "one.textContent = 'window.broken = true'; document.body.append(one);"
    )
    assert page.evaluate("window.broken") is None
    context.close()
