"""The office's pages, and the result of a run as everybody may see it."""
