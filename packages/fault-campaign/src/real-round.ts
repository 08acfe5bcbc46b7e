import type { CallStatus } from '@dialgate/domain';
import { startRealAsterisk, type Invite, type RealAsterisk } from '@dialgate/local-stack';
import { between, pick, seconds } from './faults/steps.js';
import { setUpInstallation, type Installation } from './installation.js';
import { readRows } from './rows.js';
import { twiceAccepted, type Result } from './run-fault.js';
import type { Servers } from './servers.js';
import { settle } from './settle.js';
import { NOT_RUNG, NOT_SEEN, type EndedRow, type Judgement } from './verdict.js';

/** SIPp's callees that are called, by the last three digits of their number, and what becomes of them. */
const CALLEES: readonly { readonly digits: string; readonly extension: string; readonly expected: CallStatus }[] = [
  { digits: '012', extension: 'wait', expected: 'completed' },
  { digits: '486', extension: 's', expected: 'busy' },
  { digits: '001', extension: 's', expected: 'completed' },
  { digits: '006', extension: 's', expected: 'no_answer' },
  { digits: '012', extension: 'wait', expected: 'completed' },
  { digits: '404', extension: 's', expected: 'failed' },
];

/** The longest of them lasts four seconds, and is right to two. */
const LONGEST_MS = 4_000 + 2_000;

const CALLS = 480;
const PER_SECOND = 5;
const KILLS = 8;

/**
 * A round against a real Asterisk with SIPp's callees, which have counted their INVITEs: workers killed, a worker paused,
 * their sockets cut, PostgreSQL and Redis killed.
 *
 * @returns null when no Asterisk can be had here; `log` has said why.
 */
export async function runRealRound(options: {
  readonly servers: Servers;
  readonly seed: number;
  readonly log: (line: string) => void;
  readonly say: (line: string) => void;
}): Promise<Result | null> {
  const since = performance.now();
  const { servers, seed, log, say } = options;
  const asterisk = await startRealAsterisk({ log: say });
  if ('unavailable' in asterisk) {
    say(asterisk.unavailable);
    return null;
  }
  try {
    const installation = await setUpInstallation({
      name: 'faults_real',
      servers,
      ari: { url: asterisk.ariUrl, username: asterisk.username, password: asterisk.password },
      settings: {},
      seed,
      onDeath: (apps) => apps,
      log,
    });
    try {
      return await play(installation, asterisk, since);
    } finally {
      await installation.close();
    }
  } finally {
    await asterisk.stop();
  }
}

async function play(installation: Installation, asterisk: RealAsterisk, since: number): Promise<Result> {
  for (let n = 0; n < 3; n++) await installation.startWorker();
  await installation.ready(3);
  await Promise.all([flow(installation), strike(installation)]);
  await settle(installation, () => liveChannels(asterisk));

  const rows = await readRows(installation);
  const invites = await asterisk.invites();
  const judged = rows.map((row) => ({ row, judgement: judge(row, invites) }));
  const accepted = installation.client.placed.flatMap(({ callId }) => callId ?? []);
  const known = new Set(rows.map(({ id }) => id));
  const left = await liveChannels(asterisk);
  return {
    id: 'real',
    title: 'a real Asterisk: kills, a pause, cut sockets, PostgreSQL and Redis killed',
    calls: rows.length,
    lost: [
      ...accepted.filter((id) => !known.has(id)).map((id) => `${id} was accepted and has no row`),
      ...rows.filter(({ endedAt }) => endedAt === null).map(({ id, status }) => `${id} is still ${status}`),
    ],
    twice: [...invites].filter(([, sent]) => sent.length > 1).map(([number]) => `${number} was rung more than once`),
    wrong: judged.flatMap(({ row, judgement }) =>
      typeof judgement === 'string' ? [] : [`${row.id} (${row.status}) ${judgement.wrong}`],
    ),
    unseen: judged.filter(({ judgement }) => judgement === 'unseen').length,
    notRung: judged.filter(({ judgement }) => judgement === 'not_rung').length,
    kills: installation.killed(),
    killsWithCalls: installation.killedWithCalls(),
    upAtDeath: { seen: 0, unseen: 0 },
    delays: [],
    adoptions: [],
    problems: [
      ...installation.complaints,
      ...installation.client.complaints,
      ...twiceAccepted(installation),
      ...(left === 0 ? [] : [`${String(left)} channels were left in Asterisk`]),
    ],
    seconds: (performance.now() - since) / 1_000,
  };
}

async function flow({ traffic }: Installation): Promise<void> {
  const placing: Promise<string>[] = [];
  for (let n = 0; n < CALLS; n++) {
    const { digits, extension } = CALLEES[n % CALLEES.length] ?? { digits: '486', extension: 's' };
    placing.push(traffic.one(digits, { extension }));
    await seconds(1 / PER_SECOND);
  }
  await Promise.all(placing);
}

async function strike(installation: Installation): Promise<void> {
  const { servers } = installation;
  const [survivor] = installation.workers();
  for (let n = 0; n < KILLS; n++) {
    await between(installation, 1, 4);
    await pick(
      installation,
      installation.workers().filter((worker) => worker !== survivor),
    ).kill();
    await installation.startWorker();
  }
  await seconds(10);
  const wake = survivor?.pause();
  await seconds(9);
  wake?.();
  await seconds(8);
  for (const { lines } of installation.workers()) lines.asterisk.cut('websocket');
  await servers.redis.kill('SIGKILL');
  await servers.redis.startAgain();
  await seconds(4);
  await servers.postgres.kill('SIGQUIT');
  await servers.postgres.startAgain();
  await seconds(8);
}

function judge(row: EndedRow, invites: ReadonlyMap<string, Invite[]>): Judgement {
  const { number } = row;
  const rung = (invites.get(number) ?? invites.get(number.replace('+', '')) ?? []).length;
  const expected = CALLEES.find(({ digits }) => number.endsWith(digits))?.expected;
  if (row.finals !== 1 || row.backwards) return { wrong: 'has a broken timeline' };
  if (NOT_SEEN.has(row.failureReason)) return row.dialSentAt === null ? { wrong: 'was never dialled' } : 'unseen';
  if (rung === 0)
    return row.status === 'failed' && NOT_RUNG.has(row.failureReason) ? 'not_rung' : { wrong: 'rang nobody' };
  if (row.status !== expected) return { wrong: `should be ${String(expected)}` };
  if (row.answeredAt === null || row.endedAt === null) return 'right';
  const lasted = row.endedAt - row.answeredAt;
  return lasted <= LONGEST_MS ? 'right' : { wrong: `lasted ${String(lasted)} ms` };
}

async function liveChannels(asterisk: RealAsterisk): Promise<number> {
  const said = await asterisk.cli('core show channels count').catch(() => '');
  return Number(/(\d+) active channel/.exec(said)?.[1] ?? 1);
}
