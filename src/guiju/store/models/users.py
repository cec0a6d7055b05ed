"""People who work in the console."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """The separation of duties (三员分离): nobody both acts and audits."""

    SYSTEM_ADMIN = "system_admin", _("System administrator")
    REVIEWER = "reviewer", _("Security reviewer")
    COMPLIANCE = "compliance", _("Compliance officer")
    AUDITOR = "auditor", _("Auditor")
    READ_ONLY = "read_only", _("Read-only")


class User(AbstractUser):
    """A console user with exactly one role."""

    role = models.CharField(max_length=20, choices=Role.choices, default=Role.READ_ONLY)
    language = models.CharField(max_length=10, blank=True)
    must_change_password = models.BooleanField(default=False)

    class Meta:
        ordering = ["username"]
