"""A survey of bread whose every field holds what TeX, PDF and fonts stumble over."""

from livingsurvey.sphinxext.printing import make_elements

project = "Bread & Ñandú: 100% #1_~^"
author = "Zoë & Ł. O'Brien-_"
project_copyright = "2026, 50% & more"
release = "1_0&"
extensions = ["myst_parser", "livingsurvey"]
bibtex_bibfiles = ["papers.bib"]
bibtex_reference_style = "author_year"
livingsurvey_taxonomy = "taxonomy.toml"
myst_enable_extensions = ["colon_fence", "dollarmath"]
numfig = True
latex_engine = "xelatex"
latex_elements = make_elements("a5")
latex_use_xindy = False
latex_table_style = ["booktabs"]
# Sphinx takes the author as TeX; the title comes from the first page.
latex_documents = [("index", "nasty.tex", "", r"Zoë \& Ł. O'Brien-\_", "manual")]
livingsurvey_book = {
    "subtitle": "Dough {and} more \\ 100% #_~^&$",
    "cite": ["latin"],
    "url": "https://example.org/a_b~c%20d#e&f",
    "keywords": ["bread & butter", "100% \\rye"],
}
