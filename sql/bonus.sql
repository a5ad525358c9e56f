-- name: hold_active(user_id)$
-- A person's bonus under way.
select bonuses.transfer_id
from bonuses
where bonuses.user_id = :user_id
    and bonuses.state = 'active'
for no key update;

-- name: read_clock()$
-- The database's clock decides what is over.
select clock_timestamp();

-- name: insert_bonus(transfer_id, user_id, amount, requirement, expires_at)!
-- The terms of a bonus.
insert into bonuses (transfer_id, user_id, amount, requirement, expires_at)
values (:transfer_id, :user_id, :amount, :requirement, :expires_at);

-- name: hold_bonus(transfer_id)$
-- The state of one bonus, held.
select bonuses.state
from bonuses
where bonuses.transfer_id = :transfer_id
for no key update;

-- name: end_bonus(transfer_id, state)!
-- A bonus is over.
update bonuses
set
    state = :state,
    ended_at = clock_timestamp()
where transfer_id = :transfer_id;

-- name: read_bonus(user_id)^
-- The bonus under way, with the stakes that will count once their phases are settled.
select
    bonuses.transfer_id,
    bonuses.amount,
    bonuses.requirement,
    bonuses.worked_off,
    (
        select coalesce(sum(tickets.total), 0)
        from tickets
        join phases on phases.id = tickets.phase_id
        where tickets.collector_id = bonuses.user_id
            and tickets.voided_at is null
            and tickets.transfer_id > bonuses.transfer_id
            and phases.state in ('open', 'closed')
    ) as pending,
    bonuses.expires_at
from bonuses
where bonuses.user_id = :user_id
    and bonuses.state = 'active';

-- name: hold_due(phase_id)!
-- The bonuses under way of all who have tickets in a phase, held.
select bonuses.transfer_id
from bonuses
where bonuses.state = 'active'
    and exists (
        select 1
        from tickets
        where tickets.phase_id = :phase_id
            and tickets.collector_id = bonuses.user_id
    )
order by bonuses.transfer_id
for no key update;

-- name: read_due(phase_id)
-- The bonuses of collectors whose standing tickets in a phase were paid for under them, by the order in
-- which the purse was held: a slip is stamped before it holds the purse. One whose time is over is worked off no more, taken back already or not.
select
    bonuses.transfer_id,
    bonuses.user_id,
    bonuses.requirement,
    bonuses.worked_off,
    staked.stakes
from bonuses
cross join lateral (
    select sum(tickets.total) as stakes
    from tickets
    where tickets.phase_id = :phase_id
        and tickets.collector_id = bonuses.user_id
        and tickets.voided_at is null
        and tickets.transfer_id > bonuses.transfer_id
) as staked
where bonuses.state = 'active'
    and (bonuses.expires_at is null or bonuses.expires_at > clock_timestamp())
    and staked.stakes > 0
order by bonuses.transfer_id;

-- name: read_left(transfer_ids)
-- What reversals have left of some bonuses. Ask when they are held: it moves under that lock.
select
    desk_transfers.transfer_id,
    desk_transfers.amount - desk_transfers.undone as amount
from desk_transfers
where desk_transfers.transfer_id = any(:transfer_ids::bigint[]);

-- name: count_worked(transfer_id, stakes)!
-- Stakes have worked off a part of it.
update bonuses
set worked_off = worked_off + :stakes
where transfer_id = :transfer_id;

-- name: hold_expired(most)
-- Bonuses whose time is over, with whoever granted them; what somebody else holds waits for the next
-- time.
select
    bonuses.transfer_id,
    bonuses.user_id,
    transfers.actor_id
from bonuses
join transfers on transfers.id = bonuses.transfer_id
where bonuses.state = 'active'
    and bonuses.expires_at <= clock_timestamp()
order by bonuses.transfer_id
limit :most
for no key update of bonuses skip locked;
