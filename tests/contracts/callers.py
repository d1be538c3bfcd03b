"""Who may call what: the one table of all routes. `test_routes` and `test_permissions` hold the house to it.

A route that is not in here fails: say first who may call it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from backend.identity.service import OfficerRole

CLERK, OFFICER, REVIEWER, APPROVER = (
    OfficerRole.WINDOW_CLERK,
    OfficerRole.STATION_OFFICER,
    OfficerRole.REVIEWER,
    OfficerRole.APPROVER,
)
AUDITOR, ADMINISTRATOR, EDITOR = OfficerRole.AUDITOR, OfficerRole.ADMINISTRATOR, OfficerRole.EDITOR
WORKING = frozenset({CLERK, OFFICER, REVIEWER, APPROVER})


@dataclass(frozen=True)
class Caller:
    """kind: "nobody", "owner", "stranger" (citizens), "own", "other" (an officer of the case's unit, of another
    one; of `role`) or "disabled" (an officer whose account was closed while logged in)."""

    kind: str
    role: OfficerRole | None = None

    def __str__(self) -> str:
        return f"{self.kind}:{self.role}" if self.role else self.kind

    @property
    def is_citizen(self) -> bool:
        return self.kind in ("owner", "stranger")

    @property
    def is_officer(self) -> bool:
        return self.kind in ("own", "other")


CALLERS = [
    *map(Caller, ("nobody", "owner", "stranger", "disabled")),
    *(Caller(kind, role) for kind in ("own", "other") for role in OfficerRole),
]


class Answer(StrEnum):
    """What somebody gets. SERVED: whatever else, no login, no 401, 403 or 404, no server error."""

    SERVED = "served"
    WECHAT_LOGIN = "to the citizens' login"
    DESK_LOGIN = "to the officers' login"
    FORBIDDEN = "403"
    NOT_THERE = "404"


Rule = Callable[[Caller], Answer]


@dataclass(frozen=True)
class Who:
    """Who may: says, and the answer each caller gets. csrf: a POST wants the token of our own page."""

    says: str
    answer: Rule = field(repr=False)
    csrf: bool = True


def _anyone(_: Caller) -> Answer:
    return Answer.SERVED


def _at_desk(may: Rule) -> Rule:
    """Officers as `may` says; who is no officer, or no longer, is sent to log in."""
    return lambda caller: may(caller) if caller.is_officer else Answer.DESK_LOGIN


def _sees(caller: Caller) -> bool:
    return caller.role == AUDITOR or (caller.kind == "own" and caller.role in WORKING)


def _sight(caller: Caller) -> Answer:
    return Answer.SERVED if _sees(caller) else Answer.NOT_THERE


def may_do(*roles: OfficerRole) -> Who:
    """Officers of the case's unit in these roles; who may only see the case is told so, to others there is none."""

    def answer(caller: Caller) -> Answer:
        if caller.kind == "own" and caller.role in roles:
            return Answer.SERVED
        return Answer.FORBIDDEN if _sees(caller) else Answer.NOT_THERE

    return Who(f"{', '.join(roles)} of the case's unit", _at_desk(answer))


def _only(*roles: OfficerRole) -> Rule:
    return _at_desk(lambda caller: Answer.SERVED if caller.role in roles else Answer.FORBIDDEN)


def _citizens(stranger: Answer) -> Rule:
    answers = {"owner": Answer.SERVED, "stranger": stranger}
    return lambda caller: answers.get(caller.kind, Answer.WECHAT_LOGIN)


ANYONE = Who("anyone", _anyone)
HEALTH = ANYONE
CITIZEN = Who("a citizen who is logged in", _citizens(Answer.SERVED))
OWNER = Who("the citizen whose it is; to others it is not there", _citizens(Answer.NOT_THERE))
SENDER = Who("the citizen who sent it in the chat", _citizens(Answer.FORBIDDEN))
AN_OFFICER = Who("any officer who is logged in", _at_desk(_anyone))
SEES = Who("officers with a part in the case, and auditors", _at_desk(_sight))
DOES = may_do(OFFICER)
STANDS_IN = may_do(CLERK, OFFICER)
HOLDER = may_do(OFFICER, APPROVER)  # who holds the step; an approver for an absent colleague
REVOKES = may_do(OFFICER, APPROVER)
ADMINISTERS = Who("administrators", _only(ADMINISTRATOR))
AUDITS = Who("auditors", _only(AUDITOR))
EDITS = Who("editors of the knowledge", _only(EDITOR))
ANSWERS = Who("window clerks and editors, of whatever unit", _only(CLERK, EDITOR))
NOT_OFFERED = Who("nobody: Flask-Security brings it, we do not offer it", lambda _: Answer.NOT_THERE)
WECHAT = Who("WeChat, by its signature", lambda _: Answer.FORBIDDEN, csrf=False)
THIS_MACHINE = Who("this machine only", lambda _: Answer.NOT_THERE, csrf=False)

# rule → method → who (HEAD and OPTIONS go with GET)
ROUTES: dict[str, dict[str, Who]] = {
    # health and the public pages
    "/healthz": {"GET": HEALTH},
    "/readyz": {"GET": HEALTH},
    "/": {"GET": ANYONE},
    "/search": {"GET": ANYONE},
    "/c/<category>": {"GET": ANYONE},
    "/m/<matter_id>": {"GET": ANYONE},
    "/citations": {"GET": ANYONE},
    "/card.png": {"GET": ANYONE},
    "/card/<matter_id>.png": {"GET": ANYONE},
    "/check/<token>": {"GET": ANYONE},
    "/privacy": {"GET": ANYONE},
    "/portal/static/<path:filename>": {"GET": ANYONE},
    "/portal/vendor/<name>": {"GET": ANYONE},
    "/wechat": {"GET": WECHAT, "POST": WECHAT},
    # citizens: login, registering a stay, what they have with us
    "/login": {"GET": ANYONE},
    "/login/wechat/back": {"GET": ANYONE},
    "/logout": {"POST": ANYONE},
    "/stay": {"GET": CITIZEN, "POST": CITIZEN},
    "/stay/list.xlsx": {"GET": ANYONE},
    "/stay/photo/<token>": {"GET": SENDER},
    "/stay/<draft_id>": {"GET": OWNER},
    "/stay/<draft_id>/fields": {"GET": OWNER, "POST": OWNER},
    "/stay/<draft_id>/photos": {"POST": OWNER},
    "/stay/<draft_id>/reading/<file_id>": {"GET": OWNER},
    "/stay/<draft_id>/guests": {"POST": OWNER},
    "/stay/<draft_id>/guests/<key>/remove": {"POST": OWNER},
    "/stay/<draft_id>/list": {"POST": OWNER},
    "/stay/<draft_id>/phone": {"POST": OWNER},
    "/stay/<draft_id>/phone/confirm": {"POST": OWNER},
    "/stay/<draft_id>/submit": {"POST": OWNER},
    "/stay/<draft_id>/abandon": {"POST": OWNER},
    "/stay/again/<number>": {"POST": OWNER},
    "/my": {"GET": CITIZEN},
    "/my/me": {"GET": CITIZEN, "POST": CITIZEN},
    "/my/cases/<number>": {"GET": OWNER},
    "/my/cases/<number>/withdraw": {"POST": OWNER},
    "/my/cases/<number>/correct": {"POST": OWNER},
    "/my/cases/<number>/out": {"POST": OWNER},
    "/my/cases/<number>/forms/<form_number>.pdf": {"GET": OWNER},
    "/my/cases/<number>/forms/<form_number>.jpg": {"GET": OWNER},
    "/my/files/<file_id>": {"GET": OWNER},
    # officers: login
    "/console/login": {"GET": ANYONE, "POST": ANYONE},
    "/console/code": {"GET": ANYONE, "POST": ANYONE},
    "/console/logout": {"POST": ANYONE},
    "/console/verify": {"GET": AN_OFFICER, "POST": AN_OFFICER},
    "/console/tf-select": {"GET": NOT_OFFERED, "POST": NOT_OFFERED},
    "/console/tf-rescue": {"GET": NOT_OFFERED, "POST": NOT_OFFERED},
    "/console/tf-setup": {"GET": NOT_OFFERED, "POST": NOT_OFFERED},
    "/console/tf-setup/<token>": {"POST": NOT_OFFERED},
    "/console/static/<path:filename>": {"GET": ANYONE},
    # officers: queue, case, visit, form
    "/console/": {"GET": AN_OFFICER},
    "/console/rows": {"GET": AN_OFFICER},
    "/console/me": {"GET": AN_OFFICER},
    "/console/me/password": {"POST": AN_OFFICER},
    "/console/cases/<number>": {"GET": SEES},
    "/console/files/<number>/<file_id>": {"GET": SEES},
    "/console/cases/<number>/forms/<form_number>": {"GET": SEES},
    "/console/cases/<number>/claim": {"POST": DOES},
    "/console/cases/<number>/release": {"POST": HOLDER},
    "/console/cases/<number>/agree": {"POST": DOES},
    "/console/cases/<number>/arrive": {"POST": DOES},
    "/console/cases/<number>/visit": {"POST": DOES},
    "/console/cases/<number>/issue": {"POST": DOES},
    "/console/cases/<number>/pass": {"POST": STANDS_IN},
    "/console/cases/<number>/return": {"POST": DOES},
    "/console/cases/<number>/refuse": {"POST": DOES},
    "/console/cases/<number>/forms/<form_number>/revoke": {"POST": REVOKES},
    "/console/cases/<number>/forms/<form_number>/replace": {"POST": REVOKES},
    # officers: accounts and the audit trail
    "/console/officers": {"GET": ADMINISTERS, "POST": ADMINISTERS},
    "/console/officers/<int:officer_id>/reset": {"POST": ADMINISTERS},
    "/console/officers/<int:officer_id>/disable": {"POST": ADMINISTERS},
    "/console/officers/<int:officer_id>/enable": {"POST": ADMINISTERS},
    "/console/audit": {"GET": AUDITS},
    # officers: the knowledge, and questions for a human
    "/console/knowledge": {"GET": EDITS},
    "/console/knowledge/clusters": {"GET": EDITS},
    "/console/knowledge/clusters/<int:cluster_id>/dismiss": {"POST": EDITS},
    "/console/knowledge/matters": {"GET": EDITS},
    "/console/knowledge/matters/<matter_id>": {"GET": EDITS},
    "/console/knowledge/matters/<matter_id>/edit/<section>": {"GET": EDITS, "POST": EDITS},
    "/console/knowledge/samples": {"POST": EDITS},
    "/console/knowledge/proposals": {"GET": EDITS},
    "/console/knowledge/proposals/<int:proposal_id>": {"GET": EDITS},
    "/console/knowledge/proposals/<int:proposal_id>/approve": {"POST": EDITS},
    "/console/knowledge/proposals/<int:proposal_id>/reject": {"POST": EDITS},
    "/console/knowledge/versions": {"GET": EDITS},
    "/console/knowledge/versions/<int:version_id>": {"GET": EDITS},
    "/console/knowledge/versions/<int:version_id>/roll-back": {"POST": EDITS},
    "/console/tickets": {"GET": ANSWERS},
    "/console/tickets/<int:ticket_id>": {"GET": ANSWERS},
    "/console/tickets/<int:ticket_id>/answer": {"POST": ANSWERS},
    "/console/tickets/<int:ticket_id>/close": {"POST": ANSWERS},
}
_HERE, _HERE_POST = {"GET": THIS_MACHINE}, {"POST": THIS_MACHINE}
SANDBOX: dict[str, dict[str, Who]] = {
    "/sandbox": _HERE,
    "/sandbox/agree": _HERE_POST,
    "/sandbox/citizen": _HERE_POST,
    "/sandbox/do": _HERE_POST,
    "/sandbox/failing": _HERE | _HERE_POST,
    "/sandbox/hold": _HERE_POST,
    "/sandbox/inbox": _HERE,
    "/sandbox/js-code": _HERE_POST,
    "/sandbox/news": _HERE,
    "/sandbox/officers": _HERE,
    "/sandbox/photo": _HERE_POST,
    "/sandbox/picture/<media_id>": _HERE,
    "/sandbox/resend": _HERE_POST,
    "/sandbox/sms/": _HERE_POST,
    "/sandbox/static/<path:filename>": _HERE,
    "/sandbox/story": _HERE | _HERE_POST,
    "/sandbox/story/<openid>": _HERE,
    "/sandbox/story/<openid>/<kind>.jpg": _HERE,
    "/sandbox/story/go": _HERE_POST,
    "/sandbox/tencent/cgi-bin/<path:name>": _HERE | _HERE_POST,
    "/sandbox/tencent/cgi-bin/media/get": _HERE,
    "/sandbox/tencent/cgi-bin/menu/create": _HERE_POST,
    "/sandbox/tencent/cgi-bin/menu/delete": _HERE,
    "/sandbox/tencent/cgi-bin/menu/get": _HERE,
    "/sandbox/tencent/cgi-bin/message/custom/send": _HERE_POST,
    "/sandbox/tencent/cgi-bin/message/custom/typing": _HERE_POST,
    "/sandbox/tencent/cgi-bin/message/subscribe/bizsend": _HERE_POST,
    "/sandbox/tencent/cgi-bin/message/template/send": _HERE_POST,
    "/sandbox/tencent/cgi-bin/stable_token": _HERE_POST,
    "/sandbox/tencent/cgi-bin/token": _HERE,
    "/sandbox/tencent/connect/oauth2/authorize": _HERE,
    "/sandbox/tencent/sns/jscode2session": _HERE,
    "/sandbox/tencent/sns/oauth2/access_token": _HERE,
    "/sandbox/tencent/sns/userinfo": _HERE,
}
EVERY = [(rule, method, who) for rule, methods in ROUTES.items() for method, who in methods.items()]
EVERY_SANDBOX = [(rule, method, who) for rule, methods in SANDBOX.items() for method, who in methods.items()]
