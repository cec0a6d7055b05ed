"""Ten million exchanges, chained and sealed by the gateway's own code, as of half a year of ordinary traffic.

Nothing is made up beside the exchanges themselves: `ChainEnd` links, lays out and seals every record, a chain of its own for
every million, as gateways that are started again do. Texts are kept for one exchange in a hundred, to save disk; pages of
lists do not read them, and verification reads commitments, not texts.
"""

from __future__ import annotations

import hashlib
import random
from array import array
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from django.db import transaction

from bench.scale.bulk import Loader, without_indexes
from bench.words import answer_pieces, prompt
from guiju.evidence.record import Exchange, LabelEntry, Outcome, RecordedFinding, Timings, Tokens, Verdict, new_id
from guiju.gateway.labels import AnswerLabels
from guiju.labeling import TextLabeller
from guiju.store import keys
from guiju.store.chain_end import ChainEnd
from guiju.store.drafts import Draft, now_us
from guiju.store.models.evidence import SEQ_BITS

HALF_A_YEAR = 183 * 24 * 3600 * 1_000_000
CHAIN = 1_000_000
BATCH = 10_000
"""Records in one transaction, and under one seal, as the default settings seal."""
TEXT_EVERY = 100
FINDINGS = 0.04

RISKS = {
    "A.4.f/mobile": 30, "A.1.f/pornography": 14, "A.1.h/gambling": 10, "A.1.h/fraud": 9, "A.4.a/abuse": 8,
    "A.3.e/spam": 7, "A.4.f/idcard": 6, "A.5.a/medical": 5, "A.4.a/self_harm": 3, "A.1.h/drugs": 3, "A.1.f/violence": 2,
    "A.5.a/finance": 2, "A.4.b/face_swap": 1, "A.1.h/weapons": 0.5, "A.1.d/terrorism": 0.02,
}  # fmt: skip
ACTIONS = {"advise": 40, "review": 25, "block": 20, "answer_instead": 10, "mask": 4.99, "unchecked": 0.01}
MODELS = ("qwen-max", "deepseek-chat", "glm-4.6", "doubao-pro", "hunyuan")
_STOPS = frozenset({"block", "answer_instead"})
_PASSED, _LABELLED = Verdict(action="pass"), Verdict(action="label")
_TIMINGS = Timings(check_answer=410, check_prompt=380, total=1_900_000, upstream=1_890_000)


@dataclass(frozen=True)
class Incident:
    """A record that something follows from: a violation, a case."""

    record: int
    at: int
    account: int
    risk: str
    action: str


@dataclass
class Traffic:
    """What was written, by the number of the account; times in microseconds, 0 for never."""

    first: array[int]
    last: array[int]
    integration: array[int]
    records: int = 0
    incidents: list[Incident] = field(default_factory=list)


def pseudonym(number: int) -> str:
    """The pseudonym of an account: 32 hex digits in no order, as keyed hashes are."""
    return hashlib.blake2b(number.to_bytes(8, "big"), digest_size=16).hexdigest()


class Writer:
    """Writes exchanges up to a number of records, stop after stop."""

    def __init__(self, callers: Sequence[tuple[str, str]], accounts: int, most: int) -> None:
        """``callers``: ids of integrations with their service; few of them make most of the traffic."""
        self._dice = random.Random(20261122)
        self._callers, self._most = callers, most
        self._end = now_us() - 60_000_000
        of = array("H", (int(len(callers) * self._dice.random() ** 2.5) for _ in range(accounts)))
        self.traffic = Traffic(array("q", bytes(8 * accounts)), array("q", bytes(8 * accounts)), of)
        self._names = [pseudonym(number) for number in range(accounts)]
        self._label = _label()
        self._risks, self._risk_weights = list(RISKS), list(accumulate(RISKS.values()))
        self._actions, self._action_weights = list(ACTIONS), list(accumulate(ACTIONS.values()))
        self._chain: ChainEnd | None = None

    def up_to(self, records: int) -> None:
        """Write until there are so many."""
        loader, vault, seal = Loader(), keys.vault(), keys.seal_key()
        with without_indexes():
            while self.traffic.records < records:
                if self._chain is None or self.traffic.records % CHAIN == 0:
                    self._close()
                    self._chain = ChainEnd(vault, self._moment(self.traffic.records))
                count = min(BATCH, records - self.traffic.records, CHAIN - self.traffic.records % CHAIN)
                with transaction.atomic():
                    rows = [self._chain.link(self._draft(self._chain)) for _ in range(count)]
                    loader.write(rows)
                    self._chain.stored(rows)
                    self._chain.seal(seal, self._moment(self.traffic.records))
            if records == self._most:
                self._close()

    def _close(self) -> None:
        if self._chain is not None:
            self._chain.close(self._moment(self.traffic.records))
            self._chain = None

    def _moment(self, number: int) -> int:
        return self._end - HALF_A_YEAR + HALF_A_YEAR * number // self._most

    def _draft(self, chain: ChainEnd) -> Draft:
        """The next exchange; it is linked before another one is made."""
        dice, traffic = self._dice.random, self.traffic
        number = traffic.records
        account = self._account(number)
        at = self._moment(number)
        name = new_id(at)
        caller, service = self._callers[traffic.integration[account]]
        asked, answered, outcome = _PASSED, _LABELLED, Outcome.COMPLETED
        if dice() < FINDINGS:
            asked, answered, outcome = self._found(chain, at, account)
        model = MODELS[traffic.integration[account] % len(MODELS)]
        tokens = 60 + int(400 * dice())
        exchange = Exchange(
            account=self._names[account],
            answer=answered,
            at=at,
            endpoint="chat.completions",
            id=name,
            integration=caller,
            label=LabelEntry(name, self._label.explicit, self._label.implicit.replace(_SAMPLE, name), "start"),
            lexicon="1a2b3c4d5e6f",
            model=model,
            outcome=outcome,
            policy="default@1",
            prompt=asked,
            service=service,
            timings=_TIMINGS,
            tokens=Tokens(completion=tokens - 50, prompt=50, total=tokens),
            upstream=model,
        )
        if not traffic.first[account]:
            traffic.first[account] = at
        traffic.last[account] = at
        traffic.records += 1
        if number % TEXT_EVERY:
            return Draft(exchange)
        return Draft(exchange, _parts("messages[0].content", "user", prompt()), _parts("a", "assistant", _said(number)))

    def _account(self, number: int) -> int:
        """Every account once in so many exchanges as there are tenths of accounts; else a few come often."""
        accounts = len(self._names)
        if number % 10 == 0:
            return number // 10 * 7919 % accounts
        return int(accounts * self._dice.random() ** 3)

    def _found(self, chain: ChainEnd, at: int, account: int) -> tuple[Verdict, Verdict, Outcome]:
        dice = self._dice.random
        risk = self._risks[bisect(self._risk_weights, dice() * self._risk_weights[-1])]
        action = self._actions[bisect(self._action_weights, dice() * self._action_weights[-1])]
        score = 600 + int(400 * dice())
        finding = RecordedFinding(
            "words", risk, f"w{int(dice() * 997)}", score, "high", ((3, 7),), "messages[0].content"
        )
        verdict = Verdict(action=action, findings=(finding,), risk=risk, score=score)
        if action in ("review", "block"):
            record = chain.number << SEQ_BITS | chain.head.seq + 1
            self.traffic.incidents.append(Incident(record, at, account, risk, action))
        stopped = action in _STOPS
        return verdict, _LABELLED, Outcome.BLOCKED if stopped else Outcome.COMPLETED


_SAMPLE = "0" * 32


def _label() -> LabelEntry:
    labels = AnswerLabels("001191330106MA27XL1P5X00000", _SAMPLE, TextLabeller.build())
    labels.whole("好的", structured=False)
    return labels.entry(structured=False)


def _parts(where: str, role: str, text: str) -> str:
    return f'[{{"where":"{where}","role":"{role}","text":"{text}"}}]'


def _said(number: int) -> str:
    return "".join(answer_pieces(number))
