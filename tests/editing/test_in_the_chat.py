"""From the chat to the desk: who asks for a human is told that the question was passed on, once there is one."""

from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select
from wechatpy import parse_message

from backend.consult.reply import Reply
from backend.db import db
from backend.editing.models import Ticket
from backend.house import house
from backend.vault import Vault
from backend.wechat.messages import Desk
from tests.editing.conftest import reply

TEXT = "<xml><ToUserName>a</ToUserName><FromUserName>o-1</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>{}</Content><MsgId>1</MsgId></xml>"


@dataclass
class Says:
    """Stands in for the consultation."""

    reply: Reply

    def answer(self, question: str, *, who: str) -> Reply:
        return self.reply


def ask(app: Flask, said: Reply) -> str:
    rooms = house(app)
    rooms.__dict__["consultant"] = Says(said)
    return Desk(rooms, Vault("s" * 40, "wechat")).answer(parse_message(TEXT.format(said.question))).text


@pytest.mark.parametrize(
    ("lang", "told"), [("zh", "也转给了工作人员"), ("en", "passed your question on"), ("ja", "passed your question on")]
)
def test_who_was_not_understood_is_told_of_the_ticket(app: Flask, lang: str, told: str) -> None:
    said = ask(app, reply("鹦鹉要登记吗", "handoff", confidence=0.1, lang=lang))
    assert said.startswith("t\n\n") and told in said
    ticket = db.session.scalars(select(Ticket)).one()
    assert (ticket.openid, ticket.question, ticket.lang) == ("o-1", "鹦鹉要登记吗", "zh" if lang == "zh" else "en")


@pytest.mark.parametrize("said", [reply("转人工", "handoff", confidence=0.9), reply("狗证多少钱")])
def test_without_a_ticket_nothing_is_promised(app: Flask, said: Reply) -> None:
    assert ask(app, said) == "t"
