"""The program ``regsync``: keeps repositories in step, as a file says."""
