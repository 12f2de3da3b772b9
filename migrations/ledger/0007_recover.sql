-- Erasure survives restore: what a start compares with the keyring and the journal file, and by what it is replayed.

create index event_intent_idx on ledger.event (controller_id, position) where type in ('purge.intended', 'delivery.destroyed');
-- Tombstones are written in the order of their intents: a summary of ranges finds an intent's, and costs a purge nothing.
create index tombstone_position_idx on ledger.tombstone using brin (controller_id, position) with (autosummarize = on);

create function ledger.intent_pending(p_controller int, p_position bigint) returns boolean
  language sql stable security definer set search_path = ledger, pg_temp
as $$ select c.executed_at is null from ledger.condemned c where c.controller_id = p_controller and c.position = p_position limit 1 $$;
comment on function ledger.intent_pending(int, bigint) is 'Whether what an intent condemned waits to be disposed of; null if it condemned nothing. All of an intent is disposed of at once: one row tells.';

create function ledger.intents(p_controller int)
  returns table (event_id uuid, "position" bigint, purge_id uuid, pending boolean, executed boolean, closed boolean)
  language plpgsql stable security definer set search_path = ledger, pg_temp
as $$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query
    select e.event_id, e.position, e.stream_id,
      ledger.intent_pending(p_controller, e.position) is true,
      ledger.intent_pending(p_controller, e.position) is false
        or exists (select from ledger.delivery d where d.controller_id = p_controller and d.destroyed_by = e.position),
      e.type = 'delivery.destroyed' or exists (select from ledger.event o where o.controller_id = p_controller and o.stream_id = e.stream_id and o.type in ('purge.ordered', 'purge.executed'))
    from ledger.event e
    where e.controller_id = p_controller and e.type in ('purge.intended', 'delivery.destroyed')
    order by e.position;
end
$$;
comment on function ledger.intents(int) is 'Every intent of the log, also those by which deliveries were destroyed: whether objects of it wait to be disposed of, whether some have been, and whether its purge is known by more than its intents.';

create function ledger.replayable_objects(p_controller int, p_objects uuid[]) returns setof uuid
  language plpgsql stable security definer set search_path = ledger, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select o from unnest(p_objects) o
    where exists (select from ledger.event e where e.controller_id = p_controller and e.stream_id = o)
      and not exists (select from ledger.condemned c where c.controller_id = p_controller and c.object_id = o);
end
$$;
comment on function ledger.replayable_objects(int, uuid[]) is 'Those of the objects that stand in this log and that no intent of it has condemned.';

create function ledger.streams_of(p_controller int, p_events uuid[]) returns setof uuid
  language plpgsql stable security definer set search_path = ledger, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select distinct (select e.stream_id from ledger.event e where e.controller_id = p_controller and e.event_id = i) as stream
    from unnest(p_events) i
    where exists (select from ledger.event e where e.controller_id = p_controller and e.event_id = i);
end
$$;
comment on function ledger.streams_of(int, uuid[]) is 'The objects whose events these are, as far as they stand in this log.';

-- No hold, rule or approval is asked: the keys are gone, and what is written here is that they are.
create function ledger.replay_intent(
  p_controller int, p_recorded_at timestamptz, p_event_id uuid, p_purge_id uuid, p_occurred_on date, p_header text, p_entry bytea,
  p_objects uuid[], p_tombstones bytea[]
) returns bigint
  language plpgsql security definer set search_path = model, ledger, pg_temp
as $$
declare
  v_size bigint;
  v_last timestamptz;
  v_known bigint;
begin
  perform set_config('liggare.controller', p_controller::text, true);
  select h.size, h.last_recorded_at into v_size, v_last from ledger.log_head h where h.controller_id = p_controller for update;
  if p_recorded_at < v_last then
    raise exception 'recorded_at is older than the log' using errcode = 'LG002';
  end if;
  select e.position into v_known from ledger.event e where e.controller_id = p_controller and e.event_id = p_event_id;
  if found then
    return v_known;
  end if;
  insert into ledger.event (controller_id, position, event_id, stream_id, stream_version, type, occurred_on, recorded_at, header, entry)
    values (p_controller, v_size, p_event_id, p_purge_id,
      1 + coalesce((select max(e.stream_version) from ledger.event e where e.controller_id = p_controller and e.stream_id = p_purge_id), 0),
      'purge.intended', p_occurred_on, p_recorded_at, p_header, p_entry);
  insert into ledger.condemned (controller_id, object_id, position) select p_controller, o, v_size from unnest(p_objects) o;
  -- Also of objects that this log has not seen yet: importing them must not bring them back.
  insert into ledger.tombstone (controller_id, digest, position) select distinct p_controller, t, v_size from unnest(p_tombstones) t
    on conflict (controller_id, digest) do nothing;
  update ledger.log_head set size = v_size + 1, last_recorded_at = p_recorded_at where controller_id = p_controller;
  perform model.project(p_controller, v_size, v_size + 1);
  return v_size;
end
$$;
comment on function ledger.replay_intent is 'Writes an intent that a restored log has lost again, under its own event id. Repeating it answers where it stands.';

create function ledger.intent_tombstones(p_controller int, p_position bigint) returns setof bytea
  language plpgsql stable security definer set search_path = ledger, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select t.digest from ledger.tombstone t where t.controller_id = p_controller and t.position = p_position order by t.digest;
end
$$;
comment on function ledger.intent_tombstones(int, bigint) is 'The tombstones that an intent left: with them a lost journal is made again.';

create function ledger.newest_sealed(p_controller int, p_before bigint, p_limit int)
  returns table (event_id uuid, "position" bigint, interaction boolean, condemned boolean)
  language plpgsql stable security definer set search_path = ledger, pg_temp
as $$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query
    select e.event_id, e.position, starts_with(e.type, 'interaction.'),
      exists (select from ledger.condemned c where c.controller_id = p_controller and c.object_id = e.stream_id)
    from (select distinct s.position from (
            select q.position from ledger.sealed_part q
              where q.controller_id = p_controller and q.position < p_before order by q.position desc limit p_limit) s) n
    join ledger.event e on e.controller_id = p_controller and e.position = n.position
    order by e.position desc;
end
$$;
comment on function ledger.newest_sealed(int, bigint, int) is 'The events of the newest sealed parts before a position: a keyring without their keys is older than the log.';

revoke all on function ledger.intent_pending(int, bigint), ledger.intents(int), ledger.replayable_objects(int, uuid[]), ledger.streams_of(int, uuid[]),
  ledger.replay_intent, ledger.intent_tombstones(int, bigint), ledger.newest_sealed(int, bigint, int) from public;
grant execute on function ledger.intents(int), ledger.newest_sealed(int, bigint, int) to liggare_api, liggare_worker, liggare_purge;
grant execute on function ledger.replayable_objects(int, uuid[]), ledger.streams_of(int, uuid[]), ledger.replay_intent,
  ledger.intent_tombstones(int, bigint) to liggare_purge;
