"""Health and metrics over HTTP, answering from the first moment, while tables still recover.

``/startupz``, ``/readyz`` and ``/healthz`` say what :class:`services.common.health.Health` does.
"""

from __future__ import annotations

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from .health import Health


def create_api(service: str, health: Health) -> FastAPI:
    """Return the API that every service has; a service may add its own routes."""
    api = FastAPI(title=f"Passaparola {service}", docs_url=None, redoc_url=None)

    @api.get("/startupz")
    async def startupz() -> Response:
        missing = health.missing_steps
        return JSONResponse({"starting": missing}, status_code=503 if missing else 200)

    @api.get("/readyz")
    async def readyz() -> Response:
        ready, detail = health.readiness()
        return JSONResponse(detail, status_code=200 if ready else 503)

    @api.get("/healthz")
    async def healthz() -> Response:
        stuck = health.complaints()
        return JSONResponse({"stuck": stuck}, status_code=503 if stuck else 200)

    @api.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return api
