"""The form that sends an agency's files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from lamplighter.hub.design.fields import offer
from lamplighter.hub.intake.new_report.forms import Choices

LEFT_OUT = "-"


class MultipleFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    widget = MultipleFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        listed = data if isinstance(data, list | tuple) else [data] if data else []
        if not listed:
            raise forms.ValidationError("Choose the file or files to send", code="required")
        return [super(FilesField, self).clean(one, initial) for one in listed]


class ImportForm(forms.Form):
    files = FilesField(  # type: ignore[assignment]  # Django takes fields out of the class
        label="The files",
        help_text="Files of several systems may be sent at once: each is known by its columns. Send all "
        "files of an extract together. CSV, text, Excel workbooks (.xlsx), JSON Lines or Parquet; not "
        "compressed.",
        widget=MultipleFiles(attrs={"label_size": "m"}),
    )
    mapping = forms.ChoiceField(
        label="Which system do they come from?",
        required=False,
        widget=forms.Select(attrs={"label_size": "s"}),
    )
    use_required_attribute = False

    def __init__(self, *args: Any, mappings: Choices, max_bytes: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = ("", "Work it out from the files")
        offer(self, "mapping", [told, *mappings])
        self.max_bytes = max_bytes

    def clean_files(self) -> list[Any]:
        files: list[Any] = self.cleaned_data["files"]
        if sum(f.size for f in files) > self.max_bytes:
            limit = self.max_bytes // 1024**2
            raise forms.ValidationError(
                f"The files are larger than {limit} MB together. Use the command line for these."
            )
        return files


class ToldApartForm(forms.Form):
    """Ask which source each of several files is from; what was told by the files is chosen already."""

    use_required_attribute = False

    def __init__(
        self, *args: Any, files: Sequence[tuple[str, str, str]], mappings: Choices, **kwargs: Any
    ) -> None:
        """``files``: the name of each, the source that was told or "", and why it was not."""
        super().__init__(*args, **kwargs)
        for number, (name, source, why) in enumerate(files):
            self.fields[f"file_{number}"] = forms.ChoiceField(
                label=name,
                help_text=why,
                choices=[("", "Choose"), *mappings, (LEFT_OUT, "Do not import this file")],
                initial=source,
                widget=forms.Select(attrs={"label_size": "s"}),
                error_messages={"required": f"Choose which system {name} comes from"},
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and set(data.values()) <= {LEFT_OUT}:
            raise forms.ValidationError("Choose at least one file to import")
        return data

    def sources(self) -> list[str]:
        """The source of each file, in their order."""
        return [str(value) for value in self.cleaned_data.values()]
