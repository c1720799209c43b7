"""The command centre's pages: rules, recall orders, ports, as a watch officer works with them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.web.conftest import PHONE, Server, Visit

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]
HERE = Path(__file__).parent
AUDIT = (HERE / "audit.js").read_text(encoding="utf-8")
WORLD = (HERE / "pages.sql").read_text(encoding="utf-8")
PATIENCE_S = 20
expect.set_options(timeout=PATIENCE_S * 1000)
ON_PHONE = {"viewport": PHONE, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
PAGES = {
    "recalls": "2", "ports": "3", "rules": "4", "facts": "5", "identities": "6", "load": "7",
}  # fmt: skip


@pytest.fixture
def server(server: Server) -> Server:
    """The small port with sixty more boats, two harbours and a recall order in force."""
    server.sql(WORLD)
    return server


def turn_to(page: Page, name: str) -> None:
    page.click(f".rail [data-page={name}]")
    expect(page.locator(f".rail [data-page={name}]")).to_have_attribute("aria-current", "page")
    expect(page.locator(".page")).to_be_visible()


def figure(page: Page, label: str) -> Locator:
    return page.locator(".big-figures > div", has_text=label).locator("dd")


def test_a_commander_changes_a_threshold_and_brings_it_back(visit: Visit) -> None:
    page = visit("chief")
    turn_to(page, "rules")
    page.click("[data-rule=collision]")
    detail = page.locator(".detail")
    expect(detail).to_contain_text("商渔碰撞危险：CPA小于0.5海里")
    row = detail.locator("tr", has_text="预警最近会遇距离")
    expect(row).to_contain_text(re.compile("0.5.*海里"))
    page.click("[data-edit]")
    page.fill("[name=warn_nm]", "many")
    page.click(".param-form button[type=submit]")
    expect(page.locator(".param-field.wrong, .wrong", has_text="预警最近会遇距离")).to_contain_text(
        "请填写数字"
    )
    expect(page.locator(".field-error")).to_have_count(2)  # and the reason is missing
    page.fill("[name=warn_nm]", "0.7")
    page.fill("textarea[name=reason]", "夜间商船多")
    page.click(".param-form button[type=submit]")
    expect(row).to_contain_text("0.7")

    detail.get_by_role("tab", name="版本").click()
    newest = detail.locator("[data-version='2']")
    for words in ("现行", "王值班", "夜间商船多", "预警最近会遇距离", "0.5", "0.7"):
        expect(newest).to_contain_text(words)
    detail.locator("[data-version='1']").get_by_role("button", name="恢复此版本").click()
    detail.locator("[data-version='1'] [name=reason]").fill("试行结束")
    detail.locator("[data-version='1'] button[type=submit]").click()
    expect(detail.locator("[data-version='3']")).to_contain_text("试行结束")
    detail.get_by_role("tab", name="参数").click()
    expect(row).to_contain_text("0.5")


def test_what_the_server_refuses_stands_at_its_field(visit: Visit) -> None:
    page = visit("chief")
    turn_to(page, "rules")
    page.click("[data-rule=speed]")
    page.click("[data-edit]")
    page.fill("[name=fishing_kn]", "-4")
    page.fill("textarea[name=reason]", "x")
    page.click(".param-form button[type=submit]")
    expect(page.locator(".wrong", has_text="渔船限速").locator(".field-error")).to_be_visible()
    expect(page.locator(".field-error")).to_have_count(1)


def test_numbers_may_differ_by_class_and_zone(visit: Visit) -> None:
    page = visit("chief")
    turn_to(page, "rules")
    page.click("[data-rule=gap]")
    page.click("[data-edit]")
    page.click("[data-override]")
    line = page.locator(".override")
    line.locator("[name=override_class]").select_option("fishing_small")
    line.locator("[name=override_number]").select_option("warning_min")
    line.locator("[name=override]").fill("-1")
    page.fill("textarea[name=reason]", "小船终端报位更密")
    page.click(".param-form button[type=submit]")
    expect(line.locator(".field-error")).to_be_visible()
    line.locator("[name=override]").fill("20")
    page.click(".param-form button[type=submit]")
    shown = page.locator(".detail tr", has_text="小型渔船（12 米以下）")
    expect(shown).to_contain_text(re.compile("黄色：时间.*20.*分"))


def test_numbers_are_tried_on_history_before_they_are_in_force(visit: Visit) -> None:
    page = visit("chief")
    turn_to(page, "rules")
    page.click("[data-rule=speed]")
    page.click("[data-edit]")
    page.fill("[name=fishing_kn]", "3")
    page.click("[data-dry]")
    expect(page.locator("[data-side=would] .num").first).to_have_text("1", timeout=90_000)
    expect(page.locator("[data-side=raised] .num").first).to_have_text("0")
    expect(page.locator(".dry-changed")).to_contain_text("新增 1")
    expect(page.locator(".dry-examples")).to_contain_text("琼三亚渔00001")
    expect(page.locator(".field-error")).to_have_count(0)  # who tries gives no reason
    page.get_by_role("button", name="取消").click()
    expect(page.locator(".detail")).to_contain_text("18")


def test_whose_number_it_is_is_decided_and_undone(visit: Visit) -> None:
    page = visit("chief")
    turn_to(page, "identities")
    page.click("[data-stranger='201']")
    expect(page.locator(".detail")).to_contain_text("<b>NET07-81%</b>")
    page.click(".judge-form button[type=submit]")
    expect(page.locator(".field-error")).to_have_count(2)
    page.get_by_role("radio", name="在册渔船").click()
    page.fill("[name=reg_no]", "无此船")
    page.fill("[name=reason]", "船主来电说明")
    page.click(".judge-form button[type=submit]")
    expect(page.locator(".field-error")).to_be_visible()
    page.get_by_role("radio", name="网位仪").click()
    page.click(".judge-form button[type=submit]")
    expect(page.locator("[data-stranger='201']")).to_have_count(0)
    page.click("[data-decided]")
    row = page.locator("[data-decision='201']")
    expect(row).to_contain_text("网位仪")
    expect(row).to_contain_text("王值班")
    row.get_by_role("button", name="撤销").click()
    row.locator("[name=undo_reason]").fill("看错了")
    row.locator("button[type=submit]").click()
    expect(row).to_have_count(0)
    page.get_by_role("button", name="待核实").click()
    expect(page.locator("[data-stranger='201']")).to_have_count(1)


def test_a_rule_without_its_data_says_so_on_screen(visit: Visit, server: Server) -> None:
    page = visit("chief")
    turn_to(page, "rules")
    row = page.locator("tr", has=page.locator("[data-rule=wind_limit]"))
    expect(row).to_contain_text("未评估，因为没有风力预报")
    expect(page.locator("tr", has=page.locator("[data-rule=overdue]"))).to_contain_text("正在评估")
    page.get_by_role("button", name="未评估").click()
    expect(page.locator("[data-rule=overdue]")).to_have_count(0)
    expect(page.locator("[data-rule=wind_limit]")).to_have_count(1)
    page.click("[data-rule=wind_limit]")
    expect(page.locator(".lacking")).to_contain_text("没有风力预报")


def test_the_watch_reads_rules_and_changes_none(visit: Visit) -> None:
    page = visit("fu")
    turn_to(page, "rules")
    page.click("[data-rule=gap]")
    expect(page.locator(".detail")).to_contain_text("失联")
    expect(page.locator("[data-edit]")).to_have_count(0)


def test_a_roll_call_shows_who_does_not_comply_until_they_do(visit: Visit, server: Server) -> None:
    page = visit("chief")
    turn_to(page, "recalls")
    expect(page.locator(".detail h3")).to_have_text("防御第18号台风回港避风")
    expect(figure(page, "已落实")).to_contain_text("39 / 63")
    expect(figure(page, "返航途中")).to_have_text("7")
    expect(figure(page, "待落实")).to_have_text("17")
    for state, n in (("sheltered", 37), ("settled", 2), ("silent", 6), ("out", 9)):
        expect(page.locator(f"[data-share={state}] b")).to_have_text(str(n))

    page.click("[data-share=out]")
    expect(page.locator("[data-called]")).to_have_count(9)
    boat = page.locator("[data-called='150']")
    boat.locator("select").select_option("ashore")
    expect(boat).to_have_count(0)
    expect(figure(page, "待落实")).to_have_text("16")
    expect(page.locator("[data-share=settled] b")).to_have_text("3")

    page.locator("[data-called='153']").get_by_role("button").click()
    expect(page.locator(".drawer")).to_contain_text("13910000053")


def test_a_commander_orders_a_recall_and_ends_it(visit: Visit) -> None:
    page = visit("chief")
    turn_to(page, "recalls")
    page.click("[data-order]")
    page.click(".recall-form button[type=submit]")
    expect(page.locator(".field-error")).to_have_text("请填写。")
    page.fill("[name=title]", "防御第19号台风")
    page.get_by_role("button", name="24 小时后").click()
    page.click(".recall-form button[type=submit]")
    expect(page.locator(".detail h3")).to_have_text("防御第19号台风")
    expect(page.locator(".detail .deadline")).to_contain_text("剩余 2")
    page.click("[data-end]")
    page.locator(".end-order .danger").click()
    expect(page.locator(".card", has_text="防御第19号台风")).to_contain_text("已结束")
    expect(page.locator("[data-end]")).to_have_count(0)


def test_ports_show_who_is_there_and_which_is_nearly_full(visit: Visit) -> None:
    page = visit("chief")
    turn_to(page, "ports")
    expect(figure(page, "在海")).to_have_text("26")
    yazhou = page.locator("tr", has=page.locator("[data-port=YAZHOU]"))
    expect(yazhou).to_contain_text("37 / 40")
    expect(yazhou).to_contain_text("接近饱和")
    sanya = page.locator("tr", has=page.locator("[data-port=SANYA]"))
    expect(sanya).not_to_contain_text("接近饱和")
    page.click("[data-port=YAZHOU]")
    expect(page.locator(".visits tbody tr")).to_have_count(37)
    page.click("[data-port=SANYA]")
    page.get_by_role("tab", name="今日出港").click()
    expect(page.locator(".visits")).to_contain_text("琼三亚渔10050")


def upload(page: Page, name: str, text: str) -> None:
    file: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": text.encode("gb18030")}
    page.set_input_files(".upload input", files=[file])


def test_a_file_of_trips_is_refused_row_by_row_and_then_taken(visit: Visit) -> None:
    page = visit("chief")
    turn_to(page, "facts")
    trips = page.locator("tr", has=page.locator("[data-fact=trips]"))
    expect(trips).to_contain_text("11")
    page.click("[data-fact=trips]")
    head = "报告号,船号,港口,出港时间,计划返港\n"
    good = "X1,琼三亚渔00001,YAZHOU,2026-11-24 05:00,2026-11-25 05:00\n"
    upload(page, "trips.csv", head + good + "X2,无此船,YAZHOU,2026-11-24 05:00,明天\n")
    expect(page.locator(".refusal tbody tr")).to_have_text(
        re.compile("3.*计划返港.*明天.*不是时间")
    )
    upload(page, "trips.csv", head + good + "X2,无此船,NOWHERE,2026-11-24 05:00,\n")
    expect(page.locator(".refusal tbody tr")).to_have_count(2)
    expect(page.locator(".refusal")).to_contain_text("没有这艘船")
    expect(page.locator(".refusal")).to_contain_text("没有这个区域")
    expect(trips).to_contain_text("11")
    upload(page, "trips.csv", head + good)
    expect(page.locator(".refusal")).to_have_count(0)
    expect(trips).to_contain_text("12")
    expect(page.locator(".rows")).to_contain_text("X1")


def test_depths_and_zones_make_rules_evaluated(visit: Visit) -> None:
    page = visit("chief")
    turn_to(page, "facts")
    depths = page.locator("tr", has=page.locator("[data-fact=depth]"))
    expect(depths).to_contain_text("搁浅")
    page.click("[data-fact=depth]")
    grid = "".join(f"{lon},{lat},40\n" for lon in (109, 109.5) for lat in (18, 18.5))
    upload(page, "depth.csv", "lon,lat,depth_m\n" + grid)
    expect(page.locator(".toast", has_text="已写入 4 条")).to_be_visible()
    page.click("[data-fact=zones]")
    upload(page, "zones.geojson", '{"type":"Feature","geometry":null,"properties":{}}')
    expect(page.locator(".refusal tbody tr").first).to_be_visible()
    turn_to(page, "rules")
    expect(page.locator("tr", has=page.locator("[data-rule=grounding]"))).to_contain_text(
        "正在评估"
    )


def test_the_load_of_the_watch_and_what_is_shelved(visit: Visit, server: Server) -> None:
    server.sql(
        "update alert set shown = now() - interval '40 minutes';"
        "update alert set verdict = 'false_alarm', acknowledged = now() where id = 1"
    )
    page = visit("chief")
    page.locator("[data-alert='2']").click()
    page.click("[data-act=shelve]")
    page.get_by_role("radio", name="1 小时").click()
    page.locator("textarea").fill("在船厂修理")
    page.locator(".act-form button[type=submit]").click()
    expect(page.locator(".group-shelved")).to_contain_text("琼三亚渔00003")
    turn_to(page, "load")
    expect(figure(page, "告警")).to_have_text("2")
    expect(figure(page, "每人每小时")).to_contain_text("0.1")
    expect(figure(page, "准确率")).to_contain_text("0 %")
    expect(page.locator("[data-load=zone_enter]")).to_contain_text("0 %")
    page.get_by_role("button", name="8 小时").click()
    expect(figure(page, "每人每小时")).to_contain_text("0.3")
    expect(page.locator("[data-lacking=wind_limit]")).to_contain_text("没有风力预报")
    shelf = page.locator("[data-shelf]")
    expect(shelf).to_contain_text("在船厂修理")
    shelf.get_by_role("button", name="取消搁置").click()
    expect(shelf).to_have_count(0)


def test_the_alerts_stay_in_sight_and_the_map_comes_back(visit: Visit) -> None:
    page = visit("chief", at="#11/18.1/109.15&p=ports")
    expect(page.locator(".page h2")).to_have_text("进出港")
    expect(page.locator(".map")).to_have_count(0)
    alert = page.locator("[data-alert='1']")
    expect(alert).to_be_visible()
    alert.click()
    expect(page.locator(".drawer")).to_contain_text("珊瑚保护区")
    expect(page).to_have_url(re.compile(r"&a=1&p=ports"))
    page.locator(".page h2").click()
    for name, key in PAGES.items():
        page.keyboard.press(key)
        chosen = page.locator(f".rail [data-page={name}]")
        expect(chosen).to_have_attribute("aria-current", "page")
        expect(page.locator(".drawer")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator(".map")).to_be_visible()
    expect(page).to_have_url(re.compile(r"^[^&]*#11.00/18.1\d*/109.15\d*$"))


def test_a_member_calls_the_roll_on_a_phone(visit: Visit) -> None:
    page = visit("fu", **ON_PHONE)
    page.get_by_role("button", name="召回").tap()
    expect(figure(page, "待落实")).to_have_text("9")
    expect(page.locator("[data-called] select")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator("[data-called]").first.get_by_role("button").tap()
    expect(page.locator(".drawer a[href^='tel:']")).to_be_visible()


@pytest.mark.parametrize("name", PAGES)
def test_nothing_on_a_page_is_without_a_name(visit: Visit, name: str) -> None:
    page = visit("chief", viewport={"width": 1920, "height": 1080})
    turn_to(page, name)
    expect(page.locator(".table, .cards, .load-bars").first).to_be_visible()
    if name != "load":
        page.locator(".split-list .link, .split-list .card").first.click()
        expect(page.locator(".detail")).to_be_visible()
    assert page.evaluate(AUDIT) == []
    over = page.locator(".page").evaluate("e => e.scrollWidth - e.clientWidth")
    assert over <= 0, "no part is cut off at the side"
