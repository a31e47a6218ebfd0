"""Measure the proposals for new papers: how often their categories and their ranks are right.

Categories: the bibliography in ten parts; the papers of each are given the categories that the
other nine suggest, by title alone, and with the abstract where a list has it. Ranks: the 500
papers that joined last, among as many others of the same venues and years that the survey does not
take, and four thousand more of them, as a list of a conference mixes them; the area under the
curve is that of the thousand. Both beside plain baselines.

    nox -s bench -- suggestions --list neurips-2025.json --list icml-2025.json

Lists are collections as ``livingsurvey inbox fetch --from`` takes them. Writes
``bench/suggestions.md``.
"""

from __future__ import annotations

import argparse
import datetime
import random
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold

from livingsurvey.catalog import Catalog, load
from livingsurvey.configuration import search_configuration
from livingsurvey.markup import parse, search_key, title_key
from livingsurvey.upkeep.candidates import Suggester, count_words
from livingsurvey.upkeep.collection import Origin, read_collection
from livingsurvey.upkeep.refresh import Venues

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from livingsurvey.model import Paper
    from livingsurvey.online.record import Record

HERE = Path(__file__).parent
FOLDS = 10
HELD_OUT = 500
OTHERS = 4000
SEED = 1


def describe(paper: Paper) -> str:
    return parse(paper.title).text


def find_keywords(catalog: Catalog) -> dict[str, set[str]]:
    """Return the words of the tag, title and aliases of each leaf."""
    return {
        leaf.tag: find_words(" ".join((leaf.tag, leaf.title, *leaf.aliases)))
        for leaf in catalog.taxonomy.leaves
    }


def find_words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{3,}", search_key(text)))


def match_keywords(catalog: Catalog, paper: Paper) -> list[str]:
    words = find_words(describe(paper))
    counts = Counter(home.home for home in catalog.papers.values())
    scores = {tag: len(words & known) for tag, known in find_keywords(catalog).items()}
    return sorted(scores, key=lambda tag: (-scores[tag], -counts[tag]))[:3]


def measure_categories(catalog: Catalog, abstracts: dict[str, str]) -> list[str]:
    papers = [paper for paper in catalog.papers.values() if paper.home]
    hits: dict[str, Counter[str]] = {}

    def count(name: str, paper: Paper, tags: Sequence[str]) -> None:
        found = hits.setdefault(name, Counter())
        found["papers"] += 1
        found["first"] += tags[:1] == [paper.home]
        found["three"] += paper.home in tags[:3]
        found["any"] += bool(tags) and tags[0] in paper.categories

    for kept, left in KFold(FOLDS, shuffle=True, random_state=SEED).split(papers):
        part = Catalog([papers[place] for place in kept], catalog.taxonomy)
        suggester = Suggester(part, learns=True)
        commonest = [tag for tag, _ in Counter(p.home for p in part.papers.values()).most_common(3)]
        for place in left:
            paper = papers[place]
            learned = [found.category.tag for found in suggester.suggest(paper.title)]
            counted = [found.category.tag for found in count_words(part, paper.title)]
            count("most frequent category", paper, commonest)
            count("keyword match", paper, match_keywords(part, paper))
            count("word counting (without scikit-learn)", paper, counted)
            count("learned, by title", paper, learned)
            if abstract := abstracts.get(title_key(describe(paper)), ""):
                count("learned, by title, of papers with abstract", paper, learned)
                found = suggester.suggest(paper.title, abstract)
                count("learned, by title and abstract", paper, [one.category.tag for one in found])
    lines = ["| proposal | papers | home is first | home among first three | first is a category |",
             "| --- | ---: | ---: | ---: | ---: |"]  # fmt: skip
    for name, found in hits.items():
        total = found["papers"]
        parts = (f"{100 * found[kind] / total:.1f} %" for kind in ("first", "three", "any"))
        lines.append(f"| {name} | {total:,} | {' | '.join(parts)} |")
    return lines


def measure_ranks(catalog: Catalog, records: Iterable[Record]) -> list[str]:
    venues = Venues(catalog)
    known = {title_key(describe(paper)) for paper in catalog.papers.values()}
    lists: dict[tuple[str, int], list[str]] = {}
    for record in records:
        venue = venues.find(record.venue)
        title = parse(record.title).text
        if venue is not None and record.year and title_key(title) not in known:
            lists.setdefault((venue[1], record.year), []).append(title)
    papers = [paper for paper in catalog.papers.values() if (paper.venue, paper.year) in lists]
    papers.sort(key=lambda paper: (str(paper.created), paper.year or 0, paper.arxiv, paper.key))
    held = papers[-HELD_OUT:]
    chance = random.Random(SEED)
    mixed: list[str] = []
    more: list[str] = []
    for place, number in sorted(Counter((paper.venue, paper.year or 0) for paper in held).items()):
        pool = sorted(set(lists[place]))
        chance.shuffle(pool)
        mixed += pool[:number]
        more += pool[number : number * (1 + OTHERS // HELD_OUT)]
    keys = {paper.key for paper in held}
    rest = Catalog([p for p in catalog.papers.values() if p.key not in keys], catalog.taxonomy)
    titles = [describe(paper) for paper in held] + mixed
    truth = [1] * len(held) + [0] * len(mixed)
    suggester = Suggester(rest, learns=True)
    learned = [rank.score for rank in suggester.rank([*titles, *more])][: len(titles)]
    words = set().union(*find_keywords(rest).values())
    counted = [len(words & find_words(title)) for title in titles]
    # Fewer than are needed to learn from them: each hundred by itself.
    alone = [rank.score for start in range(0, len(titles), 100)
             for rank in suggester.rank(titles[start : start + 100])]  # fmt: skip
    sizes = f"{len(held)} papers held out, {len(mixed)} others of the same venues and years"
    return [
        f"{sizes}, {len(more):,} more to learn from.",
        "",
        "| rank by | area under the curve |",
        "| --- | ---: |",
        f"| chance | {0.5:.3f} |",
        f"| keyword match | {roc_auc_score(truth, counted):.3f} |",
        f"| likeness (fewer than 500 candidates) | {roc_auc_score(truth, alone):.3f} |",
        f"| learned from survey and list | {roc_auc_score(truth, learned):.3f} |",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", dest="lists", action="append", type=Path, default=[])
    parser.add_argument("--root", type=Path, default=HERE.parent, help="the folder of the survey")
    parser.add_argument("--output", type=Path, default=HERE / "suggestions.md")
    arguments = parser.parse_args()
    configuration = search_configuration(arguments.root.resolve())
    catalog, _ = load(configuration.bibliographies, configuration.taxonomy)
    today = datetime.datetime.now(datetime.UTC).date()
    records = [
        record
        for path in arguments.lists
        for listed in read_collection(path, Origin(path.name, today))
        if (record := listed.read()) is not None
    ]
    abstracts = {
        title_key(parse(record.title).text): record.abstract
        for record in records
        if record.abstract
    }
    leaves = len(catalog.taxonomy.leaves)
    lines = [
        "# Proposals, as measured",
        "",
        f"{len(catalog.papers):,} papers, {leaves} categories, {len(records):,} papers of lists.",
        "",
        "## Categories, in ten folds",
        "",
        *measure_categories(catalog, abstracts),
    ]
    if records:
        lines += ["", "## Ranks", "", *measure_ranks(catalog, records)]
    text = "\n".join(lines) + "\n"
    print(text)
    arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
