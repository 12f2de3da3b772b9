-- The erasure journal's copy in the keyring, by intent: a start compares it with the log and the journal file, one row for
-- each intent, not one for each key.

create table keyring.destroyed_intent (
  controller_id int not null,
  intent uuid not null,
  kind text not null check (kind in ('record', 'subject')),
  destroyed_at timestamptz not null,
  primary key (controller_id, intent, kind)
);
comment on table keyring.destroyed_intent is 'The intents whose keys were destroyed here, each in the transaction that destroyed them. Missing after a restore: to be destroyed again.';

create index tombstone_intent_idx on keyring.tombstone using brin (controller_id, intent) with (autosummarize = on);

-- Both tables are open to their owner for the length of this transaction: a migration serves no single controller.
alter table keyring.tombstone no force row level security;
insert into keyring.destroyed_intent (controller_id, intent, kind, destroyed_at)
  select controller_id, intent, kind, min(destroyed_at) from keyring.tombstone group by controller_id, intent, kind;
alter table keyring.tombstone force row level security;

alter table keyring.destroyed_intent enable row level security;
alter table keyring.destroyed_intent force row level security;
create policy own_controller on keyring.destroyed_intent
  using (controller_id = (select keyring.current_controller())) with check (controller_id = (select keyring.current_controller()));

-- Deletes keys and leaves tombstones: of records, and of the persons whose last record that was, in one transaction, so
-- that no backup has the one without the other. The advisory lock keeps it apart from a sweep's re-wrapping of the same
-- rows: a DELETE whose snapshot is older than the sweep's move would miss the moved row.
create function keyring.destroy(p_controller int, p_records uuid[], p_subjects uuid[], p_intent uuid, p_now timestamptz) returns bigint
  language plpgsql security definer set search_path = keyring, pg_temp
  set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_deleted bigint;
  v_subjects bigint;
  v_epoch int;
begin
  perform set_config('liggare.controller', p_controller::text, true);
  perform pg_advisory_xact_lock(7151, p_controller);
  insert into keyring.tombstone (controller_id, kind, id, intent, destroyed_at)
    select distinct p_controller, k.kind, k.id, p_intent, p_now
    from (select 'record' as kind, i as id from unnest(p_records) i union all select 'subject', i from unnest(p_subjects) i) k
    on conflict (controller_id, kind, id) do nothing;
  v_deleted := 0;
  for v_epoch in select e.epoch from keyring.epoch e where e.state in ('current', 'draining') loop
    delete from keyring.record_key k using unnest(p_records) i(id)
      where k.epoch = v_epoch and k.controller_id = p_controller and k.event_id = i.id;
    get diagnostics v_subjects = row_count;
    v_deleted := v_deleted + v_subjects;
  end loop;
  delete from keyring.subject_key k using unnest(p_subjects) i(id) where k.controller_id = p_controller and k.subject_id = i.id;
  get diagnostics v_subjects = row_count;
  insert into keyring.destroyed_intent (controller_id, intent, kind, destroyed_at) values (p_controller, p_intent, 'record', p_now)
    on conflict (controller_id, intent, kind) do nothing;
  return v_deleted + v_subjects;
end
$$;
comment on function keyring.destroy(int, uuid[], uuid[], uuid, timestamptz) is 'Destroyed = the rows are deleted. Irrecoverable only after the sweep has destroyed the epoch key: see services/README.md.';
revoke all on function keyring.destroy(int, uuid[], uuid[], uuid, timestamptz) from public;
grant execute on function keyring.destroy(int, uuid[], uuid[], uuid, timestamptz) to liggare_keyring;

create function keyring.destroyed_intents(p_controller int) returns setof uuid
  language plpgsql stable security definer set search_path = keyring, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select d.intent from keyring.destroyed_intent d where d.controller_id = p_controller and d.kind = 'record' order by d.intent;
end
$$;
comment on function keyring.destroyed_intents(int) is 'The intents whose record keys this keyring has destroyed.';

create function keyring.destroyed_records(p_controller int, p_intent uuid) returns setof uuid
  language plpgsql stable security definer set search_path = keyring, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select t.id from keyring.tombstone t
    where t.controller_id = p_controller and t.intent = p_intent and t.kind = 'record' order by t.id;
end
$$;
comment on function keyring.destroyed_records(int, uuid) is 'The events whose keys an intent destroyed: with them a lost journal is made again.';

revoke all on function keyring.destroyed_intents(int), keyring.destroyed_records(int, uuid) from public;
grant execute on function keyring.destroyed_intents(int), keyring.destroyed_records(int, uuid) to liggare_keyring;
