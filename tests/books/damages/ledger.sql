-- balances: account 104 (cash)
-- money from nowhere
update accounts set balance = balance + 1 where id = 104;

-- balances: account 102 (bonus)
-- money in a purse without entries
update accounts set balance = 5 where id = 102;

-- balances: account 107 (cash)
-- a balance that is not a number
update accounts set balance = 'NaN' where id = 107;

-- balances: account 107 (cash)
-- an entry made larger
update entries set amount = amount - 1 where transfer_id = 6 and account_id = 107;

-- entry_sequences: account 104 (cash)
-- a sequence counted on
update accounts set last_sequence = last_sequence + 1 where id = 104;

-- entry_sequences: account 110 (cash)
-- an entry taken away
delete from entries where account_id = 110 and sequence = 2;

-- entry_sequences: account 107 (cash)
-- an entry numbered twice
update entries set sequence = 3 where account_id = 107 and sequence = 2;

-- balance_chain: entry 2 of account 104
-- a balance told wrong
update entries
set balance_after = balance_after + 1
where account_id = 104 and sequence = 2;

-- balance_chain: entry 3 of account 107
-- an amount and the balance behind it changed
update entries set amount = amount + 1 where account_id = 107 and sequence = 3;

-- floors: account 104 (cash)
-- a cash purse that may be overdrawn
update accounts set floor = -100 where id = 104;

-- floors: account 112 (credit)
-- more credit than was granted
update accounts set floor = -500 where id = 112;

-- floors: account 112 (credit)
-- a credit that is not approved any more
update accounts set credit_approved = false where id = 112;

-- overdrafts: account 111 (bonus)
-- a purse below its floor
update accounts set balance = -1 where id = 111;

-- overdrafts: account 109 (credit)
-- a credit purse with money in it
update accounts set balance = 1 where id = 109;

-- purses: user 2
-- a partner without a bonus purse
delete from accounts where id = 102;

-- purses: user 5
-- a collector with two cash purses
insert into accounts (user_id, kind, balance, floor, last_sequence)
values (5, 'cash', 0, 0, 0);

-- purse_owners: account 101 (cash)
-- a partner who is gone
delete from users where id = 2;

-- house_accounts: account 4 (desk)
-- a house account of another kind
update accounts set kind = 'safe' where id = 4;

-- house_accounts: account 1 (stakes)
-- a house account with a balance
update accounts set balance = 10 where id = 1;

-- transfers: transfer 5 (stake)
-- a transfer whose house entry is gone
delete from entries where transfer_id = 5 and account_id = 1;

-- transfers: transfer 5 (stake)
-- a transfer whose purse entry is someone else's too
insert into entries (transfer_id, account_id, amount, balance_after, sequence)
values (5, 101, -1, -1, 1);

-- transfers: (deposit)
-- a transfer with no entries
insert into transfers (reason, actor_id) values ('deposit', 4);

-- transfer_kinds: transfer 5 (withdrawal)
-- a stake renamed
update transfers set reason = 'withdrawal' where id = 5;

-- transfer_kinds: transfer 5 (gift)
-- a reason that nobody knows
update transfers set reason = 'gift' where id = 5;

-- transfer_kinds: transfer 5 (stake)
-- a stake of no phase
update transfers set phase_id = null where id = 5;

-- transfer_kinds: transfer 5 (stake)
-- a stake against the wrong house account
update entries set account_id = 4 where transfer_id = 5 and account_id = 1;

-- stray_transfers: transfer 1 (deposit)
-- a cashier who is gone
delete from users where id = 4;

-- stray_transfers: transfer 5 (stake)
-- a transfer of nobody
update transfers set actor_id = null where id = 5;

-- stray_transfers: transfer 5 (stake)
-- a stake in a phase that nobody knows
update transfers set phase_id = 88 where id = 5;

-- stray_transfers: transfer 5 (stake)
-- a phase that is gone
delete from phases where id = 1;

-- stray_entries: entry of transfer 99999 on account 1
-- an entry of no transfer
insert into entries (transfer_id, account_id, amount) values (99999, 1, 1);

-- stray_entries: on account 999
-- an entry on no account
update entries set account_id = 999 where transfer_id = 5 and account_id = 1;

-- stray_entries: on account 104
-- a purse's entry that tells no balance
update entries set balance_after = null where account_id = 104 and sequence = 2;

-- stray_entries: on account 1
-- a house entry with a number
update entries set sequence = 7 where transfer_id = 5 and account_id = 1;

-- all_money: all entries
-- a cent lost
update entries set amount = amount - 0.01 where transfer_id = 5 and account_id = 1;
