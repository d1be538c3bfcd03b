"""Editors' pages: what is asked, tickets, proposals, versions; and that nobody else sees them."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.db import db
from backend.editing.clusters import cluster_due
from backend.editing.models import Asked, Proposal, ProposalState, Ticket, Version
from backend.editing.tickets import open_ticket
from backend.identity.models import AuditEntry
from backend.identity.service import OfficerRole
from backend.notify.models import NotifyMessage
from tests.cast import NOW, OWN, rooms
from tests.console.conftest import Desk
from tests.editing.conftest import reply
from tests.editing.test_clusters import encode

MATTER = "id-card-renew"
PAGES = [
    "",
    "/clusters",
    "/matters",
    f"/matters/{MATTER}",
    f"/matters/{MATTER}/edit/summary",
    "/proposals",
    "/versions",
]
SAMPLE = {"matter": MATTER, "lang": "zh", "question": "小卡片旧了要换新的", "aspect": "process"}


@pytest.fixture
def editor(at_desk: Desk) -> FlaskClient:
    return at_desk("330201", "service-hall", OfficerRole.EDITOR)


@pytest.fixture
def other_editor(at_desk: Desk) -> FlaskClient:
    return at_desk("330202", "service-hall", OfficerRole.EDITOR)


@pytest.fixture
def folder(app: Flask) -> Iterator[Path]:
    """The knowledge folder; what a test published is taken back."""
    root = rooms(app).settings.knowledge_dir
    kept = {path: path.read_bytes() for path in root.glob("matters/*/*")}
    yield root
    for path, data in kept.items():
        path.write_bytes(data)
    rooms(app).catalogue.refresh()


def ready(proposal_id: int = 0) -> Proposal:
    db.session.rollback()
    proposal = db.session.scalars(select(Proposal).order_by(Proposal.id.desc())).first()
    assert proposal is not None
    proposal.state, proposal.result = ProposalState.READY, {
        "same": False, "bank": {"questions": 9, "right_before": 7, "right_after": 8}, "asked": {"questions": 1, "changed": 1}, "added": 1,
        "flips": [
            {"text": "换个小卡片", "wanted": MATTER, "before": "(ood)", "after": MATTER, "rank_before": 4, "rank_after": 1},
            {"text": "卡片", "wanted": None, "before": "(ood)", "after": MATTER, "rank_before": None, "rank_after": None},
        ],
    }  # fmt: skip
    db.session.commit()
    return proposal


def ask(**changes: object) -> None:
    values: dict = {
        "day": NOW.date(),
        "lang": "zh",
        "kind": "clarify",
        "confidence": 0.3,
        "matter": None,
        "aspect": "fee",
        "useful": None,
        "picked": MATTER,
        "unsure": True,
    }
    db.session.add(Asked(id=secrets.token_hex(16), text="<b>鹦鹉</b>要登记吗", **(values | changes)))
    db.session.commit()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_an_editor(app: Flask, editor: FlaskClient, page: str) -> None:
    ask()
    cluster_due(NOW, encode)
    db.session.commit()
    response = editor.get(f"/console/knowledge{page}")
    assert response.status_code == 200 and "知识库" in response.text


@pytest.mark.parametrize("role", [role for role in OfficerRole if role is not OfficerRole.EDITOR])
def test_nobody_else_sees_or_changes_the_knowledge(at_desk: Desk, role: OfficerRole) -> None:
    client = at_desk("330800", OWN, role)
    assert {client.get(f"/console/knowledge{page}").status_code for page in PAGES} == {403}
    posts = [
        "samples",
        f"matters/{MATTER}/edit/summary",
        "proposals/1/approve",
        "proposals/1/reject",
        "versions/1/roll-back",
        "clusters/1/dismiss",
    ]
    assert {client.post(f"/console/knowledge/{post}", data=SAMPLE).status_code for post in posts} == {403}
    assert client.get("/console/tickets").status_code == (200 if role is OfficerRole.WINDOW_CLERK else 403)


def test_without_a_login_there_is_nothing(app: Flask) -> None:
    for page in ("/console/knowledge", "/console/tickets", "/console/tickets/1"):
        assert app.test_client().get(page).status_code in (302, 401)


def test_the_overview_counts_and_the_clusters_escape(app: Flask, editor: FlaskClient) -> None:
    ask()
    ask(kind="matter", matter=MATTER, unsure=False, useful=True)
    cluster_due(NOW, encode)
    db.session.commit()
    page = editor.get("/console/knowledge").text
    assert "<b>1</b> 组没答好的提问" in page and "50%" in page
    clusters = editor.get("/console/knowledge/clusters").text
    assert "&lt;b&gt;鹦鹉&lt;/b&gt;要登记吗" in clusters and "<b>鹦鹉" not in clusters
    number = re.search(r"/clusters/(\d+)/dismiss", clusters)
    assert number and "不再显示" in editor.post(number[0].join(["/console/knowledge", ""]), follow_redirects=True).text
    assert editor.post(f"/console/knowledge{number[0]}").status_code == 404


def test_a_sample_goes_from_one_editor_to_another_and_back(
    app: Flask, editor: FlaskClient, other_editor: FlaskClient, folder: Path
) -> None:
    bank = folder / f"matters/identity-card/{MATTER}.questions.tsv"
    before = bank.read_bytes()
    assert "正在检查" in editor.post("/console/knowledge/samples", data=SAMPLE, follow_redirects=True).text
    proposal = ready()
    page = f"/console/knowledge/proposals/{proposal.id}"
    own, others = editor.get(page).text, other_editor.get(page).text
    assert "核准并发布" not in own and "核准并发布" in others and "变对" in others and "小卡片旧了要换新的" in others
    assert editor.post(f"{page}/approve").status_code == 409
    assert bank.read_bytes() == before
    assert "已发布" in other_editor.post(f"{page}/approve", follow_redirects=True).text
    assert bank.read_bytes() == before + "zh\t小卡片旧了要换新的\tprocess\n".encode()
    version = db.session.scalars(select(Version)).one()
    other_editor.post(f"/console/knowledge/versions/{version.id}/roll-back")
    db.session.rollback()
    back = db.session.scalars(select(Proposal).where(Proposal.kind == "roll-back")).one()
    assert editor.post(f"/console/knowledge/proposals/{back.id}/approve").status_code == 303
    assert bank.read_bytes() == before
    assert editor.get(f"/console/knowledge/versions?matter={MATTER}").text.count("row__link") == 2


def test_a_section_with_faults_comes_back_with_what_was_typed(app: Flask, editor: FlaskClient, folder: Path) -> None:
    page = f"/console/knowledge/matters/{MATTER}/edit/validity"
    base = re.search(r'name="base" value="(\w+)"', editor.get(page).text)
    assert base
    again = editor.post(
        page, data={"base": base[1], "text": "validity:\n  - zh: 十年</textarea>\n    bases: [x]", "why": "改"}
    )
    assert again.status_code == 400 and "第 3 行" in again.text and "十年&lt;/textarea&gt;" in again.text
    assert db.session.scalars(select(Proposal)).all() == []
    taken = editor.post(page, data={"base": "0" * 64, "text": "validity: []", "why": "改"})
    assert taken.status_code == 409 and "刚被别人改过" in taken.text


def test_a_good_section_becomes_a_proposal(app: Flask, editor: FlaskClient, folder: Path) -> None:
    page = f"/console/knowledge/matters/{MATTER}/edit/authority"
    base = re.search(r'name="base" value="(\w+)"', editor.get(page).text)
    assert base
    done = editor.post(
        page, data={"base": base[1], "text": "authority: 某某公安局", "why": "机构改名"}, follow_redirects=True
    )
    assert "diff__in" in done.text and "机构改名" in done.text
    assert "还有 1 条没定的修改" in editor.get(page).text


def open_one() -> Ticket:
    assert open_ticket(reply("我叫张伟，鹦鹉要登记吗", "handoff", confidence=0.1), who="f" * 64, openid="o-1", now=NOW)
    return db.session.scalars(select(Ticket)).one()


@pytest.mark.parametrize("role", [OfficerRole.WINDOW_CLERK, OfficerRole.EDITOR])
def test_a_ticket_is_answered_from_the_desk(app: Flask, at_desk: Desk, role: OfficerRole) -> None:
    client, ticket = at_desk("330300", OWN, role), open_one()
    assert "鹦鹉要登记吗" in client.get("/console/tickets").text
    page = client.get(f"/console/tickets/{ticket.id}").text
    assert ("下次让机器自己答" in page) is (role is OfficerRole.EDITOR)
    assert client.post(f"/console/tickets/{ticket.id}/answer", data={"answer": "不"}).status_code == 400
    done = client.post(f"/console/tickets/{ticket.id}/answer", data={"answer": "鹦鹉不用登记。"}, follow_redirects=True)
    assert "答复已发给提问的人" in done.text and "鹦鹉不用登记。" in done.text
    assert db.session.scalars(select(NotifyMessage.notice)).all() == ["ticket-answered"]
    assert client.post(f"/console/tickets/{ticket.id}/close").status_code == 409
    assert "鹦鹉" in client.get("/console/tickets?state=answered").text
    assert {"ticket.look", "ticket.answered", "ticket.list"} <= set(db.session.scalars(select(AuditEntry.action)))


def test_what_a_ticket_proposes_is_masked(app: Flask, editor: FlaskClient) -> None:
    page = editor.get(f"/console/tickets/{open_one().id}").text
    assert "我叫某某,鹦鹉要登记吗</textarea>" in page


@pytest.mark.parametrize(
    "path",
    ["/console/tickets/99999999999", "/console/knowledge/proposals/0", "/console/knowledge/versions/7", "/console/knowledge/matters/none",
     "/console/knowledge/matters/id-card-renew/edit/id", "/console/knowledge/matters/..%2f..%2f/edit/summary"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(editor: FlaskClient, path: str) -> None:
    assert editor.get(path).status_code == 404


def test_the_bank_is_searched(editor: FlaskClient) -> None:
    page = editor.get(f"/console/knowledge/matters/{MATTER}?q=过期&aspect=fee").text
    assert "题库" in page
    assert "居民身份证" in editor.get("/console/knowledge/matters?q=id-card").text
    assert "没有找到" in editor.get("/console/knowledge/matters?q=%00zzz").text


def test_an_editor_comes_to_the_knowledge_first(editor: FlaskClient) -> None:
    assert editor.get("/console/").headers["Location"] == "/console/knowledge"
