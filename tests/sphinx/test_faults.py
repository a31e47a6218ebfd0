"""Faults of the machine: whatever ends a build or a command, the next one comes out right."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from livingsurvey.sphinxext.freshness import MARKER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .conftest import Survey

KILLS = 20


def start(survey: Survey, *arguments: str, limit: int = 0) -> subprocess.Popen[bytes]:
    """Start a program in a process group of its own; no file of it may grow beyond a limit."""
    program = "import runpy, sys; runpy.run_module(sys.argv.pop(1), run_name='__main__')"
    if limit:
        limits = f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))"
        program = f"import resource; {limits}; {program}"
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=survey.path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def command(survey: Survey, *options: str) -> Sequence[str]:
    """Return the arguments of the build that :meth:`Survey.build` makes."""
    build = survey.path / "_build"
    return (
        "sphinx", "-b", "html", "-n", "-N", "-q", "-c", str(survey.path),
        "-d", str(build / "doctrees-html"), *options, str(survey.path / "docs"),
        str(build / "html"),
    )  # fmt: skip


def measure(survey: Survey, *arguments: str) -> float:
    begin = time.monotonic()
    process = start(survey, *arguments)
    process.communicate(timeout=300)
    assert process.returncode == 0
    return time.monotonic() - begin


def kill(process: subprocess.Popen[bytes], delay: float) -> None:
    time.sleep(delay)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)


@pytest.mark.slow
def test_killed_at_any_moment_a_build_is_made_whole_by_the_next(survey: Survey) -> None:
    moments = random.Random(0)
    longest = measure(survey, *command(survey))
    for turn in range(KILLS):
        title = f"Yeast Counts, Turn {turn}"
        text = survey.read("papers.bib")
        start_of = text.index("Yeast Counts")
        survey.write("papers.bib", text.replace(text[start_of : text.index("}", start_of)], title))
        jobs = "2" if turn % 2 else "1"
        options = ("-j", jobs) if turn % 4 else ("-j", jobs, "-E", "-a")
        kill(start(survey, *command(survey, *options)), moments.uniform(0, longest))
        assert survey.build().status == 0
        if turn % 5 == 4:
            assert survey.build().files() == survey.build(clean=True).files()
            assert title in survey.build().read("references.html")


@pytest.mark.slow
def test_a_command_killed_at_any_moment_leaves_the_old_file_or_the_new_one(survey: Survey) -> None:
    moments = random.Random(0)
    messy = survey.read("papers.bib").replace("  title         =", "title=")
    survey.write("papers.bib", messy)
    longest = measure(survey, "livingsurvey", "format")
    states = {"papers.bib": {messy, survey.read("papers.bib")}}
    tidy, toml = survey.read("papers.bib"), survey.read("taxonomy.toml")
    measure(survey, "livingsurvey", "retag", "steam", "vapor", "--pages")
    renamed = {name: survey.read(name) for name in ("papers.bib", "taxonomy.toml")}
    measure(survey, "livingsurvey", "retag", "vapor", "steam", "--pages")
    assert (survey.read("papers.bib"), survey.read("taxonomy.toml")) == (tidy, toml)
    for _ in range(KILLS):
        survey.write("papers.bib", messy)
        delay = moments.uniform(0, longest)
        kill(start(survey, "livingsurvey", "format"), delay)
        assert survey.read("papers.bib") in states["papers.bib"]
        survey.write("papers.bib", tidy)
        survey.write("taxonomy.toml", toml)
        kill(start(survey, "livingsurvey", "retag", "steam", "vapor", "--pages"), delay)
        for name, before in (("papers.bib", tidy), ("taxonomy.toml", toml)):
            assert survey.read(name) in {before, renamed[name]}
        kill(start(survey, "livingsurvey", "export", "json", "-o", "out.json"), delay)
        if (survey.path / "out.json").exists():
            assert survey.read("out.json").endswith("}\n")


@pytest.mark.slow
@pytest.mark.parametrize("limit", [100, 3_000, 12_000])
def test_a_build_on_a_full_disk_fails_and_the_next_one_is_right(survey: Survey, limit: int) -> None:
    process = start(survey, *command(survey), limit=limit)
    output, _ = process.communicate(timeout=300)
    assert process.returncode != 0, output
    assert survey.build().status == 0
    assert survey.build().files() == survey.build(clean=True).files()


@pytest.mark.slow
def test_after_two_builds_in_one_folder_the_next_one_is_right(survey: Survey) -> None:
    """Sphinx locks nothing: one of two may find a file of the other gone, and fails loudly."""
    for options in ((), ("-E", "-a"), ("-j", "2", "-E", "-a")):
        both = [start(survey, *command(survey, *options)) for _ in range(2)]
        for process in both:
            output, _ = process.communicate(timeout=300)
            assert b"livingsurvey.sphinxext.downloads" not in output
        assert survey.build().status == 0
        assert survey.build().files() == survey.build(clean=True).files()
        assert not list((survey.path / "_build").rglob("*.unfinished*"))


def test_pages_that_were_framed_beside_another_build_are_framed_again(survey: Survey) -> None:
    """Sphinx reads each script once for its checksum, and may find it half-written by another."""
    conf = survey.read("conf.py")
    beside = """
def setup(app):
    def begin_another_build(app):
        from pathlib import Path
        for name in ("_static/doctools.js", "_static/documentation_options.js"):
            (Path(app.outdir) / name).write_text("", encoding="utf-8")
        (Path(app.doctreedir) / "livingsurvey-unfinished").write_text("of another build")
        return ()

    app.connect("html-collect-pages", begin_another_build, priority=100)
"""
    survey.write("conf.py", conf + beside)
    survey.build()
    assert (survey.path / "_build/doctrees-html" / MARKER).exists(), "the other build is at work"
    survey.write("conf.py", conf)
    assert survey.build().files() == survey.build(clean=True).files()


def test_what_a_killed_build_left_half_written_is_taken_away(survey: Survey) -> None:
    output = survey.build().output
    left = output / "survey.json.1234.unfinished"
    left.write_text("{", encoding="utf-8")
    marker = survey.path / "_build/doctrees-html" / MARKER
    assert not marker.exists()
    marker.touch()
    assert survey.build().status == 0
    assert not left.exists()
    assert survey.build().files() == survey.build(clean=True).files()


@pytest.mark.slow
def test_hash_seed_folder_time_zone_locale_and_jobs_change_no_byte(survey: Survey) -> None:
    files = []
    for number, (seed, zone, locale, jobs) in enumerate(
        [("1", "UTC", "C.UTF-8", "1"), ("2", "Pacific/Auckland", "C", "2")]
    ):
        place = survey.path / f"elsewhere-{number}" / ("deeper" * number) / "survey"
        place.mkdir(parents=True)
        for name in ("conf.py", "papers.bib", "taxonomy.toml"):
            shutil.copy(survey.path / name, place)
        shutil.copytree(survey.path / "docs", place / "docs")
        variables = {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale}
        variables["SOURCE_DATE_EPOCH"] = "1795392000"
        for builder in ("html", "latex"):
            subprocess.run(
                [
                    sys.executable, "-m", "sphinx", "-q", "-N", "-j", jobs, "-c", ".",
                    "-b", builder, "-d", f"trees-{builder}", "docs", f"out/{builder}",
                ],
                cwd=place,
                env=os.environ | variables,
                check=True,
            )  # fmt: skip
        out = place / "out"
        files.append(
            {
                path.relative_to(out).as_posix(): path.read_bytes()
                for path in sorted(out.rglob("*"))
                if path.is_file()
            }
        )
    first, second = files
    assert "html/searchindex.js" in first
    assert first.keys() == second.keys()
    assert [name for name, data in first.items() if second[name] != data] == []
