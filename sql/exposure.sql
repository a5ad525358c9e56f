-- name: lock_totals(phase_id)^
-- What the phase has taken, held until commit: versions and sequences follow commits.
select
    phase_totals.version,
    phase_totals.last_sequence,
    phase_totals.total_in,
    phase_totals.commission,
    phase_totals.ticket_count,
    phase_totals.bet_count
from phase_totals
where phase_totals.phase_id = :phase_id
for no key update;

-- name: lock_exposures(phase_id, numbers)
-- Every number on the slips, and its limit, in the one order in which they are ever locked.
select
    exposures.number,
    exposures.total_bet,
    exposures.weight,
    exposures.max_amount,
    exposures.factor
from exposures
where exposures.phase_id = :phase_id
    and exposures.number = any(:numbers::smallint[])
order by exposures.number
for no key update;

-- name: read_exposures(phase_id)
-- All thousand numbers of a phase.
select
    exposures.number,
    exposures.total_bet,
    exposures.weight,
    exposures.max_amount,
    exposures.factor
from exposures
where exposures.phase_id = :phase_id
order by exposures.number;

-- name: update_exposures(phase_id, numbers, total_bets, weights)!
-- Exposures as the slips leave them.
update exposures
set
    total_bet = raised.total_bet,
    weight = raised.weight
from unnest(
    :numbers::smallint[],
    :total_bets::numeric[],
    :weights::numeric[]
) as raised (number, total_bet, weight)
where exposures.phase_id = :phase_id
    and exposures.number = raised.number;

-- name: update_totals(phase_id, version, last_sequence, total_in, commission, ticket_count, bet_count)!
-- The totals as the slips leave them.
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
