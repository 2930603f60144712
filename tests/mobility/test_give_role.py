"""The first people of an empty portal get their roles from whoever runs it."""

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from mobility.models import LogEntry, Membership, User
from tests.factories import ProgrammeFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.clause("2.3")
def test_a_new_person_gets_an_account_and_the_role_and_sets_a_password(client, capsys):
    call_command("give_role", "Ana@Example.org", "nmci", "--name", "Ana Ribeiro")

    ana = User.objects.get()
    assert (ana.email, ana.name, ana.has_role("nmci")) == ("ana@example.org", "Ana Ribeiro", True)
    assert "forgotten password" in capsys.readouterr().out
    assert LogEntry.objects.get(action="give").data["role"] == "nmci"
    client.post(reverse("account_reset_password"), {"email": "ana@example.org"})
    (letter,) = mail.outbox
    assert letter.to == ["ana@example.org"]
    assert "/account/password/reset/key/" in letter.body


def test_a_second_time_changes_nothing_and_other_roles_are_added():
    someone, programme = UserFactory(), ProgrammeFactory(code="MEIC")

    for _ in range(2):
        call_command("give_role", someone.email, "coordinator", "--programme", "MEIC")
    call_command("give_role", someone.email, "board")

    assert sorted(Membership.objects.values_list("role", "programme")) == [
        ("board", None),
        ("coordinator", programme.pk),
    ]
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a@example.org", "king"], "invalid choice"),
        (["not an address", "nmci", "--name", "x"], "mail"),
        (["a@example.org", "nmci"], "."),
        (["a@example.org", "department", "--name", "x"], "--department CODE"),
        (["a@example.org", "nmci", "--name", "x", "--department", "DEI"], "."),
        (["a@example.org", "coordinator", "--name", "x"], "--programme CODE"),
        (["a@example.org", "nmci", "--name", "x", "--programme", "MEIC"], "--programme CODE"),
        (["a@example.org", "coordinator", "--name", "x", "--programme", "MEIC"], "There is no programme MEIC"),
    ],
)
def test_what_makes_no_sense_is_refused_and_makes_no_account(arguments, words):
    with pytest.raises(CommandError, match=words):
        call_command("give_role", *arguments)
    assert not User.objects.exists()
