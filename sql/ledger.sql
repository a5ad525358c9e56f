-- name: lock_accounts(user_ids)
-- Every purse of the users, in the one order in which accounts are ever locked.
select
    accounts.id,
    accounts.user_id,
    accounts.kind,
    accounts.balance,
    accounts.floor,
    accounts.credit_limit,
    accounts.credit_approved,
    accounts.last_sequence
from accounts
where accounts.user_id = any(:user_ids::integer[])
order by accounts.id
for no key update;

-- name: lock_free_accounts(user_ids)
-- The same without waiting: what somebody else holds is left out.
select
    accounts.id,
    accounts.user_id,
    accounts.kind,
    accounts.balance,
    accounts.floor,
    accounts.credit_limit,
    accounts.credit_approved,
    accounts.last_sequence
from accounts
where accounts.user_id = any(:user_ids::integer[])
order by accounts.id
for no key update skip locked;

-- name: read_accounts(user_ids)
-- The same without a lock, for pages and answers after commit.
select
    accounts.id,
    accounts.user_id,
    accounts.kind,
    accounts.balance,
    accounts.floor,
    accounts.credit_limit,
    accounts.credit_approved,
    accounts.last_sequence
from accounts
where accounts.user_id = any(:user_ids::integer[])
order by accounts.id;

-- name: open_purses(user_id)!
-- A person's three purses, made together with the person.
insert into accounts (user_id, kind, balance, floor, credit_limit, credit_approved)
values
    (:user_id, 'cash', 0, 0, null, null),
    (:user_id, 'bonus', 0, 0, null, null),
    (:user_id, 'credit', 0, 0, 0, false);

-- name: write_journal(reasons, actor_ids, phase_ids, notes, house_ids, totals, places, account_ids, amounts, balances_after, sequences, changed_ids, balances, last_sequences)$
-- Transfers, their entries and the accounts after them, set-wise; gives the transfers' numbers in
-- order. An entry of a purse names its transfer by its place among them, counted from 1; the house
-- account of a transfer has the other side of its total. The table refuses a balance below its floor;
-- the floor of a debt follows the balance up, until it is where it was without the debt.
with numbered as materialized (
    select array(
        select nextval('transfers_id_seq')
        from generate_series(1, cardinality(:reasons::text[]))
    ) as ids
),
transferred as (
    insert into transfers (id, reason, actor_id, phase_id, note)
    overriding system value
    select
        numbered.ids[transfer.place],
        transfer.reason,
        transfer.actor_id,
        transfer.phase_id,
        transfer.note
    from numbered
    cross join unnest(
        :reasons::text[],
        :actor_ids::integer[],
        :phase_ids::integer[],
        :notes::text[]
    ) with ordinality as transfer (reason, actor_id, phase_id, note, place)
),
entered as (
    insert into entries (transfer_id, account_id, amount, balance_after, sequence)
    select
        numbered.ids[entry.place],
        entry.account_id,
        entry.amount,
        entry.balance_after,
        entry.sequence
    from numbered
    cross join unnest(
        :places::text::integer[],
        :account_ids::text::integer[],
        :amounts::text::numeric[],
        :balances_after::text::numeric[],
        :sequences::text::bigint[]
    ) as entry (place, account_id, amount, balance_after, sequence)
    union all
    select
        numbered.ids[transfer.place],
        transfer.house_id,
        - transfer.total,
        null,
        null
    from numbered
    cross join unnest(:house_ids::text::integer[], :totals::text::numeric[])
        with ordinality as transfer (house_id, total, place)
),
changed as (
    update accounts
    set
        balance = changed.balance,
        floor = least(
            - case when accounts.credit_approved then accounts.credit_limit else 0 end,
            greatest(accounts.floor, changed.balance)
        ),
        last_sequence = changed.last_sequence
    from unnest(
        :changed_ids::text::integer[],
        :balances::text::numeric[],
        :last_sequences::text::bigint[]
    ) as changed (id, balance, last_sequence)
    where accounts.id = changed.id
)
select numbered.ids
from numbered;

-- name: entries_of(transfer_ids)
-- What the user side of some transfers was, to be given back.
select
    entries.transfer_id,
    entries.account_id,
    entries.amount,
    accounts.user_id
from entries
join accounts on accounts.id = entries.account_id
where entries.transfer_id = any(:transfer_ids::bigint[])
    and accounts.user_id is not null
order by entries.transfer_id, entries.account_id;

-- name: lower_floor(account_id, floor)!
-- A debt is forced on a purse: its floor goes down to what the balance will be.
update accounts
set floor = :floor
where accounts.id = :account_id
    and accounts.floor > :floor;

-- name: approve_credit(user_id, credit_limit)!
-- The credit that a person may draw; its floor is minus the limit, or what is drawn where that is
-- more.
update accounts
set
    credit_limit = :credit_limit,
    credit_approved = :credit_limit::numeric > 0,
    floor = least(- :credit_limit::numeric, accounts.balance)
where accounts.user_id = :user_id
    and accounts.kind = 'credit';

-- name: record_drift(account_id, house_id, amount, actor_id, note)$
-- Gives a purse the entry that it has no other reason for and leaves its balance as it is; the number
-- of the transfer.
with transferred as (
    insert into transfers (reason, actor_id, note)
    values ('correction', :actor_id, :note)
    returning id
),

counted as (
    update accounts
    set last_sequence = accounts.last_sequence + 1
    where accounts.id = :account_id
    returning accounts.id, accounts.balance, accounts.last_sequence
),

entered as (
    insert into entries (transfer_id, account_id, amount, balance_after, sequence)
    select
        transferred.id,
        side.account_id,
        side.amount,
        side.balance_after,
        side.sequence
    from transferred
    cross join counted
    cross join lateral (
        values
            (counted.id, :amount::numeric, counted.balance, counted.last_sequence),
            (:house_id::integer, - :amount::numeric, null, null)
    ) as side (account_id, amount, balance_after, sequence)
)

select transferred.id
from transferred;
