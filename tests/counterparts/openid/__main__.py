"""python -m tests.counterparts.openid PORT REDIRECT_URI...: serve until the process is ended."""

import os
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIServer, make_server

import django
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from tests.counterparts.openid import CLIENT_ID, CLIENT_SECRET


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def main(port: int, redirect_uris: list[str]) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.counterparts.openid.settings"
    django.setup()
    from allauth.idp.oidc.models import Client

    call_command("migrate", verbosity=0)
    client = Client(id=CLIENT_ID, name="Mobility", scopes="openid\nprofile\nemail")
    client.set_secret(CLIENT_SECRET)
    client.set_redirect_uris(redirect_uris)
    client.save()
    make_server("127.0.0.1", port, get_wsgi_application(), server_class=Server).serve_forever()


main(int(sys.argv[1]), sys.argv[2:])
