-- name: ticket_totals(few, since)
-- A ticket is worth what its bets come to. `offset 0`, here and below: what came since is found by its
-- transfers, where the order that is asked for would lead through all tickets.
select
    format('ticket %s of phase %s', tickets.sequence, tickets.phase_id) as row,
    format(
        'the total is %s for %s bets; the bets come to %s, there are %s',
        tickets.total, tickets.bet_count, held.total, held.bet_count
    ) as detail
from (
    select *
    from tickets
    where (:since::bigint = 0 or tickets.transfer_id > :since)
    offset 0
) as tickets
cross join lateral (
    select
        coalesce(sum(bet.cents), 0) * 0.01 as total,
        coalesce(cardinality(tickets.numbers), 0) as bet_count
    from unnest(tickets.cents) as bet (cents)
) as held
where (tickets.total, tickets.bet_count) is distinct from (held.total, held.bet_count)
order by tickets.phase_id, tickets.sequence
limit :few;

-- name: ticket_numbers(few, since)
-- A ticket holds each of its numbers once, in rising order: so is it paid, sealed and told.
select
    format('ticket %s of phase %s', tickets.sequence, tickets.phase_id) as row,
    format(
        'its numbers are %s',
        coalesce(left(array_to_string(tickets.numbers, ', ', 'null'), 80), 'missing')
    ) as detail
from (
    select *
    from tickets
    where (:since::bigint = 0 or tickets.transfer_id > :since)
    offset 0
) as tickets
where (
    cardinality(tickets.numbers) > 0
    and array_lower(tickets.numbers, 1) = 1
    and 0 <= all (tickets.numbers)
    and 999 >= all (tickets.numbers)
    and not exists (
        select 1
        from unnest(tickets.numbers[2:], tickets.numbers) as bet (number, previous)
        where bet.number <= bet.previous
    )
) is not true
order by tickets.phase_id, tickets.sequence
limit :few;

-- name: ticket_stakes(few, since)
-- Each number of a ticket has a stake beside it, and no stake is nothing or less.
select
    format('ticket %s of phase %s', tickets.sequence, tickets.phase_id) as row,
    format(
        'for %s numbers its stakes in cents are %s',
        coalesce(cardinality(tickets.numbers), 0),
        coalesce(left(array_to_string(tickets.cents, ', ', 'null'), 80), 'missing')
    ) as detail
from (
    select *
    from tickets
    where (:since::bigint = 0 or tickets.transfer_id > :since)
    offset 0
) as tickets
where (
    cardinality(tickets.cents) = cardinality(tickets.numbers)
    and 0 < all (tickets.cents)
) is not true
order by tickets.phase_id, tickets.sequence
limit :few;

-- name: ticket_factors(few, since)
-- Where not every bet counts in full each has a factor beside it, in hundredths of the whole.
select
    format('ticket %s of phase %s', tickets.sequence, tickets.phase_id) as row,
    format(
        'for %s numbers its factors in hundredths are %s',
        coalesce(cardinality(tickets.numbers), 0),
        left(array_to_string(tickets.factors, ', ', 'null'), 80)
    ) as detail
from (
    select *
    from tickets
    where (:since::bigint = 0 or tickets.transfer_id > :since)
    offset 0
) as tickets
where tickets.factors is not null
    and (
        cardinality(tickets.factors) = cardinality(tickets.numbers)
        and 0 <= all (tickets.factors)
        and 100 >= all (tickets.factors)
    ) is not true
order by tickets.phase_id, tickets.sequence
limit :few;
