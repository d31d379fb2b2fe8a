"""Who one is on the plain page: codes, cookies, and sessions that end without losing what was written."""

from pathlib import Path

from tests.support.plain_page import Visit, code, words
from tests.support.reader import Reader
from tests.support.web_city import WebCity, web_city


async def test_a_session_that_ended_costs_one_code_and_no_text(city: WebCity, visit: Visit) -> None:
    mina = await visit("mina")
    page = await mina.open("/plain/petitions/new?kind=other")
    for _ in range(5):  # on as many other devices as she may have, so that this one ends
        await visit("mina")
    page = await mina.send(
        page.form("/new"), {"title": "보도블록", "text": "깨졌습니다.", "name": "김미나"}, do="file"
    )
    assert page.status == 401
    assert page.error_at("code") == words("ko")["form"]["code_missing"]
    assert page.form("/new").values["text"] == "깨졌습니다."
    page = await mina.send(page.form("/new"), {"code": await code(city, "mina")}, do="file")
    assert page.path.endswith("/receipt"), page.text


async def test_a_petition_can_be_written_before_signing_in(city: WebCity, visit: Visit) -> None:
    reader = await visit()
    page = await reader.open("/plain/petitions/new?kind=other")
    written = {"title": "보도블록", "text": "깨졌습니다.", "name": "김미나"}
    page = await reader.send(page.form("/new"), written | {"code": "WRONG"}, do="file")
    assert page.status == 401
    assert page.error_at("code") == words("ko")["form"]["code_wrong"]
    spent = await code(city, "mina")
    page = await reader.send(page.form("/new"), {"code": spent.lower()}, do="file")
    assert page.path.endswith("/receipt"), page.text
    other = await visit()
    page = await other.sign_in(spent)
    assert page.status == 401


async def test_codes_are_guessed_so_often_and_no_more(city: WebCity, visit: Visit) -> None:
    reader = await visit()
    for _ in range(10):
        assert (await reader.sign_in("AAAA-AAAA")).status == 401
    page = await reader.sign_in(await code(city, "mina"))
    assert page.status == 429
    assert int(page.answer.headers["retry-after"]) >= 1
    assert city.city.count("madang_limit_reached_total", limit="plain.code_attempts") == 1
    page = await reader.open("/plain/petitions/new?kind=other")
    page = await reader.send(page.form("/new"), {"title": "가", "code": "AAAA"}, do="file")
    assert page.status == 429
    assert page.form("/new").values["title"] == "가"


async def test_a_code_is_for_who_has_a_token(city: WebCity) -> None:
    assert (await city.browser.post("/api/codes")).status_code == 403
    wrong = await city.browser.post("/api/codes", headers={"Authorization": "Bearer x"})
    assert wrong.status_code == 401


async def test_signing_in_makes_a_new_cookie_that_no_script_sees_and_signing_out_ends_it(
    city: WebCity, visit: Visit
) -> None:
    reader = await visit()
    before = (await reader.open("/plain/enter")).answer.headers["set-cookie"]
    assert "HttpOnly" in before
    assert "SameSite=lax" in before
    assert "Secure" not in before
    old = reader.browser.cookies["madang_session"]
    await reader.sign_in(await code(city, "mina"))
    new = reader.browser.cookies["madang_session"]
    assert new != old
    page = await reader.send((await reader.open("/plain/leave")).form("/leave"))
    assert "미나" not in page.text
    assert reader.browser.cookies["madang_session"] != new
    reader.browser.cookies.clear()
    reader.browser.cookies.set("madang_session", new)
    assert "미나" not in (await reader.open("/plain")).text


async def test_behind_https_the_cookie_is_for_https_alone(tmp_path: Path) -> None:
    async with web_city(tmp_path, listen={"proxies": "127.0.0.0/8"}) as city:
        answer = await city.browser.get("/plain?lang=ko", headers={"X-Forwarded-Proto": "https"})
    cookies = answer.headers.get_list("set-cookie")
    assert len(cookies) == 2
    assert all("Secure" in cookie and "HttpOnly" in cookie for cookie in cookies)


async def test_after_signing_in_one_goes_on_where_one_was_and_nowhere_else(
    city: WebCity, visit: Visit
) -> None:
    for then, path in (
        ("/plain/petitions", "/plain/petitions"),
        ("https://evil.example", "/plain"),
        ("//evil.example", "/plain"),
        ("/plain/../metrics\\", "/plain"),
        ("/plainly", "/plain"),
    ):
        reader = await visit()
        page = await reader.open(f"/plain/enter?then={then}")
        page = await reader.send(page.form("/enter"), {"code": await code(city, "mina")})
        assert page.path == path


async def test_a_city_without_visitors_asks_for_a_code_first(tmp_path: Path) -> None:
    async with web_city(tmp_path, visitors={"admitted": False}) as city:
        reader = Reader(city.city.address)
        page = await reader.open("/plain/petitions")
        assert page.status == 401
        page = await reader.send(page.form("/enter"), {"code": await code(city, "mina")})
        assert page.status == 200
        assert "미나 님" in page.text
        await reader.close()
