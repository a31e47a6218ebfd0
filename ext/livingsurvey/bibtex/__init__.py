"""BibTeX files: scanning with places, reading entries, writing them back byte by byte."""
