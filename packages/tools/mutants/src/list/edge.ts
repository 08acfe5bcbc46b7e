import { mutantsOf } from './mutants-of.js';

const SERVE = 'test/serve.test.ts';
const SURFACE = 'test/attacks/surface.integration.test.ts';

/** The API's edge: what anybody can send to it, and be told. */
export const EDGE = mutantsOf('edge', 'services/api', [
  {
    breaks: 'an answer that nobody reads is cut off',
    file: 'src/serve.ts',
    find: 'server.timeout = timeouts.idleTimeout;',
    replace: 'server.timeout = 0;',
    test: SERVE,
    title: 'its answer is cut off',
  },
  {
    breaks: 'an answer that is read a drop at a time is cut off',
    file: 'src/slow-readers.ts',
    find: 'else response.destroy();',
    replace: 'else underWay.delete(response);',
    test: SERVE,
    title: 'but a drop at a time is cut off, too',
  },
  {
    breaks: 'there are no more connections than there may be',
    file: 'src/serve.ts',
    find: 'server.maxConnections = options.maxConnections;',
    replace: 'server.maxConnections = Infinity;',
    test: SERVE,
    title: 'takes no more connections than there may be',
  },
  {
    breaks: 'paths are taken as they are written',
    file: 'src/app.ts',
    find: "app.enable('case sensitive routing');",
    replace: '',
    test: SURFACE,
    title: 'finds nothing under a path that is spelt otherwise',
  },
  {
    breaks: 'a locked address tells nobody which names it knows',
    file: 'src/auth/login-guard.ts',
    find: 'if (lockedForMs > 0) throw tooMany(lockedForMs);',
    replace: '',
    test: 'test/login-guard.integration.test.ts',
    title: 'tells nobody that it is, nor while the address is locked',
  },
  {
    breaks: 'a flood of nobodies does not fill the log',
    file: 'src/middleware/request-log.ts',
    find: 'if (user === undefined && !isRoutineOne && !mayWrite()) return;',
    replace: 'mayWrite();',
    test: SURFACE,
    title: 'still has what users did, behind a flood of nobodies',
  },
  {
    breaks: 'only an address becomes a key of Redis',
    file: 'src/middleware/client-address.ts',
    find: 'isIP(told) !== 0',
    replace: 'isIP(told) >= 0',
    test: SURFACE,
    title: 'is the proxy’s own where the proxy passes on what is no address',
  },
  {
    breaks: 'the proxy’s header is found behind those of the client',
    file: 'src/serve.ts',
    find: 'server.maxHeadersCount = 0;',
    replace: '',
    test: SURFACE,
    title: 'is found behind two thousand headers of the client’s own',
  },
  {
    breaks: 'a body that was not read is not taken for none',
    file: 'src/middleware/body.ts',
    find: 'if (hasBody(req) && req.body === undefined) {',
    replace: 'if (hasBody(req) && req.body === null) {',
    test: 'test/body.test.ts',
    title: 'is not taken for none',
  },
]);
