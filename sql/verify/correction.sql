-- name: corrections(few, since)
-- A correction is one of two (books/mending): it gives a purse the entry that it lacked and leaves the
-- balance, or right after such a one it moves the balance to what the entries came to. The trail
-- says which, with the figures of the purse before and after: nothing else tells the first from
-- money that was made, where nothing was entered between the drift and its mending.
select
    format('transfer %s (correction)', made.id) as row,
    format(
        'it entered %s on account %s and left %s; the trail says of it: %s, then %s; the entry before it'
        ' is %s of a %s and left %s',
        made.amount,
        made.account_id,
        made.balance_after,
        coalesce(noted.before::text, 'nothing'),
        coalesce(noted.after::text, 'nothing'),
        coalesce(previous.amount, 0),
        coalesce(previous.reason, 'transfer that is missing'),
        coalesce(previous.balance_after, 0)
    ) as detail
from (
    select
        transfers.id,
        transfers.note,
        accounts.user_id,
        entries.account_id,
        entries.amount,
        entries.balance_after,
        entries.sequence
    from transfers
    join entries on entries.transfer_id = transfers.id
    join accounts on accounts.id = entries.account_id
    where transfers.reason = 'correction'
        and accounts.user_id is not null
        and (:since::bigint = 0 or transfers.id > :since)
        and (:since::bigint = 0 or entries.transfer_id > :since)
) as made
left join lateral (
    select
        audit.before,
        audit.after,
        (audit.before ->> 'balance')::numeric as balance_before,
        (audit.before ->> 'entries')::numeric as entries_before,
        (audit.after ->> 'balance')::numeric as balance,
        (audit.after ->> 'entries')::numeric as entries,
        audit.after ->> 'reason' as reason
    from audit
    where audit.subject = format('user %s, account %s', made.user_id, made.account_id)
        and audit.action = 'mended'
        and audit.after ->> 'transfer_id' = made.id::text
    order by audit.id
    limit 1
) as noted on true
left join lateral (
    select
        entries.amount,
        entries.balance_after,
        (
            select transfers.reason
            from transfers
            where transfers.id = entries.transfer_id
        ) as reason
    from entries
    where entries.account_id = made.account_id
        and entries.sequence = made.sequence - 1
    limit 1
) as previous on true
where (
    noted.reason = made.note
    and noted.balance = made.balance_after
    and noted.entries = made.balance_after
    and noted.entries - noted.entries_before = made.amount
    and case
        when noted.balance = noted.balance_before then noted.entries_before <> noted.balance_before
        else noted.entries_before = noted.balance_before
            and previous.reason = 'correction'
            and previous.amount = - made.amount
            and previous.balance_after = noted.balance_before
    end
) is not true
order by made.id, made.account_id
limit :few;
