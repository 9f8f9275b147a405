/** The two functions by which ticks come in: `market.feed` numbers a feed, `market.store` stores a batch. */

/** The number of a feed, given at its first tick. */
const feed = `
  create function market.feed(source text, symbol text) returns integer language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp as $fn$
  #variable_conflict use_column
  declare
    found_ integer;
  begin
    loop
      select f.id into found_ from market.feeds f where f.source = feed.source and f.symbol = feed.symbol;
      exit when found;
      insert into market.feeds (source, symbol) values (feed.source, feed.symbol) on conflict do nothing;
    end loop;
    return found_;
  end $fn$;`

/** Microseconds since 1970, exact: an interval counts whole microseconds. */
const instant = (micros: string): string =>
  `timestamptz 'epoch' + ${micros} * interval '1 microsecond'`

/** The candles of what is new, folded once by the minute, then into hours and days. A tie is settled by arrival. */
const candles = `
    minutes as (
      select feed, date_bin('1 minute', venue_at, timestamptz 'epoch') as start,
        min(venue_at) as opened_at, max(venue_at) as closed_at, count(*) as trades,
        (array_agg(price order by venue_at, place))[1] as open, max(price) as high, min(price) as low,
        (array_agg(price order by venue_at desc, place desc))[1] as close,
        sum(quantity) as volume, sum(price * quantity) as quote_volume
      from fresh where venue_at > forgotten_to
      group by feed, date_bin('1 minute', venue_at, timestamptz 'epoch')
    ), folded as (
      insert into market.candles as c
        (feed, seconds, start, opened_at, closed_at, trades, open, high, low, close, volume, quote_volume)
      select m.feed, l.seconds, date_bin(l.seconds * interval '1 second', m.start, timestamptz 'epoch') as start_,
        min(m.opened_at), max(m.closed_at), sum(m.trades),
        (array_agg(m.open order by m.opened_at))[1], max(m.high), min(m.low),
        (array_agg(m.close order by m.closed_at desc))[1], sum(m.volume), sum(m.quote_volume)
      from minutes m, (values (60), (3600), (86400)) l (seconds)
      group by m.feed, l.seconds, start_
      order by m.feed, l.seconds, start_
      on conflict (feed, seconds, start) do update set
        open = case when excluded.opened_at < c.opened_at then excluded.open else c.open end,
        close = case when excluded.closed_at >= c.closed_at then excluded.close else c.close end,
        opened_at = least(c.opened_at, excluded.opened_at),
        closed_at = greatest(c.closed_at, excluded.closed_at),
        high = greatest(c.high, excluded.high), low = least(c.low, excluded.low),
        trades = c.trades + excluded.trades, volume = c.volume + excluded.volume,
        quote_volume = c.quote_volume + excluded.quote_volume
    )`

/** Only what is not later than all that is stored can be stored already, and is looked for. */
const trades = `
    with given as (
      select feed, ${instant('venue_us')} as venue_at, ${instant('received_us')} as received_at,
        sequence, is_sell, price, quantity, trade_id, place
      from unnest(t_feed, t_venue_us, t_received_us, t_sequence, t_is_sell, t_price, t_quantity, t_trade_id)
        with ordinality g (feed, venue_us, received_us, sequence, is_sell, price, quantity, trade_id, place)
    ), fresh as (
      select g.*, f.forgotten_to from given g join market.feeds f on f.id = g.feed
      left join lateral (
        select true as already from market.trades t
        where g.venue_at <= f.traded_to and t.feed = g.feed and t.venue_at = g.venue_at and t.trade_id = g.trade_id
        limit 1) s on true
      where s.already is null
    ), stored as (
      insert into market.trades (received_at, venue_at, sequence, feed, is_sell, price, quantity, trade_id)
      select received_at, venue_at, sequence, feed, is_sell, price, quantity, trade_id from fresh order by place
    ), moved as (
      update market.feeds f set traded_to = greatest(f.traded_to, l.venue_at),
        heard_at = greatest(f.heard_at, l.received_at)
      from (select feed, max(venue_at) as venue_at, max(received_at) as received_at from given group by feed) l
      where f.id = l.feed
    ), ${candles}
    select count(*) into trades from fresh;`

/** A quote has no name of its own: told again, it is the same by its times, its place and its prices. */
const quotes = `
    with given as (
      select feed, ${instant('venue_us')} as venue_at, ${instant('received_us')} as received_at,
        sequence, bid, bid_quantity, ask, ask_quantity, place
      from unnest(q_feed, q_venue_us, q_received_us, q_sequence, q_bid, q_bid_quantity, q_ask, q_ask_quantity)
        with ordinality g (feed, venue_us, received_us, sequence, bid, bid_quantity, ask, ask_quantity, place)
    ), fresh as (
      select g.* from given g join market.feeds f on f.id = g.feed
      left join lateral (
        select true as already from market.quotes t
        where g.venue_at <= f.quoted_to and t.feed = g.feed and t.venue_at = g.venue_at
          and t.sequence = g.sequence and t.bid = g.bid and t.ask = g.ask
        limit 1) s on true
      where s.already is null
    ), stored as (
      insert into market.quotes (received_at, venue_at, sequence, feed, bid, bid_quantity, ask, ask_quantity)
      select received_at, venue_at, sequence, feed, bid, bid_quantity, ask, ask_quantity from fresh order by place
    ), moved as (
      update market.feeds f set quoted_to = greatest(f.quoted_to, l.venue_at),
        heard_at = greatest(f.heard_at, l.received_at)
      from (select feed, max(venue_at) as venue_at, max(received_at) as received_at from given group by feed) l
      where f.id = l.feed
    )
    select count(*) into quotes from fresh;`

/**
 * A batch and the holes that lie before it, all or nothing. Told twice it is stored once, whoever tells it: each
 * feed's row is held to the commit, so no two writers look for the same trade at once. (A unique index of a
 * partitioned table cannot reach over midnight, a hypertable's neither, and would be a third of the data again.)
 */
const store = `
  create function market.store(
    feeds integer[],
    t_feed integer[], t_venue_us bigint[], t_received_us bigint[], t_sequence bigint[], t_is_sell boolean[],
    t_price numeric[], t_quantity numeric[], t_trade_id text[],
    q_feed integer[], q_venue_us bigint[], q_received_us bigint[], q_sequence bigint[],
    q_bid numeric[], q_bid_quantity numeric[], q_ask numeric[], q_ask_quantity numeric[],
    g_feed integer[], g_first_us bigint[], g_last_us bigint[], g_reason text[], g_ticks bigint[],
    out trades bigint, out quotes bigint)
  language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
    set timezone = 'UTC'
    -- Plans are made once in a session, perhaps while the tables are still small.
    set enable_seqscan = off
    set enable_bitmapscan = off
    set plan_cache_mode = force_generic_plan as $fn$
  #variable_conflict use_column
  declare
    day date;
  begin
    for day in
      select distinct (${instant('u')})::date from unnest(t_received_us || q_received_us) u
    loop
      if to_regclass('market.trades_' || to_char(day, 'YYYYMMDD')) is null then
        perform market.make_room(day, 1);
      end if;
    end loop;
    -- A statement of its own, so that the next ones see what it waited for.
    perform from market.feeds f where f.id = any (feeds) order by f.id for no key update;
    insert into market.gaps (feed, first_venue_at, last_venue_at, reason, ticks)
      select feed, ${instant('first_us')}, ${instant('last_us')}, reason, ticks
      from unnest(g_feed, g_first_us, g_last_us, g_reason, g_ticks) g (feed, first_us, last_us, reason, ticks)
      where not exists (select from market.gaps o
        where o.feed = g.feed and o.last_venue_at = ${instant('last_us')} and o.reason = g.reason);
    trades := 0;
    quotes := 0;
    if cardinality(t_feed) > 0 then
      ${trades}
    end if;
    if cardinality(q_feed) > 0 then
      ${quotes}
    end if;
  end $fn$;`

export const storeFunctions = [feed, store].join('\n')
