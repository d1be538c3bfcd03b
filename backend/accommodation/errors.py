"""What this room refuses, in words for the person who asked. Foreigners read them: two languages."""

from ..errors import Conflict, Invalid, NotFound


class NoSuchForm(NotFound):
    code = "stay.no_such_form"
    says = "没有这张登记表。请核对编号或者重新扫码。 There is no such form. Please check the number or scan again."


class NoSuchStay(NotFound):
    code = "stay.not_found"
    says = "没有找到这次住宿登记。 This registration was not found."


class Incomplete(Invalid):
    """faults: field path, as in `guests.0.surname` → sentence."""

    code = "stay.incomplete"
    says = "还有几处要填写或者核对，已经标出来了。 Some fields still need attention; they are marked."

    def __init__(self, faults: dict[str, str]):
        super().__init__()
        self.faults = faults


class TooManyGuests(Invalid):
    code = "stay.too_many_guests"
    says = "一次最多登记三十人，请分几次申报。 At most 30 people in one submission; please split the list."


class BadList(Invalid):
    code = "stay.bad_list"
    says = "名单读不出来，请用模板填写后再上传。 The list cannot be read; please use the template."


class TimePassed(Invalid):
    code = "stay.time_passed"
    says = "请选一个还没到的时间。 Please choose a time that is still to come."


class NotVisited(Conflict):
    code = "stay.not_visited"
    says = "还没有上门核实的记录，先登记上门情况再出具。"


class AlreadyEnded(Conflict):
    code = "stay.already_ended"
    says = "这次住宿已经结束了。 This stay has already ended."


class FormRevoked(Conflict):
    code = "stay.form_revoked"
    says = "这张登记表已经撤销。 This form has been revoked."


class AlreadyArrived(Conflict):
    code = "stay.already_arrived"
    says = "已经登记到达，请先登记上门情况，再约下一次。"


class NotThisWay(Conflict):
    """A step of a stay is passed by agreeing the visit, by holding it, by issuing the form."""

    code = "stay.not_this_way"
    says = "住宿登记要按约定上门、上门核实、出具登记表的顺序办理。"
