"""Every register that is said once, as a form."""

from civgeo.domain.boundary_forms import BOUNDARY_FORMS
from civgeo.domain.cemetery_forms import CEMETERY_FORMS
from civgeo.domain.name_forms import NAME_FORMS
from civgeo.domain.planning_forms import PLANNING_FORMS
from civgeo.domain.record_form import RecordForm
from civgeo.domain.round_forms import ROUND_FORMS

__all__ = ["FORMS", "form_of"]

FORMS: tuple[RecordForm, ...] = (
    *NAME_FORMS,
    *BOUNDARY_FORMS,
    *ROUND_FORMS,
    *PLANNING_FORMS,
    *CEMETERY_FORMS,
)
"""All of them, office by office, in the order of the menus."""

_BY_ID = {form.id: form for form in FORMS}


def form_of(id: str) -> RecordForm | None:
    """Form of the register of that name; None for a collection that has none."""
    return _BY_ID.get(id)
