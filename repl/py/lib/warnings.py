"""Warnings: told once for each text, but not where a filter ignores them."""

import sys as _sys

_filters = []
_told = set()


class catch_warnings:
    """with catch_warnings(): filters set inside end with it. record=True gives the list of warnings instead of telling them."""

    def __init__(self, *, record=False, action=None, category=Warning):
        self._record, self._action, self._category = record, action, category

    def __enter__(self):
        global _recorded
        self._kept, self._outer = _filters[:], _recorded
        if self._record:
            _recorded = []
        if self._action:
            simplefilter(self._action, self._category)
        return _recorded if self._record else None

    def __exit__(self, *exc):
        global _recorded
        _filters[:] = self._kept
        _recorded = self._outer
        return False


class WarningMessage:
    """A warning that catch_warnings(record=True) kept."""

    def __init__(self, message, category):
        self.message, self.category = message, category

    def __str__(self):
        return "{message : %r, category : %r}" % (self.message, self.category.__name__)


_recorded = None
_actions = ("default", "error", "ignore", "always", "module", "once")


def simplefilter(action, category=Warning, lineno=0, append=False):
    """What is done with warnings of the category from now on: ignore, error, always, once or default."""
    filterwarnings(action, "", category)


def filterwarnings(action, message="", category=Warning, module="", lineno=0, append=False):
    """simplefilter() for warnings whose text begins as the pattern message says; module and lineno are not looked at."""
    if action not in _actions:
        raise ValueError("invalid action: %r, want one of %s" % (action, ", ".join(_actions)))
    _filters.insert(len(_filters) if append else 0, (action, message, category))


def resetwarnings():
    """Forget all filters."""
    _filters.clear()


def warn(message, category=None, stacklevel=1, source=None):
    """Tell a warning on standard error, once for each text."""
    import re
    if isinstance(message, Warning):
        category = type(message)
    else:
        category = category or UserWarning
        message = category(message)
    action = "default"
    for a, pattern, c in _filters:
        if issubclass(category, c) and re.match(pattern, str(message), re.I):
            action = a
            break
    if action == "ignore":
        return
    if action == "error":
        raise message
    if _recorded is not None:
        _recorded.append(WarningMessage(message, category))
        return
    key = (category.__name__, str(message))
    if action != "always" and key in _told:
        return
    _told.add(key)
    print("%s: %s" % key, file=_sys.stderr)
