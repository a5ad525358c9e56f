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

-- name: note_mended(user_id, account_id, transfer_id, balance, entries, balance_after, reason)!
-- The purse beside its entries before and after a correction: without it nothing would tell one from
-- money that was made.
select note_event(
    'mended',
    format('user %s, account %s', :user_id::integer, :account_id::integer),
    jsonb_build_object('balance', :balance::numeric, 'entries', :entries::numeric),
    jsonb_build_object(
        'balance', :balance_after::numeric,
        'entries', :balance_after::numeric,
        'transfer_id', :transfer_id::bigint,
        'reason', :reason::text
    )
);
