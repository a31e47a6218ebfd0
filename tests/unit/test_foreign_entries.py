"""Entries as other programs write them: what they say is read, and every export holds it."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from livingsurvey.bibtex.source import Source
from livingsurvey.catalog import make_library
from livingsurvey.diagnostics import Code
from livingsurvey.exports import About, Selection
from livingsurvey.exports.formats import WRITERS
from livingsurvey.rules import check_library
from livingsurvey.taxonomy import read_taxonomy

if TYPE_CHECKING:
    from livingsurvey.catalog import Library
    from livingsurvey.model import Paper

TAXONOMY = '[dough]\ntitle = "Dough"\n[dough.sourdough]\ntitle = "Sourdough"\n'


def read(text: str) -> Library:
    return make_library([Source("x.bib", text)], read_taxonomy(TAXONOMY, "t.toml")[0])


def read_one(text: str) -> Paper:
    """Return the first paper of a text that has nothing wrong in it."""
    library = read(text)
    assert [found.render() for found in library.diagnostics] == []
    return next(iter(library.catalog.papers.values()))


def entry(kind: str = "misc", **fields: str) -> str:
    known = {"title": "T", "author": "Doe, Jane", "year": "2020", "keywords": "sourdough"}
    given = {name: value for name, value in (known | fields).items() if value}
    inner = ", ".join(f"{name} = {{{value}}}" for name, value in given.items())
    return f"@{kind}{{a, {inner}}}\n"


def export(format_name: str, text: str) -> str:
    selection = Selection(catalog=read(text).catalog)
    return WRITERS[format_name](selection, About(title="Trial"))


def find(text: str, code: Code) -> list[str]:
    return [found.text for found in read(text).diagnostics if found.code is code]


def csl(text: str) -> dict[str, Any]:
    return json.loads(export("csl-json", text))[0]


def test_braces_around_a_whole_value_say_nothing() -> None:
    paper = read_one(
        "@article{ ISI:000275568900001, Title = {{Web of Science: an export}},\n"
        "Author = {Doe, Jane}, Journal = {{NATURE METHODS}}, Year = {{2010}}, Volume = {{7}},\n"
        "Number = {{3, SI}}, Pages = {{123-130}}, Month = {{MAR 15}},\n"
        "DOI = {{10.1038/nmeth.0310-123}}, eprint = {{2102.02278}}, archiveprefix = {{arXiv}},\n"
        "Keywords = {{sourdough}}}\n"
    )
    assert (paper.year, paper.month, paper.doi) == (2010, 3, "10.1038/nmeth.0310-123")
    assert (paper.arxiv, paper.categories) == ("2102.02278", ("sourdough",))
    assert (paper.fields["volume"], paper.fields["pages"]) == ("7", "123-130")


def test_the_places_of_a_conference_and_of_its_publisher_are_two() -> None:
    text = entry("inproceedings", booktitle="ICML", address="New York", location="Montreal")
    assert read_one(text).fields["address"] == "New York"
    assert (csl(text)["publisher-place"], csl(text)["event-place"]) == ("New York", "Montreal")
    swapped = entry("inproceedings", booktitle="ICML", location="Montreal").replace(
        "location", "Location"
    )
    assert csl(swapped)["publisher-place"] == "Montreal"


def test_equal_values_in_both_dialects_are_no_conflict() -> None:
    both = {"journal": "J", "journaltitle": "J", "archiveprefix": "arXiv", "eprinttype": "arXiv"}
    assert read_one(entry("article", **both)).venue == "J"
    assert find(entry("article", journal="J", journaltitle="K"), Code.DUPLICATE_FIELD)


def test_the_date_counts_beside_a_year_and_says_so() -> None:
    text = entry(date="2024-05-01", year="2023")
    assert find(text, Code.BAD_YEAR) == [
        "a: the year is 2023, but the date is of 2024; the date counts; remove the wrong one"
    ]
    paper = read(text).catalog.papers["a"]
    assert (paper.year, paper.month) == (2024, 5)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("date", "2024-13-45"),
        ("date", "2023-02-29"),
        ("date", "0000"),
        ("year", "0000"),
        ("year", "\uff12\uff10\uff12\uff14"),
        ("month", "9" * 5000),
    ],
)
def test_impossible_dates_are_reported(field: str, text: str) -> None:
    dated = {"year": ""} if field == "date" else {}
    assert len(find(entry(**{**dated, field: text}), Code.BAD_YEAR)) == 1


@pytest.mark.parametrize(
    ("text", "month"),
    [("09--15 Jun", 6), ("MAR 15", 3), ("June", 6), ("06", 6), ("Jul.", 7), ("10~jan", 1)],
)
def test_a_month_is_found_among_its_days(text: str, month: int) -> None:
    assert read_one(entry(month=text)).month == month


@pytest.mark.parametrize(
    ("text", "year", "is_right"),
    [
        ("1901-00-00", 1901, True),
        ("1901-XX-XX", 1901, True),
        ("../1901", 1901, True),
        ("/1901", 1901, True),
        ("2020-6-9", 2020, False),
        ("2020.6.9", 2020, False),
        ("-0380", None, False),
        ("199X", None, False),
    ],
)
def test_the_year_of_an_odd_date_is_kept(text: str, year: int | None, is_right: bool) -> None:
    fields = {"year": "", "date": text}
    paper = read(entry(**fields)).catalog.papers["a"]
    assert (paper.year, paper.month) == (year, None)
    assert (find(entry(**fields), Code.BAD_YEAR) == []) is is_right


@pytest.mark.parametrize("text", ["2001-06-03T15:00:00", "2001-06-03T15:00:00.000Z/2002"])
def test_the_time_of_a_date_is_read_over(text: str) -> None:
    paper = read_one(entry(year="", date=text))
    assert (paper.year, paper.month) == (2001, 6)
    assert csl(entry(year="", date=text))["issued"] == {"date-parts": [[2001, 6, 3]]}


@pytest.mark.parametrize("text", ["1995--1996", "2005/06", "1985\u20131986"])
def test_of_several_years_the_first_is_kept_and_told(text: str) -> None:
    assert read(entry(year=text)).catalog.papers["a"].year == int(text[:4])
    assert len(find(entry(year=text), Code.BAD_YEAR)) == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("{Nowy, U. and Misra, A.}", "the braces make one name of several; remove them"),
        (r"\{Kreistag\}", "braces around a name have no backslash"),
        ("Mee{^u}s, Thierry", r"an accent has a backslash: '\^u'"),
    ],
)
def test_what_programs_make_of_names_is_told(name: str, message: str) -> None:
    (found,) = find(entry(author=name), Code.BAD_NAME)
    assert message in found
    assert find(entry(author="{The Bread, Butter and Jam Company}"), Code.BAD_NAME) == []


def test_others_with_a_comma_are_no_author() -> None:
    paper = read_one(entry(author="Abbas, Omar and others, "))
    assert ([one.family for one in paper.authors], paper.truncated) == (["Abbas"], True)


def test_a_season_has_no_month() -> None:
    paper = read_one(entry(year="", date="2020-21"))
    assert (paper.year, paper.month) == (2020, None)


def test_a_subtitle_belongs_to_the_title() -> None:
    text = entry("book", title="The True Frontier", subtitle="A Second Volume", publisher="P")
    assert read_one(text).title == "The True Frontier: A Second Volume"
    assert csl(text)["title"] == "The True Frontier: A Second Volume"
    assert "subtitle" not in export("bibtex", text)
    assert read_one(entry(title="Why?", subtitle="Because")).title == "Why? Because"


def test_a_chapter_takes_the_titles_of_its_book_as_those_of_the_book() -> None:
    book = "@book{bk, title={The Book}, subtitle={Its Sub}, editor={Roe, R}, publisher={P}}\n"
    text = entry("inbook", crossref="bk", pages="1--2") + book
    paper = read_one(text)
    assert (paper.title, paper.venue) == ("T", "The Book: Its Sub")


@pytest.mark.parametrize("order", [("title", "booktitle"), ("booktitle", "title")])
def test_the_booktitle_of_a_volume_counts_whatever_the_order(order: tuple[str, str]) -> None:
    names = {"booktitle": "SHORT 2020", "title": "Long Proceedings of 2020"}
    fields = ", ".join(f"{name} = {{{names[name]}}}" for name in order)
    text = entry("inproceedings", crossref="proc") + f"@proceedings{{proc, {fields}, year=2020}}\n"
    assert read_one(text).venue == "SHORT 2020"


def test_what_biblatex_only_refers_to_is_no_paper() -> None:
    text = (
        "@misc{a, title={B}, author={Doe, J}, xdata={hup, more}, keywords={sourdough}}\n"
        "@xdata{hup, publisher={HUP}, location={Cambridge}, date={2020}, xdata={more}}\n"
        "@xdata{more, note={From afar}}\n@set{theset, entryset={a}}\n"
    )
    library = read(text)
    assert [found.render() for found in library.diagnostics] == []
    assert list(library.catalog.papers) == ["a"]
    paper = library.catalog.papers["a"]
    assert (paper.year, paper.fields["address"], paper.fields["note"]) == (
        2020, "Cambridge", "From afar",
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["IEEEtranBSTCTL", "control"])
def test_what_styles_take_their_options_from_is_no_paper(kind: str) -> None:
    library = read(f"@{kind}{{options, CTLuse_url = {{yes}}}}\n" + entry())
    assert (list(library.catalog.papers), library.diagnostics) == (["a"], ())


def test_a_circle_of_xdata_is_told_as_such() -> None:
    (message,) = find("@xdata{a, xdata={b}}\n@xdata{b, xdata={a}}\n", Code.CROSSREF)
    assert message.startswith("b: xdata leads in a circle")


def test_quotation_marks_of_biblatex_are_shown() -> None:
    paper = json.loads(export("json", entry(title=r"On \mkbibquote{X}\hyphen like")))["papers"][0]
    assert paper["title"] == "On \u201cX\u201d-like"


def test_a_chain_of_cross_references_takes_linear_time() -> None:
    chain = "".join(f"@misc{{k{n}, title = {{T}}, crossref = {{k{n + 1}}}}}\n" for n in range(3000))
    papers = read(chain + "@misc{k3000, year = 1999}").catalog.papers
    assert {paper.year for paper in papers.values()} == {1999}


def test_a_circle_is_reported_once_and_costs_nothing() -> None:
    text = "@misc{a, title={A}, crossref={b}}\n@misc{b, title={B}, crossref={a}, note={N}}\n"
    library = read(text)
    assert [found.key for found in library.diagnostics if found.code is Code.CROSSREF] == ["b"]
    assert library.catalog.papers["a"].title == "A"


@pytest.mark.parametrize(
    ("written", "doi"),
    [
        (r"10.1007/978-3-319-24574-4{\_}28", "10.1007/978-3-319-24574-4_28"),
        (r"10.1007/978-3-319-24574-4\_28", "10.1007/978-3-319-24574-4_28"),
        (r"10.1002/49:8{\textless}693::AID{\textgreater}3.0", "10.1002/49:8<693::AID>3.0"),
        ("10.1002/49:8&lt;693::AID&gt;3.0", "10.1002/49:8<693::AID>3.0"),
        ("10.1002/49:8$<$693::AID$>$3.0", "10.1002/49:8<693::AID>3.0"),
        (r"10.1002/a$\_$b", "10.1002/a_b"),
        ("10.1145/1553374.1553380.", "10.1145/1553374.1553380"),
        (r"\url{https://doi.org/10.1145/1553374}", "10.1145/1553374"),
        ("http://doi.acm.org/10.1145/1132736.1132768", "10.1145/1132736.1132768"),
        ("https://dl.acm.org/doi/abs/10.1145/3442188?casa_token=x", "10.1145/3442188"),
        ("https://www.frontiersin.org/articles/10.3389/fnins.1/full", "10.3389/fnins.1"),
        ("https://link.springer.com/content/pdf/10.1007/978-3_9.pdf", "10.1007/978-3_9"),
        ("https://www.doi.org/10.1145%2F1553374", "10.1145/1553374"),
        ("DOI 10.1145/1553374", "10.1145/1553374"),
        ("info:doi/10.1145/1553374", "10.1145/1553374"),
        ("(10.1145/1553374).", "10.1145/1553374"),
        ("10.1145/1553374)", "10.1145/1553374"),
        ("\u201c10.1145/1553374,\u201d", "10.1145/1553374"),
    ],
)  # fmt: skip
def test_what_tex_does_to_a_doi_is_undone_and_told(written: str, doi: str) -> None:
    text = entry(doi=written)
    assert read(text).catalog.papers["a"].doi == doi
    (message,) = find(text, Code.BAD_DOI)
    assert message.endswith(f"write doi = {{{doi}}}")
    assert find(entry(doi=doi), Code.BAD_DOI) == []


@pytest.mark.parametrize(
    "doi",
    [
        "10.1016/0196-6774(89)90038-2",
        "10.1002/(SICI)1097-0118(199905)31:1<1::AID-JGT1>3.0.CO;2-F",
        "10.1103/x#y?z=1",
        "10.1234/a.pdf",
    ],
)
def test_odd_dois_are_left_as_they_are(doi: str) -> None:
    assert (read_one(entry(doi=doi)).doi, find(entry(doi=doi), Code.BAD_DOI)) == (doi, [])


def test_a_doi_with_a_million_brackets_is_read_in_linear_time() -> None:
    assert read(entry(doi="10.1234/a" + ")" * 1_000_000)).catalog.papers["a"].doi == "10.1234/a"


@pytest.mark.parametrize(
    ("written", "url"),
    [
        (r"http://x.org/10.1007/978-4{\_}28", "http://x.org/10.1007/978-4_28"),
        (r"\url{http://x.org/a\%20b}", "http://x.org/a%20b"),
        (r"http://x.org/{\textasciitilde}doe", "http://x.org/~doe"),
        (r"http://x.org/$\sim$doe", "http://x.org/~doe"),
        ("http://x.org/?a=1&amp;b=2", "http://x.org/?a=1&b=2"),
    ],
)
def test_what_tex_does_to_an_address_is_undone(written: str, url: str) -> None:
    assert read_one(entry(url=written)).url == url


def test_an_address_in_howpublished_is_a_link_and_no_venue() -> None:
    paper = read_one(entry(howpublished=r"\url{https://example.org/a_b}"))
    assert (paper.url, paper.venue) == ("https://example.org/a_b", "")
    assert read_one(entry(howpublished="Talk at the fair")).venue == "Talk at the fair"


@pytest.mark.parametrize(
    ("field", "text", "venue"),
    [
        ("howpublished", r"Available at \url{https://example.org/a}", ""),
        ("howpublished", r"\url{https://example.org/a}. Accessed: 2020-01-01.", ""),
        ("howpublished", r"[Online]. Available: https://example.org/a", ""),
        ("howpublished", r"\href{https://example.org/a}{here}", ""),
        ("howpublished", r"Blog of Doe, \url{https://example.org/a}", "Blog of Doe"),
        ("note", r"\url{https://example.org/a}", ""),
        ("url", r"\href{https://example.org/a}{the site}", ""),
        ("url", "<https://example.org/a>", ""),
    ],
)
def test_an_address_is_found_wherever_bibtex_has_it(field: str, text: str, venue: str) -> None:
    paper = read_one(entry(**{field: text}))
    assert (paper.url, paper.venue[: len(venue) or 1]) == ("https://example.org/a", venue)
    assert csl(entry(**{field: text}))["URL"] == "https://example.org/a"


def test_what_is_said_about_an_address_is_read_in_linear_time() -> None:
    text = "accessed " * 5_000 + ";x https://example.org/a"
    assert read_one(entry(howpublished=text)).url == "https://example.org/a"


def test_two_editions_or_versions_are_two_works() -> None:
    taxonomy, _ = read_taxonomy(TAXONOMY, "t.toml")
    for field in ("edition", "version"):
        text = "".join(
            entry(title="The Big Book of All", **{field: number}).replace("{a,", f"{{k{number},")
            for number in "12"
        )
        found = check_library(make_library([Source("x.bib", text)], taxonomy))
        assert Code.SAME_PAPER not in {one.code for one in found}


def test_the_address_of_a_publisher_in_eprint_is_no_bad_identifier() -> None:
    assert read_one(entry(eprint="https://www.example.org/doi/pdf/10.1/2")).arxiv == ""


@pytest.mark.parametrize(
    "written",
    [
        "2106.0968", "1412.69805", "1501.1234", "2113.09685", "2100.09685", "2106.00000",
        "0703.1234", "9912.12345", "math/9913001", "math/0200123", "math/0211000", "math/0803001",
        "math/021115", "math/02111591", "2106.096850",
    ],
)  # fmt: skip
def test_an_arxiv_identifier_has_the_digits_of_its_time(written: str) -> None:
    assert len(find(entry(eprint=written, archiveprefix="arXiv"), Code.BAD_EPRINT)) == 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("family=Simon, given=Hans", "Hans Simon"),
        ("given={Charles Louis}, prefix=de la, family=Vall{\\'e}e, suffix=Jr.", None),
        ("useprefix=false, given=Charles Louis, prefix=de la, family=Vallée, suffix=Jr.", None),
        ("id=testid, given=Hans, family=Simon", "Hans Simon"),
        ("uniquename=false, given={Hans}, family={Simon}", "Hans Simon"),
        ("useprefix=true and family=Simon, given=Hans", "Hans Simon"),
        ("uniquename=false and Hans Simon", "Hans Simon"),
        ('"family=Doe, given=Jane"', "Jane Doe"),
    ],
)
def test_extended_names_of_biblatex_are_read(name: str, shown: str | None) -> None:
    paper = read_one(entry(author=name))
    assert paper.authors[0].full == (shown or "Charles Louis de la Vallée Jr.")


@pytest.mark.parametrize(
    ("names", "is_told"),
    [
        ("Jane Doe, John Roe and Max Poe", True),
        ("Jane A. Doe, John Roe and Max Poe", True),
        ("Poe, Max and Doe, Jane and Roe, John", False),
        ("Garcia Marquez, Gabriel Jose and Doe, Jane", False),
        ("Garcia Marquez, Gabriel Jose", False),
        ("van der Berg, Jan Piet and Max Poe", False),
    ],
)
def test_two_people_with_a_comma_between_them(names: str, is_told: bool) -> None:
    taxonomy, _ = read_taxonomy(TAXONOMY, "t.toml")
    library = make_library([Source("x.bib", entry(author=names))], taxonomy)
    found = [one for one in check_library(library) if one.code is Code.BAD_NAME]
    assert len(found) == is_told


@pytest.mark.parametrize("names", ["Smith J, Doe A, Roe B", "Smith, John, Jr."])
def test_commas_between_names_are_reported(names: str) -> None:
    assert len(find(entry(author=names), Code.BAD_NAME)) == 1


@pytest.mark.parametrize("names", ["King, Jr., Martin", "Gates, III, William", "Doe, Ph.D., Ann"])
def test_suffixes_are_no_mistakes(names: str) -> None:
    assert find(entry(author=names), Code.BAD_NAME) == []


def test_a_key_between_braces_may_have_parentheses() -> None:
    library = read(entry().replace("{a,", "{10.1016/0196-6774(89)90038-2,"))
    assert list(library.catalog.papers) == ["10.1016/0196-6774(89)90038-2"]
    assert library.diagnostics == ()


@pytest.mark.parametrize(
    "text", ["@Comment Len Schubert\n", "@comment\n", "text @Comment, twice\n", "%"]
)
def test_a_comment_needs_no_braces(text: str) -> None:
    assert read_one(text + entry()).key == "a"


def test_a_survey_without_a_taxonomy_takes_any_keyword_and_none() -> None:
    text = entry(keywords="anything") + entry(keywords="").replace("{a,", "{b,")
    library = make_library([Source("x.bib", text)], read_taxonomy("", "t.toml")[0])
    assert library.diagnostics == ()


def test_a_formula_in_a_cell_is_text() -> None:
    rows = list(csv.DictReader(io.StringIO(export("csv", entry(title='=HYPERLINK("http://e")')))))
    assert rows[0]["title"] == '\'=HYPERLINK("http://e")'


def test_very_long_lists_of_authors_fit_into_a_cell() -> None:
    text = entry(author=" and ".join(f"Doe, Jane Number{n}" for n in range(12_000)))
    rows = list(csv.DictReader(io.StringIO(export("csv", text))))
    assert len(rows) == 1
    assert len(json.loads(export("json", text))["papers"][0]["authors"]) == 12_000


def test_csl_says_what_each_number_is() -> None:
    article = csl(entry("article", journal="J", volume=r"12\,A", number=r"3{\&}4", pages="e1\\_2"))
    assert (article["volume"], article["issue"], article["page"]) == ("12 A", "3&4", "e1_2")
    book = csl(entry("book", publisher="P", series="LNCS", number="77", edition="2"))
    assert (book["collection-title"], book["collection-number"]) == ("LNCS", "77")
    assert (book["publisher"], book["edition"]) == ("P", "2")
    paper = csl(entry("inproceedings", booktitle="ICML", publisher="PMLR", pages="1, 3--5, 9+"))
    assert (paper["publisher"], paper["page"]) == ("PMLR", "1, 3-5, 9+")
    report = csl(entry("techreport", institution="MIT", number="TR-7"))
    assert (report["number"], report["publisher"]) == ("TR-7", "MIT")
    assert csl(entry("article", journal="PRL", volume="1", eid="012345"))["page"] == "012345"
    assert csl(entry(year="", date="2020-05-17"))["issued"] == {"date-parts": [[2020, 5, 17]]}


def test_software_data_and_patents_are_what_they_are() -> None:
    kinds = [csl(entry(kind))["type"] for kind in ("software", "dataset", "patent")]
    assert kinds == ["software", "dataset", "patent"]


def test_bibtex_goes_out_in_one_dialect() -> None:
    text = export(
        "bibtex", entry("article", journaltitle="PRL", year="", date="2020-05-17", note="N")
    )
    assert "  year          = {2020},\n  month         = may,\n" in text
    assert "journal       = {PRL}" in text
    assert "date" not in text
    assert "  school        = {MIT}" in export("bibtex", entry("phdthesis", institution="MIT"))


def test_ris_keeps_ranges_and_lists_of_pages_apart() -> None:
    def find_pages(pages: str) -> list[str]:
        lines = export("ris", entry("article", journal="J", pages=pages)).split("\r\n")
        return [line[6:] for line in lines if line[:2] in {"SP", "EP"}]

    assert find_pages("1--10") == ["1", "10"]
    assert find_pages("1-10") == ["1", "10"]
    assert find_pages("1, 3--5, 9+") == ["1, 3-5, 9+"]
    assert find_pages("e17") == ["e17"]


def test_the_weights_of_a_model_are_a_link_in_every_export() -> None:
    address = "https://example.org/weights"
    text = entry(weights=address)
    assert read_one(text).links == {"weights": address}
    assert csl(text)["custom"]["weights"] == address
    assert json.loads(export("json", text))["papers"][0]["weights"] == address
    assert f"UR  - {address}" in export("ris", text)
    assert next(csv.DictReader(io.StringIO(export("csv", text))))["weights"] == address
    assert "weights" not in export("bibtex", text)
    assert len(find(entry(weights="javascript:alert(1)"), Code.BAD_URL)) == 1


def test_json_holds_every_field() -> None:
    details = {"volume": "1", "number": "2", "pages": "3--4", "note": "N", "custom": "C"}
    text = entry("article", journal="J", **details)
    paper = json.loads(export("json", text))["papers"][0]
    assert paper["details"] == details | {"pages": "3\u20134"}
