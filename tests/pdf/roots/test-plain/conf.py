"""The least that a survey says: none of its LaTeX settings are ours."""

project = "Plain"
author = "A. Baker"
extensions = ["myst_parser", "livingsurvey"]
bibtex_bibfiles = ["papers.bib"]
livingsurvey_taxonomy = "taxonomy.toml"
latex_engine = "xelatex"
latex_use_xindy = False
latex_documents = [("index", "plain.tex", "Plain", author, "manual")]
