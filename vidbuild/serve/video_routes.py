"""Answers about videos: data, media, pictures, the event stream, and requests to build."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import time
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from vidbuild.errors import UsageError, VidbuildError, os_error_text
from vidbuild.serve import views
from vidbuild.serve.catalog import Video
from vidbuild.serve.files import content
from vidbuild.serve.live_events import EventsResponse
from vidbuild.serve.problems import EDITOR
from vidbuild.serve.revisions import Revision
from vidbuild.serve.services import Services

MAX_BODY = 10_000  # bytes
MAX_SECONDS = 1e6  # more than any video has


def routes(services: Services) -> list[Route]:
    """Return the routes."""
    own = _Videos(services)
    return [
        Route("/api/videos", own.every, methods=["GET"]),
        Route("/api/videos/{id}", own.details, methods=["GET"]),
        Route("/api/videos/{id}/problems", own.problems, methods=["GET"]),
        Route("/api/videos/{id}/waveform", own.waveform, methods=["GET"]),
        Route("/api/videos/{id}/build", own.build, methods=["POST"]),
        Route("/api/videos/{id}/playhead", own.playhead, methods=["POST"]),
        Route("/api/videos/{id}/open", own.open, methods=["POST"]),
        Route("/api/diff/{id}", own.difference, methods=["GET"]),
        Route("/still/{id}/{scene}", own.still, methods=["GET"]),
        Route("/thumb/{id}/{scene}", own.thumb, methods=["GET"]),
        Route("/media/{id}/{revision}/{name}", own.media, methods=["GET"]),
        Route("/events", own.events, methods=["GET"]),
    ]


class _Videos:
    def __init__(self, services: Services) -> None:
        self._services = services

    def every(self, request: Request) -> Response:
        """Return the list of videos."""
        del request
        catalog = self._services.catalog
        return JSONResponse([views.summary(catalog, each) for each in catalog.videos()])

    def details(self, request: Request) -> Response:
        """Return everything about a video."""
        video = self._video(request)
        video.watched = time.monotonic()
        return JSONResponse(views.details(self._services.catalog, video, self._services.pictures.reveals(video)))

    def problems(self, request: Request) -> Response:
        """Return the problems of a video's spec."""
        return JSONResponse(self._services.catalog.entry_of(self._video(request)).problems)

    def waveform(self, request: Request) -> Response:
        """Return the waveform of the version that is shown."""
        video = self._video(request)
        revision = video.revision
        if revision is None or revision.media is None:
            raise HTTPException(404, "the video is not built yet")
        found = self._services.pictures.peaks(revision)
        return Response(found, media_type="application/json")

    async def build(self, request: Request) -> Response:
        """Build a video although nothing has changed."""
        video = self._video(request)
        self._services.builder.edited([video.spec], force=True)
        return JSONResponse({"ok": True}, 202)

    async def playhead(self, request: Request) -> Response:
        """Record which scene a page shows."""
        video, body = self._video(request), await _body(request)
        scene, at = body.get("scene"), body.get("at", 0.0)
        is_time = isinstance(at, (int, float)) and not isinstance(at, bool) and 0 <= at < MAX_SECONDS
        if not isinstance(scene, str) or not is_time:
            raise HTTPException(422, "expected a scene and a time in seconds")
        video.playhead, video.watched = (scene, float(at)), time.monotonic()
        return JSONResponse({"ok": True})

    async def open(self, request: Request) -> Response:
        """Open one of a video's inputs in the editor of the server's environment."""
        video, body = self._video(request), await _body(request)
        file, line = body.get("file"), body.get("line", 1)
        if not isinstance(file, str) or isinstance(line, bool) or not isinstance(line, int) or not 0 <= line < 10**7:
            raise HTTPException(422, "expected a file and a line")
        await run_in_threadpool(self._open, video, file, line)
        return JSONResponse({"ok": True})

    def still(self, request: Request) -> Response:
        """Return an exact frame of a scene."""
        video, scene = self._video(request), request.path_params["scene"]
        at, number = _seconds(request.query_params.get("at")), request.query_params.get("rev", "")
        older = self._older(video, number)
        was_picture = _is_picture(video, scene, number)
        path = self._made(self._services.pictures.still, video, scene, at, older)
        changes = older is None and not (was_picture and _is_picture(video, scene, number))  # or edited meanwhile
        return content(request, path, "image/png", path.stem, changes=changes)

    def thumb(self, request: Request) -> Response:
        """Return a small picture of a scene."""
        video, scene = self._video(request), request.path_params["scene"]
        number = request.query_params.get("rev", "")
        was_picture = _is_picture(video, scene, number)
        path = self._made(self._services.pictures.thumb, video, scene)
        changes = not (was_picture and _is_picture(video, scene, number))
        return content(request, path, "image/jpeg", f"{path.stem}-thumb", changes=changes)

    def difference(self, request: Request) -> Response:
        """Return the page that compares the version that is shown with the one before it."""
        path = self._made(self._services.pictures.difference, self._video(request))
        return content(request, path, "text/html", f"{path.parent.name}-{path.stem}", changes=True)

    def media(self, request: Request) -> Response:
        """Return a file of a version, or a part of it."""
        video = self._video(request)
        revision = video.revisions.get(request.path_params["revision"])
        file = revision.file(request.path_params["name"]) if revision else None
        path = revision.folder / file.name if revision and file else None
        if file is None or path is None or path.is_symlink() or not path.is_file():
            raise HTTPException(404, "no such file")
        download = file.name if request.query_params.get("download") else ""
        return content(request, path, file.type, file.sha256, download=download)

    async def events(self, request: Request) -> ASGIApp:
        """Return the stream of events."""
        services = self._services
        return EventsResponse(services.stream, request, services.closing, services.drop)

    def _open(self, video: Video, file: str, line: int) -> None:
        look = self._services.catalog.entry_of(video).look
        path = Path(os.path.abspath(file))  # noqa: PTH100 - the names of inputs are not resolved either
        if look is None or path not in look.files or not path.is_file():
            raise HTTPException(403, "that file is no input of the video")
        if not os.environ.get(EDITOR):
            raise HTTPException(404, f"${EDITOR} is not set where 'vidbuild serve' was started")
        _open(path, line)

    def _video(self, request: Request) -> Video:
        return self._services.video(request.path_params["id"])

    def _older(self, video: Video, number: str) -> Revision | None:
        """Return the older version that an address names; None if it is the spec as it is now."""
        live = video.live
        if live is not None and number in {"", live.digest[:12], *(each.picture[:12] for each in live.scenes)}:
            return None
        return video.revisions.get(number)

    def _made(self, make: Any, *arguments: Any) -> Path:  # noqa: ANN401 - a method of Pictures
        try:
            found: Path = make(*arguments)
        except UsageError as error:
            raise HTTPException(404, error.message) from error
        except VidbuildError as error:
            raise HTTPException(422, error.message) from error
        return found


def _is_picture(video: Video, scene: str, number: str) -> bool:
    """Return whether an address names the picture that a scene has now, so that it will never be another one."""
    live = video.live
    return live is not None and any(each.id == scene and each.picture[:12] == number for each in live.scenes)


async def _body(request: Request) -> dict[str, Any]:
    """Return the JSON object of a request."""
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > MAX_BODY:
            raise HTTPException(413, "the request is too large")
    try:
        found = json.loads(data or b"{}")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise HTTPException(422, "expected a JSON object")
    return found


def _seconds(text: str | None) -> float | None:
    if text is None or text == "":
        return None
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found < MAX_SECONDS:
        raise HTTPException(422, "expected a time in seconds")
    return found


def _open(path: Path, line: int) -> None:
    try:
        words = shlex.split(os.environ[EDITOR])
    except ValueError as error:
        raise HTTPException(422, f"${EDITOR} is no command: {error}") from error
    if not words:
        raise HTTPException(422, f"${EDITOR} is no command: it is empty")
    filled = [word.replace("{file}", str(path)).replace("{line}", str(max(line, 1))) for word in words]
    if filled == words:
        filled.append(str(path))
    try:
        subprocess.Popen(filled, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError as error:
        raise HTTPException(422, f"cannot start '{filled[0]}' of ${EDITOR}: {os_error_text(error)}") from error
