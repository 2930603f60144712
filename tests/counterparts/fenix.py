"""A small Fénix: the documented OAuth2 flow and the answers of its API, for tests and for trying the portal by hand.

    python -m tests.counterparts.fenix 8199

Standard library alone. Whom it knows is in a file (``--people``, by default fenix.json beside this one), read again at
every request, so that a test changes the answers while the server runs. A person is ``{"person": …, "curriculum": …}``,
each as the API answers it; ``{"status": 500}``, ``{"raw": "…"}`` or ``{"wait": 3, …}`` in its place says how it goes
wrong. The client is ``mobility`` with the secret ``segredo``.
"""

import argparse
import contextlib
import html
import json
import secrets
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT_ID, CLIENT_SECRET = "mobility", "segredo"
CODES_LIVE = 300.0
API = "/api/fenix/v1/"


class Fenix(BaseHTTPRequestHandler):
    people: Path
    # Code -> person, redirect_uri and until when; token -> person. Shared by all requests of the process.
    codes: dict[str, tuple[str, str, float]]
    tokens: dict[str, str]

    def log_message(self, *args: Any) -> None:
        """Addresses have tokens in them."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if parts.path == "/oauth/userdialog":
            self.dialog(asked)
        elif parts.path.startswith(API):
            self.answer(parts.path.removeprefix(API), asked.get("access_token", ""))
        else:
            self.send(404, b"not found")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        form = {key: values[0] for key, values in parse_qs(self.rfile.read(length).decode()).items()}
        if self.path == "/oauth/access_token":
            self.token(form)
        else:
            self.send(404, b"not found")

    def dialog(self, asked: dict[str, str]) -> None:
        """Who signs in, and whether they agree. ``as`` answers at once, as a browser that is signed in does."""
        if asked.get("client_id") != CLIENT_ID or not asked.get("redirect_uri"):
            return self.send(400, b"client_id or redirect_uri is wrong")
        if "as" in asked:
            code = secrets.token_urlsafe(16)
            self.codes[code] = (asked["as"], asked["redirect_uri"], time.monotonic() + CODES_LIVE)
            return self.back(asked, code=code)
        if "refuse" in asked:
            return self.back(asked, error="access_denied")
        people = json.loads(self.people.read_text(encoding="utf-8"))
        links = "".join(
            f'<li><a href="?{html.escape(urlencode({**asked, "as": name}))}">{html.escape(_label(name, one))}</a></li>'
            for name, one in people.items()
        )
        refuse = html.escape(urlencode({**asked, "refuse": "1"}))
        page = f"""<!doctype html><html lang="pt"><meta charset="utf-8"><link rel="icon" href="data:,">
            <title>Fénix (de ensaio)</title>
            <h1>Fénix (de ensaio)</h1><p>A Mobilidade pede acesso aos teus dados. Entra como:</p>
            <ul>{links}</ul><p><a href="?{refuse}">Recusar</a></p></html>"""
        return self.send(200, page.encode(), "text/html; charset=utf-8")

    def back(self, asked: dict[str, str], **answer: str) -> None:
        if asked.get("state"):
            answer["state"] = asked["state"]
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(answer)}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def token(self, form: dict[str, str]) -> None:
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return self.refuse("credentials or redirect_uri don't match")
        if form.get("grant_type") != "authorization_code":
            return self.refuse("grant_type must be authorization_code")
        # A code is good for one token.
        username, redirect_uri, until = self.codes.pop(form.get("code", ""), ("", "", 0.0))
        if not username or redirect_uri != form.get("redirect_uri"):
            return self.refuse("code invalid")
        if until < time.monotonic():
            return self.refuse("code expired")
        token = secrets.token_urlsafe(24)
        self.tokens[token] = username
        answer = {"access_token": token, "refresh_token": secrets.token_urlsafe(24), "expires_in": "3600"}
        return self.json(200, answer)

    def answer(self, what: str, token: str) -> None:
        username = self.tokens.get(token)
        people = json.loads(self.people.read_text(encoding="utf-8"))
        if username not in people:
            return self.json(401, {"error": "accessTokenInvalid", "error_description": "access token not recognized."})
        found = people[username].get({"person": "person", "person/curriculum": "curriculum"}.get(what, ""))
        if found is None:
            return self.send(404, b"not found")
        if isinstance(found, dict):
            time.sleep(found.get("wait", 0))
            if "status" in found:
                return self.send(found["status"], b"<html>Fenix</html>", "text/html")
            if "raw" in found:
                return self.send(200, found["raw"].encode(), "application/json")
            found = found.get("answer", found)
        return self.json(200, found)

    def refuse(self, why: str) -> None:
        self.json(400, {"error": "invalid_grant", "error_description": why})

    def json(self, status: int, content: Any) -> None:
        self.send(status, json.dumps(content, ensure_ascii=False).encode(), "application/json; charset=UTF-8")

    def send(self, status: int, content: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        # Whoever asked may have lost patience.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(content)


def _label(username: str, one: dict[str, Any]) -> str:
    person = one.get("person")
    return f"{username} {person.get('name', '') if isinstance(person, dict) else ''}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("port", type=int)
    parser.add_argument("--people", type=Path, default=Path(__file__).with_name("fenix.json"))
    chosen = parser.parse_args()
    Fenix.people, Fenix.codes, Fenix.tokens = chosen.people, {}, {}
    print(f"A Fénix at http://127.0.0.1:{chosen.port}", flush=True)
    ThreadingHTTPServer(("127.0.0.1", chosen.port), Fenix).serve_forever()


if __name__ == "__main__":
    main()
