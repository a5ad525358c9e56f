-- name: read_sums(phase_id, collector_id)^
-- What one collector's tickets in a phase came to; winnings are those of the draw that counts, and not
-- known before one, unless the phase is void.
select
    summed.*,
    coalesce(won.winning_count, 0) as winning_count,
    case
        when phases.state in ('settled', 'void') then coalesce(won.total_out, 0)
    end as total_out,
    settlements.number,
    settlements.revision
from phases
left join settlements on settlements.phase_id = phases.id
cross join (
    select
        count(*) filter (where tickets.voided_at is null) as ticket_count,
        count(*) filter (where tickets.voided_at is not null) as void_count,
        coalesce(sum(tickets.bet_count) filter (where tickets.voided_at is null), 0) as bet_count,
        coalesce(sum(tickets.total) filter (where tickets.voided_at is null), 0) as total_in,
        coalesce(sum(tickets.total) filter (where tickets.voided_at is not null), 0) as returned,
        coalesce(sum(tickets.commission) filter (where tickets.voided_at is null), 0) as commission
    from tickets
    where tickets.phase_id = :phase_id
        and tickets.collector_id = :collector_id
) as summed
left join lateral (
    select count(*) as winning_count, sum(payouts.amount) as total_out
    from tickets
    join payouts
        on payouts.phase_id = tickets.phase_id
        and payouts.revision = settlements.revision
        and payouts.sequence = tickets.sequence
    where tickets.phase_id = :phase_id
        and tickets.collector_id = :collector_id
) as won on true
where phases.id = :phase_id;

-- name: list_rates(phase_id, collector_id)
-- The rates that stand on the tickets, and what each came to: they may have changed under way.
select
    tickets.commission_rate as rate,
    sum(tickets.total) as total_in,
    sum(tickets.commission) as commission
from tickets
where tickets.phase_id = :phase_id
    and tickets.collector_id = :collector_id
    and tickets.voided_at is null
group by tickets.commission_rate
order by tickets.commission_rate;

-- name: list_movements(phase_id, collector_id)
-- What the phase did to each purse, found by the transfers that its rows name. A bonus that was worked
-- off left its purse by one transfer and reached cash by another of the same amount.
with own as materialized (
    select tickets.sequence, tickets.transfer_id, tickets.void_transfer_id
    from tickets
    where tickets.phase_id = :phase_id
        and tickets.collector_id = :collector_id
),

named as (
    select
        case when own.void_transfer_id is null then 'stakes' else 'void stakes' end as what,
        own.transfer_id
    from own
    union all
    select 'given back', own.void_transfer_id
    from own
    where own.void_transfer_id is not null
    union all
    select distinct
        case
            when payouts.revision = settlements.revision then 'winnings'
            else 'earlier winnings'
        end,
        payouts.transfer_id
    from settlements
    join draws on draws.phase_id = settlements.phase_id
    join payouts
        on payouts.phase_id = draws.phase_id
        and payouts.revision = draws.revision
    join own on own.sequence = payouts.sequence
    where settlements.phase_id = :phase_id
        and payouts.transfer_id is not null
    union all
    select 'taken back', compensations.transfer_id
    from compensations
    where compensations.phase_id = :phase_id
        and compensations.collector_id = :collector_id
    union all
    select 'commission', commissions.transfer_id
    from commissions
    where commissions.phase_id = :phase_id
        and commissions.collector_id = :collector_id
),

converted as (
    select sum(entries.amount) as amount
    from accounts
    join entries on entries.account_id = accounts.id
    join transfers on transfers.id = entries.transfer_id
    where accounts.user_id = :collector_id
        and accounts.kind = 'bonus'
        and entries.sequence is not null
        and entries.amount < 0
        and transfers.reason = 'conversion'
        and transfers.phase_id = :phase_id
)

select
    named.what,
    coalesce(sum(entries.amount) filter (where accounts.kind = 'cash'), 0) as cash,
    coalesce(sum(entries.amount) filter (where accounts.kind = 'bonus'), 0) as bonus,
    coalesce(sum(entries.amount) filter (where accounts.kind = 'credit'), 0) as credit
from named
join entries on entries.transfer_id = named.transfer_id
join accounts on accounts.id = entries.account_id
where accounts.user_id = :collector_id
group by named.what
union all
select 'bonus worked off', - converted.amount, converted.amount, 0
from converted
where converted.amount is not null;

-- name: list_undone(phase_id, collector_id)
-- The draws that did not count in the end, and what was taken back of each; the latest first.
select
    compensations.revision,
    draws.number,
    compensations.amount,
    compensations.debt
from compensations
join draws
    on draws.phase_id = compensations.phase_id
    and draws.revision = compensations.revision
where compensations.phase_id = :phase_id
    and compensations.collector_id = :collector_id
order by compensations.revision desc;

-- name: list_slips(phase_id, collector_id, after, count)
-- Tickets as they stand on a statement, in their order, void ones too.
select
    tickets.id,
    tickets.sequence,
    tickets.placed_at,
    tickets.bet_count,
    tickets.total,
    tickets.commission_rate,
    tickets.commission,
    tickets.voided_at,
    case
        when tickets.voided_at is null and settlements.number is not null
            then coalesce(won.total_out, 0)
    end as won
from tickets
left join settlements on settlements.phase_id = tickets.phase_id
left join lateral (
    select sum(payouts.amount) as total_out
    from payouts
    where payouts.phase_id = tickets.phase_id
        and payouts.revision = settlements.revision
        and payouts.sequence = tickets.sequence
) as won on true
where tickets.phase_id = :phase_id
    and tickets.collector_id = :collector_id
    and tickets.sequence > :after
order by tickets.sequence
limit :count;

-- name: list_collectors(phase_id, sort, direction, after, skipped, count)
-- Every collector with a ticket in a phase, with the purses of now; ordered by a name or a figure, the
-- higher first where the direction is 1, else by their numbers.
select
    summed.*,
    users.username,
    figured.total_out,
    coalesce(won.winning_count, 0) as winning_count,
    held.cash,
    held.bonus,
    held.credit
from (
    select
        tickets.collector_id,
        count(*) filter (where tickets.voided_at is null) as ticket_count,
        count(*) filter (where tickets.voided_at is not null) as void_count,
        coalesce(sum(tickets.bet_count) filter (where tickets.voided_at is null), 0) as bet_count,
        coalesce(sum(tickets.total) filter (where tickets.voided_at is null), 0) as total_in,
        coalesce(sum(tickets.total) filter (where tickets.voided_at is not null), 0) as returned,
        coalesce(sum(tickets.commission) filter (where tickets.voided_at is null), 0) as commission
    from tickets
    where tickets.phase_id = :phase_id
    group by tickets.collector_id
) as summed
join users on users.id = summed.collector_id
join phases on phases.id = :phase_id
left join (
    select tickets.collector_id, count(*) as winning_count, sum(payouts.amount) as total_out
    from settlements
    join payouts
        on payouts.phase_id = settlements.phase_id
        and payouts.revision = settlements.revision
    join tickets
        on tickets.phase_id = payouts.phase_id
        and tickets.sequence = payouts.sequence
    where settlements.phase_id = :phase_id
    group by tickets.collector_id
) as won on won.collector_id = summed.collector_id
cross join lateral (
    select
        case
            when phases.state in ('settled', 'void') then coalesce(won.total_out, 0)
        end as total_out
) as figured
cross join lateral (
    select
        sum(accounts.balance) filter (where accounts.kind = 'cash') as cash,
        sum(accounts.balance) filter (where accounts.kind = 'bonus') as bonus,
        sum(accounts.balance) filter (where accounts.kind = 'credit') as credit
    from accounts
    where accounts.user_id = summed.collector_id
) as held
where summed.collector_id > :after
order by
    case
        when :sort::text = 'name' and :direction::integer = 1 then lower(users.username)
    end desc,
    case
        when :sort = 'name' and :direction = -1 then lower(users.username)
    end,
    :direction * case :sort
        when 'tickets' then summed.ticket_count
        when 'stakes' then summed.total_in
        when 'commission' then summed.commission
        when 'winnings' then figured.total_out
        when 'result' then coalesce(figured.total_out, 0) + summed.commission - summed.total_in
        when 'balance' then held.cash + held.credit + least(held.bonus, 0)
    end desc nulls last,
    summed.collector_id
limit :count
offset :skipped;

-- name: sum_phase(phase_id)^
-- What all of them came to together: to the cent the settlement row, where there is one that counts.
select
    summed.*,
    won.winning_count,
    case
        when phases.state in ('settled', 'void') then coalesce(won.total_out, 0)
    end as total_out
from phases
cross join (
    select
        count(distinct tickets.collector_id) as collector_count,
        count(*) filter (where tickets.voided_at is null) as ticket_count,
        count(*) filter (where tickets.voided_at is not null) as void_count,
        coalesce(sum(tickets.bet_count) filter (where tickets.voided_at is null), 0) as bet_count,
        coalesce(sum(tickets.total) filter (where tickets.voided_at is null), 0) as total_in,
        coalesce(sum(tickets.total) filter (where tickets.voided_at is not null), 0) as returned,
        coalesce(sum(tickets.commission) filter (where tickets.voided_at is null), 0) as commission
    from tickets
    where tickets.phase_id = :phase_id
) as summed
cross join (
    select count(*) as winning_count, sum(payouts.amount) as total_out
    from settlements
    join payouts
        on payouts.phase_id = settlements.phase_id
        and payouts.revision = settlements.revision
    where settlements.phase_id = :phase_id
) as won
where phases.id = :phase_id;

-- name: list_phases(collector_id, before, count)
-- The phases in which a collector has a ticket, the newest first.
select
    summed.*,
    phases.name,
    phases.state,
    settlements.number,
    coalesce(won.winning_count, 0) as winning_count,
    case
        when phases.state in ('settled', 'void') then coalesce(won.total_out, 0)
    end as total_out
from (
    select
        tickets.phase_id,
        count(*) filter (where tickets.voided_at is null) as ticket_count,
        count(*) filter (where tickets.voided_at is not null) as void_count,
        coalesce(sum(tickets.bet_count) filter (where tickets.voided_at is null), 0) as bet_count,
        coalesce(sum(tickets.total) filter (where tickets.voided_at is null), 0) as total_in,
        coalesce(sum(tickets.total) filter (where tickets.voided_at is not null), 0) as returned,
        coalesce(sum(tickets.commission) filter (where tickets.voided_at is null), 0) as commission
    from tickets
    where tickets.collector_id = :collector_id
        and tickets.phase_id < :before
    group by tickets.phase_id
    order by tickets.phase_id desc
    limit :count
) as summed
join phases on phases.id = summed.phase_id
left join settlements on settlements.phase_id = summed.phase_id
left join lateral (
    select count(*) as winning_count, sum(payouts.amount) as total_out
    from tickets
    join payouts
        on payouts.phase_id = tickets.phase_id
        and payouts.revision = settlements.revision
        and payouts.sequence = tickets.sequence
    where tickets.collector_id = :collector_id
        and tickets.phase_id = summed.phase_id
) as won on true
order by summed.phase_id desc;
