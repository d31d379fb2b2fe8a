"""What a form of the plain page may not do: twice, from elsewhere, too long, or with something else in it."""

from tests.support.plain_page import Visit, file, petition_in, words


async def test_a_form_without_its_token_is_refused_and_nothing_written_is_lost(visit: Visit) -> None:
    mina = await visit("mina")
    page = await mina.open("/plain/petitions/new?kind=other")
    for token in ("", "0" * 40, "토큰"):
        form = page.form("/new")
        form.values["form_token"] = token
        refused = await mina.send(form, {"title": "보도블록", "text": "깨짐", "name": "김미나"}, do="file")
        assert refused.status == 403
        assert words("ko")["form"]["stale"] in refused.text
        assert refused.form("/new").values["text"] == "깨짐"
    assert words("ko")["petitions"]["none"] in (await mina.open("/plain/petitions")).text
    filed = await mina.send(refused.form("/new"), do="file")
    assert filed.path.endswith("/receipt")


async def test_a_form_of_another_form_or_browser_is_refused(visit: Visit) -> None:
    mina, junho = await visit("mina"), await visit("junho")
    other = (await mina.open("/plain/petitions/new?kind=other")).form("/new").values["form_token"]
    at = petition_in(await file(mina))
    form = (await mina.open(f"{at}/withdraw")).form("/withdraw")
    form.values["form_token"] = other
    assert (await mina.send(form)).status == 403
    form = (await mina.open(f"{at}/withdraw")).form("/withdraw")
    assert (await junho.send(form)).status == 403
    assert "취하했습니다" not in (await mina.open(at)).text


async def test_a_form_from_another_site_is_refused(visit: Visit) -> None:
    mina = await visit("mina")
    form = (await mina.open("/plain/leave")).form("/leave")
    for origin in ("https://evil.example", "null"):
        page = await mina.send(form, headers={"Origin": origin})
        assert page.status == 403
        assert words("ko")["reasons"]["this origin is not allowed"] in page.text
    assert "미나 님" in (await mina.open("/plain")).text


async def test_a_form_sent_twice_is_done_once(visit: Visit) -> None:
    mina = await visit("mina")
    page = await mina.open("/plain/petitions/new?kind=other")
    written = {"title": "보도블록", "text": "깨졌습니다.", "name": "김미나"}
    first = await mina.send(page.form("/new"), written, do="file")
    second = await mina.send(page.form("/new"), written, do="file")
    assert petition_in(first) == petition_in(second)
    assert (
        len([one for one in (await mina.open("/plain/petitions")).targets if one == petition_in(first)]) == 1
    )

    # Going back and writing something else is another petition, and asked for.
    other = await mina.send(page.form("/new"), written | {"text": "다른 일입니다."}, do="file")
    assert other.status == 409
    assert words("ko")["form"]["sent_before"] in other.text
    third = await mina.send(other.form("/new"), do="file")
    assert petition_in(third) != petition_in(first)


async def test_a_text_too_long_for_the_rules_is_told_so_and_kept(visit: Visit) -> None:
    mina = await visit("mina")
    page = await file(mina, text="가" * 4001)
    assert page.status == 422
    assert page.error_at("text") == "너무 깁니다. 최대 4000자입니다."
    assert page.form("/new").values["text"] == "가" * 4001
    page = await file(mina, text="가" * 30_000)
    assert page.status == 413
    assert page.heading == words("ko")["site"]["too_long"]


async def test_whatever_stands_in_an_address_or_a_form_is_answered(visit: Visit) -> None:
    mina = await visit("mina")
    at = petition_in(await file(mina))
    for path, status in (
        ("/plain/nowhere", 404),
        ("/plain/petitions/none", 404),
        (f"/plain/petitions/{'x' * 500}", 404),
        (f"{at}/dance", 404),
        (f"{at}?after=%FF", 200),
        (f"{at}?after=99999999999999999999", 200),
        ("/plain/petitions?after=" + "x" * 500, 404),
        ("/plain/question-time/none", 404),
        ("/plain/question-time/none/ask", 200),
        ("/plain/question-time/none/vote?question=x", 200),
        ("/plain/question-time?after=x", 422),
        ("/plain/places/none", 404),
        ("/plain/desk", 403),
        ("/plain/desk/none", 404),
        ("/plain/petitions/new?kind=song", 200),
        ("/plain?lang=fr", 200),
    ):
        assert (await mina.open(path)).status == status, path
    form = (await mina.open("/plain/question-time/none/vote?question=x")).form("/vote")
    assert (await mina.send(form)).status == 422
    form = (await mina.open("/plain/petitions/new?kind=other")).form("/new")
    form.values["key"] = "k" * 65
    form.values["place.lat"] = "북쪽"
    page = await mina.send(form, {"title": "가", "text": "나", "name": "다"}, do="file")
    assert page.status == 422
    assert "형식이 맞지 않습니다" in page.text
