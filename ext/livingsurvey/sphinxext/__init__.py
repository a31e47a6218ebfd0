"""The Sphinx side: a thin client of the catalog, by the public interface of Sphinx and docutils."""
