-- name: phase_states(few)
-- A phase carries the moments of the states that it went through, in order, and no others.
select
    format('phase %s', phases.id) as row,
    format(
        'it is %s; opened at %s, closed at %s, settled at %s, void at %s',
        phases.state,
        coalesce(phases.opened_at::text, 'no time'),
        coalesce(phases.closed_at::text, 'no time'),
        coalesce(phases.settled_at::text, 'no time'),
        coalesce(phases.voided_at::text, 'no time')
    ) as detail
from phases
where (
    (phases.opened_at is not null) = (phases.state <> 'draft')
    and (phases.settled_at is not null) = (phases.state = 'settled')
    and (phases.voided_at is not null) = (phases.state = 'void')
    and case phases.state
        when 'draft' then phases.closed_at is null
        when 'open' then phases.closed_at is null
        when 'closed' then phases.closed_at >= phases.opened_at
        when 'settled' then phases.closed_at >= phases.opened_at
            and phases.settled_at >= phases.closed_at
        when 'void' then phases.voided_at >= coalesce(phases.closed_at, phases.opened_at)
    end
) is not true
order by phases.id
limit :few;

-- name: settlement_rows(few)
-- A closing writes the ledger row of the phase, at its own moment; nothing else does.
select
    format('phase %s', coalesce(phases.id, settlements.phase_id)) as row,
    case
        when phases.id is null then 'a settlement of no phase'
        when settlements.phase_id is null then format('it is %s without a settlement', phases.state)
        else format(
            'it is %s, closed at %s, settled at %s; its settlement says %s and %s',
            phases.state,
            coalesce(phases.closed_at::text, 'no time'),
            coalesce(phases.settled_at::text, 'no time'),
            settlements.closed_at,
            coalesce(settlements.settled_at::text, 'no time')
        )
    end as detail
from phases
full join settlements on settlements.phase_id = phases.id
where phases.id is null
    or (settlements.phase_id is not null)
        is distinct from (phases.state in ('closed', 'settled') or phases.closed_at is not null)
    or settlements.closed_at is distinct from phases.closed_at
    or settlements.settled_at is distinct from phases.settled_at
order by coalesce(phases.id, settlements.phase_id)
limit :few;

-- name: settlement_sums(few, phases)
-- The intake of the ledger row is what stood at the closing, in a phase called off later too.
with stood as (
    select
        settlements.phase_id,
        coalesce(sum(tickets.total), 0) as total_in,
        coalesce(sum(tickets.commission), 0) as commission,
        count(tickets.sequence) as ticket_count,
        coalesce(sum(tickets.bet_count), 0) as bet_count
    from settlements
    left join tickets
        on tickets.phase_id = settlements.phase_id
        and coalesce(tickets.voided_at > settlements.closed_at, true)
    where (:phases::integer[] is null or settlements.phase_id = any(:phases))
    group by settlements.phase_id
)

select
    format('settlement of phase %s', settlements.phase_id) as row,
    format(
        'total_in, commission, tickets, bets are %s, %s, %s, %s; the tickets say %s, %s, %s, %s',
        settlements.total_in,
        settlements.commission,
        settlements.ticket_count,
        settlements.bet_count,
        stood.total_in,
        stood.commission,
        stood.ticket_count,
        stood.bet_count
    ) as detail
from settlements
join stood on stood.phase_id = settlements.phase_id
where (
    settlements.total_in = stood.total_in
    and settlements.commission = stood.commission
    and settlements.ticket_count = stood.ticket_count
    and settlements.bet_count = stood.bet_count
) is not true
order by settlements.phase_id
limit :few;

-- name: settlement_draws(few, phases)
-- The draw completes the ledger row with what was paid and what is left; before it, nothing is known.
with paid as (
    select
        payouts.phase_id,
        sum(payouts.amount) as total_out,
        count(*) as payout_count
    from payouts
    join settlements
        on settlements.phase_id = payouts.phase_id
        and settlements.revision = payouts.revision
    where (:phases::integer[] is null or payouts.phase_id = any(:phases))
    group by payouts.phase_id
)

select
    format('settlement of phase %s', settlements.phase_id) as row,
    format(
        'phase %s; number %s, total_out %s, net_profit %s, payouts %s;'
        ' the payouts come to %s in %s rows, which leaves %s',
        phases.state,
        coalesce(lpad(settlements.number::text, 3, '0'), 'none'),
        coalesce(settlements.total_out::text, 'none'),
        coalesce(settlements.net_profit::text, 'none'),
        coalesce(settlements.payout_count::text, 'none'),
        coalesce(paid.total_out, 0),
        coalesce(paid.payout_count, 0),
        settlements.total_in - coalesce(paid.total_out, 0) - settlements.commission
    ) as detail
from settlements
left join phases on phases.id = settlements.phase_id
left join paid on paid.phase_id = settlements.phase_id
where (:phases::integer[] is null or settlements.phase_id = any(:phases))
    and case
    when phases.state = 'settled' then (
        settlements.number between 0 and 999
        and settlements.total_out = coalesce(paid.total_out, 0)
        and settlements.payout_count = coalesce(paid.payout_count, 0)
        and settlements.net_profit
            = settlements.total_in - settlements.total_out - settlements.commission
    ) is not true
    else num_nonnulls(
        settlements.number,
        settlements.total_out,
        settlements.net_profit,
        settlements.payout_count,
        settlements.settled_by
    ) > 0
end
order by settlements.phase_id
limit :few;

-- name: early_payments(few, since, phases)
-- Before the draw nobody is paid.
select
    format('phase %s', paid.phase_id) as row,
    format(
        'it is %s and has %s %s',
        coalesce(phases.state, 'unknown'), count(*), paid.kind
    ) as detail
from (
    select payouts.phase_id, 'payouts' as kind
    from payouts
    where (:phases::integer[] is null or payouts.phase_id = any(:phases))
    union all
    select commissions.phase_id, 'commissions'
    from commissions
    where (:phases::integer[] is null or commissions.phase_id = any(:phases))
    union all
    select transfers.phase_id, 'transfers of payouts or commission'
    from transfers
    where transfers.reason in ('payout', 'commission')
        and (:since::bigint = 0 or transfers.id > :since)
) as paid
left join phases on phases.id = paid.phase_id
where phases.state is distinct from 'settled'
group by paid.phase_id, phases.state, paid.kind
order by paid.phase_id, paid.kind
limit :few;

-- name: read_draws(phases)
-- What was drawn, those draws too that do not count any more, with the prizes of their phases.
select
    draws.phase_id,
    draws.revision,
    draws.number,
    phases.straight,
    phases.permutation,
    phases.near,
    phases.near_wraps
from draws
join phases on phases.id = draws.phase_id
where (:phases::integer[] is null or draws.phase_id = any(:phases))
order by draws.phase_id, draws.revision;

-- name: read_winners(phase_id, revision, numbers)
-- The bets that stand on winning numbers beside what was paid, whichever of the two is there.
select
    coalesce(won.sequence, paid.sequence) as sequence,
    coalesce(won.number, paid.number) as number,
    won.amount as staked,
    won.factor,
    paid.multiplier,
    paid.amount as paid
from (
    select
        tickets.sequence,
        bet.number,
        bet.cents * 0.01 as amount,
        coalesce(bet.factor, 100) * 0.01 as factor
    from tickets
    cross join unnest(tickets.numbers, tickets.cents, tickets.factors)
        as bet (number, cents, factor)
    where tickets.phase_id = :phase_id
        and tickets.numbers && :numbers::smallint[]
        and bet.number = any(:numbers::smallint[])
        and tickets.voided_at is null
) as won
full join (
    select payouts.sequence, payouts.number, payouts.multiplier, payouts.amount
    from payouts
    where payouts.phase_id = :phase_id
        and payouts.revision = :revision
) as paid
    on paid.sequence = won.sequence
    and paid.number = won.number
order by 1, 2;

-- name: read_seals(phases)
-- The phases that are sealed, with the root and the seal that were published.
select settlements.phase_id, settlements.tree_root, settlements.seal, settlements.closed_at
from settlements
where (:phases::integer[] is null or settlements.phase_id = any(:phases))
order by settlements.phase_id;

-- name: read_leaves(phase_id, closed_at)
-- The leaves of a phase by sequence, and which tickets were void at the closing.
select
    tickets.sequence,
    tickets.leaf,
    coalesce(tickets.voided_at <= :closed_at::timestamptz, false) as void
from tickets
where tickets.phase_id = :phase_id
order by tickets.sequence;
