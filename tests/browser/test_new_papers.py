"""The quiet mark on papers that joined since the reader's last visit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from .conftest import Visits

pytestmark = [pytest.mark.needs_browser, pytest.mark.slow]

PAGE, TAG = "inference/quantization.html", "quantization"
LISTING = f"#papers-{TAG}"


def marked(page: Page) -> Locator:
    return page.locator(f"{LISTING} [data-added]:has(.ls-new)")


def find_key(page: Page) -> str:
    keys = page.evaluate(
        "Object.keys(localStorage).filter((key) => key.startsWith('livingsurvey:'))"
    )
    assert len(keys) == 1
    return str(keys[0])


def pretend(page: Page, visit: object) -> None:
    """Let the last visit have been another one, and look again."""
    key, text = find_key(page), json.dumps({TAG: visit} if isinstance(visit, list) else visit)
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [key, text])
    page.reload()
    page.locator(f"{LISTING} .ls-count").wait_for()


def test_what_joined_since_is_marked(visits: Visits) -> None:
    page = visits.open(PAGE)
    page.locator(f"{LISTING} .ls-count").wait_for()
    assert marked(page).count() == 0, "on a first visit everything would be new"
    days = page.locator(f"{LISTING} [data-added]").evaluate_all(
        "(items) => items.map((item) => item.dataset.added)"
    )
    newest = max(days)
    pretend(page, ["2026-11-01", "2026-11-23", "2026-11-24"])
    assert 0 < marked(page).count() == sum(day > "2026-11-23" for day in days) < len(days)
    first = marked(page).first.locator(".ls-new")
    assert first.text_content() == "new since your last visit: "
    assert first.is_visible()
    page.reload()  # the visit goes on: the marks stay
    page.locator(f"{LISTING} .ls-count").wait_for()
    assert marked(page).count() > 0
    stored = json.loads(page.evaluate("(key) => localStorage.getItem(key)", find_key(page)))
    assert stored[TAG][:2] == ["2026-11-23", newest]
    pretend(page, ["2026-11-01", newest, "2026-11-24"])
    assert marked(page).count() == 0
    assert (visits.problems, visits.strangers) == ([], [])


@pytest.mark.parametrize(
    "memory", [[1, 2, 3], ["x"], {TAG: None}, "text", None, {"__proto__": 1}], ids=repr
)
def test_a_strange_memory_marks_nothing(visits_http: Visits, memory: object) -> None:
    page = visits_http.open(PAGE)
    page.locator(f"{LISTING} .ls-count").wait_for()
    pretend(page, memory)
    assert marked(page).count() == 0
    assert visits_http.problems == []


def test_without_a_memory(visits_http: Visits) -> None:
    context = visits_http.context()
    # The theme has a memory of its own, and does not mind less.
    context.add_init_script(
        "for (const name of ['getItem', 'setItem']) {"
        " const original = Storage.prototype[name];"
        " Storage.prototype[name] = function (key, ...rest) {"
        " if (key.startsWith('livingsurvey:')) throw new Error('denied');"
        " return original.call(this, key, ...rest); }; }"
    )
    page = visits_http.open(PAGE, context)
    page.locator(f"{LISTING} .ls-count").wait_for()
    assert marked(page).count() == 0
    assert visits_http.problems == []


def test_without_scripts(visits_http: Visits) -> None:
    page = visits_http.open(PAGE, java_script_enabled=False)
    assert page.locator(".ls-new").count() == 0
    assert page.locator(f"{LISTING} [data-added]").count() > 0
