"""Labels that are only numbered are letter by letter those that are written."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guiju.errors import LabelValueInvalid
from guiju.labeling.implicit import Label
from guiju.labeling.numbered import numbered

VALUES = st.text(st.sampled_from('0aZ-"%{}:,/ProduceID'), min_size=1, max_size=40)


@given(producer=VALUES, number=VALUES)
@example(producer='","ProduceID":"0","PropagateID":"0"', number="01a2056c8f52f4f788535ea48164d536")
@example(producer="%s{0}", number='0"')
def test_they_are_the_same(producer: str, number: str) -> None:
    label = Label.first(producer, number)
    written, keys = numbered(producer).label(number)
    assert written == label.to_json()
    assert list(keys.items()) == list(label.keys().items())


@pytest.mark.parametrize(("producer", "number"), [("", "1"), ("规矩", "1"), ("a", ""), ("a", "一"), ("a", "1 2")])
def test_what_no_label_can_say_is_refused(producer: str, number: str) -> None:
    with pytest.raises(LabelValueInvalid):
        numbered(producer).label(number)
