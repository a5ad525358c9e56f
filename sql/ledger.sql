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

-- name: reserve_transfers(count)
-- Transfer numbers drawn ahead, so that entries can be written in one statement.
select nextval(pg_get_serial_sequence('transfers', 'id')) as id
from generate_series(1, :count::integer);

-- name: insert_transfers(ids, reasons, actor_ids, phase_ids, notes)!
-- Transfers, set-wise.
insert into transfers (id, reason, actor_id, phase_id, note)
overriding system value
select *
from unnest(
    :ids::bigint[],
    :reasons::text[],
    :actor_ids::integer[],
    :phase_ids::integer[],
    :notes::text[]
);

-- name: insert_entries(transfer_ids, account_ids, amounts, balances_after, sequences)!
-- Entries, set-wise: all entries of a transfer in one statement, as the sum check demands.
insert into entries (transfer_id, account_id, amount, balance_after, sequence)
select *
from unnest(
    :transfer_ids::bigint[],
    :account_ids::integer[],
    :amounts::numeric[],
    :balances_after::numeric[],
    :sequences::bigint[]
);

-- name: update_balances(ids, balances, sequences)!
-- The accounts after the entries; the table refuses a balance below its floor.
update accounts
set
    balance = changed.balance,
    last_sequence = changed.sequence
from unnest(
    :ids::integer[],
    :balances::numeric[],
    :sequences::bigint[]
) as changed (id, balance, sequence)
where accounts.id = changed.id;

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

-- name: approve_credit(user_id, credit_limit)!
-- The credit that a person may draw; its floor is minus the limit.
update accounts
set
    credit_limit = :credit_limit,
    credit_approved = :credit_limit::numeric > 0,
    floor = - :credit_limit::numeric
where accounts.user_id = :user_id
    and accounts.kind = 'credit';
