"""Formulas become MathML while the site is built."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from lxml import html

from livingsurvey.sphinxext.math import convert_formula

if TYPE_CHECKING:
    from .conftest import Survey

NS = "{http://www.w3.org/1998/Math/MathML}"


def tags(tex: str) -> list[str]:
    """Return the leaves of a formula: their text, and ``_`` for a space."""
    leaves = [one for one in ET.fromstring(convert_formula(tex, "inline")).iter() if not len(one)]
    return ["_" if one.tag == f"{NS}mspace" else (one.text or "") for one in leaves]


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"n \log n", ["n", "_", "log", "_", "n"]),
        (r"\log(n)", ["log", "(", "n", ")"]),
        (r"O(n\log n)", ["O", "(", "n", "_", "log", "_", "n", ")"]),
        (r"\log_2 x", ["log", "2", "_", "x"]),
        (r"2 + \exp x", ["2", "+", "exp", "_", "x"]),
        (r"\operatorname{clip}(x)", ["clip", "(", "x", ")"]),
        (r"\arg\min_x f", ["arg", "_", "min", "x", "_", "f"]),
        (r"x \sim p", ["x", "\u223c", "p"]),
    ],
)
def test_function_names_are_set_off(tex: str, expected: list[str]) -> None:
    assert tags(tex) == expected


def test_other_users_of_the_namespace_keep_their_prefix() -> None:
    convert_formula("n", "inline")
    assert ET.tostring(ET.Element(f"{NS}math")).startswith(b"<ns0:math ")


def test_an_ampersand_within_text_is_one() -> None:
    assert tags(r"\text{a & b}") == ["a\u00a0&\u00a0b"]


def test_aligned_formulas_are_tables() -> None:
    tree = ET.fromstring(
        convert_formula(r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "block")
    )
    assert len(list(tree.iter(f"{NS}mtr"))) == 2
    assert "&" not in "".join(tree.itertext())


def test_an_operator_in_braces_takes_no_space() -> None:
    assert '<mrow><mo lspace="0" rspace="0">,</mo></mrow>' in convert_formula("1{,}000", "inline")
    assert "lspace" not in convert_formula(r"x_{\max}", "inline")  # a name, not an operator


def test_limits_stand_below_in_displayed_formulas() -> None:
    assert "<munder><mi>min</mi><mi>x</mi></munder>" in convert_formula(r"\min_x f", "block")
    assert "<msub><mi>min</mi><mi>x</mi></msub>" in convert_formula(r"\min_x f", "inline")


def test_primes_are_operators() -> None:
    prime = '<mo class="ls-prime">\u2032</mo>'
    assert f"<msup><mi>L</mi>{prime}</msup>" in convert_formula("L'", "inline")
    assert f"<msubsup><mi>x</mi><mi>i</mi>{prime}</msubsup>" in convert_formula("x_i'", "inline")
    assert '<mo class="ls-prime">\u2033</mo>' in convert_formula("f''", "inline")


@pytest.mark.parametrize("tex", [r"\sqrt{n}", r"\sqrt[3]{n}"])
def test_the_root_of_a_low_letter_does_not_hang(tex: str) -> None:
    assert '<mspace height="0.75em" /><mi>n</mi></mrow>' in convert_formula(tex, "inline")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("size $N$.", ["N."]),
        ("(for $N$), $M$; all", ["N),", "M;"]),
        ("($N$)", ["(N)"]),
        ("an $n$-gram, the $k$th, $m$–$n$", ["n-", "kth,", "m–n"]),  # noqa: RUF001
        ("the half-$x$ and *word*$y$ *z*", []),
        ("$a$ $b$ and $c$", []),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_marks_stay_with_their_formula(survey: Survey, text: str, lines: list[str]) -> None:
    survey.edit("docs/oven.md", "# Oven", f"# Oven\n\nHere, {text}\n")
    result = survey.build()
    assert result.warnings == ""
    page = html.fromstring(result.read("oven.html"))
    (paragraph,) = page.xpath('//p[starts-with(., "Here,")]')
    assert paragraph.text_content() == f"Here, {text}".replace("$", "").replace("*", "")
    assert [one.text_content() for one in paragraph.find_class("ls-together")] == lines


def test_equations_are_numbered_as_their_links_say(survey: Survey) -> None:
    survey.edit("docs/oven.md", "# Oven", "# Oven\n\n$$\nE = mc^2\n$$ (heat)\n\nSee {eq}`heat`.")
    survey.write("conf.py", survey.read("conf.py") + "math_numfig = True\n")
    result = survey.build()
    assert result.warnings == ""
    page = html.fromstring(result.read("oven.html"))
    assert page.xpath('//*[@class="eqno"]')[0].text_content().startswith("(2.1)")
    (link,) = page.xpath('//p/a[@href="#equation-heat"]')
    assert link.text_content() == "(2.1)"
    assert len(page.xpath('//*[@id="equation-heat"]')) == 1


def test_a_formula_that_cannot_be_rendered_is_reported_and_shown(survey: Survey) -> None:
    survey.edit("docs/oven.md", "# Oven", "# Oven\n\nHere $\\frac{1}$ ends.")
    result = survey.build()
    assert result.status == 0
    assert "docs/oven.md:3: WARNING: the formula '\\frac{1}' cannot be rendered" in result.warnings
    assert "[survey.markup]" in result.warnings
    assert "\\frac{1}" in html.fromstring(result.read("oven.html")).text_content()


def test_no_script_is_needed_for_formulas(survey: Survey) -> None:
    page = html.fromstring(survey.build().read("dough.html"))
    assert page.xpath("//math")
    assert not [one for one in page.xpath("//script/@src") if "mathjax" in one.lower()]
