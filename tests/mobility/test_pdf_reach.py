"""A template for paper reaches neither a file of the machine nor the network, whatever name stands in it."""

import http.server
import io
import threading
from base64 import b64encode
from uuid import uuid4

import pytest
from django.template import engines
from django.utils.html import escape
from pypdf import PdfReader

from mobility import pdf
from tests.uploaded import picture


class Server(http.server.BaseHTTPRequestHandler):
    asked: list[str] = []

    def do_GET(self):  # the library's name
        self.asked.append(self.path)
        self.send_error(404)

    def log_message(self, *_arguments):
        """Quiet."""


@pytest.fixture
def server():
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    Server.asked = []
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield httpd
    httpd.shutdown()
    httpd.server_close()


@pytest.fixture
def paper(monkeypatch, tmp_path):
    """Renders a template of the test's own, with a name in it."""
    engine = engines["django"].engine
    monkeypatch.setattr(engine, "dirs", [*engine.dirs, tmp_path])

    def render(markup: str, name: str = "") -> bytes:
        # A name of its own each time: templates are kept by name.
        template = f"{uuid4()}.html"
        (tmp_path / template).write_text(f"<html><body>{markup}<p>{{{{ name }}}}</p></body></html>")
        return pdf.render(template, {"name": name})

    return render


def words(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


REACHING = (
    '<img src="{address}">',
    '<link rel="stylesheet" href="{address}">',
    '<style>@import url("{address}"); body {{ background: url("{address}") }}</style>',
    '<link rel="attachment" href="{address}">',
    '<object data="{address}"></object>',
)


@pytest.mark.parametrize("markup", REACHING)
def test_a_template_does_not_fetch(paper, server, tmp_path, markup):
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET OF THE MACHINE")
    for address in (f"file://{secret}", f"http://127.0.0.1:{server.server_port}/x.png"):
        content = paper(markup.format(address=address))
        assert b"SECRET" not in content
        assert not PdfReader(io.BytesIO(content)).attachments
    assert Server.asked == []


def test_a_name_is_written_and_not_followed(paper, server):
    name = f'<img src="http://127.0.0.1:{server.server_port}/name.png"><b>Eva</b>'
    text = words(paper("", name))
    assert "<b>Eva</b>" in text
    assert escape(name) != name
    assert Server.asked == []


def test_a_picture_that_is_in_the_page_itself_is_drawn(paper):
    drawn = paper(f'<img src="data:image/png;base64,{b64encode(picture("PNG")).decode()}">')
    assert len(PdfReader(io.BytesIO(drawn)).pages[0].images) == 1
