"""``livingsurvey add``: what is written, where, and that nothing else is touched."""

# ruff: noqa: E501 (BibTeX as programs write it)

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from tests.services import (
    BAHRI_WORK,
    Services,
    find_closed_port,
    make_entry,
    make_work,
    send,
)
from tests.surveys import BIB, Survey

from livingsurvey.bibtex.edit import apply_edits, insert_entries, set_fields
from livingsurvey.bibtex.read import read_entries
from livingsurvey.bibtex.source import Source
from livingsurvey.bibtex.write import format_text
from livingsurvey.catalog.papers import read_paper
from livingsurvey.markup import parse
from livingsurvey.taxonomy import Taxonomy

LORA = """\
@misc{hu2021lora,
  title         = {{LoRA}: Low-Rank Adaptation of Large Language Models},
  shorttitle    = {LoRA},
  author        = {Hu, Edward J. and Shen, Yelong and Wallis, Phillip and Allen-Zhu, Zeyuan and Li, Yuanzhi and Wang, Shean and Wang, Lu and Chen, Weizhu},
  year          = {2021},
  eprint        = {2106.09685},
  archiveprefix = {arXiv},
  primaryclass  = {cs.CL},
  url           = {https://arxiv.org/abs/2106.09685},
  keywords      = {low-rank},
  creationdate  = {2026-11-23},
}
"""
ACL = "10.18653/v1/2021.acl-long.568"
PUBLISHED = make_work(
    ACL,
    "Intrinsic Dimensionality Explains the Effectiveness of Language Model Fine-Tuning",
    [("Aghajanyan", "Armen"), ("Gupta", "Sonal"), ("Zettlemoyer", "Luke")],
    **{
        "type": "proceedings-article",
        "container-title": ["Proceedings of the Meeting &amp; Conference"],
        "issued": {"date-parts": [[2021]]},
        "volume": None,
        "issue": None,
        "page": "7319-7328",
    },
)


def test_adds_in_its_place(survey: Survey) -> None:
    done = survey.run("add", "2106.09685", "--category", "low-rank")
    assert done.status == 0
    assert done.out == "2106.09685: added as hu2021lora to papers.bib\n"
    place = BIB.index("@inproceedings{lester")
    assert survey.bib.read_bytes() == f"{BIB[:place]}{LORA}\n{BIB[place:]}".encode()
    assert survey.run("check").status == 0


def test_says_what_speaks_for_a_category(survey: Survey) -> None:
    done = survey.run("add", "https://arxiv.org/abs/2106.09685v2")
    lines = done.err.splitlines()
    assert lines[0] == (
        "https://arxiv.org/abs/2106.09685v2: {LoRA}: Low-Rank Adaptation of Large Language Models"
    )
    assert lines[1].split()[1:] == ["low-rank", "adaptation,", "language,", "low,", "rank"]
    assert "hu2021lora has no category yet: write keywords = {…}, or use --category" in lines
    assert "keywords" not in survey.bib.read_text().partition("hu2021lora")[2].partition("@")[0]
    assert lines[-1].endswith("no keyword is a category, so no chapter shows this paper; "
                              "add one: keywords = {…} [survey.no_category]")  # fmt: skip


def test_asks_on_a_terminal(survey: Survey) -> None:
    done = survey.run("add", "2106.09685", stdin="7\n1 theory\n", is_terminal=True)
    assert done.err.count("Categories, by tag or rank") == 2
    assert "there is no category '7'" in done.err
    assert "keywords      = {low-rank, theory}," in survey.bib.read_text()


def test_takes_none_if_the_answer_is_empty(survey: Survey) -> None:
    survey.run("add", "2106.09685", stdin="\n", is_terminal=True)
    entry = survey.bib.read_text().partition("{hu2021lora")[2].partition("@")[0]
    assert "keywords" not in entry


def test_asks_nobody_where_nobody_sits(survey: Survey) -> None:
    done = survey.run("add", "2106.09685", stdin="1\n")
    assert "Categories" not in done.err
    assert done.status == 0


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ("lowrnk", "there is no category 'lowrnk'; did you mean 'low-rank'?"),
        ("tuning", "'tuning' has sub-categories: choose of low-rank, prompts"),
    ],
)
def test_wrong_category(survey: Survey, services: Services, wish: str, message: str) -> None:
    done = survey.run("add", "2106.09685", "-c", wish)
    assert done.status == 2
    assert message in done.err
    assert survey.bib.read_text() == BIB
    assert services.requests == [], "what is wrong is said before anybody is asked"


def test_alias_and_several_categories(survey: Survey) -> None:
    survey.run("add", "2106.09685", "-c", "LowRank, prompts", "-c", "theory")
    assert "keywords      = {low-rank, prompts, theory}," in survey.bib.read_text()


def test_dry_run(survey: Survey) -> None:
    done = survey.run("add", "2106.09685", "-c", "low-rank", "--dry-run")
    assert done.status == 0
    assert "+@misc{hu2021lora,\n" in done.out
    assert done.out.startswith("--- a/papers.bib\n+++ b/papers.bib\n")
    assert "would be added as hu2021lora" in done.err
    assert survey.bib.read_text() == BIB


def test_own_key(survey: Survey) -> None:
    assert survey.run("add", "2106.09685", "--key", "hu2021lowrank").status == 0
    assert "@misc{hu2021lowrank,\n" in survey.bib.read_text()
    assert survey.run("add", "2102.06701", "--key", "LoRA").status == 2
    done = survey.run("add", "2102.06701", "--key", "lester2021power")
    assert (done.status, "is taken" in done.err) == (2, True)
    assert survey.run("add", "2102.06701", "x", "--key", "a2021b").status == 2


def test_key_that_is_taken_gets_a_letter(survey: Survey, services: Services) -> None:
    services.records["2106.11111"] = make_entry(
        "2106.11111", "The Power of Other Things", ["Brian Lester"]
    )
    assert "added as lester2021powera" in survey.run("add", "2106.11111").out


# Which is there already


@pytest.mark.parametrize("text", ["2012.13255", "https://arxiv.org/pdf/2012.13255v2"])
def test_known_by_arxiv(survey: Survey, services: Services, text: str) -> None:
    done = survey.run("add", text)
    assert done.status == 1
    assert done.out == (
        f"{text}: the survey has it as aghajanyan2020intrinsic (papers.bib:5:1), "
        "by its arXiv identifier\n"
    )
    assert services.requests == []
    assert survey.bib.read_text() == BIB


def test_known_by_title(survey: Survey, services: Services) -> None:
    services.works[ACL] = make_work(
        ACL, "The power of scale for parameter efficient prompt tuning", [("Lester", "B.")]
    )
    done = survey.run("add", ACL)
    assert done.status == 1
    assert "has it as lester2021power (papers.bib:16:1), by its title" in done.out
    assert (
        "is the published version of it; --update puts its facts into lester2021power" in done.err
    )
    assert survey.bib.read_text() == BIB


def test_same_title_by_others_is_another_paper(survey: Survey, services: Services) -> None:
    services.works[ACL] = make_work(
        ACL, "The power of scale for parameter efficient prompt tuning", [("Nobody", "N.")]
    )
    assert survey.run("add", ACL).status == 0


def test_published_version_updates_the_preprint(survey: Survey, services: Services) -> None:
    services.works[ACL] = PUBLISHED
    done = survey.run("add", ACL, "--update")
    assert done.status == 0
    assert "aghajanyan2020intrinsic: updated: booktitle, pages, year, doi\n" in done.out
    expected = BIB.replace("@misc{agha", "@inproceedings{agha").replace(
        "Zettlemoyer, Luke},\n  year          = {2020},\n",
        "Zettlemoyer, Luke},\n"
        "  booktitle     = {Proceedings of the Meeting \\& Conference},\n"
        "  pages         = {7319--7328},\n"
        "  year          = {2021},\n"
        f"  doi           = {{{ACL}}},\n",
    )
    assert survey.bib.read_text() == expected
    assert format_text(expected).text.count("booktitle     =") == 2
    again = survey.run("add", ACL, "--update")
    assert (again.status, survey.bib.read_text()) == (1, expected)


def test_update_leaves_the_venue_that_is_there(survey: Survey, services: Services) -> None:
    title = "The Power of Scale for Parameter-Efficient Prompt Tuning"
    services.works[ACL] = make_work(ACL, title, [("Lester", "Brian")], type="proceedings-article")
    done = survey.run("add", ACL, "--update")
    assert done.out.endswith("lester2021power: updated: doi\n")
    line = "  year          = {2021},\n"
    expected = BIB.replace(line, f"{line}  doi           = {{{ACL}}},\n")
    assert survey.bib.read_text() == expected


def test_update_is_offered_on_a_terminal(survey: Survey, services: Services) -> None:
    services.works[ACL] = PUBLISHED
    assert survey.run("add", ACL, stdin="n\n", is_terminal=True).status == 1
    assert survey.bib.read_text() == BIB
    assert survey.run("add", ACL, stdin="y\n", is_terminal=True).status == 0
    assert "@inproceedings{aghajanyan2020intrinsic" in survey.bib.read_text()


def test_update_shows_itself_first(survey: Survey, services: Services) -> None:
    services.works[ACL] = PUBLISHED
    done = survey.run("add", ACL, "--update", "-n")
    assert "-@misc{aghajanyan2020intrinsic,\n+@inproceedings{agha" in done.out
    assert survey.bib.read_text() == BIB


def test_preprint_joins_the_published_version(survey: Survey, services: Services) -> None:
    title = "The Power of Scale for Parameter-Efficient Prompt Tuning"
    services.records["2104.08691"] = make_entry("2104.08691", title, ["Brian Lester"])
    done = survey.run("add", "2104.08691", "--update")
    assert "lester2021power: updated: eprint, archiveprefix, primaryclass\n" in done.out
    text = survey.bib.read_text()
    assert "  year          = {2021},\n  eprint        = {2104.08691},\n" in text
    assert "@inproceedings{lester2021power" in text


def test_both_versions_make_one_entry(survey: Survey, services: Services) -> None:
    done = survey.run("add", "2102.06701", "-c", "scaling-laws")
    assert done.out == "2102.06701: added as bahri2021explaining to papers.bib\n"
    entry = survey.bib.read_text().partition("@article{bahri2021explaining,\n")[2]
    assert "  journal       = {Proceedings of the National Academy of Sciences},\n" in entry
    assert "  year          = {2024},\n  doi           = {10.1073/pnas.2311878121},\n" in entry
    assert "  eprint        = {2102.06701},\n" in entry
    assert len(services.requests) == 2
    twice = survey.run("add", "10.1073/pnas.2311878121")
    assert (twice.status, len(services.requests)) == (1, 2)
    assert survey.run("check").status == 0


def test_wrong_doi_in_a_record(survey: Survey, services: Services) -> None:
    services.works["10.1073/pnas.2311878121"] = make_work(
        "10.1073/pnas.2311878121", "On Frogs in Ponds", [("Frog", "F.")]
    )
    done = survey.run("add", "2102.06701")
    assert "names doi:10.1073/pnas.2311878121, which is another paper; left out" in done.err
    assert "@misc{bahri2021explaining" in survey.bib.read_text()
    assert "10.1073" not in survey.bib.read_text()


def test_published_version_that_cannot_be_had(survey: Survey, services: Services) -> None:
    services.works.clear()
    done = survey.run("add", "2102.06701")
    assert done.status == 0
    assert "could not be fetched: Crossref has no such record" in done.err
    assert "@misc{bahri2021explaining" in survey.bib.read_text()


# Bad days


def test_offline(survey: Survey) -> None:
    path = survey.folder / "pyproject.toml"
    text = path.read_text()
    port = text.partition("http://127.0.0.1:")[2].partition("/")[0]
    path.write_text(text.replace(port, str(find_closed_port())))
    done = survey.run("add", "2106.09685", "10.5555/12345678")
    assert done.status == 2
    assert "2106.09685: cannot reach arXiv (127.0.0.1)" in done.err
    assert "10.5555/12345678: cannot reach Crossref (127.0.0.1)" in done.err
    assert "Without network, add BibTeX from the paper's page" in done.err
    assert survey.bib.read_text() == BIB


def test_failures_do_not_keep_the_others(survey: Survey, services: Services) -> None:
    done = survey.run("add", "10.5555/none", "nonsense", "2106.09685")
    assert done.status == 1
    assert "10.5555/none: Crossref has no such record" in done.err
    assert "nonsense: 'nonsense' is neither an arXiv identifier" in done.err
    assert "added as hu2021lora" in done.out


def test_malformed_answer(survey: Survey, services: Services) -> None:
    services.bad_days = [lambda h: send(h, "<html></html>")]
    done = survey.run("add", "2106.09685")
    assert done.status == 2
    assert "2106.09685: the answer of arXiv is no Atom feed" in done.err
    assert survey.bib.read_text() == BIB


def test_hostile_record(survey: Survey, services: Services) -> None:
    services.works["10.5555/evil"] = make_work(
        "10.5555/evil",
        "Harmless},\n}\n@misc{evil2024x, title = {\\input{/etc/passwd} <script>alert(1)</script>",
        [("Evil} and {Other", "E.\u202e, Jr"), ("Two", "T")],
        volume="1}, note = {x",
    )
    assert survey.run("add", "10.5555/evil", "-c", "prompts").status == 0
    text = survey.bib.read_text()
    entries, problems = read_entries([Source("papers.bib", text)])
    assert problems == []
    assert len(entries) == 3
    added = next(one for one in entries if one.get("doi") == "10.5555/evil")
    assert "note" not in added.values
    assert "\u202e" not in text
    title = parse(added.get("title"))
    assert title.problems == ()
    assert title.text.startswith("Harmless}, } @misc{evil2024x, title = {\\input{/etc/passwd}")
    paper, _ = read_paper(added, Taxonomy())
    assert [one.family for one in paper.authors] == ["Evil} and {Other", "Two"]
    place = BIB.index("@comment{jabref")
    assert text.startswith(BIB[: BIB.index("@inproceedings{lester")])
    assert text.endswith(BIB[place:])


# BibTeX on standard input


PASTED = """\
@InProceedings{houlsby19,
  author = "Neil Houlsby and Andrei Giurgiu",
  title = "Parameter-Efficient Transfer Learning for {NLP}",
  booktitle = iclr # "?",
  year = 2019, month = jun,
  doi = {https://doi.org/10.5555/HOULSBY},
  keywords = {adapters, Low-Rank},
  abstract = {Their words, not ours.}, file = {/home/me/x.pdf},
}
"""


def test_adds_bibtex(survey: Survey, services: Services) -> None:
    done = survey.run("add", "-", stdin=PASTED.replace("iclr # ", ""))
    assert done.status == 0
    assert services.requests == []
    place = BIB.index("@inproceedings{lester")
    added = """\
@inproceedings{houlsby2019parameter,
  title         = {Parameter-Efficient Transfer Learning for {NLP}},
  author        = {Houlsby, Neil and Giurgiu, Andrei},
  booktitle     = {?},
  year          = {2019},
  month         = jun,
  doi           = {10.5555/HOULSBY},
  url           = {https://doi.org/10.5555/HOULSBY},
  keywords      = {low-rank},
  creationdate  = {2026-11-23},
}

"""
    assert survey.bib.read_text() == BIB[:place] + added + BIB[place:]
    assert "houlsby19: left out: abstract, file" in done.err
    assert "houlsby19: left out keywords that are no categories: adapters" in done.err


ZOTERO = r"""
@misc{ramaswamyELUDE2022,
  title = {{{ELUDE}}: {{Generating}} Explanations with {{BV-SGD}}, {{Bayesian}} and {\"O}rtlich},
  shorttitle = {{{ELUDE}}},
  author = {Ramaswamy, Vikram V. and {DeepSeek-AI}},
  year = 2022,
  number = {arXiv:2206.07690},
  eprint = {2206.07690},
  primaryclass = {cs, eess, q-bio},
  publisher = {arXiv},
  doi = {10.48550/arXiv.2206.07690},
  url = {http://arxiv.org/abs/2206.07690},
  urldate = {2023-04-11},
  archiveprefix = {arXiv},
  keywords = {low-rank},
  code = {https://example.org/a\_b/{\textasciitilde}c}
}

@inproceedings{kim_scaling_2024,
	title = {Scaling {Laws} for {Optimal} {Mixture}-of-{Experts} {LMs}},
	author = {{van der Kim}, A. and {de Jong}, B. and {van Dyke Group}},
	url = {https://arxiv.org/abs/2401.00001v2},
	booktitle = {International {Conference} on {Machine} {Learning} ({ICML})},
	year = {2024},
}
"""


def test_tidies_what_zotero_writes(survey: Survey) -> None:
    done = survey.run("add", "-", "--category", "low-rank", stdin=ZOTERO)
    assert done.status == 0
    text = survey.bib.read_text()
    assert (
        r"""@misc{ramaswamy2022elude,
  title         = {{ELUDE}: Generating Explanations with {BV}-{SGD}, {Bayesian} and {\"O}rtlich},
  shorttitle    = {ELUDE},
  author        = {Ramaswamy, Vikram V. and {DeepSeek-AI}},
  year          = {2022},
  eprint        = {2206.07690},
  archiveprefix = {arXiv},
  url           = {https://arxiv.org/abs/2206.07690},
  code          = {https://example.org/a_b/~c},
  keywords      = {low-rank},
  creationdate  = {2026-11-23},
}
"""
        in text
    )
    assert (
        """@inproceedings{kim2024scaling,
  title         = {Scaling Laws for Optimal Mixture-of-Experts {LMs}},
  author        = {van der Kim, A. and de Jong, B. and {van Dyke Group}},
  booktitle     = {International Conference on Machine Learning (ICML)},
  year          = {2024},
  eprint        = {2401.00001},
  archiveprefix = {arXiv},
  url           = {https://arxiv.org/abs/2401.00001},
"""
        in text
    )
    assert survey.run("check").err == "4 entries: nothing to mend\n"


JABREF = """
@Article{Kim2024,
  author       = {Kim, A.},
  title        = {A Title},
  date         = {2024-01-31},
  eprint       = {2401.00001},
  eprintclass  = {cs.LG},
  eprinttype   = {arXiv},
  abstract     = {Theirs.},
  creationdate = {2026-11-20T10:00:00},
  file         = {:http\\://arxiv.org/pdf/2401.00001v1:PDF},
  keywords     = {cs.LG, prompts},
  owner        = {anna},
}
"""


def test_tidies_what_jabref_fetches(survey: Survey) -> None:
    done = survey.run("add", "-", stdin=JABREF)
    assert "Kim2024: left out: abstract, creationdate, file, owner" in done.err
    assert "left out keywords that are no categories: cs.LG" in done.err
    assert """@misc{kim2024title,
  title         = {A Title},
  author        = {Kim, A.},
  year          = {2024},
  eprint        = {2401.00001},
  archiveprefix = {arXiv},
  primaryclass  = {cs.LG},
  url           = {https://arxiv.org/abs/2401.00001},
  keywords      = {prompts},
  creationdate  = {2026-11-23},
}
""" in survey.bib.read_text()
    assert survey.run("check").err == "3 entries: nothing to mend\n"


def test_other_archives_stay_as_they_are(survey: Survey) -> None:
    given = (
        "@misc{doe2020x, title={A {Title}}, author={Doe, Jo}, year={2020}, eprint={hal-01},"
        " archiveprefix={HAL}, publisher={arXiv}, url={https://arxiv.org/abs/2401.00001}}"
    )
    survey.run("add", "-", stdin=given)
    text = survey.bib.read_text()
    assert "  eprint        = {hal-01},\n  archiveprefix = {HAL},\n" in text
    assert "  title         = {A {Title}},\n" in text


def test_keeps_a_canonical_key(survey: Survey) -> None:
    done = survey.run("add", "-", stdin="@misc{doe2020title, title={A Title}, author={Doe, Jo}}")
    assert "doe2020title: added as doe2020title" in done.out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no BibTeX entry in <stdin>"),
        ("@misc{x, title = {A", "<stdin>:1:18: error: field 'title' is not closed"),
        (PASTED, "<stdin>:4:15: error: no @string defines 'iclr'"),
        ("@misc{x, author = {Doe, Jo}}", "<stdin>:1:1: x: the entry has no title"),
    ],
)
def test_broken_bibtex(survey: Survey, text: str, message: str) -> None:
    done = survey.run("add", "-", stdin=text)
    assert done.status == 2
    assert message in done.err
    assert survey.bib.read_text() == BIB


# Bytes


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "BOM"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_other_bytes_stay(survey: Survey, mark: bytes, line_end: str) -> None:
    odd = BIB.replace("  year          = {2021}", "\tYEAR =\t2021 ").replace("{ICLR}", "{ ICLR}")
    before = mark + odd.replace("\n", line_end).encode()
    survey.bib.write_bytes(before)
    survey.bib.chmod(0o640)
    assert survey.run("add", "2106.09685", "-c", "low-rank").status == 0
    after = survey.bib.read_bytes()
    added = (LORA + "\n").replace("\n", line_end).encode()
    place = before.index(b"@inproceedings{lester")
    assert after == before[:place] + added + before[place:]
    assert survey.bib.stat().st_mode & 0o777 == 0o640


def test_file_that_is_no_utf8_is_not_touched(survey: Survey, services: Services) -> None:
    before = BIB.replace("Own", "Öwn").encode("latin-1")
    survey.bib.write_bytes(before)
    done = survey.run("add", "2106.09685")
    assert done.status == 2
    assert "not UTF-8" in done.err
    assert survey.bib.read_bytes() == before
    assert services.requests == []


def insert(text: str, key: str) -> str:
    [edit] = insert_entries(text, [("misc", key, {"title": "T"})])
    return apply_edits(text, [edit])


ENTRY = "@misc{%s,\n  title         = {T},\n}\n"


@pytest.mark.parametrize(
    ("before", "key", "expected"),
    [
        ("", "b", ENTRY % "b"),
        ("% head\n", "b", "% head\n\n" + ENTRY % "b"),
        ("% head", "b", "% head\n\n" + ENTRY % "b"),
        ("% head\n\n@misc{c,}\n", "b", f"% head\n\n{ENTRY % 'b'}\n@misc{{c,}}\n"),
        ("% head\n\n% of c\n@misc{c,}\n", "b", f"% head\n\n{ENTRY % 'b'}\n% of c\n@misc{{c,}}\n"),
        (
            "@misc{a,} % x\n\n% of c\n@misc{c,}",
            "b",
            f"@misc{{a,}} % x\n\n{ENTRY % 'b'}\n% of c\n@misc{{c,}}",
        ),
        ("@misc{a,}\n@misc{c,}\n", "b", f"@misc{{a,}}\n{ENTRY % 'b'}@misc{{c,}}\n"),
        ("@misc{a,}", "b", f"@misc{{a,}}\n\n{ENTRY % 'b'}"),
        ("@misc{a,} @misc{c,}\n", "b", f"@misc{{a,}}\n\n{ENTRY % 'b'} @misc{{c,}}\n"),
        ("@misc{c,}\n\n@misc{a,}\n", "b", f"@misc{{c,}}\n\n@misc{{a,}}\n\n{ENTRY % 'b'}"),
        (
            "@misc{a, crossref={V}}\n\n@book{V,}\n\n@comment{jabref-meta: x;}\n",
            "b",
            "@misc{a, crossref={V}}\n\n"
            + ENTRY % "b"
            + "\n@book{V,}\n\n@comment{jabref-meta: x;}\n",
        ),
        ("@comment{jabref-meta: x;}\n", "b", ENTRY % "b" + "\n@comment{jabref-meta: x;}\n"),
        (
            "@string{s = {S}}\n@misc{c,}\n",
            "b",
            "@string{s = {S}}\n" + ENTRY % "b" + "\n@misc{c,}\n",
        ),
        (
            "@comment{@misc{z,}}\n@misc{a,}\n",
            "b",
            "@comment{@misc{z,}}\n@misc{a,}\n\n" + ENTRY % "b",
        ),
    ],
)
def test_places(before: str, key: str, expected: str) -> None:
    assert insert(before, key) == expected


def test_place_agrees_with_format() -> None:
    text = format_text(BIB).text
    for key in ("aaa2000x", "ghost2000x", "zzz2000x", "lester2021power2"):
        added = insert(text, key)
        assert format_text(added).text == added


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (
            "@misc{a, year=2020, title={T}}",
            "@inproceedings{a, year={2021}, title={T},\n  booktitle     = {B}}",
        ),
        ("@Misc{a}", "@inproceedings{a,\n  booktitle     = {B},\n  year          = {2021}}"),
        (
            "@misc{a,\r\n\ttitle={T},\r\n\tyear = 2020\r\n}",
            "@inproceedings{a,\r\n\ttitle={T},\r\n\tbooktitle     = {B},\r\n\tyear = {2021}\r\n}",
        ),
        (
            "@inproceedings{a,\n title = {T},\n journal = {arXiv},\n year = {2021},\n}",
            "@inproceedings{a,\n title = {T},\n booktitle     = {B},\n year = {2021},\n}",
        ),
    ],
)
def test_fields_are_set_in_place(before: str, expected: str) -> None:
    entries, _ = read_entries([Source("x.bib", before)])
    fields = {"year": "2021", "booktitle": "B"}
    edits = set_fields(entries[0], fields, entry_type="inproceedings", removed=["journal"])
    after = apply_edits(before, edits)
    assert after == expected
    again, problems = read_entries([Source("x.bib", after)])
    assert problems == []
    assert again[0].get("booktitle") == "B"


# The command as users start it


def test_cache_spares_the_services(survey: Survey, services: Services) -> None:
    survey.run("add", "2106.09685", "-n")
    survey.run("add", "2106.09685", "-n")
    assert len(services.requests) == 1
    survey.run("add", "2106.09685", "-n", "--refresh")
    assert len(services.requests) == 2
    assert (survey.folder / ".livingsurvey-cache").is_dir()


def test_contact(survey: Survey, services: Services) -> None:
    survey.monkeypatch.setenv("LIVINGSURVEY_CONTACT", "me@example.org")
    survey.run("add", "2106.09685", "-n")
    assert services.agents[0].endswith("(mailto:me@example.org)")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('contact = "nobody"', "'online.contact' is not an e-mail address"),
        ('arxiv-address = "x"', "unknown key 'online.arxiv-address'; did you mean 'arxiv-delay'?"),
        ("cache = 3", "'online.cache' is not a path"),
    ],
)
def test_wrong_configuration(survey: Survey, line: str, message: str) -> None:
    path = survey.folder / "pyproject.toml"
    path.write_text(f"{path.read_text()}{line}\n")
    done = survey.run("add", "2106.09685")
    assert done.status == 2
    assert message in done.err


def test_arxiv_itself_is_never_hurried(survey: Survey) -> None:
    path = survey.folder / "pyproject.toml"
    text = path.read_text()
    line = next(one for one in text.splitlines() if one.startswith("arxiv ="))
    path.write_text(text.replace(line, 'arxiv = "https://export.arxiv.org/api/query"'))
    done = survey.run("add", "2106.09685")
    assert done.status == 2
    assert "less than the 3 s that arXiv asks for" in done.err


def test_runs_without_sphinx(survey: Survey) -> None:
    code = (
        "import sys; sys.modules['sphinx'] = sys.modules['docutils'] = None\n"
        "from livingsurvey.cli import main; sys.exit(main(['add', '-', '-c', 'prompts']))"
    )
    text = "@misc{doe2020title, title={A Title}, author={Doe, Jo}, year=2020}"
    done = subprocess.run(
        [sys.executable, "-c", code], input=text, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (
        0, "doe2020title: added as doe2020title to papers.bib\n",
    )  # fmt: skip
    assert json.loads(BAHRI_WORK)["message-type"] == "work"


def test_the_good_entries_of_a_broken_file_are_added(survey: Survey) -> None:
    (survey.folder / "new.bib").write_text(
        "@misc{a, title = {First Things}, author = {Doe, Jo}, year = {2020}}\n"
        "@misc{b, title = {Broken\n"
        "@misc{c, title = {Third Things}, author = {Roe, Al}, year = {2021}}\n"
    )
    done = survey.run("add", "new.bib", "-c", "low-rank")
    assert done.status == 2
    assert "new.bib:2:18: error: field 'title' is not closed" in done.err
    assert "a: added as doe2020first" in done.out
    assert "c: added as roe2021third" in done.out


def test_a_missing_file_is_said_to_be_missing(survey: Survey) -> None:
    assert "there is no file missing.bib" in survey.run("add", "missing.bib").err


def test_a_named_bibliography_needs_no_configuration(survey: Survey) -> None:
    (survey.bib.parent / "pyproject.toml").unlink()
    paper = "@misc{a, title = {First Things Considered}, author = {Doe, Jo}, year = {2020}}\n"
    done = survey.run("add", "--bib", survey.bib.name, "-", stdin=paper)
    assert "a: added as doe2020first" in done.out
    assert "doe2020first" in survey.bib.read_text()


def test_a_survey_keeps_its_own_order_with_the_newest_first(survey: Survey) -> None:
    configuration = survey.bib.parent / "pyproject.toml"
    configuration.write_text(
        configuration.read_text().replace("minimum-papers", 'order = "file"\nminimum-papers')
    )
    survey.bib.write_text("@misc{b, title={B},\n}\n\n@misc{a, title={A}}\n")
    assert survey.run("format").status == 0
    assert survey.bib.read_text() == (
        "@misc{b,\n  title         = {B},\n}\n\n@misc{a,\n  title         = {A},\n}\n"
    )
    paper = "@misc{x, title = {First Things Considered}, author = {Doe, Jo}, year = {2020}}\n"
    survey.run("add", "-", stdin=paper)
    keys = re.findall(r"@misc\{(\w+)", survey.bib.read_text())
    assert keys == ["doe2020first", "b", "a"]


def test_a_paper_that_comes_twice_is_added_once(survey: Survey) -> None:
    one = "@misc{%s, title = {First Things Considered}, author = {Doe, Jo}, year = {2020}}\n"
    done = survey.run("add", "-", "-c", "low-rank", stdin=one % "a" + one % "b")
    assert "a: added as doe2020first" in done.out
    assert "b: the survey has it as doe2020first" in done.out
    assert survey.bib.read_text().count("First Things Considered") == 1


def test_many_entries_are_written_at_once(survey: Survey) -> None:
    before = survey.bib.read_text()
    text = "".join(
        f"@misc{{k{n}, title = {{Number {n} of Many}}, author = {{Doe{n}, Jo}}, year = {{2020}}}}\n"
        for n in range(300)
    )
    done = survey.run("add", "-", "-c", "low-rank", stdin=text)
    assert (done.status, done.out.count("added as")) == (0, 300)
    after = survey.bib.read_text()
    keys = [entry.key.casefold() for entry in read_entries([Source("x", after)])[0]]
    assert keys == sorted(keys)
    assert all(line in after for line in before.splitlines())
