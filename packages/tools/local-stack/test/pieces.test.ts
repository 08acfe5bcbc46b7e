import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillIn, sipTimers } from '../src/asterisk-config.js';
import { shortened } from '../src/child.js';
import { debianMirror } from '../src/debian-packages.js';
import { LocalStackError } from '../src/errors.js';
import { parseInvites } from '../src/invite-log.js';
import { keptSecret } from '../src/kept-secret.js';
import { isRoomy, memoryDirectory } from '../src/memory-directory.js';
import { freePort, whyPortIsTaken } from '../src/ports.js';
import { configuration } from '../src/redis.js';
import { worthShowing } from '../src/service-log.js';
import { unprivilegedUser } from '../src/unprivileged-user.js';

const REPOSITORY = new URL('../../../../', import.meta.url);

describe('a port', () => {
  it('that is free now is not lent to an outgoing connection before it is used', async () => {
    const range = '/proc/sys/net/ipv4/ip_local_port_range';
    const [lent = 0] = existsSync(range) ? readFileSync(range, 'utf8').split(/\s+/).map(Number) : [49_152];
    const ports = [await freePort(), await freePort(), await freePort()];
    expect(Math.max(...ports)).to.be.below(lent);
    expect(new Set(ports).size).to.equal(3);
  });

  it('is said to be taken, and why', async () => {
    const port = await freePort();
    expect(await whyPortIsTaken(port)).to.equal(null);
    const server = createServer();
    await new Promise<void>((listening) => server.listen(port, listening));
    expect(await whyPortIsTaken(port)).to.equal('EADDRINUSE');
    server.close();
  });
});

describe('a kept secret', () => {
  it('is made up once, and readable by its owner only', () => {
    const directory = mkdtempSync(join(tmpdir(), 'dialgate-test-'));
    const secret = keptSecret(join(directory, 'secrets'), 'login');
    expect(secret).to.match(/^[\w-]{24}$/);
    expect(keptSecret(join(directory, 'secrets'), 'login')).to.equal(secret);
    expect(keptSecret(join(directory, 'secrets'), 'other')).to.not.equal(secret);
    expect(statSync(join(directory, 'secrets', 'login')).mode & 0o777).to.equal(0o600);
    rmSync(directory, { recursive: true });
  });
});

describe('the user that PostgreSQL runs as under root', () => {
  const root = 'root:x:0:0:root:/root:/bin/bash';
  const nobody = 'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin';
  const postgres = 'postgres:x:101:104:PostgreSQL:/var/lib/postgresql:/bin/bash';

  it('is postgres, else nobody, else anybody but root', () => {
    expect(unprivilegedUser([root, nobody, postgres].join('\n'))?.name).to.equal('postgres');
    expect(unprivilegedUser([root, nobody].join('\n'))).to.deep.equal({ name: 'nobody', uid: 65534, gid: 65534 });
    expect(unprivilegedUser([root, 'daemon:x:1:1::/:/bin/sh'].join('\n'))?.name).to.equal('daemon');
    expect(unprivilegedUser(root)).to.equal(null);
  });
});

describe('the files of a server that is thrown away', () => {
  const GB = 2 ** 30;
  const room = { fileSystem: 0x01021994, freeBytes: 2 * GB, freeMemoryBytes: 4 * GB };

  it('are kept in memory where there is room for them, and for programs beside', () => {
    expect(isRoomy(room)).to.equal(true);
    expect(isRoomy({ ...room, freeBytes: 64 * 2 ** 20 }), 'a container’s').to.equal(false);
    expect(isRoomy({ ...room, freeMemoryBytes: 3 * GB })).to.equal(false);
    expect(isRoomy({ ...room, fileSystem: 0xef53 }), 'ext4').to.equal(false);
  });

  it('are on the disk where there is no such directory, or another file system', () => {
    expect(memoryDirectory('/nonexistent')).to.equal(null);
    expect(memoryDirectory('/proc')).to.equal(null);
  });
});

describe('the steps of ending a process', () => {
  const steps = [
    { signal: 'SIGINT', waitMs: 6_000 },
    { signal: 'SIGQUIT', waitMs: 2_000 },
    { signal: 'SIGKILL', waitMs: 2_000 },
  ] as const;

  it('keep their times when there is enough of it', () => {
    expect(shortened([...steps], 9_000)).to.deep.equal(steps);
  });

  it('share what there is when there is not', () => {
    expect(shortened([...steps], 800).map(({ waitMs }) => waitMs)).to.deep.equal([600, 200, 2_000]);
  });
});

describe("a service's log line", () => {
  it('is shown when it warns or tells of an error', () => {
    const line = JSON.stringify({ level: 'warn', message: 'ARI connection lost', time: 'x', callId: 'c1', attempt: 2 });
    expect(worthShowing(line)).to.equal('warn: ARI connection lost (callId=c1 attempt=2)');
  });

  it('is not shown when it only informs', () => {
    expect(worthShowing(JSON.stringify({ level: 'info', message: 'call moved' }))).to.equal(null);
    expect(worthShowing('   ')).to.equal(null);
  });

  it('is shown as it is when it is a crash speaking', () => {
    expect(worthShowing("Error: Cannot find module 'x'")).to.equal("Error: Cannot find module 'x'");
    expect(worthShowing('{ broken')).to.equal('{ broken');
  });
});

describe('the configuration of a private Redis', () => {
  it('is loopback, with a password, and never throws a job away', () => {
    const text = configuration({ home: '/tmp/a b', port: 7000, password: 'pw', ephemeral: false });
    for (const line of [
      'bind 127.0.0.1',
      'requirepass pw',
      'maxmemory-policy noeviction',
      'appendonly yes',
      'dir "/tmp/a b"',
    ]) {
      expect(text.split('\n')).to.include(line);
    }
    expect(configuration({ home: '/tmp', port: 7000, password: 'pw', ephemeral: true })).to.include('appendonly no');
  });
});

describe("Debian's mirror", () => {
  it("is the archive proper out of apt's own configuration", () => {
    const addresses = [
      'http://mirror.test/debian-security/',
      'https://other.test/apt/',
      'http://mirror.test/debian/',
      '',
    ].join('\n');
    expect(debianMirror(addresses)).to.equal('http://mirror.test/debian/');
    expect(debianMirror('https://other.test/apt/')).to.equal(null);
  });
});

describe('the configuration of Asterisk', () => {
  it('is filled in, and a forgotten value is an error', () => {
    expect(fillIn('port = {{ARI_PORT}}\n', { ARI_PORT: '8088' })).to.equal('port = 8088\n');
    expect(() => fillIn('{{ARI_PASSWORD}}', {})).to.throw(LocalStackError, 'ARI_PASSWORD');
  });

  it('keeps timer B at 64 times T1 or more, as Asterisk insists', () => {
    expect(sipTimers(32_000)).to.deep.equal({ TIMER_T1_MS: '500', TIMER_B_MS: '32000' });
    expect(sipTimers(6_400)).to.deep.equal({ TIMER_T1_MS: '100', TIMER_B_MS: '6400' });
    expect(sipTimers(1_000)).to.deep.equal({ TIMER_T1_MS: '100', TIMER_B_MS: '6400' });
  });
});

describe('the callees', () => {
  it('are what their generator writes', () => {
    const generated = execFileSync(
      process.execPath,
      [new URL('docker/sipp/generate.mjs', REPOSITORY).pathname.replaceAll('%20', ' '), '--print'],
      {
        encoding: 'utf8',
      },
    );
    expect(readFileSync(new URL('docker/sipp/uas-by-number.xml', REPOSITORY), 'utf8')).to.equal(generated);
  });

  it('leave a log of INVITEs that is read by called number, an unfinished line left out', () => {
    const log = [
      'INVITE +4930000001 aaa 2026-11-22\t13:37:09.255911\t1795354629.255911 20100',
      'INVITE +4930000002 bbb 2026-11-22\t13:37:10.000000\t1795354630.000000 ',
      'INVITE +4930000001 ccc 2026-11-22\t13:37:11.000000\t1795354631.000000',
      'INVITE +49300',
    ].join('\n');
    const invites = parseInvites(log);
    expect(invites.get('+4930000001')?.map(({ callId }) => callId)).to.deep.equal(['aaa', 'ccc']);
    expect(invites.get('+4930000001')?.[0]?.atMs).to.equal(1_795_354_629_256);
    expect(invites.get('+4930000001')?.[0]?.soundPort).to.equal(20_100);
    expect(invites.get('+4930000002')?.[0]?.soundPort).to.equal(null); // It offers no sound.
    expect([...invites.keys()]).to.deep.equal(['+4930000001', '+4930000002']);
  });
});
