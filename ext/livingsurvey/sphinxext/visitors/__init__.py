"""How each builder writes our nodes: free functions, ``<builder>_visit_<node>``."""
