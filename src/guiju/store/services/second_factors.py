"""A user's authenticator: set up by the user, confirmed with a code, removed only by an administrator's reset."""

from __future__ import annotations

from django_otp.plugins.otp_totp.models import TOTPDevice

from guiju.errors import PermissionDenied
from guiju.store import audit
from guiju.store.actor import Actor
from guiju.store.acts import act, guarded
from guiju.store.permissions import RULES, Permission

NAME = "authenticator"


@guarded(Permission.CHANGE_OWN_PASSWORD)
def pending(actor: Actor) -> TOTPDevice:
    """The actor's unconfirmed device, made on first use. It lets nobody in until `confirm`."""
    return TOTPDevice.objects.get_or_create(user=actor.user, confirmed=False, defaults={"name": NAME})[0]


@act(Permission.CHANGE_OWN_PASSWORD)
def confirm(actor: Actor, device: TOTPDevice, token: str) -> bool:
    """Confirm the actor's own device with a code it shows; from then on every sign-in asks for one.

    Raises:
        PermissionDenied: the device is somebody else's.
    """
    if actor.user is None or device.user_id != actor.user.pk:
        rule = RULES[Permission.CHANGE_OWN_PASSWORD]
        raise PermissionDenied(permission=rule.id.value, permission_zh=rule.zh, permission_en=rule.en)
    if not device.verify_token(token):
        return False
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    audit.append(actor, "user.enrol_totp", actor.user)
    return True
