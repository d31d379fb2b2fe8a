"""One's own sanctions on the plain page: why, until when, an appeal that somebody else decides; the public numbers."""

import pytest

from server.texts import LANGUAGES, Language
from tests.support.plain_page import MARKUP, Visit, file, sanctioned, words
from tests.support.web_city import WebCity


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_sanction_is_read_appealed_against_and_its_end_is_told(
    city: WebCity, visit: Visit, language: Language
) -> None:
    t = words(language)
    mute = await sanctioned(city, "mina", "mute", words=f"{MARKUP} 욕설")
    mina = await visit("mina", language)
    page = await mina.follow(await mina.open("/plain"), t["sanctions"]["waiting"].format(count=1))
    assert t["options"]["sanction"]["mute"] in page.text
    assert t["sanctions"]["effect"]["mute"] in page.text
    assert MARKUP in page.text
    assert "<script>" not in page.answer.text

    page = await mina.follow(page, t["commands"]["moderation.appeal"]["title"])
    page = await mina.send(page.form("/appeal"), {"text": ""})
    assert page.status == 422
    assert page.error_at("text") == t["form"]["missing"]
    page = await mina.send(page.form("/appeal"), {"text": "가" * 501})
    assert page.status == 422
    assert "500" in page.error_at("text")
    assert page.form("/appeal").values["text"] == "가" * 501
    page = await mina.send(page.form("/appeal"), {"text": "인용한 말이었습니다."})
    assert page.path == "/plain/sanctions"
    assert t["commands"]["moderation.appeal"]["done"] in page.text
    assert t["options"]["appeal_state"]["open"] in page.text
    assert t["sanctions"]["answer_by"].partition("{when}")[2] in page.text
    assert not any(path.endswith("/appeal") for path in page.targets)

    # She is muted, and files a petition all the same.
    assert (await file(mina)).path.endswith("/receipt")

    await city.done("moderation.claim", "chief", case=mute)
    await city.done(
        "moderation.decide_appeal", "chief", sanction=mute, outcome="lifted", words="인용이었습니다."
    )
    page = await mina.open("/plain/sanctions")
    assert t["options"]["appeal_state"]["lifted"] in page.text
    assert "인용이었습니다." in page.text
    assert t["sanctions"]["waiting"].format(count=1) not in (await mina.open("/plain")).text


async def test_a_warning_is_acknowledged(city: WebCity, visit: Visit) -> None:
    t = words("ko")
    await sanctioned(city, "mina", "warn")
    mina = await visit("mina")
    page = await mina.follow(
        await mina.open("/plain/sanctions"), t["commands"]["moderation.acknowledge"]["title"]
    )
    page = await mina.send(page.form("/acknowledge"))
    assert t["commands"]["moderation.acknowledge"]["done"] in page.text
    assert t["commands"]["moderation.acknowledge"]["title"] not in page.links


async def test_the_sanctions_of_others_are_nobodys_and_the_numbers_are_everyones(
    city: WebCity, visit: Visit
) -> None:
    t = words("ko")
    number = await sanctioned(city, "mina", "mute")
    junho, stranger = await visit("junho"), await visit(None)
    assert t["sanctions"]["none"] in (await junho.open("/plain/sanctions")).text
    page = await junho.open(f"/plain/sanctions/{number}/appeal")
    assert (await junho.send(page.form("/appeal"), {"text": "제 것이 아닙니다."})).status == 404
    assert (await junho.open(f"/plain/sanctions/{number}/dance")).status == 404
    page = await stranger.follow(await stranger.open("/plain/sanctions"), t["sanctions"]["numbers"])
    # Fewer than five are not told by number.
    assert f"{t['options']['sanction']['mute']}{t['question_time']['few']}" in page.text
    assert "욕설" not in page.text
    for days in ("x", "-1", "999999999999"):
        assert (await stranger.open(f"/plain/sanctions/numbers?days={days}")).status == 200
