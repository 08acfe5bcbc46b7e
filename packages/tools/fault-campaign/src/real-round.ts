import { startRealAsterisk, type RealAsterisk } from '@dialgate/local-stack';
import { between, notReceiving, pick, seconds } from './faults/steps.js';
import { setUpInstallation, type Installation } from './installation.js';
import { CALLEES, judgeReal, struckNobody, type Absence } from './real-verdict.js';
import { readRows } from './rows.js';
import { twiceAccepted, type Result } from './run-fault.js';
import type { Servers } from './servers.js';
import { settle } from './settle.js';

/** So many last longer than all strikes: the last of them are dialled by the Asterisk that was started again. */
const CALLS = 450;
const PER_SECOND = 5;

/** So many more are placed at once when Asterisk dies: their channels are just being made, or dialled. */
const CROWD = 30;

const KILLS = 8;

/**
 * A round against a real Asterisk with SIPp's callees, which have counted their INVITEs: workers killed, a worker paused,
 * their sockets cut, PostgreSQL and Redis killed, and at last Asterisk itself, which is started again.
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
      asterisks: [
        {
          name: 'asterisk',
          url: asterisk.ariUrl,
          username: asterisk.username,
          password: asterisk.password,
        },
      ],
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
  const [absence] = await Promise.all([strike(installation, asterisk), flow(installation)]);
  await settle(installation, () => liveChannels(asterisk));

  const rows = await readRows(installation);
  const invites = await asterisk.invites();
  const pace = installation.pace();
  const truth = { invites, absence, hidden: installation.spans.overlap, allow: pace.allow };
  const judged = rows.map((row) => ({ row, judgement: judgeReal(row, truth) }));
  const accepted = installation.client.placed.flatMap(({ callId }) => callId ?? []);
  const known = new Set(rows.map(({ id }) => id));
  const left = await liveChannels(asterisk);
  return {
    id: 'real',
    title:
      'a real Asterisk: kills, a pause, cut sockets, PostgreSQL and Redis killed, Asterisk itself killed and started again',
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
    measures: [],
    problems: [
      ...installation.complaints,
      ...installation.client.complaints,
      ...twiceAccepted(installation),
      ...struckNobody(rows, absence),
      ...(left === 0 ? [] : [`${String(left)} channels were left in Asterisk`]),
    ],
    seconds: (performance.now() - since) / 1_000,
    slowness: pace.factor,
  };
}

async function flow(installation: Installation): Promise<void> {
  const placing: Promise<string>[] = [];
  for (let n = 0; n < CALLS; n++) {
    const placed = placeCall(installation, n);
    placed.catch(() => undefined); // What was refused is said when all are placed.
    placing.push(placed);
    await seconds(1 / PER_SECOND);
  }
  await Promise.all(placing);
}

function placeCall({ traffic }: Installation, n: number): Promise<string> {
  const { digits, extension } = CALLEES[n % CALLEES.length] ?? CALLEES[0];
  return traffic.one(digits, { extension });
}

async function strike(installation: Installation, asterisk: RealAsterisk): Promise<Absence> {
  const { servers } = installation;
  const [survivor] = installation.workers();
  if (survivor === undefined) throw new Error('there is no worker that could live on');
  // No ledger knows what a real Asterisk told to nobody: a slot's events are received by nobody from its
  // worker's death to its adoption.
  const untilAdopted: Promise<void>[] = [];
  for (let n = 0; n < KILLS; n++) {
    await between(installation, 1, 4);
    const victim = pick(
      installation,
      installation.workers().filter((worker) => worker !== survivor),
    );
    untilAdopted.push(notReceiving(installation, victim, () => victim.kill()));
    await installation.startWorker();
  }
  await Promise.all(untilAdopted);
  await seconds(10);
  await notReceiving(installation, survivor, async () => {
    const wake = survivor.pause();
    await seconds(9);
    wake();
  });
  await seconds(4);
  const heardAgain = installation.spans.begin(); // What is just on its way.
  for (const { lines } of installation.workers()) lines.asterisk.cut('websocket');
  await seconds(1);
  heardAgain();
  await servers.redis.kill('SIGKILL');
  await servers.redis.startAgain();
  await seconds(4);
  await servers.postgres.kill('SIGQUIT');
  await servers.postgres.startAgain();
  await seconds(8);
  const crowd = Array.from({ length: CROWD }, (_, n) => placeCall(installation, n));
  await Promise.any(crowd);
  await between(installation, 0, 0.2);
  const killedAt = Date.now();
  await asterisk.kill();
  await seconds(4);
  const startedAt = Date.now();
  await asterisk.startAgain();
  await Promise.all(crowd);
  return { killedAt, startedAt };
}

async function liveChannels(asterisk: RealAsterisk): Promise<number> {
  const said = await asterisk.cli('core show channels count').catch(() => '');
  return Number(/(\d+) active channel/.exec(said)?.[1] ?? 1);
}
