"""The chain: what it says when a row is altered, taken out, put in or moved, on the database and on an export."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, DataError, connection, transaction

from mobility import chain, log
from mobility.models import LogEntry, Role
from mobility.workflow import CALL, advance, record, record_many
from tests.factories import CallFactory, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    """Six rows: a call made, opened, and changed four times."""
    office, call = person(Role.NMCI, name="Rui"), CallFactory(state="draft")
    record(call, "create", by=office)
    advance(CALL, call, "open", reason="Ação, “aspas” e 中文\n", by=office)
    for number in range(4):
        record(call, "set_dates", clause="6.1", data={"n": number, "before": None, "á": [1, "b"]}, by=None)
    return call


def by_hand(statement, *values):
    """As somebody with the database's password could: on PostgreSQL, with the trigger out of the way."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        assert cursor.rowcount == 1
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")


def verify(*options):
    """Exit code and words of the command."""
    try:
        call_command("verify_log", *options)
    except CommandError as error:
        return error.returncode, str(error)
    return 0, ""


def numbers():
    return list(LogEntry.objects.order_by("pk").values_list("pk", flat=True))


def test_an_untouched_log_is_good_and_its_head_is_told(story, capsys):
    number, head = log.head()
    assert verify() == (0, "")
    assert f"6 rows are as they were written. Head: {number}:{head}" in capsys.readouterr().out


def test_each_row_names_the_one_before(story):
    rows = list(LogEntry.objects.order_by("pk"))
    assert [row.previous for row in rows] == [chain.GENESIS, *(row.hash for row in rows[:-1])]
    assert numbers() == list(range(rows[0].pk, rows[0].pk + 6))


def test_the_role_in_which_somebody_acted_is_written(story):
    assert list(LogEntry.objects.order_by("pk").values_list("role", flat=True)) == ["nmci", "nmci", "", "", "", ""]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("reason", "Something else"), ("action", "close"), ("clause", "9.9"), ("role", "board"), ("object_id", 77)),
        *(("actor_id", None), ("at", "2020-01-01 00:00:00+00:00"), ("data", '{"n": 9}'), ("hash", "f" * 64)),
        *(("from_state", "x"), ("to_state", "x"), ("object_type", "a.b")),
    ],
)
def test_a_row_changed_by_hand_is_named(story, column, value):
    second = numbers()[1]
    by_hand(f"UPDATE mobility_logentry SET {column} = %s WHERE id = %s", value, second)
    code, words = verify()
    assert code == 1
    assert f"row {second} " in words
    assert "does not say any more what it said" in words
    assert "Before it: 1 rows" in words


@pytest.mark.parametrize("text", ["some day", "", "5", "2026-13-45 00:00:00"])
def test_an_instant_that_is_none_is_named_too(story, text):
    if connection.vendor == "postgresql":
        with pytest.raises(DataError), transaction.atomic():
            by_hand("UPDATE mobility_logentry SET at = %s WHERE id = %s", text, numbers()[1])
        return
    by_hand("UPDATE mobility_logentry SET at = %s WHERE id = %s", text, numbers()[1])
    code, words = verify()
    assert code == 1
    assert f"FAILS at row {numbers()[1]} ({text}, " in words


def test_a_row_whose_hash_was_computed_again_is_betrayed_by_the_next(story):
    second, third = numbers()[1:3]
    by_hand("UPDATE mobility_logentry SET reason = %s WHERE id = %s", "Nothing", second)
    forged = chain.digest(LogEntry.objects.get(pk=second).as_row())
    by_hand("UPDATE mobility_logentry SET hash = %s WHERE id = %s", forged, second)
    code, words = verify()
    assert code == 1
    assert f"row {third} " in words
    assert "gone, was altered" in words


@pytest.mark.parametrize("place", [0, 2])
def test_a_row_taken_out_is_missed_by_the_next(story, place):
    gone, following = numbers()[place : place + 2]
    by_hand("DELETE FROM mobility_logentry WHERE id = %s", gone)
    code, words = verify()
    assert code == 1
    assert f"row {following} " in words
    assert "is gone" in words


def test_two_rows_that_change_places_are_found(story):
    second, third = numbers()[1:3]
    for old, new in ((second, -1), (third, second), (-1, third)):
        by_hand("UPDATE mobility_logentry SET id = %s WHERE id = %s", new, old)
    code, words = verify()
    assert code == 1
    assert f"row {second} " in words
    assert "another place than where it was written" in words


def test_a_row_put_in_is_found(story):
    """Between two rows there is no room: whose predecessor is taken already is refused by the database."""
    last = LogEntry.objects.first()
    put_in = last.as_row() | {"id": last.pk + 5, "previous": "a" * 64}
    by_hand(
        "INSERT INTO mobility_logentry (id, at, role, action, object_type, object_id, clause, from_state, to_state, "
        "reason, data, previous, hash) SELECT %s, at, role, action, object_type, object_id, clause, from_state, "
        "to_state, reason, data, %s, %s FROM mobility_logentry WHERE id = %s",
        *(last.pk + 5, "a" * 64, chain.digest(put_in), last.pk),
    )
    code, words = verify()
    assert code == 1
    assert f"row {last.pk + 5} " in words
    with pytest.raises(DatabaseError), transaction.atomic():
        by_hand("UPDATE mobility_logentry SET previous = %s WHERE id = %s", last.previous, last.pk + 5)


def test_a_tail_that_was_cut_off_is_missed_by_who_noted_the_head(story, capsys):
    number, head = log.head()
    assert verify("--expect", f"{number}:{head}") == (0, "")
    by_hand("DELETE FROM mobility_logentry WHERE id = %s", number)
    assert verify() == (0, "")
    code, words = verify("--expect", f"{number}:{head}")
    assert code == 1
    assert "its end was cut off" in words
    record(story, "set_dates", by=None)
    assert verify("--expect", f"{number}:{head}")[0] == 1


def test_reading_on_from_a_head_that_is_trusted(story, capsys):
    second = LogEntry.objects.get(pk=numbers()[1])
    by_hand("UPDATE mobility_logentry SET reason = %s WHERE id = %s", "Nothing", second.pk)
    assert verify()[0] == 1
    assert verify("--from-head", second.hash) == (0, "")
    assert "6 rows" in capsys.readouterr().out
    assert verify("--from-head", "a" * 64)[0] == 1


@pytest.mark.parametrize("noted", ["12", "12:abc", "x:" + "a" * 64])
def test_a_head_noted_wrongly_is_wrong_usage(story, noted):
    code, words = verify("--expect", noted)
    assert code == 2
    assert "NUMBER:HASH" in words


def test_an_empty_log_is_good(capsys):
    assert verify() == (0, "")
    assert f"0 rows are as they were written. Head: 0:{chain.GENESIS}" in capsys.readouterr().out


def test_the_log_takes_no_other_way_in_or_out(story):
    entry = LogEntry.objects.first()
    with pytest.raises(TypeError, match="never changed"):
        entry.save()
    with pytest.raises(TypeError, match="never deleted"):
        entry.delete()
    with pytest.raises(ValueError, match="no floats"):
        record(story, "set_dates", data={"n": 1.5}, by=None)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no roles to keep a change from")
@pytest.mark.parametrize("statement", ["UPDATE mobility_logentry SET reason = 'x'", "DELETE FROM mobility_logentry"])
def test_postgresql_refuses_to_change_or_delete_rows(story, statement):
    refused = pytest.raises(DatabaseError, match="never changed and never deleted")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert len(numbers()) == 6
    assert verify() == (0, "")


def test_many_rows_are_chained_in_one_go(story):
    calls = CallFactory.create_batch(3)
    record_many(calls, "create", data={"programme": None}, by=None)
    assert len(numbers()) == 9
    assert verify() == (0, "")


def test_what_the_database_makes_of_keys_and_pairs_is_hashed(story):
    record(story, "set_dates", data={10: "a", 9: ("b", True)}, by=None)
    assert LogEntry.objects.first().data == {"10": "a", "9": ["b", True]}
    assert verify() == (0, "")


def test_the_hash_is_that_of_the_documented_bytes():
    """The example of docs/record.md, so that the documented form can't change unseen."""
    row = {
        "id": 2, "at": "2026-11-20T15:52:23.000120Z", "actor": 7, "role": "nmci", "behalf_of": None,
        "action": "open", "object_type": "mobility.call", "object_id": 3, "clause": "3.1.a", "from_state": "draft",
        "to_state": "open", "reason": "Ação", "data": {"b": 1, "a": None}, "previous": chain.GENESIS,
    }  # fmt: skip
    text = chain.canonical(row).decode()
    assert text == (
        '{"action":"open","actor":7,"at":"2026-11-20T15:52:23.000120Z","behalf_of":null,"clause":"3.1.a",'
        '"data":{"a":null,"b":1},"from_state":"draft","id":2,"object_id":3,"object_type":"mobility.call",'
        f'"previous":"{chain.GENESIS}","reason":"Ação","role":"nmci","to_state":"open"}}'
    )
    document = (Path(__file__).parents[2] / "docs" / "record.md").read_text(encoding="utf-8")
    assert text in document
    assert chain.digest(row) in document


def check_file(path, *options):
    """With the one file alone, in a folder where there is no portal."""
    script = path.parent / "chain.py"
    script.write_bytes(Path(chain.__file__).read_bytes())
    command = [sys.executable, "-I", str(script), str(path), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=path.parent)


def test_an_exported_log_is_checked_without_the_portal(story, tmp_path):
    lines = [chain.line(row) for row in log.rows()]
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    good = check_file(path)
    number, head = log.head()
    assert (good.returncode, f"6 rows are as they were written. Head: {number}:{head}" in good.stdout) == (0, True)
    assert check_file(path, "--expect", f"{number}:{head}").returncode == 0

    path.write_text("\n".join(lines[:-1]), encoding="utf-8")
    assert check_file(path).returncode == 0
    assert "its end was cut off" in check_file(path, "--expect", f"{number}:{head}").stdout

    path.write_text("\n".join([lines[0], lines[2], lines[1], *lines[3:]]), encoding="utf-8")
    assert "another place" in check_file(path).stdout

    altered = json.dumps(json.loads(lines[1]) | {"reason": "Nothing"})
    path.write_text("\n".join([lines[0], altered, *lines[2:]]), encoding="utf-8")
    failed = check_file(path)
    assert failed.returncode == 1
    assert "does not say any more" in failed.stdout
