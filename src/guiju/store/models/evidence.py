"""Evidence: chained records, their encrypted text, seals and keys."""

from __future__ import annotations

from django.db import models

from guiju.store.models.rowid import RowIdField

SEQ_BITS = 40
"""A record's id is ``chain number << SEQ_BITS | sequence``: unique by construction, ordered within its chain."""


class Chain(models.Model):
    """The chain of one writer, from its start to its end. ``id`` is the chain number, ``name`` the id in evidence."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=32, unique=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    host = models.CharField(max_length=200)
    pid = models.PositiveIntegerField()
    genesis = models.BinaryField(help_text="canonical body of sequence 0; commits to the heads of earlier chains")
    genesis_hash = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["id"]


class Record(models.Model):
    """One exchange. ``body`` is what is hashed; the other columns repeat parts of it for search and count."""

    id = RowIdField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    integration_id = models.CharField(max_length=32)
    account = models.CharField(max_length=40, blank=True)
    service = models.CharField(max_length=63)
    model = models.CharField(max_length=200)
    endpoint = models.CharField(max_length=30)
    outcome = models.CharField(max_length=20)
    prompt_action = models.CharField(max_length=16)
    answer_action = models.CharField(max_length=16, blank=True)
    flagged = models.BooleanField(help_text="something other than pass or label happened")
    labelled = models.BooleanField(help_text="the implicit label went out with the answer")
    explicit_label = models.CharField(
        max_length=12, blank=True, help_text="start, end, interface; empty where none was due"
    )
    content_number = models.CharField(
        max_length=64, db_index=True, help_text="names the exchange; ProduceID where labelled"
    )
    tokens = models.PositiveIntegerField(default=0)
    has_text = models.BooleanField(default=False)
    hash = models.BinaryField(max_length=32)
    body = models.BinaryField()

    class Meta:
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["integration_id", "at"], name="record_integration"),
            models.Index(fields=["account", "at"], name="record_by_account"),
            models.Index(fields=["at"], condition=models.Q(flagged=True), name="record_flagged"),
            models.Index(fields=["prompt_action", "at"], condition=models.Q(flagged=True), name="record_prompt_action"),
            models.Index(fields=["at"], condition=models.Q(endpoint="label.copy"), name="record_copies"),
            models.Index(fields=["answer_action", "at"], condition=models.Q(flagged=True), name="record_answer_action"),
        ]

    @property
    def chain_number(self) -> int:
        return self.id >> SEQ_BITS

    @property
    def seq(self) -> int:
        return self.id & ((1 << SEQ_BITS) - 1)


class RecordRisk(models.Model):
    """A risk found in a record, for search."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="risks")
    risk = models.CharField(max_length=60)
    at = models.DateTimeField()
    integration_id = models.CharField(max_length=32, default="", help_text="the record's; for search")

    class Meta:
        indexes = [
            models.Index(fields=["risk", "-at"], name="risk_at"),
            models.Index(fields=["integration_id", "risk", "-at"], name="risk_of_integration"),
        ]


class RecordText(models.Model):
    """The encrypted texts of one exchange, each ``nonce ‖ ciphertext``; deleted when their retention ends.

    The plain texts are JSON arrays of ``{"where", "role", "text"}``, the parts of the prompt and of the answer.
    """

    record = models.OneToOneField(Record, primary_key=True, on_delete=models.CASCADE, related_name="text")
    at = models.DateTimeField(db_index=True)
    key_id = models.CharField(max_length=16)
    prompt = models.BinaryField()
    answer = models.BinaryField()


class DataKey(models.Model):
    """A data key, wrapped by the master key; old ones stay so that old texts stay readable."""

    id = models.CharField(primary_key=True, max_length=16)
    master = models.CharField(max_length=16, help_text="id of the master key around it")
    wrapped = models.BinaryField()
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]


class Seal(models.Model):
    """A signed Merkle root over a run of records of one chain."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="seals")
    number = models.PositiveIntegerField(help_text="counts the chain's seals from 0")
    seq_from = models.BigIntegerField()
    seq_to = models.BigIntegerField()
    at = models.DateTimeField()
    body = models.BinaryField(help_text="canonical JSON that is signed")
    signature = models.BinaryField(max_length=64)
    key_id = models.CharField(max_length=16)

    class Meta:
        ordering = ["chain_id", "number"]
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="seal_once")]


class VerifyRun(models.Model):
    """One run of ``guiju evidence verify``, an export, or an export drill."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    kind = models.CharField(max_length=10, choices=[("verify", "verify"), ("export", "export")])
    ok = models.BooleanField()
    records = models.BigIntegerField()
    problems = models.PositiveIntegerField(default=0)
    seconds = models.PositiveIntegerField(default=0, help_text="how long it took")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["-at"]
