"""Colors and their vocabulary: text reads in both themes, and the style sheet says the same."""

from __future__ import annotations

import re
import subprocess

import pytest

from livingsurvey.charts.emitters import to_svg
from livingsurvey.charts.looks import (
    COLORS,
    DARK,
    DRAWING_WORDS,
    FAINT,
    LIGHT,
    READABLE,
    SIZES,
    VOCABULARY,
    WIDTHS,
    check_classes,
    contrast,
    fit_fill,
    fit_text,
    inherit,
    mix,
    print_colors,
)
from livingsurvey.charts.shapes import Picture, Rect, TextLine

THEMES = {"light": LIGHT, "dark": DARK}
SHEET = "ext/livingsurvey/sphinxext/static/livingsurvey-charts.css"


@pytest.fixture(scope="module")
def sheet(root):
    return (root / SHEET).read_text(encoding="utf-8")


def blocks(sheet):
    """The declarations of the three themes: light, dark by choice, dark by the system."""
    found = re.findall(r"\n *([^\n{}]*\.ls-picture) \{([^}]*--ls-soft:[^}]*)\}", sheet)
    return {
        selector.strip(): dict(re.findall(r"(--[\w-]+): ([^;]+);", declarations))
        for selector, declarations in found
    }


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")
    with pytest.raises(ValueError, match="no color"):
        contrast("red", "#ffffff")


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("color", [*COLORS.values(), "#ffff00", "#ffffff", "#000000", "#00ff7f"])
def test_every_text_reads(theme, color):
    fill = fit_fill(color, theme)
    soft = mix(fill, theme.surface, theme.soft)
    pairs = {
        "text in the color on the page": (fit_text(color, theme), theme.surface),
        "text in the color on its pale ground": (fit_text(color, theme), soft),
        "the page's color on the color": (theme.surface, fill),
        "ink on the page": (theme.ink, theme.surface),
        "ink on a pale ground": (theme.ink, soft),
        "lesser text on the page": (theme.muted, theme.surface),
        "lesser text on a pale ground": (theme.muted, soft),
    }
    for level, share in enumerate(theme.levels, 1):
        text = theme.ink if level <= theme.inked else theme.surface
        pairs[f"text on level {level}"] = (text, mix(fill, theme.surface, share))
    weak = {name: contrast(*pair) for name, pair in pairs.items() if contrast(*pair) < READABLE}
    assert not weak


def test_fitting_leaves_a_color_that_reads():
    assert fit_fill("#7C4DCC", LIGHT) == "#7c4dcc"
    assert (
        contrast("#c2690c", "#ffffff") < READABLE < contrast(fit_fill("#c2690c", LIGHT), "#ffffff")
    )


def test_the_style_sheet_has_the_colors_of_the_themes(sheet):
    found = blocks(sheet)
    assert set(found) == {
        ".ls-picture",
        'body[data-theme="dark"] .ls-picture',
        'body:not([data-theme="light"]) .ls-picture',
    }
    for selector, declared in found.items():
        theme = LIGHT if selector == ".ls-picture" else DARK
        expected = {
            "--ls-surface": f"var(--color-background-primary, {theme.surface})",
            "--ls-ink": theme.ink,
            "--ls-muted": theme.muted,
            "--ls-soft": f"{theme.soft}%",
        }
        for level, share in enumerate(theme.levels, 1):
            expected[f"--ls-l{level}"] = f"{share}%"
            color = "ink" if level <= theme.inked else "surface"
            expected[f"--ls-o{level}"] = f"var(--ls-{color})"
        for index, color in COLORS.items():
            if theme is LIGHT:
                expected[f"--ls-f{index}"] = f"var(--ls-c{index}, {fit_fill(color, theme)})"
                expected[f"--ls-x{index}"] = f"var(--ls-t{index}, {fit_text(color, theme)})"
            else:
                fitted = f"var(--ls-d{index}, {fit_text(color, theme)})"
                expected[f"--ls-f{index}"] = expected[f"--ls-x{index}"] = fitted
        assert declared == expected


def test_dark_is_for_screens(sheet):
    # "not print and (…)" would negate both, and hold on every screen.
    assert re.findall(r"@media ([^{]*) \{\n  body", sheet) == [
        "not print",
        "screen and (prefers-color-scheme: dark)",
    ]
    assert "print and" not in sheet


@pytest.mark.slow
@pytest.mark.needs_browser
@pytest.mark.parametrize(
    "case",
    [
        ("auto", "light", 900, LIGHT),
        ("auto", "dark", 900, DARK),
        ("light", "dark", 900, LIGHT),
        ("dark", "light", 900, DARK),
        ("auto", "light", 500, LIGHT),
    ],
)
def test_a_browser_shows_the_theme_and_one_layout(root, tmp_path, case):
    chosen, system, width, theme = case
    rect = Rect(x=0, y=0, width=9, height=9, classes=("soft-1",))
    words = TextLine(x=9, y=9, text="x", classes=("fill-1",))
    picture = Picture(width=20, height=20, shapes=(rect, words), title="T")
    color = "#c9722f"
    svg = to_svg(picture, id_prefix="p", palette_colors={1: color})
    page = tmp_path / "page.html"
    page.write_text(
        f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>T</title>
        <link rel="stylesheet" href="{(root / SHEET).as_uri()}"><body data-theme="{chosen}">
        <div class="ls-drawing ls-wide">{svg}</div><div class="ls-drawing ls-narrow"></div><script>
        addEventListener("load", () => {{
          const look = (one) => getComputedStyle(document.querySelector(one));
          const shown = [".ls-wide", ".ls-narrow"].filter((one) => look(one).display != "none");
          document.title = [look("rect").fill, look("text").fill, ...shown].join(" | ");
        }});</script></body></html>""",
        encoding="utf-8",
    )
    run = subprocess.run(
        [
            *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"),
            f"--blink-settings=preferredColorScheme={int(system == 'light')}",
            f"--window-size={width},800",
            f"--user-data-dir={tmp_path / 'profile'}",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    soft, text, layout = re.search("<title>(.*)</title>", run.stdout)[1].split(" | ")
    channels = [
        round(255 * float(one)) for one in re.findall(r"[\d.]+", soft.removeprefix("color(srgb"))
    ]
    expected = mix(fit_fill(color, theme), theme.surface, theme.soft)
    assert "#" + "".join(f"{one:02x}" for one in channels[:3]) == expected
    channels = [int(one) for one in re.findall(r"\d+", text)]
    assert "#" + "".join(f"{one:02x}" for one in channels) == fit_text(color, theme)
    assert layout == (".ls-wide" if width > 640 else ".ls-narrow")


def test_the_style_sheet_knows_every_word(sheet):
    styled = set(re.findall(r"\.ls-([a-z]+(?:-[a-z0-9]+)?)\b", sheet))
    assert set(VOCABULARY) - {"arrow"} <= styled  # heads are shapes of their own
    for word, size in SIZES.items():
        rule = rf"\.ls-{word} {{ font-size: {size:g}px; }}" if word else rf"font-size: {size}px;"
        assert re.search(rule, sheet)
    for word, width in WIDTHS.items():
        rule = f"stroke-width: {width:g}px;"
        assert (f".ls-{word} {{ {rule} }}" if word else rule) in sheet
    assert f"var(--ls-muted) {FAINT}%" in sheet
    assert sheet.count("{") == sheet.count("}")


def test_print_colors_are_for_a_light_page():
    colors = print_colors({1: "#c9722f", 2: "no color"})
    assert colors["lsSurface"] == "FFFFFF"
    assert colors["lsC1"] == fit_fill("#c9722f", LIGHT)[1:].upper()
    assert colors["lsC2"] == fit_fill(COLORS[2], LIGHT)[1:].upper()


def test_a_palette_is_completed():
    colors = print_colors({3: "#ABCDEF", 99: "#000000"})
    assert colors == {**print_colors({}), "lsC3": colors["lsC3"], "lsT3": colors["lsT3"]}
    assert colors["lsC3"] == fit_fill("#abcdef", LIGHT)[1:].upper()


@pytest.mark.parametrize(
    ("classes", "text", "problems"),
    [
        (("soft-1", "stroke-1", "thin"), False, []),
        (("small", "end", "fill-muted"), True, []),
        (("compact", "end"), True, []),
        (("sfot-1",), False, [("unknown class 'sfot-1'", "did you mean 'soft-1'?")]),
        (("zzz",), False, [("unknown class 'zzz'", "")]),
        (("fill-1", "fill-2"), False, [("classes 'fill-1' and 'fill-2' exclude each other", "")]),
        (("thin", "thick"), False, [("classes 'thin' and 'thick' exclude each other", "")]),
        (("stroke-1",), True, [("class 'stroke-1' has no meaning on a text", "")]),
        (("soft-1",), True, [("class 'soft-1' has no meaning on a text", "")]),
        (("bold",), False, [("class 'bold' has a meaning on texts only", "")]),
    ],
)
def test_classes_are_checked(classes, text, problems):
    assert check_classes(classes, text=text, words=DRAWING_WORDS) == problems


def test_words_of_charts_are_not_for_drawings():
    assert check_classes(("level-1",), text=False, words=DRAWING_WORDS)
    assert not check_classes(("level-1",), text=False)


def test_a_shape_inherits_what_it_does_not_say():
    own, group = ("fill-1", "thick"), ("fill-2", "stroke-3", "dashed", "thin")
    assert inherit(own, group) == ("fill-1", "thick", "stroke-3", "dashed")
