import { mutantsOf } from './mutants-of.js';

const HORIZON = 'packages/database/src/calls/horizon.ts';
const TIMELINE = 'packages/database/test/timeline.integration.test.ts';
const STREAM = 'services/api/src/streams/stream.ts';
const API = 'services/api/test/streams.integration.test.ts';

/** Live streams, and how far a timeline can be read. */
export const STREAMED = mutantsOf('streams', '.', [
  {
    breaks: 'what a slow writer may yet commit is waited for',
    file: HORIZON,
    find: 'writers.length === 0 ? newest',
    replace: 'writers.length >= 0 ? newest',
    test: TIMELINE,
    title: 'misses no entry that is committed behind one with a higher number',
  },
  {
    breaks: 'nobody waits for writers who began later',
    file: HORIZON,
    find: 'watched?.writers.filter((writer) => writers.includes(writer))',
    replace: 'watched?.writers.filter(() => writers.length > 0)',
    test: TIMELINE,
    title: 'is told of nothing before it is certain, and does not wait for who began later',
  },
  {
    breaks: 'users follow their own calls only',
    file: 'services/api/src/routes/streams.ts',
    find: 'await calls.find(callId, whoseCalls(bearerOf(res)))',
    replace: 'await calls.find(callId, null)',
    test: API,
    title: 'shows Asterisk’s own words to admins only, and nobody the calls of others',
  },
  {
    breaks: 'a stream goes on behind the last id',
    file: 'services/api/src/routes/streams.ts',
    find: 'await serve(req, res, { userId }, last ?? newest, null);',
    replace: 'await serve(req, res, { userId }, newest, null);',
    test: API,
    title: 'goes on behind the last id',
  },
  {
    breaks: 'the stream of a call ends with it',
    file: STREAM,
    find: 'isFinal(entry.status)) over = true;',
    replace: 'isFinal(entry.status)) over = false;',
    test: API,
    title: 'of a call has its timeline from the beginning',
  },
  {
    breaks: 'a stream ends with its access',
    file: 'services/api/src/auth/stream-tickets.ts',
    find: 'return now !== null && now.scopes.join()',
    replace: 'return now === null || now.scopes.join()',
    test: API,
    title: 'ends with a logout, a switched-off user and a revoked key',
  },
  {
    breaks: 'a stream ends when its token expires',
    file: 'services/api/src/auth/require-user.ts',
    find: 'shown.token.expiresAt.getTime() > Date.now()',
    replace: 'shown.token.expiresAt.getTime() > 0',
    test: API,
    title: 'ends when its token expires',
  },
  {
    breaks: 'a ticket that has expired opens nothing',
    file: 'packages/database/src/stream-tickets.ts',
    find: 'return taken?.good === true ?',
    replace: 'return taken !== undefined ?',
    test: API,
    title: 'opens with a ticket, once, at any instance',
  },
  {
    breaks: 'a user has so many streams and no more',
    file: 'services/api/src/streams/streams.ts',
    find: 'bearer.user.id === user.id).length >= ofUser',
    replace: 'bearer.user.id === user.id).length > ofUser',
    test: API,
    title: 'is refused beyond what a user may have open',
  },
  {
    breaks: 'clients of an instance that stops come back',
    file: 'services/api/src/streams/streams.ts',
    find: 'for (const stream of open.keys()) stream.sendAway(retryMs());',
    replace: "for (const stream of open.keys()) stream.end('access_ended');",
    test: API,
    title: 'is sent away, to come back, when its instance stops',
  },
  {
    breaks: 'nothing is held for a client that does not read',
    file: STREAM,
    find: 'else if (!keepsUp) leaveFeed();',
    replace: '',
    test: 'services/api/test/stream.test.ts',
    title: 'leaves the feed when its client does not read',
  },
  {
    breaks: 'whoever does not read for too long is cut off',
    file: 'services/api/src/middleware/drained.ts',
    find: 'res.destroy();',
    replace: '',
    test: 'services/api/test/stream.test.ts',
    title: 'cuts off who does not read for too long',
  },
  {
    breaks: 'a heartbeat moves the last id on',
    file: STREAM,
    find: 'if (!isOver()) res.write(heartbeatFrame(position));',
    replace: 'if (!isOver()) res.write(heartbeatFrame(null));',
    test: 'services/api/test/stream.test.ts',
    title: 'moves the client’s last id on with a heartbeat',
  },
]);
