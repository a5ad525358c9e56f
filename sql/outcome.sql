-- name: read_latest(collector_id, told, most)
-- The newest draws that a collector has tickets in. It is asked every few seconds: the few draws lead to
-- the collector's own tickets, and these to what they won.
select
    recent.phase_id,
    recent.phase,
    recent.number,
    recent.entered_at,
    taken.stakes,
    won.winning_count,
    won.amount as won,
    taken.commission,
    coalesce(undone.amount, 0) as taken_back,
    coalesce(undone.debt, 0) as debt
from (
    select
        settlements.phase_id,
        phases.name as phase,
        settlements.number,
        settlements.revision,
        draws.entered_at
    from draws
    join settlements
        on settlements.phase_id = draws.phase_id
        and settlements.revision = draws.revision
    join phases on phases.id = draws.phase_id
    where draws.entered_at > clock_timestamp() - :told::interval
) as recent
cross join lateral (
    select sum(tickets.total) as stakes, sum(tickets.commission) as commission
    from tickets
    where tickets.collector_id = :collector_id
        and tickets.phase_id = recent.phase_id
        and tickets.voided_at is null
) as taken
cross join lateral (
    select count(*) as winning_count, coalesce(sum(payouts.amount), 0) as amount
    from tickets
    join payouts
        on payouts.phase_id = recent.phase_id
        and payouts.revision = recent.revision
        and payouts.sequence = tickets.sequence
    where tickets.collector_id = :collector_id
        and tickets.phase_id = recent.phase_id
        and tickets.voided_at is null
) as won
left join lateral (
    select sum(compensations.amount) as amount, sum(compensations.debt) as debt
    from compensations
    where compensations.phase_id = recent.phase_id
        and compensations.revision = recent.revision - 1
        and compensations.collector_id = :collector_id
) as undone on true
where taken.stakes is not null
order by recent.entered_at desc
limit :most;
