"""The student's pages: what is read on them, and what their buttons do."""

import datetime
import re
from decimal import Decimal

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.models import Application
from applications.services import drafts
from applications.services.applications import CONDUCT_VERSION
from applications.services.opinions import give_opinions
from mobility.models import Role
from tests.factories import (
    ApplicationFactory,
    CallFactory,
    DestinationFactory,
    ProgrammeFactory,
    RecordFactory,
    RecordUnitFactory,
    StudentFactory,
    SubmissionFactory,
    person,
)
from tests.permissions.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def student(client):
    found = RecordFactory(student__user__language="en").student
    client.force_login(found.user)
    client.cookies["django_language"] = "en"
    return found


@pytest.fixture
def call():
    return CallFactory(code="studies-2027")


@pytest.fixture
def draft(student, call):
    return drafts.start_draft(call=call, at=timezone.now(), by=student.user)


def page(client, name, thing, status=200, **query):
    args = [thing.code if name in ("call", "apply") else thing.public_id]
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == status
    return response.content.decode()


def post(client, name, thing, htmx=False, **data):
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(reverse(name, args=[thing.public_id]), data, headers=headers)


def stored(application):
    return Application.objects.get(pk=application.pk)


def test_the_whole_way_from_call_to_receipt(client, student, call):
    one, two = DestinationFactory.create_batch(2, call=call)
    assert "Start my application" in page(client, "call", call)
    response = client.post(reverse("apply", args=[call.code]))
    application = Application.objects.get()
    assert response["Location"] == reverse("edit_period", args=[application.public_id])
    # Both may wait while the draft is being written, but neither is optional.
    assert "optional" not in page(client, "edit_period", application)
    response = post(client, "edit_period", application, term="year", wants_grant="no", version=0)
    assert response["Location"] == reverse("edit_destinations", args=[application.public_id])
    post(client, "edit_destinations", application, action=f"add:{one.pk}", version=1)
    post(client, "edit_destinations", application, action=f"add:{two.pk}", preferences=[one.pk], version=2)
    post(client, "edit_destinations", application, action=f"up:{two.pk}", preferences=[one.pk, two.pk], version=3)
    assert stored(application).draft == {"term": "year", "wants_grant": False, "preferences": [two.pk, one.pk]}
    assert two.institution.name in page(client, "review", application)
    response = post(client, "review", application, conduct=CONDUCT_VERSION, version=4)
    receipt = client.get(response["Location"]).content.decode()
    assert stored(application).submissions.get().receipt in receipt
    assert "Full year" in receipt
    assert "Application submitted" in page(client, "application", application)


class TestCallPage:
    @pytest.mark.clause("5.1")
    def test_a_student_sees_whether_they_qualify_with_the_figures(self, client, student, call):
        text = page(client, "call", call)
        assert "Yes. With today's record you would be admitted." in text
        assert "Average 15.00; 12.50 is enough to be admitted." in text
        assert "First-cycle credits: 180 ECTS done; 120 are needed." in text

    @pytest.mark.clause("5.2")
    def test_what_hangs_on_the_coordinator_is_said_to(self, client, call):
        record = RecordFactory(average=Decimal("12.30"), student__user__language="en")
        client.force_login(record.student.user)
        client.cookies["django_language"] = "en"
        text = page(client, "call", call)
        assert "if places remain" in text
        assert "Depends on a favourable opinion" in text

    @pytest.mark.clause("5.3")
    def test_missing_credits_are_counted(self, client, call):
        record = RecordFactory(first_cycle_ects=Decimal("114.5"), enrolled_first_cycle_ects=Decimal("12"))
        client.force_login(record.student.user)
        client.cookies["django_language"] = "en"
        text = page(client, "call", call)
        assert "114.5 ECTS done; 5.5 are missing to the 120 needed." in text
        assert "You could be conditionally admitted" in text

    @pytest.mark.clause("5.4")
    def test_under_the_minimum_is_said_plainly(self, client, call):
        client.force_login(RecordFactory(average=Decimal("11.99")).student.user)
        client.cookies["django_language"] = "en"
        assert "Average 11.99, under the minimum of 12.00." in page(client, "call", call)

    @pytest.mark.clause("1")
    def test_a_first_cycle_student_is_told_the_clause_and_has_no_button(self, client, call):
        client.force_login(StudentFactory(curricular_year=2).user)
        client.cookies["django_language"] = "en"
        text = page(client, "call", call)
        assert "Not yet: you are enrolled in year 2" in text
        assert "Start my application" not in text
        response = client.post(reverse("apply", args=[call.code]), follow=True)
        assert "Art. 1: mobility is for students of the 2nd cycle" in response.content.decode()
        assert not Application.objects.exists()

    @pytest.mark.clause("4.2")
    def test_who_can_have_no_grant_is_told_why(self, client, call):
        student = StudentFactory(nationality="BR")
        RecordFactory(student=student)
        client.force_login(student.user)
        client.cookies["django_language"] = "en"
        assert "with zero grant in Erasmus+. The portal knows of no valid residence permit" in page(
            client, "call", call
        )

    @pytest.mark.clause("6.2")
    def test_a_visitor_reads_it_without_an_account(self, client, call):
        DestinationFactory(call=call, institution__name="Lund")
        client.cookies["django_language"] = "en"
        text = page(client, "call", call)
        assert "Lund" in text
        assert "Sign in and apply" in text
        assert call.draw_commitment in text
        assert call.draw_seed not in text

    def test_the_search_ignores_accents_and_knows_countries_in_the_readers_language(self, client, call):
        DestinationFactory(call=call, institution__name="École Polytechnique", institution__country="FR")
        DestinationFactory(call=call, institution__name="Aalto", institution__country="FI")
        for language, typed in (("en", "ecole"), ("en", "FRANCE"), ("pt", "frança"), ("pt", "polytechnique fran")):
            client.cookies["django_language"] = language
            text = page(client, "call", call, q=typed, programme="")
            assert "École" in text
            assert "Aalto" not in text

    @pytest.mark.clause("6.3")
    def test_a_student_sees_first_what_their_programme_reaches(self, client, student, call):
        DestinationFactory(call=call, institution__name="Mine", programmes=[student.programme])
        DestinationFactory(call=call, institution__name="Not mine", programmes=[ProgrammeFactory()])
        assert "Not mine" not in page(client, "call", call)
        assert "Not mine" in page(client, "call", call, programme="")

    def test_strange_filters_show_everything(self, client, call):
        DestinationFactory(call=call, institution__name="Lund")
        assert "Lund" in page(client, "call", call, programme="<script>", page="x")

    def test_last_years_cut_off_and_demand_stand_beside_each_destination(self, client):
        world = World()
        run = world.run("published")
        old = run.call.destinations.get()
        call = CallFactory(academic_year=run.call.academic_year + 1)
        DestinationFactory(call=call, institution=old.institution, code=old.code)
        client.cookies["django_language"] = "en"
        text = page(client, "call", call)
        assert 'data-label="Cut-off before">15.00' in text
        assert 'data-label="Chosen by">2' in text

    def test_a_call_still_in_draft_is_not_there(self, client, student):
        page(client, "call", CallFactory(state="draft"), status=404)


class TestEditing:
    def test_autosave_answers_with_the_instant_and_the_new_version(self, client, draft):
        response = post(client, "edit_period", draft, htmx=True, term="first", version=0)
        assert "Saved on" in response.content.decode()
        assert 'value="1"' in response.content.decode()
        assert stored(draft).draft["term"] == "first"

    def test_two_windows_are_shown_both_versions(self, client, draft):
        post(client, "edit_period", draft, term="first", version=0)
        response = post(client, "edit_period", draft, term="second", version=0)
        text = response.content.decode()
        assert response.status_code == 409
        assert "1st semester" in text
        assert "2nd semester" in text
        assert stored(draft).draft["term"] == "first"
        post(client, "edit_period", draft, term="second", version=1)
        assert stored(draft).draft["term"] == "second"

    def test_an_autosave_that_lost_says_so_on_the_page(self, client, draft):
        post(client, "edit_period", draft, term="first", version=0)
        response = post(client, "edit_period", draft, htmx=True, term="second", version=0)
        assert response.status_code == 200
        assert "This was not saved" in response.content.decode()

    def test_two_orders_are_shown_both(self, client, draft):
        one, two = DestinationFactory.create_batch(2, call=draft.call)
        post(client, "edit_destinations", draft, action=f"add:{one.pk}", version=0)
        response = post(client, "edit_destinations", draft, action=f"add:{two.pk}", version=0)
        assert response.status_code == 409
        assert {one.institution.name, two.institution.name} <= set(
            re.findall(r"University \d+", response.content.decode())
        )

    @pytest.mark.parametrize(
        "data",
        [
            {"version": "x"},
            {"version": -1},
            {},
            {"version": 0, "preferences": "abc"},
            {"version": 0, "preferences": "9" * 40},
            {"version": 0, "action": "add:99999"},
        ],
    )
    def test_a_list_that_makes_no_sense_is_refused_in_words(self, client, draft, data):
        response = post(client, "edit_destinations", draft, **data)
        assert response.status_code == 422
        assert "There is something to correct" in response.content.decode()
        assert stored(draft).draft_version == 0

    def test_a_period_that_is_not_in_the_list_is_refused_beside_its_field(self, client, draft):
        response = post(client, "edit_period", draft, term="summer", version=0)
        assert response.status_code == 422
        assert "Choose one of the periods in the list." in response.content.decode()

    @pytest.mark.clause("6.3")
    def test_a_sixth_destination_is_refused_and_the_five_stay(self, client, draft):
        found = [destination.pk for destination in DestinationFactory.create_batch(6, call=draft.call)]
        post(client, "edit_destinations", draft, preferences=found[:5], version=0)
        response = post(
            client, "edit_destinations", draft, htmx=True, preferences=found[:5], action=f"add:{found[5]}", version=1
        )
        assert "at most 5 destinations" in response.content.decode()
        assert stored(draft).draft["preferences"] == found[:5]

    def test_moving_says_where_it_is_now(self, client, draft):
        one, two = DestinationFactory.create_batch(2, call=draft.call)
        response = post(
            client,
            "edit_destinations",
            draft,
            htmx=True,
            preferences=[one.pk, two.pk],
            action=f"up:{two.pk}",
            version=0,
        )
        assert f"{two.institution.name} is now number 1 of 2." in response.content.decode()

    def test_what_is_missing_links_to_its_page(self, client, draft):
        response = post(client, "review", draft, version=0)
        text = response.content.decode()
        assert response.status_code == 422
        assert f'<a href="{reverse("edit_period", args=[draft.public_id])}">Choose the period' in text
        assert f'<a href="{reverse("edit_destinations", args=[draft.public_id])}">Choose at least' in text
        assert '<a href="#conduct">Accept the code of conduct' in text

    @pytest.mark.clause("6.1")
    def test_the_deadline_passed_while_typing(self, client, draft):
        one = DestinationFactory(call=draft.call)
        post(client, "edit_destinations", draft, action=f"add:{one.pk}", version=0)
        type(draft.call).objects.update(closes_at=timezone.now() - datetime.timedelta(seconds=1))
        post(client, "edit_period", draft, term="first", version=1)
        response = post(client, "review", draft, conduct=CONDUCT_VERSION, version=2)
        assert "The deadline was" in response.content.decode()
        assert (stored(draft).state, stored(draft).draft["term"]) == ("draft", "first")


class TestFile:
    def test_changes_can_be_discarded(self, client, student, call):
        one, two = DestinationFactory.create_batch(2, call=call)
        application = ApplicationFactory(call=call, student=student, preferences=[one])
        post(client, "edit_destinations", application, preferences=[two.pk], version=0)
        assert "Discard the changes" in page(client, "application", application)
        post(client, "discard", application)
        assert "Discard the changes" not in page(client, "application", application)

    @pytest.mark.clause("6.4")
    def test_withdrawing_says_what_follows_and_is_undone_by_submitting(self, client, student, call):
        application = ApplicationFactory(call=call, student=student, preferences=[DestinationFactory(call=call)])
        SubmissionFactory(application=application)
        assert "There is no other consequence." in page(client, "withdraw", application)
        post(client, "withdraw", application, reason="Illness")
        assert "Submit it again" in page(client, "application", application)
        assert stored(application).state == "withdrawn"

    @pytest.mark.clause("6.4")
    def test_after_the_close_the_page_says_whom_to_write_to(self, client, student, call):
        application = ApplicationFactory(call=call, student=student)
        type(call).objects.update(state="closed", closed_at=timezone.now())
        assert "write to your coordinator" in page(client, "withdraw", application)

    def test_a_student_does_not_read_opinions_in_the_history(self, client, student, call):
        application = ApplicationFactory(call=call, student=student)
        coordinator = person(Role.COORDINATOR, student.programme)
        give_opinions(applications=[application.pk], value="unfavourable", reason="Too many failures", by=coordinator)
        text = page(client, "application", application)
        assert "Too many failures" not in text
        client.force_login(coordinator)
        assert "Too many failures" in page(client, "application", application)

    def test_an_old_receipt_says_that_it_no_longer_counts(self, client, student, call):
        application = ApplicationFactory(call=call, student=student)
        SubmissionFactory(application=application, number=1)
        SubmissionFactory(application=application, number=2)
        assert "a later one was submitted" in page(client, "receipt", application, n=1)
        assert "a later one was submitted" not in page(client, "receipt", application)
        for odd in ("3", "x", "²", "9" * 30):
            page(client, "receipt", application, status=404, n=odd)


class TestVerify:
    def verify(self, client, code):
        client.cookies["django_language"] = "en"
        return client.get(reverse("verify"), {"code": code}).content.decode()

    def test_a_code_is_found_however_it_is_typed_and_tells_no_name(self, client):
        submission = SubmissionFactory(application__student__user__name="Maria Secreta")
        for typed in (submission.receipt, submission.receipt.lower(), submission.receipt.replace("-", " ")):
            text = self.verify(client, f" {typed} ")
            assert "This receipt is genuine" in text
            assert submission.sha256[:16] in text
            assert submission.sha256 not in text
            assert "Maria" not in text
            assert submission.application.reference not in text

    @pytest.mark.parametrize("typed", ["ABCD-2345-FGHJ", "x" * 300, "<b>", "\x00"])
    def test_an_unknown_code_is_said_to_be(self, client, typed):
        text = self.verify(client, typed)
        assert "No receipt has the code" in text
        assert "<b>" not in text

    def test_whoever_tries_codes_out_is_told_to_wait(self, client):
        submission = SubmissionFactory()
        guesser = Client(REMOTE_ADDR="203.0.113.10", headers={"accept-language": "en"})
        with time_machine.travel(datetime.datetime(2026, 5, 4, 12, tzinfo=datetime.UTC), tick=False) as clock:
            for number in range(int(settings.ACCOUNT_RATE_LIMITS["verify_receipt"].partition("/")[0])):
                assert guesser.get(reverse("verify"), {"code": f"ABCD-2345-{number:04}"}).status_code == 200
            right = guesser.get(reverse("verify"), {"code": submission.receipt})
            assert right.status_code == 429
            assert "genuine" not in right.text
            assert "This receipt is genuine" in self.verify(client, submission.receipt)
            clock.shift(60)
            assert "genuine" in guesser.get(reverse("verify"), {"code": submission.receipt}).text


class TestRecord:
    @pytest.mark.clause("7.1.a")
    def test_the_average_is_shown_with_how_it_was_reached(self, client):
        record = RecordFactory(weighted_grades=Decimal("149.94"), graded_ects=12, ects=Decimal("19.5"))
        RecordUnitFactory(record=record, name="Algebra", ects=6, grade=Decimal("12.99"))
        RecordUnitFactory(record=record, name="Physics", ects=6, grade=12)
        RecordUnitFactory(record=record, name="Seminar", ects=Decimal("7.5"), grade=None, cycle=2)
        client.force_login(record.student.user)
        client.cookies["django_language"] = "en"
        text = client.get(reverse("record")).content.decode()
        assert "149.94 ÷ 12 ECTS = <strong>12.50</strong>" in text
        assert "77.94" in text
        assert "no grade" in text

    def test_without_a_record_it_says_what_to_do(self, client):
        client.force_login(StudentFactory().user)
        client.cookies["django_language"] = "en"
        assert "has no record of yours yet" in client.get(reverse("record")).content.decode()


def queries(client, url):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_pages_ask_the_database_the_same_with_three_rows_and_with_three_hundred(client, student, call):
    programmes = [*ProgrammeFactory.create_batch(3), student.programme]
    world = World()
    old = world.run("published").call
    type(old).objects.filter(pk=old.pk).update(academic_year=2020)
    application = ApplicationFactory(call=call, student=student)
    urls = [
        reverse("call", args=[call.code]) + "?programme=",
        reverse("edit_destinations", args=[application.public_id]),
        reverse("call_list"),
        reverse("home"),
    ]
    # What happened last year is computed once and kept.
    client.get(urls[0])
    made, counts = 0, []
    for rows in (3, 300):
        DestinationFactory.create_batch(rows - made, call=call, programmes=programmes)
        CallFactory.create_batch(3 if rows == 3 else 20)
        made = rows
        counts.append([queries(client, url) for url in urls])
    assert counts[0] == counts[1]


@pytest.mark.parametrize("typed", ["KUNGLIGA TEKNISKA", "Kungliga tekniska", "MÄRSTA", "Märsta", "marsta"])
def test_official_names_in_capitals_are_shown_readably_and_found_either_way(client, student, call, typed):
    DestinationFactory(
        call=call, institution__name="KUNGLIGA TEKNISKA HOEGSKOLAN", institution__city="MÄRSTA", code="S  STOCKHO04"
    )
    DestinationFactory(call=call, institution__name="LUNDS UNIVERSITET", institution__city="LUND")
    content = page(client, "call", call, q=typed)
    assert "Kungliga Tekniska Hoegskolan" in content
    assert "Märsta, Sweden" in content
    assert "Lunds" not in content


def test_many_destinations_are_paged_and_the_filters_stay_in_the_address(client, student, call):
    DestinationFactory.create_batch(27, call=call, institution__city="Lund", places=3)
    DestinationFactory(call=call, institution__city="Turku")
    first = page(client, "call", call, q="Lund")
    assert first.count("<tr>") == 1 + 25
    assert "27 destinations of 28, with 81 places." in first
    assert "?q=Lund&amp;page=2#destinations" in first
    assert page(client, "call", call, q="Lund", page=2).count("<tr>") == 1 + 2


def test_a_destination_says_shortly_to_which_programmes_it_is_open(client, student, call):
    others = ProgrammeFactory.create_batch(3)
    DestinationFactory(call=call, programmes=[student.programme, *others])
    DestinationFactory(call=call, programmes=others)
    DestinationFactory(call=call)
    content = page(client, "call", call, programme="")
    assert re.findall(r"<summary>([^<]+)</summary>", content) == ["Yours and others", "3 programmes"]
    assert ", ".join(programme.code for programme in others) in content
