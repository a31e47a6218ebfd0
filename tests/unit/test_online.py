"""Records from arXiv and Crossref, against services on this machine and their bad days."""

from __future__ import annotations

import contextlib
import datetime
import gzip
import json
import time
from typing import TYPE_CHECKING

import pytest
import requests
from tests.services import (
    BAHRI_WORK,
    LORA,
    Handler,
    Services,
    find_closed_port,
    make_entry,
    make_feed,
    make_work,
    run_services,
    send,
)

from livingsurvey.configuration import Connection
from livingsurvey.model import Person
from livingsurvey.online import arxiv, crossref
from livingsurvey.online.client import (
    MAX_AGE,
    MAX_BYTES,
    TRIES,
    Answer,
    Cache,
    Client,
    GuardedSession,
)
from livingsurvey.online.record import (
    MalformedError,
    NotFoundError,
    NotIdentifiedError,
    OfflineError,
    OnlineError,
    RefusedError,
    Target,
    identify,
    make_fields,
    propose_short_title,
)
from livingsurvey.online.texts import (
    protect_capitals,
    read_markup,
    read_natural,
    read_parts,
    read_tex,
    write_author,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DAY = datetime.date(2026, 11, 23)
LORA_TARGET = Target("arxiv", "2106.09685")
BAHRI_TARGET = Target("doi", "10.1073/pnas.2311878121")


class Clock:
    """A clock that sleeping moves on, and nothing else."""

    def __init__(self) -> None:
        self.now = 1_795_000_000.0
        self.sleeps: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def services() -> Iterator[Services]:
    with run_services() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def connect(services: Services, tmp_path: Path, clock: Clock) -> Callable[..., Client]:
    def make(*, is_fresh: bool = False, **wishes: object) -> Client:
        values = {
            "arxiv": services.arxiv,
            "crossref": services.crossref,
            "cache": tmp_path / "cache",
            "timeout": 5.0,
        } | wishes
        client = Client(Connection(**values), is_fresh=is_fresh)  # type: ignore[arg-type]
        client.sleep = clock.sleep
        client.clock = clock
        return client

    return make


# What an editor types


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2106.09685", LORA_TARGET),
        ("arXiv:2106.09685v2", LORA_TARGET),
        ("https://arxiv.org/abs/2106.09685", LORA_TARGET),
        ("http://www.arxiv.org/pdf/2106.09685v1.pdf", LORA_TARGET),
        ("https://arxiv.org/abs/2106.09685?context=cs.LG#refs", LORA_TARGET),
        ("https://doi.org/10.48550/arXiv.2106.09685", LORA_TARGET),
        ("10.48550/ARXIV.2106.09685", LORA_TARGET),
        ("math/0211159", Target("arxiv", "math/0211159")),
        ("https://arxiv.org/abs/cs.CL/0211159", Target("arxiv", "cs.CL/0211159")),
        ("10.1073/pnas.2311878121", BAHRI_TARGET),
        ("doi:10.1073/pnas.2311878121", BAHRI_TARGET),
        ("<https://dx.doi.org/10.1073%2Fpnas.2311878121>", BAHRI_TARGET),
        ("https://www.pnas.org/doi/abs/10.1073/pnas.2311878121", BAHRI_TARGET),
        (
            "https://dl.acm.org/doi/pdf/10.1145/1553374.1553380",
            Target("doi", "10.1145/1553374.1553380"),
        ),
        (
            "https://aclanthology.org/2021.acl-long.334/",
            Target("doi", "10.18653/v1/2021.acl-long.334"),
        ),
        ("https://aclanthology.org/P19-1355.pdf", Target("doi", "10.18653/v1/P19-1355")),
    ],
)
def test_identify(text: str, expected: Target) -> None:
    assert identify(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "LoRA",
        "21.09685",
        "https://openreview.net/forum?id=nZeVKeeFYf9",
        "https://arxiv.org/",
        "file:///etc/passwd",
        "https://arxiv.org/abs/../../x",
        "http://[",
        "10.1/x",
    ],
)
def test_nothing_is_made_of_other_texts(text: str) -> None:
    with pytest.raises(NotIdentifiedError, match="neither"):
        identify(text)


# Records as they come


def test_arxiv_record(connect: Callable[..., Client], services: Services, clock: Clock) -> None:
    record = connect().fetch(LORA_TARGET)
    assert record.title == "LoRA: Low-Rank Adaptation of Large Language Models"
    assert record.authors[0] == Person(family="Hu", given="Edward J.")
    assert record.authors[3] == Person(family="Allen-Zhu", given="Zeyuan")
    assert len(record.authors) == 8
    assert (record.year, record.last_year) == (2021, 2021)
    assert (record.arxiv, record.primary_class, record.doi) == ("2106.09685", "cs.CL", "")
    assert record.abstract == "A summary in the words of this test, wrapped as arXiv wraps it."
    assert record.retrieved == datetime.datetime.fromtimestamp(clock.now, datetime.UTC).date()
    assert services.requests == ["/api/query?id_list=2106.09685&max_results=1"]


def test_crossref_record(connect: Callable[..., Client], services: Services) -> None:
    record = connect().fetch(BAHRI_TARGET)
    assert services.requests == ["/works/10.1073%2Fpnas.2311878121"]
    fields = make_fields(record)
    assert record.entry_type == "article"
    assert fields == {
        "title": "Explaining neural scaling laws",
        "author": "Bahri, Yasaman and Dyer, Ethan and Kaplan, Jared and Lee, Jaehoon and "
        "Sharma, Utkarsh",
        "journal": "Proceedings of the National Academy of Sciences",
        "volume": "121",
        "number": "27",
        "year": "2024",
        "doi": "10.1073/pnas.2311878121",
        "url": "https://doi.org/10.1073/pnas.2311878121",
    }
    assert record.abstract == "An abstract in the words of this test ."


def test_fields_of_a_preprint(connect: Callable[..., Client]) -> None:
    fields = make_fields(connect().fetch(LORA_TARGET))
    assert fields["title"] == "{LoRA}: Low-Rank Adaptation of Large Language Models"
    assert fields["shorttitle"] == "LoRA"
    assert fields["eprint"] == "2106.09685"
    assert fields["archiveprefix"] == "arXiv"
    assert fields["primaryclass"] == "cs.CL"
    assert fields["url"] == "https://arxiv.org/abs/2106.09685"
    assert "journal" not in fields


def test_entry_with_all_that_authors_add(
    connect: Callable[..., Client], services: Services
) -> None:
    entry = make_entry(
        "astro-ph/0601001",
        "Planets in $10^4$ systems",
        ["The OGLE Collaboration", ":", "B. Scott Gaudi"],
        doi="10.1086/1 10.1086/2",
        journal_ref="Acta Astron. 56:1-50,2006",
        primary="astro-ph",
        version=3,
    ).replace("</name>", "</name><arxiv:affiliation>Ohio &amp; Warsaw</arxiv:affiliation>")
    services.records["astro-ph/0601001"] = entry
    record = connect().fetch(Target("arxiv", "astro-ph/0601001"))
    assert record.authors == (
        Person(family="The OGLE Collaboration"),
        Person(family="Gaudi", given="B. Scott"),
    )
    assert record.doi == "10.1086/1"
    assert record.journal_ref == "Acta Astron. 56:1-50,2006"
    assert record.primary_class == "astro-ph"


def test_own_doi_of_arxiv_names_no_publication(
    connect: Callable[..., Client], services: Services
) -> None:
    services.records["2401.00001"] = make_entry(
        "2401.00001", "A Paper", ["Ada Lovelace"], doi="10.48550/arXiv.2401.00001"
    )
    assert connect().fetch(Target("arxiv", "2401.00001")).doi == ""


def test_both_services_say_who_asks(connect: Callable[..., Client], services: Services) -> None:
    client = connect(contact="editor@example.org")
    client.fetch(LORA_TARGET)
    client.fetch(BAHRI_TARGET)
    assert all(
        agent.startswith("livingsurvey/") and "(mailto:editor@example.org)" in agent
        for agent in services.agents
    )
    assert len(services.agents) == 2


def test_many_papers_of_arxiv_cost_few_requests(
    connect: Callable[..., Client], services: Services, clock: Clock
) -> None:
    ids = [f"2401.{i:05}" for i in range(1, 121)]
    services.records = {one: make_entry(one, f"Paper {one}", ["Ada Lovelace"]) for one in ids}
    found = dict(connect().fetch_all([Target("arxiv", one) for one in ids]))
    assert [found[Target("arxiv", one)].title for one in ids] == [f"Paper {one}" for one in ids]  # type: ignore[union-attr]
    assert len(services.requests) == 3
    assert clock.sleeps == [3.0, 3.0]
    assert services.busiest == 1


def test_one_bad_identifier_does_not_cost_the_others(
    connect: Callable[..., Client], services: Services
) -> None:
    bad = Target("arxiv", "9999.99999")
    gone = Target("arxiv", "2401.00001")
    found = dict(connect().fetch_all([LORA_TARGET, bad, gone, BAHRI_TARGET]))
    assert found[LORA_TARGET].title.startswith("LoRA")  # type: ignore[union-attr]
    assert str(found[bad]) == "arXiv: incorrect id format for 9999.99999"
    assert str(found[gone]) == "arXiv has no record 2401.00001"
    assert found[BAHRI_TARGET].year == 2024  # type: ignore[union-attr]
    assert len(services.requests) == 5


# The cache


def test_answers_are_asked_for_once(
    connect: Callable[..., Client], services: Services, clock: Clock, tmp_path: Path
) -> None:
    first = connect().fetch(LORA_TARGET)
    assert connect().fetch(LORA_TARGET) == first
    assert len(services.requests) == 1
    assert connect(is_fresh=True).fetch(LORA_TARGET) == first
    assert len(services.requests) == 2
    clock.now += MAX_AGE + 1
    connect().fetch(LORA_TARGET)
    assert len(services.requests) == 3
    assert (tmp_path / "cache/.gitignore").read_text() == "*\n"


def test_delay_holds_from_run_to_run(connect: Callable[..., Client], clock: Clock) -> None:
    connect().fetch(LORA_TARGET)
    clock.now += 1
    connect().fetch(Target("arxiv", "2102.06701"))
    assert clock.sleeps == [2.0]


def test_damaged_cache_is_no_cache(
    connect: Callable[..., Client], services: Services, tmp_path: Path
) -> None:
    connect().fetch(LORA_TARGET)
    for path in (tmp_path / "cache").iterdir():
        path.write_bytes(path.read_bytes()[:60] + b"\xff")
    assert connect().fetch(LORA_TARGET).year == 2021
    assert len(services.requests) == 2


def test_cache_that_cannot_be_written_is_no_error(
    connect: Callable[..., Client], tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert connect().fetch(LORA_TARGET).year == 2021


def test_cache_keeps_names_apart(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("one", Answer(b"1\n2", 10.0))
    assert cache.get("one", 10.0) == Answer(b"1\n2", 10.0)
    assert cache.get("two", 10.0) is None
    assert cache.get("one", 9.0) is None, "an answer from the future is a broken clock's"


def test_failures_are_not_kept(connect: Callable[..., Client], services: Services) -> None:
    services.works.clear()
    client = connect()
    with pytest.raises(NotFoundError):
        client.fetch(BAHRI_TARGET)
    services.works[BAHRI_TARGET.value] = BAHRI_WORK
    assert connect().fetch(BAHRI_TARGET).year == 2024


# Bad days


def test_not_found(connect: Callable[..., Client]) -> None:
    with pytest.raises(NotFoundError, match="Crossref has no such record"):
        connect().fetch(Target("doi", "10.5555/nowhere"))
    with pytest.raises(NotFoundError, match=r"arXiv has no record 2401\.00001"):
        connect().fetch(Target("arxiv", "2401.00001"))


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_busy_services_are_asked_again(
    connect: Callable[..., Client], services: Services, clock: Clock, status: int
) -> None:
    services.bad_days = [lambda h: send(h, "later", status=status)] * 2
    assert connect().fetch(LORA_TARGET).year == 2021
    assert clock.sleeps == [6.0, 12.0]
    assert len(services.requests) == 3


def test_patience_ends(connect: Callable[..., Client], services: Services) -> None:
    services.bad_days = [lambda h: send(h, "later", status=503)] * 9
    with pytest.raises(RefusedError, match=r"Crossref is not well \(status 503\)"):
        connect().fetch(BAHRI_TARGET)
    assert len(services.requests) == TRIES


def test_retry_after_is_honored(
    connect: Callable[..., Client], services: Services, clock: Clock
) -> None:
    services.bad_days = [lambda h: send(h, "", status=429, headers={"Retry-After": "17"})]
    assert connect().fetch(BAHRI_TARGET).year == 2024
    assert clock.sleeps == [17.0]


def test_retry_after_as_a_date(
    connect: Callable[..., Client],
    services: Services,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("time.time", clock)
    moment = datetime.datetime.fromtimestamp(clock.now + 25, datetime.UTC)
    value = moment.strftime("%a, %d %b %Y %H:%M:%S GMT")
    services.bad_days = [lambda h: send(h, "", status=503, headers={"Retry-After": value})]
    connect().fetch(BAHRI_TARGET)
    assert clock.sleeps == [25.0]


def test_retry_after_beyond_reason(
    connect: Callable[..., Client], services: Services, clock: Clock
) -> None:
    services.bad_days = [lambda h: send(h, "", status=429, headers={"Retry-After": "86400"})]
    with pytest.raises(RefusedError, match="asks to come back in 86400 seconds"):
        connect().fetch(BAHRI_TARGET)
    assert clock.sleeps == []


@pytest.mark.parametrize("status", [400, 401, 403, 406])
def test_refusals_are_final(
    connect: Callable[..., Client], services: Services, status: int
) -> None:
    services.bad_days = [lambda h: send(h, "no", status=status)]
    with pytest.raises(RefusedError, match=rf"arXiv refuses \(status {status}\)"):
        connect().fetch(LORA_TARGET)
    assert len(services.requests) == 1


def test_rate_limit_in_words(connect: Callable[..., Client], services: Services) -> None:
    services.bad_days = [lambda h: send(h, "Rate exceeded.")]
    with pytest.raises(RefusedError, match="asked too often"):
        connect().fetch(LORA_TARGET)
    assert connect().fetch(LORA_TARGET).year == 2021, "and it was not kept"


def test_slow_answer(connect: Callable[..., Client], services: Services) -> None:
    def sleep(handler: Handler) -> None:
        handler.rfile.read(1)  # until whoever asked hangs up

    services.bad_days = [sleep] * 3
    with pytest.raises(RefusedError, match="arXiv did not answer in time"):
        connect(timeout=0.1).fetch(LORA_TARGET)
    assert len(services.requests) == 3


def test_dripping_answer(connect: Callable[..., Client], services: Services) -> None:
    def drip(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b" ")
                handler.wfile.flush()
        except OSError:
            return

    services.bad_days = [drip] * 3
    # Endless: whichever bound comes first, it ends.
    with pytest.raises(RefusedError, match=r"larger than 8 MiB|did not answer in time"):
        connect(timeout=0.2).fetch(LORA_TARGET)


def test_answer_a_byte_at_a_time(connect: Callable[..., Client], services: Services) -> None:
    def drip(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        with contextlib.suppress(OSError):
            while True:
                handler.wfile.write(b" ")
                handler.wfile.flush()
                time.sleep(0.02)

    services.bad_days = [drip] * 3
    # Each byte comes before the socket's timeout: it is the whole that has a deadline.
    with pytest.raises(RefusedError, match="arXiv did not answer in time"):
        connect(timeout=0.1).fetch(LORA_TARGET)
    assert len(services.requests) == 3


def test_netrc_is_not_sent(
    connect: Callable[..., Client],
    services: Services,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "netrc").write_text("default login anna password secret")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    seen: list[str | None] = []
    services.bad_days = [
        lambda h: (seen.append(h.headers.get("Authorization")), send(h, make_feed([LORA])))[0]
    ]
    connect().fetch(LORA_TARGET)
    assert seen == [None]


def test_redirect_to_nonsense(connect: Callable[..., Client], services: Services) -> None:
    services.bad_days = [lambda h: send(h, "", status=302, headers={"Location": "http://["})]
    with pytest.raises(RefusedError, match="redirects to where we do not follow"):
        connect().fetch(LORA_TARGET)


def test_packed_answers(connect: Callable[..., Client], services: Services) -> None:
    def pack(handler: Handler, body: bytes) -> None:
        packed = gzip.compress(body)
        send(handler, packed, headers={"Content-Encoding": "gzip"})

    services.bad_days = [
        lambda h: pack(h, make_feed([LORA]).encode()),
        lambda h: pack(h, b" " * (MAX_BYTES + 1)),
    ]
    assert connect().fetch(LORA_TARGET).year == 2021
    with pytest.raises(RefusedError, match="larger than 8 MiB"):
        connect(is_fresh=True).fetch(LORA_TARGET)


def test_answer_beyond_reason(connect: Callable[..., Client], services: Services) -> None:
    services.bad_days = [lambda h: send(h, b" " * (MAX_BYTES + 1))]
    with pytest.raises(RefusedError, match="larger than 8 MiB"):
        connect().fetch(LORA_TARGET)
    assert len(services.requests) == 1


@pytest.mark.parametrize(
    "bad",
    [
        lambda h: send(h, make_feed([LORA])[:700], length=5000),
        lambda h: h.wfile.write(b""),
        lambda h: h.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n"),
    ],
    ids=["cut off", "no answer", "no HTTP"],
)
def test_broken_connection(
    connect: Callable[..., Client], services: Services, bad: Callable[[Handler], None]
) -> None:
    services.bad_days = [bad]
    assert connect().fetch(LORA_TARGET).year == 2021
    services.bad_days = [bad] * 3
    with pytest.raises(RefusedError, match="arXiv broke the connection off"):
        connect(is_fresh=True).fetch(LORA_TARGET)


def test_redirects_are_followed(connect: Callable[..., Client], services: Services) -> None:
    def redirect(handler: Handler) -> None:
        target = f"{services.address}{handler.path}&again=1"
        send(handler, "", status=301, headers={"Location": target})

    services.bad_days = [redirect, redirect]
    assert connect().fetch(LORA_TARGET).year == 2021
    assert len(services.requests) == 3


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/plain,x", "gopher://x/", "javascript:0"],
)
def test_redirects_lead_to_http_only(
    connect: Callable[..., Client], services: Services, location: str
) -> None:
    services.bad_days = [lambda h: send(h, "", status=302, headers={"Location": location})]
    with pytest.raises(RefusedError, match="redirects to where we do not follow"):
        connect().fetch(LORA_TARGET)
    assert len(services.requests) == 1


def test_redirects_end(connect: Callable[..., Client], services: Services) -> None:
    def turn(handler: Handler) -> None:
        send(handler, "", status=302, headers={"Location": handler.path})

    services.bad_days = [turn] * 50
    with pytest.raises(RefusedError, match="redirects"):
        connect().fetch(LORA_TARGET)
    assert len(services.requests) < 10


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("http://example.org/b", None),
        ("https://example.org/b", "https://example.org/b"),
        ("/b", "/b"),
    ],
)
def test_redirects_never_leave_https(location: str, expected: str | None) -> None:
    response = requests.Response()
    response.status_code = 302
    response.url = "https://example.org/a"
    response.headers["Location"] = location
    assert GuardedSession().get_redirect_target(response) == expected


def test_offline(connect: Callable[..., Client], services: Services, clock: Clock) -> None:
    client = connect(arxiv=f"http://127.0.0.1:{find_closed_port()}/api/query")
    with pytest.raises(OfflineError, match=r"cannot reach arXiv \(127\.0\.0\.1\): .*refused"):
        client.fetch(LORA_TARGET)
    with pytest.raises(OfflineError):
        client.fetch(Target("arxiv", "2102.06701"))
    assert clock.sleeps == [], "nobody waits for a network that is not there"
    assert client.fetch(BAHRI_TARGET).year == 2024, "the other service may be there"


def test_host_that_does_not_exist(connect: Callable[..., Client]) -> None:
    # RFC 2606 promises that no such name is ever given.
    with pytest.raises(OfflineError, match="cannot reach Crossref"):
        connect(crossref="http://crossref.invalid/works").fetch(BAHRI_TARGET)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html><body>Down for maintenance</body></html>",
        "<feed",
        '<?xml version="1.0"?><!DOCTYPE f [<!ENTITY a "a"><!ENTITY b "&a;&a;">]><feed>&b;</feed>',
        make_feed([LORA.replace("2106.09685v2", "no-identifier")]),
        make_feed(
            [LORA.replace("<title>LoRA", "<title></title><x>").replace("</title>", "</x>", 2)]
        ),
        make_feed([LORA.replace("<published>2021-06-17T17:37:18Z</published>", "")]),
        make_feed([LORA.replace("<author>", "<writer>").replace("</author>", "</writer>")]),
    ],
    ids=["empty", "html", "cut", "entities", "no id", "no title", "no date", "no author"],
)
def test_malformed_feeds(connect: Callable[..., Client], services: Services, body: str) -> None:
    services.bad_days = [lambda h: send(h, body, kind="application/atom+xml")]
    with pytest.raises(MalformedError, match="answer of arXiv"):
        connect().fetch(LORA_TARGET)
    assert connect().fetch(LORA_TARGET).year == 2021, "and it was not kept"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Resource not found.",
        "[]",
        "null",
        '{"status": "ok", "message": []}',
        "[" * 100_000,
        make_work("10.5555/other", "Another", [("Doe", "Jo")]),
        make_work(BAHRI_TARGET.value, "", [("Bahri", "Yasaman")]),
        make_work(BAHRI_TARGET.value, "Untitled", []),
        make_work(
            BAHRI_TARGET.value, "Untitled", [("Doe", "Jo")], title="Untitled", author={"a": 1}
        ),
        make_work(
            BAHRI_TARGET.value,
            "T",
            [("Doe", "Jo")],
            **{"issued": {"date-parts": [[None]]}, "published": None, "published-print": None},
        ),
        make_work(
            BAHRI_TARGET.value,
            "T",
            [("Doe", "Jo")],
            **{"issued": {"date-parts": "2024"}, "published": 3, "published-print": {}},
        ),
    ],
)
def test_malformed_works(connect: Callable[..., Client], services: Services, body: str) -> None:
    services.bad_days = [lambda h: send(h, body, kind="application/json")]
    with pytest.raises(MalformedError, match="Crossref"):
        connect().fetch(BAHRI_TARGET)


def test_no_entity_is_ever_expanded(connect: Callable[..., Client], services: Services) -> None:
    head, _, rest = make_feed([LORA.replace("Low-Rank", "&low;")]).partition("<feed")
    body = f'{head}<!DOCTYPE feed [<!ENTITY low "Low">]><feed{rest}'
    services.bad_days = [lambda h: send(h, body, kind="application/atom+xml")]
    with pytest.raises(MalformedError, match="has a document type"):
        connect().fetch(LORA_TARGET)


# What publishers and authors send


def read_work(**more: object) -> crossref.Record:
    body = make_work("10.5555/x", "A Title", [("Doe", "Jo")], **more).encode()
    return crossref.read(body, "10.5555/X", DAY)


@pytest.mark.parametrize(
    ("kind", "expected", "container"),
    [
        ("journal-article", "article", "journal"),
        ("proceedings-article", "inproceedings", "booktitle"),
        ("book-chapter", "incollection", "booktitle"),
        ("posted-content", "misc", "howpublished"),
        ("something-new", "misc", "howpublished"),
    ],
)
def test_types_of_works(kind: str, expected: str, container: str) -> None:
    record = read_work(type=kind, **{"container-title": ["Acts of &amp;c."]})
    assert record.entry_type == expected
    assert make_fields(record)[container] == r"Acts of \&c."


def test_parts_of_works() -> None:
    record = read_work(
        title=["Deep &amp; wide: H<sub>2</sub>O in <i>E. coli</i>"],
        subtitle=["A subtitle"],
        page="4334-4348",
        issue="3–4",  # noqa: RUF001
        volume="A_1",
        issued={"date-parts": [[None]]},
        relation={
            "has-preprint": [
                {"id-type": "doi", "id": "10.5555/elsewhere", "asserted-by": "subject"},
                {"id-type": "doi", "id": "10.48550/arXiv.2106.09685", "asserted-by": "object"},
            ]
        },
    )
    assert record.title == r"Deep \& wide: H\textsubscript{2}O in \emph{E. coli}: A subtitle"
    assert record.pages == "4334--4348"
    assert record.volume == r"A\_1"
    assert record.year == 2024, "of 'published', since 'issued' is unknown"
    assert record.arxiv == "2106.09685"
    assert make_fields(record)["author"] == "Doe, Jo"


@pytest.mark.parametrize(
    ("kind", "names", "expected"),
    [
        ("book-chapter", ["Lecture Notes in Computing", "Vision 2030"], "Vision 2030"),
        ("proceedings-article", ["SPIE Acts", "Optics of Eyes"], "Optics of Eyes"),
        ("proceedings-article", ["Optics of Eyes", " "], "Optics of Eyes"),
        ("journal-article", ["Acts of Optics", "Acta optica"], "Acts of Optics"),
        ("book-chapter", [], ""),
    ],
)
def test_book_stands_behind_its_series(kind: str, names: list[str], expected: str) -> None:
    assert read_work(type=kind, **{"container-title": names}).venue == expected


def test_work_with_a_year_alone_and_other_odd_members() -> None:
    record = read_work(
        **{"published-print": {"date-parts": [[2023]]}, "issued": None, "published": None},
        author=[{"family": "Kim", "role": [{"role": "author"}]}, {"role": [{"role": "author"}]}],
        title=["First", "The same in another language"],
    )
    assert (record.year, record.title) == (2023, "First")
    assert record.authors == (Person(family="Kim"),)


def test_people_of_works() -> None:
    record = read_work(
        author=[
            {"family": "van der Maaten", "given": "Laurens"},
            {"family": "King", "given": "Martin Luther", "suffix": "Jr."},
            {"name": "The ATLAS Collaboration and Friends"},
            {"given": "Plato"},
            {"family": "O\u2019Neil & Sons", "given": "A."},
            {"affiliation": []},
            "nonsense",
        ]
    )
    assert make_fields(record)["author"] == (
        "van der Maaten, Laurens and King, Jr., Martin Luther and "
        "{The ATLAS Collaboration and Friends} and {Plato} and O\u2019Neil \\& Sons, A."
    )
    assert record.authors[0] == Person(family="Maaten", given="Laurens", particle="van der")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Edward J. Hu", "Hu, Edward J."),
        ("Laurens van der Maaten", "van der Maaten, Laurens"),
        ("Martin Luther King Jr.", "King, Jr., Martin Luther"),
        ("Jan Obłój", "Obłój, Jan"),
        ("DeepSeek-AI", "{DeepSeek-AI}"),
        ("BigScience Workshop", "Workshop, BigScience"),
        ("H1 Collaboration", "{H1 Collaboration}"),
        ("Ümit V. Çatalyürek", "Çatalyürek, Ümit V."),
    ],
)
def test_names_in_natural_order(name: str, expected: str) -> None:
    person = read_natural(name)
    assert person is not None
    assert write_author([person]) == expected


def test_what_is_no_name() -> None:
    assert read_natural(":") is None
    assert read_natural(" ") is None
    assert read_parts("", "") is None
    assert read_parts("", "Plato") == Person(family="Plato")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("A & B: 50% of #1 in x_y", r"A \& B: 50\% of \#1 in x\_y"),
        (r"On $\alpha_1$-mixing & more", r"On $\alpha_1$-mixing \& more"),
        (r"Erd\H{o}s numbers", r"Erd\H{o}s numbers"),
        ("It costs $5", r"It costs \$5"),
        ("Half a {brace", "Half a brace"),
        ("a\u202eb\u200bc  d\te", "abc d e"),
        (r"\input{/etc/passwd} of \write18{rm}", None),
    ],
)
def test_titles_of_arxiv(title: str, expected: str | None) -> None:
    from livingsurvey.markup import parse

    tex = read_tex(title)
    assert parse(tex).problems == ()
    if expected is not None:
        assert tex == expected
    else:
        assert "\\input" not in tex
        assert "\\write" not in tex


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Plain", "Plain"),
        ("<i>Open", r"\emph{Open}"),
        ("a</i>b</sub>", "ab"),
        ("<b>x<i>y</b>z</i>", r"\textbf{x\emph{y}}z"),
        ("&lt;script&gt;", "<script>"),
        ("A &amp;amp; B", r"A \& B"),
        ("x<jats:sup>2</jats:sup>", r"x\textsuperscript{2}"),
        ("<mml:math><mml:mi>n</mml:mi><mml:mo>&lt;</mml:mo></mml:math> 3", "n< 3"),
        ("5 < 6 and 7 > 4", "5 < 6 and 7 > 4"),
        # One formula in all its forms; a publisher's document around it; TeX as plain text.
        (
            (
                'D<inline-formula><tex-math notation="LaTeX">$^3$</tex-math><alternatives>'
                '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:msup><mml:mrow/>'
                '<mml:mn>3</mml:mn></mml:msup></mml:math><inline-graphic xlink:href="eq1.gif"/>'
                "</alternatives></inline-formula> Sketch"
            ),
            r"D\textsuperscript{3} Sketch",
        ),
        (
            (
                r"<inline-formula><tex-math>\documentclass{minimal}\begin{document}$$\ell _1$$"
                r"\end{document}</tex-math></inline-formula>-norms"
            ),
            r"$\ell _1$-norms",
        ),
        (
            (
                '<mml:math display="inline"><mml:msubsup><mml:mi>B</mml:mi><mml:mi>s</mml:mi>'
                "<mml:mo>&amp;minus;</mml:mo></mml:msubsup></mml:math> and "
                "<mml:math><mml:mfrac><mml:mn>1</mml:mn><mml:mi>n</mml:mi></mml:mfrac></mml:math>"
            ),
            "B\\textsubscript{s}\\textsuperscript{\u2212} and 1/n",
        ),
        ("<i>x<mml:math><mml:mi>y</mml:mi></mml:math>z</i>", r"\emph{xyz}"),
        ("<mml:math><mml:mi>n</mml:math>", "n"),
        (f"<math>{'<mrow>' * 2000}n{'</mrow>' * 2000}</math>", "n"),
        (r"$\ell_{1}$ in $O(n)$ for $5 or $6", r"$\ell_{1}$ in $O(n)$ for \$5 or \$6"),
        # Crossref breaks the line around a tag.
        (
            "Clams (\n    <i>Tridacna </i>\n    ) and\n   <i> Meta</i>\n  .",
            r"Clams (\emph{Tridacna}) and \emph{Meta}.",
        ),
        (r"C:\dir {x $y", r"C:\textbackslash{}dir \textbraceleft{}x \$y"),
    ],
)
def test_titles_of_crossref(title: str, expected: str) -> None:
    from livingsurvey.markup import parse

    assert read_markup(title) == expected
    assert parse(read_markup(title)).problems == ()


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("LoRA: Low-Rank", "{LoRA}: Low-Rank"),
        ("A BERT-style GPT-3 for QAs", "A {BERT}-style {GPT}-3 for {QAs}"),
        (
            "$O(N)$ and {NASA} and \\emph{IBM} by O'Neil",
            "$O(N)$ and {NASA} and \\emph{IBM} by {O'Neil}",
        ),
        ("Nothing Here", "Nothing Here"),
        ("“FPGAs”", "“{FPGAs}”"),
    ],
)
def test_capitals_are_protected(title: str, expected: str) -> None:
    from livingsurvey.rules.texts import find_unprotected

    assert protect_capitals(title) == expected
    assert find_unprotected(expected) == []


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("LoRA: Low-Rank Adaptation", "LoRA"),
        ("FlashAttention-2: Faster Attention", "FlashAttention-2"),
        ("S4: Structured", "S4"),
        ("Attention: A Review", ""),
        ("Scaling LLMs: A Review", ""),
        ("No colon", ""),
    ],
)
def test_short_titles(title: str, expected: str) -> None:
    assert propose_short_title(title) == expected


def test_errors_stand_in_the_place_of_records(connect: Callable[..., Client]) -> None:
    found = list(connect().fetch_all([Target("doi", "10.5555/none"), Target("doi", "10.5555/no")]))
    assert all(isinstance(answer, OnlineError) for _, answer in found)
    assert len(found) == 2


def test_url_of_a_batch_stays_short() -> None:
    ids = ["math.GT/0309136"] * arxiv.BATCH
    assert len(arxiv.make_url("https://export.arxiv.org/api/query", ids)) < 2000
    assert "%" in crossref.make_url(
        "https://api.crossref.org/works", ["10.1002/(sici)1097<1::x>#?"]
    )
    assert json.loads(make_work("10.5555/x", "T", []))["status"] == "ok"
