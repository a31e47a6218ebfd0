"""The topics of a new survey: read from headings, given their tags, walked as a tree."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

RESERVED = frozenset(
    {
        "tags", "title", "section", "description", "color", "aliases",  # keys of the taxonomy
        "index", "references", "explorer", "recent", "search", "genindex",  # pages of the site
    }
)  # fmt: skip
"""Words that cannot be the tag of a category of a new survey."""

_MARKDOWN_HEADING = re.compile(r"(#{1,6})[ \t]+(.+?)[ \t]*#*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_PLAIN_HEADING = re.compile(
    r"(?P<indent>[ \t]*)(?:[-*+•][ \t]+)?(?:(?P<number>\d+(?:\.\d+)*)[.)]?[ \t]+)?(?P<title>.+?)\s*"
)
_UNDERLINE = re.compile(r"[ \t]*([=\-~^\"'*+#])\1{2,}[ \t]*")
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
    """

    title: str
    tag: str = ""
    aliases: tuple[str, ...] = ()
    description: str = ""
    children: list[Topic] = field(default_factory=list)

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
    """Read headings: those of Markdown, or else one on each line, divided by number or indent.

    Returns:
        The title of the whole, ``""`` if none stands above all others, and the topics.
    """
    headings = _read_markdown(text) or _read_plain(text)
    topics = _nest(headings)
    if len(topics) == 1 and topics[0].children:
        return topics[0].title, topics[0].children
    return "", topics


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


def _nest(headings: Sequence[tuple[int, str]]) -> list[Topic]:
    topics: list[Topic] = []
    above: list[tuple[int, Topic]] = []
    for depth, heading in headings:
        topic = Topic(_clean(heading))
        if not topic.title:
            continue
        while above and above[-1][0] >= depth:
            above.pop()
        (above[-1][1].children if above else topics).append(topic)
        above.append((depth, topic))
    return topics


def _clean(heading: str) -> str:
    """Return a heading as text: without Markdown's links and emphasis."""
    return " ".join(_EMPHASIS.sub(r"\2", _LINK.sub(r"\1", heading)).split())


def make_slug(text: str) -> str:
    """Return *text* in lower-case ASCII with single hyphens; ``""`` if nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def assign_tags(topics: Iterable[Topic], parent: str = "", taken: set[str] | None = None) -> None:
    """Give every topic without one a tag that is unique in the whole tree."""
    taken = set(RESERVED) if taken is None else taken
    for topic in topics:
        slug = make_slug(topic.title) or "category"
        if not topic.tag:
            wanted = [slug, *([f"{parent}-{slug}"] if parent else [])]
            topic.tag = next((one for one in wanted if one not in taken), "")
        count = 2
        while not topic.tag:
            if f"{slug}-{count}" not in taken:
                topic.tag = f"{slug}-{count}"
            count += 1
        taken.add(topic.tag)
        assign_tags(topic.children, topic.tag, taken)
