"""The Celery application; workers and beat start with ``celery -A mobility.celery``."""

import os
from pathlib import Path

from celery import Celery
from celery.signals import worker_ready, worker_shutdown
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mobility.settings")
app = Celery("mobility")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["mobility"])

# The filesystem broker does not make its folders itself.
for key in ("data_folder_in", "control_folder"):
    folder = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get(key)
    if folder:
        Path(str(folder)).mkdir(parents=True, exist_ok=True)


@worker_ready.connect
def tell_ready(**kwargs: object) -> None:
    settings.WORKER_READY_FILE.touch()


@worker_shutdown.connect
def tell_gone(**kwargs: object) -> None:
    settings.WORKER_READY_FILE.unlink(missing_ok=True)
