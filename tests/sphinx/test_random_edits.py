"""Any sequence of edits: after each, the incremental build equals a clean one, byte for byte.

The sequences follow from a seed, the same in every run. Another one, and more sequences, are tried
by ``pytest tests/sphinx/test_random_edits.py --edits-seed=random --edits-examples=50``; a failure
names the seed that replays it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from .test_incremental import differing

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Survey

TAGS = ("sourdough", "yeast", "flour", "steam")
PAGES = ("dough", "oven")


@dataclass
class Draft:
    """A survey as its editors think of it; every edit changes it in one way."""

    entries: list[dict[str, str]] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=lambda: {tag: tag.title() for tag in TAGS})
    cited: dict[str, list[str]] = field(default_factory=lambda: {page: [] for page in PAGES})
    sections: int = 0
    words: str = "Words"
    added: int = 0

    def write(self, survey: Survey) -> None:
        survey.write(
            "papers.bib",
            "\n".join(
                f"@misc{{{one['key']}, title={{{one['title']}}}, author={{{one['author']}}}, "
                f"year={{{one['year']}}}, keywords={{{one['tags']}}}}}"
                for one in self.entries
            )
            + "\n",
        )
        survey.write(
            "taxonomy.toml",
            "".join(f'[{tag}]\ntitle = "{title}"\n\n' for tag, title in self.titles.items()),
        )
        for page, tags in zip(PAGES, (TAGS[:2], TAGS[2:]), strict=True):
            cites = " ".join(
                f"{{cite:t}}`{key}`, {{survey:paper}}`{key}`." for key in self.cited[page]
            )
            extra = "".join(f"## Extra {number}\n\nMore.\n\n" for number in range(self.sections))
            listings = "".join(
                f"## On {tag}\n\n{{survey:category}}`{TAGS[0]}`\n\n"
                f"```{{survey:papers}} {tag}\n```\n\n"
                for tag in tags
            )
            survey.write(
                f"docs/{page}.md",
                f"# {page.title()}\n\n{cites}\n\n{self.words}.\n\n{extra}{listings}",
            )


def add(draft: Draft, chance: random.Random) -> None:
    draft.added += 1
    entry = {
        "key": f"key{draft.added}",
        "title": f"Title {chance.randint(1, 99)}",
        "author": f"{chance.choice(('Ash', 'Elm', 'Oak'))}, {chance.choice(('Ann', 'Bo'))}",
        "year": str(chance.randint(2000, 2026)),
        "tags": ", ".join(chance.sample(TAGS, chance.randint(1, 2))),
    }
    draft.entries.insert(chance.randint(0, len(draft.entries)), entry)


def remove(draft: Draft, chance: random.Random) -> None:
    # Its citations stay: a page may cite what is no longer there.
    if len(draft.entries) > 1:
        draft.entries.pop(chance.randrange(len(draft.entries)))


def retitle(draft: Draft, chance: random.Random) -> None:
    chance.choice(draft.entries)["title"] = f"Title {chance.randint(100, 999)}"


def change_year(draft: Draft, chance: random.Random) -> None:
    chance.choice(draft.entries)["year"] = str(chance.randint(1980, 1999))


def retag(draft: Draft, chance: random.Random) -> None:
    chance.choice(draft.entries)["tags"] = ", ".join(chance.sample(TAGS, chance.randint(1, 3)))


def reorder(draft: Draft, chance: random.Random) -> None:
    chance.shuffle(draft.entries)


def rename_key(draft: Draft, chance: random.Random) -> None:
    entry = chance.choice(draft.entries)
    draft.added += 1
    old, entry["key"] = entry["key"], f"new{draft.added}"
    for page, keys in draft.cited.items():
        draft.cited[page] = [entry["key"] if key == old else key for key in keys]


def rename_category(draft: Draft, chance: random.Random) -> None:
    draft.titles[chance.choice(TAGS)] = f"Category {chance.randint(1, 99)}"


def cite(draft: Draft, chance: random.Random) -> None:
    draft.cited[chance.choice(PAGES)].append(chance.choice(draft.entries)["key"])


def move_citation(draft: Draft, chance: random.Random) -> None:
    source, target = chance.sample(PAGES, 2)
    if draft.cited[source]:
        draft.cited[target].append(draft.cited[source].pop())


def insert_section(draft: Draft, chance: random.Random) -> None:
    draft.sections = chance.randint(0, 2)


def reword(draft: Draft, chance: random.Random) -> None:
    draft.words = f"Words {chance.randint(1, 99)}"


EDITS: tuple[Callable[[Draft, random.Random], None], ...] = (
    add, remove, retitle, change_year, retag, reorder, rename_key, rename_category, cite,
    move_citation, insert_section, reword,
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("builder", "jobs"), [("html", 1), ("html", 2), ("latex", 1)])
def test_any_sequence_of_edits(
    builder: str, jobs: int, make_survey, pytestconfig: pytest.Config
) -> None:
    wanted = pytestconfig.getoption("edits_seed")
    chosen = random.SystemRandom().randrange(2**32) if wanted == "random" else int(wanted)
    examples = pytestconfig.getoption("edits_examples")

    @seed(chosen)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # to shorten five edits would take many minutes of builds
        report_multiple_bugs=False,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    @given(
        edits=st.lists(st.sampled_from(EDITS), min_size=3, max_size=5),
        start=st.integers(0, 2**16),
    )
    def run(edits: list[Callable[[Draft, random.Random], None]], start: int) -> None:
        chance = random.Random(start)
        draft = Draft()
        for _ in range(4):
            add(draft, chance)
        for _ in range(2):
            cite(draft, chance)
        survey = make_survey()
        draft.write(survey)
        survey.build(builder, jobs=jobs)
        for edit in edits:
            edit(draft, chance)
            draft.write(survey)
            incremental = survey.build(builder, jobs=jobs)
            clean = survey.build(builder, clean=True)
            assert incremental.status == clean.status == 0
            assert differing(incremental.files(), clean.files()) == [], edit.__name__

    try:
        run()
    except Exception as error:
        error.add_note(
            f"To replay: pytest 'tests/sphinx/test_random_edits.py::test_any_sequence_of_edits"
            f"[{builder}-{jobs}]' --edits-seed={chosen} --edits-examples={examples}"
        )
        raise
