"""Pages from templates, in Chinese or English, with every value escaped."""

from functools import cache
from urllib.parse import urlencode

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse

from civgeo import __version__
from civgeo.assets.translation import translate

__all__ = ["page"]


def page(request: Request, template: str, *, lang: str, **context: object) -> HTMLResponse:
    """Page of `template`.

    Parameters
    ----------
    request
        The request; links keep its root path.
    template
        File in ``templates/``.
    lang
        ``zh`` or ``en``, already in force.
    context
        What the template names.
    """
    root = str(request.scope.get("root_path", "")).rstrip("/")
    text = (
        _environment()
        .get_template(template)
        .render(
            context,
            lang=lang,
            root=root,
            version=__version__,
            other_language=_other_language(request, lang),
        )
    )
    return HTMLResponse(text, headers={"Vary": "Accept"})


def _other_language(request: Request, lang: str) -> str:
    """Query of the same page in the other language."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return "?" + urlencode([*kept, ("lang", "zh" if lang == "en" else "en")])


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("civgeo.http"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = translate
    return environment
