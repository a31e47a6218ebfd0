"""The directives: each asks the catalog, and builds finished nodes while pages are read."""
