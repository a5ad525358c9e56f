-- A correction is known by what the trail says of it; those from before are noted now.
-- depends: 0008_conversions_by_phase

-- migrate: apply

-- One that undoes the one right before it has moved the balance, any other has left it.
select note_event(
    'mended',
    format('user %s, account %s', made.user_id, made.account_id),
    jsonb_build_object(
        'balance', made.balance_after - case when made.is_move then made.amount else 0 end,
        'entries', made.balance_after - made.amount
    ),
    jsonb_build_object(
        'balance', made.balance_after,
        'entries', made.balance_after,
        'transfer_id', made.id,
        'reason', made.note
    )
)
from (
    select
        transfers.id,
        transfers.note,
        accounts.user_id,
        entries.account_id,
        entries.amount,
        entries.balance_after,
        coalesce(
            (
                select before.amount = - entries.amount and undone.reason = 'correction'
                from entries as before
                join transfers as undone on undone.id = before.transfer_id
                where before.account_id = entries.account_id
                    and before.sequence = entries.sequence - 1
            ),
            false
        ) as is_move
    from transfers
    join entries on entries.transfer_id = transfers.id
    join accounts on accounts.id = entries.account_id
    where transfers.reason = 'correction'
        and accounts.user_id is not null
) as made
where not exists (
    select 1
    from audit
    where audit.subject = format('user %s, account %s', made.user_id, made.account_id)
        and audit.action = 'mended'
        and audit.after ->> 'transfer_id' = made.id::text
)
order by made.id, made.account_id;

-- migrate: rollback

-- What the trail says stays.
select true;
