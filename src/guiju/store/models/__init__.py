"""The database, one module per noun. Rows are written by `guiju.store.services` and the evidence writer, nobody else."""

from guiju.store.models.accounts import (
    Account,
    AuthorityReport,
    BulkAction,
    Exemption,
    ProposedStep,
    Sanction,
    ShadowStep,
    Violation,
)
from guiju.store.models.appeals import Appeal, RuleVerdict
from guiju.store.models.audit import AuditEntry
from guiju.store.models.candidates import ModelCandidate
from guiju.store.models.cases import Case, CaseClaim, CaseNote, CaseProposal, CaseSketch, DeskSettings
from guiju.store.models.complaints import Allowance, Complaint, ComplaintMessage
from guiju.store.models.evidence import Chain, DataKey, Record, RecordRisk, RecordText, Seal, VerifyRun
from guiju.store.models.figures import DayFigure
from guiju.store.models.films import FilmOrder
from guiju.store.models.gateways import GatewayProcess, Refusal, SnapshotVersion, Usage
from guiju.store.models.incidents import Incident, IncidentEvent
from guiju.store.models.integrations import Integration, IntegrationKey, Service
from guiju.store.models.law import CheckRun, Document, OperatorValue
from guiju.store.models.minors import (
    CareCase,
    CareEvent,
    CareProfile,
    GuardianDecision,
    GuardianLink,
    MinorsPolicyVersion,
    UsageDay,
)
from guiju.store.models.policies import PolicyComparison, PolicyVersion, WordList, WordListVersion
from guiju.store.models.rumours import RefutedClaim
from guiju.store.models.users import Role, User
from guiju.store.models.webhooks import Delivery, Webhook

__all__ = [
    "Account",
    "Allowance",
    "Appeal",
    "AuditEntry",
    "AuthorityReport",
    "BulkAction",
    "CareCase",
    "CareEvent",
    "CareProfile",
    "Case",
    "CaseClaim",
    "CaseNote",
    "CaseProposal",
    "CaseSketch",
    "Chain",
    "CheckRun",
    "Complaint",
    "ComplaintMessage",
    "DataKey",
    "DayFigure",
    "Delivery",
    "DeskSettings",
    "Document",
    "Exemption",
    "FilmOrder",
    "GatewayProcess",
    "GuardianDecision",
    "GuardianLink",
    "Incident",
    "IncidentEvent",
    "Integration",
    "IntegrationKey",
    "MinorsPolicyVersion",
    "ModelCandidate",
    "OperatorValue",
    "PolicyComparison",
    "PolicyVersion",
    "ProposedStep",
    "Record",
    "RecordRisk",
    "RecordText",
    "Refusal",
    "RefutedClaim",
    "Role",
    "RuleVerdict",
    "Sanction",
    "Seal",
    "Service",
    "ShadowStep",
    "SnapshotVersion",
    "Usage",
    "UsageDay",
    "User",
    "VerifyRun",
    "Violation",
    "Webhook",
    "WordList",
    "WordListVersion",
]
