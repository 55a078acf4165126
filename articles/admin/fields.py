"""Form fields of the desk as browsers offer them."""

from __future__ import annotations

from django import forms


class ReasonField(forms.CharField):
    """Why a step is taken, in a sentence. Who gives none is asked for it with `ask`; if that is empty, they may."""

    def __init__(self, label: str = "Why", *, ask: str = "Say why, in a sentence.", rows: int = 4) -> None:
        super().__init__(
            label=label,
            required=bool(ask),
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": rows}),
            error_messages={
                "required": ask,
                "max_length": "The reason is longer than 2,000 characters. Make it shorter.",
            },
        )


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")  # as browsers want it, in any language


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")
