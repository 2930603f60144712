"""Real input: files of institutions, programmes, units, networks and places become rows.

A file is read whole (``reading``), its columns and cells checked (``columns``), compared with what is
there (``plan``), and only then written, all of it or nothing. One module per kind of file says which
columns there are and what a row means; ``kinds`` lists them; ``files`` is what pages and commands call.
"""
