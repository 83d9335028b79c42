"""Read what differs between installations: variables, files named by them, and a folder of settings.

A value is looked for in three places, the first that has it wins:

1. the variable itself (``DATABASE_URL``);
2. the file that ``<NAME>_FILE`` names, or the file ``<NAME>`` in systemd's ``$CREDENTIALS_DIRECTORY``;
3. a line ``<NAME>=value`` of ``web.env``, and for commands that act as the owner of the tables also of
   ``owner.env``, in the folder that ``LAMPLIGHTER_SETTINGS`` names. systemd reads the same files.

The owner's password is in ``owner.env`` alone, so that the site and the worker need never be able to read it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from lamplighter.hub.site.errors import OperatorError

SETTINGS = "LAMPLIGHTER_SETTINGS"
WEB, OWNER = "web.env", "owner.env"
_LINE = re.compile(r"^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)=(.*)$")
_PLAIN = re.compile(r"[\w@%+=:,./\[\]?&~-]*")


class SettingsError(OperatorError):
    """A setting cannot be used. The text names the setting, where it stands and the remedy."""


def value(name: str, default: str = "") -> str:
    """Return a setting: the variable, or what the file that stands for it holds."""
    if found := os.environ.get(name):
        return found
    for path in _files(name):
        try:
            return path.read_text("utf-8").rstrip("\r\n")
        except FileNotFoundError:
            if os.environ.get(f"{name}_FILE"):
                raise SettingsError(f"{name}_FILE names {path}, and there is no such file.") from None
        except (OSError, UnicodeDecodeError) as problem:
            raise SettingsError(f"{path}, which holds {name}, cannot be read: {problem}.") from problem
    return default


def _files(name: str) -> list[Path]:
    if named := os.environ.get(f"{name}_FILE"):
        return [Path(named)]
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    return [Path(folder) / name] if folder else []


def flag(name: str, default: bool) -> bool:
    """Return a setting that is yes or no. Raises :class:`SettingsError` for anything else."""
    text = value(name).strip().lower()
    if not text:
        return default
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise SettingsError(f"{name} is {text!r}. Write 1 for yes or 0 for no.")


def folder() -> Path | None:
    """Return the folder of settings that ``LAMPLIGHTER_SETTINGS`` names, if it names one."""
    named = os.environ.get(SETTINGS)
    return Path(named).expanduser().resolve() if named else None


def load(*, as_owner: bool) -> None:
    """Take the settings of the folder into this process; a variable that is set already stays as it is.

    ``as_owner``: also those of the owner of the tables. Raises :class:`SettingsError`.
    """
    where = folder()
    if where is None:
        return
    if not where.is_dir():
        raise SettingsError(f"{SETTINGS} names {where}, and there is no such folder.")
    names = (WEB, OWNER) if as_owner else (WEB,)
    found: dict[str, str] = {}
    for name in names:
        if (where / name).exists():
            found |= read(where / name)
    for key, text in found.items():
        os.environ.setdefault(key, text)


def read(path: Path) -> dict[str, str]:
    """Return the lines ``NAME=value`` of a file as systemd reads them. Raises :class:`SettingsError`."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except PermissionError:
        raise SettingsError(f"{path} cannot be read by this user. Run the command as root.") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{path} cannot be read: {problem}.") from problem
    found = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith(("#", ";")):
            continue
        match = _LINE.match(line)
        if match is None:
            raise SettingsError(f"{path}, line {number}: this is not NAME=value. Correct or remove the line.")
        found[match[1]] = _unquoted(match[2].strip(), path, number)
    return found


def _unquoted(text: str, path: Path, number: int) -> str:
    if text[:1] in {"'", '"'}:
        if len(text) < 2 or text[-1] != text[0]:
            raise SettingsError(f"{path}, line {number}: the quotation mark is not closed.")
        return text[1:-1]
    return text


def write(path: Path, values: Mapping[str, str], *, head: str, mode: int = 0o600) -> None:
    """Write settings to a file, whole or not at all; other settings that stand there stay."""
    kept = read(path) if path.exists() else {}
    merged = kept | dict(values)
    lines = [*(f"# {line}" for line in head.splitlines()), *(f"{k}={_quoted(v)}" for k, v in merged.items())]
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    made = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    made.replace(path)


def _quoted(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    if "'" in text or "\n" in text:
        raise SettingsError("A setting may hold neither a quotation mark nor a line end.")
    return f"'{text}'"


def as_app() -> bool:
    """Tell whether this process signs in as the role that owns nothing: the site and the worker do."""
    return os.environ.get("LAMPLIGHTER_DATABASE_LOGIN", "owner") == "app"
