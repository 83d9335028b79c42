"""The form that sends an agency's files."""

from __future__ import annotations

from typing import Any

from django import forms

from lamplighter.hub.intake.forms import Choices


class MultipleFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    widget = MultipleFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        listed = data if isinstance(data, list | tuple) else [data] if data else []
        if not listed:
            raise forms.ValidationError("Choose the file or files of one extract", code="required")
        return [super(FilesField, self).clean(one, initial) for one in listed]


class ImportForm(forms.Form):
    mapping = forms.ChoiceField(
        label="Which system do the files come from?",
        widget=forms.RadioSelect(attrs={"label_size": "m"}),
        error_messages={"required": "Choose the system that the files come from"},
    )
    files = FilesField(
        label="The files of one extract",
        help_text="All files of the extract together. CSV, text, JSON Lines or Parquet; not compressed.",
        widget=MultipleFiles(attrs={"label_size": "m"}),
    )
    use_required_attribute = False

    def __init__(self, *args: Any, mappings: Choices, max_bytes: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mapping"].choices = mappings  # type: ignore[attr-defined]  # a ChoiceField
        self.max_bytes = max_bytes

    def clean_files(self) -> list[Any]:
        files = self.cleaned_data["files"]
        if sum(f.size for f in files) > self.max_bytes:
            limit = self.max_bytes // 1024**2
            raise forms.ValidationError(
                f"The files are larger than {limit} MB together. Use the command line for these."
            )
        return files
