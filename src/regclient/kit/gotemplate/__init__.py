"""Go's text/template, in full, over plain Python values and a few views of Go types (start at ``template.py``)."""
