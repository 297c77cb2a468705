"""What schemathesis has to be told of our API."""

import itertools

import schemathesis

requests = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    """Each request comes from a network of its own: wrong tokens are counted by network, and soon answered 429."""
    # What is only tried makes nothing: where one request stands on another, it is done.
    if case.meta is not None and case.meta.phase.name.value == "stateful" and case.query:
        case.query.pop("dry_run", None)
    number = next(requests)
    case.headers["X-Forwarded-For"] = f"198.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


@schemathesis.serializer("message/rfc822")
def as_octets(context, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")
