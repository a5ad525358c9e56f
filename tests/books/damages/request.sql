-- unbound_requests: request lost of user 4 to deposit
-- a key without an answer
insert into requests (actor_id, operation, key, fingerprint)
values (4, 'deposit', 'lost', sha256('x'));

-- unbound_requests: request paid-out of user 4 to withdraw
-- an answer without its words
update requests set body = null where key = 'paid-out';

-- unbound_requests: request paid-out of user 4 to withdraw
-- words without a status
update requests set status = null where key = 'paid-out';

-- stray_requests: request first of user 5 to place
-- a slip's key beside its ticket
insert into requests (actor_id, operation, key, fingerprint, status, body)
select collector_id, 'place', key, fingerprint, 201, convert_to(format('{"id":"%s"}', id), 'UTF8')
from tickets
where key = 'first';

-- stray_requests: request lost of user 5 to place
-- a slip's key and no ticket
insert into requests (actor_id, operation, key, fingerprint, status, body)
values (5, 'place', 'lost', sha256('x'), 201, '{"id":"1"}');

-- desk_answers: request paid-out of user 4 to withdraw
-- an answer that is no text
update requests set body = '\xff00fe'::bytea where key = 'paid-out';

-- desk_answers: request paid-out of user 1 to withdraw
-- a request given to another
update requests set actor_id = 1 where key = 'paid-out';

-- desk_requests: transfer 18 (withdrawal)
-- a withdrawal asked for twice
insert into requests (actor_id, operation, key, fingerprint, status, body)
select actor_id, operation, 'twice', fingerprint, status, body
from requests
where key = 'paid-out';

-- desk_requests: transfer 18 (withdrawal)
-- a refusal that is bound
update requests set status = 409 where key = 'paid-out';

-- desk_receipts: request paid-out of user 4 to withdraw
-- another person told
update requests
set body = convert_to(
    regexp_replace(convert_from(body, 'UTF8'), '"user_id":"[0-9]+"', '"user_id":"6"'), 'UTF8'
)
where key = 'paid-out';

-- desk_answers: of user 4 to deposit
-- an answer that names no deposit
update requests set body = '{}' where operation = 'deposit';

-- desk_answers: request paid-out of user 4 to withdraw
-- an answer that names a stake
update requests
set body = convert_to('{"transfer_id":"5"}', 'UTF8')
where key = 'paid-out';

-- desk_requests: transfer 18 (withdrawal)
-- a withdrawal that nobody asked for
delete from requests where key = 'paid-out';

-- desk_receipts: request paid-out of user 4 to withdraw
-- another amount told
update requests
set body = convert_to(replace(convert_from(body, 'UTF8'), '"50.00"', '"60.00"'), 'UTF8')
where key = 'paid-out';

-- desk_receipts: request paid-out of user 4 to withdraw
-- an answer cut short
update requests set body = substring(body from 1 for 30) where key = 'paid-out';
