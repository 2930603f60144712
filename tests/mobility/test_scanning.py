"""The virus scanner: a real ClamAV daemon where one is installed, and a small one that speaks its protocol."""

import shutil
import socket
import socketserver
import struct
import subprocess
import threading
import time
from pathlib import Path

import pytest
from django.utils import translation

from mobility.models import Document
from mobility.services.uploads import UploadRefused, receive
from tests.factories import StudentFactory
from tests.uploaded import EICAR, pdf, uploaded

pytestmark = pytest.mark.django_db
CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")


def infected() -> bytes:
    """A PDF that would be taken, but for the harmless string that every scanner knows."""
    return pdf(seed="x").replace(b"%%EOF", b"% " + EICAR + b"\n%%EOF")


def give(content: bytes) -> Document:
    student = StudentFactory()
    return receive(file=uploaded("a.pdf", content), owner=student, kind="other", by=student.user)


def refusal(content: bytes) -> str:
    with translation.override("en"), pytest.raises(UploadRefused) as refused:
        give(content)
    assert not Document.objects.exists()
    return str(refused.value)


class Scanner(socketserver.ThreadingTCPServer):
    """Speaks INSTREAM as clamd does; ``verdict`` makes its answer of what it was sent."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, verdict):
        self.verdict, self.seen = verdict, []
        super().__init__(("127.0.0.1", 0), Conversation)


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        command = self.rfile.read(len(b"nINSTREAM\n"))
        assert command in (b"nINSTREAM\n", b"zINSTREAM\0")
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        self.server.seen.append(content)
        self.wfile.write(self.server.verdict(content) + command[-1:])


@pytest.fixture
def scanner(settings):
    servers = []

    def start(verdict):
        server = Scanner(verdict)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMD_ADDRESS = f"tcp://127.0.0.1:{server.server_address[1]}"
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def verdict(content: bytes) -> bytes:
    return b"stream: Eicar-Test-Signature FOUND" if EICAR in content else b"stream: OK"


def test_the_scanner_sees_the_whole_file_before_it_is_taken(scanner):
    server = scanner(verdict)
    content = pdf(pages=80, seed="long")
    assert len(content) > 10_000
    assert give(content).pk
    assert server.seen == [content]


def test_what_the_scanner_finds_is_not_taken(scanner):
    scanner(verdict)
    assert "The virus scanner refused this file" in refusal(infected())


@pytest.mark.parametrize(
    "words", [b"INSTREAM size limit exceeded. ERROR", b"stream: Can't allocate memory ERROR", b"", b"?"]
)
def test_an_answer_that_is_no_verdict_takes_nothing(scanner, words):
    scanner(lambda content: words)
    assert "can't be checked for viruses at the moment" in refusal(pdf())


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{port}", "unix:{folder}/no-such.sock"])
def test_a_scanner_that_can_not_be_reached_takes_nothing(settings, tmp_path, address):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings.CLAMD_ADDRESS = address.format(port=port, folder=tmp_path)
    assert "Try again in some minutes" in refusal(pdf())


def test_without_a_scanner_files_are_taken(settings):
    settings.CLAMD_ADDRESS = ""
    assert give(infected()).pk


@pytest.fixture
def daemon(tmp_path, settings):
    """A real clamd with one signature of our own."""
    if CLAMD is None:
        pytest.skip("No clamd: install it (Debian: apt-get install clamav-daemon) to run this test.")
    tmp_path.chmod(0o755)
    (tmp_path / "own.ndb").write_text(f"Eicar.Own:0:*:{EICAR.hex()}\n")
    address = tmp_path / "clamd.sock"
    (tmp_path / "clamd.conf").write_text(
        f"LocalSocket {address}\nDatabaseDirectory {tmp_path}\nForeground yes\nLogFile {tmp_path}/clamd.log\n"
        "OfficialDatabaseOnly no\n"
    )
    process = subprocess.Popen(
        [CLAMD, "--config-file", tmp_path / "clamd.conf"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    deadline = time.monotonic() + 60
    while not address.exists():
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < deadline, Path(tmp_path / "clamd.log").read_text()
        time.sleep(0.1)
    settings.CLAMD_ADDRESS = f"unix:{address}"
    yield
    process.terminate()
    process.wait()
    process.stdout.close()


def test_a_real_scanner_refuses_the_test_virus_and_lets_the_rest_in(daemon):
    assert "The virus scanner refused this file" in refusal(infected())
    assert give(pdf()).pk
