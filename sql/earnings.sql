-- name: read_earnings(partner_id, phase_id, month, before, count)
-- What draws made of partners' tickets, every draw of a phase beside the one that counts: of one
-- partner, one phase or one month, or a page of them, the newest phases first.
select
    earnings.phase_id,
    phases.name as phase,
    earnings.revision,
    draws.number,
    draws.month,
    draws.entered_at as drawn_at,
    earnings.partner_id,
    users.username as partner,
    earnings.collector_count,
    earnings.ticket_count,
    earnings.share_percentage,
    earnings.commission_rate,
    earnings.stakes,
    earnings.payouts,
    earnings.profit,
    earnings.shared_stakes,
    earnings.shared_payouts,
    earnings.shared_profit,
    earnings.earned,
    earnings.amount,
    earnings.status,
    earnings.transfer_id,
    earnings.paid_at
from (
    select counting.phase_id, counting.partner_id
    from earnings as counting
    join settlements
        on settlements.phase_id = counting.phase_id
        and settlements.revision = counting.revision
    join draws as last
        on last.phase_id = counting.phase_id
        and last.revision = counting.revision
    where (:partner_id::integer is null or counting.partner_id = :partner_id)
        and (:phase_id::integer is null or counting.phase_id = :phase_id)
        and (:month::date is null or last.month = :month)
        and (:before::integer is null or counting.phase_id < :before)
    order by counting.phase_id desc, counting.partner_id
    limit :count
) as chosen
join earnings
    on earnings.phase_id = chosen.phase_id
    and earnings.partner_id = chosen.partner_id
join draws
    on draws.phase_id = earnings.phase_id
    and draws.revision = earnings.revision
join phases on phases.id = earnings.phase_id
join users on users.id = earnings.partner_id
order by earnings.phase_id desc, earnings.partner_id, earnings.revision desc;

-- name: read_paid(transfer_id)
-- Which phases a transfer of the desk paid for.
select
    earnings.phase_id,
    phases.name as phase,
    earnings.revision,
    earnings.amount
from earnings
join phases on phases.id = earnings.phase_id
where earnings.transfer_id = :transfer_id
order by earnings.phase_id, earnings.revision;

-- name: read_totals(partner_id)^
-- What a partner has earned and was paid.
select
    users.id as partner_id,
    users.username,
    users.share_percentage,
    users.commission_rate,
    users.disabled_at is not null as disabled,
    (select count(*) from users as brought where brought.partner_id = users.id) as collector_count,
    coalesce(partner_totals.earned, 0) as earned,
    coalesce(partner_totals.paid, 0) as paid,
    coalesce(partner_totals.pending, 0) as pending
from users
left join partner_totals on partner_totals.partner_id = users.id
where users.id = :partner_id
    and users.role = 'partner';

-- name: list_totals(after, count)
-- The partners of the house in the order they came, with what they have earned and were paid.
select
    users.id as partner_id,
    users.username,
    users.share_percentage,
    users.commission_rate,
    users.disabled_at is not null as disabled,
    (select count(*) from users as brought where brought.partner_id = users.id) as collector_count,
    coalesce(partner_totals.earned, 0) as earned,
    coalesce(partner_totals.paid, 0) as paid,
    coalesce(partner_totals.pending, 0) as pending
from users
left join partner_totals on partner_totals.partner_id = users.id
where users.role = 'partner'
    and users.id > :after
order by users.id
limit :count;

-- name: list_months(partner_id, count)
-- The months in which a partner's collectors took part in a draw, the newest first.
select
    draws.month,
    count(*) as phase_count,
    sum(earnings.earned) as earned
from earnings
join settlements
    on settlements.phase_id = earnings.phase_id
    and settlements.revision = earnings.revision
join draws
    on draws.phase_id = earnings.phase_id
    and draws.revision = earnings.revision
where earnings.partner_id = :partner_id
group by draws.month
order by draws.month desc
limit :count;

-- name: read_collectors(phase_id, revision, partner_id)
-- What a draw made of a partner's tickets, collector by collector, in the order they came.
select
    users.id as collector_id,
    users.username,
    count(*) as ticket_count,
    sum(tickets.total) as stakes,
    sum(coalesce(won.amount, 0)) as payouts
from tickets
join users on users.id = tickets.collector_id
left join (
    select payouts.sequence, sum(payouts.amount) as amount
    from payouts
    where payouts.phase_id = :phase_id
        and payouts.revision = :revision
    group by payouts.sequence
) as won on won.sequence = tickets.sequence
where tickets.phase_id = :phase_id
    and tickets.partner_id = :partner_id
    and tickets.voided_at is null
group by users.id, users.username
order by users.id;

-- name: note_statement(partner_id, period, form)!
-- Who took whose statement out of the house.
select note_event(
    'exported',
    'user ' || :partner_id::integer,
    null,
    jsonb_build_object('statement', :period::text, 'form', :form::text)
);
