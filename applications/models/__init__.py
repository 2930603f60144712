"""From the call to the placement: applications, opinions, runs."""

from applications.models.applications import Application, Opinion, Preference, Submission
from applications.models.runs import Confirmation, Entry, Homologation, Run, RunFiles

__all__ = [
    "Application",
    "Confirmation",
    "Entry",
    "Homologation",
    "Opinion",
    "Preference",
    "Run",
    "RunFiles",
    "Submission",
]
