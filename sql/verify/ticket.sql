-- name: stray_tickets(few)
-- A ticket belongs to a phase and to people, all of whom are known.
select
    format('ticket %s of phase %s', tickets.sequence, tickets.phase_id) as row,
    format(
        'unknown: %s',
        concat_ws(
            ', ',
            case when phases.id is null then 'the phase' end,
            case when collectors.id is null then 'collector ' || tickets.collector_id end,
            case when partners.id is null then 'partner ' || tickets.partner_id end,
            case when voiders.id is null then 'user ' || tickets.voided_by || ', who voided it' end
        )
    ) as detail
from tickets
left join phases on phases.id = tickets.phase_id
left join users as collectors on collectors.id = tickets.collector_id
left join users as partners on partners.id = tickets.partner_id
left join users as voiders on voiders.id = tickets.voided_by
where phases.id is null
    or collectors.id is null
    or (partners.id is null and tickets.partner_id is not null)
    or (voiders.id is null and tickets.voided_by is not null)
order by tickets.phase_id, tickets.sequence
limit :few;

-- name: ticket_keys(few)
-- A ticket was asked for once, under a key that its collector can have sent, and what was asked is
-- known by its digest. The index that keeps keys apart may be damaged too.
with shared as (
    select tickets.collector_id, tickets.key, count(*) as ticket_count
    from tickets
    group by tickets.collector_id, tickets.key
    having count(*) > 1
)

select
    format('ticket %s of phase %s', tickets.sequence, tickets.phase_id) as row,
    format(
        'key %s of user %s is on %s tickets; its fingerprint has %s bytes',
        coalesce(quote_literal(left(tickets.key, 80)), 'missing'),
        tickets.collector_id,
        coalesce(shared.ticket_count, 1),
        coalesce(length(tickets.fingerprint), 0)
    ) as detail
from tickets
left join shared
    on shared.collector_id = tickets.collector_id
    and shared.key = tickets.key
where shared.ticket_count is not null
    or (
        length(tickets.key) between 1 and 255
        and tickets.key !~ '[^!-~]'
        and length(tickets.fingerprint) = 32
    ) is not true
order by tickets.phase_id, tickets.sequence
limit :few;

-- name: ticket_sequences(few)
-- Tickets are numbered without a gap; a gap is a ticket that was taken away.
select
    format('ticket %s of phase %s', numbered.sequence, numbered.phase_id) as row,
    format('it comes after ticket %s', numbered.previous) as detail
from (
    select
        tickets.phase_id,
        tickets.sequence,
        lag(tickets.sequence, 1, 0) over (
            partition by tickets.phase_id
            order by tickets.sequence
        ) as previous
    from tickets
) as numbered
where numbered.sequence is distinct from numbered.previous + 1
order by numbered.phase_id, numbered.sequence
limit :few;

-- name: ticket_times(few)
-- A ticket was placed while its phase took slips.
select
    format('ticket %s of phase %s', tickets.sequence, tickets.phase_id) as row,
    format(
        'placed at %s; the phase opened at %s, was to close at %s, was closed at %s, void at %s',
        tickets.placed_at,
        coalesce(phases.opened_at::text, 'no time'),
        coalesce(phases.closes_at::text, 'no time'),
        coalesce(phases.closed_at::text, 'no time'),
        coalesce(phases.voided_at::text, 'no time')
    ) as detail
from tickets
left join phases on phases.id = tickets.phase_id
where (
    tickets.placed_at >= phases.opened_at
    and tickets.placed_at < coalesce(phases.closes_at, 'infinity')
    and tickets.placed_at < coalesce(phases.closed_at, 'infinity')
    and tickets.placed_at < coalesce(phases.voided_at, 'infinity')
) is not true
order by tickets.phase_id, tickets.sequence
limit :few;

-- name: stakes(few)
-- A ticket was paid for in full, from its collector's own purses.
select
    format('ticket %s of phase %s', tickets.sequence, tickets.phase_id) as row,
    format(
        'collector %s, total %s; transfer %s is %s of user %s, phase %s, and moved %s on purses%s',
        tickets.collector_id,
        tickets.total,
        tickets.transfer_id,
        coalesce(transfers.reason, 'missing'),
        coalesce(transfers.actor_id::text, 'none'),
        coalesce(transfers.phase_id::text, 'none'),
        coalesce(drawn.amount, 0),
        case
            when drawn.first_user <> tickets.collector_id
                or drawn.last_user <> tickets.collector_id
                then ' of someone else'
        end
    ) as detail
from tickets
left join transfers on transfers.id = tickets.transfer_id
left join (
    select
        entries.transfer_id,
        sum(entries.amount) as amount,
        min(accounts.user_id) as first_user,
        max(accounts.user_id) as last_user
    from entries
    join accounts on accounts.id = entries.account_id
    where accounts.user_id is not null
    group by entries.transfer_id
) as drawn on drawn.transfer_id = tickets.transfer_id
where (
    transfers.reason = 'stake'
    and transfers.phase_id = tickets.phase_id
    and transfers.actor_id = tickets.collector_id
    and drawn.amount = - tickets.total
    and drawn.first_user = tickets.collector_id
    and drawn.last_user = tickets.collector_id
) is not true
order by tickets.phase_id, tickets.sequence
limit :few;

-- name: stake_transfers(few)
-- No stake is drawn for nothing, or for two tickets.
select
    format('transfer %s (stake)', transfers.id) as row,
    format('it pays for %s tickets', count(tickets.transfer_id)) as detail
from transfers
left join tickets on tickets.transfer_id = transfers.id
where transfers.reason = 'stake'
group by transfers.id
having count(tickets.transfer_id) <> 1
order by transfers.id
limit :few;

-- name: told_balances(few)
-- The balance that a collector was told after a ticket is the one that its entries left.
with left_over as (
    select
        entries.transfer_id,
        accounts.user_id,
        sum(sum(entries.amount)) over (
            partition by accounts.user_id
            order by entries.transfer_id
        ) as balance
    from entries
    join accounts on accounts.id = entries.account_id
    where accounts.user_id is not null
    group by entries.transfer_id, accounts.user_id
)

select
    format('ticket %s of phase %s', tickets.sequence, tickets.phase_id) as row,
    format('balance_after is %s, the entries left %s', tickets.balance_after, left_over.balance)
        as detail
from tickets
join left_over
    on left_over.transfer_id = tickets.transfer_id
    and left_over.user_id = tickets.collector_id
where tickets.balance_after is distinct from left_over.balance
order by tickets.phase_id, tickets.sequence
limit :few;

-- name: read_commissions()
-- The tickets whose commission is not the nearest cent by less than half of one: the rules say which
-- way a half goes.
select
    tickets.phase_id,
    tickets.sequence,
    tickets.total,
    tickets.commission_rate,
    tickets.commission
from tickets
where (
    abs(tickets.commission * 100 - tickets.total * tickets.commission_rate) < 0.5
) is not true
order by tickets.phase_id, tickets.sequence;

-- name: read_tickets()
-- What the recomputation of every ticket's leaf needs.
select
    tickets.phase_id,
    tickets.sequence,
    tickets.id,
    tickets.collector_id,
    tickets.placed_at,
    tickets.numbers,
    tickets.cents,
    tickets.factors,
    tickets.total,
    tickets.leaf
from tickets
order by tickets.phase_id, tickets.sequence;
