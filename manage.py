#!/usr/bin/env python
"""Django's command line, with the portal's settings."""

import importlib
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from environs import EnvError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mobility.settings")
    try:
        importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    except (EnvError, ImproperlyConfigured) as error:
        # The operator's mistake, not ours: what to do, without the traceback.
        sys.exit(f"The settings can't be used. {error}")
    execute_from_command_line(sys.argv)
