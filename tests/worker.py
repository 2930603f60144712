"""The portal's worker, for tests that stop it in the middle: it waits where PAUSE_AT says, and says so.

Started with `celery -A tests.worker`; nothing of this is in the portal's own worker.
"""

import os
import time
from pathlib import Path

import django

django.setup()

from mobility.celery import app  # noqa: E402  # Django's settings come first
from mobility.services import jobs  # noqa: E402  # Django's settings come first
from scholarships.services import runs  # noqa: E402  # Django's settings come first

__all__ = ["app"]

PAUSE_AT, MARK = os.environ.get("PAUSE_AT"), os.environ.get("MARK", "")
beat, store_outcome = jobs.beat, runs.store_outcome


def pause(phase):
    if phase == PAUSE_AT:
        Path(MARK).touch()
        time.sleep(600)


def beat_and_pause(job, phase, progress):
    beat(job, phase, progress)
    pause(f"{phase} {progress}")


def store_and_pause(*arguments, **more):
    """Everything is written, nothing is committed."""
    store_outcome(*arguments, **more)
    pause("stored")


jobs.beat, runs.store_outcome = beat_and_pause, store_and_pause
