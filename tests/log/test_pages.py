"""The log as people read it: found, followed, taken away, and whether its chain holds."""

import csv
import datetime
import io
import json

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from mobility import chain, log
from mobility.models import LogCheck, LogEntry, Role
from mobility.services import log_checks
from mobility.tasks import check_log
from mobility.workflow import CALL, advance, record, record_many
from tests.factories import ApplicationFactory, CallFactory, StudentFactory, person
from tests.log.test_chain import by_hand

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client):
    someone = person(Role.AUDITOR, name="Aurora")
    client.force_login(someone)
    return someone


@pytest.fixture
def office():
    return person(Role.NMCI, name="Rui Office", email="rui@example.org")


def body(response):
    return (b"".join(response) if response.streaming else response.content).decode()


def shown(client, **filters):
    """The numbers of the rows on the page, newest first."""
    return [entry.pk for entry, _link in client.get(reverse("log"), filters).context["rows"]]


def test_rows_are_found_by_who_what_when_and_why(client, auditor, office):
    student = StudentFactory(user__name="Ana Estudante", number="ist177")
    call = CallFactory(state="draft")
    application = ApplicationFactory(student=student)
    with time_machine.travel(datetime.datetime(2026, 3, 31, 22, 30, tzinfo=datetime.UTC), tick=False):
        late = record(application, "submit", clause="6.3", by=student.user).pk  # 23:30 in Lisbon
    advance(CALL, call, "open", reason="The =first= call", by=office)
    opened = log.head()[0]
    portal = record(call, "set_dates", clause="6.1", by=None).pk
    assert shown(client) == [portal, opened, late]
    assert shown(client, person="office") == [opened]
    assert shown(client, person="rui@example.org") == [opened]
    assert shown(client, person="IST177") == [late]
    assert shown(client, role="nmci") == [opened]
    assert shown(client, role="student") == [late]
    assert shown(client, action="call.open") == [opened]
    assert shown(client, kind="applications.application") == [late]
    assert shown(client, clause="6.1") == [portal]
    assert shown(client, text="=FIRST=") == [opened]
    assert shown(client, since="2026-03-31", until="2026-03-31") == [late]
    assert shown(client, until="2026-03-30") == []
    assert shown(client, since="2026-04-01", until="2026-04-01") == []
    assert shown(client, kind="mobility.call", thing=call.pk) == [portal, opened]
    assert shown(client, role="nobody", since="yesterday", thing="x") == [portal, opened, late]


def test_rows_are_read_on_by_number(client, auditor):
    call = CallFactory()
    record_many([call] * 120, "set_dates", by=None)
    newest = shown(client)
    page = client.get(reverse("log"), {"clause": ""})
    assert len(newest) == 50
    assert page.context["older"] == newest[-1]
    following = shown(client, before=newest[-1])
    assert following == [number - 50 for number in newest]
    last = client.get(reverse("log"), {"before": following[-1]})
    assert (len(last.context["rows"]), last.context["older"]) == (20, None)
    assert shown(client, before="x") == newest


def test_the_page_asks_as_often_for_many_rows(client, auditor, office, counted_queries):
    def applications(number):
        for made in ApplicationFactory.create_batch(number):
            record(made, "submit", by=made.student.user)

    applications(2)
    record(CallFactory(), "open", by=office)
    few = counted_queries(client, reverse("log"))
    applications(40)
    assert counted_queries(client, reverse("log")) == few


def test_one_row_says_all_of_it(client, auditor, office):
    client.cookies["django_language"] = "en"
    call = CallFactory(name_en="Study mobility", state="draft")
    advance(CALL, call, "open", reason="<b>Now</b>", data={"early": True}, by=office)
    entry = LogEntry.objects.get()
    page = client.get(reverse("log_entry", args=[entry.pk])).content.decode()
    for words in ("Call opened", "Rui Office · Mobility office (NMCI)", "Art. 3(1)(a)", entry.hash, "As it was written",
                  "&lt;b&gt;Now&lt;/b&gt;", "early", f"/office/calls/{call.code}/"):  # fmt: skip
        assert words in page
    by_hand("UPDATE mobility_logentry SET reason = %s WHERE id = %s", "Never", entry.pk)
    assert "Altered since it was written" in client.get(reverse("log_entry", args=[entry.pk])).content.decode()


def test_an_administrator_reads_no_rows_about_students(client, office):
    administrator = person(Role.ADMINISTRATOR)
    client.force_login(administrator)
    application = ApplicationFactory(student__user__name="Ana Estudante")
    hidden = record(application, "withdraw", reason="Illness", by=application.student.user)
    seen = record(CallFactory(), "open", by=office)
    page = client.get(reverse("log"))
    assert [entry.pk for entry, _link in page.context["rows"]] == [seen.pk]
    assert "Ana Estudante" not in page.content.decode()
    assert shown(client, person="Ana Estudante") == []
    assert client.get(reverse("log_entry", args=[hidden.pk])).status_code == 404
    assert "Illness" not in body(client.get(reverse("log_csv")))


def test_csv_holds_the_rows_of_the_filter_and_no_formula(client, auditor, office):
    call, other = CallFactory(state="draft"), CallFactory()
    advance(CALL, call, "open", reason='=HYPERLINK("http://evil.example")', by=office)
    record(other, "set_dates", by=None)
    text = body(client.get(reverse("log_csv"), {"kind": "mobility.call", "thing": call.pk}))
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 2
    assert rows[1][12] == '\'=HYPERLINK("http://evil.example")'
    assert rows[1][2:4] == ["Rui Office", "rui@example.org"]
    noted = LogEntry.objects.get(action="export_log")
    assert (noted.actor, noted.data) == (auditor, {"form": "csv", "kind": "mobility.call", "thing": str(call.pk)})


def test_the_spreadsheet_holds_the_same_as_text(client, auditor, office, monkeypatch):
    advance(CALL, CallFactory(state="draft"), "open", reason="=1+1", by=office)
    sheet = load_workbook(io.BytesIO(b"".join(client.get(reverse("log_xlsx"))))).active
    reasons = [row[12].value for row in sheet.iter_rows()]
    assert "=1+1" in reasons
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    monkeypatch.setattr("mobility.views.log_exports.MOST_ROWS", 1)
    refused = client.get(reverse("log_xlsx"), {"role": ""}, follow=True, headers={"accept-language": "en"})
    assert "CSV" in refused.content.decode()


def test_the_whole_log_is_taken_away_to_be_checked_elsewhere(client, auditor, office):
    advance(CALL, CallFactory(state="draft"), "open", by=office)
    rows = [json.loads(line) for line in body(client.get(reverse("log_jsonl"))).splitlines()]
    verdict = chain.check(rows, known=lambda _hash: False, expect=log.head())
    assert (verdict.fault, verdict.count) == (None, 2)
    assert rows[-1]["action"] == "export_log"


def test_the_nightly_reading_is_told(client, auditor, office):
    client.cookies["django_language"] = "en"
    assert "No reading yet" in client.get(reverse("log_checks")).content.decode()
    for _ in range(3):
        record(CallFactory(), "open", by=office)
    check_log()
    good = client.get(reverse("log_checks")).content.decode()
    number, head = log.head()
    assert "The chain holds" in good
    assert f"{number}:{head}" in good
    assert "chain fails" not in client.get("/").content.decode()

    by_hand("UPDATE mobility_logentry SET reason = %s WHERE id = %s", "Never", number - 1)
    check_log()
    bad = client.get(reverse("log_checks")).content.decode()
    assert "The chain fails" in bad
    assert "It no longer says what it said" in bad
    assert reverse("log_entry", args=[number - 1]) in bad
    assert "its chain fails" in client.get("/").content.decode()
    client.force_login(person(Role.ADMINISTRATOR))
    assert "its chain fails" in client.get("/", headers={"accept-language": "en"}).content.decode()
    client.force_login(office)
    assert "its chain fails" not in client.get("/").content.decode()


def test_the_nightly_reading_misses_an_end_that_was_cut_off(office):
    for _ in range(3):
        record(CallFactory(), "open", by=office)
    log_checks.check_log()
    by_hand("DELETE FROM mobility_logentry WHERE id = %s", log.head()[0])
    assert log.verify().fault is None
    log_checks.check_log()
    latest = LogCheck.objects.first()
    assert (latest.fault, latest.fault_number) == ("cut", None)


def test_a_delegate_is_told_as_such(client, auditor):
    client.cookies["django_language"] = "en"
    vice, delegate = person(Role.BOARD, name="Vera Vice"), person(Role.BOARD, name="Dora Delegate")
    entry = LogEntry(actor=delegate, role=Role.BOARD, behalf_of=vice, action="open", object_type="mobility.call",
                     object_id=CallFactory().pk, at=timezone.now())  # fmt: skip
    log.append([entry])
    page = client.get(reverse("log")).content.decode()
    assert "Dora Delegate, by delegation of Vera Vice · Board member for International Affairs" in page


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="it is PostgreSQL that is asked for its plan")
def test_the_newest_rows_are_found_without_counting(auditor):
    record_many([CallFactory()] * 3000, "open", by=None)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE mobility_logentry")
        cursor.execute("EXPLAIN SELECT id FROM mobility_logentry WHERE id < 2000 ORDER BY id DESC LIMIT 51")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index" in plan
    assert "Seq Scan" not in plan
