"""The real survey in a real browser, with every other host out of reach."""

from __future__ import annotations

import contextlib
import functools
import http.server
import shutil
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page, Request, Route

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@contextlib.contextmanager
def serve(folder: Path, headers: Mapping[str, str]) -> Iterator[str]:
    """Serve a folder with headers on this machine; yield its address, ending in a slash."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            for name, value in headers.items():
                self.send_header(name, value)
            super().end_headers()

        def log_message(self, *args: object) -> None:
            pass

    handler = functools.partial(Handler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def served(built_site: Path) -> Iterator[str]:
    """The address of the site on a local server, ending in a slash."""
    with serve(built_site, {}) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Without a sandbox of its own: the tests open nothing but our pages, often as root.
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@dataclass
class Visits:
    """Opens pages and notes what goes wrong on them.

    Attributes:
        base: The address of the site, ending in a slash.
        problems: Messages on the console, errors of scripts, requests that failed.
        strangers: The addresses outside the site that a page asked for.
    """

    browser: Browser
    base: str
    problems: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def context(self, **options: Any) -> BrowserContext:
        """Return a fresh browser profile; *options* as playwright has them."""
        settings = {"viewport": DESK, "reduced_motion": "reduce", **options}
        context = self.browser.new_context(**settings)
        context.set_default_timeout(60_000)  # nothing is slow, but a machine may stand still
        context.route("**/*", self._let_through)
        self.contexts.append(context)
        return context

    def _let_through(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        if route.request.url.startswith(self.base) or address.scheme in {"blob", "data"}:
            route.continue_()
        else:
            self.strangers.append(route.request.url)
            route.abort()

    def _note_failure(self, request: Request) -> None:
        # A page that is left takes its unanswered requests with it.
        if request.failure != "net::ERR_ABORTED":
            self.problems.append(f"failed: {request.url}")

    def open(self, path: str, context: BrowserContext | None = None, **options: Any) -> Page:
        """Open a page of the site."""
        page = (context or self.context(**options)).new_page()
        page.on("console", lambda message: self.problems.append(message.text))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("requestfailed", self._note_failure)
        page.goto(self.base + path)
        return page


@pytest.fixture(params=["http", "file"])
def visits(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Visits]:
    """Visits over the local server, and again from ``file://``."""
    yield from _visit(request, browser, request.param)


@pytest.fixture
def visits_http(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Visits]:
    """Visits over the local server alone."""
    yield from _visit(request, browser, "http")


def _visit(request: pytest.FixtureRequest, browser: Browser, scheme: str) -> Iterator[Visits]:
    if scheme == "file":
        base = request.getfixturevalue("built_site").as_uri() + "/"
    else:
        base = request.getfixturevalue("served")
    visits = Visits(browser, base)
    yield visits
    for context in visits.contexts:
        context.close()
    assert visits.strangers == []
    assert visits.problems == []


@pytest.fixture
def is_wide() -> Callable[[Page], bool]:
    """Whether a page can be scrolled sideways."""
    return lambda page: page.evaluate("document.documentElement.scrollWidth > innerWidth")
