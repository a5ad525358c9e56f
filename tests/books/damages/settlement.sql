-- phase_states: phase 5
-- an open phase that was settled
update phases set settled_at = clock_timestamp() where id = 5;

-- phase_states: phase 4
-- a closed phase opened again
update phases set state = 'open' where id = 4;

-- phase_states: phase 1
-- a phase closed before it was opened
update phases set closed_at = opened_at - interval '1 s' where id = 1;

-- settlement_rows: phase 4
-- the settlement of a closed phase gone
delete from settlements where phase_id = 4;

-- settlement_rows: phase 2
-- the settlement of a phase void after its closing gone
delete from settlements where phase_id = 2;

-- settlement_rows: phase 5
-- a settlement of an open phase
update settlements set phase_id = 5 where phase_id = 4;

-- settlement_rows: phase 1
-- another moment of closing
update settlements set closed_at = closed_at + interval '1 s' where phase_id = 1;

-- settlement_sums: settlement of phase 1
-- total_in of phase 1 changed
update settlements set total_in = total_in + 1 where phase_id = 1;

-- settlement_sums: settlement of phase 1
-- commission of phase 1 changed
update settlements set commission = commission + 1 where phase_id = 1;

-- settlement_sums: settlement of phase 4
-- ticket_count of phase 4 changed
update settlements set ticket_count = ticket_count + 1 where phase_id = 4;

-- settlement_sums: settlement of phase 4
-- bet_count of phase 4 changed
update settlements set bet_count = bet_count + 1 where phase_id = 4;

-- settlement_sums: settlement of phase 2
-- total_in of phase 2 changed
update settlements set total_in = total_in + 1 where phase_id = 2;

-- settlement_draws: settlement of phase 1
-- total_out changed
update settlements set total_out = total_out + 1 where phase_id = 1;

-- settlement_draws: settlement of phase 1
-- net_profit changed
update settlements set net_profit = net_profit + 1 where phase_id = 1;

-- settlement_draws: settlement of phase 1
-- payout_count changed
update settlements set payout_count = payout_count + 1 where phase_id = 1;

-- settlement_draws: settlement of phase 1
-- the draw taken away
update settlements set number = null where phase_id = 1;

-- settlement_draws: settlement of phase 4
-- a draw before the settling
update settlements set number = 1 where phase_id = 4;

-- seals: settlement of phase 1
-- another seal
update settlements set seal = sha256('x') where phase_id = 1;

-- seals: settlement of phase 2
-- another root
update settlements set tree_root = sha256('x') where phase_id = 2;

-- seals: settlement of phase 1
-- two tickets that changed places
update tickets set sequence = 3 - sequence where phase_id = 1 and sequence in (1, 2);

-- seals: settlement of phase 4
-- a ticket voided behind the seal
update tickets set voided_at = placed_at where phase_id = 4 and sequence = 1;

-- seals: settlement of phase 7
-- a ticket slipped under the seal of an empty phase
update tickets set phase_id = 7 where phase_id = 5 and sequence = 1;
