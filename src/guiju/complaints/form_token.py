"""A token in every public form that says when it was shown: what comes back too fast was not written by a person.

The token is ``<second>.<nonce>.<signature>``, signed with HMAC-SHA256, and kept nowhere until the form is sent; its
digest then stands with the complaint, so that a form counts once.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from guiju.errors import FormRefused


class FormTokens:
    """Makes and checks tokens under one key, for forms that take between ``soonest`` and ``latest`` seconds."""

    def __init__(self, key: bytes, soonest: int, latest: int) -> None:
        self._key, self._soonest, self._latest = key, soonest, latest

    def make(self, now: int) -> str:
        """A token for a form shown at ``now`` (seconds)."""
        head = f"{now}.{secrets.token_hex(8)}"
        return f"{head}.{self._sign(head)}"

    def check(self, token: str, now: int) -> str:
        """The digest under which the form counts once.

        Raises:
            FormRefused: it is no token of ours, or came sooner or later than a person would send the form.
        """
        head, _, signature = token.rpartition(".")
        made, _, nonce = head.partition(".")
        whole = made.isascii() and made.isdigit() and bool(nonce)
        if not whole or not hmac.compare_digest(signature.encode(), self._sign(head).encode()):
            raise FormRefused(problem_zh="表单无效", problem_en="it is not one of ours")
        age = now - int(made)
        if age < self._soonest:
            raise FormRefused(problem_zh="提交过快", problem_en="it came too fast")
        if age > self._latest:
            raise FormRefused(problem_zh="表单已过期", problem_en="it is too old")
        return hashlib.sha256(token.encode()).hexdigest()

    def _sign(self, head: str) -> str:
        return hmac.new(self._key, b"guiju form\x00" + head.encode(), hashlib.sha256).hexdigest()
