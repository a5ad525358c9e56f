-- name: ticket_totals(few)
-- A ticket is worth what its bets come to.
select
    format('ticket %s of phase %s', tickets.sequence, tickets.phase_id) as row,
    format(
        'the total is %s for %s bets; the bets come to %s, there are %s',
        tickets.total, tickets.bet_count, coalesce(held.total, 0), coalesce(held.bet_count, 0)
    ) as detail
from tickets
left join (
    select
        bets.phase_id,
        bets.sequence,
        sum(bets.amount) as total,
        count(*) as bet_count
    from bets
    group by bets.phase_id, bets.sequence
) as held
    on held.phase_id = tickets.phase_id
    and held.sequence = tickets.sequence
where tickets.total is distinct from coalesce(held.total, 0)
    or tickets.bet_count is distinct from coalesce(held.bet_count, 0)
order by tickets.phase_id, tickets.sequence
limit :few;

-- name: stray_bets(few)
-- No foreign key guards a bet, so that no slip pays for it; this does.
select
    format(
        'bet on %s of ticket %s of phase %s',
        lpad(bets.number::text, 3, '0'), bets.sequence, bets.phase_id
    ) as row,
    'there is no such ticket' as detail
from bets
left join tickets
    on tickets.phase_id = bets.phase_id
    and tickets.sequence = bets.sequence
where tickets.sequence is null
order by bets.phase_id, bets.sequence, bets.number
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
-- What the recomputation of every ticket's commission needs.
select
    tickets.phase_id,
    tickets.sequence,
    tickets.total,
    tickets.commission_rate,
    tickets.commission
from tickets
order by tickets.phase_id, tickets.sequence;

-- name: read_tickets()
-- What the recomputation of every ticket's leaf needs, with its bets in number order.
select
    tickets.phase_id,
    tickets.sequence,
    tickets.id,
    tickets.collector_id,
    tickets.placed_at,
    tickets.total,
    tickets.leaf,
    coalesce(held.numbers, '{}') as numbers,
    coalesce(held.amounts, '{}') as amounts,
    coalesce(held.factors, '{}') as factors
from tickets
left join (
    select
        bets.phase_id,
        bets.sequence,
        array_agg(bets.number order by bets.number) as numbers,
        array_agg(bets.amount order by bets.number) as amounts,
        array_agg(bets.factor order by bets.number) as factors
    from bets
    group by bets.phase_id, bets.sequence
) as held
    on held.phase_id = tickets.phase_id
    and held.sequence = tickets.sequence
order by tickets.phase_id, tickets.sequence;
