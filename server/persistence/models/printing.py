"""What was printed and on what: print jobs, codes that a lost badge has left behind, a group's labels and printers."""

from datetime import datetime

from sqlalchemy import Boolean, Float, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, col, key, to, uid


class PrintJob(Base):
    """Badges that came out of a printer together. Undone as a whole, it says that they did not."""

    __tablename__ = "print_jobs"

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    group_id: Mapped[int] = to("groups.id", marks.SETTING)
    meeting_id: Mapped[int | None] = to("meetings.id", marks.SETTING, ondelete="SET NULL", nullable=True)
    stock: Mapped[str] = col(String(40), marks.SETTING)
    printer: Mapped[str] = col(String(120), marks.SETTING, default="")
    at_door: Mapped[bool] = col(Boolean, marks.SETTING, default=False)
    printed_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)
    undone_at: Mapped[datetime | None] = col(UtcDateTime, marks.SETTING, nullable=True)


class PrintedBadge(Base):
    """One badge of a print job: which generation, and a keyed fingerprint of what it said."""

    __tablename__ = "printed_badges"
    __table_args__ = (UniqueConstraint("job_id", "badge_id"),)

    id: Mapped[int] = key()
    job_id: Mapped[int] = to("print_jobs.id", index=False)
    badge_id: Mapped[int] = to("badges.id")
    generation: Mapped[int] = col(Integer, marks.ACTIVITY)
    fingerprint: Mapped[str] = col(String(16), marks.ACTIVITY, default="")


class RetiredCode(Base):
    """The code of an earlier generation of a badge: the door knows it, and says that a newer one was printed."""

    __tablename__ = "retired_codes"

    id: Mapped[int] = key()
    badge_id: Mapped[int] = to("badges.id")
    generation: Mapped[int] = col(Integer, marks.SETTING)
    code_hash: Mapped[bytes] = col(LargeBinary(32), marks.SECRET, unique=True)
    retired_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)


class OwnStock(Base):
    """Labels that are not in the table of the program, measured or imported by the group. Lengths in mm."""

    __tablename__ = "own_stocks"
    __table_args__ = (UniqueConstraint("group_id", "name"),)

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    group_id: Mapped[int] = to("groups.id", marks.SETTING, index=False)
    name: Mapped[str] = col(String(80), marks.SETTING)
    kind: Mapped[str] = col(String(8), marks.SETTING)
    page_w: Mapped[float] = col(Float, marks.SETTING)
    page_h: Mapped[float] = col(Float, marks.SETTING)
    cols: Mapped[int] = col(Integer, marks.SETTING)
    rows: Mapped[int] = col(Integer, marks.SETTING)
    label_w: Mapped[float] = col(Float, marks.SETTING)
    label_h: Mapped[float] = col(Float, marks.SETTING)
    left: Mapped[float] = col(Float, marks.SETTING)
    top: Mapped[float] = col(Float, marks.SETTING)
    gap_x: Mapped[float] = col(Float, marks.SETTING)
    gap_y: Mapped[float] = col(Float, marks.SETTING)
    radius: Mapped[float] = col(Float, marks.SETTING)
    made_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)


class PrinterCorrection(Base):
    """How one printer misses on one stock, as read from the calibration page: mm right, mm down, and a scale."""

    __tablename__ = "printer_corrections"
    __table_args__ = (UniqueConstraint("group_id", "printer", "stock"),)

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    group_id: Mapped[int] = to("groups.id", marks.SETTING, index=False)
    printer: Mapped[str] = col(String(60), marks.SETTING)
    stock: Mapped[str] = col(String(40), marks.SETTING)
    dx: Mapped[float] = col(Float, marks.SETTING, default=0.0)
    dy: Mapped[float] = col(Float, marks.SETTING, default=0.0)
    scale: Mapped[float] = col(Float, marks.SETTING, default=1.0)
    changed_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)


class PrintSettings(Base):
    """What a group prints on at the door, the size of its paper and the Wi-Fi on its poster."""

    __tablename__ = "print_settings"

    id: Mapped[int] = key()
    group_id: Mapped[int] = to("groups.id", marks.SETTING, unique=True)
    paper: Mapped[str] = col(String(8), marks.SETTING, default="")
    door_stock: Mapped[str] = col(String(40), marks.SETTING, default="")
    door_length: Mapped[float] = col(Float, marks.SETTING, default=100.0)
    door_printer: Mapped[str] = col(String(120), marks.SETTING, default="")
    door_black_only: Mapped[bool] = col(Boolean, marks.SETTING, default=True)
    door_dots: Mapped[int] = col(Integer, marks.SETTING, default=300)
    wifi_name: Mapped[str] = col(String(64), marks.SETTING, default="")
    wifi_password: Mapped[str] = col(String(128), marks.SETTING, default="")
    wifi_security: Mapped[str] = col(String(8), marks.SETTING, default="WPA")
    wifi_hidden: Mapped[bool] = col(Boolean, marks.SETTING, default=False)
