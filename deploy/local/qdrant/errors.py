"""What goes wrong, as Qdrant words it: clients match on these texts and statuses."""


class RestError(Exception):
    """An answer other than success: HTTP status and message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def wrong_input(message: str) -> RestError:
    return RestError(400, f"Wrong input: {message}")


def not_found(message: str) -> RestError:
    return RestError(404, f"Not found: {message}")


def no_collection(name: str) -> RestError:
    return not_found(f"Collection `{name}` doesn't exist!")


def describe(error: BaseException) -> RestError:
    """Status and message of anything raised while a request was answered."""
    if isinstance(error, RestError):
        return error
    if isinstance(error, (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)):
        return RestError(400, f"Format error in JSON body: {type(error).__name__}: {error}")
    message = str(error)
    if message.startswith("No point with id"):
        return RestError(404, message)
    # The engine's panics are no Exception; they and its own failures are the server's fault, the rest the caller's.
    if type(error).__name__ == "PanicException" or message.startswith("Service"):
        return RestError(500, message)
    return RestError(400, message)
