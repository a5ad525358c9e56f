-- name: list_calendars()
-- Every calendar, those that run first.
select calendars.*, phases.name as model_name
from calendars
join phases on phases.id = calendars.model_id
order by calendars.stopped_at is not null, calendars.name, calendars.id;

-- name: read_calendar(id)^
-- One calendar.
select calendars.*, phases.name as model_name
from calendars
join phases on phases.id = calendars.model_id
where calendars.id = :id;

-- name: lock_calendar(id)^
-- One calendar, held until commit: what it drafts and how it is changed take turns.
select calendars.*, phases.name as model_name
from calendars
join phases on phases.id = calendars.model_id
where calendars.id = :id
for no key update of calendars;

-- name: read_running()
-- The calendars that draft.
select id, name
from calendars
where stopped_at is null
order by id;

-- name: insert_calendar(name, month_days, week_days, open_days_before, opens, closes, model_id, ahead, created_by)$
-- A calendar; its number.
insert into calendars (
    name, month_days, week_days, open_days_before, opens, closes, model_id, ahead, created_by
)
values (
    :name, :month_days, :week_days, :open_days_before, :opens, :closes, :model_id, :ahead,
    :created_by
)
returning id;

-- name: amend_calendar(id, name, month_days, week_days, open_days_before, opens, closes, model_id, ahead)!
-- All of a calendar, as it shall be.
update calendars
set
    name = :name,
    month_days = :month_days,
    week_days = :week_days,
    open_days_before = :open_days_before,
    opens = :opens,
    closes = :closes,
    model_id = :model_id,
    ahead = :ahead
where id = :id;

-- name: stop_calendar(id)!
-- It drafts no more.
update calendars
set stopped_at = clock_timestamp()
where id = :id
    and stopped_at is null;

-- name: start_calendar(id)!
-- It drafts again.
update calendars
set stopped_at = null
where id = :id
    and stopped_at is not null;

-- name: read_moves(calendar_ids)
-- The days on which calendars do not keep to their rule.
select calendar_id, day, moved_to, note
from calendar_moves
where calendar_id = any(:calendar_ids::integer[])
order by calendar_id, day;

-- name: write_move(calendar_id, day, moved_to, note)!
-- A day is moved, or left out.
insert into calendar_moves (calendar_id, day, moved_to, note)
values (:calendar_id, :day, :moved_to, :note)
on conflict (calendar_id, day) do update
set
    moved_to = excluded.moved_to,
    note = excluded.note;

-- name: delete_move(calendar_id, day)!
-- A day is as the rule says.
delete from calendar_moves
where calendar_id = :calendar_id
    and day = :day;

-- name: read_drafted(calendar_id)
-- The phases that a calendar has drafted, and what became of them.
select id, name, state, opens_at, closes_at, draw_day
from phases
where calendar_id = :calendar_id
order by draw_day;

-- name: read_clock()^
-- The house's zone, and what time it is.
select timezone, clock_timestamp() as now
from house_rules;
