"""Invented figures that hang together: they pass every check that blocks, as a careful clerk's would."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from random import Random

from forms.outcome import Row
from tenancy.tiers import Tier

Cells = dict[str, str | None]

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹"
_GIVEN = (
    "建国",
    "志强",
    "卫东",
    "秀英",
    "桂兰",
    "德胜",
    "玉梅",
    "国庆",
    "立新",
    "凤英",
    "永刚",
    "淑华",
    "海波",
    "晓燕",
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def person_name(rng: Random) -> str:
    return rng.choice(_SURNAMES) + rng.choice(_GIVEN)


def identity_number(rng: Random) -> str:
    """An invented number with a right check digit (ISO 7064 MOD 11-2)."""
    body = f"370303{rng.randint(1948, 1995)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{rng.randint(1, 999):03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def phone(rng: Random) -> str:
    return f"13{rng.randint(0, 9)}{rng.randint(0, 99999999):08d}"


def monthly(rng: Random, tier: Tier, month: int) -> Cells:
    """F1 月度工作情况表."""
    size = {Tier.VILLAGE: 1, Tier.TOWNSHIP: 3, Tier.COUNTY: 8}[tier]
    season = 3 if month in (1, 2, 7, 8) else 1
    v: dict[str, int] = {}
    v["jf_pc"] = rng.randint(0, 4 * size)
    v["jf_jt"] = 1 if v["jf_pc"] > 3 and rng.random() < 0.1 else 0
    v["jf_rc"] = v["jf_pc"] - v["jf_jt"] + 5 * v["jf_jt"] + (rng.randint(0, 3) if v["jf_pc"] else 0)
    v["sd_rc"] = rng.randint(0, v["jf_rc"])
    v["zx_rc"] = rng.randint(0, 6 * size)
    v["ls_rc"] = rng.randint(0, size) if rng.random() < 0.3 else 0
    v["ls_je"] = v["ls_rc"] * rng.choice((300, 500, 800))
    v["zf_hc"] = rng.randint(2, 8 * season) * size
    v["zf_rc"] = v["zf_hc"] + rng.randint(0, 4)
    v["lb_rc"] = rng.randint(0, min(3, v["zf_rc"]))
    v["ww_rc"] = rng.randint(1, min(v["zf_rc"], 6 * season)) if rng.random() < 0.25 * season else 0
    v["wj_je"] = v["ww_rc"] * rng.choice((100, 200, 300))
    v["wp_je"] = v["ww_rc"] * rng.choice((60, 80, 120))
    v["xb_rc"] = 1 if rng.random() < 0.06 * size else 0
    v["gr_h"] = rng.randint(0, 2) if rng.random() < 0.3 else 0
    v["gh_h"] = 1 if rng.random() < 0.1 else 0
    for events, people, chance in (("px_cc", "px_rc", 0.15), ("zy_c", "zy_rc", 0.4), ("hd_cc", "hd_rc", 0.3)):
        v[events] = rng.randint(1, size + 1) if rng.random() < chance else 0
        v[people] = v[events] * rng.randint(6, 20)
    v["jy_r"] = 1 if rng.random() < 0.12 else 0
    if tier is not Tier.VILLAGE:
        v["tk_r"] = rng.randint(0, 2)
        v["tk_je"] = v["tk_r"] * 2000
        v["yw_cc"] = rng.randint(0, 1)
        v["yw_rc"] = v["yw_cc"] * rng.randint(8, 30)
        v["zp_cc"] = 1 if rng.random() < 0.3 else 0
        v["zp_rc"] = v["zp_cc"] * rng.randint(20, 60)
        v["yx_r"] = rng.randint(0, v["zp_rc"] // 5)
    return {code: str(number) for code, number in v.items()}


def quarterly(rng: Random, tier: Tier, previous: Mapping[str, str | None] | None) -> Cells:
    """F2 季度人员情况表, going on from the period before."""
    before = previous or {}
    opening = int(before.get("qm") or (rng.randint(35, 120) if tier is Tier.VILLAGE else rng.randint(3, 12)))
    v: dict[str, int] = {} if previous else {"qc": opening}
    v["z_fx"], v["z_qr"], v["z_xn"], v["z_bd"] = rng.randint(0, 2), int(rng.random() < 0.2), 0, int(rng.random() < 0.2)
    v["j_sw"], v["j_qc"], v["j_xn"], v["j_qt"] = int(rng.random() < 0.3), int(rng.random() < 0.1), 0, 0
    at_end = opening + v["z_fx"] + v["z_qr"] + v["z_bd"] - v["j_sw"] - v["j_qc"]
    v["qt"] = at_end // 8
    v["ty"] = at_end - v["qt"]
    v["nv"], v["a60"], v["dy"] = at_end // 14, at_end // 3, at_end // 4
    v["ldy"] = v["dy"] // 9
    _classes(v, before, v["ty"], v["qt"])
    v["ld"] = v["ty"] * 3 // 5
    v["sy"], v["wy"] = v["ld"] // 22, v["ld"] // 11
    working = v["ld"] - v["sy"] - v["wy"]
    v["jy_dw"], v["jy_qy"], v["jy_cy"] = working // 4, working // 3, working // 10
    v["jy_lh"] = working - v["jy_dw"] - v["jy_qy"] - v["jy_cy"]
    v["gy"], v["lj"] = min(1, working), 0
    v["kn"] = at_end // 25
    for number in range(1, 8):
        v[f"kn{number}"] = 0
    v["kn1"], v["kn4"] = v["kn"], v["kn"] // 2
    v["kc"], v["kt"] = v["kn"], 0
    v["zd"] = v["zl"] = at_end // 10
    v["gy_h"] = v["gg_h"] = at_end * 4 // 5
    return {code: str(number) for code, number in v.items()}


def _classes(v: dict[str, int], before: Mapping[str, str | None], veterans: int, others: int) -> None:
    wanted = dict.fromkeys(range(1, 13), 0)
    wanted[1], wanted[6], wanted[7] = veterans // 20, veterans // 15, veterans // 30
    wanted[2] = veterans - wanted[1] - wanted[6] - wanted[7]
    wanted[9], wanted[11] = others // 5, others // 6
    wanted[12] = others - wanted[9] - wanted[11]
    for number, at_end in wanted.items():
        code = f"c{number:02d}"
        change = at_end - int(before.get(f"{code}_m") or at_end)
        v[f"{code}_m"] = at_end
        v[f"{code}_z"] = max(change, 0)
        v[f"{code}_j"] = max(-change, 0)


_ASKED = ("要求落实优抚补助待遇", "反映住房困难，申请修缮", "咨询安置政策，要求复核工龄", "要求确认参战身份")
_STATE = ("情绪稳定，能正常沟通", "生活较困难，已列入帮扶", "近期电话反映两次")
_MEASURES = ("上门走访，讲解政策；协调民政核实", "包案领导约谈，明确答复时限", "联系人社部门推荐岗位")


def case(rng: Random, number: str, month: date) -> Row:
    """A new row of F3 矛盾风险排查化解情况表."""
    high = rng.random() < 0.2
    return Row(
        number,
        {
            "xfr": person_name(rng),
            "hj": f"淄博市张店区{rng.choice('东西南北')}街{rng.randint(1, 99)}号",
            "jz": None,
            "sfz": identity_number(rng),
            "dh": phone(rng),
            "sq": rng.choice(_ASKED),
            "zk": rng.choice(_STATE),
            "cs": rng.choice(_MEASURES),
            "by": f"{month.month}月入户走访{rng.randint(1, 3)}次，已向本人说明办理进展",
            "ba_xm": person_name(rng) if high else None,
            "ba_dh": phone(rng) if high else None,
            "zb_xm": person_name(rng),
            "zb_dh": phone(rng),
            "dj": "高" if high else rng.choice(("中", "低")),
            "zt": "在办",
            "hj_rq": None,
        },
    )


def going_on(rng: Random, row: Row, month: date) -> Row:
    """A carried row, one month on: some are settled."""
    cells = {
        **row.cells,
        "by": f"{month.month}月联系{rng.randint(1, 4)}次，{rng.choice(('协调会已召开', '材料已上报', '正在复核'))}",
    }
    if rng.random() < 0.35:
        cells |= {"zt": "已化解", "hj_rq": month.replace(day=20).isoformat()}
    return Row(row.id, cells)
