-- name: bonus_ends(few, since, after)
-- A bonus that turned into cash or expired took out of the purse what was left of it there, at most what
-- reversals had left of the grant, and by one transfer; what turned into cash came back as cash in the
-- same phase. Nothing else is taken or given for these reasons.
with made as materialized (
    select
        transfers.reason,
        transfers.phase_id,
        accounts.user_id,
        min(transfers.id) as first_id,
        max(transfers.id) filter (where accounts.kind = 'bonus') as taking_id,
        coalesce(sum(entries.amount) filter (where accounts.kind = 'cash'), 0) as paid,
        count(*) as entry_count
    from transfers
    join entries on entries.transfer_id = transfers.id
    join accounts on accounts.id = entries.account_id
    where transfers.reason in ('conversion', 'expiry')
        and accounts.user_id is not null
        and (:since::bigint = 0 or transfers.id > :since)
        and (:since::bigint = 0 or entries.transfer_id > :since)
    group by
        transfers.reason,
        transfers.phase_id,
        accounts.user_id,
        case when transfers.reason = 'expiry' then transfers.id end
),

-- Each with the last entry of the purse before its end, looked for from the next bonus back.
ended as materialized (
    select
        bonuses.transfer_id,
        bonuses.user_id,
        bonuses.state,
        case bonuses.state when 'converted' then 'conversion' else 'expiry' end as expected,
        granted.amount - granted.undone as amount,
        last.account_id,
        last.sequence,
        last.transfer_id as last_id,
        last.reason,
        last.phase_id,
        - last.amount as taken,
        last.balance_after
    from (
        select
            bonuses.*,
            lead(bonuses.transfer_id) over (
                partition by bonuses.user_id
                order by bonuses.transfer_id
            ) as next_id
        from bonuses
    ) as bonuses
    left join desk_transfers as granted on granted.transfer_id = bonuses.transfer_id
    left join accounts as purses
        on purses.user_id = bonuses.user_id
        and purses.kind = 'bonus'
    left join lateral (
        select entries.*, moved.reason, moved.phase_id
        from entries
        cross join lateral (
            select transfers.reason, transfers.phase_id, transfers.created_at
            from transfers
            where transfers.id = entries.transfer_id
            offset 0
        ) as moved
        where entries.account_id = purses.id
            and entries.sequence is not null
            and entries.sequence < coalesce(
                (
                    select following.sequence
                    from entries as following
                    where following.transfer_id = bonuses.next_id
                        and following.account_id = purses.id
                ),
                9223372036854775807
            )
            and moved.created_at < bonuses.ended_at
        order by entries.sequence desc
        limit 1
    ) as last on true
    where bonuses.state in ('converted', 'expired')
        and (
            :after::timestamptz is null
            or bonuses.ended_at > :after
            or bonuses.user_id = any(array(select made.user_id from made))
        )
)

select
    format('bonus %s', ended.transfer_id) as row,
    format(
        'it is %s, with %s left of it; the last transfer of the purse before that is %s (%s), which took'
        ' %s and left %s',
        ended.state,
        ended.amount,
        coalesce(ended.last_id::text, 'none'),
        coalesce(ended.reason, 'missing'),
        ended.taken,
        ended.balance_after
    ) as detail
from ended
where case
        when ended.reason = ended.expected
            then ended.taken = least(ended.amount, ended.balance_after + ended.taken)
        else ended.balance_after <= 0
    end is not true
    -- Where a balance went astray a correction has taken that up since (books/mending).
    and not coalesce(
        (
            select bool_or((
                select transfers.reason = 'correction'
                from transfers
                where transfers.id = later.transfer_id
            ))
            from entries as later
            where later.account_id = ended.account_id
                and later.sequence > ended.sequence
        ),
        false
    )
union all
select
    format('transfer %s (%s)', coalesce(made.taking_id, made.first_id), made.reason),
    format(
        'user %s was paid %s in %s entries, phase %s; %s',
        made.user_id,
        made.paid,
        made.entry_count,
        coalesce(made.phase_id::text, 'none'),
        coalesce(
            format('bonus %s is %s and gave %s', ended.transfer_id, ended.state, ended.taken),
            'no bonus ended with it'
        )
    )
from made
left join ended
    on ended.user_id = made.user_id
    and ended.reason = made.reason
    and ended.reason = ended.expected
    and ended.phase_id is not distinct from made.phase_id
    -- The two transfers of a conversion may lie on both sides of a checkpoint.
    and (ended.last_id = made.taking_id or (made.taking_id is null and ended.last_id <= :since))
where (
    ended.transfer_id is not null
    and case made.reason
        when 'conversion' then made.paid = ended.taken
            and made.entry_count = case when made.taking_id is null then 1 else 2 end
        else made.entry_count = 1
    end
) is not true
limit :few;
