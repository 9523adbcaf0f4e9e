"""What hangs in the service beside its own doors: named by hand, since locks do not reach there."""

from starlette.routing import Mount

from checkpoint.access.guards import Holding
from checkpoint.directory.published.mounting import published
from checkpoint.foundation.addresses import routes_of
from checkpoint.foundation.clock import now, token_time
from checkpoint.foundation.database import request_transaction, request_transactions

# By where it hangs: why it may do without a lock.
MOUNTS = {
    "/docs/static": "the pictures and scripts of the docs page",
    "/open-referral/v3": "the directory for anybody, which Open Referral UK asks for; it reaches no "
    "table but the directory's, and no room's transaction",
}


def test_nothing_hangs_in_the_service_that_is_not_named_here(app):
    assert {route.path for route in app.routes if isinstance(route, Mount)} == MOUNTS.keys()


def calls_of(dependant):
    for child in dependant.dependencies:
        yield child.call
        yield from calls_of(child)


def test_the_open_mount_has_no_lock_takes_get_alone_and_no_rooms_transaction(app):
    routes = routes_of(published())
    assert len([route for route in routes if route.include_in_schema]) == 11
    shared = {request_transaction, request_transactions, now, token_time}
    for route in routes:
        calls = [*calls_of(route.dependant)]
        assert route.methods == {"GET"}, route.path
        assert not shared & {*calls}, route.path
        assert not [call for call in calls if isinstance(call, Holding)], route.path


def test_the_open_mounts_paths_are_in_no_other_document(app):
    assert not [path for path in app.openapi()["paths"] if path.startswith("/open-referral")]
