"""Proposals: what they say, when they are certain, and that what was declined stays declined."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Any

import pytest

from livingsurvey.bibtex.edit import apply_edits
from livingsurvey.bibtex.source import Source, StateError
from livingsurvey.catalog import Catalog, Library, make_library
from livingsurvey.model import Location, Paper, Person
from livingsurvey.online.record import Record
from livingsurvey.taxonomy import Taxonomy
from livingsurvey.upkeep.collection import list_record
from livingsurvey.upkeep.matching import Index
from livingsurvey.upkeep.refresh import (
    Decisions,
    Proposal,
    Venues,
    edit_entry,
    propose,
    propose_code,
    read_decisions,
    show_entry,
    write_decisions,
)

if TYPE_CHECKING:
    from pathlib import Path

DAY = datetime.date(2026, 11, 23)
BIB = """\
@misc{lovelace2023fastnet,
  title         = {{FastNet}: Attention with Little Memory},
  author        = {Lovelace, Ada and Hopper, Grace},
  year          = {2023},
  eprint        = {2301.00001},
  archiveprefix = {arXiv},
  code          = {https://github.com/ada/fastnet},
}

@inproceedings{turing2022machines,
  title         = {Machines That Think about Machines},
  author        = {Turing, Alan},
  booktitle     = {Conference on Engines (ENGINES)},
  year          = {2022},
}
"""
PEOPLE = (Person(family="Lovelace", given="Ada"), Person(family="Hopper", given="Grace"))


def make_record(**more: Any) -> Record:
    values: dict[str, Any] = {
        "source": "list", "identifier": "x", "entry_type": "inproceedings",
        "title": "FastNet: Attention with Little Memory", "authors": PEOPLE, "year": 2024,
        "last_year": 2024, "venue": "Proceedings of ENGINES 2024, Virtual", "pages": "1--9",
        "retrieved": DAY,
    }  # fmt: skip
    return Record(**values | more)


@pytest.fixture
def library() -> Library:
    return make_library([Source("papers.bib", BIB)], Taxonomy())


def find(library: Library, *records: Record, decisions: Decisions | None = None) -> list[Proposal]:
    matches = Index(library.catalog).find(list_record(record) for record in records)
    return propose(matches, Venues(library.catalog), decisions)


def test_published(library: Library) -> None:
    [proposal] = find(library, make_record(doi="10.1234/x"))
    assert proposal.is_certain
    assert proposal.summary == "published in Conference on Engines (ENGINES), 2024"
    assert proposal.entry_type == "inproceedings"
    assert proposal.fields == {
        "booktitle": "Conference on Engines (ENGINES)",
        "pages": "1--9",
        "year": "2024",
        "doi": "10.1234/x",
    }
    edits = edit_entry(library.entries[0], [proposal])
    changed = apply_edits(BIB, edits)
    assert changed == BIB.replace("@misc{lovelace", "@inproceedings{lovelace").replace(
        """Grace},
  year          = {2023},
""",
        """Grace},
  booktitle     = {Conference on Engines (ENGINES)},
  pages         = {1--9},
  year          = {2024},
  doi           = {10.1234/x},
""",
    )
    before, after = show_entry(library.entries[0], proposal)
    assert changed == BIB.replace(before, after)


@pytest.mark.parametrize(
    ("more", "doubts"),
    [
        ({"venue": "Meeting on Motors"}, ("the survey has no such venue yet; mind its name",)),
        ({"venue": "ENGINES 2024 Workshop on Cogs"},
         ("the survey has no such venue yet; mind its name",)),
        ({"year": 2022}, ("the year 2022 is not after the first version's",)),
        ({"title": "Attention with Hardly Any Memory"}, ("the title differs",)),
        ({"title": "Attention with Hardly Any Memory", "arxiv": "2301.00001"}, ()),
        ({"source": "arXiv", "arxiv": "2301.00001"}, ("the authors say so at arXiv",)),
    ],
)  # fmt: skip
def test_when_it_is_only_likely(
    library: Library, more: dict[str, Any], doubts: tuple[str, ...]
) -> None:
    proposals = {proposal.kind: proposal for proposal in find(library, make_record(**more))}
    assert proposals["published"].doubts == doubts


def test_another_title_comes_with_the_publication(library: Library) -> None:
    [proposal] = find(library, make_record(title="Attention with {GPU} Memory", arxiv="2301.00001"))
    assert proposal.fields["title"] == "Attention with {GPU} Memory"


def test_a_journal(library: Library) -> None:
    record = make_record(venue="Journal of Cogs", entry_type="article", volume="3", number="2")
    [proposal] = find(library, record)
    assert proposal.entry_type == "article"
    assert proposal.fields["journal"] == "Journal of Cogs"
    assert (proposal.fields["volume"], proposal.fields["number"]) == ("3", "2")


def test_the_best_of_several_records_counts(library: Library) -> None:
    [proposal] = find(
        library,
        make_record(venue="Meeting on Motors", year=2023, identifier="worse"),
        make_record(identifier="better"),
    )
    assert proposal.basis == "list better"
    assert proposal.is_certain


def test_an_archive_is_no_venue(library: Library) -> None:
    assert find(library, make_record(venue="CoRR")) == []
    assert find(library, make_record(venue="arXiv preprint arXiv:2301.00001")) == []


def test_what_is_right_is_left_alone(library: Library) -> None:
    alan = (Person(family="Turing", given="Alan"),)
    same = make_record(title="Machines That Think About Machines", authors=alan, year=2022)
    later = make_record(title="Machines That Think about Machines", authors=alan, year=2023,
                        venue="Journal of Cogs")  # fmt: skip
    assert find(library, same, later) == []


def test_identifiers(library: Library) -> None:
    alan = (Person(family="Turing", given="Alan"),)
    record = make_record(
        title="Machines That Think about Machines", authors=alan, year=2022, doi="10.1234/t",
        arxiv="2201.00009", primary_class="cs.LG",
    )  # fmt: skip
    [proposal] = find(library, record)
    assert proposal.kind == "identifiers"
    assert proposal.is_certain
    assert proposal.fields == {
        "doi": "10.1234/t",
        "eprint": "2201.00009",
        "archiveprefix": "arXiv",
        "primaryclass": "cs.LG",
    }


def test_the_doi_of_another_version_is_not_taken(library: Library) -> None:
    alan = (Person(family="Turing", given="Alan"),)
    record = make_record(title="Machines That Think about Machines", authors=alan, year=2023,
                         doi="10.1234/t", venue="Journal of Cogs")  # fmt: skip
    assert find(library, record) == []


def test_authors_are_never_certain(library: Library) -> None:
    more = (*PEOPLE, Person(family="Noether", given="Emmy"))
    record = make_record(authors=more, arxiv="2301.00001", venue="", source="arXiv")
    [proposal] = find(library, record)
    assert proposal.kind == "authors"
    assert proposal.summary == "3 authors instead of 2, new: Emmy Noether"
    assert proposal.fields == {"author": "Lovelace, Ada and Hopper, Grace and Noether, Emmy"}
    assert not proposal.is_certain


def test_authors_in_another_order(library: Library) -> None:
    record = make_record(authors=PEOPLE[::-1], arxiv="2301.00001", venue="", source="arXiv")
    [proposal] = find(library, record)
    assert proposal.summary == "the authors stand in another order"


def test_initials_are_no_other_people(library: Library) -> None:
    short = (Person(family="Lovelace", given="A."), Person(family="Hopper", given="G. M."))
    assert find(library, make_record(authors=short, arxiv="2301.00001", venue="")) == []


def test_a_new_title_at_arxiv(library: Library) -> None:
    record = make_record(
        title="FastNet: Attention with No Memory", arxiv="2301.00001", venue="", source="arXiv"
    )
    [proposal] = find(library, record)
    assert (proposal.kind, proposal.is_certain) == ("title", True)
    assert proposal.fields == {"title": "{FastNet}: Attention with No Memory"}


@pytest.mark.parametrize(("source", "word"), [("arXiv", "Withdrawn"), ("Crossref", "Retracted")])
def test_withdrawn(library: Library, source: str, word: str) -> None:
    record = make_record(source=source, arxiv="2301.00001", is_withdrawn=True)
    [proposal] = find(library, record)
    assert (proposal.kind, proposal.is_certain) == ("withdrawn", False)
    assert proposal.fields == {"note": word}


@pytest.mark.parametrize(
    ("address", "doubts"),
    [
        ("https://github.com/engines/fastnet", ()),
        ("https://example.org/", ("on another host",)),
    ],
)
def test_code_that_moved(library: Library, address: str, doubts: tuple[str, ...]) -> None:
    paper = library.catalog.papers["lovelace2023fastnet"]
    proposal = propose_code(paper, address, "redirect")
    assert proposal is not None
    assert proposal.doubts == doubts
    assert propose_code(paper, "https://github.com/Ada/FastNet/", "redirect") is None


VENUES = {
    "Conference on Neural Information Processing Systems (NeurIPS)": [
        "NeurIPS", "neurips", "NeurIPS 2024",
        ("Advances in Neural Information Processing Systems 35: Annual Conference on Neural "
        "Information Processing Systems 2022, NeurIPS 2022, New Orleans, LA, USA"),
    ],
    "Annual Meeting of the Association for Computational Linguistics (ACL)": [
        ("Proceedings of the 60th Annual Meeting of the Association for Computational Linguistics "
        "(Volume 1: Long Papers)"), "ACL/IJCNLP", "ACL-IJCNLP 2021",
    ],
    "Findings of the Association for Computational Linguistics (Findings of ACL)": [
        "Findings of ACL 2023", "Findings of the Association for Computational Linguistics",
    ],
    "": [
        "NeurIPS 2022 Workshop on Speed", "Findings of the Association: EMNLP 2023",
        "Proceedings of the ACL Student Research Workshop", "Journal of Nothing", "",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("theirs", "ours"), [(their, ours) for ours, names in VENUES.items() for their in names]
)
def test_venues(theirs: str, ours: str) -> None:
    papers = [
        Paper(key=f"k{number}", entry_type="inproceedings", title="T",
              fields={"booktitle": name}, location=Location("b"))
        for number, name in enumerate(filter(None, VENUES))
    ]  # fmt: skip
    found = Venues(Catalog(papers)).find(theirs)
    assert found == (("booktitle", ours) if ours else None)


def test_the_commonest_spelling_of_a_venue_wins() -> None:
    names = ["Meeting (MEET)", "The Meeting (MEET)", "The Meeting (MEET)"]
    papers = [
        Paper(key=f"k{number}", entry_type="inproceedings", title="T",
              fields={"booktitle": name}, location=Location("b"))
        for number, name in enumerate(names)
    ]  # fmt: skip
    assert Venues(Catalog(papers)).find("MEET 2020") == ("booktitle", "The Meeting (MEET)")


def test_declined_proposals_do_not_come_again(library: Library, tmp_path: Path) -> None:
    [proposal] = find(library, make_record())
    decisions = Decisions().decline(proposal, DAY, "the workshop version")
    decisions = decisions.decline(proposal, DAY, "the workshop's version")
    path = tmp_path / "decisions.json"
    path.write_text(write_decisions(decisions), encoding="utf-8")
    again = read_decisions(path)
    assert again == decisions
    assert [one.why for one in again.declined[proposal.key]] == ["the workshop's version"]
    assert find(library, make_record(), decisions=again) == []
    # Another change of the same kind is another question.
    assert len(find(library, make_record(year=2025), decisions=again)) == 1


def test_no_decisions_yet(tmp_path: Path) -> None:
    assert read_decisions(tmp_path / "decisions.json") == Decisions()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"version": 2, "declined": {}}', '{"version": 1, "declined": {"a": [1]}}',
     '{"version": 1, "declined": {"a": [{"date": "never"}]}}'],
)  # fmt: skip
def test_a_broken_file_of_decisions_is_not_forgotten(tmp_path: Path, text: str) -> None:
    path = tmp_path / "decisions.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StateError, match=r"decisions\.json is"):
        read_decisions(path)


def test_the_file_of_decisions_has_a_line_for_each_fact(library: Library) -> None:
    [proposal] = find(library, make_record())
    text = write_decisions(Decisions().decline(proposal, DAY, "no"))
    assert json.loads(text)["declined"]["lovelace2023fastnet"][0]["kind"] == "published"
    assert max(line.count(":") for line in text.splitlines()) == 1
