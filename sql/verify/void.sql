-- name: voids(few, since)
-- A void ticket says when, by whom and by which transfer, and that transfer says the same.
select
    format('ticket %s of phase %s', tickets.sequence, tickets.phase_id) as row,
    format(
        'void at %s by user %s; transfer %s is %s of user %s, phase %s',
        coalesce(tickets.voided_at::text, 'no time'),
        coalesce(tickets.voided_by::text, 'none'),
        coalesce(tickets.void_transfer_id::text, 'none'),
        coalesce(transfers.reason, 'missing'),
        coalesce(transfers.actor_id::text, 'none'),
        coalesce(transfers.phase_id::text, 'none')
    ) as detail
from tickets
left join transfers on transfers.id = tickets.void_transfer_id
where (:since::bigint = 0 or tickets.void_transfer_id > :since)
    and num_nonnulls(tickets.voided_at, tickets.voided_by, tickets.void_transfer_id) > 0
    and (
        tickets.voided_at is not null
        and transfers.reason = 'void'
        and transfers.actor_id = tickets.voided_by
        and transfers.phase_id = tickets.phase_id
    ) is not true
order by tickets.phase_id, tickets.sequence
limit :few;

-- name: refunds(few, since)
-- A void gives back to each purse what the stake took from it; credit that was repaid meanwhile comes
-- back as cash, and never more of it than was drawn.
with undone as (
    select tickets.phase_id, tickets.sequence, tickets.transfer_id, tickets.void_transfer_id
    from tickets
    where tickets.void_transfer_id is not null
        and (:since::bigint = 0 or tickets.void_transfer_id > :since)
),

moved as (
    select undone.phase_id, undone.sequence, entries.account_id, entries.amount
    from undone
    join entries on entries.transfer_id = undone.transfer_id
    where :since::bigint = 0
        or entries.transfer_id = any(array(select undone.transfer_id from undone))
    union all
    select undone.phase_id, undone.sequence, entries.account_id, entries.amount
    from undone
    join entries on entries.transfer_id = undone.void_transfer_id
    where (:since::bigint = 0 or entries.transfer_id > :since)
),

purses as (
    select
        moved.phase_id,
        moved.sequence,
        accounts.user_id,
        case when accounts.kind in ('cash', 'credit') then 'cash and credit' else accounts.kind end
            as named,
        accounts.kind,
        moved.amount
    from moved
    left join accounts on accounts.id = moved.account_id
)

select
    format('ticket %s of phase %s', purses.sequence, purses.phase_id) as row,
    format(
        'on %s of user %s its stake and its void leave %s, not zero (%s of it on credit)',
        coalesce(purses.named, 'no account'),
        coalesce(purses.user_id::text, 'none'),
        sum(purses.amount),
        coalesce(sum(purses.amount) filter (where purses.kind = 'credit'), 0)
    ) as detail
from purses
group by purses.phase_id, purses.sequence, purses.user_id, purses.named
having sum(purses.amount) <> 0
    or coalesce(sum(purses.amount) filter (where purses.kind = 'credit'), 0) > 0
order by purses.phase_id, purses.sequence, purses.user_id, purses.named
limit :few;

-- name: void_transfers(few, since)
-- Nothing is given back for nothing, or for two tickets at once.
select
    format('transfer %s (void)', transfers.id) as row,
    format('it undoes %s tickets', count(tickets.void_transfer_id)) as detail
from transfers
left join tickets
    on tickets.void_transfer_id = transfers.id
    and (:since::bigint = 0 or tickets.void_transfer_id > :since)
where transfers.reason = 'void'
    and (:since::bigint = 0 or transfers.id > :since)
group by transfers.id
having count(tickets.void_transfer_id) <> 1
order by transfers.id
limit :few;

-- name: void_times(few, since)
-- The draw is public before it is entered: no ticket is voided after the closing, unless the whole
-- phase is. A void let in just before `closes_at` is stamped once its locks are held, hence the 10 s.
select
    format('ticket %s of phase %s', tickets.sequence, tickets.phase_id) as row,
    format(
        'placed at %s, void at %s; the phase was to close at %s, was closed at %s, void at %s',
        tickets.placed_at,
        tickets.voided_at,
        coalesce(phases.closes_at::text, 'no time'),
        coalesce(phases.closed_at::text, 'no time'),
        coalesce(phases.voided_at::text, 'no time')
    ) as detail
from tickets
left join phases on phases.id = tickets.phase_id
where tickets.voided_at is not null
    and (:since::bigint = 0 or tickets.void_transfer_id > :since)
    and (
        tickets.voided_at >= tickets.placed_at
        and case
            when phases.state = 'void' then tickets.voided_at <= phases.voided_at
            else tickets.voided_at < coalesce(phases.closed_at, 'infinity')
                and tickets.voided_at < coalesce(phases.closes_at, 'infinity')
        end
    ) is not true
order by tickets.phase_id, tickets.sequence
limit :few;

-- name: void_phases(few, phases)
-- A phase that was called off keeps nobody's stake.
select
    format('ticket %s of phase %s', tickets.sequence, tickets.phase_id) as row,
    'the phase is void and the ticket stands' as detail
from tickets
join phases on phases.id = tickets.phase_id
where phases.state = 'void'
    and tickets.voided_at is null
    and (:phases::integer[] is null or tickets.phase_id = any(:phases))
order by tickets.phase_id, tickets.sequence
limit :few;
