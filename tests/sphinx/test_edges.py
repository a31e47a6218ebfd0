"""What other parts of Sphinx hide, join and compile: nothing that is not shown is published."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from lxml import html

from livingsurvey.book import typeset

if TYPE_CHECKING:
    from .conftest import Survey

HIDDEN = """\
# Oven

{cite:t}`abbas2021steam` heat with steam.

```{todo}
Ask whether {cite:t}`abbas2021steam` stole the data.
```

```{ifconfig} False
The draft on {cite:t}`abbas2021steam` is secret.
```

```{only} draft
Only drafts say that {cite:t}`abbas2021steam` is wrong.
```

```{only} html
On the web {cite:t}`abbas2021steam` is right.
```

## Steam

```{survey:papers} steam
```

## Flour

```{survey:papers} flour
```
"""


def test_what_a_page_hides_is_neither_quoted_nor_counted(survey: Survey) -> None:
    survey.edit(
        "conf.py", '"livingsurvey"]', '"livingsurvey", "sphinx.ext.todo", "sphinx.ext.ifconfig"]'
    )
    survey.write("docs/oven.md", HIDDEN)
    result = survey.build()
    assert result.status == 0
    site = "".join(
        path.read_text(encoding="utf-8")
        for path in result.output.rglob("*")
        if path.suffix in {".html", ".js", ".json"}
    )
    for secret in ("stole the data", "is secret", "is wrong"):
        assert secret not in site
    said = html.fromstring(result.read("papers/abbas2021steam.html")).xpath(
        "//*[contains(@class, 'ls-said')]//q"
    )
    assert [" ".join(quote.text_content().split()) for quote in said] == [
        "Abbas [2021] heat with steam.",
        "On the web Abbas [2021] is right.",
    ]


def test_on_one_page_every_link_leads_to_an_id_of_it(survey: Survey) -> None:
    page = html.fromstring(survey.build("singlehtml").read("index.html"))
    ids = set(page.xpath("//@id"))
    links = page.xpath("//*[contains(@class, 'bibtex-citation')]//a/@href")
    links += page.xpath("//a[.//*[contains(@class, 'ls-paper')]]/@href")
    assert links
    assert {link.removeprefix("#") for link in links} <= ids


@pytest.mark.slow
@pytest.mark.needs_tex
def test_the_makefile_of_sphinx_makes_the_book(survey: Survey) -> None:
    """It compiles every file that ends in .tex: what we lay there must not."""
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-M", "latexpdf", "docs", "_make", "-c", "."],
        cwd=survey.path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert [path.suffix for path in (survey.path / "_make/latex").glob("bread.pdf")] == [".pdf"]


@pytest.mark.slow
@pytest.mark.needs_tex
def test_a_document_without_chapters_is_typeset(survey: Survey) -> None:
    survey.write(
        "conf.py",
        "from livingsurvey.sphinxext.printing import make_elements\n"
        + survey.read("conf.py")
        + "latex_elements = make_elements()\n"
        + 'latex_documents = [("index", "bread.tex", "Bread", "A Baker", "howto")]\n',
    )
    result = survey.build("latex")
    assert (result.status, result.warnings) == (0, "")
    done = typeset(result.output / "bread.tex", seconds=240)
    assert (done.pdf, done.timed_out) == (result.output / "bread.pdf", False), done.output[-2000:]
