-- draws: draw 1 of phase 1
-- the number in the settlement row changed
update settlements set number = 321 where phase_id = 1;

-- draws: draw 2 of phase 8
-- the first draw put back into the settlement row
update settlements set revision = 1, number = 111 where phase_id = 8;

-- draws: draw 2 of phase 8
-- the first draw gone
delete from draws where phase_id = 8 and revision = 1;

-- draws: draw 1 of phase 8
-- the last draw gone
delete from draws where phase_id = 8 and revision = 2;

-- draws: draw 1 of phase 8
-- what the first draw paid, made smaller
update draws set total_out = total_out - 1 where phase_id = 8 and revision = 1;

-- draws: draw 1 of phase 8
-- a payout of the first draw gone
delete from payouts where phase_id = 8 and revision = 1 and sequence = 3;

-- draws: draw 2 of phase 8
-- another source in the settlement row
update settlements set source = 'nobody' where phase_id = 8;

-- draws: draw 2 of phase 8
-- what partners earned, changed in the settlement row
update settlements set partner_earnings = 5 where phase_id = 8;

-- draws: draw 1 of phase 7
-- the only draw of a phase gone
delete from draws where phase_id = 7;

-- draws: draw 1 of phase 4
-- a draw of a phase that is not settled
insert into draws
select 4, 1, number, source, reason, month, total_in, total_out, commission, net_profit,
    payout_count, partner_earnings, debt, entered_by, approval_id, entered_at
from draws
where phase_id = 7;

-- compensations: what user 9 gives back of draw 1 of phase 8
-- a collector keeps what a wrong draw paid
delete from compensations where collector_id = 9;

-- compensations: what user 9 gives back of draw 1 of phase 8
-- less is said to be taken back
update compensations set amount = amount - 1 where collector_id = 9;

-- compensations: what user 9 gives back of draw 1 of phase 8
-- less was taken back
update entries set amount = amount + 1
where transfer_id = (select transfer_id from compensations where collector_id = 9);

-- compensations: what user 5 gives back of draw 1 of phase 8
-- it was taken back for another reason
update transfers set reason = 'withdrawal', phase_id = null
where id = (select transfer_id from compensations where collector_id = 5);

-- compensations: draw 2 of phase 8
-- a debt forgotten
update draws set debt = 0 where phase_id = 8 and revision = 2;

-- compensations: draw 2 of phase 8
-- a debt made larger
update compensations set debt = debt + 1 where collector_id = 9;

-- compensations: what user 6 gives back of draw 1 of phase 8
-- something is taken back of somebody who was paid nothing
insert into compensations values (8, 1, 6, 10, 0, 1);

-- resettlements: (resettlement)
-- a transfer that takes back for nothing
update compensations set transfer_id = 1 where collector_id = 9;

-- earnings: earning of user 2 by draw 1 of phase 8
-- an earning made larger
update earnings set earned = earned + 1 where phase_id = 8 and revision = 1;

-- earnings: earning of user 2 by draw 1 of phase 8
-- an earning gone
delete from earnings where phase_id = 8 and revision = 1;

-- earnings: earning of user 2 by draw 1 of phase 8
-- a larger share
update earnings set share_percentage = 60 where phase_id = 8 and revision = 1;

-- earnings: earning of user 2 by draw 1 of phase 8
-- a larger rate
update earnings set commission_rate = 11 where phase_id = 8 and revision = 1;

-- earnings: earning of user 2 by draw 1 of phase 8
-- larger stakes
update earnings set stakes = stakes + 1 where phase_id = 8 and revision = 1;

-- earnings: earning of user 2 by draw 1 of phase 8
-- one collector more
update earnings set collector_count = 2 where phase_id = 8 and revision = 1;

-- earnings: earning of user 2 by draw 1 of phase 8
-- an earning of a draw that does not count waits again
update earnings set status = 'pending' where phase_id = 8 and revision = 1;

-- earnings: earning of user 2 by draw 2 of phase 8
-- what was paid too much is forgotten
update earnings set amount = 0, status = 'nothing' where phase_id = 8 and revision = 2;

-- earnings: earning of user 2 by draw 2 of phase 8
-- an earning of the draw that counts is replaced
update earnings set status = 'replaced' where phase_id = 8 and revision = 2;

-- earnings: earning of user 2 by draw 1 of phase 8
-- the partner's tickets are someone else's
update tickets set partner_id = null where phase_id = 8;

-- earning_sums: draw 1 of phase 8
-- another sum of what partners earned
update draws set partner_earnings = 12 where phase_id = 8 and revision = 1;

-- earning_transfers: (earning)
-- an earning paid without an earning
update earnings set transfer_id = null, status = 'pending' where phase_id = 8 and revision = 1;

-- earning_transfers: (earning)
-- an earning paid by someone else's transfer
update earnings set transfer_id = 1 where phase_id = 8 and revision = 1;

-- earning_transfers: (earning)
-- more was paid than was earned
update entries set amount = amount + 1
where sequence is not null
    and transfer_id = (select transfer_id from earnings where phase_id = 8 and revision = 1);

-- partner_totals: totals of user 2
-- a partner's earnings made larger
update partner_totals set earned = earned + 1;

-- partner_totals: totals of user 2
-- a partner's payments forgotten
update partner_totals set paid = 0;

-- partner_totals: totals of user 2
-- a partner's totals gone
delete from partner_totals;

-- house_months: statistics of
-- a month of the house gone
delete from house_months;

-- house_months: statistics of
-- more taken in a month
update house_months set total_in = total_in + 1;

-- house_months: statistics of
-- fewer winning bets in a month
update house_months set winning_count = winning_count - 1;

-- house_months: statistics of
-- what partners earned in a month, forgotten
update house_months set partner_earnings = 7;

-- collector_months: statistics of user 5
-- a collector's month gone
delete from collector_months where collector_id = 5;

-- collector_months: statistics of user 6
-- a collector's stakes made larger
update collector_months set total_in = total_in + 1 where collector_id = 6;

-- collector_months: statistics of user 5
-- a collector's winnings of a draw that does not count
update collector_months set total_out = total_out + 800 where collector_id = 5;

-- number_months: statistics of number 123
-- a number's month gone
delete from number_months where number = 123;

-- number_months: statistics of number 111
-- a draw that does not count is counted
update number_months set draw_count = 1 where number = 111;

-- number_months: statistics of number 222
-- a number's payouts made smaller
update number_months set total_out = total_out - 1 where number = 222;
