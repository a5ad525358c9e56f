-- name: read_earnings(phases)
-- What each draw made of each partner's tickets, beside what is recorded; `paid_before` is what earlier
-- draws of the phase have paid.
select
    coalesce(counted.phase_id, earnings.phase_id) as phase_id,
    coalesce(counted.revision, earnings.revision) as revision,
    coalesce(counted.partner_id, earnings.partner_id) as partner_id,
    counted.collector_count as expected_collector_count,
    counted.ticket_count as expected_ticket_count,
    counted.stakes as expected_stakes,
    counted.payouts as expected_payouts,
    counted.is_last,
    earnings.collector_count,
    earnings.ticket_count,
    earnings.stakes,
    earnings.payouts,
    earnings.profit,
    earnings.share_percentage,
    earnings.shared_stakes,
    earnings.shared_payouts,
    earnings.shared_profit,
    earnings.commission_rate,
    earnings.earned,
    earnings.amount,
    earnings.status,
    (
        select coalesce(sum(before.amount), 0)
        from earnings as before
        where before.phase_id = earnings.phase_id
            and before.partner_id = earnings.partner_id
            and before.revision < earnings.revision
            and before.status = 'paid'
    ) as paid_before
from (
    select
        draws.phase_id,
        draws.revision,
        draws.revision = settlements.revision as is_last,
        brought.partner_id,
        brought.collector_count,
        brought.ticket_count,
        brought.stakes,
        coalesce(won.amount, 0) as payouts
    from draws
    join settlements on settlements.phase_id = draws.phase_id
    join (
        select
            tickets.phase_id,
            tickets.partner_id,
            count(distinct tickets.collector_id) as collector_count,
            count(*) as ticket_count,
            sum(tickets.total) as stakes
        from tickets
        where tickets.partner_id is not null
            and tickets.voided_at is null
            and (:phases::integer[] is null or tickets.phase_id = any(:phases))
        group by tickets.phase_id, tickets.partner_id
    ) as brought on brought.phase_id = draws.phase_id
    left join (
        select
            payouts.phase_id,
            payouts.revision,
            tickets.partner_id,
            sum(payouts.amount) as amount
        from payouts
        join tickets
            on tickets.phase_id = payouts.phase_id
            and tickets.sequence = payouts.sequence
        where tickets.partner_id is not null
            and (:phases::integer[] is null or payouts.phase_id = any(:phases))
        group by payouts.phase_id, payouts.revision, tickets.partner_id
    ) as won
        on won.phase_id = draws.phase_id
        and won.revision = draws.revision
        and won.partner_id = brought.partner_id
    where draws.partner_earnings is not null
        and (:phases::integer[] is null or draws.phase_id = any(:phases))
) as counted
full join (
    select *
    from earnings
    where (:phases::integer[] is null or earnings.phase_id = any(:phases))
) as earnings
    on earnings.phase_id = counted.phase_id
    and earnings.revision = counted.revision
    and earnings.partner_id = counted.partner_id
order by 1, 2, 3;

-- name: earning_sums(few, phases)
-- A draw says what all partners have earned by it.
select
    format('draw %s of phase %s', draws.revision, draws.phase_id) as row,
    format(
        'it says that partners earned %s; their rows come to %s',
        draws.partner_earnings, coalesce(sum(earnings.earned), 0)
    ) as detail
from draws
left join earnings
    on earnings.phase_id = draws.phase_id
    and earnings.revision = draws.revision
where draws.partner_earnings is not null
    and (:phases::integer[] is null or draws.phase_id = any(:phases))
group by draws.phase_id, draws.revision, draws.partner_earnings
having draws.partner_earnings <> coalesce(sum(earnings.earned), 0)
order by draws.phase_id, draws.revision
limit :few;

-- name: earning_transfers(few)
-- What was paid of earnings reached the partner's cash, once, and nothing else is paid for that reason.
select
    format('transfer %s (earning)', coalesce(paid.transfer_id, made.id)) as row,
    format(
        'earnings of user %s that name it come to %s; it brought %s to user %s',
        coalesce(paid.partner_id::text, 'none'),
        coalesce(paid.amount, 0),
        coalesce(made.amount, 0),
        coalesce(made.user_id::text, 'none')
    ) as detail
from (
    select
        earnings.transfer_id,
        min(earnings.partner_id) as partner_id,
        max(earnings.partner_id) as last_partner,
        sum(earnings.amount) as amount
    from earnings
    where earnings.transfer_id is not null
    group by earnings.transfer_id
) as paid
full join (
    select
        transfers.id,
        min(accounts.user_id) as user_id,
        sum(entries.amount) as amount
    from transfers
    left join entries
        on entries.transfer_id = transfers.id
        and entries.sequence is not null
    left join accounts on accounts.id = entries.account_id
    where transfers.reason = 'earning'
    group by transfers.id
) as made on made.id = paid.transfer_id
where (
    made.amount = paid.amount
    and made.user_id = paid.partner_id
    and paid.last_partner = paid.partner_id
) is not true
order by coalesce(paid.transfer_id, made.id)
limit :few;

-- name: partner_totals(few)
-- What a partner has earned and was paid is the sum over the draws that count, and over what was paid.
select
    format('totals of user %s', coalesce(partner_totals.partner_id, summed.partner_id)) as row,
    format(
        'earned %s, paid %s; the earnings come to %s and %s',
        coalesce(partner_totals.earned::text, 'nothing'),
        coalesce(partner_totals.paid::text, 'nothing'),
        coalesce(summed.earned, 0),
        coalesce(summed.paid, 0)
    ) as detail
from partner_totals
full join (
    select
        earnings.partner_id,
        sum(earnings.earned) filter (where earnings.revision = settlements.revision) as earned,
        sum(earnings.amount) filter (where earnings.status = 'paid') as paid
    from earnings
    left join settlements on settlements.phase_id = earnings.phase_id
    group by earnings.partner_id
) as summed on summed.partner_id = partner_totals.partner_id
where (
    partner_totals.earned = coalesce(summed.earned, 0)
    and partner_totals.paid = coalesce(summed.paid, 0)
) is not true
order by coalesce(partner_totals.partner_id, summed.partner_id)
limit :few;
