"""A database without room, as the real one says it: with full_disk(): ..."""

from contextlib import contextmanager

from django.db import connection


@contextmanager
def full_disk(table, *, pages_left=12, rows_left=50):
    """Room for little more: a limit on SQLite's file; on PostgreSQL the server's own error (53100).

    ``pages_left`` of SQLite's file, whatever is written; ``rows_left`` of ``table`` on PostgreSQL.
    """
    limit, lift = (_sqlite if connection.vendor == "sqlite" else _postgresql)(table, pages_left, rows_left)
    with connection.cursor() as cursor:
        for statement in limit:
            cursor.execute(statement)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for statement in lift:
                cursor.execute(statement)


def _sqlite(_table, pages_left, _rows_left):
    with connection.cursor() as cursor:
        # Pages that are free inside the file are room too.
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
    return [f"PRAGMA max_page_count = {pages + pages_left}"], ["PRAGMA max_page_count = 1073741823"]


def _postgresql(table, _pages_left, rows_left):
    return [
        "CREATE SEQUENCE room",
        f"""CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('room') > {rows_left} THEN
            RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
        END IF;
        RETURN NEW; END $$""",
        f"CREATE TRIGGER no_room BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION no_room()",
    ], [f"DROP TRIGGER no_room ON {table}", "DROP FUNCTION no_room", "DROP SEQUENCE room"]
