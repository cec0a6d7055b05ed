"""What is told to other systems: who listens, and the outbox of what still has to be delivered."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.db import models
from django.utils.translation import gettext_lazy as _

from guiju.store.models.evidence import DataKey


class Webhook(models.Model):
    """One address that is told of events. Its secret is encrypted."""

    class Shape(models.TextChoices):
        GENERIC = "generic", _("Generic")
        DINGTALK = "dingtalk", "钉钉 DingTalk"
        WECOM = "wecom", "企业微信 WeCom"
        FEISHU = "feishu", "飞书 Feishu"

    name = models.CharField(max_length=60, unique=True)
    address = models.CharField(max_length=500)
    shape = models.CharField(max_length=10, choices=Shape.choices, default=Shape.GENERIC)
    events: models.JSONField[list[str]] = models.JSONField(default=list, help_text="names of events; empty for all")
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    key = models.ForeignKey(DataKey, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    secret = models.BinaryField(default=b"", help_text="the signing secret, encrypted")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def host(self) -> str:
        """Host and port it leads to; the rest of the address may be a secret."""
        return urlsplit(self.address).netloc


class Delivery(models.Model):
    """One event on its way to one address. It holds no user's text."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        GIVEN_UP = "given_up", _("Given up")
        BLOCKED = "blocked", _("Held back")

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=40)
    body: models.JSONField[dict[str, object]] = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["next_at"], condition=models.Q(state="waiting"), name="delivery_waiting")]
