"""Configuration of the Efficiency Spectrum living survey.

Everything about the survey's subject is data (``bib/``) and prose (``docs/``); the machinery is
the extension in ``ext/``, which any other survey can use with these few lines.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "ext"))

from livingsurvey.sphinxext.printing import make_elements

project = "The Efficiency Spectrum"
author = "The Efficiency Spectrum living survey contributors"
project_copyright = "2026, the contributors; text under CC BY 4.0"
version = release = "2026.12"
language = "en"

extensions = ["myst_parser", "livingsurvey"]
bibtex_bibfiles = ["bib/efficiency-spectrum.bib"]
bibtex_reference_style = "author_year"
livingsurvey_taxonomy = "bib/taxonomy.toml"
livingsurvey_authors = "bib/authors.toml"
# Drawings call their colors by number: fill-1 is budget, …, fill-6 is background.
livingsurvey_palette = [
    "budget", "data", "architecture", "training-tuning", "inference", "background",
]  # fmt: skip
livingsurvey_cards = True  # pictures of chapters for social networks, drawn by Pillow
livingsurvey_about = {
    "title": "The Efficiency Spectrum living survey",
    "slug": "efficiency-spectrum",
    "authors": [author],
    "description": (
        "A living survey of efficient large language models: more than a thousand papers "
        "ordered by what they save on, with chapters on budget, data, architecture, training and "
        "tuning, and inference."
    ),
    "date": "2026-11-28",
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "source": "https://github.com/tding1/Efficient-LLM-Survey/edit/main/{path}",
    # Where the site is published, the book lies beside it.
    "pdf": "efficiency-spectrum.pdf" if os.environ.get("LIVINGSURVEY_BOOK_ONLINE") else "",
    "related": ["https://arxiv.org/abs/2312.00678"],  # the paper that the survey grows out of
    # Ids of feed entries begin with this for good, wherever the site moves.
    "tag_authority": "tding1.github.io,2026:efficiency-spectrum",
}

if livingsurvey_about["pdf"]:
    tags.add("book_online")  # noqa: F821 - Sphinx's own

root_doc = "index"
myst_enable_extensions = ["amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4
numfig = True
numfig_secnum_depth = 1
math_numfig = True
html_math_renderer = "mathml"
nitpicky = True

html_theme = "furo"
html_title = "The Efficiency Spectrum"
html_favicon = "docs/logo/favicon.svg"
html_logo = "docs/logo/favicon.svg"
# Where the site is to be published; without it, it has no sitemap and its links stay relative.
html_baseurl = os.environ.get("READTHEDOCS_CANONICAL_URL", "")
html_copy_source = False
html_additional_pages = {"404": "livingsurvey-404.html"}
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#7a4b12",
        "color-brand-content": "#1f5fa8",
        "color-brand-visited": "#6b4a9c",
    },
    "dark_css_variables": {
        "color-brand-primary": "#e8b77a",
        "color-brand-content": "#7fb4f0",
        "color-brand-visited": "#b9a0e8",
    },
}

# The book: nox -s pdf. LIVINGSURVEY_PAPER=a5 (or a4, letter) chooses its paper.
latex_engine = "xelatex"
latex_elements = make_elements(os.environ.get("LIVINGSURVEY_PAPER", "a4"))
latex_use_xindy = False
latex_table_style = ["booktabs"]  # colorrows breaks on TeX Live 2026 before Sphinx 9.1.1
latex_documents = [
    ("index", "efficiency-spectrum.tex", "The Efficiency Spectrum", author, "manual"),
]
livingsurvey_book = {
    "subtitle": "A living survey of efficient large language models",
    "cite": ["ding2023efficiency"],
    "url": "https://github.com/tding1/Efficient-LLM-Survey",
    "keywords": ["large language models", "efficiency", "survey"],
}
