"""Models that are finished, kept so that a run that was stopped goes on from them.

Of a review of a million reports the models take longest. Each is kept in a file of its own as soon as it is
made, beside the report's folder, and the folder is taken away when the run has ended well. What is kept is
as it is for those inside: nothing in it has been protected. A file counts only for the same bundle (by the
digest of its files), the same settings and the same version of this software.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from lamplighter.disclosure.tables import Model
from lamplighter.studies.review.hazard_models import Check, Hazard
from lamplighter.studies.review.results import DaysLost, Effect, Fit
from lamplighter.studies.review.settings import Settings

Progress = Callable[[str], None]
Made = TypeVar("Made", Fit, DaysLost)


@dataclass(frozen=True, slots=True)
class Finished:
    """The models of one run; nothing is kept without a ``folder``. ``say`` hears of each that is made."""

    folder: Path | None = None
    mark: str = ""
    say: Progress = lambda _: None

    @classmethod
    def of(cls, folder: Path | None, digest: str, settings: Settings, say: Progress) -> Finished:
        """Return what an earlier run of the same left; a bundle without a digest is never kept."""
        whole = json.dumps([version("lamplighter"), digest, repr(settings)])
        mark = hashlib.sha256(whole.encode()).hexdigest()
        # Where nothing is kept a model is no step of its own: whoever watches was told how many there are.
        return cls(folder, mark, say) if folder is not None and digest else cls(None, mark)

    def fit(self, name: str, title: str, make: Callable[[], Fit | str]) -> Fit | str:
        """Return a model as it was kept, or made now; a text says why there is none."""
        return self._one(name, title, make, _fit)

    def days(self, name: str, title: str, make: Callable[[], DaysLost | str]) -> DaysLost | str:
        """Return a table of days lost as it was kept, or made now."""
        return self._one(name, title, make, _days)

    def _one(
        self,
        name: str,
        title: str,
        make: Callable[[], Made | str],
        read: Callable[[Mapping[str, Any]], Made],
    ) -> Made | str:
        file = None if self.folder is None else self.folder / f"{name}.json"
        if file is not None and file.is_file():
            # What cannot be read was cut off when the run was stopped: it is made again.
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                body = json.loads(file.read_text("utf-8"))
                if body["mark"] == self.mark:
                    return str(body["why"]) if body["why"] else read(body["made"])
        self.say(title)
        made = make()
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            why, kept = (made, None) if isinstance(made, str) else ("", asdict(made))
            part = file.with_suffix(".part")
            part.write_text(json.dumps({"mark": self.mark, "why": why, "made": kept}), "utf-8")
            part.replace(file)
        return made


def forget(folder: Path) -> None:
    """Take away what was kept in a folder: the run has ended well."""
    if folder.is_dir():
        for file in [*folder.glob("*.json"), *folder.glob("*.part")]:
            file.unlink()
        with contextlib.suppress(OSError):  # somebody else's files are in it
            folder.rmdir()


NOTHING = Finished()


def _left_out(body: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((str(title), str(why)) for title, why in body["left_out"])


def _effects(body: Mapping[str, Any]) -> tuple[Effect, ...]:
    return tuple(Effect(**effect) for effect in body["effects"])


def _fit(body: Mapping[str, Any]) -> Fit:
    found = body["hazards"]
    hazards = found if isinstance(found, str) else tuple(_hazard(hazard) for hazard in found)
    return Fit(
        **dict(body)
        | {
            "model": Model(**body["model"]),
            "effects": _effects(body),
            "flags": tuple(body["flags"]),
            "hazards": hazards,
            "checks": tuple(Check(**check) for check in body["checks"]),
            "left_out": _left_out(body),
        }
    )


def _hazard(body: Mapping[str, Any]) -> Hazard:
    one, two = (tuple(float(x) for x in body[part]) for part in ("cause_specific", "subdistribution"))
    return Hazard(
        body["label"], (one[0], one[1], one[2]), (two[0], two[1], two[2]), float(body["proportional_p"])
    )


def _days(body: Mapping[str, Any]) -> DaysLost:
    return DaysLost(
        **dict(body)
        | {"model": Model(**body["model"]), "effects": _effects(body), "left_out": _left_out(body)}
    )
