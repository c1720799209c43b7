"""The first page: people sign in, see boats and alerts live, and answer them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.conftest import PASSWORD, PHONE, Server, Visit, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]
LIVE = "window.__fleet?.line() === 'live'"
PATIENCE_S = 20
expect.set_options(timeout=PATIENCE_S * 1000)
ON_PHONE = {
    "viewport": PHONE,
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}


def until(page: Page, expression: str) -> None:
    """Wait for it from outside: the page's policy rightly forbids evaluating strings inside."""
    for _ in range(PATIENCE_S * 10):
        if page.evaluate(f"Boolean({expression})"):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"never true: {expression}")


def live(page: Page) -> None:
    until(page, LIVE)


def row(page: Page, alert: int) -> Locator:
    return page.locator(f"[data-alert='{alert}']")


def act(page: Page, name: str) -> None:
    page.click(f"[data-act={name}]")


def test_a_member_takes_and_closes_an_order_and_the_commander_sees_it_live(visit: Visit) -> None:
    chief, fu = visit("chief"), visit("fu")
    expect(row(chief, 1)).to_contain_text("待接单")
    until(fu, "window.__fleet.vessels() > 0")
    fu.get_by_role("button", name="接单", exact=True).click()
    expect(row(chief, 1)).to_contain_text("已接单")
    expect(row(chief, 1)).to_contain_text("符海生")

    row(fu, 1).click()
    act(fu, "progress")
    fu.get_by_role("radio", name="已联系船只").click()
    fu.locator(".act-form button[type=submit]").click()
    expect(row(chief, 1)).to_contain_text("处置中")

    act(fu, "close_order")
    fu.locator(".act-form button[type=submit]").click()
    expect(fu.locator(".field-error")).to_have_text("请选择一项。")
    fu.get_by_role("radio", name="误报").click()
    fu.locator("textarea").fill("渔船在区外，定位漂移")
    fu.locator(".act-form button[type=submit]").click()
    expect(row(chief, 1)).to_have_count(0)
    expect(row(fu, 1)).to_have_count(0)


def test_the_map_draws_boats_without_webgl_and_moves_them(visit: Visit, server: Server) -> None:
    page = visit("chief", at="#11/18.1/109.15")
    live(page)
    until(page, "window.__fleet.vessels() === 3 && window.__fleet.pixel(1)")
    assert page.evaluate("document.createElement('canvas').getContext('webgl')") is None
    assert ink(page, 1) > 20
    server.sql(
        "update progress set seq = 2; update vessel_latest set lon = 109.16, t = now(), seq = 2"
        " where vessel = 1; select pg_notify('fleet_live', '')"
    )
    until(page, "Math.abs(window.__fleet.position(1)[0] - 109.16) < 1e-6")
    page.wait_for_timeout(300)
    assert ink(page, 1) > 20


def ink(page: Page, vessel: int) -> int:
    """How many pixels around a vessel are drawn on the canvases above the chart."""
    return int(
        page.evaluate(
            """(id) => {
              const [x, y] = window.__fleet.pixel(id)
              const above = [...document.querySelectorAll('.map .overlay canvas')].slice(1)
              return above.reduce((sum, c) => {
                const k = c.width / c.clientWidth
                const box = c.getContext('2d').getImageData(x * k - 20, y * k - 20, 40, 40).data
                return sum + box.filter((v, i) => i % 4 === 3 && v > 0).length
              }, 0)
            }""",
            vessel,
        )
    )


def test_a_click_on_a_boat_opens_its_card(visit: Visit) -> None:
    page = visit("chief", at="#11/18.1/109.15")
    live(page)
    until(page, "window.__fleet.pixel(2)")
    x, y = page.evaluate("window.__fleet.pixel(2)")
    page.locator(".map").hover(position={"x": x, "y": y})
    expect(page.locator(".tip")).to_contain_text("<img src=x")
    page.locator(".map").click(position={"x": x, "y": y})
    expect(page.locator(".drawer h2")).to_have_text("<img src=x onerror=document.title=1>")
    expect(page.locator(".drawer")).to_contain_text("412000002")
    expect(page).to_have_url(re.compile(r"&v=2"))
    assert page.title() != "1"


def test_the_drawer_says_what_where_why_and_who(visit: Visit) -> None:
    page = visit("chief")
    row(page, 1).click()
    drawer = page.locator(".drawer")
    for words in (
        "珊瑚保护区",
        "18°06.00′N 109°06.00′E",
        "5.5 节",
        "符海生",
        "网格员在岗",
        "13900000001",
    ):
        expect(drawer).to_contain_text(words)
    expect(page).to_have_url(re.compile(r"&a=1"))


def test_an_alert_can_be_reached_by_its_address(visit: Visit) -> None:
    page = visit("chief", at="#10/18.1/109.1&a=2")
    expect(page.locator(".drawer h2")).to_be_visible()
    expect(page.locator(".drawer")).to_contain_text("琼三亚渔00003")


def test_a_commander_works_by_keyboard(visit: Visit) -> None:
    page = visit("chief")
    expect(row(page, 1)).to_be_visible()
    page.keyboard.press("j")
    expect(row(page, 1)).to_have_attribute("aria-current", "true")
    page.keyboard.press("a")
    expect(page.locator(".drawer")).to_contain_text("已确认")
    page.keyboard.press("?")
    expect(page.locator(".keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".drawer")).to_have_count(0)


def test_what_was_shelved_by_mistake_is_undone(visit: Visit) -> None:
    page = visit("chief")
    row(page, 2).click()
    act(page, "shelve")
    page.get_by_role("radio", name="1 小时").click()
    page.locator("textarea").fill("在船厂修理")
    page.locator(".act-form button[type=submit]").click()
    expect(page.locator(".group-shelved")).to_contain_text("琼三亚渔00003")
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".group-shelved")).to_have_count(0)


def test_nothing_is_lost_while_the_server_is_away(visit: Visit, server: Server) -> None:
    page = visit("chief")
    expect(row(page, 1)).to_contain_text("待接单")
    live(page)
    server.stop()
    expect(page.locator(".banner.cut")).to_be_visible(timeout=20_000)
    server.sql(
        "update work_order set status = 'accepted', version = version + 1 where id = 1;"
        "insert into event (seq, alert, work_order, vessel, grid, act)"
        " values (5, 1, 1, 1, 1, 'accept'); update stream set seq = 5 where name = 'event'"
    )
    server.start()
    expect(row(page, 1)).to_contain_text("已接单", timeout=40_000)
    expect(page.locator(".banner.cut")).to_have_count(0, timeout=40_000)


def test_no_monitoring_is_said_on_every_page(visit: Visit, server: Server) -> None:
    server.sql("update worker set beat = now() - interval '5 minutes'")
    for page in (visit("chief"), visit("fu", **ON_PHONE)):
        expect(page.locator(".banner.hazard")).to_contain_text("无监测")
        expect(page.locator(".banner.hazard")).to_contain_text("监测程序没有响应")
        expect(page.locator(".line-blind")).to_be_visible()


def test_the_history_says_whom_and_why_in_words(visit: Visit, server: Server) -> None:
    server.sql(
        "update event set reason = 'holds' where seq = 1;"
        """update event set detail = '{"to": {"person": 2, "name": "何建龙"},"""
        """  "told_names": ["苏建兴", "陈永珍"]}' where seq = 2;"""
        "insert into event (seq, alert, work_order, vessel, grid, act, reason) values"
        " (5, 1, null, 1, 1, 'clear', 'zone_changed'),"
        " (6, 1, null, 1, 1, 'repeat', 'not_in_words');"
        "update stream set seq = 6 where name = 'event'"
    )
    page = visit("chief")
    row(page, 1).click()
    history = page.locator(".history")
    for words in ("派单给 何建龙", "已告知 苏建兴、陈永珍", "条件持续成立", "区域已修改"):
        expect(history).to_contain_text(words)
    for raw in ("holds", "zone_changed", "not_in_words"):
        expect(history).not_to_contain_text(raw)


def test_what_is_over_does_not_look_as_if_it_went_on(visit: Visit, server: Server) -> None:
    server.sql("update alert set status = 'cleared', cleared = now() where id = 1")
    page = visit("chief")
    expect(row(page, 1)).to_contain_text("已解除待确认")
    expect(page.locator(".row.over")).to_have_count(1)
    expect(row(page, 2)).not_to_contain_text("已解除")


def test_what_is_selected_comes_into_view_beside_its_details(visit: Visit) -> None:
    page = visit("chief", at="#13/18.1/109.1")
    live(page)
    until(page, "window.__fleet.pixel(3)")
    width = page.evaluate("document.querySelector('.map').clientWidth")
    assert page.evaluate("window.__fleet.pixel(3)[0]") > width
    row(page, 2).click()
    until(page, f"window.__fleet.pixel(3)[0] > 0 && window.__fleet.pixel(3)[0] < {width - 422}")


def test_a_console_opened_while_the_database_is_away_says_so(visit: Visit) -> None:
    page = visit()
    expect(page.locator("[name=login]")).to_be_visible()
    page.route("**/api/v1/session", lambda route: route.fulfill(status=503, body="{}"))
    page.reload()
    expect(page.locator(".away")).to_contain_text("服务暂时不可用")
    page.unroute("**/api/v1/session")
    expect(page.locator(".away")).to_have_count(0)


def test_signing_in_says_what_is_wrong(visit: Visit) -> None:
    page = visit()
    page.click("form button[type=submit]")
    expect(page.locator(".field-error")).to_have_count(2)
    sign_in(page, "chief", "wrong")
    expect(page.locator(".form-error")).to_have_text("账号或密码不正确。")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    sign_in(page, "chief")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()


def test_a_first_password_must_be_changed(visit: Visit) -> None:
    page = visit("fresh")
    fields = page.locator("input[type=password]")
    expect(fields).to_have_count(3)
    fields.nth(0).fill(PASSWORD)
    fields.nth(1).fill("short")
    fields.nth(2).fill("short")
    page.click("form button[type=submit]")
    expect(page.locator(".field-error")).to_have_text("至少 10 个字符。")
    fields.nth(1).fill("a longer secret of my own")
    fields.nth(2).fill("a longer secret of my own")
    page.click("form button[type=submit]")
    expect(page.locator(".top")).to_be_visible()


def test_a_phone_shows_tasks_first_and_the_map_behind_a_tab(visit: Visit) -> None:
    page = visit("fu", **ON_PHONE)
    expect(row(page, 1)).to_be_visible()
    expect(page.locator(".map")).to_have_count(0)
    button = page.get_by_role("button", name="接单", exact=True)
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    button.tap()
    expect(row(page, 1)).to_contain_text("已接单")
    row(page, 1).tap()
    act(page, "close_order")
    page.get_by_role("radio", name="误报").tap()
    page.locator(".act-form button[type=submit]").tap()
    expect(row(page, 1)).to_have_count(0)
    page.locator(".drawer").get_by_role("button", name="返回").tap()
    page.locator(".tabs button").nth(1).tap()
    until(page, "window.__fleet.pixel(1)")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_signing_out_leaves_nothing_behind(visit: Visit) -> None:
    page = visit("chief")
    live(page)
    page.get_by_role("button", name="王值班").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.locator("[name=login]")).to_be_visible()
    assert page.evaluate("[window.__fleet.vessels(), window.__fleet.alerts().length]") == [0, 0]
