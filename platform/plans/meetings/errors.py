"""Refusals of meetings."""

from kit.errors import Conflict, Invalid


class MeetingTimesImpossible(Invalid):
    code = "meeting_times_impossible"
    zh = "结束时间须晚于开始时间，且会期不超过七天。"
    en = "A meeting has to end after it begins, within seven days."


class MeetingPast(Invalid):
    code = "meeting_past"
    zh = "通知单位参加的会议，开始时间须晚于现在。"
    en = "A meeting to which units are invited has to begin in the future."


class RoomNotOffered(Invalid):
    code = "room_not_offered"
    zh = "本平台没有配置视频会议服务器，请填写会议链接，或只写地点。"
    en = "No meeting server is set up here. Give a link, or only a place."


class LinkOrRoom(Invalid):
    code = "link_or_room"
    zh = "会议链接和平台视频会议室只能选一个。"
    en = "Choose a link or a room of the platform's server, not both."


class MinutesEmpty(Invalid):
    code = "minutes_empty"
    zh = "请先填写会议纪要，再印发。"
    en = "Write the minutes before they are issued."


class ReplyClosed(Conflict):
    code = "reply_closed"
    zh = "会议已经召开或取消，不能再回复。"
    en = "The meeting was held or cancelled: there is nothing to reply to any more."


class NamesMissing(Invalid):
    code = "names_missing"
    zh = "请填写参会人员姓名；不能参会的，请写明请假原因。"
    en = "Give the names of those who come, or say why nobody does."


class NotOnLine(Conflict):
    code = "not_on_line"
    zh = "这次会议没有线上会议室，或已经结束。"
    en = "This meeting has no room on line, or is over."
