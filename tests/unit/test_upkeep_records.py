"""Collections of many shapes give the same records, and broken ones a clear word."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING

import pytest
from tests.services import make_entry, make_feed, make_openalex_work, make_work

from livingsurvey.upkeep.collection import (
    CollectionError,
    Listed,
    Origin,
    key_name,
    list_papers,
    read_collection,
)

if TYPE_CHECKING:
    from livingsurvey.online.record import Record

DAY = datetime.date(2026, 11, 23)
TITLE = "FastNet: Attention with O(n) Memory & Time"
NAMES = ["Ada Lovelace", "Grace van der Hopper"]


def read(text: str | bytes, **more: object) -> list[Listed]:
    data = text.encode() if isinstance(text, str) else text
    return list_papers(data, Origin("list", DAY, **more))  # type: ignore[arg-type]


def read_one(text: str | bytes, **more: object) -> Record:
    [listed] = read(text, **more)
    record = listed.read()
    assert record is not None
    return record


BIBTEX = r"""
@string{neurips = "Advances in Neural Information Processing Systems"}
@inproceedings{DBLP:conf/nips/LovelaceH24,
  author    = {Ada Lovelace and
               Grace van der Hopper},
  title     = {{FastNet:} Attention with {O(n)} Memory {\&} Time},
  booktitle = neurips,
  pages     = {12--34},
  year      = {2024},
  doi       = {10.1234/Fast},
  url       = {https://arxiv.org/abs/2401.01234},
  biburl    = {https://dblp.org/rec/conf/nips/LovelaceH24.bib},
}
"""
PLAIN = {
    "title": TITLE, "authors": NAMES, "year": 2024, "pages": "12-34", "doi": "10.1234/Fast",
    "venue": "Advances in Neural Information Processing Systems", "arxiv": "2401.01234",
}  # fmt: skip
CSL = [
    {
        "type": "paper-conference",
        "title": TITLE,
        "author": [
            {"family": "Lovelace", "given": "Ada"},
            {"family": "Hopper", "given": "Grace", "non-dropping-particle": "van der"},
        ],
        "issued": {"date-parts": [[2024, 12]]},
        "container-title": "Advances in Neural Information Processing Systems",
        "page": "12-34",
        "DOI": "10.1234/Fast",
        "URL": "https://arxiv.org/abs/2401.01234",
    }
]
DBLP = {
    "result": {
        "hits": {
            "@total": "1",
            "hit": [
                {
                    "@score": "7",
                    "info": {
                        "authors": {
                            "author": [
                                {"@pid": "1", "text": "Ada Lovelace 0001"},
                                {"@pid": "2", "text": "Grace van der Hopper"},
                            ]
                        },
                        "title": "FastNet: Attention with O(n) Memory &amp; Time.",
                        "venue": "Advances in Neural Information Processing Systems",
                        "pages": "12-34",
                        "year": "2024",
                        "type": "Conference and Workshop Papers",
                        "key": "conf/nips/LovelaceH24",
                        "doi": "10.1234/Fast",
                        "ee": "https://arxiv.org/abs/2401.01234",
                    },
                }
            ],
        }
    }
}
CONFERENCE = [
    {
        "id": "abc", "title": TITLE, "status": "Poster", "author": ";".join(NAMES),
        "site": "https://arxiv.org/abs/2401.01234", "doi": "10.1234/Fast", "pages": "12-34",
    },
    {"id": "def", "title": "A Paper That Was Not Taken", "status": "Reject", "author": "A. Nobody"},
]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        BIBTEX,
        json.dumps(PLAIN),
        json.dumps([PLAIN]),
        json.dumps(PLAIN) + "\n\n" + json.dumps({"title": "no authors"}) + "\n",
        json.dumps(CSL),
        json.dumps(DBLP),
        json.dumps({"papers": [PLAIN]}),
        json.dumps([{**PLAIN, "authors": ", ".join(NAMES)}]),
        json.dumps([{**PLAIN, "authors": [{"name": name} for name in NAMES]}]),
        "\ufeff" + json.dumps([PLAIN]),
    ],
    ids=["bibtex", "item", "list", "lines", "csl", "dblp", "nested", "commas", "names", "mark"],
)
def test_one_paper_in_many_shapes(text: str) -> None:
    record = read_one(text) if '"no authors"' not in text else read(text)[0].read()
    assert record is not None
    assert [person.full for person in record.authors] == NAMES
    assert record.authors[1].surname == "van der Hopper"
    assert record.title == r"FastNet: Attention with O(n) Memory \& Time"
    assert (record.year, record.pages) == (2024, "12--34")
    assert record.venue == "Advances in Neural Information Processing Systems"
    assert (record.doi, record.arxiv) == ("10.1234/Fast", "2401.01234")
    assert record.entry_type == "inproceedings"
    assert record.source == "list"
    assert record.retrieved == DAY


def test_a_list_of_a_conference() -> None:
    record = read_one(json.dumps(CONFERENCE), venue="NeurIPS", year=2024)
    assert (record.venue, record.year) == ("NeurIPS", 2024)
    assert [person.full for person in record.authors] == NAMES


def test_what_a_whole_list_says_of_its_papers() -> None:
    bare = {"title": TITLE, "authors": NAMES}
    record = read_one(json.dumps({"venue": "iclr", "year": "2025", "papers": [bare]}))
    assert (record.venue, record.year) == ("iclr", 2025)


def test_an_index_of_bibtex() -> None:
    lines = [f"{line}\n" for line in BIBTEX.replace("= neurips,", "= {NeurIPS},").splitlines()]
    entry = lines[next(i for i, line in enumerate(lines) if line.startswith("@inproc")) :]
    record = read_one(json.dumps({"fastnet": ["\n", *entry]}))
    assert (record.venue, record.arxiv) == ("NeurIPS", "2401.01234")


def test_an_entry_that_refers_to_its_volume() -> None:
    text = """
    @inproceedings{a, author = {Lovelace, Ada}, title = {An Analytical Engine}, crossref = {v}}
    @proceedings{v, title = {Proceedings of Engines}, year = {2024}}
    """
    record = read_one(text)
    assert (record.venue, record.year) == ("Proceedings of Engines", 2024)


def test_preprints_have_no_venue() -> None:
    text = BIBTEX.replace("booktitle = neurips", "journal = {CoRR}")
    record = read_one(text)
    assert record.venue == ""
    assert record.entry_type == "misc"


def test_a_feed_of_arxiv() -> None:
    entry = make_entry("2401.01234", TITLE, NAMES, published="2024-01-02T00:00:00Z")
    record = read_one(make_feed([entry]))
    assert record.arxiv == "2401.01234"
    assert record.appeared == datetime.date(2024, 1, 2)
    assert not record.is_withdrawn


@pytest.mark.parametrize(
    ("summary", "is_withdrawn"),
    [
        ("This paper has been withdrawn by the authors.", True),
        ("Withdrawn for an error in Lemma 3", True),
        ("We ask why this paper has been withdrawn so often.", False),
    ],
)
def test_withdrawn_at_arxiv(summary: str, is_withdrawn: bool) -> None:
    record = read_one(make_feed([make_entry("2401.01234", TITLE, NAMES, summary=summary)]))
    assert record.is_withdrawn is is_withdrawn


def test_works_of_openalex() -> None:
    work = make_openalex_work(
        "W1", "10.48550/arXiv.2401.01234", TITLE, NAMES,
        primary_location={"source": {"display_name": "Journal of Speed"}},
        biblio={"volume": "3", "issue": None, "first_page": "12", "last_page": "34"},
        is_retracted=True,
    )  # fmt: skip
    record = read_one(json.dumps({"meta": {}, "results": [work]}))
    assert (record.arxiv, record.doi) == ("2401.01234", "")
    assert (record.venue, record.volume, record.pages) == ("Journal of Speed", "3", "12--34")
    assert record.entry_type == "article"
    assert record.abstract == "Words of this Words"
    assert record.is_withdrawn
    assert record.appeared == datetime.date(2026, 11, 2)


def test_works_of_crossref() -> None:
    work = json.loads(make_work("10.1234/Fast", TITLE, [("Lovelace", "Ada")]))["message"]
    notice = {"updated-by": [{"type": "retraction", "DOI": "10.1234/note"}]}
    text = json.dumps({"message": {"items": [work | notice]}})
    record = read_one(text)
    assert record.source == "Crossref"
    assert record.is_withdrawn
    assert record.venue == "Proceedings of the National Academy of Sciences"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("just words", "list: neither BibTeX nor JSON nor an Atom feed"),
        ("{", "list: no JSON"),
        ("[" * 100_000, "list: no JSON"),
        ("{}", "list: JSON without a list of papers"),
        ('{"a": [1, 2]}', "list: JSON without a list of papers"),
        ("<html></html>", "list: the answer of arXiv is no Atom feed"),
        ("<feed", "list: the answer of arXiv is no XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><feed/>', "list: the answer of arXiv has a document type"),
    ],
)
def test_what_is_no_collection(text: str, message: str) -> None:
    with pytest.raises(CollectionError, match="^" + message):
        read(text)


def test_a_missing_file(tmp_path: object) -> None:
    with pytest.raises(CollectionError, match="No such file"):
        read_collection(tmp_path / "none.bib", Origin("none.bib", DAY))  # type: ignore[operator]


@pytest.mark.parametrize(
    "text",
    [
        "@misc{a, title = {Only a title}}",
        "@misc{a, author = {A. B. and others}, title = {A list cut short}}",
        "@misc{a, author = {A. B.}, title = {Never closed",
        '[{"title": "x", "authors": [null, 3, {}]}]',
        '[{"title": "x", "authors": [":"], "year": {"date-parts": [[null]]}}, 7]',
    ],
)
def test_what_cannot_be_read_is_left_out(text: str) -> None:
    assert [listed.read() for listed in read(text)] in ([None], [])


def test_strange_values_do_not_keep_the_rest() -> None:
    item = {
        "title": "Half \ud800 a pair", "authors": ["Ada \udc00 Lovelace"], "year": 2026,
        "url": "https://example.org/\ud800",
        "abstract_inverted_index": {"all": [0], "of": 5, "it": [1, None, "x"]},
    }  # fmt: skip
    record = read_one(json.dumps([item]))
    assert (record.title, record.url, record.abstract) == ("Half a pair", "", "all it")
    assert record.authors[0].family == "Lovelace"


@pytest.mark.parametrize(
    ("title", "name"),
    [("LoRA: Low-Rank", "lora"), ("{LLM.int8()}: 8-bit", "llmint8"), ("A survey: of all", "")],
)
def test_the_name_before_a_colon(title: str, name: str) -> None:
    assert key_name(title) == name
