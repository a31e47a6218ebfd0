"""TeX of titles: what each piece becomes, and that nothing dangerous comes through."""

# ruff: noqa: RUF001 (look-alike letters are what is tested)
from __future__ import annotations

import pickle
import shutil
import subprocess

import pytest

from livingsurvey.markup import (
    Markup,
    Text,
    escape_tex,
    escape_url,
    formulas,
    is_safe_url,
    parse,
    sort_key,
    title_key,
)
from livingsurvey.markup.formulas import (
    is_safe_math,
)
from livingsurvey.markup.tree import (
    Emphasis,
    Link,
    Math,
    Monospace,
    Problem,
    SmallCaps,
    Strong,
    Subscript,
    Superscript,
    render_tex,
)


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\'e \'{e} {\'e} {\'{e}} \' e", "é é é é é"),
        (r"\`a\^e\~n\"o\=u\.z", "àêñöūż"),
        (r"\c c \c{s} \k{a} \H{o} \r a \u{g} \v{s} \d{t} \b{d} \t{oo}", "ç ş ą ő å ğ š ṭ ḏ o͡o"),
        (r"\'\i \u{\i} \^\j \i{} \j", "í ĭ ĵ ı ȷ"),
        (r"\k\i", "ı̨"),  # the ogonek is below the letter, which keeps no dot
        (r"\'{\^a} \d{\^e} \~{\u a}", "ấ ệ ẵ"),
        (r"\o\O\l\L\ss\ae\AE\oe\OE\aa\AA\th\TH\dh\DH\dj\DJ", "øØłŁßæÆœŒåÅþÞðÐđĐ"),
        (r"{\L}ukasz Gro{\ss}er \O ster \OE uvre {\o}re", "Łukasz Großer Øster Œuvre øre"),
        (r"\~{}x \^{}y \'{}", "~x ^y ´"),
        ("e\u0301tude", "étude"),
        (r"\ifmmode \check{Z}\else \v{Z}\fi{}umer M\ifmmode\ddot{o}\else\"{o}\fi{}b", "Žumer Möb"),
    ],
)
def test_accents_and_letters_become_composed_unicode(tex: str, text: str) -> None:
    markup = parse(tex)
    assert markup.text == text
    assert markup.problems == ()


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        ("2019--2023 --- now", "2019–2023 — now"),
        (r"{-}{-}no-cache", "--no-cache"),
        ("``a'' `b' don't", "“a” ‘b’ don’t"),
        (r"\textendash\textemdash\ldots\dots", "–—……"),
        (r"AT\&T 5\% C\# a\_b \$5 \{x\}", "AT&T 5% C# a_b $5 {x}"),
        ("AT&T 50% of C# a_b x^2", "AT&T 50% of C# a_b x^2"),
        (r"\textbackslash\textasciitilde\textasciicircum\textquotesingle", "\\~^'"),
        (r"\texttrademark\copyright 20\textdegree", "™©20°"),
        (r"a~b\,c\ d\\e", "a b c d e"),
        ("  a \n\t b  c ", "a b c"),
        (r"\TeX{} and \LaTeX", "TeX and LaTeX"),
        (r"\mbox{a b}\text{c}\textrm{d}\protect", "a bcd"),
        (r"\enquote{a \enquote{b}} \enquote{c}", "“a ‘b’” “c”"),
        (r"\texorpdfstring{$\alpha$}{alpha} \textcolor{red}{x}", "α x"),
        (r"{\noopsort{1973a}}1973", "1973"),
        ("{LoRA}: {L}ow-{R}ank", "LoRA: Low-Rank"),
        (r"\textsuperscript{2} \textsubscript{10}", "² ₁₀"),
        (r"x\textsuperscript{?} x\textsuperscript{?!}", "x^? x^(?!)"),
        ("", ""),
        ("{}", ""),
    ],
)
def test_signs_spaces_and_groups(tex: str, text: str) -> None:
    markup = parse(tex)
    assert markup.text == text
    assert markup.problems == ()


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"$\alpha$", "α"),
        (r"$\mathcal{O}(n)$", "O(n)"),
        (r"$\mathcal O(n\log n)$", "O(n log n)"),
        (r"$k$-NN", "k-NN"),
        (r"(IA)$^3$", "(IA)³"),
        (r"$O(n^2)$", "O(n²)"),
        (r"\(x_i^{2k}\) \[y\] $$z$$", "xᵢ²ᵏ y z"),
        (r"$a$$b$", "ab"),
        (r"$x^Q_{i,j}$", "x^Q_(i,j)"),
        (r"$n\to m, n \to m$", "n→m, n → m"),
        (r"$\frac{a+b}{2} \frac12 \sqrt{d} \sqrt[3]{xy+1}$", "(a+b)/2 1/2 √d ∛(xy+1)"),
        (r"$\mu$P, $\mu P$", "μP, μP"),
        (r"$f'(x) x'^2$", "f′(x) x′²"),
        (r"$\left(\hat{x}\right) \bigl[ 1.58\,b \bigr]$", "(x̂) [ 1.58 b ]"),
        (r"\ensuremath{\ell_2}-norm $\ell_1$", "ℓ₂-norm ℓ₁"),
        (r"$\text{Top-}k \times 2\%$", "Top-k × 2%"),
        (r"$10\times$ $\sim$3 $\le$ $\mathbb{R}^d$", "10× ∼3 ≤ Rᵈ"),
        (r"$K^0_\text{S}$ ${\rm SU}(N)$", "K⁰_S SU(N)"),
        (r"$W^\pm$ $p_\perp^2$ CE$ν$NS $H\to γγ$ $Λ_c^+$", "W^± p_⟂² CEνNS H→γγ Λ_c⁺"),
    ],
)
def test_formulas_read_as_text(tex: str, text: str) -> None:
    markup = parse(tex)
    assert markup.text == text
    assert markup.problems == ()
    assert "Math" in repr(markup.nodes)


def test_formulas_are_modernized() -> None:
    assert parse("$γγ/ϕ^µ$").nodes == (Math(r"\gamma \gamma /\phi ^\mu"),)
    assert parse(r"${\rm SU}(N), {\cal CP}$").nodes == (Math(r"{\mathrm{SU}}(N), {\mathcal{CP}}"),)
    assert parse(r"$\rm x {\rm\alpha}$").problems
    assert not is_safe_math("Ж")


def test_structure_becomes_nodes() -> None:
    tex = (
        r"\emph{a \textbf{b}} {\it c {\bf d}} \texttt{--e} {\tt ``f} \textsc{g}"
        r" \textsuperscript{h}\textsubscript{i}$j$ \href{https://x.org/}{\textit{k}}"
    )
    space = Text(" ")
    assert parse(tex) == Markup(
        nodes=(
            Emphasis((Text("a "), Strong((Text("b"),)))),
            space,
            Emphasis((Text("c "), Strong((Text("d"),)))),
            space,
            Monospace((Text("--e"),)),
            space,
            Monospace((Text("``f"),)),
            space,
            SmallCaps((Text("g"),)),
            space,
            Superscript((Text("h"),)),
            Subscript((Text("i"),)),
            Math("j"),
            space,
            Link("https://x.org/", (Emphasis((Text("k"),)),)),
        ),
        text="a b c d --e ``f g ʰᵢj k",
    )


def test_no_break_and_thin_spaces_stay_in_the_nodes() -> None:
    assert parse(r"GPT~4 10\,000").nodes == (Text("GPT\u00a04 10\u2009000"),)
    assert parse(r"GPT~4 10\,000").tex == r"GPT~4 10\,000"


def test_plain_text_is_taken_as_it_is() -> None:
    title = "Efficient Low-Rank Adaptation of Large Language Models"
    assert parse(title) == Markup((Text(title),), title)
    assert pickle.loads(pickle.dumps(parse(title))) == parse(title)


def test_what_takes_time_is_read_once() -> None:
    title = r"\emph{Efficient} Adaptation of {LLMs}"
    assert parse(title) is parse(title)


def test_links_keep_their_address_and_drop_its_escapes() -> None:
    assert parse(r"\url{https://x.org/a\_b\%20c~d#e}").nodes == (
        Link("https://x.org/a_b%20c~d#e", (Text("https://x.org/a_b%20c~d#e"),)),
    )
    assert parse(r"\href{https://x.org/a_b%20c#d&e}{t}").tex == (
        r"\href{https://x.org/a\_b\%20c\#d\&e}{t}"
    )
    assert parse(r"\href{mailto:a@b.org}{t}").problems == ()


@pytest.mark.parametrize(
    ("tex", "text", "problems"),
    [
        (r"a \foo{b} c", "a b c", [(2, r"unknown command \foo was left out")]),
        (r"a\foo*{b}", "ab", [(1, r"unknown command \foo was left out")]),
        (r"\*", "", [(0, r"unknown command \* was left out")]),
        ("a {b", "a {b", [(2, "{ has no partner")]),
        ("a} b", "a} b", [(1, "} has no partner")]),
        ("} {", "} {", [(0, "} has no partner"), (2, "{ has no partner")]),
        ("5$ {and $6}", "5$ and $6", [(1, "$ has no partner"), (8, "$ has no partner")]),
        ("a $$b", "a $$b", [(2, "$$ has no partner")]),
        ("x\\", "x\\", [(1, "a backslash at the end")]),
        (r"\emph", "", [(0, r"\emph without its argument")]),
        (r"see \alpha", "see α", [(4, r"\alpha stands outside of a formula")]),
        (
            r"$x^2^3$",
            "x²³",
            [(0, "a formula is shown as text: two scripts at one place in a formula")],
        ),
        ("$ $", "", [(0, "a formula is shown as text: an empty formula")]),
        (
            "a\u202eb\x00c",
            "abc",
            [
                (1, "a hidden character (U+202E) was left out"),
                (3, "a hidden character (U+0000) was left out"),
            ],
        ),
        (r"\begin{itemize}x", "x", [(0, r"an environment (\begin) is not shown as such")]),
        (
            r"\href{https://a.org}{\url{https://b.org}}",
            "https://b.org",
            [(21, "a link within a link")],
        ),
    ],
)
def test_problems_say_what_and_where(tex: str, text: str, problems: list[tuple[int, str]]) -> None:
    markup = parse(tex)
    assert markup.text == text
    assert markup.problems == tuple(Problem(*problem) for problem in problems)


def test_too_deep_nesting_is_shown_as_it_is_written() -> None:
    shallow, deep = "{" * 32 + "x" + "}" * 32, "{" * 33 + r"\'e" + "}" * 33
    assert parse(shallow) == Markup((Text("x"),), "x")
    assert parse(deep).text == r"\'e"
    assert parse(deep).problems == (Problem(33, "more than 32 groups within each other"),)


@pytest.mark.parametrize(
    "opening", ["{", r"\emph{", r"$\frac{", r"\href{a}{", r"\it ", r"\'", "{$"]
)
def test_absurdly_long_input_is_read(opening: str) -> None:
    for tex in (opening * 20_000, opening * 20_000 + "}" * 20_000):
        assert parse(tex).problems


# Security. Each payload did something when its TeX reached a stock engine: it read a file into
# the PDF, wrote one, ran a program, or never ended.
PAYLOADS = [
    r"\input{/etc/passwd}",
    r"\input /etc/passwd ",
    r"\input{|whoami}",
    r"\include{secret}",
    r"\InputIfFileExists{secret}{}{}",
    r"\verbatiminput{/etc/passwd}",
    r"\lstinputlisting{/etc/passwd}",
    r"\includegraphics{/etc/secret.png}",
    r"\mbox{\input{/etc/passwd}}",
    r"\text{\input{/etc/passwd}}",
    r"\operatorname{\input{x}}",
    r"\immediate\openout\foo=evil.tex",
    r"\openout15=/tmp/evil",
    r"\write18{touch /tmp/evil}",
    r"\immediate\write18{touch /tmp/evil}",
    r"\openin5=secret \read5 to \line",
    r"\directlua{os.execute('id')}",
    r"\def\a{\a}\a",
    r"\def\a{x\a}\edef\b{\a}",
    r"\let\x\input \x{y}",
    r"\gdef\emph#1{\write18{#1}}",
    r"\newcommand{\a}{\a}\a",
    r"\renewcommand{\emph}[1]{}",
    r"\loop\iftrue\repeat",
    r"\catcode`\%=12",
    r"\catcode`@=0 @input{x}",
    r"\csname input\endcsname{x}",
    r"\expandafter\input\expandafter{x}",
    r"\begingroup\lccode`\~=92\lowercase{\endgroup~}",
    r"\usepackage{shellesc}",
    r"\makeatletter\@input{x}",
    r"\end{document}",
    r"\begin{filecontents}{x}y\end{filecontents}",
    r"\char92input{x}",
    r"^^5cinput{/etc/passwd}",
    r"^^^^005cinput{x}",
    r"\special{dvipdfmx:config z 0}",
    r"\scantokens{\input x}",
    r"\hskip100000pt\dimen0=1pt",
    r"\href{run:evil.sh}{x}",
    r"\url{file:///etc/passwd}",
    r"} \input{x} {",
    r"\) \input{x} \(",
    r"$ \input{x} $",
    "% \n\\input{x}",
    r"\XeTeXpicfile /etc/x.png ",
    r"\AtEndDocument{\input{x}}",
    r"\^^M\input{x}",
    r"\'\input{x}",
    r"\emph\input{x}",
    r"\'{\input{x}}",
]
COMMANDS_OF_TEXT = {
    *("emph", "textbf", "textsuperscript", "textsubscript", "texttt", "textsc", "href"),
    *("textbackslash", "textasciitilde", "textasciicircum", "textless", "textgreater"),
    *("textbar", "textquotedbl", "textquotesingle", "textasciigrave"),
}


def commands_of(tex: str) -> set[str]:
    """Return the control words of *tex*, as TeX itself would cut them out."""
    words = set()
    position = 0
    while position < len(tex):
        if tex[position] == "\\":
            end = position + 1
            while end < len(tex) and tex[end].isascii() and tex[end].isalpha():
                end += 1
            words.add(tex[position + 1 : end])
            position = max(end, position + 2)
        else:
            position += 1
    return words - {""}


@pytest.mark.parametrize(
    "wrap", ["{}", "${}$", r"\({}\)", "$${}$$", r"\emph{{{}}}", "$x^{{{}}}$", r"\ensuremath{{{}}}"]
)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_reaches_tex(payload: str, wrap: str) -> None:
    markup = parse(wrap.format(payload) if wrap != "{}" else payload)
    assert commands_of(markup.tex) <= COMMANDS_OF_TEXT
    assert "^^" not in markup.tex
    assert "%" not in markup.tex.replace(r"\%", "")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_is_safe_math(payload: str) -> None:
    assert not is_safe_math(payload)
    assert not is_safe_math(f"x {payload} y")
    assert Math(payload) not in parse(f"${payload}$").nodes
    assert commands_of(render_tex([Math(payload)])) <= COMMANDS_OF_TEXT


@pytest.mark.parametrize(
    "tex",
    [
        *(
            "",
            " ",
            "{",
            "}",
            "a}b{",
            "x^",
            "x_",
            "x^2^3",
            "x_1_2",
            "x'''^2'",
            "^",
            "x^^2",
            "\\",
            "#1",
        ),
        *("a & b", "50%", "$", "a $b$ c", r"\\", r"\frac{1}", r"\frac", r"\sqrt", r"\left(x", "é"),
        *(r"\right)", r"\left x \right", r"\text{a_b}", r"\text{$x$}", r"\text", "a\n\nb", "a\x00"),
        *(r"\mathrm{\Gamma}", r"\mathbb{a}", r"x^\sqrt{2}", r"\begin{matrix}", r"\mathbf{\hat x}"),
        *(
            "{" * 40 + "x" + "}" * 40,
            r"\sqrt[\input{x}]{y}",
            '"',
            "`",
            "\u202e",
            "\u00a0",
            r"\operatorname*{x}",
        ),
    ],
)
def test_incomplete_or_foreign_formulas_are_refused(tex: str) -> None:
    assert not is_safe_math(tex)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
        ),
        *("vbscript:x", "file:///etc/passwd", "run:evil.sh", "//evil.example", "/relative", ""),
        *("http://", "https:///path", "https://a b.org", 'https://x.org/"onclick=', "https://[::1"),
        *("https://x.org/<script>", "https://good.org@evil.example/", "https://x.org/\u202egpj"),
        *("https://x.org/{a}", "https://x.org\\@evil", "https://x.org/a`b", "https://x.org/^^5c"),
        *(
            "mailto:",
            "mailto:x",
            "https://x.org:port/",
            " javascript:alert(1)",
            "https://x.org/\x00",
        ),
    ],
)
def test_unsafe_addresses_never_become_links(url: str) -> None:
    assert not is_safe_url(url)
    for tex in (rf"\href{{{url}}}{{shown}}", rf"\url{{{url}}}"):
        markup = parse(tex)
        assert "Link(" not in repr(markup.nodes)
        assert r"\href" not in markup.tex
        assert markup.problems
    assert r"\href" not in render_tex([Link(url, (Text("x"),))])


def test_addresses_are_escaped_for_tex() -> None:
    assert is_safe_url("https://example.org/a?b=c&d=é%20#e_f")
    assert escape_url("https://x.org/a?b=$c&d=é%20#e_f~g'h") == (
        r"https://x.org/a?b=\$c\&d=\%C3\%A9\%20\#e\_f\%7Eg\%27h"
    )


def test_escaping() -> None:
    assert escape_tex("plain text") == "plain text"
    assert escape_tex(r"\{}$&#%_") == r"\textbackslash{}\{\}\$\&\#\%\_"
    assert escape_tex("~^<>|") == (
        r"\textasciitilde{}\textasciicircum{}\textless{}\textgreater{}\textbar{}"
    )
    assert escape_tex("\"'`") == r"\textquotedbl{}\textquotesingle{}\textasciigrave{}"
    assert escape_tex("[a] ---x ,,y") == "{[}a{]} -{}-{}-x ,{},y"
    assert escape_tex("a\n\nb\tc\x00\u202e") == "a  b c"


def test_tex_keeps_structure_and_formulas() -> None:
    tex = r"\emph{A_1} {\bf b} $\mathcal{O}(n)$ \textsc{c}"
    assert parse(tex).tex == r"\emph{A\_1} \textbf{b} \(\mathcal{O}(n)\) \textsc{c}"
    assert parse(r"$\foo{x} + 1$").tex == "x + 1"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("The Efficiency Spectrum", "efficiency spectrum"),
        ("A B", "b"),
        ("“An” Apple's—Tree", "apples tree"),
        ("Łukasz Größer Øre Đorđe Œuvre İstanbul", "lukasz grosser ore dorde oeuvre istanbul"),
        ("À x² ﬁt", "a x2 fit"),
        ("A*-Search", "a search"),
        ("The", "the"),
        ("Theory", "theory"),
        ("大模型", "大模型"),
        ("?!", "?!"),
        ("", ""),
    ],
)
def test_sort_key(text: str, key: str) -> None:
    assert sort_key(text) == key
    assert parse(text).sort_key == key


def test_title_key_is_blind_to_case_accents_and_punctuation() -> None:
    keys = {
        title_key(parse(tex).text)
        for tex in (
            r"{LoRA}: Low-Rank {\'E}tude---of $k$",
            "Lora : low rank etude of k",
            "LORA; LOW–RANK ÉTUDE, OF K.",
        )
    }
    assert keys == {"loralowranketudeofk"}
    assert title_key("LoRA+") == title_key("LoRA") != title_key("QLoRA")


@pytest.mark.needs_tex
@pytest.mark.skipif(not shutil.which("xelatex"), reason="needs xelatex")
def test_everything_that_is_allowed_compiles(tmp_path) -> None:
    signs = [*formulas.LETTERLIKE, *formulas.RELATIONS, *formulas.FUNCTIONS, *formulas.SPACES]
    texs = [rf"x\{name} y" for name in signs]
    texs += [rf"x^\{name} y" for name in signs]
    texs += [rf"\{name}{{X}}" for name in (*formulas.ACCENTS, *formulas.TEXTS)]
    texs += [rf"\{name}{{X\{sign} }}" for name in formulas.ALPHABETS for sign in signs]
    texs += [rf"\{name}{{1}}{{2}} \{name} 1\alpha" for name in formulas.FRACTIONS]
    texs += [rf"\left{mark} x \right{mark}" for mark in formulas.DELIMITERS]
    texs += [rf"\{size}(" for size in formulas.SIZES]
    texs += [
        r"\sqrt[3]{x}",
        "x'^2_1",
        "x''",
        "^2",
        r"x^*_+",
        r"x^\mathrm{T}",
        "{a}^{b^{c}}",
        "~",
    ]
    safe = [tex for tex in texs if is_safe_math(tex)]
    assert len(safe) > 700
    source = (
        r"\documentclass{report}\usepackage{fontspec,amsmath,amssymb,hyperref}\begin{document}"
        + "\n\n".join(rf"a \({tex}\) b" for tex in safe)
        + r"\end{document}"
    )
    (tmp_path / "all.tex").write_text(source, encoding="utf-8")
    command = ["xelatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "all"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    log = (tmp_path / "all.log").read_text(encoding="utf-8", errors="replace")
    assert "Missing character" not in log
