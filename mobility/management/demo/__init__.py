"""A realistic year, made from a seed: real programmes and partners, invented people.

``build`` is the whole of it. What people do in it goes through the same services as in the pages, so that
log, receipts and e-mails are there; only the days of what happened long ago are set afterwards.
"""
