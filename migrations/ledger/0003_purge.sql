-- The purge: what only the purge role may do. The intent is the linearisation point: whatever was acknowledged before it
-- (a hold, an edit) wins, whatever comes after is refused.

create function ledger.blocked_objects(p_controller int, p_objects uuid[]) returns table (object_id uuid, reason text)
  language plpgsql stable security definer set search_path = model, ledger, pg_temp
as $$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query
    select x.object_id, x.reason from (
      select c.object_id,
        case
          when o.object_id is null then 'unknown'
          when o.condemned_position is not null then 'condemned'
          when exists (select from hold h where h.controller_id = p_controller and h.lifted_position is null and h.kind = 'object' and h.target_id = c.object_id) then 'held'
          when exists (select from hold h where h.controller_id = p_controller and h.lifted_position is null and h.kind = 'thread' and h.target_id in (o.thread_id, c.object_id)) then 'held'
          when exists (select from hold h join retention_class r on r.controller_id = p_controller and r.class_id = o.class_id
                       where h.controller_id = p_controller and h.lifted_position is null and h.kind = 'channel' and h.target_id = r.channel_id) then 'held'
          when exists (select from hold h join retention_class r on r.controller_id = p_controller and r.class_id = o.class_id
                       where h.controller_id = p_controller and h.lifted_position is null and h.kind = 'query' and h.target_id = r.channel_id
                         and r.verb = coalesce(h.verb, r.verb) and o.occurred_on between coalesce(h.from_on, '-infinity') and coalesce(h.to_on, 'infinity')) then 'held'
          when exists (select from hold h where h.controller_id = p_controller and h.lifted_position is null and h.kind = 'subject')
            and exists (
              select from ledger.event e
              join ledger.event_part p on p.controller_id = p_controller and p.position = e.position
              join hold h on h.controller_id = p_controller and h.lifted_position is null and h.kind = 'subject' and h.target_id = p.subject_id
              where e.controller_id = p_controller and e.stream_id = c.object_id) then 'held'
        end as reason
      from unnest(p_objects) c(object_id)
      left join object o on o.controller_id = p_controller and o.object_id = c.object_id) x
    where x.reason is not null;
end
$$;
comment on function ledger.blocked_objects(int, uuid[]) is 'Those of the objects that may not be condemned now, and why: unknown, condemned already, held.';

-- Appends the intent if, under the head lock, the purge may go on (approved where it must be, not aborted, within its
-- limit), none of its objects is held, the rules are still those it was planned with, and no object has changed its class or
-- was tagged, ruled on or triggered since the log had `p_seen` events, when the purge looked.
create function ledger.condemn(
  p_controller int, p_recorded_at timestamptz, p_event_id uuid, p_purge_id uuid, p_occurred_on date, p_header text, p_entry bytea,
  p_objects uuid[], p_rules_position bigint, p_class int, p_seen bigint
) returns table (outcome text, object_id uuid, "position" bigint)
  language plpgsql security definer set search_path = model, ledger, pg_temp
as $$
#variable_conflict use_column
declare
  v_size bigint;
  v_last timestamptz;
  v_rules bigint;
  v_blocked int;
  v_purge purge%rowtype;
begin
  perform set_config('liggare.controller', p_controller::text, true);
  select h.size, h.last_recorded_at into v_size, v_last from ledger.log_head h where h.controller_id = p_controller for update;
  if p_recorded_at < v_last then
    raise exception 'recorded_at is older than the log' using errcode = 'LG002';
  end if;
  select p.* into v_purge from purge p where p.controller_id = p_controller and p.purge_id = p_purge_id;
  if v_purge.purge_id is null or coalesce(v_purge.executed_position, v_purge.aborted_position, v_purge.revoked_position, v_purge.deferred_position) is not null then
    return query select 'closed'::text, null::uuid, coalesce(v_purge.aborted_position, v_purge.executed_position, v_purge.revoked_position, v_purge.deferred_position);
    return;
  end if;
  if v_purge.paused_position is not null then
    return query select 'paused'::text, null::uuid, v_purge.paused_position;
    return;
  end if;
  if v_purge.approval and v_purge.approved_position is null then
    return query select 'unapproved'::text, null::uuid, v_purge.ordered_position;
    return;
  end if;
  if v_purge.objects + cardinality(p_objects) > v_purge.object_limit then
    return query select 'limit'::text, null::uuid, (v_purge.object_limit - v_purge.objects)::bigint;
    return;
  end if;
  -- What somebody has approved, they have approved under the rules of the order.
  select greatest(-1, max(d.position), (select max(r.approved_position) from rule_version r where r.controller_id = p_controller)) into v_rules
    from declaration d where d.controller_id = p_controller and d.kind in ('rule', 'activity', 'channel', 'controller');
  if v_rules <> p_rules_position or (v_purge.approval and v_rules <> v_purge.rules_position) then
    return query select 'rules-changed'::text, null::uuid, v_rules;
    return;
  end if;
  return query select coalesce(b.reason, 'changed'), c, null::bigint from unnest(p_objects) c
      left join ledger.blocked_objects(p_controller, p_objects) b on b.object_id = c
      left join object o on o.controller_id = p_controller and o.object_id = c
     where b.object_id is not null or o.class_id <> p_class or o.changed_position >= p_seen;
  get diagnostics v_blocked = row_count;
  if v_blocked > 0 then
    return;
  end if;
  insert into ledger.event (controller_id, position, event_id, stream_id, stream_version, type, occurred_on, recorded_at, header, entry)
    values (p_controller, v_size, p_event_id, p_purge_id,
      1 + coalesce((select max(e.stream_version) from ledger.event e where e.controller_id = p_controller and e.stream_id = p_purge_id), 0),
      'purge.intended', p_occurred_on, p_recorded_at, p_header, p_entry);
  insert into ledger.condemned (controller_id, object_id, position) select p_controller, c, v_size from unnest(p_objects) c;
  update ledger.log_head set size = v_size + 1, last_recorded_at = p_recorded_at where controller_id = p_controller;
  perform model.project(p_controller, v_size, v_size + 1);
  return query select 'intended'::text, null::uuid, v_size;
end
$$;
comment on function ledger.condemn is 'The purge''s intent event, or the objects that forbid it. Stores nothing unless the outcome is "intended".';

create function ledger.intended_parts(p_controller int, p_position bigint)
  returns table (object_id uuid, event_id uuid, "position" bigint)
  language plpgsql stable security definer set search_path = ledger, pg_temp
as $$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query
    select c.object_id, e.event_id, e.position
    from ledger.condemned c
    join ledger.event e on e.controller_id = p_controller and e.stream_id = c.object_id
    where c.controller_id = p_controller and c.position = p_position;
end
$$;

create function ledger.intended_digests(p_controller int, p_position bigint) returns table (digest bytea)
  language plpgsql stable security definer set search_path = ledger, pg_temp
as $$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query
    select f.digest from ledger.condemned c
      join ledger.event e on e.controller_id = p_controller and e.stream_id = c.object_id
      join ledger.fact_digest f on f.controller_id = p_controller and f.position = e.position
      where c.controller_id = p_controller and c.position = p_position
    union all
    select i.digest from ledger.condemned c
      join ledger.identity i on i.controller_id = p_controller and i.id = c.object_id and i.kind = 'object'
      where c.controller_id = p_controller and c.position = p_position;
end
$$;
comment on function ledger.intended_digests(int, bigint) is 'The digests of what an intent condemned, for the purge to turn into tombstones.';

-- Forgets the persons of whom nothing is left but what this intent, or one executed before it, condemned: their platform
-- ids, their traits, and by the ids answered their keys. Who stands in a living record, acts here, is held or was linked
-- by a case is not forgotten, unless that case granted their erasure. Under the lock of the head: whoever names such a person afterwards is told that they are
-- gone, and comes again as somebody new. May be called again after a crash: it answers the same ids.
create index subject_erased_idx on ledger.subject (controller_id, erased_position) where erased_position is not null;

create function ledger.forget_persons(p_controller int, p_position bigint) returns setof uuid
  language plpgsql security definer set search_path = model, ledger, pg_temp
  set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_named uuid[];
begin
  perform set_config('liggare.controller', p_controller::text, true);
  select array_agg(distinct p.subject_id) into v_named
    from ledger.condemned c
    join ledger.event e on e.controller_id = p_controller and e.stream_id = c.object_id
    join ledger.event_part p on p.controller_id = p_controller and p.position = e.position
    where c.controller_id = p_controller and c.position = p_position;
  perform from ledger.log_head h where h.controller_id = p_controller for update;
  -- The newest record first: who is alive is most likely so in it. Scalar, so that it is looked up and never hashed.
  update ledger.subject s set erased_position = p_position
    from unnest(v_named) n(subject_id)
    where s.controller_id = p_controller and s.subject_id = n.subject_id and s.erased_position is null
      and (select true from ledger.event_part q
             join ledger.event f on f.controller_id = p_controller and f.position = q.position
             left join ledger.condemned k on k.controller_id = p_controller and k.object_id = f.stream_id
            where q.controller_id = p_controller and q.subject_id = n.subject_id
              and (k.object_id is null or (k.executed_at is null and k.position <> p_position))
            order by q.position desc limit 1) is null
      and (select true from hold h where h.controller_id = p_controller and h.kind = 'subject' and h.target_id = n.subject_id
              and (h.lifted_position is null or (h.case_id is not null and (
                select true from ledger.event g where g.controller_id = p_controller and g.stream_id = h.case_id and g.type = 'erasure.granted' limit 1) is null))
            limit 1) is null;
  delete from ledger.identity i using ledger.subject s
    where s.controller_id = p_controller and s.erased_position = p_position
      and i.controller_id = p_controller and i.id = s.subject_id and i.kind = 'subject';
  delete from ledger.subject_trait t using ledger.subject s
    where s.controller_id = p_controller and s.erased_position = p_position
      and t.controller_id = p_controller and t.subject_id = s.subject_id;
  return query select s.subject_id from ledger.subject s where s.controller_id = p_controller and s.erased_position = p_position;
end
$$;
comment on function ledger.forget_persons(int, bigint) is 'Deletes identities and traits of persons whose last record an intent condemned, and answers who they are: their keys go next.';

create function ledger.forgotten_persons(p_controller int, p_intent uuid) returns setof uuid
  language plpgsql stable security definer set search_path = ledger, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select s.subject_id from ledger.event e
    join ledger.subject s on s.controller_id = p_controller and s.erased_position = e.position
    where e.controller_id = p_controller and e.event_id = p_intent;
end
$$;
comment on function ledger.forgotten_persons(int, uuid) is 'The persons whom an intent took the last record of, as far as this log has carried it out.';

-- Deletes what an intent condemned. May be called again after a crash: it then finds less, and that is right. Joins are
-- nested loops, whatever the planner thinks of tables it has no statistics of: each step costs what is condemned.
create function ledger.dispose(p_controller int, p_position bigint, p_tombstones bytea[], p_now timestamptz) returns bigint
  language plpgsql security definer set search_path = ledger, pg_temp
  set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_objects uuid[];
  v_positions bigint[];
  v_parts bigint;
begin
  perform set_config('liggare.controller', p_controller::text, true);
  select array_agg(c.object_id) into v_objects from ledger.condemned c where c.controller_id = p_controller and c.position = p_position;
  select array_agg(e.position) into v_positions from unnest(v_objects) o(id)
    join ledger.event e on e.controller_id = p_controller and e.stream_id = o.id;
  insert into ledger.tombstone (controller_id, digest, position)
    select distinct p_controller, t, p_position from unnest(p_tombstones) t
    on conflict (controller_id, digest) do nothing;
  delete from ledger.fact_digest f using unnest(v_positions) e(position)
    where f.controller_id = p_controller and f.position = e.position;
  delete from ledger.identity i using unnest(v_objects) o(id)
    where i.controller_id = p_controller and i.id = o.id and i.kind = 'object';
  delete from ledger.sealed_part s using unnest(v_positions) e(position)
    where s.controller_id = p_controller and s.position = e.position;
  get diagnostics v_parts = row_count;
  update ledger.condemned c set executed_at = p_now
    where c.controller_id = p_controller and c.position = p_position and c.executed_at is null;
  return v_parts;
end
$$;
comment on function ledger.dispose(int, bigint, bytea[], timestamptz) is 'Deletes the sealed parts, digests and platform identities of the objects an intent named. Answers the number of parts deleted now.';

-- Gives an intent's objects back, while the purge is revoked and nothing of them is destroyed: the event and the end of
-- their condemnation are one transaction. Answers the event's position; null where there is nothing to give back.
create function ledger.release(
  p_controller int, p_recorded_at timestamptz, p_event_id uuid, p_purge_id uuid, p_occurred_on date, p_header text, p_entry bytea, p_intent bigint
) returns bigint
  language plpgsql security definer set search_path = model, ledger, pg_temp
as $$
declare
  v_size bigint;
  v_last timestamptz;
begin
  perform set_config('liggare.controller', p_controller::text, true);
  select h.size, h.last_recorded_at into v_size, v_last from ledger.log_head h where h.controller_id = p_controller for update;
  if p_recorded_at < v_last then
    raise exception 'recorded_at is older than the log' using errcode = 'LG002';
  end if;
  if ledger.intent_pending(p_controller, p_intent) is not true
    or not exists (select from purge p join ledger.event i on i.controller_id = p_controller and i.position = p_intent and i.stream_id = p.purge_id
                    where p.controller_id = p_controller and p.purge_id = p_purge_id and p.revoked_position is not null) then
    return null;
  end if;
  insert into ledger.event (controller_id, position, event_id, stream_id, stream_version, type, occurred_on, recorded_at, header, entry)
    values (p_controller, v_size, p_event_id, p_purge_id,
      1 + coalesce((select max(e.stream_version) from ledger.event e where e.controller_id = p_controller and e.stream_id = p_purge_id), 0),
      'purge.released', p_occurred_on, p_recorded_at, p_header, p_entry);
  delete from ledger.condemned c where c.controller_id = p_controller and c.position = p_intent and c.executed_at is null;
  update ledger.log_head set size = v_size + 1, last_recorded_at = p_recorded_at where controller_id = p_controller;
  perform model.project(p_controller, v_size, v_size + 1);
  return v_size;
end
$$;
comment on function ledger.release is 'Un-condemns the objects of one intent of a revoked purge, with the event that says so.';

create function ledger.unexecuted_intents(p_controller int) returns table ("position" bigint, purge_id uuid, objects bigint)
  language plpgsql stable security definer set search_path = ledger, pg_temp
as $$
#variable_conflict use_column
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query
    select e.position, e.stream_id, (select count(*) from ledger.condemned c where c.controller_id = p_controller and c.position = e.position)
    from ledger.event e
    where e.controller_id = p_controller and e.type = 'purge.intended' and ledger.intent_pending(p_controller, e.position)
    order by e.position;
end
$$;

-- Privileges. Reading goes through row-level security; writing only through the functions.
revoke all on all functions in schema ledger, model from public;
grant usage on schema ledger, model to liggare_api, liggare_worker, liggare_purge, liggare_auditor;
grant execute on function ledger.current_controller() to liggare_api, liggare_worker, liggare_purge, liggare_auditor;
grant execute on function ledger.find_controller(text), ledger.list_controllers() to liggare_api, liggare_worker, liggare_purge, liggare_auditor;
grant execute on function ledger.create_controller(text, timestamptz), ledger.look_up(int, bytea[], bytea[], bytea[]) to liggare_api, liggare_worker;
grant execute on function ledger.append, ledger.last_recorded_at(int), ledger.missing_events(int, uuid[]) to liggare_api, liggare_worker, liggare_purge;
grant execute on function ledger.blocked_objects(int, uuid[]) to liggare_api, liggare_worker, liggare_purge;
grant execute on function ledger.condemn, ledger.intended_parts(int, bigint), ledger.intended_digests(int, bigint),
  ledger.release, ledger.forget_persons(int, bigint), ledger.forgotten_persons(int, uuid), ledger.dispose(int, bigint, bytea[], timestamptz),
  ledger.unexecuted_intents(int) to liggare_purge;
grant select on all tables in schema ledger to liggare_api, liggare_worker;
grant select on ledger.log_head, ledger.event, ledger.event_part, ledger.condemned to liggare_purge;
grant select on ledger.log_head, ledger.event, ledger.event_part, ledger.condemned, ledger.tombstone to liggare_auditor;
grant select on all tables in schema model to liggare_api, liggare_worker, liggare_purge, liggare_auditor;
