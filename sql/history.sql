-- name: count_house(phase_id, revision, sign)!
-- A draw into the statistics of the house, or with -1 out of them.
insert into house_months as kept (
    month, phase_count, ticket_count, bet_count, winning_count, total_in, total_out, commission,
    partner_earnings
)
select
    draws.month,
    :sign::integer,
    :sign::integer * settlements.ticket_count,
    :sign::integer * settlements.bet_count,
    :sign::integer * draws.payout_count,
    :sign::integer * draws.total_in,
    :sign::integer * draws.total_out,
    :sign::integer * draws.commission,
    :sign::integer * coalesce(draws.partner_earnings, 0)
from draws
join settlements on settlements.phase_id = draws.phase_id
where draws.phase_id = :phase_id
    and draws.revision = :revision
on conflict (month) do update
set
    phase_count = kept.phase_count + excluded.phase_count,
    ticket_count = kept.ticket_count + excluded.ticket_count,
    bet_count = kept.bet_count + excluded.bet_count,
    winning_count = kept.winning_count + excluded.winning_count,
    total_in = kept.total_in + excluded.total_in,
    total_out = kept.total_out + excluded.total_out,
    commission = kept.commission + excluded.commission,
    partner_earnings = kept.partner_earnings + excluded.partner_earnings;

-- name: count_collectors(phase_id, revision, sign)!
-- The same by collector.
insert into collector_months as kept (
    month, collector_id, phase_count, ticket_count, bet_count, winning_count, total_in, total_out,
    commission
)
select
    figures.month,
    figures.collector_id,
    :sign::integer,
    :sign::integer * figures.ticket_count,
    :sign::integer * figures.bet_count,
    :sign::integer * figures.winning_count,
    :sign::integer * figures.total_in,
    :sign::integer * figures.total_out,
    :sign::integer * figures.commission
from collector_figures as figures
where figures.phase_id = :phase_id
    and figures.revision = :revision
order by figures.collector_id
on conflict (month, collector_id) do update
set
    phase_count = kept.phase_count + excluded.phase_count,
    ticket_count = kept.ticket_count + excluded.ticket_count,
    bet_count = kept.bet_count + excluded.bet_count,
    winning_count = kept.winning_count + excluded.winning_count,
    total_in = kept.total_in + excluded.total_in,
    total_out = kept.total_out + excluded.total_out,
    commission = kept.commission + excluded.commission;

-- name: count_numbers(phase_id, revision, sign)!
-- The same by number.
insert into number_months as kept (
    month, number, draw_count, winning_count, total_in, total_out
)
select
    figures.month,
    figures.number,
    :sign::integer * figures.draw_count,
    :sign::integer * figures.winning_count,
    :sign::integer * figures.total_in,
    :sign::integer * figures.total_out
from number_figures as figures
where figures.phase_id = :phase_id
    and figures.revision = :revision
order by figures.number
on conflict (month, number) do update
set
    draw_count = kept.draw_count + excluded.draw_count,
    winning_count = kept.winning_count + excluded.winning_count,
    total_in = kept.total_in + excluded.total_in,
    total_out = kept.total_out + excluded.total_out;

-- name: list_ended(month, after, count)
-- The phases that are over, the last that ended first, behind the one that the page before ended with.
with ended as materialized (
    select
        phases.id as phase_id,
        phases.name,
        phases.state,
        coalesce(
            draws.month,
            date_trunc(
                'month',
                coalesce(phases.closed_at, phases.voided_at) at time zone house_rules.timezone
            )::date
        ) as month,
        coalesce(settlements.closed_at, phases.closed_at, phases.voided_at) as ended_at,
        draws.number,
        draws.total_in,
        draws.total_out,
        draws.commission,
        draws.partner_earnings,
        draws.net_profit,
        case when draws.number is not null then settlements.ticket_count end as ticket_count,
        case when draws.number is not null then settlements.bet_count end as bet_count,
        draws.payout_count,
        coalesce(draws.revision, 0) as draw_count,
        phases.void_reason
    from phases
    cross join house_rules
    left join settlements on settlements.phase_id = phases.id
    left join draws
        on draws.phase_id = phases.id
        and draws.revision = settlements.revision
    where phases.state in ('settled', 'void')
)
select ended.*
from ended
where (:month::date is null or ended.month = :month)
    and (
        :after::integer is null
        or (ended.ended_at, ended.phase_id) < (
            select last.ended_at, last.phase_id
            from ended as last
            where last.phase_id = :after
        )
    )
order by ended.ended_at desc, ended.phase_id desc
limit :count;
