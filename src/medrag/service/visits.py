"""Who looks at a page, and how a page is made for them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.templating import Jinja2Templates
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from medrag.errors import MedragError
from medrag.review import OVERRIDE_REASONS
from medrag.service.asking import COOKIE, admitted, held_by, inside
from medrag.service.callers import Caller, NotAllowedError
from medrag.service.problems import status_of
from medrag.service.settings import ROLES, Role
from medrag.service.state import Shared

HERE = Path(__file__).parent
_templates = Jinja2Templates(HERE / "templates")
_templates.env.globals["reasons"] = OVERRIDE_REASONS
SIGN_IN = "/sign-in"


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who looks at a page."""

    request: Request
    shared: Shared
    caller: Caller

    @property
    def may(self) -> tuple[Role, ...]:
        """The roles that the caller's includes."""
        return ROLES[: ROLES.index(self.caller.role) + 1]

    def page(self, template: str, status: int = 200, **facts: object) -> Response:
        """Return a page for them."""
        known = {
            "visitor": self.caller,
            "may": self.may,
            "has_reviews": self.shared.reviews is not None,
        }
        return render(self.request, template, status, **known, **facts)


def render(request: Request, template: str, status: int = 200, **facts: object) -> Response:
    """Return a page for anybody."""
    return _templates.TemplateResponse(request, template, dict(facts), status_code=status)


def problem_page(request: Request, status: int, message: str) -> Response:
    """Return the page that says what went wrong."""
    return render(request, "problem.html", status, message=message)


async def _visit(request: Request) -> AsyncIterator[Visit]:
    caller = admitted(request, request.cookies.get(COOKIE))
    with inside(request, caller):
        yield Visit(request, held_by(request), caller)


Visiting = Annotated[Visit, Depends(_visit)]


async def _own_form(request: Request) -> None:
    """Make sure that a form was sent from this service's own page.

    Raises:
        HTTPException: It was sent from elsewhere.
    """
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    try:
        is_own = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    except ValueError:  # no address at all
        is_own = False
    if not is_own or site not in {None, "same-origin", "none"}:
        raise HTTPException(403, "The form was sent from another site.")


def own_path(then: str) -> str:
    """Return where to go after the sign-in: a page of this service, else the first one."""
    is_path = then.startswith("/") and not then.startswith(("//", "/\\")) and then.isprintable()
    return then if is_path and not urlsplit(then).path.startswith(SIGN_IN) else "/"


def _sign_in_for(request: Request) -> str:
    """Return the sign-in that leads back to the page that was asked for."""
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    is_page = request.method == "GET" and asked != "/"
    return f"{SIGN_IN}?then={quote(asked, safe='')}" if is_page else SIGN_IN


OwnForm = Depends(_own_form)
_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """A route whose failures are pages: the sign-in for strangers, else what went wrong."""

    def get_route_handler(self) -> _Handler:
        """Return what answers a request."""
        inner = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await inner(request)
            except NotAllowedError as error:
                if not error.is_known:
                    return RedirectResponse(_sign_in_for(request), 303)
                return problem_page(request, 403, str(error))
            except MedragError as error:
                return problem_page(request, status_of(error), str(error))
            except RequestValidationError:
                return problem_page(request, 422, "The address or form is wrong.")
            except HTTPException as error:
                return problem_page(request, error.status_code, error.detail)

        return answer
