"""The outbox is sent: each message once, none lost."""

import datetime
import socket
import threading

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from mobility.mail import queue
from mobility.models import Message
from mobility.services import messages
from tests.factories import UserFactory


def message(**fields):
    defaults = {"recipient": UserFactory(), "template": "x", "subject": "Subject", "body": "Body\n"}
    fields = defaults | fields
    return Message.objects.create(key=f"x:{fields['recipient'].pk}", **fields)


@pytest.fixture
def later(time_machine):
    """Moves the clock so far from where it began."""
    begun = timezone.now()
    return lambda **by: time_machine.move_to(begun + datetime.timedelta(**by), tick=True)


@pytest.fixture
def no_server(settings):
    """A mail server that refuses connections."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = free.getsockname()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


@pytest.mark.django_db
def test_a_message_is_sent_once():
    written = message(recipient=UserFactory(name="Ana Sá", email="ana@example.org"))
    assert messages.send_due() == 1
    assert messages.send_due() == 0
    written.refresh_from_db()
    assert written.state == "sent"
    assert written.sent_at
    (sent,) = mail.outbox
    assert (sent.subject, sent.body) == ("Subject", "Body\n")
    assert sent.to == ["=?utf-8?q?Ana_S=C3=A1?= <ana@example.org>"]
    assert sent.extra_headers["Message-ID"].startswith(f"<{written.pk}.")


@pytest.mark.django_db
def test_what_is_not_due_waits(later):
    message(not_before=timezone.now() + datetime.timedelta(hours=1))
    assert messages.send_due() == 0
    later(hours=2)
    assert messages.send_due() == 1


@pytest.mark.django_db
@pytest.mark.enable_socket
def test_without_a_server_everything_is_kept_and_sent_later(no_server, settings, later):
    for _ in range(3):
        message()
    assert messages.send_due() == 0
    assert set(Message.objects.values_list("state", "attempts")) == {("queued", 0)}
    assert "refused" in Message.objects.exclude(error="").get().error
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    later(minutes=2)
    assert messages.send_due() == 3
    assert set(Message.objects.values_list("state", "error")) == {("sent", "")}


@pytest.mark.django_db
def test_a_message_that_cannot_be_sent_is_tried_again_and_then_marked(later):
    broken, fine = message(subject="two\nlines"), message()
    hours = 0
    for attempt in range(1, messages.MAX_ATTEMPTS + 1):
        messages.send_due()
        broken.refresh_from_db()
        assert broken.attempts == attempt
        assert messages.send_due() == 0  # not before its time
        hours += 13
        later(hours=hours)
    assert broken.state == "failed"
    assert "newlines" in broken.error
    fine.refresh_from_db()
    assert fine.state == "sent"
    assert messages.send_due() == 0


@pytest.mark.django_db
def test_a_sender_that_died_does_not_lose_the_message(later):
    written = message()
    messages._claim(written.pk)  # and then it is killed
    assert messages.send_due() == 0
    later(minutes=11)
    assert messages.send_due() == 1
    assert mail.outbox[0].extra_headers["Message-ID"].startswith(f"<{written.pk}.")


@pytest.mark.django_db
def test_a_sender_that_wakes_up_late_writes_nothing(later):
    written = message()
    zombie = messages._claim(written.pk)
    later(minutes=11)
    assert messages.send_due() == 1
    messages._refused(zombie, OSError("timed out"))
    written.refresh_from_db()
    assert (written.state, written.error) == ("sent", "")


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_message_once():
    for _ in range(20):
        message()
    together, sent = threading.Barrier(2), []

    def send():
        together.wait()
        sent.append(messages.send_due())
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sent) == 20
    assert len({letter.to[0] for letter in mail.outbox}) == len(mail.outbox) == 20


@pytest.mark.django_db
def test_the_sending_is_asked_for_once_a_transaction_and_only_when_it_stands(django_capture_on_commit_callbacks):
    someone = UserFactory()
    with django_capture_on_commit_callbacks() as asked, transaction.atomic():
        for number in range(3):
            queue("run_confirmed", to=someone, key=str(number), context={"call": "x", "run_url": "x"})
    assert len(asked) == 1
