-- name: lock_exposures(phase_id, numbers)
-- Every number on the slips, and its limit, in the one order in which they are ever locked.
select
    exposures.number,
    (exposures.total_bet * 100)::bigint as staked_cents,
    (exposures.weight * 10000)::bigint as weight,
    (exposures.max_amount * 100)::bigint as limit_cents,
    (exposures.factor * 100)::smallint as factor
from exposures
where exposures.phase_id = :phase_id
    and exposures.number = any(:numbers::text::smallint[])
order by exposures.number
for no key update;

-- name: read_exposures(phase_id)
-- All thousand numbers of a phase.
select
    exposures.number,
    (exposures.total_bet * 100)::bigint as staked_cents,
    (exposures.weight * 10000)::bigint as weight,
    (exposures.max_amount * 100)::bigint as limit_cents,
    (exposures.factor * 100)::smallint as factor
from exposures
where exposures.phase_id = :phase_id
order by exposures.number;

-- name: write_standing(phase_id, numbers, staked_cents, weights, version, last_sequence, total_in, commission, ticket_count, bet_count)!
-- Exposures and totals as the slips leave them. Whole numbers travel: a thousand decimals would take
-- longer on their way than all that is done with them.
with raised as (
    update exposures
    set
        total_bet = raised.staked_cents * 0.01,
        weight = raised.weight * 0.0001
    from unnest(
        :numbers::text::smallint[],
        :staked_cents::text::bigint[],
        :weights::text::bigint[]
    ) as raised (number, staked_cents, weight)
    where exposures.phase_id = :phase_id
        and exposures.number = raised.number
)
update phase_totals
set
    version = :version,
    last_sequence = :last_sequence,
    total_in = :total_in,
    commission = :commission,
    ticket_count = :ticket_count,
    bet_count = :bet_count
where phase_id = :phase_id;

-- name: set_limit(phase_id, number, max_amount)!
-- A number's own limit, or none.
update exposures
set max_amount = :max_amount
where phase_id = :phase_id
    and number = :number;

-- name: clear_exposures(phase_id)!
-- A void phase owes nothing on any number.
update exposures
set
    total_bet = 0,
    weight = 0
where phase_id = :phase_id
    and total_bet <> 0;

-- name: largest_collectors(phase_id, number, count)
-- Who has staked most on a number.
select
    users.username,
    sum(bets.amount) as total
from bets
join tickets
    on tickets.phase_id = bets.phase_id
    and tickets.sequence = bets.sequence
join users on users.id = tickets.collector_id
where bets.phase_id = :phase_id
    and bets.number = :number
    and tickets.voided_at is null
group by users.id, users.username
order by total desc, users.id
limit :count;

-- name: newest_bets(phase_id, number, count)
-- The newest tickets that hold a number.
select
    tickets.id,
    tickets.sequence,
    users.username,
    bets.amount,
    tickets.placed_at
from bets
join tickets
    on tickets.phase_id = bets.phase_id
    and tickets.sequence = bets.sequence
join users on users.id = tickets.collector_id
where bets.phase_id = :phase_id
    and bets.number = :number
    and tickets.voided_at is null
order by bets.sequence desc
limit :count;

-- name: intake_by_minute(phase_id)
-- How the intake grew: the stakes of tickets that stand, by minute.
select
    date_trunc('minute', tickets.placed_at) as minute,
    sum(tickets.total) as total,
    count(*) as ticket_count
from tickets
where tickets.phase_id = :phase_id
    and tickets.voided_at is null
group by minute
order by minute;

-- name: epoch()$
-- A name for this copy of the books: another after a restore, which makes the tables anew.
select
    (select system_identifier from pg_control_system())::text
    || '.' || (select timeline_id from pg_control_checkpoint())::text
    || '.' || (select oid from pg_database where datname = current_database())::text
    || '.' || 'phase_totals'::regclass::oid::text;
