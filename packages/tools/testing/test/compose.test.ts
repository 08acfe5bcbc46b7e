import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { composeFile, documentedSettings, exampleSettings } from '../src/index.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const SECTIONS = [
  'Both services',
  'API',
  'ari-worker',
  'webhook-worker',
  'Setting up the database',
  'The compose file only',
];

describe('the compose file', () => {
  const compose = composeFile();
  const services = Object.entries(compose.services);

  it('lets every image be chosen, with an official default for those that are not ours', () => {
    for (const [name, { image = '' }] of services) {
      expect(image, name).to.match(
        /^\$\{[A-Z_]+_IMAGE:-(docker\.io\/library\/[a-z]+:[\w.-]+\}|dialgate-demo-[a-z]+\}|dialgate-[a-z-]+\}:\$\{DIALGATE_VERSION:-[\d.]+\})$/,
      );
    }
    const recipes = ['docker/Dockerfile', 'docker/asterisk/Dockerfile'].map((path) =>
      readFileSync(ROOT + path, 'utf8'),
    );
    for (const [, base] of recipes.join('\n').matchAll(/^FROM (\S+)/gm)) {
      expect(base).to.match(/^(\$\{[A-Z_]+_IMAGE\}|runtime)$/);
    }
  });

  it('tags our images with the version of the checkout, so that an upgrade leaves the former ones', () => {
    const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { version: string };
    const tags = [...compose.text.matchAll(/\$\{DIALGATE_VERSION:-([^}]*)\}/g)].map(([, tag]) => tag);
    expect(tags.length).to.be.greaterThan(3);
    expect(new Set(tags)).to.deep.equal(new Set([version]));
  });

  it('takes every secret from outside and says which one is missing', () => {
    expect(compose.text).not.to.match(/(PASSWORD|SECRET_KEY): (?!\$\{)/);
    for (const name of [
      'POSTGRES_PASSWORD',
      'REDIS_PASSWORD',
      'POSTGRES_APPLICATION_PASSWORD',
      'SECRET_KEY',
      'ARI_HTTP_URL',
      'ARI_USERNAME',
      'ARI_PASSWORD',
    ]) {
      expect(compose.text).to.include(`\${${name}:?`);
      expect(compose.text).not.to.include(`\${${name}:-`);
    }
  });

  it('gives the API the secret of the tokens and the worker that of Asterisk, and neither the other', () => {
    expect(compose.services.api?.environment).to.include.keys('SECRET_KEY').and.not.to.have.property('ARI_PASSWORD');
    expect(compose.services['ari-worker']?.environment)
      .to.include.keys('ARI_PASSWORD')
      .and.not.to.have.property('SECRET_KEY');
    expect(compose.services['webhook-worker']?.environment).not.to.have.any.keys('ARI_PASSWORD', 'SECRET_KEY');
  });

  it('gives the services a role that owns nothing, and only `migrate` the one that owns the tables', () => {
    const { api, migrate } = compose.services;
    for (const service of [api, compose.services['ari-worker'], migrate]) {
      expect(service?.environment?.DATABASE_URL).to.match(
        /^\$\{EXTERNAL_DATABASE_URL:-postgresql:\/\/dialgate_application:\$\{POSTGRES_APPLICATION_/,
      );
    }
    expect(migrate?.environment?.MIGRATION_DATABASE_URL).to.match(
      /^\$\{EXTERNAL_MIGRATION_DATABASE_URL:-postgresql:\/\/dialgate_migration:\$\{POSTGRES_PASS/,
    );
    for (const service of [api, compose.services['ari-worker']]) {
      expect(JSON.stringify(service?.environment)).not.to.match(/MIGRATION|POSTGRES_PASSWORD/);
    }
  });

  it('uses no variable that is not documented, and its defaults are the documented ones', () => {
    const documented = documentedSettings(SECTIONS);
    const example = exampleSettings();
    for (const [whole, name = '', fallback = ''] of compose.text.matchAll(/\$\{([A-Z_]+):[-?]([^}]*)\}/g)) {
      expect([...documented.keys()], 'docs/configuration.md').to.include(name);
      expect([...example.keys()], '.env.example').to.include(name);
      // A version in an .env that was copied once would be the version for ever.
      if (name === 'DIALGATE_VERSION' || fallback.includes('${')) continue;
      // What stands there is where the file is put.
      if (name === 'ARI_CA_FILE_SECOND') continue;
      if (documentedSettings(['The compose file only']).has(name) && whole.includes(':-')) {
        expect(documented.get(name)?.defaultsTo, name).to.equal(fallback === '' ? 'none' : `\`${fallback}\``);
        expect(example.get(name), name).to.equal(fallback);
      }
    }
    expect([...example.keys()].filter((name) => !documented.has(name))).to.deep.equal([]);
  });

  describe('for a second Asterisk', () => {
    const environment = compose.services['ari-worker-second']?.environment ?? {};
    const first = {
      DIAL_ENDPOINT: 'PJSIP/one',
      NODE_ORIGINATE_PER_SECOND: '5',
      NODE_MAX_CONCURRENT_CALLS: '50',
      ARI_WORKERS: '3',
    };
    const read = (name: string, given: Record<string, string>) => {
      const text = name === 'ARI_WORKERS' ? compose.services['ari-worker-second']?.scale : environment[name];
      return filledIn(String(text), given);
    };

    it('has the settings of the first where it has none of its own, and its own where it has', () => {
      for (const [name, ofFirst] of Object.entries(first)) {
        expect(read(name, first), name).to.equal(ofFirst);
        expect(read(name, { ...first, [`${name}_SECOND`]: '7' }), name).to.equal('7');
        expect(read(name, {}), name).to.equal(name === 'ARI_WORKERS' ? '2' : '');
      }
    });

    it('says where the certificates are, in the place where they are put', () => {
      const volumes = (compose.services['ari-worker-second']?.volumes ?? []) as string[];
      const volume = volumes.join();
      for (const [given, source] of [
        [{ ARI_CA_FILE: './one.pem' }, './one.pem'],
        [{ ARI_CA_FILE_SECOND: './two.pem' }, './two.pem'],
        [{ ARI_CA_FILE: './one.pem', ARI_CA_FILE_SECOND: '/etc/two.pem' }, '/etc/two.pem'],
      ] as const) {
        const place = read('ARI_CA_FILE', given);
        expect(place).to.match(/^\/run\/.*\.pem$/);
        expect(filledIn(volume, given)).to.equal(`${source}:${place}:ro`);
      }
      expect([read('ARI_CA_FILE', {}), filledIn(volume, {})]).to.deep.equal(['', '/dev/null:/run/ari-ca.pem:ro']);
    });
  });

  it('publishes the API, PostgreSQL to this machine only, and nothing else', () => {
    const published = services.flatMap(([name, { ports }]) => (ports === undefined ? [] : [[name, ports]]));
    expect(published).to.deep.equal([
      ['postgres', ['127.0.0.1:${POSTGRES_PORT:-5432}:5432']],
      ['api', ['${API_ADDRESS:-127.0.0.1}:${API_PORT:-8000}:8000']],
    ]);
  });

  it('keeps every service small in rights and in logs, and brings it back after a crash', () => {
    for (const [name, service] of services) {
      expect(service, name).to.deep.include({
        restart: name === 'migrate' ? 'no' : 'unless-stopped',
        mem_limit: '1g',
        pids_limit: 512,
        security_opt: ['no-new-privileges:true'],
        read_only: true,
        logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } },
      });
      expect(service.cap_drop, name).to.deep.equal(['ALL']);
      expect(service.cap_add !== undefined, name).to.equal(['postgres', 'redis', 'backup'].includes(name));
      expect(service.init, name).to.equal(['postgres', 'redis', 'backup'].includes(name) ? undefined : true);
    }
  });

  it('lets Redis and PostgreSQL be reached by those who need them, and Redis by nobody outside', () => {
    const networksOf = Object.fromEntries(services.map(([name, { networks }]) => [name, networks]));
    expect(networksOf).to.deep.equal({
      postgres: ['data'],
      redis: ['queue'],
      migrate: ['outside', 'data'],
      api: ['outside', 'data', 'queue'],
      'ari-worker': ['outside', 'data', 'queue'],
      'ari-worker-second': ['outside', 'data', 'queue'],
      'webhook-worker': ['outside', 'data', 'queue'],
      backup: ['outside', 'data'],
      asterisk: ['outside'],
      sipp: ['outside'],
    });
    expect(compose.networks).to.deep.equal({ outside: null, data: null, queue: { internal: true } });
  });

  it('starts in the order of health and leaves the worker time to drain', () => {
    const { migrate, api, redis } = compose.services;
    const worker = compose.services['ari-worker'];
    expect(migrate?.depends_on).to.deep.equal({ postgres: { condition: 'service_healthy' } });
    for (const service of [api, worker]) {
      expect(service?.depends_on).to.deep.equal({
        migrate: { condition: 'service_completed_successfully' },
        redis: { condition: 'service_healthy' },
      });
    }
    expect(worker?.stop_grace_period, 'a worker may drain for as long as it is told').to.equal(
      '15s${DRAIN_SECONDS:-45}s',
    );
    expect(worker?.scale, 'every `up` keeps the number').to.equal('${ARI_WORKERS:-2}');
    expect(worker, 'it could not be scaled').not.to.have.any.keys('container_name', 'ports');
    expect(redis?.command)
      .to.include('/start.sh ')
      .and.include('--appendonly yes')
      .and.to.include('--maxmemory-policy noeviction');
  });
});

/** What compose makes of a value: `${A:-b}` is A, or b where it is empty; `${A:+b}` is b where A is not. From the innermost on. */
function filledIn(text: string, given: Readonly<Record<string, string>>): string {
  const filled = text.replace(
    /\$\{([A-Z_]+):([-+])([^{}$]*)\}/g,
    (_whole, name: string, mark: string, other: string) => {
      const value = given[name] ?? '';
      return (value === '') === (mark === '-') ? other : mark === '-' ? value : '';
    },
  );
  return filled === text ? text : filledIn(filled, given);
}
