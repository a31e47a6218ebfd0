"""The e-book is valid, as epubcheck sees it, with every directive, formulas and drawings."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from .examples import write_examples

if TYPE_CHECKING:
    from pathlib import Path

FORMULAS = """\
# Formulas

Of $\\operatorname{arg\\,max}$, ${\\max}$ and $n \\log n$:

```{math}
:label: sum

\\sum_{i=1}^n i^{2} = \\frac{1}{6} n (n+1) (2n+1)
```
"""
OPF = {"opf": "http://www.idpf.org/2007/opf"}


def make_book(path: Path) -> Path:
    survey = write_examples(path)
    survey.write("docs/example-formulas.md", FORMULAS)
    survey.write(
        "conf.py",
        f"{survey.read('conf.py')}\n"
        'myst_enable_extensions = ["dollarmath"]\n'
        'html_additional_pages = {"404": "livingsurvey-404.html"}\n',
    )
    result = survey.build("epub", "-W", "--keep-going")
    assert (result.status, result.warnings) == (0, "")
    (book,) = result.output.glob("*.epub")
    return book


@pytest.mark.needs_tool("epubcheck", "java")
def test_the_book_is_valid(tmp_path: Path) -> None:
    program = str(shutil.which("epubcheck"))
    # Debian's is the archive of Java itself, which only some kernels run.
    start = ["java", "-jar", program] if zipfile.is_zipfile(program) else [program]
    command = [*start, str(make_book(tmp_path))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [one for one in (done.stdout + done.stderr).splitlines() if ".epub/" in one]
    assert (found, done.returncode) == ([], 0)
    assert "0 fatals / 0 errors / 0 warnings" in done.stdout


def test_the_book_declares_what_its_pages_hold(tmp_path: Path) -> None:
    with zipfile.ZipFile(make_book(tmp_path)) as book:
        package = etree.fromstring(book.read("content.opf"))
        told = {
            item.get("href"): set((item.get("properties") or "").split())
            for item in package.iterfind(".//opf:item[@media-type='application/xhtml+xml']", OPF)
        }
        held = {}
        for name in told:
            tags = {
                etree.QName(one).localname for one in etree.fromstring(book.read(name)).iter("*")
            }
            kinds = {"math": "mathml", "svg": "svg", "script": "scripted"}
            held[name] = {kinds[tag] for tag in tags & kinds.keys()}
        assert told.pop("nav.xhtml") == {"nav"}
        held.pop("nav.xhtml")
        assert told == held
        assert {"mathml"} in held.values()
        assert {"svg"} in held.values()
