-- ticket_totals: ticket 1 of phase 1
-- a total made larger
update tickets set total = total + 1 where phase_id = 1 and sequence = 1;

-- ticket_totals: ticket 2 of phase 4
-- the bets of a void ticket gone
delete from bets where phase_id = 4 and sequence = 2;

-- ticket_totals: ticket 1 of phase 1
-- a bet added
insert into bets (phase_id, sequence, number, amount, factor) values (1, 1, 9, 1, 1);

-- ticket_totals: ticket 5 of phase 1
-- a bet that is not a number
update bets set amount = 'NaN' where phase_id = 1 and sequence = 5;

-- ticket_totals: ticket 3 of phase 1
-- a count of bets changed
update tickets set bet_count = 2 where phase_id = 1 and sequence = 3;

-- stray_bets: bet on 009 of ticket 77 of phase 5
-- a bet of no ticket
insert into bets (phase_id, sequence, number, amount, factor) values (5, 77, 9, 1, 1);

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

-- ticket_commissions: ticket 2 of phase 1
-- a rate changed afterwards
update tickets set commission_rate = 5 where phase_id = 1 and sequence = 2;

-- ticket_commissions: ticket 2 of phase 1
-- a rate taken away
update tickets set commission_rate = null where phase_id = 1 and sequence = 2;

-- leaves: ticket 1 of phase 1
-- one bet made larger and one smaller
update bets
set amount = amount + case number when 123 then 1 else -1 end
where phase_id = 1 and sequence = 1 and number in (123, 124);

-- leaves: ticket 5 of phase 1
-- another number on a ticket
update bets set number = 123 where phase_id = 1 and sequence = 5;

-- leaves: ticket 1 of phase 5
-- another factor on a bet
update bets set factor = 0.5 where phase_id = 5 and sequence = 1 and number = 7;

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
