"""Waiting for a condition with a deadline."""

import functools
import time


class DeadlineExceeded(AssertionError):
    pass


def promised(test, tries=3):
    """For a test that can be made again of a promise about time: a busy machine may stop everything for a second, three times in a
    row it does not."""
    @functools.wraps(test)
    def in_one_of_them(*args, **kwargs):
        for left in reversed(range(tries)):
            try:
                return test(*args, **kwargs)
            except AssertionError as missed:
                if not left:
                    raise
                print(f"once more, because of: {missed}")
        return None
    return in_one_of_them


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
