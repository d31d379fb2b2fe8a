"""A bot brings a picture over HTTP, and files a petition with it over the socket."""

import random
from pathlib import Path

import pytest

from bots.attachments import a_picture
from protocol.refusals import Refusal, Refused
from protocol.services.petitions import FilePetition, PetitionShown, ShowPetition
from tests.bots.test_civic_behaviours import mine, town


async def test_a_petition_comes_with_a_picture(tmp_path: Path) -> None:
    async with town(tmp_path) as city:
        me = await city.citizen("petitioner")
        file = await me.bring(a_picture(random.Random(1)), "photo.png")
        await me.ask(FilePetition, kind="other", title="가로등", text="꺼졌습니다", name="미나", files=[file])
        [card] = (await mine(me)).items
        shown = await me.ask(ShowPetition, petition=card.petition)
        assert isinstance(shown, PetitionShown)
        assert [(one.name, one.kind) for one in shown.files or ()] == [("photo.png", "png")]
        with pytest.raises(Refused) as refused:
            await me.bring(b"MZ\x90\x00\x03", "setup.exe")
        assert refused.value.code is Refusal.BAD_MESSAGE
