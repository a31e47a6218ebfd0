"""The topics of a new survey: read from headings, or from what a bibliography brings along.

JabRef keeps its groups, and Better BibTeX Zotero's collections, as a tree in a comment of the
file, and names them in the field ``groups`` of the entries (older versions list citation keys in
the tree instead). Zotero's tags are keywords, as those of everyone else.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from itertools import chain, count, pairwise
from typing import TYPE_CHECKING

from livingsurvey.bibtex.edit import apply_edits, set_fields
from livingsurvey.bibtex.scan import scan
from livingsurvey.catalog.papers import split_keywords
from livingsurvey.markup import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from livingsurvey.bibtex.read import Entry
    from livingsurvey.bibtex.source import Source

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


def walk(topics: Iterable[Topic]) -> Iterator[Topic]:
    """Yield all *topics* and everything below them, depth first."""
    for topic in topics:
        yield topic
        yield from walk(topic.children)


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
        topics = _nest_topics(list(_read_markdown(text)) or _read_plain_headings(text))
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


def _read_markdown(text: str) -> Iterator[tuple[int, Topic]]:
    fence = ""
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif not fence and (match := _MARKDOWN_HEADING.fullmatch(line)):
            yield len(match[1]), _make_heading_topic(match[2])


def _read_plain_headings(text: str) -> Iterator[tuple[int, Topic]]:
    for line in text.splitlines():
        match = _PLAIN_HEADING.fullmatch(line)
        if match is not None and not _UNDERLINE.fullmatch(line):
            indent = len(match["indent"].expandtabs(4))
            # A number says where a heading belongs, however its line is indented.
            depth = 1000 * (match["number"].count(".") + 1) if match["number"] else indent
            yield depth, _make_heading_topic(match["title"])


def _nest_topics(headings: Iterable[tuple[int, Topic]]) -> list[Topic]:
    topics: list[Topic] = []
    above: list[tuple[int, Topic]] = []
    for depth, topic in headings:
        if not topic.title:
            continue
        while above and above[-1][0] >= depth:
            above.pop()
        (above[-1][1].children if above else topics).append(topic)
        above.append((depth, topic))
    return topics


def _make_heading_topic(heading: str) -> Topic:
    """Return the topic of a heading, without Markdown's links and emphasis."""
    return Topic(" ".join(_EMPHASIS.sub(r"\2", _LINK.sub(r"\1", heading)).split()))


def _shorten_slug(slug: str) -> str:
    """Return a slug of at most :data:`LONG` characters, whole words if it has several."""
    if len(slug) <= LONG:
        return slug
    return slug[: LONG + 1].rpartition("-")[0] or slug[:LONG]


def distribute_papers(topics: Iterable[Topic]) -> dict[str, list[str]]:
    """Return the tags of each paper by citation key; a leaf holds what is of a parent alone."""
    tags: dict[str, list[str]] = {}
    for topic in list(walk(topics)):
        below = {key for inner in walk(topic.children) for key in inner.papers}
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
        slug = _shorten_slug(make_slug(topic.title)) or "category"
        if not topic.tag:
            short = (tag for tag in (slug, parent and f"{parent}-{slug}") if len(tag) <= LONGEST)
            numbered = (f"{slug}-{number}" for number in count(2))
            topic.tag = next(tag for tag in chain(short, numbered) if tag and tag not in taken)
        taken.add(topic.tag)
        assign_tags(topic.children, topic.tag, taken)


LIMIT = 12
"""At most so many keywords are proposed as categories."""

_GROUPS = re.compile(r"jabref-meta:\s*(?:grouping|groupstree):", re.IGNORECASE)
_SEPARATOR = re.compile(r"(?<!\\);")
_NODE = re.compile(r"(\d+)\s+(\w+):(.*)", re.DOTALL)
_WORD = re.compile(r"[^,;]+")


ProposedTopics = tuple[list[Topic], str, bool]
"""What a bibliography proposes: the categories, with their tags; what they were found in; and
whether every keyword of the file is a category."""


def propose_topics(source: Source, entries: Sequence[Entry]) -> ProposedTopics:
    """Propose the categories of a survey: from groups if the file has them, else from keywords."""
    return _propose_groups(source, entries) or _propose_keywords(entries)


def adopt_topics(topics: Iterable[Topic], entries: Sequence[Entry]) -> bool:
    """Let topics with the names of keywords accept these; False if other keywords are left."""
    spellings = _collect_spellings(entries)
    chosen = {make_slug(topic.title): topic for topic in walk(topics)}
    for slug, topic in chosen.items():
        topic.aliases = _choose_aliases(topic.tag, spellings.get(slug, ()))
    return spellings.keys() <= chosen.keys()


def add_keywords(
    source: Source, entries: Iterable[Entry], additions: Mapping[str, Sequence[str]]
) -> tuple[str, int]:
    """Add tags to keywords, and change nothing else of a file.

    Args:
        source: The file.
        entries: Its entries.
        additions: Citation keys in lower case, and their tags.

    Returns:
        The new text, and how many entries were changed.
    """
    edits = []
    for entry in entries:
        value, words = entry.values.get("keywords"), _split(entry)
        present = {word.casefold() for word in words}
        tags = [tag for tag in additions.get(entry.key.casefold(), ()) if tag not in present]
        # Keywords made of macros are left alone: who wrote them knows better.
        if tags and (value is None or value.is_exact):
            edits.append(set_fields(entry, {"keywords": ", ".join([*tags, *words])}))
    return apply_edits(source.text, chain.from_iterable(edits)), len(edits)


def _collect_spellings(entries: Iterable[Entry]) -> dict[str, Counter[str]]:
    """Return what each keyword is written like, by slug; of a path its parts."""
    spellings: dict[str, Counter[str]] = {}
    for entry in entries:
        for word in _split(entry):
            for part in _split_keyword(word):
                if slug := make_slug(parse(part).text):
                    spellings.setdefault(slug, Counter())[part] += 1
    return spellings


def _split(entry: Entry) -> list[str]:
    value = entry.values.get("keywords")
    return [word for word, _ in split_keywords(value.text)] if value else []


def _split_keyword(word: str) -> list[str]:
    return [" ".join(part.split()) for part in word.split(">") if part.strip()]


def _choose_aliases(tag: str, spellings: Iterable[str]) -> tuple[str, ...]:
    chosen = {spelling.casefold(): spelling for spelling in spellings}
    chosen.pop(tag.casefold(), None)
    return tuple(chosen.values())


def _propose_keywords(entries: Sequence[Entry]) -> ProposedTopics:
    """Choose the keywords that give most papers a category, those with a path as a tree."""
    spellings = _collect_spellings(entries)
    paths: dict[str, list[tuple[str, ...]]] = {}
    for entry in entries:
        split = map(_split_keyword, _split(entry))
        slugs = [tuple(make_slug(parse(part).text) for part in parts) for parts in split]
        paths[entry.key.casefold()] = [path for path in slugs if path and all(path)]
    words = {path[0] for found in paths.values() for path in found}
    chosen = _cover([{path[0] for path in found} for found in paths.values()])
    topics = {slug: _make_topic(slug, spellings[slug]) for slug in chosen}
    # A path is a category below one that was chosen; each name has one place in the tree.
    for path in sorted({path for found in paths.values() for path in found if len(path) > 1}):
        for above, slug in pairwise(path):
            if above in topics and slug not in topics:
                topics[slug] = _make_topic(slug, spellings[slug])
                topics[above].children.append(topics[slug])
    roots = [topics[slug] for slug in chosen]
    assign_tags(roots)
    for slug, topic in topics.items():
        topic.aliases = _choose_aliases(topic.tag, spellings[slug])
    # A keyword that others are below is no home; who has it alone needs a leaf.
    for slug, topic in topics.items():
        if topic.children:
            topic.papers = [key for key, found in paths.items() if slug in {p[-1] for p in found}]
    return roots, "keywords", words <= set(chosen) or not roots


def _make_topic(slug: str, spellings: Counter[str]) -> Topic:
    """Return the topic of a keyword under its commonest spelling."""
    commonest = min(spellings, key=lambda spelling: (-spellings[spelling], spelling))
    title = parse(commonest).text.strip() or slug
    return Topic(title if title != title.lower() else title[:1].upper() + title[1:])


def _cover(sets: Sequence[set[str]]) -> list[str]:
    """Return the words that stand in most of the *sets* that no word before stands in."""
    left = [words for words in sets if words]
    least = 2 if len(left) > LIMIT else 1
    chosen: list[str] = []
    while left and len(chosen) < LIMIT:
        counts = Counter(word for words in left for word in words)
        best = min(counts, key=lambda word: (-counts[word], word))
        if counts[best] < least:
            break
        chosen.append(best)
        left = [words for words in left if best not in words]
    return chosen


def _propose_groups(source: Source, entries: Sequence[Entry]) -> ProposedTopics | None:
    headings = _read_groups(source.text)
    named = {topic.title.casefold(): topic for _, topic in headings}
    for entry in entries:
        key = entry.key.casefold()
        for match in _WORD.finditer(entry.get("groups")):
            name = " ".join(match[0].split())
            if name and name.casefold() not in named:
                named[name.casefold()] = Topic(name)
                headings.append((1, named[name.casefold()]))
            if name:
                named[name.casefold()].papers.append(key)
        words = {word.casefold() for word in _split(entry)}
        for _, topic in headings:
            if words & {alias.casefold() for alias in topic.aliases}:
                topic.papers.append(key)
    roots = _prune(_nest_topics(headings))
    assign_tags(roots)
    for topic in walk(roots):
        topic.papers = sorted(set(topic.papers))
        # The tag is added; its other spelling would only lead to an inner category twice.
        topic.aliases = ()
    is_complete = not any(entry.get("keywords") for entry in entries)
    return (roots, "groups", is_complete) if roots else None


def _read_groups(text: str) -> list[tuple[int, Topic]]:
    r"""Read the tree of groups, each with its depth; a node is ``2 StaticGroup:Name\;0\;…;``.

    The papers of one are listed in it, or have a keyword, which becomes its alias.
    """
    groups = []
    for block in scan(text):
        comment = text[block.start : block.end]
        start = _GROUPS.search(comment) if block.kind == "comment" else None
        if start is None:
            continue
        # Old versions break lines anywhere, new ones after each node.
        tree = comment[start.end() : -1].replace("\r", "").replace("\n", "")
        for part in _SEPARATOR.split(tree):
            match = _NODE.fullmatch(part.strip())
            if match is None or match[2] == "AllEntriesGroup":
                continue
            values = [value.replace("\\", "") for value in match[3].split("\\;")]
            if not (title := " ".join(values[0].split())):
                continue
            topic = Topic(title)
            if match[2] == "ExplicitGroup":
                topic.papers = [value.strip().casefold() for value in values[2:] if value.strip()]
            elif match[2] == "KeywordGroup" and len(values) > 3 and values[2] == "keywords":
                topic.aliases = (values[3],)
            groups.append((int(match[1]), topic))
    return groups


def _prune(topics: Iterable[Topic]) -> list[Topic]:
    """Return the topics that have a paper or hold one that has."""
    kept = []
    for topic in topics:
        topic.children = _prune(topic.children)
        if topic.children or topic.papers:
            kept.append(topic)
    return kept
