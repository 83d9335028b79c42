"""How a result looks: charts with their words and tables, and papers.

This room draws what it is given and never asks where it came from. Every
picture comes with a text alternative and the table it was drawn from, so that
nobody needs to see it to read it.
"""

from lamplighter.reporting.occasions_chart import Occasion, occasions_chart
from lamplighter.reporting.papers.minutes import MeetingMinutes, MinutesCase, MinutesLine, minutes_pdf
from lamplighter.reporting.pictures import Picture
from lamplighter.reporting.register import DisclosureRegister, RegisterLine, register_pdf
from lamplighter.reporting.schedule import CourseSchedule, ScheduleFeature, ScheduleOccasion, schedule_pdf
from lamplighter.reporting.scores_chart import ScorePoint, scores_chart
from lamplighter.reporting.waterfall import Bar, waterfall

__all__ = [
    "Bar",
    "CourseSchedule",
    "DisclosureRegister",
    "MeetingMinutes",
    "MinutesCase",
    "MinutesLine",
    "Occasion",
    "Picture",
    "RegisterLine",
    "ScheduleFeature",
    "ScheduleOccasion",
    "ScorePoint",
    "minutes_pdf",
    "occasions_chart",
    "register_pdf",
    "schedule_pdf",
    "scores_chart",
    "waterfall",
]
