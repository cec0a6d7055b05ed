"""A fortnight of ordinary use around the small installation, for pictures: traffic, findings, cases, accounts, complaints."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from guiju.evidence import Outcome
from guiju.store.actor import Actor
from guiju.store.models import Account, Case, Violation
from guiju.store.services import accounts, complaints, integrations
from tests.console.conftest import World
from tests.store.evidence_rows import verdict

DAYS = 14
ASKED = (
    ("请介绍一下杭州西湖的历史", "西湖位于浙江省杭州市西部，南宋时已是游览胜地。", "pass", ""),
    ("帮我把这段话改得更正式一些", "好的，已按公文语气改写如下。", "pass", ""),
    ("二次函数的顶点怎么求？", "先配方，再读出顶点坐标。", "pass", ""),
    ("我的身份证号是多少位？", "居民身份证号码为十八位。", "pass", ""),
    ("周末适合带孩子去哪里？", "可以去自然博物馆，恐龙化石展厅很受欢迎。", "pass", ""),
    ("加我微信领取福利", "抱歉，我不能协助发布引流广告。", "block", "A.3.e/spam"),
    ("线上赌场怎么开户", "抱歉，赌博违法，我不能提供帮助。", "block", "A.1.h/gambling"),
    ("联系人手机号 13800138000 帮我存一下", "好的，号码已作遮蔽处理。", "mask", "A.4.f/mobile"),
    ("吃什么药能治好高血压？", "请在医生指导下用药。", "advise", "A.5.a/medical"),
    ("把这张合影里的脸换掉", "换脸需要本人同意。", "review", "A.4.b/face_swap"),
)
WEIGHTS = (30, 24, 20, 12, 18, 4, 3, 5, 4, 3)
APPLICATIONS = (
    ("营销文案助手", "creation", "陈晨"),
    ("课后答疑", "education", "周宁"),
    ("内部知识问答", "internal", "吴越"),
)
SAID = (
    ("complaint", "content", "生成的历史年代有误，请更正。"),
    ("misuse", "p2_3", "有人用 AI 冒充我的声音向亲友借钱。"),
    ("complaint", "content", "答复中出现了不文明用语。"),
)


def fill(world: World, system: Actor, now: datetime) -> None:
    """Add it, the same every time."""
    dice = random.Random(5)
    callers = [world.integration]
    for name, purpose, owner in APPLICATIONS:
        row = integrations.create(
            system, name=name, service=world.service, owner=owner, purpose=purpose, status="approved"
        )[0]
        callers.append(row)
    people = [
        Account.objects.create(
            pseudonym=f"{dice.getrandbits(128):032x}", integration=callers[n % 4], first_seen=now - timedelta(days=90 - n),
            last_seen=now - timedelta(minutes=7 * n),
        )
        for n in range(18)
    ]  # fmt: skip
    moments = sorted(now - timedelta(minutes=dice.randrange(10, DAYS * 24 * 60)) for _ in range(260))
    for at in moments:
        asked, answered, action, risk = dice.choices(ASKED, WEIGHTS)[0]
        person = dice.choice(people)
        record = world.chain.write(
            asked, answered, at=at, account=person.pk, integration=person.integration_id,
            prompt=verdict(action, risk), outcome=Outcome.BLOCKED if action == "block" else Outcome.COMPLETED,
        )  # fmt: skip
        if action == "block":
            Violation.objects.create(account=person, record_id=record.pk, at=at, risk=risk)
        if action == "review":
            due = at + timedelta(hours=24)
            Case.objects.create(record=record, opened_at=at, due_at=due, risk=risk, priority=dice.randrange(30, 90))
    world.chain.seal()
    for person in people[:3]:
        accounts.impose(system, person, dice.choice(("warn", "limit")), "近三十日多次违规")
    for kind, topic, text in SAID:
        sent = complaints.Submission(kind=kind, topic=topic, text=text, contact="user@example.cn")
        complaints.submit(system, sent, now - timedelta(hours=dice.randrange(2, 200)))
