"""The append-only record of what happened to every file."""

from typing import Any

from django.db import models
from django.utils import timezone

from mobility import chain
from mobility.models.hats import Role
from mobility.models.people import holds

# What an administrator reads of the log: users, roles, settings. Rows about students' files are the auditor's.
OF_ADMINISTRATORS = (
    *("mobility.appointment", "mobility.programme"),
    *("mobility.call", "mobility.document", "mobility.membership", "mobility.message", "mobility.user"),
    *("applications.run", "scholarships.budget"),
)


class LogQuerySet(models.QuerySet["LogEntry"]):
    def visible_to(self, user: object) -> "LogQuerySet":
        """All to the auditor; to the administrator what isn't about a student's file."""
        if holds(user, Role.AUDITOR):
            return self
        return self.filter(object_type__in=OF_ADMINISTRATORS) if holds(user, Role.ADMINISTRATOR) else self.none()

    def about(self, thing: models.Model) -> "LogQuerySet":
        """The history of a file, newest first, with the people in it."""
        of_it = self.filter(object_type=thing._meta.label_lower, object_id=thing.pk)
        return of_it.select_related("actor", "behalf_of")


class LogEntry(models.Model):
    """Who did what to which object, when, in which role, under which clause. Never changed, never deleted.

    Each row names the hash of the row before it, so that none can be altered, taken out or put in unseen.
    """

    at = models.DateTimeField(default=timezone.now)
    # None: the portal itself (a scheduled task).
    actor = models.ForeignKey("mobility.User", models.PROTECT, null=True, blank=True, related_name="+")
    # In which role the actor acted, and for whom: a delegation or a substitution (Art. 2(1), 2(3)).
    role = models.CharField(max_length=20, blank=True)
    behalf_of = models.ForeignKey("mobility.User", models.PROTECT, null=True, blank=True, related_name="+")
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    clause = models.CharField(max_length=10, blank=True)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True)
    # The hash of the row before (unique: nothing can be put in between), and this one's (mobility.chain).
    previous = models.CharField(max_length=64, unique=True, editable=False)
    hash = models.CharField(max_length=64, unique=True, editable=False)

    objects = LogQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id", "-id"]),
            # How the log is searched: a million rows, the newest first.
            models.Index(fields=["actor", "-id"], name="log_by_actor"),
            models.Index(fields=["action", "-id"], name="log_by_action"),
            models.Index(fields=["at"], name="log_by_instant"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.object_type} {self.object_id}: {self.action}"

    def save(self, *args: object, **kwargs: object) -> None:
        raise TypeError("Log entries are put at the end of the log by mobility.log.append, and never changed.")

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise TypeError("Log entries are never deleted.")

    def as_row(self) -> dict[str, Any]:
        """The row as the chain reads it."""
        fields = {name: getattr(self, name) for name in (*chain.FIELDS, "hash") if name not in ("actor", "behalf_of")}
        return fields | {"actor": self.actor_id, "behalf_of": self.behalf_of_id, "at": chain.instant(self.at)}

    @property
    def is_as_written(self) -> bool:
        """The row has the hash that it was given."""
        return chain.digest(self.as_row()) == self.hash


class LogCheck(models.Model):
    """What a reading of the whole chain found: the head to note down, or the first row that fails."""

    at = models.DateTimeField(default=timezone.now)
    count = models.PositiveBigIntegerField()
    number = models.PositiveBigIntegerField()
    head = models.CharField(max_length=64)
    # A key of mobility.chain.WHAT, and the number of the row; none when the chain is good.
    fault = models.CharField(max_length=10, blank=True)
    fault_number = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.number}:{self.head} {self.fault}"
