"""``livingsurvey check``: what it says, how, and with which exit code."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from livingsurvey.cli import COMMANDS, check, main
from livingsurvey.configuration import Configuration, Connection
from livingsurvey.rules import RULES, find_fixes
from livingsurvey.rules.rule import TAXONOMY, lamport, perelman, shannon

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from livingsurvey.catalog import Library
    from livingsurvey.rules import Fix, Rule

BROKEN = Path(__file__).parent / "broken"

SARIF: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs", "$schema"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["tool", "results", "columnKind"],
                "additionalProperties": False,
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "additionalProperties": False,
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name", "version", "rules"],
                                "additionalProperties": False,
                                "properties": {
                                    "name": {"type": "string"},
                                    "version": {"type": "string"},
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {"$ref": "#/$defs/rule"},
                                    },
                                },
                            }
                        },
                    },
                    "results": {"type": "array", "items": {"$ref": "#/$defs/result"}},
                },
            },
        },
    },
    "$defs": {
        "level": {"enum": ["none", "note", "warning", "error"]},
        "message": {
            "type": "object",
            "required": ["text"],
            "additionalProperties": False,
            "properties": {"text": {"type": "string", "minLength": 1}},
        },
        "rule": {
            "type": "object",
            "required": ["id"],
            "additionalProperties": False,
            "properties": {
                "id": {"type": "string"},
                "name": {"type": "string"},
                "shortDescription": {"$ref": "#/$defs/message"},
                "fullDescription": {"$ref": "#/$defs/message"},
                "helpUri": {"type": "string", "format": "uri"},
                "defaultConfiguration": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"level": {"$ref": "#/$defs/level"}},
                },
            },
        },
        "result": {
            "type": "object",
            "required": ["message", "ruleId", "ruleIndex", "level", "locations"],
            "additionalProperties": False,
            "properties": {
                "ruleId": {"type": "string"},
                "ruleIndex": {"type": "integer", "minimum": 0},
                "level": {"$ref": "#/$defs/level"},
                "message": {"$ref": "#/$defs/message"},
                "locations": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["physicalLocation"],
                        "additionalProperties": False,
                        "properties": {
                            "physicalLocation": {
                                "type": "object",
                                "required": ["artifactLocation"],
                                "additionalProperties": False,
                                "properties": {
                                    "artifactLocation": {
                                        "type": "object",
                                        "required": ["uri"],
                                        "additionalProperties": False,
                                        "properties": {
                                            "uri": {"type": "string", "format": "uri-reference"}
                                        },
                                    },
                                    "region": {
                                        "type": "object",
                                        "required": ["startLine"],
                                        "additionalProperties": False,
                                        "properties": {
                                            "startLine": {"type": "integer", "minimum": 1},
                                            "startColumn": {"type": "integer", "minimum": 1},
                                        },
                                    },
                                },
                            }
                        },
                    },
                },
            },
        },
    },
}
"""The part of SARIF 2.1.0 (OASIS, 2020, section 3) that we write, with nothing else allowed."""


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run the command in a folder: its exit code, stdout, stderr."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def call(folder: Path, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.chdir(folder)
        status = main(arguments)
        out, err = capsys.readouterr()
        return status, out, err

    return call


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    """A folder with a survey in order."""
    (tmp_path / "papers.bib").write_text(f"{lamport()}\n{shannon()}", encoding="utf-8")
    (tmp_path / "taxonomy.toml").write_text(TAXONOMY, encoding="utf-8")
    configure(tmp_path)
    return tmp_path


def configure(folder: Path, more: str = "") -> None:
    (folder / "pyproject.toml").write_text(
        '[tool.livingsurvey]\nbibliographies = ["papers.bib"]\ntaxonomy = "taxonomy.toml"\n'
        'profile = "house"\n' + more,
        encoding="utf-8",
    )


def test_broken_bibliography_is_told_line_by_line(run: Any) -> None:
    status, out, err = run(BROKEN, "check")
    assert out == (BROKEN / "expected.txt").read_text(encoding="utf-8")
    assert status == 1
    assert err == (
        "44 entries: 15 errors, 26 warnings, 7 hints; 'livingsurvey format --fix' mends 8\n"
    )


def test_broken_bibliography_breaks_every_rule_where_it_says_so() -> None:
    """Each comment of the file names the rule that the entry below it breaks."""
    text = (BROKEN / "papers.bib").read_bytes().decode("utf-8", "replace")
    announced = re.findall(r"^% ([a-z_]+)$", text, re.MULTILINE)
    expected = (BROKEN / "expected.txt").read_text(encoding="utf-8")
    found = re.findall(r"^papers\.bib:.*\[survey\.(\w+)\]$", expected, re.MULTILINE)
    assert sorted(found) == sorted([*announced[1:], "byte_order_mark"])
    every = {rule.code.value for rule in RULES if rule.stage == "check"}
    assert {*found, "authors", "taxonomy", "thin_category", "empty_bibliography"} == every


def test_nothing_is_lost_beside_the_mistakes(run: Any) -> None:
    _, out, _ = run(BROKEN, "check", "--format", "json")
    text = (BROKEN / "papers.bib").read_bytes()
    document = json.loads(out)
    # One entry has no key, and one has the key of another.
    assert document["entries"] == len(re.findall(rb"^@(?:ar|mi)", text, re.MULTILINE)) - 2


def test_clean_survey(run: Any, survey: Path) -> None:
    assert run(survey, "check") == (0, "", "2 entries: nothing to mend\n")


def test_the_survey_itself_is_clean(run: Any, root: Path) -> None:
    status, out, err = run(root, "check")
    assert (status, out) == (0, "")
    assert err.endswith("entries: nothing to mend\n")


def test_hints_do_not_fail(run: Any, survey: Path) -> None:
    (survey / "papers.bib").write_text(lamport(pages="1-2") + shannon(), encoding="utf-8")
    status, out, _ = run(survey, "check")
    assert status == 0
    assert out == (
        "papers.bib:5:20: hint: lamport1978time: pages '1-2'; write '1--2' [survey.page_range]\n"
    )


def test_fixes_are_looked_for_where_something_was_found(
    run: Any, survey: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def find(library: Library, rules: Sequence[Rule]) -> list[Fix]:
        asked.extend(rule.code for rule in rules)
        return find_fixes(library, rules)

    monkeypatch.setattr(check, "find_fixes", find)
    run(survey, "check")
    assert asked == []
    (survey / "papers.bib").write_text(lamport(pages="1-2") + shannon(), encoding="utf-8")
    run(survey, "check", "--format", "json")
    run(survey, "check", "--format", "sarif")
    assert asked == [], "only the summary counts them"
    assert run(survey, "check")[2] == "2 entries: 1 hint; 'livingsurvey format --fix' mends 1\n"
    assert asked == ["page_range"]


def test_json(run: Any) -> None:
    status, out, err = run(BROKEN, "check", "--format=json")
    document = json.loads(out)
    assert (status, err, document["version"]) == (1, "", 1)
    assert document["diagnostics"][2] == {
        "path": "papers.bib",
        "line": 25,
        "column": 32,
        "severity": "error",
        "code": "hidden_character",
        "message": "doe2020hidden: a hidden character (U+202E)",
        "suggestion": "delete it",
        "key": "doe2020hidden",
    }
    assert len(document["diagnostics"]) == 48


def test_github(run: Any, survey: Path) -> None:
    (survey / "papers.bib").write_text(
        lamport(author="Doe, Jane;\n 100% Roe, R.", pages="1-2") + shannon(), encoding="utf-8"
    )
    _, out, _ = run(survey, "check", "--format", "github")
    assert out == (
        "::warning file=papers.bib,line=3,col=20,title=survey.bad_name::lamport1978time: "
        "';' in a name; names are separated by 'and'\n"
        "::notice file=papers.bib,line=6,col=20,title=survey.page_range::lamport1978time: "
        "pages '1-2'; write '1--2'\n"
    )


def test_github_escapes_what_would_end_a_command(run: Any, survey: Path) -> None:
    odd = survey / "100%, odd: name.bib"
    odd.write_text("@misc{doe2020x, title = {50% of", encoding="utf-8")
    _, out, _ = run(survey, "check", "--format=github", odd.name)
    first = out.splitlines()[0]
    assert first.startswith("::warning file=100%25%2C odd%3A name.bib,line=1,")
    assert len(re.findall("::", first)) == 2


def test_sarif(run: Any) -> None:
    status, out, err = run(BROKEN, "check", "--format", "sarif")
    log = json.loads(out)
    jsonschema.Draft202012Validator(SARIF).validate(log)
    assert (status, err) == (1, "")
    [found] = log["runs"]
    rules = found["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in RULES]
    assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in found["results"])
    assert len(found["results"]) == 48
    assert "helpUri" not in rules[0]


def test_sarif_links_to_the_documentation(run: Any, survey: Path) -> None:
    configure(survey, 'documentation = "https://example.org/rules.html"\n')
    log = json.loads(run(survey, "check", "--format", "sarif")[1])
    jsonschema.Draft202012Validator(SARIF).validate(log)
    rules = {rule["id"]: rule for rule in log["runs"][0]["tool"]["driver"]["rules"]}
    assert rules["bad_doi"]["helpUri"] == "https://example.org/rules.html#rule-bad_doi"


def test_disabled_rules_are_not_applied(run: Any, survey: Path) -> None:
    (survey / "papers.bib").write_text(lamport(key="L78") + shannon(), encoding="utf-8")
    assert run(survey, "check")[0] == 1
    configure(survey, '[tool.livingsurvey.disabled]\nkey_form = "keys of the printed edition"\n')
    assert run(survey, "check")[0] == 0


def test_profile_chooses_the_customs_of_the_house(run: Any, survey: Path) -> None:
    """INSPIRE's form of a preprint, a key of its own, and one true fault."""
    bib = shannon(key="Shannon:1948zz", creationdate=None, author="Shannon, Claude E. and others")
    bib += perelman(key="Perelman:2006un").replace("@misc", "@article") + lamport(
        key="x", year="194x"
    )
    (survey / "papers.bib").write_text(bib, encoding="utf-8")
    configure(survey)
    counted = Counter(re.findall(r"survey\.(\w+)", run(survey, "check")[1]))
    assert counted == {
        "key_form": 3, "missing_creationdate": 1, "truncated_authors": 1, "arxiv_as_journal": 1,
        "bad_year": 1,
    }  # fmt: skip
    path = survey / "pyproject.toml"
    text = path.read_text(encoding="utf-8")
    for profile in ("", 'profile = "plain"\n'):
        path.write_text(text.replace('profile = "house"\n', profile), encoding="utf-8")
        assert re.findall(r"survey\.(\w+)", run(survey, "check")[1]) == ["bad_year"]


def test_many_findings_of_one_rule_are_counted(run: Any, survey: Path) -> None:
    papers = [shannon(key=f"shannon1948word{number}", year="194x", title=f"{{Word {number}}}")
              for number in range(5)]  # fmt: skip
    (survey / "papers.bib").write_text("".join(papers) + lamport(pages="1-2"), encoding="utf-8")
    status, out, err = run(survey, "check", "--max", "2", "--only", "bad_year", "--only",
                           "survey.page_range")  # fmt: skip
    assert status == 1
    assert re.findall(r"survey\.(\w+)", out) == ["bad_year"] * 3 + ["page_range"]
    assert "from here on, 3 more findings of this kind are not shown" in out
    assert err.startswith("6 entries: 5 warnings, 1 hint")
    status, out, _ = run(survey, "check", "--summary", "--only", "bad_year")
    assert (status, out) == (1, "      5  bad_year               A year has four digits\n")
    assert run(survey, "check", "--only", "page_range")[0] == 0
    assert run(survey, "check", "--max", "0", "--only", "bad_year")[1].count("bad_year") == 5
    assert "there is no rule 'bad_yaer'; did you mean 'bad_year'?" in run(
        survey, "check", "--only", "bad_yaer"
    )[2]  # fmt: skip


def test_minimum_of_papers(run: Any, survey: Path) -> None:
    configure(survey, "minimum-papers = 2\n")
    status, out, _ = run(survey, "check")
    assert status == 1
    assert out.splitlines()[0] == (
        "taxonomy.toml:4:2: warning: the category 'information-theory' has 1 paper; "
        "add some: the survey asks for 2 [survey.thin_category]"
    )


def test_paths_on_the_command_line_replace_the_configured_ones(run: Any, survey: Path) -> None:
    configure(survey, "minimum-papers = 9\n")
    (survey / "other.bib").write_text(shannon(year="194x"), encoding="utf-8")
    status, out, _ = run(survey, "check", "other.bib")
    assert status == 1
    assert [line.partition(": ")[0] for line in out.splitlines()] == ["other.bib:5:20"]


def test_configuration_is_found_from_below_and_paths_are_shown_from_here(
    run: Any, survey: Path
) -> None:
    (survey / "papers.bib").write_text(shannon(year="194x") + lamport(), encoding="utf-8")
    below = survey / "docs"
    below.mkdir()
    status, out, _ = run(below, "check")
    assert status == 1
    assert out.startswith(f"{survey.as_posix()}/papers.bib:5:20: ")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("minimum-paper = 3\n", "unknown key 'minimum-paper'; did you mean 'minimum-papers'?"),
        ("zebra = 3\n", "unknown key 'zebra'; it knows bibliographies, taxonomy"),
        ('minimum-papers = "3"\n', "'minimum-papers' is not a number, at least 0"),
        ("minimum-papers = true\n", "'minimum-papers' is not a number, at least 0"),
        ("disabled = []\n", "'disabled' is not a table of reasons"),
        ('[tool.livingsurvey.disabled]\nkeyform = "x"\n', "no rule 'keyform' to disable; did you"),
        ('[tool.livingsurvey.disabled]\nkey_form = " "\n', "rule 'key_form' needs a reason"),
        ("= 3\n", "pyproject.toml: error: "),
    ],
)
def test_wrong_configuration(run: Any, survey: Path, more: str, expected: str) -> None:
    configure(survey, more)
    status, out, err = run(survey, "check")
    assert (status, out) == (2, "")
    assert expected in err
    assert "[survey.config]" in err


def test_all_that_is_wrong_with_the_configuration_is_said_at_once(run: Any, survey: Path) -> None:
    configure(survey, "a = 1\nb = 2\n")
    assert run(survey, "check")[2].count("[survey.config]") == 2


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["nowhere.bib"], "nowhere.bib: error: there is no such file [survey.file_missing]"),
        (["--taxonomy", "no.toml"], "no.toml: error: there is no such file [survey.file_missing]"),
        (["--config", "no.toml"], "no.toml: error: cannot read the file (No such file"),
    ],
)
def test_missing_files(run: Any, survey: Path, arguments: list[str], expected: str) -> None:
    status, out, err = run(survey, "check", *arguments)
    assert (status, out) == (2, "")
    assert expected in err


def test_no_bibliography_named(run: Any, tmp_path: Path) -> None:
    status, _, err = run(tmp_path, "check", "--config", os.devnull)
    assert status == 2
    assert 'bibliographies = ["papers.bib"]' in err


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.stage == "start"])
def test_rules_on_starting_up_are_what_their_examples_say(
    run: Any, tmp_path: Path, rule: Any
) -> None:
    (tmp_path / "bib").mkdir()
    (tmp_path / "bib" / "papers.bib").write_text(shannon(), encoding="utf-8")
    for text, status in [(rule.bad, 2), (rule.good, 0)]:
        (tmp_path / "pyproject.toml").write_text(f"[tool.livingsurvey]\n{text}", encoding="utf-8")
        found, _, err = run(tmp_path, "check")
        assert found == status
        assert (f"[survey.{rule.code}]" in err) is bool(status)


@pytest.mark.parametrize("arguments", [[], ["chek"], ["check", "--format", "xml"]])
def test_wrong_arguments(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: livingsurvey" in capsys.readouterr().err


def start(folder: Path, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *code.split()] if code.startswith("-m") else [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_neither_sphinx_nor_docutils_is_imported(survey: Path) -> None:
    code = (
        "import sys\n"
        "from livingsurvey.cli import main\n"
        "assert main(['check']) == 0 and main(['format', '--fix', '--check']) == 0\n"
        "roots = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(roots & {'sphinx', 'docutils', 'sphinxcontrib', 'myst_parser'}))\n"
    )
    done = start(survey, code)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "[]"), done.stderr


def test_module_runs_as_the_command_does(survey: Path) -> None:
    done = start(survey, "-m livingsurvey check")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "2 entries: nothing to mend\n"
    assert start(survey, "-m livingsurvey --version").stdout.startswith("livingsurvey ")


def test_a_locale_without_unicode_is_no_reason_to_stop() -> None:
    done = start(BROKEN, "-m livingsurvey check", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 1
    assert "\u00c3\u00bc" in done.stdout  # a pipe gets UTF-8


def test_reader_that_has_seen_enough_is_no_error(survey: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m livingsurvey check --format sarif | head -c 10",
        shell=True,
        cwd=survey,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


LAZY = {"requests", "tomlkit", "livingsurvey.cli.add", "livingsurvey.cli.verify"}


@pytest.mark.parametrize(
    ("arguments", "imported"),
    [
        (["--help"], set()),
        (["check", "--help"], set()),
        (["check"], set()),
        (["list"], set()),
        (["retag", "x", "y"], {"tomlkit"}),
        (["add", "nonsense"], {"livingsurvey.cli.add"}),
        (["verify", "--vouch", "shannon1948mathematical"], {"livingsurvey.cli.verify"}),
    ],
)
def test_commands_are_imported_when_called(
    survey: Path, arguments: list[str], imported: set[str]
) -> None:
    code = (
        "import sys\n"
        "from livingsurvey.cli import main\n"
        f"try: main({arguments})\n"
        "except SystemExit: pass\n"
        f"print(sorted({LAZY} & set(sys.modules)))\n"
    )
    done = start(survey, code)
    assert done.stdout.splitlines()[-1] == str(sorted(imported)), done.stderr
    assert not any(f"livingsurvey.cli.{name}" in done.stderr for name in COMMANDS)


def test_every_command_is_where_the_table_says(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = capsys.readouterr().out
    for name, (summary, _) in COMMANDS.items():
        assert f"\n    {name}" in listed
        assert summary.split(",")[0] in " ".join(listed.split())
        with pytest.raises(SystemExit) as stopped:
            main([name, "--help"])
        assert stopped.value.code == 0
        assert f"usage: livingsurvey {name} " in capsys.readouterr().out


def test_help_lists_every_value_of_the_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    for table, prefix in ((Configuration, ""), (Connection, "online.")):
        for value in fields(table):
            name = f"{prefix}{value.name.replace('_', '-')}"
            assert (f"\n  {name} " in shown) == bool(value.metadata)


# conf.py


CONF = (
    'import somewhere\nbibtex_bibfiles = ["papers.bib"]\nlivingsurvey_taxonomy = "taxonomy.toml"\n'
)


@pytest.mark.parametrize("table", [None, "[tool.livingsurvey]\n"])
@pytest.mark.parametrize(
    ("folder", "text"),
    [(".", CONF), ("docs", CONF.replace('"papers', '"../papers').replace('"taxo', '"../taxo'))],
)
def test_files_default_to_those_of_conf_py(
    run: Any, survey: Path, table: str | None, folder: str, text: str
) -> None:
    pyproject = survey / "pyproject.toml"
    pyproject.unlink() if table is None else pyproject.write_text(table)
    (survey / folder).mkdir(exist_ok=True)
    (survey / folder / "conf.py").write_text(text)
    (survey / "papers.bib").write_text(shannon(year="194x") + lamport(), encoding="utf-8")
    status, out, err = run(survey, "check")
    assert status == 1
    assert out.startswith("papers.bib:5:20: ")
    assert err.startswith("2 entries: ")
    assert "thin_category" not in out


@pytest.mark.parametrize(
    "text",
    [
        "bibtex_bibfiles = find_files()\nlivingsurvey_taxonomy = Path('x')\n",
        "bibtex_bibfiles = ['papers.bib']\nif True:\n    livingsurvey_taxonomy = 'x.toml'\n",
        "raise SystemExit\n",
    ],
)
def test_conf_py_that_does_not_say_is_no_matter(run: Any, survey: Path, text: str) -> None:
    (survey / "conf.py").write_text(text)
    assert run(survey, "check") == (0, "", "2 entries: nothing to mend\n")


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("x = 1\nbibtex_bibfiles = ['papers.bib'\n", "2: error: Python cannot read it: '[' was "),
        ("\0", "1: error: Python cannot read it: source code string cannot contain null bytes; "),
        ("bibtex_bibfiles = 'papers.bib'\n", "1: error: 'bibtex_bibfiles' is not a list of paths"),
    ],
)
def test_conf_py_that_no_build_takes_is_told(
    run: Any, survey: Path, text: str, finding: str
) -> None:
    (survey / "conf.py").write_text(text)
    status, out, _ = run(survey, "check")
    assert status == 1
    assert out.startswith(f"conf.py:{finding}")
    assert run(survey, "check", "papers.bib")[0] == 0, "a part of it says nothing of conf.py"


@pytest.mark.parametrize(
    ("text", "severity", "message"),
    [
        ("", "hint", "no entry"),
        ("% Papers.\n\n@comment{jabref-meta: databaseType:bibtex;}\n", "hint", "no entry"),
        ("<html>Not found</html>\n", "warning", "text, but no entry"),
        ("TY  - JOUR\nTI  - Soup\nER  -\n", "warning", "text, but no entry"),
    ],
)
def test_a_file_without_entries_is_told(
    run: Any, survey: Path, text: str, severity: str, message: str
) -> None:
    (survey / "none.bib").write_text(text)
    said = f"none.bib:1: {severity}: the file has {message}; add one, or name another file"
    said += " [survey.empty_bibliography]\n"
    assert run(survey, "check", "none.bib")[:2] == (
        int(severity == "warning"),
        said,
    )


def test_conf_py_may_say_one_thing_only(run: Any, survey: Path) -> None:
    (survey / "pyproject.toml").write_text('[tool.livingsurvey]\ntaxonomy = "taxonomy.toml"\n')
    text = "livingsurvey_taxonomy = find()\nbibtex_bibfiles = ('papers.bib',)\n"
    (survey / "conf.py").write_text(text)
    assert run(survey, "check") == (0, "", "2 entries: nothing to mend\n")


def test_conf_py_and_pyproject_that_differ(run: Any, survey: Path) -> None:
    (survey / "conf.py").write_text(CONF)
    assert run(survey, "check")[0] == 0
    (survey / "conf.py").write_text(CONF.replace("papers.bib", "old.bib"))
    status, out, _ = run(survey, "check")
    assert status == 1
    assert out == (
        "pyproject.toml: warning: 'bibliographies' is not what conf.py says; "
        "leave it out here: conf.py is the default [survey.config]\n"
    )
    assert json.loads(run(survey, "check", "--format", "sarif")[1])["runs"][0]["results"]
    assert run(survey, "check", "papers.bib")[0] == 0
    configure(survey, '[tool.livingsurvey.disabled]\nconfig = "two books of one survey"\n')
    assert run(survey, "check")[0] == 0


def run_on_terminal(folder: Path, code: str, **environment: str) -> str:
    """Run Python with stdout and stderr on a terminal, and return what it shows."""
    leader, follower = pty.openpty()
    clean = {
        name: text for name, text in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}
    }
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**clean, "TERM": "xterm", "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    shown = b""
    while True:
        try:
            chunk = os.read(leader, 65536)
        except OSError:  # the other side is closed
            break
        if not chunk:
            break
        shown += chunk
    process.wait()
    os.close(leader)
    return shown.decode("utf-8", "replace")


CHECK = "from livingsurvey.cli import main; main(['check'])"


def test_colors_on_a_terminal_unless_somebody_objects() -> None:
    colored = run_on_terminal(BROKEN, CHECK)
    assert "\x1b[1;31merror\x1b[0m" in colored
    assert "\x1b[" not in run_on_terminal(BROKEN, CHECK, NO_COLOR="1")
    assert "\x1b[" not in run_on_terminal(BROKEN, CHECK, TERM="dumb")
    plain = re.sub(r"\x1b\[[\d;]*m", "", colored)
    expected = (BROKEN / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert plain.splitlines()[: len(expected)] == expected


def test_long_work_is_shown_on_a_terminal_and_erased(survey: Path) -> None:
    # The step is long by decree, so that the test does not hang on the speed of the machine.
    code = (
        "import livingsurvey.cli.command as console, time\n"
        "from livingsurvey.cli import main\n"
        "console.PATIENCE = 0.01\n"
        "load = console.Session.load\n"
        "console.Session.load = lambda *a, **k: time.sleep(1) or load(*a, **k)\n"
        "main(['check'])\n"
    )
    shown = run_on_terminal(survey, code, NO_COLOR="1")
    assert "\r\x1b[Kreading papers.bib …" in shown
    assert shown.endswith("\r\x1b[K2 entries: nothing to mend\r\n")
    quick = "import livingsurvey.cli.command as console; console.PATIENCE = 60\n" + CHECK
    assert "\x1b[K" not in run_on_terminal(survey, quick, NO_COLOR="1")
