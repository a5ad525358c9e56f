-- balances: account 104 (cash)
-- money from nowhere
update accounts set balance = balance + 1 where id = 104;

-- entry_sequences: account 104 (cash)
-- a sequence counted on
update accounts set last_sequence = last_sequence + 1 where id = 104;

-- entry_sequences: account 104 (cash)
-- the last entry taken away
delete from entries
where account_id = 104
    and transfer_id = (select max(transfer_id) from entries where account_id = 104);

-- balance_chain: of account 104
-- a balance told wrong
update entries
set balance_after = balance_after + 1
where account_id = 104
    and transfer_id = (select max(transfer_id) from entries where account_id = 104);

-- all_money: all entries
-- a house account that gains
update entries
set amount = amount + 1
where account_id = 1
    and transfer_id = (select max(transfer_id) from entries where account_id = 1);

-- transfers: (stake)
-- half a transfer
delete from entries
where account_id = 1
    and transfer_id = (select max(transfer_id) from entries where account_id = 1);

-- stakes: of phase 5
-- a ticket worth more than was drawn
update tickets
set total = total + 1
where phase_id = 5
    and sequence = (select max(sequence) from tickets where phase_id = 5);

-- ticket_sequences: of phase 5
-- a gap after the tickets from before
update tickets
set sequence = sequence + 7
where phase_id = 5
    and sequence > (select max(sequence) - 2 from tickets where phase_id = 5);

-- told_balances: of phase 5
-- another balance than there was
update tickets
set balance_after = balance_after + 1
where phase_id = 5
    and sequence = (select max(sequence) from tickets where phase_id = 5);

-- leaves: of phase 5
-- a leaf of something else
update tickets
set leaf = sha256('x')
where phase_id = 5
    and sequence = (select max(sequence) from tickets where phase_id = 5);

-- exposures: of phase 5
-- an exposure that the bets do not make
update exposures set total_bet = total_bet + 1 where phase_id = 5 and number = 555;

-- refunds: of phase 5
-- more given back than was staked, for a ticket from before
update entries
set amount = amount + 1
where sequence is not null
    and transfer_id = (select max(id) from transfers where reason = 'void');

-- payouts: of phase
-- a payout that was not won
update payouts
set amount = amount + 1
where phase_id = (select max(phase_id) from payouts);

-- link_hashes: entry of transfer
-- a note written anew
update transfers set note = 'otherwise' where id = (select max(id) from transfers);

-- link_hashes: (audit row
-- what somebody did, told otherwise
update audit set subject = 'x' where id = (select max(id) from audit);

-- unsealed: on account 6
-- an entry put in between
insert into entries (transfer_id, account_id, amount)
values ((select max(id) from transfers), 6, 1);

-- links: the end of the chain
-- a tail cut off
delete from links where position = (select max(position) from links);

-- bonus_ends: (conversion)
-- cash for no bonus
with made as (
    insert into transfers (reason, actor_id, phase_id) values ('conversion', 3, 1) returning id
)
insert into entries (transfer_id, account_id, amount, balance_after, sequence)
select made.id, side.account_id, side.amount, side.balance_after, side.sequence
from made
cross join (values (104, 5000, 1, 999), (5, -5000, null, null))
    as side (account_id, amount, balance_after, sequence);

-- bonus_ends: bonus
-- more turned into cash than was left of the grant
update desk_transfers
set undone = 1
where transfer_id = (select max(transfer_id) from bonuses where state = 'converted');

-- bonus_ends: (expiry)
-- a bonus taken back that is under way
with made as (
    insert into transfers (reason, actor_id, note) values ('expiry', 4, 'expired') returning id
)
insert into entries (transfer_id, account_id, amount, balance_after, sequence)
select made.id, side.account_id, side.amount, side.balance_after, side.sequence
from made
cross join (values (111, -1, 0, 999), (5, 1, null, null))
    as side (account_id, amount, balance_after, sequence);

-- bonus_reversals: (reversal)
-- a bonus that ended before it was undone
update bonuses
set ended_at = granted_at
where transfer_id = (select max(transfer_id) from bonuses where state = 'reversed');

-- worked_off: bonus 4
-- stakes that there were not, on a bonus from before
update bonuses set worked_off = 999 where transfer_id = 4;

-- worked_off: bonus
-- stakes that there were not, on a bonus that is cash
update bonuses
set worked_off = worked_off + 1
where transfer_id = (select max(transfer_id) from bonuses where state = 'converted');

-- corrections: (correction)
-- money that mends nothing
with made as (
    insert into transfers (reason, actor_id, note) values ('correction', 1, 'found') returning id
)
insert into entries (transfer_id, account_id, amount, balance_after, sequence)
select made.id, side.account_id, side.amount, side.balance_after, side.sequence
from made
cross join (values (104, 7000, 1, 999), (6, -7000, null, null))
    as side (account_id, amount, balance_after, sequence);
