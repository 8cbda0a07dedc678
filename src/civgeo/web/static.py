"""Files that pages need: vendored ones of the manifest, and our own."""

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from fastapi import APIRouter, Request, Response

from civgeo.assets import static_file
from civgeo.assets.manifest import manifest
from civgeo.errors import NotFound
from civgeo.http.preconditions import entity_tag, unless_unchanged

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_TYPES = {
    "css": "text/css",
    "js": "text/javascript",
    "json": "application/json",
    "png": "image/png",
    "svg": "image/svg+xml",
    "ttf": "font/ttf",
    "txt": "text/plain",
    "woff2": "font/woff2",
}


@router.get("/static/{name:path}")
def static(request: Request, name: str) -> Response:
    """File `name`; only listed names are served, so that no path leads elsewhere."""
    file = _files().get(name)
    if file is None:
        raise NotFound(f"没有网页文件“{name[:80]}”")
    content = file.read_bytes()
    answer = Response(content, media_type=_TYPES.get(name.rpartition(".")[2], "text/plain"))
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return unless_unchanged(request, answer, entity_tag(content))


@cache
def _files() -> dict[str, Traversable]:
    own = (resources.files("civgeo.assets") / "static_own", resources.files("civgeo.http") / "site")
    files = {child.name: child for folder in own for child in folder.iterdir() if child.is_file()}
    return {asset.file: static_file(asset.file) for asset in manifest()} | files
