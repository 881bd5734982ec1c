"""Files and directories with names that nobody else has, which no other user can read."""

import os as _os

tempdir = None


def gettempdir():
    """Where they are made: tempdir, else $TMPDIR, else /tmp."""
    return tempdir or _os.environ.get("TMPDIR") or "/tmp"


def _name(suffix, prefix, dir):
    return _os.path.join(dir or gettempdir(), (prefix or "tmp") + _os.urandom(6).hex() + (suffix or ""))


def _unused(suffix, prefix, dir, make):
    """make() of a name that is not taken, and the name."""
    while True:
        name = _name(suffix, prefix, dir)
        try:
            return make(name), name
        except FileExistsError:
            pass


def mktemp(suffix="", prefix="tmp", dir=None):
    """A name that is not taken now; another program may take it before this one does."""
    while True:
        name = _name(suffix, prefix, dir)
        if not _os.path.lexists(name):
            return name


def mkdtemp(suffix=None, prefix=None, dir=None):
    """Make a directory; its name. It stays until the program removes it."""
    return _unused(suffix, prefix, dir, lambda name: _os.mkdir(name, 0o700))[1]


def mkstemp(suffix=None, prefix=None, dir=None, text=False):
    """Make and open a file: (its descriptor, its name). os.fdopen() and os.close() take the descriptor."""
    return _unused(suffix, prefix, dir, lambda name: _os.open(name, _os.O_RDWR | _os.O_CREAT | _os.O_EXCL | _os.O_NOFOLLOW, 0o600))


class _Temporary:
    """An open file that is removed when it is closed, unless delete is False."""

    def __init__(self, file, name, delete):
        self.file, self.name, self.delete = file, name, delete

    def __getattr__(self, name):
        return getattr(self.file, name)

    def __iter__(self):
        return iter(self.file)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()
        return False

    def close(self):
        """Close the file, and remove it."""
        if not self.file.closed:
            self.file.close()
            if self.delete and _os.path.exists(self.name):
                _os.unlink(self.name)


def NamedTemporaryFile(mode="w+b", buffering=-1, encoding=None, newline=None, suffix=None, prefix=None, dir=None, delete=True):
    """Make and open a file that is removed when it is closed; f.name is its name."""
    fd, name = mkstemp(suffix, prefix, dir)
    return _Temporary(open(fd, mode), name, delete)


TemporaryFile = NamedTemporaryFile


class TemporaryDirectory:
    """with TemporaryDirectory() as name: a directory that is removed with all that is in it."""

    def __init__(self, suffix=None, prefix=None, dir=None):
        self.name = mkdtemp(suffix, prefix, dir)

    def __enter__(self):
        return self.name

    def __exit__(self, *exc):
        self.cleanup()
        return False

    def cleanup(self):
        """Remove it."""
        _remove(self.name)


def _remove(name):
    for entry in _os.listdir(name):
        path = _os.path.join(name, entry)
        if _os.path.isdir(path) and not _os.path.islink(path):
            _remove(path)
        else:
            _os.unlink(path)
    _os.rmdir(name)
