-- name: read_drift(account_ids)
-- Purses beside the sums of their entries.
select
    accounts.id,
    accounts.user_id,
    accounts.kind,
    accounts.balance,
    coalesce(summed.amount, 0) as entries
from accounts
left join lateral (
    select sum(entries.amount) as amount
    from entries
    where entries.account_id = accounts.id
        and entries.sequence is not null
) as summed on true
where accounts.id = any(:account_ids::integer[])
    and accounts.user_id is not null
order by accounts.id;
