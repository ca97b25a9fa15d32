"""Guard 2: every URL names a permission that exists, or is public and says why."""

from django.urls import URLPattern, get_resolver, path

from tests.guards.house import none_of


def views(patterns, prefix=""):
    """Every address of the URL table with its view."""
    for entry in patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield address, entry.callback
        else:
            yield from views(entry.url_patterns, address)


def faults_in(patterns):
    from citydesk.kernel.pages import policy_of
    from citydesk.kernel.registries import registries

    for address, view in views(patterns):
        policy = policy_of(view)
        if policy is None:
            yield f"/{address} ({view.__module__}.{getattr(view, '__name__', view)}) declares no policy"
        elif policy[0] == "needs" and policy[1] not in registries.permissions:
            yield f"/{address} needs {policy[1]}, which no room offers"
        elif policy[0] == "public" and not policy[1].strip():
            yield f"/{address} is public and does not say why"


def test_every_address_has_a_policy():
    none_of(list(faults_in(get_resolver().url_patterns)))


def test_planted_views_are_caught():
    from citydesk.kernel.pages import needs, public

    def bare(request):
        raise AssertionError

    planted = [
        path("bare/", bare),
        path("unknown/", needs("nothing.offers_this")(lambda request: None)),
        path("silent/", public(" ")(lambda request: None)),
        path("good/", public("a page for everybody")(lambda request: None)),
    ]
    found = list(faults_in(planted))
    assert [fault.split()[0] for fault in found] == ["/bare/", "/unknown/", "/silent/"]
