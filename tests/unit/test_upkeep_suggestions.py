"""Categories and ranks, learned and counted."""

from __future__ import annotations

import pytest

from livingsurvey.catalog import Catalog
from livingsurvey.model import Location, Paper
from livingsurvey.taxonomy import read_taxonomy
from livingsurvey.upkeep import candidates
from livingsurvey.upkeep.candidates import FEWEST_CANDIDATES, FEWEST_PAPERS, Suggester

TAXONOMY = """
[quantization]
title = "Quantization"
description = "Fewer bits for weights and activations."
[pruning]
title = "Pruning"
description = "Weights that are zero and cost nothing."
[attention]
title = "Attention"
description = "Less than quadratic cost in the length."
[empty]
title = "Empty"
"""
WORDS = {
    "quantization": "bits integer rounding precision outliers calibration codebook",
    "pruning": "sparsity masks saliency magnitude structured removal zeros",
    "attention": "softmax kernel linear window heads context sequence",
}


def make_catalog(size: int = FEWEST_PAPERS) -> Catalog:
    taxonomy, problems = read_taxonomy(TAXONOMY, "taxonomy.toml")
    assert problems == []
    papers = []
    for number in range(size):
        home = list(WORDS)[number % 3]
        words = WORDS[home].split()
        chosen = " ".join(words[(number + step) % len(words)] for step in range(3))
        papers.append(
            Paper(key=f"{home}{number}", entry_type="misc", title=f"On {chosen} of models",
                  categories=(home,), location=Location("b"))
        )  # fmt: skip
    return Catalog(papers, taxonomy)


@pytest.fixture(scope="module")
def suggester() -> Suggester:
    pytest.importorskip("sklearn")
    return Suggester(make_catalog())


@pytest.mark.parametrize("home", list(WORDS))
def test_learns_categories(suggester: Suggester, home: str) -> None:
    first, *others = suggester.suggest(f"New {WORDS[home].split()[0]} for {WORDS[home].split()[4]}")
    assert first.category.tag == home
    assert WORDS[home].split()[0] in first.words
    assert all(first.score > other.score for other in others)


def test_learns_from_the_taxonomy(suggester: Suggester) -> None:
    assert suggester.suggest("Quadratic cost")[0].category.tag == "attention"


def test_reads_the_abstract(suggester: Suggester) -> None:
    assert suggester.suggest("A study", "with masks and saliency")[0].category.tag == "pruning"


def test_small_surveys_count_words() -> None:
    catalog = make_catalog(9)
    for learns in (True, False):
        first = Suggester(catalog, learns=learns).suggest("Rounding and bits")[0]
        assert first.category.tag == "quantization"
        assert first.words == ("bits", "rounding")


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates.importlib.util, "find_spec", lambda _name: None)
    without = Suggester(make_catalog())
    assert not without.learns
    assert without.suggest("Rounding and bits")[0].category.tag == "quantization"
    assert [rank.score for rank in without.rank(["A", "B"])] == [0, 0]


def test_few_candidates_are_ranked_by_likeness(suggester: Suggester) -> None:
    near, far = suggester.rank(["Softmax kernel context", "Cooking potatoes slowly"])
    assert near.score > 0.2 > far.score == 0
    assert far.like == ()
    assert all(key.startswith("attention") for key in near.like)


def test_many_candidates_are_told_apart(suggester: Suggester) -> None:
    dishes = [f"Cooking potatoes {number} ways" for number in range(FEWEST_CANDIDATES)]
    ranks = suggester.rank(["Softmax kernel context", *dishes])
    assert ranks[0].score > max(rank.score for rank in ranks[1:])
    assert all(0 <= rank.score <= 1 for rank in ranks)
    assert ranks == suggester.rank(["Softmax kernel context", *dishes]), "the same again"


def test_nothing_to_rank(suggester: Suggester) -> None:
    assert suggester.rank([]) == []
    assert Suggester(Catalog()).rank(["A"])[0].score == 0
