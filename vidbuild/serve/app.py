"""The application: which address answers with what, behind the guard."""

from __future__ import annotations

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vidbuild.errors import VidbuildError, os_error_text
from vidbuild.serve import page_routes, run_routes, video_routes
from vidbuild.serve.refusals import refusal
from vidbuild.serve.security import Guard
from vidbuild.serve.services import Services


def application(services: Services) -> ASGIApp:
    """Return the application."""
    app = Starlette(
        routes=[*page_routes.routes(services), *video_routes.routes(services), *run_routes.routes(services)],
        exception_handlers={HTTPException: _refused, VidbuildError: _failed},
    )
    app.router.redirect_slashes = False
    return Guard(_NoTraceback(app, services.on_bug), services.access)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - by the table of handlers
    return refusal(request.headers, error.status_code, error.detail, None, error.headers)


async def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, VidbuildError)  # noqa: S101 - by the table of handlers
    return refusal(request.headers, 422, error.message, error.hint)


class _NoTraceback:
    """Reports what the application raises; the client gets a response without details of it."""

    def __init__(self, app: ASGIApp, on_bug: Callable[[Exception], None]) -> None:
        self._app = app
        self._on_bug = on_bug

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = False

        async def noting(message: Message) -> None:
            nonlocal began
            began = began or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except ClientDisconnect:
            pass
        except OSError as error:
            if not began:  # such as a file that was removed meanwhile
                message = f"cannot read a file: {os_error_text(error)}"
                await refusal(Headers(scope=scope), 503, message)(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - one request must not end the server
            self._on_bug(error)
            if not began:
                await refusal(Headers(scope=scope), 500, "a bug in vidbuild", "see the terminal")(scope, receive, send)
