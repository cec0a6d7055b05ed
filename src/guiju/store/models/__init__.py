"""The database, one module per noun. Rows are written by `guiju.store.services` and the evidence writer, nobody else."""

from guiju.store.models.accounts import Account, Sanction, Violation
from guiju.store.models.audit import AuditEntry
from guiju.store.models.cases import Case
from guiju.store.models.evidence import Chain, DataKey, Record, RecordRisk, RecordText, Seal, VerifyRun
from guiju.store.models.gateways import GatewayProcess, Refusal, SnapshotVersion, Usage
from guiju.store.models.integrations import Integration, IntegrationKey, Service
from guiju.store.models.law import CheckRun, Document, OperatorValue
from guiju.store.models.policies import PolicyComparison, PolicyVersion, WordList, WordListVersion
from guiju.store.models.users import Role, User

__all__ = [
    "Account",
    "AuditEntry",
    "Case",
    "Chain",
    "CheckRun",
    "DataKey",
    "Document",
    "GatewayProcess",
    "Integration",
    "IntegrationKey",
    "OperatorValue",
    "PolicyComparison",
    "PolicyVersion",
    "Record",
    "RecordRisk",
    "RecordText",
    "Refusal",
    "Role",
    "Sanction",
    "Seal",
    "Service",
    "SnapshotVersion",
    "Usage",
    "User",
    "VerifyRun",
    "Violation",
    "WordList",
    "WordListVersion",
]
