-- name: stray_tickets(few, since)
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
from (
    select *
    from tickets
    where (:since::bigint = 0 or tickets.transfer_id > :since)
    offset 0
) as tickets
left join phases on phases.id = tickets.phase_id
left join users as collectors on collectors.id = tickets.collector_id
left join users as partners on partners.id = tickets.partner_id
left join users as voiders on voiders.id = tickets.voided_by
where (
    phases.id is null
    or collectors.id is null
    or (partners.id is null and tickets.partner_id is not null)
    or (voiders.id is null and tickets.voided_by is not null)
)
order by tickets.phase_id, tickets.sequence
limit :few;

-- name: ticket_keys(few, since)
-- A ticket was asked for once, under a key that its collector can have sent, and what was asked is
-- known by its digest. The index that keeps keys apart may be damaged too.
with shared as (
    select tickets.collector_id, tickets.key, count(*) as ticket_count
    from tickets
    where (:since::bigint = 0 or tickets.transfer_id > :since)
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
where (:since::bigint = 0 or tickets.transfer_id > :since)
    and (
        shared.ticket_count is null
        and length(tickets.key) between 1 and 255
        and tickets.key !~ '[^!-~]'
        and length(tickets.fingerprint) = 32
    ) is not true
order by tickets.phase_id, tickets.sequence
limit :few;

-- name: ticket_sequences(few, since)
-- Tickets are numbered without a gap; a gap is a ticket that was taken away.
select
    format('ticket %s of phase %s', numbered.sequence, numbered.phase_id) as row,
    format('it comes after ticket %s', numbered.previous) as detail
from (
    select
        tickets.phase_id,
        tickets.sequence,
        lag(
            tickets.sequence,
            1,
            case
                when :since::bigint = 0 then 0
                else coalesce((
                    select max(before.sequence)
                    from tickets as before
                    where before.phase_id = tickets.phase_id
                        and before.sequence < tickets.sequence
                ), 0)
            end
        ) over (
            partition by tickets.phase_id
            order by tickets.sequence
        ) as previous
    from tickets
    where (:since::bigint = 0 or tickets.transfer_id > :since)
) as numbered
where numbered.sequence is distinct from numbered.previous + 1
order by numbered.phase_id, numbered.sequence
limit :few;

-- name: ticket_times(few, since)
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
from (
    select *
    from tickets
    where (:since::bigint = 0 or tickets.transfer_id > :since)
    offset 0
) as tickets
left join phases on phases.id = tickets.phase_id
where (
    tickets.placed_at >= phases.opened_at
    and tickets.placed_at < coalesce(phases.closes_at, 'infinity')
    and tickets.placed_at < coalesce(phases.closed_at, 'infinity')
    and tickets.placed_at < coalesce(phases.voided_at, 'infinity')
) is not true
order by tickets.phase_id, tickets.sequence
limit :few;

-- name: stakes(few, since)
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
left join transfers
    on transfers.id = tickets.transfer_id
    and (:since::bigint = 0 or transfers.id > :since)
left join (
    select
        summed.transfer_id,
        summed.amount,
        least(first.user_id, last.user_id) as first_user,
        greatest(first.user_id, last.user_id) as last_user
    from (
        select
            entries.transfer_id,
            sum(entries.amount) as amount,
            min(entries.account_id) as first_account,
            max(entries.account_id) as last_account
        from entries
        where entries.sequence is not null
            and (:since::bigint = 0 or entries.transfer_id > :since)
        group by entries.transfer_id
    ) as summed
    left join accounts as first on first.id = summed.first_account
    left join accounts as last on last.id = summed.last_account
) as drawn on drawn.transfer_id = tickets.transfer_id
where (:since::bigint = 0 or tickets.transfer_id > :since)
    and (
        transfers.reason = 'stake'
        and transfers.phase_id = tickets.phase_id
        and transfers.actor_id = tickets.collector_id
        and drawn.amount = - tickets.total
        and drawn.first_user = tickets.collector_id
        and drawn.last_user = tickets.collector_id
    ) is not true
order by tickets.phase_id, tickets.sequence
limit :few;

-- name: stake_transfers(few, since)
-- No stake is drawn for nothing, or for two tickets.
select
    format('transfer %s (stake)', transfers.id) as row,
    format('it pays for %s tickets', count(tickets.transfer_id)) as detail
from transfers
left join tickets
    on tickets.transfer_id = transfers.id
    and (:since::bigint = 0 or tickets.transfer_id > :since)
where transfers.reason = 'stake'
    and (:since::bigint = 0 or transfers.id > :since)
group by transfers.id
having count(tickets.transfer_id) <> 1
order by transfers.id
limit :few;

-- name: told_balances(few, since)
-- The balance that a collector was told after a ticket is the one that its entries left; or, where a
-- balance went astray, at least the one that the entries told too.
with started as (
    select accounts.user_id, sum(checkpoints.total) as total
    from checkpoints
    join accounts on accounts.id = checkpoints.account_id
    where checkpoints.up_to = :since
    group by accounts.user_id
),

left_over as (
    select
        entries.transfer_id,
        accounts.user_id,
        sum(entries.amount) over (
            partition by accounts.user_id
            order by entries.transfer_id
        ) as balance
    from entries
    join accounts on accounts.id = entries.account_id
    where accounts.user_id is not null
        and (:since::bigint = 0 or entries.transfer_id > :since)
),

wrong as materialized (
    select
        tickets.phase_id,
        tickets.sequence,
        tickets.collector_id,
        tickets.transfer_id,
        tickets.balance_after,
        left_over.balance + coalesce(started.total, 0) as balance
    from tickets
    join left_over
        on left_over.transfer_id = tickets.transfer_id
        and left_over.user_id = tickets.collector_id
    left join started on started.user_id = tickets.collector_id
    where (:since::bigint = 0 or tickets.transfer_id > :since)
        and tickets.balance_after
            is distinct from left_over.balance + coalesce(started.total, 0)
),

steps as (
    select
        entries.transfer_id,
        accounts.user_id,
        entries.balance_after - lag(
            entries.balance_after, 1, coalesce(checkpoints.total, 0)
        ) over (
            partition by entries.account_id
            order by entries.sequence
        ) as step
    from entries
    join accounts on accounts.id = entries.account_id
    left join checkpoints
        on checkpoints.account_id = entries.account_id
        and checkpoints.up_to = :since
    where accounts.user_id = any(array(select wrong.collector_id from wrong))
        and (:since::bigint = 0 or entries.transfer_id > :since)
),

told as (
    select
        steps.transfer_id,
        steps.user_id,
        sum(steps.step) over (
            partition by steps.user_id
            order by steps.transfer_id
        ) as balance
    from steps
)

select
    format('ticket %s of phase %s', wrong.sequence, wrong.phase_id) as row,
    format('balance_after is %s, the entries left %s', wrong.balance_after, wrong.balance)
        as detail
from wrong
left join told
    on told.transfer_id = wrong.transfer_id
    and told.user_id = wrong.collector_id
left join started on started.user_id = wrong.collector_id
where (wrong.balance_after = told.balance + coalesce(started.total, 0)) is not true
group by wrong.phase_id, wrong.sequence, wrong.balance_after, wrong.balance
order by wrong.phase_id, wrong.sequence
limit :few;

-- name: read_commissions(since)
-- The tickets whose commission is not the nearest cent by less than half of one: the rules say which
-- way a half goes.
select
    tickets.phase_id,
    tickets.sequence,
    tickets.total,
    tickets.commission_rate,
    tickets.commission
from tickets
where (:since::bigint = 0 or tickets.transfer_id > :since)
    and (
        abs(tickets.commission * 100 - tickets.total * tickets.commission_rate) < 0.5
    ) is not true
order by tickets.phase_id, tickets.sequence;

-- name: read_last_transfer()$
-- The last of the transfers that tickets were paid by.
select coalesce(max(tickets.transfer_id), 0)
from tickets;

-- name: read_tickets(after, end, most)
-- What the recomputation of the leaves of the next tickets needs.
select
    tickets.transfer_id,
    tickets.phase_id,
    tickets.sequence,
    tickets.id::text as id,
    tickets.collector_id,
    tickets.placed_at,
    tickets.numbers,
    tickets.cents,
    tickets.factors,
    (tickets.total * 100)::bigint as total_cents,
    tickets.leaf
from tickets
where tickets.transfer_id > :after
    and tickets.transfer_id <= :end
order by tickets.transfer_id
limit :most;
