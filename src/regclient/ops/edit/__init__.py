"""Changing an image that is there, in place of building it again."""
