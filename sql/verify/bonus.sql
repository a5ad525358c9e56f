-- name: bonuses(few)
-- A bonus was granted by a transfer of its amount, and every grant has its terms. It ends by stakes
-- that worked it off, by its time, or by reversals of all of it.
select
    format('bonus %s', coalesce(granted.transfer_id, bonuses.transfer_id)) as row,
    format(
        '%s of user %s, %s with %s of %s worked off; granted were %s to user %s, %s undone',
        coalesce(bonuses.amount::text, 'nothing'),
        coalesce(bonuses.user_id::text, 'none'),
        coalesce(bonuses.state, 'missing'),
        bonuses.worked_off,
        bonuses.requirement,
        coalesce(granted.amount::text, 'nothing'),
        coalesce(granted.user_id::text, 'none'),
        coalesce(granted.undone, 0)
    ) as detail
from bonuses
full join (
    select desk_transfers.*
    from desk_transfers
    join transfers on transfers.id = desk_transfers.transfer_id
    where transfers.reason = 'bonus'
) as granted on granted.transfer_id = bonuses.transfer_id
where (
    bonuses.amount = granted.amount
    and bonuses.user_id = granted.user_id
    and (bonuses.worked_off >= bonuses.requirement) = (bonuses.state = 'converted')
    and (granted.undone = granted.amount) = (bonuses.state = 'reversed')
    and (bonuses.state <> 'expired' or bonuses.expires_at <= bonuses.ended_at)
) is not true
order by coalesce(granted.transfer_id, bonuses.transfer_id)
limit :few;

-- name: worked_off(few, after)
-- What has worked a bonus off are the stakes of the phases that were settled while it was under way: as
-- sql/bonus.sql counts them. A settlement looks at bonuses a moment before it is stamped: the one that
-- turns a bonus into cash is the first that is stamped after the end, and the first stamped after the
-- time of a bonus may still have seen it under way, where its phase was closed by then.
with staked as (
    select bonuses.transfer_id, taken.phase_id, taken.stakes
    from bonuses
    cross join lateral (
        select tickets.phase_id, sum(tickets.total) as stakes
        from tickets
        where tickets.collector_id = bonuses.user_id
            and tickets.transfer_id > bonuses.transfer_id
            and tickets.voided_at is null
            and tickets.phase_id = any(array(
                select phases.id
                from phases
                where phases.state = 'settled'
                    and phases.settled_at > bonuses.granted_at
                    -- None that was settled a day after the end has begun to be settled before it.
                    and phases.settled_at < coalesce(bonuses.ended_at + interval '1 day', 'infinity')
            ))
        group by tickets.phase_id
    ) as taken
    where (:after::timestamptz is null or bonuses.state = 'active' or bonuses.ended_at > :after)
),

placed as (
    select
        staked.transfer_id,
        staked.stakes,
        bounds.is_within,
        phases.settled_at < coalesce(bonuses.ended_at, 'infinity')
            and phases.closed_at < bonuses.expires_at as is_near,
        row_number() over (
            partition by staked.transfer_id, bounds.is_within
            order by phases.settled_at
        ) as place
    from staked
    join bonuses on bonuses.transfer_id = staked.transfer_id
    join phases on phases.id = staked.phase_id
    cross join lateral (
        select
            phases.settled_at < coalesce(least(bonuses.ended_at, bonuses.expires_at), 'infinity')
                as is_within
    ) as bounds
),

counted as (
    select
        placed.transfer_id,
        sum(placed.stakes) filter (where placed.is_within) as stakes,
        sum(placed.stakes) filter (where not placed.is_within and placed.place = 1) as next_stakes,
        bool_or(placed.is_near) filter (where not placed.is_within and placed.place = 1) as is_near
    from placed
    group by placed.transfer_id
)

select
    format('bonus %s', bonuses.transfer_id) as row,
    format(
        'it is %s with %s of %s worked off; staked were %s while it was under way, and %s in the phase'
        ' settled next',
        bonuses.state,
        bonuses.worked_off,
        bonuses.requirement,
        coalesce(counted.stakes, 0),
        coalesce(counted.next_stakes, 0)
    ) as detail
from bonuses
left join counted on counted.transfer_id = bonuses.transfer_id
where (:after::timestamptz is null or bonuses.state = 'active' or bonuses.ended_at > :after)
    and case
        when bonuses.state = 'converted' then bonuses.worked_off
                = coalesce(counted.stakes, 0) + coalesce(counted.next_stakes, 0)
            and coalesce(counted.stakes, 0) < bonuses.requirement
        else bonuses.worked_off = coalesce(counted.stakes, 0)
            or (
                counted.is_near
                and bonuses.worked_off = coalesce(counted.stakes, 0) + counted.next_stakes
            )
    end is not true
order by bonuses.transfer_id
limit :few;

-- name: bonus_reversals(few, since)
-- A bonus is undone while it is under way: out of its purse first, and only what was staked of it out of
-- cash.
select
    format('transfer %s (reversal)', undoing.transfer_id) as row,
    format(
        'it undoes %s of bonus %s of user %s, which is %s since %s; at %s it moved %s on the bonus purse,'
        ' which left %s, and %s on others',
        undoing.amount,
        bonuses.transfer_id,
        bonuses.user_id,
        bonuses.state,
        coalesce(bonuses.ended_at, bonuses.granted_at),
        coalesce(moved.created_at::text, 'no time'),
        coalesce(moved.from_bonus, 0),
        coalesce(moved.bonus_after::text, 'nothing said'),
        coalesce(moved.elsewhere, 0)
    ) as detail
from desk_transfers as undoing
join bonuses on bonuses.transfer_id = undoing.reverses_id
left join (
    select
        desk_transfers.transfer_id,
        min(transfers.created_at) as created_at,
        sum(entries.amount) filter (where accounts.kind = 'bonus') as from_bonus,
        max(entries.balance_after) filter (where accounts.kind = 'bonus') as bonus_after,
        sum(entries.amount) filter (where accounts.kind <> 'bonus') as elsewhere,
        count(*) filter (where entries.amount > 0 or accounts.kind = 'credit') as wrong_count
    from desk_transfers
    join transfers on transfers.id = desk_transfers.transfer_id
    join entries on entries.transfer_id = desk_transfers.transfer_id
    join accounts on accounts.id = entries.account_id
    where desk_transfers.reverses_id is not null
        and accounts.user_id is not null
        and (:since::bigint = 0 or desk_transfers.transfer_id > :since)
        and (:since::bigint = 0 or transfers.id > :since)
        and (:since::bigint = 0 or entries.transfer_id > :since)
    group by desk_transfers.transfer_id
) as moved on moved.transfer_id = undoing.transfer_id
where (:since::bigint = 0 or undoing.transfer_id > :since)
    and (
        undoing.user_id = bonuses.user_id
        and moved.created_at > bonuses.granted_at
        and moved.created_at < coalesce(bonuses.ended_at, 'infinity')
        and moved.wrong_count = 0
        and coalesce(moved.from_bonus, 0) + coalesce(moved.elsewhere, 0) = - undoing.amount
        and (
            moved.from_bonus is null
            or - moved.from_bonus = least(undoing.amount, moved.bonus_after - moved.from_bonus)
        )
    ) is not true
order by undoing.transfer_id
limit :few;
