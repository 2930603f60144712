"""The end of an account by its owner, and the page on which staff see what goes when."""

import datetime

import pytest
from django.utils import timezone

from mobility.models import Hold, LogEntry, Role, Student, User
from mobility.personal import retention
from mobility.personal.anonymise import ANONYMOUS
from tests.factories import ApplicationFactory, StudentFactory, UserFactory, person
from tests.privacy.world import Known

pytestmark = pytest.mark.django_db

DELETE, RETENTION = "/account/delete/", "/office/retention/"
PASSWORD = "correct horse battery"


def enter(client, user):
    client.force_login(user)
    assert client.post("/account/reauthenticate/", {"password": PASSWORD}).status_code == 302


def test_an_account_without_an_application_goes_at_once(client):
    student = StudentFactory(user__name="Ninguém Aqui", user__language="pt")
    ApplicationFactory(student=student, state="draft", submitted_at=None)
    enter(client, student.user)
    assert "Apagar a minha conta" in client.get(DELETE).text
    answer = client.post(DELETE, follow=True)
    assert "A tua conta foi apagada." in answer.text
    assert not answer.wsgi_request.user.is_authenticated
    gone = User.objects.get(pk=student.user.pk)
    assert (gone.name, gone.is_active) == (ANONYMOUS, False)
    assert not Student.objects.filter(pk=student.pk).exists()
    assert LogEntry.objects.filter(action="erase", actor=gone).count() == 1


def test_it_is_confirmed_who_one_is_first(client):
    user = UserFactory()
    client.force_login(user)
    answer = client.post(DELETE)
    assert answer["Location"].startswith("/account/reauthenticate/")
    user.refresh_from_db()
    assert user.is_active


def test_an_application_keeps_it_until_a_day_that_is_said(client):
    student = StudentFactory(user__language="pt")
    ApplicationFactory(student=student, call__academic_year=2027)
    enter(client, student.user)
    page = client.get(DELETE).text
    assert "até 31 ago 2033" in page
    assert "Apagar a minha conta" not in page
    client.post(DELETE)
    student.user.refresh_from_db()
    assert student.user.is_active


def test_a_grant_keeps_it_for_longer(client):
    known = Known()
    enter(client, known.user)
    page = client.get(DELETE).text
    assert "até 31 ago 2033" in page
    assert "até 31 ago 2038" in page


@pytest.mark.parametrize("keeps", ["a role", "a hold"])
def test_roles_and_holds_keep_it(client, keeps):
    user = person(Role.DEPARTMENT) if keeps == "a role" else UserFactory()
    if keeps == "a hold":
        Hold.objects.create(user=user, reason="Recurso.", by=person(Role.NMCI))
    enter(client, user)
    assert 'class="btn btn-danger"' not in client.get(DELETE).text
    client.post(DELETE)
    user.refresh_from_db()
    assert user.is_active


def test_staff_see_counts_of_what_goes_and_what_went(client):
    auditor = person(Role.AUDITOR, language="pt")
    UserFactory.create_batch(3, joined_at=timezone.now() - datetime.timedelta(days=365 * 2 - 10), name="Escondida")
    client.force_login(auditor)
    page = client.get(RETENTION).text
    row = page[page.index("Conta: nome") :]
    assert [row.split('class="num"')[n].split(">")[1].split("<")[0] for n in (1, 2)] == ["0", "3"]
    assert "A tarefa ainda não correu" in page
    User.objects.filter(name="Escondida").update(joined_at=timezone.now() - datetime.timedelta(days=740))
    retention.apply(now=timezone.now())
    page = client.get(RETENTION).text
    assert '<strong class="figure">3</strong>' in page
    assert "Escondida" not in page


def test_the_office_keeps_data_and_lets_them_go(client):
    office, student = person(Role.NMCI, language="pt"), StudentFactory(user__name="Rita Lobo")
    client.force_login(office)
    assert client.post(RETENTION, {"person": "ninguem@example.org", "reason": "Recurso."}).status_code == 422
    assert client.post(RETENTION, {"person": student.number.upper(), "reason": ""}).status_code == 422
    client.post(RETENTION, {"person": f" {student.number} ", "reason": "Recurso hierárquico."})
    assert "Rita Lobo" in client.get(RETENTION).text
    assert client.post(RETENTION, {"person": student.number, "reason": "Outra vez."}).status_code == 422
    client.post(f"{RETENTION}{Hold.objects.get().pk}/lift/")
    assert "Rita Lobo" not in client.get(RETENTION).text
    client.force_login(person(Role.ADMINISTRATOR, language="pt"))
    Hold.objects.update(lifted_at=None)
    page = client.get(RETENTION).text
    assert "Rita Lobo" not in page
    assert "1 pessoa" in page
