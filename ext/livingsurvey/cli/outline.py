"""The topics of a new survey: read from headings, given their tags, walked as a tree."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from livingsurvey.markup import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RESERVED = frozenset(
    {
        "tags", "title", "section", "description", "color", "aliases",  # keys of the taxonomy
        "index", "references", "explorer", "recent", "search", "genindex",  # pages of the site
    }
)  # fmt: skip
"""Words that cannot be the tag of a category of a new survey."""

LONG = 40
"""How long a tag that is made of a title may be: editors type it."""
LONGEST = 55
"""The same with that of its parent before it; with ``-general`` it stays below 64."""

_MARKDOWN_HEADING = re.compile(r"(#{1,6})[ \t]+(.+?)[ \t]*#*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_PLAIN_HEADING = re.compile(
    r"(?P<indent>[ \t]*)(?:[-*+•][ \t]+)?(?:(?P<number>\d+(?:\.\d+)*)[.)]?[ \t]+)?(?P<title>.+?)\s*"
)
_UNDERLINE = re.compile(r"[ \t]*([=\-~^\"'*+#])\1{2,}[ \t]*")
_LATEX = re.compile(
    r"""
    (?P<list>\\(?:begin|end)\{(?:itemize|enumerate)\})
    |\\(?:sub)*section\*?\{(?P<section>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}
    |\\item(?![a-z])\s*(?P<item>(?:(?!\\cite|\\item|\\begin|\\end|\\\\).)*)
    |\\cite[a-z]*\*?(?:\[[^\]]*\])*\{(?P<cite>[^{}]*)\}
    """,
    re.VERBOSE,
)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_EMPHASIS = re.compile(r"(\*\*|\*|`+)(?=\S)(.+?)(?<=\S)\1")


@dataclass(slots=True)
class Topic:
    """A category to be.

    Attributes:
        title: As readers see it.
        tag: Its word in ``keywords``; :func:`assign_tags` gives it one.
        aliases: Other spellings that the bibliography has.
        description: One sentence, or ``""``.
        children: What it is divided into.
        papers: The citation keys of its papers, in lower case, as far as they are known.
    """

    title: str
    tag: str = ""
    aliases: tuple[str, ...] = ()
    description: str = ""
    children: list[Topic] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)

    def walk(self) -> Iterator[Topic]:
        """Yield the topic and everything below it, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()


def walk(topics: Iterable[Topic]) -> Iterator[Topic]:
    """Yield all *topics* and everything below them, depth first."""
    for topic in topics:
        yield from topic.walk()


def read_outline(text: str) -> tuple[str, list[Topic]]:
    r"""Read headings: those of Markdown or LaTeX, or one on each line, by number or indent.

    In LaTeX the items of lists are headings too, and what one cites are its papers:
    ``\item \textbf{Graphs}~\cite{key1,key2}``.

    Returns:
        The title of the whole, ``""`` if none stands above all others, and the topics.
    """
    if "\\item" in text or "\\section" in text:
        topics = _read_latex(text)
    else:
        topics = _nest(_read_markdown(text) or _read_plain(text))
    if len(topics) == 1 and topics[0].children:
        return topics[0].title, topics[0].children
    return "", topics


def _read_latex(text: str) -> list[Topic]:
    headings: list[tuple[int, Topic]] = []
    lists = 0
    for match in _LATEX.finditer(text):
        kind = match.lastgroup
        if kind == "list":
            lists += 1 if match[0].startswith("\\begin") else -1
        elif kind == "cite":
            keys = (key.strip().casefold() for key in match["cite"].split(","))
            if headings:
                headings[-1][1].papers += [key for key in keys if key]
        elif kind == "section":
            depth = match[0].count("sub") - 10  # above all lists
            headings.append((depth, Topic(parse(match["section"]).text.strip())))
        elif kind == "item" and (title := parse(match["item"]).text.strip(" :~")):
            headings.append((lists, Topic(title)))
    return _nest_topics(headings)


def _read_markdown(text: str) -> list[tuple[int, str]]:
    headings = []
    fence = ""
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif not fence and (match := _MARKDOWN_HEADING.fullmatch(line)):
            headings.append((len(match[1]), match[2]))
    return headings


def _read_plain(text: str) -> list[tuple[int, str]]:
    headings = []
    for line in text.splitlines():
        match = _PLAIN_HEADING.fullmatch(line)
        if match is None or _UNDERLINE.fullmatch(line):
            continue
        indent = len(match["indent"].expandtabs(4))
        # A number says where a heading belongs, however its line is indented.
        depth = 1000 * (match["number"].count(".") + 1) if match["number"] else indent
        headings.append((depth, match["title"]))
    return headings


def _nest(headings: Iterable[tuple[int, str]]) -> list[Topic]:
    topics = ((depth, Topic(_clean(heading))) for depth, heading in headings)
    return _nest_topics((depth, topic) for depth, topic in topics if topic.title)


def _nest_topics(headings: Iterable[tuple[int, Topic]]) -> list[Topic]:
    topics: list[Topic] = []
    above: list[tuple[int, Topic]] = []
    for depth, topic in headings:
        while above and above[-1][0] >= depth:
            above.pop()
        (above[-1][1].children if above else topics).append(topic)
        above.append((depth, topic))
    return topics


def _clean(heading: str) -> str:
    """Return a heading as text: without Markdown's links and emphasis."""
    return " ".join(_EMPHASIS.sub(r"\2", _LINK.sub(r"\1", heading)).split())


def _shorten(slug: str) -> str:
    """Return a slug of at most :data:`LONG` characters, whole words if it has several."""
    if len(slug) <= LONG:
        return slug
    return slug[: LONG + 1].rpartition("-")[0] or slug[:LONG]


def distribute_papers(topics: Iterable[Topic]) -> dict[str, list[str]]:
    """Return the tags of each paper by citation key; a leaf holds what is of a parent alone."""
    tags: dict[str, list[str]] = {}
    for topic in list(walk(topics)):
        below = {key for child in topic.children for inner in child.walk() for key in inner.papers}
        own = [key for key in topic.papers if key not in below]
        if topic.children and own:
            topic.children.insert(0, Topic("General", tag=f"{topic.tag}-general", papers=own))
            topic.papers = []
    for topic in walk(topics):
        for key in dict.fromkeys(topic.papers):
            tags.setdefault(key, []).append(topic.tag)
    return tags


def make_slug(text: str) -> str:
    """Return *text* in lower-case ASCII with single hyphens; ``""`` if nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def assign_tags(topics: Iterable[Topic], parent: str = "", taken: set[str] | None = None) -> None:
    """Give every topic without one a tag that is unique in the whole tree."""
    taken = set(RESERVED) if taken is None else taken
    for topic in topics:
        slug = _shorten(make_slug(topic.title)) or "category"
        if not topic.tag:
            wanted = [slug, *([f"{parent}-{slug}"] if parent else [])]
            free = (tag for tag in wanted if tag not in taken and len(tag) <= LONGEST)
            topic.tag = next(free, "")
        count = 2
        while not topic.tag:
            if f"{slug}-{count}" not in taken:
                topic.tag = f"{slug}-{count}"
            count += 1
        taken.add(topic.tag)
        assign_tags(topic.children, topic.tag, taken)
