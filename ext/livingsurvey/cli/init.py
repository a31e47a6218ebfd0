"""``livingsurvey init``: a new survey, which builds as it is written."""

from __future__ import annotations

import errno
import json
import os
import re
import tomllib
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from livingsurvey import __version__
from livingsurvey.bibtex.read import read_entries
from livingsurvey.bibtex.source import read_source, replace_file
from livingsurvey.catalog import make_library
from livingsurvey.cli.command import (
    Command,
    Exit,
    UsageError,
    add_option,
    ask,
    is_interactive,
    spell_count,
    today,
)
from livingsurvey.cli.topics import (
    Topic,
    add_keywords,
    adopt_topics,
    assign_tags,
    distribute_papers,
    make_slug,
    propose_topics,
    read_outline,
)
from livingsurvey.configuration import show
from livingsurvey.diagnostics import Code, Severity
from livingsurvey.markup.escaping import escape_tex
from livingsurvey.rules import check_library, select_rules
from livingsurvey.taxonomy import read_taxonomy
from livingsurvey.words import Words

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping

    from livingsurvey.cli.command import Session

DISTRIBUTION = "sphinx-livingsurvey"
MARKUPS = {"myst": "md", "rst": "rst"}
THEMES: dict[str, dict[str, str]] = tomllib.loads(
    resources.files("livingsurvey").joinpath("templates/themes.toml").read_text(encoding="utf-8")
)
"""The themes that a survey was looked at under, the default first, and what installs them."""
THEME = next(iter(THEMES))

SUSPENDED_RULES = (Code.PAGE_RANGE, Code.ALIAS, Code.UNKNOWN_TAG, Code.NOT_A_LEAF)
"""Rules that are switched off if a foreign bibliography does not keep them."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:_[A-Za-z]{2,8})?")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#$~|^])")
_RST = re.compile(r"([\\`*_|])")
_ESCAPED = r"\\\1"
_UNDERLINES = "=-~^\"'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a new survey is to be.

    Attributes:
        folder: Where it goes.
        title: Of the survey.
        authors: Their names.
        language: As Sphinx has it, ``en`` or ``pt_BR``.
        markup: A key of :data:`MARKUPS`.
        theme: A key of :data:`THEMES`.
        topics: The categories.
        papers: The text of a foreign bibliography; None for the examples or an empty one.
        has_examples: Whether it begins with the example papers.
        disabled: Rules that are switched off, each with the reason.
        suppressed: Codes that the build does not report; ``check`` tells those that are left.
    """

    folder: Path
    title: str
    authors: tuple[str, ...]
    language: str
    markup: str
    theme: str
    topics: list[Topic]
    papers: str | None = None
    has_examples: bool = False
    disabled: Mapping[str, str] = field(default_factory=dict)
    suppressed: tuple[str, ...] = ()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the folder, and an option for every question."""
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path(), help="where it goes (default: here)"
    )
    add_option(parser, "--title TITLE", "the title of the survey")
    add_option(parser, "--author NAME ...", "who writes it; may be given repeatedly", default=None)
    add_option(parser, "--language CODE", "as Sphinx has it (default: en)")
    add_option(parser, "--markup", "of the chapters (default: myst)", choices=MARKUPS)
    add_option(parser, "--theme", f"of the site (default: {THEME})", choices=THEMES)
    add_option(parser, "--from BIB", "begin with its papers", dest="bib", type=Path)
    outline = "begin with its headings"
    add_option(parser, "--from-outline FILE", outline, dest="outline", type=Path)


def run(session: Session) -> int:
    """Begin a survey: write a folder that builds without a warning.

    What is not given by an option is asked for, unless nobody sits at the terminal. No file is ever
    overwritten.

      livingsurvey init mycology                     three example categories and six famous papers
      livingsurvey init mycology --from papers.bib   your bibliography; its keywords, or the groups
                                                     of JabRef and collections of Zotero, as
                                                     categories
      livingsurvey init mycology --from-outline outline.md    its headings as categories
    """
    console = session.console
    plan, notes = make_plan(session)
    files = render(plan)
    present = [name for name in files if (plan.folder / name).exists()]
    if present:
        raise UsageError(
            f"{show(plan.folder)} already has {', '.join(present)}\n"
            "nothing was written; choose another folder, or move these files away"
        )
    write_files(plan.folder, files)
    for note in notes:
        console.note(note)
    chapters = spell_count(len(plan.topics), "chapter")
    console.note(f"wrote {len(files)} files with {chapters} to {show(plan.folder)}")
    console.note("next: its README.md has the two commands that build and check it")
    return Exit.CLEAN


def make_plan(session: Session) -> tuple[Plan, list[str]]:
    """Return what is to be written, and what the founder should know.

    Raises:
        UsageError: A file cannot be read, or an answer not be used.
    """
    arguments = session.arguments
    found, topics = "", list[Topic]()
    if arguments.outline is not None:
        found, topics = read_outline(_read_text_file(arguments.outline))
        assign_tags(topics)
        if not topics:
            raise UsageError(f"{show(arguments.outline)} has no headings")
    name = arguments.folder.absolute().name.replace("-", " ").replace("_", " ").strip()
    title = found or name.capitalize() or "Survey"
    choices: dict[str, Any] = {
        "folder": arguments.folder,
        "title": _get_answer(session, "title", "Title", title, _read_title),
        "authors": _get_answer(session, "author", "Authors", "The authors", _read_authors),
        "language": _get_answer(session, "language", "Language", "en", _read_language),
        "markup": _get_answer(session, "markup", "Markup", "myst", _choose_from(MARKUPS)),
        "theme": _get_answer(session, "theme", "Theme", THEME, _choose_from(THEMES)),
    }
    if arguments.bib is not None:
        return _import(arguments.bib, topics, choices)
    is_example = arguments.outline is None
    topics = topics or make_example_topics(Words(choices["language"]))
    return Plan(**choices, topics=topics, has_examples=is_example), []


def _import(path: Path, topics: list[Topic], choices: dict[str, Any]) -> tuple[Plan, list[str]]:
    """Plan a survey of a foreign bibliography."""
    _read_text_file(path)  # the one place that says what is wrong with a path
    source, problems = read_source(path, "papers.bib")
    if any(problem.code is Code.ENCODING for problem in problems):
        raise UsageError(f"{show(path)} is not UTF-8; save it as UTF-8 first")
    entries, _ = read_entries([source])
    notes = []
    if topics:
        additions = distribute_papers(topics)
        is_complete = adopt_topics(topics, entries)
    else:
        topics, origin, is_complete = propose_topics(source, entries)
        additions = distribute_papers(topics)
        lack = "neither keywords nor groups: no categories yet"
        notes.append(
            f"the categories are the {origin} of {show(path)}"
            if topics
            else f"{show(path)} has {lack} (--from-outline makes them from headings)"
        )
    text, count = add_keywords(source, entries, additions)
    if count:
        changed = spell_count(count, "entry", "entries")
        notes.append(f"{changed} got keywords for them; nothing else was changed")
    plan = Plan(**choices, topics=topics, papers=text)
    taxonomy, _ = read_taxonomy(render(plan).get("taxonomy.toml", ""), "taxonomy.toml")
    source = type(source)("papers.bib", text)
    library = make_library([source], taxonomy)
    found = check_library(library, select_rules(profile="plain", minimum_papers=0))
    counts = Counter(diagnostic.code for diagnostic in found)
    disabled = {
        str(code): f"not kept by the file that the survey began with: {counts[code]} findings"
        for code in SUSPENDED_RULES
        if counts[code]
    }
    if not is_complete:
        disabled["unknown_tag"] = "papers.bib has keywords that are no categories"
    if not topics:
        disabled["no_category"] = "the survey has no categories yet"
    elif count := counts[Code.NO_CATEGORY]:
        papers = "1 paper has" if count == 1 else f"{count} papers have"
        notes.append(f"{papers} no category yet: 'livingsurvey check' lists them")
    errors, warnings = (
        {str(fault.code) for fault in library.diagnostics if fault.severity is severity}
        for severity in (Severity.ERROR, Severity.WARNING)  # these a build reports
    )
    suppressed = {*disabled, *warnings, *(["no_category"] if counts[Code.NO_CATEGORY] else [])}
    if errors - suppressed:
        notes.append(f"{show(path)} has errors that stop a build: 'livingsurvey check' lists them")
    plan = replace(plan, disabled=disabled, suppressed=tuple(sorted(suppressed)))
    return plan, notes


def _get_answer(
    session: Session, name: str, question: str, default: str, read: Callable[[str], Any]
) -> Any:
    """Return the answer of an option, or of the founder, who may err and is asked again."""
    given, console = getattr(session.arguments, name), session.console
    if given is not None:
        return read(";".join(given) if isinstance(given, list) else given)
    while is_interactive(console):
        try:
            return read(ask(f"{question} [{default}]:", console) or default)
        except UsageError as error:
            console.note(str(error))
    return read(default)


def _read_title(text: str) -> str:
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    if not line:
        raise UsageError("the title is empty")
    return line


def _read_authors(text: str) -> tuple[str, ...]:
    names = tuple(_read_title(name) for name in re.split(r"[;,]", text) if name.strip())
    if not names:
        raise UsageError("name at least one author")
    return names


def _read_language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise UsageError(f"'{text}' is no language of Sphinx; write en, de or pt_BR")
    return text


def _choose_from(choices: Mapping[str, object]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise UsageError(f"'{text}' is none of {', '.join(choices)}")
        return text

    return read


def _read_text_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{show(path)}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{show(path)} is not UTF-8; save it as UTF-8 first") from error


def make_example_topics(words: Words) -> list[Topic]:
    """Return the categories of a survey that begins from nothing."""
    gettext = words.gettext
    said = gettext("How much a message says, and how few symbols can carry it.")
    information = Topic(gettext("Information Theory"), "information-theory", description=said)
    said = gettext("Secrets between people who have never met.")
    cryptography = Topic(gettext("Cryptography"), "cryptography", description=said)
    said = gettext("Many machines that work as one.")
    systems = Topic(gettext("Distributed Systems"), "distributed-systems", description=said)
    tolerance = Topic(gettext("Fault Tolerance"), "fault-tolerance")
    tolerance.children = [Topic(gettext("Agreement"), "agreement")]
    systems.children = [Topic(gettext("Time and Order"), "ordering"), tolerance]
    return [information, cryptography, systems]


def render(plan: Plan) -> dict[str, str]:
    """Return the text of every file of the survey by its path in the folder."""
    environment = Environment(
        loader=PackageLoader("livingsurvey", "templates/survey"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 (no HTML is written)
    )
    escape = _MARKDOWN if plan.markup == "myst" else _RST
    # A string of TOML, of Python and of YAML at once.
    environment.filters["quote"] = partial(json.dumps, ensure_ascii=False)
    environment.filters["latex"] = escape_tex
    environment.filters["literal"] = partial(escape.sub, _ESCAPED)
    environment.globals["heading"] = lambda text, level: _make_heading(text, level, plan.markup)
    words = Words(plan.language)
    environment.globals |= {"gettext": words.gettext, "pgettext": words.pgettext}
    suffix = MARKUPS[plan.markup]
    values = {
        "plan": plan,
        "slug": make_slug(plan.title) or "survey",
        "requirement": find_requirement(plan),
        "theme_requirement": THEMES[plan.theme].get("requirement", ""),
        "source": THEMES[plan.theme].get("source", ""),
        "today": today(),
        "chapters": list(plan.topics),
    }
    files = {
        target: environment.get_template(name).render(values)
        for name, target in _list_files(plan, suffix)
    }
    chapter = environment.get_template(f"chapter.{suffix}.jinja")
    for topic in plan.topics:
        files[f"docs/{topic.tag}.{suffix}"] = chapter.render(values, topic=topic)
    if plan.papers is not None:
        files["papers.bib"] = plan.papers
    return files


def _list_files(plan: Plan, suffix: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each template but those of chapters, and the path of what it makes."""
    elsewhere = {"gitignore": ".gitignore", "ci.yml": ".github/workflows/ci.yml"}
    names = ["conf.py", "pyproject.toml", "noxfile.py", "README.md", *elsewhere, "papers.bib"]
    for name in [*names, "taxonomy.toml"] if plan.topics else names:
        yield f"{name}.jinja", elsewhere.get(name, name)
    for page in ("index", "references", "explorer", "recent"):
        yield f"{page}.{suffix}.jinja", f"docs/{page}.{suffix}"


def _make_heading(text: str, level: int, markup: str) -> str:
    level = min(level, len(_UNDERLINES))
    if markup == "myst":
        return f"{'#' * level} {_MARKDOWN.sub(_ESCAPED, text)}"
    title = _RST.sub(_ESCAPED, text)
    width = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in title)
    return f"{title}\n{_UNDERLINES[level - 1] * max(width, 4)}"


def find_requirement(plan: Plan) -> str:
    """Return what installs this package: by its version, or from the repository it came from."""
    markup = "myst" if plan.markup == "myst" else ""
    wanted = sorted(filter(None, [THEMES[plan.theme].get("extra", ""), markup]))
    extras = f"[{','.join(wanted)}]" if wanted else ""
    try:
        origin = json.loads(metadata.distribution(DISTRIBUTION).read_text("direct_url.json") or "")
    except (metadata.PackageNotFoundError, ValueError):
        origin = {}
    if "vcs_info" in origin:
        kind, commit = origin["vcs_info"]["vcs"], origin["vcs_info"]["commit_id"]
        return f"{DISTRIBUTION}{extras} @ {kind}+{origin['url']}@{commit}"
    return f"{DISTRIBUTION}{extras}>={__version__}"


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write new files; if one cannot be written, those before it are taken away again.

    Raises:
        UsageError: One cannot be written.
    """
    done: list[Path] = []
    try:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
            replace_file(path, text)
            done.append(path)
    except OSError as error:
        for path in done:
            path.unlink(missing_ok=True)
        raise UsageError(f"cannot write {show(folder / name)}: {error.strerror}") from error


COMMAND = Command(add_arguments, run)
