import { ConfigError } from '@dialgate/service-kit';
import { expect } from 'chai';
import { readConfig } from '../src/config.js';

const ENOUGH = {
  DATABASE_URL: 'postgresql://dialgate@db/dialgate',
  REDIS_URL: 'redis://redis:6379',
  SECRET_KEY: 'Zk7w0Qv2mT9xLr4bNc8yHs1dJf6gPa3e',
};

function problems(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}

describe('the configuration', () => {
  it('keeps calls for good, or for two days and more', () => {
    const kept = (days: string) => readConfig({ ...ENOUGH, CALL_RETENTION_DAYS: days }).keptFor.callDays;
    expect([kept(''), kept('0'), kept('2'), kept('400')]).to.deep.equal([null, null, 2, 400]);
    expect(problems({ ...ENOUGH, CALL_RETENTION_DAYS: '1' })).to.deep.equal([
      'CALL_RETENTION_DAYS must be 0, or 2 or more: calls are kept for 48 hours at least, as idempotency keys are',
    ]);
  });

  it('needs two addresses and a secret', () => {
    const config = readConfig(ENOUGH);
    expect(config.web).to.deep.equal({
      host: '127.0.0.1',
      maxConnections: 4_000,
      port: 8000,
      allowedOrigins: [],
      docsEnabled: true,
      boardEnabled: true,
      trustProxy: false,
    });
    expect(config.queuePrefix).to.equal('dialgate');
    expect(config.auth).to.deep.include({ tokenLifetimeSeconds: 1_800, loginRateLimit: 5 });
    expect(config.limits).to.deep.equal({
      callRate: { requests: 60, windowSeconds: 60 },
      calls: {
        user_open_calls: 10,
        user_calls_per_minute: 20,
        user_calls_per_day: 1_000,
        user_new_countries: 3,
        destination_calls_per_minute: 1,
        destination_calls_per_15_minutes: 3,
        total_open_calls: 100,
        total_calls_per_minute: 120,
        total_calls_per_day: 5_000,
      },
      tollFraudBreaker: 50,
      streams: { ofUser: 20, inAll: 1_000 },
    });
    expect(config.calls).to.deep.equal({
      defaults: {
        destination: { context: 'outbound-ivr', extension: 's', priority: 1 },
        ringTimeoutMs: 30_000,
        callerId: null,
        connect: null,
        expiresInSeconds: 300,
      },
      admission: {
        contexts: ['outbound-ivr'],
        extensions: ['s'],
        priorities: ['1'],
        callerIds: [],
        variables: ['DG_*'],
        connect: null,
        window: null,
        numbers: {
          validation: 'e164',
          endpoint: 'PJSIP/{number}@trunk',
          homeCountry: null,
          allowedCountries: [],
          allowedTypes: [],
          blockedPrefixes: [],
          allowedPrefixes: [],
          outsideLinePrefixes: null,
          allowedFeatureCodes: [],
        },
      },
    });
  });

  it('takes everything that can be said', () => {
    const config = readConfig({
      ...ENOUGH,
      PORT: '0',
      HOST: '::1',
      ALLOWED_ORIGINS: 'https://desk.example.com, http://localhost:3000',
      TRUST_PROXY: 'loopback, 10.0.0.0/8',
      ALLOWED_CONTEXTS: 'sales,support',
      DEFAULT_CONTEXT: 'support',
      DEFAULT_CALLER_ID: '"Support" <+33123456789>',
      ALLOWED_EXTENSIONS: 's,*97',
      ALLOWED_PRIORITIES: '1,*',
      ALLOWED_CALLER_IDS: '+33123456789,1001',
      CALLING_WINDOW: 'mon-fri 08:00-21:00, sat 10:00-18:30',
      HOME_TIME_ZONE: 'Europe/Paris',
      ALLOWED_VARIABLES: 'DG_*,CUSTOMER_ID',
      ALLOWED_COUNTRIES: 'FR,BE',
      BLOCKED_PREFIXES: '+3389,1900',
      ALLOWED_PREFIXES: '+33,+32',
      ALLOWED_NUMBER_TYPES: 'shared_cost,satellite',
      HOME_COUNTRY: 'FR',
      OUTSIDE_LINE_PREFIXES: '0,9',
      ALLOWED_FEATURE_CODES: '*67,#31#',
      DIAL_ENDPOINT: 'Local/{digits}@from-internal/n',
      NUMBER_VALIDATION: 'valid',
      RATE_LIMIT_REQUESTS: '0',
      RATE_LIMIT_WINDOW: '10',
      USER_MAX_CONCURRENT_CALLS: '1',
      USER_MAX_CALLS_PER_MINUTE: '2',
      USER_MAX_CALLS_PER_DAY: '3',
      USER_MAX_NEW_COUNTRIES_PER_DAY: '4',
      DESTINATION_MAX_PER_MINUTE: '5',
      DESTINATION_MAX_PER_15_MINUTES: '6',
      TOTAL_MAX_CONCURRENT_CALLS: '7',
      TOTAL_MAX_CALLS_PER_MINUTE: '8',
      TOTAL_MAX_CALLS_PER_DAY: '9',
      TOLL_FRAUD_BREAKER: '0',
      USER_MAX_STREAMS: '2',
      MAX_STREAMS: '30',
    });
    expect(config.limits).to.deep.equal({
      callRate: { requests: 0, windowSeconds: 10 },
      calls: {
        user_open_calls: 1,
        user_calls_per_minute: 2,
        user_calls_per_day: 3,
        user_new_countries: 4,
        destination_calls_per_minute: 5,
        destination_calls_per_15_minutes: 6,
        total_open_calls: 7,
        total_calls_per_minute: 8,
        total_calls_per_day: 9,
      },
      tollFraudBreaker: 0,
      streams: { ofUser: 2, inAll: 30 },
    });
    expect(config.web.trustProxy).to.deep.equal(['loopback', '10.0.0.0/8']);
    expect(config.web.allowedOrigins).to.deep.equal(['https://desk.example.com', 'http://localhost:3000']);
    expect(config.calls.admission.variables).to.deep.equal(['DG_*', 'CUSTOMER_ID']);
    expect(config.calls.admission.contexts).to.deep.equal(['sales', 'support']);
    expect(config.calls.admission).to.deep.include({
      extensions: ['s', '*97'],
      priorities: ['1', '*'],
      callerIds: ['+33123456789', '1001'],
      window: {
        spans: [
          { days: [1, 2, 3, 4, 5], from: 480, to: 1_260 },
          { days: [6], from: 600, to: 1_110 },
        ],
        homeTimeZone: 'Europe/Paris',
      },
    });
    expect(readConfig({ ...ENOUGH, DEFAULT_CALLER_ID: '"A" <1001>' }).calls.admission.callerIds).to.deep.equal([
      '1001',
    ]);
    expect(config.calls.defaults.callerId).to.deep.equal({ name: 'Support', number: '+33123456789' });
    expect(config.calls.admission.numbers).to.deep.equal({
      validation: 'valid',
      endpoint: 'Local/{digits}@from-internal/n',
      homeCountry: 'FR',
      allowedCountries: ['FR', 'BE'],
      allowedTypes: ['shared_cost', 'satellite'],
      blockedPrefixes: ['+3389', '1900'],
      allowedPrefixes: ['+33', '+32'],
      outsideLinePrefixes: ['0', '9'],
      allowedFeatureCodes: ['*67', '#31#'],
    });
    expect(readConfig({ ...ENOUGH, ALLOW_PREMIUM_NUMBERS: 'true' }).calls.admission.numbers.allowedTypes).to.deep.equal(
      ['premium', 'shared_cost', 'satellite', 'personal', 'pager', 'international_network'],
    );
    expect(
      readConfig({ ...ENOUGH, OUTSIDE_LINE_PREFIXES: 'none' }).calls.admission.numbers.outsideLinePrefixes,
    ).to.deep.equal([]);
    expect(readConfig({ ...ENOUGH, TRUST_PROXY: '2' }).web.trustProxy).to.equal(2);
  });

  it('knows the signing keys of before, each as good as the one of now', () => {
    const [first, second] = ['q3B9vTn5Xc1ZsW7eRk2yUh8oGm4aLd6f', 'w5Nf8Kc2Jt6Vb0Hq4Zr7Xm1Ys9Dg3Pe'];
    const previous = (given: string) => readConfig({ ...ENOUGH, SECRET_KEY_PREVIOUS: given }).auth.previousSecretKeys;
    expect(readConfig(ENOUGH).auth.previousSecretKeys).to.deep.equal([]);
    expect(previous(`${first}, ${second}a`)).to.deep.equal([first, `${second}a`]);
    const [problem, ...more] = problems({ ...ENOUGH, SECRET_KEY_PREVIOUS: `${first},hunter2` });
    expect(problem).to.include('SECRET_KEY_PREVIOUS').and.not.include('hunter2').and.not.include(first);
    expect(more).to.deep.equal([]);
  });

  it('lists all problems at once and shows no value', () => {
    const given = {
      DATABASE_URL: 'mysql://dialgate:hunter2@db/x',
      SECRET_KEY: 'tooshort-hunter2',
      PORT: '99999',
      LOG_LEVEL: 'loud',
      TRUST_PROXY: 'true',
      ALLOWED_ORIGINS: 'https://desk.example.com/path',
      DEFAULT_EXTENSION: '_X.',
      DEFAULT_TIMEOUT: '30',
      DEFAULT_CALLER_ID: 'nobody',
      ALLOWED_CONTEXTS: 'sales',
      ALLOWED_EXTENSIONS: '_X.',
      ALLOWED_PRIORITIES: '1,0',
      ALLOWED_CALLER_IDS: 'anybody',
      CALLING_WINDOW: '21:00-08:00',
      HOME_TIME_ZONE: 'Paris',
      ALLOWED_VARIABLES: '*',
      NUMBER_VALIDATION: 'maybe',
      ALLOWED_COUNTRIES: 'france',
      BLOCKED_PREFIXES: 'x',
      ALLOW_PREMIUM_NUMBERS: 'perhaps',
      ALLOWED_PREFIXES: 'x',
      ALLOWED_NUMBER_TYPES: 'dear',
      HOME_COUNTRY: 'UK',
      OUTSIDE_LINE_PREFIXES: 'nine',
      ALLOWED_FEATURE_CODES: '67',
      DIAL_ENDPOINT: 'PJSIP/1001',
      CONNECT_CONTEXT: 'con nect',
      CONNECT_EXTENSIONS: '+1001',
      CONNECT_EXTENSION_ENDPOINT: 'PJSIP/1001',
      ACCESS_TOKEN_EXPIRE_MINUTES: '0',
    };
    const found = problems(given);
    const names = found.map((problem) => /^[A-Z_]+/.exec(problem)?.[0]);
    expect(names).to.have.members([...Object.keys(given), 'REDIS_URL']);
    expect(found.join(' ')).not.to.match(/hunter2|nobody|france|perhaps/);
  });

  it('will not let a default be one that no call may have', () => {
    const lists = {
      ALLOWED_CONTEXTS: 'sales,support',
      ALLOWED_EXTENSIONS: '100',
      ALLOWED_PRIORITIES: '2',
      ALLOWED_CALLER_IDS: '+33100000000',
    };
    expect(problems({ ...ENOUGH, DEFAULT_CALLER_ID: '+33199999999', ...lists })).to.deep.equal([
      'ALLOWED_CONTEXTS must contain DEFAULT_CONTEXT',
      'ALLOWED_EXTENSIONS must contain DEFAULT_EXTENSION',
      'ALLOWED_PRIORITIES must contain DEFAULT_PRIORITY',
      'ALLOWED_CALLER_IDS must contain DEFAULT_CALLER_ID',
    ]);
    expect(problems({ ...ENOUGH, ALLOWED_EXTENSIONS: '*', ALLOWED_CALLER_IDS: '*' })).to.deep.equal([]);
  });

  it('takes no star for an extension of its own: it would allow them all', () => {
    expect(problems({ ...ENOUGH, DEFAULT_EXTENSION: '*' })).to.have.lengthOf(1);
  });

  it('connects calls where a context for it is named', () => {
    const { calls } = readConfig({ ...ENOUGH, CONNECT_CONTEXT: 'connect', CONNECT_EXTENSIONS: '1001,1002' });
    expect(calls.admission.connect).to.deep.equal({
      context: 'connect',
      extensions: ['1001', '1002'],
      extensionEndpoint: 'PJSIP/{number}',
    });
    expect(calls.defaults.connect).to.deep.equal({ context: 'connect', extension: 's', priority: 1 });
  });

  it('needs a time zone beside a calling window, for numbers that tell none', () => {
    expect(problems({ ...ENOUGH, CALLING_WINDOW: '08:00-21:00' })).to.deep.equal(['HOME_TIME_ZONE is required']);
  });
});
