-- name: balances(few, since)
-- A purse that holds more or less than its entries brought is money from nowhere.
select
    format('account %s (%s)', accounts.id, accounts.kind) as row,
    format(
        'the balance is %s, its entries come to %s',
        accounts.balance, coalesce(checkpoints.total, 0) + coalesce(summed.amount, 0)
    ) as detail
from accounts
left join checkpoints
    on checkpoints.account_id = accounts.id
    and checkpoints.up_to = :since
left join (
    select entries.account_id, sum(entries.amount) as amount
    from entries
    where (:since::bigint = 0 or entries.transfer_id > :since)
    group by entries.account_id
) as summed on summed.account_id = accounts.id
where accounts.kind in ('cash', 'bonus', 'credit')
    and accounts.balance
        is distinct from coalesce(checkpoints.total, 0) + coalesce(summed.amount, 0)
order by accounts.id
limit :few;

-- name: entry_sequences(few, since)
-- A gap in a purse's numbering is an entry that was taken away.
select
    format('account %s (%s)', accounts.id, accounts.kind) as row,
    format(
        'last_sequence is %s; there are %s entries, numbered %s to %s, after number %s',
        accounts.last_sequence,
        coalesce(counted.entry_count, 0),
        coalesce(counted.first, 0),
        coalesce(counted.last, 0),
        coalesce(checkpoints.sequence, 0)
    ) as detail
from accounts
left join checkpoints
    on checkpoints.account_id = accounts.id
    and checkpoints.up_to = :since
left join (
    select
        entries.account_id,
        count(*) as entry_count,
        count(distinct entries.sequence) as sequence_count,
        min(entries.sequence) as first,
        max(entries.sequence) as last
    from entries
    where (:since::bigint = 0 or entries.transfer_id > :since)
    group by entries.account_id
) as counted on counted.account_id = accounts.id
where accounts.kind in ('cash', 'bonus', 'credit')
    and (
        accounts.last_sequence
            = coalesce(checkpoints.sequence, 0) + coalesce(counted.entry_count, 0)
        and coalesce(counted.entry_count, 0) = coalesce(counted.sequence_count, 0)
        and accounts.last_sequence = coalesce(counted.last, checkpoints.sequence, 0)
        and coalesce(counted.first - 1, checkpoints.sequence, 0)
            = coalesce(checkpoints.sequence, 0)
    ) is not true
order by accounts.id
limit :few;

-- name: balance_chain(few, since)
-- Each entry tells the balance that it left; the first that does not follow is where a change was made.
-- A correction that takes up all that went astray before it has mended that (books/mending).
with chained as (
    select
        entries.transfer_id,
        entries.account_id,
        entries.sequence,
        entries.amount,
        entries.balance_after,
        lag(entries.balance_after, 1, coalesce(checkpoints.total, 0)) over (
            partition by entries.account_id
            order by entries.sequence
        ) as balance_before
    from entries
    join accounts on accounts.id = entries.account_id
    left join checkpoints
        on checkpoints.account_id = entries.account_id
        and checkpoints.up_to = :since
    where accounts.kind in ('cash', 'bonus', 'credit')
        and (:since::bigint = 0 or entries.transfer_id > :since)
),

broken as materialized (
    select
        chained.*,
        chained.balance_after - chained.balance_before - chained.amount as step,
        sum(chained.balance_after - chained.balance_before - chained.amount) over (
            partition by chained.account_id
            order by chained.sequence
        ) as drift,
        (
            select transfers.reason = 'correction'
            from transfers
            where transfers.id = chained.transfer_id
        ) as is_correction
    from chained
    where chained.balance_after is distinct from chained.balance_before + chained.amount
)

select
    format('entry %s of account %s', broken.sequence, broken.account_id) as row,
    format(
        'transfer %s: balance_after is %s, the balance before was %s and the amount is %s',
        broken.transfer_id, broken.balance_after, broken.balance_before, broken.amount
    ) as detail
from broken
left join (
    select broken.account_id, max(broken.sequence) as sequence
    from broken
    where broken.is_correction
        and broken.drift = 0
    group by broken.account_id
) as mended on mended.account_id = broken.account_id
where (broken.step is not null and broken.sequence <= mended.sequence) is not true
order by broken.account_id, broken.sequence
limit :few;

-- name: house_accounts(few)
-- The other side of every transfer: known by number in the code, and the sum of its entries alone.
select
    format('account %s (%s)', expected.id, expected.kind) as row,
    case
        when accounts.id is null then 'there is no such house account'
        else 'a house account has no owner, no balance and no sequence of its own'
    end as detail
from (
    values (1, 'stakes'), (2, 'payouts'), (3, 'commission'), (4, 'desk'), (5, 'bonuses'),
        (6, 'corrections'), (7, 'partners')
) as expected (id, kind)
left join accounts
    on accounts.id = expected.id
    and accounts.kind = expected.kind
where accounts.id is null
    or num_nonnulls(accounts.user_id, accounts.balance, accounts.floor) > 0
    or accounts.last_sequence <> 0
order by expected.id
limit :few;

-- name: transfers(few, since)
-- Money moves from one side to the other: one house account, one person's purses, nothing lost.
select
    format('transfer %s (%s)', transfers.id, transfers.reason) as row,
    format(
        'its entries sum to %s: %s on a house account, %s on purses%s',
        coalesce(written.amount, 0),
        coalesce(written.house_count, 0),
        coalesce(written.purse_count, 0),
        case when written.first_user <> written.last_user then ' of several people' end
    ) as detail
from transfers
left join (
    select
        entries.transfer_id,
        sum(entries.amount) as amount,
        count(*) filter (where accounts.user_id is null) as house_count,
        count(*) filter (where accounts.user_id is not null) as purse_count,
        min(accounts.user_id) as first_user,
        max(accounts.user_id) as last_user
    from entries
    left join accounts on accounts.id = entries.account_id
    where (:since::bigint = 0 or entries.transfer_id > :since)
    group by entries.transfer_id
) as written on written.transfer_id = transfers.id
where (:since::bigint = 0 or transfers.id > :since)
    and (
        written.amount = 0
        and written.house_count = 1
        and written.first_user = written.last_user
    ) is not true
order by transfers.id
limit :few;

-- name: transfer_kinds(few, since)
-- The reason says which house account stands on the other side, and which way the money goes.
select
    format('transfer %s (%s)', transfers.id, transfers.reason) as row,
    format(
        'an entry of %s on account %s (%s), phase %s: not what this reason means',
        entries.amount, accounts.id, accounts.kind, coalesce(transfers.phase_id::text, 'none')
    ) as detail
from transfers
join entries on entries.transfer_id = transfers.id
join accounts on accounts.id = entries.account_id
left join (
    values
        ('stake', 'stakes', -1, true),
        ('void', 'stakes', 1, true),
        ('payout', 'payouts', 1, true),
        ('commission', 'commission', 1, true),
        ('resettlement', 'payouts', -1, true),
        ('earning', 'partners', 1, false),
        ('deposit', 'desk', 1, false),
        ('withdrawal', 'desk', -1, false),
        ('advance', 'desk', -1, false),
        ('repayment', 'desk', 1, false),
        ('bonus', 'bonuses', 1, false),
        ('expiry', 'bonuses', -1, false),
        ('conversion', 'bonuses', null, true),
        ('correction', 'corrections', null, false),
        ('reversal', null, null, false)
) as expected (reason, house, direction, in_phase) on expected.reason = transfers.reason
left join (
    values
        ('deposit', 'cash'), ('withdrawal', 'cash'), ('commission', 'cash'), ('earning', 'cash'),
        ('advance', 'credit'), ('repayment', 'credit'),
        ('bonus', 'bonus'), ('expiry', 'bonus')
) as one_purse (reason, kind) on one_purse.reason = transfers.reason
where (:since::bigint = 0 or transfers.id > :since)
    and (:since::bigint = 0 or entries.transfer_id > :since)
    and (
        expected.reason is null
        or (transfers.phase_id is not null) <> expected.in_phase
        or case
            when accounts.user_id is null then coalesce(accounts.kind <> expected.house, false)
            when transfers.reason = 'conversion'
                then (accounts.kind, sign(entries.amount)) not in (('bonus', -1), ('cash', 1))
            else coalesce(
                sign(entries.amount) <> expected.direction or accounts.kind <> one_purse.kind, false
            )
        end
    )
order by transfers.id, entries.account_id
limit :few;

-- name: stray_transfers(few, since)
-- Somebody who is known moved the money, and in a phase that there is.
select
    format('transfer %s (%s)', transfers.id, transfers.reason) as row,
    format(
        'it is of user %s%s, phase %s%s',
        coalesce(transfers.actor_id::text, 'none'),
        case when users.id is null then ', whom nobody knows' end,
        coalesce(transfers.phase_id::text, 'none'),
        case when phases.id is null and transfers.phase_id is not null then ', which there is not' end
    ) as detail
from transfers
left join users on users.id = transfers.actor_id
left join phases on phases.id = transfers.phase_id
where (:since::bigint = 0 or transfers.id > :since)
    and (
        users.id is null
        or (phases.id is null and transfers.phase_id is not null)
    )
order by transfers.id
limit :few;

-- name: stray_entries(few, since)
-- An entry belongs to a transfer and an account; only a purse's entry is numbered and tells a balance.
select
    format('entry of transfer %s on account %s', entries.transfer_id, entries.account_id) as row,
    case
        when transfers.id is null then 'there is no such transfer'
        when accounts.id is null then 'there is no such account'
        else format(
            'balance_after is %s, sequence is %s, on an account of kind %s',
            coalesce(entries.balance_after::text, 'null'),
            coalesce(entries.sequence::text, 'null'),
            accounts.kind
        )
    end as detail
from entries
left join transfers
    on transfers.id = entries.transfer_id
    and (:since::bigint = 0 or transfers.id > :since)
left join accounts on accounts.id = entries.account_id
where (:since::bigint = 0 or entries.transfer_id > :since)
    and (
        transfers.id is null
        or accounts.id is null
        or (entries.balance_after is null) <> (accounts.user_id is null)
        or (entries.sequence is null) <> (accounts.user_id is null)
    )
order by entries.transfer_id, entries.account_id
limit :few;

-- name: all_money(few, since)
-- No money is made and none is lost.
select
    'all entries' as row,
    format('they sum to %s, not to zero', summed.amount) as detail
from (
    select coalesce(sum(moved.amount), 0) as amount
    from (
        select entries.amount
        from entries
        where (:since::bigint = 0 or entries.transfer_id > :since)
        union all
        select checkpoints.total
        from checkpoints
        where checkpoints.up_to = :since
    ) as moved
) as summed
where summed.amount <> 0
limit :few;
