// A reader as a browser is one: npm's EventSource follows the feed at SERVER_URL and prints what befalls
// it, a line each: "open", "MemberJoined 41", "lost", "refused 502", "history_changed 40".
// usage: TOKEN=… node follow_feed.mjs SERVER_URL AFTER
import { EventSource } from 'eventsource';

const [server, begin] = process.argv.slice(2);
const headers = { authorization: `Bearer ${process.env.TOKEN}` };
const position = (cursor) => cursor.split('~')[0];
const say = (line) => process.stdout.write(`${line}\n`);

function follow(after) {
  const source = new EventSource(`${server}/v1/events?after=${encodeURIComponent(after)}`, {
    fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...headers } }),
  });
  source.addEventListener('open', () => say('open'));
  for (const type of ['MemberJoined', 'MemberLeft'])
    source.addEventListener(type, (event) => {
      after = event.lastEventId;
      say(`${type} ${position(after)}`);
    });
  source.addEventListener('history_changed', (event) => say(`history_changed ${position(JSON.parse(event.data).head)}`));
  source.addEventListener('error', (event) => {
    if (source.readyState !== EventSource.CLOSED) return say('lost');
    say(`refused ${event.code}`);
    // What a proxy says while the server behind it is away, which an EventSource takes for the last word.
    if (event.code === 502 || event.code === 503) setTimeout(() => follow(after), 300);
  });
}

follow(begin);
