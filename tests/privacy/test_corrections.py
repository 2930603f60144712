"""Corrections: asked for by the person, answered by the mobility office, written where the portal is the source."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from mobility.models import Correction, LogEntry, Message, Role
from mobility.personal import retention
from mobility.services import corrections
from mobility.workflow import TransitionRefused
from tests.factories import CorrectionFactory, StudentFactory, UserFactory, person

pytestmark = pytest.mark.django_db

HERE = "/account/corrections/"
ASKED = {"subject": "name", "detail": "", "should_be": "Inês de Castro", "why": "Como no cartão de cidadão."}


@pytest.fixture
def office():
    return person(Role.NMCI, language="pt", name="Ana Ribeiro")


@pytest.fixture
def student():
    return StudentFactory(user__language="pt", user__name="Ines Castro", curricular_year=4)


@pytest.fixture
def correction(student):
    return CorrectionFactory(user=student.user)


def test_asked_told_and_seen(client, office, student):
    client.force_login(student.user)
    answer = client.post(HERE, ASKED)
    asked = Correction.objects.get()
    assert answer["Location"] == f"/corrections/{asked.public_id}/"
    page = client.get(answer["Location"]).text
    for words in ("Inês de Castro", "Ines Castro", "A aguardar resposta", "Como no cartão de cidadão."):
        assert words in page
    subjects = {letter.recipient: letter.subject for letter in Message.objects.all()}
    assert subjects[student.user] == "O teu pedido de correção foi recebido"
    assert subjects[office].startswith("Foi pedida uma correção: responder até")
    assert "Resposta ao teu pedido de correção" in client.get("/").text
    client.force_login(office)
    assert "Responder a pedidos de correção (1)" in client.get("/").text
    assert "Inês de Castro" in client.get("/office/corrections/").text


def test_the_letters_speak_the_readers_language(office):
    english = StudentFactory(user__language="en")
    corrections.ask(user=english.user, by=english.user, **ASKED)
    assert Message.objects.get(recipient=english.user).subject == "Your request for correction was received"


@pytest.mark.parametrize(
    ("subject", "asked", "value", "written"),
    [
        ("name", "Inês de Castro", "Inês de Castro", ("user.name", "Inês de Castro")),
        ("nationality", "brasileira", "BR", ("nationality.code", "BR")),
        ("curricular_year", "5", "5", ("curricular_year", 5)),
    ],
)
def test_what_the_portal_is_the_source_of_is_written_with_the_answer(
    client, office, student, subject, asked, value, written
):
    correction = CorrectionFactory(user=student.user, subject=subject, should_be=asked)
    client.force_login(office)
    address = f"/corrections/{correction.public_id}/"
    assert 'name="value"' in client.get(address).text
    answer = client.post(address, {"verdict": "correct", "value": value, "answer": "Está corrigido."})
    assert answer["Location"] == "/office/corrections/"
    student.refresh_from_db()
    student.user.refresh_from_db()
    found = student
    for part in written[0].split("."):
        found = getattr(found, part)
    assert found == written[1]
    correction.refresh_from_db()
    assert (correction.state, correction.answered_by, correction.answer) == ("corrected", office, "Está corrigido.")
    letter = Message.objects.get(recipient=student.user)
    assert letter.subject == "Resposta ao teu pedido de correção"
    assert "Está corrigido." in letter.body
    entry = LogEntry.objects.get(action="correct_data")
    assert entry.data == {"field": subject}
    assert value not in str(list(LogEntry.objects.values_list("data", "reason")))


def test_the_academic_record_is_corrected_at_its_source(client, office, student):
    correction = CorrectionFactory(user=student.user, subject="record", detail="Álgebra", should_be="16")
    client.force_login(office)
    page = client.get(f"/corrections/{correction.public_id}/").text
    assert 'name="value"' not in page
    assert "serviços académicos" in page
    client.post(f"/corrections/{correction.public_id}/", {"verdict": "correct", "answer": "A nota já foi alterada."})
    correction.refresh_from_db()
    assert correction.state == "corrected"
    assert not LogEntry.objects.filter(action="correct_data").exists()


def test_refused_with_reasons(client, office, student, correction):
    client.force_login(office)
    address = f"/corrections/{correction.public_id}/"
    page = client.post(address, {"verdict": "refuse", "answer": " "})
    assert page.status_code == 422
    assert "Diz-se o que foi feito, ou porque não." in page.text
    client.post(address, {"verdict": "refuse", "answer": "O documento diz o mesmo que o portal."})
    correction.refresh_from_db()
    student.user.refresh_from_db()
    assert (correction.state, student.user.name) == ("refused", "Ines Castro")
    client.force_login(student.user)
    page = client.get(address).text
    assert "O documento diz o mesmo que o portal." in page
    assert "Não corrigido" in page


@pytest.mark.parametrize("value", ["", "quarenta", "-1"])
def test_a_value_that_cannot_be_is_refused_in_words(client, office, student, value):
    correction = CorrectionFactory(user=student.user, subject="curricular_year", should_be="5")
    client.force_login(office)
    page = client.post(
        f"/corrections/{correction.public_id}/", {"verdict": "correct", "value": value, "answer": "Sim."}
    )
    assert page.status_code == 422
    correction.refresh_from_db()
    student.refresh_from_db()
    assert (correction.state, student.curricular_year) == ("asked", 4)


@pytest.mark.parametrize("missing", ["subject", "should_be", "why"])
def test_a_request_that_says_too_little_is_kept_and_marked(client, student, missing):
    client.force_login(student.user)
    page = client.post(HERE, ASKED | {missing: ""})
    assert page.status_code == 422
    assert not Correction.objects.exists()
    assert "error-summary" in page.text


def test_a_second_press_asks_once(client, student):
    client.force_login(student.user)
    for _press in range(2):
        client.post(HERE, ASKED)
    assert Correction.objects.count() == 1


def test_more_than_five_at_once_are_refused(client, student):
    CorrectionFactory.create_batch(5, user=student.user)
    client.force_login(student.user)
    page = client.post(HERE, ASKED)
    assert page.status_code == 422
    assert "5 pedidos que aguardam resposta" in page.text


def test_an_answered_one_is_not_answered_again(office, correction):
    corrections.refuse(correction=correction, answer="Não.", by=office)
    with pytest.raises(TransitionRefused):
        corrections.correct(correction=correction, answer="Sim.", value="X", by=office)
    correction.user.refresh_from_db()
    assert correction.user.name == "Ines Castro"


def test_nobody_asks_for_another_or_answers_without_the_role(student, correction):
    with pytest.raises(PermissionDenied):
        corrections.ask(user=student.user, by=UserFactory(), **ASKED)
    with pytest.raises(PermissionDenied):
        corrections.correct(correction=correction, answer="Sim.", value="X", by=student.user)


def test_dropped_by_the_person(client, student, correction):
    client.force_login(student.user)
    client.post(f"/corrections/{correction.public_id}/drop/")
    correction.refresh_from_db()
    assert correction.state == "dropped"
    assert "Responder" not in client.get(f"/corrections/{correction.public_id}/").text


def test_it_is_due_within_a_month(correction):
    assert correction.due_at - correction.asked_at <= datetime.timedelta(days=28)


def test_it_goes_five_years_after_the_answer(office, correction):
    corrections.refuse(correction=correction, answer="Não.", by=office)
    waiting = CorrectionFactory()
    later = timezone.now() + datetime.timedelta(days=366 * 5)
    assert retention.counts(later)["correction"] == 1
    assert retention.counts(later - datetime.timedelta(days=30))["correction"] == 0
    retention.apply(now=later)
    assert not Correction.objects.filter(pk=correction.pk).exists()
    assert waiting.answered_at is None


def test_the_statements_do_not_grow_with_the_requests(client, office, counted_queries):
    client.force_login(office)
    CorrectionFactory()
    few = counted_queries(client, "/office/corrections/")
    CorrectionFactory.create_batch(10)
    assert counted_queries(client, "/office/corrections/") == few
