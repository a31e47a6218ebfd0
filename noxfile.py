"""The tasks of the project: ``nox -s html`` builds the site, ``nox -s tests`` tests everything.

Each session installs what it needs into an environment of its own, at the versions that
``requirements/constraints.txt`` fixes; ``nox --list`` shows them all.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2024.10.9"
nox.options.sessions = ["lint", "typecheck", "tests", "html"]
nox.options.default_venv_backend = "venv"
nox.options.reuse_venv = "yes"

ROOT = Path(__file__).parent
BUILD = ROOT / "_build"
PYPROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
CONSTRAINTS = ROOT / "requirements" / "constraints.txt"
# With the newest versions that the ranges allow instead of the fixed ones: LIVINGSURVEY_UNLOCKED=1.
IS_LOCKED = not os.environ.get("LIVINGSURVEY_UNLOCKED")


def install(session: nox.Session, *groups: str, package: bool = True) -> None:
    """Install the package and dependency groups, at fixed versions."""
    pins = ["-c", str(CONSTRAINTS)] if IS_LOCKED else []
    wanted = nox.project.dependency_groups(PYPROJECT, *groups) if groups else ()
    if package:
        wanted = ("-e", ".", *wanted)
    session.install(*pins, *wanted)


def build(session: nox.Session, builder: str, *options: str) -> Path:
    """Run one builder over the survey, strictly; each has doctrees of its own."""
    output = BUILD / builder
    session.run(
        "sphinx-build", "-b", builder, "-nW", "--keep-going", "-c", ".",
        "-d", str(BUILD / "doctrees" / builder), *options, "docs", str(output),
    )  # fmt: skip
    return output


@nox.session
def html(session: nox.Session) -> None:
    """Build the site into _build/html; warnings are errors."""
    install(session, "site")
    output = build(session, "html", *session.posargs)
    print(f"\nThe site is in {output}; open {(output / 'index.html').as_uri()}")


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests; those whose tool (TeX, Chromium, …) is missing are skipped and say so."""
    install(session, "tests")
    session.run("pytest", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style with ruff and spelling with codespell."""
    install(session, "lint", package=False)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("codespell")


@nox.session
def typecheck(session: nox.Session) -> None:
    """Check the types of the extension, strictly."""
    install(session, "typecheck")
    session.run("mypy")


@nox.session
def check(session: nox.Session) -> None:
    """Check the bibliography by all rules: `nox -s check -- --help` for the options."""
    install(session)
    session.run("livingsurvey", "check", *session.posargs)


@nox.session(name="format")
def format_(session: nox.Session) -> None:
    """Bring the bibliography into canonical layout: `nox -s format -- --diff` only shows it."""
    install(session)
    session.run("livingsurvey", "format", *session.posargs)


@nox.session
def add(session: nox.Session) -> None:
    """Add papers by arXiv id or DOI: `nox -s add -- 2106.09685`."""
    install(session)
    session.run("livingsurvey", "add", *session.posargs)


@nox.session
def survey(session: nox.Session) -> None:
    """Run any other command of the bibliography: `nox -s survey -- list --author Hu`."""
    install(session)
    session.run("livingsurvey", *session.posargs)


@nox.session
def live(session: nox.Session) -> None:
    """Serve the site; it reloads when a page, the bibliography or the taxonomy is saved."""
    install(session, "live")
    session.run(
        "sphinx-autobuild", "-b", "html", "-n", "-c", ".",
        "-d", str(BUILD / "doctrees" / "html"), "--watch", "bib", "--watch", "ext",
        "--re-ignore", r"(^|/)(_build|\.git|\.nox|__pycache__)(/|$)",
        *session.posargs, "docs", str(BUILD / "html"),
    )  # fmt: skip


@nox.session
def linkcheck(session: nox.Session) -> None:
    """Check that every link of the survey answers (needs the network, takes long)."""
    install(session, "site")
    build(session, "linkcheck", *session.posargs)


@nox.session
def pdf(session: nox.Session) -> None:
    """Build the book into _build/latex (needs TeX); LIVINGSURVEY_PAPER=a5, letter for its paper."""
    install(session, "site")
    # One line that names the packages, ahead of the work, where TeX is missing.
    session.run("livingsurvey", "typeset", "--needs")
    # The book bears the date of the last change, so that one state makes one PDF, byte by byte.
    if "SOURCE_DATE_EPOCH" not in os.environ and (ROOT / ".git").exists():
        stamp = session.run("git", "log", "-1", "--format=%ct", external=True, silent=True)
        session.env["SOURCE_DATE_EPOCH"] = str(stamp).strip()
    output = build(session, "latex", *session.posargs)
    session.run("livingsurvey", "typeset", str(output))


@nox.session
def bench(session: nox.Session) -> None:
    """Measure builds against stock sphinxcontrib-bibtex, as ratios within one run."""
    install(session, "site")
    session.run("python", "bench/run.py", *session.posargs)
    if not session.posargs:
        session.run("python", "bench/profile.py")


@nox.session
def lock(session: nox.Session) -> None:
    """Fix the versions of all dependencies anew, for every supported Python."""
    install(session, "lock", package=False)
    groups = [f"--group={name}" for name in PYPROJECT["dependency-groups"] if name != "lock"]
    session.run(
        "uv", "pip", "compile", "--universal", "--upgrade", "--python-version", "3.11",
        "--no-header", "--no-annotate", "--no-emit-index-url", "--output-file", str(CONSTRAINTS),
        "pyproject.toml", *groups,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit("Run nox: python -m pip install nox && python -m nox -s html")
