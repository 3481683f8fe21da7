"""The stage of the attacks, one for each file."""

import pytest

from support.stage import Stage


@pytest.fixture(scope="module", name="stage")
def set_up(fleet):
    stage = Stage(fleet)
    yield stage
    stage.close()
