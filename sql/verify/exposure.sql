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

-- name: exposures(few, phases)
-- What a check of limits reads is the sum over the bets that stand; in a void phase that is nothing.
with staked as (
    select
        tickets.phase_id,
        bet.number,
        sum(bet.cents) * 0.01 as total_bet,
        sum(bet.cents * coalesce(bet.factor, 100)) * 0.0001 as weight
    from tickets
    cross join unnest(tickets.numbers, tickets.cents, tickets.factors)
        as bet (number, cents, factor)
    where tickets.voided_at is null
        and (:phases::integer[] is null or tickets.phase_id = any(:phases))
    group by tickets.phase_id, bet.number
)

select
    format(
        'number %s of phase %s',
        lpad(coalesce(exposures.number, staked.number)::text, 3, '0'),
        coalesce(exposures.phase_id, staked.phase_id)
    ) as row,
    format(
        'total_bet is %s and weight %s; the bets that stand come to %s and %s',
        exposures.total_bet,
        exposures.weight,
        coalesce(staked.total_bet, 0),
        coalesce(staked.weight, 0)
    ) as detail
from exposures
full join staked
    on staked.phase_id = exposures.phase_id
    and staked.number = exposures.number
where (:phases::integer[] is null or coalesce(exposures.phase_id, staked.phase_id) = any(:phases))
    and (exposures.total_bet, exposures.weight)
        is distinct from (coalesce(staked.total_bet, 0), coalesce(staked.weight, 0))
order by coalesce(exposures.phase_id, staked.phase_id), coalesce(exposures.number, staked.number)
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
