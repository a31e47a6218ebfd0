"""arXiv's and Crossref's interfaces on this machine: answers of their shape, and their bad days.

The shapes follow arXiv's API User's Manual and Crossref's documentation of its REST interface;
the summaries are ours.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import re
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Handler = http.server.BaseHTTPRequestHandler

FEED = """\
<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"\
 xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/SkuXkYxumgL1drFIL7NufdnpkFc</id>
  <title>arXiv Query: search_query=&amp;id_list={ids}&amp;start=0&amp;max_results={count}</title>
  <updated>2025-11-11T18:34:08Z</updated>
  <link href="https://arxiv.org/api/query?search_query=&amp;id_list={ids}"\
 type="application/atom+xml"/>
  <opensearch:itemsPerPage>{count}</opensearch:itemsPerPage>
  <opensearch:totalResults>{count}</opensearch:totalResults>
  <opensearch:startIndex>0</opensearch:startIndex>
{entries}</feed>
"""
ERROR_ENTRY = """\
  <entry>
    <id>http://arxiv.org/api/errors#incorrect_id_format_for_{id}</id>
    <title>Error</title>
    <summary>incorrect id format for {id}</summary>
    <updated>2025-11-11T00:00:00-05:00</updated>
    <link href="http://arxiv.org/api/errors#incorrect_id_format_for_{id}" rel="alternate"\
 type="text/html"/>
    <author><name>arXiv api core</name></author>
  </entry>
"""


def make_entry(
    identifier: str,
    title: str,
    authors: Sequence[str],
    *,
    published: str = "2021-06-17T17:37:18Z",
    updated: str = "2021-10-16T18:40:34Z",
    summary: str = "  A summary in the words of this test,\nwrapped as arXiv wraps it.\n",
    primary: str = "cs.CL",
    doi: str = "",
    journal_ref: str = "",
    version: int = 2,
) -> str:
    """Return an entry of a feed, hard-wrapped and with all elements that arXiv sends."""
    half = len(title) // 2
    cut = title.find(" ", half)
    wrapped = title if cut < 0 else f"{title[:cut]}\n {title[cut:]}"
    people = "".join(
        f"    <author>\n      <name>{escape(a)}</name>\n    </author>\n" for a in authors
    )
    more = ""
    if doi:
        more += f"    <arxiv:doi>{escape(doi)}</arxiv:doi>\n"
        more += f'    <link rel="related" href="https://doi.org/{escape(doi)}" title="doi"/>\n'
    if journal_ref:
        more += f"    <arxiv:journal_ref>{escape(journal_ref)}</arxiv:journal_ref>\n"
    return f"""\
  <entry>
    <id>http://arxiv.org/abs/{identifier}v{version}</id>
    <title>{escape(wrapped)}</title>
    <updated>{updated}</updated>
    <link href="https://arxiv.org/abs/{identifier}v{version}" rel="alternate" type="text/html"/>
    <link href="https://arxiv.org/pdf/{identifier}v{version}" rel="related"\
 type="application/pdf" title="pdf"/>
    <summary>{escape(summary)}</summary>
    <category term="{primary}" scheme="http://arxiv.org/schemas/atom"/>
    <category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/>
    <published>{published}</published>
    <arxiv:comment>20 pages, 5 figures</arxiv:comment>
    <arxiv:primary_category term="{primary}"/>
{people}{more}  </entry>
"""


def make_feed(entries: Sequence[str], ids: str = "") -> str:
    return FEED.format(ids=ids, count=len(entries), entries="".join(entries))


def make_work(doi: str, title: str, authors: Sequence[tuple[str, str]], /, **more: Any) -> str:
    """Return the answer of Crossref for one DOI; *more* replaces or adds members of the message."""
    date = {"date-parts": [[2024, 6, 24]], "date-time": "2024-06-24T19:03:36Z"}
    message: dict[str, Any] = {
        "indexed": date | {"timestamp": 1719255816000},
        "reference-count": 48,
        "publisher": "Proceedings of the National Academy of Sciences",
        "issue": "27",
        "license": [{"URL": "https://example.org/license", "start": date, "delay-in-days": 0,
                     "content-version": "vor"}],
        "content-domain": {"domain": ["www.example.org"], "crossmark-restriction": True},
        "short-container-title": ["Proc. Natl. Acad. Sci. U.S.A."],
        "published-print": {"date-parts": [[2024, 7, 2]]},
        "abstract": "<jats:p>An abstract in the words of this <jats:italic>test</jats:italic>."
        "</jats:p>",
        "DOI": doi.lower(),
        "type": "journal-article",
        "created": date,
        "source": "Crossref",
        "is-referenced-by-count": 5,
        "title": [title],
        "prefix": doi.partition("/")[0],
        "volume": "121",
        "author": [
            {"ORCID": "https://orcid.org/0000-0002-1825-0097", "authenticated-orcid": False,
             "given": given, "family": family, "sequence": "first" if not i else "additional",
             "affiliation": [{"name": "Somewhere"}]}
            for i, (family, given) in enumerate(authors)
        ],
        "member": "341",
        "container-title": ["Proceedings of the National Academy of Sciences"],
        "original-title": [],
        "language": "en",
        "deposited": date,
        "score": 1,
        "resource": {"primary": {"URL": f"https://example.org/doi/{doi}"}},
        "subtitle": [],
        "short-title": [],
        "issued": {"date-parts": [[2024, 6, 24]]},
        "references-count": 48,
        "alternative-id": [doi],
        "URL": f"https://doi.org/{doi}",
        "relation": {},
        "ISSN": ["0027-8424", "1091-6490"],
        "subject": [],
        "published": {"date-parts": [[2024, 6, 24]]},
    }  # fmt: skip
    message |= more
    message = {name: value for name, value in message.items() if value is not None}
    return json.dumps(
        {"status": "ok", "message-type": "work", "message-version": "1.0.0", "message": message}
    )


def make_openalex_work(
    work: str, doi: str, title: str, authors: Sequence[str], /, **more: Any
) -> dict[str, Any]:
    """Return a work of OpenAlex; *more* replaces or adds members."""
    return {
        "id": f"https://openalex.org/{work}",
        "doi": f"https://doi.org/{doi}",
        "title": title,
        "display_name": title,
        "publication_year": 2026,
        "publication_date": "2026-11-02",
        "type": "article",
        "authorships": [
            {"author_position": "middle", "author": {"id": "", "display_name": name}}
            for name in authors
        ],
        "primary_location": {"source": None},
        "biblio": {"volume": None, "issue": None, "first_page": None, "last_page": None},
        "is_retracted": False,
        "referenced_works": [],
        "abstract_inverted_index": {"Words": [0, 3], "of": [1], "this": [2]},
    } | more


LORA = make_entry(
    "2106.09685",
    "LoRA: Low-Rank Adaptation of Large Language Models",
    [
        "Edward J. Hu", "Yelong Shen", "Phillip Wallis", "Zeyuan Allen-Zhu", "Yuanzhi Li",
        "Shean Wang", "Lu Wang", "Weizhu Chen",
    ],
)  # fmt: skip
BAHRI = make_entry(
    "2102.06701",
    "Explaining Neural Scaling Laws",
    ["Yasaman Bahri", "Ethan Dyer", "Jared Kaplan", "Jaehoon Lee", "Utkarsh Sharma"],
    published="2021-02-12T18:57:46Z",
    updated="2024-04-29T01:10:13Z",
    primary="cs.LG",
    doi="10.1073/pnas.2311878121",
)
BAHRI_WORK = make_work(
    "10.1073/pnas.2311878121",
    "Explaining neural scaling laws",
    [("Bahri", "Yasaman"), ("Dyer", "Ethan"), ("Kaplan", "Jared"), ("Lee", "Jaehoon"),
     ("Sharma", "Utkarsh")],
)  # fmt: skip


@dataclass
class Services:
    """Both services on one port.

    Attributes:
        address: ``http://127.0.0.1:…``.
        records: Entries of arXiv by identifier.
        works: Bodies of Crossref by DOI in lower case.
        searches: Entries of arXiv that answer a query.
        publications: Hits of DBLP, as its search gives them.
        openalex_works: Works of OpenAlex.
        moved: Paths that have moved for good, and where to; ``""`` for those that are gone.
        bad_days: What happens to the next requests, in place of an answer.
        requests: The paths asked for.
        agents: Who asked.
        busiest: The most requests that were under way at one time.
    """

    address: str = ""
    records: dict[str, str] = field(default_factory=dict)
    works: dict[str, str] = field(default_factory=dict)
    searches: list[str] = field(default_factory=list)
    publications: list[dict[str, Any]] = field(default_factory=list)
    openalex_works: list[dict[str, Any]] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    bad_days: list[Callable[[Handler], None]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    busiest: int = 0
    _busy: int = 0

    @property
    def arxiv(self) -> str:
        return f"{self.address}/api/query"

    @property
    def crossref(self) -> str:
        return f"{self.address}/works"

    def answer(self, handler: Handler) -> None:
        self._busy += 1
        self.busiest = max(self.busiest, self._busy)
        self.requests.append(handler.path)
        self.agents.append(handler.headers.get("User-Agent", ""))
        try:
            if self.bad_days:
                self.bad_days.pop(0)(handler)
                return
            parts = urlsplit(handler.path)
            if parts.path == "/api/query":
                self._answer_query(handler, parse_qs(parts.query))
            elif parts.path == "/dblp":
                self._answer_search(handler, parse_qs(parts.query))
            elif parts.path == "/openalex":
                self._answer_works(handler, parse_qs(parts.query))
            elif parts.path in self.moved:
                target = self.moved[parts.path]
                headers = {"Location": target} if target else {}
                send(handler, "", status=301 if target else 404, headers=headers)
            elif parts.path.startswith("/works/"):
                self._answer_work(handler, unquote(parts.path.removeprefix("/works/")))
            else:
                send(handler, "not here", status=404)
        finally:
            self._busy -= 1

    def _answer_query(self, handler: Handler, query: dict[str, list[str]]) -> None:
        if "search_query" in query:
            start = int(query["start"][0])
            found = self.searches[start : start + int(query["max_results"][0])]
            send(handler, make_feed(found), kind="application/atom+xml; charset=utf-8")
            return
        ids = query["id_list"][0].split(",")
        bad = [one for one in ids if one.startswith("9999.")]
        entries = [ERROR_ENTRY.format(id=bad[0])] if bad else [
            self.records[one] for one in ids if one in self.records
        ]  # fmt: skip
        send(
            handler,
            make_feed(entries, ",".join(ids)),
            status=400 if bad else 200,
            kind="application/atom+xml; charset=utf-8",
        )

    def _answer_search(self, handler: Handler, query: dict[str, list[str]]) -> None:
        words = set(query["q"][0].split())
        hits = [
            {"@score": "5", "@id": str(number), "info": info}
            for number, info in enumerate(self.publications)
            if words <= set(re.findall(r"\w+", info["title"].lower()))
        ]
        found = {"@total": str(len(hits)), **({"hit": hits} if hits else {})}
        result = {"query": query["q"][0], "status": {"@code": "200"}, "hits": found}
        send(handler, json.dumps({"result": result}), kind="application/json")

    def _answer_works(self, handler: Handler, query: dict[str, list[str]]) -> None:
        kind, _, value = query["filter"][0].partition(",")[0].partition(":")
        wanted = value.split("|")
        works = [
            work
            for work in self.openalex_works
            if (kind == "doi" and work["doi"].removeprefix("https://doi.org/").lower() in wanted)
            or (kind == "cites" and f"https://openalex.org/{value}" in work["referenced_works"])
        ]
        send(handler, json.dumps({"meta": {"count": len(works)}, "results": works}))

    def _answer_work(self, handler: Handler, doi: str) -> None:
        body = self.works.get(doi.lower())
        if body is None:
            send(handler, "Resource not found.", status=404, kind="text/plain")
        else:
            send(handler, body, kind="application/json")


def send(
    handler: Handler,
    body: str | bytes,
    *,
    status: int = 200,
    kind: str = "text/plain",
    headers: dict[str, str] | None = None,
    length: int | None = None,
) -> None:
    data = body.encode() if isinstance(body, str) else body
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(data) if length is None else length))
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.end_headers()
    with contextlib.suppress(OSError):  # who asked may have gone
        handler.wfile.write(data)


@contextlib.contextmanager
def run_services() -> Iterator[Services]:
    """Run both services until the end of the block."""
    services = Services(
        records={"2106.09685": LORA, "2102.06701": BAHRI},
        works={"10.1073/pnas.2311878121": BAHRI_WORK},
    )

    class Answerer(Handler):
        def do_GET(self) -> None:  # noqa: N802 (the name is the library's)
            services.answer(self)

        def do_HEAD(self) -> None:  # noqa: N802
            services.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answerer)
    server.daemon_threads = True
    services.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield services
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def find_closed_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
