-- name: draws(few, phases)
-- The draws of a phase are numbered without a gap, each came to what it paid, and the settlement row
-- says what the last one says.
select
    format('draw %s of phase %s', coalesce(draws.revision, settlements.revision), phases.id) as row,
    format(
        'number %s, %s out in %s payouts, partners %s; its payouts come to %s in %s rows; the settlement'
        ' row says draw %s, number %s, %s out, partners %s; %s draws before it',
        coalesce(lpad(draws.number::text, 3, '0'), 'none'),
        draws.total_out,
        draws.payout_count,
        coalesce(draws.partner_earnings::text, 'unknown'),
        coalesce(paid.total_out, 0),
        coalesce(paid.payout_count, 0),
        coalesce(settlements.revision::text, 'none'),
        coalesce(lpad(settlements.number::text, 3, '0'), 'none'),
        settlements.total_out,
        coalesce(settlements.partner_earnings::text, 'unknown'),
        draws.place - 1
    ) as detail
from phases
left join settlements on settlements.phase_id = phases.id
full join (
    select
        draws.*,
        row_number() over (
            partition by draws.phase_id
            order by draws.revision
        ) as place,
        count(*) over (partition by draws.phase_id) as draw_count
    from draws
    where (:phases::integer[] is null or draws.phase_id = any(:phases))
) as draws on draws.phase_id = phases.id
left join (
    select
        payouts.phase_id,
        payouts.revision,
        sum(payouts.amount) as total_out,
        count(*) as payout_count
    from payouts
    where (:phases::integer[] is null or payouts.phase_id = any(:phases))
    group by payouts.phase_id, payouts.revision
) as paid
    on paid.phase_id = draws.phase_id
    and paid.revision = draws.revision
where (:phases::integer[] is null or coalesce(draws.phase_id, phases.id) = any(:phases))
    and (draws.phase_id is not null or phases.state = 'settled')
    and (
        phases.state = 'settled'
        and draws.revision = draws.place
        and draws.total_in = settlements.total_in
        and draws.commission = settlements.commission
        and draws.total_out = coalesce(paid.total_out, 0)
        and draws.payout_count = coalesce(paid.payout_count, 0)
        and case
            when draws.place = draws.draw_count then settlements.revision = draws.revision
                and settlements.number = draws.number
                and settlements.source = draws.source
                and settlements.total_out = draws.total_out
                and settlements.net_profit = draws.net_profit
                and settlements.payout_count = draws.payout_count
                and settlements.partner_earnings is not distinct from draws.partner_earnings
            else true
        end
    ) is not true
order by phases.id, draws.revision
limit :few;

-- name: compensations(few, phases)
-- What a draw paid that does not count any more was taken back from each collector, in full, in one
-- transfer; what was not there any more is what the next draw says is owed.
with owed as (
    select payouts.phase_id, payouts.revision, tickets.collector_id, sum(payouts.amount) as amount
    from payouts
    join settlements
        on settlements.phase_id = payouts.phase_id
        and settlements.revision > payouts.revision
    left join tickets
        on tickets.phase_id = payouts.phase_id
        and tickets.sequence = payouts.sequence
    where (:phases::integer[] is null or payouts.phase_id = any(:phases))
    group by payouts.phase_id, payouts.revision, tickets.collector_id
    having sum(payouts.amount) <> 0
),

taken as (
    select
        compensations.*,
        transfers.reason,
        transfers.phase_id as in_phase,
        (
            select - sum(entries.amount)
            from entries
            join accounts on accounts.id = entries.account_id
            where entries.transfer_id = compensations.transfer_id
                and accounts.user_id = compensations.collector_id
                and accounts.kind in ('cash', 'credit')
        ) as moved
    from compensations
    left join transfers on transfers.id = compensations.transfer_id
    where (:phases::integer[] is null or compensations.phase_id = any(:phases))
)

select
    format(
        'what user %s gives back of draw %s of phase %s',
        coalesce(owed.collector_id, taken.collector_id),
        coalesce(owed.revision, taken.revision),
        coalesce(owed.phase_id, taken.phase_id)
    ) as row,
    format(
        'it paid %s; taken back are %s by transfer %s, which is %s of phase %s and moved %s',
        coalesce(owed.amount, 0),
        coalesce(taken.amount, 0),
        coalesce(taken.transfer_id::text, 'none'),
        coalesce(taken.reason, 'missing'),
        coalesce(taken.in_phase::text, 'none'),
        coalesce(taken.moved, 0)
    ) as detail
from owed
full join taken
    on taken.phase_id = owed.phase_id
    and taken.revision = owed.revision
    and taken.collector_id = owed.collector_id
where (
    taken.amount = owed.amount
    and taken.moved = owed.amount
    and taken.reason = 'resettlement'
    and taken.in_phase = owed.phase_id
) is not true
union all
select
    format('draw %s of phase %s', draws.revision, draws.phase_id),
    format(
        'it says that %s is owed; what was taken back of the draw before left %s owing',
        draws.debt, coalesce(sum(compensations.debt), 0)
    )
from draws
left join compensations
    on compensations.phase_id = draws.phase_id
    and compensations.revision = draws.revision - 1
where (:phases::integer[] is null or draws.phase_id = any(:phases))
group by draws.phase_id, draws.revision, draws.debt
having draws.debt <> coalesce(sum(compensations.debt), 0)
limit :few;

-- name: resettlements(few, since)
-- Nothing is taken back for nothing.
select
    format('transfer %s (resettlement)', transfers.id) as row,
    format('%s compensations name it', count(compensations.transfer_id)) as detail
from transfers
left join compensations on compensations.transfer_id = transfers.id
where transfers.reason = 'resettlement'
    and (:since::bigint = 0 or transfers.id > :since)
group by transfers.id
having count(compensations.transfer_id) <> 1
order by transfers.id
limit :few;
