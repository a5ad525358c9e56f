-- name: read_taken(phase_id)
-- What each collector's standing tickets came to.
select
    summed.collector_id,
    users.username,
    summed.ticket_count,
    summed.bet_count,
    summed.total_in,
    summed.commission
from (
    select
        tickets.collector_id,
        count(*) as ticket_count,
        sum(tickets.bet_count) as bet_count,
        sum(tickets.total) as total_in,
        sum(tickets.commission) as commission
    from tickets
    where tickets.phase_id = :phase_id
        and tickets.voided_at is null
    group by tickets.collector_id
) as summed
join users on users.id = summed.collector_id
order by summed.collector_id;

-- name: read_brought(phase_id)
-- What the standing tickets of each partner's collectors came to, the partner as kept on the ticket;
-- and the terms: those of the first draw of which earnings are known, where there is one.
select
    summed.partner_id,
    users.username,
    summed.collector_count,
    summed.ticket_count,
    summed.stakes,
    coalesce(first.share_percentage, users.share_percentage) as share_percentage,
    coalesce(first.commission_rate, users.commission_rate) as commission_rate
from (
    select
        tickets.partner_id,
        count(distinct tickets.collector_id) as collector_count,
        count(*) as ticket_count,
        sum(tickets.total) as stakes
    from tickets
    where tickets.phase_id = :phase_id
        and tickets.partner_id is not null
        and tickets.voided_at is null
    group by tickets.partner_id
) as summed
join users on users.id = summed.partner_id
left join lateral (
    select earnings.share_percentage, earnings.commission_rate
    from earnings
    where earnings.phase_id = :phase_id
        and earnings.partner_id = summed.partner_id
    order by earnings.revision
    limit 1
) as first on true
order by summed.partner_id;

-- name: open_totals(partner_ids)!
-- A row a partner, there before it is locked.
insert into partner_totals (partner_id)
select partner.id
from unnest(:partner_ids::integer[]) as partner (id)
order by partner.id
on conflict (partner_id) do nothing;

-- name: hold_totals(partner_ids)!
-- Partners' totals, held until commit, in the one order.
select partner_totals.partner_id
from partner_totals
where partner_totals.partner_id = any(:partner_ids::integer[])
order by partner_totals.partner_id
for no key update;

-- name: replace_earnings(phase_id)!
-- What an earlier draw left to be paid waits for nothing any more.
update earnings
set status = 'replaced'
where phase_id = :phase_id
    and status = 'pending';

-- name: insert_earnings(phase_id, revision, partner_ids, collector_counts, ticket_counts, share_percentages, commission_rates, stakes, payouts, profit, shared_stakes, shared_payouts, shared_profit, earned)!
-- One row a partner; what was paid for earlier draws of the phase counts against it.
insert into earnings (
    phase_id, revision, partner_id, collector_count, ticket_count, share_percentage,
    commission_rate, stakes, payouts, profit, shared_stakes, shared_payouts, shared_profit, earned,
    amount, status
)
select
    :phase_id,
    :revision,
    made.partner_id,
    made.collector_count,
    made.ticket_count,
    made.share_percentage,
    made.commission_rate,
    made.stakes,
    made.payouts,
    made.profit,
    made.shared_stakes,
    made.shared_payouts,
    made.shared_profit,
    made.earned,
    made.earned - coalesce(before.paid, 0),
    case when made.earned = coalesce(before.paid, 0) then 'nothing' else 'pending' end
from unnest(
    :partner_ids::integer[],
    :collector_counts::integer[],
    :ticket_counts::integer[],
    :share_percentages::numeric[],
    :commission_rates::numeric[],
    :stakes::numeric[],
    :payouts::numeric[],
    :profit::numeric[],
    :shared_stakes::numeric[],
    :shared_payouts::numeric[],
    :shared_profit::numeric[],
    :earned::numeric[]
) as made (
    partner_id, collector_count, ticket_count, share_percentage, commission_rate, stakes, payouts,
    profit, shared_stakes, shared_payouts, shared_profit, earned
)
left join (
    select earnings.partner_id, sum(earnings.amount) as paid
    from earnings
    where earnings.phase_id = :phase_id
        and earnings.status = 'paid'
    group by earnings.partner_id
) as before on before.partner_id = made.partner_id;

-- name: count_earned(phase_id, revision)!
-- The partners' totals, by what this draw makes of the one before it.
update partner_totals
set earned = partner_totals.earned + changed.amount
from (
    select earnings.partner_id, earnings.earned - coalesce(before.earned, 0) as amount
    from earnings
    left join earnings as before
        on before.phase_id = earnings.phase_id
        and before.revision = earnings.revision - 1
        and before.partner_id = earnings.partner_id
    where earnings.phase_id = :phase_id
        and earnings.revision = :revision
) as changed
where partner_totals.partner_id = changed.partner_id;

-- name: sum_waiting(partner_id)$
-- What waits to be paid to a partner; ask when the totals are held.
select coalesce(sum(earnings.amount), 0)::numeric(20, 2)
from earnings
where earnings.partner_id = :partner_id
    and earnings.status = 'pending';

-- name: mark_paid(partner_id, transfer_id)!
-- All that waited, paid at once.
update earnings
set
    status = 'paid',
    transfer_id = :transfer_id,
    paid_at = clock_timestamp()
where partner_id = :partner_id
    and status = 'pending';

-- name: count_paid(partner_id, amount)!
-- The partner's totals after it.
update partner_totals
set paid = paid + :amount
where partner_id = :partner_id;
