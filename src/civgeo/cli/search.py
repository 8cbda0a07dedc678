"""``civgeo names search`` and ``civgeo names reindex``: the index of place names."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from civgeo.assets.translation import translate as _
from civgeo.cli.console import messages, session, settings, table, today
from civgeo.domain.division import DivisionCode
from civgeo.domain.place_kind import PlaceKind
from civgeo.domain.standard import parse_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from civgeo.services.name_search import Found

__all__ = ["reindex_names", "search_names"]


def search_names(
    context: typer.Context,
    query: Annotated[
        str, typer.Argument(metavar="QUERY", help=_("汉字、拼音（声调可省）、首字母或混写"))
    ],
    kind: Annotated[
        list[PlaceKind] | None, typer.Option(help=_("只查此类地名，可重复给出"))
    ] = None,
    division: Annotated[str | None, typer.Option(help=_("区划代码，默认全市"))] = None,
    on: Annotated[str | None, typer.Option(help=_("某日存在的地名，默认今天；any 为不限"))] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help=_("至多多少条"))] = 20,
) -> None:
    """Print the names that match, the best first, secret ones among them."""
    from civgeo.services.city import City
    from civgeo.services.name_hits import hit_members, names_then
    from civgeo.services.name_search import search
    from civgeo.store.name_index_lookup import Scope
    from civgeo.store.store import Store

    day = None if on == "any" else (today() if on is None else parse_day(on))
    scope = Scope(
        kinds=tuple(kind or ()),
        division=None if division is None else DivisionCode.parse(division),
        day=day,
    )
    with Store.open(settings(context).store) as store:
        city = City(store, today())
        found = search(city, query, scope, limit=limit)
        then = names_then(city, [hit.name for hit in found.hits], scope)
    if session(context).as_json:
        told = {
            "q": query,
            "on": day and day.isoformat(),
            "more": found.more,
            "hits": [hit_members(hit, then) for hit in found.hits],
        }
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    _print(found, then)


def _print(found: "Found", then: "Mapping[str, str]") -> None:
    from civgeo.services.name_hits import hit_members

    rows = []
    for hit in found.hits:
        told = hit_members(hit)
        by = _(hit.match.how.label_zh)
        form = hit.match.form.name
        rows.append(
            [
                _then(hit.name.name, then.get(hit.name.id)),
                _(str(told["kind_zh"])),
                hit.name.division,
                hit.name.toned or "—",
                by if form == hit.name.name else f"{by}（{form}）",
                hit.name.id,
            ]
        )
    columns = [_("地名"), _("类别"), _("所在区划"), _("罗马字母拼写"), _("匹配"), "ID"]
    table(_("检索结果"), columns, rows)
    if found.more:
        messages.print(_("还有更多，请写得更完整或加大 --limit"), markup=False)


def _then(name: str, then: str | None) -> str:
    word = _("当日名称")
    return name if then is None else f"{name}（{word}{then}）"


def reindex_names(context: typer.Context) -> None:
    """Build the index of place names anew."""
    from civgeo.services.city import City
    from civgeo.services.name_search import reindex
    from civgeo.store.store import Store

    with Store.open(settings(context).store) as store:
        count = reindex(City(store, today()))
    if session(context).as_json:
        typer.echo(json.dumps({"names": count}))
    else:
        told = _("检索索引已重建，地名条数")
        messages.print(f"{told}: {count}", markup=False)
