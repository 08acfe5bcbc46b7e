import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sipTimers, writeAsteriskConfig } from './asterisk-config.js';
import { asteriskRoot, type AsteriskRoot } from './asterisk-root.js';
import { POLITE_STOP, quote, said, startChild, type Child } from './child.js';
import { LocalStackError } from './errors.js';
import { readInvites, type Invite } from './invite-log.js';
import { madeUpSecret } from './kept-secret.js';
import { freePort, freeUdpPort } from './ports.js';
import { releaseDirectory, watchDirectory } from './watchdog.js';

/** What startRealAsterisk needs. */
export interface AsteriskOptions {
  log: (line: string) => void;
  /** How long an INVITE waits for any answer at all: 32000 by the standard, 6400 at least. */
  timerBMs?: number | undefined;
  /** Where the unpacked Debian packages are kept; `~/.cache/dialgate` when left out. */
  cache?: string | undefined;
  recordIn?: string | undefined;
  /** Where the configuration's templates are; `docker/asterisk` when left out. */
  configuration?: string | undefined;
  /** Whether every SIP message that the callees receive and send is noted down whole; false when left out. */
  traceMessages?: boolean | undefined;
}

/** A real Asterisk on the loopback address, with SIPp at the far end of its trunk. */
export interface RealAsterisk {
  ariUrl: string;
  username: string;
  password: string;
  /** The INVITEs that reached the callees so far, by called number: exactly one per call, or somebody was rung twice. */
  invites(): Promise<Map<string, Invite[]>>;
  /** The file that invites() reads. */
  inviteLog: string;
  /** The file of whole SIP messages, which is there only with `traceMessages`. */
  messageLog: string;
  /** What Asterisk itself logs. */
  asteriskLog: string;
  /** Runs a command of Asterisk's console and gives back what it prints. */
  cli(command: string): Promise<string>;
  /** Kills Asterisk (SIGKILL). The callees live on, and hear no more of their calls. */
  kill(): Promise<void>;
  /** Starts the killed Asterisk again, with its ports, configuration and password; resolves when it is fully booted. */
  startAgain(): Promise<void>;
  /** The process of the Asterisk that was started last. */
  readonly asterisk: Child;
  sipp: Child;
  stop(withinMs?: number): Promise<void>;
}

/** No Asterisk can be had on this machine, and why, in one plain line. */
export interface NoAsterisk {
  unavailable: string;
}

const DOCKER = fileURLToPath(new URL('../../../../docker/', import.meta.url));
const USERNAME = 'dialgate';

/**
 * Brings up a real Asterisk with SIPp callees, on free ports and in a temporary directory; nothing of it outlives stop().
 *
 * @returns why, where no Asterisk can be had on this machine.
 * @throws LocalStackError when there is one and it does not come up: its configuration is ours, and then it is broken.
 */
export async function startRealAsterisk(options: AsteriskOptions): Promise<RealAsterisk | NoAsterisk> {
  if (process.platform !== 'linux') return { unavailable: 'a real Asterisk needs Linux' };
  let root: AsteriskRoot;
  try {
    root = await asteriskRoot(options.cache ?? join(homedir(), '.cache', 'dialgate'), options.log);
  } catch (error) {
    if (!(error instanceof LocalStackError)) throw error;
    return { unavailable: `no real Asterisk: ${error.message}` };
  }
  return bringUp(root, options);
}

async function bringUp(
  root: AsteriskRoot,
  {
    log,
    timerBMs = 32_000,
    recordIn,
    configuration = join(DOCKER, 'asterisk'),
    traceMessages = false,
  }: AsteriskOptions,
): Promise<RealAsterisk> {
  const home = mkdtempSync(join(shortTemporaryDirectory(), 'dialgate-asterisk-'));
  watchDirectory(home);
  const running: Child[] = [];
  const stop = async (withinMs?: number): Promise<void> => {
    await Promise.all(running.map((child) => child.stop(withinMs)));
    rmSync(home, { recursive: true, force: true });
    releaseDirectory(home);
  };

  try {
    const state = join(home, 'state');
    for (const name of ['run', 'log', 'spool', 'keys']) mkdirSync(join(state, name), { recursive: true });
    const [ariPort, sipPort, trunkPort, deadPort] = [
      await freePort(),
      await freeUdpPort(),
      await freeUdpPort(),
      await freeUdpPort(),
    ];
    const password = madeUpSecret();
    const etc = join(home, 'etc');
    writeAsteriskConfig(configuration, {
      ETC_DIRECTORY: etc,
      MODULES_DIRECTORY: root.modules,
      DATA_DIRECTORY: root.data,
      STATE_DIRECTORY: state,
      ENTITY_ID: madeUpEntityId(),
      ARI_ADDRESS: '127.0.0.1',
      ARI_PORT: String(ariPort),
      ARI_USERNAME: USERNAME,
      ARI_PASSWORD: password,
      SIP_ADDRESS: '127.0.0.1',
      SIP_PORT: String(sipPort),
      TRUNK_ADDRESS: '127.0.0.1',
      TRUNK_PORT: String(trunkPort),
      DEAD_PORT: String(deadPort),
      ...sipTimers(timerBMs),
    });

    const inviteLog = join(home, 'invites.log');
    const messageLog = join(home, 'messages.log');
    const mediaPort = await freeUdpPort();
    const env = { PATH: '/usr/bin:/bin', HOME: home, TERM: 'dumb', LC_ALL: 'C' };
    const sipp = await startChild({
      name: 'sipp',
      ...root.command('sipp', [
        ...sippArguments({ port: trunkPort, mediaPort, inviteLog }),
        ...(traceMessages ? ['-trace_msg', '-message_file', messageLog] : []),
      ]),
      env,
      cwd: home,
      // It waits for its calls to end, which may be never.
      stopSteps: [{ signal: 'SIGTERM', waitMs: 300 }, ...POLITE_STOP.slice(1)],
      recordIn,
    });
    running.push(sipp);

    const conf = ['-C', join(etc, 'asterisk.conf')];
    const cli = async (command: string): Promise<string> => {
      const line = root.command('asterisk', [...conf, '-rx', command]);
      return (await promisify(execFile)(line.command, line.args, { env, cwd: home, timeout: 20_000 })).stdout;
    };
    const ariUrl = `http://127.0.0.1:${String(ariPort)}/ari`;
    const authorization = `Basic ${Buffer.from(`${USERNAME}:${password}`).toString('base64')}`;
    const ping = (): Promise<boolean> =>
      fetch(`${ariUrl}/asterisk/ping`, { headers: { authorization }, signal: AbortSignal.timeout(10_000) }).then(
        ({ ok }) => ok,
        () => false,
      );
    const boot = async (): Promise<Child> => {
      const booting = await startChild({
        name: 'asterisk',
        ...root.command('asterisk', ['-f', ...conf]),
        env,
        cwd: home,
        stopSteps: [{ signal: 'SIGTERM', waitMs: 5_000 }, ...POLITE_STOP.slice(1)],
        recordIn,
      });
      running.push(booting);
      await booted({ asterisk: booting, sipp, cli, ping });
      return booting;
    };
    let asterisk = await boot();
    log(`real ${(await cli('core show version')).split(' built')[0]?.trim() ?? 'Asterisk'} at ${ariUrl}`);

    const invites = (): Promise<Map<string, Invite[]>> => Promise.resolve(readInvites(inviteLog));
    const asteriskLog = join(state, 'log', 'full');
    return {
      ...{ ariUrl, username: USERNAME, password, invites, inviteLog, messageLog, asteriskLog, cli, sipp, stop },
      get asterisk() {
        return asterisk;
      },
      kill: async () => {
        asterisk.kill('SIGKILL');
        await asterisk.exited;
      },
      startAgain: async () => {
        asterisk = await boot();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Of the form of a MAC address that nobody's card has: the machine's own would be the same for two Asterisks on it. */
function madeUpEntityId(): string {
  const own = [...randomBytes(5)].map((byte) => byte.toString(16).padStart(2, '0'));
  return ['02', ...own].join(':');
}

/** The control socket's path may not be longer than about a hundred characters: a deep TMPDIR is passed over. */
function shortTemporaryDirectory(): string {
  return tmpdir().length <= 40 ? tmpdir() : '/tmp';
}

function sippArguments({
  port,
  mediaPort,
  inviteLog,
}: {
  port: number;
  mediaPort: number;
  inviteLog: string;
}): string[] {
  return [
    ...['-sf', join(DOCKER, 'sipp', 'uas-by-number.xml')],
    ...[
      '-i',
      '127.0.0.1',
      '-mi',
      '127.0.0.1',
      '-ci',
      '127.0.0.1',
      '-p',
      String(port),
      '-min_rtp_port',
      String(mediaPort),
    ],
    ...['-nostdin', '-aa', '-rtp_echo', '-trace_logs', '-log_file', inviteLog],
  ];
}

/** What a slow machine may take to boot it; one that has ended, or cannot be reached when it is up, is given up at once. */
const BOOTED_WITHIN_MS = 10 * 60_000;
/** ARI is served before Asterisk calls itself booted: what takes so long, on the slowest machine, is broken. */
const ARI_WITHIN_MS = 180_000;

async function booted({ asterisk, sipp, cli, ping }: Booting): Promise<void> {
  const alive = (): void => {
    for (const child of [asterisk, sipp]) {
      const exit = child.exit();
      if (exit !== null) throw new LocalStackError(`${said(child.name, exit)}${quote(child.lastLines())}`);
    }
  };
  const until = async (what: string, withinMs: number, check: () => Promise<boolean>): Promise<void> => {
    const deadline = performance.now() + withinMs;
    while (!(await check())) {
      alive();
      if (performance.now() > deadline) {
        throw new LocalStackError(`${what} within ${String(withinMs / 1000)} s${quote(asterisk.lastLines())}`);
      }
      await sleep(100);
    }
  };
  // The console refuses until its socket is there; then it answers when the last module is loaded.
  await until('Asterisk has not booted', BOOTED_WITHIN_MS, () =>
    cli('core waitfullybooted').then(
      () => true,
      () => false,
    ),
  );
  await until('ARI did not answer', ARI_WITHIN_MS, ping);
}

interface Booting {
  asterisk: Child;
  sipp: Child;
  cli: (command: string) => Promise<string>;
  ping: () => Promise<boolean>;
}
