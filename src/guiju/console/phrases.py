"""Codes of the other rooms in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTS: dict[str, str | Promise] = {
    "account.approve": _("approved a proposed sanction"),
    "account.exempt": _("exempted an account"),
    "account.exempt_end": _("ended an exemption"),
    "account.facts": _("was told about an account"),
    "account.propose": _("proposed a sanction"),
    "account.refuse": _("refused a proposed sanction"),
    "account.report": _("reported an account to an authority"),
    "bulk.apply": _("applied a bulk action"),
    "bulk.create": _("prepared a bulk action"),
    "bulk.refuse": _("refused a bulk action"),
    "bulk.undo": _("undid a bulk action"),
    "webhook.create": _("added a webhook"),
    "webhook.retry": _("sent a delivery again"),
    "webhook.update": _("changed a webhook"),
    "account.impose": _("imposed a sanction"),
    "account.lift": _("lifted a sanction"),
    "care.close": _("closed a care case"),
    "care.contact": _("reached the contact of an account"),
    "care.open": _("opened a care case"),
    "case.claim": _("took a case"),
    "case.comment": _("commented on a case"),
    "case.decide": _("decided a case"),
    "case.extend": _("kept a case longer"),
    "case.open_beside": _("put an account's other exchanges before reviewers"),
    "case.overturn": _("overturned a decision"),
    "case.propose": _("proposed a word or a refuted claim"),
    "case.release": _("gave a case back"),
    "case.split": _("split a case"),
    "case_proposal.approved": _("approved a reviewer's proposal"),
    "case_proposal.refused": _("refused a reviewer's proposal"),
    "appeal.decide": _("decided an appeal"),
    "complaint.claim": _("took a complaint"),
    "complaint.close": _("concluded a complaint"),
    "complaint.note": _("wrote a note about a complaint"),
    "complaint.read": _("read the words of a complaint"),
    "complaint.release": _("gave a complaint back"),
    "complaint.remind": _("reminded of a complaint"),
    "complaint.reopen": _("reopened a complaint"),
    "complaint.reply": _("answered a complaint"),
    "complaint.submit": _("received a complaint"),
    "complaint.supplement": _("received an addition to a complaint"),
    "complaint.sweep": _("deleted the words of complaints that were due"),
    "desk.settings": _("changed the own review settings"),
    "document.upload": _("added a document"),
    "document.withdraw": _("withdrew a document"),
    "evidence.export": _("exported evidence"),
    "evidence.export.done": _("finished an export"),
    "evidence.export_text": _("exported evidence with texts"),
    "evidence.read_text": _("read a text"),
    "evidence.rotate_data_key": _("made a new data key"),
    "evidence.sweep_retention": _("deleted texts that were due"),
    "evidence.verify.done": _("verified the evidence"),
    "guardian.decide": _("recorded a guardian's decision"),
    "guardian.link": _("made a guardian's link"),
    "guardian.revoke": _("closed guardians' links"),
    "guardian.withdraw": _("took a guardian's decision back"),
    "incident.close": _("closed an incident"),
    "incident.end": _("ended the handling of an incident"),
    "incident.fill": _("filled fields of an incident's reports"),
    "incident.note": _("added to the timeline of an incident"),
    "incident.open": _("opened an incident"),
    "incident.regrade": _("graded an incident"),
    "incident.report": _("recorded a report of an incident"),
    "integration.create": _("registered an integration"),
    "integration.key.new": _("issued a key"),
    "integration.key.rotate": _("rotated the keys of an integration"),
    "integration.key.revoke": _("revoked a key"),
    "integration.review": _("reviewed an integration"),
    "integration.status": _("changed an integration's status"),
    "integration.update": _("edited an integration"),
    "law.run_checks": _("measured the obligations"),
    "law.set_operator_value": _("set a threshold"),
    "minors.clear": _("cleared a suspicion of being a minor"),
    "minors.policy": _("put a minors' policy in force"),
    "minors.profile": _("stated whose account it is"),
    "minors.state": _("took over an age the caller stated"),
    "minors.suspect": _("switched minors' mode on for signs"),
    "model.compare": _("compared a candidate model"),
    "model.promote": _("promoted a model"),
    "model.retrain": _("made a candidate model"),
    "model.rollback": _("went back to an earlier model"),
    "policy.draft": _("drafted a policy"),
    "policy.expire": _("let a policy version end"),
    "policy.trial": _("put a policy version on trial"),
    "policy.trial_end": _("ended the trial of a policy version"),
    "policy.publish": _("published a policy"),
    "policy.rollback": _("rolled a policy back"),
    "report.approve": _("approved a report to an authority"),
    "report.prepare": _("prepared a report to an authority"),
    "report.refuse": _("refused a report to an authority"),
    "service.create": _("added a service"),
    "service.update": _("edited a service"),
    "user.create": _("created a user"),
    "user.deactivate": _("deactivated a user"),
    "user.enrol_totp": _("set up a second factor"),
    "user.password.change": _("changed the own password"),
    "user.password.reset": _("reset a password"),
    "user.reactivate": _("reactivated a user"),
    "user.role": _("changed a role"),
    "user.sign_in": _("signed in"),
    "user.sign_out": _("signed out"),
    "user.totp.reset": _("reset a second factor"),
    "word_list.create": _("created a word list"),
    "word_list.live": _("switched a word list"),
    "word_list.version": _("added words"),
}
"""What an audit entry did, by the store's word for it. A test compares the keys with the store's source."""

CAUTIONS: dict[str, str | Promise] = {
    "no_auditor": _("There is no active auditor: nobody can read the audit log or verify the evidence. Create one."),
}
"""What the present set of users lacks, by the service's word for it."""

LABEL_REASONS: dict[str, str | Promise] = {
    "structured": _("The answer is structured data by request; words inside would break it."),
    "empty": _("The answer had no text."),
    "imitated": _("The model had written the same label there already."),
    "closed_fence": _("A code block was closed before the words."),
}
"""Why a label is not where the setting puts it, by the labelling room's word for it."""

PROOFS: dict[str, str | Promise] = {
    "check": _("a check"),
    "document": _("a document"),
    "check_or_document": _("a check or a document"),
    "check_and_document": _("a check and a document"),
}
"""What proves an obligation."""

SET_BY: dict[str, str | Promise] = {
    "law": _("fixed by the rule"),
    "practice": _("fixed by filing practice"),
    "operator": _("set by the operator"),
}
"""Who fixed a threshold."""

DIRECTIONS: dict[str, str | Promise] = {"prompt": _("Prompt"), "answer": _("Answer"), "upload": _("Upload")}
"""Which way a content travels."""

OBJECTS: dict[str, str | Promise] = {
    "Account": _("Account"),
    "BulkAction": _("Bulk action"),
    "Case": _("Case"),
    "DeskSettings": _("Review settings"),
    "ModelCandidate": _("Model"),
    "Complaint": _("Complaint"),
    "DataKey": _("Data key"),
    "Document": _("Document"),
    "Incident": _("Incident"),
    "Integration": _("Integration"),
    "OperatorValue": _("Threshold"),
    "PolicyVersion": _("Policy"),
    "Record": _("Record"),
    "Sanction": _("Sanction"),
    "Service": _("Service"),
    "User": _("User"),
    "VerifyRun": _("Verification"),
    "Webhook": _("Webhook"),
    "WordList": _("Word list"),
}
"""Sorts of things that audit entries are about, by the store's name for them."""
