"""A SAML 2.0 identity provider: pysaml2's, which says of people what a test needs, and errs on request.

    python -m tests.counterparts.identity_provider PORT

Its files are in the folder that COUNTERPART_FOLDER names; the portal's metadata have to be there as sp.xml before
somebody signs in. Its sign-in page asks for a username; a test also gives attributes as JSON, and says in what the
answer is to be wrong.
"""

import base64
import datetime
import html
import json
import os
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIServer, make_server

import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from saml2 import BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig
from saml2.metadata import create_metadata_string
from saml2.saml import NAME_FORMAT_URI, NAMEID_FORMAT_PERSISTENT, NAMEID_FORMAT_TRANSIENT, NameID
from saml2.server import Server
from saml2.sigver import get_xmlsec_binary
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA1, SIG_RSA_SHA256

FOLDER = Path(os.environ["COUNTERPART_FOLDER"])
PEOPLE = {
    "ines": {
        "eduPersonPrincipalName": ["ist1000001@tecnico.example"],
        "displayName": ["Inês Carvalho"],
        "mail": ["ines.carvalho@tecnico.example"],
    },
}
PAGE = """<!doctype html><html lang="en"><title>Counterpart</title><h1>Sign in to the university</h1>
<form method="post"><label>Username <input name="username"></label> <button>Sign in</button></form></html>"""
BACK = """<!doctype html><html lang="en"><title>Back</title><form method="post" action="{action}">
<input type="hidden" name="SAMLResponse" value="{answer}"><input type="hidden" name="RelayState" value="{state}">
<button>Continue</button></form></html>"""


def make_key() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "counterpart")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    (FOLDER / "idp.key").write_bytes(pem)
    (FOLDER / "idp.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def configuration(base: str) -> IdPConfig:
    portal = FOLDER / "sp.xml"
    return IdPConfig().load(
        {
            "entityid": f"{base}/metadata",
            "xmlsec_binary": get_xmlsec_binary(),
            "key_file": str(FOLDER / "idp.key"),
            "cert_file": str(FOLDER / "idp.crt"),
            "metadata": {"local": [str(portal)]} if portal.exists() else {},
            "service": {
                "idp": {
                    "endpoints": {"single_sign_on_service": [(f"{base}/sso", BINDING_HTTP_REDIRECT)]},
                    "policy": {"default": {"lifetime": {"minutes": 5}, "name_form": NAME_FORMAT_URI}},
                }
            },
        }
    )


def answer(base: str, query: dict[str, list[str]], form: dict[str, list[str]]) -> str:
    """The page that posts the response back; ``errs`` says in what it is wrong."""
    server = Server(config=configuration(base))
    request = server.parse_authn_request(query["SAMLRequest"][0], BINDING_HTTP_REDIRECT).message
    attributes = json.loads(form.get("attributes", ["null"])[0]) or PEOPLE[form["username"][0]]
    errs = form.get("errs", [""])[0]
    shift = datetime.timedelta(seconds=int(form.get("shift", ["0"])[0]))
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + shift):
        if errs == "refuses":
            response = server.create_error_response(
                request.id, request.assertion_consumer_service_url, ("AuthnFailed", "no"), sign=True
            )
        else:
            kind = NAMEID_FORMAT_TRANSIENT if errs == "transient" else NAMEID_FORMAT_PERSISTENT
            response = server.create_authn_response(
                attributes,
                None if errs == "unasked" else request.id,
                request.assertion_consumer_service_url,
                "https://somebody.example" if errs == "audience" else request.issuer.text,
                name_id=NameID(format=kind, text=f"name-{form['username'][0]}"),
                authn={"class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:Password", "authn_auth": base},
                sign_response=False,
                sign_assertion=errs != "unsigned",
                sign_alg=SIG_RSA_SHA1 if errs == "outdated" else SIG_RSA_SHA256,
                digest_alg=DIGEST_SHA256,
            )
    text = str(response)
    if errs == "altered":
        text = text.replace("Inês", "Ines").replace("ist1000001", "ist1000002")
    return BACK.format(
        action=html.escape(request.assertion_consumer_service_url),
        answer=base64.b64encode(text.encode()).decode(),
        state=html.escape(form.get("relay", query.get("RelayState", [""]))[0]),
    )


class Web(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def main(port: int) -> None:
    base = f"http://127.0.0.1:{port}"
    make_key()

    def serve(environ, start_response):
        content_type = "text/html; charset=utf-8"
        if environ["PATH_INFO"] == "/metadata":
            content_type = "application/xml"
            body = create_metadata_string(None, config=configuration(base), sign=False)
        elif environ["REQUEST_METHOD"] == "POST":
            form = parse_qs(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode())
            body = answer(base, parse_qs(environ["QUERY_STRING"]), form).encode()
        else:
            body = PAGE.encode()
        start_response("200 OK", [("Content-Type", content_type)])
        return [body]

    make_server("127.0.0.1", port, serve, server_class=Web).serve_forever()


main(int(sys.argv[1]))
