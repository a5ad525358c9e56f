-- ticket_totals: ticket 1 of phase 1
-- a total made larger
update tickets set total = total + 1 where phase_id = 1 and sequence = 1;

-- ticket_totals: ticket 2 of phase 4
-- the bets of a void ticket gone
update tickets set numbers = '{}', cents = '{}' where phase_id = 4 and sequence = 2;

-- ticket_totals: ticket 1 of phase 1
-- a bet added
update tickets
set numbers = 9::smallint || numbers, cents = 100::bigint || cents
where phase_id = 1 and sequence = 1;

-- ticket_totals: ticket 5 of phase 1
-- a stake that is nothing known
update tickets set cents[1] = null where phase_id = 1 and sequence = 5;

-- ticket_totals: ticket 1 of phase 1
-- a stake made larger by a cent
update tickets set cents[3] = cents[3] + 1 where phase_id = 1 and sequence = 1;

-- ticket_totals: ticket 3 of phase 1
-- a count of bets changed
update tickets set bet_count = 2 where phase_id = 1 and sequence = 3;

-- stray_tickets: ticket 1 of phase 77
-- a ticket in a phase that nobody knows
update tickets set phase_id = 77 where phase_id = 5 and sequence = 1;

-- stray_tickets: ticket 2 of phase 1
-- a ticket of a collector who is gone
delete from users where id = 6;

-- stray_tickets: ticket 1 of phase 1
-- a ticket by a partner who is gone
delete from users where id = 2;

-- stray_tickets: ticket 6 of phase 1
-- a ticket voided by someone who is gone
delete from users where id = 1;

-- ticket_numbers: ticket 1 of phase 1
-- a number twice, its stake in two parts
update tickets
set numbers = '{123,123,124,132}', cents = '{25000,25000,5000,10000}', bet_count = 4
where phase_id = 1 and sequence = 1;

-- ticket_numbers: ticket 1 of phase 1
-- two bets that changed places
update tickets
set numbers = '{124,123,132}', cents = '{5000,50000,10000}'
where phase_id = 1 and sequence = 1;

-- ticket_numbers: ticket 5 of phase 1
-- a number beyond the last
update tickets set numbers = '{1000}' where phase_id = 1 and sequence = 5;

-- ticket_numbers: ticket 5 of phase 1
-- a number before the first
update tickets set numbers = '{-1}' where phase_id = 1 and sequence = 5;

-- ticket_numbers: ticket 5 of phase 1
-- a bet on no number
update tickets set numbers = '{null}' where phase_id = 1 and sequence = 5;

-- ticket_numbers: ticket 5 of phase 1
-- no numbers at all
update tickets set numbers = '{}', cents = '{}', bet_count = 0 where phase_id = 1 and sequence = 5;

-- ticket_numbers: ticket 5 of phase 1
-- numbers counted from another place than the first
update tickets set numbers = '[0:0]={555}' where phase_id = 1 and sequence = 5;

-- ticket_stakes: ticket 1 of phase 1
-- a bet for nothing
update tickets set cents[2] = 0 where phase_id = 1 and sequence = 1;

-- ticket_stakes: ticket 1 of phase 1
-- a stake below nothing, and another that makes up for it
update tickets set cents = '{75000,-20000,10000}' where phase_id = 1 and sequence = 1;

-- ticket_stakes: ticket 1 of phase 1
-- two stakes in one
update tickets set cents = '{55000,10000}' where phase_id = 1 and sequence = 1;

-- ticket_stakes: ticket 1 of phase 1
-- a stake on no number
update tickets set cents = cents || 1::bigint where phase_id = 1 and sequence = 1;

-- ticket_stakes: ticket 1 of phase 1
-- a stake that nobody knows any more
update tickets set cents[2] = null where phase_id = 1 and sequence = 1;

-- ticket_factors: ticket 2 of phase 1
-- a bet that counts more than in full
update tickets set factors = '{100,101}' where phase_id = 1 and sequence = 2;

-- ticket_factors: ticket 2 of phase 1
-- a bet that counts less than nothing
update tickets set factors = '{-1,50}' where phase_id = 1 and sequence = 2;

-- ticket_factors: ticket 2 of phase 1
-- a factor missing
update tickets set factors = '{100}' where phase_id = 1 and sequence = 2;

-- ticket_factors: ticket 2 of phase 1
-- a factor that nobody knows any more
update tickets set factors[1] = null where phase_id = 1 and sequence = 2;

-- ticket_factors: ticket 1 of phase 5
-- factors of no bets
update tickets set factors = '{}' where phase_id = 5 and sequence = 1;

-- ticket_keys: ticket 1 of phase 1
-- a ticket that nobody asked for
update tickets set key = null where phase_id = 1 and sequence = 1;

-- ticket_keys: ticket 1 of phase 1
-- a ticket under no key
update tickets set key = '' where phase_id = 1 and sequence = 1;

-- ticket_keys: ticket 1 of phase 1
-- a key with a space, as a ticket gets that lost its own
update tickets set key = 'unkeyed ' || id where phase_id = 1 and sequence = 1;

-- ticket_keys: ticket 1 of phase 1
-- a key with the end of a line
update tickets set key = key || e'\n' where phase_id = 1 and sequence = 1;

-- ticket_keys: ticket 1 of phase 1
-- a key in letters that no header carries
update tickets set key = 'é' where phase_id = 1 and sequence = 1;

-- ticket_keys: ticket 1 of phase 1
-- a key one character too long
update tickets set key = repeat('x', 256) where phase_id = 1 and sequence = 1;

-- ticket_keys: ticket 5 of phase 1
-- two tickets asked for under one key
update tickets set key = 'first' where phase_id = 1 and sequence = 5;

-- ticket_keys: ticket 1 of phase 4
-- two tickets in two phases asked for under one key
update tickets set key = 'first' where phase_id = 4 and sequence = 1;

-- ticket_keys: ticket 1 of phase 1
-- a fingerprint cut short
update tickets set fingerprint = substring(fingerprint from 1 for 31) where phase_id = 1 and sequence = 1;

-- ticket_keys: ticket 1 of phase 1
-- no fingerprint
update tickets set fingerprint = null where phase_id = 1 and sequence = 1;

-- ticket_sequences: ticket 4 of phase 1
-- a void ticket taken away
delete from tickets where phase_id = 1 and sequence = 3;

-- ticket_times: ticket 1 of phase 1
-- a ticket placed after the closing
update tickets
set placed_at = phases.closed_at + interval '1 s'
from phases
where phases.id = 1 and tickets.phase_id = 1 and sequence = 1;

-- ticket_times: ticket 1 of phase 5
-- a ticket placed before the opening
update tickets
set placed_at = placed_at - interval '1 day'
where phase_id = 5 and sequence = 1;

-- ticket_times: ticket 2 of phase 5
-- a ticket placed at the closing time
update phases
set closes_at = (select placed_at from tickets where phase_id = 5 and sequence = 2)
where id = 5;

-- ticket_times: ticket 1 of phase 6
-- a ticket in a draft
update tickets set phase_id = 6 where phase_id = 5 and sequence = 1;

-- stakes: ticket 1 of phase 1
-- a ticket that names another's stake
update tickets set transfer_id = 6 where phase_id = 1 and sequence = 1;

-- stakes: ticket 1 of phase 1
-- a ticket given to another collector
update tickets set collector_id = 6 where phase_id = 1 and sequence = 1;

-- stakes: ticket 4 of phase 1
-- a stake's transfer gone
delete from transfers where id = 8;

-- stakes: ticket 2 of phase 1
-- less drawn than the ticket's total
update entries set amount = amount + 1 where transfer_id = 6 and account_id = 107;

-- stake_transfers: transfer 9 (stake)
-- a stake without its ticket
delete from tickets where phase_id = 1 and sequence = 5;

-- stake_transfers: (stake)
-- a stake for two tickets
update tickets set transfer_id = 5 where phase_id = 1 and sequence = 5;

-- told_balances: ticket 2 of phase 1
-- a balance told wrong
update tickets set balance_after = balance_after + 1 where phase_id = 1 and sequence = 2;

-- ticket_commissions: ticket 1 of phase 1
-- a commission rounded up
update tickets set commission = commission + 0.01 where phase_id = 1 and sequence = 1;

-- ticket_commissions: ticket 1 of phase 1
-- half a cent rounded to the odd one
update tickets
set total = 0.50, commission_rate = 15, commission = 0.07
where phase_id = 1 and sequence = 1;

-- ticket_commissions: ticket 2 of phase 1
-- a commission that is not a number
update tickets set commission = 'NaN' where phase_id = 1 and sequence = 2;

-- ticket_commissions: ticket 2 of phase 1
-- a rate changed afterwards
update tickets set commission_rate = 5 where phase_id = 1 and sequence = 2;

-- ticket_commissions: ticket 2 of phase 1
-- a rate taken away
update tickets set commission_rate = null where phase_id = 1 and sequence = 2;

-- leaves: ticket 1 of phase 1
-- one bet made larger and one smaller
update tickets
set cents = '{50100,4900,10000}'
where phase_id = 1 and sequence = 1;

-- leaves: ticket 5 of phase 1
-- another number on a ticket
update tickets set numbers = '{123}' where phase_id = 1 and sequence = 5;

-- leaves: ticket 1 of phase 1
-- two stakes that changed places
update tickets set cents = '{5000,50000,10000}' where phase_id = 1 and sequence = 1;

-- leaves: ticket 1 of phase 1
-- a number twice, its stake in two parts
update tickets
set numbers = '{123,123,124,132}', cents = '{25000,25000,5000,10000}', bet_count = 4
where phase_id = 1 and sequence = 1;

-- leaves: ticket 5 of phase 1
-- a number that has no three digits
update tickets set numbers = '{1000}' where phase_id = 1 and sequence = 5;

-- leaves: ticket 1 of phase 5
-- another factor on a bet
update tickets set factors = '{50,100}' where phase_id = 5 and sequence = 1;

-- leaves: ticket 2 of phase 1
-- bets that count in full again
update tickets set factors = null where phase_id = 1 and sequence = 2;

-- leaves: ticket 2 of phase 1
-- another total
update tickets set total = null where phase_id = 1 and sequence = 2;

-- leaves: ticket 2 of phase 5
-- another id
update tickets set id = gen_random_uuid() where phase_id = 5 and sequence = 2;

-- leaves: ticket 2 of phase 5
-- a microsecond
update tickets
set placed_at = placed_at + interval '1 microsecond'
where phase_id = 5 and sequence = 2;

-- leaves: ticket 2 of phase 5
-- another leaf
update tickets set leaf = sha256('x') where phase_id = 5 and sequence = 2;

-- leaves: ticket 2 of phase 5
-- no leaf
update tickets set leaf = null where phase_id = 5 and sequence = 2;

-- leaves: all rows
-- a time that no calendar holds
update tickets set placed_at = '20000-01-01 00:00+00' where phase_id = 5 and sequence = 2;
