"""What Fénix, IST's academic system, says of its people: name, programme and academic record.

``answers`` reads what the API answers, ``cycles`` decides what it leaves open, ``composing`` makes a record of
it, ``students`` and ``fetches`` write. The rules, one by one: docs/data.md.
"""
