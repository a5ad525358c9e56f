-- name: house_months(few)
-- The statistics of the house are what its settled phases come to, counted anew.
select
    format('statistics of %s', to_char(coalesce(kept.month, counted.month), 'YYYY-MM')) as row,
    format(
        'phases, tickets, bets, winning bets, in, out, commission, partners are %s; the draws say %s',
        coalesce(kept.figures::text, 'missing'), coalesce(counted.figures::text, 'nothing')
    ) as detail
from (
    select
        house_months.month,
        (
            house_months.phase_count, house_months.ticket_count, house_months.bet_count,
            house_months.winning_count, house_months.total_in, house_months.total_out,
            house_months.commission, house_months.partner_earnings
        )::text as figures,
        house_months.phase_count
    from house_months
) as kept
full join (
    select
        draws.month,
        (
            count(*), sum(settlements.ticket_count), sum(settlements.bet_count),
            sum(draws.payout_count),
            sum(draws.total_in)::numeric(24, 2),
            sum(draws.total_out)::numeric(24, 2),
            sum(draws.commission)::numeric(24, 2),
            sum(coalesce(draws.partner_earnings, 0))::numeric(24, 2)
        )::text as figures
    from draws
    join settlements
        on settlements.phase_id = draws.phase_id
        and settlements.revision = draws.revision
    group by draws.month
) as counted on counted.month = kept.month
where kept.figures is distinct from counted.figures
order by coalesce(kept.month, counted.month)
limit :few;

-- name: collector_months(few, phases)
-- The same by collector, for the months that are gone over.
select
    format(
        'statistics of user %s in %s',
        coalesce(kept.collector_id, counted.collector_id),
        to_char(coalesce(kept.month, counted.month), 'YYYY-MM')
    ) as row,
    format(
        'phases, tickets, bets, winning bets, in, out, commission are %s; the draws say %s',
        coalesce(kept.figures, 'missing'), coalesce(counted.figures, 'nothing')
    ) as detail
from (
    select
        collector_months.month,
        collector_months.collector_id,
        (
            collector_months.phase_count, collector_months.ticket_count,
            collector_months.bet_count, collector_months.winning_count,
            collector_months.total_in, collector_months.total_out, collector_months.commission
        )::text as figures
    from collector_months
    where (
        :phases::integer[] is null
        or collector_months.month in (
            select draws.month
            from draws
            where draws.phase_id = any(:phases)
        )
    )
) as kept
full join (
    select
        figures.month,
        figures.collector_id,
        (
            count(*), sum(figures.ticket_count), sum(figures.bet_count),
            sum(figures.winning_count),
            sum(figures.total_in)::numeric(24, 2),
            sum(figures.total_out)::numeric(24, 2),
            sum(figures.commission)::numeric(24, 2)
        )::text as figures
    from collector_figures as figures
    join settlements
        on settlements.phase_id = figures.phase_id
        and settlements.revision = figures.revision
    where (
        :phases::integer[] is null
        or figures.month in (
            select draws.month
            from draws
            where draws.phase_id = any(:phases)
        )
    )
    group by figures.month, figures.collector_id
) as counted
    on counted.month = kept.month
    and counted.collector_id = kept.collector_id
where kept.figures is distinct from counted.figures
order by coalesce(kept.month, counted.month), coalesce(kept.collector_id, counted.collector_id)
limit :few;

-- name: number_months(few, phases)
-- The same by number. A number that only a draw put right had drawn is kept, with nothing in it.
select
    format(
        'statistics of number %s in %s',
        lpad(coalesce(kept.number, counted.number)::text, 3, '0'),
        to_char(coalesce(kept.month, counted.month), 'YYYY-MM')
    ) as row,
    format(
        'draws, winning bets, in, out are %s; the draws say %s',
        coalesce(kept.figures, 'missing'), coalesce(counted.figures, 'nothing')
    ) as detail
from (
    select
        number_months.month,
        number_months.number,
        (
            number_months.draw_count, number_months.winning_count, number_months.total_in,
            number_months.total_out
        )::text as figures
    from number_months
    where (
        :phases::integer[] is null
        or number_months.month in (
            select draws.month
            from draws
            where draws.phase_id = any(:phases)
        )
    )
) as kept
full join (
    select
        figures.month,
        figures.number,
        (
            sum(figures.draw_count),
            sum(figures.winning_count),
            sum(figures.total_in)::numeric(24, 2),
            sum(figures.total_out)::numeric(24, 2)
        )::text as figures
    from number_figures as figures
    join settlements
        on settlements.phase_id = figures.phase_id
        and settlements.revision = figures.revision
    where (
        :phases::integer[] is null
        or figures.month in (
            select draws.month
            from draws
            where draws.phase_id = any(:phases)
        )
    )
    group by figures.month, figures.number
) as counted
    on counted.month = kept.month
    and counted.number = kept.number
where coalesce(kept.figures, '(0,0,0.00,0.00)') <> coalesce(counted.figures, '(0,0,0.00,0.00)')
order by coalesce(kept.month, counted.month), coalesce(kept.number, counted.number)
limit :few;
