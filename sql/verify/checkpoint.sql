-- name: read_last()^
-- The last verification without a finding: where the next one begins.
select verifications.up_to, verifications.position, verifications.started_at as at
from verifications
where verifications.findings = '[]'
    and verifications.up_to > 0
order by verifications.up_to desc, verifications.id desc
limit 1;

-- name: read_bounds()^
-- How far the chain reaches: no transfer up to there is still to come.
select
    clock_timestamp() as at,
    coalesce(max(chain_marks.transfer_id), 0) as transfer_id,
    coalesce(max(chain_marks.position), 0) as position
from chain_marks;

-- name: touched_phases(since, after)$
-- The phases in which anything has happened.
select coalesce(array_agg(touched.id), '{}')
from (
    select transfers.phase_id as id
    from transfers
    where transfers.id > :since
        and transfers.phase_id is not null
    union
    select phases.id
    from phases
    where greatest(phases.opened_at, phases.closed_at, phases.settled_at, phases.voided_at) > :after
    union
    -- A draw that was put right may have moved nothing.
    select draws.phase_id
    from draws
    where draws.entered_at > :after
) as touched;

-- name: survey(since, up_to)
-- Every account: what its entries came to up to a transfer, from a checkpoint on; and whether a purse
-- holds now what all of them say.
select
    accounts.id,
    accounts.user_id is not null as is_purse,
    coalesce(checkpoints.total, 0) + coalesce(summed.total, 0) as total,
    coalesce(summed.sequence, checkpoints.sequence, 0) as sequence,
    coalesce(
        accounts.balance = coalesce(checkpoints.total, 0) + coalesce(summed.amount, 0), false
    ) as is_equal
from accounts
left join checkpoints
    on checkpoints.account_id = accounts.id
    and checkpoints.up_to = :since
left join (
    select
        entries.account_id,
        sum(entries.amount) as amount,
        sum(entries.amount) filter (where entries.transfer_id <= :up_to) as total,
        max(entries.sequence) filter (where entries.transfer_id <= :up_to) as sequence
    from entries
    where (:since::bigint = 0 or entries.transfer_id > :since)
    group by entries.account_id
) as summed on summed.account_id = accounts.id
order by accounts.id;

-- name: keep(up_to, account_ids, totals, sequences)!
-- Accounts at a checkpoint. Of two verifications that end together the one that saw more is kept.
insert into checkpoints (account_id, up_to, total, sequence)
select seen.account_id, :up_to, seen.total, seen.sequence
from unnest(:account_ids::integer[], :totals::numeric[], :sequences::bigint[])
    as seen (account_id, total, sequence)
order by seen.account_id
on conflict (account_id) do update
set
    up_to = excluded.up_to,
    total = excluded.total,
    sequence = excluded.sequence
where checkpoints.up_to <= excluded.up_to;

-- name: read_staked(phases)
-- What was counted of some phases' bets, where they still stand open.
select
    exposure_checkpoints.phase_id,
    exposure_checkpoints.up_to,
    exposure_checkpoints.voided_up_to,
    exposure_checkpoints.numbers,
    exposure_checkpoints.cents,
    exposure_checkpoints.weights
from exposure_checkpoints
join phases on phases.id = exposure_checkpoints.phase_id
where exposure_checkpoints.phase_id = any(:phases::integer[])
    and phases.state = 'open';

-- name: keep_staked(phase_id, up_to, voided_up_to, numbers, cents, weights)!
-- What was counted of an open phase's bets. Of two verifications that end together the one that saw more is
-- kept.
insert into exposure_checkpoints as kept (
    phase_id, up_to, voided_up_to, numbers, cents, weights
)
select
    phases.id, :up_to, :voided_up_to, :numbers::smallint[], :cents::numeric[], :weights::numeric[]
from phases
where phases.id = :phase_id
    and phases.state = 'open'
on conflict (phase_id) do update
set
    up_to = excluded.up_to,
    voided_up_to = excluded.voided_up_to,
    numbers = excluded.numbers,
    cents = excluded.cents,
    weights = excluded.weights
where (kept.up_to, kept.voided_up_to) <= (excluded.up_to, excluded.voided_up_to);

-- name: write_verification(started_at, finished_at, whole, up_to, position, account_count, equal_count, findings)!
-- What a verification looked at and found.
insert into verifications (
    started_at, finished_at, whole, up_to, position, account_count, equal_count, findings
)
values (
    :started_at, :finished_at, :whole, :up_to, :position, :account_count, :equal_count,
    :findings::text::jsonb
);

-- name: now()$
-- The clock of the database.
select clock_timestamp();
