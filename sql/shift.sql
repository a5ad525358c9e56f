-- name: insert_shift(cashier_id, opening_float)$
-- A shift; a cashier has one open at a time.
insert into shifts (cashier_id, opening_float)
values (:cashier_id, :opening_float)
returning id;

-- name: begin_shift(cashier_id)$
-- A shift with an empty drawer, unless another movement has just begun one.
insert into shifts (cashier_id, opening_float)
values (:cashier_id, 0)
on conflict (cashier_id) where closed_at is null do nothing
returning id;

-- name: hold_open_shift(cashier_id)$
-- The open shift beside others who move money through it; a closing waits for all of them.
select shifts.id
from shifts
where shifts.cashier_id = :cashier_id
    and shifts.closed_at is null
for share;

-- name: lock_open_shift(cashier_id)$
-- The open shift, to be closed.
select shifts.id
from shifts
where shifts.cashier_id = :cashier_id
    and shifts.closed_at is null
for no key update;

-- name: close_shift(id, expected, counted, note)!
-- What the drawer should hold, and what was counted.
update shifts
set
    closed_at = clock_timestamp(),
    expected = :expected,
    counted = :counted,
    note = :note
where id = :id;

-- name: read_shifts(id, before, cashier_id, only_open, count)
-- Shifts, the newest first, with what went through their drawers: the other side of what the desk's
-- house account (4) gave or took.
select
    shifts.id,
    shifts.cashier_id,
    users.username as cashier,
    shifts.opened_at,
    shifts.closed_at,
    shifts.opening_float,
    shifts.expected,
    shifts.counted,
    shifts.note,
    moved.*
from shifts
join users on users.id = shifts.cashier_id
cross join lateral (
    select
        coalesce(- sum(entries.amount), 0) as drawer,
        count(*) as transfer_count,
        coalesce(sum(desk_transfers.amount) filter (where transfers.reason = 'deposit'), 0) as deposits,
        coalesce(sum(desk_transfers.amount) filter (where transfers.reason = 'repayment'), 0)
            as repayments,
        coalesce(sum(desk_transfers.amount) filter (where transfers.reason = 'withdrawal'), 0)
            as withdrawals,
        coalesce(sum(desk_transfers.amount) filter (where transfers.reason = 'advance'), 0) as advances,
        coalesce(- sum(entries.amount) filter (where transfers.reason = 'reversal' and entries.amount < 0), 0)
            as reversed_in,
        coalesce(sum(entries.amount) filter (where transfers.reason = 'reversal' and entries.amount > 0), 0)
            as reversed_out
    from desk_transfers
    join transfers on transfers.id = desk_transfers.transfer_id
    join entries
        on entries.transfer_id = desk_transfers.transfer_id
        and entries.account_id = 4
    where desk_transfers.shift_id = shifts.id
) as moved
where (:id::integer is null or shifts.id = :id)
    and (:before::integer is null or shifts.id < :before)
    and (:cashier_id::integer is null or shifts.cashier_id = :cashier_id)
    and (not :only_open or shifts.closed_at is null)
order by shifts.id desc
limit :count;
