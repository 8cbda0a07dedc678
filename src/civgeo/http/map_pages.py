"""Pages of maps: files of this service only, and a policy that allows nothing else."""

from fastapi import Request, Response

from civgeo.maps.page import content_security_policy

__all__ = ["map_answer", "static_url"]


def static_url(request: Request) -> str:
    """Address below which this service keeps scripts, styles and the font."""
    root = str(request.scope.get("root_path", "")).rstrip("/")
    return f"{root}/static"


def map_answer(text: str) -> Response:
    """The page of a map; it asks for files of this service only, and may stand in a frame."""
    policy = f"{content_security_policy(text)}; sandbox allow-scripts allow-popups"
    return Response(text, media_type="text/html", headers={"Content-Security-Policy": policy})
