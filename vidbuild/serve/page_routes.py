"""The pages, and the files that they load."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from vidbuild import __version__
from vidbuild.serve import views
from vidbuild.serve.services import Services

FOLDER = files("vidbuild.serve") / "page"
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
        Route("/favicon.ico", pages.icon, methods=["GET"]),
    ]


class _Pages:
    def __init__(self, services: Services) -> None:
        from jinja2 import Environment, FunctionLoader, StrictUndefined

        self._services = services
        self._environment = Environment(
            loader=FunctionLoader(_source), autoescape=True, undefined=StrictUndefined, auto_reload=False
        )

    def index(self, request: Request) -> Response:
        """Return the list of videos."""
        return self._page("index.html", request)

    def video(self, request: Request) -> Response:
        """Return the preview of a video."""
        video = self._services.video(request.path_params["id"])
        return self._page("video.html", request, video=views.summary(self._services.catalog, video))

    def runs(self, request: Request) -> Response:
        """Return the list of runs."""
        return self._page("runs.html", request)

    def run(self, request: Request) -> Response:
        """Return the page of a run."""
        return self._page("run.html", request, run=request.path_params["run"])

    def cache(self, request: Request) -> Response:
        """Return the page of the cache."""
        return self._page("cache.html", request)

    def asset(self, request: Request) -> Response:
        """Return a file that the pages load."""
        name: str = request.path_params["name"]
        known = {each.name: each for each in FOLDER.iterdir()}
        kind = _TYPES.get(name[name.rfind(".") :]) if name in known else None
        if kind is None:
            raise HTTPException(404, "no such file")
        return Response(known[name].read_bytes(), media_type=kind, headers={"cache-control": "no-cache"})

    def icon(self, request: Request) -> Response:
        """Return no icon, which browsers ask for by themselves."""
        del request
        return Response(status_code=204)

    def _page(self, name: str, request: Request, **more: Any) -> Response:  # noqa: ANN401 - values for the template
        catalog = self._services.catalog
        values: dict[str, Any] = {
            "project": catalog.root.name,
            "videos": [views.summary(catalog, each) for each in catalog.videos()],
            "video": None,
            "run": None,
            "version": __version__,
            "token": self._services.access.secrets.action,
            "path": request.url.path,
        }
        text = self._environment.get_template(name).render({**values, **more})
        return HTMLResponse(text)


def _source(name: str) -> str | None:
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.is_file() else None
