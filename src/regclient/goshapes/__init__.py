"""Our nouns under Go's field names, one module for each group of nouns; start at ``goview.py``."""
