"""Every finding has a remedy, and who follows it word for word meets no other finding.

Remedies that name what to write are followed here by machine, from the line as it is printed;
those that ask for knowledge are followed by writing the good example of their rule.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.corpus import BIB_KINDS, Case, read_cases

from livingsurvey.bibtex.source import Source, decode
from livingsurvey.catalog import make_library
from livingsurvey.diagnostics import Code
from livingsurvey.rules import RULES, Rule, check_library, select_rules
from livingsurvey.rules.rule import TAXONOMY, diffie, lamport, perelman, shannon
from livingsurvey.taxonomy import read_taxonomy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from livingsurvey.diagnostics import Diagnostic

LENIENT = select_rules(minimum_papers=0)
CATEGORIES = TAXONOMY + "".join(f'[foundations.c{n}]\ntitle = "Part {n}"\n' for n in range(9))
KNOWLEDGE = {
    Code.LIMIT, Code.CROSSREF, Code.SAME_PAPER, Code.IDENTIFIERS_DIFFER, Code.BAD_URL,
    Code.YEAR_MISMATCH, Code.TRUNCATED_AUTHORS, Code.NOT_A_LEAF, Code.EMPTY_BIBLIOGRAPHY,
    Code.THIN_CATEGORY, Code.AUTHORS,
}  # fmt: skip
"""Rules whose remedy only somebody who knows the paper can follow."""


def check(text: str) -> list[Diagnostic]:
    taxonomy, _ = read_taxonomy(CATEGORIES, "taxonomy.toml")
    source, problems = decode(text.encode("utf-8", "surrogateescape"), "x.bib")
    return check_library(make_library([source], taxonomy, problems), LENIENT)


def find_offset(text: str, found: Diagnostic) -> int:
    lines = text.splitlines(keepends=True)
    return sum(map(len, lines[: found.location.line - 1])) + (found.location.column or 1) - 1


def replace_at(text: str, place: int, old: str, new: str) -> str:
    """Write *new* for *old*, which stands at a place or right behind it."""
    start = text.index(old, place)
    return text[:start] + new + text[start + len(old) :]


def set_field(text: str, place: int, name: str, value: str) -> str:
    """Write a field of the entry at a place: for its value if it is there, else behind its key."""
    start = text.rindex("@", 0, place + 1)
    field = re.compile(rf"(\b{name}\s*=\s*)\{{[^{{}}]*\}}").search(text, start)
    if field and "\n@" not in text[start : field.start()]:
        return f"{text[: field.start()]}{field[1]}{{{value}}}{text[field.end() :]}"
    return (
        re.compile(r"(@\w+\{[^,]*,)")
        .sub(lambda match: f"{match[1]} {name} = {{{value}}},", text[start:], count=1)
        .join((text[:start], ""))
    )


def remove_field(text: str, place: int, name: str) -> str:
    start = text.rindex("@", 0, place + 1)
    field = re.compile(rf"\b{re.escape(name)}\s*=\s*(?:\{{[^{{}}]*\}}|\w+),?\s*").search(
        text, start
    )
    assert field
    return text[: field.start()] + text[field.end() :]


VALUES = {"creationdate": "2026-11-23", "keywords": "information-theory", "year": "1948"}


def follow_write(text: str, place: int, found: Diagnostic, match: re.Match[str]) -> str:
    quoted = re.findall(r"'([^']*)'", found.message.partition(": ")[2] or found.message)
    new = match[1]
    if found.code is Code.KEY_FORM:
        return replace_at(text, place, found.key, new)
    if found.code in {Code.HTML_IN_TEXT, Code.NAME_INITIALS}:
        return replace_at(text, place, quoted[0], new)
    if found.code is Code.BAD_NAME:
        return text[:place] + re.sub(r"^[^{}]*?(?= and |\})", new, text[place:], count=1)
    return replace_at(text, place, quoted[-1], new)


def follow_braces(text: str, place: int, found: Diagnostic, match: re.Match[str]) -> str:
    for word in match[1].split(", "):
        text = replace_at(text, place, word.strip("{}"), word)
        place += 1
    return text


def follow_field(text: str, place: int, found: Diagnostic, match: re.Match[str]) -> str:
    value = match[2]
    return set_field(text, place, match[1], VALUES.get(match[1], "Text") if value == "…" else value)


def follow_removal(text: str, place: int, found: Diagnostic, match: re.Match[str]) -> str:
    names = re.findall(r"'([\w-]+)'", found.message)
    if found.code in {Code.EMPTY_FIELD, Code.SURPLUS_FIELD, Code.DUPLICATE_FIELD}:
        wanted = names[:1] if found.code is Code.DUPLICATE_FIELD else names
        if found.code is Code.DUPLICATE_FIELD:
            field = re.compile(r"[\w-]+\s*=\s*(?:\{[^{}]*\}|\w+),?\s*").match(text, place)
            assert field
            return text[:place] + text[field.end() :]
        for name in wanted:
            text = remove_field(text, place, name)
        return text
    if found.code is Code.HIDDEN_CHARACTER:
        count = found.message.count("U+")
        return text[:place] + text[place + count :]
    if found.code is Code.MANY_CATEGORIES:
        return text[:place] + re.sub(r"^[^,}]*,?\s*", "", text[place:], count=1)
    if "stands twice" in found.message:
        return text[:place] + re.sub(r"^\w+\s+", "", text[place:], count=1)
    if "is HTML" in found.message:
        return replace_at(text, place, names[-1] if names else "", "")
    return text[:place] + text[place + 1 :]


def follow_near(text: str, place: int, found: Diagnostic, match: re.Match[str]) -> str:
    quoted = re.findall(r"'@?([^']*)'", found.message)
    return replace_at(text, place, quoted[-1], match[1])


def follow_misc(text: str, place: int, found: Diagnostic, match: re.Match[str]) -> str:
    start = text.rindex("@", 0, place + 1)
    text = text[:start] + re.sub(r"^@\w+", "@misc", text[start:])
    if "journal" in found.message and "without" not in found.message:
        text = remove_field(text, place, "journal")
    if match[1] and match[1] != "the identifier":
        text = set_field(text, start, "eprint", match[1])
        text = set_field(text, start, "archiveprefix", "arXiv")
    return text


def follow_plainly(text: str, place: int, found: Diagnostic, match: re.Match[str]) -> str:
    return text[:place] + re.sub(r"^\\\w+\{(\w+)\}", r"\1", text[place:], count=1)


def follow_full_stop(text: str, place: int, found: Diagnostic, match: re.Match[str]) -> str:
    if found.code is Code.NO_CATEGORY:
        return replace_at(text, place, "classic", "information-theory, classic")
    end = text.index("}", place)
    return f"{text[:end]}.{text[end:]}"


def follow_saving(text: str, place: int, found: Diagnostic, match: re.Match[str]) -> str:
    data = text.encode("utf-8", "surrogateescape")
    return data.decode("utf-8-sig" if found.code is Code.BYTE_ORDER_MARK else "cp1252")


def follow_type(text: str, place: int, found: Diagnostic, match: re.Match[str]) -> str:
    return text[:place] + re.sub(r"^@\w+", "@misc", text[place:])


def follow_date(text: str, place: int, found: Diagnostic, match: re.Match[str]) -> str:
    dates = {Code.BAD_DATE: "creationdate", Code.MISSING_CREATIONDATE: "creationdate"}
    if found.code in dates:
        return set_field(text, place, dates[found.code], VALUES["creationdate"])
    if "month" in found.message:
        return replace_at(text, place, quoted_in(found), "jan")
    name = "date" if "the date" in found.message else "year"
    return set_field(text, place, name, VALUES["year"])


def follow_identifier(text: str, place: int, found: Diagnostic, match: re.Match[str]) -> str:
    name = "doi" if found.code is Code.BAD_DOI else "eprint"
    return set_field(text, place, name, match[1])


def follow_spelling(text: str, place: int, found: Diagnostic, match: re.Match[str]) -> str:
    return replace_at(text, place, match[1], re.findall(r"without (\w+)", found.message)[0])


def follow_names(text: str, place: int, found: Diagnostic, match: re.Match[str]) -> str:
    """Write the names of a field as the remedy says: apart, all of them, or in the right form."""
    field = re.compile(r"(\bauthor\s*=\s*)\{([^{}]*)\}").search(text)
    assert field
    names = {
        "names are separated by 'and'": re.sub(r"; *|(?<=\.), | & ", " and ", field[2]),
        "name all authors": re.sub(r",? et al\.?", " and Merkle, R. C.", field[2]),
        "write 'Family, Given and Family, Given'": "Diffie, Whitfield",
    }[match[0]]
    return f"{text[: field.start()]}{field[1]}{{{names}}}{text[field.end() :]}"


def follow_braces_around(text: str, place: int, found: Diagnostic, match: re.Match[str]) -> str:
    name = quoted_in(found)
    return replace_at(text, place, name, f"{{{name}}}")


def follow_wish(text: str, place: int, found: Diagnostic, match: re.Match[str]) -> str:
    """Do with a text what its writer would do."""
    end = text.index("}", place)
    value = text[place:end]
    wished = {
        "finish it": re.sub(r"\bTODO\b.*", "It is done.", value),
        "shorten it": value.partition(". ")[0] + ".",
        "keep the 5 that matter most": ", ".join(value.split(", ")[:5]),
        r"write plain text or TeX, such as \emph{…}": re.sub(
            r"[*_`]+(\w+)[*_`]+", r"\\emph{\1}", value
        ),
        "write it as a sentence, or as the paper's own heading has it": value.capitalize(),
    }[match[0]]
    return text[:place] + wished + text[end:]


def quoted_in(found: Diagnostic) -> str:
    return re.findall(r"'(.*)'", found.message)[0]


FOLLOWERS: dict[str, Callable[[str, int, Diagnostic, re.Match[str]], str]] = {
    r"write ((?:\{[^{}]+\}(?:, )?)+)": follow_braces,
    r"write (doi|eprint) = \{(.+)\}": follow_field,
    r"add (?:one: )?(\w+) = \{(…)\}": follow_field,
    r"write @misc(?: with eprint = \{?([^{}]+)\}?)?": follow_misc,
    r"(?:remove|delete) (?:it|them|one)": follow_removal,
    r"remove it: fields follow behind it": follow_removal,
    r"the first one is used; remove this one": follow_removal,
    r"did you mean '(.+)'\?": follow_near,
    r"is it '(\w+)', misspelled\?": follow_spelling,
    r"@misc fits anything": follow_type,
    r"add a ','": lambda text, place, _found, _match: f"{text[:place]},{text[place:]}",
    r"write \\\$, or close the formula": (
        lambda text, place, _found, _match: f"{text[:place]}\\{text[place:]}"
    ),
    r"put the value in braces": follow_braces_around,
    r"write 'Family, Given'; if it is all of the name: '(\{.+\})'": (
        lambda text, place, _found, match: replace_at(text, place, match[1].strip("{}"), match[1])
    ),
    r"write four digits|write jan, feb, …|write YYYY-MM-DD|write the day on which .*": follow_date,
    r"(?:there is no such day; )?write YYYY, YYYY-MM or YYYY-MM-DD": follow_date,
    r"a DOI looks like (10\.1234/abc)": follow_identifier,
    r"write one such as \S+ or (\S+)": follow_identifier,
    r"write it in plain text": follow_plainly,
    r"names are separated by 'and'|name all authors|write 'Family, Given and .*'": follow_names,
    r"write '([^']+)', (?:or put it in braces|if it is the same person)": follow_write,
    r"write '(\S+.*)'": follow_write,
    r"add one": follow_full_stop,
    r"finish it|shorten it|keep the \d that matter most|write plain text or TeX.*": follow_wish,
    r"write it as a sentence, or as .*": follow_wish,
    r"save it as UTF-8(?: without a mark)?": follow_saving,
    r"the first one is used; rename or remove this one": (
        lambda text, place, found, _match: replace_at(text, place, found.key, f"{found.key}b")
    ),
    r"the date counts; remove the wrong one": (
        lambda text, place, _found, _match: remove_field(text, place, "year")
    ),
}
"""What a remedy says, and what is then done."""


def follow(text: str, found: Diagnostic) -> str | None:
    """Return *text* after what a finding says is done, None if that takes knowledge."""
    for pattern, act in FOLLOWERS.items():
        if match := re.fullmatch(pattern, found.suggestion):
            return act(text, find_offset(text, found), found, match)
    return None


def describe(found: Diagnostic) -> tuple[str, str]:
    return found.code, found.message.partition(": ")[2] if found.key else found.message


EXAMPLES = [
    rule
    for rule in RULES
    if rule.stage == "check" and rule.language == "bibtex" and rule.code not in KNOWLEDGE
]
VARIANTS = [
    shannon(doi="https://doi.org/10.1002/abc"),
    shannon(doi="10.1002/abc."),
    shannon(doi="http://doi.acm.org/10.1145/1132736.1132768"),
    perelman(eprint="arXiv:math/0211159v1"),
    perelman(eprint="2113.01234"),
    perelman(eprint="math/9913001"),
    perelman(journal="arXiv preprint arXiv:math/0211159"),
    perelman(journal="CoRR"),
    perelman().replace("@misc", "@article"),
    shannon(year=None, date="1948-13"),
    shannon(date="1949-07-01"),
    shannon(month="13th"),
    shannon(creationdate="2199-01-01"),
    shannon(creationdate=None),
    shannon(keywords="information-teory"),
    shannon(keywords="Information Theory"),
    shannon(keywords="Distributed Systems, classic"),
    shannon(keywords=None),
    shannon(keywords="c1, c2, c3, c4, c5, c6"),
    shannon(keywords="information-theory, c1, c1"),
    shannon(title="A Theory of the the Communication"),
    shannon(title="A THEORY OF COMMUNICATION AND NOISE"),
    shannon(title="XML and SGML and HTML and TeX and PDF"),
    shannon(title="The Cost of 5$"),
    shannon(title=r"On \important{Noise}"),
    shannon(title="Cats &amp; Dogs"),
    shannon(title="On <sub>2</sub> Things"),
    shannon(annotation="TODO"),
    shannon(annotation="One. Two. Three."),
    shannon(annotation="No full stop"),
    shannon(annotation="With **bold** text."),
    shannon(annotation="With `code` text."),
    shannon(volume="", number=""),
    shannon(file="x.pdf", owner="me"),
    shannon().replace("journal ", "jurnal  "),
    shannon().replace("\n}", "\n  shrttitle = {X},\n}"),
    shannon().replace("year ", "yaer "),
    shannon(key="Shannon:1948"),
    shannon(key="shannon48"),
    diffie(author="Diffie, Whitfield and Hellman, Martin E. et al."),
    diffie(author="Diffie, W., Hellman, M., Merkle, R."),
    diffie(author="Diffie, Whitfield and Hellman, Martin E. and"),
    diffie(author="Whitfield Diffie & Martin E. Hellman"),
    diffie(author="Fulton, James E., Jr."),
    diffie(author="Martin E., Hellman"),
    diffie(author="NVIDIA"),
    diffie(author="LI, WEI"),
    diffie(author="M&uuml;ller, Anna"),
    lamport(pages="558 \u2013 565"),
    lamport(keywords="classic, distributed-computing"),
    lamport().replace("  year ", "  journaltitle = {Other},\n  year "),
    lamport().replace("@article", "@artical"),
    lamport().replace("@article", "@nonsense"),
    lamport(title="A Hid\u200bden Word"),
    lamport(author="Lamport, LesliÃ©"),
]


def follow_all(text: str) -> Iterator[tuple[Diagnostic, list[Diagnostic], str, list[Diagnostic]]]:
    """Follow the remedies of a text one after the other: yield what each of them led to."""
    before = check(text)
    for _ in range(12):
        if not before:
            return
        after_text = follow(text, before[0])
        assert after_text is not None, before[0].render()
        after = check(after_text)
        yield before[0], before, after_text, after
        text, before = after_text, after


def assert_leads_nowhere_else(text: str) -> None:
    assert check(text), "nothing is wrong with it"
    for found, before, made, after in follow_all(text):
        told = {describe(one) for one in before}
        new = [one.render() for one in after if describe(one) not in told]
        assert new == [], f"{found.render()}\nled to\n{made}"
        is_less = describe(found) not in {describe(one) for one in after} or len(after) < len(
            before
        )
        assert is_less, f"{found.render()}\nis still there in\n{made}"
        last = after
    assert last == []


@pytest.mark.parametrize("rule", EXAMPLES, ids=lambda rule: rule.code)
def test_the_remedy_of_every_rule_leads_to_no_other_finding(rule: Rule) -> None:
    assert_leads_nowhere_else(rule.bad)


@pytest.mark.parametrize("text", VARIANTS)
def test_the_remedy_of_every_form_leads_to_no_other_finding(text: str) -> None:
    assert_leads_nowhere_else(text)


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.code in KNOWLEDGE], ids=lambda rule: rule.code
)
def test_a_remedy_that_takes_knowledge_is_what_the_good_example_does(rule: Rule) -> None:
    """Whose good example has no finding, as ``test_rules`` holds; no machine can follow it."""
    taxonomy, problems = read_taxonomy(rule.bad if rule.language == "toml" else TAXONOMY, "t.toml")
    if rule.language == "authors":
        return
    text = shannon() + lamport() if rule.language == "toml" else rule.bad
    rules = RULES if rule.code is Code.THIN_CATEGORY else LENIENT
    (found,) = check_library(make_library([Source("x.bib", text)], taxonomy, problems), rules)
    assert found.code is rule.code
    assert found.suggestion
    assert follow(rule.bad, found) is None or rule.code is Code.LIMIT


@pytest.mark.parametrize("case", read_cases(*BIB_KINDS), ids=lambda case: case.key)
def test_every_finding_has_a_remedy(case: Case) -> None:
    source, problems = decode(case.make_bib(), "x.bib")
    taxonomy, _ = read_taxonomy(TAXONOMY, "taxonomy.toml")
    library = make_library([source], taxonomy, problems)
    assert [one.render() for one in check_library(library, LENIENT) if not one.suggestion] == []
