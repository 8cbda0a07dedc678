import html
import json

import map_specimens as city
import pytest

from civgeo.maps.escape import json_for_script, safe_text


@pytest.mark.parametrize("name", city.HOSTILE)
def test_safe_text_holds_no_character_that_begins_markup_or_a_template(name):
    text = safe_text(name)
    assert not set("<>\"'`$\\") & set(text)
    assert html.unescape(text) == name


@pytest.mark.parametrize("name", [*city.HOSTILE, "a\u2028b\u2029c&d"])
def test_json_in_a_script_keeps_the_value_and_cannot_end_the_script(name):
    text = json_for_script({"name": name})
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == {"name": name}


def test_json_refuses_nan():
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_for_script([float("nan")])
