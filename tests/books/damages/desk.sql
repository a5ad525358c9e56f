-- desk_transfers: transfer 33
-- a deposit that says more than it moved
update desk_transfers set amount = 201 where transfer_id = 33;

-- desk_transfers: transfer 35
-- a withdrawal of somebody else
update desk_transfers set user_id = 5 where transfer_id = 35;

-- desk_transfers: transfer 38
-- a repayment without its row
delete from desk_transfers where transfer_id = 38;

-- desk_transfers: transfer 5
-- a stake that the desk could undo
insert into desk_transfers (transfer_id, user_id, amount) values (5, 5, 650);

-- desk_transfers: transfer 37
-- an advance whose entries were taken away
delete from entries where transfer_id = 37 and sequence is not null;

-- reversals: transfer 33 (deposit)
-- less undone than was reversed
update desk_transfers set undone = 150 where transfer_id = 33;

-- reversals: transfer 18 (withdrawal)
-- undone, and nothing reversed it
update desk_transfers set undone = 50 where transfer_id = 18;

-- reversals: transfer 33 (deposit)
-- a reversal that names another original
update desk_transfers set reverses_id = 35 where transfer_id = 34;

-- reversals: transfer 34 (reversal)
-- a reversal that names none
update desk_transfers set reverses_id = null where transfer_id = 34;

-- reversals: transfer 33 (deposit)
-- a reversal that names its original no more
update desk_transfers set reverses_id = null where transfer_id = 36;

-- reversals: transfer 35 (withdrawal)
-- a withdrawal that calls itself a reversal
update desk_transfers set reverses_id = 33 where transfer_id = 35;

-- reversals: transfer 33 (deposit)
-- a reversal against another house account
update entries set account_id = 5 where transfer_id = 34 and sequence is null;

-- debts: account 113 (cash)
-- a debt that nothing was forced for
update desk_transfers set forced = false where transfer_id = 36;

-- debts: transfer 34
-- a reversal that calls itself forced
update desk_transfers set forced = true where transfer_id = 34;

-- drawers: shift 1 of user 4
-- a closed drawer that should have held more
update shifts set expected = expected + 1 where id = 1;

-- drawers: shift 1 of user 4
-- a float that was written down later
update shifts set opening_float = 10 where id = 1;

-- drawers: shift 1 of user 4
-- a transfer moved from a closed drawer into the next
update desk_transfers set shift_id = 2 where transfer_id = 18;

-- drawers: shift 3 of user 1
-- a transfer in another's drawer
update desk_transfers set shift_id = 3 where transfer_id = 38;

-- drawerless: transfer 35
-- money out of no drawer
update desk_transfers set shift_id = null where transfer_id = 35;

-- desk_requests: transfer 39 (withdrawal)
-- a withdrawal whose approval was refused
update approvals set state = 'refused' where id = 1;

-- desk_requests: transfer 39 (withdrawal)
-- a withdrawal that nobody approved
delete from approvals where id = 1;

-- desk_requests: transfer 39 (withdrawal)
-- an approval that tells of another transfer
update approvals set outcome = jsonb_set(outcome, '{transfer_id}', '"35"') where id = 1;

-- desk_requests: transfer 35 (withdrawal)
-- a withdrawal that borrowed an approval
update desk_transfers set approval_id = 1 where transfer_id = 35;

-- transfer_kinds: transfer 38 (repayment)
-- a repayment into cash
update entries set account_id = 104 where transfer_id = 38 and sequence is not null;

-- floors: account 113 (cash)
-- a debt that became an allowance
update accounts set floor = -500 where id = 113;

-- floors: account 106 (credit)
-- a floor that fell below the limit
update accounts set floor = -101 where id = 106;
