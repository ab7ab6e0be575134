"""Every blueprint, in one list."""

from flask import Blueprint

from server.views import (
    attendee,
    calendars,
    calibration,
    counted,
    display,
    door_setup,
    expected,
    facilitator,
    facilitator_agenda,
    facilitator_closing,
    facilitator_live,
    facilitator_seats,
    facilitator_sound,
    facilitator_talks,
    facilitator_time,
    fees,
    figures,
    front_desk_prints,
    fruit,
    growth,
    kiosk,
    leading,
    letter_post,
    letters,
    lights,
    lists,
    member_activity,
    member_duties,
    member_files,
    member_group,
    member_meetings,
    member_numbers,
    member_owed,
    member_quality,
    member_slips,
    member_thanks,
    organiser_chairs,
    organiser_duties,
    organiser_group,
    organiser_messages,
    organiser_registration,
    organiser_reminders,
    organiser_sectors,
    organiser_series,
    packets,
    paper_badges,
    public,
    registration,
    reports,
    slip_paper,
    slip_reminders,
    state,
    weeks,
)

# These belong to the blueprint of `member`, which is named once below.
assert member_owed.bp is member_thanks.bp is member_activity.bp is member_quality.bp is member_meetings.bp
assert member_duties.bp is member_files.bp is member_group.bp is member_owed.bp
assert member_numbers.bp is letters.bp is slip_reminders.bp is member_owed.bp
# And these to that of `organiser`.
assert organiser_registration.bp is organiser_messages.bp is organiser_reminders.bp is organiser_series.bp
assert organiser_chairs.bp is organiser_duties.bp is lists.bp is organiser_series.bp

ALL: tuple[Blueprint, ...] = (
    public.bp,
    registration.bp,
    state.bp,
    attendee.bp,
    front_desk_prints.bp,  # with the door of `front_desk`, whose blueprint it is, and all else of the door
    kiosk.bp,
    door_setup.bp,
    facilitator.bp,
    facilitator_live.bp,
    facilitator_agenda.bp,
    facilitator_talks.bp,
    facilitator_closing.bp,
    facilitator_seats.bp,
    facilitator_sound.bp,
    facilitator_time.bp,
    display.bp,
    organiser_series.bp,  # with the console of `organiser`, whose blueprint it is
    expected.bp,
    paper_badges.bp,  # with the papers of `paper`, whose blueprint it is
    calendars.bp,
    calibration.bp,  # with the labels of `print_setup`, whose blueprint it is
    fees.bp,
    figures.bp,
    counted.bp,
    reports.bp,
    fruit.bp,
    growth.bp,
    weeks.bp,
    leading.bp,
    letter_post.bp,
    lights.bp,
    slip_paper.bp,
    packets.bp,
    organiser_group.bp,
    organiser_sectors.bp,  # with the people of `organiser_people`, whose blueprint it is
    member_slips.bp,  # with the board of `member`, whose blueprint it is
)
