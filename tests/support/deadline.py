"""Waiting for a condition with a deadline."""

import time


class DeadlineExceeded(AssertionError):
    pass


def wait_until(condition, seconds, what, show=None, every=0.02):
    """Returns the first true value of condition(); raises with `what` and show() when `seconds` have passed.

    An AssertionError, KeyError, OSError or other exception of the condition counts as "not yet".
    """
    end = time.monotonic() + seconds
    problem = None
    while True:
        try:
            value = condition()
            problem = None
            if value:
                return value
        except Exception as error:  # pylint: disable=broad-except
            problem = error
        if time.monotonic() >= end:
            break
        time.sleep(every)
    lines = [f"not within {seconds} s: {what}"]
    if problem is not None:
        lines.append(f"last problem: {type(problem).__name__}: {problem}")
    if show is not None:
        lines.append(str(show()))
    raise DeadlineExceeded("\n".join(lines))
