-- bonuses: bonus 4
-- a bonus of another amount than was granted
update bonuses set amount = 41;

-- bonuses: bonus 4
-- a bonus of another person
update bonuses set user_id = 6;

-- bonuses: bonus 4
-- a grant without its terms
delete from bonuses;

-- bonuses: bonus 4
-- worked off, and still not cash
update bonuses set worked_off = 10000;

-- bonuses: bonus 4
-- turned into cash too early
update bonuses set state = 'converted', ended_at = clock_timestamp();

-- bonuses: bonus 4
-- expired without a time
update bonuses set state = 'expired', ended_at = clock_timestamp();

-- bonuses: bonus 4
-- reversed, and nothing was undone
update bonuses set state = 'reversed', ended_at = clock_timestamp();

-- bonuses: bonus 33
-- terms for a deposit
insert into bonuses (transfer_id, user_id, amount, requirement) values (33, 8, 200, 1);

-- bonuses: bonus 53
-- turned into cash a cent too early
update bonuses set requirement = worked_off + 0.01 where transfer_id = 53;

-- worked_off: bonus 4
-- stakes that there were not
update bonuses set worked_off = 999 where transfer_id = 4;

-- worked_off: bonus 53
-- stakes that there were not, on a bonus that is cash
update bonuses set worked_off = worked_off + 0.01 where transfer_id = 53;

-- worked_off: bonus 53
-- stakes forgotten, on a bonus that is cash
update bonuses set worked_off = 60 where transfer_id = 53;

-- worked_off: bonus 54
-- a phase that was settled after the end, counted
update bonuses set worked_off = 10 where transfer_id = 54;

-- worked_off: bonus 53
-- another end of a bonus that is cash
update bonuses
set ended_at = (select settled_at + interval '1 second' from phases where id = 10)
where transfer_id = 53;

-- worked_off: bonus 53
-- a ticket that worked a bonus off, void
update tickets set voided_at = placed_at where phase_id = 9 and sequence = 1;

-- worked_off: bonus 4
-- a bonus turned into cash that no stakes worked off
update bonuses
set state = 'converted', worked_off = requirement, ended_at = clock_timestamp()
where transfer_id = 4;

-- bonus_ends: transfer 60 (conversion)
-- a bonus that was worked off and did not end
update bonuses set state = 'active', worked_off = 0, ended_at = null where transfer_id = 53;

-- bonus_ends: transfer 60 (conversion)
-- what turned into cash was somebody else's bonus
update bonuses set user_id = 9 where transfer_id = 53;

-- bonus_ends: transfer 60 (conversion)
-- more cash than there was of the bonus
update entries set amount = amount + 1 where transfer_id = 61 and account_id = 119;

-- bonus_ends: bonus 53
-- more taken of a bonus than was left of the grant
update desk_transfers set undone = 30 where transfer_id = 53;

-- bonus_ends: bonus 53
-- some of a bonus that was worked off left in the purse
update entries set balance_after = 1 where transfer_id = 60 and account_id = 120;

-- bonus_ends: transfer 61 (conversion)
-- a conversion in another phase than the one that it came out of
update transfers set phase_id = 9 where id = 61;

-- bonus_ends: (conversion)
-- a bonus made cash by half of a conversion
with made as (
    insert into transfers (reason, actor_id, phase_id) values ('conversion', 3, 9) returning id
)
insert into entries (transfer_id, account_id, amount, balance_after, sequence)
select made.id, side.account_id, side.amount, side.balance_after, side.sequence
from made
cross join (values (104, 5000, 1, 999), (5, -5000, null, null))
    as side (account_id, amount, balance_after, sequence);

-- bonus_ends: transfer 60 (conversion)
-- cash for a bonus for the second time in its phase
with made as (
    insert into transfers (reason, actor_id, phase_id) values ('conversion', 3, 10) returning id
)
insert into entries (transfer_id, account_id, amount, balance_after, sequence)
select made.id, side.account_id, side.amount, side.balance_after, side.sequence
from made
cross join (values (119, 5000, 1, 999), (5, -5000, null, null))
    as side (account_id, amount, balance_after, sequence);

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

-- bonus_ends: transfer 59 (expiry)
-- a bonus that expired is under way again
update bonuses set state = 'active', ended_at = null where transfer_id = 54;

-- bonus_ends: bonus 54
-- a bonus that expired and was left
delete from entries where transfer_id = 59;

-- bonus_ends: bonus 54
-- less taken back than was left of a bonus
update entries
set amount = amount + 1, balance_after = balance_after + 1
where transfer_id = 59
    and account_id = 123;

-- bonus_reversals: transfer 63 (reversal)
-- a bonus that ended before it was undone
update bonuses set ended_at = granted_at where transfer_id = 62;

-- bonus_reversals: transfer 63 (reversal)
-- a bonus undone before it was granted
update bonuses set granted_at = clock_timestamp() where transfer_id = 62;

-- bonus_reversals: transfer 63 (reversal)
-- the bonus of somebody else undone
update bonuses set user_id = 9 where transfer_id = 62;

-- bonus_reversals: transfer 63 (reversal)
-- some of a bonus given in cash as it was undone
with moved as (
    update entries
    set amount = amount - 5
    where transfer_id = 63
        and account_id = 120
)
insert into entries (transfer_id, account_id, amount, balance_after, sequence)
values (63, 119, 5, 5, 999);

-- bonus_reversals: transfer 63 (reversal)
-- cash taken for a bonus that was there
with moved as (
    update entries
    set amount = amount + 5, balance_after = balance_after + 5
    where transfer_id = 63
        and account_id = 120
)
insert into entries (transfer_id, account_id, amount, balance_after, sequence)
values (63, 119, -5, 5, 999);
