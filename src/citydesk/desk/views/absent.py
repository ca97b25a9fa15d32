"""Moving what an absent person left: seen before it is done, done in one act, taken back in one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from citydesk.desk import services
from citydesk.desk.queries import absent
from citydesk.desk.rules.home import own_pages
from citydesk.desk.views.absent_undo import forget, moved_lately, others_of, remember
from citydesk.desk.views.home import draw_home
from citydesk.kernel.clock import utc_now
from citydesk.kernel.errors import CitydeskError, Conflict, Invalid, NotFound
from citydesk.kernel.pages import access_of, needs, raise_as_http, render


@needs("desk.supervise")
@require_http_methods(["GET", "POST"])
def move_absent(request: HttpRequest, user_id: int) -> HttpResponse:
    """What would move, from whom to whom, with counts; sent, it is moved."""
    access, now = access_of(request), utc_now()
    given = request.POST if request.method == "POST" else request.GET
    to = given.get("to", "")
    to_user_id = int(to) if to.isdecimal() else None
    try:
        preview = absent.preview_move(access, user_id, to_user_id, now)
        if request.method == "GET":
            context = {"preview": preview, "colleagues": absent.list_colleagues(now), "at": now}
            return render(request, "desk/home/move_absent.jinja", context)
        done = services.move_absent_work(user_id=user_id, to_user_id=to_user_id, access=access, now=now)
    except (Invalid, Conflict, NotFound) as error:
        return draw_home(request, "supervisor", own_pages(access.may, access.roles), error)
    except CitydeskError as error:
        raise_as_http(error)
        raise
    remember(request, preview.work.name, done, (user_id, to_user_id), now)
    return redirect("desk:home")


@needs("desk.supervise")
@require_POST
def move_absent_back(request: HttpRequest) -> HttpResponse:
    """Take the last move back, whole or not at all."""
    access, now = access_of(request), utc_now()
    kept = moved_lately(request, now)
    if kept is None:
        return redirect("desk:home")
    try:
        services.take_absent_work_back(
            requests_act=kept["requests"],
            contacts_act=kept["contacts"],
            others=others_of(kept),
            access=access,
            now=now,
        )
    except CitydeskError as error:
        return draw_home(request, "supervisor", own_pages(access.may, access.roles), error)
    forget(request)
    return redirect("desk:home")
