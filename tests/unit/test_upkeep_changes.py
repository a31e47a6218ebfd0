"""What has changed between two states, and the history that keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from livingsurvey.bibtex.source import Source, StateError
from livingsurvey.catalog import Catalog, make_library
from livingsurvey.cli.diff import render_lines, render_markdown
from livingsurvey.queries import fingerprint
from livingsurvey.taxonomy import read_taxonomy
from livingsurvey.upkeep.history import (
    Changes,
    History,
    bring_up,
    compare,
    extend,
    read_history,
    snapshot,
    write_history,
)

if TYPE_CHECKING:
    from pathlib import Path

TAXONOMY, _ = read_taxonomy("[a]\ntitle='A'\n[b]\ntitle='B'\n[c]\ntitle='C'\n", "t.toml")
BIB = """\
@misc{one2024first,
  title        = {The {First} Paper},
  author       = {One, Ann},
  year         = {2024},
  eprint       = {2401.00001},
  archiveprefix = {arXiv},
  keywords     = {a, b},
  creationdate = {2026-10-01},
}
@misc{two2024second,
  title        = {The Second Paper},
  author       = {Two, Bob},
  year         = {2024},
  keywords     = {b},
  creationdate = {2026-11-01},
}
"""


def read(text: str) -> Catalog:
    return make_library([Source("papers.bib", text)], TAXONOMY).catalog


def change(before: str, after: str) -> list[tuple[str, str, tuple[str, ...]]]:
    assert before in BIB
    old, new = snapshot(read(BIB)), snapshot(read(BIB.replace(before, after, 1)))
    return [(one.kind, one.key, one.details) for one in compare(old, new, "2026-12-01")]


FIRST = "one2024first"


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("", "", []),
        ("{First}", "First", []),
        ("  year", "  annotation = {New words.},\n  year", []),
        ("{a, b}", "{b, a}", [("moved", FIRST, ("from a to b", "also in a"))]),
        ("{a, b}", "{a, b, c}", [("moved", FIRST, ("also in c",))]),
        ("{a, b}", "{a}", [("moved", FIRST, ("no longer in b",))]),
        ("{a, b}", "{c}", [("moved", FIRST, ("from a to c", "no longer in b"))]),
        ("{First} Paper", "Last Paper",
         [("corrected", FIRST, ("the title was 'The First Paper'",))]),
        ("One, Ann", "One, Ann and Three, Cy", [("corrected", FIRST, ("the authors",))]),
        ("{2024}", "{2023}", [("corrected", FIRST, ("the year was 2024",))]),
        ("  year", "  doi = {10.1234/x},\n  year", [("corrected", FIRST, ("DOI: 10.1234/x",))]),
        ("  year", "  journal = {Journal},\n  year",
         [("republished", FIRST, ("Journal, 2024; before: preprint",))]),
        ("{2024}", "{2025},\n  journal = {Journal}",
         [("republished", FIRST, ("Journal, 2025; before: preprint",))]),
        ("one2024first", "one2024paper",
         [("corrected", "one2024paper", ("the key was one2024first",))]),
    ],
)  # fmt: skip
def test_changes(before: str, after: str, changes: list[tuple[str, str, tuple[str, ...]]]) -> None:
    assert change(before, after) == changes


def test_added_and_removed() -> None:
    both = snapshot(read(BIB))
    second = {key: state for key, state in both.items() if key != FIRST}
    [added] = compare(second, both, "2026-12-01")
    assert (added.kind, added.key, added.date) == ("added", FIRST, "2026-10-01")
    [removed] = compare(both, second, "2026-12-01")
    assert (removed.kind, removed.title, removed.date) == (
        "removed",
        "The First Paper",
        "2026-12-01",
    )


def test_a_key_without_anything_else_in_common_is_another_paper() -> None:
    old = snapshot(read("@misc{a, title = {One Paper}, author = {A, B}, year = {2020}}"))
    new = snapshot(read("@misc{b, title = {Another}, author = {A, B}, year = {2020}}"))
    assert [one.kind for one in compare(old, new)] == ["added", "removed"]


def test_forms() -> None:
    changes = compare({}, snapshot(read(BIB.replace("{First}", "*First* [x]"))))
    assert render_lines(changes).splitlines()[1] == "added        two2024second: The Second Paper"
    assert render_markdown(changes) == (
        "### Added (2)\n\n- The \\*First\\* \\[x\\] Paper (`one2024first`)\n"
        "- The Second Paper (`two2024second`)\n"
    )
    assert render_markdown(()) == ""


def make_history() -> History:
    states = [
        (BIB.partition("@misc{two")[0], "1.0", "2026-10-05"),
        (BIB, "", "2026-11-02"),
        (BIB.replace("{a, b}", "{c}"), "2.0", "2026-11-20"),
    ]
    history = History()
    for text, name, date in states:
        history = extend(history, snapshot(read(text)), name, date)
    return history


def test_history() -> None:
    history = make_history()
    assert [edition.name for edition in history.editions] == ["2.0", "1.0"]
    newest = history.editions[0]
    assert newest.date == "2026-11-20"
    assert [(one.kind, one.date) for one in newest.changes] == [
        ("moved", "2026-11-20"), ("added", "2026-11-01"),
    ]  # fmt: skip
    assert [month for month, _ in newest.by_month()] == ["2026-11"]


def test_history_survives_its_file(tmp_path: Path) -> None:
    history = make_history()
    path = tmp_path / "history.json"
    path.write_text(write_history(history), encoding="utf-8")
    assert read_history(path) == history
    assert read_history(path).last == history.last
    longest = max(len(line) for line in write_history(history).splitlines())
    assert longest < 400, "a line for each change and paper"


def test_what_is_new_since_the_last_edition() -> None:
    history = make_history()
    now = read(BIB.replace("{a, b}", "{c}").replace("  year         = {2024},\n  eprint", """\
  journal      = {Journal},
  year         = {2025},
  eprint"""))  # fmt: skip
    editions = bring_up(history, now)
    assert [edition.name for edition in editions] == ["", "2.0", "1.0"]
    assert [one.kind for one in editions[0].changes] == ["republished"]
    assert bring_up(history, read(BIB.replace("{a, b}", "{c}"))) == history.editions


def test_without_a_history_the_days_tell() -> None:
    [edition] = Changes().answer(read(BIB)).editions
    assert [(month, len(changes)) for month, changes in edition.by_month()] == [
        ("2026-11", 1), ("2026-10", 1),
    ]  # fmt: skip


def test_the_answer_follows_the_file(tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    path.write_text(write_history(make_history()), encoding="utf-8")
    query, now = Changes(path), read(BIB)
    assert hash(query) == hash(Changes(path))
    answer = query.answer(now)
    assert answer.editions == bring_up(make_history(), now)
    assert Changes(path, limit=1).answer(now).editions == answer.editions[:1]
    before = fingerprint(answer)
    assert before == fingerprint(query.answer(read(BIB.replace("  year", "  year  "))))
    assert before != fingerprint(query.answer(read(BIB.replace("One, Ann", "One, Anna"))))
    path.write_text("{", encoding="utf-8")
    assert query.answer(now) == Changes().answer(now), "as if there were none; the build reports it"


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", '{"version": 2}', '{"version": 1, "editions": 3}', "[" * 9999,
        '{"version": 1, "last_date": "", "last": {}, "editions": [{"name": "1", "date": "x"}]}',
        '{"version": 1, "last_date": "", "last": {"k": {"title": 1}}, "editions": []}',
    ],
)  # fmt: skip
def test_a_broken_history(tmp_path: Path, text: str) -> None:
    path = tmp_path / "history.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StateError, match=r"history\.json is"):
        read_history(path)


def test_no_history_yet(tmp_path: Path) -> None:
    assert read_history(tmp_path / "history.json") == History()
