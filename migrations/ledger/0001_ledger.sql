-- The ledger: one append-only, contiguous log per controller (design: services/README.md, "The ledger").
-- Every key leads with controller_id, so that the tables distribute by it as they stand. Row-level security is on every
-- table and forced, also for the owner: whoever has not said which controller the transaction serves gets an error, never
-- an empty answer.

create schema ledger;
create schema model;
comment on schema ledger is 'The log and what is needed to append to it. Nothing here can be made again from elsewhere.';
comment on schema model is 'Read models: facts derived from ledger.event and ledger.event_part alone, rebuilt exactly by `liggare rebuild`.';

create function ledger.current_controller() returns int
  language plpgsql stable parallel safe
as $$
declare
  setting text := current_setting('liggare.controller', true);
begin
  if setting is null or setting = '' then
    raise exception 'no controller is set for this transaction'
      using errcode = 'LG001', hint = 'Every transaction begins with set_config(''liggare.controller'', id, true).';
  end if;
  return setting::int;
end
$$;
comment on function ledger.current_controller() is 'The controller this transaction serves. Raises when unset: an empty answer would look complete.';

create table ledger.controller (
  controller_id int primary key,
  slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 63),
  created_at timestamptz not null
);
comment on table ledger.controller is 'Directory of controllers: the number used inside, the slug used outside.';

create table ledger.log_head (
  controller_id int primary key,
  size bigint not null default 0 check (size >= 0),
  last_recorded_at timestamptz not null default '-infinity'
) with (fillfactor = 10);
comment on table ledger.log_head is 'One row per log; an append locks it. size = the next position.';

create table ledger.event (
  controller_id int not null,
  position bigint not null check (position >= 0),
  event_id uuid not null,
  stream_id uuid not null,
  stream_version int not null check (stream_version > 0),
  type text not null,
  channel_id uuid,
  thread_id uuid,
  capacity text,
  occurred_on date not null,
  recorded_at timestamptz not null,
  header text not null,
  entry bytea not null check (octet_length(entry) = 32),
  primary key (controller_id, position),
  check (channel_id is not null or not starts_with(type, 'interaction.'))
);
create unique index event_event_id_key on ledger.event (controller_id, event_id);
create unique index event_stream_key on ledger.event (controller_id, stream_id, stream_version);
create index event_channel_idx on ledger.event (controller_id, channel_id, position) where channel_id is not null;
comment on table ledger.event is 'The log. header is canonical JSON without names, texts or platform ids; entry = SHA-256("liggare/header/v1" || header) is the leaf input. Never updated, never deleted.';

create table ledger.event_part (
  controller_id int not null,
  position bigint not null,
  ordinal smallint not null,
  subject_id uuid not null,
  role text not null,
  category text not null,
  digest bytea not null check (octet_length(digest) = 32),
  primary key (controller_id, position, ordinal)
);
create index event_part_subject_idx on ledger.event_part (controller_id, subject_id, position);
comment on table ledger.event_part is 'Which person stands in which part of an event. Outlives the sealed content: it is how a person is found.';

create table ledger.sealed_part (
  controller_id int not null,
  position bigint not null,
  ordinal smallint not null,
  ciphertext bytea not null,
  commitment bytea not null check (octet_length(commitment) = 32),
  primary key (controller_id, position, ordinal)
);
alter table ledger.sealed_part alter column ciphertext set storage external;
comment on table ledger.sealed_part is 'The only place of personal data: AES-256-GCM under a key that needs the keyring. Deleted by the purge role alone.';

create table ledger.fact_digest (
  controller_id int not null,
  digest bytea not null,
  position bigint not null,
  content bytea,
  primary key (controller_id, digest)
);
create index fact_digest_position_idx on ledger.fact_digest (controller_id, position);
comment on table ledger.fact_digest is 'Keyed digests by which a fact delivered again is recognised, with the keyed digest of its content. Moved to ledger.tombstone by a purge.';

create table ledger.tombstone (
  controller_id int not null,
  digest bytea not null,
  position bigint not null,
  primary key (controller_id, digest)
);
comment on table ledger.tombstone is 'Digests under the tombstone key of facts and objects that were disposed of: they do not come back by importing the same file. position = the intent.';

create table ledger.identity (
  controller_id int not null,
  digest bytea not null,
  kind text not null check (kind in ('object', 'subject')),
  id uuid not null,
  primary key (controller_id, digest)
);
create index identity_id_idx on ledger.identity (controller_id, id);
comment on table ledger.identity is 'Keyed digest of a platform id -> the random id used in headers. Only what resolves by itself: a stable id, never a handle or a name.';

create table ledger.subject (
  controller_id int not null,
  subject_id uuid not null,
  erased_position bigint,
  primary key (controller_id, subject_id)
);
comment on table ledger.subject is 'The persons (and the controller itself) that parts are sealed for. An erased one takes no more parts.';

create table ledger.subject_trait (
  controller_id int not null,
  digest bytea not null,
  subject_id uuid not null,
  kind text not null,
  primary key (controller_id, digest, subject_id)
);
create index subject_trait_subject_idx on ledger.subject_trait (controller_id, subject_id);
comment on table ledger.subject_trait is 'Keyed digests of handles, e-mail addresses, URLs and folded name tokens: they propose a person, they never decide.';

create table ledger.condemned (
  controller_id int not null,
  object_id uuid not null,
  position bigint not null,
  executed_at timestamptz,
  primary key (controller_id, object_id)
) with (fillfactor = 60);
comment on table ledger.condemned is 'Objects named by a purge''s intent event (position): no event is added to them any more.';

-- Append-only by trigger, beside the privileges: also the owner is stopped.
create function ledger.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'ledger.% is append-only', tg_table_name using errcode = 'LG003';
end
$$;
do $$
declare t text;
begin
  foreach t in array array['event', 'event_part', 'tombstone'] loop
    execute format('create trigger append_only before update or delete or truncate on ledger.%I for each statement execute function ledger.refuse_change()', t);
  end loop;
  foreach t in array array['sealed_part', 'fact_digest', 'controller', 'subject'] loop
    execute format('create trigger no_truncate before truncate on ledger.%I for each statement execute function ledger.refuse_change()', t);
  end loop;
  execute 'create trigger no_rewrite before update on ledger.sealed_part for each statement execute function ledger.refuse_change()';
end
$$;

do $$
declare t text;
begin
  foreach t in array array['controller', 'log_head', 'event', 'event_part', 'sealed_part', 'fact_digest', 'tombstone', 'identity', 'subject', 'subject_trait', 'condemned'] loop
    execute format('alter table ledger.%I enable row level security', t);
    execute format('alter table ledger.%I force row level security', t);
    execute format('create policy own_controller on ledger.%I using (controller_id = (select ledger.current_controller())) with check (controller_id = (select ledger.current_controller()))', t);
  end loop;
end
$$;
-- The directory must be read to learn which controller to set: its two functions run as the owner, under a policy of the owner's alone.
create policy directory on ledger.controller to liggare_owner using (true) with check (true);
create policy first_head on ledger.log_head for insert to liggare_owner with check (true);

create function ledger.find_controller(p_slug text) returns int
  language sql stable security definer set search_path = ledger, pg_temp
as $$ select controller_id from ledger.controller where slug = p_slug $$;
comment on function ledger.find_controller(text) is 'The number of a controller, null when there is none. Tells nothing else of it.';

create function ledger.list_controllers() returns table (controller_id int, slug text)
  language sql stable security definer set search_path = ledger, pg_temp
as $$ select controller_id, slug from ledger.controller order by controller_id $$;

create function ledger.create_controller(p_slug text, p_created_at timestamptz) returns int
  language plpgsql security definer set search_path = ledger, pg_temp
as $$
declare v_id int;
begin
  lock table ledger.controller in share row exclusive mode;
  if exists (select from ledger.controller where slug = p_slug) then
    return null;
  end if;
  select coalesce(max(controller_id), 0) + 1 into v_id from ledger.controller;
  insert into ledger.controller values (v_id, p_slug, p_created_at);
  insert into ledger.log_head (controller_id) values (v_id);
  return v_id;
end
$$;
comment on function ledger.create_controller(text, timestamptz) is 'Opens an empty log. Null when the slug is taken.';

create function ledger.look_up(p_controller int, p_identities bytea[], p_facts bytea[], p_tombstones bytea[])
  returns table (source smallint, ordinal int, id uuid, "position" bigint, content bytea)
  language plpgsql stable security definer set search_path = ledger, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query
    select 1::smallint, d.n::int, (select i.id from ledger.identity i where i.controller_id = p_controller and i.digest = d.digest), null::bigint, null::bytea
      from unnest(p_identities) with ordinality d(digest, n)
    union all
    select 2::smallint, d.n::int, null, f.position, f.content
      from unnest(p_facts) with ordinality d(digest, n)
      cross join lateral (select f.position, f.content from ledger.fact_digest f where f.controller_id = p_controller and f.digest = d.digest limit 1) f
    union all
    select 3::smallint, d.n::int, null, t.position, null
      from unnest(p_tombstones) with ordinality d(digest, n)
      cross join lateral (select t.position from ledger.tombstone t where t.controller_id = p_controller and t.digest = d.digest limit 1) t;
end
$$;
comment on function ledger.look_up(int, bytea[], bytea[], bytea[]) is 'What is known of some digests before sealing: a hint that saves work. Only ledger.append decides, under the lock.';

-- Outcomes of an item, as ledger.append returns them (services/ledger/append-call.ts has the same numbers):
-- 0 stored · 1 duplicate · 2 version conflict · 3 subject gone · 4 identity moved · 5 already disposed · 6 condemned · 7 another item of its group refused
create function ledger.append(
  p_controller int, p_recorded_at timestamptz,
  p_event_id uuid[], p_stream_id uuid[], p_expected int[], p_group int[], p_type text[], p_channel_id uuid[], p_thread_id uuid[], p_capacity text[],
  p_occurred_on date[], p_header text[], p_entry bytea[], p_digest bytea[], p_alias bytea[], p_content bytea[],
  p_tomb_item int[], p_tomb_digest bytea[],
  p_identity_item int[], p_identity_digest bytea[], p_identity_kind text[], p_identity_id uuid[], p_identity_fresh boolean[],
  p_trait_item int[], p_trait_digest bytea[], p_trait_subject uuid[], p_trait_kind text[],
  p_subject_item int[], p_subject_id uuid[], p_subject_fresh boolean[],
  p_part_item int[], p_part_ordinal smallint[], p_part_subject uuid[], p_part_role text[], p_part_category text[],
  p_part_digest bytea[], p_part_ciphertext bytea[], p_part_commitment bytea[]
) returns table (outcome smallint, "position" bigint, version int, same boolean)
  language plpgsql security definer set search_path = model, ledger, pg_temp set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_size bigint;
  v_last timestamptz;
  v_outcome smallint[];
  v_version int[];
  v_prior bigint[];
  v_same boolean[];
  v_position bigint[];
  v_stored int;
begin
  perform set_config('liggare.controller', p_controller::text, true);
  -- Statement 1 waits for the head; only statements after it see what the previous holder committed.
  select h.size, h.last_recorded_at into v_size, v_last from ledger.log_head h where h.controller_id = p_controller for update;
  if not found then
    raise exception 'no log of controller %', p_controller using errcode = 'LG004';
  end if;
  if p_recorded_at < v_last then
    raise exception 'recorded_at is older than the log' using errcode = 'LG002';
  end if;

  -- Scalar correlated subqueries: a join or NOT EXISTS is planned as a hash over the whole table.
  with item as materialized (
    select i.n, i.stream_id, i.expected, i.grp, i.digest, i.alias, i.content,
      coalesce((select f.position from ledger.fact_digest f where f.controller_id = p_controller and f.digest = i.digest),
               (select f.position from ledger.fact_digest f where f.controller_id = p_controller and f.digest = i.alias)) as prior,
      coalesce((select e.stream_version from ledger.event e where e.controller_id = p_controller and e.stream_id = i.stream_id
                order by e.stream_version desc limit 1), 0) as version,
      (select c.position from ledger.condemned c where c.controller_id = p_controller and c.object_id = i.stream_id) as condemned
    from unnest(p_stream_id, p_expected, p_group, p_digest, p_alias, p_content) with ordinality i(stream_id, expected, grp, digest, alias, content, n)
  ), named as materialized (
    select d.n, d.id, d.fresh, (select i.id from ledger.identity i where i.controller_id = p_controller and i.digest = d.digest) as found
    from unnest(p_identity_item, p_identity_digest, p_identity_id, p_identity_fresh) d(n, digest, id, fresh)
  ), moved as materialized (
    select array_agg(x.n) as items from named x
    where x.found is distinct from x.id and not (x.found is null and x.fresh)
  ), buried as materialized (
    select array_agg(x.n) as items, array_agg(x.position) as positions from (
      select d.n, (select t.position from ledger.tombstone t where t.controller_id = p_controller and t.digest = d.digest) as position
      from unnest(p_tomb_item, p_tomb_digest) d(n, digest)) x
    where x.position is not null
  ), gone as materialized (
    select array_agg(x.n) as items from (
      select d.n, d.fresh, (select s.erased_position is null from ledger.subject s where s.controller_id = p_controller and s.subject_id = d.subject_id) as alive
      from unnest(p_subject_item, p_subject_id, p_subject_fresh) d(n, subject_id, fresh)) x
    where not coalesce(x.alive, x.fresh)
  ), verdict as materialized (
    select item.n, item.grp, item.version, item.prior, item.condemned, item.stream_id,
      case
        when item.prior is not null then 1
        when item.n::int = any ((select items from buried)::int[]) then 5
        when item.condemned is not null then 6
        when item.expected <> item.version then 2
        when item.n::int = any ((select items from moved)::int[]) then 4
        when item.n::int = any ((select items from gone)::int[]) then 3
        else 0
      end::smallint as own,
      case when item.prior is not null then
        (select f.content is not distinct from item.content from ledger.fact_digest f where f.controller_id = p_controller and f.digest in (item.digest, item.alias) and f.position = item.prior limit 1)
      end as same
    from item
  ), decided as materialized (
    select v.*, case when v.own = 0 and v.grp is not null and bool_or(v.own <> 0) over (partition by v.grp) then 7::smallint else v.own end as outcome
    from verdict v
  ), numbered as (
    select d.*,
      case when d.outcome = 0 then v_size - 1 + sum(case when d.outcome = 0 then 1 else 0 end) over (order by d.n) else -1 end as at,
      case when d.outcome = 0 then d.version + row_number() over (partition by d.stream_id, d.outcome order by d.n)::int end as next
    from decided d
  )
  select array_agg(n.outcome order by n.n), array_agg(coalesce(n.next, n.version) order by n.n), array_agg(n.at::bigint order by n.n), array_agg(n.same order by n.n),
    array_agg(coalesce(n.prior, n.condemned, (select b.positions[array_position(b.items, n.n::int)] from buried b)) order by n.n),
    count(*) filter (where n.outcome = 0)
  into v_outcome, v_version, v_position, v_same, v_prior, v_stored
  from numbered n;

  if v_stored > 0 then
    insert into ledger.event (controller_id, position, event_id, stream_id, stream_version, type, channel_id, thread_id, capacity, occurred_on, recorded_at, header, entry)
      select p_controller, v_position[i.n], i.event_id, i.stream_id, v_version[i.n], i.type, i.channel_id, i.thread_id, i.capacity, i.occurred_on, p_recorded_at, i.header, i.entry
      from unnest(p_event_id, p_stream_id, p_type, p_channel_id, p_thread_id, p_capacity, p_occurred_on, p_header, p_entry)
        with ordinality i(event_id, stream_id, type, channel_id, thread_id, capacity, occurred_on, header, entry, n)
      where v_position[i.n] >= 0;
    insert into ledger.fact_digest (controller_id, digest, position, content)
      select p_controller, d.digest, v_position[d.n], d.content
      from (select i.digest, i.content, i.n from unnest(p_digest, p_content) with ordinality i(digest, content, n)
            union all
            select i.alias, i.content, i.n from unnest(p_alias, p_content) with ordinality i(alias, content, n)) d
      where d.digest is not null and v_position[d.n] >= 0;
    insert into ledger.subject (controller_id, subject_id)
      select distinct p_controller, d.subject_id from unnest(p_subject_item, p_subject_id, p_subject_fresh) d(n, subject_id, fresh)
      where d.fresh and v_position[d.n] >= 0
      on conflict (controller_id, subject_id) do nothing;
    insert into ledger.identity (controller_id, digest, kind, id)
      select distinct on (d.digest) p_controller, d.digest, d.kind, d.id
      from unnest(p_identity_item, p_identity_digest, p_identity_kind, p_identity_id, p_identity_fresh) d(n, digest, kind, id, fresh)
      where d.fresh and v_position[d.n] >= 0
      order by d.digest
      on conflict (controller_id, digest) do nothing;
    insert into ledger.subject_trait (controller_id, digest, subject_id, kind)
      select distinct p_controller, d.digest, d.subject_id, d.kind
      from unnest(p_trait_item, p_trait_digest, p_trait_subject, p_trait_kind) d(n, digest, subject_id, kind)
      where v_position[d.n] >= 0
      on conflict (controller_id, digest, subject_id) do nothing;
    with part as materialized (
      select v_position[d.n] as position, d.*
      from unnest(p_part_item, p_part_ordinal, p_part_subject, p_part_role, p_part_category, p_part_digest, p_part_ciphertext, p_part_commitment)
        d(n, ordinal, subject_id, role, category, digest, ciphertext, commitment)
      where v_position[d.n] >= 0
    ), index_entry as (
      insert into ledger.event_part (controller_id, position, ordinal, subject_id, role, category, digest)
        select p_controller, position, ordinal, subject_id, role, category, digest from part
    )
    insert into ledger.sealed_part (controller_id, position, ordinal, ciphertext, commitment)
      select p_controller, position, ordinal, ciphertext, commitment from part;
    update ledger.log_head set size = v_size + v_stored, last_recorded_at = p_recorded_at where controller_id = p_controller;
    perform model.project(p_controller, v_size, v_size + v_stored);
  end if;

  return query
    select o.outcome, case when o.outcome = 0 then o.at else o.prior end, o.version, o.same
    from unnest(v_outcome, v_position, v_prior, v_version, v_same) with ordinality o(outcome, at, prior, version, same, n)
    order by o.n;
end
$$;
comment on function ledger.append is 'The only way into the log. One outcome per item, in the order given; all stored items get contiguous positions in one transaction.';

create function ledger.last_recorded_at(p_controller int) returns timestamptz
  language plpgsql stable security definer set search_path = ledger, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return (select h.last_recorded_at from ledger.log_head h where h.controller_id = p_controller);
end
$$;

create function ledger.missing_events(p_controller int, p_events uuid[]) returns setof uuid
  language plpgsql stable security definer set search_path = ledger, pg_temp
as $$
begin
  perform set_config('liggare.controller', p_controller::text, true);
  return query select i from unnest(p_events) i
    where (select e.position from ledger.event e where e.controller_id = p_controller and e.event_id = i) is null;
end
$$;
comment on function ledger.missing_events(int, uuid[]) is 'Those of the ids that no event of the log has.';
