"""The web application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from civgeo import __version__
from civgeo.api import (
    attachments,
    boundaries,
    boundary_entries,
    boundary_works,
    cemeteries,
    cemetery_demand_table,
    cemetery_graves,
    cemetery_inspection,
    cemetery_layers,
    cemetery_layout,
    cemetery_maps,
    cemetery_page,
    cemetery_rules,
    cemetery_sites,
    collections,
    editing,
    exporting,
    handover,
    history,
    imports,
    indicator_maps,
    indicators,
    items,
    jobs,
    landing,
    layout,
    lists,
    maps,
    name_entries,
    name_papers,
    name_rules,
    naming_cases,
    planning,
    reach,
    reach_maps,
    round_results,
    rounds,
    scenario_maps,
    scenarios,
    search,
)
from civgeo.formats.confinement import Limits
from civgeo.http import errors
from civgeo.http.context import Desk, UploadLimits
from civgeo.http.guard import (
    HeadAsGet,
    SafeHeaders,
    SharedWithScripts,
    TrustedHosts,
    trusted_hosts,
)
from civgeo.settings import Settings
from civgeo.store.store import Store
from civgeo.web import cemetery_rules as rule_pages
from civgeo.web import home, static
from civgeo.web import imports as import_pages

__all__ = ["create_app"]

ROUTERS = (
    landing,
    collections,
    items,
    editing,
    attachments,
    name_papers,
    name_rules,
    naming_cases,
    name_entries,
    round_results,
    rounds,
    boundary_works,
    boundary_entries,
    boundaries,
    history,
    planning,
    reach,
    reach_maps,
    layout,
    scenario_maps,
    scenarios,
    handover,
    lists,
    exporting,
    search,
    imports,
    jobs,
    indicators,
    indicator_maps,
    cemetery_rules,
    cemeteries,
    cemetery_demand_table,
    cemetery_graves,
    cemetery_inspection,
    cemetery_layers,
    cemetery_layout,
    cemetery_sites,
    cemetery_maps,
    cemetery_page,
    maps,
    home,
    import_pages,
    rule_pages,
    static,
)
LONGEST_WAIT_SECONDS = 10.0
"""How long a request to write waits for its turn; one that must wait longer is told so."""

SMALLEST_COMPRESSED = 500
COMPRESSION = 5


def create_app(settings: Settings) -> FastAPI:
    """Application over the store that `settings` name.

    Reading is open to all who reach it; writing needs the token of the settings. Nothing is asked
    of another server.

    Raises
    ------
    StoreUnavailable
        When the store cannot be opened.
    """
    app = FastAPI(
        title="civgeo",
        version=__version__,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    app.state.desk = Desk(
        Store.open(settings.store, longest_wait=LONGEST_WAIT_SECONDS),
        language=settings.lang,
        largest_page=settings.max_page,
        public_number=settings.public_number,
        limits=UploadLimits(
            upload_bytes=settings.max_upload_mb * 1024**2,
            attachment_bytes=settings.max_attachment_mb * 1024**2,
            background_bytes=settings.background_mb * 1024**2,
            background_rows=settings.background_rows,
        ),
        reading=Limits(settings.import_memory_mb * 1024**2, settings.import_seconds),
        marker_tolerance_m=settings.marker_tolerance_m,
        write_token=settings.write_token.get_secret_value(),
    )
    for module in ROUTERS:
        app.include_router(module.router)
    errors.install(app, [route for module in ROUTERS for route in module.router.routes])
    app.add_middleware(GZipMiddleware, SMALLEST_COMPRESSED, COMPRESSION)
    app.add_middleware(SharedWithScripts)
    app.add_middleware(SafeHeaders)
    app.add_middleware(HeadAsGet)
    app.add_middleware(TrustedHosts, trusted_hosts(settings.host))
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Serve, then leave the store as one plain file."""
    yield
    desk: Desk = app.state.desk
    desk.store.close()
