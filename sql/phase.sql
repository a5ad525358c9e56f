-- name: gate_shared(phase_id)!
-- Slips, voids and limits pass side by side; a closing that waits is not overtaken.
select pg_advisory_xact_lock_shared(61, :phase_id::integer);

-- name: gate_exclusive(phase_id)!
-- Opening, closing, voiding and settling have the phase to themselves.
select pg_advisory_xact_lock(61, :phase_id::integer);

-- name: read_phase(phase_id)^
-- A phase and what it has taken, with the database's clock beside it.
select
    phases.*,
    phase_totals.version,
    phase_totals.last_sequence,
    phase_totals.total_in,
    phase_totals.commission,
    phase_totals.ticket_count,
    phase_totals.bet_count,
    clock_timestamp() as now
from phases
join phase_totals on phase_totals.phase_id = phases.id
where phases.id = :phase_id;

-- name: hold_phase(phase_id, patience_ms)^
-- A phase whose totals are held until commit: versions and sequences follow commits. The clock is
-- read once the row is held; state and limits cannot change, for the gate is passed. With a patience
-- the holder waits only so long for what comes after.
with held as materialized (
    select phase_totals.*
    from phase_totals
    where phase_totals.phase_id = :phase_id
    for no key update
)
select
    phases.*,
    held.version,
    held.last_sequence,
    held.total_in,
    held.commission,
    held.ticket_count,
    held.bet_count,
    clock_timestamp() as now,
    case
        when :patience_ms::integer is not null
            then set_config('lock_timeout', :patience_ms::integer::text, true)
    end
from held
join phases on phases.id = held.phase_id;

-- name: list_phases(before, count)
-- Phases, the newest first, below a given number.
select
    phases.*,
    phase_totals.version,
    phase_totals.last_sequence,
    phase_totals.total_in,
    phase_totals.commission,
    phase_totals.ticket_count,
    phase_totals.bet_count,
    clock_timestamp() as now
from phases
join phase_totals on phase_totals.phase_id = phases.id
where phases.id < :before
order by phases.id desc
limit :count;

-- name: current_phase()^
-- The phase that pages are about when none is named: the open one that closes first, else the newest
-- but for drafts that wait for their time, else the first of these to open. Where none takes slips, the
-- draft that opens next stands beside it.
select
    phases.*,
    phase_totals.version,
    phase_totals.last_sequence,
    phase_totals.total_in,
    phase_totals.commission,
    phase_totals.ticket_count,
    phase_totals.bet_count,
    clock_timestamp() as now,
    coming.name as next_name,
    coming.opens_at as next_opens_at
from phases
join phase_totals on phase_totals.phase_id = phases.id
left join lateral (
    select drafts.name, drafts.opens_at
    from phases as drafts
    where drafts.state = 'draft'
        and drafts.opens_at > clock_timestamp()
        and phases.state <> 'open'
    order by drafts.opens_at, drafts.id
    limit 1
) as coming on true
order by
    (phases.state = 'open' and coalesce(phases.closes_at > clock_timestamp(), true)) desc,
    case when phases.state = 'open' then phases.closes_at end nulls last,
    (phases.state = 'draft' and (phases.opens_at is not null or phases.calendar_id is not null)),
    case when phases.state = 'draft' then phases.opens_at end nulls last,
    phases.id desc
limit 1;

-- name: insert_phase(name, global_limit, total_limit, straight, permutation, near, near_wraps, over_limit_policy, void_window_s, opens_at, closes_at, commission_rate, created_by)$
-- A draft.
insert into phases (
    name, global_limit, total_limit, straight, permutation, near, near_wraps,
    over_limit_policy, void_window_s, opens_at, closes_at, commission_rate, created_by
)
values (
    :name, :global_limit, :total_limit, :straight, :permutation, :near, :near_wraps,
    :over_limit_policy, :void_window_s, :opens_at, :closes_at, :commission_rate, :created_by
)
returning id;

-- name: insert_totals(phase_id)!
-- The row that says what a phase has taken; it exists before it is ever locked.
insert into phase_totals (phase_id)
values (:phase_id);

-- name: insert_exposures(phase_id)!
-- One row a number, for the same reason.
insert into exposures (phase_id, number)
select :phase_id, number
from generate_series(0, 999) as number;

-- name: amend_phase(phase_id, name, global_limit, total_limit, straight, permutation, near, near_wraps, void_window_s, opens_at, closes_at, commission_rate)!
-- What may be changed of a phase, all of it, as it shall be.
update phases
set
    name = :name,
    global_limit = :global_limit,
    total_limit = :total_limit,
    straight = :straight,
    permutation = :permutation,
    near = :near,
    near_wraps = :near_wraps,
    void_window_s = :void_window_s,
    opens_at = :opens_at,
    closes_at = :closes_at,
    commission_rate = :commission_rate
where id = :phase_id;

-- name: reschedule_phase(phase_id, name, opens_at, closes_at)!
-- A draft has another place in its calendar, or none.
update phases
set
    name = :name,
    opens_at = :opens_at,
    closes_at = :closes_at
where id = :phase_id;

-- name: copy_phase(phase_id, name, opens_at, closes_at, calendar_id, draw_day, created_by)$
-- A draft with the terms of another phase, each number's own limit and payout factor, and nothing
-- staked, all of one moment; null where the calendar has drafted that day already.
with copied as (
    insert into phases (
        name, global_limit, total_limit, straight, permutation, near, near_wraps,
        over_limit_policy, void_window_s, commission_rate, opens_at, closes_at, calendar_id,
        draw_day, created_by
    )
    select
        :name, global_limit, total_limit, straight, permutation, near, near_wraps,
        over_limit_policy, void_window_s, commission_rate, :opens_at, :closes_at, :calendar_id,
        :draw_day, :created_by
    from phases
    where id = :phase_id
    on conflict (calendar_id, draw_day) do nothing
    returning id
),
totals as (
    insert into phase_totals (phase_id)
    select id
    from copied
),
numbers as (
    insert into exposures (phase_id, number, max_amount, factor)
    select copied.id, exposures.number, exposures.max_amount, exposures.factor
    from copied
    cross join exposures
    where exposures.phase_id = :phase_id
)
select id
from copied;

-- name: raise_version(phase_id)!
-- The phase's limits are others now, and what was worked out from the old ones is out of date.
update phase_totals
set version = version + 1
where phase_id = :phase_id;

-- name: mark_open(phase_id)!
-- A draft begins to take slips.
update phases
set
    state = 'open',
    opened_at = clock_timestamp()
where id = :phase_id;

-- name: read_due_drafts()
-- Drafts whose opening time has come, and whether their closing time has passed meanwhile.
select id, name, coalesce(closes_at <= clock_timestamp(), false) as is_late
from phases
where state = 'draft'
    and opens_at <= clock_timestamp()
order by opens_at, id;

-- name: mark_open_if_due(phase_id)$
-- A draft begins to take slips at its time; whoever opened or changed it before is left alone.
update phases
set
    state = 'open',
    opened_at = clock_timestamp()
where id = :phase_id
    and state = 'draft'
    and opens_at <= clock_timestamp()
    and coalesce(closes_at > clock_timestamp(), true)
returning opened_at;

-- name: mark_closed(phase_id)$
-- The phase takes no more slips; the moment of it.
update phases
set
    state = 'closed',
    closed_at = clock_timestamp()
where id = :phase_id
returning closed_at;

-- name: mark_settled(phase_id)$
-- The draw is known and paid; the moment of it.
update phases
set
    state = 'settled',
    settled_at = clock_timestamp()
where id = :phase_id
returning settled_at;

-- name: mark_void(phase_id, reason)!
-- The phase is called off.
update phases
set
    state = 'void',
    voided_at = clock_timestamp(),
    void_reason = :reason
where id = :phase_id;

-- name: set_intake(phase_id, intake_open)!
-- The switch that stops and restarts the taking of slips.
update phases
set intake_open = :intake_open
where id = :phase_id;
