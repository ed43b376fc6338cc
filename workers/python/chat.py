"""The methods chat and models: what their hooks may return, and how it leaves, whole or in chunks."""

from .hooks import hook_error, hook_missing
from .msgpack_subset import MOST_INT
from .protocol import WorkerError, take
from .unstructured import Headers
from .values import sendable

MOST_DEPTH = 60  # a message around it nests too, and 64 is the most
COMPLETION = "chat.completion"
CHUNK = "chat.completion.chunk"
EXPECTED = (
    "return a completion (its field object is %r) or an iterable of chunks (%r), "
    "as openai's objects or dictionaries"
) % (COMPLETION, CHUNK)


def chat(model, params):
    """Calls the hook chat with an OpenAI request. Raises METHOD_UNKNOWN and what answer() raises."""
    hook = model.hook_for("chat")
    if hook is None:
        raise hook_missing("chat")
    request, headers = take(params, "request", dict), Headers(take(params, "headers", dict))
    return answer(hook(request, model.loaded, headers=headers), model.channel.chunk)


def models(model, _params):
    """The models that the hook get_supported_llm_models lists. Raises METHOD_UNKNOWN, HOOK_RESULT_INVALID."""
    hook = model.hook_for("get_supported_llm_models")
    if hook is None:
        raise hook_missing("get_supported_llm_models")
    return {"models": supported_models(hook(model.loaded))}


def answer(result, send):
    """The response to `chat`, after `send` has had every chunk.

    Raises HOOK_RESULT_INVALID, HOOK_FAILED, CANCELLED.
    """
    if kind_of(result) == COMPLETION:
        return {"completion": as_map("chat", result)}
    if isinstance(result, (str, bytes, dict)) or kind_of(result) is not None:
        raise invalid("chat returned %s" % described(result))
    try:
        items = iter(result)
    except TypeError:
        raise invalid("chat returned %s" % described(result)) from None
    try:
        stream(items, send)
    finally:
        close(result, items)
    return {"completion": None}


def stream(items, send):
    """Sends every item. Raises HOOK_FAILED for what the iterator raises."""
    count = 0
    while True:
        try:
            item = next(items)
        except StopIteration:
            return
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            raise hook_error("chat", error) from None
        count += 1
        if kind_of(item) != CHUNK:
            raise invalid("item %d of what chat returned is %s" % (count, described(item)))
        send(as_map("chat", item))


def close(*closable):
    """Closes a generator, or a stream from another service. Ignores errors: nobody needs its items."""
    for one in closable:
        try:
            one.close()
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException:
            pass


def supported_models(result):
    """Those of the items that say they are models."""
    try:
        items = list(result)
    except TypeError:
        raise WorkerError(
            "HOOK_RESULT_INVALID",
            "get_supported_llm_models returned %s; return a list of models" % described(result),
        ) from None
    return [as_map("get_supported_llm_models", item) for item in items if kind_of(item) == "model"]


def kind_of(value):
    """Its field `object`; a chunk of a package that leaves it out is known by its class."""
    kind = value.get("object") if isinstance(value, dict) else getattr(value, "object", None)
    if kind is None and type(value).__name__ == "ChatCompletionChunk":
        return CHUNK
    return kind if isinstance(kind, str) else None


def as_map(hook, value):
    """A dictionary as it is, an object as the dictionary that it makes of itself."""
    for method in ("to_dict", "model_dump"):
        if not isinstance(value, dict) and callable(getattr(value, method, None)):
            value = getattr(value, method)()
    if not isinstance(value, dict):
        raise invalid("%s returned %s, which makes no dictionary of itself" % (hook, described(value)))
    return plain(hook, value, 0)


def plain(hook, value, depth):
    """The value with nothing in it but what JSON has."""
    if (
        value is None
        or isinstance(value, (bool, float))
        or (isinstance(value, int) and abs(value) <= MOST_INT)
    ):
        return value
    if isinstance(value, str):
        return value if value.isascii() else sendable(value)
    if isinstance(value, (list, tuple)) and depth < MOST_DEPTH:
        return [plain(hook, item, depth + 1) for item in value]
    if isinstance(value, dict) and depth < MOST_DEPTH and all(isinstance(name, str) for name in value):
        return {sendable(name): plain(hook, item, depth + 1) for name, item in value.items()}
    what = "%s returned something that JSON does not have, or nested more than %d deep: %s" % (
        hook,
        MOST_DEPTH,
        repr(value)[:80],
    )
    raise WorkerError(
        "HOOK_RESULT_INVALID",
        "%s; return texts, numbers, booleans, None, lists and dictionaries with texts as keys" % what,
    )


def described(value):
    kind = kind_of(value)
    return type(value).__name__ if kind is None else "%s with object %r" % (type(value).__name__, kind[:80])


def invalid(what):
    return WorkerError("HOOK_RESULT_INVALID", "%s; %s" % (what, EXPECTED))
