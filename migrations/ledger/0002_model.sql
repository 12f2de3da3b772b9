-- Read models. `model.project` names its tables without a schema: whoever calls it chooses by search_path which set of
-- tables it fills – the live ones (inside ledger.append), new ones (rebuild), or a session's own (what was known at a
-- position). It reads ledger.event and ledger.event_part only, never what a purge deletes, and how a range of
-- positions is cut must not matter (test/ledger/project.test.ts).

create table model.declaration (
  controller_id int not null,
  kind text not null,
  id uuid not null,
  version int not null,
  position bigint not null,
  declared_at timestamptz not null,
  document jsonb not null,
  primary key (controller_id, kind, id)
);
comment on table model.declaration is 'The newest version of each declared document: controller, channel, activity, rule. Earlier versions stand in the log.';

create table model.rule_version (
  controller_id int not null,
  rule_id uuid not null,
  version int not null,
  position bigint not null,
  declared_at timestamptz not null,
  approval boolean not null,
  approved_position bigint,
  document jsonb not null,
  primary key (controller_id, rule_id, version)
);
comment on table model.rule_version is 'Every version of each retention rule: one that begins later leaves the one before it in force till then. A version that needs approval has no force until another actor has approved it.';

create table model.retention_class (
  controller_id int not null,
  class_id int not null,
  channel_id uuid not null,
  verb text not null,
  capacity text not null,
  primary key (controller_id, class_id)
);
create unique index retention_class_facts_key on model.retention_class (controller_id, channel_id, verb, capacity);
comment on table model.retention_class is 'The facts that rules are scoped by, interned. No rule stands here: rules become cut-off days when read.';

create table model.object (
  controller_id int not null,
  object_id uuid not null,
  class_id int not null,
  created boolean not null,
  first_position bigint not null,
  last_position bigint not null,
  events int not null,
  thread_id uuid,
  occurred_on date not null,
  received_on date not null,
  closed_on date,
  obsolete_on date,
  withdrawn_on date,
  delivered_on date,
  mark text collate "C" not null default '',
  changed_position bigint,
  condemned_position bigint,
  primary key (controller_id, object_id)
);
create index object_occurred_idx on model.object (controller_id, class_id, mark, occurred_on) where condemned_position is null;
create index object_received_idx on model.object (controller_id, class_id, mark, received_on) where condemned_position is null;
create index object_triggered_idx on model.object (controller_id, class_id) where condemned_position is null and (closed_on is not null or obsolete_on is not null or withdrawn_on is not null or delivered_on is not null);
create index object_condemned_idx on model.object (controller_id, condemned_position) where condemned_position is not null;
create index object_thread_idx on model.object (controller_id, thread_id) where thread_id is not null;
comment on table model.object is 'The unit of retention: an object with all its events. Days are facts; whether it is due is computed from the rules when read.';
comment on column model.object.mark is 'What people have said of it since: the capacity they ruled, a slash, its tags in order, by commas. Empty when nothing. Together with the class it decides which rules apply.';
comment on column model.object.changed_position is 'The last event that changed its mark or a day that somebody declares: an intent planned before it is refused.';

create table model.observation (
  controller_id int not null,
  channel_id uuid not null,
  verb text not null,
  category text not null,
  capacity text not null,
  records bigint not null,
  first_on date not null,
  last_on date not null,
  primary key (controller_id, channel_id, verb, category, capacity)
) with (fillfactor = 50);
comment on table model.observation is 'What the log holds, counted by channel, verb, category and capacity: the observed side of the register.';

create table model.channel_subject (
  controller_id int not null,
  channel_id uuid not null,
  subject_id uuid not null,
  primary key (controller_id, channel_id, subject_id)
);
comment on table model.channel_subject is 'Which persons are seen on which channel.';

create table model.channel_reach (
  controller_id int not null,
  channel_id uuid not null,
  earlier uuid[] not null,
  subjects bigint not null,
  primary key (controller_id, channel_id, earlier)
) with (fillfactor = 50);
comment on table model.channel_reach is 'How many persons were seen on a channel after these others, each counted once for each channel. The persons of any set of channels are the sum of those rows of its channels that name none of the set as earlier: what it costs to know does not grow with them.';

create table model.hold (
  controller_id int not null,
  hold_id uuid not null,
  kind text not null,
  target_id uuid not null,
  ground text not null,
  review_on date,
  case_id uuid,
  verb text,
  from_on date,
  to_on date,
  placed_position bigint not null,
  lifted_position bigint,
  primary key (controller_id, hold_id)
);
create index hold_active_idx on model.hold (controller_id, kind, target_id) where lifted_position is null;
comment on table model.hold is 'Holds on an object, a thread, a subject, a channel, or a query: a channel narrowed by verb and days, whatever comes to lie there. While one is active nothing under it is destroyed.';

create table model.purge (
  controller_id int not null,
  purge_id uuid not null,
  ordered_position bigint not null,
  rules_position bigint not null,
  planned int not null,
  object_limit int not null,
  approval boolean not null,
  wait_hours int not null,
  approved_position bigint,
  paused_position bigint,
  aborted_position bigint,
  intents int not null,
  objects int not null,
  deferred_position bigint,
  deferred_until timestamptz,
  revoked_position bigint,
  released int not null,
  released_position bigint,
  begun_position bigint,
  executed_position bigint,
  swept_position bigint,
  primary key (controller_id, purge_id)
);
comment on table model.purge is 'Purges: ordered, approved by another actor where the order says so, intended in parts, paused, aborted, deferred for a time in which it can be revoked (then its objects are released), begun, executed (destroyed), swept (irrecoverable). None takes more objects than its limit.';

create table model.intent (
  controller_id int not null,
  position bigint not null,
  purge_id uuid not null,
  class_id int,
  objects int not null,
  disposed_position bigint,
  primary key (controller_id, position)
);
create index intent_purge_idx on model.intent (controller_id, purge_id);
comment on table model.intent is 'Intents of purges: of which class and how many objects each condemned, and where the purge that destroyed them ended. An object was disposed of if the intent that condemned it was. Those of released intents are gone.';

create table model.disclosure (
  controller_id int not null,
  disclosure_id uuid not null,
  position bigint not null,
  recipient_kind text not null,
  organisation text,
  person boolean not null,
  ground text not null,
  provision text,
  reference text,
  disclosed_on date not null,
  objects int not null,
  primary key (controller_id, disclosure_id)
);
create index disclosure_position_idx on model.disclosure (controller_id, position);
comment on table model.disclosure is 'To whom records were handed, on what ground, when. A person as recipient and the purpose stand sealed in the event.';

create table model.disclosed_object (
  controller_id int not null,
  object_id uuid not null,
  disclosure_id uuid not null,
  primary key (controller_id, object_id, disclosure_id)
);
create index disclosed_object_disclosure_idx on model.disclosed_object (controller_id, disclosure_id);
comment on table model.disclosed_object is 'Which objects a disclosure handed over.';

create table model.platform_demand (
  controller_id int not null,
  demand_id uuid not null,
  channel_id uuid not null,
  object_id uuid,
  action text not null,
  demands int not null,
  demanded_position bigint not null,
  demanded_on date not null,
  decision text,
  decided_position bigint,
  primary key (controller_id, demand_id)
);
create index platform_demand_open_idx on model.platform_demand (controller_id, demanded_position) where decided_position is null;
comment on table model.platform_demand is 'What platforms want changed or gone: a case each, open until somebody has decided to follow, keep or restrict.';

create table model.supervision_round (
  controller_id int not null,
  round_id uuid not null,
  channel_id uuid not null,
  position bigint not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  seen int not null,
  acted int not null,
  primary key (controller_id, round_id)
);
create index supervision_round_channel_idx on model.supervision_round (controller_id, channel_id, to_at);
comment on table model.supervision_round is 'Who looked through a channel stands sealed in the event; here when, how much was seen and how much acted on.';

create table model.supervision_item (
  controller_id int not null,
  item_id uuid not null,
  channel_id uuid not null,
  object_id uuid,
  source text not null,
  known_at timestamptz not null,
  position bigint not null,
  action text,
  acted_at timestamptz,
  acted_position bigint,
  primary key (controller_id, item_id)
);
create index supervision_item_channel_idx on model.supervision_item (controller_id, channel_id, known_at);
create index supervision_item_open_idx on model.supervision_item (controller_id, known_at) where acted_position is null;
comment on table model.supervision_item is 'What somebody came to know of on a channel, by a round, a report or a notice, and what was done about it when.';

create table model.supervision_alarm (
  controller_id int not null,
  channel_id uuid not null,
  due_at timestamptz not null,
  position bigint not null,
  primary key (controller_id, channel_id, due_at)
);
comment on table model.supervision_alarm is 'Rounds that did not come in time: one alarm for each day that was missed, however often it is looked.';

create table model.unpublication (
  controller_id int not null,
  object_id uuid not null,
  position bigint not null,
  ground text not null,
  primary key (controller_id, object_id)
);
comment on table model.unpublication is 'Objects taken off their channel while their copy is kept.';

create table model.diary_entry (
  controller_id int not null,
  entry_id uuid not null,
  position bigint not null,
  version int not null,
  entered_on date not null,
  direction text not null,
  designation text not null,
  correspondent text,
  person boolean not null,
  brief text,
  left_out text[] not null,
  object_id uuid,
  primary key (controller_id, entry_id)
);
create index diary_entry_day_idx on model.diary_entry (controller_id, entered_on, position);
comment on table model.diary_entry is 'The public diary (OSL 5:2) as last entered or corrected. Columns left out for secrecy, and persons, stand sealed in the event.';

create table model.capacity_ruling (
  controller_id int not null,
  object_id uuid not null,
  ruling_id uuid not null,
  position bigint not null,
  version int not null,
  capacity text not null,
  ground text not null,
  quarantine_until date,
  hold_id uuid,
  contested_position bigint,
  contest_hold_id uuid,
  approved_position bigint,
  primary key (controller_id, object_id)
);
create index capacity_ruling_position_idx on model.capacity_ruling (controller_id, position);
create index capacity_ruling_approved_idx on model.capacity_ruling (controller_id, approved_position) where approved_position is not null;
comment on table model.capacity_ruling is 'In what capacity somebody acted, as a person has ruled it last: since when its content is quarantined, whether it is contested, whether another person has said that the content be destroyed.';

do $$
declare t text;
begin
  foreach t in array array['declaration', 'rule_version', 'retention_class', 'object', 'observation', 'channel_subject', 'channel_reach', 'hold', 'platform_demand', 'purge', 'intent', 'disclosure', 'disclosed_object', 'capacity_ruling', 'supervision_round', 'supervision_item', 'supervision_alarm', 'unpublication', 'diary_entry'] loop
    execute format('alter table model.%I enable row level security', t);
    execute format('alter table model.%I force row level security', t);
    execute format('create policy own_controller on model.%I using (controller_id = (select ledger.current_controller())) with check (controller_id = (select ledger.current_controller()))', t);
  end loop;
end
$$;

create function model.project(p_controller int, p_from bigint, p_to bigint) returns void
  language plpgsql
as $$
declare
  v_other boolean;
  v_interaction boolean;
begin
  select bool_or(starts_with(e.type, 'interaction.')), bool_or(not starts_with(e.type, 'interaction.')) into v_interaction, v_other
    from ledger.event e where e.controller_id = p_controller and e.position >= p_from and e.position < p_to;

  if v_interaction then
    insert into retention_class (controller_id, class_id, channel_id, verb, capacity)
      select p_controller,
        (select coalesce(max(c.class_id), 0) from retention_class c where c.controller_id = p_controller) + row_number() over (order by f.first_position),
        f.channel_id, f.verb, f.capacity
      from (
        select e.channel_id, substr(e.type, 13) as verb, coalesce(e.capacity, 'undetermined') as capacity, min(e.position) as first_position
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and starts_with(e.type, 'interaction.')
        group by 1, 2, 3) f
      where (select c.class_id from retention_class c
             where c.controller_id = p_controller and c.channel_id = f.channel_id and c.verb = f.verb and c.capacity = f.capacity) is null;

    -- The class and the day of an object are those of the event that created it, else of its first event: an edit may
    -- arrive before what it edits, and the end must be the same.
    insert into object as o (controller_id, object_id, class_id, created, first_position, last_position, events, thread_id, occurred_on, received_on)
      select p_controller, s.stream_id,
        (select c.class_id from retention_class c
         where c.controller_id = p_controller and c.channel_id = s.channel_id and c.verb = substr(s.type, 13) and c.capacity = coalesce(s.capacity, 'undetermined')),
        s.created, s.first_position, s.last_position, s.events, s.thread_id, s.occurred_on, s.received_on
      from (
        select distinct on (e.stream_id) e.stream_id, e.channel_id, e.type, e.capacity, e.thread_id, e.occurred_on,
          e.type in ('interaction.published', 'interaction.commented', 'interaction.replied', 'interaction.shared', 'interaction.messaged') as created,
          min(e.position) over w as first_position, max(e.position) over w as last_position, count(*) over w as events,
          (min(e.recorded_at) over w at time zone 'Europe/Stockholm')::date as received_on
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and starts_with(e.type, 'interaction.')
        window w as (partition by e.stream_id)
        order by e.stream_id,
          (e.type in ('interaction.published', 'interaction.commented', 'interaction.replied', 'interaction.shared', 'interaction.messaged')) desc, e.position) s
      on conflict (controller_id, object_id) do update set
        class_id = case when excluded.created and not o.created then excluded.class_id else o.class_id end,
        occurred_on = case when excluded.created and not o.created then excluded.occurred_on else o.occurred_on end,
        thread_id = case when excluded.created and not o.created then excluded.thread_id else o.thread_id end,
        created = o.created or excluded.created,
        last_position = excluded.last_position,
        events = o.events + excluded.events;

    -- Each event's parts by their key, behind OFFSET 0: a join of two ranges is planned as their product while the
    -- tables are small, and the plan stays cached when they have grown.
    with seen as materialized (
      select e.position, e.channel_id, substr(e.type, 13) as verb, coalesce(e.capacity, 'undetermined') as capacity, e.occurred_on, p.category, p.subject_id
      from ledger.event e
      cross join lateral (
        select q.category, q.subject_id from ledger.event_part q where q.controller_id = p_controller and q.position = e.position order by q.ordinal offset 0) p
      where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and starts_with(e.type, 'interaction.')
    ), counted as (
      insert into observation as o (controller_id, channel_id, verb, category, capacity, records, first_on, last_on)
        select p_controller, s.channel_id, s.verb, s.category, s.capacity, count(distinct s.position), min(s.occurred_on), max(s.occurred_on)
        from seen s
        group by 2, 3, 4, 5
        on conflict (controller_id, channel_id, verb, category, capacity) do update set
          records = o.records + excluded.records, first_on = least(o.first_on, excluded.first_on), last_on = greatest(o.last_on, excluded.last_on)
    ), met as (
      select s.channel_id, s.subject_id,
        array_agg(s.channel_id) over (partition by s.subject_id order by min(s.position) rows between unbounded preceding and 1 preceding) as before
      from seen s group by 1, 2
    ), fresh as (
      insert into channel_subject (controller_id, channel_id, subject_id)
        select p_controller, m.channel_id, m.subject_id from met m
        on conflict (controller_id, channel_id, subject_id) do nothing
        returning channel_id, subject_id
    ), channel as materialized (
      select distinct c.channel_id from retention_class c where c.controller_id = p_controller
    )
    -- Only who is new to a channel costs anything here. Grouped, not joined, for the reason above; `channel_subject` is
    -- as it was before this statement.
    insert into channel_reach as r (controller_id, channel_id, earlier, subjects)
      select p_controller, n.channel_id, n.earlier, count(*)
      from (
        select f.channel_id, array(
            select c.channel_id from channel c
            where c.channel_id <> f.channel_id and (c.channel_id = any (f.before)
              or exists (select from channel_subject k where k.controller_id = p_controller and k.channel_id = c.channel_id and k.subject_id = f.subject_id))
            order by c.channel_id) as earlier
        from (
          select u.channel_id, u.subject_id, max(u.before) as before
          from (
            select m.channel_id, m.subject_id, m.before, false as is_new from met m
            union all
            select w.channel_id, w.subject_id, null, true from fresh w) u
          group by 1, 2
          having bool_or(u.is_new)) f) n
      group by 2, 3
      on conflict (controller_id, channel_id, earlier) do update set subjects = r.subjects + excluded.subjects;
  end if;

  if v_other then
    insert into declaration as d (controller_id, kind, id, version, position, declared_at, document)
      select distinct on (split_part(e.type, '.', 1), e.stream_id) p_controller, split_part(e.type, '.', 1), e.stream_id, e.stream_version, e.position, e.recorded_at, e.header::jsonb -> 'data' -> 'document'
      from ledger.event e
      where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type like '%.declared'
      order by split_part(e.type, '.', 1), e.stream_id, e.position desc
      on conflict (controller_id, kind, id) do update set
        version = excluded.version, position = excluded.position, declared_at = excluded.declared_at, document = excluded.document;

    insert into rule_version (controller_id, rule_id, version, position, declared_at, approval, document)
      select p_controller, e.stream_id, e.stream_version, e.position, e.recorded_at,
        coalesce((e.header::jsonb -> 'data' ->> 'approval')::boolean, false), e.header::jsonb -> 'data' -> 'document'
      from ledger.event e
      where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'rule.declared';
    -- Four eyes: what the author says of a version is no approval.
    update rule_version r set approved_position = a.position
      from (
        select q.rule_id, q.version, min(e.position) as position
        from ledger.event e
        join ledger.event_part w on w.controller_id = p_controller and w.position = e.position and w.role = 'actor'
        join rule_version q on q.controller_id = p_controller and q.rule_id = (e.header::jsonb -> 'data' ->> 'rule')::uuid
          and q.version = (e.header::jsonb -> 'data' ->> 'version')::int and q.position < e.position
        left join ledger.event_part f on f.controller_id = p_controller and f.position = q.position and f.role = 'actor' and f.subject_id = w.subject_id
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'rule.approved' and f.subject_id is null
        group by 1, 2) a
      where r.controller_id = p_controller and r.rule_id = a.rule_id and r.version = a.version and r.approved_position is null;

    -- What names objects means those that stand in the log before it: here later ones may have been projected already.
    update object o set
        closed_on = coalesce(t.closed_on, o.closed_on), obsolete_on = coalesce(t.obsolete_on, o.obsolete_on),
        withdrawn_on = coalesce(t.withdrawn_on, o.withdrawn_on), delivered_on = coalesce(t.delivered_on, o.delivered_on),
        changed_position = greatest(o.changed_position, t.position)
      from (
        select x.object_id, max(x.position) as position,
          (array_agg(x.day order by x.position desc) filter (where x.trigger = 'archiveDelivered'))[1] as delivered_on,
          (array_agg(x.day order by x.position desc) filter (where x.trigger = 'matterClosed'))[1] as closed_on,
          (array_agg(x.day order by x.position desc) filter (where x.trigger = 'declaredObsolete'))[1] as obsolete_on,
          (array_agg(x.day order by x.position desc) filter (where x.trigger = 'withdrawn'))[1] as withdrawn_on
        from (
          select d.position, d.trigger, d.day, y.id::uuid as object_id
          from (
            select c.position, c.data -> 'objects' as objects, (c.data ->> 'day')::date as day,
              case c.type when 'archive.delivered' then 'archiveDelivered' else c.data ->> 'trigger' end as trigger
            from (
              select e.position, e.type, e.header::jsonb -> 'data' as data
              from ledger.event e
              where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type in ('retention.triggered', 'archive.delivered')
              offset 0) c
            offset 0) d
          cross join lateral jsonb_array_elements_text(d.objects) y(id)) x
        cross join lateral (
          select o.object_id from object o
          where o.controller_id = p_controller and o.object_id = x.object_id and o.first_position < x.position offset 0) n
        where x.day is not null
        group by 1) t
      where o.controller_id = p_controller and o.object_id = t.object_id;

    -- Tags and ruled capacities: of each word the last event counts, so that how the range is cut does not matter.
    -- The header of such an event is large: it is read once for each event (OFFSET 0), and objects are found by their key.
    with said as materialized (
      select d.position, d.type, d.tags, d.capacity, n.object_id, n.mark
      from (
        select c.position, c.type, c.data -> 'objects' as objects, c.data -> 'tags' as tags, c.data ->> 'capacity' as capacity
        from (
          select e.position, e.type, e.header::jsonb -> 'data' as data
          from ledger.event e
          where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type in ('object.tagged', 'object.untagged', 'capacity.ruled')
          offset 0) c
        offset 0) d
      cross join lateral jsonb_array_elements_text(d.objects) x(id)
      cross join lateral (
        select o.object_id, o.mark from object o
        where o.controller_id = p_controller and o.object_id = x.id::uuid and o.first_position < d.position offset 0) n
    ), word as (
      select s.object_id, t.tag, s.position, s.type = 'object.tagged' as stands, null as capacity
      from said s cross join lateral jsonb_array_elements_text(s.tags) t(tag)
      where s.type in ('object.tagged', 'object.untagged')
      union all
      select s.object_id, null, s.position, true, s.capacity from said s where s.type = 'capacity.ruled'
      union all
      select s.object_id, u.tag, -1, true, null
      from said s cross join lateral unnest(string_to_array(nullif(split_part(s.mark, '/', 2), ''), ',')) u(tag)
      union all
      select s.object_id, null, -1, true, split_part(s.mark, '/', 1) from said s
    ), last as (
      select distinct on (w.object_id, w.tag) w.object_id, w.tag, w.position, w.stands, w.capacity
      from word w order by w.object_id, w.tag, w.position desc
    ), marked as (
      select l.object_id, max(l.position) as position, max(l.capacity) as capacity,
        coalesce(string_agg(l.tag, ',' order by l.tag collate "C") filter (where l.stands), '') as tags
      from last l group by l.object_id
    )
    update object o set changed_position = greatest(o.changed_position, m.position),
        mark = case when m.capacity = '' and m.tags = '' then '' else m.capacity || '/' || m.tags end
      from marked m
      where o.controller_id = p_controller and o.object_id = m.object_id;

    insert into platform_demand (controller_id, demand_id, channel_id, object_id, action, demands, demanded_position, demanded_on)
      select p_controller, d.stream_id, d.channel_id, d.object_id, d.action, d.n, d.position, d.occurred_on
      from (
        select distinct on (e.stream_id) e.stream_id, e.channel_id, (e.header::jsonb -> 'data' ->> 'object')::uuid as object_id,
          coalesce(e.header::jsonb -> 'data' ->> 'action', 'unknown') as action, count(*) over (partition by e.stream_id)::int as n, e.position, e.occurred_on
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'platform.demanded' and e.channel_id is not null
        order by e.stream_id, e.position) d
      on conflict (controller_id, demand_id) do update set demands = platform_demand.demands + excluded.demands;
    update platform_demand d set decided_position = x.position, decision = x.decision
      from (
        select distinct on (e.header::jsonb -> 'data' ->> 'demand') (e.header::jsonb -> 'data' ->> 'demand')::uuid as demand_id,
          e.header::jsonb -> 'data' ->> 'decision' as decision, e.position
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'platform.decided'
        order by e.header::jsonb -> 'data' ->> 'demand', e.position desc) x
      where d.controller_id = p_controller and d.demand_id = x.demand_id and d.demanded_position < x.position;

    insert into hold (controller_id, hold_id, kind, target_id, ground, review_on, case_id, verb, from_on, to_on, placed_position)
      select p_controller, h.stream_id, h.data ->> 'kind', (h.data ->> 'target')::uuid, h.data ->> 'ground', (h.data ->> 'reviewOn')::date, (h.data ->> 'case')::uuid,
        h.data ->> 'verb', (h.data ->> 'from')::date, (h.data ->> 'to')::date, h.position
      from (
        select e.stream_id, e.position, e.header::jsonb -> 'data' as data
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'hold.placed') h;
    update hold h set lifted_position = l.position
      from (
        select e.stream_id, min(e.position) as position
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'hold.lifted'
        group by e.stream_id) l
      where h.controller_id = p_controller and h.hold_id = l.stream_id and h.lifted_position is null;

    -- An object can be condemned, released and condemned again: the last intent that names it counts, unless it is released.
    if exists (select from ledger.event e where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.intended') then
      with named as materialized (
        select e.position, e.stream_id, (e.header::jsonb -> 'data' ->> 'classId')::int as class_id, e.header::jsonb -> 'data' -> 'objects' as objects
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.intended'
      ), noted as (
        insert into intent (controller_id, position, purge_id, class_id, objects)
          select p_controller, n.position, n.stream_id, n.class_id, jsonb_array_length(n.objects) from named n
      )
      update object o set condemned_position = c.position
        from (
          select k.object_id, max(k.position) as position
          from (select n.position, jsonb_array_elements_text(n.objects)::uuid as object_id from named n) k
          group by k.object_id) c
        where o.controller_id = p_controller and o.object_id = c.object_id;
    end if;
    if exists (select from ledger.event e where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.released') then
      with released as materialized (
        select e.position, (e.header::jsonb -> 'data' ->> 'intent')::bigint as intent
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.released'
      ), freed as (
        update object o set condemned_position = null from released r where o.controller_id = p_controller and o.condemned_position = r.intent
      )
      delete from intent i using released r where i.controller_id = p_controller and i.position = r.intent;
    end if;
    -- An order that does not say how much it may take takes nothing, and waits for approval.
    insert into purge (controller_id, purge_id, ordered_position, rules_position, planned, object_limit, approval, wait_hours, intents, objects, released)
      select p_controller, o.stream_id, o.position, coalesce((o.data ->> 'rulesPosition')::bigint, -1),
        coalesce((o.data ->> 'objects')::int, 0), coalesce((o.data ->> 'limit')::int, 0), coalesce((o.data ->> 'approval')::boolean, true), coalesce((o.data ->> 'waitHours')::int, 0), 0, 0, 0
      from (
        select e.stream_id, e.position, e.header::jsonb -> 'data' as data
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.ordered') o;
    -- Four eyes: what the orderer says is no approval, whoever let it into the log.
    update purge p set approved_position = a.position
      from (
        select e.stream_id, min(e.position) as position
        from ledger.event e
        join ledger.event_part w on w.controller_id = p_controller and w.position = e.position and w.role = 'actor'
        join purge q on q.controller_id = p_controller and q.purge_id = e.stream_id and q.ordered_position < e.position
        left join ledger.event_part f on f.controller_id = p_controller and f.position = q.ordered_position and f.role = 'actor' and f.subject_id = w.subject_id
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.approved' and f.subject_id is null
        group by e.stream_id) a
      where p.controller_id = p_controller and p.purge_id = a.stream_id and p.approved_position is null;
    update purge p set intents = p.intents + i.intents, objects = p.objects + i.objects
      from (
        select e.stream_id, count(*) as intents, sum(jsonb_array_length(e.header::jsonb -> 'data' -> 'objects')) as objects
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.intended'
        group by e.stream_id) i
      where p.controller_id = p_controller and p.purge_id = i.stream_id;
    update purge p set executed_position = x.position
      from (
        select e.stream_id, min(e.position) as position
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.executed'
        group by e.stream_id) x
      where p.controller_id = p_controller and p.purge_id = x.stream_id and p.executed_position is null;
    update purge p set aborted_position = x.position
      from (
        select e.stream_id, min(e.position) as position
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.aborted'
        group by e.stream_id) x
      where p.controller_id = p_controller and p.purge_id = x.stream_id and p.aborted_position is null
        and (p.executed_position is null or p.executed_position > x.position);
    -- One row for each intent, however many objects: this runs under the lock of the head.
    update intent i set disposed_position = x.position
      from (
        select e.stream_id, min(e.position) as position
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.executed'
        group by e.stream_id) x
      where i.controller_id = p_controller and i.purge_id = x.stream_id and i.position < x.position and i.disposed_position is null;
    update purge p set paused_position = x.position
      from (
        select distinct on (e.stream_id) e.stream_id, case e.type when 'purge.paused' then e.position end as position
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type in ('purge.paused', 'purge.resumed')
        order by e.stream_id, e.position desc) x
      where p.controller_id = p_controller and p.purge_id = x.stream_id;
    update purge p set deferred_position = x.position, deferred_until = x.until
      from (
        select distinct on (e.stream_id) e.stream_id, e.position, (e.header::jsonb -> 'data' ->> 'until')::timestamptz as until
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.deferred'
        order by e.stream_id, e.position) x
      where p.controller_id = p_controller and p.purge_id = x.stream_id and p.deferred_position is null;
    -- Either comes first, and then the other counts for nothing: after execution has begun there is no undo.
    update purge p set begun_position = coalesce(p.begun_position, x.begun), revoked_position = coalesce(p.revoked_position, x.revoked)
      from (
        select e.stream_id,
          case when (array_agg(e.type order by e.position))[1] = 'purge.begun' then min(e.position) end as begun,
          case when (array_agg(e.type order by e.position))[1] = 'purge.revoked' then min(e.position) end as revoked
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type in ('purge.begun', 'purge.revoked')
        group by e.stream_id) x
      where p.controller_id = p_controller and p.purge_id = x.stream_id and p.begun_position is null and p.revoked_position is null;
    update purge p set released = p.released + x.objects, released_position = coalesce(p.released_position, x.last)
      from (
        select e.stream_id, sum((e.header::jsonb -> 'data' ->> 'objects')::int) as objects,
          min(e.position) filter (where e.header::jsonb -> 'data' ->> 'left' = '0') as last
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'purge.released'
        group by e.stream_id) x
      where p.controller_id = p_controller and p.purge_id = x.stream_id;
    update purge p set swept_position = s.position
      from (
        select x.purge_id, min(x.position) as position
        from (
          select e.position, jsonb_array_elements_text(e.header::jsonb -> 'data' -> 'purges')::uuid as purge_id
          from ledger.event e
          where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'keyring.swept') x
        group by 1) s
      where p.controller_id = p_controller and p.purge_id = s.purge_id and p.swept_position is null;
    perform model.project_oversight(p_controller, p_from, p_to);
  end if;
end
$$;
comment on function model.project(int, bigint, bigint) is 'Applies the events of [from, to) to the read models found on the search_path.';

-- What the municipality does about its records beside keeping and destroying them. Apart from the above, since most
-- ranges have none of it: a command pays for one look at its types.
create function model.project_oversight(p_controller int, p_from bigint, p_to bigint) returns void
  language plpgsql
as $$
begin
  if exists (select from ledger.event e where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'disclosure.made') then
    insert into disclosure (controller_id, disclosure_id, position, recipient_kind, organisation, person, ground, provision, reference, disclosed_on, objects)
      select p_controller, d.stream_id, d.position, d.data ->> 'recipient', d.data ->> 'organisation', (d.data ->> 'person')::boolean,
        d.data ->> 'ground', d.data ->> 'provision', d.data ->> 'reference', (d.data ->> 'disclosedOn')::date, jsonb_array_length(d.data -> 'objects')
      from (
        select e.stream_id, e.position, e.header::jsonb -> 'data' as data
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'disclosure.made') d;
    insert into disclosed_object (controller_id, object_id, disclosure_id)
      select p_controller, jsonb_array_elements_text(e.header::jsonb -> 'data' -> 'objects')::uuid, e.stream_id
      from ledger.event e
      where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'disclosure.made';
  end if;
  if exists (select from ledger.event e where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and starts_with(e.type, 'capacity.')) then
    perform model.project_rulings(p_controller, p_from, p_to);
  end if;
  if exists (select from ledger.event e where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'diary.entered') then
    insert into diary_entry as y (controller_id, entry_id, position, version, entered_on, direction, designation, correspondent, person, brief, left_out, object_id)
      select distinct on (d.stream_id) p_controller, d.stream_id, d.position, d.stream_version, (d.data ->> 'enteredOn')::date, d.data ->> 'direction', d.data ->> 'designation',
        d.data ->> 'correspondent', coalesce((d.data ->> 'person')::boolean, false), d.data ->> 'brief',
        array(select jsonb_array_elements_text(coalesce(d.data -> 'leftOut', '[]'))), (d.data ->> 'object')::uuid
      from (
        select e.stream_id, e.stream_version, e.position, e.header::jsonb -> 'data' as data
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'diary.entered') d
      order by d.stream_id, d.position desc
      on conflict (controller_id, entry_id) do update set
        position = excluded.position, version = excluded.version, entered_on = excluded.entered_on, direction = excluded.direction, designation = excluded.designation,
        correspondent = excluded.correspondent, person = excluded.person, brief = excluded.brief, left_out = excluded.left_out, object_id = excluded.object_id;
  end if;
  if exists (select from ledger.event e where e.controller_id = p_controller and e.position >= p_from and e.position < p_to
             and (starts_with(e.type, 'supervision.') or e.type = 'object.unpublished')) then
    insert into supervision_round (controller_id, round_id, channel_id, position, from_at, to_at, seen, acted)
      select p_controller, r.stream_id, r.channel_id, r.position, (r.data ->> 'from')::timestamptz, (r.data ->> 'to')::timestamptz, (r.data ->> 'seen')::int, (r.data ->> 'acted')::int
      from (
        select e.stream_id, e.channel_id, e.position, e.header::jsonb -> 'data' as data
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'supervision.looked-through') r;
    insert into supervision_item (controller_id, item_id, channel_id, object_id, source, known_at, position)
      select p_controller, n.stream_id, n.channel_id, (n.data ->> 'object')::uuid, n.data ->> 'source', (n.data ->> 'knownAt')::timestamptz, n.position
      from (
        select e.stream_id, e.channel_id, e.position, e.header::jsonb -> 'data' as data
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'supervision.noticed') n;
    update supervision_item i set action = a.action, acted_at = a.acted_at, acted_position = a.position
      from (
        select distinct on (e.stream_id) e.stream_id, e.position, e.header::jsonb -> 'data' ->> 'action' as action, (e.header::jsonb -> 'data' ->> 'actedAt')::timestamptz as acted_at
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'supervision.acted'
        order by e.stream_id, e.position) a
      where i.controller_id = p_controller and i.item_id = a.stream_id and i.acted_position is null;
    insert into supervision_alarm (controller_id, channel_id, due_at, position)
      select p_controller, o.channel_id, o.due_at, min(o.position)
      from (
        select e.channel_id, (e.header::jsonb -> 'data' ->> 'dueAt')::timestamptz as due_at, e.position
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'supervision.overdue') o
      group by 2, 3
      on conflict (controller_id, channel_id, due_at) do nothing;
    insert into unpublication (controller_id, object_id, position, ground)
      select distinct on (u.object_id) p_controller, u.object_id, u.position, u.ground
      from (
        select (e.header::jsonb -> 'data' ->> 'object')::uuid as object_id, e.position, e.header::jsonb -> 'data' ->> 'ground' as ground
        from ledger.event e
        where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'object.unpublished') u
      order by u.object_id, u.position
      on conflict (controller_id, object_id) do nothing;
  end if;
end
$$;
comment on function model.project_oversight(int, bigint, bigint) is 'The part of model.project that applies disclosures, rulings on capacity, the diary and supervision.';

-- A ruling moves the counts of an object's events up to there: from what the ruling before said of them, else from what
-- they said themselves. Days of a counter only ever widen: they say when something was counted there, also if it was moved
-- away later. That rules see the ruling is the object's mark (model.project).
create function model.project_rulings(p_controller int, p_from bigint, p_to bigint) returns void
  language plpgsql
as $$
begin
  with ruled as materialized (
    select e.position, e.header::jsonb -> 'data' ->> 'capacity' as capacity, x.object_id::uuid
    from ledger.event e cross join lateral jsonb_array_elements_text(e.header::jsonb -> 'data' -> 'objects') x(object_id)
    where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'capacity.ruled'
  ), standing as materialized (
    select x.object_id, x.position, x.capacity, lag(x.capacity) over w as before_capacity, lag(x.position) over w as before_position
    from (
      select r.object_id, r.position, r.capacity from ruled r
      union all
      select c.object_id, c.position, c.capacity from capacity_ruling c
      where c.controller_id = p_controller and c.object_id in (select r.object_id from ruled r)) x
    window w as (partition by x.object_id order by x.position)
  ), moved as materialized (
    select e.channel_id, substr(e.type, 13) as verb, p.category, e.occurred_on, s.capacity as after,
      case when s.before_position > e.position then s.before_capacity else coalesce(e.capacity, 'undetermined') end as before
    from standing s
    join ledger.event e on e.controller_id = p_controller and e.stream_id = s.object_id and e.position < s.position and starts_with(e.type, 'interaction.')
    cross join lateral (select distinct q.category from ledger.event_part q where q.controller_id = p_controller and q.position = e.position) p
    where s.position >= p_from
  )
  insert into observation as o (controller_id, channel_id, verb, category, capacity, records, first_on, last_on)
    select p_controller, d.channel_id, d.verb, d.category, d.capacity, sum(d.records), coalesce(min(d.day), 'infinity'), coalesce(max(d.day), '-infinity')
    from (
      select m.channel_id, m.verb, m.category, m.after as capacity, 1 as records, m.occurred_on as day from moved m where m.after <> m.before
      union all
      select m.channel_id, m.verb, m.category, m.before, -1, null from moved m where m.after <> m.before) d
    group by 2, 3, 4, 5
    on conflict (controller_id, channel_id, verb, category, capacity) do update set
      records = o.records + excluded.records, first_on = least(o.first_on, excluded.first_on), last_on = greatest(o.last_on, excluded.last_on);

  insert into capacity_ruling as c (controller_id, object_id, ruling_id, position, version, capacity, ground, quarantine_until, hold_id)
    select distinct on (r.object_id) p_controller, r.object_id, r.stream_id, r.position, r.stream_version,
      r.data ->> 'capacity', r.data ->> 'ground', (r.data ->> 'quarantineUntil')::date, (r.data ->> 'hold')::uuid
    from (
      select e.stream_id, e.stream_version, e.position, e.header::jsonb -> 'data' as data, x.object_id::uuid
      from ledger.event e cross join lateral jsonb_array_elements_text(e.header::jsonb -> 'data' -> 'objects') x(object_id)
      where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'capacity.ruled') r
    order by r.object_id, r.position desc
    on conflict (controller_id, object_id) do update set
      ruling_id = excluded.ruling_id, position = excluded.position, version = excluded.version, capacity = excluded.capacity, ground = excluded.ground,
      quarantine_until = excluded.quarantine_until, hold_id = excluded.hold_id,
      contested_position = null, contest_hold_id = null, approved_position = null;
  -- What was said of a ruling that another has taken the place of says nothing of that one.
  update capacity_ruling c set contested_position = x.position, contest_hold_id = x.hold_id
    from (
      select distinct on (e.stream_id) e.stream_id, e.position, (e.header::jsonb -> 'data' ->> 'hold')::uuid as hold_id
      from ledger.event e
      join capacity_ruling r on r.controller_id = p_controller and r.ruling_id = e.stream_id and r.position < e.position
      where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'capacity.contested'
      order by e.stream_id, e.position) x
    where c.controller_id = p_controller and c.ruling_id = x.stream_id and c.contested_position is null;
  -- Four eyes: who has ruled does not say that the content be destroyed, whoever let it into the log.
  update capacity_ruling c set approved_position = x.position
    from (
      select e.stream_id, min(e.position) as position
      from ledger.event e
      join ledger.event_part w on w.controller_id = p_controller and w.position = e.position and w.role = 'actor'
      join capacity_ruling r on r.controller_id = p_controller and r.ruling_id = e.stream_id and r.position < e.position
      left join ledger.event_part f on f.controller_id = p_controller and f.position = r.position and f.role = 'actor' and f.subject_id = w.subject_id
      where e.controller_id = p_controller and e.position >= p_from and e.position < p_to and e.type = 'capacity.destruction-approved' and f.subject_id is null
      group by e.stream_id) x
    where c.controller_id = p_controller and c.ruling_id = x.stream_id and c.approved_position is null;
end
$$;
comment on function model.project_rulings(int, bigint, bigint) is 'Applies rulings on capacity, their contestation and the second person''s word to the read models on the search_path.';
