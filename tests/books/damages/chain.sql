-- links: the end of the chain
-- a tail cut off
delete from links where kind = 'audit';

-- links: link 2
-- a beginning cut off
update links
set
    position = 2,
    ids = ids[2:],
    account_ids = account_ids[2:],
    hashes = substring(hashes from 33)
where position = 1;

-- links: the end of the chain
-- marks that are set back
update chain_marks set transfer_id = transfer_id - 1;

-- links: the end of the chain
-- another head
update chain_marks set head = sha256('x');

-- link_hashes: link 3 (entry of transfer 1 on account 4)
-- a row linked twice
update links set ids[3] = ids[1], account_ids[3] = account_ids[1] where position = 1;

-- link_hashes: link 2 (entry of transfer 1 on account 4)
-- two links told the other way round
update links
set
    ids[1] = ids[2],
    ids[2] = ids[1],
    account_ids[1] = account_ids[2],
    account_ids[2] = account_ids[1]
where position = 1;

-- link_hashes: all rows
-- links of a kind that there is not
update links set kind = 'entries' where kind = 'audit';

-- link_hashes: link 2 (entry of transfer 1 on account 104)
-- an amount changed
update entries set amount = amount + 1 where transfer_id = 1 and account_id = 104;

-- link_hashes: link 2 (entry of transfer 1 on account 104)
-- a moment changed
update transfers set created_at = created_at + interval '1 microsecond' where id = 1;

-- link_hashes: link 1 (entry of transfer 1 on account 4)
-- somebody else at the desk
update desk_transfers set user_id = 6 where transfer_id = 1;

-- link_hashes: link 3 (entry of transfer 2 on account 4)
-- a transfer of the desk that is not one any more
delete from desk_transfers where transfer_id = 2;

-- link_hashes: link 1 (entry of transfer 1 on account 4)
-- an entry taken away
delete from entries where transfer_id = 1 and account_id = 4;

-- link_hashes: link 2 (entry of transfer 1 on account 104)
-- two hashes swapped
update links
set hashes = substring(hashes for 32) || substring(hashes from 65 for 32)
    || substring(hashes from 33 for 32) || substring(hashes from 97)
where position = 1;

-- link_hashes: link 2 (entry of transfer 2 on account 4)
-- two links swapped
update links
set
    ids[2] = ids[3],
    ids[3] = ids[2],
    account_ids[2] = account_ids[3],
    account_ids[3] = account_ids[2]
where position = 1;

-- link_hashes: link 4 (entry of transfer 77777 on account 104)
-- a link to nothing
update links set ids[4] = 77777, account_ids[4] = 104 where position = 1;

-- link_hashes: (audit row 1)
-- what somebody did, told otherwise
update audit set after = after || '{"role": "partner"}' where id = 1;

-- link_hashes: (audit row 2)
-- who did it, forgotten
update audit set actor_id = 7, address = null where id = 2;

-- link_hashes: (audit row 3)
-- an audit row taken away
delete from audit where id = 3;

-- unsealed: entry of transfer 5 on account 3
-- an entry put in between
insert into entries (transfer_id, account_id, amount) values (5, 3, 1);

-- unsealed: audit row 1
-- a link taken away
update links set ids = ids[2:], hashes = substring(hashes from 33) where kind = 'audit';
