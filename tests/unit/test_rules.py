"""Every rule is what it says: its bad example breaks it and no other, its good one breaks none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from livingsurvey.bibtex.fields import ENTRY_TYPES
from livingsurvey.bibtex.identifiers import read_arxiv_month
from livingsurvey.bibtex.scan import scan
from livingsurvey.bibtex.source import Source, decode
from livingsurvey.bibtex.write import format_text
from livingsurvey.catalog import Library, make_library
from livingsurvey.diagnostics import Code, Severity
from livingsurvey.names import parse_name, read_authors
from livingsurvey.rules import (
    RULES,
    Rule,
    apply_fixes,
    check_library,
    find_fixes,
    select_rules,
)
from livingsurvey.rules.rule import GROUPS, TAXONOMY, diffie, lamport, perelman, shannon
from livingsurvey.rules.texts import find_unprotected
from livingsurvey.taxonomy import Taxonomy, read_taxonomy

CHECKED = [rule for rule in RULES if rule.stage == "check"]
DEMANDING = [name for name, kind in ENTRY_TYPES.items() if len(kind.required) > 1]
FIXED = [rule for rule in CHECKED if rule.fix]
# No example of the reading rules needs full categories; the rule on them has its own example.
LENIENT = select_rules(minimum_papers=0)


def read(bibliography: str, taxonomy: str = TAXONOMY) -> Library:
    tree, problems = read_taxonomy(taxonomy, "taxonomy.toml")
    data = bibliography.encode("utf-8", "surrogateescape")
    source, found = decode(data, "papers.bib")
    return make_library([source], tree, [*problems, *found])


def read_example(rule: Rule, text: str) -> Library:
    if rule.language == "toml":
        return read(shannon() + "\n" + lamport(), text)
    if rule.language == "authors":
        problems = read_authors(text, "authors.toml")[1]
        return make_library([Source("x.bib", shannon())], read_taxonomy(TAXONOMY, "t")[0], problems)
    return read(text)


def find(bibliography: str, code: Code) -> list[str]:
    """Return the messages of one rule, with their severity and place."""
    return [
        f"{one.location.line}:{one.location.column} {one.severity} {one.text}"
        for one in check_library(read(bibliography), LENIENT)
        if one.code is code
    ]


def codes(bibliography: str) -> list[str]:
    return [one.code.value for one in check_library(read(bibliography), LENIENT)]


def test_every_code_has_one_rule() -> None:
    assert sorted(rule.code for rule in RULES) == sorted(Code)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_rules_say_what_and_why_in_sentences(rule: Rule) -> None:
    assert rule.title[-1] != "."
    assert rule.what.endswith(".")
    assert rule.why.endswith(".")
    assert rule.bad != rule.good
    assert rule.group in GROUPS
    assert rule.what.count("`") % 2 == rule.why.count("`") % 2 == 0


@pytest.mark.parametrize("rule", CHECKED, ids=lambda rule: rule.code)
def test_bad_example_breaks_this_rule_alone(rule: Rule) -> None:
    rules = RULES if rule.code is Code.THIN_CATEGORY else LENIENT
    found = check_library(read_example(rule, rule.bad), rules)
    assert [(one.code, one.severity) for one in found] == [(rule.code, rule.severity)]
    assert found[0].location.line > 0


@pytest.mark.parametrize("rule", CHECKED, ids=lambda rule: rule.code)
def test_good_example_breaks_no_rule(rule: Rule) -> None:
    rules = RULES if rule.code is Code.THIN_CATEGORY else LENIENT
    assert check_library(read_example(rule, rule.good), rules) == []


@pytest.mark.parametrize("rule", CHECKED, ids=lambda rule: rule.code)
def test_disabled_rule_says_nothing(rule: Rule) -> None:
    rules = select_rules({rule.code}, minimum_papers=1)
    found = check_library(read_example(rule, rule.bad), rules)
    assert rule.code not in {one.code for one in found}


@pytest.mark.parametrize("rule", FIXED, ids=lambda rule: rule.code)
def test_fixes_satisfy_the_rule(rule: Rule) -> None:
    library = read(rule.bad)
    fixed = apply_fixes(library.sources, library.catalog.taxonomy, [rule])
    after = make_library(fixed.sources, library.catalog.taxonomy)
    if rule.code in {Code.BAD_DOI, Code.BAD_EPRINT, Code.BAD_NAME}:
        # What these examples show takes judgment; milder cases are tested below.
        assert fixed.fixes == ()
        return
    assert {one.code for one in fixed.fixes} == {rule.code}
    assert check_library(after, LENIENT) == []
    assert apply_fixes(fixed.sources, library.catalog.taxonomy, [rule]).fixes == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (shannon(doi="https://doi.org/10.1234/ab_c"), shannon(doi="10.1234/ab_c")),
        (shannon(doi="doi:10.1234/abc"), shannon(doi="10.1234/abc")),
        (perelman(eprint="arXiv:math/0211159v1"), perelman(eprint="math/0211159")),
        (
            perelman(eprint="https://arxiv.org/abs/math/0211159"),
            perelman(eprint="math/0211159"),
        ),
        (
            diffie(author="Diffie, Whitfield and Hellman, Martin E. and"),
            diffie(author="Diffie, Whitfield and Hellman, Martin E."),
        ),
        (
            diffie(author="Diffie, Whitfield and and Hellman, Martin E."),
            diffie(author="Diffie, Whitfield and Hellman, Martin E."),
        ),
        (lamport(pages="558 – 565"), lamport(pages="558--565")),  # noqa: RUF001
        (
            lamport(keywords="classic, distributed-computing"),
            lamport(keywords="classic, distributed-systems"),
        ),
        (lamport(title="An RFC for TCP/IP"), lamport(title="An {RFC} for {TCP}/{IP}")),
        (
            perelman(journal="arXiv preprint arXiv:math/0211159"),
            perelman(),
        ),
        (
            shannon(eprint=None, year="2020", journal="CoRR abs/2001.01234").replace("@a", "@A"),
            shannon(eprint="2001.01234", archiveprefix="arXiv", year="2020", journal=None).replace(
                "@article", "@misc"
            ),
        ),
        (shannon(title="A Hid\u200bden\u2028TeX"), shannon(title="A Hidden {TeX}")),
    ],
)
def test_mechanical_fixes(before: str, after: str) -> None:
    library = read(before)
    fixed = apply_fixes(library.sources, library.catalog.taxonomy, RULES)
    assert format_text(fixed.sources[0].text).text == after
    assert fixed.fixes


def test_fixes_that_touch_each_other_are_made_one_after_the_other() -> None:
    library = read(lamport(title="On L\u200baTeX"))
    fixed = apply_fixes(library.sources, library.catalog.taxonomy, RULES)
    assert "title         = {On {LaTeX}}" in fixed.sources[0].text
    assert [one.code for one in fixed.fixes] == [Code.TITLE_CAPITALS, Code.HIDDEN_CHARACTER]


def test_fixes_leave_all_other_bytes() -> None:
    text = "% remark\n\n" + lamport(pages="558-565").replace("\n", "\r\n") + "\r\n  junk \t\r\n"
    library = make_library([Source("x.bib", text)], Taxonomy())
    fixed = apply_fixes(library.sources, Taxonomy(), RULES)
    assert fixed.sources[0].text == text.replace("558-565", "558--565")


@pytest.mark.parametrize(
    ("bibliography", "expected"),
    [
        (
            diffie(doi="10.1109/tit.1976.1055638")
            + diffie(key="doe1976other", title="Other", doi="10.1109/TIT.1976.1055638"),
            "15:20 error doe1976other: the same DOI as 'diffie1976new' at papers.bib:1:1",
        ),
        (
            perelman() + perelman(key="doe2002other", title="Other", author="Doe, J."),
            (
                "14:20 error doe2002other: the same arXiv identifier as 'perelman2002entropy' at "
                "papers.bib:1:1"
            ),
        ),
        (
            diffie() + diffie(key="doe1976new", title="New directions, in {C}ryptography!"),
            (
                "10:20 error doe1976new: the same title and author as 'diffie1976new' at "
                "papers.bib:1:1"
            ),
        ),
    ],
)
def test_one_paper_under_two_keys(bibliography: str, expected: str) -> None:
    found = find(bibliography, Code.SAME_PAPER)
    assert [one.partition(";")[0] for one in found] == [expected]


def test_two_papers_of_one_title_by_different_people_are_two() -> None:
    assert find(diffie() + diffie(key="doe1976new", author="Doe, J."), Code.SAME_PAPER) == []


def test_data_and_the_paper_that_describes_it_are_two() -> None:
    data = diffie(key="diffie1976data", version="v2", doi="10.5281/zenodo.1", journal=None)
    assert find(diffie(doi=None) + data, Code.SAME_PAPER) == []


def test_three_entries_of_one_paper_are_reported_twice() -> None:
    three = diffie() + diffie(key="doe1976new") + diffie(key="roe1976new")
    assert len(find(three, Code.SAME_PAPER)) == 2


@pytest.mark.parametrize(
    ("identifier", "year"),
    [
        ("2106.09685", 2021),
        ("0704.0001", 2007),
        ("math/0211159", 2002),
        ("hep-th/9901001", 1999),
        ("math.GT/0309136", 2003),
        ("nonsense", None),
    ],
)
def test_year_of_an_arxiv_identifier(identifier: str, year: int | None) -> None:
    assert (read_arxiv_month(identifier) or (None,))[0] == year


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"year": "2002"}, []),
        ({"year": "2003"}, ["warning"]),
        ({"year": "2001"}, ["warning"]),
        ({"year": "2003", "journal": "A Journal"}, []),  # published later, as most are
        ({"year": "2001", "journal": "A Journal"}, ["hint"]),
        ({"year": "2003", "institution": "A University"}, []),
        ({"year": "2001", "school": "A University"}, ["hint"]),  # a thesis, posted later
        ({"year": "2001", "journal": "A Journal", "doi": "10.1016/j.nima.2001.04.046"}, []),
        ({"year": "2001", "journal": "A Journal", "doi": "10.1007/JHEP03(2002)144"}, ["hint"]),
        ({"year": "2001", "booktitle": "2001 Summit"}, []),
        ({"year": "2028", "eprint": None}, ["warning"]),
        ({"year": "2027", "eprint": None}, []),
    ],
)
def test_year_against_identifier_and_creationdate(
    changes: dict[str, str | None], expected: list[str]
) -> None:
    found = find(perelman(**changes), Code.YEAR_MISMATCH)
    assert [one.split()[1] for one in found] == expected


def test_a_thesis_may_be_posted_later() -> None:
    thesis = perelman(year="2001", school="A University").replace("@misc", "@phdthesis")
    assert find(thesis, Code.YEAR_MISMATCH) == []


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Communication in the Presence of Noise", []),
        ("BERT: Pre-Training of Deep Transformers", ["BERT"]),
        ("{BERT}: Pre-Training", []),
        ("LoRA and {QLoRA}, 4D and FLOPs", ["LoRA", "4D", "FLOPs"]),
        (r"On $\mathrm{NP}$ and \TeX and \emph{ABC}", []),
        (r"On \OE uvre and \'Etude", []),
        ("{On XML and SGML}", []),
        ("", []),
    ],
)
def test_capitals_that_a_style_would_lower(title: str, words: list[str]) -> None:
    assert [word for _, word in find_unprotected(title)] == words


def test_title_in_capitals_is_said_once_and_left_to_people() -> None:
    text = lamport(title="TIME, CLOCKS, AND THE ORDERING OF EVENTS")
    assert [one.partition(";")[0] for one in find(text, Code.TITLE_CAPITALS)] == [
        "2:20 warning lamport1978time: the title is written in capitals"
    ]
    assert find_fixes(read(text), LENIENT) == []


@pytest.mark.parametrize(
    ("author", "code"),
    [
        ("{NVIDIA}", None),
        ("{BigScience Workshop}", None),
        ("NVIDIA", Code.NAME_INCOMPLETE),
        ("Ng, A. Y.", None),
        ("LI, WEI", Code.NAME_CAPITALS),
        ("J. R. R. Tolkien", None),
        ("Vaswani and Ashish", Code.NAME_INCOMPLETE),
        ("Vaswani, A. et al.", Code.BAD_NAME),
        ("Vaswani, A. & Shazeer, N.", Code.BAD_NAME),
        ("Vaswani, A., and Shazeer, N.", Code.BAD_NAME),
        ("Vaswani, A. and Shazeer, N. and", Code.BAD_NAME),
        ("Vaswani, A., Shazeer, N., Parmar, N.", Code.BAD_NAME),
        ("de Jong, Michiel and Ramos Garea, Sabela", None),
    ],
)
def test_author_lists(author: str, code: Code | None) -> None:
    found = set(codes(diffie(author=author)))
    assert found == ({code.value} if code else set())


@pytest.mark.parametrize(
    ("pages", "is_wrong"),
    [
        ("1--10", False),
        ("1-10", True),
        ("1\u201310", True),
        ("A12-A17", True),
        ("12:1--12:30", False),
        ("e2311878121", False),
        ("1--5, 7-9", True),
        ("S1-5", True),
        ("10.1-extended", False),
        ("", False),
    ],
)
def test_pages(pages: str, is_wrong: bool) -> None:
    found = [one for one in codes(lamport(pages=pages)) if one != "empty_field"]
    assert found == (["page_range"] if is_wrong else [])


@pytest.mark.parametrize(
    ("journal", "is_wrong"),
    [
        ("arXiv preprint arXiv:2001.01234", True),
        ("CoRR", True),
        ("arXiv e-prints", True),
        ("arXiv", True),
        ("CoRR, abs/2001.01234", True),
        ("arXiv:2001.01234 [cs.CL]", True),
        ("Journal of Correlations", False),
        ("Corrosion Science", False),
    ],
)
def test_arxiv_in_the_place_of_a_journal(journal: str, is_wrong: bool) -> None:
    assert bool(find(shannon(journal=journal), Code.ARXIV_AS_JOURNAL)) is is_wrong


def test_arxiv_journal_with_another_identifier_is_left_to_people() -> None:
    library = read(perelman(journal="arXiv preprint arXiv:2001.01234"))
    assert [one.code for one in find_fixes(library, RULES)] == []


@pytest.mark.parametrize("kind", DEMANDING)
def test_required_fields_satisfy_their_type(kind: str) -> None:
    fields = {
        names[0]: "2020" if names[0] == "year" else "text" for names in ENTRY_TYPES[kind].required
    }
    text = f"@{kind}{{k, {', '.join(f'{name} = {{{value}}}' for name, value in fields.items())}}}"
    assert find(text, Code.MISSING_FIELD) == []
    for missing in fields:
        rest = {name: value for name, value in fields.items() if name != missing}
        broken = f"@{kind}{{k, {', '.join(f'{one} = {{{two}}}' for one, two in rest.items())}}}"
        assert len(find(broken, Code.MISSING_FIELD)) == 1, missing


def test_biblatex_types_are_known() -> None:
    assert {
        "online",
        "thesis",
        "software",
        "dataset",
        "report",
        "inreference",
    } <= ENTRY_TYPES.keys()


def test_misspelled_field_is_suggested() -> None:
    text = shannon().replace("journal ", "jurnal  ")
    assert find(text, Code.MISSING_FIELD) == [
        "1:1 warning shannon1948mathematical: @article without journal; is it 'jurnal', misspelled?"
    ]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("anotation", "annotation"),
        ("shrttitle", "shorttitle"),
        ("epint", "eprint"),
        ("coe", "code"),
        ("ur", "url"),
        ("arhiveprefix", "archiveprefix"),
        ("kewords", "keywords"),
        ("keyword", "keywords"),
        ("wieghts", "weights"),
        ("creationdat", "creationdate"),
        ("notes", "note"),
        ("serie", "series"),
        ("addres", "address"),
        ("titel", "title"),
    ],
)
def test_misspelled_optional_fields_are_found(name: str, near: str) -> None:
    text = shannon().replace("\n}", f"\n  {name} = {{x}},\n}}")
    (found,) = find(text, Code.UNKNOWN_FIELD)
    assert found.endswith(f"nothing reads a field '{name}'; did you mean '{near}'?")


@pytest.mark.parametrize(
    "name",
    # JabRef, Zotero, Mendeley, DBLP, INSPIRE, ADS, Web of Science, Scopus, the library of
    # Beebe, biblatex's annotations, Emacs, al-folio: what programs and people do write.
    [
        "comment-anna", "groups", "readstatus", "citationkey", "langid", "urldate", "shortjournal",
        "mendeley-groups", "bibsource", "biburl", "collaboration", "reportNumber", "SLACcitation",
        "adsurl", "adsnote", "eissn", "Journal-ISO", "Keywords-Plus", "author_keywords", "coden",
        "art_number", "ISSN-L", "fjournal", "journal-URL", "AUTHOR+an", "EDITOR-an:alt", "url2",
        "OPTauthor", "ALTeditor", "xJOURNAL", "_title", "isbn13", "pdf", "html", "bibtex_show",
        "shortbooktitle", "hal_id", "mrnumber", "pmcid", "swhid", "introducedin", "numpages",
        "issue_date", "articleno", "citeulike-article-id", "bdsk-url-1", "date-added", "refid",
    ],
)  # fmt: skip
def test_real_fields_of_other_programs_are_no_misspellings(name: str) -> None:
    assert find(shannon().replace("\n}", f"\n  {name} = {{x}},\n}}"), Code.UNKNOWN_FIELD) == []


@pytest.mark.parametrize("kind", ["softwareversion", "softwaremodule", "codefragment"])
def test_types_of_biblatex_software_are_known(kind: str) -> None:
    assert find(f"@{kind}{{a2020b, title = {{T}}}}", Code.UNKNOWN_TYPE) == []


def test_a_paper_of_a_conference_may_be_in_a_journal() -> None:
    text = "@inproceedings{a, title={T}, author={Doe, J.}, journal={PoS}, year={2020}}\n"
    assert find(text, Code.MISSING_FIELD) == []
    assert find(text.replace("journal", "eprint"), Code.MISSING_FIELD) == [
        "1:1 warning a: @inproceedings without booktitle or journal; add booktitle = {…}"
    ]


@pytest.mark.parametrize(
    ("kind", "given", "wanted"),
    [
        ("mastersthesis", "year = {2020}", "school"),
        ("phdthesis", "year = {2020}", "school"),
        ("phdthesis", "date = {2020-01}", "institution"),
        ("thesis", "year = {2020}", "institution"),  # which BibTeX does not have
        ("techreport", "year = {2020}", "institution"),
        ("article", "date = {2020}", "journaltitle"),
        ("article", "year = {2020}", "journal"),
    ],
)
def test_a_missing_field_is_called_as_the_file_calls_it(kind: str, given: str, wanted: str) -> None:
    text = f"@{kind}{{a, title = {{T}}, author = {{Doe, J.}}, {given}"
    assert find(f"{text}}}", Code.MISSING_FIELD) == [
        f"1:1 warning a: @{kind} without {wanted}; add {wanted} = {{…}}"
    ]
    assert find(f"{text}, {wanted} = {{X}}}}", Code.MISSING_FIELD) == []
    if wanted in {"school", "institution"}:
        for name in ("school", "institution"):
            assert find(f"{text}, {name} = {{X}}}}", Code.MISSING_FIELD) == []


_TWO = "eprint is 2106.09685, but {} names 2106.09686"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"url": "https://arxiv.org/abs/2106.09686"}, _TWO.format("url")),
        ({"url": "http://arxiv.org/pdf/2106.09686v2.pdf"}, _TWO.format("url")),
        ({"url": "https://ar5iv.org/abs/2106.09686"}, _TWO.format("url")),
        ({"url": "https://www.alphaxiv.org/abs/2106.09686"}, _TWO.format("url")),
        ({"url": "https://huggingface.co/papers/2106.09686"}, _TWO.format("url")),
        ({"doi": "10.48550/arXiv.2106.09686"}, _TWO.format("doi")),
        (
            {"eprint": None, "doi": "10.48550/arXiv.2106.09685", "url": "https://arxiv.org/a/2106"},
            "",
        ),
        (
            {
                "eprint": None,
                "doi": "10.48550/arXiv.2106.09685",
                "url": "https://arxiv.org/abs/2106.09686",
            },
            "doi is 2106.09685, but url names 2106.09686",
        ),
        (
            {"doi": "10.1145/1", "url": "https://doi.org/10.1145/2"},
            "doi is 10.1145/1, but url names 10.1145/2",
        ),
        ({"doi": "10.1145/A", "url": "http://dx.doi.org/10.1145/a"}, ""),
        ({"doi": "10.1145/1", "url": "https://arxiv.org/abs/2106.09685v3"}, ""),
        ({"doi": "10.1145/1", "url": "https://doi.org/10.48550/arXiv.2106.09685"}, ""),
        ({"url": "https://example.org/papers/2106.09686"}, ""),
    ],
)
def test_identifiers_that_name_two_papers(fields: dict[str, str | None], told: str) -> None:
    text = perelman(**{"eprint": "2106.09685", "year": "2021", **fields})
    found = [
        one.partition(": ")[2].partition(";")[0] for one in find(text, Code.IDENTIFIERS_DIFFER)
    ]
    assert found == ([told] if told else [])


@pytest.mark.parametrize(
    ("annotation", "problem"),
    [
        ("Founds information theory. TODO: more.", "says 'TODO'"),
        ("todo: write.", "says 'todo'"),
        ("Tbd.", "says 'Tbd'"),
        ("Why???", "says '???'"),
        ("FIXME.", "says 'FIXME'"),
        ("One. Two. Three.", "has more than two sentences"),
        ("No full stop", "does not end in a full stop"),
        ("With **bold** text.", "has Markdown: '**bold**'"),
        ("With *emphasis* here.", "has Markdown: '*emphasis*'"),
        ("With _emphasis_ here.", "has Markdown: '_emphasis_'"),
        ("With `code` here.", "has Markdown: '`code`'"),
        ("A [link](https://e.org).", "has Markdown: '[link](https://e.org)'"),
        ("- An item.", "has Markdown: '-'"),
        ("# A heading.", "has Markdown: '#'"),
        ("Adapts all of them. And fast.", ""),
        (r"Cuts memory by 2\,\% on $a_i b_j$, i.e. much (see snake_case_names and 2*3*4).", ""),
        ("For J. Doe et al. this is E. coli.", ""),
        (r"Its \emph{name} is {``odd''}", "does not end in a full stop"),
    ],
)
def test_annotations_are_finished_sentences(annotation: str, problem: str) -> None:
    found = find(shannon(annotation=annotation), Code.ANNOTATION_FORM)
    assert [problem in one for one in found] == ([True] if problem else [])


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("A Theory of Communication.", "the title ends in a full stop"),
        ("{A Theory of Communication.}", "the title ends in a full stop"),
        ("A Theory of the the Communication", "'the' stands twice in the title"),
        ("Least squares and And the rest", "'and' stands twice in the title"),
        ("How Transformers Learn in In-Context Learning", ""),
        ("On on-line task assignment", ""),
        ("Off-Policy Policy Gradients", ""),
        ("Hungry Hungry Hippos", ""),
        ("Communication, Inc.", ""),
        ("Why? ...", ""),
    ],
)
def test_slips_in_titles(title: str, told: str) -> None:
    found = [
        one.partition(": ")[2].partition(";")[0]
        for one in find(shannon(title=title), Code.TITLE_FORM)
    ]
    assert found == ([told] if told else [])


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Edward J., Hu", "write 'Hu, Edward J.'"),
        ("Martin E., Hellman", "write 'Hellman, Martin E.'"),
        ("Jean-Luc P. Q., Picard", "write 'Picard, Jean-Luc P. Q.'"),
        ("Hu, Edward J.", ""),
        ("van der Berg, J.", ""),
        ("St. John, Jon", ""),
    ],
)
def test_given_names_before_the_comma(name: str, told: str) -> None:
    found = find(diffie(author=f"Diffie, Whitfield and {name}"), Code.NAME_ORDER)
    assert [one.endswith(told) for one in found] == ([True] if told else [])


def test_crossref_supplies_required_fields() -> None:
    text = (
        "@inproceedings{doe2020a, title={T}, author={Doe, J.}, crossref={conf2020}}\n"
        "@proceedings{conf2020, title={Conference}, year={2020}}\n"
    )
    assert find(text, Code.MISSING_FIELD) == []


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("hu2021lora", []),
        ("lee-thorp2022fnet", []),
        ("Hu2021LoRA", ["the key is not authorYEARword"]),
        ("hu2021", ["the key is not authorYEARword"]),
        ("müller2021x", ["the key is not ASCII"]),
        ("李2021x", ["the key is not ASCII"]),
    ],
)
def test_form_of_keys(key: str, expected: list[str]) -> None:
    found = [one.partition(": ")[2].partition(";")[0] for one in find(diffie(key), Code.KEY_FORM)]
    assert found == expected


def test_hidden_character_in_a_title_is_not_reported_as_markup_too() -> None:
    assert codes(shannon(title="Com\u200bmunication and \\unknown{Noise}")) == [
        "hidden_character",
        "markup",
    ]


@pytest.mark.parametrize("text", ["% a\u202eb\n\n" + shannon(), shannon() + "\u0000"])
def test_hidden_characters_are_found_between_entries(text: str) -> None:
    assert codes(text) == ["hidden_character"]


@pytest.mark.parametrize(
    "name", ["Müller, Jörg", "Ångström, Å.", "Ã, Â.", "«Guillemets», É.", "Łukasz, Ó.", "Đặng, Ân"]
)
def test_good_letters_are_not_taken_for_garbled(name: str) -> None:
    assert "mojibake" not in codes(diffie(author=name))


def test_survey_without_taxonomy_has_no_findings_about_keywords() -> None:
    source = Source("x.bib", shannon() + lamport())
    found = check_library(make_library([source], Taxonomy()), RULES)
    assert found == []


def test_misspelled_category_is_one_finding() -> None:
    assert codes(shannon(keywords="information-teory")) == ["unknown_tag"]


@pytest.mark.parametrize(
    ("keywords", "found"),
    [
        ("information-teory", ["unknown_tag"]),
        ("information-theory > nonsense", ["unknown_tag"]),
        ("classic, information-teory", ["unknown_tag"]),
        ("classic", ["no_category"]),
        (None, ["no_category"]),
    ],
)
def test_a_build_says_of_keywords_what_check_says(keywords: str | None, found: list[str]) -> None:
    bibliography = shannon(keywords=keywords)
    assert [one.code.value for one in read(bibliography).diagnostics] == found
    assert codes(bibliography) == found


def test_thin_categories_are_counted_against_the_minimum() -> None:
    library = read(shannon() + lamport())
    for minimum, expected in [(0, 0), (1, 0), (2, 2)]:
        rules = select_rules(minimum_papers=minimum)
        assert len(check_library(library, rules)) == expected


def test_findings_come_in_the_order_of_the_text_and_name_their_entry() -> None:
    text = shannon(pages="1-2", creationdate=None) + lamport(pages="3-4")
    found = check_library(read(text), LENIENT)
    assert found == sorted(found, key=lambda one: one.location)
    assert [one.key for one in found] == ["shannon1948mathematical"] * 2 + ["lamport1978time"]


def test_rules_are_frozen_values() -> None:
    rule = RULES[0]
    assert replace(rule, severity=Severity.ERROR) != rule
    with pytest.raises(AttributeError):
        rule.title = "other"  # type: ignore[misc]


def test_examples_are_canonical_entries() -> None:
    for text in (shannon(), lamport(), perelman(), diffie()):
        assert format_text(text).text == text
        assert [block.mistakes for block in scan(text)] == [[]]
    assert parse_name("Shannon, Claude E.")[1] is None


def test_surplus_fields_make_one_finding() -> None:
    bib = shannon(owner="anna", **{"comment-anna": "Nice.", "creationdate": "2026-11-23T10:00:00"})
    assert find(bib, Code.SURPLUS_FIELD) == [
        "8:20 hint shannon1948mathematical: nothing here reads 'owner', 'comment-anna'; remove them"
    ]
    assert find(shannon(abstract="Theirs."), Code.SURPLUS_FIELD) == [
        "8:20 hint shannon1948mathematical: nothing here reads 'abstract'; remove it"
    ]


def test_two_names_of_one_field() -> None:
    bib = perelman().replace("  keywords ", "  eprinttype    = {arxiv},\n  keywords ")
    (message,) = find(bib, Code.DUPLICATE_FIELD)
    assert "'eprinttype' is another name for 'archiveprefix', which is there" in message
