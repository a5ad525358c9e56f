-- name: exposure_rows(few)
-- Every phase has its 1,000 numbers and its totals from the draft on, so that they can be locked.
select
    format('phase %s', coalesce(phases.id, counted.phase_id)) as row,
    case
        when phases.id is null then 'there is no such phase'
        else format(
            '%s exposures and %s rows of totals; expected are 1000 and 1',
            coalesce(counted.exposure_count, 0), coalesce(counted.totals_count, 0)
        )
    end as detail
from phases
full join (
    select
        counted_rows.phase_id,
        count(*) filter (where not counted_rows.is_total) as exposure_count,
        count(distinct counted_rows.number) as number_count,
        count(*) filter (where counted_rows.is_total) as totals_count
    from (
        select exposures.phase_id, exposures.number, false as is_total
        from exposures
        union all
        select phase_totals.phase_id, null, true
        from phase_totals
    ) as counted_rows
    group by counted_rows.phase_id
) as counted on counted.phase_id = phases.id
where (
    phases.id is not null
    and counted.exposure_count = 1000
    and counted.number_count = 1000
    and counted.totals_count = 1
) is not true
order by coalesce(phases.id, counted.phase_id)
limit :few;

-- name: read_phases(phases)
-- The phases whose bets are counted anew.
select phases.id
from phases
where (:phases::integer[] is null or phases.id = any(:phases))
order by phases.id;

-- name: read_extent(phase_id)^
-- How far the tickets of a phase reach, about how many bets are on each, and the transfer up to which
-- no void is still to come.
select
    coalesce((
        select max(tickets.sequence)
        from tickets
        where tickets.phase_id = :phase_id
    ), 0) as last,
    coalesce((
        select phase_totals.bet_count / greatest(phase_totals.ticket_count, 1)
        from phase_totals
        where phase_totals.phase_id = :phase_id
    ), 0) as bets_each,
    coalesce((select max(chain_marks.transfer_id) from chain_marks), 0) as voided_up_to;

-- name: read_piece_end(phase_id, after, most)$
-- The last of the next tickets: numbers may have gaps that somebody made.
select max(next.sequence)
from (
    select tickets.sequence
    from tickets
    where tickets.phase_id = :phase_id
        and tickets.sequence > :after
    order by tickets.sequence
    limit :most
) as next;

-- name: count_bets(phase_id, after, up_to, voided_up_to)
-- What a piece of a phase's tickets stakes on each number, in cents, and in cents times hundredths:
-- of all but those that were void by then.
select
    bet.number,
    coalesce(sum(bet.cents), 0) as cents,
    coalesce(sum(bet.cents * coalesce(bet.factor, 100)), 0) as weight
from tickets
cross join unnest(tickets.numbers, tickets.cents, tickets.factors) as bet (number, cents, factor)
where tickets.phase_id = :phase_id
    and tickets.sequence > :after
    and tickets.sequence <= :up_to
    and (tickets.voided_at is null or tickets.void_transfer_id > :voided_up_to)
    and bet.number is not null
group by bet.number;

-- name: count_voided(phase_id, up_to, voided_after, voided_up_to)
-- What became void of tickets that were counted before, in the same units.
select
    bet.number,
    coalesce(sum(bet.cents), 0) as cents,
    coalesce(sum(bet.cents * coalesce(bet.factor, 100)), 0) as weight
from tickets
cross join unnest(tickets.numbers, tickets.cents, tickets.factors) as bet (number, cents, factor)
where tickets.phase_id = :phase_id
    and tickets.sequence <= :up_to
    and tickets.void_transfer_id > :voided_after
    and tickets.void_transfer_id <= :voided_up_to
    and tickets.voided_at is not null
    and bet.number is not null
group by bet.number;

-- name: exposures(few, phase_id, up_to, voided_up_to, numbers, cents, weights)
-- What a check of limits reads is the sum over the bets that stand: those counted up to a ticket, less
-- what was void after that, and those on the tickets after it. In a void phase that is nothing.
with changed as (
    select tickets.numbers, tickets.cents, tickets.factors, 1 as sign
    from tickets
    where tickets.phase_id = :phase_id
        and tickets.sequence > :up_to
        and tickets.voided_at is null
    union all
    select tickets.numbers, tickets.cents, tickets.factors, -1
    from tickets
    where tickets.phase_id = :phase_id
        and tickets.sequence <= :up_to
        and tickets.void_transfer_id > :voided_up_to
        and tickets.voided_at is not null
),

staked as (
    select
        moved.number,
        sum(moved.cents) * 0.01 as total_bet,
        sum(moved.weight) * 0.0001 as weight
    from (
        select counted.number, counted.cents, counted.weight
        from unnest(:numbers::smallint[], :cents::numeric[], :weights::numeric[])
            as counted (number, cents, weight)
        union all
        select
            bet.number,
            changed.sign * bet.cents,
            changed.sign * bet.cents * coalesce(bet.factor, 100)
        from changed
        cross join unnest(changed.numbers, changed.cents, changed.factors)
            as bet (number, cents, factor)
        where bet.number is not null
    ) as moved
    group by moved.number
)

select
    format(
        'number %s of phase %s', lpad(coalesce(held.number, staked.number)::text, 3, '0'), :phase_id
    ) as row,
    format(
        'total_bet is %s and weight %s; the bets that stand come to %s and %s',
        held.total_bet,
        held.weight,
        coalesce(staked.total_bet, 0),
        coalesce(staked.weight, 0)
    ) as detail
from (
    select exposures.number, exposures.total_bet, exposures.weight
    from exposures
    where exposures.phase_id = :phase_id
) as held
full join staked on staked.number = held.number
where (held.total_bet, held.weight)
    is distinct from (coalesce(staked.total_bet, 0), coalesce(staked.weight, 0))
order by coalesce(held.number, staked.number)
limit :few;

-- name: phase_totals(few, phases)
-- What a phase says that it has taken is the sum over the tickets that stand.
with taken as (
    select
        tickets.phase_id,
        max(tickets.sequence) as last_sequence,
        coalesce(sum(tickets.total) filter (where tickets.voided_at is null), 0) as total_in,
        coalesce(sum(tickets.commission) filter (where tickets.voided_at is null), 0)
            as commission,
        count(*) filter (where tickets.voided_at is null) as ticket_count,
        coalesce(sum(tickets.bet_count) filter (where tickets.voided_at is null), 0) as bet_count
    from tickets
    where (:phases::integer[] is null or tickets.phase_id = any(:phases))
    group by tickets.phase_id
)

select
    format('phase %s', coalesce(phase_totals.phase_id, taken.phase_id)) as row,
    format(
        'last_sequence, total_in, commission, tickets, bets are %s, %s, %s, %s, %s;'
        ' the tickets say %s, %s, %s, %s, %s',
        phase_totals.last_sequence,
        phase_totals.total_in,
        phase_totals.commission,
        phase_totals.ticket_count,
        phase_totals.bet_count,
        coalesce(taken.last_sequence, 0),
        coalesce(taken.total_in, 0),
        coalesce(taken.commission, 0),
        coalesce(taken.ticket_count, 0),
        coalesce(taken.bet_count, 0)
    ) as detail
from phase_totals
full join taken on taken.phase_id = phase_totals.phase_id
where (:phases::integer[] is null or coalesce(phase_totals.phase_id, taken.phase_id) = any(:phases))
    and (
        phase_totals.last_sequence = coalesce(taken.last_sequence, 0)
        and phase_totals.total_in = coalesce(taken.total_in, 0)
        and phase_totals.commission = coalesce(taken.commission, 0)
        and phase_totals.ticket_count = coalesce(taken.ticket_count, 0)
        and phase_totals.bet_count = coalesce(taken.bet_count, 0)
    ) is not true
order by coalesce(phase_totals.phase_id, taken.phase_id)
limit :few;
