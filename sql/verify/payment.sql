-- name: payout_transfers(few, since, phases)
-- What a ticket has won reached its collector in one transfer, and never as a bonus.
with owed as (
    select
        payouts.phase_id,
        payouts.revision,
        payouts.sequence,
        sum(payouts.amount) as amount,
        min(payouts.transfer_id) as first_transfer,
        max(payouts.transfer_id) as last_transfer,
        count(*) filter (where (payouts.amount = 0) <> (payouts.transfer_id is null))
            as wrong_count
    from payouts
    where (:phases::integer[] is null or payouts.phase_id = any(:phases))
        and (:since::bigint = 0 or payouts.transfer_id > :since or payouts.transfer_id is null)
    group by payouts.phase_id, payouts.revision, payouts.sequence
),

paid as (
    select
        entries.transfer_id,
        sum(entries.amount) as amount,
        min(accounts.user_id) as first_user,
        max(accounts.user_id) as last_user,
        count(*) filter (where accounts.kind = 'bonus') as bonus_count
    from entries
    join accounts on accounts.id = entries.account_id
    join transfers on transfers.id = entries.transfer_id
    where transfers.reason = 'payout'
        and accounts.user_id is not null
        and (:since::bigint = 0 or entries.transfer_id > :since)
        and (:since::bigint = 0 or transfers.id > :since)
    group by entries.transfer_id
)

select
    format('ticket %s of phase %s', owed.sequence, owed.phase_id) as row,
    format(
        'collector %s won %s; transfer %s is %s of phase %s and paid %s to user %s',
        coalesce(tickets.collector_id::text, 'none'),
        owed.amount,
        coalesce(owed.first_transfer::text, 'none'),
        coalesce(transfers.reason, 'missing'),
        coalesce(transfers.phase_id::text, 'none'),
        coalesce(paid.amount, 0),
        coalesce(paid.first_user::text, 'none')
    ) as detail
from owed
left join tickets
    on tickets.phase_id = owed.phase_id
    and tickets.sequence = owed.sequence
left join transfers
    on transfers.id = owed.first_transfer
    and (:since::bigint = 0 or transfers.id > :since)
left join paid on paid.transfer_id = owed.first_transfer
where owed.wrong_count > 0
    or (
        owed.amount <> 0
        and (
            owed.first_transfer = owed.last_transfer
            and transfers.reason = 'payout'
            and transfers.phase_id = owed.phase_id
            and paid.amount = owed.amount
            and paid.first_user = tickets.collector_id
            and paid.last_user = tickets.collector_id
            and paid.bonus_count = 0
        ) is not true
    )
order by owed.phase_id, owed.sequence, owed.revision
limit :few;

-- name: commissions(few, phases)
-- A collector has earned what was frozen on the tickets that stand, once the phase is settled.
with due as (
    select tickets.phase_id, tickets.collector_id, sum(tickets.commission) as amount
    from tickets
    join phases on phases.id = tickets.phase_id
    where phases.state = 'settled'
        and tickets.voided_at is null
        and (:phases::integer[] is null or tickets.phase_id = any(:phases))
    group by tickets.phase_id, tickets.collector_id
    having sum(tickets.commission) <> 0
)

select
    format(
        'commission of user %s in phase %s',
        coalesce(due.collector_id, paid.collector_id), coalesce(due.phase_id, paid.phase_id)
    ) as row,
    format(
        '%s is recorded, the tickets earned %s',
        coalesce(paid.amount::text, 'nothing'), coalesce(due.amount::text, 'nothing')
    ) as detail
from due
full join (
    select
        commissions.phase_id,
        commissions.collector_id,
        sum(commissions.amount) as amount,
        count(*) as row_count
    from commissions
    where (:phases::integer[] is null or commissions.phase_id = any(:phases))
    group by commissions.phase_id, commissions.collector_id
) as paid
    on paid.phase_id = due.phase_id
    and paid.collector_id = due.collector_id
where paid.amount is distinct from due.amount
    or paid.row_count <> 1
order by coalesce(due.phase_id, paid.phase_id), coalesce(due.collector_id, paid.collector_id)
limit :few;

-- name: commission_transfers(few, since)
-- A commission reached the collector's cash.
with received as (
    select
        entries.transfer_id,
        sum(entries.amount) as amount,
        min(accounts.user_id) as user_id,
        count(*) filter (where accounts.kind <> 'cash') as elsewhere_count
    from entries
    join accounts on accounts.id = entries.account_id
    join transfers on transfers.id = entries.transfer_id
    where transfers.reason = 'commission'
        and accounts.user_id is not null
        and (:since::bigint = 0 or entries.transfer_id > :since)
        and (:since::bigint = 0 or transfers.id > :since)
    group by entries.transfer_id
)

select
    format('commission of user %s in phase %s', commissions.collector_id, commissions.phase_id)
        as row,
    format(
        '%s by transfer %s, which is %s of phase %s and paid %s to user %s%s',
        commissions.amount,
        commissions.transfer_id,
        coalesce(transfers.reason, 'missing'),
        coalesce(transfers.phase_id::text, 'none'),
        coalesce(received.amount, 0),
        coalesce(received.user_id::text, 'none'),
        case when received.elsewhere_count > 0 then ', not into cash alone' end
    ) as detail
from commissions
left join transfers
    on transfers.id = commissions.transfer_id
    and (:since::bigint = 0 or transfers.id > :since)
left join received on received.transfer_id = commissions.transfer_id
where (:since::bigint = 0 or commissions.transfer_id > :since)
    and (
        transfers.reason = 'commission'
        and transfers.phase_id = commissions.phase_id
        and received.amount = commissions.amount
        and received.user_id = commissions.collector_id
        and received.elsewhere_count = 0
    ) is not true
order by commissions.phase_id, commissions.collector_id
limit :few;

-- name: unclaimed_payments(few, since)
-- Every payment of the house is owed to one ticket, or is one collector's commission.
select
    format('transfer %s (%s)', transfers.id, transfers.reason) as row,
    format('it pays %s tickets and commissions', coalesce(claims.claim_count, 0)) as detail
from transfers
left join (
    select claimed.transfer_id, claimed.reason, count(*) as claim_count
    from (
        select distinct payouts.transfer_id, 'payout' as reason, payouts.phase_id, payouts.sequence
        from payouts
        where (:since::bigint = 0 or payouts.transfer_id > :since)
        union all
        select
            commissions.transfer_id,
            'commission',
            commissions.phase_id,
            commissions.collector_id
        from commissions
        where (:since::bigint = 0 or commissions.transfer_id > :since)
    ) as claimed
    group by claimed.transfer_id, claimed.reason
) as claims
    on claims.transfer_id = transfers.id
    and claims.reason = transfers.reason
where transfers.reason in ('payout', 'commission')
    and (:since::bigint = 0 or transfers.id > :since)
    and claims.claim_count is distinct from 1
order by transfers.id
limit :few;
