"""The routes of the citizens' pages."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, Response, render_template, request
from markupsafe import Markup

from ..clock import today
from ..errors import NotFound
from ..house import house
from ..matters.schema import Category
from . import assets, comfort, facts, guide, labels, listing
from .card import Card, card_url, draw_card, make_card
from .check import check
from .citations import PerSnapshot, make_cites
from .language import init_language, page_lang, remember_choices
from .login import login
from .moments import day_of
from .profile import my
from .stay_acts import stay

portal = Blueprint(
    "portal", __name__, template_folder="templates", static_folder="static", static_url_path="/portal/static"
)
portal.after_request(remember_choices)
cites = PerSnapshot()
CARD_SECONDS = 24 * 3600
MAX_CHOSEN = 8  # options in an address; a matter has three situations at most


class NoSuchCategory(NotFound):
    code = "portal.no_such_category"


def init_portal(app: Flask) -> None:
    init_language(app)
    app.jinja_env.filters.update(moment=datetime.fromisoformat, shanghai_day=lambda at: day_of(at).isoformat())
    for pages in (portal, login, my, check, stay):
        app.register_blueprint(pages)
    app.jinja_env.filters.update(long_day=comfort.long_day, apart=comfort.apart)
    app.jinja_env.globals.update(
        labels=labels,
        facts=facts,
        card_url=card_url,
        asset=assets.own_url,
        vendor=assets.vendor_url,
        yuan=guide.yuan,
        map_address=guide.map_address,
        department_name=guide.department_name,
        bureau=lambda: house().catalogue.current.bureau,
    )


@portal.get("/")
def home() -> str:
    snapshot = house().catalogue.current
    common = listing.common_links(snapshot, house().settings.knowledge_dir / "portal.yaml", page_lang())
    online = [matter for matter in snapshot.matters.values() if matter.online.apply]
    shelves = listing.make_shelves(snapshot)
    return render_template("portal/home.html", shelves=shelves, common=common, online=online)


@portal.get("/search")
def search() -> Response:
    """A page, or for htmx only the list of results."""
    query = request.args.get("q", "").strip()[: listing.QUERY_MAX_CHARACTERS]
    links = listing.search_links(house().catalogue.current, house().consultant, query) if query else []
    template = "portal/_results.html" if request.headers.get("HX-Request") else "portal/search.html"
    response = Response(render_template(template, query=query, links=links))
    response.vary.add("HX-Request")
    return response


@portal.get("/c/<category>")
def category(category: str) -> str:
    if category not in set(Category):
        raise NoSuchCategory
    shelf = listing.make_shelf(house().catalogue.current, Category(category))
    return render_template("portal/category.html", shelf=shelf)


@portal.get("/m/<matter_id>")
def matter(matter_id: str) -> str:
    """The guide of a matter, `?s=option` for one situation; one that is listed but not written says so and helps on."""
    snapshot = house().catalogue.current
    listed = snapshot.listed.get(matter_id)
    if listed and matter_id not in snapshot.matters:
        return render_template("portal/preparing.html", listed=listed)
    made = guide.make_guide(snapshot.get_matter(matter_id), snapshot, today(), request.args.getlist("s")[:MAX_CHOSEN])
    return render_template("portal/matter.html", guide=made, matter=made.matter)


@portal.get("/citations")
def citations() -> str:
    """Every law and source with its matters; the long part is written once a snapshot and language."""
    snapshot = house().catalogue.current
    body = cites.get(snapshot, page_lang())
    if body is None:
        body = Markup(render_template("portal/_citations.html", cites=make_cites(snapshot)))  # noqa: S704 - a template's
        cites.keep(snapshot, page_lang(), body)
    return render_template("portal/citations.html", body=body)


@portal.get("/card.png")
def card() -> Response:
    return _send_card(make_card(None))


@portal.get("/card/<matter_id>.png")
def matter_card(matter_id: str) -> Response:
    return _send_card(make_card(house().catalogue.current.get_matter(matter_id)))


def _send_card(card: Card) -> Response:
    response = Response(draw_card(card), mimetype="image/png")
    response.cache_control.public = True
    response.cache_control.max_age = CARD_SECONDS
    return response


@portal.get("/portal/vendor/<name>")
def vendor(name: str) -> Any:
    return assets.send_vendor(name)
