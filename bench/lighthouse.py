"""Measure every kind of page by Lighthouse, as a phone and as a desk would see it.

    nox -s bench -- lighthouse            # all kinds, three runs each: half an hour
    nox -s bench -- lighthouse --runs 1 --form mobile explorer references

It needs ``lighthouse`` on the PATH (``npm install --global lighthouse@12.2.3``) and Chromium. The
built site is served as GitHub Pages does: compressed, cached for ten minutes. The table has the
medians, and how fast Lighthouse found the machine (its benchmark index, about 2,000 on a free
core): figures of a busy machine mean little, so ``--least 1500`` leaves out runs below that index,
and tries up to three times as many.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import gzip
import http.server
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
KINDS = {
    "first page": "index.html",
    "chapter": "data.html",
    "section": "inference/quantization.html",
    "explorer": "explorer.html",
    "explorer's table": "explorer-table.html",
    "references": "references.html",
    "years": "browse/years.html",
    "authors": "browse/authors.html",
    "venues": "browse/venues.html",
    "numbers": "numbers.html",
    "paper": "papers/hu2021lora.html",
    "what's new": "whats-new.html",
    "rules": "contributing/rules.html",
    "contributing": "contributing/web.html",
    "glossary": "glossary.html",
    "search": "search.html?q=lora",
}
AUDITS = {
    "FCP": "first-contentful-paint",
    "LCP": "largest-contentful-paint",
    "TBT": "total-blocking-time",
    "CLS": "cumulative-layout-shift",
}


class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        kind = self.guess_type(str(path))
        body = path.read_bytes()
        self.send_response(200)
        if kind.startswith("text/") or kind.endswith(("javascript", "json", "xml")):
            body = gzip.compress(body)
            kind += "; charset=utf-8"
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[str]:
    handler = functools.partial(Handler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def audit(address: str, form: str, keep: Path | None) -> dict[str, float]:
    """Return the scores of one run from 0 to 100, and its figures; *keep* its report."""
    with tempfile.TemporaryDirectory() as folder:
        out = keep or Path(folder) / "report.json"
        command = [
            "lighthouse", address, "--quiet", "--output=json", f"--output-path={out}",
            "--chrome-flags=--headless=new --no-sandbox",
        ]  # fmt: skip
        if form == "desktop":
            command.append("--preset=desktop")
        chrome = os.environ.get("CHROME_PATH") or shutil.which("chromium") or ""
        subprocess.run(command, check=True, env={**os.environ, "CHROME_PATH": chrome})
        report: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    scores = {name: 100 * (one["score"] or 0) for name, one in report["categories"].items()}
    figures = {name: report["audits"][audit]["numericValue"] for name, audit in AUDITS.items()}
    return scores | figures | {"machine": report["environment"]["benchmarkIndex"]}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure pages by Lighthouse.")
    parser.add_argument("kinds", nargs="*", help=f"of {', '.join(KINDS)}; else all")
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--form", choices=("mobile", "desktop"), action="append")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--least", type=float, default=0, help="index of a run that counts")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="for the whole reports")
    options = parser.parse_args(arguments)
    print("| page | form | performance | accessibility | practices | SEO | FCP s | LCP s | TBT ms |"
          " CLS | machine |")  # fmt: skip
    print("| --- | --- |" + " ---: |" * 9)
    with serve(options.site) as base:
        for kind in options.kinds or KINDS:
            for form in options.form or ("mobile", "desktop"):
                runs = []
                for n in range(3 * options.runs):
                    keep = options.keep and options.keep / f"{kind} {form} {n}.json"
                    run = audit(base + KINDS[kind], form, keep)
                    if run["machine"] >= options.least:
                        runs.append(run)
                    if len(runs) == options.runs:
                        break
                if not runs:
                    print(f"| {kind} | {form} | the machine is too busy |", flush=True)
                    continue
                found = {name: statistics.median(one[name] for one in runs) for name in runs[0]}
                scores = (f"{found[name]:.0f}" for name in list(found)[:4])
                times = (f"{found[name] / 1000:.1f}" for name in ("FCP", "LCP"))
                print(
                    f"| {kind} | {form} | {' | '.join([*scores, *times])} | {found['TBT']:.0f} |"
                    f" {found['CLS']:.2f} | {found['machine']:.0f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
