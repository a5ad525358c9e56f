-- exposure_rows: phase 6
-- a number of a draft gone
delete from exposures where phase_id = 6 and number = 500;

-- exposure_rows: phase 6
-- a number twice
update exposures set number = 501 where phase_id = 6 and number = 500;

-- exposure_rows: phase 5
-- the totals of a phase gone
delete from phase_totals where phase_id = 5;

-- exposure_rows: phase 88
-- totals of no phase
insert into phase_totals (phase_id) values (88);

-- exposures: number 007 of phase 5
-- an exposure made smaller
update exposures set total_bet = total_bet - 0.01 where phase_id = 5 and number = 7;

-- exposures: number 007 of phase 5
-- a weight made smaller
update exposures set weight = weight - 0.0001 where phase_id = 5 and number = 7;

-- exposures: number 001 of phase 2
-- an exposure left in a void phase
update exposures set total_bet = 5, weight = 5 where phase_id = 2 and number = 1;

-- exposures: number 007 of phase 5
-- a stake made larger
update tickets set cents[1] = cents[1] + 1 where phase_id = 5 and sequence = 1;

-- exposures: number 007 of phase 5
-- a bet that counts for half
update tickets set factors = '{50,100}' where phase_id = 5 and sequence = 1;

-- exposures: number 321 of phase 1
-- a bet that counts in full again
update tickets set factors = null where phase_id = 1 and sequence = 2;

-- exposures: number 007 of phase 5
-- the exposure of a staked number gone
delete from exposures where phase_id = 5 and number = 7;

-- phase_totals: phase 5
-- total_in changed
update phase_totals set total_in = total_in + 1 where phase_id = 5;

-- phase_totals: phase 5
-- commission changed
update phase_totals set commission = commission + 1 where phase_id = 5;

-- phase_totals: phase 5
-- ticket_count changed
update phase_totals set ticket_count = ticket_count + 1 where phase_id = 5;

-- phase_totals: phase 5
-- bet_count changed
update phase_totals set bet_count = bet_count + 1 where phase_id = 5;

-- phase_totals: phase 5
-- last_sequence changed
update phase_totals set last_sequence = last_sequence + 1 where phase_id = 5;

-- phase_totals: phase 5
-- the last ticket taken away
delete from tickets where phase_id = 5 and sequence = 4;
