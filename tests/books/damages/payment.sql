-- payouts: payout on 123 of ticket 1 of phase 1
-- a straight payout made larger
update payouts set amount = amount + 1 where sequence = 1 and number = 123;

-- payouts: payout on 321 of ticket 2 of phase 1
-- a permutation's multiplier changed
update payouts set multiplier = 11 where sequence = 2 and number = 321;

-- payouts: payout on 122 of ticket 2 of phase 1
-- a payout of nothing that is not recorded
delete from payouts where sequence = 2 and number = 122;

-- payouts: payout on 124 of ticket 1 of phase 1
-- a neighbour that is not paid
delete from payouts where sequence = 1 and number = 124;

-- payouts: payout on 555 of ticket 5 of phase 1
-- a loser that is paid
insert into payouts (phase_id, revision, sequence, number, multiplier, amount)
values (1, 1, 5, 555, 80, 80002.40);

-- payouts: payout on 123 of ticket 6 of phase 1
-- a void ticket that is paid
insert into payouts (phase_id, revision, sequence, number, multiplier, amount)
values (1, 1, 6, 123, 80, 72000);

-- payouts: payout on 321 of ticket 2 of phase 1
-- a bet that counts in full again
update tickets set factors = null where phase_id = 1 and sequence = 2;

-- payouts: payout on 123 of ticket 1 of phase 1
-- the stake of a winner made smaller
update tickets set cents[1] = cents[1] - 1 where phase_id = 1 and sequence = 1;

-- payouts: payout on 123 of ticket 1 of phase 1
-- another number drawn
update draws set number = 321 where phase_id = 1;

-- payouts: payout on 123 of ticket 1 of phase 1
-- other prizes
update phases set straight = 90 where id = 1;

-- payouts: phase 1
-- a draw that is no number
update draws set number = -5 where phase_id = 1;

-- payouts: payout on 123 of ticket 77 of phase 1
-- a payout on a ticket that there is not
insert into payouts (phase_id, revision, sequence, number, multiplier, amount)
values (1, 1, 77, 123, 80, 0);

-- early_payments: phase 88
-- a payout in a phase that nobody knows
insert into payouts (phase_id, revision, sequence, number, multiplier, amount)
values (88, 1, 1, 123, 80, 0);

-- early_payments: phase 4
-- a payout before the draw
insert into payouts (phase_id, revision, sequence, number, multiplier, amount)
values (4, 1, 1, 123, 80, 987.20);

-- early_payments: phase 1
-- a settled phase that is closed again
update phases set state = 'closed' where id = 1;

-- payout_transfers: ticket 1 of phase 1
-- a payout that names another's transfer
update payouts set transfer_id = 15 where sequence = 1 and number = 123;

-- payout_transfers: ticket 1 of phase 1
-- a payout whose transfer is gone
delete from transfers where id = 13;

-- payout_transfers: ticket 4 of phase 1
-- a payout without a transfer
update payouts set transfer_id = null where sequence = 4;

-- payout_transfers: ticket 4 of phase 1
-- a payout into the bonus purse
update entries set account_id = 111 where transfer_id = 15 and account_id = 110;

-- payout_transfers: ticket 1 of phase 1
-- a payout to someone else
update entries set account_id = 107 where transfer_id = 13 and account_id = 104;

-- payout_transfers: ticket 1 of phase 1
-- less paid than was won
update entries
set amount = amount + case account_id when 104 then -1 else 1 end
where transfer_id = 13;

-- commissions: commission of user 5 in phase 1
-- a commission made larger
update commissions set amount = amount + 1 where collector_id = 5;

-- commissions: commission of user 7 in phase 1
-- a commission not recorded
delete from commissions where collector_id = 7;

-- commissions: commission of user 6 in phase 1
-- a commission of someone without a rate
update commissions set collector_id = 6 where collector_id = 7;

-- commission_transfers: commission of user 5 in phase 1
-- a commission that names another's transfer
update commissions set transfer_id = 17 where collector_id = 5;

-- commission_transfers: commission of user 5 in phase 1
-- a commission whose transfer is gone
delete from transfers where id = 16;

-- commission_transfers: commission of user 7 in phase 1
-- a commission into the bonus purse
update entries set account_id = 111 where transfer_id = 17 and account_id = 110;

-- unclaimed_payments: transfer 15 (payout)
-- a payment for nothing
delete from payouts where sequence = 4;

-- unclaimed_payments: transfer 17 (commission)
-- a commission for nothing
delete from commissions where collector_id = 7;

-- unclaimed_payments: (payout)
-- one payment for two tickets
update payouts set transfer_id = 15 where sequence = 1;

-- payouts: payout on 111 of ticket 3 of phase 8
-- what a draw paid that was put right, made smaller
update payouts set amount = amount - 1 where phase_id = 8 and revision = 1 and sequence = 3;
