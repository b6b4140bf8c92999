"""When a reminder is due, where it may go and how it is signed: rules without a database."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from datetime import UTC, date, datetime, timedelta

import pytest

from kit.clock import SHANGHAI, end_of_day
from reporting.periods import WorkCalendar
from reporting.reminding.delivery import Standing, wording
from reporting.reminding.rules import (
    DEFAULT_RULES,
    FRESH,
    Measure,
    Rule,
    Side,
    due_rule,
    fires_at,
    is_quiet,
    quiet_ends,
)
from tenancy.tiers import Tier
from workflow.channels.addresses import check_address, shown_address
from workflow.channels.errors import AddressRefused
from workflow.channels.models import ChannelKind
from workflow.channels.senders import Target, dingtalk_sign, feishu_sign, robot_request

DAYS = WorkCalendar({}, frozenset({2026}))
#: Wednesday.
DUE = end_of_day(date(2026, 11, 4))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def rule(side: Side, amount: int, measure: Measure = Measure.WORKING_DAYS) -> Rule:
    return Rule(Tier.VILLAGE, side, amount, measure)


class TestWhen:
    def test_working_days_step_over_weekends(self) -> None:
        assert fires_at(rule(Side.BEFORE, 3), DUE, DAYS) == datetime(2026, 10, 30, 8, 30, tzinfo=SHANGHAI)
        assert fires_at(rule(Side.BEFORE, 0), DUE, DAYS) == at(4, 8, 30)
        assert fires_at(rule(Side.AFTER, 3), DUE, DAYS) == at(9, 8, 30)

    def test_holidays_are_not_worked(self) -> None:
        off = WorkCalendar({date(2026, 11, 3): False}, frozenset({2026}))
        assert fires_at(rule(Side.BEFORE, 1), DUE, off) == at(2, 8, 30)

    def test_hours(self) -> None:
        assert fires_at(rule(Side.BEFORE, 5, Measure.HOURS), DUE, DAYS) == DUE - timedelta(hours=5)

    def test_the_latest_that_fired_and_is_fresh(self) -> None:
        def due(now: datetime) -> tuple[Side, int] | None:
            found = due_rule(DEFAULT_RULES, Tier.VILLAGE, DUE, now, DAYS)
            return None if found is None else (found.side, found.amount)

        assert due(datetime(2026, 10, 30, 8, 29, tzinfo=SHANGHAI)) is None
        assert due(datetime(2026, 10, 30, 8, 30, tzinfo=SHANGHAI)) == (Side.BEFORE, 3)
        assert due(datetime(2026, 10, 30, 8, 30, tzinfo=SHANGHAI) + FRESH) is None
        assert due(at(4, 9)) == (Side.BEFORE, 0)
        # Two have fired within the time: the later one alone.
        assert due(at(5, 9)) == (Side.AFTER, 1)
        assert due_rule(DEFAULT_RULES, Tier.COUNTY, DUE, at(4, 9), DAYS) is None

    @pytest.mark.parametrize(
        ("hour", "minute", "quiet"),
        [(20, 59, False), (21, 0, True), (23, 59, True), (0, 0, True), (7, 59, True), (8, 0, False), (12, 0, False)],
    )
    def test_the_night_is_quiet(self, hour: int, minute: int, quiet: bool) -> None:
        assert is_quiet(at(4, hour, minute), "21:00", "08:00") is quiet
        assert not is_quiet(at(4, hour, minute), "00:00", "00:00")

    def test_quiet_hours_within_a_day(self) -> None:
        assert is_quiet(at(4, 13), "12:00", "14:00")
        assert not is_quiet(at(4, 14), "12:00", "14:00")

    def test_the_night_ends_in_the_morning_to_come(self) -> None:
        assert quiet_ends(at(4, 23), "08:00") == at(5, 8)
        assert quiet_ends(at(5, 1), "08:00") == at(5, 8)


class TestWhere:
    GOOD = (
        (ChannelKind.WECOM, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a"),
        (ChannelKind.DINGTALK, "https://oapi.dingtalk.com/robot/send?access_token=a"),
        (ChannelKind.FEISHU, "https://open.feishu.cn/open-apis/bot/v2/hook/a"),
        (ChannelKind.EMAIL, "a.b@town.gov.cn"),
    )

    @pytest.mark.parametrize(("kind", "address"), GOOD)
    def test_the_vendors_own(self, kind: ChannelKind, address: str) -> None:
        check_address(kind, address, ())

    @pytest.mark.parametrize(
        "address",
        [
            "http://oapi.dingtalk.com/robot/send?access_token=a",
            "https://oapi.dingtalk.com:8443/robot/send?access_token=a",
            "https://oapi.dingtalk.com.evil.cn/robot/send",
            "https://evil.cn/robot/send?x=oapi.dingtalk.com",
            "https://oapi.dingtalk.com@evil.cn/robot/send",
            "https://evil.cn\\@oapi.dingtalk.com/robot/send",
            "https://127.0.0.1/robot/send",
            "https://169.254.169.254/robot/send",
            "https://[::1]/robot/send",
            "https://localhost/robot/send",
            "https://oapi.dingtalk.com/other",
            "https://open.feishu.cn/robot/send",
            "file:///robot/send",
            "gopher://oapi.dingtalk.com/robot/send",
            "https://oapi.dingtalk.com:99999/robot/send",
            "https://oapi.dingtalk.com/robot/send#x",
            "https://oapi.dingtalk.com/robot/send?a=\r\nHost: b",
            "https://[oapi.dingtalk.com/robot/send",
            "",
        ],
    )
    def test_nothing_else(self, address: str) -> None:
        with pytest.raises(AddressRefused):
            check_address(ChannelKind.DINGTALK, address, ("robots.gov.cn", "10.0.0.5:8080"))

    @pytest.mark.parametrize("address", ["a@b", "a@b.cn\nBcc: c@d.cn", "a b@c.cn", "@c.cn", "a@c.cn,d@e.cn"])
    def test_one_plain_mail_address(self, address: str) -> None:
        with pytest.raises(AddressRefused):
            check_address(ChannelKind.EMAIL, address, ())

    def test_what_the_operator_lists(self) -> None:
        listed = ("10.0.0.5:8080", "robots.gov.cn")
        check_address(ChannelKind.DINGTALK, "http://10.0.0.5:8080/robot/send?access_token=a", listed)
        check_address(ChannelKind.DINGTALK, "https://robots.gov.cn/robot/send?access_token=a", listed)
        for other in (
            "http://10.0.0.5/robot/send",
            "http://10.0.0.5:8081/robot/send",
            "http://robots.gov.cn:1/robot/send",
        ):
            with pytest.raises(AddressRefused):
                check_address(ChannelKind.DINGTALK, other, listed)

    def test_lists_show_too_little_to_use(self) -> None:
        for kind, address in self.GOOD:
            shown = shown_address(kind, address.replace("=a", "=0123456789"))
            assert "012345" not in shown
            assert address not in shown


class TestHow:
    NOW = datetime(2026, 11, 4, 1, 0, tzinfo=UTC)

    def test_dingtalk(self) -> None:
        """As its documentation has it: HMAC-SHA256 over timestamp and secret, keyed by the secret, in the address."""
        address, body = robot_request(
            Target(ChannelKind.DINGTALK, "https://oapi.dingtalk.com/robot/send?access_token=t", "SECa+b"),
            "话",
            self.NOW,
        )
        stamp = int(self.NOW.timestamp()) * 1000
        expected = b64encode(hmac.new(b"SECa+b", f"{stamp}\nSECa+b".encode(), hashlib.sha256).digest()).decode()
        assert dingtalk_sign("SECa+b", stamp) == expected
        assert f"&timestamp={stamp}&sign=" in address
        assert "+" not in address.split("sign=")[1]
        assert body == {"msgtype": "text", "text": {"content": "话"}}

    def test_feishu(self) -> None:
        """As its documentation has it: nothing, keyed by timestamp and secret; in the body."""
        _, body = robot_request(Target(ChannelKind.FEISHU, "https://x", "s"), "话", self.NOW)
        stamp = int(self.NOW.timestamp())
        expected = b64encode(hmac.new(f"{stamp}\ns".encode(), b"", hashlib.sha256).digest()).decode()
        assert feishu_sign("s", stamp) == body["sign"] == expected
        assert body["timestamp"] == str(stamp)

    def test_counts_and_a_link_are_all_that_leaves(self) -> None:
        text = wording(Standing(1, 7, 3), "https://jc.gov.cn/u/x/inbox")
        assert text == (
            "【基层通】本单位有 1 份报表未报，下属单位有 7 份报表未报（其中已逾期 3 份）。"
            "请登录平台办理：https://jc.gov.cn/u/x/inbox"
        )
        assert wording(Standing(0, 1, 0), "") == "【基层通】下属单位有 1 份报表未报。请登录平台办理。"
