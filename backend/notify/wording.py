"""From a message of the outbox to what a channel can send."""

from ..sealed import key_of
from .channel import Card, Outgoing
from .ledger import Job
from .texts import Notice, Texts, fill, fill_fields, params_of


def outgoing(job: Job, notice: Notice, texts: Texts, public_url: str) -> Outgoing:
    """Return the message in the person's language. Raise BadText where a param is missing."""
    notice.ensure_params(job.params)
    lang = job.to.lang
    wording, sms = notice.in_(lang), notice.sms_in(lang)
    return Outgoing(
        id=job.id,
        handle=handle_of(job),
        to=job.to,
        title=fill(wording.title, job.params),
        text=fill(wording.text, job.params),
        link=public_url + job.link if job.link.startswith("/") else job.link,
        sms_template=sms.template,
        sms_params={name: job.params[name] for name in sorted(params_of(sms.text))},
        card=_card(notice, texts, job.params),
        sms_only=job.sms_only,
        must_arrive=notice.must_arrive,
    )


def handle_of(job: Job) -> str:
    """Return the message's name at the providers: the same at every try, telling nothing."""
    return key_of("notify", f"{job.key}\n{job.to.kind}\n{job.to.id}")[:32]


def _card(notice: Notice, texts: Texts, params: dict[str, str]) -> Card | None:
    if notice.wechat_template is None:
        return None
    ids = texts.wechat_templates[notice.wechat_template.id]
    return Card(ids.template_id, ids.subscription_id, fill_fields(notice.wechat_template.fields, params))
