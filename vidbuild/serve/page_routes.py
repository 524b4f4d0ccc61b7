"""The pages, and the files that they load."""

from __future__ import annotations

import hashlib
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from vidbuild import __version__
from vidbuild.serve import views
from vidbuild.serve.files import bytes_response
from vidbuild.serve.refusals import FOLDER, environment, page_version
from vidbuild.serve.services import Services

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png"}


def routes(services: Services) -> list[Route]:
    """Return the routes."""
    pages = _Pages(services)
    return [
        Route("/", pages.index, methods=["GET"]),
        Route("/v/{id}", pages.video, methods=["GET"]),
        Route("/runs", pages.runs, methods=["GET"]),
        Route("/runs/{run}", pages.run, methods=["GET"]),
        Route("/cache", pages.cache, methods=["GET"]),
        Route("/page/{name}", pages.asset, methods=["GET"]),
        Route("/api/version", pages.version, methods=["GET"]),
        Route("/favicon.ico", pages.icon, methods=["GET"]),
    ]


class _Pages:
    def __init__(self, services: Services) -> None:
        self._services = services

    def index(self, request: Request) -> Response:
        """Return the list of videos."""
        del request
        return self._page("index.html", "videos")

    def video(self, request: Request) -> Response:
        """Return the preview of a video."""
        video = self._services.video(request.path_params["id"])
        self._services.builder.prefer(video.spec)
        return self._page("video.html", "video", video=views.summary(self._services.catalog, video))

    def runs(self, request: Request) -> Response:
        """Return the list of runs."""
        del request
        return self._page("runs.html", "runs")

    def run(self, request: Request) -> Response:
        """Return the page of a run."""
        return self._page("run.html", "run", run={"run": request.path_params["run"]})

    def cache(self, request: Request) -> Response:
        """Return the page of the cache."""
        del request
        return self._page("cache.html", "cache")

    def asset(self, request: Request) -> Response:
        """Return a file that the pages load."""
        name: str = request.path_params["name"]
        known = {each.name: each for each in FOLDER.iterdir()}
        kind = _TYPES.get(name[name.rfind(".") :]) if name in known else None
        if kind is None:
            raise HTTPException(404, "no such file")
        data = known[name].read_bytes()
        return bytes_response(request, data, kind, hashlib.sha256(data).hexdigest()[:32])

    def version(self, request: Request) -> Response:
        """Return the version of the page's files: a page that has another one is to be loaded again."""
        del request
        return JSONResponse({"page": page_version()})

    def icon(self, request: Request) -> Response:
        """Return no icon, which browsers ask for by themselves."""
        del request
        return Response(status_code=204)

    def _page(self, name: str, page: str, **more: Any) -> Response:  # noqa: ANN401 - values for the template
        catalog = self._services.catalog
        values: dict[str, Any] = {
            "project": catalog.root.name,
            "videos": [views.summary(catalog, each) for each in catalog.videos()],
            "video": None,
            "run": None,
            "version": __version__,
            "token": self._services.access.secrets.action,
            "page": page,
            "page_version": page_version(),
        }
        text = environment().get_template(name).render({**values, **more})
        return HTMLResponse(text)
