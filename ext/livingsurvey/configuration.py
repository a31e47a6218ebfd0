"""The configuration of a survey: ``[tool.livingsurvey]``, and what ``conf.py`` says of the same.

::

    [tool.livingsurvey]
    bibliographies = ["bib/papers.bib"]
    taxonomy = "bib/taxonomy.toml"
    profile = "house"
    minimum-papers = 3

    [tool.livingsurvey.disabled]
    key_form = "the keys are those of the printed edition"

    [tool.livingsurvey.online]
    contact = "editors@example.org"    # or the environment variable LIVINGSURVEY_CONTACT

Each value is declared once: a field of :class:`Configuration` or :class:`Connection` with its
reader, what it has to be, and a word of help. What both files can say (:class:`Upkeep`, and the
bibliographies) defaults to what ``conf.py`` says; that file is parsed, never run.
"""

from __future__ import annotations

import ast
import contextlib
import os
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args
from urllib.parse import urlsplit

from livingsurvey import __version__
from livingsurvey.bibtex.source import read_source, show_path
from livingsurvey.diagnostics import Code, Diagnostic, Severity, diagnose, did_you_mean
from livingsurvey.model import Location
from livingsurvey.values import (
    ADDRESS,
    CONTACT_ADDRESS,
    COUNT,
    DAY,
    LINE,
    PATH,
    PATHS,
    SECONDS,
    TIMEOUT,
    TableError,
    choose,
    declare,
    expect,
    find_declared,
    read_text,
    read_values,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE_NAME = "pyproject.toml"
CONF = "conf.py"
Order = Literal["key", "file"]
"""How the entries of a bibliography stand."""
Profile = Literal["plain", "house"]
"""Which rules a survey asks for: those of fact, or those of custom as well."""
CONTACT_VARIABLE = "LIVINGSURVEY_CONTACT"
CACHE_FOLDER = ".livingsurvey-cache"
ARXIV_DELAY = 3.0
"""What arXiv asks of everybody; its own hosts are never asked more often."""

STATUSES = ("living", "frozen")
"""What a survey may be; see :class:`Frozen`."""
_SPHINX_FOLDERS = ("", "docs", "doc", "source", "docs/source", "doc/source")


class ConfigurationError(Exception):
    """The configuration cannot be used; the message holds a diagnostic a line."""


def _read_disabled(value: Any, _root: Path) -> dict[Code, str]:
    expect(isinstance(value, dict))
    faults: list[str] = []
    codes = {str(code): code for code in Code}
    for name, reason in value.items():
        if name not in codes:
            faults.append(f"no rule '{name}' to disable; {did_you_mean(name, codes)}".rstrip("; "))
        elif not isinstance(reason, str) or not reason.strip():
            faults.append(f"disabled rule '{name}' needs a reason: {name} = \"because …\"")
    if faults:
        raise TableError(*faults)
    return {codes[name]: reason for name, reason in value.items()}


def _read_online(value: Any, root: Path) -> Connection:
    expect(isinstance(value, dict))
    contact = os.environ.get(CONTACT_VARIABLE)
    table = {"cache": CACHE_FOLDER} | value | ({"contact": contact} if contact else {})
    values, faults = read_values(find_declared(Connection), table, root, "online.")
    said = [fault for _, fault in faults]
    connection = Connection(**values)
    host = f".{urlsplit(connection.arxiv).hostname or ''}"
    if host.endswith(".arxiv.org") and connection.arxiv_delay < ARXIV_DELAY:
        said.append(f"'online.arxiv-delay' is less than the {ARXIV_DELAY:g} s that arXiv asks for")
    if said:
        raise TableError(*said)
    return connection


_REASONS = ("a table of reasons", _read_disabled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """``[tool.livingsurvey.online]``: how commands go online."""

    contact: str = declare(CONTACT_ADDRESS, "where services can reach whoever asks", "")
    arxiv: str = declare(ADDRESS, "arXiv's query interface", "https://export.arxiv.org/api/query")
    crossref: str = declare(ADDRESS, "Crossref's works", "https://api.crossref.org/works")
    dblp: str = declare(
        ADDRESS, "DBLP's search of publications", "https://dblp.org/search/publ/api"
    )
    openalex: str = declare(ADDRESS, "OpenAlex's works", "https://api.openalex.org/works")
    cache: Path | None = declare(PATH, f"the folder of answers ({CACHE_FOLDER}), or empty")
    timeout: float = declare(TIMEOUT, "seconds to wait", 20.0)
    arxiv_delay: float = declare(SECONDS, "seconds between two requests", ARXIV_DELAY)
    crossref_delay: float = declare(SECONDS, "seconds between two requests", 1.0)
    dblp_delay: float = declare(SECONDS, "seconds between two requests", 2.0)
    openalex_delay: float = declare(SECONDS, "seconds between two requests", 1.0)

    @property
    def user_agent(self) -> str:
        """What we call ourselves: program, version, and whom to write to."""
        comment = f" (mailto:{self.contact})" if self.contact else ""
        return f"livingsurvey/{__version__}{comment}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """That nobody keeps a survey up to date any longer.

    Attributes:
        date: The ISO date since which that is so.
        reason: Why, in a sentence.
    """

    date: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a survey allows; 0 allows everything.

    Attributes:
        review_months: The months after which a chapter is to be reviewed again.
        unread_papers: The papers that a chapter may list, since its review, without a word.
    """

    review_months: int
    unread_papers: int


class Upkeep:
    """What ``pyproject.toml`` and ``conf.py`` may both hold, and what follows from it."""

    __slots__ = ()

    taxonomy: Path | None
    authors: Path | None
    review_months: int
    unread_papers: int
    status: str
    status_date: str
    status_reason: str

    @property
    def limits(self) -> Limits:
        """When a chapter is to be reviewed."""
        return Limits(review_months=self.review_months, unread_papers=self.unread_papers)

    @property
    def frozen(self) -> Frozen | None:
        """Since when nobody keeps the survey up to date, and why; None if somebody does."""
        if self.status != "frozen" or self.fault:
            return None
        return Frozen(date=self.status_date, reason=self.status_reason)

    @property
    def fault(self) -> str:
        """What is wrong with what the survey says of its status, or ``""``."""
        if self.status != "frozen" or (self.status_date and self.status_reason):
            return ""
        return "a frozen survey says since when and why; give the date and the reason of its status"


_SHARED = {f"livingsurvey_{name}": name.replace("_", "-") for name in Upkeep.__annotations__}
"""What both files can say by its name in ``conf.py``, with its name in ``pyproject.toml``."""
_SHARED["bibtex_bibfiles"] = "bibliographies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration(Upkeep):
    """What a survey's editors decide.

    Attributes:
        root: The folder of ``pyproject.toml``, or the current one if there is none.
        warnings: Where ``pyproject.toml`` and ``conf.py`` say different things.
    """

    root: Path
    bibliographies: tuple[Path, ...] = declare(PATHS, "the .bib files (those of conf.py)", ())
    taxonomy: Path | None = declare(PATH, "the categories (those of conf.py)")
    authors: Path | None = declare(PATH, "spellings of authors (those of conf.py)")
    profile: Profile = declare(
        choose(get_args(Profile)), "'plain' (default), or 'house': rules of custom too", "plain"
    )
    order: Order = declare(
        choose(get_args(Order)), "'key' (default), or 'file': entries stay, new ones first", "key"
    )
    pages: Path | None = declare(PATH, "the folder of the pages (docs, if there is one)")
    minimum_papers: int = declare(COUNT, "papers that a category needs", 1)
    review_months: int = declare(COUNT, "months until a chapter is to be reviewed again", 12)
    unread_papers: int = declare(COUNT, "papers a chapter may list without a word", 20)
    status: str = declare(choose(STATUSES), "whether somebody keeps it up to date", STATUSES[0])
    status_date: str = declare(DAY, "since when it is frozen", "")
    status_reason: str = declare(LINE, "why, in a sentence", "")
    documentation: str = declare(("an address", read_text), "the page about the rules", "")
    disabled: Mapping[Code, str] = declare(_REASONS, "rules to leave out, with the reason", dict)
    online: Connection = declare(("a table", _read_online), "see below", Connection)
    warnings: tuple[Diagnostic, ...] = ()


def describe_values() -> str:
    """Return a line of help for each value of the table and of its table ``online``."""
    tables = (("", Configuration), ("online.", Connection))
    return "\n".join(
        f"  {prefix + name:<22} {value.metadata['help']}"
        for prefix, table in tables
        for name, value in find_declared(table).items()
    )


def search_configuration(folder: Path) -> Configuration:
    """Return the configuration of the nearest survey, from *folder* upwards.

    That is the nearest ``pyproject.toml`` with our table, else what ``conf.py`` in *folder* names.

    Raises:
        ConfigurationError: A file cannot be read, or a value is not as it should be.
    """
    for parent in (folder, *folder.parents):
        path = parent / FILE_NAME
        if path.is_file() and "livingsurvey" in _load(path).get("tool", {}):
            return read_configuration(path)
    return Configuration(root=folder, **_read_plain(find_conf(folder)))


def read_configuration(path: Path) -> Configuration:
    """Read ``[tool.livingsurvey]``; paths in it are relative to its file.

    Raises:
        ConfigurationError: The file cannot be read, or a value is not as it should be. All that is
            wrong is said at once.
    """
    table = _load(path).get("tool", {}).get("livingsurvey", {})
    root = (Path.cwd() / path).parent
    values, faults = read_values(find_declared(Configuration), {"online": {}} | table, root)
    if faults:
        said = (describe_fault(Code.CONFIG, path, fault) for _, fault in faults)
        raise ConfigurationError("\n".join(said))
    conf = find_conf(root)
    defaults = _read_plain(conf)
    for name in defaults.keys() & values.keys():
        if values[name] in (None, ()):
            del values[name]
    differ = [name for name, value in sorted(defaults.items()) if values.get(name, value) != value]
    place, hint = Location(show(path)), "leave it out here: conf.py is the default"
    messages = (f"'{name}' is not what {show(conf.path)} says" for name in differ)
    warnings = tuple(
        diagnose(Code.CONFIG, message, place, hint, severity=Severity.WARNING)
        for message in messages
    )
    configuration = Configuration(**{"root": root, "warnings": warnings, **defaults, **values})
    if configuration.fault:
        raise ConfigurationError(describe_fault(Code.CONFIG, path, configuration.fault))
    return configuration


def find_conf(root: Path) -> Conf:
    """Return the ``conf.py`` of a survey: the first that says something of it, or the first."""
    files = [root / folder / CONF for folder in _SPHINX_FOLDERS]
    confs = [read_conf(path, show(path)) for path in files if path.is_file()]
    speaking = (conf for conf in confs if _read_plain(conf))
    return next(speaking, confs[0] if confs else Conf(root / CONF, show(root / CONF)))


def _read_plain(conf: Conf) -> dict[str, Any]:
    """Return what ``conf.py`` says by the names of our fields, as in ``bibtex_bibfiles = […]``.

    Only plain values count: nothing is run.
    """
    plain = {_SHARED[name]: value for name, value in conf.plain.items() if name in _SHARED}
    return read_values(find_declared(Configuration), plain, conf.path.parent)[0]


@dataclass(frozen=True, slots=True)
class Conf:
    """What a ``conf.py`` assigns at its top level; it is parsed, never run.

    Attributes:
        path: The file.
        shown: How diagnostics name it.
        statements: The last assignment of each name.
        plain: The values that stand there as such and are not changed elsewhere.
        fault: Why Python cannot read it, with the line.
    """

    path: Path
    shown: str
    statements: Mapping[str, ast.stmt] = field(default_factory=dict)
    plain: Mapping[str, Any] = field(default_factory=dict)
    fault: tuple[str, int] | None = None

    def locate(self, name: str) -> Location:
        """Return where a name is assigned; the first line if it is not."""
        return Location(self.shown, self.statements[name].lineno if name in self.statements else 1)


def read_conf(path: Path, shown: str) -> Conf:
    """Read a ``conf.py``; never raises."""
    try:
        tree = ast.parse(path.read_bytes() if path.is_file() else b"")
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        fault = getattr(error, "msg", "") or getattr(error, "strerror", "") or str(error)
        return Conf(path, shown, fault=(str(fault), getattr(error, "lineno", 0) or 1))
    statements: dict[str, ast.Assign | ast.AnnAssign] = {}
    here: Counter[str] = Counter()
    for one in tree.body:
        if isinstance(one, ast.Assign | ast.AnnAssign) and one.value is not None:
            targets = one.targets if isinstance(one, ast.Assign) else [one.target]
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            statements |= dict.fromkeys(names, one)
            here.update(names)
    used = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    uses = Counter(node.id for node in used)
    stores = Counter(node.id for node in used if not isinstance(node.ctx, ast.Load))
    plain = {}
    for name, statement in statements.items():
        with contextlib.suppress(TypeError, ValueError):  # not a plain value
            value = ast.literal_eval(statement.value or "")
            # What is set elsewhere, or used, as a list may be to append, is known to Python alone.
            if (uses if isinstance(value, list | dict | set) else stores)[name] == here[name]:
                plain[name] = value
    return Conf(path, shown, statements, plain)


def show(path: Path) -> str:
    """Return *path* as messages name it: relative to the current folder if it lies there."""
    return show_path(Path.cwd() / path, Path.cwd())


def describe_fault(code: Code, path: Path, message: str) -> str:
    """Return what is wrong with a file, as diagnostics say it."""
    return diagnose(code, message, Location(show(path))).render()


def _load(path: Path) -> dict[str, Any]:
    if str(path) == os.devnull:
        return {}
    source, problems = read_source(path, show(path))
    for problem in problems:
        if problem.severity is Severity.ERROR:
            raise ConfigurationError(problem.render())
    try:
        return tomllib.loads(source.text)
    except RecursionError:
        fault = "the tables are nested too deeply"
    except tomllib.TOMLDecodeError as error:
        fault = str(error)
    raise ConfigurationError(describe_fault(Code.CONFIG, path, fault))
